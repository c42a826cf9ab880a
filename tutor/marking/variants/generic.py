"""Typical mistakes of any formula, found by changing its tree: worksheets' cells and whatever has no list of its
own."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.formulas import ACTIVATION_NAMES, map_tree, text
from tutor.formulas.notation import Notation
from tutor.formulas.transform import rebuild
from tutor.formulas.tree import Add, Call, Div, Mul, Name, Neg, Num, Pow, Tree, add, children, mul, names
from tutor.marking.variants.model import MistakenFormula, negated, without

#: More changes than this to one formula fit by chance too often to be worth naming.
MOST = 120

Changed = tuple[str, Tree, str]


def changes(tree: Tree, notation: Notation) -> Iterator[Changed]:
    """(id, changed tree, what the change is about), one for each change at one place of the tree."""
    yield from _here(tree, notation)
    for place, child in enumerate(children(tree)):
        for name, changed, about in changes(child, notation):
            yield name, _with_child(tree, place, changed), about


def generic(node_name: str, tree: Tree, notation: Notation) -> Iterator[MistakenFormula]:
    """The changes as variants of a node's step, each formula once."""
    seen = {tree}
    for count, (name, changed, about) in enumerate(changes(tree, notation)):
        if count >= MOST:
            break
        if changed not in seen:
            seen.add(changed)
            yield MistakenFormula(name, changed, node_name, about)
    yield from _swapped(node_name, tree, seen)


def _swapped(node_name: str, tree: Tree, seen: set[Tree]) -> Iterator[MistakenFormula]:
    """Two of a formula's names exchanged."""
    found = names(tree)
    if not 2 <= len(found) <= 5:
        return
    for place, first in enumerate(found):
        for second in found[place + 1 :]:
            exchange = {first: Name(second), second: Name(first)}
            changed = map_tree(tree, lambda part, to=exchange: to.get(part.name) if isinstance(part, Name) else None)  # type: ignore[misc]
            if changed not in seen:
                seen.add(changed)
                yield MistakenFormula("inputs-swapped", changed, node_name, f"{first}*{second}")


def _with_child(tree: Tree, place: int, child: Tree) -> Tree:
    counter = iter(range(len(children(tree))))
    return rebuild(tree, lambda part: child if next(counter) == place else part)


def _here(tree: Tree, notation: Notation) -> Iterator[Changed]:
    match tree:
        case Add(terms):
            yield from _of_sum(terms, notation)
        case Mul(factors):
            yield from _of_product(factors, notation)
        case Div(over, below):
            yield "factor-inverted", Div(below, over), text(tree, notation)
            yield "factor-inverted", mul(over, below), text(below, notation)
            yield "factor-left-out", over, text(below, notation)
        case Pow(base, exponent):
            yield "power-left-out", base, text(tree, notation)
            if isinstance(exponent, Num):
                yield "doubled-for-squared", mul(exponent, base), text(tree, notation)
        case Call(function, arguments):
            yield from _of_call(function, arguments, notation)


def _of_sum(terms: tuple[Tree, ...], notation: Notation) -> Iterator[Changed]:
    for term, rest in without(terms):
        yield "term-left-out", add(*rest), text(term.of if isinstance(term, Neg) else term, notation)
    for place, term in enumerate(terms):
        flipped = add(*terms[:place], negated(term), *terms[place + 1 :])
        yield "sign-flipped", flipped, text(term.of if isinstance(term, Neg) else term, notation)
    if len(terms) == 2 and any(isinstance(term, Neg) for term in terms):
        yield "difference-reversed", add(*(negated(term) for term in terms)), text(Add(terms), notation)


def _of_product(factors: tuple[Tree, ...], notation: Notation) -> Iterator[Changed]:
    for factor, rest in without(factors):
        yield "factor-left-out", mul(*rest), text(factor, notation)
    if len(factors) == 2:
        first, second = factors
        yield "factor-inverted", Div(first, second), text(second, notation)
        yield "factor-inverted", Div(second, first), text(first, notation)


def _of_call(function: str, arguments: tuple[Tree, ...], notation: Notation) -> Iterator[Changed]:
    first, rest = arguments[0], arguments[1:]
    shown = text(Call(function, arguments), notation)
    if function == "sqrt":
        yield "root-left-out", first, shown
    elif function == "exp":
        yield "exponential-left-out", first, shown
        yield "sign-in-exponent", Call("exp", (negated(first),)), shown
    elif function in ("ln", "log10"):
        yield "wrong-logarithm", Call("log10" if function == "ln" else "ln", arguments), shown
    elif function in ACTIVATION_NAMES and function != "linear":
        yield "activation-left-out", first, shown
        yield "derivative-instead", Call(function + "'", arguments), shown
        for other in ("sigmoid", "tanh", "relu"):
            if other != function:
                yield "wrong-activation", Call(other, (first,)), other
        if function == "sigmoid":
            yield "sign-in-exponent", Call(function, (negated(first),)), shown
    elif function.endswith("'") and function[:-1] in ACTIVATION_NAMES:
        yield "activation-for-derivative", Call(function[:-1], arguments), shown
        yield "derivative-at-activation", Call(function, (Call(function[:-1], arguments), *rest)), shown
    elif function in ("max", "min") and len(arguments) > 1:
        yield "wrong-extreme", Call("min" if function == "max" else "max", arguments), shown
