"""Shorten formulas to one line: replace the middle terms of long sums by dots."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tutor.formulas.transform import map_tree
from tutor.formulas.tree import Add, Call, Name, Tree

#: A name in place of the terms that are left out; the writer of the formula must write dots for it.
DOTS = "\0dots"
#: How many terms of a sum to show, tried in this order.
_SHOWN = (8, 6, 5, 4, 3, 2)


def shortened(tree: Tree, fits: Callable[[Tree], bool], tells: Callable[[Tree], bool] = lambda term: True) -> Tree:
    """Return the tree with just enough terms of its sums left out that it ``fits``, or with two terms if it never does.

    It keeps the last term and the first ones, preferring those for which ``tells`` is true.
    """
    if fits(tree):
        return tree
    shorter = tree
    for most in _SHOWN:
        shorter = map_tree(tree, lambda part, most=most: _with_fewer_terms(part, most, tells))  # type: ignore[misc]
        if fits(shorter):
            break
    return shorter


def _with_fewer_terms(part: Tree, most: int, tells: Callable[[Tree], bool]) -> Tree | None:
    match part:
        case Add(terms) if len(terms) > most:
            return Add(_kept_terms(terms, most, tells))
        case Call(function, arguments) if len(arguments) > most:
            return Call(function, _kept_terms(arguments, most, tells))
    return None


def _kept_terms(terms: Sequence[Tree], most: int, tells: Callable[[Tree], bool]) -> tuple[Tree, ...]:
    last = len(terms) - 1
    places = sorted(range(last), key=lambda place: not tells(terms[place]))[: most - 1]
    found: list[Tree] = []
    before = -1
    for place in [*sorted(places), last]:
        if place > before + 1:
            found.append(Name(DOTS))
        found.append(terms[place])
        before = place
    return tuple(found)
