r"""Highlight what changed from one line of a derivation to the next: ``\lit{…}`` around each new term or factor."""

from __future__ import annotations

import re
from collections.abc import Sequence

_JOINT = re.compile(r"(\s*\\cdot\s*|\s*\\odot\s*|\s*[=+]\s*|\s+-\s+|(?<!^)\s*,\s*)")
_OPEN, _CLOSE = "{([", "})]"


def lit_changes(latex: str, before: str) -> str:
    """Return the line with every piece highlighted that the line before does not have. Pieces are separated by ``=``,
    signs and dots outside all brackets. The left side of an equation is never highlighted."""
    if not before or "\\lit" in latex:
        return latex
    known = set(_pieces(before)[::2])
    pieces = _pieces(latex)
    start = 2 if len(pieces) > 2 and pieces[1].strip() == "=" else 0
    shown = [
        f"\\lit{{{piece}}}"
        if place >= start and place % 2 == 0 and piece.strip() and piece.strip() not in known
        else piece
        for place, piece in enumerate(pieces)
    ]
    return "".join(shown)


def left_side(latex: str) -> str | None:
    """Return what is before the ``=`` of a line, which is empty where it continues the line above; None if there is no
    ``=``."""
    pieces = _pieces(latex)
    return pieces[0] if len(pieces) > 2 and pieces[1].strip() == "=" else None


def aligned(lines: Sequence[str]) -> str:
    """Return lines as one LaTeX formula, with each ``=`` below the one above it."""
    rows = []
    for latex in lines:
        left = left_side(latex)
        rows.append(f"& {latex}" if left is None else f"{left} &{latex[len(left) :]}" if left else f"&{latex}")
    return "\\begin{aligned}\n" + " \\\\\n".join(row.replace("  ", " ") for row in rows) + "\n\\end{aligned}"


def _pieces(latex: str) -> list[str]:
    """Split a line: pieces at the even places, the signs between them at the odd ones."""
    if "\\begin" in latex:
        head, equals, matrix = latex.partition("=")
        return [head.strip(), equals, matrix.strip()] if equals and "\\begin" not in head else [latex]
    found, rest, depth, place = [], "", 0, 0
    while place < len(latex):
        joint = _JOINT.match(latex, place) if depth == 0 else None
        if joint is not None:
            found += [rest.strip(), joint.group()]
            rest, place = "", joint.end()
            continue
        character = latex[place]
        if character == "\\" and place + 1 < len(latex) and not latex[place + 1].isalpha():
            rest, place = rest + latex[place : place + 2], place + 2
            continue
        depth += (character in _OPEN) - (character in _CLOSE)
        rest += character
        place += 1
    return [*found, rest.strip()]
