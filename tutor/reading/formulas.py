"""Read what a learner types for a formula."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tutor.formulas import Tree, text
from tutor.reading.answers import LONGEST, answer_side, formula_of
from tutor.reading.numbers import decimal_points
from tutor.reading.scope import Scope
from tutor.reading.source import clean
from tutor.reading.typed_latex import without_latex


@dataclass(frozen=True, slots=True)
class FormulaReading:
    """A formula as it was meant: ``tree`` has canonical names, and ``shown`` reads it back."""

    text: str
    tree: Tree
    shown: str


def read_formula(typed: str, scope: Scope | Collection[str]) -> FormulaReading:
    """Read a formula over the names that may be used: a ``Scope``, or just the names, in any spelling.

    Of ``dE/dw = …``, only the right side is read.

    Raises:
        Unreadable: It cannot be read; the error has the column where reading stopped.
    """
    source = without_latex(clean(typed, LONGEST))
    if not source.plain:
        raise source.error("A formula is expected here.", hint="Write one such as (yhat - y)*H1.")
    if not isinstance(scope, Scope):
        scope = Scope(variables=tuple(scope))
    tree = formula_of(decimal_points(answer_side(source, scope)), scope)
    return FormulaReading(typed, tree, f"I read {text(tree, scope.notation)}")
