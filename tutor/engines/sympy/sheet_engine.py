"""SymPy's numbers for a worksheet: each cell is an expression, and ``sympy.diff`` differentiates it when composed."""

from __future__ import annotations

import sympy

from tutor.engines.sympy.convert import Expression, to_sympy, value
from tutor.formulas import Cells, cell_names, map_tree, named_cells, scalarise_in_parts
from tutor.formulas.tree import Derivative, Name, Num, Tree
from tutor.network import Worksheet
from tutor.network.nodes import suffixed
from tutor.network.worksheet import derivatives, flattened


def worksheet_values(worksheet: Worksheet) -> dict[str, float]:
    """Return every computed number of a worksheet's rounds, by its canonical name."""
    found: dict[str, float] = {}
    before: SheetRound | None = None
    for at in range(1, worksheet.repeat + 1):
        before = SheetRound(worksheet, at, before)
        cells = (cell for step in worksheet.steps for cell in before.cells(step))
        found.update({suffixed(cell, step=at): before.env[cell] for cell in cells})
    return found


#: The most parts of a composed expression; a larger one is differentiated step by step.
LONGEST_COMPOSED = 2_000

#: The most steps nested in a composed expression, which SymPy visits by recursion.
DEEPEST_COMPOSED = 40


class SheetRound:
    """One round: an expression for each cell of a step and a number for each cell, by names without the round."""

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
        """Return the names of an array's cells (for a number, its name)."""
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
        known = {name: named_cells(name, shape, self._numbers(name)) for name, shape in self.shapes.items()}
        for part in derivatives(tree):
            known[part.name] = self._derivative(part, slopes)

        def plain(part: Tree) -> Tree | None:
            if part == Name("t"):
                return Num(float(self.at), str(self.at))
            return Name(part.name) if isinstance(part, Derivative) else None

        def name_cells(number: int, shape: tuple[int, ...]) -> tuple[str, ...]:
            return cell_names(f"{step}.part{number}", shape)

        parts, cells = scalarise_in_parts(map_tree(tree, plain), known, name_cells)
        self.shapes[step] = cells.shape
        put_in = {sympy.Symbol(name): slope for name, slope in slopes.items()}
        for named, trees in (*((part.names, part.cells.trees) for part in parts), (self.cells(step), cells.trees)):
            for cell, cell_tree in zip(named, trees, strict=True):
                self.expressions[cell] = to_sympy(cell_tree).xreplace(put_in)
                self.env[cell] = value(self.expressions[cell], self.env)

    def _numbers(self, name: str) -> tuple[float, ...]:
        """Return the numbers of a given array; nothing for a step, whose numbers follow from formulas."""
        return () if name in self.worksheet.steps else tuple(self.env[cell] for cell in self.cells(name))

    def _derivative(self, part: Derivative, slopes: dict[str, Expression]) -> Cells:
        """Return d of/d by, cell by cell, as named cells whose expressions are put into ``slopes``."""
        tops, bottoms = self.cells(part.of), self.cells(part.by)
        shape = self.shapes[part.by] or self.shapes[part.of]
        stop = frozenset(bottoms)
        too_large = self._too_large(stop)
        names = []
        for of in tops:
            composed = self.compose(sympy.Symbol(of), stop) if of not in too_large else None
            for by in bottoms:
                name = f"d{of}/d{by}"
                slopes[name] = self._along(of, by) if composed is None else sympy.diff(composed, sympy.Symbol(by))
                names.append(name)
        return Cells(shape, tuple(map(Name, names)))

    def _too_large(self, stop: frozenset[str]) -> set[str]:
        """Return the cells that are too long or too deep when composed down to the cells in ``stop``."""
        sizes, depths = dict.fromkeys(stop, 1), dict.fromkeys(stop, 0)
        for cell, expression in self.expressions.items():
            if cell not in stop:
                parts = [part.name if part.is_Symbol else "" for part in sympy.preorder_traversal(expression)]
                sizes[cell] = sum(sizes.get(name, 1) for name in parts)
                depths[cell] = 1 + max(depths.get(name, 0) for name in parts)
        return {cell for cell in depths if sizes[cell] > LONGEST_COMPOSED or depths[cell] > DEEPEST_COMPOSED}

    def _along(self, of: str, by: str) -> Expression:
        """Return d of / d by as a number, by the chain rule step by step, for what is too long to compose."""
        moves: dict[str, float] = {by: 1.0}
        for cell, expression in self.expressions.items():
            if cell == by:
                continue
            parents = [symbol for symbol in expression.free_symbols if moves.get(symbol.name)]
            moves[cell] = sum(
                value(sympy.diff(expression, symbol), self.env) * moves[symbol.name] for symbol in parents
            )
        return sympy.Float(moves.get(of, 0.0), 17)

    def compose(self, expression: Expression, stop: frozenset[str]) -> Expression:
        """Replace every step's cell in an expression by its formula, down to given cells and those in ``stop``."""
        inner = {
            symbol: self.compose(self.expressions[symbol.name], stop)
            for symbol in expression.free_symbols
            if symbol.name in self.expressions and symbol.name not in stop
        }
        return expression.xreplace(inner) if inner else expression
