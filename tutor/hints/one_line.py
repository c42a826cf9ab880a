"""Shorten the formulas in hints to one line of a terminal: some terms of a long sum, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from tutor.formulas import latex, walk
from tutor.formulas.shorten import DOTS, shortened
from tutor.formulas.tree import Add, Call, Tree, names
from tutor.mathtext import render
from tutor.network.graph import Graph

#: The most columns for a formula: what a terminal of 80 columns has left beside a hint's mark and two scroll bars.
LINE = 61
#: Longer LaTeX is wider than a line in any case.
_MOST_LATEX = 600


def on_one_line(graph: Graph, name: str, tree: Tree, *puts: Callable[[str], str | None], room: int = LINE) -> Tree:
    """Return a definition with terms left out until its line fits with each of ``puts``, which write its names; terms
    that are not 0 are kept first."""

    def fits(shorter: Tree) -> bool:
        lines = (f"{graph.notation.latex(name)} = {latex(shorter, graph.notation, put)}" for put in puts)
        return all(len(line) <= _MOST_LATEX and render(line).width <= room for line in lines)

    return shortened(tree, fits, lambda term: all(graph.values.get(each) for each in names(term)))


def left_out(whole: Tree, short: Tree) -> str:
    """Return the sentence that explains the dots in a shortened formula, or an empty string if there are none."""
    if short == whole:
        return ""
    many = max(len(part.terms if isinstance(part, Add) else part.arguments) for part in walk(whole) if _has_parts(part))
    return f"The dots stand for more of the same kind; there are {many} in all."


def _has_parts(part: Tree) -> TypeGuard[Add | Call]:
    return isinstance(part, Add | Call)


def with_dots(name: str) -> str | None:
    """Return the LaTeX of the dots for left-out terms, or None for any other name."""
    return r"\cdots" if name == DOTS else None
