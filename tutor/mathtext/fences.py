"""Draw the parts of a formula that grow with it: delimiters, bars, roots, braces and frames.

With ``plain`` everything is drawn in ASCII.
"""

from __future__ import annotations

from tutor.mathtext.box import EMPTY, Box, above, aligned, beside, box, line, padded

# The pieces of a tall delimiter: its top, its middle rows, its bottom.
_PIECES = {
    "(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦", "|": "│││", "‖": "‖‖‖",
    "⌊": "⎢⎢⎣", "⌋": "⎥⎥⎦", "⌈": "⎡⎢⎢", "⌉": "⎤⎥⎥", "↑": "↑││", "↓": "││↓",
}  # fmt: skip
_ASCII_PIECES = {
    "(": "/|\\", ")": "\\|/", "[": "[[[", "]": "]]]", "|": "|||", "⌊": "||[", "⌋": "||]", "⌈": "[||", "⌉": "]||",
    "↑": "^||", "↓": "||v",
}  # fmt: skip
_BRACES = {"{": "⎧⎪⎨⎩", "}": "⎫⎪⎬⎭"}
_ASCII_BRACES = {"{": "/|{\\", "}": "\\|}/"}
_TWO_ROWS = {"{": "⎰⎱", "}": "⎱⎰"}
_ASCII_TWO_ROWS = {"{": "/\\", "}": "\\/"}
#: Delimiters beside one row, where ASCII has no sign of its own.
FLAT_ASCII = {"‖": "||", "⟨": "<", "⟩": ">", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "↑": "^", "↓": "v"}


def fence(mark: str, body: Box, *, plain: bool = False) -> Box:
    """Return the delimiter ``mark`` as tall as ``body``; ``.`` is an empty one."""
    if mark == ".":
        return EMPTY
    height = body.height
    if height == 1:
        return line(FLAT_ASCII.get(mark, mark) if plain else mark)
    if mark in "{}":
        return _brace(mark, height, body.baseline, plain)
    if mark in "⟨⟩/":
        return _slanted(mark, height, body.baseline, plain)
    pieces = (_ASCII_PIECES if plain else _PIECES).get(mark, mark * 3)
    if mark == "‖" and plain:
        return Box(("||",) * height, body.baseline, (), 2)
    return Box((pieces[0], *pieces[1] * (height - 2), pieces[2]), body.baseline, (), 1)


def _brace(mark: str, height: int, baseline: int, plain: bool) -> Box:
    if height == 2:
        return Box(tuple((_ASCII_TWO_ROWS if plain else _TWO_ROWS)[mark]), baseline, (), 1)
    top, middle, point, bottom = tuple((_ASCII_BRACES if plain else _BRACES)[mark])
    rows = [top, *[middle] * (height - 2), bottom]
    rows[min(max(baseline, 1), height - 2)] = point
    return Box(tuple(rows), baseline, (), 1)


def _slanted(mark: str, height: int, baseline: int, plain: bool) -> Box:
    rising, falling = ("/", "\\") if plain else ("╱", "╲")
    if mark == "/":
        return box((" " * (height - 1 - row) + rising for row in range(height)), baseline)
    upper, lower = (rising, falling) if mark == "⟨" else (falling, rising)
    half = height // 2
    middle = [FLAT_ASCII[mark] if plain else mark] * (height % 2)
    return Box((*[upper] * half, *middle, *[lower] * half), baseline, (), 1)


def bar(width: int, *, plain: bool = False) -> Box:
    """Return a horizontal line."""
    return line(("-" if plain else "─") * width)


def over(body: Box) -> Box:
    """Draw a line over a body, along the bottom of the row above it."""
    return above([line("_" * body.width), body], 1)


def under(body: Box, *, plain: bool = False) -> Box:
    """Draw a line under a body."""
    return above([body, line(("-" if plain else "‾") * body.width)], 0)


def root(body: Box, index: str, *, plain: bool = False) -> Box:
    """Draw a root sign over a body; ``index`` is the small text before it."""
    if body.height == 1:
        sign = line(f"{index}\\/" if plain else f"{index}√")
        roof = line(" " * sign.width + "_" * body.width)
        return above([roof, beside([sign, body])], 1, "l")
    slope, upright, corner, roof_mark = ("\\", "|", " ", "_") if plain else ("╲", "│", "┌", "─")
    lead = " " * len(index)
    rows = [f"{lead} {corner}{roof_mark * (body.width + 1)}"]
    rows += [f"{lead} {upright}" for _ in range(body.height - 1)] + [f"{index}{slope}{upright}"]
    left = box(row[: len(lead) + 2] for row in rows)
    roof = line(roof_mark * (body.width + 1))
    right = above([roof, padded(body, 1, 0)], 1, "l")
    return beside([Box(left.rows, right.baseline, (), left.width), right])


def brace(body: Box, *, over_it: bool, plain: bool = False) -> Box:
    """Draw a horizontal brace, at least three cells wide, over or under a body."""
    width = max(body.width, 3)
    left = (width - 1) // 2
    ends, point, run = ("\\/", "v", "_") if plain else ("╰╯", "┬", "─")
    if over_it:
        ends, point = ("/\\", "^") if plain else ("╭╮", "┴")
    drawn = line(ends[0] + run * (left - 1) + point + run * (width - left - 2) + ends[1])
    body = aligned(body, width)
    return above([drawn, body], 1) if over_it else above([body, drawn], 0)


def frame(body: Box, *, plain: bool = False) -> Box:
    """Draw a frame around a body."""
    corners, run, side = ("++++", "-", "|") if plain else ("┌┐└┘", "─", "│")
    width = body.width + 2
    walls = Box((side,) * body.height, body.baseline, (), 1)
    middle = beside([walls, padded(body, 1, 1), walls])
    top, bottom = corners[0] + run * width + corners[1], corners[2] + run * width + corners[3]
    return above([line(top), middle, line(bottom)], 1)
