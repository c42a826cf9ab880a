"""Name the slope of a maximum, ∂P/∂a, which is 1 or 0, in place of the conditions in a formula that decide which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tutor.formulas import evaluate, latex, simplify
from tutor.formulas.differentiate import indicators
from tutor.formulas.transform import rebuild
from tutor.formulas.tree import Call, Mul, Name, Tree, mul, names
from tutor.functions.equality import is_equal
from tutor.network.graph import Graph

Known = Callable[[str], "tuple[str, float] | None"]
"""Return the number to put in for a name (as text and as a value), or None to leave its symbol."""

Put = Callable[[str], "str | None"]
"""Return what to write for a name in LaTeX, or None for its symbol."""

#: The most numbers that a sentence lists.
_LISTED = 9


@dataclass(frozen=True)
class Slope:
    """The slope of the largest or smallest of several numbers, the node ``of``, with respect to one of them, ``by``;
    ``condition`` is 1 if ``by`` is that number, else 0."""

    of: str
    by: str
    formula: Call
    condition: Tree

    @property
    def name(self) -> str:
        """The name that stands for it in a formula."""
        return f"d{self.of}/d{self.by}"

    def symbol(self, graph: Graph) -> str:
        """Return it in LaTeX, without spaces: a factor that has some is put in brackets."""
        return rf"\frac{{\partial{{{graph.notation.latex(self.of)}}}}}{{\partial{{{graph.notation.latex(self.by)}}}}}"

    def sentence(self, graph: Graph, put: Put, known: Known) -> str:
        """Return when the slope is 1, with the numbers that ``put`` knows. Only numbers that are ``known`` make a tie,
        which would give away one that is not."""
        one, *several = (latex(each, graph.notation, put) for each in (Name(self.by), *self.formula.arguments))
        found = {name: pair[1] for name in names(self.formula) if (pair := known(name)) is not None}
        which = extreme_words(self.formula, found)
        listed = f"${', '.join(several)}$" if len(several) <= _LISTED else f"all {len(several)} numbers"
        slope = f"∂{graph.notation.text(self.of)}/∂{graph.notation.text(self.by)}"
        return f"{slope} is 1 if ${one}$ is the {which} of {listed}, else 0."


def extreme_words(formula: Call, values: Mapping[str, float]) -> str:
    """Return what the number is called that a maximum or minimum takes, such as "larger" or "first of the largest"; the
    latter only if all its numbers are among ``values``."""
    two = ("larger", "smaller"), ("largest", "smallest")
    which = two[len(formula.arguments) > 2][formula.function == "min"]
    if not all(name in values for name in names(formula)):
        return which
    greatest = evaluate(formula, values)
    count = sum(bool(is_equal(evaluate(each, values), greatest)) for each in formula.arguments)
    return f"first of the {which}" if count > 1 else which


@dataclass(frozen=True)
class Named:
    """A definition with names for the slopes of maxima, and these slopes by name."""

    tree: Tree
    slopes: Mapping[str, Slope] = field(default_factory=dict)

    def known(self, known: Known) -> Known:
        """Return ``known`` extended by the slopes, for which the numbers that decide about them are known."""

        def number(name: str) -> tuple[str, float] | None:
            if name not in self.slopes:
                return known(name)
            condition = self.slopes[name].condition
            found = {each: known(each) for each in names(condition)}
            values = {each: pair[1] for each, pair in found.items() if pair is not None}
            if len(values) < len(found):
                return None
            value = evaluate(condition, values)
            return f"{value:g}", value

        return number

    def put(self, graph: Graph, put: Put) -> Put:
        """Return ``put`` extended by the symbols of the slopes."""

        def latex_of(name: str) -> str | None:
            found = put(name)
            return self.slopes[name].symbol(graph) if found is None and name in self.slopes else found

        return latex_of

    def names(self) -> tuple[str, ...]:
        """Return the names in the definition, with those in a slope's condition in place of the slope."""
        found = (names(self.slopes[each].condition) if each in self.slopes else (each,) for each in names(self.tree))
        return tuple(dict.fromkeys(name for each in found for name in each))


def named_slopes(graph: Graph, tree: Tree) -> Named:
    """Return a definition in which the slopes of the maxima and minima of the graph have names."""
    inside = set(names(tree))
    slopes: dict[tuple[Tree, ...], Slope] = {}
    for name, node in graph.nodes.items():
        formula = node.formula
        # the slope of a single number is 1, without a condition
        if isinstance(formula, Call) and formula.function in ("max", "min") and len(formula.arguments) > 1:
            for place, each in enumerate(formula.arguments):
                if isinstance(each, Name) and inside.issuperset(names(formula)):
                    factors = tuple(indicators(formula.function, formula.arguments, place))
                    slope = Slope(name, each.name, formula, mul(*factors))
                    slopes |= {factors: slope, tuple(simplify(factor) for factor in factors): slope}
    used: dict[str, Slope] = {}

    def visit(part: Tree) -> Tree:
        factors = part.factors if isinstance(part, Mul) else (part,)
        for condition, slope in slopes.items():
            for start in range(len(factors) - len(condition) + 1):
                end = start + len(condition)
                if factors[start:end] == condition:
                    used[slope.name] = slope
                    return visit(mul(*factors[:start], Name(slope.name), *factors[end:]))
        return rebuild(part, visit)

    whole = visit(tree) if slopes else tree
    return Named(whole, {name: used[name] for name in names(whole) if name in used})
