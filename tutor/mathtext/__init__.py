r"""Mathematics for a terminal: a subset of LaTeX, laid out in two dimensions of text.

    print(render(r"\sigma(Z) = \frac{1}{1 + e^{-Z}}"))

               1
    σ(Z) = ────────
                −Z
           1 + e

One renderer serves lessons, hints and derivations. It knows the LaTeX that SymPy prints and lessons use; a command it
does not know is a ``MathError`` with its column, never a wrong formula. ``\lit{…}`` and ``\htmlClass{…}{…}`` mark the
part that changed; ``Box.lit`` says where it ended up.
"""

from __future__ import annotations

from functools import lru_cache

from tutor.mathtext.box import Box, cells
from tutor.mathtext.breaking import fitted
from tutor.mathtext.errors import MathError
from tutor.mathtext.inline import inline
from tutor.mathtext.layout import box_of
from tutor.mathtext.parser import parse as parse_anew
from tutor.mathtext.style import Style

__all__ = ["Box", "MathError", "cells", "fit", "layout", "render", "render_inline"]

parse = lru_cache(maxsize=512)(parse_anew)
"""Return the tree of a formula: the same is drawn in two dimensions, on one line, and at other widths."""


@lru_cache(maxsize=512)
def render(latex: str, *, ascii: bool = False) -> Box:  # noqa: A002
    """Return a formula in two dimensions.

    Raises:
        MathError: with the column (from 1) of what cannot be shown.
    """
    return box_of(parse(latex), Style(ascii=ascii))


@lru_cache(maxsize=512)
def render_inline(latex: str, *, ascii: bool = False) -> str:  # noqa: A002
    """Return a formula on one line: fractions as ``(a + b)/c``, ``x^2`` as x².

    Raises:
        MathError: with the column (from 1) of what cannot be shown.
    """
    return inline(parse(latex), Style(ascii=ascii)).strip()


@lru_cache(maxsize=512)
def fit(latex: str, width: int, *, ascii: bool = False) -> Box:  # noqa: A002
    """Return a formula broken at relations and signs so that it takes ``width`` cells; what cannot be broken stays
    wider.

    Raises:
        MathError: with the column (from 1) of what cannot be shown.
    """
    return fitted(parse(latex), width, Style(ascii=ascii))


def layout(latex: str, width: int, ascii: bool = False) -> tuple[str, ...]:  # noqa: A002
    """Return the rows of ``fit``."""
    return fit(latex, width, ascii=ascii).rows
