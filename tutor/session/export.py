"""The look back as Markdown or as one HTML page that needs nothing else."""

from __future__ import annotations

import html
from itertools import groupby

from tutor.session.model import Attempt, LookBack, Verdict

_SIGNS = {
    Verdict.CORRECT: "✓",
    Verdict.IMPRECISE: "≈",
    Verdict.FOLLOWS: "→",
    Verdict.WRONG: "✗",
    Verdict.UNDECIDED: "?",
    Verdict.UNREADABLE: "!",
    Verdict.KEPT: "•",
}

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


def sign(verdict: Verdict) -> str:
    """The sign that stands beside a verdict."""
    return _SIGNS[verdict]


def to_markdown(back: LookBack) -> str:
    """A heading for each screen, a line for each answer."""
    parts = [f"# {_escaped(back.title)}"]
    for screen, attempts in groupby(back.attempts, key=_heading):
        lines = [f"## {_escaped(screen)}"]
        for one in attempts:
            said = f": {_escaped(one.message)}" if one.message else ""
            old = " (before a new start)" if one.archived else ""
            verdict = f"{sign(one.verdict)} {one.verdict}{said}{old}"
            lines.append(f"- {one.local} **{_escaped(one.label)}** {_code(one.answer)} {verdict}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def to_html(back: LookBack) -> str:
    """The same as a table for each screen."""
    parts = []
    for screen, attempts in groupby(back.attempts, key=_heading):
        rows = "\n".join(_row(one) for one in attempts)
        head = "<tr><th>When</th><th>Question</th><th>Answer</th><th>Verdict</th><th>What was said</th></tr>"
        parts.append(f"<h2>{html.escape(screen)}</h2>\n<table>\n{head}\n{rows}\n</table>")
    return _PAGE.format(title=html.escape(back.title), body="\n".join(parts) or "<p>Nothing answered yet.</p>")


def _row(one: Attempt) -> str:
    verdict = f"{sign(one.verdict)} {one.verdict}"
    cells = (
        html.escape(one.local),
        html.escape(one.label),
        f"<code>{html.escape(one.answer)}</code>",
        verdict,
        html.escape(one.message),
    )
    style = ' class="old"' if one.archived else ""
    return f"<tr{style}>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _heading(one: Attempt) -> str:
    numbers = f" (numbers #{one.variant})" if one.variant else ""
    return f"{one.screen or 'No longer in the lesson'}{numbers}"


def _code(text: str) -> str:
    """Text as code in Markdown, whatever backticks it has."""
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{' '.join(text.split()) or ' '}{pad}{fence}"


def _escaped(text: str) -> str:
    """Text that Markdown leaves as it is."""
    for character in "\\`*_[]<>#":
        text = text.replace(character, "\\" + character)
    return " ".join(text.split())
