"""Split formulas over arrays into one formula for each cell, so that a worksheet's matrix is marked like any number.

``+ − * / ^`` work cell by cell. A single number is combined with every cell, and a vector with each row of a matrix of
its width. ``sum mean max min argmax`` reduce a whole array, or go along ``rows`` or ``columns``. Functions that take
only arrays are in ``array_functions``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

from tutor.errors import FormulaError
from tutor.formulas.array_functions import CELLS, MAX_TERMS, reduction, take
from tutor.formulas.cells import Cells, Shape, describe, transpose
from tutor.formulas.evaluate import evaluate
from tutor.formulas.transform import call_parts, rebuild
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
    children,
    is_longer,
    mul,
)

#: The most cells of a formula.
MAX_CELLS = 4096

_REDUCTIONS = frozenset({"sum", "mean", "max", "min", "argmax"})


def scalarise(tree: Tree, arrays: Mapping[str, Cells]) -> Cells:
    """Return the tree of every cell; names outside ``arrays`` are single numbers.

    Raises:
        FormulaError: The shapes do not fit, or the cells are too many or too long.
    """
    cells = _Scalariser(arrays).visit(tree)
    if len(cells.trees) > MAX_CELLS:
        raise FormulaError(f"This has more than {MAX_CELLS} cells.")
    known: dict[int, int] = {}
    if sum(_length(tree, known) for tree in cells.trees) > MAX_TERMS:
        raise FormulaError("Written out for every cell this is too long.", hint="Make it several steps.")
    return cells


#: If a cell of a formula would be longer than this when written out, the functions inside become separate parts.
LONGEST_CELL = 320


@dataclass(frozen=True, slots=True)
class Part:
    """A function of arrays inside a long formula: its tree as written, and the names and formulas of its cells."""

    tree: Tree
    names: tuple[str, ...]
    cells: Cells


def scalarise_in_parts(
    tree: Tree, arrays: Mapping[str, Cells], name_cells: Callable[[int, Shape], tuple[str, ...]]
) -> tuple[list[Part], Cells]:
    """Return the parts that the cells refer to, the innermost first, and the tree of every cell.

    There are parts only if a cell would be longer than ``LONGEST_CELL``; then every function of arrays inside the
    formula is one. Without them, nested functions would be written out again for each cell that uses them, and formulas
    would grow exponentially with their depth. ``name_cells`` returns the names of a part's cells, from the part's
    number (from 1) and shape.

    Raises:
        FormulaError: The shapes do not fit, or the cells are too many or too long.
    """
    whole = scalarise(tree, arrays)
    if not any(is_longer(cell, LONGEST_CELL) for cell in whole.trees):
        return [], whole
    known = dict(arrays)
    found: dict[Tree, Name] = {}
    parts: list[Part] = []

    def apart(part: Tree) -> Tree:
        inside = rebuild(part, apart)
        if not _makes_cells(inside) or inside in found:
            return found.get(inside, inside)
        cells = scalarise(inside, known)
        if all(isinstance(cell, Name | Num) for cell in cells.trees):
            return inside  # it only rearranges other cells
        parts.append(Part(part, name_cells(len(parts) + 1, cells.shape), cells))
        found[inside] = Name(f"\0part {len(parts)}")
        known[found[inside].name] = Cells(cells.shape, tuple(map(Name, parts[-1].names)))
        return found[inside]

    return parts, scalarise(rebuild(tree, apart), known)


def _makes_cells(tree: Tree) -> bool:
    """Return whether a function of arrays computes each cell from several cells of its arguments."""
    return isinstance(tree, MatMul) or (
        isinstance(tree, Call) and (tree.function in CELLS or tree.function in _REDUCTIONS)
    )


def _length(tree: Tree, known: dict[int, int]) -> int:
    """Return how many names, numbers and operations a formula has; visit shared parts once, but count each use."""
    if id(tree) not in known:
        known[id(tree)] = 1 + sum(_length(each, known) for each in children(tree))
    return known[id(tree)]


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
                return transpose(self.visit(of))
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
        operands, axis, settings = call_parts(arguments)
        parts = list(map(self.visit, operands))
        if function == "take":
            return take(parts[0], parts[1], self._chosen(parts[1]))
        if function in CELLS:
            return CELLS[function](parts, axis, settings)
        if function in _REDUCTIONS and len(parts) == 1 and (parts[0].shape or function in ("sum", "mean")):
            return _reduced(function, parts[0], axis)
        if axis:
            raise FormulaError(f"{function} takes no {axis!r}.")
        return _elementwise(function, parts)

    def _chosen(self, chosen: Cells) -> tuple[float, ...]:
        """Return the values of a list of row numbers, which must be given numbers."""
        numbers = {
            tree.name: value
            for cells in self._arrays.values()
            for tree, value in zip(cells.trees, cells.values, strict=False)
            if isinstance(tree, Name)
        }
        try:
            return tuple(evaluate(tree, numbers) for tree in chosen.trees)
        except FormulaError:
            raise FormulaError("Only given numbers can choose rows.", hint="Give the list under 'given'.") from None


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
    count = prod(shape)
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
    if len(rows) * width * len(columns) > MAX_TERMS:
        raise FormulaError(f"Its sums have more than {MAX_TERMS:,} terms together.")
    trees = tuple(
        add(*[mul(row[k], columns[k][column]) for k in range(len(row))]) for row in rows for column in range(width)
    )
    shape = left.shape[:-1] + right.shape[1:]
    return Cells(shape, trees)


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


def _reduced(function: str, cells: Cells, axis: str) -> Cells:
    if not axis or len(cells.shape) < 2:
        return Cells((), (reduction(function, cells.trees),))
    lines = cells.rows if axis == "rows" else tuple(zip(*cells.rows, strict=True))
    return Cells((len(lines),), tuple(reduction(function, line) for line in lines))
