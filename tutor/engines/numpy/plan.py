"""What is prepared once per network: its numbers as matrices, and the name of every number of a run.

A run leaves one record per matrix: a key ``(kind, layer, step)`` and the array. The plan names a record's cells and
says which of them make up each vector and matrix that a question can ask for. The names are those of the graph of
quantities, but built from the description alone, so that agreement with the graph's formulas proves something.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tutor.engines.numpy.activations import Array, ArrayActivation, array_activation
from tutor.engines.numpy.arrays import named_arrays
from tutor.engines.numpy.naming import Namer
from tutor.network import Network

#: A record's key: its kind, the layer from 0 (−1 for the whole network), the training step from 1.
Key = tuple[str, int, int]

#: Where a value is among a run's numbers: the index of a number, or the slice and the shape of an array.
Place = int | tuple[slice, tuple[int, ...]]

_KEPT_PLANS = 64


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """A layer's activation (None for softmax) and where its parameters are in the vector of all parameters.

    A bias that all units share is there once.
    """

    activation: ArrayActivation | None
    weights: slice
    bias: slice | None
    shape: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of all numbers of a run.

    ``gather`` indexes the cells of all records, followed by a 1: first one index per named number (``count`` of them),
    then the cells of every array. ``places`` says where each name's number or array is in the result.
    """

    gather: npt.NDArray[np.intp]
    count: int
    places: Mapping[str, Place]


class Plan:
    """A network, prepared for the solver."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.names = Namer(network)
        self.inputs = np.array(network.inputs, dtype=np.float64)
        self.targets = np.array(network.targets, dtype=np.float64) if network.has_target else None
        self.layers, self.parameters = _layer_plans(network)
        self.trained = _trained(network, self.layers, len(self.parameters))
        self.last = len(self.layers) - 1
        self.signal = _signal_rule(network)
        self.has_gradients = network.has_gradients
        self._namings: dict[tuple[Key, ...], Naming] = {}

    @lru_cache(maxsize=64)  # noqa: B019 — plans are few and kept by plan_of
    def data(self, step: int) -> tuple[Array, Array | None]:
        """Return the inputs (samples × features) and targets (samples × outputs) of a training step."""
        rows = list(self.network.rows(step))
        return self.inputs[rows], None if self.targets is None else self.targets[rows]

    def naming(self, keys: Sequence[Key]) -> Naming:
        """Return the names for a run that left these records."""
        found = self._namings.get(tuple(keys))
        if found is None:
            found = self._namings[tuple(keys)] = self._name(keys)
        return found

    def _name(self, keys: Sequence[Key]) -> Naming:
        recorded = [cell for key in keys for cell in self.names.cells(key)]
        places = {cell: place for place, cell in enumerate(recorded)}
        last_step = max(step for _, _, step in keys)
        for name, source in self.names.weighted_sum_factors(last_step):
            places.setdefault(name, places[source] if source else len(recorded))
        gather = list(places.values())
        count = len(gather)
        named: dict[str, Place] = {cell: place for place, cell in enumerate(places)}
        for name, shape, members in named_arrays(self.names, last_step):
            if members and all(cell in places for cell in members):
                named[name] = slice(len(gather), len(gather) + len(members)), shape
                gather.extend(places[cell] for cell in members)
        return Naming(np.array(gather, dtype=np.intp), count, named)


def _layer_plans(network: Network) -> tuple[tuple[LayerPlan, ...], Array]:
    """Return the layers, and the vector of all parameters: each layer's weights row by row, then its biases."""
    plans: list[LayerPlan] = []
    values: list[float] = []
    for layer in network.layers:
        start, end = len(values), len(values) + layer.n_inputs * layer.n_units
        bias = None if layer.bias is None else slice(end, end + len(layer.biases))
        values.extend(value for row in layer.weights for value in row)
        values.extend(layer.biases.values())
        name = layer.activation.name
        activation = None if name == "softmax" else array_activation(name, layer.activation.parameter)
        plans.append(LayerPlan(activation, slice(start, end), bias, (layer.n_inputs, layer.n_units)))
    return tuple(plans), np.array(values, dtype=np.float64)


def _trained(network: Network, layers: tuple[LayerPlan, ...], count: int) -> npt.NDArray[np.intp] | None:
    """Return the indices of the trained parameters, or None if all are."""
    if network.update_bias or not any(layer.bias for layer in layers):
        return None
    kept = {place for layer in layers if layer.bias for place in range(layer.bias.start, layer.bias.stop)}
    return np.array([place for place in range(count) if place not in kept], dtype=np.intp)


def _signal_rule(network: Network) -> str:
    """Return how the output's δ is computed: as the plain error, by a shortcut for softmax, its Jacobian, or the chain
    rule."""
    activation = network.layers[-1].activation.name
    if network.error_signal == "difference":
        return "error"
    if (network.loss, activation) == ("binary_cross_entropy", "sigmoid"):
        return "mean error" if network.n_outputs > 1 else "error"
    if (network.loss, activation) == ("half_squared_error", "linear"):
        return "error"
    if activation == "softmax":
        if network.loss != "cross_entropy":
            return "jacobian"
        return "error" if network.targets_add_up_to_1 else "softmax"
    return "chain"


_plans: OrderedDict[int, Plan] = OrderedDict()


def plan_of(network: Network) -> Plan:
    """Return the network's plan, made once per object: descriptions are frozen, so a plan stays valid."""
    plan = _plans.get(id(network))
    if plan is None or plan.network is not network:
        plan = _plans[id(network)] = Plan(network)
        if len(_plans) > _KEPT_PLANS:
            _plans.popitem(last=False)
    return plan
