"""Vectors, matrices, other names and groups of a network's quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tutor.network.naming import Names
from tutor.network.nodes import Node, Quantity, suffixed

#: The endings of the names of an optimizer's memory.
MEMORIES = ("v", "m", "mhat", "vhat", "vmax", "buf", "gavg")

Nodes = Mapping[str, Node]
Cells = tuple[str, ...]
#: The name, shape and cells of each array.
Arrays = Iterator[tuple[str, tuple[int, ...], Cells]]


def network_arrays(names: Names, nodes: Nodes, steps: int) -> list[Quantity]:
    """Return every vector and matrix whose cells are all in ``nodes``, step by step."""
    found: dict[str, Quantity] = {}
    for step in range(1, steps + 1):
        for name, shape, cells in _step_arrays(names, step):
            if cells and all(cell in nodes for cell in cells):
                found.setdefault(name, Quantity(name, nodes[cells[0]].kind, shape, cells))
    return list(found.values())


def _step_arrays(names: Names, step: int) -> Arrays:
    network = names.network
    yield from _data_arrays(names, "x", network.input_names, step)
    for layer in range(len(network.layers)):
        yield from _unit_arrays(names, layer, step)
        yield from _parameter_arrays(names, layer, step)
    yield from _data_arrays(names, "y", network.target_names, step)
    outputs = [names.output(unit, "error") for unit in range(network.n_outputs)]
    yield from _stacked(names, "error", outputs, step)
    if network.n_outputs > 1:
        yield from _stacked(names, "yhat", [names.output(unit) for unit in range(network.n_outputs)], step)
    if network.is_batch:
        shares = [f"E{unit + 1}" for unit in range(network.n_outputs)] if network.n_outputs > 1 else []
        for stem in (*outputs, *shares):
            yield from _column(names, stem, step)


def _data_arrays(names: Names, whole: str, stems: tuple[str, ...], step: int) -> Arrays:
    at = names.network.data_step(step)
    if names.network.is_batch:
        for stem in stems:
            yield from _column(names, stem, step, at)
    if whole not in stems or names.network.is_batch:
        yield from _stacked(names, whole, list(stems), step, at)


def _stacked(names: Names, whole: str, stems: list[str], step: int, at: int | None = None) -> Arrays:
    """Yield the vector of ``stems`` or, in a batch, a matrix with a row for each sample; nothing for one number."""
    if not stems or [whole] == stems:
        return
    at = step if at is None else at
    cells = tuple(suffixed(stem, sample, at) for sample, _ in names.samples(step) for stem in stems)
    shape = (len(cells) // len(stems), len(stems)) if names.network.is_batch else (len(stems),)
    yield suffixed(whole, None, at), shape, cells


def _column(names: Names, stem: str, step: int, at: int | None = None) -> Arrays:
    """Yield the vector of one quantity over all samples of a batch."""
    at = step if at is None else at
    cells = tuple(suffixed(stem, sample, at) for sample, _ in names.samples(step))
    yield suffixed(stem, None, at), (len(cells),), cells


def _unit_arrays(names: Names, layer: int, step: int) -> Arrays:
    """Yield a layer's Z, H (or ŷ), δ and, for softmax, e^Z; in a batch also each unit's column."""
    units = list(names.units(layer, None, 1))
    last = layer == names.last
    stems = {
        "Z": [unit.pre_stem for unit in units],
        "expZ": [f"exp{unit.pre_stem}" for unit in units],
        "yhat" if last else "H": [unit.active_stem for unit in units],
        "delta": [names.delta(layer, unit.index) for unit in units],
    }
    name = names.network.layers[layer].name
    for whole, parts in stems.items():
        yield from _stacked(names, f"{name}.{whole}", parts, step)
        if names.network.is_batch:
            for part in parts:
                yield from _column(names, part, step)
    if names.network.is_batch:
        yield from _column(names, f"{name}.expsum", step)
        for unit in units:
            yield from _column(names, f"d{unit.active_stem}/d{unit.pre_stem}", step)
            yield from _column(names, f"dE/d{unit.active_stem}", step)


def _parameter_arrays(names: Names, layer: int, step: int) -> Arrays:
    """Yield W, θ, their gradients, memories and new values, in the layout in which the author wrote them."""
    description = names.network.layers[layer]
    weights = names.shown_weights(layer)
    shape = (len(weights), len(weights[0]))
    flat = tuple(name for row in weights for name in row)
    biases = tuple(description.biases)
    wholes: tuple[tuple[str, Cells, tuple[int, ...]], ...] = (("W", flat, shape), ("theta", biases, (len(biases),)))
    for whole, cells, form in wholes:
        if step == 1:
            yield f"{description.name}.{whole}", form, cells
        for stem in ("new", *MEMORIES):
            name = suffixed(f"{description.name}.{whole}_{stem}", None, step)
            yield name, form, tuple(suffixed(f"{cell}_{stem}", None, step) for cell in cells)
        gradients = tuple(suffixed(f"dE/d{cell}", None, step) for cell in cells)
        yield suffixed(f"{description.name}.d{whole}", None, step), form, gradients


# -- other names ----------------------------------------------------------------------------------------------------


def network_aliases(names: Names, nodes: Nodes, arrays: set[str], steps: int) -> dict[str, str]:
    """Return other names: ``w11@2`` for ``w11_new``, ``delta`` for the only output's δ, ``E1`` for the only loss."""
    known = {*nodes, *arrays}
    pairs = {
        **_later_parameters(names, steps),
        **_single_names(names, steps),
        **_data_names(names, steps),
    }
    if names.network.optimizer is not None:
        pairs["lr"] = "alpha"
    return {alias: name for alias, name in pairs.items() if name in known and alias not in known}


def _later_parameters(names: Names, steps: int) -> dict[str, str]:
    pairs = {}
    for layer, description in enumerate(names.network.layers):
        parameters = [*names.parameters(layer), f"{description.name}.W", f"{description.name}.theta"]
        for parameter in parameters:
            for step in range(1, steps + 1):
                pairs[f"{parameter}@{step + 1}"] = suffixed(f"{parameter}_new", None, step)
    return pairs


def _single_names(names: Names, steps: int) -> dict[str, str]:
    """Return other names for quantities of the output layer, and ∂E/∂Z for δ if they have the same sign."""
    network = names.network
    name = network.layers[-1].name
    stems = {f"{name}.H": f"{name}.yhat"}
    if network.n_outputs == 1:
        stems |= {
            "delta": names.delta(names.last, 0),
            "E1": "E",
            "yhat1": "yhat",
            "error1": "error",
            "y1": "y",
            "dE1/dyhat1": "dE/dyhat",
            "dE/derror": "dE/dyhat",
        }
    for layer in range(len(network.layers)):
        for unit in names.units(layer, None, 1):
            if layer == names.last:
                stems[f"H{names.unit(layer, unit.index)}"] = unit.active_stem
            if network.delta_sign == "plus":
                stems[f"dE/d{unit.pre_stem}"] = names.delta(layer, unit.index)
    return {
        suffixed(alias, sample, step): suffixed(stem, sample, step)
        for step in range(1, steps + 1)
        for sample in _samples(names, step)
        for alias, stem in stems.items()
    }


def _samples(names: Names, step: int) -> list[int | None]:
    """Return None, for the whole batch, and then a step's samples."""
    return [None, *(sample for sample, _ in names.samples(step) if sample is not None)]


def _data_names(names: Names, steps: int) -> dict[str, str]:
    """Return other names for data: with the step, even if all steps share it, and by the headings of a data file."""
    network = names.network
    stems = {stem: stem for stem in (*network.input_names, *network.target_names, "x", "y")}
    stems |= zip(network.column_names, network.input_names, strict=False)
    return {
        suffixed(alias, sample, step): suffixed(stem, sample, network.data_step(step))
        for step in range(1, steps + 1)
        for sample in _samples(names, step)
        for alias, stem in stems.items()
    }


# -- groups ---------------------------------------------------------------------------------------------------------


def network_groups(names: Names, nodes: Nodes, steps: int) -> dict[str, Cells]:
    """Return the members of ``forward``, ``backward``, ``update`` and ``all.…``, in the order in which people work."""
    groups: dict[str, Cells] = {}
    for step in range(1, steps + 1):
        members = {
            "forward": tuple(_forward(names, step)),
            "backward": tuple(_backward(names, step)),
            "update": tuple(_updates(names, step)),
        }
        for stem in ("Z", "H", "delta", "W", "theta", "dW", "dtheta", "W_new", "theta_new", "expZ"):
            members[f"all.{stem}"] = tuple(_everywhere(names, stem, step))
        for memory in MEMORIES:
            for whole in ("W", "theta"):
                members[f"all.{whole}_{memory}"] = tuple(_everywhere(names, f"{whole}_{memory}", step))
        groups.update({suffixed(name, None, step): cells for name, cells in members.items()})
    return groups


def _everywhere(names: Names, stem: str, step: int) -> Iterator[str]:
    for layer, description in enumerate(names.network.layers):
        own = "yhat" if stem == "H" and layer == names.last else stem
        yield suffixed(f"{description.name}.{own}", None, step)


def _forward(names: Names, step: int) -> Iterator[str]:
    for layer in range(len(names.network.layers)):
        units = list(names.units(layer, None, step))
        yield from (unit.pre for unit in units)
        yield from (unit.active for unit in units)
    if names.network.has_target:
        yield suffixed("E", None, step)


def _backward(names: Names, step: int) -> Iterator[str]:
    for layer in range(names.last, -1, -1):
        yield from (unit.delta for unit in names.units(layer, None, step))
    for layer in range(names.last, -1, -1):
        yield from (suffixed(f"dE/d{name}", None, step) for name in names.parameters(layer))


def _updates(names: Names, step: int) -> Iterator[str]:
    for layer in range(names.last, -1, -1):
        yield from (suffixed(f"{name}_new", None, step) for name in names.parameters(layer))
