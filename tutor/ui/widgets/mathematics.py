"""Mathematics on the screen: a LaTeX formula set out in two dimensions for the width there is."""

from __future__ import annotations

from textual.content import Content, Span
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Static

from tutor.mathtext import Box, MathError, fit
from tutor.ui.text import MUTED, clean, plain


class Formula(Visual):
    """A formula as a visual. What can't be broken to fit stays wider; what can't be read says so, with its source."""

    def __init__(self, latex: str) -> None:
        self.latex = latex.strip()

    def content(self, width: int) -> Content:
        """The formula's rows for a width, the part that changed in the accent's colour and underlined."""
        try:
            return box_content(fit(self.latex, max(1, width)))
        except MathError as error:
            return Content.assemble(("✗ ", "$error"), plain(str(error)), "\n", plain(self.latex, MUTED))

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """The width when broken for the container."""
        return max((line.cell_length for line in self.content(container_width).split()), default=0)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Rows at this width."""
        return self.content(width).plain.count("\n") + 1

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """The rows."""
        strips: list[Strip] = []
        for line in self.content(width).split(allow_blank=True):
            strips.extend(line.truncate(width).render_strips(width, 1, style, options) or [Strip.blank(width)])
        return strips[:height] if height is not None else strips


def box_content(box: Box, style: str = "bold $accent") -> Content:
    """A set formula as content, with its lit parts in ``style``."""
    starts = [0]
    for row in box.rows:
        starts.append(starts[-1] + len(row) + 1)
    spans = [Span(starts[row] + start, starts[row] + end, style) for row, start, end in box.lit]
    return Content(clean("\n".join(box.rows)), spans=spans)


class FormulaView(Static):
    """A formula that stands alone; its selected text is the rows as seen."""

    DEFAULT_CSS = """
    FormulaView { width: auto; height: auto; text-wrap: nowrap; }
    """

    def __init__(self, latex: str, *, classes: str | None = None) -> None:
        super().__init__(Formula(latex), classes=classes)
        self.latex = latex

    def show(self, latex: str) -> None:
        """Show another formula."""
        self.latex = latex
        self.update(Formula(latex))

    def get_selection(self, selection: object) -> tuple[str, str] | None:
        """All rows, whatever part of them is selected: half a fraction is of no use to anyone."""
        return "\n".join(line.plain.rstrip() for line in Formula(self.latex).content(self.size.width).split()), "\n"
