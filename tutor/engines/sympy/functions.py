"""The activations as SymPy functions whose derivatives have the form that is taught: σ(Z)(1 − σ(Z)), not cosh.

None of them evaluates or simplifies itself, so that a derivation keeps the form in which it was written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import sympy

from tutor.functions.equality import NOISE, holds, is_equal

Expression = Any
Function = Callable[..., Any]


class TaughtFunction(sympy.Function):  # type: ignore[misc]
    """A function of the formula trees, as a SymPy function.

    ``tree_name`` is its name in the trees, ``derivative`` returns its derivative by the first argument, and ``number``
    its value (mpmath numbers in and out).
    """

    tree_name: str
    derivative: Function
    number: Function

    @classmethod
    def eval(cls, *arguments: Expression) -> None:
        """Return None, which tells SymPy to leave the call as written."""
        return

    def fdiff(self, argindex: int = 1) -> Expression:
        """Return the derivative in the form in which it is taught."""
        return sympy.S.Zero + self.derivative(*self.args)  # makes a plain number a SymPy number


class _AheadFunction(TaughtFunction):
    """The largest or smallest argument. On a tie the first one counts: its slope is 1, the others' is 0."""

    sign: int

    def fdiff(self, argindex: int = 1) -> Expression:
        """Return 1 if the argument with this number (from 1) is the one that counts, else 0, by step functions."""
        return _ahead(self.args, argindex, type(self), self.sign)


def _ahead(arguments: tuple[Expression, ...], place: int, kind: type[TaughtFunction], sign: int) -> Expression:
    if len(arguments) == 1:
        return sympy.Integer(1)
    first, rest = arguments[0], arguments[1:]
    rest_leads = FUNCTIONS["step"](sign * ((kind(*rest) if len(rest) > 1 else rest[0]) - first))
    return 1 - rest_leads if place == 1 else rest_leads * _ahead(rest, place - 1, kind, sign)


FUNCTIONS: dict[str, type[TaughtFunction]] = {}
"""Every function, by its name in the trees."""


def taught(tree_name: str, class_name: str, *, number: Function, derivative: Function, **more: Any) -> None:
    """Add a function. SymPy sorts by ``class_name``, so renaming it would reorder the terms of sums."""
    base = _AheadFunction if "sign" in more else TaughtFunction
    members = {"tree_name": tree_name, "number": staticmethod(number), "derivative": staticmethod(derivative), **more}
    FUNCTIONS[tree_name] = type(sympy.Function)(class_name, (base,), members)


def _of(name: str, *arguments: Expression) -> Expression:
    return FUNCTIONS[name](*arguments)


def _zero(*arguments: Expression) -> int:
    return 0


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + mpmath.exp(-z))


def _softplus(z: Any) -> Any:
    return mpmath.log1p(mpmath.exp(z)) if z < 0 else z + mpmath.log1p(mpmath.exp(-z))


def _density(z: Expression) -> Expression:
    return sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)


taught("linear", "Linear", number=lambda z: z, derivative=lambda z: 1)
taught("sigmoid", "Sigmoid", number=_sigmoid, derivative=lambda z: _of("sigmoid", z) * (1 - _of("sigmoid", z)))
taught("tanh", "Tanh", number=mpmath.tanh, derivative=lambda z: 1 - _of("tanh", z) ** 2)
taught("step", "Step", number=lambda z, at_zero=0: at_zero if abs(z) <= NOISE else int(z > 0), derivative=_zero)
taught("relu", "ReLU", number=lambda z: z if z > 0 else mpmath.mpf(0), derivative=lambda z: _of("relu'", z))
taught("relu'", "ReLUSlope", number=lambda z: int(z > NOISE), derivative=_zero)
taught(
    "leaky_relu",
    "LeakyReLU",
    number=lambda z, slope=0.01: z if z > 0 else slope * z,
    derivative=lambda *z: _of("leaky_relu'", *z),
)
taught("leaky_relu'", "LeakyReLUSlope", number=lambda z, slope=0.01: 1 if z > NOISE else slope, derivative=_zero)
taught(
    "elu",
    "ELU",
    number=lambda z, alpha=1: z if z > 0 else alpha * mpmath.expm1(z),
    derivative=lambda *z: _of("elu'", *z),
)
taught(
    "elu'",
    "ELUSlope",
    number=lambda z, alpha=1: 1 if z > NOISE else alpha * mpmath.exp(z),
    derivative=lambda *z: _of("elu''", *z),
)
taught(
    "elu''",
    "ELUCurvature",
    number=lambda z, alpha=1: 0 if z > NOISE else alpha * mpmath.exp(z),
    derivative=lambda *z: _of("elu''", *z),
)
taught("softplus", "Softplus", number=_softplus, derivative=lambda z: _of("sigmoid", z))
taught("gelu", "GELU", number=lambda z: z * mpmath.ncdf(z), derivative=lambda z: _of("gelu'", z))
taught(
    "gelu'",
    "GELUSlope",
    number=lambda z: mpmath.ncdf(z) + z * mpmath.npdf(z),
    derivative=lambda z: _of("gelu''", z),
)
taught(
    "gelu''",
    "GELUCurvature",
    number=lambda z: mpmath.npdf(z) * (2 - z * z),
    derivative=lambda z: _density(z) * (z**3 - 4 * z),
)
taught(
    "silu",
    "SiLU",
    number=lambda z: z * _sigmoid(z),
    derivative=lambda z: _of("sigmoid", z) * (1 + z * (1 - _of("sigmoid", z))),
)
taught("sign", "Sign", number=lambda z: 0 if abs(z) <= NOISE else mpmath.sign(z), derivative=_zero)
taught("above", "Above", number=lambda left, right: int(holds(">", left, right)), derivative=_zero)
taught("abs", "Absolute", number=abs, derivative=lambda z: _of("sign", z))
taught("max", "Greatest", number=lambda *each: max(each), derivative=_zero, sign=1)
taught("min", "Least", number=lambda *each: min(each), derivative=_zero, sign=-1)
taught(
    "argmax",
    "ArgMax",
    number=lambda *each: [bool(is_equal(one, max(each))) for one in each].index(True) + 1,
    derivative=_zero,
)
