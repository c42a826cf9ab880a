"""The functions that formulas may use: values, slopes, and how they are written.

Every activation has its slope under its name with a prime and its curvature under two (``sigmoid'``, ``sigmoid''``);
at a kink the slope is PyTorch's: relu′(0) = 0, leaky_relu′(0) = its slope. ``argmax`` counts from 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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


def sigmoid(z: float) -> float:
    """1 / (1 + e^−z), without overflow for any z."""
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    grown = math.exp(z)
    return grown / (1 + grown)


def _sigmoid1(z: float) -> float:
    s = sigmoid(z)
    return s * (1 - s)


def _sigmoid2(z: float) -> float:
    s = sigmoid(z)
    return s * (1 - s) * (1 - 2 * s)


def _tanh1(z: float) -> float:
    return 1 - math.tanh(z) ** 2


def _tanh2(z: float) -> float:
    t = math.tanh(z)
    return -2 * t * (1 - t * t)


def _relu(z: float) -> float:
    return z if z > 0 else 0.0


def _step(z: float) -> float:
    return 1.0 if z > 0 else 0.0


def _leaky(z: float, slope: float = 0.01) -> float:
    return z if z > 0 else slope * z


def _leaky1(z: float, slope: float = 0.01) -> float:
    return 1.0 if z > 0 else slope


def _elu(z: float, alpha: float = 1.0) -> float:
    return z if z > 0 else alpha * math.expm1(z)


def _elu1(z: float, alpha: float = 1.0) -> float:
    return 1.0 if z > 0 else alpha * math.exp(z)


def _elu2(z: float, alpha: float = 1.0) -> float:
    return 0.0 if z > 0 else alpha * math.exp(z)


def _softplus(z: float) -> float:
    return z + math.log1p(math.exp(-z)) if z > 0 else math.log1p(math.exp(z))


def _normal(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _normal_below(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def _gelu(z: float) -> float:
    return z * _normal_below(z)


def _gelu1(z: float) -> float:
    return _normal_below(z) + z * _normal(z)


def _gelu2(z: float) -> float:
    return _normal(z) * (2 - z * z)


def _silu(z: float) -> float:
    return z * sigmoid(z)


def _silu1(z: float) -> float:
    return sigmoid(z) + z * _sigmoid1(z)


def _silu2(z: float) -> float:
    return 2 * _sigmoid1(z) + z * _sigmoid2(z)


def _nothing(_z: float, _parameter: float = 0.0) -> float:
    return 0.0


def _one(_z: float) -> float:
    return 1.0


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


#: name: value, slope, curvature, text, LaTeX, most arguments, whether it has a kink at 0
_ACTIVATIONS: dict[str, tuple[Scalar, Scalar, Scalar, str, str, int, bool]] = {
    "linear": (lambda z: z, _one, _nothing, "linear", r"\operatorname{linear}", 1, False),
    "sigmoid": (sigmoid, _sigmoid1, _sigmoid2, "σ", r"\sigma", 1, False),
    "tanh": (math.tanh, _tanh1, _tanh2, "tanh", r"\tanh", 1, False),
    "relu": (_relu, _step, _nothing, "ReLU", r"\operatorname{ReLU}", 1, True),
    "leaky_relu": (_leaky, _leaky1, _nothing, "LeakyReLU", r"\operatorname{LeakyReLU}", 2, True),
    "elu": (_elu, _elu1, _elu2, "ELU", r"\operatorname{ELU}", 2, True),
    "softplus": (_softplus, sigmoid, _sigmoid1, "softplus", r"\operatorname{softplus}", 1, False),
    "gelu": (_gelu, _gelu1, _gelu2, "GELU", r"\operatorname{GELU}", 1, False),
    "silu": (_silu, _silu1, _silu2, "SiLU", r"\operatorname{SiLU}", 1, False),
    "step": (_step, _nothing, _nothing, "step", r"\operatorname{step}", 1, True),
}

_MANY = 64


def _table() -> dict[str, Function]:
    table: dict[str, Function] = {}
    for name, (value, slope, curvature, text, latex, most, kinks) in _ACTIVATIONS.items():
        for primes, of in (("", value), ("'", slope), ("''", curvature)):
            shown = "′" * len(primes)
            table[name + primes] = Function(name + primes, (1, most), of, text + shown, latex + primes, kinks=kinks)
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
ACTIVATION_NAMES = frozenset(_ACTIVATIONS)

_SPELLINGS = {
    "σ": "sigmoid",
    "logistic": "sigmoid",
    "sig": "sigmoid",
    "expit": "sigmoid",
    "leakyrelu": "leaky_relu",
    "lrelu": "leaky_relu",
    "heaviside": "step",
    "swish": "silu",
    "identity": "linear",
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
