"""The names, shapes (as shown) and cells of a network's vectors and matrices."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.engines.numpy.naming import Namer, Names, at

#: An array's name, its shape and its cells, row by row.
NamedArray = tuple[str, tuple[int, ...], Names]

_MEMORIES = ("v", "m", "mhat", "vhat", "vmax", "buf", "gavg")


def named_arrays(names: Namer, steps: int) -> Iterator[NamedArray]:
    """Yield every array of ``steps`` training steps; some may have cells that this network does not compute."""
    seen: set[str] = set()
    for step in range(1, steps + 1):
        for array in _of_step(names, step):
            if array[0] not in seen:
                seen.add(array[0])
                yield array


def _of_step(names: Namer, step: int) -> Iterator[NamedArray]:
    network = names.network
    shown = names.network.data_step(step)
    yield from _data(names, "x", network.input_names, step, shown)
    for layer in range(len(network.layers)):
        yield from _of_units(names, layer, step)
        yield from _of_parameters(names, layer, step)
    yield from _data(names, "y", network.target_names, step, shown)
    yield from _stack(names, "error", names.outputs("error"), step, step)
    if network.n_outputs > 1:
        yield from _stack(names, "yhat", names.outputs("yhat"), step, step)
    if network.is_batch:
        shares = names.outputs("E") if network.n_outputs > 1 else ()
        yield from _columns(names, (*names.outputs("error"), *shares), step, step)


def _data(names: Namer, whole: str, stems: Names, step: int, shown: int) -> Iterator[NamedArray]:
    if names.network.is_batch:
        yield from _columns(names, stems, step, shown)
    yield from _stack(names, whole, stems, step, shown)


def _stack(names: Namer, whole: str, stems: Names, step: int, shown: int) -> Iterator[NamedArray]:
    """Yield the array of all stems, in a batch with one row per sample; nothing where the only stem has its name."""
    if stems == (whole,):
        return
    shape = (len(names.samples(step)), len(stems)) if names.network.is_batch else (len(stems),)
    yield f"{whole}{at(shown)}", shape, names.per_sample(stems, step, shown)


def _columns(names: Namer, stems: Names, step: int, shown: int) -> Iterator[NamedArray]:
    """Yield one column per stem, over all samples of a batch."""
    for stem in stems:
        cells = names.per_sample((stem,), step, shown)
        yield f"{stem}{at(shown)}", (len(cells),), cells


def _of_units(names: Namer, layer: int, step: int) -> Iterator[NamedArray]:
    name = names.network.layers[layer].name
    active, pre = names.activations(layer), names.units("Z", layer)
    stacks = {
        "Z": pre,
        "expZ": names.units("expZ", layer),
        "yhat" if layer == names.last else "H": active,
        "delta": names.units("delta", layer),
    }
    for whole, stems in stacks.items():
        yield from _stack(names, f"{name}.{whole}", stems, step, step)
        if names.network.is_batch:
            yield from _columns(names, stems, step, step)
    if names.network.is_batch:
        slopes = tuple(f"d{of}/d{by}" for of, by in zip(active, pre, strict=True))
        by_active = tuple(f"dE/d{of}" for of in active)
        yield from _columns(names, (f"{name}.expsum", *slopes, *by_active), step, step)


def _of_parameters(names: Namer, layer: int, step: int) -> Iterator[NamedArray]:
    described = names.network.layers[layer]
    rows = described.weight_names
    if described.layout == "units_by_inputs":
        rows = tuple(zip(*rows, strict=True))
    flat = tuple(name for row in rows for name in row)
    biases = names.biases(layer)
    for whole, shape, stems in (("W", (len(rows), len(rows[0])), flat), ("theta", (len(biases),), biases)):
        if step == 1:
            yield f"{described.name}.{whole}", shape, stems
        for ending in ("new", *_MEMORIES):
            cells = tuple(f"{stem}_{ending}{at(step)}" for stem in stems)
            yield f"{described.name}.{whole}_{ending}{at(step)}", shape, cells
        gradients = tuple(f"dE/d{stem}{at(step)}" for stem in stems)
        yield f"{described.name}.d{whole}{at(step)}", shape, gradients
