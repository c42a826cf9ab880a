"""Markdown with mathematics: Textual's Markdown, with formulas laid out by ``tutor.mathtext`` and tables of our own.

Inline mathematics uses the style of strikethrough, which lessons do not need: the widget has a fixed set of inline
styles, and this one can be given the colour of mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from textual import on
from textual.app import ComposeResult
from textual.containers import HorizontalScroll
from textual.content import Content, Span
from textual.widgets import Markdown, Static
from textual.widgets.markdown import MarkdownBlock, MarkdownFence

from tutor.mathtext import MathError, render_inline
from tutor.ui.code_colours import highlighted
from tutor.ui.text import MUTED, NO_BREAK, clean
from tutor.ui.textual_compat import MarkdownTable
from tutor.ui.widgets.mathematics import FormulaView

MATH_STYLE = "$secondary"
CODE_STYLE = "$text-warning on $warning 10%"
_STYLES = {"strong": "bold", "em": "italic", "s": MATH_STYLE, "link": "underline"}


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """Return the Markdown parser: with tables, without HTML, and with dollars as mathematics unless they are plain
    text."""
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    # not "gfm-like": its link finder takes a megabyte, and takes names such as loss.it for links
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    markdown.core.ruler.push("set_inline", _lay_out_inline)
    return markdown


_MAX_UNBREAKABLE = 30
"""The most characters of inline mathematics, code or a list of values that are kept on one line."""

_VALUES = re.compile(rf"\[[-−+\d.,?…\[\] ]{{1,{_MAX_UNBREAKABLE - 2}}}\]")


def _lay_out_inline(state: StateCore) -> None:
    """Lay out the inline parts of a text: the widget would drop mathematics, and wrap lines anywhere."""
    for token in state.tokens:
        if token.children:
            token.children = [new for child in token.children for new in _inline(child)]


def _inline(token: Token) -> list[Token]:
    if token.type == "text":
        token.content = _VALUES.sub(lambda found: _unbreakable(found[0]), token.content)
    elif token.type == "code_inline":
        token.content = _unbreakable(token.content)
    if not token.type.startswith("math_inline"):
        return [token]
    try:
        text = render_inline(token.content)
    except MathError:
        text = token.content
    return [Token("s_open", "s", 1), Token("text", "", 0, content=_unbreakable(text)), Token("s_close", "s", -1)]


def _unbreakable(text: str) -> str:
    """Make a short text unbreakable. In a longer one, only keep its runs of spaces."""
    return re.sub(" " if len(text) <= _MAX_UNBREAKABLE else " (?= )", NO_BREAK, text)


def inline(text: str) -> Content:
    """Return a line of Markdown (an option, a prompt, a label) as content, without block structure."""
    children = parser().parseInline(clean(text).strip())[0].children or []
    parts: list[str] = []
    spans: list[Span] = []
    opened: list[tuple[str, int]] = []
    length = 0
    for token in children:
        piece = {"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content)
        if token.type == "text":
            piece = re.sub(r"[ \t]+", " ", piece)
        if token.type.endswith("_open"):
            opened.append((_STYLES.get(token.type.removesuffix("_open"), ""), length))
        elif token.type.endswith("_close") and opened:
            style, start = opened.pop()
            spans.append(Span(start, length, style))
        if piece:
            if token.type == "code_inline":
                spans.append(Span(length, length + len(piece), CODE_STYLE))
            parts.append(piece)
            length += len(piece)
    return Content("".join(parts), spans=[span for span in spans if span.style])


def is_inline(text: str) -> bool:
    """Return whether a text is one paragraph without blocks, so that ``inline`` shows all of it."""
    return _paragraph(text) is not None


_PLAIN = {"text", "softbreak", "hardbreak", "code_inline", "strong_open", "strong_close", "em_open", "em_close"}
_PLAIN |= {"s_open", "s_close"}


def is_plain(text: str) -> bool:
    """Return whether a text is one paragraph without links, so that it only needs to be shown."""
    found = _paragraph(text)
    return found is not None and all(token.type in _PLAIN for token in found)


def _paragraph(text: str) -> Sequence[Token] | None:
    """Return the inline tokens of a text that is a single paragraph, or None."""
    tokens = parser().parse(clean(text))
    is_one = len(tokens) == 3 and tokens[0].type == "paragraph_open"
    return tokens[1].children or () if is_one else None


class MathBlock(MarkdownBlock):
    """Displayed mathematics in a text. If it is wider than the screen, it scrolls sideways."""

    DEFAULT_CSS = """
    MathBlock { height: auto; margin: 0 0 1 0; padding: 0 0 0 4; color: $secondary; overflow-x: auto;
                scrollbar-size-horizontal: 1; }
    """

    def compose(self) -> ComposeResult:
        yield FormulaView(self._token.content)


def table_content(headers: Sequence[Content], rows: Iterable[Sequence[Content]], available: int = 0) -> Content:
    """Return a table as aligned text with a rule below its head; columns of numbers are aligned right.

    ``available`` is the number of cells across (0: no limit). A table that is too wide first gets narrower gaps,
    then the lines of its widest column are wrapped. A column of numbers, or one that would get less than
    ``_MIN_WRAPPED_WIDTH`` cells, is never wrapped.
    """
    body = [list(row) for row in rows]
    columns = list(zip(headers, *body, strict=False))
    widths = [max(cell.cell_length for cell in column) for column in columns]
    numeric = [bool(body) and all(_is_number(cell.plain) for cell in column[1:]) for column in columns]
    gaps = max(0, len(widths) - 1)
    gap = 3 if not available or sum(widths) + 3 * gaps <= available else 2
    over = sum(widths) + gap * gaps - available if available else 0
    if over > 0:
        widest = max(range(len(widths)), key=lambda place: 0 if numeric[place] else widths[place])
        if not numeric[widest] and widths[widest] - over >= _MIN_WRAPPED_WIDTH:
            widths[widest] -= over

    def line(cells: Sequence[Content], style: str = "") -> list[Content]:
        broken = [  # at any space, for a narrow place
            Content(cell.plain.replace(NO_BREAK, " "), spans=[*cell.spans]).wrap(width)
            if cell.cell_length > width
            else [cell]
            for cell, width in zip(cells, widths, strict=False)
        ]
        lines = []
        for place in range(max(map(len, broken), default=0)):
            parts = [lines_of[place] if place < len(lines_of) else Content("") for lines_of in broken]
            padded = [
                part.pad_left(width - part.cell_length) if right else part.pad_right(width - part.cell_length)
                for part, width, right in zip(parts, widths, numeric, strict=False)
            ]
            joined = Content(" " * gap).join(padded)
            lines.append(joined.stylize(style) if style else joined)
        return lines

    rule = Content.styled("─" * (sum(widths) + gap * gaps), "$foreground 30%")
    return Content("\n").join([*line(headers, "bold"), rule, *(each for row in body for each in line(row))])


_MIN_WRAPPED_WIDTH = 16
"""The fewest cells of a column of words whose lines are wrapped; below that, the table scrolls sideways."""


def _is_number(text: str) -> bool:
    try:
        float(text.strip().replace("−", "-") or "0")
    except ValueError:
        return text.strip() in ("?", "…", "—")
    return True


class _Table(Static):
    """A table's text, laid out again for the room that its container has."""

    def __init__(self, headers: Sequence[Content], rows: Sequence[Sequence[Content]], caption: str = "") -> None:
        self._caption = Content("\n").append(inline(caption)).stylize(MUTED) if caption else Content("")
        super().__init__(table_content(headers, rows) + self._caption)
        self._headers, self._rows, self._available = headers, rows, 0

    def fit(self, available: int) -> None:
        """Lay it out for this many cells across."""
        if available and available != self._available:
            self._available = available
            self.update(table_content(self._headers, self._rows, available) + self._caption)


class ProseTable(MarkdownTable):
    """A table in a text, in aligned columns. What does not fit even with wrapped lines scrolls sideways."""

    DEFAULT_CSS = """
    ProseTable { height: auto; margin: 0 0 1 2; overflow-x: auto; scrollbar-size-horizontal: 1;
                 background: transparent; }
    ProseTable Static { width: auto; text-wrap: nowrap; }
    """

    def compose(self) -> ComposeResult:
        headers, rows = self._get_headers_and_rows()
        yield _Table(headers, rows)

    def on_resize(self) -> None:
        """Lay it out for the new width."""
        self.query_one(_Table).fit(self.content_size.width)


class ProseFence(MarkdownFence):
    """Code in the tutor's colours for code."""

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        """Return the code, coloured."""
        return highlighted(code, language)


class Prose(Markdown):
    """A text of a lesson. Nothing in it reaches the terminal except as text."""

    DEFAULT_CSS = """
    Prose { padding: 0; margin: 0 0 1 0; height: auto; }
    Prose > MarkdownBlock:last-child { margin-bottom: 0; }
    Prose MarkdownBlock > .s { text-style: none; color: $secondary; }
    Prose MarkdownBlock:dark > .code_inline, Prose MarkdownBlock:light > .code_inline {
        color: $text-warning; background: $warning 10%;
    }
    Prose MarkdownH1, Prose MarkdownH2, Prose MarkdownH3, Prose MarkdownH4 {
        margin: 0 0 1 0; background: transparent; color: $primary; text-style: bold; content-align: left top;
        width: 1fr;
    }
    Prose MarkdownFence { margin: 0 0 1 2; padding: 0; background: $surface; }
    Prose MarkdownFence > Label { padding: 0 1; }
    Prose MarkdownBlockQuote { margin: 0 0 1 0; }
    """
    BLOCKS = {**Markdown.BLOCKS, "table_open": ProseTable, "fence": ProseFence, "code_block": ProseFence}

    def __init__(self, text: str, *, classes: str | None = None) -> None:
        super().__init__(clean(text), classes=classes, parser_factory=parser, open_links=False)

    def unhandled_token(self, token: Token) -> MarkdownBlock | None:
        """Return a block for displayed mathematics, or None."""
        return MathBlock(self, token) if token.type.startswith("math_block") else None

    @on(Markdown.LinkClicked)
    def follow(self, event: Markdown.LinkClicked) -> None:
        """Open a web page. Other links do nothing."""
        event.stop()
        if event.href.startswith(("https://", "http://")):
            self.app.open_url(event.href)


class TextTable(HorizontalScroll):
    """A table of short texts, with a caption."""

    DEFAULT_CSS = """
    TextTable { height: auto; margin: 0 0 1 2; scrollbar-size-horizontal: 1; }
    TextTable Static { width: auto; text-wrap: nowrap; height: auto; }
    """
    can_focus = False

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> None:
        super().__init__()
        self._table = _Table(
            [inline(each) for each in columns], [[inline(cell) for cell in row] for row in rows], caption
        )

    def compose(self) -> ComposeResult:
        yield self._table

    def on_resize(self) -> None:
        """Lay it out for the new width."""
        self._table.fit(self.content_size.width)
