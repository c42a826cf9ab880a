"""Write trees for people, in the symbols of a notation: as one line of Unicode (``text``) or as LaTeX (``latex``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import ClassVar

from tutor.formulas.functions import FUNCTIONS
from tutor.formulas.notation import Notation
from tutor.formulas.numbers import format_number, superscript
from tutor.formulas.tokens import normalise
from tutor.formulas.tree import (
    Add,
    Array,
    Call,
    Compare,
    Derivative,
    Div,
    Index,
    Logic,
    MatMul,
    Mul,
    Name,
    Neg,
    Num,
    Pow,
    Setting,
    Transpose,
    Tree,
)

#: Returns what to write for a name: its value as text, a blank, or None for its symbol.
Put = Callable[[str], str | None]

# how tightly an operation binds; a looser one inside a tighter one needs brackets
_LOGIC, _COMPARISON, _SUM, _SIGN, _PRODUCT, _POWER, _ATOM = range(7)


def text(tree: Tree, notation: Notation | None = None, values: Mapping[str, float] | Put | None = None) -> str:
    """Return a tree on one line: ``w₁₁·x₁ + θ₁``.

    ``values`` replaces names by numbers (or any text); negative ones after an operator get brackets.
    """
    return _Text(notation or Notation(), _put(values)).write(tree)[0]


def latex(tree: Tree, notation: Notation | None = None, values: Mapping[str, float] | Put | None = None) -> str:
    """Return a tree as LaTeX: ``w_{11} x_{1} + \\theta_{1}``; ``values`` works as in ``text``."""
    return _Latex(notation or Notation(), _put(values)).write(tree)[0]


def _put(values: Mapping[str, float] | Put | None) -> Put:
    if values is None:
        return lambda name: None
    if callable(values):
        return values
    return lambda name: format_number(values[name]) if name in values else None


Written = tuple[str, int]


class _Text:
    """Writes trees as text, and decides where brackets go, for LaTeX too."""

    relations: ClassVar[Mapping[str, str]] = {"<=": "≤", ">=": "≥", "!=": "≠"}
    words: ClassVar[Mapping[str, str]] = {"not": "not ", "and": " and ", "or": " or "}
    times = "×"

    def __init__(self, notation: Notation, put: Put) -> None:
        self.notation = notation
        self.put = put

    def write(self, tree: Tree) -> Written:
        """Return the written tree and how tightly it binds."""
        match tree:
            case Num():
                return self.number(tree)
            case Name(name):
                return self.name(name)
            case Neg(of):
                return "−" + self.within(of, _PRODUCT), _SIGN
            case Add(terms):
                return self.sum(terms), _SUM
            case Mul(factors):
                written = self.product(factors)
                return written, _SIGN if written.startswith(("−", "-")) else _PRODUCT
            case Compare(relation, left, right):
                sign = self.relations.get(relation, relation)
                return f"{self.within(left, _SUM)} {sign} {self.within(right, _SUM)}", _COMPARISON
            case Logic("not", (operand,)):
                return f"{self.words['not']}{self.within(operand, _ATOM)}", _LOGIC
            case Logic(operator, operands):
                parts = [
                    self.within(each, _LOGIC if isinstance(each, Logic) and each.operator == operator else _COMPARISON)
                    for each in operands
                ]
                return self.words[operator].join(parts), _LOGIC
            case Call(function, arguments):
                return self.call(function, arguments)
            case Setting(name, sizes, is_named):
                shown = (", " if name == "shape" else self.times).join(map(str, sizes))
                return f"{self.setting(name)} = {shown}" if is_named else shown, _COMPARISON
        return self.other(tree)

    def within(self, tree: Tree, least: int) -> str:
        """Return the tree as part of another: in brackets if it is looser than ``least``."""
        written, binding = self.write(tree)
        return written if binding >= least else self.brackets(written)

    def sum(self, terms: tuple[Tree, ...]) -> str:
        parts = [self.within(terms[0], _SIGN)]
        for term in terms[1:]:
            parts.append(f"− {self.term(term.of)}" if isinstance(term, Neg) else f"+ {self.term(term)}")
        return " ".join(parts)

    def term(self, tree: Tree) -> str:
        """Return a term to follow a sign; if its first factor has a sign too, put only that in brackets."""
        return self.product(tree.factors, _PRODUCT) if isinstance(tree, Mul) else self.within(tree, _PRODUCT)

    def number(self, number: Num) -> Written:
        shown = number.text if number.text[:1].isalpha() else format_number(number.value)
        return shown, _SIGN if shown.startswith("−") else _ATOM

    def value(self, shown: str) -> Written:
        """Return the text put in for a name, and how tightly it binds."""
        loose = shown.startswith(("−", "-")) or " " in shown or "×" in shown
        return shown, _SIGN if loose else _ATOM

    def name(self, name: str) -> Written:
        put = self.put(name)
        if put is not None:
            return self.value(put)
        shown = self.notation.text(name)
        return shown, _PRODUCT if "/" in shown else _ATOM

    def product(self, factors: tuple[Tree, ...], first: int = _SIGN) -> str:
        """Return the written product, with its first factor in brackets if that is looser than ``first``."""
        rest = [self.within(factor, _POWER if isinstance(factor, Div) else _PRODUCT) for factor in factors[1:]]
        return "·".join([self.within(factors[0], first), *rest])

    def brackets(self, written: str) -> str:
        return f"({written})"

    def call(self, function: str, arguments: tuple[Tree, ...]) -> Written:
        inside = ", ".join(self.write(argument)[0] for argument in arguments)
        match function:
            case "exp":
                return self._raised("e", arguments[0]), _POWER
            case "abs":
                return f"|{inside}|", _ATOM
            case "take":
                return f"{self.within(arguments[0], _ATOM)}[{self.write(arguments[1])[0]}]", _ATOM
        return f"{FUNCTIONS[function].text}({inside})", _ATOM

    def _raised(self, base: str, exponent: Tree) -> str:
        if isinstance(exponent, Num) and exponent.value == int(exponent.value) and abs(exponent.value) < 100:
            return base + superscript(str(int(exponent.value)))
        return f"{base}^{self.within(exponent, _ATOM)}"

    def setting(self, name: str) -> str:
        return name

    def other(self, tree: Tree) -> Written:
        match tree:
            case Div(numerator, denominator):
                shown = f"{self.within(numerator, _SIGN)}/{self.within(denominator, _POWER)}"
                return shown, _SIGN if shown.startswith("−") else _PRODUCT
            case Pow(base, exponent):
                shown = self.within(base, _ATOM)
                return self._raised(self.brackets(shown) if _has_step(shown) else shown, exponent), _POWER
            case Array(items):
                return "[" + ", ".join(self.write(item)[0] for item in items) + "]", _ATOM
            case MatMul(left, right):
                return f"{self.within(left, _PRODUCT)} @ {self.within(right, _POWER)}", _PRODUCT
            case Transpose(of):
                return f"{self.within(of, _ATOM)}ᵀ", _ATOM
            case Index(of, axes):
                return f"{self.within(of, _ATOM)}[{_axes(axes)}]", _ATOM
            case Derivative(of, by):
                return f"∂{self.notation.text(of)}/∂{self.notation.text(by)}", _PRODUCT
        raise AssertionError(tree)


class _Latex(_Text):
    relations: ClassVar = {"<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
    words: ClassVar = {"not": r"\text{not }", "and": r" \text{ and } ", "or": r" \text{ or } "}
    times = r" \times "

    def write(self, tree: Tree) -> Written:
        written, binding = super().write(tree)
        return written.replace("−", "-"), binding

    def number(self, number: Num) -> Written:
        if number.text in ("π", "pi"):
            return r"\pi", _ATOM
        shown, binding = super().number(number)
        return _latex_number(shown), binding

    def value(self, shown: str) -> Written:
        return _latex_number(shown), super().value(shown)[1]

    def name(self, name: str) -> Written:
        put = self.put(name)
        return self.value(put) if put is not None else (self.notation.latex(name), _ATOM)

    def product(self, factors: tuple[Tree, ...], first: int = _SIGN) -> str:
        parts = [self.within(factors[0], first)]
        for before, factor in pairwise(factors):
            written = self.within(factor, _PRODUCT)
            bracketed = written.startswith(("(", r"\left("))
            dotted = not bracketed or self._is_put(before) or self._is_put(factor)
            parts.append((r" \cdot " if dotted else " ") + written)
        return "".join(parts)

    def _is_put(self, tree: Tree) -> bool:
        return isinstance(tree, Num) or (isinstance(tree, Name) and self.put(tree.name) is not None)

    def brackets(self, written: str) -> str:
        return rf"\left({written}\right)" if r"\frac" in written else f"({written})"

    def call(self, function: str, arguments: tuple[Tree, ...]) -> Written:
        inside = ", ".join(self.write(argument)[0] for argument in arguments)
        match function:
            case "exp":
                return f"e^{{{inside}}}", _POWER
            case "sqrt":
                return rf"\sqrt{{{inside}}}", _ATOM
            case "abs":
                return rf"\left|{inside}\right|", _ATOM
            case "take":
                return f"{self.within(arguments[0], _ATOM)}_{{{self.write(arguments[1])[0]}}}", _ATOM
        return FUNCTIONS[function].latex + self.brackets(inside), _ATOM

    def setting(self, name: str) -> str:
        return rf"\text{{{name}}}"

    def other(self, tree: Tree) -> Written:
        match tree:
            case Div(numerator, denominator):
                return rf"\frac{{{self.write(numerator)[0]}}}{{{self.write(denominator)[0]}}}", _POWER
            case Pow(base, exponent):
                shown, binding = self.write(base)
                plain = "^" not in shown and not shown.endswith("'") and not _has_step(shown) and r"\frac" not in shown
                tight = binding >= _ATOM and plain
                return f"{shown if tight else self.brackets(shown)}^{{{self.write(exponent)[0]}}}", _POWER
            case Array(items):
                return self._array(items), _ATOM
            case MatMul(left, right):
                return rf"{self.within(left, _PRODUCT)} \cdot {self.within(right, _POWER)}", _PRODUCT
            case Transpose(of):
                return f"{self.within(of, _ATOM)}^{{T}}", _ATOM
            case Index(of, axes):
                return f"{self.within(of, _ATOM)}_{{{_axes(axes)}}}", _ATOM
            case Derivative(of, by):
                return rf"\frac{{\partial {self.notation.latex(of)}}}{{\partial {self.notation.latex(by)}}}", _POWER
        raise AssertionError(tree)

    def _array(self, items: tuple[Tree, ...]) -> str:
        rows = [row.items if isinstance(row, Array) else (row,) for row in items]
        if not any(isinstance(row, Array) for row in items):
            rows = [items]
        body = r" \\ ".join(" & ".join(self.write(cell)[0] for cell in row) for row in rows)
        return rf"\begin{{bmatrix}}{body}\end{{bmatrix}}"


def _has_step(shown: str) -> bool:
    """Return whether a written name ends with its training step, after which an exponent would belong to the step."""
    return re.search(r"@\d+\}?$", shown) is not None


def _axes(axes: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(str(first) if first == last else f"{first}..{last}" for first, last in axes)


def _latex_number(shown: str) -> str:
    if "×" in shown:
        mantissa, _, power = shown.partition("×10")
        return mantissa + r" \times 10^{" + normalise(power)[0].strip("^()") + "}"
    return shown.replace("□", r"\square")
