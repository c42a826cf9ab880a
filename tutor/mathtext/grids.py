"""Lay out matrices, cases, alignments and tables: put cells into columns."""

from __future__ import annotations

import re

from tutor.mathtext import fences
from tutor.mathtext.box import EMPTY, Box, above, aligned, beside, blank, line, padded
from tutor.mathtext.nodes import Grid

ALIGNMENTS = frozenset(["aligned", "align", "align*", "alignedat", "split", "equation", "equation*"])
GATHERED = frozenset(["gathered", "gather", "gather*"])
CASES = frozenset(["cases", "dcases", "rcases"])
_FENCES = {"pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖", "rcases": ".}"}
_NUMBER = re.compile(r"[−-]?\d*\.?\d+")


def assemble(node: Grid, cells: list[list[Box]]) -> Box:
    """Return the box of a grid from the boxes of its cells."""
    width = max(map(len, cells))
    cells = [row + [EMPTY] * (width - len(row)) for row in cells]
    if node.environment not in ALIGNMENTS | CASES | GATHERED:
        cells = _aligned_numbers(cells, width)
    widths = [max(row[column].width for row in cells) for column in range(width)]
    letters, bars = _columns(node, width)
    lines = [_line(node, row, widths, letters, bars) for row in cells]
    body = _stacked(node, lines)
    if node.environment in CASES:
        body = padded(body, *((0, 1) if node.environment == "rcases" else (1, 0)))
    opening, closing = tuple(_FENCES.get(node.environment, "{." if node.environment in CASES else ".."))
    if opening == closing == ".":
        return body
    left, right = (fences.fence(mark, body) for mark in (opening, closing))
    return beside([left, body, right])


def _columns(node: Grid, width: int) -> tuple[str, set[int]]:
    """Return the alignment letter of each column, and the columns that have a bar before them."""
    if node.environment in ALIGNMENTS:
        return "rl" * width, set()
    if node.environment in CASES:
        return "l" * width, set()
    letters = ""
    bars: set[int] = set()
    for mark in node.columns if node.environment == "array" else "":
        if mark == "|":
            bars.add(len(letters))
        elif mark in "lcr":
            letters += mark
    return letters + "c" * (width - len(letters)), bars


def _line(node: Grid, row: list[Box], widths: list[int], letters: str, bars: set[int]) -> Box:
    """Return one row of cells, with its part of the bars between columns."""
    bar = Box(("│",) * max(part.height for part in row), max(part.baseline for part in row), (), 1)
    parts: list[Box] = []
    for column, (part, width) in enumerate(zip(row, widths, strict=True)):
        gap = _gap(node, column)
        if column in bars:
            parts.append(padded(bar, 1 if column else 0, 1))
        elif gap:
            parts.append(blank(gap))
        parts.append(aligned(part, width, letters[column]) if width else EMPTY)
    if len(row) in bars:
        parts.append(padded(bar, 1, 0))
    return beside(parts)


def _gap(node: Grid, column: int) -> int:
    if column == 0:
        return 0
    if node.environment in ALIGNMENTS:
        return 0 if column % 2 else 4
    return 1 if node.environment == "smallmatrix" else 2


def _stacked(node: Grid, lines: list[Box]) -> Box:
    """Stack the rows, with blank lines around tall ones, and put the baseline in the middle."""
    rows: list[Box] = []
    width = max(part.width for part in lines)
    for number, part in enumerate(lines):
        if number in node.rules:
            rows.append(fences.bar(width))
        elif number and _is_airy(node, lines, number):
            rows.append(line(" " * width))
        rows.append(part)
    if len(lines) in node.rules:
        rows.append(fences.bar(width))
    whole = above(rows, 0, "c" if node.environment in GATHERED else "l")
    if node.rules:
        whole = Box(_crossed(whole.rows), 0, whole.lit, whole.width)
    return Box(whole.rows, (whole.height - 1) // 2, whole.lit, whole.width) if len(lines) > 1 else whole


def _is_airy(node: Grid, lines: list[Box], number: int) -> bool:
    """Return whether a blank line goes before this row: next to tall lines, in a tall matrix, in a two-row brace."""
    if node.environment in ALIGNMENTS | GATHERED:
        return lines[number].height > 1 or lines[number - 1].height > 1
    braced = node.environment in CASES | {"Bmatrix"}
    return any(part.height > 1 for part in lines) or (braced and len(lines) == 2)


def _crossed(rows: tuple[str, ...]) -> tuple[str, ...]:
    """Draw the joints where horizontal rules meet bars."""
    run, bar, joints = "─", "│", "┴┬┼"
    crossed = list(rows)
    for number, row in enumerate(rows):
        if set(row) != {run}:
            continue
        over = rows[number - 1] if number else ""
        under = rows[number + 1] if number + 1 < len(rows) else ""
        for place in range(len(row)):
            meets = (over[place : place + 1] == bar) + 2 * (under[place : place + 1] == bar)
            if meets:
                row = row[:place] + joints[meets - 1] + row[place + 1 :]
        crossed[number] = row
    return tuple(crossed)


def _aligned_numbers(cells: list[list[Box]], width: int) -> list[list[Box]]:
    """Align the numbers of each column at their decimal points."""
    for column in range(width):
        numbers = [row for row in cells if row[column].height == 1 and _NUMBER.fullmatch(row[column].rows[0])]
        whole = [len(row[column].rows[0].partition(".")[0]) for row in numbers]
        rest = [row[column].width - length for row, length in zip(numbers, whole, strict=True)]
        for row, left, right in zip(numbers, whole, rest, strict=True):
            row[column] = padded(row[column], max(whole) - left, max(rest) - right)
    return cells
