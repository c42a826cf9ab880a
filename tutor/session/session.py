"""One learner in one lesson: the present screen, the answers typed, and their marks. It knows nothing of terminals."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import count

from tutor.errors import TutorError
from tutor.lessons.blocks import Lesson
from tutor.lessons.blocks.diagram import DiagramView
from tutor.session.answers import to_text
from tutor.session.entries import Entry, collect
from tutor.session.exam import ExamRules, ExamSeal, exam_of
from tutor.session.hinting import ABOUT, HELPED, SHOWN, has_hints, ladder, with_next
from tutor.session.looking_back import look_back
from tutor.session.marks import Marks
from tutor.session.model import (
    Answer,
    DerivationLine,
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
from tutor.session.opening import with_variant
from tutor.session.remarking import Remarking
from tutor.session.states import ABOUT_ANSWER, GIVEN_UP, HINT, KEPT, Elsewhere, after_answer, record_of, restore
from tutor.session.views import Views
from tutor.session.visibility import Visibility
from tutor.store import Store
from tutor.store.records import utc_now

#: The prefix of the variants that are used for a lesson's numerical questions alone.
_NUMBERS_ONLY = "numbers-"


class Session:
    """A learner's work on one lesson; the package's docstring gives an overview. Field ids come from
    ``screen().fields``."""

    def __init__(
        self,
        lesson: Lesson,
        store: Store,
        *,
        now: Callable[[], datetime] = utc_now,
        practising: str = "",
        skills: tuple[str, ...] = (),
    ) -> None:
        """``practising`` is the form of a practice question; it means that answers are stored, but neither the position
        in the lesson nor its progress. ``skills`` are used for questions that have none of their own."""
        self.lesson = lesson
        self.store = store
        self._now = now
        self._key = (lesson.id, lesson.variant or "")
        self._questions = collect(lesson)
        self._elsewhere = Elsewhere(self._questions, store, self._key)
        self._states = restore(self._questions, store, *self._key)
        self._by_torch: dict[str, Mapping[str, float] | str] = {}
        rules = None if practising else exam_of(store, *self._key)
        self._seal = ExamSeal(rules, store, self._key, now) if rules is not None else None
        self._visibility = Visibility(lesson, self._questions, self._states)
        self._views = Views(lesson, self._questions, self._states, self._visibility, is_sealed=self.is_sealed)
        self._marks = Marks(lesson, self._questions, self._states)
        self._remarking = Remarking(self._marks, self._questions, self._states, store, self._key)
        self._unsaved: dict[str, str] = {}
        self._practising = practising
        self._observer = Observer(store, *self._key, form=practising or "solve", skills=skills)
        self._position = min(max(store.position(*self._key), 0), max(len(lesson.screens) - 1, 0))
        #: What to tell the learner once, on opening: which marks differ because the lesson was changed.
        self.news = "" if practising else self._remarking.catch_up(lesson)
        if self.news:
            self._summarise()
        if any(state.to_fix for state in self._states.values()):
            self._remarking.again(self._questions.entries)
        if self._seal is not None and not self.is_sealed:
            self._remarking.after_exam()

    # -- an exam ------------------------------------------------------------------------------------------------------

    @property
    def exam(self) -> ExamRules | None:
        """The exam that was begun in this variant of the lesson, over or not; None if there is none."""
        return self._seal.rules if self._seal is not None else None

    @property
    def time_left(self) -> str:
        """The exam's clock (``41:20``); empty if no exam is on."""
        rules = self.exam
        return rules.left(self._now()) if rules is not None and rules.is_on(self._now()) else ""

    @property
    def is_sealed(self) -> bool:
        """Whether an exam forbids verdicts, hints, derivations and values."""
        return self._seal is not None and self._seal.is_sealed

    def _refuse_in_exam(self, what: str, *, after: bool = False) -> None:
        if self.is_sealed or (after and self._seal is not None):
            raise TutorError(f"An exam has no {what}.")

    # -- where the learner is -----------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The lesson's title."""
        return self.lesson.title

    @property
    def edition(self) -> tuple[str, ...]:
        """What distinguishes this lesson from others with its title: ``numbers #17``, ``numbers only``, ``revision 3``;
        empty for the first revision with the author's numbers."""
        called = "numbers only" if self.variant.startswith(_NUMBERS_ONLY) else f"numbers #{self.variant}"
        numbers = [called] if self.variant else []
        return (*numbers, f"revision {self.lesson.revision}") if self.lesson.revision > 1 else tuple(numbers)

    @property
    def variant(self) -> str:
        """The variant in use; empty for the author's numbers."""
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
        """A warning that progress could not be saved, or empty."""
        return self.store.notice

    @property
    def networks(self) -> tuple[str, ...]:
        """The names of the lesson's networks and worksheets."""
        return tuple(self.lesson.parts)

    def screen(self, index: int | None = None) -> ScreenView:
        """Return the view of a screen (default: the present one)."""
        return self._views.screen(self._position if index is None else index)

    def drawing(self, of: str) -> DiagramView | None:
        """Return a network as the lesson first draws it, with the numbers that may be seen now; None if the lesson does
        not draw it."""
        return self._views.drawing(of)

    def goto(self, index: int) -> ScreenView:
        """Open a screen; an index out of range opens the first or the last one. The position is stored and drafts are
        saved."""
        self._position = min(max(index, 0), max(len(self.lesson.screens) - 1, 0))
        self.save()
        if not self._practising:
            self.store.set_position(*self._key, self._position)
        return self.screen()

    def next(self) -> ScreenView:
        """Open the next screen, or stay at the last one."""
        return self.goto(self._position + 1)

    def back(self) -> ScreenView:
        """Open the previous screen, or stay at the first one."""
        return self.goto(self._position - 1)

    # -- fields -------------------------------------------------------------------------------------------------------

    def field(self, field_id: str) -> Field:
        """Return the field with this id, its texts filled in."""
        return self._views.field(field_id)

    @property
    def field_ids(self) -> tuple[str, ...]:
        """The ids of all fields of the lesson, in order."""
        return self._questions.listed

    def screen_of(self, field_id: str) -> int:
        """Return the index of the field's screen."""
        return self._questions.entries[field_id].screen

    def state(self, field_id: str) -> FieldState:
        """Return what the learner has done with a field."""
        state = self._states[field_id]
        return replace(state, shown=self.solution(field_id)) if state.given_up and not state.solved else state

    def read(self, field_id: str, text: str, cell: int | None = None) -> ReadBack:
        """Return how the text in a field, or in a cell of its grid (from 0), is read, to show while typing. Never
        raises."""
        return self._marks.read(self._questions.entries[field_id], text, cell)

    def read_grid(self, field_id: str, pasted: str) -> tuple[str, ...] | None:
        """Return a pasted vector or matrix split into the grid's cells; None if it does not fit."""
        return self._marks.split(self._questions.entries[field_id], pasted)

    def unfit(self, field_id: str, pasted: str) -> str:
        """Return why a pasted array does not fit a grid. An exam does not say whether its numbers are right."""
        return self._marks.unfit(self._questions.entries[field_id], pasted, may_mark=not self.is_sealed)

    def code_kept(self, field_id: str) -> str | None:
        """Return the code that a cell last ran; None if it never ran."""
        state = self._states[field_id]
        if not state.kept:
            return None
        return state.answer if isinstance(state.answer, str) else self.field(field_id).code

    def draft(self, field_id: str, answer: Answer) -> None:
        """Set what has been typed into a field. It is kept in memory until ``save`` writes it: call that within a
        second, and on leaving."""
        self._states[field_id] = replace(self._states[field_id], draft=answer)
        self._unsaved[field_id] = to_text(answer)

    def save(self) -> None:
        """Write the drafts that are not stored yet."""
        if self._unsaved:
            self.store.save_drafts(*self._key, self._unsaved)
            self._unsaved = {}

    # -- answering ----------------------------------------------------------------------------------------------------

    def submit(self, field_id: str, answer: Answer | None = None) -> Outcome:
        """Mark an answer (default: the draft), store it, and mark again the answers that depend on it."""
        entry = self._questions.entries[field_id]
        given = self._states[field_id].draft if answer is None else answer
        if entry.field.kind is FieldKind.GRID:
            given = self._marks.cells(entry, given)
        self._marks.begin()
        return self._settle(entry, given, self._marks.mark(entry, given))

    def cancel_search(self) -> None:
        """Stop the search for a mistake by a ``submit`` in another thread; its answer is marked without naming one."""
        self._marks.cancel()

    def finish(self, field_id: str, answer: Answer, result: Result) -> Outcome:
        """Store the result of a lab or cell that the caller ran."""
        return self._settle(self._questions.entries[field_id], answer, result)

    def _settle(self, entry: Entry, answer: Answer, result: Result) -> Outcome:
        name = entry.field.id
        if self._seal is not None:
            if refused := self._seal.refuses(entry):
                said = replace(self._states[name].result or Result(Verdict.KEPT), message=refused)
                self._states[name] = replace(self._states[name], result=said)
                return self._outcome(entry, said, ())
            result = self._seal.seal(entry, answer, result)
        self._elsewhere.forget(name)
        before = self._states[name]
        self._states[name] = after_answer(before, answer, result)
        self._unsaved.pop(name, None)
        self.store.record(*self._key, record_of(name, answer, result, self.lesson.revision))
        if result.verdict is Verdict.KEPT:
            self.store.note(*self._key, name, KEPT)
        if self._seal is None:
            self._observer.answered(entry, before, result)
        follows = result.verdict.counts and not self.is_sealed
        changed = self._remarking.again(self._marks.following(entry)) if follows else ()
        return self._outcome(entry, result, changed)

    def _outcome(self, entry: Entry, result: Result, changed: tuple[tuple[str, Result], ...]) -> Outcome:
        self._summarise()
        here = self.screen_progress(entry.screen)
        focus = self._focus_after(entry.field.id)
        return Outcome(entry.field.id, result, changed, focus, here.done == here.total, self.notice)

    def _focus_after(self, name: str) -> str | None:
        """Return the field to go to: the same one while its answer should be corrected, else the next that is not done,
        else an earlier one, else None."""
        state = self._states[name]
        verdict = state.result.verdict if state.result is not None else None
        if not state.given_up and verdict not in (Verdict.CORRECT, Verdict.KEPT, Verdict.FOLLOWS):
            return name
        blocks = self.lesson.screens[self.screen_of(name)].blocks
        opened = [block for block in blocks if not self._visibility.waits_for(block)]
        fields = [one for block in opened for one in self._questions.by_block.get(block.id, ())]
        place = fields.index(name) if name in fields else 0
        order = [*fields[place + 1 :], *fields[:place], name]
        return next((one for one in order if not self._states[one].done), None)

    def _summarise(self) -> None:
        """Store the progress that the home screen shows, counting what another running tutor has stored meanwhile."""
        if self._practising:
            return
        progress = self._progress(self._questions.listed, ChainMap(self._elsewhere.newer(self._states), self._states))
        self.store.set_summary(*self._key, progress.done, progress.total, progress.to_fix)

    # -- hints and giving up ------------------------------------------------------------------------------------------

    def hints(self, field_id: str) -> Ladder:
        """Return the field's present ladder of hints; an exam has none."""
        entry = self._questions.entries[field_id]
        if self._seal is not None:
            return Ladder((), 0)
        return ladder(entry, self._states[field_id], self._marks, self._visibility)

    def has_hints(self, field_id: str) -> bool:
        """Return whether there is any hint for a field, opened or not."""
        return self._seal is None and has_hints(self._questions.entries[field_id], self._states[field_id])

    def open_hint(self, field_id: str) -> Hint | None:
        """Open the next hint and return it, or None if there is none. It costs nothing once the field is done. A hint
        that shows the answer gives the question up."""
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
        """Show the answer. The question counts as done but not as solved; later questions use the true value.

        Raises:
            TutorError: This is an exam, even if it is over.
        """
        self._refuse_in_exam("way to give a question up", after=True)
        entry = self._questions.entries[field_id]
        state = self._states[field_id]
        if not state.done:
            self._elsewhere.forget(field_id)
            self._states[field_id] = replace(state, given_up=True)
            self._observer.helped(entry)
            self.store.note(*self._key, field_id, GIVEN_UP)
        changed = self._remarking.again(self._marks.following(entry))
        answer = self._marks.solution(entry)
        message = f"Answer: {answer}" if answer else "Given up."
        verdict = Verdict.CORRECT if state.solved else Verdict.KEPT
        return self._outcome(entry, Result(verdict, message), changed)

    def solution(self, field_id: str) -> str:
        """Return the answer as text once the field is done; empty before, and if the author withholds it (``reveal:
        false``)."""
        if self.is_sealed or not self._states[field_id].done:
            return ""
        return self._marks.solution(self._questions.entries[field_id])

    # -- values and texts ---------------------------------------------------------------------------------------------

    def shown(self, of: str, name: str) -> str:
        """Return a number as it may be shown: ``0.332``, or ``?`` if the learner has yet to find it."""
        return self._visibility.value(of, name)

    def unfound(self, of: str) -> tuple[str, ...]:
        """Return the fields whose numbers a program for the network would give away."""
        return self._visibility.unfound(of)

    def keeps(self, field_id: str) -> bool:
        """Return whether a field's answer is withheld by its author (``reveal: false``) or by an exam."""
        return self.is_sealed or self._visibility.withholds(field_id)

    def derivation(self, of: str, quantity: str) -> tuple[DerivationLine, ...]:
        """Return a quantity's derivation, line by line. Loads SymPy, so call it in a worker.

        Raises:
            TutorError: An exam is on; or the author withholds the answer (``reveal: false``), the learner has not found
                it, and the lesson does not show the derivation itself.
        """
        from tutor.session.deriving import derivation_lines

        self._refuse_in_exam("derivations")
        return derivation_lines(self.lesson, self._questions, of, quantity, self._visibility)

    def engines(self, of: str, quantity: str, *, ask_torch: bool) -> str:
        """Return the values that NumPy, SymPy and PyTorch give for a quantity, as one line; empty while the learner has
        yet to find it. With ``ask_torch`` it waits for PyTorch's process, so call it in a worker; without, PyTorch's
        value is shown as pending."""
        from tutor.engines.side_by_side import PENDING, by_torch
        from tutor.session.deriving import engines_line

        graph = self.lesson.graph(of)
        if ask_torch and isinstance(self._by_torch.get(of, PENDING), str):  # PyTorch may have been installed meanwhile
            self._by_torch[of] = by_torch(graph)
        return engines_line(graph, of, quantity, self._visibility, self._by_torch.get(of, PENDING))

    def worksheet(self, of: str = "") -> tuple[WorksheetRow, ...]:
        """Return every quantity of a network or worksheet in one table. A quantity that the lesson does not ask gets a
        field there too; follow-through uses its answer, but it does not count as progress.

        Raises:
            TutorError: An exam is on.
        """
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
        """The progress in the lesson."""
        return self._progress(self._questions.listed)

    def screen_progress(self, index: int) -> Progress:
        """Return the progress in a screen."""
        return self._progress(self._questions.by_screen[index])

    def _progress(self, names: Iterable[str], states: Mapping[str, FieldState] | None = None) -> Progress:
        return Progress.of((states or self._states)[name] for name in self._counted(names))

    def _counted(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the fields that count as questions: all but code cells."""
        return (name for name in names if self._questions.entries[name].field.kind is not FieldKind.RUN)

    def first_to_fix(self) -> str | None:
        """Return the first field whose answer should be corrected, or None."""
        return next((name for name in self._questions.listed if self._states[name].to_fix), None)

    def first_open(self) -> str | None:
        """Return the first question that is not done, or None; code cells do not count."""
        return next((name for name in self._counted(self._questions.listed) if not self._states[name].done), None)

    # -- looking back, starting again, other numbers ------------------------------------------------------------------

    def look_back(self) -> LookBack:
        """Return everything answered in this lesson, in all its variants, oldest first; while practising, only the
        answers to these questions."""
        return look_back(
            self.lesson, self.store, self._questions, self._visibility, is_practising=bool(self._practising)
        )

    def export(self, form: str = "markdown") -> str:
        """Return the look back as ``markdown`` or ``html``."""
        from tutor.session.export import to_html, to_markdown

        return to_html(self.look_back()) if form == "html" else to_markdown(self.look_back())

    def reset(self) -> None:
        """Start this lesson again with the same numbers. Earlier answers stay in the look back.

        Raises:
            TutorError: This is an exam, even if it is over.
        """
        self._refuse_in_exam("way to start again", after=True)
        self._unsaved = {}
        self._elsewhere.forget_all()
        self.store.reset(*self._key)
        for name in self._states:
            self._states[name] = FieldState()
        self._position = 0

    def numbers_only(self) -> Session:
        """Return this lesson's numerical questions without its prose, with numbers new to this learner; neither
        position nor progress is stored.

        Raises:
            TutorError: An exam is on.
        """
        self._refuse_in_exam("other numbers")
        from tutor.learning.forms import numbers_only

        seen = {each.variant for each in self.store.evidence() if each.lesson == self.lesson.id}
        number = next(each for each in count(1) if f"{_NUMBERS_ONLY}{each}" not in seen)
        lesson = with_variant(self.lesson, f"{_NUMBERS_ONLY}{number}")
        return Session(numbers_only(lesson), self.store, now=self._now, practising="solve")

    def switch_variant(self, variant: str) -> Session:
        """Return a session with other numbers; ``variant`` is a number or a word, empty for the author's numbers. This
        may run in a thread and does not save this session's drafts: save them first.

        Raises:
            TutorError: An exam is on.
        """
        self._refuse_in_exam("other numbers")
        session = Session(with_variant(self.lesson, variant), self.store, now=self._now)
        session.goto(self._position)
        return session

    def new_variant(self) -> Session:
        """Return a session with numbers that are new to this learner.

        Raises:
            TutorError: An exam is on.
        """
        seen = {row.variant for row in self.store.summaries() if row.lesson == self.lesson.id}
        seen |= {row.variant for row in self.store.positions() if row.lesson == self.lesson.id} | {self.variant}
        return self.switch_variant(next(each for each in map(str, count(1)) if each not in seen))
