"""Mistakes with powers and roots: left out, doubled for squared, the square of a sum, the reach of a root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tutor.formulas import map_tree, text
from tutor.formulas.notation import Notation
from tutor.formulas.transform import is_number
from tutor.formulas.tree import Add, Call, Div, Mul, Name, Neg, Num, Pow, Tree, add, mul, walk
from tutor.mistakes.any_formula import AFTER
from tutor.mistakes.entry import MISTAKES, Form, TypicalMistake, everywhere
from tutor.mistakes.formulas import TWO, Surroundings, exchanged, negated
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Node

# -- powers ---------------------------------------------------------------------------------------------------------


def _power_left_out(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Pow):
        yield Form(tree.base, text(tree, notation))


def _base(part: Tree) -> Tree | None:
    return part.base if isinstance(part, Pow) else None


def _memory_without_power(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the formula without one of its powers, such as a square or a power of β."""
    for power in [part for part in walk(node.tree) if isinstance(part, Pow)]:
        about = power.base.name if isinstance(power.base, Name) else ""
        yield Form(map_tree(node.tree, lambda part, power=power: power.base if part == power else None), about)  # type: ignore[misc]


def _times_exponent(part: Tree) -> Tree | None:
    """Return k·a for aᵏ, and 2·a for a·a."""
    match part:
        case Pow(base, exponent) if not isinstance(exponent, Add):
            return mul(exponent, base)
        case Mul((*before, first, second)) if first == second and not isinstance(first, Num):
            return mul(*before, TWO, second)
    return None


def _doubled(tree: Tree, notation: Notation) -> Iterator[Form]:
    doubled = _times_exponent(tree)
    match tree:
        case Pow(base, Num(2.0)) | Mul((*_, base)) if doubled is not None:
            yield Form(doubled, text(base, notation), "square")
        case Pow() if doubled is not None:
            yield Form(doubled, text(tree, notation))
        case Call("sqrt", (of,)):
            yield Form(Div(of, TWO), text(of, notation), "root")


def _doubled_for_squared(w: Words) -> str:
    match w.how:
        case "square":
            return f"This doubles {w.about}; its square is {w.about} times itself."
        case "root":
            return f"This halves {w.about}; its root is the number whose square is {w.about}."
        case "all":
            return "This multiplies each base by its exponent; a power multiplies the base by itself."
    return f"This multiplies the base by the exponent in {w.about}; a power multiplies the base by itself."


MISTAKES.add(
    TypicalMistake(
        "power-left-out",
        340,
        lambda w: f"This leaves out the power{' in ' + w.about if w.about else ''}.",
        "Write the power out as a product, and count its factors.",
        {Place.MEMORY: _memory_without_power, Place.CELL: everywhere(_base, later=AFTER + 1)},
        changes=_power_left_out,
        in_formula="This leaves out the power in {}.",
    ),
    TypicalMistake(
        "doubled-for-squared",
        540,
        _doubled_for_squared,
        "Write the power out as a product: g² is g·g.",
        {Place.CELL: everywhere(_times_exponent, how="all", later=AFTER + 1)},
        changes=_doubled,
        in_formula={
            "": "A power multiplies the base by itself, not by the exponent: look at {}.",
            "square": "A square is a number times itself, not twice the number: look at {}.",
            "root": "A root is not half of the number: look at {}.",
        },
    ),
)

# -- squares and sums -----------------------------------------------------------------------------------------------

SUM_OF_SQUARES = "sum-of-squares"


def _bases(squares: tuple[Tree, ...]) -> Tree | None:
    """Return a + b for the terms a² and b², a − b for a² and −b²; None if a term is no square."""
    found: list[Tree] = []
    for term in squares:
        match term:
            case Pow(base, Num(2.0)):
                found.append(base)
            case Neg(Pow(base, Num(2.0))):
                found.append(negated(base))
            case _:
                return None
    return add(*found)


def _squares(terms: tuple[Tree, ...]) -> Tree:
    """Return a² + b² for the terms a and b, a² − b² for a and −b."""
    return add(*(Neg(Pow(term.of, TWO)) if isinstance(term, Neg) else Pow(term, TWO) for term in terms))


def _sum_squared(tree: Tree, notation: Notation) -> Iterator[Form]:
    """Yield (a + b)² for a² + b², and the square of the mean for the mean of the squares."""
    match tree:
        case Add(terms) if (total := _bases(terms)) is not None:
            yield Form(Pow(total, TWO), text(total, notation))
        case Div(Add(terms), Num(count) as below) if count == len(terms) and (total := _bases(terms)) is not None:
            yield Form(Pow(Div(total, below), TWO), text(Div(total, below), notation), "mean")


def with_terms_squared(tree: Tree) -> Tree | None:
    """Return a² + b² for (a + b)², a² − b² for (a − b)², the mean of the squares for the square of the mean; None for
    another formula."""
    match tree:
        case Pow(Add(terms), Num(2.0)):
            return _squares(terms)
        case Pow(Div(Add(terms), Num(count) as below), Num(2.0)) if count == len(terms):
            return Div(_squares(terms), below)
    return None


def _terms_squared(tree: Tree, notation: Notation) -> Iterator[Form]:
    squares = with_terms_squared(tree)
    if squares is not None and isinstance(tree, Pow):
        yield Form(squares, text(tree.base, notation), "mean" if isinstance(squares, Div) else "")


def _square_of_sum(w: Words) -> str:
    if w.how == "mean":
        return "This squares the mean; take the mean of the squares."
    return f"This squares {w.about if w.is_quotable else 'the sum'} as a whole; square each term by itself first."


def _sum_of_squares(w: Words) -> str:
    if w.how == "mean":
        return "This takes the mean of the squares; square the mean."
    whole = ("the sum" if not w.is_quotable else w.about) or "each sum"
    return f"This squares each term by itself; square {whole} as a whole."


MISTAKES.add(
    TypicalMistake(
        "square-of-sum",
        542,
        _square_of_sum,
        "The square of a sum is not the sum of the squares: square each number first, then add.",
        changes=_sum_squared,
        in_formula="This squares {} as a whole; square each term by itself first.",
    ),
    TypicalMistake(
        SUM_OF_SQUARES,
        543,
        _sum_of_squares,
        "The square of a sum is not the sum of the squares: add first, then square the result.",
        {Place.CELL: everywhere(with_terms_squared, later=AFTER)},
        changes=_terms_squared,
        in_formula="This squares each term by itself; square {} as a whole.",
    ),
)

# -- roots ----------------------------------------------------------------------------------------------------------


def _inside_root(part: Tree) -> Tree | None:
    return part.arguments[0] if isinstance(part, Call) and part.function == "sqrt" else None


def _without_root(around: Surroundings, node: Node) -> Iterator[Form]:
    tree = map_tree(node.tree, _inside_root)
    if tree != node.tree:
        yield Form(tree)


def _any_without_root(tree: Tree, notation: Notation) -> Iterator[Form]:
    if (inside := _inside_root(tree)) is not None:
        yield Form(inside, text(tree, notation))
    elif isinstance(tree, Call) and tree.function == "norm":
        yield Form(add(*(Pow(each, TWO) for each in tree.arguments)), text(tree, notation))


def _root_moved(tree: Tree, notation: Notation) -> Iterator[Form]:
    """Yield √(v + ε) for √v + ε, and the reverse; nobody takes the last of several names out of a root."""
    match tree:
        case Add((Call("sqrt", (of,)), (Name() | Num()) as added) | ((Name() | Num()) as added, Call("sqrt", (of,)))):
            yield Form(Call("sqrt", (add(of, added),)), text(added, notation), "inside")
        case Call("sqrt", (Add((first, *between, (Name() | Num()) as added)),)) if not _has_name(between):
            yield Form(add(Call("sqrt", (add(first, *between),)), added), text(added, notation), "outside")


def _has_name(terms: Iterable[Tree]) -> bool:
    return any(isinstance(term, Name) for term in terms)


def _root_moved_in_step(around: Surroundings, node: Node) -> Iterator[Form]:
    for part in walk(node.tree):
        for form in _root_moved(part, around.graph.notation):
            yield replace(form, tree=exchanged(node.tree, {part: form.tree}))


_ROOT_MOVED = {
    "inside": "This adds {} under the root; add it after the root is taken.",
    "outside": "This adds {} after the root is taken; add it under the root.",
}


def _root_of_squares(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the root of a worksheet's sum or mean of squares: a distance for its square, σ for a variance."""
    total = node.tree.numerator if isinstance(node.tree, Div) else node.tree
    if isinstance(total, Add) and all(isinstance(term, Pow) and is_number(term.exponent, 2) for term in total.terms):
        yield Form(Call("sqrt", (node.tree,)))


MISTAKES.add(
    TypicalMistake(
        "root-taken",
        355,
        lambda w: f"This is the root of {w.q}; the formula has no root.",
        "Stop before the root: the formula ends with the squares.",
        {Place.CELL: _root_of_squares},
    ),
    TypicalMistake(
        "root-left-out",
        350,
        lambda w: f"This leaves out the root{' ' + w.about if w.about else ''}.",
        "Take the root first, then divide by it.",
        {Place.STEP: _without_root},
        changes=_any_without_root,
        in_formula="This leaves out the root {}.",
    ),
    TypicalMistake(
        "term-under-root",
        352,
        lambda w: _ROOT_MOVED[w.how].format(w.about),
        "Look how far the root reaches: does it end before the last term or after it?",
        {Place.STEP: _root_moved_in_step},
        changes=_root_moved,
        in_formula=_ROOT_MOVED,
    ),
)
