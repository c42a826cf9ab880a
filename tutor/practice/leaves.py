"""Find every number in a network's or worksheet's description: its path, its names, and the numbers it belongs with."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from tutor.errors import TutorError
from tutor.lessons.blocks import Model
from tutor.network import Network, Worksheet
from tutor.network.forward import given_nodes
from tutor.network.naming import Names
from tutor.network.worksheet import choosing_lists, given_number
from tutor.practice.grid import Number

Keys = tuple[str | int, ...]
"""The path to a number in a description: the keys and indices that lead to it."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number at ``path``. ``names`` are those that ``vary`` may use for it, the narrowest first; the numbers of one
    ``pool`` share a grid."""

    path: Keys
    value: Number
    names: tuple[str, ...]
    pool: str


def leaves(model: Model) -> tuple[Leaf, ...]:
    """Return the numbers of a model's spec that may vary, in a fixed order."""
    if isinstance(model.built, Worksheet):
        fixed = choosing_lists(model.built)
        return tuple(leaf for leaf in _given(model.spec) if not fixed.intersection(leaf.names))
    return tuple(_network(model.spec, model.built))


def replaced(spec: Mapping[str, object], values: Mapping[Keys, Number]) -> dict[str, object]:
    """Return the top-level entries of a spec that change, with the new numbers in place."""
    changed: dict[str, Any] = {}
    for path, value in values.items():
        key = str(path[0])
        if key not in changed:
            changed[key] = copy.deepcopy(spec[key])
        if len(path) == 1:
            changed[key] = value
            continue
        inner = changed[key]
        for step in path[1:-1]:
            inner = inner[step]
        inner[path[-1]] = value
    return changed


def _is_number(value: object) -> TypeGuard[Number]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(value: object, path: Keys) -> Iterator[tuple[Keys, Number, Keys]]:
    """Yield every number in ``value`` with its path and its keys below ``path``."""
    if _is_number(value):
        yield path, value, ()
    elif isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        for key, part in value.items() if isinstance(value, Mapping) else enumerate(value):
            for found, number, keys in _numbers(part, (*path, key)):
                yield found, number, (key, *keys)


def _network(spec: Mapping[str, object], network: Network) -> Iterator[Leaf]:
    yield from _data(spec, "inputs", network.input_names, network.is_batch)
    yield from _data(spec, "target", network.target_names, network.is_batch)
    layers = spec["layers"]
    assert isinstance(layers, Sequence)
    for place, description in enumerate(layers):
        yield from _weights(description, place, network)
        yield from _biases(description, place, network)
    optimizer = spec.get("optimizer")
    if isinstance(optimizer, Mapping):
        for name, parameters in optimizer.items():
            if isinstance(parameters, Mapping) and _is_number(parameters.get("lr")):
                yield Leaf(("optimizer", name, "lr"), parameters["lr"], ("lr",), "lr")


def _data(spec: Mapping[str, object], key: str, names: tuple[str, ...], is_batch: bool) -> Iterator[Leaf]:
    for path, number, keys in _numbers(spec.get(key), (key,)):
        last = keys[-1] if keys else 0
        column = last if isinstance(last, int) else names.index(last) if last in names else 0
        if key == "target" and is_batch and len(keys) == 1:
            column = 0  # a plain list over the batch
        name = names[min(column, len(names) - 1)]
        yield Leaf(path, number, (name, key), f"{key}.{name}" if is_batch else key)


def _weights(description: Mapping[str, object], place: int, network: Network) -> Iterator[Leaf]:
    layer = network.layers[place]
    for path, number, (row, column) in _numbers(description.get("weights"), ("layers", place, "weights")):
        if isinstance(column, str):
            name = column
        else:
            first, second = (column, row) if layer.layout == "units_by_inputs" else (row, column)
            name = layer.weight_names[int(first)][int(second)]
        yield Leaf(path, number, (name, f"{layer.name}.W", "weights"), "weights")


def _biases(description: Mapping[str, object], place: int, network: Network) -> Iterator[Leaf]:
    layer = network.layers[place]
    for path, number, keys in _numbers(description.get("bias"), ("layers", place, "bias")):
        names: tuple[str, ...] = layer.bias_names or ()
        if keys and isinstance(keys[-1], int):
            names = names[keys[-1] : keys[-1] + 1]
        elif keys:
            names = (str(keys[-1]),)
        yield Leaf(path, number, (*names, f"{layer.name}.theta", "bias"), "bias")


def _given(spec: Mapping[str, object]) -> Iterator[Leaf]:
    given = spec.get("given")
    if isinstance(given, Mapping):
        for name, value in given.items():
            plain = str(name).partition("@")[0]
            for path, number, _ in _numbers(value, ("given", name)):
                yield Leaf(path, number, (str(name), plain, "given"), plain)


# -- from descriptions to the graph's given nodes -------------------------------------------------------------------

_CELL = re.compile(r"(?P<name>[^\W\d]\w*)(?:\[(?P<cell>[\d,]+)\])?(?:@(?P<round>\d+))?")


def given_values(model: Model, changed: Mapping[str, object]) -> dict[str, float]:
    """Return the values of the graph's given nodes when parts of the model's spec are ``changed``."""
    graph = model.graph
    given = [name for name, node in graph.nodes.items() if node.formula is None]
    if isinstance(model.built, Worksheet):
        numbers = changed.get("given", model.spec["given"])
        assert isinstance(numbers, Mapping)
        return {name: _cell_value(numbers, name) for name in given}
    plain = {key: value for key, value in model.spec.items() if key not in ("vary", "allow", "from", "mistakes")}
    network = Network.from_spec({**plain, **changed}, name=model.name)
    names = Names(network)
    values = {
        node.name: node.value
        for step in range(1, graph.steps + 1)
        for node in given_nodes(names, step)
        if node.value is not None
    }
    return {name: values[name] for name in given}


class GivenNodes:
    """Maps a description's numbers to the graph's given nodes, once, so that new numbers need not be read again."""

    def __init__(self, model: Model, paths: Sequence[Keys]) -> None:
        self._model = model
        self._nodes = _nodes_of(model, paths)

    @property
    def is_all(self) -> bool:
        """Whether every number is a node, so that the graph's formulas hold for other numbers too."""
        return self._nodes is not None and all(self._nodes.values())

    def __call__(self, new: Mapping[Keys, Number]) -> dict[str, float]:
        """Return the given nodes that change with new numbers, with their values."""
        if self._nodes is None:
            return given_values(self._model, replaced(self._model.spec, new))
        return {name: float(value) for path, value in new.items() for name in self._nodes[path]}


def _nodes_of(model: Model, paths: Sequence[Keys]) -> dict[Keys, tuple[str, ...]] | None:
    """Return the given nodes for each number of the description, found by putting in numbers that all differ.

    Return None if a given node is computed from such a number.
    """
    before = given_values(model, {})
    marks: dict[Keys, Number] = {
        path: 0.1 + 0.8 * (place + 0.37) / (len(paths) + 1) for place, path in enumerate(paths)
    }
    path_of = {value: path for path, value in marks.items()}
    found: dict[Keys, list[str]] = {path: [] for path in paths}
    try:
        after = given_values(model, replaced(model.spec, marks))
    except TutorError:  # perhaps one number must be whole
        return None
    for name, value in after.items():
        if value in path_of:
            found[path_of[value]].append(name)
        elif value != before[name]:
            return None
    return {path: tuple(names) for path, names in found.items()}


def _cell_value(numbers: Mapping[str, object], node: str) -> float:
    """Return a given node's value from a worksheet's ``given``: ``K[1,2]`` is row 1, column 2; ``g@2``: round 2."""
    match = _CELL.fullmatch(node)
    assert match is not None
    at = f"{match['name']}@{match['round'] or 1}"
    value: Any = numbers[at] if at in numbers else numbers[match["name"]]
    for place in (match["cell"] or "").split(","):
        if place:
            value = value[int(place) - 1]
    return given_number(value)
