"""Mathematics on the screen: a LaTeX formula laid out in two dimensions for the width it gets."""

from __future__ import annotations

import math
from collections.abc import Iterable

from textual.content import Content, Span
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Static

from tutor.mathtext import Box, MathError, fit, render
from tutor.ui.text import MUTED, clean, plain

UNBROKEN = 10_000
"""A width in columns that no formula reaches."""

MAX_SIDE_BY_SIDE = 88
"""The most columns in which formulas are put side by side, as wide as the text."""


class Formula(Visual):
    """One formula as a visual, or several, side by side if they fit. With ``is_broken``, one that is too long is broken
    at its signs. One that cannot be parsed shows the error and its source."""

    def __init__(self, *latex: str, is_broken: bool = True) -> None:
        self.latex = tuple(each.strip() for each in latex)
        self.is_broken = is_broken

    def content(self, width: int) -> Content:
        """Return the formulas' rows for a width, with what changed in bold and in the accent's colour."""
        lines = _side_by_side(self.latex, min(width, MAX_SIDE_BY_SIDE))
        parts = [_formula_content(line, width if self.is_broken else UNBROKEN) for line in lines]
        # a blank line, as matrices below each other would look like one
        gaps = ["\n\n" if "matrix" in line else "\n" for line in lines]
        return Content.assemble(*(piece for pair in zip(parts, gaps, strict=True) for piece in pair)).rstrip("\n")

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width of the formulas; the whole container's if one is broken, which would break again in less."""
        if self.is_broken and any(_width(line) > container_width for line in self.latex):
            return container_width
        return max((line.cell_length for line in self.content(container_width).split()), default=0)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return the rows at this width."""
        return self.content(width).plain.count("\n") + 1

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        strips: list[Strip] = []
        for line in self.content(width).split(allow_blank=True):
            strips.extend(line.truncate(width).render_strips(width, 1, style, options) or [Strip.blank(width)])
        return strips[:height] if height is not None else strips


def _formula_content(latex: str, width: int) -> Content:
    try:
        return box_content(fit(latex, max(1, width)))
    except MathError as error:
        return Content.assemble(("✗ ", "$error"), plain(str(error)), "\n", plain(latex, MUTED))


def _side_by_side(formulas: Iterable[str], width: int) -> list[str]:
    """Return the formulas in order, in as few lines as a width allows."""
    lines: list[str] = []
    for latex in formulas:
        if lines and _width(joined := rf"{lines[-1]} \qquad {latex}") <= width:
            lines[-1] = joined
        else:
            lines.append(latex)
    return lines


def _width(latex: str) -> float:
    """Return the columns of a formula in one line; infinity for one that cannot be parsed."""
    try:
        return render(latex).width
    except MathError:
        return math.inf


def box_content(box: Box) -> Content:
    """Return a formula's box as content, with its highlighted parts in bold and in the accent's colour."""
    starts = [0]
    for row in box.rows:
        starts.append(starts[-1] + len(row) + 1)
    spans = [Span(starts[row] + start, starts[row] + end, "bold $accent") for row, start, end in box.lit]
    return Content(clean("\n".join(box.rows)), spans=spans)


class FormulaView(Static):
    """A displayed formula, or several side by side. Selecting it copies the rows as seen."""

    DEFAULT_CSS = """
    FormulaView { width: auto; height: auto; text-wrap: nowrap; }
    """

    def __init__(self, *latex: str, is_broken: bool = True, classes: str | None = None) -> None:
        self.formula = Formula(*latex, is_broken=is_broken)
        super().__init__(self.formula, classes=classes)

    def show(self, latex: str) -> None:
        """Show another formula."""
        self.formula = Formula(latex)
        self.update(self.formula)

    def get_selection(self, selection: object) -> tuple[str, str] | None:
        """Return all rows, whatever part of them is selected: half a fraction is useless."""
        return "\n".join(line.plain.rstrip() for line in self.formula.content(self.size.width).split()), "\n"
