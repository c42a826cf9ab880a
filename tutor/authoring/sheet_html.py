"""Render a sheet as a self-contained HTML page for printing, without scripts; networks and plots are SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from tutor.authoring.drawing import network_svg
from tutor.authoring.plot_svg import plot_svg
from tutor.authoring.render import title_of
from tutor.authoring.sheet import Sheet
from tutor.cleaning import clean
from tutor.lessons.blocks.paper import Blank, Code, Drawing, Exercise, GivenPart, Heading, Prose
from tutor.lessons.blocks.plot import PlotView
from tutor.lessons.blocks.table import TableView
from tutor.lessons.plain_text import plain, with_formulas

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_STYLE = """
:root { color-scheme: light; }
body { font: 11pt/1.45 Georgia, 'Times New Roman', serif; max-width: 44em; margin: 2em auto; padding: 0 1em;
  color: #111; background: #fff; }
h1 { font-size: 1.5em; margin: 0 0 .3em; }
h2 { font-size: 1.15em; margin: 1.6em 0 .4em; border-bottom: 1px solid #999; }
.who { display: flex; gap: 1em; margin: .8em 0 1.2em; }
.who span { flex: 1; border-bottom: 1px solid #111; }
pre, code { font: .92em/1.25 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
pre { margin: .6em 0 .6em 1.2em; white-space: pre-wrap; }
pre.maths { white-space: pre; overflow-x: auto; }
table { border-collapse: collapse; margin: .6em 0 .6em 1.2em; }
th, td { border: 1px solid #555; padding: .15em .6em; }
th { background: #eee; }
.grid td { min-width: 4.2em; height: 1.9em; }
.exercise { margin: 1em 0; break-inside: avoid; }
.exercise > .n { font-weight: bold; float: left; width: 2em; }
.exercise > .body { margin-left: 2em; }
.exercise p { margin: 0 0 .4em; }
.blank { margin: .5em 0; break-inside: avoid; }
.line { display: inline-block; border-bottom: 1px solid #111; width: 16em; height: 1.4em; vertical-align: bottom; }
.note { color: #555; font-size: .85em; }
.room { height: 4.2em; border: 1px dotted #aaa; margin: .3em 0; }
ul.choices { list-style: none; padding-left: 0; }
.box { display: inline-block; width: .9em; height: .9em; border: 1px solid #111; margin-right: .6em;
  vertical-align: -.1em; }
.worked { border-left: 3px solid #888; padding-left: .8em; }
svg { max-width: 100%; height: auto; }
@page { margin: 18mm 16mm; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } }
"""


def as_html(sheet: Sheet) -> str:
    """Return the sheet as an HTML page. Every text of the lesson is escaped."""
    title = escape(title_of(sheet))
    body = "\n".join(_parts(sheet))
    name = f"<b>{escape(clean(sheet.name))}</b>" if sheet.name else "<span></span>"
    who = "" if sheet.is_worked else f'<p class="who">Name {name} Date <span></span></p>'
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{who}\n{body}\n</body>\n</html>\n"
    )


def _parts(sheet: Sheet) -> Iterator[str]:
    for part in sheet.parts:
        match part:
            case Heading(text):
                yield f"<h2>{escape(text)}</h2>"
            case Prose(markdown):
                yield markdown_html(markdown)
            case GivenPart(_, latex):
                yield from (_formula(each) for each in latex)
            case Drawing():
                yield network_svg(part.network, part.graph, with_numbers=part.with_numbers)
            case PlotView():
                yield plot_svg(part)
                yield f'<p class="note">{inline(part.caption)}</p>' if part.caption else ""
            case TableView():
                yield _table(part)
            case Code(text):
                yield f"<pre>{escape(text.rstrip())}</pre>"
            case Exercise():
                yield _exercise(part)


def _formula(latex: str) -> str:
    from tutor.mathtext import fit

    rows = "\n".join(row.rstrip() for row in fit(latex, 84).rows)
    return f'<pre class="maths">{escape(rows)}</pre>'


def _table(part: TableView) -> str:
    head = "".join(f"<th>{inline(cell)}</th>" for cell in part.columns)
    rows = "".join("<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in row) + "</tr>" for row in part.rows)
    caption = f"<caption>{inline(part.caption)}</caption>" if part.caption else ""
    return f"<table>{caption}<tr>{head}</tr>{rows}</table>"


def _exercise(part: Exercise) -> str:
    asks_symbols = part.prompt.startswith("Work out ")
    prompt = _lowered(markdown_html(part.prompt)) if asks_symbols else markdown_html(part.prompt)
    inner = [prompt] if part.prompt.strip() else []
    if part.code:
        inner.append(f"<pre>{escape(part.code.rstrip())}</pre>")
    if part.choices:
        items = "".join(f'<li><span class="box"></span>{inline(choice)}</li>' for choice in part.choices)
        inner.append(f'<ul class="choices">{items}</ul>')
    inner += [_blank(blank) for blank in part.blanks]
    if part.worked:
        inner.append(f'<pre class="worked">{escape(chr(10).join(part.worked))}</pre>')
    return f'<div class="exercise"><div class="n">{part.number}.</div><div class="body">{"".join(inner)}</div></div>'


def _lowered(html: str) -> str:
    """Return HTML with layer names such as in ``H_hidden`` set as subscripts."""
    return re.sub(r"\b([A-Zθδŷ]|[∂d][A-Z])_([a-z]\w*)", r"\1<sub>\2</sub>", html)


def _blank(blank: Blank) -> str:
    return markdown_html(blank.prompt) + _space(blank) if blank.prompt else _space(blank)


def _space(blank: Blank) -> str:
    label = _lowered(escape(blank.label))
    note = f' <span class="note">{escape(blank.note)}</span>' if blank.note else ""
    if blank.worked:
        return f'<pre class="worked maths">{escape(chr(10).join(blank.worked))}</pre>'
    if blank.shape:
        rows = blank.shape[0] if len(blank.shape) == 2 else 1
        cells = "<tr>" + "<td></td>" * blank.shape[-1] + "</tr>"
        return f'<div class="blank">{label}{note}<table class="grid">{cells * rows}</table></div>'
    left = f"{label} = " if blank.label else ""
    room = '<div class="room"></div>' * (1 if blank.space <= 2 else blank.space - 2)
    return f'<div class="blank">{room}{left}<span class="line"></span>{note}</div>'


# -- Markdown ---------------------------------------------------------------------------------------------------------


def markdown_html(markdown: str) -> str:
    """Return a lesson's Markdown as HTML, with its mathematics as characters. HTML in it is escaped."""
    formulas: list[str] = []

    def set_aside(latex: str, is_display: bool) -> str:
        token = f"MATHS{len(formulas)}E"
        formulas.append(_formula(latex) if is_display else f"<span>{escape(plain(f'${latex}$'))}</span>")
        return f"\n\n{token}\n\n" if is_display else token

    text = with_formulas(markdown, set_aside)
    html = _renderer().render(text)
    html = re.sub(r"<p>(MATHS\d+E)</p>", r"\1", html)
    return re.sub(r"MATHS(\d+)E", lambda match: formulas[int(match[1])], html)


@cache
def _renderer() -> MarkdownIt:
    """Return the renderer, which takes longer to make than to use."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def inline(markdown: str) -> str:
    """Return Markdown as HTML for use within a line."""
    return re.sub(r"^<p>|</p>\s*$", "", markdown_html(markdown).strip())
