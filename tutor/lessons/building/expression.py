"""Formulas to type."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.formulas import Cells, Tree, names, substitute
from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Formula, Names, Real, Words
from tutor.lessons.models import QuestionFile
from tutor.lessons.resolve import Formula as ResolvedFormula
from tutor.lessons.resolve import size
from tutor.lessons.validate import did_you_mean
from tutor.network import Graph


class ExpressionFile(QuestionFile):
    """A formula to type."""

    kind = "expression"
    called_elsewhere = ("formula",)
    nested = ("quantity", "question")
    main: Annotated[
        Words, Field(alias="expression", description="The quantity whose formula is asked for, or the question.")
    ]
    answer: Annotated[Formula | None, Field(description="The formula, where the tutor does not know it.")] = None
    using: Annotated[Names | None, Field(description="The only names the answer may have.")] = None
    variables: Annotated[
        dict[str, tuple[Real, Real]], Field(description="Without a network: the names and their ranges, {z: [-3, 3]}.")
    ] = Field(default_factory=dict)

    def build(self, work: Work) -> tuple[blocks.Expression | None, str]:
        reference = work.resolver.quantity(self.main, work.of)
        if reference is None and self.answer is None:
            found = work.resolver.references([self.main], work.of, work.place("expression"))
            if found:
                work.note("expression", f"{self.main} is several quantities; an expression gives one.")
            return None, self.main
        variables = dict(self.variables)
        for name, (low, high) in variables.items():
            if not low < high:
                work.checker.add(
                    (*work.place("variables"), name), "A range goes from the smaller to the larger number."
                )
        base = work.question((), variables=[*variables], main=reference is None)
        answer = self.expression_answer(work, reference, tuple(variables))
        if answer is None:
            return None, self.main
        using = self.allowed_names(work, answer, tuple(variables))
        tree, graph = answer.cells.trees[0], answer.graph
        if variables:
            graph = None
            self.only_variables(work, tree, tuple(variables))
        elif using is not None and graph is not None:
            tree = _unfolded(tree, graph, using)
        of = reference.of if reference else answer.of
        return blocks.Expression(
            **work.common,
            **base | {"of": of},
            answer=tree,
            reference=reference,
            graph=graph,
            using=using,
            variables={name: (float(a), float(b)) for name, (a, b) in variables.items()},
        ), self.main

    def expression_answer(
        self, work: Work, reference: blocks.Reference | None, variables: tuple[str, ...]
    ) -> ResolvedFormula | None:
        """Return the author's formula, else the quantity's definition; None with the problem noted."""
        if self.answer is not None:
            of = reference.of if reference else work.of
            return work.resolver.scalar(self.answer, of, work.place("answer"), variables=variables)
        assert reference is not None
        if reference.quantity.shape:
            cells = size(reference.quantity.shape)
            work.note("expression", f"{reference.name} has {cells}; ask for the formula of one.")
            return None
        if reference.is_given:
            work.note("expression", f"{reference.name} is given; it has no formula.")
            return None
        definition = reference.graph.definition(reference.quantity.cells[0])
        return ResolvedFormula(reference.of, reference.graph, Cells((), (definition,)))

    def only_variables(self, work: Work, tree: Tree, variables: tuple[str, ...]) -> None:
        """Note every name in a formula that is not one of its ``variables``: otherwise a learner's x could mean two
        things."""
        for name in names(tree):
            if name not in variables:
                there = ", ".join(variables)
                work.note("answer", f"'{name}' is not one of the variables ({there}); give it a range in variables.")

    def allowed_names(self, work: Work, answer: ResolvedFormula, variables: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the canonical names that may be used, or None for all."""
        if self.using is None:
            return None
        found: list[str] = []
        for number, name in enumerate(self.using):
            if name in variables:
                found.append(name)
            elif answer.graph is None:
                meant = did_you_mean(name, variables, f"; there is {', '.join(variables) or 'none'}.")
                work.note("using", f"'{name}' is not one of the variables{meant}")
            else:
                one = work.resolver.references([name], answer.of, (*work.place("using"), number))
                found.extend(cell for each in one for cell in each.quantity.cells)
        return tuple(dict.fromkeys(found))


def _unfolded(tree: Tree, graph: Graph, using: tuple[str, ...]) -> Tree:
    """Replace the names that may not be used by their definitions; return the formula unchanged if that fails."""
    found = tree
    while others := [name for name in names(found) if name not in using]:
        if all(graph.nodes[name].formula is None for name in others):
            return tree
        found = substitute(found, {name: graph.definition(name) for name in others})
    return found
