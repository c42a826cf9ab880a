"""Numbers that a lesson lets learners turn: checked, cached, and described in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.authoring.lint import Options, check_paths
from tutor.errors import LessonError
from tutor.lessons import load_source
from tutor.lessons.blocks import Explore
from tutor.lessons.plain_data import from_data, to_data

HEAD = """
title: Descent
worksheet:
  given: {w: 0, alpha: 0.1}
  steps: {f: (w - 3)^2, g: df/dw, w_new: w - alpha*g}
screens:
  - blocks:
"""
BLOCK = """      - explore: f
        turn: {w: [-1, 7], α: [0.05, 1]}
        goals: [{when: f < 1 and steps > 0, say: 'At {{f:1}} in {{steps}} steps.'}]
"""


def loaded(tmp_path: Path, blocks: str) -> Explore:
    path = tmp_path / "lesson.yaml"
    path.write_text(HEAD + blocks, encoding="utf-8")
    return next(block for block in load_source(path).blocks if isinstance(block, Explore))


def test_an_explore_block_is_resolved_and_survives_the_cache(tmp_path: Path) -> None:
    block = loaded(tmp_path, BLOCK)
    again = from_data(to_data(block))
    for one in (block, again):
        assert isinstance(one, Explore)
        assert one.turn == {"w": (-1.0, 7.0), "alpha": (0.05, 1.0)}
        assert one.cells == ("f",)
        assert one.goals[0].say.fill(known={"f": 0.25, "steps": 3.0}) == "At 0.2 in 3 steps."
        assert "w (−1 to 7) and α (0.05 to 1)" in one.markdown()


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("{explore: h}", "'h'"),
        ("{explore: f, turn: {f: [0, 1]}}", "cannot be turned"),
        ("{explore: f, turn: {w: [7, -1]}}", "from the smaller"),
        ("{explore: f, turn: {w: 3}}", "turn"),
        ("{explore: f, goals: [{when: f + 1, say: x}]}", "condition"),
        ("{explore: f, goals: [{when: f < 1, say: '{{rounds}}'}]}", "rounds"),
    ],
)
def test_an_invalid_explore_block_is_reported(tmp_path: Path, block: str, told: str) -> None:
    with pytest.raises(LessonError) as caught:
        loaded(tmp_path, f"      - {block}\n")
    assert any(told in line for line in caught.value.report)


@pytest.mark.parametrize(("blocks", "warned"), [("      - ask: f\n", True), ("      - ask: g\n", False)])
def test_an_explore_block_that_shows_an_answer_is_warned_about(tmp_path: Path, blocks: str, warned: bool) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(HEAD + BLOCK + blocks, encoding="utf-8")
    reports = check_paths([path], Options(with_torch=False, with_programs=False, use_cache=False))
    names = {problem.name for report in reports.files for problem in report.problems}
    assert ("shows-answer" in names) == warned


def test_a_range_is_widened_to_include_the_given_number(tmp_path: Path) -> None:
    """A variant's number may lie outside the author's range."""
    assert loaded(tmp_path, "      - {explore: f, turn: {w: [1, 7]}}\n").turn == {"w": (0.0, 7.0)}


def test_goals_are_reached_one_after_the_other(tmp_path: Path) -> None:
    two = BLOCK.replace("steps.'}]", "steps.'}, {when: f > 20, say: Away.}]")
    assert "steps > 0`; `f > 20`" in loaded(tmp_path, two).markdown()
