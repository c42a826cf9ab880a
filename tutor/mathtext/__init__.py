r"""Mathematics for a terminal: a subset of LaTeX, drawn as rows of text.

    print(render(r"\sigma(Z) = \frac{1}{1 + e^{-Z}}"))

               1
    σ(Z) = ────────
                −Z
           1 + e

Lessons, hints and derivations share this renderer. It knows the LaTeX that SymPy prints and lessons use; for any other
command it raises a ``MathError`` with the column instead of drawing a wrong formula. ``\lit{…}`` and
``\htmlClass{…}{…}`` highlight the part that changed; ``Box.lit`` says where it is in the rows.

Begin with ``render`` (rows), ``render_inline`` (one line) and ``fit`` (rows broken to a width).
"""

from __future__ import annotations

from functools import lru_cache

from tutor.mathtext.box import Box, cells
from tutor.mathtext.breaking import fitted
from tutor.mathtext.errors import MathError
from tutor.mathtext.inline import inline
from tutor.mathtext.layout import box_of
from tutor.mathtext.parser import parse
from tutor.mathtext.style import Style

__all__ = ["Box", "MathError", "cells", "fit", "layout", "render", "render_inline"]


@lru_cache(maxsize=512)
def render(latex: str) -> Box:
    """Return a formula as rows of text.

    Raises:
        MathError: for a part that cannot be shown, with its column (from 1).
    """
    return box_of(parse(latex), Style())


@lru_cache(maxsize=512)
def render_inline(latex: str, *, ascii: bool = False) -> str:  # noqa: A002
    """Return a formula on one line, if need be in ASCII: fractions as ``(a + b)/c``, ``x^2`` as x².

    Raises:
        MathError: for a part that cannot be shown, with its column (from 1).
    """
    return inline(parse(latex), Style(ascii=ascii)).strip()


@lru_cache(maxsize=512)
def fit(latex: str, width: int) -> Box:
    """Return a formula broken at relations and signs to fit ``width`` cells; a part that cannot be broken stays wider.

    Raises:
        MathError: for a part that cannot be shown, with its column (from 1).
    """
    return fitted(parse(latex), width, Style())


def layout(latex: str, width: int) -> tuple[str, ...]:
    """Return the rows of ``fit``."""
    return fit(latex, width).rows
