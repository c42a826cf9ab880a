"""Write Markdown as plain lines: filled paragraphs, mathematics in one line, code and tables as they are."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from tutor.cleaning import clean
from tutor.lessons.template import Context, spans
from tutor.mathtext import MathError, render_inline
from tutor.plain.ascii import to_ascii

_MARK = "\ue000{}\ue001"
_MARKED = re.compile("\ue000(\\d+)\ue001")
_SMALL_WORD = re.compile("[ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ]{3,}")
_POWER = "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_LETTER = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_SMALL_POWER = re.compile(f"[{_POWER}]*[{_LETTER}][{_POWER}{_LETTER}]*")
_NO_MARKS = {0xE000: None, 0xE001: None}
_EMPHASIS = re.compile(r"(?<![\w*])(\*\*\*|\*\*|\*)(?=\S)(.+?)(?<=\S)\1(?![\w*])", re.S)
_LINK = re.compile(r"\[([^\]]+)\]\((\S+?)\)")
_ITEM = re.compile(r"^(\s*)([-*+]|\d+[.)])\s+(.*)$", re.S)


def mathematics(latex: str, width: int, *, ascii_only: bool = False) -> list[str]:
    """Return a displayed formula in linear form, which screen readers can read, as lines of at most ``width``.

    A formula that cannot be rendered stays as it was written.
    """
    written = in_line(latex, ascii_only=ascii_only)
    return textwrap.wrap(written, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def in_line(latex: str, *, ascii_only: bool = False) -> str:
    """Return a formula in one line. What screen readers skip is written out: W_output, e^(−z), and a blank as ``?``."""
    try:
        written = render_inline(latex.strip(), ascii=ascii_only)
    except MathError:
        return latex.strip()
    written = _SMALL_WORD.sub(lambda small: "_" + unicodedata.normalize("NFKD", small[0]), written)
    written = _SMALL_POWER.sub(lambda small: f"^({unicodedata.normalize('NFKD', small[0])})", written)
    return written.replace("□", "?")


def to_lines(markdown: str, width: int = 76, *, ascii_only: bool = False) -> list[str]:
    """Return the lines of a Markdown text, with an empty line between paragraphs."""
    pieces: list[tuple[str, str]] = []
    marked = _set_aside(clean(markdown).translate(_NO_MARKS), pieces)
    lines: list[str] = []
    for paragraph in _paragraphs(marked):
        if lines:
            lines.append("")
        lines += _paragraph(paragraph, pieces, width, ascii_only)
    return [line.rstrip() for line in lines]


def one_line(markdown: str, *, ascii_only: bool = False) -> str:
    """Return a short text on one line."""
    return " ".join(" ".join(to_lines(markdown, 10_000, ascii_only=ascii_only)).split())


def _set_aside(text: str, pieces: list[tuple[str, str]]) -> str:
    """Return the text with marks in place of mathematics and code.

    Append the kind (``display``, ``math``, ``fence``, ``code``) and source of each to ``pieces``.
    """
    found: list[str] = []
    place = 0
    for span in spans(text):
        if span.context is Context.MATH:
            kind, edge = ("display", 2) if span.display else ("math", 1)
            start, end = span.start - edge, span.end + edge
        elif span.display:
            kind, start, end = "fence", *_fence_edges(text, span.start, span.end)
        else:
            ticks = len(text[: span.start]) - len(text[: span.start].rstrip("`"))
            kind, start, end = "code", span.start - ticks, span.end + ticks
        own_line = kind in ("display", "fence")
        mark = _MARK.format(len(pieces))
        pieces.append((kind, text[span.start : span.end]))
        found.append(text[place:start] + (f"\n\n{mark}\n\n" if own_line else mark))
        place = end
    return "".join(found) + text[place:]


def _fence_edges(text: str, start: int, end: int) -> tuple[int, int]:
    first = text.rfind("\n", 0, max(start - 1, 0)) + 1
    last = text.find("\n", end)
    return first, len(text) if last < 0 else last


def _paragraphs(text: str) -> Iterator[str]:
    for part in re.split(r"\n\s*\n", text):
        if part.strip():
            yield part.strip("\n")


def _paragraph(text: str, pieces: Sequence[tuple[str, str]], width: int, ascii_only: bool) -> list[str]:
    alone = _MARKED.fullmatch(text.strip())
    if alone is not None and pieces[int(alone[1])][0] in ("display", "fence"):
        kind, source = pieces[int(alone[1])]
        if kind == "display":
            return [f"    {row}" for row in mathematics(source, width - 4, ascii_only=ascii_only)]
        return [f"    {row}" for row in source.rstrip("\n").split("\n")]
    lines = text.split("\n")
    if all(line.lstrip().startswith("|") for line in lines):
        return _table([_filled(line, pieces, ascii_only) for line in lines])
    found: list[str] = []
    for item in _items(lines):
        found += _wrapped(item, pieces, width, ascii_only)
    return found


def _items(lines: Sequence[str]) -> Iterator[str]:
    """Yield the parts of a paragraph that are filled separately: list items, headings, quotes, other text."""
    current: list[str] = []
    for line in lines:
        if current and (_ITEM.match(line) or line.startswith(("#", ">"))):
            yield "\n".join(current)
            current = []
        current.append(line)
    if current:
        yield "\n".join(current)


def _wrapped(text: str, pieces: Sequence[tuple[str, str]], width: int, ascii_only: bool) -> list[str]:
    item = _ITEM.match(text)
    body = _filled(item[3] if item else text.lstrip("#> "), pieces, ascii_only)
    first, rest = "", ""
    if item:
        first = f"{item[1]}{'-' if not item[2][0].isdigit() else item[2]} "
        rest = " " * len(first)
    joined = " ".join(body.split())
    wrapped = textwrap.wrap(
        joined, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return wrapped or [first.rstrip()]


def _filled(text: str, pieces: Sequence[tuple[str, str]], ascii_only: bool) -> str:
    """Return a text without emphasis, with links written out, and with mathematics and code put back."""
    text = _LINK.sub(lambda match: match[1] if match[1] == match[2] else f"{match[1]} ({match[2]})", text)
    for _ in range(2):
        text = _EMPHASIS.sub(lambda match: match[2], text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+.!$<>|-])", r"\1", text)

    def put_back(match: re.Match[str]) -> str:
        kind, source = pieces[int(match[1])]
        return in_line(source, ascii_only=ascii_only) if kind in ("math", "display") else source

    filled = _MARKED.sub(put_back, text)
    return to_ascii(filled) if ascii_only else filled


def _table(lines: Sequence[str]) -> list[str]:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return table([row for row in rows if not all(set(cell) <= set(":- ") and cell for cell in row)])


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with aligned columns, two spaces apart. The cells must be plain text already."""
    widths = [max(len(row[place]) for row in rows if place < len(row)) for place in range(max(map(len, rows)))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
