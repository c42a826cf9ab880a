"""Differentiate trees by the rules of calculus; the tests compare the results with SymPy's.

An activation's derivative is its slope (``sigmoid'``) times the inner derivative, so σ′ is not written out.
"""

from __future__ import annotations

from collections.abc import Callable

from tutor.errors import FormulaError
from tutor.formulas.functions import ACTIVATION_NAMES
from tutor.formulas.transform import simplify
from tutor.formulas.tree import (
    ONE,
    ZERO,
    Add,
    Call,
    Compare,
    Div,
    Logic,
    Mul,
    Name,
    Neg,
    Num,
    Pow,
    Tree,
    add,
    children,
    mul,
    names,
    sub,
)

_TWO = Num(2.0)
_SLOPES: dict[str, Callable[[Tree], Tree]] = {
    "exp": lambda z: Call("exp", (z,)),
    "ln": lambda z: Div(ONE, z),
    "log10": lambda z: Div(ONE, mul(z, Call("ln", (Num(10.0),)))),
    "sqrt": lambda z: Div(ONE, mul(_TWO, Call("sqrt", (z,)))),
    "abs": lambda z: Call("sign", (z,)),
    "sign": lambda z: ZERO,
    "argmax": lambda z: ZERO,
}


def differentiate(tree: Tree, by: str) -> Tree:
    """Return the partial derivative of ``tree`` by the name ``by``, simplified.

    At a kink, the slope is that of the function table (relu′(0) = 0); a condition is flat, as the step is.

    Raises:
        FormulaError: The tree has an array or a function without a derivative.
    """
    return simplify(_derivative(tree, _moved_by(tree, by)))


#: The parts of a formula that contain the variable, by identity.
_Moved = frozenset[int]


def _moved_by(tree: Tree, by: str) -> _Moved:
    found: set[int] = set()

    def visit(part: Tree) -> bool:
        parts = children(part)
        moves = [visit(each) for each in parts]  # all of them, whichever is the first
        if any(moves) or (not parts and by in names(part)):
            found.add(id(part))
        return id(part) in found

    visit(tree)
    return frozenset(found)


def _derivative(tree: Tree, moved: _Moved) -> Tree:
    if id(tree) not in moved:
        return ZERO
    match tree:
        case Name():
            return ONE
        case Neg(of):
            return Neg(_derivative(of, moved))
        case Add(terms):
            return add(*[_derivative(term, moved) for term in terms])
        case Mul(factors):
            return _product_rule(factors, moved)
        case Div(numerator, denominator):
            return _quotient_rule(numerator, denominator, moved)
        case Pow(base, exponent):
            return _power_rule(base, exponent, moved)
        case Call(function, arguments):
            return _chain_rule(function, arguments, moved)
        case Compare() | Logic():
            return ZERO
    raise FormulaError("This has no derivative: only formulas of single numbers do.")


def _product_rule(factors: tuple[Tree, ...], moved: _Moved) -> Tree:
    terms = []
    for place, factor in enumerate(factors):
        inner = simplify(_derivative(factor, moved)) if id(factor) in moved else ZERO
        if inner != ZERO:
            terms.append(mul(*factors[:place], inner, *factors[place + 1 :]))
    return add(*terms)


def _quotient_rule(numerator: Tree, denominator: Tree, moved: _Moved) -> Tree:
    if id(denominator) not in moved:
        return _divided(simplify(_derivative(numerator, moved)), denominator)
    product = mul(numerator, _derivative(denominator, moved))
    second = Div(product, Pow(denominator, _TWO))
    if id(numerator) not in moved:
        return Neg(second)
    return sub(Div(_derivative(numerator, moved), denominator), second)


def _divided(numerator: Tree, denominator: Tree) -> Tree:
    """Return a quotient, after cancelling equal numbers, such as the 2 from a square's derivative against that of ½."""
    match numerator, denominator:
        case Mul((Num(factor), *rest)), Num(divisor) if factor == divisor != 0:
            return mul(*rest)
    return Div(numerator, denominator)


def _power_rule(base: Tree, exponent: Tree, moved: _Moved) -> Tree:
    power = Pow(base, exponent)
    if id(exponent) not in moved:
        reduced = Num(exponent.value - 1) if isinstance(exponent, Num) else sub(exponent, ONE)
        return mul(exponent, Pow(base, reduced), _derivative(base, moved))
    is_e = isinstance(base, Num) and base.text == "e"  # a Name "e" is a number of the author
    outer: Tree = power if is_e else mul(power, Call("ln", (base,)))
    if id(base) not in moved:
        return mul(outer, _derivative(exponent, moved))
    return add(
        mul(outer, _derivative(exponent, moved)),
        mul(exponent, Pow(base, sub(exponent, ONE)), _derivative(base, moved)),
    )


def _chain_rule(function: str, arguments: tuple[Tree, ...], moved: _Moved) -> Tree:
    match function:
        case "max" | "min":
            return _extreme(function, arguments, moved)
        case "sum" | "mean":
            total = add(*[_derivative(each, moved) for each in arguments])
            return total if function == "sum" else Div(total, Num(float(len(arguments))))
        case "norm":
            product = add(*[mul(each, _derivative(each, moved)) for each in arguments])
            return Div(product, Call("norm", arguments))
    if any(id(each) in moved for each in arguments[1:]):
        raise FormulaError(f"The parameter of {function} is held constant.")
    return mul(_slope(function, arguments), _derivative(arguments[0], moved))


def _slope(function: str, arguments: tuple[Tree, ...]) -> Tree:
    if function.rstrip("'") in ACTIVATION_NAMES and not function.endswith("''"):
        return ONE if function == "linear" else Call(function + "'", arguments)
    if function not in _SLOPES:
        raise FormulaError(f"{function} has no derivative here.")
    return _SLOPES[function](arguments[0])


def _extreme(function: str, arguments: tuple[Tree, ...], moved: _Moved) -> Tree:
    """Return the derivative of the largest (or smallest) argument; if several are equal, of the first of them."""
    terms = []
    for place, argument in enumerate(arguments):
        inner = _derivative(argument, moved)
        if inner != ZERO:
            terms.append(mul(*indicators(function, arguments, place), inner))
    return add(*terms)


def indicators(function: str, arguments: tuple[Tree, ...], place: int) -> list[Tree]:
    """Return factors whose product is 1 if an argument is the first of the largest (or smallest), and otherwise 0."""

    def leads(first: Tree, other: Tree) -> Tree:
        return Call("step", (sub(first, other) if function == "max" else sub(other, first),))

    def extreme(several: tuple[Tree, ...]) -> Tree:
        return several[0] if len(several) == 1 else Call(function, several)

    own, before, after = arguments[place], arguments[:place], arguments[place + 1 :]
    factors = [leads(own, extreme(before))] if before else []
    return [*factors, sub(ONE, leads(extreme(after), own))] if after else factors
