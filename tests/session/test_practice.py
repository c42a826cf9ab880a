"""Practice brings back hard skills in different forms, never twice with the same numbers."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tutor.errors import TutorError
from tutor.formulas import text
from tutor.learning.choice import due_skills
from tutor.learning.index import load_index
from tutor.lessons import load
from tutor.lessons.blocks import Choose, Diagram, Expression, Text
from tutor.paths import shipped_lessons
from tutor.session.answers import readable_alone
from tutor.session.model import FieldKind
from tutor.session.practice import Learner, PracticeRun
from tutor.session.session import Session
from tutor.store import EvidenceRecord, Store

FILES = [shipped_lessons() / "02-the-forward-pass.yaml", shipped_lessons() / "04-backpropagation.yaml"]
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def learner(store: Store, when: datetime = START) -> Learner:
    return Learner(store, files=FILES, now=lambda: when)


def answer(session: Session, *, right: bool = True) -> None:
    """Answer every field of a practice question, rightly or with a number that matches no mistake."""
    for name in session.field_ids:
        field = session.field(name)
        if field.kind is FieldKind.CHOICE:
            block = session.lesson.block(field.block_id)
            assert isinstance(block, Choose)
            options = block.options
            key = next(str(place) for place, option in enumerate(options) if option.correct is right)
            session.submit(name, (key,))
        elif field.kind is FieldKind.EXPRESSION:
            block = session.lesson.block(field.block_id)
            assert isinstance(block, Expression)
            session.submit(name, text(block.answer) if right else "77")
        else:
            graph = session.lesson.graph(field.of)
            cells = [
                f"{graph.values[cell] if right else 77.123:.9f}" for cell in graph.as_quantity(field.quantity).cells
            ]
            session.submit(name, cells[0] if field.kind is FieldKind.NUMBER else tuple(cells))


@pytest.fixture
def store() -> Store:
    return Store(None, learner="")


def test_there_is_nothing_to_practise_before_a_lesson_was_opened(store: Store) -> None:
    run = PracticeRun(store, learner=learner(store))
    assert run.plan.questions == 0
    assert run.next() is None


def test_a_run_asks_one_question_at_a_time_and_reports_progress(store: Store) -> None:
    store.set_position("forward-pass", "", 0)
    run = PracticeRun(store, learner=learner(store))
    assert run.plan.skills[0] == "weighted-sum"
    numbers = set()
    while (session := run.next()) is not None:
        assert len(session.titles) == 1
        assert run.choice is not None
        numbers.add((run.choice.lesson, run.choice.variant))
        answer(session)
    assert len(numbers) == len(run.asked) == run.total
    (line, *_) = run.summary()
    assert line.before is not None
    assert line.recall > line.before


def test_practice_does_not_change_the_lessons_place_or_progress(store: Store) -> None:
    store.set_position("forward-pass", "", 3)
    run = PracticeRun(store, learner=learner(store))
    session = run.next()
    assert session is not None
    answer(session)
    assert [(place.lesson, place.variant, place.screen) for place in store.positions()] == [("forward-pass", "", 3)]
    assert store.summaries() == ()
    assert len(store.evidence()) == 1


@pytest.mark.parametrize("form", ["worked", "solve", "find", "why"])
def test_every_form_can_be_answered_and_leaves_evidence(store: Store, form: str) -> None:
    from tutor.learning.choice import Choice, Form
    from tutor.learning.forms import practice_lesson
    from tutor.lessons import load

    index = load_index(FILES)
    lesson = load(FILES[1])
    for skill, asked in index.asked.items():
        item = next((item for where, item in asked if where == lesson.id and item.quantity), None)
        if item is None:
            continue
        choice = Choice(skill, lesson.id, item, "", Form(form), open=2)
        session = Session(practice_lesson(lesson, choice), Store(None, learner=""), practising=form, skills=(skill,))
        answer(session)
        assert all(session.state(name).solved for name in session.field_ids), (skill, session.field_ids)
        assert session.store.evidence()[0].form == form


def test_a_formula_is_asked_beside_its_network() -> None:
    from tutor.learning.choice import Choice, Form
    from tutor.learning.forms import practice_lesson

    lesson = load(FILES[0])
    asked = load_index(FILES).asked["formula"]
    items = [item for where, item in asked if where == lesson.id]
    assert items
    for item in items:
        (screen,) = practice_lesson(lesson, Choice("formula", lesson.id, item, "", Form.SOLVE)).screens
        drawn, question = screen.blocks
        assert isinstance(drawn, Diagram)
        assert isinstance(question, Expression)
        assert drawn.graph is question.graph


def test_a_skill_can_be_named_by_its_id_or_title(store: Store) -> None:
    who = learner(store)
    assert who.skill_named("Weighted sum") == "weighted-sum"
    assert who.skill_named("error-signal-hidden") == "error-signal-hidden"
    with pytest.raises(TutorError, match="no skill"):
        who.skill_named("juggling")


def test_mastered_skills_come_back_when_they_fade(store: Store) -> None:
    store.set_position("forward-pass", "", 0)
    skills = learner(store).index.asked
    for skill in skills:
        store.observe(
            EvidenceRecord(
                "forward-pass", str(place), "x", skill, True, when=(START + timedelta(minutes=place)).isoformat()
            )
            for place in range(40)
        )
    assert learner(store, START + timedelta(hours=2)).plan().questions == 0
    later = learner(store, START + timedelta(days=400)).plan()
    assert later.questions > 0


def test_the_reason_names_the_mistake(store: Store) -> None:
    store.set_position("forward-pass", "", 0)
    for place in range(2):
        store.observe(
            [
                EvidenceRecord(
                    "forward-pass", str(place), "sigmoid:Z2", "weighted-sum", False, False, "solve", "bias-left-out"
                )
            ]
        )
    run = PracticeRun(store, learner=learner(store, datetime.now(UTC)), only="weighted-sum")
    assert run.next() is not None
    assert "bias left out, 2 times" in run.why()


def test_the_look_back_at_numbers_only_omits_questions_in_words(store: Store) -> None:
    whole = Session(load(FILES[0]), store)
    words = next(field for field in whole.screen(0).fields if field.kind is FieldKind.CHOICE)
    whole.submit(words.id, ("0",))
    session = whole.numbers_only()
    number = session.screen(0).fields[0]
    session.submit(number.id, "0.3")
    assert [each.field for each in whole.look_back().attempts] == [words.id, number.id]
    assert [each.field for each in session.look_back().attempts] == [number.id]


@pytest.mark.parametrize(("kept", "shown"), [('["2", "a"]', "2  a"), ("[1", "[1"), ("-0.7", "-0.7"), ("", "")])
def test_an_answer_to_a_deleted_question_is_readable(kept: str, shown: str) -> None:
    assert readable_alone(kept) == shown


def test_numbers_only_omits_the_prose_and_records_only_answers(store: Store) -> None:
    session = Session(load(FILES[1]), store).numbers_only()
    assert all(not isinstance(block, Text) for screen in session.lesson.screens for block in screen.blocks)
    session.goto(1)
    answer(session)
    assert store.positions() == ()
    assert store.summaries() == ()
    assert len(store.evidence()) >= len(session.field_ids)


def test_a_week_of_practice_asks_mostly_what_was_hard_with_new_numbers_and_forms() -> None:
    """A learner who can do everything but the matrix form practises on three days of a simulated week."""
    hard = "matrix-form"
    moment = START

    def now() -> datetime:
        return moment

    store = Store(None, learner="", now=now)
    for lesson in ("forward-pass", "backpropagation"):
        store.set_position(lesson, "", 0)
    numbers: list[tuple[str, str, str]] = []
    forms: set[str] = set()
    for day in (0, 2, 6):
        moment = START + timedelta(days=day)
        run = PracticeRun(store, learner=learner(store, moment), now=now)
        while (session := run.next()) is not None:
            assert run.choice is not None
            numbers.append((run.choice.lesson, run.choice.variant, run.choice.item.field))
            forms.add(run.choice.form.value)
            answer(session, right=run.choice.skill != hard)
        asked = Counter(each.skill for each in run.asked)
        assert asked.pop(hard) > max(asked.values()), f"day {day}"
    assert len(set(numbers)) == len(numbers)
    assert {"worked", "solve", "find"} <= forms
    later = learner(store, START + timedelta(days=7))
    assert due_skills(later.index, later.record, {"backpropagation"})[0] == hard


CONCEPTS = """\
tutor: 1
title: Ideas
id: ideas
screens:
  - title: One
    blocks:
      - choose: Why do the rates along a path multiply?
        id: multiply
        skills: [chain-rule]
        options: [{text: Each scales the next, correct: true}, {text: They do not}]
"""


def test_concept_questions_alone_can_be_practised(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "ideas.yaml"
    path.write_text(CONCEPTS)
    store.set_position("ideas", "", 0)
    run = PracticeRun(store, learner=Learner(store, files=[path]))
    session = run.next()
    assert session is not None
    assert session.field_ids == ("multiply",)
    answer(session)
    assert [each.skill for each in store.evidence()] == ["chain-rule"]
    assert run.next() is None


def test_a_skill_of_a_deleted_lesson_is_listed_but_not_asked(store: Store, tmp_path: Path) -> None:
    store.observe([EvidenceRecord("ideas", "", "multiply", "chain-rule", True)])
    store.set_position("forward-pass", "", 0)
    who = learner(store)
    assert who.lines()[-1].skill == "chain-rule"
    assert "chain-rule" not in who.plan().skills
