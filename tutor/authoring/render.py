"""Render a sheet as plain text or Markdown. HTML is in ``sheet_html.py``."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from tutor.authoring.sheet import Sheet
from tutor.cleaning import one_line
from tutor.formulas.wording import counted
from tutor.lessons.blocks.paper import Blank, Code, Drawing, Exercise, GivenPart, Heading, Prose
from tutor.lessons.blocks.plot import PlotView
from tutor.lessons.blocks.table import TableView
from tutor.lessons.plain_text import plain

WIDTH = 78


def title_of(sheet: Sheet) -> str:
    """Return the title with the variant's id."""
    return f"{sheet.title}  #{sheet.variant}" if sheet.variant else sheet.title


# -- text -------------------------------------------------------------------------------------------------------------


def as_text(sheet: Sheet) -> str:
    """Return the sheet as plain text in 78 columns, with lines to write on."""
    lines = [title_of(sheet), "=" * len(title_of(sheet))]
    if not sheet.is_worked:
        lines += ["", f"Name: {one_line(sheet.name) or '_' * 34}   Date: {'_' * 18}"]
    for part in sheet.parts:
        match part:
            case Heading(text):
                lines += ["", "", text, "-" * len(text)]
            case Prose(markdown):
                lines += ["", *_wrapped(plain(markdown))]
            case GivenPart(_, latex):
                lines += ["", *_mathematics(latex)]
            case Drawing():
                lines += ["", *_connections(part)]
            case PlotView():
                lines += ["", *_wrapped(plain(_plot_in_words(part)))]
            case TableView():
                lines += ["", *_table(part)]
            case Code(text):
                lines += ["", *(f"    {line}" for line in text.rstrip().splitlines())]
            case Exercise():
                lines += ["", *_exercise(part)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _plot_in_words(part: PlotView) -> str:
    """Return the description and caption of a plot that cannot be drawn."""
    return f"Plot: {part.alt}" + (f"\n\n{part.caption}" if part.caption else "")


_OWN_LINE = re.compile(r"^(\s{4,}|\||#|>|\s*$|```|~~~)")
_TABLE = re.compile(r"^\|.*\|[ \t]*\n\|[-:| ]+\|[ \t]*\n(?:\|.*\|[ \t]*(?:\n|$))*", re.M)
_ITEM = re.compile(r"^\s*([-*+]|\d+[.)])\s+")


def _wrapped(text: str) -> Iterator[str]:
    """Yield prose wrapped at ``WIDTH``; formulas, tables and code stay as they are."""
    paragraph: list[str] = []
    is_code = False
    for line in _TABLE.sub(_set_table, text).split("\n"):
        is_code ^= line.lstrip().startswith("```")
        if is_code or _OWN_LINE.match(line) or _ITEM.match(line):
            yield from _filled(paragraph)
            paragraph = []
            if _ITEM.match(line) and not is_code:
                paragraph = [line]
            else:
                yield line
        else:
            paragraph.append(line)
    yield from _filled(paragraph)


def _set_table(match: re.Match[str]) -> str:
    """Return a Markdown table as plain text with aligned columns."""
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in match[0].strip().split("\n")]
    table = TableView("", tuple(cells[0]), tuple(tuple(row) for row in cells[2:]))
    return "\n".join([*_table(table), ""])


def _filled(paragraph: list[str]) -> list[str]:
    if not paragraph:
        return []
    item = _ITEM.match(paragraph[0])
    text = " ".join(line.strip() for line in paragraph)
    indent = " " * len(item[0]) if item else ""
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def _mathematics(latex: tuple[str, ...]) -> Iterator[str]:
    from tutor.mathtext import fit

    for number, formula in enumerate(latex):
        if number:
            yield ""
        yield from (f"    {row}" for row in fit(formula, WIDTH - 4).rows)


def _connections(part: Drawing) -> Iterator[str]:
    """Yield a network in words: its layers with their sizes and activations."""
    layers = (
        f"{layer.name}: {counted(layer.n_units, 'unit')}, {layer.activation.name}" for layer in part.network.layers
    )
    yield "    " + " → ".join([counted(len(part.network.input_names), "input"), *layers])


def _table(part: TableView) -> Iterator[str]:
    rows = [[plain(cell) for cell in row] for row in (part.columns, *part.rows)]
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(len(part.columns))]
    are_numbers = [
        all(re.fullmatch(r"[-−]?[\d.,]*", row[column]) for row in rows[1:] if column < len(row))
        for column in range(len(part.columns))
    ]
    for number, row in enumerate(rows):
        cells = zip(row, widths, are_numbers, strict=False)
        yield "    " + "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells)
        if number == 0:
            yield "    " + "  ".join("-" * width for width in widths)
    if part.caption:
        yield f"    {plain(part.caption)}"


def _exercise(part: Exercise) -> Iterator[str]:
    number = f"{part.number}. "
    prompt = list(_wrapped(plain(part.prompt))) if part.prompt.strip() else []
    yield number + (prompt[0] if prompt else "")
    yield from (" " * len(number) + line for line in prompt[1:])
    if part.code:
        yield from (f"      {line}" for line in part.code.rstrip().splitlines())
    for choice in part.choices:
        mark = "[ ]" if part.marks == "tick" else "(  )"
        yield f"   {mark} {' '.join(plain(choice).split())}"
    for blank in part.blanks:
        yield from _blank(blank)
    if part.worked:
        yield from (f"   → {line}" for line in part.worked)


def _blank(blank: Blank) -> Iterator[str]:
    note = f"   ({blank.note})" if blank.note else ""
    if blank.prompt:
        yield from (f"   {line}" for line in _wrapped(plain(blank.prompt)))
    if blank.worked:
        yield ""
        yield from (f"   {line}" for line in blank.worked)
        return
    if blank.shape:
        yield f"   {blank.label}{note}"
        rows = blank.shape[0] if len(blank.shape) == 2 else 1
        for _ in range(rows):
            yield "      " + "  ".join(["_" * 9] * blank.shape[-1])
    elif blank.label:
        yield f"   {blank.label} = {'_' * 50}{note}"
    else:
        yield from [f"   {'_' * 60} {blank.note}".rstrip()] + [f"   {'_' * 60}"] * (blank.space - 2)
    yield from [""] * min(blank.space, 2)


# -- Markdown ---------------------------------------------------------------------------------------------------------


def as_markdown(sheet: Sheet) -> str:
    """Return the sheet as Markdown with ``$…$``, for notebooks and converters."""
    lines = [f"# {title_of(sheet)}", *(["", f"Name: {one_line(sheet.name)}"] if sheet.name else [])]
    for part in sheet.parts:
        match part:
            case Heading(text):
                lines += ["", f"## {text}"]
            case Prose(markdown):
                lines += ["", markdown.strip()]
            case GivenPart(_, latex):
                lines += [line for formula in latex for line in ("", "$$", formula, "$$")]
            case Drawing():
                lines += ["", *(line.strip() for line in _connections(part))]
            case PlotView():
                lines += ["", _plot_in_words(part)]
            case TableView():
                lines += ["", *_markdown_table(part)]
            case Code(text):
                lines += ["", "```python", text.rstrip(), "```"]
            case Exercise():
                lines += ["", *_markdown_exercise(part)]
    return "\n".join(lines) + "\n"


def _markdown_table(part: TableView) -> Iterator[str]:
    yield "| " + " | ".join(part.columns) + " |"
    yield "|" + " --- |" * len(part.columns)
    for row in part.rows:
        yield "| " + " | ".join(row) + " |"
    if part.caption:
        yield ""
        yield part.caption


def _markdown_exercise(part: Exercise) -> Iterator[str]:
    yield f"**{part.number}.** {part.prompt.strip()}".rstrip()
    if part.code:
        yield from ["", "```python", part.code.rstrip(), "```"]
    if part.choices:
        yield ""
        yield from (
            f"- {'[ ] ' if part.marks == 'tick' else '(  ) '}{' '.join(choice.split())}" for choice in part.choices
        )
    for blank in part.blanks:
        yield ""
        if blank.prompt:
            yield from [blank.prompt.strip(), ""]
        if blank.worked:
            yield from ["```text", *blank.worked, "```"]
        elif blank.shape:
            yield f"{blank.label} ({blank.note})"
            yield ""
            yield "|" + "   |" * blank.shape[-1]
            yield "|" + " --- |" * blank.shape[-1]
            rows = blank.shape[0] if len(blank.shape) == 2 else 1
            yield from ["|" + "   |" * blank.shape[-1]] * rows
        else:
            left = f"{blank.label} = " if blank.label else ""
            note = f" ({blank.note})" if blank.note else ""
            yield f"{left}\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_{note}"
    if part.worked:
        yield ""
        yield from (f"> {line}  " for line in part.worked)
