"""Mathematics on the screen: a LaTeX formula set out in two dimensions for the width there is."""

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
"""Columns that no formula takes."""

TOGETHER = 88
"""The columns in which formulas stand beside each other: those of a text's lines."""


class Formula(Visual):
    """A formula as a visual, or several, beside each other where they fit. One that is too long ``is_broken`` at its
    signs, or stays wider; one that cannot be read says so, with its source."""

    def __init__(self, *latex: str, is_broken: bool = True) -> None:
        self.latex = tuple(each.strip() for each in latex)
        self.is_broken = is_broken

    def content(self, width: int) -> Content:
        """Return the formulas' rows for a width, the part that changed in bold and in the accent's colour."""
        lines = _together(self.latex, min(width, TOGETHER))
        parts = [_set(line, width if self.is_broken else UNBROKEN) for line in lines]
        # matrices under one another would look like one
        gaps = ["\n\n" if "matrix" in line else "\n" for line in lines]
        return Content.assemble(*(piece for pair in zip(parts, gaps, strict=True) for piece in pair)).rstrip("\n")

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Return the width when broken for the container."""
        return max((line.cell_length for line in self.content(container_width).split()), default=0)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Return rows at this width."""
        return self.content(width).plain.count("\n") + 1

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Return the rows."""
        strips: list[Strip] = []
        for line in self.content(width).split(allow_blank=True):
            strips.extend(line.truncate(width).render_strips(width, 1, style, options) or [Strip.blank(width)])
        return strips[:height] if height is not None else strips


def _set(latex: str, width: int) -> Content:
    try:
        return box_content(fit(latex, max(1, width)))
    except MathError as error:
        return Content.assemble(("✗ ", "$error"), plain(str(error)), "\n", plain(latex, MUTED))


def _together(formulas: Iterable[str], width: int) -> list[str]:
    """Return the formulas in as few lines as a width allows, in their order."""
    lines: list[str] = []
    for latex in formulas:
        if lines and _width(joined := rf"{lines[-1]} \qquad {latex}") <= width:
            lines[-1] = joined
        else:
            lines.append(latex)
    return lines


def _width(latex: str) -> float:
    """Return the columns of a formula in one line; one that cannot be read fits nowhere."""
    try:
        return render(latex).width
    except MathError:
        return math.inf


def box_content(box: Box, style: str = "bold $accent") -> Content:
    """Return a set formula as content, with its lit parts in ``style``."""
    starts = [0]
    for row in box.rows:
        starts.append(starts[-1] + len(row) + 1)
    spans = [Span(starts[row] + start, starts[row] + end, style) for row, start, end in box.lit]
    return Content(clean("\n".join(box.rows)), spans=spans)


class FormulaView(Static):
    """A formula that stands alone, or several beside each other; its selected text is the rows as seen."""

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
        """All rows, whatever part of them is selected: half a fraction is of no use to anyone."""
        return "\n".join(line.plain.rstrip() for line in self.formula.content(self.size.width).split()), "\n"
