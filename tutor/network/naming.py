"""Make the canonical names of a network's quantities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.formulas.tree import Call, Num, Tree
from tutor.network.layers import Activation, Layer
from tutor.network.model import Network
from tutor.network.nodes import Kind, Node, suffixed


@dataclass(frozen=True)
class Names:
    """Names the units, outputs and parameters of one network; layers and units count from 0."""

    network: Network

    @property
    def last(self) -> int:
        """The output layer's index."""
        return len(self.network.layers) - 1

    def unit(self, layer: int, unit: int) -> int:
        """Return a unit's number, counted through the network from 1."""
        return self.network.unit_numbers(layer)[unit]

    def pre_activation(self, layer: int, unit: int) -> str:
        """Return a name such as ``Z3``."""
        return f"Z{self.unit(layer, unit)}"

    def delta(self, layer: int, unit: int) -> str:
        """Return a name such as ``delta3``."""
        return f"delta{self.unit(layer, unit)}"

    def output(self, unit: int, stem: str = "yhat") -> str:
        """Return ``yhat`` for a single output or a name such as ``yhat1``; likewise for ``error`` and ``E``."""
        return stem if self.network.n_outputs == 1 else f"{stem}{unit + 1}"

    def activation(self, layer: int, unit: int) -> str:
        """Return a name such as ``H1`` for a hidden unit, or ``yhat`` for an output."""
        return self.output(unit) if layer == self.last else f"H{self.unit(layer, unit)}"

    def source(self, layer: int, unit: int) -> str:
        """Return a layer's input at this place: an input of the network or an activation of the layer before."""
        return self.network.input_names[unit] if layer == 0 else self.activation(layer - 1, unit)

    def parameter(self, name: str, step: int) -> str:
        """Return a parameter's name at the start of a training step: ``w11``, or ``w11_new`` in the second step."""
        return name if step == 1 else suffixed(f"{name}_new", None, step - 1)

    def parameters(self, layer: int) -> tuple[str, ...]:
        """Return the names of a layer's weights, in the author's layout, then of its biases."""
        return (*(name for row in self.shown_weights(layer) for name in row), *self.network.layers[layer].biases)

    def shown_weights(self, layer: int) -> tuple[tuple[str, ...], ...]:
        """Return the weights' names in the layout in which the author wrote them."""
        names = self.network.layers[layer].weight_names
        return tuple(zip(*names, strict=True)) if self.network.layers[layer].layout == "units_by_inputs" else names

    def samples(self, step: int) -> list[tuple[int | None, int]]:
        """Return a step's samples as (number in the batch from 1, or None without one; row in the data from 0)."""
        rows = self.network.rows(step)
        return list(enumerate(rows, 1)) if self.network.is_batch else [(None, rows[0])]

    def units(self, layer: int, sample: int | None, step: int) -> Iterator[UnitNames]:
        """Return the names of each unit of a layer, for one sample of one training step."""
        return (UnitNames(self, layer, unit, sample, step) for unit in range(self.network.layers[layer].n_units))


@dataclass(frozen=True)
class UnitNames:
    """Names the quantities of one unit for one sample of one training step; ``index`` counts in its layer from 0."""

    names: Names
    layer: int
    index: int
    sample: int | None
    step: int

    def node(self, name: str, kind: Kind, formula: Tree, **role: str) -> Node:
        """Return a node of this unit; ``name`` includes the suffixes."""
        return Node(
            name,
            kind,
            formula,
            layer=self.layer + 1,
            unit=self.names.unit(self.layer, self.index),
            sample=self.sample,
            step=self.step,
            role=role,
        )

    def named(self, stem: str) -> str:
        """Return a stem with the suffixes of this sample and step."""
        return suffixed(stem, self.sample, self.step)

    @property
    def description(self) -> Layer:
        """The unit's layer."""
        return self.names.network.layers[self.layer]

    @property
    def activation(self) -> Activation:
        """The unit's activation."""
        return self.description.activation

    @property
    def pre_stem(self) -> str:
        """``Z3``, without suffixes."""
        return self.names.pre_activation(self.layer, self.index)

    @property
    def active_stem(self) -> str:
        """``H1`` or ``yhat``, without suffixes."""
        return self.names.activation(self.layer, self.index)

    @property
    def pre(self) -> str:
        """``Z3``."""
        return self.named(self.pre_stem)

    @property
    def active(self) -> str:
        """``H1`` or ``yhat``."""
        return self.named(self.active_stem)

    @property
    def delta(self) -> str:
        """``delta3``."""
        return self.named(self.names.delta(self.layer, self.index))

    @property
    def slope(self) -> str:
        """``dH1/dZ1``."""
        return self.named(f"d{self.active_stem}/d{self.pre_stem}")

    @property
    def by_active(self) -> str:
        """``dE/dH1``."""
        return self.named(f"dE/d{self.active_stem}")

    @property
    def exponential(self) -> str:
        """``expZ3``."""
        return self.named(f"exp{self.pre_stem}")

    @property
    def error(self) -> str:
        """``error`` or ``error1``, for an output."""
        return self.named(self.names.output(self.index, "error"))

    @property
    def target(self) -> str:
        """``y`` or ``y1``, for an output."""
        return self.target_of(self.index)

    def target_of(self, output: int) -> str:
        """Return the target of any output for this sample."""
        return suffixed(self.names.network.target_names[output], self.sample, self.names.network.data_step(self.step))

    def source(self, place: int) -> str:
        """Return the layer's input at a place: ``x1[2]``, ``H1@2``."""
        at = self.names.network.data_step(self.step) if self.layer == 0 else self.step
        return suffixed(self.names.source(self.layer, place), self.sample, at)

    def weight(self, place: int) -> str:
        """Return the weight from a place of the layer before, at the start of this step."""
        return self.names.parameter(self.description.weight_names[place][self.index], self.step)

    @property
    def bias(self) -> str | None:
        """The unit's bias at the start of this step, or None."""
        names = self.description.bias_names
        return self.names.parameter(names[self.index], self.step) if names else None

    def activate(self, argument: Tree, primes: str = "") -> Tree:
        """Return the unit's activation (or, with ``primes``, its slope) applied to a tree."""
        return Call(self.activation.name + primes, (argument, *map(Num, self.activation.arguments)))

    def softmax_sum(self) -> str:
        """Return a name such as ``output.expsum``."""
        return self.named(f"{self.description.name}.expsum")
