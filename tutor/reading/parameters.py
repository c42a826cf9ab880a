"""Read the weights and biases of a network's layers from a pasted or typed text.

    read_parameters("W1 = [[0.2, -0.3], [0.4, 0.1]]\\nb1 = [-0.4, 0.2]")
    read_parameters(printed_state_dict, sizes=(2, 3, 2))

A matrix has shape (inputs, units), as in Z = x·W + θ; PyTorch's ``weight`` has shape (units, inputs). Numbers that do
not fit raise ``Unreadable`` at their place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal

from tutor.formulas.wording import counted
from tutor.reading.arrays import Array, Arrays, read_arrays
from tutor.reading.errors import Unreadable

#: What a row of a matrix belongs to. ``""``: whichever fits, inputs first. PyTorch's rows always belong to units.
Rows = Literal["", "inputs", "units"]
Matrix = tuple[tuple[float, ...], ...]

_TORCH = re.compile(r"(?:(?P<layer>[\w.]*)\.)?(?P<kind>weight|bias)")
_BY_HAND = re.compile(
    r"(?:(?P<before>\w+)\.)?(?P<kind>weights?|kernel|w|biases|bias|b|theta|θ|x|inputs?|y|targets?|t)"
    r"(?P<after>_?\d*|_\w+|[ho]|\[\d+\])",
    re.IGNORECASE,
)
_KINDS = {
    "w": "weights", "weight": "weights", "weights": "weights", "kernel": "weights",
    "b": "bias", "bias": "bias", "biases": "bias", "theta": "bias", "θ": "bias",
    "x": "inputs", "input": "inputs", "inputs": "inputs",
    "y": "target", "t": "target", "target": "target", "targets": "target",
}  # fmt: skip
#: The name of a single weight, as on a homework sheet: w11, w_1_2.
_SINGLE = re.compile(r"[wW]_?\d[\d_,]*\d")
#: Parameters of PyTorch layers other than Linear: recurrent units, attention, normalisation.
_NOT_LINEAR = re.compile(r"(?:weight|bias)_[ih]h_|in_proj|running_|num_batches")
_SMALL = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True, slots=True)
class LayerNumbers:
    """One layer: ``weights`` in the layout in which they were written, and ``bias`` or None."""

    weights: Matrix
    bias: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers of all layers; ``rows`` says what a row of weights belongs to, ``names`` are the matrices' names.

    ``inputs`` and ``target`` have a row for each sample, and are empty if the text does not have them.
    """

    layers: tuple[LayerNumbers, ...]
    rows: Literal["inputs", "units"]
    names: tuple[str, ...]
    inputs: Matrix = ()
    target: Matrix = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then the number of units in each layer."""
        shapes = [(len(layer.weights), len(layer.weights[0])) for layer in self.layers]
        if self.rows == "units":
            shapes = [(columns, rows) for rows, columns in shapes]
        return (shapes[0][0], *(units for _, units in shapes))


def read_parameters(text: str, *, sizes: Sequence[int] = (), rows: Rows = "") -> Parameters:
    """Return the numbers of the layers in a text. They must fit ``sizes``, if given: inputs, then units layer by layer.

    Raises:
        Unreadable: There are none, a name is unknown, or the shapes do not fit together.
    """
    found = read_arrays(text)
    if not found.arrays:
        raise Unreadable("There are no numbers here.", 1, text=text, hint=_EXAMPLE)
    return _Fitting(found, tuple(sizes), rows).parameters()


def read_samples(text: str, width: int | None = None, *, hint: str = "Or change the sizes.") -> Matrix:
    """Return the rows of inputs or targets, one for each sample: ``1 0 1`` is one, ``1 0; 0 1`` are two.

    A column of ``width`` numbers is one sample. ``hint`` is the hint for a wrong number of them.

    Raises:
        Unreadable: There are none, there is more than one array, or a row does not have ``width`` numbers.
    """
    found = read_arrays(text)
    if not found.arrays:
        raise Unreadable("There are no numbers here.", 1, text=text, hint="Write them with spaces between: 1 0 1.")
    if len(found.arrays) > 1:
        raise found.error("There is more than one row of numbers here.", found.arrays[1].start, "Write one.")
    return _samples(found, found.arrays[0], width, hint)


def _samples(found: Arrays, array: Array, width: int | None, hint: str = "") -> Matrix:
    if width is not None and array.width != width:
        if array.width == 1 and len(array.rows) == width:
            return (tuple(cell.value for cell in array.flat),)
        place = array.rows[0][width].start if array.width > width else array.rows[0][-1].end
        message = f"Here {'is' if array.width == 1 else 'are'} {counted(array.width, 'number')}, and {width} "
        message += "is" if width == 1 else "are"
        raise found.error(f"{message} needed.", place, array.doubt or hint)
    return array.values


_EXAMPLE = "Write W1 = and a row of numbers for each input, then b1 = and a number for each unit."


@dataclass(slots=True)
class _Layer:
    """A layer's arrays by kind (``weights``, ``bias``), and whether their names are PyTorch's."""

    key: str
    arrays: dict[str, Array] = field(default_factory=dict)
    from_torch: bool = False


@dataclass(slots=True)
class _Fitting:
    """Assembles arrays into layers."""

    found: Arrays
    sizes: tuple[int, ...]
    rows: Rows
    layers: list[_Layer] = field(default_factory=list)
    data: dict[str, Array] = field(default_factory=dict)

    def parameters(self) -> Parameters:
        """Return the layers in order, after checking that each fits the one before."""
        for array in self.found.arrays:
            self._take(array)
        if not self.layers:
            raise self.found.error("There are no weights here.", self.found.arrays[0].start, _EXAMPLE)
        for layer in self.layers:
            if "weights" not in layer.arrays:
                raise self._no_weights(layer)
        by_units = self._are_units()
        names = tuple(map(self._label, range(len(self.layers))))
        layers = Parameters(self._shaped(by_units), "units" if by_units else "inputs", names)
        return replace(
            layers,
            inputs=self._samples("inputs", layers.sizes[0]),
            target=self._samples("target", layers.sizes[-1]),
        )

    def _samples(self, kind: str, width: int) -> Matrix:
        return _samples(self.found, self.data[kind], width) if kind in self.data else ()

    # -- names and kinds --------------------------------------------------------------------------------------------

    def _take(self, array: Array) -> None:
        kind, key, from_torch = self._meaning(array)
        if kind in ("inputs", "target"):
            self.data[kind] = array
            return
        layer = self._layer_of(kind, key, array)
        layer.from_torch |= from_torch
        if kind in layer.arrays:
            raise self.found.error(f"{array.name} is here twice.", array.start, "Take one out, or give it its name.")
        layer.arrays[kind] = array

    def _meaning(self, array: Array) -> tuple[str, str, bool]:
        """Return an array's kind, the key of its layer, and whether its name is PyTorch's."""
        name = array.name.translate(_SMALL)
        if not name:
            return self._meaning_by_shape(array), "", False
        if match := _TORCH.fullmatch(name):
            is_torch = match["layer"] is not None or "tensor(" in self.found.source.plain
            return _KINDS[match["kind"]], match["layer"] or "", is_torch
        if (match := _BY_HAND.fullmatch(name)) and not _NOT_LINEAR.search(name):
            kind, key = _KINDS[match["kind"].lower()], match["before"] or match["after"].strip("_[]")
            if kind != "weights" or array.dimensions or not _SINGLE.fullmatch(name):
                return kind, key, False
            message, hint = f"{name} is a single weight.", f"Write the whole matrix: {_EXAMPLE.removeprefix('Write ')}"
            raise self.found.error(message, array.start, hint)
        raise self._unknown(array, name)

    def _unknown(self, array: Array, name: str) -> Unreadable:
        """Return the error for an unknown name, with the nearest known one."""
        head = name.rpartition(".")[0]
        known = [f"{head}.weight", f"{head}.bias"] if head else ["W1", "b1", "W2", "b2", "weights", "bias", "theta1"]
        near = get_close_matches(name, known, 1, 0.6)
        hint = f"Did you mean {near[0]}?" if near else "Names are W1, b1, W2 … or those of PyTorch: 0.weight, 0.bias …"
        if _NOT_LINEAR.search(name):
            hint = "The tutor takes Linear layers here."
        elif "in_features=" in self.found.source.plain:
            hint = "This names layers without their numbers. Paste what print(model.state_dict()) says."
        return self.found.error(f"There is no “{name}” in a network.", array.start, hint)

    def _meaning_by_shape(self, array: Array) -> str:
        """Return the kind of an array without a name: a vector after weights is their bias, others are weights."""
        is_bias = array.dimensions < 2 and self.layers and self.layers[-1].arrays.keys() == {"weights"}
        return "bias" if is_bias else "weights"

    def _layer_of(self, kind: str, key: str, array: Array) -> _Layer:
        if not array.name and kind == "bias":
            return self.layers[-1]
        layer = next((each for each in self.layers if array.name and each.key == key), None)
        if layer is None:
            layer = _Layer(key)
            self.layers.append(layer)
        return layer

    def _no_weights(self, layer: _Layer) -> Unreadable:
        bias = layer.arrays["bias"]
        wanted = f"{layer.key}.weight" if layer.from_torch else f"W{layer.key}"
        names = (each.arrays["weights"].name for each in self.layers if "weights" in each.arrays)
        there = list(filter(None, names))
        has = f"There {'is' if len(there) == 1 else 'are'} {', '.join(there)}." if there else ""
        message = f"{bias.name} has no weights: there is no {wanted}."
        return self.found.error(message, bias.start, f"Write {wanted} too, or change the name. {has}".strip())

    # -- shapes -----------------------------------------------------------------------------------------------------

    def _are_units(self) -> bool:
        """Return whether the rows of the weights are units."""
        if any(layer.from_torch for layer in self.layers) or self.rows == "units":
            return True
        return not self.rows and not self._fits(by_units=False) and self._fits(by_units=True)

    def _fits(self, *, by_units: bool) -> bool:
        try:
            self._shaped(by_units)
        except Unreadable:
            return False
        return True

    def _label(self, at: int) -> str:
        return self.layers[at].arrays["weights"].name or f"W{at + 1}"

    def _shaped(self, by_units: bool) -> tuple[LayerNumbers, ...]:
        """Return every layer's weights and bias, or raise an error if they do not fit together."""
        shaped: list[LayerNumbers] = []
        entering = self._entering()
        for at, layer in enumerate(self.layers):
            units = self.sizes[at + 1] if at + 1 < len(self.sizes) else None
            weights = self._weights(at, layer.arrays["weights"], entering, units, by_units)
            entering = len(weights) if by_units else len(weights[0])
            shaped.append(LayerNumbers(weights, self._bias(layer.arrays.get("bias"), entering)))
        if self.sizes and len(self.sizes) != len(self.layers) + 1:
            sizes = "-".join(map(str, self.sizes))
            message = (
                f"Here are weights of {counted(len(self.layers), 'layer')}, and {sizes} has {len(self.sizes) - 1}."
            )
            last = self.found.arrays[-1]
            missing = len(self.sizes) - 1 > len(self.layers)
            hint = f"Write W{len(self.layers) + 1}" if missing else "Take them out"
            raise self.found.error(message, last.end if missing else last.start, f"{hint}, or change the sizes.")
        return tuple(shaped)

    def _entering(self) -> int | None:
        if self.sizes:
            return self.sizes[0]
        return self.data["inputs"].width if "inputs" in self.data else None

    def _weights(self, at: int, array: Array, entering: int | None, units: int | None, by_units: bool) -> Matrix:
        """Return a layer's weights, or raise an error if they do not have the inputs and units needed.

        A vector holds the weights of one unit, or of one input.
        """
        cells = array.rows
        if array.dimensions < 2:
            is_one_unit = units == 1 or (units is None and array.width == entering)
            is_row = by_units if is_one_unit else not by_units
            cells = cells if is_row else tuple((cell,) for cell in array.flat)
        rows, columns = len(cells), len(cells[0])
        wanted_rows, wanted_columns = (units, entering) if by_units else (entering, units)
        what_rows, what_columns = ("unit", "input") if by_units else ("input", "unit")
        label = self._label(at)
        if wanted_rows is not None and rows != wanted_rows:
            place = cells[wanted_rows][0].start if rows > wanted_rows else array.end
            word = "number" if array.dimensions < 2 and columns == 1 else "row"
            message = f"{label} has {counted(rows, word)}, and layer {at + 1} has {counted(wanted_rows, what_rows)}."
        elif wanted_columns is not None and columns != wanted_columns:
            place = cells[0][wanted_columns].start if columns > wanted_columns else cells[0][-1].end
            message = f"{label} has {counted(columns, 'number')} in a row, and layer {at + 1} has "
            message += f"{counted(wanted_columns, what_columns)}."
        else:
            return tuple(tuple(cell.value for cell in row) for row in cells)
        needs = f"{wanted_rows or 'n'} × {wanted_columns or 'n'}"
        hint = f"Here a row is {'a unit' if by_units else 'an input'}, so {needs} is needed."
        if self.sizes:
            hint += " Or change the sizes."
        raise self.found.error(message, place, f"{hint} {array.doubt}".strip())

    def _bias(self, array: Array | None, units: int) -> tuple[float, ...] | None:
        if array is None:
            return None
        values = tuple(cell.value for cell in array.flat)
        if len(values) != units or (len(array.rows) > 1 and array.width > 1):
            place = array.flat[units].start if len(values) > units else array.end
            name = array.name or "The bias"
            message = f"{name} has {counted(len(values), 'number')}, and the layer has {counted(units, 'unit')}."
            hint = "A vector after weights is their bias: a number for each unit." if not array.name else ""
            raise self.found.error(message, place, f"{hint or 'Write one for each unit.'} {array.doubt}".strip())
        return values
