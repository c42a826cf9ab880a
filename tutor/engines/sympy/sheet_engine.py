"""Worksheets by SymPy: each cell an expression, derivatives of the composed expression by ``sympy.diff``."""

from __future__ import annotations

import sympy

from tutor.engines.sympy.convert import Expression, to_sympy, value
from tutor.formulas import Cells, cell_names, map_tree, named_cells, scalarise
from tutor.formulas.tree import Derivative, Name, Num, Tree, walk
from tutor.network import Worksheet
from tutor.network.rounds import flattened


def worksheet_values(worksheet: Worksheet) -> dict[str, float]:
    """Every computed number of a worksheet's rounds, by its canonical name."""
    found: dict[str, float] = {}
    before: SheetRound | None = None
    for at in range(1, worksheet.repeat + 1):
        before = SheetRound(worksheet, at, before)
        tail = "" if at == 1 else f"@{at}"
        found.update({f"{cell}{tail}": before.env[cell] for cell in before.expressions})
    return found


class SheetRound:
    """One round: the expression of every step's cell, and the number of every cell, under names without a round."""

    def __init__(self, worksheet: Worksheet, at: int, before: SheetRound | None) -> None:
        self.worksheet = worksheet
        self.at = at
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.env: dict[str, float] = {}
        self.expressions: dict[str, Expression] = {}
        for name in worksheet.given_names:
            self._given(name, before)
        for step, tree in worksheet.steps.items():
            self._step(step, tree)

    def cells(self, name: str) -> tuple[str, ...]:
        """The names of an array's cells (of a number, its own)."""
        return cell_names(name, self.shapes[name])

    def _given(self, name: str, before: SheetRound | None) -> None:
        carried = f"{name}_new"
        if before is not None and (name, self.at) not in self.worksheet.given_rounds and carried in before.shapes:
            self.shapes[name] = before.shapes[carried]
            numbers = tuple(before.env[cell] for cell in before.cells(carried))
        else:
            given = self.worksheet.given_in(name, self.at)
            assert given is not None  # the worksheet was refused otherwise
            self.shapes[name], numbers = flattened(given)
        self.env.update(zip(self.cells(name), numbers, strict=True))

    def _step(self, step: str, tree: Tree) -> None:
        slopes: dict[str, Expression] = {}
        known = {name: named_cells(name, shape) for name, shape in self.shapes.items()}
        for part in walk(tree):
            if isinstance(part, Derivative):
                known[_placeholder(part)] = self._derivative(part, slopes)

        def plain(part: Tree) -> Tree | None:
            if part == Name("t"):
                return Num(float(self.at), str(self.at))
            return Name(_placeholder(part)) if isinstance(part, Derivative) else None

        cells = scalarise(map_tree(tree, plain), known)
        self.shapes[step] = cells.shape
        for cell, cell_tree in zip(self.cells(step), cells.trees, strict=True):
            expression = to_sympy(cell_tree).xreplace({sympy.Symbol(name): slope for name, slope in slopes.items()})
            self.expressions[cell] = expression
            self.env[cell] = value(expression, self.env)

    def _derivative(self, part: Derivative, slopes: dict[str, Expression]) -> Cells:
        """d of/d by, cell by cell: named cells whose expressions are left in ``slopes``."""
        tops, bottoms = self.cells(part.of), self.cells(part.by)
        shape = self.shapes[part.by] or self.shapes[part.of]
        names = []
        for of in tops:
            composed = self.compose(sympy.Symbol(of), frozenset(bottoms))
            for by in bottoms:
                name = f"d{of}/d{by}"
                slopes[name] = sympy.diff(composed, sympy.Symbol(by))
                names.append(name)
        return Cells(shape, tuple(map(Name, names)))

    def compose(self, expression: Expression, stop: frozenset[str]) -> Expression:
        """The expression with every step's cell written out, down to what is given and the cells in ``stop``."""
        inner = {
            symbol: self.compose(self.expressions[symbol.name], stop)
            for symbol in expression.free_symbols
            if symbol.name in self.expressions and symbol.name not in stop
        }
        return expression.xreplace(inner) if inner else expression


def _placeholder(part: Derivative) -> str:
    return f"d{part.of}/d{part.by}"
