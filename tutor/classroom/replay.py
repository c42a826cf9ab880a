"""Mark answers again, many hand-ins per second: a lesson is loaded once, and learners with the same variant share the
work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.lessons import Lesson
from tutor.lessons.blocks import Lab
from tutor.session.answers import from_text
from tutor.session.entries import Entry, Questions, collect
from tutor.session.marks import Marks
from tutor.session.model import FieldKind, FieldState, Result, Verdict
from tutor.session.states import after_answer

if TYPE_CHECKING:
    from tutor.marking import Marker
    from tutor.network import Graph
    from tutor.practice import Variants

#: A marker forgets its verdicts after this many hand-ins, to limit memory.
_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class _Numbers:
    """A lesson with the numbers of one variant, and its markers."""

    lesson: Lesson
    questions: Questions
    markers: dict[str, Marker]


class LessonReplay:
    """Marks answers to any variant of one lesson; use one for many learners."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._variants: Variants | None = None
        self._last: tuple[str, _Numbers] | None = None
        self._used = 0
        self._is_light = not any(block.rests_on_numbers for block in lesson.questions)

    def learner(self, variant: str) -> Replay:
        """Return a replay for one learner's answers to a variant, to be submitted from the beginning.

        Raises:
            TutorError: the variant cannot be made.
        """
        numbers = self._numbers(variant)
        self._used += 1
        if self._used % _REMEMBERED == 0:
            for marker in numbers.markers.values():
                marker.forget()
        return Replay(numbers.lesson, numbers.questions, numbers.markers)

    def _numbers(self, variant: str) -> _Numbers:
        if self._last is None or self._last[0] != variant:
            lesson = self._with(variant)
            self._last = variant, _Numbers(lesson, collect(lesson), {})
        return self._last[1]

    def _with(self, variant: str) -> Lesson:
        if not variant:
            return self._lesson
        if self._variants is None:
            from tutor.practice import Variants

            self._variants = Variants(self._lesson)
        if self._is_light:
            return with_graphs(self._lesson, self._variants.graphs(variant), variant)
        return self._variants.lesson(variant)


class Replay:
    """One learner's answers to a lesson, marked in the order in which they were given."""

    def __init__(self, lesson: Lesson, questions: Questions, markers: dict[str, Marker]) -> None:
        self.lesson = lesson
        self._questions = questions
        self._states = {name: FieldState() for name in questions.entries}
        self._marks = Marks(lesson, questions, self._states, markers=markers)

    def state(self, field: str) -> FieldState:
        """Return the current state of a field."""
        return self._states[field]

    def kind(self, field: str) -> FieldKind:
        """Return how a field is answered."""
        return self._questions.entries[field].field.kind

    def lab(self, field: str) -> Lab:
        """Return the lab of a field whose kind is LAB."""
        block = self._questions.entries[field].block
        assert isinstance(block, Lab)
        return block

    def submit(self, field: str, text: str) -> Verdict:
        """Mark a stored answer, and mark again the answers that depend on it."""
        entry = self._questions.entries[field]
        answer = from_text(entry.field.kind, text)
        result = self._marks.mark(entry, answer)
        self._states[field] = after_answer(self._states[field], answer, result)
        if result.verdict.counts:
            self._mark_following(entry)
        return result.verdict

    def finish(self, field: str, source: str, result: Result) -> None:
        """Store the result of a program."""
        self._states[field] = after_answer(self._states[field], source, result)

    def give_up(self, field: str) -> None:
        """Note that the learner was shown the answer: later answers are marked with the true value."""
        self._states[field] = replace(self._states[field], given_up=True)
        self._mark_following(self._questions.entries[field])

    def _mark_following(self, entry: Entry) -> None:
        for name in self._marks.following(entry):
            state, other = self._states[name], self._questions.entries[name]
            if state.answer is not None and not state.given_up and other.item is not None:
                result = self._marks.mark(other, state.answer)
                solved = state.solved or result.verdict is Verdict.CORRECT
                self._states[name] = replace(state, result=result, solved=solved)


def with_graphs(lesson: Lesson, graphs: Mapping[str, Graph], variant: str) -> Lesson:
    """Return the lesson with other graphs for its models and questions; its texts keep their numbers."""
    parts = {name: replace(model, graph=graphs[name]) for name, model in lesson.parts.items()}
    screens = tuple(
        replace(screen, blocks=tuple(block.with_graphs(graphs) for block in screen.blocks)) for screen in lesson.screens
    )
    return replace(lesson, parts=parts, screens=screens, variant=variant)
