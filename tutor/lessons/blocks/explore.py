"""Numbers to turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.formulas import text
from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import Block, Reference, Seen, View
from tutor.lessons.template import Context, IsShown, Template, number

if TYPE_CHECKING:
    from tutor.network import Graph, Network, Worksheet


@dataclass(frozen=True, slots=True)
class ExploreView(View):
    """Numbers to turn, as the block says; in plain words where there is no screen."""

    of: str
    block: Explore
    lesson: str
    reference: str


@dataclass(frozen=True, eq=False)
class Goal:
    """A task: turn the numbers until ``when`` holds; then ``say`` is said. In both, ``steps`` is how many training
    steps were taken."""

    when: Tree
    say: Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Explore(Block):
    """A network or worksheet whose numbers in ``turn`` (by name, with their lowest and highest values) can be turned,
    and what is watched meanwhile."""

    model: Network | Worksheet
    graph: Graph
    watched: tuple[Reference, ...]
    turn: Mapping[str, tuple[float, float]]
    goals: tuple[Goal, ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """The numbers that are watched."""
        return tuple(dict.fromkeys(cell for each in self.watched for cell in each.quantity.cells))

    def markdown(self, is_shown: IsShown | None = None) -> str:
        """Return the task in words, as paper has it."""
        name = self.graph.notation.text
        ranges = [f"{name(one)} ({_plain(low)} to {_plain(high)})" for one, (low, high) in self.turn.items()]
        turned, watched = _listed(ranges) or "all given numbers", _listed([name(cell) for cell in self.cells])
        said = f"*To turn in the tutor:* {turned}. *Watch* {watched}."
        tasks = [f"`{text(goal.when, self.graph.notation)}`" for goal in self.goals]
        return f"{said} *Reach* {_listed(tasks)}." if tasks else said

    def views(self, seen: Seen) -> Sequence[View]:
        """Return the numbers to turn; nothing in an exam."""
        if seen.is_sealed:
            return ()
        lesson = seen.lesson
        reference = f"{lesson.id}#{lesson.variant}" if lesson.variant else lesson.id
        return (ExploreView(self.id, self.of, self, lesson.title, reference),)

    def height(self) -> int:
        """Return about how many lines the curves and the tasks take."""
        return 12 + len(self.turn) + len(self.goals)

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        """Yield nothing: its ranges say nothing about an answer."""
        yield from ()

    def shown_names(self) -> tuple[str, ...]:
        """Return the names whose numbers it shows to everybody, asked or not."""
        return self.cells


def _plain(value: float) -> str:
    return number(value, None, Context.PROSE)


def _listed(parts: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
