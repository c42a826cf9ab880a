"""What a network is: frozen descriptions that the graph, the three engines and the lessons share.

Weights are always held with rows for inputs and columns for units (``Z = x·W + θ``), whatever the layout in which the
author wrote them; ``Layer.layout`` remembers how to show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tutor.functions.activations import ACTIVATIONS
from tutor.functions.losses import LOSSES, Reduction

Layout = Literal["inputs_by_units", "units_by_inputs"]
Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation function; ``parameter`` is the number that its entry names (a slope, an α, the value at 0),
    else None."""

    name: str
    parameter: float | None = None

    @property
    def arguments(self) -> tuple[float, ...]:
        """What formulas write behind z: the parameter, where there is one and it is worth writing."""
        entry = ACTIVATIONS[self.name]
        hidden = entry.hides_default and entry.parameter is not None and self.parameter == entry.parameter[1]
        return () if self.parameter is None or hidden else (self.parameter,)


@dataclass(frozen=True, slots=True)
class Layer:
    """A fully connected layer: ``weights`` and their names are inputs × units, ``bias`` one value a unit or None.

    Where all units share one bias, its value and its name stand there for each of them.
    """

    name: str
    weights: Matrix
    weight_names: tuple[tuple[str, ...], ...]
    bias: Vector | None
    bias_names: tuple[str, ...] | None
    activation: Activation
    layout: Layout = "inputs_by_units"

    @property
    def n_inputs(self) -> int:
        """How many values enter the layer."""
        return len(self.weights)

    @property
    def n_units(self) -> int:
        """How many units the layer has."""
        return len(self.weights[0])

    @property
    def biases(self) -> dict[str, float]:
        """Each bias by its name: one for each unit, or the one that they share; none in a layer without."""
        return dict(zip(self.bias_names or (), self.bias or (), strict=True))

    @property
    def shares_bias(self) -> bool:
        """Whether one bias serves several units."""
        return 1 == len(self.biases) < self.n_units

    def served_by(self, bias: str) -> tuple[int, ...]:
        """Return the units that a bias belongs to, counted within the layer from 0."""
        return tuple(unit for unit, name in enumerate(self.bias_names or ()) if name == bias)


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer with every one of its parameters, defaults filled in."""

    name: str
    parameters: Mapping[str, float | bool]

    def __getitem__(self, parameter: str) -> float:
        return float(self.parameters[parameter])


@dataclass(frozen=True)
class Network:
    """A feed-forward network with its data, loss and optimizer.

    ``inputs`` is samples × features and ``targets`` samples × outputs (empty where there is no target); without
    ``is_batch`` there is exactly one sample. ``batch_size`` cuts the rows into one batch per training step, from the
    top again after the last.
    """

    name: str
    inputs: Matrix
    input_names: tuple[str, ...]
    targets: Matrix
    target_names: tuple[str, ...]
    layers: tuple[Layer, ...]
    loss: str = "half_squared_error"
    reduction: Reduction = "sum"
    optimizer: Optimizer | None = None
    update_bias: bool = True
    error_signal: Literal["gradient", "difference"] = "gradient"
    delta_sign: Literal["plus", "minus"] = "plus"
    is_batch: bool = False
    batch_size: int | None = None
    symbols: Mapping[str, str] = field(default_factory=dict)
    column_names: tuple[str, ...] = ()

    @classmethod
    def from_spec(cls, spec: Mapping[str, object], *, name: str = "network") -> Network:
        """Return the network that plain YAML data describes.

        Raises:
            NetworkError: Something in it does not fit, with its place.
        """
        from tutor.network.spec import read_network

        return read_network(spec, name)

    @property
    def n_outputs(self) -> int:
        """How many units the last layer has."""
        return self.layers[-1].n_units

    @property
    def has_target(self) -> bool:
        """Whether there is anything to compare the output with."""
        return bool(self.targets)

    @property
    def follows_loss(self) -> bool:
        """Whether δ is the gradient of the loss; the ``difference`` convention is it only for some pairs."""
        if self.error_signal == "gradient":
            return True
        loss, output = LOSSES[self.loss], self.layers[-1].activation.name
        if loss.cancels != output or (loss.averages_outputs and self.n_outputs > 1):
            return False
        return output != "softmax" or self.targets_add_up_to_1

    @property
    def targets_add_up_to_1(self) -> bool:
        """Whether the targets of every sample add up to 1."""
        return all(abs(sum(row) - 1.0) < 1e-12 for row in self.targets)

    def rows(self, step: int = 1) -> tuple[int, ...]:
        """Return the rows of ``inputs`` (from 0) that make the batch of a training step (from 1)."""
        total = len(self.inputs)
        if self.batch_size is None or self.batch_size >= total:
            return tuple(range(total))
        batches = -(-total // self.batch_size)
        start = ((step - 1) % batches) * self.batch_size
        return tuple(range(start, min(start + self.batch_size, total)))

    def unit_numbers(self, layer: int) -> range:
        """Return the units of a layer (from 0), numbered through the network from 1."""
        return self._units[layer]

    @cached_property
    def _units(self) -> tuple[range, ...]:
        numbers: list[range] = []
        first = 1
        for layer in self.layers:
            numbers.append(range(first, first + layer.n_units))
            first += layer.n_units
        return tuple(numbers)
