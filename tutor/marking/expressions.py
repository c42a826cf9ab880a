"""Mark formulas by their values at many points, not by how they are written.

Names are replaced by their definitions, so ``δ₃·H₁`` and ``(ŷ − y)·H₁`` are equal if δ₃ is ŷ − y. If the points cannot
decide, the verdict is ``undecided``, which never counts as wrong.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import islice

from tutor.errors import FormulaError
from tutor.formulas import compile_tree
from tutor.formulas.notation import Notation
from tutor.formulas.tree import Name, Neg, Tree
from tutor.marking.mark import AuthorMistake, Mark, Mistake, Verdict
from tutor.marking.points import NetworkPoints, Point, variable_points
from tutor.mistakes import (
    MISTAKES,
    Form,
    MistakenFormula,
    changes,
    formula_sentence,
    mistakes_at,
    rank,
    sentence,
    surroundings,
)
from tutor.mistakes.writing import SIGN_LOST
from tutor.network import Graph

_SAME, _DIFFERENT, _FEWEST = 1e-9, 1e-6, 4
_MOST_CHANGES = 150


class Equality(Enum):
    """The result of comparing two formulas."""

    SAME = auto()
    DIFFERENT = auto()
    UNKNOWN = auto()


def mark_expression(
    typed: str,
    right: Tree | None = None,
    *,
    graph: Graph | None = None,
    asked: str | None = None,
    using: Collection[str] | None = None,
    variables: Mapping[str, tuple[float, float]] | None = None,
    mistakes: Sequence[AuthorMistake] = (),
) -> Mark:
    """Mark a typed formula.

    ``right`` is over canonical names of ``graph`` or over ``variables`` (name: lowest and highest value); without it,
    the graph's definition of ``asked`` is right. The name ``asked`` itself is not accepted as an answer. If ``using``
    is given, only those names are allowed.
    """
    from tutor.reading import Scope, read_formula

    name = graph.quantity(asked).cells[0] if graph is not None and asked is not None else ""
    scope = Scope(graph, asked, using=using, variables=tuple(variables or {}))
    try:
        reading = read_formula(typed, scope)
    except FormulaError as error:
        return Mark(asked or "", typed, Verdict.UNREADABLE, message=str(error), column=error.column)
    answer = right if right is not None else Name(name)
    comparison = _Comparison(graph, name, variables or {}, using, (reading.tree, answer))
    verdict, found, message = comparison.marked(reading.tree, answer, mistakes)
    return Mark(asked or "", typed, verdict, mistakes=found, message=message, read=reading.shown)


def equality(left: Tree, right: Tree, points: Sequence[Point]) -> Equality:
    """Return whether two formulas have the same value at every point; unknown if too few points can tell."""
    order = {name: place for place, name in enumerate(points[0].values)} if points else {}
    try:
        first, second = compile_tree(left, order), compile_tree(right, order)
    except FormulaError:
        return Equality.UNKNOWN
    usable, telling, grey = 0, False, False
    for point in points:
        values = list(point.values.values())
        try:
            a, b = first(values), second(values)
        except (ArithmeticError, ValueError):
            continue
        if not (math.isfinite(a) and math.isfinite(b)):
            continue
        usable += 1
        size = max(abs(a), abs(b))
        apart = abs(a - b)
        telling = telling or size > 1e-9
        if apart > _DIFFERENT * size + 1e-12:
            return Equality.DIFFERENT
        grey = grey or apart > _SAME * size + 1e-12
    return Equality.SAME if usable >= _FEWEST and telling and not grey else Equality.UNKNOWN


class _Comparison:
    """Compares one answer with the right formula and with the typical mistakes."""

    def __init__(
        self,
        graph: Graph | None,
        name: str,
        variables: Mapping[str, tuple[float, float]],
        using: Collection[str] | None,
        trees: tuple[Tree, ...],
    ) -> None:
        self._graph = graph
        self._name = name
        self._notation = graph.notation if graph is not None else Notation()
        self._network = _points_of(graph) if graph is not None else None
        self._points = self._network.all if self._network is not None else variable_points(variables, trees)
        self._using = using

    def marked(
        self, typed: Tree, right: Tree, mistakes: Sequence[AuthorMistake]
    ) -> tuple[Verdict, tuple[Mistake, ...], str]:
        """Return the verdict, the mistake that was made, and what to say."""
        same = equality(typed, right, self._points)
        if same is Equality.SAME:
            return Verdict.CORRECT, (), "Right."
        kinks = self._kinks_out_of_reach()
        if self._network is not None and kinks:
            self._points = self._network.like_own(kinks)
            same = equality(typed, right, self._points)
            if same is Equality.SAME:
                return (
                    Verdict.CORRECT,
                    (),
                    "Right with these numbers; where the sum changes sign, the slope differs.",
                )
        if same is Equality.UNKNOWN:
            return (
                Verdict.UNDECIDED,
                (),
                "Undecided: these points cannot tell the formulas apart. Not counted as an attempt.",
            )
        found = self._mistake(typed, right, mistakes)
        if found is not None:
            return Verdict.WRONG, (found,), found.message
        return Verdict.WRONG, (), self._unexplained(typed, right)

    def _unexplained(self, typed: Tree, right: Tree) -> str:
        if self._network is not None:
            own = (self._network.own,) * _FEWEST
            if equality(typed, right, own) is Equality.SAME:
                return "With these numbers it happens to come out right; with others it would not."
        return "This is another formula. Compare it term by term, or try it with simple numbers."

    # -- mistakes ---------------------------------------------------------------------------------------------------

    def _mistake(self, typed: Tree, right: Tree, mistakes: Sequence[AuthorMistake]) -> Mistake | None:
        for author in mistakes:
            if equality(typed, author.when, self._points) is Equality.SAME:
                return Mistake(author.id, author.say, self._name)
        if self._graph is not None and self._name:
            for mistaken in self._typical(self._graph):
                if equality(typed, mistaken.tree, self._points) is Equality.SAME:
                    return Mistake(mistaken.id, sentence(self._graph, mistaken), self._name)
        return self._changed(typed, right) or self._reversed(typed, right)

    def _reversed(self, typed: Tree, right: Tree) -> Mistake | None:
        mistake, form = MISTAKES.get(SIGN_LOST), Form(Neg(right))
        if mistake is None or equality(typed, form.tree, self._points) is not Equality.SAME:
            return None
        return Mistake(mistake.id, formula_sentence(mistake, form), self._name)

    def _typical(self, graph: Graph) -> list[MistakenFormula]:
        node = graph.nodes[self._name]
        if node.formula is None:
            return []
        return sorted(mistakes_at(surroundings(graph), node), key=rank)

    def _changed(self, typed: Tree, right: Tree) -> Mistake | None:
        """Return the mistake that changes the formula at one place, after its unnamed steps are written out."""
        whole = right
        if self._graph is not None and isinstance(right, Name):
            whole = self._graph.definition(right.name)
        for mistake, form in islice(changes(whole, self._notation), _MOST_CHANGES):
            if equality(typed, form.tree, self._points) is Equality.SAME:
                return Mistake(mistake.id, formula_sentence(mistake, form), self._name)
        return None

    # -- kinks ------------------------------------------------------------------------------------------------------

    def _kinks_out_of_reach(self) -> frozenset[str]:
        """Return the slopes that count as plain numbers, because the names allowed do not determine them."""
        graph, using = self._graph, self._using
        if graph is None or using is None or not self._name:
            return frozenset()
        allowed = {graph.canonical(each) for each in using}

        def follows(name: str) -> bool:
            parents = graph.parents(name)
            return name in allowed or (bool(parents) and all(follows(parent) for parent in parents))

        slopes = (name for name in graph.ancestors(self._name) if "slope_of" in graph.nodes[name].role)
        return frozenset(name for name in slopes if not follows(name))


@lru_cache(maxsize=16)
def _points_of(graph: Graph) -> NetworkPoints:
    return NetworkPoints(graph)
