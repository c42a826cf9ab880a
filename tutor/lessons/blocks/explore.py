"""A model whose given numbers the learner can turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.formulas import text
from tutor.formulas.tree import Tree
from tutor.formulas.wording import enumerated
from tutor.lessons.blocks.base import Block, Reference, Seen, View
from tutor.lessons.template import Context, IsShown, Template, number
from tutor.network import Graph, Network, Worksheet


@dataclass(frozen=True, slots=True)
class ExploreView(View):
    """A model to explore. ``reference`` is the id of the lesson, with its variant."""

    of: str
    block: Explore
    lesson: str
    reference: str


@dataclass(frozen=True, eq=False)
class Goal:
    """A task: turn the numbers until ``when`` holds; then ``say`` is shown. In both, ``steps`` is the number of
    training steps taken."""

    when: Tree
    say: Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Explore(Block):
    """A network or worksheet to explore. ``turn`` holds the range of each number that can be turned (all if empty);
    ``watched`` are the quantities to watch meanwhile."""

    model: Network | Worksheet
    graph: Graph
    watched: tuple[Reference, ...]
    turn: Mapping[str, tuple[float, float]]
    goals: tuple[Goal, ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """The names of the numbers that are watched."""
        return tuple(dict.fromkeys(cell for each in self.watched for cell in each.quantity.cells))

    def markdown(self, is_shown: IsShown | None = None) -> str:
        """Return the task in words, as it is printed on paper."""
        name = self.graph.notation.text
        ranges = [f"{name(one)} ({_plain(low)} to {_plain(high)})" for one, (low, high) in self.turn.items()]
        turned = enumerated(ranges) if ranges else "all given numbers"
        said = f"*To turn in the tutor:* {turned}. *Watch* {enumerated([name(cell) for cell in self.cells])}."
        tasks = [f"`{text(goal.when, self.graph.notation)}`" for goal in self.goals]
        if len(tasks) < 2:
            return f"{said} *Reach* {tasks[0]}." if tasks else said
        return f"{said} *Reach, one after the other:* {'; '.join(tasks)}."

    def views(self, seen: Seen) -> Sequence[View]:
        """Return the view; none in an exam."""
        if seen.is_sealed:
            return ()
        lesson = seen.lesson
        reference = f"{lesson.id}#{lesson.variant}" if lesson.variant else lesson.id
        return (ExploreView(self.id, self.of, self, lesson.title, reference),)

    def height(self) -> int:
        """Return the approximate number of lines that the curves and tasks take."""
        return 12 + len(self.turn) + len(self.goals)

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        """Yield nothing: its ranges give no answer away."""
        yield from ()

    def shown_names(self) -> tuple[str, ...]:
        """Return the names whose numbers it always shows, even if they are asked."""
        return self.cells


def _plain(value: float) -> str:
    return number(value, None, Context.PROSE)
