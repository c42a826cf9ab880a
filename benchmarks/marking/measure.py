"""The measurements: each is a function that returns counts, on random networks from a seed."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from benchmarks.marking.learners import ASKED, CARRY, ONCE, STEPS, WAYS, Decimals, Way, rounded, spelt
from benchmarks.marking.networks import random_network
from benchmarks.marking.rules import RULES
from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.marking import Mark, Marker, Typed, Verdict
from tutor.mistakes import MistakenFormula, Surroundings, mistakes_at
from tutor.network import Graph, Kind
from tutor.network.decimals import default_decimals, old_value


@dataclass
class Share:
    """A number of hits out of a total."""

    hits: int = 0
    total: int = 0

    def add(self, hit: bool) -> None:
        self.hits += hit
        self.total += 1

    @property
    def percent(self) -> float:
        return 100 * self.hits / self.total if self.total else math.nan

    def __str__(self) -> str:
        return f"{self.percent:6.2f} % of {self.total}"


class Sheet:
    """One network with its questions; ``decimals`` applies to all of them (None: the defaults)."""

    def __init__(
        self, rng: random.Random, decimals: int | None, *, wide: bool = False, sizes: tuple[int, ...] | None = None
    ) -> None:
        self.rng = rng
        self.graph: Graph = random_network(rng, sizes, wide=wide)
        self.fixed = decimals
        self.marker = Marker(self.graph, decimals=decimals)
        self.asked = [name for name, node in self.graph.nodes.items() if node.kind in ASKED]
        self._decimals: dict[str, int] = {}

    def decimals(self, name: str) -> int:
        if name not in self._decimals:
            self._decimals[name] = (
                self.fixed if self.fixed is not None else default_decimals(self.graph, self.graph.as_quantity(name))
            )
        return self._decimals[name]

    def pick(self) -> str:
        """Return a random quantity, with every kind equally likely."""
        kinds = sorted({self.graph.nodes[name].kind for name in self.asked})
        kind = self.rng.choice(kinds)
        return self.rng.choice([name for name in self.asked if self.graph.nodes[name].kind is kind])

    def shows_step(self, name: str) -> bool:
        """Return whether an update is large enough to show at its decimals; else the old value is right too."""
        old = old_value(self.graph, self.graph.nodes[name])
        if old is None:
            return True
        step = abs(self.graph.values[name] - self.graph.values[old])
        return step == 0 or step > 0.5 * 10.0 ** -self.decimals(name)

    def lost_step(self, name: str, typed: float) -> bool:
        """Return whether honest rounding has removed an update's step."""
        old = old_value(self.graph, self.graph.nodes[name])
        if old is None:
            return False
        moved = abs(self.graph.values[name] - self.graph.values[old]) > 0.5 * 10.0 ** -self.decimals(name)
        return moved and abs(typed - rounded(self.graph.values[old], self.decimals(name))) < 1e-12

    def lost_memory(self, name: str, kept: dict[str, float]) -> bool:
        """Return whether rounding has left an optimizer's memory (v = 0.00000003) too few figures to divide by."""
        memories = (each for each in self.graph.ancestors(name) if self.graph.nodes[each].kind is Kind.MEMORY)
        return any(abs(kept[each] - self.graph.values[each]) > 0.05 * abs(self.graph.values[each]) for each in memories)

    def mark(self, name: str, value: float, own: dict[str, Typed] | None = None, *, spell: bool = True) -> Mark:
        text = spelt(self.rng, value, self.decimals(name)) if spell else f"{value:.{self.decimals(name)}f}"
        return self.marker.mark(self.graph.as_quantity(name), text, own=own or {}, decimals=self.fixed)

    def typed(self, way: Way, names: list[str], kept: dict[str, float]) -> dict[str, Typed]:
        """Return the answers that a learner with this habit writes down."""
        found = {}
        for name in names:
            places = self.decimals(name)
            found[name] = Typed(way.answer(self.graph, name, kept, places), places, places)
        return found


@dataclass
class Refused:
    """Right answers that were not marked correct, by rounding habit; ``wrong`` counts those that were marked wrong."""

    share: dict[str, Share] = field(default_factory=dict)
    wrong: dict[str, Share] = field(default_factory=dict)
    others: dict[tuple[str, str], Share] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def add(self, way: str, mark: Mark, sheet: Sheet, value: float) -> None:
        self.share.setdefault(way, Share()).add(mark.verdict is not Verdict.CORRECT)
        self.wrong.setdefault(way, Share()).add(mark.verdict is Verdict.WRONG)
        true = sheet.graph.values[mark.quantity]
        for rule, accepts in RULES.items():
            self.others.setdefault((rule, way), Share()).add(not accepts(value, true, sheet.decimals(mark.quantity)))
        if mark.verdict is not Verdict.CORRECT and len(self.examples) < 40:
            self.examples.append(
                f"{way}: {mark.quantity} {value} for {true:.8f}: {mark.verdict} {[m.id for m in mark.mistakes]}"
            )


def right_refused(seed: int, count: int, decimals: int | None, *, wide: bool = False) -> Refused:
    """Mark right work with every rounding habit; also with some or all earlier answers typed, or typed with another
    habit."""
    result = Refused()
    for number in range(count):
        sheet = Sheet(random.Random(f"{seed}-{number}"), decimals, wide=wide)
        name = sheet.pick()
        if not sheet.shows_step(name):
            continue
        for way in WAYS:
            kept = way.work(sheet.graph, sheet.decimals, sheet.rng)
            value = way.answer(sheet.graph, name, kept, sheet.decimals(name))
            if not sheet.lost_step(name, value) and not sheet.lost_memory(name, kept):
                result.add(way.name, sheet.mark(name, value), sheet, value)
        _typed_before(sheet, name, result)
    return result


def _typed_before(sheet: Sheet, name: str, result: Refused) -> None:
    before = [each for each in sheet.graph.ancestors(name) if each in sheet.asked]
    some = [each for each in before if sheet.rng.random() < 0.5]
    for label, typed, first, second in (
        ("some typed", some, CARRY, CARRY),
        ("all typed", before, CARRY, CARRY),
        ("two ways", before, sheet.rng.choice((ONCE, STEPS, CARRY)), sheet.rng.choice((ONCE, CARRY, STEPS))),
    ):
        kept = first.work(sheet.graph, sheet.decimals, sheet.rng)
        own = sheet.typed(first, typed, kept)
        mine = kept if first is second else second.work(sheet.graph, sheet.decimals, sheet.rng)
        value = second.answer(sheet.graph, name, mine, sheet.decimals(name))
        if not sheet.lost_step(name, value) and not sheet.lost_memory(name, mine):
            result.add(label, sheet.mark(name, value, own), sheet, value)


# -- wrong answers --------------------------------------------------------------------------------------------------


@dataclass
class Wrong:
    """Deliberate mistakes: how often they are accepted, named first, or named among the first two."""

    accepted: Share = field(default_factory=Share)
    first: Share = field(default_factory=Share)
    first_or_same: Share = field(default_factory=Share)
    among_two: Share = field(default_factory=Share)
    among_or_same: Share = field(default_factory=Share)
    same_digits: Share = field(default_factory=Share)
    beyond: Share = field(default_factory=Share)
    others: dict[str, Share] = field(default_factory=dict)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    accepted_ids: Counter[str] = field(default_factory=Counter)
    drawn_ids: Counter[str] = field(default_factory=Counter)


def mistakes_of(sheet: Sheet, name: str) -> list[MistakenFormula]:
    """Return the possible mistakes of a step, a random one for each id."""
    by_id: dict[str, list[MistakenFormula]] = {}
    for mistaken in mistakes_at(Surroundings(sheet.graph), sheet.graph.nodes[name]):
        by_id.setdefault(mistaken.id, []).append(mistaken)
    return [sheet.rng.choice(found) for found in by_id.values()]


def wrong_accepted(seed: int, count: int, decimals: int | None, *, wide: bool = False) -> Wrong:
    """Mark a mistake at one step, on exact, rounded or typed earlier values; skip answers with the right digits."""
    result = Wrong()
    number = 0
    while result.accepted.total < count:
        number += 1
        sheet = Sheet(random.Random(f"{seed}-{number}"), decimals, wide=wide)
        for _ in range(6):
            name = sheet.pick()
            choices = mistakes_of(sheet, name)
            if not choices or not sheet.shows_step(name):
                continue
            mistaken = sheet.rng.choice(choices)
            way = sheet.rng.choice((ONCE, CARRY, CARRY))
            kept = way.work(sheet.graph, sheet.decimals, sheet.rng)
            own = (
                sheet.typed(way, [each for each in sheet.graph.ancestors(name) if each in sheet.asked], kept)
                if sheet.rng.random() < 0.33
                else {}
            )
            _one_mistake(sheet, name, mistaken, kept, own, result)
    return result


def _one_mistake(
    sheet: Sheet, name: str, mistaken: MistakenFormula, kept: dict[str, float], own: dict[str, Typed], result: Wrong
) -> None:
    places, true = sheet.decimals(name), sheet.graph.values[name]
    try:
        value = rounded(evaluate(mistaken.tree, kept), places)
    except FormulaError:
        return
    if abs(value) > 1e6 or abs(value - rounded(true, places)) < 1e-12:
        return
    mark = sheet.mark(name, value, own)
    result.accepted.add(mark.verdict is Verdict.CORRECT)
    result.beyond.add(mark.verdict is Verdict.CORRECT and not _within_reach(sheet, name, value))
    result.drawn_ids[mistaken.id] += 1
    for rule, accepts in RULES.items():
        result.others.setdefault(rule, Share()).add(accepts(value, true, places))
    if mark.verdict is Verdict.CORRECT:
        result.accepted_ids[mistaken.id] += 1
        return
    ids = [mistake.id for mistake in mark.mistakes]
    result.first.add(ids[:1] == [mistaken.id])
    result.among_two.add(mistaken.id in ids[:2])
    same = ids[:1] == [mistaken.id] or (bool(ids) and _same_number(sheet, name, ids[0], mistaken))
    result.first_or_same.add(same)
    second = len(ids) > 1 and _same_number(sheet, name, ids[1], mistaken)
    result.among_or_same.add(same or mistaken.id in ids[:2] or second)
    same = same or (bool(ids) and _same_digits(sheet, name, ids[0], value, kept))
    result.same_digits.add(same)
    if not same:
        result.confused[mistaken.id, ids[0] if ids else f"({mark.verdict})"] += 1


def _within_reach(sheet: Sheet, name: str, value: float) -> bool:
    """Return whether an honest rounding habit gives this number, or the bound on all rounding allows it."""
    places = sheet.decimals(name)
    for way in WAYS:
        kept = way.work(sheet.graph, sheet.decimals, sheet.rng)
        if abs(way.answer(sheet.graph, name, kept, places) - value) < 1e-12:
            return True
    return abs(value - sheet.graph.values[name]) <= rounding_bound(sheet.graph, name, sheet.decimals) + 10.0**-places


def rounding_bound(graph: Graph, name: str, decimals: Decimals) -> float:
    """Return how far off rounding can make a value: half a unit at every earlier node, one at a time, added up."""

    def moved(at: str, by: float) -> float:
        values: dict[str, float] = {}
        for each, node in graph.nodes.items():
            value = node.value or 0.0 if node.formula is None else evaluate(node.formula, values)
            values[each] = value + (by if each == at else 0.0)
            if each == name:
                break
        return values[name]

    true, total = graph.values[name], 0.0
    for at in graph.ancestors(name):
        if graph.nodes[at].formula is not None and at != name:
            half = 0.5 * 10.0 ** -decimals(at)
            with suppress(FormulaError):
                total += max(abs(moved(at, half) - true), abs(moved(at, -half) - true))
    return 1.1 * total


def _same_number(sheet: Sheet, name: str, named: str, mistaken: MistakenFormula) -> bool:
    """Return whether the named mistake gives the same number here as the one that was made."""
    value = evaluate(mistaken.tree, sheet.graph.values)
    for other in mistakes_at(Surroundings(sheet.graph), sheet.graph.nodes[name]):
        if other.id == named:
            with suppress(FormulaError):
                if abs(evaluate(other.tree, sheet.graph.values) - value) < 1e-9:
                    return True
    return False


def _same_digits(sheet: Sheet, name: str, named: str, value: float, kept: dict[str, float]) -> bool:
    """Return whether the named mistake gives the typed digits, so that nothing tells the two apart."""
    half = 0.5 * 10.0 ** -sheet.decimals(name) * (1 + 1e-9)
    for other in mistakes_at(Surroundings(sheet.graph), sheet.graph.nodes[name]):
        for values in (sheet.graph.values, kept):
            if other.id == named:
                with suppress(FormulaError):
                    if abs(evaluate(other.tree, values) - value) <= half:
                        return True
    return False


# -- follow-through -------------------------------------------------------------------------------------------------


def follows(seed: int, count: int, decimals: int | None) -> tuple[Share, Share]:
    """Return how often right work after a mistake is marked consistent or correct, and how often the mistake's place is
    named first."""
    consistent, blamed = Share(), Share()
    for number in range(count):
        sheet = Sheet(random.Random(f"{seed}-{number}"), decimals)
        origin = sheet.pick()
        after = [name for name in sheet.asked if origin in sheet.graph.ancestors(name)]
        choices = mistakes_of(sheet, origin)
        if not after or not choices or not sheet.shows_step(origin):
            continue
        name, mistaken = sheet.rng.choice(after), sheet.rng.choice(choices)
        kept = CARRY.work(sheet.graph, sheet.decimals, sheet.rng)
        try:
            wrong = rounded(evaluate(mistaken.tree, kept), sheet.decimals(origin))
            mine = CARRY.work(sheet.graph, sheet.decimals, sheet.rng, {origin: wrong})
        except FormulaError:  # the logarithm of a number that the mistake made negative
            continue
        if abs(wrong) > 1e4 or sheet.mark(origin, wrong, spell=False).verdict is Verdict.CORRECT:
            continue
        before = [
            each
            for each in sheet.graph.ancestors(name)
            if each in sheet.asked and each != origin and sheet.rng.random() < 0.7
        ]
        own = sheet.typed(CARRY, before, mine)
        own[origin] = Typed(wrong, sheet.decimals(origin), sheet.decimals(origin))
        value = CARRY.answer(sheet.graph, name, mine, sheet.decimals(name))
        if sheet.lost_step(name, value) or not sheet.shows_step(name):
            continue
        mark = sheet.mark(name, value, own)
        consistent.add(mark.verdict in (Verdict.FOLLOWS, Verdict.CORRECT))
        if mark.verdict is Verdict.FOLLOWS:
            blamed.add(mark.because[0] == origin)
    return consistent, blamed


def trivial_sheets(seed: int, count: int, decimals: int | None) -> dict[str, Share]:
    """Count the wrong answers that are marked consistent on sheets filled with one number."""
    result = {value: Share() for value in ("0", "1", "0.5")}
    for number in range(count):
        sheet = Sheet(random.Random(f"{seed}-{number}"), decimals)
        for text, share in result.items():
            own: dict[str, Typed] = {}
            for name in sheet.asked:
                mark = sheet.marker.mark(sheet.graph.as_quantity(name), text, own=own, decimals=sheet.fixed)
                own.update(mark.own)
                if mark.verdict is not Verdict.CORRECT:
                    share.add(mark.verdict is Verdict.FOLLOWS)
    return result


def random_numbers(seed: int, count: int, decimals: int | None) -> tuple[Share, Share]:
    """Return how many random numbers are marked correct or consistent, and how many are given a mistake's name."""
    accepted, named = Share(), Share()
    for number in range(count):
        sheet = Sheet(random.Random(f"{seed}-{number}"), decimals)
        name = sheet.pick()
        true = sheet.graph.values[name]
        value = rounded(sheet.rng.uniform(-1.5, 1.5) * max(abs(true), 0.05), sheet.decimals(name))
        if abs(value - true) < 3 * 10.0 ** -sheet.decimals(name):
            continue
        mark = sheet.mark(name, value)
        accepted.add(mark.verdict in (Verdict.FOLLOWS, Verdict.CORRECT))
        named.add(bool(mark.mistakes))
    return accepted, named


# -- time -----------------------------------------------------------------------------------------------------------


def times(seed: int, count: int) -> Iterator[tuple[str, list[float]]]:
    """Yield the milliseconds of CPU time for verdicts with diagnosis on 5-4-3-2 networks, with warm markers."""
    kinds: dict[str, list[float]] = {
        "right": [],
        "right, all typed": [],
        "wrong, named": [],
        "unexplained": [],
        "all": [],
    }
    for number in range(max(1, count // 60)):
        sheet = Sheet(random.Random(f"{seed}-{number}"), None, sizes=(5, 4, 3, 2))
        kept = CARRY.work(sheet.graph, sheet.decimals, sheet.rng)
        own = sheet.typed(CARRY, sheet.asked, kept)
        for name in sheet.asked:  # warm up: the first answers compute what later ones reuse
            sheet.mark(name, own[name].value, spell=False)
            sheet.mark(name, own[name].value + 0.1234, spell=False)
        for _ in range(60):
            name = sheet.pick()
            choices = mistakes_of(sheet, name)
            wrong = evaluate(sheet.rng.choice(choices).tree, kept) if choices else 0.0
            cases = {
                "right": (own[name].value, {}),
                "right, all typed": (own[name].value, {key: each for key, each in own.items() if key != name}),
                "wrong, named": (rounded(wrong, sheet.decimals(name)), {}),
                "unexplained": (rounded(sheet.graph.values[name] * 1.1234 + 0.0321, sheet.decimals(name)), {}),
            }
            for kind, (value, typed) in cases.items():
                text = f"{value:.{sheet.decimals(name)}f}"
                quantity = sheet.graph.as_quantity(name)
                sheet.marker.forget()
                start = time.thread_time()
                sheet.marker.mark(quantity, text, own=typed)
                taken = 1000 * (time.thread_time() - start)
                kinds[kind].append(taken)
                kinds["all"].append(taken)
    yield from kinds.items()
