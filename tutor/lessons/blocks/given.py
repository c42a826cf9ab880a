"""What is given in a network or worksheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from tutor.lessons.blocks.base import Block, View
from tutor.lessons.blocks.paper import GivenPart, Paper, Part
from tutor.lessons.template import Context, IsShown, arrange, number
from tutor.network import Graph, Kind

_PAPER = 70
"""The columns of a sheet of paper that formulas may take."""


@dataclass(frozen=True, slots=True)
class GivenView(View):
    """The given numbers as display formulas in LaTeX; those of a group are set side by side if they fit."""

    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Given(Block):
    """The given numbers of a network or worksheet; ``only`` names what to show, all if empty."""

    graph: Graph
    only: tuple[str, ...] = ()

    shows_given = True

    def view(self, is_shown: IsShown) -> GivenView:
        return GivenView(self.id, given_groups(self.graph, self.only))

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        return (GivenPart(self.of, given_latex(self.graph, self.only)),)

    def height(self) -> int:
        """Return the approximate number of lines that a small network's numbers take."""
        return 6


def given_groups(graph: Graph, only: tuple[str, ...] = ()) -> tuple[tuple[str, ...], ...]:
    """Return what is given as LaTeX formulas in groups: vectors and matrices, with the names of their cells if these
    have names of their own, then single numbers. A group holds the formulas of one layer, or successive ones that
    belong to no layer. ``only`` names what to show; empty shows everything."""
    notation = graph.notation
    lines: list[tuple[str, str]] = []  # pairs of a layer and a formula
    covered: set[str] = set()
    for array in graph.arrays.values():
        if array.kind is not Kind.GIVEN or not all(graph.nodes[cell].formula is None for cell in array.cells):
            continue
        if covered.issuperset(array.cells) or (only and array.name not in only):
            continue
        covered.update(array.cells)
        parts = [notation.latex(array.name)]
        if not all(cell.startswith(f"{array.name}[") for cell in array.cells):
            parts.append(arrange([notation.latex(cell) for cell in array.cells], array.shape, Context.MATH))
        parts.append(arrange([_latex(graph.values[cell]) for cell in array.cells], array.shape, Context.MATH))
        lines.append((array.name.rpartition(".")[0], " = ".join(parts)))
    single = [
        f"{notation.latex(name)} = {_latex(graph.values[name])}"
        for name, node in graph.nodes.items()
        if node.kind is Kind.GIVEN and node.formula is None and name not in covered and (not only or name in only)
    ]
    lines.extend(("", latex) for latex in single)
    return tuple(tuple(latex for _, latex in group) for _, group in groupby(lines, key=itemgetter(0)))


def given_latex(graph: Graph, only: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return what is given as LaTeX formulas for a sheet of paper; see ``given_groups``."""
    from tutor.mathtext import render_inline

    lines = [line for group in given_groups(graph, only) for line in side_by_side(group, _PAPER, render_inline)]
    return tuple(r",\quad ".join(line) for line in lines)


def side_by_side(members: Iterable[str], width: int, written: Callable[[str], str]) -> Iterator[list[str]]:
    """Yield the members in lines, as many on each as fit ``width`` columns. No member is broken."""
    line: list[str] = []
    for member in members:
        if line and len(",  ".join(map(written, [*line, member]))) > width:
            yield line
            line = []
        line.append(member)
    yield line


def _latex(value: float) -> str:
    return number(value, None, Context.MATH)
