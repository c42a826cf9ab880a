"""Texts with quantities in them: ``{{Z1}}``, ``{{Z1:4}}``, ``{{lab2:hidden.W}}``, ``{{w11*x1}}``.

When a lesson is loaded, a text is split into plain parts and ``Insert``s, which know whether they are in prose,
mathematics or code. It is filled in whenever it is shown, because numbers that the learner has yet to find show as
``?``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tutor.formulas import evaluate
from tutor.formulas.numbers import in_code, readable, readable_decimals, real_minus
from tutor.formulas.tree import Tree, names

if TYPE_CHECKING:
    from tutor.network import Graph

IsShown = Callable[[str, str], bool]
"""A function of a network's name and a canonical name: whether that number may be shown."""

HIDDEN = "?"


class Context(StrEnum):
    """What a part of a text is."""

    PROSE = "prose"
    MATH = "math"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """Code or mathematics in a Markdown text: ``source[start:end]``, without its delimiters. ``display`` is true for
    ``$$`` and for fenced code."""

    start: int
    end: int
    context: Context
    display: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Insert:
    """A value within a text: ``cells`` are scalar formulas over canonical names, arranged in ``shape``."""

    source: str
    of: str
    graph: Graph | None
    shape: tuple[int, ...]
    cells: tuple[Tree, ...]
    decimals: int | None
    context: Context

    def fill(self, is_shown: IsShown | None = None, *, known: Mapping[str, float] | None = None) -> str:
        """Return the value as text for its context, with ``?`` for cells that must not be shown. ``known`` has values
        that override the graph's."""
        return arrange([self._cell(cell, is_shown, known) for cell in self.cells], self.shape, self.context)

    def _cell(self, tree: Tree, is_shown: IsShown | None, known: Mapping[str, float] | None) -> str:
        if is_shown is not None and not all(is_shown(self.of, name) for name in names(tree)):
            return HIDDEN
        values = self.graph.values if self.graph is not None else {}
        return number(evaluate(tree, {**values, **known} if known else values), self.decimals, self.context)


@dataclass(frozen=True, eq=False, slots=True)
class Template:
    """A text as the author wrote it (``source``), split into plain parts and values to fill in."""

    source: str
    parts: tuple[str | Insert, ...]

    def fill(self, is_shown: IsShown | None = None, *, known: Mapping[str, float] | None = None) -> str:
        """Return the text to show. Without ``is_shown`` every value is shown; ``known`` has values that override the
        graphs'."""
        return "".join(part if isinstance(part, str) else part.fill(is_shown, known=known) for part in self.parts)

    def __bool__(self) -> bool:
        return bool(self.source)

    def __str__(self) -> str:
        return self.fill()


EMPTY = Template("", ())


def literal(text: str) -> Template:
    """Return a template with nothing to fill in."""
    return Template(text, (text,)) if text else EMPTY


def joined(first: Template, second: Template) -> Template:
    """Return two texts as two paragraphs of one template."""
    if not first:
        return second
    return Template(f"{first.source}\n\n{second.source}", (*first.parts, "\n\n", *second.parts))


# -- values as text -------------------------------------------------------------------------------------------------


def number(value: float, decimals: int | None, context: Context) -> str:
    """Return a number as text for prose (with a real minus sign), mathematics or code; exact if that is short."""
    if context is Context.CODE:
        return in_code(value, decimals)
    text = readable(value, decimals)
    return text if context is Context.MATH else real_minus(text)


def number_text(value: float, decimals: int | None = None) -> str:
    """Return a number as text with a real minus sign, rounded to ``decimals``, or to as many as are readable."""
    return number(round(value, readable_decimals(value) if decimals is None else decimals), None, Context.PROSE)


def arrange(cells: Sequence[str], shape: tuple[int, ...], context: Context) -> str:
    """Return cells as a number, a row or a matrix, written for the context."""
    if not shape:
        # the braces keep LaTeX's \frac{{Z1}}{2} whole
        return f"{{{cells[0]}}}" if context is Context.MATH else cells[0]
    width = shape[-1]
    rows = [list(cells[start : start + width]) for start in range(0, len(cells), width)]
    if context is Context.MATH:
        return r"\begin{bmatrix}" + r" \\ ".join(" & ".join(row) for row in rows) + r"\end{bmatrix}"
    lines = ["[" + ", ".join(row) + "]" for row in rows]
    return lines[0] if len(shape) == 1 else "[" + ", ".join(lines) + "]"


# -- mathematics and code in Markdown -------------------------------------------------------------------------------

_FENCE = re.compile(r"^ {0,3}(```+|~~~+)", re.MULTILINE)
_TICKS = re.compile(r"`+")
_MARK = re.compile(r"[\\`~$]")


def spans(text: str) -> list[Span]:
    """Return the code and mathematics in a Markdown text, in order, by the rules of the screen's Markdown parser.

    ``$…$`` has no space just inside its dollar signs and no digit before the first or after the second: ``$5 and $6``
    is prose.
    """
    found: list[Span] = []
    place = 0
    while mark := _MARK.search(text, place):
        span, place = _span_at(text, mark.start())
        if span is not None:
            found.append(span)
    return found


def _span_at(text: str, place: int) -> tuple[Span | None, int]:
    """Return the span that begins at the mark at ``place``, or None, and the position at which to continue."""
    character = text[place]
    if character == "\\":
        return None, place + 2
    if character in "`~" and (fence := _fence(text, place)):
        return fence
    if character == "`":
        return _code(text, place)
    if character == "$":
        return _math(text, place)
    return None, place + 1  # a lone ~


def _fence(text: str, place: int) -> tuple[Span, int] | None:
    start_of_line = text.rfind("\n", 0, place) + 1
    opening = _FENCE.match(text, start_of_line)
    if opening is None or opening.start(1) != place:
        return None
    body = text.find("\n", opening.end())
    if body < 0:
        return Span(len(text), len(text), Context.CODE, True), len(text)
    closing = re.compile(rf"^ {{0,3}}{re.escape(opening[1])}+[ \t]*$", re.MULTILINE).search(text, body + 1)
    end = closing.start() if closing else len(text)
    return Span(body + 1, end, Context.CODE, True), closing.end() if closing else len(text)


def _code(text: str, place: int) -> tuple[Span | None, int]:
    opening = _TICKS.match(text, place)
    assert opening is not None
    for closing in _TICKS.finditer(text, opening.end()):
        if len(closing[0]) == len(opening[0]):
            return Span(opening.end(), closing.start(), Context.CODE), closing.end()
    return None, opening.end()


def _math(text: str, place: int) -> tuple[Span | None, int]:
    display = text.startswith("$$", place)
    start = place + (2 if display else 1)
    if not display and (text[place - 1 : place].isdigit() or text[start : start + 1].isspace()):
        return None, start
    end = start
    while (end := text.find("$$" if display else "$", end)) >= 0:
        if text[end - 1] == "\\" and text[end - 2 : end - 1] != "\\":
            end += 1
        elif "\n\n" in text[start:end]:
            return None, start
        elif display:
            return Span(start, end, Context.MATH, True), end + 2
        elif end == start or text[end - 1].isspace() or text[end + 1 : end + 2].isdigit():
            return None, start
        else:
            return Span(start, end, Context.MATH), end + 1
    return None, start
