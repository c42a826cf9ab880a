"""Transform trees: substitution, canonical names, and the simplifications that derivatives need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from tutor.errors import FormulaError
from tutor.formulas.evaluate import CONSTANTS
from tutor.formulas.functions import function_named, in_brackets, unknown_function
from tutor.formulas.parse import cell_suffix, column_of, suggestion
from tutor.formulas.tree import (
    ONE,
    ZERO,
    Add,
    Array,
    Call,
    Compare,
    Derivative,
    Div,
    Index,
    Logic,
    MatMul,
    Mul,
    Name,
    Neg,
    Num,
    Pow,
    Setting,
    Transpose,
    Tree,
    add,
    mul,
)

Canonical = Callable[[str], str | None]

#: The words for the axis along which a function of arrays works.
AXES = frozenset({"rows", "columns"})


def call_parts(arguments: tuple[Tree, ...]) -> tuple[list[Tree], str, dict[str, tuple[int, ...]]]:
    """Return a call's operands, its axis (``rows``, ``columns`` or an empty string), and its settings by name."""
    settings = {each.name: each.sizes for each in arguments if isinstance(each, Setting)}
    operands: list[Tree] = [each for each in arguments if not isinstance(each, Setting)]
    axis = operands[-1].name if isinstance(operands[-1], Name) and operands[-1].name in AXES else ""
    return operands[:-1] if axis else operands, axis, settings


def rebuild(tree: Tree, each: Callable[[Tree], Tree]) -> Tree:
    """Return the tree with ``each`` applied to its children; sums and products stay flat."""
    match tree:
        case Neg(of):
            return Neg(each(of))
        case Add(terms):
            return add(*map(each, terms))
        case Mul(factors):
            return mul(*map(each, factors))
        case Div(numerator, denominator):
            return Div(each(numerator), each(denominator))
        case Pow(base, exponent):
            return Pow(each(base), each(exponent))
        case Call(function, arguments):
            return Call(function, tuple(map(each, arguments)))
        case Compare(relation, left, right):
            return Compare(relation, each(left), each(right))
        case Logic(operator, operands):
            return Logic(operator, tuple(map(each, operands)))
        case Array(items):
            return Array(tuple(map(each, items)))
        case MatMul(left, right):
            return MatMul(each(left), each(right))
        case Transpose(of):
            return Transpose(each(of))
        case Index(of, axes):
            return Index(each(of), axes)
        case _:
            return tree


def map_tree(tree: Tree, change: Callable[[Tree], Tree | None]) -> Tree:
    """Return the tree with ``change`` applied from the leaves up; a part stays unchanged if ``change`` returns None."""

    def visit(part: Tree) -> Tree:
        whole = rebuild(part, visit)
        changed = change(whole)
        return whole if changed is None else changed

    return visit(tree)


def substitute(tree: Tree, trees: Mapping[str, Tree]) -> Tree:
    """Return the tree with names replaced by trees; names inside these are not replaced."""
    if isinstance(tree, Name):
        return trees.get(tree.name, tree)
    return rebuild(tree, lambda part: substitute(part, trees))


def resolve(tree: Tree, canonical: Canonical, *, source: str = "", known: Iterable[str] = ()) -> Tree:
    """Return the tree with every name replaced by its canonical one.

    ``Z1[2]`` becomes a name if there is one, ``dE/dw11`` becomes a name, a ``Derivative`` or a quotient, whichever
    exists. ``e`` and ``pi`` become numbers, and ``e^x`` becomes ``exp(x)``, unless something else has these names.

    Raises:
        FormulaError: A name is unknown; the error has its column in ``source`` (the text that was parsed) and suggests
            the closest of the names in ``known``.
    """
    return _Resolver(canonical, source, tuple(known)).visit(tree)


class _Resolver:
    def __init__(self, canonical: Canonical, source: str, known: tuple[str, ...]) -> None:
        self._canonical = canonical
        self._source = source
        self._known = known

    def visit(self, tree: Tree) -> Tree:
        match tree:
            case Name(name):
                return self._name(name)
            case Index(Name(name), axes) if all(first == last for first, last in axes):
                cell = self._canonical(name + cell_suffix(axes))
                return Name(cell) if cell is not None else Index(self._name(name), axes)
            case Div(Name(over) | Mul((*_, Name(over))) as above, Name(below)) if self._canonical(over) is None:
                joined = self._canonical(f"{over}/{below}")
                if joined is not None:
                    before = above.factors[:-1] if isinstance(above, Mul) else ()
                    return mul(*map(self.visit, before), Name(joined))
            case Mul(factors):
                return mul(*self._memories(factors))
            case MatMul(Mul((*before, Name(head), Name(of))), Num(step)) if self._canonical(head) is None:
                # v(w11)@2, which was parsed as a product and a matrix product, is a memory of the second step
                joined = self._canonical(f"{head}({of})@{step:g}")
                if joined is not None:
                    return mul(*self._memories(tuple(before)), Name(joined))
            case Call(function, arguments):
                return Call(function, tuple(self._argument(part) for part in arguments))
            case Pow(Name("e"), exponent) if self._canonical("e") is None:
                return Call("exp", (self.visit(exponent),))
            case Pow(Name(name), _) if "/" in name and self._canonical(name) is None:
                raise FormulaError(
                    f"{name} with a power can be read two ways.", column_of(self._source, name), hint="Add brackets."
                )
        return rebuild(tree, self.visit)

    def _argument(self, tree: Tree) -> Tree:
        return tree if isinstance(tree, Name) and tree.name in AXES else self.visit(tree)

    def _memories(self, factors: tuple[Tree, ...]) -> list[Tree]:
        """Return the factors; turn ``v(w11)``, which was parsed as a product, into a memory if there is no ``v``."""
        found: list[Tree] = []
        place = 0
        while place < len(factors):
            memory = self._memory(*factors[place : place + 2])
            found.append(self.visit(factors[place]) if memory is None else memory)
            place += 1 if memory is None else 2
        return found

    def _memory(self, head: Tree, of: Tree | None = None) -> Tree | None:
        """Return the memory ``v(w11)`` from two factors, perhaps with a minus before or a power after it, or None."""
        name, base = head.of if isinstance(head, Neg) else head, of.base if isinstance(of, Pow) else of
        if not isinstance(name, Name) or not isinstance(base, Name) or self._canonical(name.name) is not None:
            return None
        joined = self._canonical(f"{name.name}({base.name})")
        if joined is None:
            return None
        tree: Tree = Pow(Name(joined), self.visit(of.exponent)) if isinstance(of, Pow) else Name(joined)
        return Neg(tree) if isinstance(head, Neg) else tree

    def _name(self, name: str) -> Tree:
        found = self._canonical(name)
        if found is not None:
            return Name(found)
        if "/" in name:
            return self._slope(name)
        if name in CONSTANTS:
            return Num(CONSTANTS[name], "π" if name == "pi" else name)
        raise self._unknown(name)

    def _slope(self, name: str) -> Tree:
        over, _, below = name.partition("/")
        whole = self._canonical(over), self._canonical(below)
        if whole[0] is not None and whole[1] is not None:
            return Div(Name(whole[0]), Name(whole[1]))
        of, by = self._canonical(over[1:]), self._canonical(below[1:])
        if of is not None and by is not None:
            return Derivative(of, by)
        raise self._unknown(name)

    def _unknown(self, name: str) -> FormulaError:
        function = function_named(name)
        hint = suggestion(name, self._known)
        if name in ("axis", "dim"):
            hint = "Write rows or columns, as in sum(A, rows)."
        elif function is not None:
            hint = in_brackets(function)
        elif re.search(rf"(?<![\w.]){re.escape(name)}\(", self._source):
            message, nearest = unknown_function(name)
            if nearest or not hint:
                return FormulaError(message, column_of(self._source, name), hint=nearest)
        return FormulaError(f"{name} is not a name here.", column_of(self._source, name), hint=hint)


# -- simplifying ----------------------------------------------------------------------------------------------------


def is_number(tree: Tree, value: float) -> bool:
    """Return whether a tree is this number."""
    return isinstance(tree, Num) and tree.value == value


def simplify(tree: Tree) -> Tree:
    """Return the tree without zeros in sums, ones in products, products with 0, and double minuses."""
    return map_tree(tree, _simplified)


def _simplified(tree: Tree) -> Tree | None:
    match tree:
        case Add(terms):
            return add(*[term for term in terms if not is_number(term, 0)])
        case Mul(factors):
            return _product(factors)
        case Neg(Neg(inner)):
            return inner
        case Neg(Num(0.0)) | Div(Num(0.0), _):
            return ZERO
        case Div(same, Num(1.0)) | Pow(same, Num(1.0)):
            return same
        case Pow(_, Num(0.0)):
            return ONE
        case _:
            return None


def _product(factors: tuple[Tree, ...]) -> Tree:
    if any(is_number(factor, 0) for factor in factors):
        return ZERO
    negative = sum(isinstance(factor, Neg) for factor in factors) % 2 == 1
    bare = [factor.of if isinstance(factor, Neg) else factor for factor in factors]
    product = mul(*[factor for factor in bare if not is_number(factor, 1)])
    return Neg(product) if negative else product
