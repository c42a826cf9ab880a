"""Draw the parts of a formula that grow with it: delimiters, bars, roots, braces and frames."""

from __future__ import annotations

from tutor.mathtext.box import EMPTY, Box, above, aligned, beside, box, line, padded

# The pieces of a tall delimiter: its top, its middle rows, its bottom.
_PIECES = {
    "(": "⎛⎜⎝", ")": "⎞⎟⎠", "[": "⎡⎢⎣", "]": "⎤⎥⎦", "|": "│││", "‖": "‖‖‖",
    "⌊": "⎢⎢⎣", "⌋": "⎥⎥⎦", "⌈": "⎡⎢⎢", "⌉": "⎤⎥⎥", "↑": "↑││", "↓": "││↓",
}  # fmt: skip
_BRACES = {"{": "⎧⎪⎨⎩", "}": "⎫⎪⎬⎭"}
_TWO_ROWS = {"{": "⎰⎱", "}": "⎱⎰"}


def fence(mark: str, body: Box) -> Box:
    """Return the delimiter ``mark`` as tall as ``body``; ``.`` is an empty one."""
    if mark == ".":
        return EMPTY
    height = body.height
    if height == 1:
        return line(mark)
    if mark in "{}":
        return _brace(mark, height, body.baseline)
    if mark in "⟨⟩/":
        return _slanted(mark, height, body.baseline)
    pieces = _PIECES.get(mark, mark * 3)
    return Box((pieces[0], *pieces[1] * (height - 2), pieces[2]), body.baseline, (), 1)


def _brace(mark: str, height: int, baseline: int) -> Box:
    if height == 2:
        return Box(tuple(_TWO_ROWS[mark]), baseline, (), 1)
    top, middle, point, bottom = tuple(_BRACES[mark])
    rows = [top, *[middle] * (height - 2), bottom]
    rows[min(max(baseline, 1), height - 2)] = point
    return Box(tuple(rows), baseline, (), 1)


def _slanted(mark: str, height: int, baseline: int) -> Box:
    if mark == "/":
        return box((" " * (height - 1 - row) + "╱" for row in range(height)), baseline)
    upper, lower = "╱╲" if mark == "⟨" else "╲╱"
    half = height // 2
    middle = [mark] * (height % 2)
    return Box((*[upper] * half, *middle, *[lower] * half), baseline, (), 1)


def bar(width: int) -> Box:
    """Return a horizontal line."""
    return line("─" * width)


def over(body: Box) -> Box:
    """Draw a line over a body, along the bottom of the row above it."""
    return above([line("_" * body.width), body], 1)


def under(body: Box) -> Box:
    """Draw a line under a body."""
    return above([body, line("‾" * body.width)], 0)


def root(body: Box, index: str) -> Box:
    """Draw a root sign over a body; ``index`` is the small text before it."""
    if body.height == 1:
        sign = line(f"{index}√")
        roof = line(" " * sign.width + "_" * body.width)
        return above([roof, beside([sign, body])], 1, "l")
    lead = " " * len(index)
    rows = [f"{lead} ┌{'─' * (body.width + 1)}"]
    rows += [f"{lead} │" for _ in range(body.height - 1)] + [f"{index}╲│"]
    left = box(row[: len(lead) + 2] for row in rows)
    roof = line("─" * (body.width + 1))
    right = above([roof, padded(body, 1, 0)], 1, "l")
    return beside([Box(left.rows, right.baseline, (), left.width), right])


def brace(body: Box, *, over_it: bool) -> Box:
    """Draw a horizontal brace, at least three cells wide, over or under a body."""
    width = max(body.width, 3)
    left = (width - 1) // 2
    start, point, end = "╭┴╮" if over_it else "╰┬╯"
    drawn = line(start + "─" * (left - 1) + point + "─" * (width - left - 2) + end)
    body = aligned(body, width)
    return above([drawn, body], 1) if over_it else above([body, drawn], 0)


def frame(body: Box) -> Box:
    """Draw a frame around a body."""
    walls = Box(("│",) * body.height, body.baseline, (), 1)
    level = "─" * (body.width + 2)
    return above([line(f"┌{level}┐"), beside([walls, padded(body, 1, 1), walls]), line(f"└{level}┘")], 1)
