"""Which progress survives a change to a lesson, and which sentences a variant makes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from tests.classroom.simulated import LESSON
from tutor.classroom.changes import broken_by_variants, changes
from tutor.cli.check import command
from tutor.lessons import Lesson, load


def lesson(folder: Path, *swaps: tuple[str, str], name: str = "new.yaml", text: str = LESSON) -> Lesson:
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text)
    return load(folder / name)


@pytest.mark.parametrize(
    ("swaps", "renewed", "lost", "added"),
    [
        ([], (), (), ()),
        ([("title: Forward", "title: On")], (), (), ()),
        ([("bias: {b: 0.1}", "bias: {b: 0.2}")], ("network:Z1", "network:yhat", "network:delta1", "network:dE/dw1",
                                                  "network:w1_new"), (), ()),
        ([("id: moves", "id: what")], (), ("moves",), ("what",)),
        ([("id: moves", "id: what\n        was: moves")], (), (), ()),
        ([("ask: Z1, yhat", "ask: Z1")], (), ("network:yhat",), ()),
        ([("{text: Its gradient, correct: true}", "{text: The gradient, correct: true}")], ("moves",), (), ()),
    ],
)  # fmt: skip
def test_a_change_keeps_renews_or_loses_progress(
    tmp_path: Path,
    swaps: list[tuple[str, str]],
    renewed: tuple[str, ...],
    lost: tuple[str, ...],
    added: tuple[str, ...],
) -> None:
    found = changes(lesson(tmp_path, name="old.yaml"), lesson(tmp_path, *swaps))
    assert (found.renewed, tuple(name for name, _ in found.lost), found.added) == (renewed, lost, added)
    assert len(found.kept) + len(found.renewed) + len(found.lost) == 6


def test_the_suggested_was_line_keeps_the_progress(tmp_path: Path) -> None:
    old = lesson(tmp_path, name="old.yaml")
    found = changes(old, lesson(tmp_path, ("id: moves", "id: what")))
    assert found.lost[0][1].startswith("was: moves")
    corrected = changes(old, lesson(tmp_path, ("id: moves", "id: what\n        was: moves")))
    assert corrected.lost == ()


def test_the_suggested_line_is_valid_yaml(tmp_path: Path) -> None:
    def asking(prompt: str) -> Lesson:
        return lesson(tmp_path, ("What moves w1?\n        id: moves", prompt))

    found = changes(asking('"What: moves #w1?"'), asking("What moves w1 now?"))
    (name, line), *_ = found.lost
    assert yaml.safe_load(line) == {"was": name}


def test_a_new_lesson_id_is_reported(tmp_path: Path) -> None:
    found = changes(lesson(tmp_path, name="old.yaml"), lesson(tmp_path, ("id: one-neuron", "id: other")))
    assert found.other_id == "id: one-neuron"


VARYING = """\
tutor: 1
title: Rows
id: rows
network:
  inputs: [[1, 0], [0, 1], [0.4, 0.6]]
  target: [1, 0, 1]
  layers: [{weights: [{w1: 0.5}, {w2: 0.7}], bias: {b: 0.2}, activation: sigmoid}]
screens:
  - title: What is given
    blocks:
      - text: The bias is 0.2 here, and a step is 0.25 long.
      - ask: "Z1[1]"
      - choose: Which sum is the largest?
        id: largest
        options: [{text: the first, correct: 'Z1[1] > Z1[2]'}, {text: the second, correct: 'Z1[2] >= Z1[1]'}]
"""


def test_what_variants_break_is_named_with_a_count(tmp_path: Path) -> None:
    made = lesson(tmp_path, text=VARYING)
    found = {each.what: each for each in broken_by_variants(made, 20)}
    sentences = [each for what, each in found.items() if "says 0.2" in what]
    assert len(sentences) == 1
    assert sentences[0].count >= 15
    assert not any("0.25" in what for what in found)
    assert any("shown on no screen" in what for what in found)
    assert any("one-hot" in what for what in found)
    shown = lesson(tmp_path, ("- ask", "- given: network\n      - ask"), text=VARYING)
    assert not any("no screen" in each.what for each in broken_by_variants(shown, 1))


def test_check_reports_lost_progress_and_broken_variants(tmp_path: Path) -> None:
    lesson(tmp_path, name="old.yaml")
    lesson(tmp_path, ("id: moves", "id: what"))
    said = CliRunner().invoke(
        command, [str(tmp_path / "new.yaml"), "--against", str(tmp_path / "old.yaml")], standalone_mode=False
    )
    assert said.return_value == 1
    assert "was: moves" in said.output
    said = CliRunner().invoke(command, [str(tmp_path / "old.yaml"), "--variants", "3"], standalone_mode=False)
    assert "no screen" in said.output
