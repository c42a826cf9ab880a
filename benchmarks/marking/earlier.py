"""Measure how mistakes at an earlier step that was not typed are named."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.marking.learners import CARRY, CARRY_MORE, ONCE, Way, rounded
from benchmarks.marking.measure import Share, Sheet, mistakes_of
from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.marking import Mark, Mistake, Verdict
from tutor.mistakes import MistakenFormula, Surroundings, mistakes_at


@dataclass
class Earlier:
    """Mistakes at a step that was not typed: how often they are named first, what else is named, how often nothing."""

    first: Share = field(default_factory=Share)
    first_or_same: Share = field(default_factory=Share)
    same_digits: Share = field(default_factory=Share)
    among_two: Share = field(default_factory=Share)
    nothing: Share = field(default_factory=Share)
    of_this_step: int = 0


@dataclass(frozen=True)
class EarlierCase:
    """The last number, written down with ``decimals`` asked for, after a mistake at an earlier step, with its mark."""

    sheet: Sheet
    name: str
    mistaken: MistakenFormula
    value: float
    mark: Mark


def earlier_cases(seed: int, count: int, decimals: int | None) -> Iterator[EarlierCase]:
    """Yield wrong last numbers after a mistake at an earlier step that was not typed, with the rest right."""
    for number in range(count):
        sheet = Sheet(random.Random(f"{seed}-{number}"), decimals)
        origin = sheet.pick()
        after = [name for name in sheet.asked if origin in sheet.graph.ancestors(name)]
        choices = mistakes_of(sheet, origin)
        if not after or not choices:
            continue
        name, mistaken = sheet.rng.choice(after), sheet.rng.choice(choices)
        try:
            value = _carried(sheet, mistaken, name, CARRY)[1]
        except FormulaError:
            continue
        mark = sheet.mark(name, value)
        if mark.verdict is Verdict.WRONG and sheet.shows_step(name):
            yield EarlierCase(sheet, name, mistaken, value, mark)


def earlier_mistakes(seed: int, count: int, decimals: int | None) -> Earlier:
    """Mark the last number after a mistake at an earlier step that was not typed, with the rest right.

    Mistakes that give the same number as a mistake of the last step are counted separately: after a gradient with the
    wrong sign, as after a step uphill, nobody can tell where the minus was lost.
    """
    result = Earlier()
    for case in earlier_cases(seed, count, decimals):
        sheet, name, mistaken, mark = case.sheet, case.name, case.mistaken, case.mark
        if is_of_this_step(sheet, name, mistaken):
            result.of_this_step += 1
            continue
        ids = [mistake.id for mistake in mark.mistakes]
        first = ids[:1] == [mistaken.id]
        same = first or (bool(ids) and _is_one_number(sheet, name, mark.mistakes[0], mistaken))
        result.first.add(first)
        result.first_or_same.add(same)
        result.same_digits.add(same or (bool(ids) and _gives(sheet, name, mark.mistakes[0], case.value)))
        result.among_two.add(mistaken.id in ids)
        result.nothing.add(not ids)
    return result


def is_of_this_step(sheet: Sheet, name: str, mistaken: MistakenFormula) -> bool:
    """Return whether a mistake of the last step gives, by formula, the same number as the earlier mistake."""
    made = _carried(sheet, mistaken, name, ONCE)[0]
    for other in mistakes_at(Surroundings(sheet.graph), sheet.graph.nodes[name]):
        with suppress(FormulaError):
            if abs(evaluate(other.tree, sheet.graph.values) - made) < 1e-9:
                return True
    return False


def _carried(sheet: Sheet, mistaken: MistakenFormula, name: str, way: Way) -> tuple[float, float]:
    """Return a later quantity after the mistake at ``mistaken.at``: as computed, and as written down."""
    kept = way.work(sheet.graph, sheet.decimals, sheet.rng)
    wrong = evaluate(mistaken.tree, kept)
    if mistaken.at == name:
        return wrong, rounded(wrong, sheet.decimals(name))
    if way.extra is not None:
        wrong = rounded(wrong, sheet.decimals(mistaken.at) + way.extra)
    kept = way.work(sheet.graph, sheet.decimals, sheet.rng, {mistaken.at: wrong})
    return kept[name], way.answer(sheet.graph, name, kept, sheet.decimals(name))


def _named(sheet: Sheet, mistake: Mistake) -> list[MistakenFormula]:
    """Return the formulas that a mistake's name may mean."""
    found = mistakes_at(Surroundings(sheet.graph), sheet.graph.nodes[mistake.place])
    return [mistaken for mistaken in found if mistaken.id == mistake.id]


def _is_one_number(sheet: Sheet, name: str, mistake: Mistake, mistaken: MistakenFormula) -> bool:
    """Return whether the named mistake gives, by formula, the number of the mistake made: nobody could tell them
    apart."""
    made = _carried(sheet, mistaken, name, ONCE)[0]
    for other in _named(sheet, mistake):
        with suppress(FormulaError):
            if abs(_carried(sheet, other, name, ONCE)[0] - made) < 1e-9:
                return True
    return False


def _gives(sheet: Sheet, name: str, mistake: Mistake, value: float) -> bool:
    """Return whether the named mistake gives the typed digits, which then do not tell the two apart."""
    for way in (ONCE, CARRY, CARRY_MORE):
        for other in _named(sheet, mistake):
            with suppress(FormulaError):
                if abs(_carried(sheet, other, name, way)[1] - value) < 1e-12:
                    return True
    return False
