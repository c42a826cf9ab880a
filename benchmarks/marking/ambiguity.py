"""How often the number alone can tell which mistake was made at an earlier step that was not typed.

Several mistakes, at one step or at different ones, often lead to the same digits. Whoever knew how the cases are drawn
and how the learner rounds could name the likeliest of them first, and would still be wrong when it was another.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.marking.earlier import EarlierCase, earlier_cases, is_of_this_step
from benchmarks.marking.learners import CARRY, rounded
from benchmarks.marking.measure import Share, Sheet
from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.mistakes import MistakenFormula, Surroundings, mistakes_at


@dataclass
class Ambiguity:
    """``alone`` is how often no other mistake has the same digits. ``named`` is how often the mistake made is named
    first, ``named_alone`` the same for those alone. ``possible`` is, case by case, how likely the best guess is right
    for whoever knows how the cases are drawn."""

    alone: Share = field(default_factory=Share)
    named: Share = field(default_factory=Share)
    named_alone: Share = field(default_factory=Share)
    possible: list[float] = field(default_factory=list)


def ambiguity(seed: int, count: int, decimals: int | None) -> Ambiguity:
    """Compare the names given to earlier mistakes with what the numbers allow, on ``count`` random networks."""
    result = Ambiguity()
    for case in earlier_cases(seed, count, decimals):
        if is_of_this_step(case.sheet, case.name, case.mistaken):
            continue
        likely = _likelihoods(case)
        total = sum(likely.values())
        if not total:
            continue
        is_named = [mistake.id for mistake in case.mark.mistakes][:1] == [case.mistaken.id]
        result.named.add(is_named)
        result.alone.add(len(likely) == 1)
        if len(likely) == 1:
            result.named_alone.add(is_named)
        result.possible.append(max(likely.values()) / total)
    return result


def _likelihoods(case: EarlierCase) -> Counter[str]:
    """Return the mistakes that give the number typed, by id, with how likely each of them was drawn."""
    sheet, around = case.sheet, Surroundings(case.sheet.graph)
    kept = CARRY.work(sheet.graph, sheet.decimals, sheet.rng)
    kinds = Counter(sheet.graph.nodes[name].kind for name in sheet.asked)
    before = set(sheet.graph.ancestors(case.name)) - {case.name}
    found: Counter[str] = Counter()
    for origin in (name for name in sheet.asked if name in before):
        choices = mistakes_at(around, sheet.graph.nodes[origin])
        forms = Counter(each.id for each in choices)
        after = sum(origin in sheet.graph.ancestors(name) for name in sheet.asked)
        drawn = 1 / (len(kinds) * kinds[sheet.graph.nodes[origin].kind] * after * max(1, len(forms)))
        for each in choices:
            if _gives(sheet, each, case, kept) and not is_of_this_step(sheet, case.name, each):
                found[each.id] += drawn / forms[each.id]  # type: ignore[assignment]  # a share of a case
    return found


def _gives(sheet: Sheet, mistaken: MistakenFormula, case: EarlierCase, kept: dict[str, float]) -> bool:
    """Return whether a mistake, carried on as the learner carries numbers, gives the number typed."""
    with suppress(FormulaError):
        wrong = rounded(evaluate(mistaken.tree, kept), sheet.decimals(mistaken.at))
        carried = CARRY.work(sheet.graph, sheet.decimals, sheet.rng, {mistaken.at: wrong})
        return abs(CARRY.answer(sheet.graph, case.name, carried, sheet.decimals(case.name)) - case.value) < 1e-12
    return False
