"""The functions that formulas may use: values, slopes, and how they are written.

Every activation has its slope under its name with a prime and its curvature under two (``sigmoid'``, ``sigmoid''``);
at a kink the slope is PyTorch's: relu′(0) = 0, leaky_relu′(0) = its slope. ``argmax`` counts from 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.functions import ACTIVATIONS

Scalar = Callable[..., float]


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its ``arity`` (least, most arguments), its ``value``, and how it is written (``text``, ``latex``).

    ``kinks`` says that its slope jumps at 0 of its first argument; ``of_arrays`` that it takes arrays and has a value
    only once it is taken apart into cells.
    """

    name: str
    arity: tuple[int, int]
    value: Scalar
    text: str
    latex: str
    kinks: bool = False
    of_arrays: bool = False

    @property
    def array(self) -> Callable[..., Any]:
        """The same function on NumPy arrays, cell by cell (NumPy is imported at the first use)."""
        from tutor.formulas.vectorised import vectorised

        return vectorised(self.name, self.value)


def _sign(z: float) -> float:
    return 0.0 if z == 0 else math.copysign(1.0, z)


def _argmax(*values: float) -> float:
    return float(values.index(max(values)) + 1)


def _mean(*values: float) -> float:
    return sum(values) / len(values)


def _total(*values: float) -> float:
    return sum(values)


def _norm(*values: float) -> float:
    return math.sqrt(sum(value * value for value in values))


def _arrays_only(*_values: float) -> float:
    raise ValueError("only defined for arrays")


_MANY = 64


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
        Function("sum", (1, _MANY), _total, "sum", r"\operatorname{sum}"),
        Function("mean", (1, _MANY), _mean, "mean", r"\operatorname{mean}"),
        Function("norm", (1, _MANY), _norm, "norm", r"\operatorname{norm}"),
        Function("argmax", (1, _MANY), _argmax, "argmax", r"\operatorname{argmax}"),
        Function("dot", (2, 2), _arrays_only, "dot", r"\operatorname{dot}", of_arrays=True),
        Function("softmax", (1, 2), _arrays_only, "softmax", r"\operatorname{softmax}", of_arrays=True),
        Function("conv", (2, 2), _arrays_only, "conv", r"\operatorname{conv}", of_arrays=True),
    ]
    table.update({function.name: function for function in others})
    return table


FUNCTIONS: Mapping[str, Function] = _table()

#: The activations, whose slopes and curvatures stand in the table with primes.
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
}
_MODULES = ("np.", "numpy.", "math.", "torch.", "F.", "nn.")


def function_named(typed: str) -> str | None:
    """The table's name for a function as people write it (``σ'``, ``ReLU``, ``np.exp``, ``log``), or None."""
    bare = typed.rstrip("'")
    primes = typed[len(bare) :]
    for module in _MODULES:
        bare = bare.removeprefix(module)
    for spelling in (bare, bare.lower()):
        name = _SPELLINGS.get(spelling, spelling) + primes
        if name in FUNCTIONS:
            return name
    return None
