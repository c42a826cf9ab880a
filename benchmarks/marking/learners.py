"""Simulated learners: rounding habits in work by hand, written independently of the marker's replays."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import evaluate, walk
from tutor.formulas.transform import rebuild
from tutor.formulas.tree import Add, Mul, Neg, Num, Tree
from tutor.network import Graph, Kind

Decimals = Callable[[str], int]
Values = dict[str, float]

#: The kinds of quantity that lessons ask for, each asked equally often.
ASKED = (Kind.PRE_ACTIVATION, Kind.ACTIVATION, Kind.OUTPUT, Kind.LOSS, Kind.DELTA, Kind.GRADIENT, Kind.UPDATED)
PARTS = frozenset({Kind.ERROR, Kind.FACTOR, Kind.BACK, Kind.STEP})


#: Numbers from this size on, infinity included, are not rounded.
_NO_DECIMALS = 1e100


def rounded(value: float, decimals: int) -> float:
    if not abs(value) < _NO_DECIMALS:
        return value
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9) / scale, value) + 0.0


def cut(value: float, decimals: int) -> float:
    if not abs(value) < _NO_DECIMALS:
        return value
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(value) * scale + 1e-9) / scale, value) + 0.0


@dataclass(frozen=True)
class Way:
    """A rounding habit: how a learner keeps a node's value.

    ``extra`` is the number of decimals beyond those asked for (None: all), ``least`` the fewest decimals; ``parts``
    rounds sub-steps too, ``cuts`` truncates, ``products`` rounds each product, ``jumble`` varies at random, and
    ``figures`` counts significant figures.
    """

    name: str
    extra: int | None = 0
    parts: bool = False
    cuts: bool = False
    products: bool = False
    jumble: bool = False
    figures: int = 0
    least: int = 0

    def work(
        self, graph: Graph, decimals: Decimals, rng: random.Random, typed: Mapping[str, float] | None = None
    ) -> Values:
        """Return every node's value as this learner keeps it; ``typed`` values are taken as typed."""
        compiled = dict(graph.program)
        values: Values = {}
        row: list[float] = []
        for slot, (name, node) in enumerate(graph.nodes.items()):
            if node.formula is None:
                value = node.value or 0.0
            elif typed is not None and name in typed:
                value = typed[name]
            else:
                if self.products:
                    value = self._value(node.formula, values, decimals(name))
                else:
                    value = _worked(compiled[slot], row)
                value = self._keep(value, name, graph, decimals, rng)
            values[name] = value
            row.append(value)
        return values

    def answer(self, graph: Graph, name: str, kept: Values, decimals: int) -> float:
        """Return the number written down at the end, from the kept earlier values."""
        return self._written(self.unwritten(graph, name, kept, decimals), decimals)

    def _written(self, value: float, decimals: int) -> float:
        return cut(value, decimals) if self.cuts else rounded(value, decimals)

    def unwritten(self, graph: Graph, name: str, kept: Values, decimals: int) -> float:
        """Return the same number before it is rounded for writing."""
        formula = graph.nodes[name].formula
        assert formula is not None
        return self._value(formula, kept, decimals)

    def answers(self, graph: Graph, name: str, kept: Values, decimals: int) -> set[float]:
        """Return the possible answers: also those first written with one more decimal and then rounded, ties both
        ways."""
        value = self.unwritten(graph, name, kept, decimals)
        once = rounded(value, decimals + 1)
        down = once - math.copysign(0.01 * 10.0**-decimals, once)
        return {self._written(value, decimals), rounded(once, decimals), rounded(down, decimals)}

    def _value(self, formula: Tree, values: Values, decimals: int) -> float:
        if self.products and any(isinstance(part, Mul) for part in walk(formula)):
            return _products_rounded(formula, values, decimals)
        value = evaluate(formula, values)
        return 0.0 if abs(value) < 1e-12 else value

    def _keep(self, value: float, name: str, graph: Graph, decimals: Decimals, rng: random.Random) -> float:
        is_part = graph.nodes[name].kind in PARTS
        if self.jumble:
            extra = rng.choice((0, 0, 1, 2, None))
            return value if extra is None else rounded(value, decimals(name) + extra)
        if self.extra is None or (is_part and not self.parts):
            return value
        if self.figures and graph.nodes[name].kind is not Kind.UPDATED:
            return float(f"{value:.{self.figures - 1}e}")
        return (cut if self.cuts else rounded)(value, max(self.least, decimals(name) + self.extra))


def _worked(formula: Callable[[list[float]], float], row: list[float]) -> float:
    """Return a compiled formula's value; raises ``FormulaError`` if it has none."""
    try:
        value = formula(row)
    except (ArithmeticError, ValueError) as error:
        raise FormulaError(f"This has no value: {error}.") from None
    return 0.0 if abs(value) < 1e-12 else value


def _products_rounded(formula: Tree, values: Values, decimals: int) -> float:
    """Evaluate the formula, rounding every product of a sum before it is added."""

    def term(part: Tree) -> Tree:
        if isinstance(part, Neg):
            return Neg(term(part.of))
        return Num(rounded(evaluate(part, values), decimals)) if isinstance(part, Mul) else visit(part)

    def visit(part: Tree) -> Tree:
        return rebuild(part, term if isinstance(part, Add) else visit)

    return evaluate(visit(formula), values)


ONCE = Way("once", extra=None)
CUT_AT_END = Way("cut at the end", extra=None, cuts=True)
CARRY = Way("carry")
CARRY_MORE = Way("carry + 1", extra=1)
CUT_EACH = Way("cut each", cuts=True)
STEPS = Way("steps", parts=True)
PRODUCTS = Way("products", products=True)
JUMBLE = Way("jumble", jumble=True)
WAYS = (ONCE, CUT_AT_END, CARRY, CARRY_MORE, CUT_EACH, STEPS, PRODUCTS, JUMBLE)

#: Less usual habits: a number that one of them gives is not counted as wrong either.
RARE_WAYS = (
    Way("carry + 2", extra=2),
    Way("steps + 1", extra=1, parts=True),
    Way("cut each + 1", extra=1, cuts=True),
    Way("steps and products", parts=True, products=True),
    Way("three figures", figures=3),
    Way("four figures", figures=4),
    Way("four decimals", least=4),
)


def spelt(rng: random.Random, value: float, decimals: int) -> str:
    """Return a number as somebody might type it."""
    plain = f"{value:.{decimals}f}"
    shorter = plain.rstrip("0").rstrip(".") if "." in plain else plain
    minus = rng.choice(("-", "−", "–"))
    bare = plain.lstrip("-")
    styles = (
        plain,
        plain,
        shorter if shorter not in ("", "-0") else "0",
        (minus if plain.startswith("-") else "") + bare.replace("0.", ".", 1)
        if bare.startswith("0.") and float(bare)
        else plain,
        (minus if plain.startswith("-") else "") + bare,
        plain.replace(".", ",") if _decimal_comma_is_clear(plain) else plain,
        f" {plain} ",
        f"{value:.{decimals}e}" if value and decimals >= 6 else plain,
    )
    return rng.choice(styles)


def _decimal_comma_is_clear(plain: str) -> bool:
    whole, _, fraction = plain.lstrip("-").partition(".")
    return len(fraction) != 3 or not whole.strip("0")
