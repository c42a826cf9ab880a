"""Solve a network: compute every quantity of its training steps, some of which may be given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tutor.engines.numpy.activations import Array
from tutor.engines.numpy.arrays import named_arrays
from tutor.engines.numpy.passes import Mask, Run
from tutor.engines.numpy.plan import Key, Plan, plan_of
from tutor.engines.numpy.solution import Named, Solution, no_such
from tutor.errors import NetworkError
from tutor.network import Network

#: A given value: a number, or (nested) lists or an array in the shape shown.
Given = float | Sequence[object] | Array

_ONE = np.ones(1)


def solve(network: Network, *, steps: int = 1, given: Mapping[str, Given] | None = None) -> Solution:
    """Return every quantity of ``steps`` training steps, in float64.

    ``given`` replaces numbers or whole arrays by their canonical names; everything that depends on them is computed
    from the replaced values.

    Raises:
        NetworkError: several steps of a network that does not learn, or a given array whose shape does not fit.
        QuantityError: a given name that the network does not have.
    """
    if steps < 1:
        raise NetworkError(f"There is no training step {steps}; they count from 1.")
    plan = plan_of(network)
    if steps > 1 and (network.optimizer is None or not plan.has_gradients):
        raise NetworkError(
            f"Step {steps} needs the parameters that step {steps - 1} leaves, and this network does not learn.",
            hint="Give it a target, an optimizer, and activations with a slope.",
        )
    # e^Z of a softmax may overflow and a saturated output may divide by 0: such values are infinite, by IEEE's rules
    given = given or {}
    with np.errstate(all="ignore"):
        keys, records = _solve(plan, steps, given)
    constants = network.constants
    constants |= {name: value for name, value in given.items() if name in constants and isinstance(value, float | int)}
    return Solution(lambda: _named(plan, keys, records, constants))


def _named(plan: Plan, keys: list[Key], records: list[Array], constants: dict[str, float]) -> Named:
    """Return every number and every array under its canonical name."""
    naming = plan.naming(keys)
    return Named(naming, _side_by_side([*records, _ONE]).take(naming.gather), constants)


def _side_by_side(arrays: list[Array]) -> Array:
    """Return the cells of all arrays in one vector."""
    try:
        # several times as fast as np.concatenate for a handful of small arrays
        return np.frombuffer(b"".join(arrays))  # type: ignore[arg-type]  # arrays are buffers
    except TypeError:  # an array that is not contiguous
        return np.concatenate(arrays, axis=None)


def _solve(plan: Plan, steps: int, given: Mapping[str, Given]) -> tuple[list[Key], list[Array]]:
    """Run the training steps; put each given number in as soon as its record is computed."""
    cells = _cells(plan, steps, given) if given else {}
    unused = cells.keys() - plan.network.constants.keys() if cells else set()
    keys: list[Key] = []
    records: list[Array] = []
    masks: dict[Key, Mask] = {}

    def record(kind: str, layer: int, step: int, values: Array) -> Array:
        key = (kind, layer, step)
        if unused and not unused.isdisjoint(names := plan.names.cells(key)):
            unused.difference_update(names)
            mask = np.array([name in cells for name in names]).reshape(values.shape)
            masks[key] = mask
            values = values.copy()
            values[mask] = [cells[name] for name in names if name in cells]
        keys.append(key)
        records.append(values)
        return values

    optimizer = plan.network.optimizer
    if optimizer is not None and cells:
        optimizer = optimizer.with_constants(cells)
    Run(plan, record, optimizer, masks.get if given else None).train(steps)
    if unused:
        raise no_such(sorted(unused)[0], "network", [name for key in keys for name in plan.names.cells(key)])
    return keys, records


def _cells(plan: Plan, steps: int, given: Mapping[str, Given]) -> dict[str, float]:
    """Return the given numbers and arrays as single cells by name."""
    cells: dict[str, float] = {name: value for name, value in given.items() if isinstance(value, float)}
    rest = {name: value for name, value in given.items() if name not in cells}
    if not rest:
        return cells
    arrays = {name: (shape, members) for name, shape, members in named_arrays(plan.names, steps)}
    for name, value in rest.items():
        values = np.asarray(value, dtype=np.float64)
        if not values.shape:
            cells[name] = float(values)
            continue
        if name not in arrays:
            raise no_such(name, "network", arrays)
        shape, members = arrays[name]
        if values.shape != shape:
            raise NetworkError(
                f"{name} has the shape {_shown(shape)}, and the values given have {_shown(values.shape)}."
            )
        cells.update(zip(members, values.ravel().tolist(), strict=True))
    return cells


def _shown(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
