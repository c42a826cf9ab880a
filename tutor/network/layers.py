"""The parts of a network: layers, activations, an optimizer.

Weights always have shape (inputs, units), as in ``Z = x·W + θ``, whatever layout the author used; ``Layer.layout`` says
how to show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tutor.functions.activations import ACTIVATIONS

Layout = Literal["inputs_by_units", "units_by_inputs"]
Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]

#: The names of an optimizer's parameters in formulas, if they differ from PyTorch's.
_IN_FORMULAS = {"lr": "alpha", "alpha": "rho"}
_ALWAYS = frozenset({"lr", "beta1", "beta2", "alpha", "eps"})


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation function; ``parameter`` is its parameter (a slope, an α, the value at 0) or None."""

    name: str
    parameter: float | None = None

    @property
    def arguments(self) -> tuple[float, ...]:
        """What formulas write after z: the parameter, unless there is none or it is a default that formulas omit."""
        entry = ACTIVATIONS[self.name]
        hidden = entry.hides_default and entry.parameter is not None and self.parameter == entry.parameter[1]
        return () if self.parameter is None or hidden else (self.parameter,)


@dataclass(frozen=True, slots=True)
class Layer:
    """A fully connected layer: ``weights`` and their names are inputs × units, ``bias`` is one value per unit or None.

    If all units share one bias, its value and name are repeated for each of them.
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
        """The number of inputs of the layer."""
        return len(self.weights)

    @property
    def n_units(self) -> int:
        """The number of units."""
        return len(self.weights[0])

    @property
    def biases(self) -> dict[str, float]:
        """The biases by name: one for each unit, or the one that they share, or none."""
        return dict(zip(self.bias_names or (), self.bias or (), strict=True))

    @property
    def shares_bias(self) -> bool:
        """Whether several units share one bias."""
        return 1 == len(self.biases) < self.n_units

    def units_with(self, bias: str) -> tuple[int, ...]:
        """Return the units that have this bias, counted within the layer from 0."""
        return tuple(unit for unit, name in enumerate(self.bias_names or ()) if name == bias)


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer with all its parameters, including defaults."""

    name: str
    parameters: Mapping[str, float | bool]

    def __getitem__(self, parameter: str) -> float:
        return float(self.parameters[parameter])

    @property
    def constants(self) -> dict[str, float]:
        """Its numbers by the names that formulas use: ``alpha`` for the rate, ``rho`` for RMSprop's decay.

        Numbers that are 0 and have no effect are left out.
        """
        return {
            _IN_FORMULAS.get(key, key): float(value)
            for key, value in self.parameters.items()
            if not isinstance(value, bool) and key != "initial_accumulator_value" and (value or key in _ALWAYS)
        }

    def with_constants(self, numbers: Mapping[str, float]) -> Optimizer:
        """Return the optimizer with the values of its constants replaced by those in ``numbers``, by name."""
        parameters = {key: numbers.get(_IN_FORMULAS.get(key, key), value) for key, value in self.parameters.items()}
        return replace(self, parameters=parameters)
