"""Lint: check that right answers are marked as right, and that mistakes and updates show at the decimals asked for."""

from __future__ import annotations

import math
import re

from tutor.authoring.lint_context import PlacedBlock, Subject
from tutor.authoring.typical import TypicalMistake, author_mistakes, typical_mistakes
from tutor.errors import TutorError
from tutor.formulas.numbers import as_typed
from tutor.formulas.tree import walk
from tutor.formulas.wording import counted
from tutor.lessons.blocks import AskItem, Question
from tutor.lessons.blocks.base import mistake_faults
from tutor.marking import Marker, Verdict
from tutor.marking.typed import mark_typed
from tutor.network.decimals import old_value

LOOSE = 1 / 20
"""The largest share of an answer by which rounding earlier steps may move it."""

MOST_MORE = 2
"""The number of further decimals that a warning may suggest. A mistake that needs more is not worth telling apart."""

#: The share of a number that a mistake must change to be worth telling apart.
_NEGLIGIBLE = 1e-3

#: The limit of ``_cells_to_try``, in squared formula lengths: about a second.
_MOST_WORK = 60_000


def check_answers(subject: Subject) -> None:
    """Check every question of the lesson."""
    markers: dict[str, Marker] = {}
    for placed in subject.blocks():
        block = placed.block
        for item in block.asked:
            _item(subject, placed, item)
            if item.of not in markers:
                markers[item.of] = _marker(subject, item)
            _loose(subject, placed, item, markers[item.of])
        for name, message in block.faults():
            subject.on_block(name, placed, message)
        if isinstance(block, Question) and (key := block.key_to_try()):
            verdict = mark_typed(block, key, {}).verdict
            if verdict is not Verdict.CORRECT:
                why = "Does it have a value over the ranges of variables:?"
                subject.on_block("key-fails", placed, f"The key itself is marked '{verdict}'. {why}")


# -- ask --------------------------------------------------------------------------------------------------------------


def _item(subject: Subject, placed: PlacedBlock, item: AskItem) -> None:
    name, graph, decimals = item.quantity.name, item.graph, item.asked_decimals
    values = [graph.values[cell] for cell in item.quantity.cells]
    if -math.inf in values:
        message = f"{name} has −∞ in it, which nobody can type: ask for what is worked out from it."
        subject.on_block("key-fails", placed, message)
        return
    if not all(math.isfinite(value) for value in values):
        subject.on_block("key-fails", placed, f"{name} has no value with these numbers.")
        return
    _key(subject, placed, item, [as_typed(value, decimals) for value in values])
    if not _is_step_hidden(subject, placed, item, decimals):
        _told_apart(subject, placed, item, decimals)
    different = {mistake.message for mistake in author_mistakes(item)}
    failing = dict(mistake_faults(item.mistakes, graph.values))
    for message in failing.values():
        subject.on_block("mistake-fails", placed, message)
    for say in dict.fromkeys(str(mistake.say) for mistake in item.mistakes if mistake not in failing):
        if say not in different:
            message = f"The mistake '{say[:40]}' gives {name}'s right value with these numbers."
            subject.on_block("mistake-is-right", placed, message)


def _key(subject: Subject, placed: PlacedBlock, item: AskItem, typed: list[str]) -> None:
    """Warn if the right answer, typed as asked, is not marked as correct."""
    shape = item.quantity.shape
    answer: object = typed[0]
    if len(shape) == 1:
        answer = typed
    elif len(shape) == 2:
        answer = [typed[start : start + shape[1]] for start in range(0, len(typed), shape[1])]
    try:
        mark = Marker(item.graph).mark(item.quantity, answer, decimals=item.decimals, figures=item.figures)  # type: ignore[arg-type]
    except TutorError as error:
        subject.on_block("key-fails", placed, f"The key of {item.quantity.name} cannot be marked: {error}")
        return
    if mark.verdict is not Verdict.CORRECT:
        shown = ", ".join(typed)
        message = f"The key of {item.quantity.name}, {shown}, is marked '{mark.verdict}': {mark.message}"
        subject.on_block("key-fails", placed, message)


def _loose(subject: Subject, placed: PlacedBlock, item: AskItem, marker: Marker) -> None:
    """Warn if rounding the earlier steps can move an answer far."""
    for cell, moved in marker.moved_by_rounding(item.quantity).items():
        value = item.graph.values[cell]
        node = item.graph.nodes[cell]
        if node.formula is None or not value or moved <= LOOSE * abs(value):
            continue
        message = (
            f"Rounding the steps before can move {cell} by {moved / abs(value):.0%} of itself; "
            "ask for those steps with more decimals."
        )
        subject.on_block("loose-answer", placed, message)
        return


def _marker(subject: Subject, item: AskItem) -> Marker:
    """Return a marker that knows the decimals of everything that the lesson asks about the item's network."""
    decimals: dict[str, int] = {}
    for other in subject.lesson.asked():
        if other.of == item.of:
            decimals[other.quantity.name] = max(other.asked_decimals, decimals.get(other.quantity.name, 0))
    return Marker(item.graph, decimals=decimals)


def _is_step_hidden(subject: Subject, placed: PlacedBlock, item: AskItem, decimals: int) -> bool:
    """Warn if an updated parameter looks like the old one at the decimals asked for. Return whether it does."""
    for cell in item.quantity.cells:
        old = old_value(item.graph, item.graph.nodes[cell])
        if old is None:
            continue
        new, before = item.graph.values[cell], item.graph.values[old]
        if new != before and abs(new - before) > 1e-12 and round(new, decimals) == round(before, decimals):
            need = next((d for d in range(decimals + 1, 13) if round(new, d) != round(before, d)), 12)
            message = (
                f"At {counted(decimals, 'decimal')} {cell} looks like the old {old}; "
                f"ask for {need + 1}, or leave decimals out."
            )
            subject.on_block("small-step", placed, message)
            return True
    return False


def _cells_to_try(item: AskItem) -> list[str]:
    """Return the cells whose mistakes are tried: all, or as many as take about a second. The time grows with the square
    of a formula's length, because a formula has as many mistakes as it has parts."""
    found, work = [], 0
    for cell in item.quantity.cells:
        formula = item.graph.nodes[cell].formula
        work += sum(1 for _ in walk(formula)) ** 2 if formula is not None else 0
        if work > _MOST_WORK:
            break
        found.append(cell)
    return found


def _told_apart(subject: Subject, placed: PlacedBlock, item: AskItem, decimals: int) -> None:
    """Warn if a typical mistake gives the right answer's digits and a few more decimals would tell them apart.

    It is enough if the mistake shows in one cell of a grid: a person who makes it makes it in every cell.
    """
    values = item.graph.values
    found = [mistake for cell in _cells_to_try(item) for mistake in typical_mistakes(item.graph, cell)]

    def shows(mistake: TypicalMistake, places: int) -> bool:
        return round(mistake.value, places) != round(values[mistake.cell], places)

    visible = {(_without_cell(mistake), mistake.cell) for mistake in found if shows(mistake, decimals)}
    for mistake in found:
        more = range(decimals + 1, decimals + MOST_MORE + 1)
        need = next((places for places in more if shows(mistake, places)), None)
        if need is None or shows(mistake, decimals) or _is_negligible(mistake.value, values[mistake.cell]):
            continue
        if any(kind == _without_cell(mistake) and cell != mistake.cell for kind, cell in visible):
            continue
        right = as_typed(values[mistake.cell], decimals)
        message = (
            f"At {counted(decimals, 'decimal')} {mistake.cell} is {right} with the mistake '{mistake.id}' too; "
            f"decimals: {need} tells them apart."
        )
        subject.on_block("hidden-mistake", placed, message)
        return


def _is_negligible(value: float, right: float) -> bool:
    """Return whether a mistake changes a number so little that it need not be found, as an ε under a root or beside it
    does."""
    return abs(value - right) < _NEGLIGIBLE * abs(right)


def _without_cell(mistake: TypicalMistake) -> str:
    """Return a mistake's sentence without the numbers of cells, which is the same in every cell."""
    return re.sub(r"[\d₀-₉]+", "", mistake.message)
