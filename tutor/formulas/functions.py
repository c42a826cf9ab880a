"""The functions that formulas may use: values, slopes, and how they are written.

An activation's slope has its name with one prime, its curvature the name with two (``sigmoid'``, ``sigmoid''``). At a
kink the slope is PyTorch's, the one on the left. ``argmax`` counts from 1.

To add a function of arrays, add it to ``_ARRAY_FUNCTIONS``, its cells to ``CELLS`` in ``array_functions``, and its
computation to ``OF_ARRAYS`` in the ``array_functions`` of ``engines/numpy`` and of ``engines/torch``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from tutor.functions import ACTIVATIONS
from tutor.functions.equality import NOISE, is_equal

Scalar = Callable[..., float]


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its ``arity`` (fewest, most arguments), its ``value``, and how it is written (``text``, ``latex``).

    ``kinks``: its slope jumps where its first argument is 0. ``of_arrays``: it takes arrays, and has a value only after
    it is split into cells. Such a function may have settings: ``sizes`` is the one that follows the arrays (``window``
    in ``maxpool(A, 2)``), and ``named`` are those written with their names (``stride=2``).
    """

    name: str
    arity: tuple[int, int]
    value: Scalar
    text: str
    latex: str
    kinks: bool = False
    of_arrays: bool = False
    sizes: str = ""
    named: tuple[str, ...] = ()

    @property
    def array(self) -> Callable[..., Any]:
        """The same function on NumPy arrays, cell by cell (NumPy is imported on first use)."""
        return _on_arrays(self.name, self.value)


@cache
def _on_arrays(name: str, scalar: Scalar) -> Callable[..., Any]:
    """Return the function with this name on arrays of float64: NumPy's, or ``scalar`` for each cell."""
    import numpy as np

    entry = ACTIVATIONS.get(name.removesuffix("'"))
    of_arrays = (entry.array_slope if name.endswith("'") else entry.array) if entry is not None else None
    if of_arrays is not None:
        return partial(of_arrays, np)
    known = {"exp": np.exp, "ln": np.log, "log10": np.log10, "sqrt": np.sqrt, "abs": np.abs}
    return known.get(name) or np.vectorize(scalar, otypes=[float])


def _sign(z: float) -> float:
    return 0.0 if abs(z) <= NOISE else math.copysign(1.0, z)


def _argmax(*values: float) -> float:
    greatest = max(values)
    return float(next((place for place, each in enumerate(values, 1) if is_equal(each, greatest)), 1))


def _arrays_only(*_values: float) -> float:
    raise ValueError("only defined for arrays")


def _share(own: float, *exponents: float) -> float:
    """Return one cell of softmax without overflow; ``exponents`` are all cells, including ``own``."""
    if len(exponents) < 2:
        raise ValueError("only defined for arrays")
    greatest = max(exponents)  # finite, because −∞ − (−∞) of two masked cells would have no value
    return math.exp(own - greatest) / sum(math.exp(each - greatest) for each in exponents)


_MANY = 64

#: Functions of arrays: name, fewest and most arguments (including the axis), the setting after them, named settings.
_ARRAY_FUNCTIONS: tuple[tuple[Any, ...], ...] = (
    ("dot", (2, 2)),
    ("softmax", (1, 2)),
    ("conv", (2, 2), "", ("stride", "pad")),
    ("maxpool", (1, 1), "window", ("stride",)),
    ("avgpool", (1, 1), "window", ("stride",)),
    ("pad", (1, 1), "pad"),
    ("flatten", (1, 1)),
    ("reshape", (1, 1), "shape"),
    ("concat", (2, _MANY)),
    ("take", (2, 2)),
)


def _table() -> dict[str, Function]:
    table: dict[str, Function] = {}
    for entry in ACTIVATIONS.values():
        most = 1 if entry.parameter is None else 2
        for primes, value in (("", entry.value), ("'", entry.slope), ("''", entry.curvature)):
            if value is not None:
                text, latex = entry.symbol + "′" * len(primes), entry.latex + primes
                table[entry.name + primes] = Function(
                    entry.name + primes, (1, most), value, text, latex, kinks=entry.kinks
                )
    others = [
        Function("exp", (1, 1), math.exp, "exp", r"\exp"),
        Function("ln", (1, 1), math.log, "ln", r"\ln"),
        Function("log10", (1, 1), math.log10, "log₁₀", r"\log_{10}"),
        Function("sqrt", (1, 1), math.sqrt, "√", r"\sqrt"),
        Function("abs", (1, 1), abs, "abs", r"\operatorname{abs}", kinks=True),
        Function("sign", (1, 1), _sign, "sign", r"\operatorname{sign}", kinks=True),
        Function("max", (1, _MANY), lambda *each: max(each), "max", r"\max"),
        Function("min", (1, _MANY), lambda *each: min(each), "min", r"\min"),
        Function("sum", (1, _MANY), lambda *each: sum(each), "sum", r"\operatorname{sum}"),
        Function("mean", (1, _MANY), lambda *each: sum(each) / len(each), "mean", r"\operatorname{mean}"),
        Function("norm", (1, _MANY), lambda *each: math.sqrt(sum(z * z for z in each)), "norm", r"\operatorname{norm}"),
        Function("argmax", (1, _MANY), _argmax, "argmax", r"\operatorname{argmax}"),
        *(
            Function(
                name,
                arity,
                _share if name == "softmax" else _arrays_only,
                name,
                rf"\operatorname{{{name}}}",
                False,
                True,
                *settings,
            )
            for name, arity, *settings in _ARRAY_FUNCTIONS
        ),
    ]
    table.update({function.name: function for function in others})
    return table


FUNCTIONS: Mapping[str, Function] = _table()

#: The activations; their slopes and curvatures are in the table with primes.
ACTIVATION_NAMES = frozenset(name for name, entry in ACTIVATIONS.items() if entry.value is not None)

_SPELLINGS = {alias: name for name, entry in ACTIVATIONS.items() for alias in entry.aliases} | {
    "log": "ln",
    "lg": "log10",
    "root": "sqrt",
    "maximum": "max",
    "minimum": "min",
    "average": "mean",
    "avg": "mean",
    "absolute": "abs",
    "sgn": "sign",
    "conv2d": "conv",
    "max_pool": "maxpool",
    "max_pool2d": "maxpool",
    "avg_pool": "avgpool",
    "avg_pool2d": "avgpool",
    "cat": "concat",
    "concatenate": "concat",
}
_MODULES = ("np.", "numpy.", "math.", "torch.", "F.", "nn.")


def function_named(typed: str) -> str | None:
    """Return the table's name for a function as people write it (``σ'``, ``ReLU``, ``np.exp``, ``log``), or None."""
    bare = typed.rstrip("'")
    primes = typed[len(bare) :]
    for module in _MODULES:
        bare = bare.removeprefix(module)
    for spelling in (bare, bare.lower()):
        name = _SPELLINGS.get(spelling, spelling) + primes
        if name in FUNCTIONS:
            return name
    return None


def in_brackets(function: str, argument: str = "…") -> str:
    """Return the hint for a function whose argument has no brackets."""
    return f"Its argument goes in brackets: {FUNCTIONS[function].text}({argument})."


_WRITTEN_WITHOUT = {
    "transpose": "A.T",
    "matmul": "A @ B",
    "mm": "A @ B",
    "multiply": "a * b",
    "mul": "a * b",
    "add": "a + b",
    "subtract": "a - b",
    "divide": "a / b",
    "power": "a^2",
    "pow": "a^2",
    "square": "a^2",
}
"""What other languages have as a function is written so here."""


def unknown_function(typed: str) -> tuple[str, str]:
    """Return a message about a function that does not exist, and a hint with what to write instead."""
    import difflib

    bare = typed.rpartition(".")[2]
    if bare in _WRITTEN_WITHOUT:
        return f"There is no function {typed}.", f"Write {_WRITTEN_WITHOUT[bare]} instead."
    near = difflib.get_close_matches(bare.lower(), [*FUNCTIONS, *_SPELLINGS], 1, 0.6)
    return f"There is no function {typed}.", f"Did you mean {near[0]}?" if near else ""
