"""Playing in plain mode, from the shell and from within a lesson."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor.cli import group
from tutor.lessons import load_source
from tutor.paths import shipped_lessons
from tutor.plain.playing import play_plain
from tutor.play.playground import Playground
from tutor.play.playing import Playing

LAB2 = shipped_lessons() / "networks" / "lab2.yaml"


def played(*lines: str, ascii_only: bool = False) -> tuple[Playing, str]:
    playing = Playing(Playground(load_source(LAB2).models["network"]), "Lab 2", "lab2")
    out = io.StringIO()
    play_plain(playing, ascii_only=ascii_only, source=io.StringIO("".join(f"{line}\n" for line in lines)), out=out)
    return playing, out.getvalue()


def test_set_turn_step_why_and_share_work() -> None:
    playing, said = played("set w22 0.4", "turn w22 down", "step 10", "why E", "share")
    assert playing.ground.steps == 10
    assert "w₂₂ up by 0.6" in said
    assert "the gradient says −0.092" in said
    assert "after 10 steps" in said
    assert "after 1 step:" in played("step 1")[1]
    assert "E = 1/2·(ŷ − y)²" in said
    assert "with ŷ = " in said
    assert "tutor play 'lab2#w12=" in said


def test_reset_restores_every_number() -> None:
    playing, _ = played("set alpha 0.5", "step 3", "reset", "quit")
    assert playing.ground.numbers == playing.ground.original


@pytest.mark.parametrize(
    "line",
    ["set", "set w22", "set w22 x", "set Z1 3", "set w99 1", "turn nothing", "step -1", "step x", "why w99", "dance"],
)
def test_an_impossible_command_says_why_and_changes_nothing(line: str) -> None:
    playing, said = played(line)
    assert playing.ground.numbers == playing.ground.original
    assert said.count("\n") > played()[1].count("\n") + 1


def test_the_ascii_option_prints_only_ascii() -> None:
    assert played("set w22 0.4", "why E", ascii_only=True)[1].isascii()


def test_playing_in_a_lesson_asks_before_it_shows_answers(work_on: Callable[..., str], tmp_path: Path) -> None:
    lesson = f"""
title: A lesson
network: {{from: {LAB2.name}#network}}
screens:
  - blocks:
      - ask: Z1
"""
    (tmp_path / LAB2.name).write_text(LAB2.read_text(encoding="utf-8"), encoding="utf-8")
    said = work_on(lesson, ":play", ":play yes", "set w22 0.4", "quit", ":quit")
    assert "Type :play yes" in said
    assert "w₂₂ up by 0.6" in said


@pytest.mark.parametrize(
    ("state", "refused"),
    [("w22=0.4,alpha=0.5", ""), ("w99=1", "no number 'w99'"), ("w22=", "holds no numbers"), ("w22=1e99", "goes from")],
)
def test_a_shared_state_is_loaded_or_refused(state: str, refused: str) -> None:
    result = CliRunner().invoke(group, ["play", f"{LAB2}#{state}", "--plain"], input="numbers\n")
    if refused:
        assert refused in str(result.exception)
    else:
        assert result.exit_code == 0
        assert "w₂₂ = 0.4" in result.output


def test_only_the_offered_numbers_can_be_turned_within_their_ranges(work_on: Callable[..., str]) -> None:
    lesson = """
title: Descent
worksheet:
  given: {w: 0, alpha: 0.1}
  steps: {f: (w - 3)^2, g: df/dw, w_new: w - alpha*g}
screens:
  - blocks:
      - explore: f
        turn: {alpha: [0.05, 1]}
        goals: [{when: f < 0.1 and steps > 0, say: 'Down in {{steps}} steps.'}]
      - ask: g
"""
    said = work_on(lesson, ":play", "set alpha 2", "set w 1", "set alpha 0.5", "step 1", "quit", ":quit")
    assert "α (0.05 to 1)" in said
    assert "α goes from 0.05 to 1" in said
    assert "w cannot be changed here" in said
    assert "Down in 1 steps." in said
