"""A curve, or points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import Block, View, in_words
from tutor.lessons.blocks.paper import Paper, Part, PlotPart
from tutor.lessons.template import EMPTY, IsShown, Template

if TYPE_CHECKING:
    from tutor.network import Graph


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """Points with what they are called: a column, or a class; empty where there is one series only."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class PlotView(View):
    """Series of points to draw; ``line`` joins them, else they stand alone. ``alt`` is for those who cannot see it,
    ``caption`` is set under it for everybody."""

    series: tuple[PlotSeries, ...]
    x_label: str
    y_label: str
    alt: str
    caption: str = ""
    line: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Plot(Block):
    """A formula over a range of one variable, or series of points of a CSV file (then ``formula`` is None).

    ``is_line``: the points of a series are joined.
    """

    alt: Template
    caption: Template = EMPTY
    formula: Tree | None = None
    variable: str = ""
    low: float = 0.0
    high: float = 1.0
    graph: Graph | None = None
    data: tuple[PlotSeries, ...] = ()
    is_line: bool = True
    x_label: str = ""
    y_label: str = ""

    def series(self, count: int = 200) -> tuple[PlotSeries, ...]:
        """Return what to draw; points where the formula has no value are left out."""
        if self.formula is None:
            return self.data
        names = dict(self.graph.values) if self.graph is not None else {}
        xs, ys = [], []
        for place in range(count):
            x = self.low + (self.high - self.low) * place / (count - 1)
            try:
                y = evaluate(self.formula, {**names, self.variable: x})
            except FormulaError:
                continue
            xs.append(x)
            ys.append(y)
        return (PlotSeries(tuple(xs), tuple(ys)),)

    def markdown(self, is_shown: IsShown | None = None) -> str:
        """Return what it shows, in words, and its caption."""
        return in_words(self.alt, self.caption)

    def view(self, is_shown: IsShown) -> PlotView:
        alt, caption = self.alt.fill(is_shown), self.caption.fill(is_shown)
        x_label = self.x_label or self.variable
        return PlotView(self.id, self.series(), x_label, self.y_label, alt, caption, self.is_line)

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        return (PlotPart(self, self.alt.fill(paper.is_shown), self.caption.fill(paper.is_shown)),)

    def height(self) -> int:
        """About two thirds of a small terminal."""
        return 14

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield a plot that says nothing to those who cannot see it."""
        if not self.alt:
            yield "missing-alt", "This plot has no alt: say in words what it shows."
