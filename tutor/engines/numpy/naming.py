"""The names of the cells of the solver's matrices, such as ``Z1[2]@2``, from the network's description alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product

from tutor.network import Network

Names = tuple[str, ...]


class Namer:
    """Names a network's numbers, record by record (layers from 0)."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.last = len(network.layers) - 1
        self.cells = lru_cache(maxsize=None)(self._cells)

    def samples(self, step: int) -> Names:
        """Return the suffix of each sample in the step's batch; one empty suffix outside a batch."""
        if not self.network.is_batch:
            return ("",)
        return tuple(f"[{number}]" for number in range(1, len(self.network.rows(step)) + 1))

    def units(self, stem: str, layer: int) -> Names:
        """``Z1, Z2`` of a layer."""
        return tuple(f"{stem}{number}" for number in self.network.unit_numbers(layer))

    def outputs(self, stem: str) -> Names:
        """``yhat``, or ``yhat1, yhat2``."""
        count = self.network.n_outputs
        return (stem,) if count == 1 else tuple(f"{stem}{number}" for number in range(1, count + 1))

    def activations(self, layer: int) -> Names:
        """``H1, H2`` of a hidden layer, the outputs of the last."""
        return self.outputs("yhat") if layer == self.last else self.units("H", layer)

    def entering(self, layer: int) -> Names:
        """Return the names of the values that enter a layer."""
        return self.network.input_names if layer == 0 else self.activations(layer - 1)

    def weights(self, layer: int) -> Names:
        """Return a layer's weights, inputs × units, row by row."""
        return tuple(name for row in self.network.layers[layer].weight_names for name in row)

    def biases(self, layer: int) -> Names:
        """Return a layer's biases, or none; a bias that all units share is listed once."""
        return tuple(self.network.layers[layer].biases)

    def parameters(self) -> Names:
        """Return every layer's weights, then its biases."""
        layers = range(len(self.network.layers))
        return tuple(name for layer in layers for name in (*self.weights(layer), *self.biases(layer)))

    def weighted_sum_factors(self, steps: int) -> Iterator[tuple[str, str]]:
        """Yield each derivative of Z and the name that has its value: the input's for ∂Z/∂w, the weight's for ∂Z/∂x.

        ∂Z/∂θ is 1, which has no name: "".
        """
        for step, layer in product(range(1, steps + 1), range(self.last + 1)):
            shown = self.network.data_step(step) if layer == 0 else step
            described = self.network.layers[layer]
            for sample, (column, unit) in product(self.samples(step), enumerate(self.units("Z", layer))):
                tail = f"{sample}{at(step)}"
                for row, entering in zip(described.weight_names, self.entering(layer), strict=True):
                    yield f"d{unit}/d{row[column]}{tail}", f"{entering}{sample}{at(shown)}"
                    yield f"d{unit}/d{entering}{tail}", _held(row[column], step)
                for bias in (described.bias_names or ())[column : column + 1]:
                    yield f"d{unit}/d{bias}{tail}", ""

    def _cells(self, key: tuple[str, int, int]) -> Names:
        """Return the names of a record's cells, in the order of its array."""
        kind, layer, step = key
        if kind in ("x", "y"):
            stems = self.network.input_names if kind == "x" else self.network.target_names
            return self.per_sample(stems, step, self.network.data_step(step))
        if kind in _PER_SAMPLE:
            return self.per_sample(_PER_SAMPLE[kind](self, layer), step, step)
        return tuple(f"{stem}{at(step)}" for stem in self._fixed(kind, layer))

    def per_sample(self, stems: Names, step: int, shown: int) -> Names:
        """Return each stem for each sample of a step, sample by sample, with the suffix of step ``shown``."""
        return tuple(f"{stem}{sample}{at(shown)}" for sample, stem in product(self.samples(step), stems))

    def _fixed(self, kind: str, layer: int) -> Names:
        """Return the stems of a record without samples: the batch's loss, or a vector over the parameters."""
        match kind:
            case "batch loss":
                return ("E",)
            case "parameters":
                return self.parameters()
            case "gradient":
                return tuple(f"dE/d{name}" for name in self.parameters())
            case _:
                trained = self.network.update_bias or kind == "new"
                kept = () if trained else {name for place in range(self.last + 1) for name in self.biases(place)}
                return tuple(f"{name}_{kind}" for name in self.parameters() if name not in kept)


def _held(parameter: str, step: int) -> str:
    """Return the name of a parameter's value at the start of a training step."""
    return parameter if step == 1 else f"{parameter}_new{at(step - 1)}"


def at(step: int) -> str:
    """Return the suffix of a training step: none for the first."""
    return "" if step == 1 else f"@{step}"


def _weight_factors(names: Namer, layer: int) -> Names:
    units = names.units("Z", layer)
    rows = names.network.layers[layer].weight_names
    return tuple(f"d{units[column]}/d{name}" for row in rows for column, name in enumerate(row))


def _entering_factors(names: Namer, layer: int) -> Names:
    return tuple(f"d{unit}/d{name}" for name in names.entering(layer) for unit in names.units("Z", layer))


def _bias_factors(names: Namer, layer: int) -> Names:
    biases = names.network.layers[layer].bias_names or ()
    return tuple(f"d{unit}/d{name}" for unit, name in zip(names.units("Z", layer), biases, strict=True))


def _slopes(names: Namer, layer: int) -> Names:
    pairs = zip(names.activations(layer), names.units("Z", layer), strict=True)
    return tuple(f"d{active}/d{pre}" for active, pre in pairs)


def _jacobian(names: Namer, layer: int) -> Names:
    return tuple(f"d{guess}/d{unit}" for guess in names.outputs("yhat") for unit in names.units("Z", layer))


#: Records with one row per sample: the names in a row, without suffixes.
_PER_SAMPLE: dict[str, Callable[[Namer, int], Names]] = {
    "Z": lambda names, layer: names.units("Z", layer),
    "expZ": lambda names, layer: names.units("expZ", layer),
    "expsum": lambda names, layer: (f"{names.network.layers[layer].name}.expsum",),
    "H": lambda names, layer: names.activations(layer),
    "error": lambda names, layer: names.outputs("error"),
    "share": lambda names, layer: names.outputs("E"),
    "loss": lambda names, layer: ("E",),
    "slope": _slopes,
    "jacobian": _jacobian,
    "dZ/dW": _weight_factors,
    "dZ/dx": _entering_factors,
    "dZ/dtheta": _bias_factors,
    "dE/dH": lambda names, layer: tuple(f"dE/d{name}" for name in names.activations(layer)),
    "back": lambda names, layer: tuple(f"{name}_back" for name in names.activations(layer)),
    "delta": lambda names, layer: names.units("delta", layer),
    "dE/dZ": lambda names, layer: tuple(f"dE/d{name}" for name in names.units("Z", layer)),
}
