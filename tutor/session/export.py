"""Export the look back as Markdown or as a self-contained HTML page."""

from __future__ import annotations

import html
from itertools import groupby

from tutor.lessons.plain_text import with_formulas
from tutor.mathtext import MathError, render_inline
from tutor.session.model import Attempt, LookBack

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid #ccc; }}
code {{ white-space: pre-wrap; }}
.old {{ color: #666; }}
@media print {{ body {{ margin: 0; }} }}
</style></head><body>
<h1>{title}</h1>
{body}
</body></html>
"""


def to_markdown(back: LookBack) -> str:
    """Return the look back as Markdown: a heading for each screen, an item for each answer."""
    parts = [f"# {_escaped(in_words(back.title))}"]
    for screen, attempts in groupby(back.attempts, key=_heading):
        lines = [f"## {_escaped(in_words(screen))}"]
        for one in attempts:
            said = f": {_escaped(in_words(one.message))}" if one.message else ""
            old = " (before a new start)" if one.archived else ""
            verdict = f"{one.verdict.sign} {one.verdict}{said}{old}"
            head = f"- {one.local_time} **{_escaped(in_words(one.label))}**"
            if "\n" in one.answer:
                lines.append(f"{head} {verdict}\n\n{_fenced(one.answer)}\n")
            else:
                lines.append(f"{head} {_code(one.answer)} {verdict}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def to_html(back: LookBack) -> str:
    """Return the look back as an HTML page: a table for each screen."""
    parts = []
    for screen, attempts in groupby(back.attempts, key=_heading):
        rows = "\n".join(_row(one) for one in attempts)
        head = "<tr><th>When</th><th>Question</th><th>Answer</th><th>Verdict</th><th>What was said</th></tr>"
        parts.append(f"<h2>{html.escape(in_words(screen))}</h2>\n<table>\n{head}\n{rows}\n</table>")
    return _PAGE.format(
        title=html.escape(in_words(back.title)), body="\n".join(parts) or "<p>Nothing answered yet.</p>"
    )


def _row(one: Attempt) -> str:
    verdict = f"{one.verdict.sign} {one.verdict}"
    cells = (
        html.escape(one.local_time),
        html.escape(in_words(one.label)),
        f"<code>{html.escape(one.answer)}</code>",
        verdict,
        html.escape(in_words(one.message)),
    )
    style = ' class="old"' if one.archived else ""
    return f"<tr{style}>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _heading(one: Attempt) -> str:
    numbers = f" (numbers #{one.variant})" if one.variant else ""
    return f"{one.screen or 'No longer in the lesson'}{numbers}"


def in_words(markdown: str) -> str:
    """Return a prompt or message with its LaTeX as plain characters and its code unchanged."""

    def drawn(latex: str, is_display: bool) -> str:
        edge = "$$" if is_display else "$"
        try:
            return render_inline(latex)
        except MathError:
            return f"{edge}{latex}{edge}"

    return with_formulas(markdown, drawn)


def _fenced(text: str) -> str:
    """Return a program as a code block within a list item, whatever backticks it contains."""
    fence = _fence("```", text)
    return "\n".join(f"  {line}".rstrip() for line in (fence, *text.rstrip("\n").split("\n"), fence))


def _code(text: str) -> str:
    """Return text as inline code in Markdown, whatever backticks it contains."""
    fence = _fence("`", text)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{' '.join(text.split()) or ' '}{pad}{fence}"


def _fence(shortest: str, text: str) -> str:
    """Return backticks that do not occur in a text."""
    while shortest in text:
        shortest += "`"
    return shortest


def _escaped(text: str) -> str:
    """Return text with Markdown's special characters escaped."""
    for character in "\\`*_[]<>#":
        text = text.replace(character, "\\" + character)
    return " ".join(text.split())
