"""Evidence, the estimates folded from it, and the choice of what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.learning.check import auc, quality, running_mean
from tutor.learning.choice import Choice, Form, choose, due_skills
from tutor.learning.elo import Elo
from tutor.learning.evidence import Answered, observe
from tutor.learning.index import LessonSkills, Practisable, SkillIndex
from tutor.learning.record import LearnerRecord
from tutor.store import EvidenceRecord

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
SKILLS = ("weighted-sum", "activation-relu", "error-signal-hidden")
INDEX = SkillIndex(
    [
        LessonSkills(
            "forward-pass",
            "lessons/02.yaml",
            "Forward",
            tuple(Practisable(f"net:{name}", (skill,), "net", name) for name, skill in zip("ZHD", SKILLS, strict=True)),
            {"weighted-sum": (), "activation-relu": ("weighted-sum",), "error-signal-hidden": ("activation-relu",)},
        )
    ]
)


def seen(skill: str, right: bool = True, minutes: int = 0, variant: str = "1", mistake: str = "") -> EvidenceRecord:
    when = (START + timedelta(minutes=minutes)).isoformat()
    return EvidenceRecord("forward-pass", variant, "net:Z", skill, right, right, mistake=mistake, when=when)


def many(skill: str, count: int = 40, start: int = 0) -> list[EvidenceRecord]:
    return [seen(skill, minutes=start + place, variant=str(place)) for place in range(count)]


@pytest.mark.parametrize(
    ("answered", "hints", "expected"),
    [
        (Answered("correct"), 0, [("here", True, True)]),
        (Answered("imprecise"), 0, [("here", True, True)]),
        (Answered("correct"), 2, [("here", True, False)]),
        (Answered("follows"), 0, [("here", True, True)]),
        (Answered("wrong", "bias-left-out"), 0, [("here", False, False)]),
        (Answered("wrong", "bias-left-out", "earlier"), 0, [("earlier", False, False)]),
        (Answered("wrong"), 0, [("here", False, False)]),
        (Answered("correct"), 4, [("here", False, False)]),
        (None, 0, [("here", False, False)]),
        (Answered("unreadable"), 0, []),
        (Answered("undecided"), 0, []),
    ],
)
def test_an_answer_becomes_evidence(
    answered: Answered | None, hints: int, expected: list[tuple[str, bool, bool]]
) -> None:
    found = observe("lesson", "1", "net:Z1", ["here"], answered, hints=hints)
    assert [(each.skill, each.right, each.unaided) for each in found] == expected


@given(st.lists(st.tuples(st.sampled_from(SKILLS), st.booleans()), max_size=30))
def test_estimates_are_probabilities_and_move_with_the_evidence(answers: list[tuple[str, bool]]) -> None:
    model = Elo()
    for skill, right in answers:
        before = model.probability(skill)
        assert model.update(skill, right) == before
        assert 0 < model.probability(skill) < 1
        assert (model.probability(skill) > before) is right


def test_mastery_needs_unaided_right_answers_on_different_numbers() -> None:
    same = [replace(each, variant="1") for each in many("weighted-sum")]
    now = START + timedelta(hours=1)
    assert not LearnerRecord(same, now=now).is_mastered("weighted-sum")
    assert LearnerRecord(many("weighted-sum"), now=now).is_mastered("weighted-sum")
    assert not LearnerRecord(many("weighted-sum", 2), now=now).is_mastered("weighted-sum")


def test_a_mastered_skill_becomes_rusty_with_time_and_comes_first() -> None:
    soon, later = START + timedelta(hours=2), START + timedelta(days=400)
    record = LearnerRecord(many("weighted-sum"), now=soon)
    assert not record.is_rusty("weighted-sum")
    record = LearnerRecord(many("weighted-sum"), now=later)
    assert record.is_rusty("weighted-sum")
    assert not record.is_mastered("weighted-sum")
    assert due_skills(INDEX, record, {"forward-pass"})[0] == "weighted-sum"


def test_a_clock_that_goes_back_changes_no_due_date() -> None:
    forward = LearnerRecord(many("weighted-sum"), now=START + timedelta(days=1))
    back = LearnerRecord(many("weighted-sum"), now=START - timedelta(days=2))
    assert forward.due("weighted-sum") == back.due("weighted-sum")
    assert back.retention("weighted-sum") == 1.0


def test_evidence_counts_in_whatever_order_it_is_read() -> None:
    evidence = [*many("weighted-sum", 10), *many("activation-relu", 10, 20)]
    now = START + timedelta(hours=1)
    one, two = LearnerRecord(evidence, now=now), LearnerRecord(reversed(evidence), now=now)
    assert [one.recall(skill) for skill in SKILLS] == [two.recall(skill) for skill in SKILLS]


def test_a_skill_waits_for_its_prerequisites_and_for_its_lesson() -> None:
    now = START + timedelta(hours=1)
    fresh = LearnerRecord(now=now)
    assert due_skills(INDEX, fresh, {"forward-pass"}) == ("weighted-sum",)
    assert due_skills(INDEX, fresh, set()) == ()
    assert choose(INDEX, fresh, set()) is None
    assert due_skills(INDEX, LearnerRecord(many("weighted-sum"), now=now), {"forward-pass"}) == ("activation-relu",)


def test_a_skill_comes_worked_then_faded_then_alone() -> None:
    now = START + timedelta(hours=1)
    forms = []
    evidence: list[EvidenceRecord] = []
    for place in range(3):
        chosen = choose(INDEX, LearnerRecord(evidence, now=now), {"forward-pass"})
        assert chosen is not None
        forms.append((chosen.form, chosen.open))
        evidence.append(seen("weighted-sum", right=place == 1, minutes=place, variant=chosen.variant))
    assert forms == [(Form.WORKED, 1), (Form.WORKED, 2), (Form.SOLVE, 0)]


def test_no_variant_comes_twice() -> None:
    now = START + timedelta(hours=1)
    evidence: list[EvidenceRecord] = []
    met = set()
    for place in range(12):
        chosen = choose(INDEX, LearnerRecord(evidence, now=now), {"forward-pass"})
        assert chosen is not None
        assert chosen.variant not in met
        met.add(chosen.variant)
        evidence.append(seen(chosen.skill, right=False, minutes=place, variant=chosen.variant))


def test_no_skill_comes_three_times_in_a_row_if_there_is_another() -> None:
    now = START + timedelta(days=400)
    record = LearnerRecord([*many("weighted-sum"), *many("activation-relu", start=60)], now=now)
    asked: list[Choice] = []
    for _ in range(9):
        chosen = choose(INDEX, record, {"forward-pass"}, asked)
        assert chosen is not None
        asked.append(chosen)
    skills = [each.skill for each in asked]
    assert all(len(set(skills[at : at + 3])) > 1 for at in range(len(skills) - 2))


def test_a_frequent_mistake_is_put_into_a_solution_to_be_found() -> None:
    evidence = [seen("weighted-sum", False, at, str(at), "bias-left-out") for at in range(4)]
    record = LearnerRecord(evidence, now=START + timedelta(hours=1))
    asked = [Choice("weighted-sum", "forward-pass", Practisable("net:Z", ("weighted-sum",)), "1")] * 2
    chosen = choose(INDEX, record, {"forward-pass"}, asked, only="weighted-sum")
    assert chosen is not None
    assert (chosen.form, chosen.mistake) == (Form.FIND, "bias-left-out")


def test_the_quality_of_predictions() -> None:
    assert auc([(True, 0.9), (False, 0.1)]) == 1.0
    assert auc([(True, 0.5), (False, 0.5)]) == 0.5
    assert auc([(True, 0.5)]) is None
    assert quality([]) is None
    found = quality([(True, 1.0), (False, 0.0)])
    assert found is not None
    assert found.rmse == 0.0
    assert running_mean([seen("a"), seen("a")]) == [(True, 0.5), (True, 0.65)]
