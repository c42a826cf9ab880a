"""Plots: a curve of a formula, or points from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import Block, View, in_words
from tutor.lessons.blocks.paper import Paper, Part
from tutor.lessons.template import EMPTY, IsShown, Template
from tutor.network import Graph


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """Points with the name of their column or class; the name is empty for a single series."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class PlotView(View):
    """Series of points to draw, joined if ``line`` is true. ``alt`` is the description for those who cannot see the
    plot, ``caption`` is shown under it."""

    series: tuple[PlotSeries, ...]
    x_label: str
    y_label: str
    alt: str
    caption: str = ""
    line: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Plot(Block):
    """A formula over a range of one variable, or series of points from a CSV file (then ``formula`` is None).

    ``is_line`` says whether the points of a series are joined.
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
        """Return the series to draw, with ``count`` points for a formula. Points without a value are left out."""
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
        """Return its description and caption."""
        return in_words(self.alt, self.caption)

    def view(self, is_shown: IsShown) -> PlotView:
        alt, caption = self.alt.fill(is_shown), self.caption.fill(is_shown)
        x_label = self.x_label or self.variable
        return PlotView(self.id, self.series(), x_label, self.y_label, alt, caption, self.is_line)

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        return (self.view(paper.is_shown),)

    def height(self) -> int:
        """Return about two thirds of a small terminal's height."""
        return 14

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield a warning if there is no description."""
        if not self.alt:
            yield "missing-alt", "This plot has no alt: say in words what it shows."
