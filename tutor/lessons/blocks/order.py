"""Steps to put in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from tutor.lessons.blocks.base import named_by_author
from tutor.lessons.blocks.field import Answer, Field, FieldKind
from tutor.lessons.blocks.offering import NO_SUCH, OfferingQuestion, shuffled, still_to_come
from tutor.lessons.blocks.paper import Exercise, Paper
from tutor.lessons.plain_text import one_line
from tutor.lessons.template import IsShown, Template
from tutor.verdicts import CellResult, Result, Verdict


@dataclass(frozen=True, kw_only=True, eq=False)
class Order(OfferingQuestion):
    """Steps to put in order. ``groups`` are in a right order, with any order within a group; the steps in ``extra`` do
    not belong.

    ``before`` has one or more sets of pairs of indices (earlier, later). An order is right if it keeps all pairs of one
    set.
    """

    groups: tuple[tuple[Template, ...], ...]
    extra: tuple[Template, ...] = ()
    before: tuple[tuple[tuple[int, int], ...], ...] = ()

    def misplaced(self, places: Sequence[int]) -> tuple[int, ...]:
        """Return the positions of steps that come before one they depend on, judged by the set of pairs whose first
        such position is latest."""
        found = [_too_early(places, pairs) for pairs in self.before]
        return max(found, key=lambda each: (each[0] if each else len(places), -len(each)))

    def keeps_order(self, places: Sequence[int]) -> bool:
        """Return whether these steps, of which some may be missing, are in a right order among themselves."""
        at = {place: index for index, place in enumerate(places)}
        return any(
            all(at[first] < at[later] for first, later in pairs if first in at and later in at) for pairs in self.before
        )

    @property
    def steps(self) -> tuple[Template, ...]:
        """The right steps, in a right order."""
        return tuple(step for group in self.groups for step in group)

    @property
    def texts(self) -> tuple[Template, ...]:
        return (*self.steps, *self.extra)

    @property
    def offered(self) -> tuple[int, ...]:
        """The indices of all steps in the order in which they are offered, which is never a right order."""
        mixed = shuffled(self.id, len(self.steps) + len(self.extra))
        for _ in mixed:
            if self.misplaced([place for place in mixed if place < len(self.steps)]):
                break
            mixed = mixed[1:] + mixed[:1]
        return mixed

    def answer_rests_on(self) -> object:
        return str(self.steps)

    def single_field(self) -> Field:
        return Field(self.id, self.id, FieldKind.ORDER, "", of=self.of, options=self.field_options)

    def mark(self, parts: Sequence[str]) -> Result:
        """Mark an order: it is right if every step comes after those it needs, and no extra step is there."""
        if not parts:
            return Result(Verdict.UNREADABLE, "Nothing is in order yet.")
        if not self.has_places(parts):
            return NO_SUCH
        if len(set(parts)) < len(parts):
            return Result(Verdict.UNREADABLE, "Use each step only once.")
        places, count = [int(key) for key in parts], len(self.steps)
        extra = [place for place in places if place >= count]
        misplaced = extra or [places[index] for index in self.misplaced(places)]
        cells = tuple(CellResult(Verdict.WRONG if place in misplaced else Verdict.CORRECT) for place in places)
        if extra:
            step = str(self.extra[extra[0] - count])
            mistakes = named_by_author(self.mistakes, step)
            said = mistakes[0].message if mistakes else ""
            return Result(Verdict.WRONG, said or f"“{step}” does not belong here.", mistakes, cells)
        if len(places) < count:
            state = "in order so far" if self.keeps_order(places) else "not in order yet"
            said = f"{still_to_come(count - len(places))} to come; what is there is {state}.".capitalize()
            return Result(Verdict.WRONG, said, (), cells)
        if not misplaced:
            return Result(Verdict.CORRECT, "In the right order.")
        first = places.index(misplaced[0]) + 1
        look = "Look at the very first step again."
        said = look if first == 1 else f"Right up to step {first - 1}; look at step {first}."
        return Result(Verdict.WRONG, said, (), cells)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        return Exercise(paper.next_number(), prompt, (), self.lettered(), "order", worked=answer)

    def answer_height(self) -> int:
        """Return a line for each step."""
        return len(self.texts)

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        yield from super().read_first(is_shown)
        for step in self.texts:
            yield step.fill(is_shown)

    def right_answer(self) -> Answer:
        return tuple(str(place) for place in range(len(self.steps)))

    def answer_lines(self) -> tuple[str, ...]:
        """Return the numbered steps, and a line if other orders are right too."""
        groups = [" | ".join(one_line(step) for step in group) for group in self.groups]
        either = "  (either way round)"
        lines = [
            f"{n}. {line}{either if len(group) > 1 else ''}"
            for n, (line, group) in enumerate(zip(groups, self.groups, strict=True), 1)
        ]
        written = sum(a * b for a, b in combinations([len(group) for group in self.groups], 2))
        if len(self.before) > 1 or len(set(self.before[0])) < written:
            lines.append("(other orders are right too)")
        return tuple(lines)

    def shown_solution(self) -> str:
        return " → ".join(str(step) for step in self.steps)

    def first_hint(self) -> tuple[str, bool, str]:
        return "The first step", False, f"It begins with “{self.steps[0].fill()}”."


def _too_early(places: Sequence[int], pairs: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Return the positions of the steps that come before a step which must precede them."""
    return tuple(
        index
        for index, place in enumerate(places)
        if any(later == place and first not in places[:index] for first, later in pairs)
    )
