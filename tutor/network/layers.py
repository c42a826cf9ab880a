"""What a network is made of: layers, activations, an optimizer.

Weights are always held with rows for inputs and columns for units (``Z = x·W + θ``), whatever the layout in which the
author wrote them; ``Layer.layout`` remembers how to show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tutor.functions.activations import ACTIVATIONS

Layout = Literal["inputs_by_units", "units_by_inputs"]
Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]

#: What formulas call an optimizer's parameters, where that is not PyTorch's name.
_IN_FORMULAS = {"lr": "alpha", "alpha": "rho"}
_ALWAYS = frozenset({"lr", "beta1", "beta2", "alpha", "eps"})


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

    @property
    def constants(self) -> dict[str, float]:
        """Its numbers under the names that formulas use: its rate is ``alpha``, RMSprop's decay ``rho``. A number that
        changes nothing is left out."""
        return {
            _IN_FORMULAS.get(key, key): float(value)
            for key, value in self.parameters.items()
            if not isinstance(value, bool) and key != "initial_accumulator_value" and (value or key in _ALWAYS)
        }

    def with_constants(self, numbers: Mapping[str, float]) -> Optimizer:
        """Return the same optimizer with the numbers among these that bear the names of its constants."""
        own = {key: numbers.get(_IN_FORMULAS.get(key, key), value) for key, value in self.parameters.items()}
        return replace(self, parameters=own)
