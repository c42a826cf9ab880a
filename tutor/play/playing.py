"""The state of playing: the selected number, what the last change did, the pinned quantity, the tasks that are done.

The play screen, the ``explore`` block and the plain mode all show a ``Playing``.
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
    """A part of a training step: its title, and the quantities that are computed in it."""

    title: str
    names: frozenset[str]


@dataclass(slots=True)
class Playing:
    """A playground in use.

    ``watched`` are the quantities to show (default: the loss, or a worksheet's last step) and ``goals`` the tasks. If
    the playground has limits, only the numbers with limits can be changed.
    """

    ground: Playground
    title: str = ""
    #: The lesson's file or id, for a shared text.
    reference: str = ""
    watched: tuple[str, ...] = ()
    goals: tuple[Goal, ...] = ()
    #: The selected number.
    chosen: str = field(init=False)
    #: The quantity whose change is reported: its name, and its value when it was pinned.
    pinned: str = field(init=False)
    pinned_at: float = field(init=False)
    changes: tuple[Change, ...] = field(init=False, default=())
    #: What the last change did to the pinned quantity; None after anything else.
    felt: Felt | None = field(init=False, default=None)
    #: The message for each task that is done, in the order in which they were done.
    reached: dict[Goal, str] = field(init=False, default_factory=dict)
    #: The pinned quantity before each training step of a worksheet, which has no loss to record.
    history: list[float] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.watched = self.watched or (self._outcome(),)
        self.chosen = next((name for name in self.ground.trained if name in self.numbers), self.numbers[0])
        self.pin(self.watched[-1])

    # -- the numbers --------------------------------------------------------------------------------------------------

    @property
    def graph(self) -> Graph:
        """The graph of the quantities."""
        return self.ground.graph

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that can be changed, in order."""
        return tuple(self.ground.limits or self.ground.numbers)

    @property
    def groups(self) -> list[tuple[str, ...]]:
        """The numbers in groups: inputs, each unit's weights, constants."""
        grouped = groupby(self.numbers, key=lambda name: _group(self.graph.nodes[name]))
        return [tuple(names) for _, names in grouped]

    def move(self, by: int) -> None:
        """Select another number, ``by`` places further on (or back)."""
        names = self.numbers
        self.chosen = names[(names.index(self.chosen) + by) % len(names)]

    def move_group(self, by: int) -> None:
        """Select a number in another group, ``by`` groups further on, at the same place in it if there is one."""
        groups = self.groups
        here = next(place for place, names in enumerate(groups) if self.chosen in names)
        there = groups[(here + by) % len(groups)]
        self.chosen = there[min(groups[here].index(self.chosen), len(there) - 1)]

    def choose(self, name: str) -> None:
        """Select a number by its name; raises ``PlayError`` if it cannot be changed."""
        number_name = self.ground.name_of(name)
        if number_name not in self.numbers:
            shown = ", ".join(map(self.graph.notation.text, self.numbers))
            raise PlayError(f"{self.graph.notation.text(number_name)} cannot be changed here.", hint=f"Turn {shown}.")
        self.chosen = number_name

    # -- doing --------------------------------------------------------------------------------------------------------

    def turn(self, notches: int, *, finer: bool = False) -> None:
        """Change the selected number; raises ``PlayError`` if the model has no values for the result."""
        self._turned(lambda: self.ground.turn(self.chosen, notches, finer=finer))

    def set(self, value: float) -> None:
        """Set the selected number; raises ``PlayError``."""
        self._turned(lambda: self.ground.set(self.chosen, value))

    def set_text(self, text: str) -> None:
        """Set the selected number to a typed value such as ``0.4`` or ``−1/3``; raises ``TutorError``."""
        self.set(evaluate(parse(text)))

    def _turned(self, change: Callable[[], tuple[Change, ...]]) -> None:
        before, slope = self.ground.numbers[self.chosen], self.ground.slope(self.chosen, self.pinned)
        self._note(change())
        turned = self.ground.numbers[self.chosen] - before
        if turned:
            by = next((each.by for each in self.changes if each.name == self.pinned), 0.0)
            self.felt = Felt(self.chosen, self.pinned, turned, by, slope)

    def train(self, steps: int = 1) -> None:
        """Take training steps; raises ``PlayError`` if there is nothing to train, or training diverged."""
        if not self.goals and isinstance(self.ground.model, Network):
            self._note(self.ground.train(steps))
            return
        changes: tuple[Change, ...] = ()
        for _ in range(steps):  # one at a time, because any of them may complete a task
            before = self.ground.values[self.pinned]
            changes = merged(changes, self.ground.train())
            self.history.append(before)
            self._note(changes)

    def reset(self) -> None:
        """Restore all numbers."""
        self._note(self.ground.reset())
        self.reached, self.history = {}, []

    def pin(self, name: str) -> None:
        """Pin a quantity: report its changes from now on.

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
        self._check_goals()

    # -- saying -------------------------------------------------------------------------------------------------------

    def felt_words(self) -> str:
        """Return what the last change did to the pinned quantity or, if there was none, what a change of the selected
        number would do."""
        if self.felt is not None:
            return felt_text(self.felt, self.graph.notation)
        return felt_text(self.ground.felt(self.chosen, self.pinned), self.graph.notation)

    def changed(self) -> Mapping[str, Change]:
        """Return the changes of the last action, by name."""
        return {change.name: change for change in self.changes}

    def _check_goals(self) -> None:
        for goal in self.goals:
            if goal not in self.reached and self._holds(goal):
                self.reached[goal] = goal.say.fill(known=self._known())

    def _holds(self, goal: Goal) -> bool:
        try:
            return bool(evaluate(goal.when, self._known()))
        except FormulaError:
            return False  # a condition without a value does not hold

    def _known(self) -> Mapping[str, float]:
        return {**self.ground.values, "steps": float(self.ground.steps)}

    def tasks(self) -> Iterator[tuple[str, str]]:
        """Yield the condition of each task, and its message if it is done, else ""."""
        for goal in self.goals:
            yield text(goal.when, self.graph.notation), self.reached.get(goal, "")

    # -- a training step, part by part --------------------------------------------------------------------------------

    def phases(self) -> Sequence[Phase]:
        """Return the parts of a training step, in order; the last part is what the step changes."""
        nodes = self.graph.nodes
        if not isinstance(self.ground.model, Network):
            steps = frozenset(name for name, node in nodes.items() if node.kind is Kind.CELL)
            return (Phase("the steps", steps), Phase("the next round", frozenset(self.ground.carried)))
        kinds = (("forward", _FORWARD), ("error", _ERROR), ("backward", _BACKWARD))
        found = [Phase(title, frozenset(n for n, node in nodes.items() if node.kind in of)) for title, of in kinds]
        return (*found, Phase("update", frozenset(self.ground.trained)))

    def _outcome(self) -> str:
        """Return the quantity to watch by default: the loss, or a worksheet's first step that training affects."""
        graph, values = self.graph, self.ground.values
        if "E" in values and isinstance(self.ground.model, Network):
            return "E"
        new = set(self.ground.carried.values())
        names = [name for name in values if graph.nodes[name].kind is not Kind.GIVEN and name not in new]
        plain = [name for name in names if graph.nodes[name].kind in (Kind.CELL, Kind.OUTPUT)]
        first = [name for name in plain if any(part in self.ground.carried for part in graph.parents(name))]
        return (first[:1] or plain[-1:] or names[-1:] or list(values)[-1:])[0]


def merged(before: Sequence[Change], after: Sequence[Change]) -> tuple[Change, ...]:
    """Return the combined changes of two actions."""
    first = {change.name: change.before for change in before}
    later = [replace(change, before=first.pop(change.name, change.before)) for change in after]
    left = [change for change in before if change.name in first]
    return (*later, *left)


def _group(node: Node) -> tuple[object, ...]:
    """Return the key that groups given numbers: layer, unit, sample, and row of the cell."""
    stem, _, place = node.name.partition("[")
    row = place.partition(",")[0] if "," in place else stem if place and node.sample is None else ""
    return node.layer, node.unit if node.layer is not None else None, node.sample, row
