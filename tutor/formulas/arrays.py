"""Takes formulas over arrays apart into one formula per cell, so that a worksheet's matrix is marked like any number.

``+ − * / ^`` work cell by cell and a single number with every cell; a vector goes with each row of a matrix of its
length. ``sum mean max min argmax`` take one array whole, or along ``rows`` or ``columns``; ``softmax`` of a matrix
goes row by row unless it is given ``columns``; ``conv`` slides the kernel as it stands (it is not turned round),
without padding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas.transform import AXES
from tutor.formulas.tree import (
    Add,
    Array,
    Call,
    Compare,
    Div,
    Index,
    Logic,
    MatMul,
    Mul,
    Name,
    Neg,
    Num,
    Pow,
    Transpose,
    Tree,
    add,
    mul,
)

Shape = tuple[int, ...]

#: How many cells a formula may grow to.
MAX_CELLS = 4096

_REDUCTIONS = frozenset({"sum", "mean", "max", "min", "argmax"})


@dataclass(frozen=True, slots=True)
class Cells:
    """A tree for each cell: ``shape`` is () for a number, (n,) or (rows, columns); ``trees`` run row by row."""

    shape: Shape
    trees: tuple[Tree, ...]

    @property
    def rows(self) -> tuple[tuple[Tree, ...], ...]:
        """The trees in rows; a vector is one row."""
        width = self.shape[-1] if self.shape else 1
        return tuple(self.trees[start : start + width] for start in range(0, len(self.trees), width))


def cell_names(name: str, shape: Shape) -> tuple[str, ...]:
    """What the cells of an array are called: ``Q[1,2]``, of a vector ``v[2]``, of a number ``w``."""
    if not shape:
        return (name,)
    if len(shape) == 1:
        return tuple(f"{name}[{column}]" for column in range(1, shape[0] + 1))
    return tuple(f"{name}[{row},{column}]" for row in range(1, shape[0] + 1) for column in range(1, shape[1] + 1))


def named_cells(name: str, shape: Shape) -> Cells:
    """An array as its cells' names."""
    return Cells(shape, tuple(Name(each) for each in cell_names(name, shape)))


def scalarise(tree: Tree, arrays: Mapping[str, Cells]) -> Cells:
    """The tree of every cell; names outside ``arrays`` are single numbers. Raises ``FormulaError`` where shapes don't
    fit."""
    cells = _Scalariser(arrays).visit(tree)
    if len(cells.trees) > MAX_CELLS:
        raise FormulaError(f"This has more than {MAX_CELLS} cells.")
    return cells


def describe(shape: Shape) -> str:
    """A shape in words: ``a number``, ``2 values``, ``3×2``."""
    if not shape:
        return "a number"
    return f"{shape[0]} values" if len(shape) == 1 else f"{shape[0]}×{shape[1]}"


class _Scalariser:
    def __init__(self, arrays: Mapping[str, Cells]) -> None:
        self._arrays = arrays

    def visit(self, tree: Tree) -> Cells:
        match tree:
            case Name(name) if name in self._arrays:
                return self._arrays[name]
            case Neg(of):
                return _each(Neg, self.visit(of))
            case Add(parts):
                return self._join(add, parts)
            case Mul(parts):
                return self._join(mul, parts)
            case Div(left, right):
                return _together(Div, self.visit(left), self.visit(right))
            case Pow(left, right):
                return _together(Pow, self.visit(left), self.visit(right))
            case Compare(relation, left, right):
                return _together(lambda a, b: Compare(relation, a, b), self.visit(left), self.visit(right))
            case Logic("not", (operand,)):
                return _each(lambda cell: Logic("not", (cell,)), self.visit(operand))
            case Logic(operator, operands):
                return self._join(lambda *parts: Logic(operator, parts), operands)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Array(items):
                return self._array(items)
            case MatMul(left, right):
                return _matmul(self.visit(left), self.visit(right))
            case Transpose(of):
                return _transpose(self.visit(of))
            case Index(of, axes):
                return _index(self.visit(of), axes)
        return Cells((), (tree,))

    def _join(self, build: Callable[..., Tree], parts: tuple[Tree, ...]) -> Cells:
        result = self.visit(parts[0])
        for part in parts[1:]:
            result = _together(build, result, self.visit(part))
        return result

    def _array(self, items: tuple[Tree, ...]) -> Cells:
        rows = [self.visit(item) for item in items]
        if all(not row.shape for row in rows):
            return Cells((len(rows),), tuple(row.trees[0] for row in rows))
        if any(len(row.shape) != 1 or row.shape != rows[0].shape for row in rows):
            raise FormulaError("The rows of this matrix differ in length.")
        return Cells((len(rows), rows[0].shape[0]), tuple(tree for row in rows for tree in row.trees))

    def _call(self, function: str, arguments: tuple[Tree, ...]) -> Cells:
        axis = arguments[-1].name if isinstance(arguments[-1], Name) and arguments[-1].name in AXES else ""
        parts = [self.visit(each) for each in (arguments[:-1] if axis else arguments)]
        if function == "softmax":
            return _by_lines(parts[0], axis or "rows", _softmax)
        if function == "norm":
            return Cells((), (Call("norm", tuple(tree for part in parts for tree in part.trees)),))
        if function == "dot":
            return _dot(parts[0], parts[1])
        if function == "conv":
            return _convolution(parts[0], parts[1])
        if function in _REDUCTIONS and len(parts) == 1 and (parts[0].shape or function in ("sum", "mean")):
            return _reduced(function, parts[0], axis)
        if axis:
            raise FormulaError(f"{function} takes no {axis!r}.")
        return _elementwise(function, parts)


def _elementwise(function: str, parts: list[Cells]) -> Cells:
    shape: Shape = ()
    for part in parts:
        shape = _common(shape, part.shape)
    spread = [_spread(part, shape) for part in parts]
    return Cells(shape, tuple(Call(function, each) for each in zip(*spread, strict=True)))


def _each(build: Callable[[Tree], Tree], cells: Cells) -> Cells:
    return Cells(cells.shape, tuple(build(tree) for tree in cells.trees))


def _together(build: Callable[[Tree, Tree], Tree], left: Cells, right: Cells) -> Cells:
    shape = _common(left.shape, right.shape)
    pairs = zip(_spread(left, shape), _spread(right, shape), strict=True)
    return Cells(shape, tuple(build(a, b) for a, b in pairs))


def _common(left: Shape, right: Shape) -> Shape:
    if left == right or not right:
        return left
    if not left:
        return right
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    if len(longer) == 2 and len(shorter) == 1 and longer[1] == shorter[0]:
        return longer
    raise FormulaError(f"The shapes do not fit: {describe(left)} and {describe(right)}.")


def _spread(cells: Cells, shape: Shape) -> tuple[Tree, ...]:
    if cells.shape == shape:
        return cells.trees
    count = 1
    for length in shape:
        count *= length
    if count > MAX_CELLS:
        raise FormulaError(f"This has more than {MAX_CELLS} cells.")
    return cells.trees * (count // max(len(cells.trees), 1))


def _matmul(left: Cells, right: Cells) -> Cells:
    if not left.shape or not right.shape:
        raise FormulaError("@ is the product of matrices.", hint="Write * for a product with a number.")
    rows = left.rows
    columns = [(tree,) for tree in right.trees] if len(right.shape) == 1 else list(right.rows)
    if len(rows[0]) != len(columns):
        raise FormulaError(f"The shapes do not fit: {describe(left.shape)} @ {describe(right.shape)}.")
    width = len(columns[0])
    trees = tuple(
        add(*[mul(row[k], columns[k][column]) for k in range(len(row))]) for row in rows for column in range(width)
    )
    shape = left.shape[:-1] + right.shape[1:]
    return Cells(shape, trees)


def _transpose(cells: Cells) -> Cells:
    if len(cells.shape) < 2:
        return cells
    flipped = tuple(zip(*cells.rows, strict=True))
    return Cells((cells.shape[1], cells.shape[0]), tuple(tree for row in flipped for tree in row))


def _index(cells: Cells, axes: tuple[tuple[int, int], ...]) -> Cells:
    if len(axes) > len(cells.shape):
        raise FormulaError(f"This has {len(cells.shape) or 'no'} axes, not {len(axes)}.")
    for (first, last), length in zip(axes, cells.shape, strict=False):
        if not 1 <= first <= last <= length:
            raise FormulaError(
                f"There is no {first if first == last else f'{first}..{last}'} in {describe(cells.shape)}."
            )
    if len(cells.shape) == 1:
        first, last = axes[0]
        trees = cells.trees[first - 1 : last]
        return Cells((), trees) if first == last else Cells((len(trees),), trees)
    (top, bottom), (left, right) = axes if len(axes) == 2 else (axes[0], (1, cells.shape[1]))
    trees = tuple(tree for row in cells.rows[top - 1 : bottom] for tree in row[left - 1 : right])
    height, width = bottom - top + 1, right - left + 1
    shape: Shape = () if height == width == 1 and len(axes) == 2 else (height, width)
    if len(axes) == 1 and height == 1:
        shape = (width,)
    return Cells(shape, trees)


def _by_lines(cells: Cells, axis: str, work: Callable[[tuple[Tree, ...]], tuple[Tree, ...]]) -> Cells:
    """Work on each row (or column), keeping the shape."""
    if not cells.shape:
        raise FormulaError("This needs a vector or a matrix.")
    if len(cells.shape) == 1:
        return Cells(cells.shape, work(cells.trees))
    if axis == "columns":
        return _transpose(_by_lines(_transpose(cells), "rows", work))
    return Cells(cells.shape, tuple(tree for row in cells.rows for tree in work(row)))


def _softmax(line: tuple[Tree, ...]) -> tuple[Tree, ...]:
    grown: tuple[Tree, ...] = tuple(Call("exp", (tree,)) for tree in line)
    total = add(*grown)
    return tuple(Div(each, total) for each in grown)


def _reduced(function: str, cells: Cells, axis: str) -> Cells:
    if not axis or len(cells.shape) < 2:
        return Cells((), (_reduction(function, cells.trees),))
    lines = cells.rows if axis == "rows" else tuple(zip(*cells.rows, strict=True))
    return Cells((len(lines),), tuple(_reduction(function, line) for line in lines))


def _reduction(function: str, line: tuple[Tree, ...]) -> Tree:
    match function:
        case "sum":
            return add(*line)
        case "mean":
            return Div(add(*line), Num(float(len(line))))
        case _:
            return Call(function, line)


def _dot(left: Cells, right: Cells) -> Cells:
    if left.shape != right.shape:
        raise FormulaError(f"The shapes do not fit: {describe(left.shape)} and {describe(right.shape)}.")
    return Cells((), (add(*[mul(a, b) for a, b in zip(left.trees, right.trees, strict=True)]),))


def _convolution(image: Cells, kernel: Cells) -> Cells:
    if not image.shape or len(image.shape) != len(kernel.shape):
        raise FormulaError("conv takes two vectors or two matrices.")
    rows, weights = image.rows, kernel.rows
    height, width = len(rows) - len(weights) + 1, len(rows[0]) - len(weights[0]) + 1
    if height < 1 or width < 1:
        raise FormulaError(f"The kernel ({describe(kernel.shape)}) is larger than {describe(image.shape)}.")
    trees = tuple(
        add(*[mul(rows[r + i][c + j], weight) for i, line in enumerate(weights) for j, weight in enumerate(line)])
        for r in range(height)
        for c in range(width)
    )
    return Cells((width,) if len(image.shape) == 1 else (height, width), trees)
