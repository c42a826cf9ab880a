"""Steps to put in order."""

from __future__ import annotations

from itertools import combinations, islice, product
from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Before, Chains, WordList, Words
from tutor.lessons.models import MOST_MEMBERS, QuestionFile
from tutor.lessons.template import Template
from tutor.lessons.yaml.document import Path_

_Pairs = tuple[tuple[int, int], ...]
MOST_ORDERS = 64
"""The largest number of sets of pairs that are kept if ``before`` has alternatives."""


class OrderFile(QuestionFile):
    """Steps to put in order."""

    kind = "order"
    called_elsewhere = ("sort",)
    nested = ("question",)
    main: Annotated[Words, Field(alias="order", description="The question.")]
    steps: Annotated[
        tuple[WordList, ...],
        Field(
            min_length=2,
            max_length=MOST_MEMBERS,
            description="In the right order; the steps of an inner list may come in any order.",
        ),
    ]
    extra: Annotated[WordList, Field(description="Steps that belong nowhere.")] = ()
    before: Annotated[
        Before,
        Field(
            description="Which steps come before which: any order that keeps this is right. A step is named by "
            "its text or a part of it; in a list of lists, one list has to hold."
        ),
    ] = ()

    def build(self, work: Work) -> tuple[blocks.Order, str]:
        """Return the block, after checking that its steps differ and that ``before`` fits them."""
        path = work.place("steps")
        groups = [
            tuple(work.resolver.text(step, work.of, (*path, place, n)) for n, step in enumerate(group))
            for place, group in enumerate(self.steps)
        ]
        steps = [step.source for group in groups for step in group] + list(self.extra)
        if twice := [step for n, step in enumerate(steps) if step in steps[:n]]:
            work.note("steps", f"The step '{twice[0]}' is there twice; no one could tell them apart.")
        base = work.question(computed=False)
        before = self._pairs(work, self.before, groups)
        extra = work.texts("extra", self.extra)
        return blocks.Order(**work.common, **base, groups=tuple(groups), extra=extra, before=before), self.main

    def _pairs(self, work: Work, before: tuple[Chains, ...], groups: list[tuple[Template, ...]]) -> tuple[_Pairs, ...]:
        """Return the sets of pairs of which a right order keeps one: from ``before``, else from the groups."""
        if not before:
            group_of = [number for number, group in enumerate(groups) for _ in group]
            places = range(len(group_of))
            return (tuple((a, b) for a in places for b in places if group_of[a] < group_of[b]),)
        steps = [step.source for group in groups for step in group]
        kept: list[list[_Pairs]] = []
        for place, chains in enumerate(before):
            path = (*work.place("before"), place)
            kept.append(
                [tuple(combinations([self._step(work, each, steps, path) for each in chain], 2)) for chain in chains]
            )
        found = tuple(tuple(pair for pairs in one for pair in pairs) for one in islice(product(*kept), MOST_ORDERS))
        is_named = all(-1 not in pair for pairs in found for pair in pairs)
        if is_named and not any(all(a < b for a, b in pairs) for pairs in found):
            message = "The steps in this order do not keep what 'before' says."
            work.note("before", message, at_key=True)
        return found

    def _step(self, work: Work, name: str, steps: list[str], path: Path_) -> int:
        """Return the index of the step with this text, or with this in its text; −1 with the problem noted."""
        matching = [n for n, step in enumerate(steps) if step == name] or [
            n for n, step in enumerate(steps) if name in step
        ]
        if len(matching) != 1:
            how = "no step has" if not matching else "several steps have"
            work.checker.add(path, f"'{name}' names no single step: {how} this in its text.")
            return -1
        return matching[0]
