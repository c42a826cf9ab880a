"""Somebody playing: which number is in hand, what the last turn changed, what is pinned, which tasks are done.

The screen, a block of a lesson and the plain mode all show one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from tutor.errors import FormulaError
from tutor.formulas import evaluate, parse, text
from tutor.lessons.blocks.explore import Goal
from tutor.network import Graph, Kind, Network, Node
from tutor.play.playground import Change, Felt, PlayError, Playground
from tutor.play.wording import felt_text

_FORWARD = frozenset({Kind.PRE_ACTIVATION, Kind.EXP, Kind.EXP_SUM, Kind.ACTIVATION, Kind.OUTPUT})
_ERROR = frozenset({Kind.ERROR, Kind.LOSS_SHARE, Kind.LOSS})
_BACKWARD = frozenset({Kind.FACTOR, Kind.DELTA, Kind.GRADIENT})


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a training step: what it is called, and the quantities that are worked out in it."""

    title: str
    names: frozenset[str]


@dataclass(slots=True)
class Playing:
    """A playground with somebody at it.

    ``watched`` are the quantities that are looked at (none: the loss, or a worksheet's last step) and ``goals`` the
    tasks. Where the playground has limits, only the numbers that have some can be turned.
    """

    ground: Playground
    title: str = ""
    #: What opens the lesson, for a shared text.
    reference: str = ""
    watched: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = ()
    #: The number in hand.
    chosen: str = field(init=False)
    #: The quantity whose change is told: its name, and its value when it was pinned.
    pinned: str = field(init=False)
    pinned_at: float = field(init=False)
    changes: tuple[Change, ...] = field(init=False, default=())
    #: What the last turn did to the pinned quantity; None after anything else.
    felt: Felt | None = field(init=False, default=None)
    #: What was said when each task was done, in the order in which that happened.
    reached: dict[Goal, str] = field(init=False, default_factory=dict)
    #: The pinned quantity before each training step of a worksheet, which has no loss of its own.
    history: list[float] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.watched = self.watched or (self._outcome(),)
        self.chosen = next((name for name in self.ground.trained if name in self.numbers), self.numbers[0])
        self.pin(self.watched[-1])

    # -- the numbers --------------------------------------------------------------------------------------------------

    @property
    def graph(self) -> Graph:
        """The quantities."""
        return self.ground.graph

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that can be turned, in order."""
        return tuple(self.ground.limits or self.ground.numbers)

    @property
    def groups(self) -> list[tuple[str, ...]]:
        """The numbers, those that belong together beside one another: inputs, each unit's weights, constants."""
        grouped = groupby(self.numbers, key=lambda name: _group(self.graph.nodes[name]))
        return [tuple(names) for _, names in grouped]

    def move(self, by: int) -> None:
        """Take the number after the one in hand, or the one before."""
        names = self.numbers
        self.chosen = names[(names.index(self.chosen) + by) % len(names)]

    def move_group(self, by: int) -> None:
        """Take a number of the next group, or of the one before, at the same place in it as far as it goes."""
        groups = self.groups
        here = next(place for place, names in enumerate(groups) if self.chosen in names)
        there = groups[(here + by) % len(groups)]
        self.chosen = there[min(groups[here].index(self.chosen), len(there) - 1)]

    def choose(self, name: str) -> None:
        """Take a number by its name; raises ``PlayError`` where it cannot be turned."""
        number_name = self.ground.name_of(name)
        if number_name not in self.numbers:
            shown = ", ".join(map(self.graph.notation.text, self.numbers))
            raise PlayError(f"{self.graph.notation.text(number_name)} stays as it is here.", hint=f"Turn {shown}.")
        self.chosen = number_name

    # -- doing --------------------------------------------------------------------------------------------------------

    def turn(self, notches: int, *, finer: bool = False) -> None:
        """Turn the number in hand; raises ``PlayError`` where nothing can be worked out from what it would be."""
        self._turned(lambda: self.ground.turn(self.chosen, notches, finer=finer))

    def set(self, value: float) -> None:
        """Set the number in hand; raises ``PlayError``."""
        self._turned(lambda: self.ground.set(self.chosen, value))

    def set_text(self, text: str) -> None:
        """Set the number in hand to what somebody typed: ``0.4``, ``−1/3``; raises ``TutorError``."""
        self.set(evaluate(parse(text)))

    def _turned(self, change: Callable[[], tuple[Change, ...]]) -> None:
        before, slope = self.ground.numbers[self.chosen], self.ground.slope(self.chosen, self.pinned)
        self._note(change())
        turned = self.ground.numbers[self.chosen] - before
        if turned:
            by = next((each.by for each in self.changes if each.name == self.pinned), 0.0)
            self.felt = Felt(self.chosen, self.pinned, turned, by, slope)

    def train(self, steps: int = 1) -> None:
        """Take training steps; raises ``PlayError`` where there are none to take, or training diverged."""
        if not self.goals and isinstance(self.ground.model, Network):
            self._note(self.ground.train(steps))
            return
        changes: tuple[Change, ...] = ()
        for _ in range(steps):  # a task may be done by any of them
            before = self.ground.values[self.pinned]
            changes = merged(changes, self.ground.train())
            self.history.append(before)
            self._note(changes)

    def reset(self) -> None:
        """Restore all numbers."""
        self._note(self.ground.reset())
        self.reached, self.history = {}, []

    def pin(self, name: str) -> None:
        """Report changes of this quantity from now on.

        Raises:
            PlayError: There is no such number here.
        """
        found = self.graph.canonical(name)
        if found is None or found not in self.ground.values:
            raise PlayError(f"There is no number {name!r} here.")
        self.pinned, self.pinned_at, self.felt = found, self.ground.values[found], None
        self.history = []

    def _note(self, changes: tuple[Change, ...]) -> None:
        self.changes, self.felt = changes, None
        self._look_at_goals()

    # -- saying -------------------------------------------------------------------------------------------------------

    def felt_words(self) -> str:
        """Return what the last turn did to the pinned quantity; before any, what the gradient says of the number in
        hand."""
        if self.felt is not None:
            return felt_text(self.felt, self.graph.notation)
        return felt_text(self.ground.felt(self.chosen, self.pinned), self.graph.notation)

    def changed(self) -> Mapping[str, Change]:
        """Return what the last thing that was done changed, by name."""
        return {change.name: change for change in self.changes}

    def _look_at_goals(self) -> None:
        for goal in self.goals:
            if goal not in self.reached and self._holds(goal):
                self.reached[goal] = goal.say.fill(known=self._known())

    def _holds(self, goal: Goal) -> bool:
        try:
            return bool(evaluate(goal.when, self._known()))
        except FormulaError:
            return False  # nothing is reached where it has no value

    def _known(self) -> Mapping[str, float]:
        return {**self.ground.values, "steps": float(self.ground.steps)}

    def tasks(self) -> Iterator[tuple[str, str]]:
        """Every task as its condition, and what is said of it once it is done."""
        for goal in self.goals:
            yield text(goal.when, self.graph.notation), self.reached.get(goal, "")

    # -- a training step, part by part --------------------------------------------------------------------------------

    def phases(self) -> Sequence[Phase]:
        """Return the parts of a training step, in order; the last one is what it changes."""
        nodes = self.graph.nodes
        if not isinstance(self.ground.model, Network):
            steps = frozenset(name for name, node in nodes.items() if node.kind is Kind.CELL)
            return (Phase("the steps", steps), Phase("the next round", frozenset(self.ground.carried)))
        kinds = (("forward", _FORWARD), ("error", _ERROR), ("backward", _BACKWARD))
        found = [Phase(title, frozenset(n for n, node in nodes.items() if node.kind in of)) for title, of in kinds]
        return (*found, Phase("update", frozenset(self.ground.trained)))

    def _outcome(self) -> str:
        """Return the loss, or a worksheet's last step that is no new value of a given number."""
        graph, values = self.graph, self.ground.values
        if "E" in values and isinstance(self.ground.model, Network):
            return "E"
        new = set(self.ground.carried.values())
        names = [name for name in values if graph.nodes[name].kind is not Kind.GIVEN and name not in new]
        plain = [name for name in names if graph.nodes[name].kind in (Kind.CELL, Kind.OUTPUT)]
        first = [name for name in plain if any(part in self.ground.carried for part in graph.parents(name))]
        return (first[:1] or plain[-1:] or names[-1:] or list(values)[-1:])[0]


def merged(before: Sequence[Change], after: Sequence[Change]) -> tuple[Change, ...]:
    """Return what two things that were done changed together."""
    first = {change.name: change.before for change in before}
    later = [replace(change, before=first.pop(change.name, change.before)) for change in after]
    left = [change for change in before if change.name in first]
    return (*later, *left)


def _group(node: Node) -> tuple[object, ...]:
    """Return what keeps given numbers apart: the sample, the layer, the row that a cell stands in."""
    stem, _, place = node.name.partition("[")
    row = place.partition(",")[0] if "," in place else stem if place and node.sample is None else ""
    return node.layer, node.unit if node.layer is not None else None, node.sample, row
