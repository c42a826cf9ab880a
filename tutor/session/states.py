"""What a learner has done so far, put together again from the store."""

from __future__ import annotations

from dataclasses import replace

from tutor.session.answers import from_text
from tutor.session.entries import Entry, Questions
from tutor.session.model import CellResult, FieldKind, FieldState, Result, Slip, Verdict
from tutor.store import AttemptRecord, EventRecord, Store

HINT, ABOUT_ANSWER, GIVEN_UP, KEPT = "hint", "hint:answer", "given-up", "kept"


def restore(questions: Questions, store: Store, lesson: str, variant: str) -> dict[str, FieldState]:
    """The state of every field, with the verdicts as they were when they were given."""
    states = {name: FieldState() for name in questions.entries}
    renamed = questions.renamed
    for attempt in store.attempts(lesson, variant, renamed=renamed):
        entry = questions.take_in(attempt.field, states)
        if entry is not None:
            states[attempt.field] = _answered(states[attempt.field], entry, attempt)
    for event in store.events(lesson, variant, renamed=renamed):
        if questions.take_in(event.field, states) is not None:
            states[event.field] = _happened(states[event.field], event)
    for name, text in store.drafts(lesson, variant, renamed=renamed).items():
        entry = questions.take_in(name, states)
        if entry is not None:
            states[name] = replace(states[name], draft=from_text(entry.field.kind, text))
    return states


def _answered(state: FieldState, entry: Entry, attempt: AttemptRecord) -> FieldState:
    answer = from_text(entry.field.kind, attempt.answer)
    slips = tuple(Slip(one, "") for one in attempt.mistakes)
    try:
        verdict = Verdict(attempt.verdict)
        cells = tuple(CellResult(Verdict(mark), said) for mark, said in attempt.cells)
    except ValueError:  # a verdict of a later version
        return state
    if verdict is Verdict.CORRECT and not cells and entry.field.kind in (FieldKind.GRID, FieldKind.FILL):
        cells = (CellResult(verdict),) * len(answer)  # written before cells were kept
    return after_answer(state, answer, Result(verdict, attempt.message, slips, cells=cells))


def after_answer(state: FieldState, answer: object, result: Result) -> FieldState:
    """The state once an answer has its mark."""
    assert isinstance(answer, str | tuple)
    return replace(
        state,
        draft=answer,
        answer=answer,
        result=result,
        attempts=state.attempts + int(result.verdict.counts and result.verdict is not Verdict.KEPT),
        solved=state.solved or (result.verdict is Verdict.CORRECT and not state.given_up),
        kept=state.kept or result.verdict is Verdict.KEPT,
    )


def _happened(state: FieldState, event: EventRecord) -> FieldState:
    if event.kind == HINT:
        return replace(state, hints_opened=state.hints_opened + 1)
    if event.kind == ABOUT_ANSWER:
        return replace(state, about_opened=True)
    if event.kind == GIVEN_UP:
        return replace(state, given_up=not state.solved)
    if event.kind == KEPT:
        return replace(state, kept=True)
    return state
