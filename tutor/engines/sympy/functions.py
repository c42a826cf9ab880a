"""The activations as SymPy functions whose derivatives come out as they are taught: σ(Z)(1 − σ(Z)), not cosh.

Nothing here evaluates or rewrites itself, so that a derivation stays in the form in which it was written down.
"""

from __future__ import annotations

from typing import Any

import sympy

Expression = Any


class TaughtFunction(sympy.Function):  # type: ignore[misc]
    """A function of the formula trees; ``tree_name`` is what it is called there."""

    tree_name = ""

    @classmethod
    def eval(cls, *arguments: Expression) -> None:
        """Stay as written."""
        return


class Sigmoid(TaughtFunction):
    """σ(z) = 1/(1 + e^−z)."""

    tree_name = "sigmoid"

    def fdiff(self, argindex: int = 1) -> Expression:
        """σ(z)(1 − σ(z))."""
        return self * (1 - self)


class Tanh(TaughtFunction):
    """tanh(z)."""

    tree_name = "tanh"

    def fdiff(self, argindex: int = 1) -> Expression:
        """1 − tanh²(z)."""
        return 1 - self**2


class Step(TaughtFunction):
    """1 where z > 0, else 0: ReLU's slope too."""

    tree_name = "step"

    def fdiff(self, argindex: int = 1) -> Expression:
        """0: it is flat, and has no slope at the jump."""
        return sympy.Integer(0)


class ReLUSlope(TaughtFunction):
    """ReLU′(z): 1 where z > 0, else 0."""

    tree_name = "relu'"

    def fdiff(self, argindex: int = 1) -> Expression:
        """0."""
        return sympy.Integer(0)


class ReLU(TaughtFunction):
    """max(0, z)."""

    tree_name = "relu"

    def fdiff(self, argindex: int = 1) -> Expression:
        """ReLU′(z)."""
        return ReLUSlope(self.args[0])


class LeakyReLUSlope(TaughtFunction):
    """1 where z > 0, else the slope given."""

    tree_name = "leaky_relu'"

    def fdiff(self, argindex: int = 1) -> Expression:
        """0."""
        return sympy.Integer(0)


class LeakyReLU(TaughtFunction):
    """z where z > 0, else slope·z."""

    tree_name = "leaky_relu"

    def fdiff(self, argindex: int = 1) -> Expression:
        """LeakyReLU′(z)."""
        return LeakyReLUSlope(*self.args)


class ELUCurvature(TaughtFunction):
    """0 where z > 0, else α·e^z."""

    tree_name = "elu''"

    def fdiff(self, argindex: int = 1) -> Expression:
        """Itself: it is 0 or an exponential."""
        return self


class ELUSlope(TaughtFunction):
    """1 where z > 0, else α·e^z."""

    tree_name = "elu'"

    def fdiff(self, argindex: int = 1) -> Expression:
        """ELU″(z)."""
        return ELUCurvature(*self.args)


class ELU(TaughtFunction):
    """z where z > 0, else α(e^z − 1)."""

    tree_name = "elu"

    def fdiff(self, argindex: int = 1) -> Expression:
        """ELU′(z)."""
        return ELUSlope(*self.args)


class Softplus(TaughtFunction):
    """ln(1 + e^z)."""

    tree_name = "softplus"

    def fdiff(self, argindex: int = 1) -> Expression:
        """σ(z)."""
        return Sigmoid(self.args[0])


class GELUCurvature(TaughtFunction):
    """GELU″(z) = φ(z)(2 − z²)."""

    tree_name = "gelu''"

    def fdiff(self, argindex: int = 1) -> Expression:
        """φ(z)(z³ − 4z)."""
        z = self.args[0]
        return sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi) * (z**3 - 4 * z)


class GELUSlope(TaughtFunction):
    """GELU′(z) = Φ(z) + z·φ(z)."""

    tree_name = "gelu'"

    def fdiff(self, argindex: int = 1) -> Expression:
        """GELU″(z)."""
        return GELUCurvature(self.args[0])


class GELU(TaughtFunction):
    """z·Φ(z)."""

    tree_name = "gelu"

    def fdiff(self, argindex: int = 1) -> Expression:
        """GELU′(z)."""
        return GELUSlope(self.args[0])


class SiLU(TaughtFunction):
    """z·σ(z)."""

    tree_name = "silu"

    def fdiff(self, argindex: int = 1) -> Expression:
        """σ(z)(1 + z(1 − σ(z)))."""
        z = self.args[0]
        return Sigmoid(z) * (1 + z * (1 - Sigmoid(z)))


class Linear(TaughtFunction):
    """z itself."""

    tree_name = "linear"

    def fdiff(self, argindex: int = 1) -> Expression:
        """1."""
        return sympy.Integer(1)


class Sign(TaughtFunction):
    """The sign of z, 0 at 0."""

    tree_name = "sign"

    def fdiff(self, argindex: int = 1) -> Expression:
        """0."""
        return sympy.Integer(0)


class Absolute(TaughtFunction):
    """|z|."""

    tree_name = "abs"

    def fdiff(self, argindex: int = 1) -> Expression:
        """Return the sign of z."""
        return Sign(self.args[0])


class Greatest(TaughtFunction):
    """The greatest argument."""

    tree_name = "max"

    def fdiff(self, argindex: int = 1) -> Expression:
        """1 for the greatest argument (of equal ones the first), 0 for the others."""
        return _leading(self.args, argindex, Greatest, 1)


class Least(TaughtFunction):
    """The smallest argument."""

    tree_name = "min"

    def fdiff(self, argindex: int = 1) -> Expression:
        """1 for the smallest argument (of equal ones the first), 0 for the others."""
        return _leading(self.args, argindex, Least, -1)


def _leading(arguments: tuple[Expression, ...], place: int, kind: type[TaughtFunction], sign: int) -> Expression:
    """1 if the argument of that place (from 1) is ahead of all others, in steps: 1 where z > 0."""
    if len(arguments) == 1:
        return sympy.Integer(1)
    first, rest = arguments[0], arguments[1:]
    rest_leads = Step(sign * ((kind(*rest) if len(rest) > 1 else rest[0]) - first))
    return 1 - rest_leads if place == 1 else rest_leads * _leading(rest, place - 1, kind, sign)


class ArgMax(TaughtFunction):
    """The place of the greatest argument, from 1."""

    tree_name = "argmax"

    def fdiff(self, argindex: int = 1) -> Expression:
        """0."""
        return sympy.Integer(0)


FUNCTIONS: dict[str, type[TaughtFunction]] = {
    function.tree_name: function
    for function in (
        Sigmoid, Tanh, Step, ReLU, ReLUSlope, LeakyReLU, LeakyReLUSlope, ELU, ELUSlope, ELUCurvature, Softplus, GELU,
        GELUSlope, GELUCurvature, SiLU, Linear, Sign, Absolute, Greatest, Least, ArgMax,
    )
}  # fmt: skip
