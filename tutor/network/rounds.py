"""Build a worksheet's graph: each round's given values and steps, cell by cell, with derivatives worked out."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.errors import FormulaError, NetworkError
from tutor.formulas import Cells, cell_names, differentiate, map_tree, scalarise_in_parts, simplify, substitute
from tutor.formulas.notation import Notation
from tutor.formulas.tree import Add, Call, Derivative, Div, Name, Num, Tree, add, is_longer, mul, names
from tutor.network.graph import Graph
from tutor.network.nodes import Kind, Node, Quantity, suffixed
from tutor.network.worksheet import MOST_CELLS, Worksheet, derivatives, flattened


def build_worksheet_graph(worksheet: Worksheet) -> Graph:
    """Return the graph of all rounds.

    Raises:
        NetworkError: The shapes of a step do not fit.
    """
    rounds = _Rounds(worksheet)
    for at in range(1, worksheet.repeat + 1):
        rounds.add(at)
    graph = Graph(
        rounds.nodes.values(),
        rounds.arrays.values(),
        notation=Notation(dict(worksheet.symbols)),
        aliases={alias: name for alias, name in rounds.aliases.items() if alias != name},
        steps=worksheet.repeat,
    )
    graph.array_formulas = rounds.formulas
    return graph


class _Rounds:
    """Collects the nodes round by round, and what each name refers to in the current round."""

    def __init__(self, worksheet: Worksheet) -> None:
        self.worksheet = worksheet
        self.nodes: dict[str, Node] = {}
        self.arrays: dict[str, Quantity] = {}
        self.aliases: dict[str, str] = {}
        self.formulas: dict[str, Tree] = {}
        self.slopes: dict[str, Tree] = {}
        self.current: dict[str, Cells] = {}
        self.names: dict[str, str] = {}

    def add(self, at: int) -> None:
        """Add a round."""
        before = dict(self.names)
        for name in self.worksheet.given_names:
            self._given(name, at, before)
        for step, tree in self.worksheet.steps.items():
            self._step(step, tree, at)

    def _given(self, name: str, at: int, before: Mapping[str, str]) -> None:
        """Add a given value; from the second round on, ``X`` is the previous ``X_new`` if there is one."""
        carried = before.get(f"{name}_new")
        if at > 1 and carried is not None and (name, at) not in self.worksheet.given_rounds:
            self.current[name] = self.current[f"{name}_new"]
            self.names[name] = carried
            self.aliases[f"{name}@{at}"] = carried
            return
        value = self.worksheet.given_in(name, at)
        if value is None:
            raise NetworkError(
                f"{name} has no value in round {at}.", ("given",), hint=f"Give {name}@{at}, or {name} for all rounds."
            )
        is_given_here = (
            at == 1 or (name, at) in self.worksheet.given_rounds or self.worksheet.given_in(name, at - 1) != value
        )
        if not is_given_here:
            self.aliases[f"{name}@{at}"] = self.names[name]
            return
        shape, cells = flattened(value)
        self._add_cells(name, shape, at, Kind.GIVEN, values=cells)

    def _step(self, step: str, tree: Tree, at: int) -> None:
        tree = map_tree(tree, lambda part: Num(float(at), str(at)) if part == Name("t") else None)
        cells = self._cells_of(step, tree, at)
        if len(self.nodes) + len(cells.trees) > MOST_CELLS:
            raise NetworkError(f"This worksheet has more than {MOST_CELLS} cells.", ("steps", step))
        self._add_cells(step, cells.shape, at, Kind.CELL, formulas=cells.trees)
        self.formulas[suffixed(step, step=at)] = self._as_written(tree)

    def _as_written(self, tree: Tree) -> Tree:
        """Return a formula over whole arrays, each with the name that it has in the current round."""
        return substitute(tree, {name: Name(self.names[name]) for name in names(tree) if name in self.names})

    def _cells_of(self, step: str, tree: Tree, at: int) -> Cells:
        """Return the formula of each cell of a step; add nodes for the parts that long formulas refer to."""
        found = dict(self.current)
        plain = map_tree(tree, lambda part: Name(part.name) if isinstance(part, Derivative) else None)
        try:
            for part in derivatives(tree):
                found[part.name] = self._derivative(step, part)
            parts, cells = scalarise_in_parts(
                plain, found, lambda number, shape: self._part_names(step, number, shape, at)
            )
        except FormulaError as error:
            raise NetworkError(f"The step {step}: {error.message}", ("steps", step), hint=error.hint) from None
        for inner in parts:
            whole = suffixed(inner.names[0].partition("[")[0].partition("@")[0], step=at)
            self.formulas[whole] = self._as_written(inner.tree)
            for name, formula in zip(inner.names, inner.cells.trees, strict=True):
                role = {"of": whole}
                self.nodes[name] = Node(name, Kind.PART, formula, step=at, role=role, stable=_stable(formula))
        return cells

    def _part_names(self, step: str, number: int, shape: tuple[int, ...], at: int) -> tuple[str, ...]:
        """Return the names of the cells of a step's part: ``A_part1[1,2]``, or with underscores if that is taken."""
        stem = f"{step}_part{number}"
        while stem in self.worksheet.steps or stem in self.worksheet.given_names:
            stem += "_"
        return cell_names(stem, shape, at)

    def _add_cells(
        self,
        name: str,
        shape: tuple[int, ...],
        at: int,
        kind: Kind,
        *,
        values: tuple[float, ...] = (),
        formulas: tuple[Tree, ...] = (),
    ) -> None:
        cells = cell_names(name, shape, at)
        whole = suffixed(name, step=at)
        for place, cell in enumerate(cells):
            formula, value = (formulas[place], None) if formulas else (None, values[place])
            stable = _stable(formula) if formula is not None else None
            self.nodes[cell] = Node(cell, kind, formula, value=value, step=at, role={"of": whole}, stable=stable)
        if shape:
            self.arrays[whole] = Quantity(whole, kind, shape, cells)
        self.current[name] = Cells(shape, tuple(map(Name, cells)), values)
        self.names[name] = whole

    # -- derivatives ------------------------------------------------------------------------------------------------

    def _derivative(self, step: str, part: Derivative) -> Cells:
        """Return the derivative of a number by each cell of an array, or of each cell by a number.

        It follows the chain rule through all steps between the two.
        """
        top, bottom = self.current[part.of], self.current[part.by]
        if top.shape and bottom.shape:
            message = f"The step {step}: {part.name} has an array above and below."
            raise NetworkError(message, ("steps", step), hint="Take the derivative of one number, such as a sum.")
        variables = [tree.name for tree in bottom.trees if isinstance(tree, Name)]
        tops = [tree.name for tree in top.trees if isinstance(tree, Name)]
        local = _LocalSlopes(self.nodes)
        try:
            trees = tuple(_written_out(local, of, by) for of in tops for by in variables)
        except _TooLong:
            trees = tuple(tree for of in tops for tree in self._through_slopes(local, of, variables, step))
        return Cells(bottom.shape or top.shape, trees)

    def _through_slopes(self, local: _LocalSlopes, of: str, variables: list[str], step: str) -> list[Tree]:
        """Return the derivatives of ``of`` by each variable, by reverse accumulation with a node for each ∂of/∂cell.

        Source: Griewank and Walther, *Evaluating Derivatives*, chapter 3.
        """
        between = local.between(of, variables)
        order = list(self.nodes)
        known: dict[str, Tree] = {of: Num(1.0, "1")}
        for name in sorted(between, key=order.index, reverse=True):
            if name in known or name in variables:
                continue
            formula = local.through(name, between, known)
            head, _, at = name.partition("@")
            whole = f"d{of.partition('@')[0]}/d{head}" + (f"@{at}" if at else "")
            if isinstance(formula, Num | Name):
                known[name] = formula
                continue
            if whole not in self.slopes:
                if len(self.nodes) + len(self.slopes) >= MOST_CELLS:
                    raise NetworkError(f"This worksheet has more than {MOST_CELLS} cells.", ("steps", step))
                self.slopes[whole] = formula
                self.nodes[whole] = Node(
                    whole, Kind.SLOPE, formula, step=self.nodes[name].step, role={"of": of, "by": name}
                )
            known[name] = Name(whole)
        return [local.through(by, between, known) for by in variables]


#: A derivative with more parts than this is not written out; its cells share slopes as nodes instead.
_LONGEST = 80


class _TooLong(Exception):
    """A derivative that would have too many parts if it were written out."""


class _LocalSlopes:
    """Computes the slope of each cell by each cell in its formula, once."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        self._kept: dict[str, dict[str, Tree]] = {}

    def of(self, name: str) -> Mapping[str, Tree]:
        """Return the slopes that are not 0, by parent."""
        if name not in self._kept:
            formula = self._nodes[name].formula
            found = {parent: differentiate(formula, parent) for parent in names(formula)} if formula is not None else {}
            self._kept[name] = {parent: slope for parent, slope in found.items() if slope != Num(0.0)}
        return self._kept[name]

    def between(self, of: str, variables: list[str]) -> dict[str, tuple[str, ...]]:
        """Return every cell on a path from ``of`` down to a variable, with the cells on such a path that use it."""
        above: dict[str, list[str]] = {of: []}
        stack = [of]
        while stack:
            name = stack.pop()
            if name in variables:
                continue
            for parent in self.of(name):
                if parent not in above:
                    above[parent] = []
                    stack.append(parent)
                above[parent].append(name)
        order = {name: place for place, name in enumerate(self._nodes)}
        leads = set(variables) & set(above)
        stack = list(leads)
        while stack:
            new = [each for each in above[stack.pop()] if each not in leads]
            leads.update(new)
            stack.extend(new)
        return {
            name: tuple(sorted((each for each in users if each in leads), key=order.__getitem__))
            for name, users in above.items()
            if name in leads
        }

    def through(self, name: str, between: Mapping[str, tuple[str, ...]], known: Mapping[str, Tree]) -> Tree:
        """Return Σ ∂of/∂cell · ∂cell/∂name over the cells that use ``name``."""
        if name in known:
            return known[name]
        users = between.get(name, ())
        terms = [mul(known[user], self.of(user)[name]) for user in users if known[user] != Num(0.0)]
        return simplify(add(*terms)) if terms else Num(0.0)


def _written_out(local: _LocalSlopes, of: str, by: str) -> Tree:
    """Return the derivative with the chain rule written out: Σ ∂of/∂parent · d parent/d by.

    Raises:
        _TooLong: It would have more than ``_LONGEST`` parts.
    """
    known: dict[str, Tree] = {by: Num(1.0, "1")}
    stack = [of]
    while stack:  # no recursion: a worksheet may have thousands of steps, each over the one before
        name = stack[-1]
        missing = [parent for parent in local.of(name) if parent not in known] if name not in known else []
        stack.extend(reversed(missing))
        if missing:
            continue
        stack.pop()
        if name not in known:
            slopes = local.of(name).items()
            terms = [mul(slope, known[parent]) for parent, slope in slopes if known[parent] != Num(0.0)]
            known[name] = simplify(add(*terms)) if terms else Num(0.0)
            if is_longer(known[name], _LONGEST):
                raise _TooLong
    return known[of]


def _stable(formula: Tree) -> Tree | None:
    """Return the formula with every softmax in a form that does not overflow, or None if it has none."""

    def change(part: Tree) -> Tree | None:
        match part:
            case Div(Call("exp", (own,)), Add(terms)):
                others = [term.arguments[0] for term in terms if isinstance(term, Call) and term.function == "exp"]
                return Call("softmax", (own, *others)) if len(others) == len(terms) else None
        return None

    found = map_tree(formula, change)
    return None if found == formula else found
