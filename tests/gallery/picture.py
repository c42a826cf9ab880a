"""A picture of a terminal's screen as SVG that looks the same everywhere: cells on a grid, lines and blocks as shapes.

Textual's export leaves line drawing to the reader's fonts, where lines break and columns drift. Here every glyph has a
fixed position, and box drawing, block elements and braille are shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import Any

from rich.cells import cell_len
from rich.color import ColorType
from rich.console import Console
from rich.style import Style
from textual.app import App

WIDTH, HEIGHT = 9, 19  # of a cell, in pixels
FONT = "'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,monospace"

# The arms of box drawing: weight (0 none, 1 light, 2 heavy) up, right, down, left.
ARMS = {
    "─": (0, 1, 0, 1), "│": (1, 0, 1, 0), "┌": (0, 1, 1, 0), "┐": (0, 0, 1, 1), "└": (1, 1, 0, 0), "┘": (1, 0, 0, 1),
    "├": (1, 1, 1, 0), "┤": (1, 0, 1, 1), "┬": (0, 1, 1, 1), "┴": (1, 1, 0, 1), "┼": (1, 1, 1, 1),
    "━": (0, 2, 0, 2), "┃": (2, 0, 2, 0), "╸": (0, 0, 0, 2), "╺": (0, 2, 0, 0), "╷": (0, 0, 1, 0), "╵": (1, 0, 0, 0),
    "╶": (0, 1, 0, 0), "╴": (0, 0, 0, 1), "╹": (2, 0, 0, 0), "╻": (0, 0, 2, 0),
    "┏": (0, 2, 2, 0), "┓": (0, 0, 2, 2), "┗": (2, 2, 0, 0), "┛": (2, 0, 0, 2),
    "┠": (2, 1, 2, 0), "┨": (2, 0, 2, 1),
    "┣": (2, 2, 2, 0), "┫": (2, 0, 2, 2), "┳": (0, 2, 2, 2), "┻": (2, 2, 0, 2), "╋": (2, 2, 2, 2),
}  # fmt: skip
DIAGONALS = {"╱": ((0, 1, 1, 0),), "╲": ((0, 0, 1, 1),), "╳": ((0, 1, 1, 0), (0, 0, 1, 1))}
"""From corner to corner: x and y of one end and of the other, in parts of the cell."""
# Round corners: from the middle of one side, round the middle, to the middle of the other.
CORNERS = {"╭": ((0.5, 1), (1, 0.5)), "╮": ((0, 0.5), (0.5, 1)), "╰": ((0.5, 0), (1, 0.5)), "╯": ((0.5, 0), (0, 0.5))}
# Blocks: left, top, right, bottom, in parts of the cell.
BLOCKS = {
    "█": (0.0, 0.0, 1.0, 1.0), "▀": (0.0, 0.0, 1.0, 0.5), "▌": (0.0, 0.0, 0.5, 1.0), "▐": (0.5, 0.0, 1.0, 1.0),
    "▔": (0.0, 0.0, 1.0, 0.125), "▕": (0.875, 0.0, 1.0, 1.0),
    **{chr(0x2580 + eighths): (0.0, 1 - eighths / 8, 1.0, 1.0) for eighths in range(1, 8)},
    **{chr(0x2590 - eighths): (0.0, 0.0, eighths / 8, 1.0) for eighths in (1, 2, 3, 5, 6, 7)},
}  # fmt: skip
# Quadrants: which of the four corners are filled, in the order top left, top right, bottom left, bottom right.
QUADRANTS = {
    "▖": (0, 0, 1, 0), "▗": (0, 0, 0, 1), "▘": (1, 0, 0, 0), "▙": (1, 0, 1, 1), "▚": (1, 0, 0, 1),
    "▛": (1, 1, 1, 0), "▜": (1, 1, 0, 1), "▝": (0, 1, 0, 0), "▞": (0, 1, 1, 0), "▟": (0, 1, 1, 1),
}  # fmt: skip
# Braille: column and row of each dot, in the order of its bits.
DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
DOT = 1.5  # radius


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style that begins at a column of a row."""

    column: int
    text: str
    colour: str
    background: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What a screen shows: its size, and the runs of each row."""

    width: int
    height: int
    rows: tuple[tuple[Run, ...], ...]


def frame(app: App[Any]) -> Frame:
    """Return what the application's screen shows now."""
    width, height = app.size
    console = Console(
        width=width, height=height, file=StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False
    )
    # as Textual's export does
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens, simplify=True)
    assert update is not None
    rows = []
    for line in console.render_lines(update, console.options.update(width=width, height=height), pad=False)[:height]:
        column, runs = 0, []
        for segment in line:
            if not segment.control and segment.text:
                runs.append(_run(column, segment.text, segment.style or Style()))
                column += segment.cell_length
        rows.append(tuple(runs))
    return Frame(width, height, tuple(rows))


def _run(column: int, text: str, style: Style) -> Run:
    colour, background = _colour(style, "color", "#e0e0e0"), _colour(style, "bgcolor", "#121212")
    if style.reverse:
        colour, background = background, colour
    if style.dim:
        colour = _between(colour, background)
    return Run(column, text, colour, background, bool(style.bold), bool(style.italic), bool(style.underline))


def _colour(style: Style, which: str, default: str) -> str:
    colour = getattr(style, which)
    return default if colour is None or colour.type is ColorType.DEFAULT else str(colour.get_truecolor().hex)


def _between(one: str, other: str) -> str:
    pairs = [(int(one[place : place + 2], 16), int(other[place : place + 2], 16)) for place in (1, 3, 5)]
    return "#" + "".join(f"{(2 * a + b) // 3:02x}" for a, b in pairs)


# -- one picture ------------------------------------------------------------------------------------------------------


def svg(picture: Frame, *, title: str) -> str:
    """Return one picture as an SVG file."""
    return _file(picture, title, _body(picture))


def film(pictures: Sequence[Frame], *, title: str, seconds: Sequence[float], still: int) -> str:
    """Return an SVG file that shows pictures of one size in an endless loop, each for its number of ``seconds``. With
    reduced motion, it shows only picture number ``still``. A row that does not change is drawn once."""
    ends = [sum(seconds[: place + 1]) for place in range(len(seconds))]
    spans: dict[tuple[int, int], str] = {}
    parts = [_page_of(pictures[0])]
    for number in range(pictures[0].height):
        first = 0
        for place in range(1, len(pictures) + 1):
            row = pictures[first].rows[number]
            if place < len(pictures) and pictures[place].rows[number] == row:
                continue
            drawn = "".join(_row(row, number, pictures[first]))
            if (first, place) == (0, len(pictures)):
                parts.append(drawn)
            elif drawn:
                name = spans.setdefault((first, place), f"s{len(spans)}")
                parts.append(f'<g class="{name}">{drawn}</g>')
            first = place
    css = "".join(_span(name, *span, ends, still) for span, name in spans.items())
    quiet = "@media(prefers-reduced-motion:reduce){g{animation:none!important}}"
    return _file(pictures[0], title, "\n".join(parts), css=css + quiet)


def _span(name: str, first: int, end: int, ends: Sequence[float], still: int) -> str:
    """Return the CSS that shows a group from picture ``first`` until picture ``end``."""
    begin, over = (100 * (ends[place - 1] if place else 0.0) / ends[-1] for place in (first, end))
    seen = int(first <= still < end)
    start = "" if first == 0 else "0%{opacity:0}"
    stop = "" if end == len(ends) else f"{over:.2f}%{{opacity:0}}"
    return (
        f"@keyframes {name}{{{start}{begin:.2f}%{{opacity:1}}{stop}}}"
        f".{name}{{opacity:{seen};animation:{name} {ends[-1]:g}s step-end infinite}}"
    )


def _file(picture: Frame, title: str, body: str, *, css: str = "") -> str:
    width, height = picture.width * WIDTH, picture.height * HEIGHT
    edge = _page(picture)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 16} {height + 16}" role="img">'
        f"<title>{escape(title)}</title>"
        f"<style>text{{font:15px {FONT};white-space:pre}}g rect{{shape-rendering:crispEdges}}"
        f".b{{font-weight:700}}.i{{font-style:italic}}{css}</style>"
        f'<rect width="{width + 16}" height="{height + 16}" rx="8" fill="{edge}"/>'
        f'<g transform="translate(8 8)">\n{body}\n</g></svg>\n'
    )


def _page(picture: Frame) -> str:
    """Return the most frequent background of a picture."""
    area: dict[str, int] = {}
    for row in picture.rows:
        for run in row:
            area[run.background] = area.get(run.background, 0) + cell_len(run.text)
    return max(area, key=lambda colour: area[colour], default="#121212")


def _body(picture: Frame) -> str:
    rows = ("".join(_row(row, number, picture)) for number, row in enumerate(picture.rows))
    return "\n".join([_page_of(picture), *rows])


def _page_of(picture: Frame) -> str:
    return f'<rect width="{picture.width * WIDTH}" height="{picture.height * HEIGHT}" fill="{_page(picture)}"/>'


def _row(row: Sequence[Run], number: int, picture: Frame) -> Iterator[str]:
    yield from _backgrounds(row, number, _page(picture))
    for run in row:
        yield from _glyphs(run, number)


def _backgrounds(row: Sequence[Run], number: int, page: str) -> Iterator[str]:
    """Yield a rectangle for each stretch of one background."""
    column, end, colour = 0, 0, page
    for run in (*row, Run(-1, "", "", "")):
        if run.background != colour:
            if colour != page:
                yield _rectangle(column * WIDTH, number * HEIGHT, (end - column) * WIDTH, HEIGHT, colour)
            column, colour = run.column, run.background
        end = run.column + cell_len(run.text)


def _rectangle(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>'


def _glyphs(run: Run, number: int) -> Iterator[str]:
    """Yield the run's shapes, and its text in pieces that keep their columns."""
    column, top, text, start = run.column, number * HEIGHT, "", run.column
    shapes: list[str] = []
    for character in run.text:
        size = cell_len(character)
        drawn = _shape(character, column * WIDTH, top, run.colour)
        if drawn or (character == " " and not run.underline):
            yield from _text(run, text, start, top)
            text, start = "", column + size
            shapes += [drawn] if drawn else []
        elif not character.isascii() and size:
            # a fallback font may have another width, so each such character gets its column
            yield from _text(run, text, start, top)
            text, start = character, column
        else:
            text += character
        column += size
    yield from _text(run, text, start, top)
    yield from shapes


def _text(run: Run, text: str, column: int, top: int) -> Iterator[str]:
    if not text.strip() and not run.underline:
        return
    classes = " ".join(name for name, on in (("b", run.bold), ("i", run.italic)) if on)
    mark = (f' class="{classes}"' if classes else "") + (' text-decoration="underline"' if run.underline else "")
    length = f' textLength="{cell_len(text) * WIDTH}"' if cell_len(text) > 1 else ""
    yield f'<text x="{column * WIDTH}" y="{top + 14}" fill="{run.colour}"{length}{mark}>{escape(text)}</text>'


def _shape(character: str, x: float, y: float, colour: str) -> str:
    """Return the shape of a character of line drawing or blocks, or "" for any other."""
    if character in BLOCKS:
        left, up, right, down = BLOCKS[character]
        return _rectangle(x + left * WIDTH, y + up * HEIGHT, (right - left) * WIDTH, (down - up) * HEIGHT, colour)
    if character in QUADRANTS:
        corners = ((x + place % 2 * WIDTH / 2, y + place // 2 * HEIGHT / 2) for place in range(4))
        filled = zip(corners, QUADRANTS[character], strict=True)
        return "".join(_rectangle(left, up, WIDTH / 2, HEIGHT / 2, colour) for (left, up), on in filled if on)
    if character in DIAGONALS:
        path = "".join(
            f"M{x + ax * WIDTH:g} {y + ay * HEIGHT:g}L{x + bx * WIDTH:g} {y + by * HEIGHT:g}"
            for ax, ay, bx, by in DIAGONALS[character]
        )
        return f'<path d="{path}" stroke="{colour}" stroke-width="1.2"/>'
    if 0 < (bits := ord(character) - 0x2800) < 256:
        return _dots([dot for place, dot in enumerate(DOTS) if bits >> place & 1], x, y, colour)
    middle_x, middle_y = x + WIDTH / 2, y + HEIGHT / 2
    if character in CORNERS:
        (ax, ay), (bx, by) = CORNERS[character]
        points = (
            f"M{x + ax * WIDTH:g} {y + ay * HEIGHT:g}Q{middle_x:g} {middle_y:g} {x + bx * WIDTH:g} {y + by * HEIGHT:g}"
        )
        return f'<path d="{points}" fill="none" stroke="{colour}" stroke-width="1.2"/>'
    ends = ((middle_x, y), (x + WIDTH, middle_y), (middle_x, y + HEIGHT), (x, middle_y))
    start = f"M{middle_x:g} {middle_y:g}"
    return "".join(
        f'<path d="{start}L{end[0]:g} {end[1]:g}" stroke="{colour}" stroke-width="{1.2 if weight == 1 else 2.6}"/>'
        for end, weight in zip(ends, ARMS.get(character, ()), strict=False)
        if weight
    )


def _dots(dots: Sequence[tuple[int, int]], x: float, y: float, colour: str) -> str:
    """Return dots of a cell, two across and four down, drawn as strokes of length 0 with round ends."""
    places = ((x + WIDTH * (2 * across + 1) / 4, y + HEIGHT * (2 * down + 1) / 8) for across, down in dots)
    path = "".join(f"M{left:g} {top:g}h0" for left, top in places)
    return f'<path d="{path}" stroke="{colour}" stroke-width="{2 * DOT:g}" stroke-linecap="round"/>'
