"""Whether a lesson's questions can be answered: its keys marked, its mistakes told apart, its steps to be seen."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from tutor.authoring.lint_context import PlacedBlock, Subject
from tutor.authoring.typical import TypicalMistake, author_mistakes, typical_mistakes
from tutor.errors import FormulaError, TutorError
from tutor.formulas import evaluate, names, text
from tutor.formulas.numbers import plain
from tutor.formulas.wording import counted
from tutor.lessons.allowed_names import answer_in_allowed_names
from tutor.lessons.blocks import Ask, AskItem, AuthorMistake, Expression, Fill, Number
from tutor.marking import Marker, Verdict
from tutor.marking.expressions import mark_expression
from tutor.network.decimals import default_decimals, figures_to_decimals, old_value

LOOSE = 1 / 20
"""Carried rounding may move an answer by this share of itself."""

MOST_MORE = 2
"""Decimals more than asked that are worth asking for; what needs more than these nobody would tell apart."""


def check_answers(subject: Subject) -> None:
    """Every question of the lesson."""
    markers: dict[str, Marker] = {}
    for placed in subject.blocks():
        block = placed.block
        if isinstance(block, Ask):
            for item in block.items:
                _item(subject, placed, item)
                if item.of not in markers:
                    markers[item.of] = _marker(subject, item)
                _loose(subject, placed, item, markers[item.of])
        elif isinstance(block, Number):
            _number(subject, placed, block)
        elif isinstance(block, Expression):
            _expression(subject, placed, block)
        elif isinstance(block, Fill):
            _fill(subject, placed, block)


# -- ask --------------------------------------------------------------------------------------------------------------


def asked_decimals(item: AskItem) -> int:
    """Return the decimals that a quantity is asked for with."""
    if item.decimals is not None:
        return item.decimals
    if item.figures is not None:
        return max(figures_to_decimals(item.graph.values[cell], item.figures) for cell in item.quantity.cells)
    return default_decimals(item.graph, item.quantity)


def key_text(value: float, decimals: int) -> str:
    """Return a number as a learner would type it at these decimals, with a plain minus."""
    text = plain(value, decimals)
    return plain(value, decimals, trim=True) if abs(float(text) - value) < 1e-12 else text


def _item(subject: Subject, placed: PlacedBlock, item: AskItem) -> None:
    name, graph, decimals = item.quantity.name, item.graph, asked_decimals(item)
    values = [graph.values[cell] for cell in item.quantity.cells]
    if -math.inf in values:
        message = f"{name} has −∞ in it, which nobody can type: ask for what is worked out from it."
        subject.on_block("key-fails", placed, message)
        return
    if not all(math.isfinite(value) for value in values):
        subject.on_block("key-fails", placed, f"{name} has no value with these numbers.")
        return
    _key(subject, placed, item, [key_text(value, decimals) for value in values])
    if not _is_step_hidden(subject, placed, item, decimals):
        _told_apart(subject, placed, item, decimals)
    different = {mistake.message for mistake in author_mistakes(item)}
    fine = _have_values(subject, placed, item.mistakes, graph.values)
    for say in dict.fromkeys(str(mistake.say) for mistake in fine):
        if say not in different:
            message = f"The mistake '{say[:40]}' gives {name}'s right value with these numbers."
            subject.on_block("mistake-is-right", placed, message)


def _have_values(
    subject: Subject, placed: PlacedBlock, mistakes: Sequence[AuthorMistake], values: Mapping[str, float]
) -> list[AuthorMistake]:
    """Return the mistakes whose formulas have a value with these numbers; nobody could ever make the others."""
    fine = []
    for mistake in mistakes:
        try:
            for tree in mistake.cells:
                evaluate(tree, values)
        except FormulaError as error:
            message = f"The mistake '{str(mistake.say)[:40]}' has no value with these numbers: {error.message}"
            subject.on_block("mistake-fails", placed, message)
        else:
            fine.append(mistake)
    return fine


def _key(subject: Subject, placed: PlacedBlock, item: AskItem, typed: list[str]) -> None:
    """The right answer, typed as asked, must be marked as correct."""
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
    """Rounding the steps before must not move an answer far."""
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
    """Return a marker that knows the decimals of everything that the lesson asks about this network."""
    decimals: dict[str, int] = {}
    for other in subject.lesson.asked():
        if other.of == item.of:
            decimals[other.quantity.name] = max(asked_decimals(other), decimals.get(other.quantity.name, 0))
    return Marker(item.graph, decimals=decimals)


def _is_step_hidden(subject: Subject, placed: PlacedBlock, item: AskItem, decimals: int) -> bool:
    """Return an updated parameter must not look like the old one; whether it does."""
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


def _told_apart(subject: Subject, placed: PlacedBlock, item: AskItem, decimals: int) -> None:
    """A typical mistake must not have the right answer's digits where more decimals would tell them apart.

    A mistake that shows in one cell of a grid is told apart: a person who makes it makes it in the others too.
    """
    values = item.graph.values
    found = [mistake for cell in item.quantity.cells for mistake in typical_mistakes(item.graph, cell)]

    def shows(mistake: TypicalMistake, places: int) -> bool:
        return round(mistake.value, places) != round(values[mistake.cell], places)

    told = {(_without_cell(mistake), mistake.cell) for mistake in found if shows(mistake, decimals)}
    for mistake in found:
        more = range(decimals + 1, decimals + MOST_MORE + 1)
        need = next((places for places in more if shows(mistake, places)), None)
        if need is None or shows(mistake, decimals):
            continue
        if any(kind == _without_cell(mistake) and cell != mistake.cell for kind, cell in told):
            continue
        right = key_text(values[mistake.cell], decimals)
        message = (
            f"At {counted(decimals, 'decimal')} {mistake.cell} is {right} with the mistake '{mistake.id}' too; "
            f"decimals: {need} tells them apart."
        )
        subject.on_block("hidden-mistake", placed, message)
        return


def _without_cell(mistake: TypicalMistake) -> str:
    """Return what a mistake has in common in all cells: its sentence without the numbers of cells."""
    return re.sub(r"[\d₀-₉]+", "", mistake.message)


# -- other questions --------------------------------------------------------------------------------------------------


def _number(subject: Subject, placed: PlacedBlock, block: Number) -> None:
    values = block.graph.values if block.graph is not None else {}
    if block.within is not None and abs(float(key_text(block.value, 9)) - block.value) > block.within:
        message = f"Nobody can type {block.value:.9g} within {block.within:g}; allow more, or ask for decimals."
        subject.on_block("key-fails", placed, message)
    _have_values(subject, placed, block.mistakes, values)
    for mistake, value in block.wrong_values():
        room = block.within if block.within is not None else 1e-9
        if abs(value - block.value) <= room:
            message = f"The mistake '{str(mistake.say)[:40]}' is the right answer."
            subject.on_block("mistake-is-right", placed, message)


def _expression(subject: Subject, placed: PlacedBlock, block: Expression) -> None:
    """The key must keep to the names that an answer may have."""
    key = answer_in_allowed_names(block)
    if block.using is not None and (others := [name for name in names(key) if name not in block.using]):
        subject.on_block("key-fails", placed, f"The key uses {', '.join(others)}, which using: does not allow.")
    if block.reference is not None and block.graph is not None:
        _expression_value(subject, placed, block)
    elif block.variables:
        mark = mark_expression(text(block.answer), block.answer, variables=block.variables)
        if mark.verdict is not Verdict.CORRECT:
            message = f"The key itself is marked '{mark.verdict}'. Does it have a value over the ranges of variables:?"
            subject.on_block("key-fails", placed, message)


def _expression_value(subject: Subject, placed: PlacedBlock, block: Expression) -> None:
    """The author's formula must give the quantity's value."""
    assert block.graph is not None
    assert block.reference is not None
    try:
        value = evaluate(block.answer, block.graph.values)
    except TutorError as error:
        subject.on_block("key-fails", placed, f"The key has no value with these numbers: {error}")
        return
    right = block.graph.values[block.reference.quantity.cells[0]]
    if not math.isclose(value, right, rel_tol=1e-9, abs_tol=1e-9):
        message = f"The key gives {value:.6g}, and {block.reference.name} is {right:.6g}."
        subject.on_block("key-fails", placed, message)


def _fill(subject: Subject, placed: PlacedBlock, block: Fill) -> None:
    for number, gap in enumerate(block.gaps, 1):
        if not gap or not all(answer.strip() for answer in gap):
            subject.on_block("key-fails", placed, f"Gap {number} has an empty answer.")
