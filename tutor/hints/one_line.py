"""Formulas of hints on one line of a terminal: of a long sum some terms, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from tutor.formulas import latex, walk
from tutor.formulas.shorten import DOTS, shortened
from tutor.formulas.tree import Add, Call, Tree, names
from tutor.mathtext import render
from tutor.network.graph import Graph

#: A formula takes so many cells at most: what a terminal of 80 columns has beside a hint's mark, where the page and the
#: hints both have a scroll bar.
LINE = 61
#: A longer text of a formula is wider than a line in any case.
_MOST_LATEX = 600


def on_one_line(graph: Graph, name: str, tree: Tree, *puts: Callable[[str], str | None], room: int = LINE) -> Tree:
    """Return a definition with terms left out until its line fits, whichever of ``puts`` writes its names; terms that
    are not 0 stay before others."""

    def fits(shorter: Tree) -> bool:
        lines = (f"{graph.notation.latex(name)} = {latex(shorter, graph.notation, put)}" for put in puts)
        return all(len(line) <= _MOST_LATEX and render(line).width <= room for line in lines)

    return shortened(tree, fits, lambda term: all(graph.values.get(each) for each in names(term)))


def left_out(whole: Tree, short: Tree) -> str:
    """Return what the dots in a shortened formula stand for."""
    if short == whole:
        return ""
    many = max(len(part.terms if isinstance(part, Add) else part.arguments) for part in walk(whole) if _has_parts(part))
    return f"The dots stand for more of the same kind; there are {many} in all."


def _has_parts(part: Tree) -> TypeGuard[Add | Call]:
    return isinstance(part, Add | Call)


def with_dots(name: str) -> str | None:
    """Return dots for what is left out; any other name is written as its symbol."""
    return r"\cdots" if name == DOTS else None
