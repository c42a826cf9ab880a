"""An exam: answers are kept without a verdict, and the clock runs on while the tutor is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from tests.session.conftest import Clock
from tutor.errors import TutorError
from tutor.lessons.blocks import TextView
from tutor.lessons.blocks.derive import DeriveView
from tutor.session import Session
from tutor.session.exam import ExamRules, exam_of, set_exam
from tutor.session.model import Verdict
from tutor.store import Store

Begin = Callable[[], Session]


def rules(clock: Clock, attempts: int = 1, feedback: Literal["after", "none"] = "after") -> ExamRules:
    return ExamRules(clock.moment, clock.moment + timedelta(minutes=45), attempts, feedback)


@pytest.fixture
def exam(begin: Begin, store: Store, clock: Clock) -> Session:
    set_exam(store, "every-block", "", rules(clock))
    return begin()


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("lab2:Z1", "-0.7"),
        ("lab2:Z1", "0.7"),
        ("which", ("0",)),
        ("which", ("1",)),
        ("steps", ("0", "1", "2", "3")),
        ("gaps", ("backward", "stop")),
        ("gaps", ("backward", "")),
        ("gaps", ("stop", "")),
        ("count", "11"),
        ("count", "8"),
    ],
)
def test_right_and_wrong_answers_get_the_same_reply(exam: Session, field: str, answer: str) -> None:
    outcome = exam.submit(field, answer)
    assert (outcome.result.verdict, outcome.result.message) == (Verdict.KEPT, "Kept.")
    assert (outcome.changed, outcome.result.mistakes, outcome.result.cells) == ((), (), ())
    assert [row.verdict for row in exam.store.attempts("every-block", "")] == ["kept"]
    assert exam.store.evidence() == ()


@pytest.mark.parametrize("cells", [("0", ""), ("5", "")])
def test_an_incomplete_grid_gives_no_verdict_on_its_cells(exam: Session, cells: tuple[str, ...]) -> None:
    exam.submit("lab2:Z1", "-0.7")
    result = exam.submit("lab2:hidden.H", cells).result
    assert (result.verdict, result.message, result.cells) == (Verdict.UNREADABLE, "Fill in every cell.", ())


def test_an_exam_offers_no_hints_derivations_values_or_restarts(exam: Session) -> None:
    exam.submit("lab2:Z1", "-0.7")
    assert exam.hints("lab2:Z2").rungs == ()
    assert exam.open_hint("lab2:Z2") is None
    assert not exam.has_hints("lab2:Z2")
    assert exam.solution("lab2:Z1") == ""
    assert exam.shown("lab2", "Z1") == "?"
    for refused in (
        lambda: exam.give_up("lab2:Z2"),
        lambda: exam.derivation("lab2", "Z1"),
        exam.worksheet,
        exam.reset,
        exam.numbers_only,
        exam.new_variant,
    ):
        with pytest.raises(TutorError, match="exam"):
            refused()


def test_answers_unlock_questions_but_no_text_or_derivation(exam: Session) -> None:
    def here() -> set[str]:
        return {type(block).__name__ for block in exam.screen(0).blocks}

    assert "LockedView" in here()
    exam.submit("lab2:Z1", "-0.7")
    exam.submit("lab2:Z2", "0.3")
    assert "LockedView" not in here()
    blocks = [block for index in range(3) for block in exam.screen(index).blocks]
    assert not any(isinstance(block, DeriveView) for block in blocks)
    assert not any(isinstance(block, TextView) and "Both are done" in block.markdown for block in blocks)
    assert all(getattr(block, "explain", "") == "" for block in blocks)


def test_answers_beyond_the_allowed_number_do_not_count(begin: Begin, store: Store, clock: Clock) -> None:
    set_exam(store, "every-block", "", rules(clock, attempts=2))
    session = begin()
    assert "change it once" in session.submit("lab2:Z1", "1").result.message
    session.submit("lab2:Z1", "nonsense(")
    again = begin()
    again.submit("lab2:Z1", "2")
    refused = again.submit("lab2:Z1", "-0.7")
    assert "2 times" in refused.result.message
    assert again.state("lab2:Z1").answer == "2"
    assert [row.answer for row in store.attempts("every-block", "")] == ["1", "nonsense(", "2"]


def test_the_clock_runs_while_the_tutor_is_closed_and_verdicts_follow(begin: Begin, store: Store, clock: Clock) -> None:
    set_exam(store, "every-block", "", rules(clock))
    session = begin()
    session.submit("lab2:Z1", "-0.7")
    session.submit("lab2:Z2", "5")
    session.submit("which", ("1",))
    clock.moment += timedelta(minutes=44)
    assert begin().is_sealed
    clock.moment += timedelta(minutes=2)
    assert "over" in session.submit("count", "11").result.message  # a screen left open past the end
    after = begin()
    assert not after.is_sealed
    verdicts = {name: after.state(name).result for name in ("lab2:Z1", "lab2:Z2", "which")}
    assert [each.verdict.value for each in verdicts.values() if each] == ["correct", "wrong", "wrong"]
    assert after.shown("lab2", "Z1") == "−0.7"
    assert after.derivation("lab2", "Z1")
    assert "over" in after.submit("lab2:Z2", "0.3").result.message
    assert after.state("lab2:Z2").answer == "5"
    assert len(store.attempts("every-block", "")) == 3


def test_without_feedback_verdicts_stay_hidden_after_the_exam(begin: Begin, store: Store, clock: Clock) -> None:
    set_exam(store, "every-block", "", rules(clock, feedback="none"))
    begin().submit("lab2:Z1", "-0.7")
    clock.moment += timedelta(days=1)
    session = begin()
    assert session.is_sealed
    assert session.state("lab2:Z1").result == replace(session.state("lab2:Z1").result, verdict=Verdict.KEPT)  # type: ignore[type-var]


def test_an_exam_holds_for_one_variant_and_a_damaged_setting_for_none(store: Store, clock: Clock) -> None:
    made = rules(clock)
    set_exam(store, "every-block", "17", made)
    assert exam_of(store, "every-block", "") is None
    assert exam_of(store, "every-block", "17") == made
    store.set_setting("exam:every-block#17", {"ends": "soon"})
    assert exam_of(store, "every-block", "17") is None
