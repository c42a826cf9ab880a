"""The functions of the table on NumPy arrays. NumPy is imported on first use, not with the package."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from tutor.functions import ACTIVATIONS


@cache
def vectorised(name: str, scalar: Callable[..., float]) -> Callable[..., Any]:
    """Return the function with this name on arrays of float64: NumPy's, or ``scalar`` for each cell."""
    import numpy as np

    entry = ACTIVATIONS.get(name.removesuffix("'"))
    of_arrays = (entry.array_slope if name.endswith("'") else entry.array) if entry is not None else None
    if of_arrays is not None:
        return partial(of_arrays, np)
    direct: dict[str, Callable[..., Any]] = {
        "exp": np.exp,
        "ln": np.log,
        "log10": np.log10,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "sign": np.sign,
    }
    return direct[name] if name in direct else np.vectorize(scalar, otypes=[float])
