"""A formula to type."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tutor.errors import TutorError
from tutor.formulas import evaluate, names
from tutor.formulas import text as formula_text
from tutor.formulas.functions import FUNCTIONS
from tutor.formulas.transform import simplify, substitute
from tutor.formulas.tree import Num, Tree
from tutor.lessons.blocks.base import Question, Reference
from tutor.lessons.blocks.field import Answer, Field, FieldKind
from tutor.lessons.blocks.paper import Blank, Exercise, Paper
from tutor.lessons.plain_text import one_line
from tutor.network import Graph

_MOST_STEPS = 30


@dataclass(frozen=True, kw_only=True, eq=False)
class Expression(Question):
    """A formula to type. ``reference`` is the quantity that it gives, if any. ``answer`` is over canonical names, or
    over ``variables`` with their ranges. ``using`` are the only names allowed; None allows all that the quantity can be
    computed from."""

    answer: Tree
    reference: Reference | None = None
    graph: Graph | None = None
    using: tuple[str, ...] | None = None
    variables: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    usual_skills = ("formula",)
    is_named_by_quantity = True
    rests_on_numbers = True

    @property
    def formula(self) -> Tree:
        return self.answer

    @property
    def formula_of(self) -> Reference | None:
        return self.reference

    @property
    def written_in(self) -> Graph | None:
        return self.graph

    @property
    def symbol(self) -> str:
        """The symbol of the quantity that it gives, or empty."""
        return self.reference.symbol if self.reference is not None else ""

    def asked_names(self) -> Iterator[tuple[str, str]]:
        if self.reference is not None:
            yield self.reference.of, self.reference.name

    def answer_rests_on(self) -> object:
        return str(self.answer)

    def single_field(self) -> Field:
        """Return the field, labelled with the quantity that the formula gives."""
        reference = self.reference
        if reference is None:
            return Field(self.id, self.id, FieldKind.EXPRESSION, "", of=self.of)
        latex = reference.graph.notation.latex(reference.name)
        return Field(self.id, self.id, FieldKind.EXPRESSION, self.symbol, latex, reference.name, reference.of)

    def title(self) -> str:
        """Return its name in an answer key; without a prompt it is named after its quantity."""
        return one_line(self.prompt) or (f"{self.symbol} as a formula" if self.symbol else self.id)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        prompt = prompt or f"Write the formula of {self.symbol}."
        return Exercise(paper.next_number(), prompt, (Blank(self.symbol, worked=answer),))

    def right_answer(self) -> Answer:
        """Return the formula, using only the names that are allowed."""
        return formula_text(self.answer_as_allowed(), self.graph.notation if self.graph is not None else None)

    def answer_lines(self) -> tuple[str, ...]:
        return (self.shown_solution(),)

    def shown_solution(self) -> str:
        return str(self.right_answer())

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield a warning if the key uses names that are not allowed, or does not give the quantity's value."""
        if self.using is not None and (
            others := [name for name in names(self.answer_as_allowed()) if name not in self.using]
        ):
            yield "key-fails", f"The key uses {', '.join(others)}, which using: does not allow."
        if self.reference is None or self.graph is None:
            return
        try:
            value = evaluate(self.answer, self.graph.values)
        except TutorError as error:
            yield "key-fails", f"The key has no value with these numbers: {error}"
            return
        right = self.graph.values[self.reference.quantity.cells[0]]
        if not math.isclose(value, right, rel_tol=1e-9, abs_tol=1e-9):
            yield "key-fails", f"The key gives {value:.6g}, and {self.reference.name} is {right:.6g}."

    def key_to_try(self) -> str:
        """Return the formula if it is over variables, which have no values to compare."""
        is_of_quantity = self.reference is not None and self.graph is not None
        return formula_text(self.answer) if self.variables and not is_of_quantity else ""

    def answer_as_allowed(self) -> Tree:
        """Return the answer with the names that ``using`` does not allow replaced by their definitions; unchanged if
        that leads to no allowed formula."""
        if self.using is None or self.graph is None:
            return self.answer
        tree, allowed = self.answer, set(self.using)
        for _ in range(_MOST_STEPS):
            others = [name for name in names(tree) if name not in allowed]
            if not others:
                return tree if tree is self.answer else simplify(tree)
            definitions = {name: _definition(self.graph, name, allowed) for name in others}
            known = {name: each for name, each in definitions.items() if each is not None}
            if len(known) < len(definitions):
                break
            tree = substitute(tree, known)
        return self.answer


def _definition(graph: Graph, name: str, allowed: set[str]) -> Tree | None:
    """Return the formula of a name. For the slope of an activation with kinks, such as ReLU, return its number unless
    the names that decide the side of the kink are allowed."""
    node = graph.nodes.get(name)
    if node is None:
        return None
    function = FUNCTIONS.get(node.role.get("slope_of", ""))
    if function is not None and function.kinks and not allowed.issuperset(graph.parents(name)):
        return Num(graph.values[name])
    return node.formula
