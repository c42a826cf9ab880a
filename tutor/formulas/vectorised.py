"""The functions of the table on NumPy arrays. NumPy is imported at the first use, never when the package is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def vectorised(name: str, scalar: Callable[..., float]) -> Callable[..., Any]:
    """The function of this name on arrays of float64; what NumPy has no counterpart of goes by ``scalar``, cell by
    cell."""
    import numpy as np

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + np.exp(-np.clip(z, -700, 700)))

    def sigmoid_slope(z: Any) -> Any:
        s = sigmoid(z)
        return s * (1 - s)

    def tanh_slope(z: Any) -> Any:
        t = np.tanh(z)
        return 1 - t * t

    direct: dict[str, Callable[..., Any]] = {
        "linear": lambda z: z,
        "linear'": lambda z: np.ones_like(z, dtype=float),
        "sigmoid": sigmoid,
        "sigmoid'": sigmoid_slope,
        "tanh": np.tanh,
        "tanh'": tanh_slope,
        "relu": lambda z: np.maximum(z, 0.0),
        "relu'": lambda z: np.where(np.asarray(z) > 0, 1.0, 0.0),
        "step": lambda z: np.where(np.asarray(z) > 0, 1.0, 0.0),
        "leaky_relu": lambda z, slope=0.01: np.where(np.asarray(z) > 0, z, slope * z),
        "leaky_relu'": lambda z, slope=0.01: np.where(np.asarray(z) > 0, 1.0, slope),
        "softplus": lambda z: np.logaddexp(0.0, z),
        "softplus'": sigmoid,
        "silu": lambda z: z * sigmoid(z),
        "exp": np.exp,
        "ln": np.log,
        "log10": np.log10,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "sign": np.sign,
    }
    return direct[name] if name in direct else np.vectorize(scalar, otypes=[float])
