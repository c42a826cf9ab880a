"""The search for a mistake ends when its time is up; the verdict stays."""

from __future__ import annotations

import pytest

from tests.marking.marking_exercises import graph as exercise
from tests.marking.marking_exercises import ids
from tutor.formulas import text, walk
from tutor.marking import Budget, Marker, Verdict
from tutor.marking.budget import OutOfTime
from tutor.marking.case import AnswerCase
from tutor.marking.judgement import Judgement
from tutor.network import Worksheet, build_graph

#: Max pooling over a convolution, and the gradient of its kernel.
POOLING: dict[str, object] = {
    "given": {
        "X": [[1, 2, 0, 1, 3], [0, 1, 2, 2, 1], [1, 0, 1, 3, 0], [2, 1, 0, 1, 1], [0, 2, 1, 0, 2]],
        "K": [[1, -1], [0.5, 2]],
    },
    "steps": {
        "C": "conv(X, K)",
        "P": "[max(C[1..2,1..2]), max(C[1..2,3..4]), max(C[3..4,1..2]), max(C[3..4,3..4])]",
        "L": "sum(P)",
        "dK": "dL/dK",
    },
}


class Steps:
    """A clock that advances by one each time it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def test_a_budget_is_spent_when_its_seconds_are_over() -> None:
    clock = Steps()
    budget = Budget(2, clock=clock)
    budget.check()
    assert clock.now <= 2
    clock.now = 10
    assert budget.is_spent
    with pytest.raises(OutOfTime):
        budget.check()


def test_a_budget_without_limit_ends_when_it_is_cancelled() -> None:
    budget = Budget()
    budget.check()
    budget.cancel()
    with pytest.raises(OutOfTime):
        budget.check()


def test_out_of_time_an_answer_still_has_its_verdict() -> None:
    marker = Marker(build_graph(Worksheet.from_spec(POOLING)))
    right = marker.graph.values["dK[1,1]"]
    assert marker.mark("dK[1,1]", 21.37, budget=Budget(0, clock=Steps())).verdict is Verdict.WRONG
    assert marker.mark("dK[1,1]", right, budget=Budget(0, clock=Steps())).verdict is Verdict.CORRECT


def test_a_mistake_missed_for_lack_of_time_is_named_later() -> None:
    """Z₃ without any bias on the way: only the search through earlier steps explains it."""
    marker, answer = Marker(exercise("book")), "-0.222671"
    spent = Budget()
    spent.cancel()
    unnamed, named = (marker.mark("Z3", answer, decimals=6, budget=each) for each in (spent, None))
    assert (unnamed.verdict, ids(unnamed)) == (Verdict.WRONG, [])
    assert (named.verdict, ids(named)) == (Verdict.WRONG, ["bias-left-out"])


def test_a_gradient_through_maxima_shares_its_slopes() -> None:
    graph = build_graph(Worksheet.from_spec(POOLING))
    assert all(
        len(text(node.formula)) < 400 and sum(1 for _ in walk(node.formula)) < 100
        for node in graph.nodes.values()
        if node.formula is not None
    )
    assert "dL/dC[1,1]" in graph.nodes


def test_no_message_quotes_a_formula_longer_than_a_line() -> None:
    marker = Marker(build_graph(Worksheet.from_spec(POOLING)))
    mark = marker.mark("dK", [[1, 2], [3, 4]])
    for message in (mark.message, *(cell.message for cell in mark.cells)):
        assert all(len(sentence) < 160 for sentence in message.split(". "))


def test_without_time_left_each_earlier_answer_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zeros typed everywhere depend on one another; without a record of their judgements each doubles the work."""
    steps = {f"s{n}": f"s{n - 1}*0.9 + w*{n}" for n in range(1, 8)}
    marker = Marker(build_graph(Worksheet.from_spec({"given": {"s0": 1.37, "w": 0.41}, "steps": steps})), decimals=2)
    judged: list[int] = []
    verdict = AnswerCase.verdict

    def counted(case: AnswerCase) -> Judgement:
        judged.append(case.slot)
        return verdict(case)

    monkeypatch.setattr(AnswerCase, "verdict", counted)
    budget = Budget(0)
    budget.cancel()
    marker.mark("s7", "0.77", own=dict.fromkeys(list(steps)[:-1], 0.0), budget=budget)
    assert 0 < len(judged) < 50
