"""A model whose given numbers can be changed; everything that depends on them is recomputed at once by NumPy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tutor.errors import NetworkError, QuantityError, TutorError
from tutor.network import Graph, Kind, Model, Network, build_graph

if TYPE_CHECKING:
    from tutor.engines.numpy.training import Training

#: One press of a key changes a number by 1/_STEPS of its range, or by _STEP if it has no range.
_STEPS = 20
_STEP = 0.1
_FINER = 10
#: How far a curve extends on both sides of a number without a range.
_REACH = 2.0
_INTERVALS = 40
_MOST = 1e6


class PlayError(TutorError):
    """A number that cannot be changed, or a text that holds no numbers; the message says why."""

    title = "That cannot be set"


@dataclass(frozen=True, slots=True)
class Change:
    """One quantity's value before and after a change."""

    name: str
    before: float
    now: float

    @property
    def by(self) -> float:
        """The difference."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Felt:
    """A measured change beside the derivative.

    Changing ``number`` by ``turned`` changed ``quantity`` by ``changed``; ``slope`` is the derivative at that point.
    """

    number: str
    quantity: str
    turned: float
    changed: float
    slope: float


@dataclass(slots=True)
class Playground:
    """The current numbers of ``model``. ``limits`` holds the range (lowest, highest) of some of them."""

    model: Model
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    graph: Graph = field(init=False)
    numbers: dict[str, float] = field(init=False)
    original: Mapping[str, float] = field(init=False)
    values: Mapping[str, float] = field(init=False)
    #: The loss before each training step so far.
    losses: list[float] = field(init=False, default_factory=list)
    steps: int = field(init=False, default=0)
    _training: Training | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.graph = build_graph(self.model)
        given = {name: node.value for name, node in self.graph.nodes.items() if node.kind is Kind.GIVEN}
        self.original = {name: value for name, value in given.items() if value is not None}
        self.numbers = dict(self.original)
        for name in self.limits:
            if name not in self.numbers:
                raise PlayError(f"{name} is not one of the given numbers.", hint=f"Given: {', '.join(self.numbers)}.")
        self.values = self._solved(self.numbers)

    # -- turning ------------------------------------------------------------------------------------------------------

    def set(self, name: str, value: float) -> tuple[Change, ...]:
        """Set a given number and recompute everything; return what changed.

        Raises:
            PlayError: the name is not a given number, or the value is out of range or not finite.
        """
        number = self.name_of(name)
        self._check(number, value)
        before = self.values
        self.numbers[number] = value
        self._training = None
        self.values = self._solved(self.numbers)
        return self._changes(before)

    def _check(self, number: str, value: float) -> None:
        low, high = self.limits.get(number, (-_MOST, _MOST))
        if not math.isfinite(value) or not low <= value <= high:
            raise PlayError(f"{self.graph.notation.text(number)} goes from {low:g} to {high:g}.")

    def turn(self, name: str, notches: int, *, finer: bool = False) -> tuple[Change, ...]:
        """Change a number by some notches, up or down, within its limits; return what changed."""
        number = self.name_of(name)
        step = self.notch(number) / (_FINER if finer else 1)
        low, high = self.limits.get(number, (-_MOST, _MOST))
        value = min(max(self.numbers[number] + notches * step, low), high)
        return self.set(number, round(value, 9))

    def notch(self, number: str) -> float:
        """Return how much one press of a key changes a number: 0.1, or about a twentieth of its range."""
        if number not in self.limits:
            return _STEP
        low, high = self.limits[number]
        rough = (high - low) / _STEPS or _STEP
        size = 10.0 ** math.floor(math.log10(rough))
        return min((size, 2 * size, 5 * size, 10 * size), key=lambda each: abs(each - rough))

    def name_of(self, text: str) -> str:
        """Return the canonical name of a given number; raises ``PlayError`` if the text names none."""
        found = self.graph.canonical(text)
        if found in self.numbers:
            return found
        if found is None:
            raise PlayError(f"There is no number {text!r} here.", hint=f"Given: {', '.join(self.numbers)}.")
        shown = self.graph.notation.text(found)
        raise PlayError(f"{shown} is worked out from the others.", hint=f"Given: {', '.join(self.numbers)}.")

    def reset(self) -> tuple[Change, ...]:
        """Restore all numbers and forget the training."""
        before = self.values
        self.numbers = dict(self.original)
        self.losses, self.steps, self._training = [], 0, None
        self.values = self._solved(self.numbers)
        return self._changes(before)

    def put(self, numbers: Mapping[str, float], steps: int = 0) -> None:
        """Set several numbers at once, from a shared text; raises ``PlayError``."""
        known = {self.name_of(name): value for name, value in numbers.items()}
        for name, value in known.items():
            self._check(name, value)
        self.numbers.update(known)
        self.losses, self.steps, self._training = [], steps, None
        self.values = self._solved(self.numbers)

    # -- training -----------------------------------------------------------------------------------------------------

    @property
    def learns(self) -> bool:
        """Whether the model can take a training step."""
        if isinstance(self.model, Network):
            return self.model.optimizer is not None and any(
                node.kind is Kind.UPDATED for node in self.graph.nodes.values()
            )
        return bool(self.carried)

    def train(self, steps: int = 1) -> tuple[Change, ...]:
        """Take training steps (in a worksheet, rounds) from the current numbers; return what changed.

        Raises:
            PlayError: there is nothing to train, or training diverged.
        """
        before = self.values
        try:
            if isinstance(self.model, Network):
                self._train_network(self.model, steps)
            else:
                self._train_worksheet(steps)
        except NetworkError as error:
            raise PlayError(error.message, hint=error.hint) from None
        self.steps += steps
        self.values = self._solved(self.numbers)
        return self._changes(before)

    def _train_network(self, network: Network, steps: int) -> None:
        if self._training is None:
            from tutor.engines.numpy.training import Training

            self._training = Training(network, self.numbers)
        self.losses.extend(self._training.advance(steps))
        self._adopt(self._training.parameters)

    def _train_worksheet(self, steps: int) -> None:
        if not self.carried:
            raise PlayError("This worksheet has no rounds.", hint="A step such as w_new becomes w in the next round.")
        for _ in range(steps):
            self._adopt({old: self.values[new] for old, new in self.carried.items()})
            self.values = self._solved(self.numbers)

    def _adopt(self, numbers: Mapping[str, float]) -> None:
        if not all(math.isfinite(value) and abs(value) <= _MOST for value in numbers.values()):
            self._training = None
            raise PlayError("The numbers have grown too large: training diverged.", hint="Lower the rate.")
        self.numbers.update(numbers)

    @property
    def carried(self) -> Mapping[str, str]:
        """A worksheet's given numbers, each with the step that gives its value in the next round."""
        found = {}
        for name in self.numbers:
            stem, bracket, cell = name.partition("[")
            new = f"{stem}_new{bracket}{cell}"
            if new in self.graph.nodes:
                found[name] = new
        return found

    @property
    def trained(self) -> tuple[str, ...]:
        """The given numbers that a training step changes."""
        if not isinstance(self.model, Network):
            return tuple(self.carried)
        return tuple(name for name in self.numbers if f"{name}_new" in self.graph.nodes)

    def next_value(self, number: str) -> float | None:
        """Return a number's value after the next training step, or None if the step does not change it."""
        return self.values.get(self.carried.get(number, f"{number}_new"))

    # -- looking ------------------------------------------------------------------------------------------------------

    def felt(self, number: str, quantity: str, turned: float = _STEP) -> Felt:
        """Return how much a quantity changes when a number changes by ``turned``, beside the derivative."""
        name, asked = self.name_of(number), self.graph.quantity(quantity).name
        here = self.values[asked]
        changed = self.at({name: self.numbers[name] + turned})[asked] - here
        return Felt(name, asked, turned, changed, self.slope(name, asked))

    def slope(self, number: str, quantity: str) -> float:
        """Return the derivative of a quantity with respect to a given number: for the loss the engine's gradient, else
        a central difference."""
        exact = self.values.get(f"d{quantity}/d{number}")
        if exact is not None and quantity == "E":
            return exact
        small = 1e-5 * max(1.0, abs(self.numbers[number]))
        up = self.at({number: self.numbers[number] + small})[quantity]
        down = self.at({number: self.numbers[number] - small})[quantity]
        return (up - down) / (2 * small)

    def at(self, numbers: Mapping[str, float]) -> Mapping[str, float]:
        """Return the values with some numbers changed, without changing the playground."""
        return self._solved({**self.numbers, **numbers})

    def curve(self, number: str, quantity: str, include: float | None = None) -> tuple[list[float], list[float]]:
        """Return values of a number over its range, and the quantity's value at each.

        Without limits, the range is two units on both sides of the number, extended to ``include`` if that is near.
        """
        name, asked = self.name_of(number), self.graph.quantity(quantity).name
        here = self.numbers[name]
        low, high = self.limits.get(name, (math.floor(here) - _REACH, math.ceil(here) + _REACH))
        if include is not None and abs(include - here) < 4 * _REACH:
            low, high = min(low, include), max(high, include)
        places = [low + (high - low) * place / _INTERVALS for place in range(_INTERVALS + 1)]
        return places, [self.at({name: place})[asked] for place in places]

    def regions(self, columns: int, rows: int, low: float = -1.5, high: float = 1.5) -> list[list[float]]:
        """Return the first output over the plane of two inputs, ``rows`` × ``columns`` from the top.

        Raises:
            PlayError: the network does not have two inputs.
        """
        network = self.model
        if not isinstance(network, Network) or len(network.input_names) != 2:
            raise PlayError("Regions can be drawn for a network with two inputs.")
        from tutor.engines.numpy.training import outputs  # NumPy is loaded for the first picture

        across = [low + (high - low) * place / max(columns - 1, 1) for place in range(columns)]
        down = [high - (high - low) * place / max(rows - 1, 1) for place in range(rows)]
        first = outputs(_with_parameters(network, self.numbers), [(x, y) for y in down for x in across])[:, 0].tolist()
        return [first[start : start + columns] for start in range(0, len(first), columns)]

    # -- working out --------------------------------------------------------------------------------------------------

    def _solved(self, numbers: Mapping[str, float]) -> Mapping[str, float]:
        """Return the value of every quantity for these given numbers."""
        changed = {name: value for name, value in numbers.items() if value != self.original[name]}
        from tutor.engines.numpy import solve, solve_worksheet  # NumPy is loaded for the first change

        try:
            solution = (
                solve(self.model, given=changed)
                if isinstance(self.model, Network)
                else solve_worksheet(self.model, changed)
            )
        except (NetworkError, QuantityError) as error:
            raise PlayError(error.message, hint=error.hint) from None
        return {name: float(value) for name, value in solution.values.items() if isinstance(value, float)}

    def _changes(self, before: Mapping[str, float]) -> tuple[Change, ...]:
        return tuple(
            Change(name, before[name], now)
            for name, now in self.values.items()
            if name in before and now != before[name] and not (math.isnan(now) and math.isnan(before[name]))
        )


def _with_parameters(network: Network, numbers: Mapping[str, float]) -> Network:
    """Return the network with its weights and biases replaced by these numbers."""
    layers = [
        replace(
            layer,
            weights=tuple(tuple(numbers[name] for name in row) for row in layer.weight_names),
            bias=None if layer.bias_names is None else tuple(numbers[name] for name in layer.bias_names),
        )
        for layer in network.layers
    ]
    return replace(network, layers=tuple(layers))
