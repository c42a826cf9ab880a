"""How much of a terminal a screen takes: an estimate, good enough to find the ones that are far too long."""

from __future__ import annotations

import textwrap

from tutor.authoring.lint_context import Subject
from tutor.lessons.blocks import (
    Ask,
    Block,
    Choose,
    Derive,
    Diagram,
    Explore,
    Fill,
    Given,
    Image,
    Lab,
    Number,
    Order,
    Plot,
    Question,
    Run,
    Table,
)
from tutor.lessons.template import Context, spans

WIDTH = 76
FAR_TOO_LONG = 66
"""Lines: three terminals of 24 with the frame taken off."""


def check_screens(subject: Subject) -> None:
    """Warn about screens that are far longer than a terminal."""
    for number, screen in enumerate(subject.lesson.screens):
        lines = sum(height(block) + 1 for block in screen.blocks)
        if lines > FAR_TOO_LONG:
            message = (
                f"This screen takes about {lines} lines, and a small terminal has 24; split it, one idea a screen."
            )
            subject.on_screen("long-screen", number, message)
        if not any(isinstance(block, Question) for block in screen.blocks):
            subject.on_screen("nothing-asked", number, "This screen asks nothing.")


def height(block: Block) -> int:
    """About how many lines of 76 columns a block takes."""
    match block:
        case Given():
            return 6
        case Diagram():
            return 3 + 3 * max(block.network.layers[0].n_inputs, *(layer.n_units for layer in block.network.layers))
        case Table():
            return len(block.rows) + 3
        case Plot() | Image():
            return 14
        case Explore():
            return 12 + len(block.turn) + len(block.goals)
        case Derive():
            return 3
        case Run():
            return len(block.code.source.splitlines()) + len((block.output or "").splitlines()) + 3
        case Question():
            return _question_height(block)
    return text_height(block.markdown())


def _question_height(block: Question) -> int:
    lines = text_height(block.prompt.fill())
    match block:
        case Ask():
            own = sum(text_height(item.prompt.fill()) for item in block.items)
            return lines + own + sum(_rows(item.quantity.shape) for item in block.items)
        case Choose():
            return lines + sum(text_height(option.text.fill()) for option in block.options)
        case Order():
            return lines + len(block.steps) + len(block.extra)
        case Fill():
            return lines + len(block.text.source.splitlines())
        case Lab():
            return lines + 16
        case Number():
            return lines + 1
    return lines + 3


def _rows(shape: tuple[int, ...]) -> int:
    return shape[0] + 1 if len(shape) == 2 else 1


def text_height(text: str) -> int:
    """Return lines of a Markdown text, its display mathematics as tall as it is drawn."""
    from tutor.mathtext import fit

    if not text.strip():
        return 0
    total = 0
    rest = text
    for span in reversed([each for each in spans(text) if each.context is Context.MATH and each.display]):
        total += fit(text[span.start : span.end].strip(), WIDTH).height + 1
        rest = rest[: span.start - 2] + rest[span.end + 2 :]
    return total + sum(max(1, len(textwrap.wrap(line, WIDTH))) for line in rest.strip().split("\n"))
