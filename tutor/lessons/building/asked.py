"""Questions for numbers and formulas."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tutor.formulas import Cells, Tree, names, substitute
from tutor.lessons import blocks as made
from tutor.lessons import models as files
from tutor.lessons.building.flatten import beside
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import describe, split_names, written
from tutor.lessons.resolve import Formula, is_given
from tutor.lessons.template import EMPTY
from tutor.lessons.validate import nearest
from tutor.lessons.yaml.document import Path_
from tutor.network import Graph

_WITH_UNIT = re.compile(r"([-−]?[\d.,]+)\s*([^\W\d_]{1,3}|°C?)")


def usual_decimals(value: float) -> int | None:
    """What is asked for where nothing is said: three decimals, or as many as show three figures; None for a number
    that ends before, which is asked for as it is."""
    if abs(value * 1000 - round(value * 1000)) < 1e-9 * max(1.0, abs(value)):
        return None
    return min(max(3, 2 - math.floor(math.log10(abs(value)))), 12)


class Asked(Work):
    """Quantities, numbers and formulas."""

    def ask(self, common: dict[str, Any]) -> tuple[made.Ask | None, str]:
        """One quantity or several, a grid for a vector or matrix."""
        path = self.place("ask")
        items: list[made.AskItem] = []
        asked = list(self.asked(self.file.main, path))
        for texts, own, where in asked:
            found = self.resolver.references(texts, self.of, where)
            items.extend(item for one in found if (item := self.item(one, own, where)))
        if not self.file.main:
            self.checker.add(path, "No quantity is named here; name one, such as Z1.", at_key=True)
        seen: dict[tuple[str, str], None] = {}
        for item in items:
            if (item.of, item.quantity.name) in seen:
                self.checker.add(path, f"{item.quantity.name} is asked for twice here.")
            seen[item.of, item.quantity.name] = None
        named = ", ".join(text for texts, _, _ in asked for text in texts)
        if not items:
            return None, named
        base = self.question(None, main=False) | {"of": items[0].of, "mistakes": ()}
        shapes = {item.quantity.shape for item in items}
        whole = self.resolver.mistakes(
            self.file.mistakes, items[0].of, self.place("mistakes"), next(iter(shapes)) if len(shapes) == 1 else None
        )
        items = [replace(item, mistakes=(*item.mistakes, *whole)) for item in items]
        return made.Ask(
            **common,
            **base | {"mistakes": whole},
            items=tuple(items),
            decimals=self.settings.decimals,
            figures=self.settings.figures,
        ), named

    def asked(self, main: object, path: Path_) -> Iterator[tuple[tuple[str, ...], files.AskItemFile | None, Path_]]:
        """What is asked: names, what holds for them alone, where they stand."""
        if isinstance(main, dict):
            for key, value in main.items():
                own = self.checker.model(files.AskItemFile, value if value is not None else {}, (*path, key))
                if own is not None:
                    yield split_names(key), own, (*path, key)
        elif isinstance(main, list):
            for number, each in enumerate(main):
                if isinstance(each, dict | list) or each is None:
                    self.checker.add((*path, number), f"A quantity's name belongs here, not {describe(each)}.")
                else:
                    yield split_names(written(each)), None, (*path, number)
        elif main is not None and not isinstance(main, bool):
            yield split_names(written(main)), None, path
        else:
            self.checker.add(
                path, f"Quantities belong here, such as Z1 or [Z1, Z2], not {describe(main)}.", at_key=True
            )

    def item(self, reference: made.Reference, own: files.AskItemFile | None, path: Path_) -> made.AskItem | None:
        """One quantity asked for, with its own settings."""
        if is_given(reference):
            message = f"{reference.name} is given; ask for something that follows from it."
            self.checker.add(path, message)
            return None
        settings = self.settings
        if own is not None:
            settings = settings.under(own, self.checker, place=beside(path))
        file: files.QuestionFile = self.file
        explain = self.words("explain", file.explain)
        prompt = EMPTY
        mistakes: tuple[made.AuthorMistake, ...] = ()
        if own is not None:
            prompt = self.resolver.text(own.prompt, self.of, (*path, "prompt"))
            explain = self.resolver.text(own.explain, self.of, (*path, "explain")) if own.explain else explain
            mistakes = self.resolver.mistakes(own.mistakes, reference.of, (*path, "mistakes"), reference.quantity.shape)
        return made.AskItem(
            reference=reference,
            decimals=settings.decimals,
            figures=settings.figures,
            prompt=prompt,
            hints=self.hints(settings),
            builtin_hints=settings.builtin_hints,
            explain=explain,
            mistakes=mistakes,
            reveal=settings.reveal,
        )

    # -- other questions --------------------------------------------------------------------------------------------

    def number(self, common: dict[str, Any]) -> tuple[made.Number | None, str]:
        """A one-off number."""
        file: files.NumberFile = self.file
        if file.within is not None and (file.decimals is not None or file.figures is not None):
            self.checker.add(self.place("within"), "Give within, decimals or figures, one of them.", at_key=True)
        told = len(self.checker.problems)
        formula = self.resolver.scalar(file.answer, self.of, self.place("answer"))
        if formula is None and (unit := _WITH_UNIT.fullmatch(file.answer.strip())):
            self.checker.problems.drop_after(told)
            self.checker.add(self.place("answer"), f"A unit has a key of its own: answer: {unit[1]}, unit: {unit[2]}")
        base = self.question()
        value = self.resolver.value(formula, self.place("answer")) if formula else None
        if formula is None or value is None:
            return None, file.main
        decimals, figures = self.settings.decimals, self.settings.figures
        if decimals is None and figures is None and file.within is None:
            decimals = usual_decimals(value)
        return made.Number(
            **common,
            **base | {"of": formula.of},
            answer=formula.cells.trees[0],
            value=value,
            graph=formula.graph,
            decimals=None if file.within is not None else decimals,
            figures=None if file.within is not None else figures,
            within=file.within,
            unit=file.unit,
        ), file.main

    def expression(self, common: dict[str, Any]) -> tuple[made.Expression | None, str]:
        """A formula to type."""
        file: files.ExpressionFile = self.file
        reference = self.resolver.quantity(file.main, self.of)
        if reference is None and file.answer is None:
            found = self.resolver.references([file.main], self.of, self.place("expression"))
            if found:
                self.checker.add(
                    self.place("expression"), f"{file.main} is several quantities; an expression gives one."
                )
            return None, file.main
        variables = dict(file.variables)
        for name, (low, high) in variables.items():
            if not low < high:
                self.checker.add(
                    (*self.place("variables"), name), "A range goes from the smaller to the larger number."
                )
        base = self.question((), variables=[*variables], main=reference is None)
        answer = self.expression_answer(reference, tuple(variables))
        if answer is None:
            return None, file.main
        using = self.using(answer, tuple(variables))
        tree, graph = answer.cells.trees[0], answer.graph
        if variables:
            graph = None
            self.only_variables(tree, tuple(variables))
        elif using is not None and graph is not None:
            tree = _unfolded(tree, graph, using)
        of = reference.of if reference else answer.of
        return made.Expression(
            **common,
            **base | {"of": of},
            answer=tree,
            reference=reference,
            graph=graph,
            using=using,
            variables={name: (float(a), float(b)) for name, (a, b) in variables.items()},
        ), file.main

    def expression_answer(self, reference: made.Reference | None, variables: tuple[str, ...]) -> Formula | None:
        """The author's formula, else the definition that the tutor knows."""
        file: files.ExpressionFile = self.file
        if file.answer is not None:
            of = reference.of if reference else self.of
            return self.resolver.scalar(file.answer, of, self.place("answer"), variables=variables)
        assert reference is not None
        if reference.quantity.shape:
            size = " × ".join(map(str, reference.quantity.shape))
            self.checker.add(
                self.place("expression"), f"{reference.name} has {size} cells; ask for the formula of one."
            )
            return None
        if is_given(reference):
            self.checker.add(self.place("expression"), f"{reference.name} is given; it has no formula.")
            return None
        definition = reference.graph.definition(reference.quantity.cells[0])
        return Formula(reference.of, reference.graph, Cells((), (definition,)))

    def only_variables(self, tree: Tree, variables: tuple[str, ...]) -> None:
        """A formula of ``variables`` names nothing else, or there would be two meanings to a learner's x."""
        for name in names(tree):
            if name not in variables:
                there = ", ".join(variables)
                self.checker.add(
                    self.place("answer"), f"'{name}' is none of the variables ({there}); give it a range in variables."
                )

    def using(self, answer: Formula, variables: tuple[str, ...]) -> tuple[str, ...] | None:
        """The canonical names that may be used, None for all."""
        file: files.ExpressionFile = self.file
        if file.using is None:
            return None
        found: list[str] = []
        for number, name in enumerate(file.using):
            if name in variables:
                found.append(name)
            elif answer.graph is None:
                near = nearest(name, variables)
                meant = f"; did you mean '{near}'?" if near else f"; there is {', '.join(variables) or 'none'}."
                self.checker.add(self.place("using"), f"'{name}' is none of the variables{meant}")
            else:
                one = self.resolver.references([name], answer.of, (*self.place("using"), number))
                found.extend(cell for each in one for cell in each.quantity.cells)
        return tuple(dict.fromkeys(found))


def _unfolded(tree: Tree, graph: Graph, using: tuple[str, ...]) -> Tree:
    """A formula in the names that may be used, where definitions lead to them; else as it was."""
    found = tree
    while others := [name for name in names(found) if name not in using]:
        if all(graph.nodes[name].formula is None for name in others):
            return tree
        found = substitute(found, {name: graph.definition(name) for name in others})
    return found
