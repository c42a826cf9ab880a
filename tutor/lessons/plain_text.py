"""Convert Markdown to plain text, for keys and sheets, and estimate its height."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from tutor.lessons.template import Context, Template, spans

TEXT_WIDTH = 76
"""The width of a text in a terminal of 80 columns."""


def with_formulas(markdown: str, drawn: Callable[[str, bool], str]) -> str:
    """Return a Markdown text with each formula drawn by a function of its LaTeX and whether it is a display formula."""
    parts, place = [], 0
    for span in spans(markdown):
        if span.context is Context.MATH:
            marks = 2 if span.display else 1
            latex = markdown[span.start : span.end].strip()
            parts += [markdown[place : span.start - marks], drawn(latex, span.display)]
            place = span.end + marks
    return "".join([*parts, markdown[place:]])


def plain(markdown: str) -> str:
    """Return a Markdown text with its mathematics as characters: ``$w_{11}$`` becomes w₁₁, and a display formula gets
    lines to itself."""
    from tutor.mathtext import fit, render_inline

    def drawn(latex: str, is_display: bool) -> str:
        rows = (f"\n    {row.rstrip()}" for row in fit(latex, 72).rows)
        return "".join([*rows, "\n"]) if is_display else render_inline(latex)

    return with_formulas(markdown, drawn).strip("\n")


def one_line(template: Template) -> str:
    """Return a template's text on one line."""
    return " ".join(plain(template.fill()).split())


def text_height(text: str) -> int:
    """Return the approximate number of lines of a Markdown text, with display formulas at their drawn height."""
    from tutor.mathtext import fit

    if not text.strip():
        return 0
    total = 0
    rest = text
    for span in reversed([each for each in spans(text) if each.context is Context.MATH and each.display]):
        total += fit(text[span.start : span.end].strip(), TEXT_WIDTH).height + 1
        rest = rest[: span.start - 2] + rest[span.end + 2 :]
    return total + sum(max(1, len(textwrap.wrap(line, TEXT_WIDTH))) for line in rest.strip().split("\n"))
