"""One learner in one lesson: where they are, what they typed, what came of it. Knows no terminal."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count

from tutor.errors import TutorError
from tutor.formulas.wording import enumerated
from tutor.lessons.blocks import Lesson
from tutor.lessons.content import content_hash
from tutor.session.answers import from_text, readable, readable_alone, to_text
from tutor.session.entries import Entry, collect, with_texts
from tutor.session.exam import ExamRules, ExamSeal, exam_of
from tutor.session.hinting import ABOUT, HELPED, SHOWN, has_hints, ladder, with_next
from tutor.session.marks import Marks
from tutor.session.model import (
    Answer,
    Attempt,
    DerivationLine,
    DiagramView,
    Field,
    FieldKind,
    FieldState,
    Hint,
    Ladder,
    LookBack,
    Outcome,
    Progress,
    ReadBack,
    Result,
    ScreenView,
    Verdict,
    WorksheetRow,
)
from tutor.session.observing import Observer
from tutor.session.states import ABOUT_ANSWER, AGAIN, GIVEN_UP, HINT, KEPT, after_answer, restore
from tutor.session.views import Views
from tutor.session.visibility import Visibility
from tutor.store import AttemptRecord, Store
from tutor.store.records import utc_now

#: What runs elsewhere or is never marked keeps the mark that it has.
_NOT_MARKED_AGAIN = frozenset({FieldKind.WRITE, FieldKind.RUN, FieldKind.LAB})


class Session:
    """See the package's docstring for all of it at a glance. Field ids come from ``screen().fields``."""

    def __init__(
        self,
        lesson: Lesson,
        store: Store,
        *,
        now: Callable[[], datetime] = utc_now,
        practising: str = "",
        skills: tuple[str, ...] = (),
    ) -> None:
        """``practising`` is the form of a question that stands alone: then neither the place nor the progress of its
        lesson is kept, only what was answered. ``skills`` are those of its questions that have none of their own."""
        self.lesson = lesson
        self.store = store
        self._now = now
        self._key = (lesson.id, lesson.variant or "")
        self._version = store.version
        self._stored: dict[str, FieldState] = {}  # as of that version; what was answered here since is left out
        self._questions = collect(lesson)
        self._states = restore(self._questions, store, *self._key)
        self._by_torch: dict[str, Mapping[str, float] | str] = {}
        rules = None if practising else exam_of(store, *self._key)
        self._seal = ExamSeal(rules, store, self._key, now) if rules is not None else None
        self._visibility = Visibility(lesson, self._questions, self._states)
        self._views = Views(lesson, self._questions, self._states, self._visibility, is_sealed=self.is_sealed)
        self._marks = Marks(lesson, self._questions, self._states)
        self._unsaved: dict[str, str] = {}
        self._practising = practising
        self._observer = Observer(store, *self._key, form=practising or "solve", skills=skills)
        self._position = min(max(store.position(*self._key), 0), max(len(lesson.screens) - 1, 0))
        #: What to tell the learner once, now that the lesson is open: which marks are others since it was changed.
        self.news = "" if practising else self._caught_up()
        if any(state.to_mend for state in self._states.values()):
            self._marks.begin()
            self._remark(self._questions.entries)
        if self._seal is not None and not self.is_sealed:
            self._mark_exam()

    # -- an exam ------------------------------------------------------------------------------------------------------

    @property
    def exam(self) -> ExamRules | None:
        """The exam that was begun in this lesson with these numbers, over or not."""
        return self._seal.rules if self._seal is not None else None

    @property
    def time_left(self) -> str:
        """The exam's clock (``41:20``); empty where none is going on."""
        rules = self.exam
        return rules.left(self._now()) if rules is not None and rules.is_on(self._now()) else ""

    @property
    def is_sealed(self) -> bool:
        """Whether this is an exam in which nothing is said about answers: no verdicts, hints, derivations, values."""
        return self._seal is not None and self._seal.is_sealed

    def _mark_exam(self) -> None:
        """Say after the exam what came of each answer."""
        self._marks.begin()
        for name, entry in self._questions.entries.items():
            state = self._states[name]
            if state.kept and state.answer is not None and entry.field.kind.is_marked:
                result = self._marks.mark(entry, state.answer)
                solved = result.verdict is Verdict.CORRECT
                self._states[name] = replace(state, result=result, kept=False, solved=solved)

    def _refuse_in_exam(self, what: str, *, after: bool = False) -> None:
        if self.is_sealed or (after and self._seal is not None):
            raise TutorError(f"An exam has no {what}.")

    # -- where the learner is -----------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The lesson's title."""
        return self.lesson.title

    @property
    def variant(self) -> str:
        """The id of the numbers in use; empty for the author's own."""
        return self._key[1]

    @property
    def titles(self) -> tuple[str, ...]:
        """The screens' titles."""
        return tuple(screen.title for screen in self.lesson.screens)

    @property
    def position(self) -> int:
        """The present screen's index."""
        return self._position

    @property
    def notice(self) -> str:
        """What must be said about progress being kept, or nothing."""
        return self.store.notice

    @property
    def networks(self) -> tuple[str, ...]:
        """The names of the lesson's networks and worksheets."""
        return tuple(self.lesson.parts)

    def screen(self, index: int | None = None) -> ScreenView:
        """A screen (default: the present one) as it stands now."""
        return self._views.screen(self._position if index is None else index)

    def drawing(self, of: str) -> DiagramView | None:
        """A network as the lesson draws it first, with the numbers that may be seen now; None where it never does."""
        return self._views.drawing(of)

    def goto(self, index: int) -> ScreenView:
        """Open a screen; out of range is the first or the last one. The place is kept, and drafts are saved."""
        self._position = min(max(index, 0), max(len(self.lesson.screens) - 1, 0))
        self.save()
        if not self._practising:
            self.store.set_position(*self._key, self._position)
        return self.screen()

    def next(self) -> ScreenView:
        """The next screen, or this one at the end."""
        return self.goto(self._position + 1)

    def back(self) -> ScreenView:
        """The screen before, or this one at the start."""
        return self.goto(self._position - 1)

    # -- fields -------------------------------------------------------------------------------------------------------

    def field(self, field_id: str) -> Field:
        """A field by its id, as it stands now."""
        return self._views.field(field_id)

    @property
    def field_ids(self) -> tuple[str, ...]:
        """The ids of all fields of the lesson, in order."""
        return self._questions.listed

    def screen_of(self, field_id: str) -> int:
        """The index of the screen on which a field stands."""
        return self._questions.entries[field_id].screen

    def state(self, field_id: str) -> FieldState:
        """What the learner has done with a field."""
        state = self._states[field_id]
        is_shown = state.given_up and not state.solved
        return replace(state, shown=self.solution(field_id)) if is_shown else state

    def read(self, field_id: str, text: str, cell: int | None = None) -> ReadBack:
        """How a text in a field (or a cell of its grid, from 0) is read, for showing as one types. Never raises."""
        return self._marks.read(self._questions.entries[field_id], text, cell)

    def read_grid(self, field_id: str, pasted: str) -> tuple[str, ...] | None:
        """A pasted vector or matrix cut into the grid's cells; None where it does not fill it."""
        return self._marks.split(self._questions.entries[field_id], pasted)

    def code_kept(self, field_id: str) -> str | None:
        """The code with which a cell ran last; None for one that never ran."""
        state = self._states[field_id]
        if not state.kept:
            return None
        return state.answer if isinstance(state.answer, str) else self.field(field_id).code

    def draft(self, field_id: str, answer: Answer) -> None:
        """What stands in a field now. Kept in memory; ``save`` writes it: call it within a second, and on leaving."""
        self._states[field_id] = replace(self._states[field_id], draft=answer)
        self._unsaved[field_id] = to_text(answer)

    def save(self) -> None:
        """Write the drafts that are not written yet."""
        if self._unsaved:
            self.store.save_drafts(*self._key, self._unsaved)
            self._unsaved = {}

    # -- answering ----------------------------------------------------------------------------------------------------

    def submit(self, field_id: str, answer: Answer | None = None) -> Outcome:
        """Mark an answer (default: the draft), keep it, and mark again what was answered from it."""
        entry = self._questions.entries[field_id]
        given = self._states[field_id].draft if answer is None else answer
        if entry.field.kind is FieldKind.GRID:
            given = self._cells(entry, given)
        self._marks.begin()
        return self._settle(entry, given, self._marks.mark(entry, given))

    def _cells(self, entry: Entry, answer: Answer) -> Answer:
        """A grid's answer cell by cell, where the whole of it was typed on one line or into one of the cells."""
        if isinstance(answer, str):
            return self._marks.split(entry, answer) or (answer,)
        typed = [cell.strip() for cell in answer if cell.strip()]
        # 0,3 in one cell is a decimal; several numbers have brackets, spaces or semicolons
        is_all = len(typed) == 1 and (typed[0][0] in "[(" or " " in typed[0] or ";" in typed[0])
        return (is_all and self._marks.split(entry, typed[0])) or answer

    def cancel_search(self) -> None:
        """End the search for a mistake that ``submit`` is at in another thread: its answer is marked without a name."""
        self._marks.cancel()

    def finish(self, field_id: str, answer: Answer, result: Result) -> Outcome:
        """Keep what came of a lab or a cell that was run elsewhere."""
        return self._settle(self._questions.entries[field_id], answer, result)

    def _settle(self, entry: Entry, answer: Answer, result: Result) -> Outcome:
        name = entry.field.id
        if self._seal is not None:
            if refused := self._seal.refuses(entry):
                said = replace(self._states[name].result or Result(Verdict.KEPT), message=refused)
                self._states[name] = replace(self._states[name], result=said)
                return self._outcome(entry, said, ())
            result = self._seal.seal(entry, answer, result)
        self._stored.pop(name, None)
        before = self._states[name]
        self._states[name] = after_answer(before, answer, result)
        self._unsaved.pop(name, None)
        self.store.record(*self._key, _record(name, answer, result))
        if result.verdict is Verdict.KEPT:
            self.store.note(*self._key, name, KEPT)
        if self._seal is None:
            self._observer.answered(entry, before, result)
        self._marks.begin()
        changed = self._remark(self._marks.following(entry)) if result.verdict.counts and not self.is_sealed else ()
        return self._outcome(entry, result, changed)

    def _remark(self, names: Iterable[str]) -> tuple[tuple[str, Result], ...]:
        """Mark answers again from what is known now; those whose mark is another one come back."""
        changed = []
        for name in names:
            state = self._states[name]
            entry = self._questions.entries[name]
            if state.answer is None or state.given_up or state.result is None or entry.item is None:
                continue
            result = self._marks.mark(entry, state.answer)
            if (result.verdict, result.message, result.because, result.cells) != (
                state.result.verdict,
                state.result.message,
                state.result.because,
                state.result.cells,
            ):
                solved = state.solved or result.verdict is Verdict.CORRECT
                self._states[name] = replace(state, result=result, solved=solved)
                changed.append((name, result))
        return tuple(changed)

    def _caught_up(self) -> str:
        """Mark every answer again if the lesson has changed since it was open last, and say what came of it."""
        setting, content = f"content {self.lesson.id}#{self.variant}", content_hash(self.lesson)
        if self.store.setting(setting, "") == content:
            return ""
        self._marks.begin()
        changed = [name for name in list(self._questions.entries) if self._is_marked_otherwise(name)]
        self.store.set_setting(setting, content)
        if not changed:
            return ""
        self._summarise()
        now_right = [self._spoken(name) for name in changed if self._states[name].solved]
        now_wrong = [self._spoken(name) for name in changed if not self._states[name].solved]
        told = [f"Not right any more: {enumerated(now_wrong)}."] if now_wrong else []
        told += [f"Right now: {enumerated(now_right)}."] if now_right else []
        return " ".join(["This lesson was changed, so your answers were marked again.", *told])

    def _is_marked_otherwise(self, name: str) -> bool:
        """Mark an answer by the lesson as it is now, and keep the mark if it is another one than it was."""
        entry, state = self._questions.entries[name], self._states[name]
        if state.answer is None or state.result is None or state.given_up or entry.field.kind in _NOT_MARKED_AGAIN:
            return False
        result = self._marks.mark(entry, state.answer)
        is_right = result.verdict is Verdict.CORRECT
        if is_right == state.solved and (is_right or result.verdict is state.result.verdict):
            return False
        self._states[name] = replace(state, result=result, solved=is_right)
        self.store.note(*self._key, name, f"{AGAIN}{result.verdict}")
        return is_right != state.solved

    def _spoken(self, name: str) -> str:
        """What a field is called in a sentence."""
        entry = self._questions.entries[name]
        return entry.field.label or f"a question on screen {entry.screen + 1}"

    def _outcome(self, entry: Entry, result: Result, changed: tuple[tuple[str, Result], ...]) -> Outcome:
        self._summarise()
        here = self.screen_progress(entry.screen)
        focus = self._focus_after(entry.field.id)
        return Outcome(entry.field.id, result, changed, focus, here.done == here.total, self.notice)

    def _focus_after(self, name: str) -> str | None:
        """This field while what was answered last is to be mended, else the next one that is not done, else one before,
        else none."""
        state = self._states[name]
        verdict = state.result.verdict if state.result is not None else None
        if not state.given_up and verdict not in (Verdict.CORRECT, Verdict.KEPT, Verdict.FOLLOWS):
            return name
        blocks = self.lesson.screens[self.screen_of(name)].blocks
        opened = [block for block in blocks if self._visibility.block_is_open(block)]
        fields = [one for block in opened for one in self._questions.by_block.get(block.id, ())]
        place = fields.index(name) if name in fields else 0
        order = [*fields[place + 1 :], *fields[:place], name]
        return next((one for one in order if not self._states[one].done), None)

    def _summarise(self) -> None:
        """Keep the progress for Home; what another tutor has done with this lesson meanwhile counts there."""
        if self._practising:
            return
        progress = self._progress(self._questions.listed, ChainMap(self._elsewhere(), self._states))
        self.store.set_summary(*self._key, progress.done, progress.total, progress.to_mend)

    def _elsewhere(self) -> dict[str, FieldState]:
        """The fields that another tutor has done and that are open here, or that it has emptied."""
        version = self.store.version
        if version != self._version:
            self._version, self._stored = version, restore(self._questions, self.store, *self._key)
            for name in self._stored:
                self._states.setdefault(name, FieldState())  # a worksheet's rows that only the other one has answered
        return {
            name: state
            for name, state in self._stored.items()
            if state.answer is None or (state.done and not self._states[name].done)
        }

    # -- hints and giving up ------------------------------------------------------------------------------------------

    def hints(self, field_id: str) -> Ladder:
        """The field's ladder of hints as it stands now."""
        entry = self._questions.entries[field_id]
        if self._seal is not None:
            return Ladder((), 0)
        return ladder(entry, self._states[field_id], self._marks, self._visibility)

    def has_hints(self, field_id: str) -> bool:
        """Whether there is any hint for a field, open or not."""
        return self._seal is None and has_hints(self._questions.entries[field_id], self._states[field_id])

    def open_hint(self, field_id: str) -> Hint | None:
        """Open the next rung, and come back with it; None where there is none. Costs nothing once the field is done;
        one that shows the answer gives the question up."""
        state = self._states[field_id]
        following = self.hints(field_id).following
        if following is None:
            return None
        self._states[field_id] = with_next(state, following)
        if not state.done:
            self.store.note(*self._key, field_id, ABOUT_ANSWER if following.title == ABOUT else HINT)
            if following.cost in (HELPED, SHOWN):
                self._observer.helped(self._questions.entries[field_id])
            if following.cost == SHOWN:
                self.give_up(field_id)
        return self.hints(field_id).rungs[following.number - 1]

    def give_up(self, field_id: str) -> Outcome:
        """Show the answer. The question counts as done, not as solved; what comes after it takes the true value.

        Raises:
            TutorError: this is an exam.
        """
        self._refuse_in_exam("way to give a question up", after=True)
        entry = self._questions.entries[field_id]
        state = self._states[field_id]
        if not state.done:
            self._stored.pop(field_id, None)
            self._states[field_id] = replace(state, given_up=True)
            self._observer.helped(entry)
            self.store.note(*self._key, field_id, GIVEN_UP)
        changed = self._remark(self._marks.following(entry))
        answer = self._marks.solution(entry)
        message = f"Answer: {answer}" if answer else "Given up."
        verdict = Verdict.CORRECT if state.solved else Verdict.KEPT
        return self._outcome(entry, Result(verdict, message), changed)

    def solution(self, field_id: str) -> str:
        """The answer as a text, once it is done and unless the author keeps it (``reveal: false``); else nothing."""
        if self.is_sealed or not self._states[field_id].done:
            return ""
        return self._marks.solution(self._questions.entries[field_id])

    # -- values and texts ---------------------------------------------------------------------------------------------

    def shown(self, of: str, name: str) -> str:
        """A number as it may be shown: ``0.332``, or ``?`` while it is asked and not found."""
        return self._visibility.value(of, name, self._visibility.decimals(of, name))

    def unfound(self, of: str) -> tuple[str, ...]:
        """The fields that ask for numbers of a network and may not show them yet: its program would print those."""
        asked = {
            field
            for (part, name), fields in self._questions.asked_in.items()
            if part == of and not self._visibility.is_shown(of, name)
            for field in fields
        }
        return tuple(field for field in self._questions.entries if field in asked)

    def keeps(self, field_id: str) -> bool:
        """Whether a field's answer is kept back: by its author (``reveal: false``), or in an exam."""
        if self.is_sealed:
            return True
        item = self._questions.entries[field_id].item
        return item is not None and not item.reveal

    def derivation(self, of: str, quantity: str) -> tuple[DerivationLine, ...]:
        """A quantity's derivation, line by line. Loads SymPy: call it in a worker. Raises ``TutorError`` where the
        author keeps it (``reveal: false``), unless the number is found or the lesson unfolds it itself."""
        from tutor.session.deriving import derivation_lines, unfolds

        self._refuse_in_exam("derivations")
        wanted = self.lesson.graph(of).quantity(quantity)
        asking = {field for cell in wanted.cells for field in self._questions.asked_in.get((of, cell), ())}
        kept = any(self.keeps(field) and not self._states[field].solved for field in asking)
        if kept and not unfolds(self.lesson, of, wanted.name):
            raise TutorError("Find the number first: the author keeps this derivation until then.")
        return derivation_lines(self.lesson.graph(of), of, quantity, self._visibility)

    def engines(self, of: str, quantity: str, *, ask_torch: bool) -> str:
        """What NumPy, SymPy and PyTorch give for a quantity, as one line; nothing while it is the learner's to find.
        ``ask_torch`` waits for PyTorch's process: call it in a worker. Without, PyTorch's number is still to come."""
        from tutor.engines.side_by_side import PENDING, by_torch
        from tutor.session.deriving import engines_line

        graph = self.lesson.graph(of)
        if ask_torch and of not in self._by_torch:
            self._by_torch[of] = by_torch(graph)
        return engines_line(graph, of, quantity, self._visibility, self._by_torch.get(of, PENDING))

    def worksheet(self, of: str = "") -> tuple[WorksheetRow, ...]:
        """Every quantity of a network or worksheet in one table. What the lesson does not ask has a field of its own
        there; it counts for what is worked out from it, and not for the lesson's progress."""
        from tutor.session.sheet import rows

        self._refuse_in_exam("worksheet")
        found = rows(of or next(iter(self.lesson.parts)), self.lesson, self._questions, self._visibility)
        for row in found:
            if row.extra and row.field is not None:
                self._questions.take_in(row.field.id, self._states)
        return found

    # -- progress -----------------------------------------------------------------------------------------------------

    @property
    def progress(self) -> Progress:
        """How far the lesson is done."""
        return self._progress(self._questions.listed, self._states)

    def screen_progress(self, index: int) -> Progress:
        """How far a screen is done."""
        return self._progress(self._questions.by_screen[index], self._states)

    def _progress(self, names: Iterable[str], states: Mapping[str, FieldState]) -> Progress:
        counted = [states[name] for name in names if self._questions.entries[name].field.kind is not FieldKind.RUN]
        return Progress(
            done=sum(state.done for state in counted),
            total=len(counted),
            to_mend=sum(state.to_mend for state in counted),
            given_up=sum(state.given_up for state in counted),
        )

    def first_to_mend(self) -> str | None:
        """The first field whose answer wants another look."""
        return next((name for name in self._questions.listed if self._states[name].to_mend), None)

    def first_open(self) -> str | None:
        """The first question that is not done; a cell to run is none."""
        return next(
            (
                name
                for name in self._questions.listed
                if not self._states[name].done and self._questions.entries[name].field.kind is not FieldKind.RUN
            ),
            None,
        )

    # -- looking back, starting again, other numbers ------------------------------------------------------------------

    def look_back(self) -> LookBack:
        """Everything answered in this lesson, with whatever numbers, oldest first; while practising, what was answered
        to these questions."""
        rows = self.store.attempts(self.lesson.id, renamed=self._questions.renamed, archived=True)
        if self._practising:
            rows = tuple(row for row in rows if self._questions.find(row.field) is not None)
        return LookBack(self.title, tuple(self._attempt(row) for row in rows))

    def _attempt(self, row: AttemptRecord) -> Attempt:
        entry = self._questions.find(row.field)
        label, screen, answer = row.field, "", readable_alone(row.answer)
        if entry is not None:
            field = with_texts(entry, self._visibility.is_shown)
            label = field.label or str(getattr(entry.block, "prompt", "")) or field.id
            listed = row.field in self._questions.listed
            screen = self.lesson.screens[entry.screen].title if listed else "Worksheet"
            answer = readable(field, from_text(field.kind, row.answer))
        verdict = Verdict(row.verdict) if row.verdict in set(Verdict) else Verdict.KEPT
        return Attempt(row.field, label, screen, answer, verdict, row.message, row.when, row.variant, row.archived)

    def export(self, form: str = "markdown") -> str:
        """The look back as ``markdown`` or ``html``."""
        from tutor.session.export import to_html, to_markdown

        return to_html(self.look_back()) if form == "html" else to_markdown(self.look_back())

    def reset(self) -> None:
        """This lesson, with these numbers, from the start. The answers stay in the look back."""
        self._refuse_in_exam("way to start again", after=True)
        self._unsaved, self._stored = {}, {}
        self.store.reset(*self._key)
        for name in self._states:
            self._states[name] = FieldState()
        self._position = 0

    def numbers_only(self) -> Session:
        """This lesson's questions about numbers without its prose, with numbers that this learner has not had yet;
        neither its place nor its progress is kept."""
        from tutor.learning.forms import numbers_only
        from tutor.session.opening import with_variant

        seen = {each.variant for each in self.store.evidence() if each.lesson == self.lesson.id}
        number = next(each for each in count(1) if f"numbers-{each}" not in seen)
        lesson = with_variant(self.lesson, f"numbers-{number}")
        return Session(numbers_only(lesson), self.store, now=self._now, practising="solve")

    def switch_variant(self, variant: str) -> Session:
        """The same lesson with other numbers (a number or a word); empty for the author's own. It may be made in a
        thread, so this one's drafts are left alone: save them before."""
        from tutor.session.opening import with_variant

        self._refuse_in_exam("other numbers")
        session = Session(with_variant(self.lesson, variant), self.store, now=self._now)
        session.goto(self._position)
        return session

    def new_variant(self) -> Session:
        """The same lesson with numbers that this learner has not had yet."""
        seen = {row.variant for row in self.store.summaries() if row.lesson == self.lesson.id}
        seen |= {row.variant for row in self.store.positions() if row.lesson == self.lesson.id} | {self.variant}
        number = 1
        while str(number) in seen:
            number += 1
        return self.switch_variant(str(number))


def _record(name: str, answer: Answer, result: Result) -> AttemptRecord:
    slips = tuple(slip.id for slip in result.mistakes)
    cells = tuple((cell.verdict.value, cell.message) for cell in result.cells)
    return AttemptRecord(name, to_text(answer), result.verdict.value, slips, result.message, cells=cells)
