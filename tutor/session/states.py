"""Restore the states of a lesson's fields from the store."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

from tutor.session.answers import from_text, to_text
from tutor.session.entries import Entry, Questions
from tutor.session.model import Answer, CellResult, FieldKind, FieldState, Mistake, Result, Verdict
from tutor.store import AttemptRecord, EventRecord, Store

HINT, ABOUT_ANSWER, GIVEN_UP, KEPT = "hint", "hint:answer", "given-up", "kept"
#: The prefix of the events that hold a new mark of the last answer, given after the lesson changed.
AGAIN = "again:"


def restore(questions: Questions, store: Store, lesson: str, variant: str) -> dict[str, FieldState]:
    """Return the state of every field, with the verdicts that were given at the time."""
    states = {name: FieldState() for name in questions.entries}
    renamed = questions.renamed
    attempts = store.attempts(lesson, variant, renamed=renamed)
    events = store.events(lesson, variant, renamed=renamed)
    records: list[AttemptRecord | EventRecord] = [*attempts, *events]
    for record in sorted(records, key=attrgetter("when")):
        entry = questions.take_in(record.field, states)
        if entry is None:
            continue
        state = states[record.field]
        if isinstance(record, AttemptRecord):
            states[record.field] = _answered(state, entry, record)
        else:
            states[record.field] = _happened(state, entry, record)
    for name, text in store.drafts(lesson, variant, renamed=renamed).items():
        entry = questions.take_in(name, states)
        if entry is not None:
            states[name] = replace(states[name], draft=from_text(entry.field.kind, text))
    return states


class Elsewhere:
    """What another running tutor has stored in the same lesson since a session of it began."""

    def __init__(self, questions: Questions, store: Store, key: tuple[str, str]) -> None:
        self._questions = questions
        self._store = store
        self._key = key
        self._version = store.version
        self._states: dict[str, FieldState] = {}  # read at that version, without the fields answered here since

    def forget(self, name: str) -> None:
        """Disregard what was stored for a field, because it is answered here."""
        self._states.pop(name, None)

    def forget_all(self) -> None:
        """Disregard everything stored so far, because the lesson is started again here."""
        self._states = {}

    def newer(self, states: dict[str, FieldState]) -> dict[str, FieldState]:
        """Return the fields that another tutor has finished or reset and that differ in ``states``, to which the
        worksheet rows answered only there are added."""
        if self._store.version != self._version:
            self._version, self._states = self._store.version, restore(self._questions, self._store, *self._key)
            for name in self._states:
                states.setdefault(name, FieldState())
        return {
            name: state
            for name, state in self._states.items()
            if state.answer is None or (state.done and not states[name].done)
        }


def _answered(state: FieldState, entry: Entry, attempt: AttemptRecord) -> FieldState:
    answer = from_text(entry.field.kind, attempt.answer)
    mistakes = tuple(Mistake(one, "") for one in attempt.mistakes)
    try:
        verdict = Verdict(attempt.verdict)
        cells = tuple(CellResult(Verdict(mark), said) for mark, said in attempt.cells)
    except ValueError:  # a verdict that only a later version knows
        return state
    result = _with_cells(entry, answer, Result(verdict, attempt.message, mistakes, cells=cells))
    return after_answer(state, answer, result)


def _with_cells(entry: Entry, answer: Answer, result: Result) -> Result:
    """Return a result with the verdicts of its cells added: they are not stored if all are right."""
    if result.verdict is Verdict.CORRECT and not result.cells and entry.field.kind in (FieldKind.GRID, FieldKind.FILL):
        return replace(result, cells=(CellResult(result.verdict),) * len(answer))
    return result


def after_answer(state: FieldState, answer: Answer, result: Result) -> FieldState:
    """Return the state after an answer and its mark."""
    return replace(
        state,
        draft=answer,
        answer=answer,
        result=result,
        attempts=state.attempts + int(result.verdict.counts and result.verdict is not Verdict.KEPT),
        solved=state.solved or (result.verdict is Verdict.CORRECT and not state.given_up),
        kept=state.kept or result.verdict is Verdict.KEPT,
        replaced=_replaced(state) if answer != state.answer else state.replaced,
    )


#: How many of a field's replaced answers are remembered.
_REMEMBERED = 3


def _replaced(state: FieldState) -> tuple[Answer, ...]:
    """Return a field's wrong answers once the present one is replaced."""
    is_wrong = state.result is not None and state.result.verdict in (Verdict.WRONG, Verdict.FOLLOWS, Verdict.IMPRECISE)
    if state.answer is None or not is_wrong:
        return state.replaced
    return (state.answer, *state.replaced)[:_REMEMBERED]


def _happened(state: FieldState, entry: Entry, event: EventRecord) -> FieldState:
    if event.kind == HINT:
        return replace(state, hints_opened=state.hints_opened + 1)
    if event.kind == ABOUT_ANSWER:
        return replace(state, about_opened=True)
    if event.kind == GIVEN_UP:
        return replace(state, given_up=not state.solved)
    if event.kind == KEPT:
        return replace(state, kept=True)
    verdict = event.kind.removeprefix(AGAIN)
    if verdict != event.kind and verdict in set(Verdict) and state.answer is not None:
        result = _with_cells(entry, state.answer, Result(Verdict(verdict)))
        return replace(state, result=result, solved=result.verdict is Verdict.CORRECT)
    return state


def record_of(field_id: str, answer: Answer, result: Result, revision: int) -> AttemptRecord:
    """Return the record that stores an answer and its mark."""
    mistakes = tuple(mistake.id for mistake in result.mistakes)
    cells = tuple((cell.verdict.value, cell.message) for cell in result.cells)
    return AttemptRecord(
        field_id, to_text(answer), result.verdict.value, mistakes, result.message, cells=cells, revision=revision
    )
