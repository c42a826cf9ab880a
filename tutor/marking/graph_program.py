"""Compile a graph into lists indexed by slot, to compute values and slopes fast."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from functools import cached_property

from tutor.errors import FormulaError
from tutor.formulas import FUNCTIONS, compile_tree, differentiate, names, walk
from tutor.formulas.tree import Add, Call, Compare, Div, Mul, Name, Neg, Num, Tree, add, sub
from tutor.functions import ACTIVATIONS
from tutor.marking.rounding import written_decimals
from tutor.network import SNAP, SUB_STEPS, Graph, Kind, Node

Compiled = Callable[[list[float]], float]
Partials = tuple[tuple[int, float], ...]
Keep = Callable[[int, float], float]

#: Nodes whose formulas come from an optimizer or a worksheet.
_MADE_UP = frozenset({Kind.MEMORY, Kind.CELL, Kind.PART})

_EXACT = [name for name, entry in ACTIVATIONS.items() if entry.keeps_decimals]
#: Functions whose value has no more decimals than their arguments, and those whose value is a whole number.
_KEEPS_DECIMALS = frozenset({"abs", "max", "min", *_EXACT})
_WHOLE = frozenset({"step", "sign", "argmax", *(f"{name}'" for name in _EXACT)})

_KINKS = frozenset({"max", "min"})


class GraphProgram:
    """Values, parents, ancestors and partial derivatives of a graph's nodes, by slot."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.slots = graph.slots
        self.nodes: list[Node] = list(graph.nodes.values())
        self.names: list[str] = list(graph.nodes)
        self.formulas: list[Compiled | None] = [None] * len(self.nodes)
        for slot, formula in graph.program:
            self.formulas[slot] = formula
        self.is_given = [node.formula is None for node in self.nodes]
        self.is_sub_step = [node.kind in SUB_STEPS for node in self.nodes]
        self.is_update = [node.kind is Kind.UPDATED for node in self.nodes]
        self._snaps = [node.kind is Kind.PRE_ACTIVATION for node in self.nodes]
        self._parents: dict[int, tuple[int, ...]] = {}
        self._ancestors: dict[int, tuple[int, ...]] = {}
        self._slopes: dict[int, tuple[tuple[int, Compiled], ...]] = {}
        self._partials: dict[int, Partials] = {}
        self._grids: dict[int, tuple[tuple[int, tuple[int, ...]], ...] | None] = {}
        self._kinks: dict[int, tuple[Compiled, ...]] = {}
        self._products: dict[int, tuple[Compiled, ...]] = {}

    @classmethod
    def of(cls, graph: Graph) -> GraphProgram:
        """Return the program of a graph; graphs that differ only in their numbers share what depends on formulas."""
        first = graph.shared.setdefault("program", None) or cls(graph)
        graph.shared["program"] = first
        if first.graph is graph:
            return first
        other = copy(first)
        other.__dict__.pop("values", None)
        other.graph, other.nodes, other._partials = graph, list(graph.nodes.values()), {}
        return other

    @cached_property
    def values(self) -> list[float]:
        """The true values."""
        return list(self.graph.values.values())

    # -- dependencies -----------------------------------------------------------------------------------------------

    def parents(self, slot: int) -> tuple[int, ...]:
        """Return the slots in a node's formula."""
        found = self._parents.get(slot)
        if found is None:
            formula = self.nodes[slot].formula
            found = tuple(self.slots[name] for name in names(formula)) if formula is not None else ()
            self._parents[slot] = found
        return found

    def ancestors(self, slot: int) -> tuple[int, ...]:
        """Return every computed node that a node depends on, in order, itself last; given numbers are left out."""
        found = self._ancestors.get(slot)
        if found is None:
            found = self._ancestors[slot] = self.reach((slot,))
        return found

    def reach(self, targets: Iterable[int]) -> tuple[int, ...]:
        """Return every computed node that some nodes depend on, in order, themselves included."""
        seen: set[int] = set()
        stack = [slot for slot in targets if not self.is_given[slot]]
        while stack:
            slot = stack.pop()
            if slot in seen:
                continue
            seen.add(slot)
            stack.extend(parent for parent in self.parents(slot) if not self.is_given[parent] and parent not in seen)
        return tuple(sorted(seen))

    @cached_property
    def needs_figures(self) -> frozenset[int]:
        """The nodes whose size matters, however small they are: an optimizer's memory, divisors, arguments of roots,
        logarithms and steps, and the nodes that these are sums, products or quotients of."""
        pending = [slot for slot, node in enumerate(self.nodes) if node.formula is not None]
        found = {slot for slot in pending if self.nodes[slot].kind is Kind.MEMORY}
        stack = [self.slots[name] for slot in pending for name in _sized(self.nodes[slot].formula)]
        while stack:
            slot = stack.pop()
            if slot in found or self.is_given[slot]:
                continue
            found.add(slot)
            formula = self.nodes[slot].formula
            if formula is not None and self.nodes[slot].kind in _MADE_UP and _is_rational(formula):
                stack.extend(self.parents(slot))
        return frozenset(found)

    # -- running ----------------------------------------------------------------------------------------------------

    def run(
        self,
        values: list[float],
        order: Iterable[int],
        fixed: Collection[int] = (),
        keep: Keep | None = None,
        formulas: Sequence[Compiled | None] | None = None,
    ) -> None:
        """Compute the nodes of ``order``, except those in ``fixed``, and put them into ``values``.

        ``keep`` rounds each value. ``formulas``, by slot, replace the graph's own. A formula without a value gives nan.
        """
        snaps = self._snaps
        formulas = self.formulas if formulas is None else formulas
        for slot in order:
            if slot in fixed:
                continue
            formula = formulas[slot]
            if formula is None:
                continue
            try:
                value = formula(values)
            except (ArithmeticError, ValueError):
                value = math.nan
            if snaps[slot] and -SNAP < value < SNAP:
                value = 0.0
            values[slot] = value if keep is None else keep(slot, value)

    def value_of(self, formula: Compiled, values: list[float]) -> float:
        """Return a compiled formula's value, or nan if it has none."""
        try:
            return formula(values)
        except (ArithmeticError, ValueError):
            return math.nan

    # -- slopes -----------------------------------------------------------------------------------------------------

    def true_partials(self, slot: int) -> Partials:
        """Return a node's slope with each of its computed parents, at the true values, as (slot, slope)."""
        found = self._partials.get(slot)
        if found is None:
            found = self._partials[slot] = self.partials(slot, self.values)
        return found

    def partials(self, slot: int, values: list[float]) -> Partials:
        """Return a node's slope with each of its computed parents, at ``values``, as (slot, slope)."""
        slopes = self._slopes.get(slot)
        if slopes is None:
            slopes = self._slopes[slot] = self._compiled_slopes(slot)
        return tuple((parent, self.value_of(slope, values)) for parent, slope in slopes)

    def _compiled_slopes(self, slot: int) -> tuple[tuple[int, Compiled], ...]:
        formula = self.nodes[slot].formula
        assert formula is not None
        terms = _terms_by_name(formula)
        found = []
        for parent in self.parents(slot):
            if self.is_given[parent]:
                continue
            name = self.names[parent]
            moved = add(*terms[name]) if name in terms else formula
            slope = _simple_slope(moved, name, self.slots)
            if slope is None:
                try:
                    slope = compile_tree(differentiate(moved, name), self.slots)
                except FormulaError:  # argmax, and a function's parameter
                    slope = _difference_quotient(compile_tree(moved, self.slots), parent)
            found.append((parent, slope))
        return tuple(found)

    def products(self, slot: int) -> tuple[Compiled, ...]:
        """Return each term of a sum that contains products; an empty tuple for any other node."""
        found = self._products.get(slot)
        if found is None:
            formula = self.nodes[slot].formula
            terms = formula.terms if isinstance(formula, Add) else ()
            has_products = any(isinstance(term.of if isinstance(term, Neg) else term, Mul) for term in terms)
            found = tuple(compile_tree(term, self.slots) for term in terms) if has_products else ()
            self._products[slot] = found
        return found

    # -- what a formula does to decimals ----------------------------------------------------------------------------

    def grid_terms(self, slot: int) -> tuple[tuple[int, tuple[int, ...]], ...] | None:
        """Return a node's value as a sum of products of other nodes: each product's extra decimals and its slots.

        Return None if the value may have any number of decimals (a quotient, an exponential). The terms tell how many
        decimals a sum of rounded numbers has without computing it.
        """
        if slot not in self._grids:
            formula = self.nodes[slot].formula
            self._grids[slot] = _grid(formula, self.slots) if formula is not None else None
        return self._grids[slot]

    def kinks(self, slot: int) -> tuple[Compiled, ...]:
        """Return the arguments whose sign decides between the branches of a node's formula."""
        found = self._kinks.get(slot)
        if found is None:
            formula = self.nodes[slot].formula
            trees = _kink_arguments(formula) if formula is not None else ()
            found = self._kinks[slot] = tuple(compile_tree(tree, self.slots) for tree in trees)
        return found


def _sized(formula: Tree | None) -> Iterator[str]:
    """Yield the names in divisors, in conditions and in arguments of roots, logarithms and steps.

    Their size matters: the step of 0.5 is 1, but the step of 0.5 rounded to 0 is 0.
    """
    for part in walk(formula) if formula is not None else ():
        match part:
            case Div(_, below):
                yield from names(below)
            case Call("sqrt" | "ln" | "log10" | "step" | "sign" | "argmax") | Compare():
                yield from names(part)


def _is_rational(formula: Tree) -> bool:
    return not any(isinstance(part, Call) and part.function != "sqrt" for part in walk(formula))


def _terms_by_name(formula: Tree) -> dict[str, list[Tree]]:
    """Return, for each name in a sum, the terms that contain it; empty for other formulas."""
    found: dict[str, list[Tree]] = {}
    for term in formula.terms if isinstance(formula, Add) else ():
        for name in names(term):
            found.setdefault(name, []).append(term)
    return found


def _simple_slope(formula: Tree, by: str, slots: dict[str, int]) -> Compiled | None:
    """Return the slope of a weighted sum or an activation without differentiating it, or None for other formulas."""
    match formula:
        case Name(name) if name == by:
            return lambda v: 1.0
        case Call(function, (Name(name),)) if name == by and function + "'" in FUNCTIONS:
            slope, slot = FUNCTIONS[function + "'"].value, slots[by]
            return lambda v: slope(v[slot])
        case Mul((Name(left), Name(right))) if (left == by) != (right == by):
            other = slots[right if left == by else left]
            return lambda v: v[other]
        case Add(terms):
            touching = [term for term in terms if by in names(term)]
            return _simple_slope(touching[0], by, slots) if len(touching) == 1 else None
        case Neg(of):
            inner = _simple_slope(of, by, slots)
            return None if inner is None else lambda v: -inner(v)
    return None


def _difference_quotient(formula: Compiled, by: int) -> Compiled:
    """Return the slope of a formula without a derivative, at a distance at which it is exact enough for a bound."""

    def slope(v: Sequence[float]) -> float:
        distance = 1e-6 * (1 + abs(v[by]))
        below, above = ([*v[:by], v[by] + moved, *v[by + 1 :]] for moved in (-distance, distance))
        return (formula(above) - formula(below)) / (2 * distance)

    return slope


Terms = tuple[tuple[int, tuple[int, ...]], ...]


def _grid(tree: Tree, slots: dict[str, int]) -> Terms | None:
    match tree:
        case Num(value):
            return ((written_decimals(value), ()),)
        case Name(name):
            return ((0, (slots[name],)),)
        case Neg(of):
            return _grid(of, slots)
        case Add(terms):
            parts = [_grid(term, slots) for term in terms]
            return None if None in parts else tuple(each for part in parts if part for each in part)
        case Mul(factors):
            return _grid_product([_grid(factor, slots) for factor in factors])
        case Call(function, arguments) if function in _KEEPS_DECIMALS:
            return _grid(add(*arguments), slots) if len(arguments) > 1 else _grid(arguments[0], slots)
        case Call(function, _) if function in _WHOLE:
            return ((0, ()),)
        case Div(over, Num(value)) if value in (2.0, 4.0, 5.0, 10.0):
            extra = 2 if value == 4.0 else 1
            inner = _grid(over, slots)
            return None if inner is None else tuple((decimals + extra, of) for decimals, of in inner)
    return None


def _grid_product(parts: list[Terms | None]) -> Terms | None:
    product: Terms = ((0, ()),)
    for part in parts:
        if part is None or len(product) * len(part) > 40:
            return None
        product = tuple((a + b, (*left, *right)) for a, left in product for b, right in part)
    return product


def _kink_arguments(formula: Tree) -> tuple[Tree, ...]:
    found: list[Tree] = []
    for part in walk(formula):
        if isinstance(part, Compare):
            found.append(sub(part.left, part.right))
        if not isinstance(part, Call):
            continue
        if part.function in _KINKS and len(part.arguments) > 1:
            first = part.arguments[0]
            found.extend(sub(first, other) for other in part.arguments[1:])
        elif part.function in FUNCTIONS and FUNCTIONS[part.function].kinks:
            found.append(part.arguments[0])
    return tuple(found)
