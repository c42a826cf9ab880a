"""Functions that take only arrays, split into cells: ``softmax``, ``conv``, pooling, and those that rearrange cells.

``softmax`` of a matrix works row by row unless it is given ``columns``. ``conv`` slides the kernel without flipping it,
as PyTorch's ``conv2d`` does. A single window, stride or padding applies to both rows and columns. Rows and columns that
do not fill a window are dropped, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from math import prod

from tutor.errors import FormulaError
from tutor.formulas.cells import Cells, Shape, describe, transpose
from tutor.formulas.tree import ZERO, Call, Div, Num, Tree, add, mul

#: The settings of a call by name: ``{"window": (2, 3), "stride": (1,)}``.
Settings = Mapping[str, tuple[int, ...]]
Rows = tuple[tuple[Tree, ...], ...]

MAX_TERMS = 60_000
"""The greatest length of all cells' formulas together, in names, numbers and operations."""


def reduction(function: str, line: tuple[Tree, ...]) -> Tree:
    """Reduce several cells to one number: their sum, their mean, or a function such as ``max`` of them."""
    match function:
        case "sum":
            return add(*line)
        case "mean":
            return Div(add(*line), Num(float(len(line))))
        case _:
            return Call(function, line)


def _whole(rows: Rows, axes: int) -> Cells:
    """Return rows as an array of one or two axes."""
    shape: Shape = (len(rows[0]),) if axes == 1 else (len(rows), len(rows[0]))
    return Cells(shape, tuple(tree for row in rows for tree in row))


def _need_array(name: str, cells: Cells) -> None:
    if not cells.shape:
        raise FormulaError(f"{name} takes a vector or a matrix, not a number.")


def both(sizes: tuple[int, ...], shape: Shape, along_one: int) -> tuple[int, int]:
    """Return a setting as (for rows, for columns); a vector is one row, for which it is ``along_one``.

    Raises:
        FormulaError: Two sizes are given for a vector.
    """
    if len(shape) > 1:
        return sizes[0], sizes[-1]
    if len(sizes) > 1:
        raise FormulaError(f"{sizes[0]}x{sizes[1]} is for a matrix, and this has {describe(shape)}.")
    return along_one, sizes[0]


# -- windows --------------------------------------------------------------------------------------------------------


def left_out(function: str, shapes: tuple[Shape, ...], settings: Settings) -> tuple[int, int]:
    """Return how many rows and columns at the end are in no window of ``conv``, ``maxpool`` or ``avgpool``.

    ``shapes`` has the shape of the array and, for ``conv``, that of the kernel.
    """
    image = shapes[0]
    size = (1, image[0]) if len(image) == 1 else (image[0], image[1])
    margin = both(settings.get("pad", (0,)), image, 0)
    if function == "conv":
        window = both(shapes[1][-2:], image, 1)
        stride = both(settings.get("stride", (1,)), image, 1)
    else:
        window = both(settings["window"], image, 1)
        stride = both(settings.get("stride", settings["window"]), image, 1)
    down, across = ((n + 2 * p - k) % s for n, p, k, s in zip(size, margin, window, stride, strict=True))
    return down, across


def _windows(rows: Rows, window: tuple[int, int], stride: tuple[int, int]) -> list[list[tuple[Tree, ...]]]:
    """Return the windows as rows of windows, each with its cells row by row."""
    size = len(rows), len(rows[0])
    down, across = ((n - k) // s + 1 for n, k, s in zip(size, window, stride, strict=True))
    if down * across * window[0] * window[1] > MAX_TERMS:
        raise FormulaError(f"Its windows hold more than {MAX_TERMS:,} cells together.")
    inside = list(product(range(window[0]), range(window[1])))
    return [
        [tuple(rows[r * stride[0] + i][c * stride[1] + j] for i, j in inside) for c in range(across)]
        for r in range(down)
    ]


def _softmax(parts: list[Cells], axis: str, settings: Settings) -> Cells:
    cells = parts[0]
    _need_array("softmax", cells)
    if axis == "columns" and len(cells.shape) > 1:
        return transpose(_softmax([transpose(cells)], "rows", settings))
    exponentials = Cells(cells.shape, tuple(Call("exp", (tree,)) for tree in cells.trees))
    totals = [(row, add(*row)) for row in exponentials.rows]
    return Cells(cells.shape, tuple(Div(each, total) for row, total in totals for each in row))


def _norm(parts: list[Cells], axis: str, settings: Settings) -> Cells:
    return Cells((), (Call("norm", tuple(tree for part in parts for tree in part.trees)),))


def _dot(parts: list[Cells], axis: str, settings: Settings) -> Cells:
    left, right = parts
    if left.shape != right.shape:
        hint = "dot takes two vectors; write A @ B for matrices." if 2 in (len(left.shape), len(right.shape)) else ""
        raise FormulaError(f"The shapes do not fit: {describe(left.shape)} and {describe(right.shape)}.", hint=hint)
    return Cells((), (add(*[mul(a, b) for a, b in zip(left.trees, right.trees, strict=True)]),))


def _convolution(parts: list[Cells], axis: str, settings: Settings) -> Cells:
    image, kernel = parts
    if not image.shape or len(image.shape) != len(kernel.shape):
        raise FormulaError("conv takes two vectors or two matrices.")
    stride = both(settings.get("stride", (1,)), image.shape, 1)
    rows = _padded(image.rows, both(settings.get("pad", (0,)), image.shape, 0))
    window = len(kernel.rows), len(kernel.rows[0])
    if window[0] > len(rows) or window[1] > len(rows[0]):
        raise FormulaError(f"The kernel ({describe(kernel.shape)}) is larger than {describe(image.shape)}.")

    def weighted(cells: tuple[Tree, ...]) -> Tree:
        pairs = zip(cells, kernel.trees, strict=True)
        return add(*[mul(cell, weight) for cell, weight in pairs if cell is not ZERO])

    trees = tuple(tuple(map(weighted, line)) for line in _windows(rows, window, stride))
    return _whole(trees, len(image.shape))


def _pooling(function: str, name: str) -> Callable[[list[Cells], str, Settings], Cells]:
    def pooled(parts: list[Cells], axis: str, settings: Settings) -> Cells:
        cells = parts[0]
        _need_array(name, cells)
        window = both(settings["window"], cells.shape, 1)
        stride = both(settings.get("stride", settings["window"]), cells.shape, 1)
        rows = cells.rows
        if window[0] > len(rows) or window[1] > len(rows[0]):
            shown = f"{window[0]}×{window[1]}" if len(cells.shape) > 1 else f"{window[1]} values"
            raise FormulaError(f"The window ({shown}) is larger than {describe(cells.shape)}.")
        trees = tuple(tuple(reduction(function, each) for each in line) for line in _windows(rows, window, stride))
        return _whole(trees, len(cells.shape))

    return pooled


# -- joining, reshaping and choosing ----------------------------------------------------------------------------------


def _padded(rows: Rows, margin: tuple[int, int]) -> Rows:
    """Return rows with zeros around them."""
    down, across = margin
    if not down and not across:
        return rows
    side, width = (ZERO,) * across, len(rows[0]) + 2 * across
    edge = ((ZERO,) * width,) * down
    return (*edge, *((*side, *row, *side) for row in rows), *edge)


def _pad(parts: list[Cells], axis: str, settings: Settings) -> Cells:
    _need_array("pad", parts[0])
    return _whole(_padded(parts[0].rows, both(settings["pad"], parts[0].shape, 0)), len(parts[0].shape))


def _flatten(parts: list[Cells], axis: str, settings: Settings) -> Cells:
    return Cells((len(parts[0].trees),), parts[0].trees)


def _reshape(parts: list[Cells], axis: str, settings: Settings) -> Cells:
    shape, cells = settings["shape"], parts[0]
    if prod(shape) != len(cells.trees):
        raise FormulaError(
            f"{describe(cells.shape)} cannot be reshaped to {describe(shape)}.",
            hint=f"The cells must be as many: {len(cells.trees)}, not {prod(shape)}.",
        )
    return Cells(shape, cells.trees)


def _concat(parts: list[Cells], axis: str, settings: Settings) -> Cells:
    if len(parts) < 2:
        raise FormulaError("concat takes two arrays or more.")
    if all(len(part.shape) < 2 for part in parts):
        trees = tuple(tree for part in parts for tree in part.trees)
        return Cells((len(trees),), trees)
    kept, alike = (0, "high") if axis == "columns" else (1, "wide")
    if any(len(part.shape) < 2 or part.shape[kept] != parts[0].shape[kept] for part in parts):
        shapes = " and ".join(describe(part.shape) for part in parts)
        raise FormulaError(f"The shapes do not fit: {shapes}.", hint=f"concat needs matrices that are equally {alike}.")
    turned = [transpose(part) if axis == "columns" else part for part in parts]
    joined = _whole(tuple(row for part in turned for row in part.rows), 2)
    return transpose(joined) if axis == "columns" else joined


def take(cells: Cells, chosen: Cells, numbers: tuple[float, ...]) -> Cells:
    """Return the rows (the cells of a vector) with these ``numbers``, counted from 1, in the shape of ``chosen``.

    Raises:
        FormulaError: There is no row with one of the numbers, or the shapes do not allow a choice of rows.
    """
    if not cells.shape:
        raise FormulaError("A number has no rows.")
    if len(chosen.shape) > 1:
        raise FormulaError("Rows are chosen by a number or a list of numbers, not by a matrix.")
    rows: tuple[tuple[Tree, ...], ...] = cells.rows if len(cells.shape) > 1 else tuple((tree,) for tree in cells.trees)
    for number in numbers:
        if number == 0:
            message = f"There is no row 0: the rows are counted from 1 to {len(rows)}."
            raise FormulaError(message, hint="If the list counts from 0, add 1 in the brackets: E[ids + 1].")
        if number != int(number) or not 1 <= number <= len(rows):
            raise FormulaError(f"There is no row {number:g}: the rows are counted from 1 to {len(rows)}.")
    trees = tuple(tree for number in numbers for tree in rows[int(number) - 1])
    return Cells((*chosen.shape, *cells.shape[1:]), trees)


#: Returns each function's cells from its arrays, its axis (``rows``, ``columns`` or an empty string) and its settings.
CELLS: Mapping[str, Callable[[list[Cells], str, Settings], Cells]] = {
    "softmax": _softmax,
    "norm": _norm,
    "dot": _dot,
    "conv": _convolution,
    "maxpool": _pooling("max", "maxpool"),
    "avgpool": _pooling("mean", "avgpool"),
    "pad": _pad,
    "flatten": _flatten,
    "reshape": _reshape,
    "concat": _concat,
}
