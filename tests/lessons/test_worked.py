"""Worked solutions whose last lines the learner fills in, or which hold a mistake to find, for any quantity."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lessons import Lesson, LessonProblems, load
from tutor.lessons.blocks import Ask, Choose, Text
from tutor.paths import shipped_lessons
from tutor.session import Session
from tutor.session.model import Verdict
from tutor.store import Store

LESSON = """\
tutor: 1
title: Faded
networks:
  lab2: {from: NETWORKS/lab2.yaml, activation: sigmoid, vary: {keep: [inputs]}}
screens:
  - title: One
    blocks:
      - BLOCK
"""

GATES = """\
tutor: 1
title: Gates
worksheet:
  given: {x: 0.7, y: 0.4, a: 0.5}
  steps: {f: sigmoid(x), i: tanh(y), c: f*a + i}
screens:
  - title: One
    blocks:
      - {find: c, mistake: wrong-activation}
"""


def lesson(tmp_path: Path, block: str) -> Lesson:
    folder = tmp_path / "networks"
    folder.mkdir(exist_ok=True)
    (folder / "lab2.yaml").write_bytes((shipped_lessons() / "networks" / "lab2.yaml").read_bytes())
    path = tmp_path / "faded.yaml"
    path.write_text(LESSON.replace("NETWORKS", "networks").replace("BLOCK", block), encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(("open_lines", "asked"), [(1, ["delta1"]), (2, ["delta3", "delta1"])])
def test_the_learner_fills_in_the_last_lines(tmp_path: Path, open_lines: int, asked: list[str]) -> None:
    found = lesson(tmp_path, f"{{worked: delta1, open: {open_lines}, skills: [chain-rule]}}")
    *texts, ask = found.blocks
    assert isinstance(ask, Ask)
    assert [item.quantity.name for item in ask.items] == asked
    assert ask.skills == ("chain-rule",)
    assert all(isinstance(text, Text) for text in texts)
    graph = found.graph()
    for name in asked:
        assert all(f"{graph.values[name]:.6f}".rstrip("0") not in block.text.source for block in texts)  # type: ignore[attr-defined]


def test_a_mistake_is_carried_through_and_can_be_found(tmp_path: Path) -> None:
    found = lesson(tmp_path, "{find: delta1, mistake: derivative-left-out}")
    text, line, which, right = found.blocks
    assert isinstance(text, Text)
    assert isinstance(line, Choose)
    assert isinstance(which, Choose)
    assert isinstance(right, Ask)
    assert [option.correct for option in line.options].count(True) == 1
    assert [option.correct for option in which.options] == [True, False, False]
    assert which.after is not None
    assert which.after.block_id == line.id
    assert right.items[0].quantity.name in ("delta3", "delta1")


def test_each_field_is_marked_at_the_decimals_it_states(tmp_path: Path) -> None:
    """Another question about the same quantity makes no difference."""
    found = lesson(tmp_path, "ask: H1\n        decimals: 6\n      - ask: H1\n        id: again")
    session = Session(found, Store(None))
    true = found.graph().values["H1"]
    fields = [field for field in session.screen().fields if field.quantity == "H1"]
    assert len(fields) > 1
    for field in fields:
        decimals = int(field.precision.split()[0])
        assert session.submit(field.id, f"{true:.{decimals}f}").result.verdict is Verdict.CORRECT, field


def test_a_line_independent_of_the_mistake_is_called_right(tmp_path: Path) -> None:
    path = tmp_path / "gates.yaml"
    path.write_text(GATES, encoding="utf-8")
    _, line, *_ = load(path).blocks
    assert isinstance(line, Choose)
    said = {option.text.source.partition(", ")[2]: option.why.source for option in line.options}
    assert said["i"].startswith("i is right")
    assert "follows" in said["c"]


def test_find_accepts_decimals(tmp_path: Path) -> None:
    right = lesson(tmp_path, "{find: delta1, mistake: derivative-left-out, decimals: 6}").blocks[-1]
    assert isinstance(right, Ask)
    assert [item.decimals for item in right.items] == [6]


def test_find_may_hold_no_mistake(tmp_path: Path) -> None:
    _, line = lesson(tmp_path, "{find: delta1, mistake: none}").blocks
    assert isinstance(line, Choose)
    assert [option.correct for option in line.options][-1]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("{worked: x1}", "x1 is given"),
        ("{worked: delta9}", "delta9"),
        ("{worked: 'Z1, Z2'}", "Name one quantity"),
        ("{worked: delta1, open: 9}", "6"),
        ("{find: delta1, mistake: derivative-left-ot}", "did you mean 'derivative-left-out'"),
        ("{find: Z1, mistake: updated-weights-used}", "would not show"),
    ],
)
def test_an_impossible_worked_solution_is_reported_at_its_line(tmp_path: Path, block: str, said: str) -> None:
    with pytest.raises(LessonProblems) as caught:
        lesson(tmp_path, block)
    assert any("faded.yaml:8:" in line and said in line for line in caught.value.report), caught.value.report


def test_every_quantity_asked_has_a_worked_solution_and_a_mistake_to_find() -> None:
    from tutor.lessons.blocks.find import mistakes_that_tell
    from tutor.network.worked import worked_lines

    for path in sorted(shipped_lessons().glob("*.yaml")):
        found = load(path)
        for block in found.questions:
            for item in block.items if isinstance(block, Ask) else ():
                name = item.quantity.cells[-1]
                assert worked_lines(item.graph, name)[-1].name == name
                assert mistakes_that_tell(item), (path.name, name)


def test_a_worksheets_declared_mistake_is_recognised_in_every_round(tmp_path: Path) -> None:
    path = tmp_path / "mean.yaml"
    path.write_text(MEAN, encoding="utf-8")
    session = Session(load(path), Store(None))
    for field, swapped in (("m_new", 0.2 * 1.0 + 0.8 * 0.5), ("m_new@3", 0.2 * 0.88 + 0.8 * 0.3)):
        result = session.submit(f"mean:{field}", f"{swapped:.4f}").result
        assert [each.id for each in result.mistakes] == ["author"], field


MEAN = """\
tutor: 1
title: A running mean
worksheets:
  mean:
    given: {m: 1.0, b: 0.8, L@1: 0.5, L@2: 0.8, L@3: 0.3}
    steps: {m_new: b*m + (1 - b)*L}
    repeat: 3
    mistakes: {m_new: [{when: (1 - b)*m + b*L, say: The shares are swapped.}]}
screens:
  - title: One
    blocks:
      - ask: [m_new, m_new@2, m_new@3]
        decimals: 4
"""


def test_the_first_line_needs_no_lines_before_it(tmp_path: Path) -> None:
    path = tmp_path / "gates.yaml"
    path.write_text(GATES, encoding="utf-8")
    _, line, *_ = load(path).blocks
    assert isinstance(line, Choose)
    assert line.options[0].correct
    assert "before" not in line.options[0].why.source


def test_nobody_is_said_to_have_answered_another_question(tmp_path: Path) -> None:
    """In a solution of somebody else there is no question."""
    path = tmp_path / "gates.yaml"
    path.write_text(GATES.replace("a: 0.5}", "a: 0.5}").replace("i: tanh(y)", "i: sigmoid(x + y)"), encoding="utf-8")
    _, _, which, _ = load(path).blocks
    assert isinstance(which, Choose)
    assert not [option for option in which.options if "the question asks" in option.text.source]
    assert len(which.options) > 1
