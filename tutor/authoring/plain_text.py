"""Lessons' texts and values as plain words: for keys and sheets in text, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from tutor.authoring.answers import key_text
from tutor.formulas import format_number, text
from tutor.formulas.numbers import real_minus
from tutor.formulas.tree import Name
from tutor.lessons.allowed_names import answer_in_allowed_names
from tutor.lessons.blocks import (
    AskItem,
    Choose,
    Expression,
    Fill,
    Lab,
    Number,
    Option,
    Order,
    Question,
    Run,
    Write,
)
from tutor.lessons.blocks.offering import letter
from tutor.lessons.template import Context, Template, spans
from tutor.network import Graph


def plain(markdown: str) -> str:
    """Return a Markdown text with its mathematics as characters: ``$w_{11}$`` is w₁₁, a displayed formula stands by
    itself."""
    from tutor.mathtext import fit, render_inline

    found, place = [], 0
    for span in spans(markdown):
        if span.context is not Context.MATH:
            continue
        marks = 2 if span.display else 1
        found.append(markdown[place : span.start - marks])
        latex = markdown[span.start : span.end].strip()
        if span.display:
            rows = "\n".join(f"    {row.rstrip()}" for row in fit(latex, 72).rows)
            found.append(f"\n{rows}\n")
        else:
            found.append(render_inline(latex))
        place = span.end + marks
    return "".join([*found, markdown[place:]]).strip("\n")


def one_line(template: Template) -> str:
    """Return a text on one line."""
    return " ".join(plain(template.fill()).split())


def grid(cells: Sequence[str], shape: tuple[int, ...]) -> str:
    """Cells as a number, a row in brackets, or rows of them."""
    if not shape:
        return cells[0]
    width = shape[-1]
    rows = ["[" + ", ".join(cells[start : start + width]) + "]" for start in range(0, len(cells), width)]
    return rows[0] if len(shape) == 1 else "[" + ", ".join(rows) + "]"


def value_text(value: float, decimals: int) -> str:
    """Return a number at its decimals, with a real minus."""
    return real_minus(key_text(value, decimals))


def label(item: AskItem) -> str:
    """Return what is asked, as a symbol."""
    return item.graph.notation.text(item.quantity.name)


def formula_lines(graph: Graph, cell: str, decimals: int) -> tuple[str, ...]:
    """Return how a number is worked out: its formula, the numbers put in, the value."""
    definition = graph.definition(cell)
    values = graph.values
    notation = graph.notation
    symbol = notation.text(cell)
    result = f"{symbol} = {value_text(values[cell], decimals)}"
    if definition == Name(cell):
        return (result,)
    formula = text(definition, notation)
    filled = text(definition, notation, lambda name: format_number(values[name]) if name in values else None)
    value = value_text(values[cell], decimals)
    sides = [each for each in dict.fromkeys((formula, filled, value)) if each != symbol]
    return tuple(f"{' ' * len(symbol) if number else symbol} = {each}" for number, each in enumerate(sides))


def answer_lines(block: Question | Run) -> tuple[str, ...]:
    """Return the right answer of a question that is no ``ask``, a line or several."""
    match block:
        case Number():
            return (number_answer(block),)
        case Expression():
            notation = block.graph.notation if block.graph is not None else None
            return (text(answer_in_allowed_names(block), notation),)
        case Choose():
            return tuple(
                f"{letter(n)}  {one_line(option.text)}" for n, option in enumerate(mixed(block)) if option.correct
            )
        case Order():
            lines = [" | ".join(one_line(step) for step in group) for group in block.groups]
            either = "  (either way round)"
            told = [
                f"{n}. {line}{either if len(group) > 1 else ''}"
                for n, (line, group) in enumerate(zip(lines, block.groups, strict=True), 1)
            ]
            written = sum(a * b for a, b in combinations([len(group) for group in block.groups], 2))
            if len(block.before) > 1 or len(set(block.before[0])) < written:
                told.append("(other orders are right too)")
            return tuple(told)
        case Fill():
            return tuple(f"gap {n}: {' or '.join(gap)}" for n, gap in enumerate(block.gaps, 1))
        case Write():
            return (one_line(block.model),) if block.model else ()
        case Lab():
            return tuple(block.solution.fill().rstrip().splitlines()) if block.solution is not None else ()
    return ()


def mixed(block: Choose) -> tuple[Option, ...]:
    """Return the options in the order in which they are offered."""
    return tuple(block.options[place] for place in block.offered)


def number_answer(block: Number) -> str:
    """Return a number's key with its unit and what is accepted."""
    if block.within is not None:
        shown = f"{format_number(block.value)} (±{format_number(block.within)})"
    elif block.decimals is not None:
        shown = value_text(block.value, block.decimals)
    else:
        shown = format_number(block.value)
    return f"{shown} {block.unit}".strip()
