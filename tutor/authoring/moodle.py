"""Export a lesson's numerical questions to Moodle. Each typical mistake becomes a wrong answer with its feedback.

Moodle takes the first answer whose tolerance interval, bounds included, contains the number typed. So the right answer
comes first, and a mistake whose interval touches it is left out. A vector or matrix becomes one cloze question.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from tutor.authoring.sheet import make_sheet
from tutor.authoring.typical import author_mistakes, model_mistakes, typical_mistakes
from tutor.cleaning import clean
from tutor.formulas.numbers import plain
from tutor.lessons.blocks import AskItem, Lesson
from tutor.lessons.blocks.paper import GivenPart
from tutor.lessons.plain_text import one_line

MOST_MISTAKES = 12
_escaped = partial(escape, quote=False)
_CLOZE = re.compile(r"([}~#/\"\\])")


@dataclass(frozen=True, slots=True)
class MoodleAnswer:
    """One answer to a question: the number as text, and the feedback."""

    text: str
    feedback: str
    is_right: bool = False


def quiz(lessons: Iterable[Lesson]) -> bytes:
    """Return the questions of some variants of a lesson as Moodle XML. Each question has a category with one copy for
    each variant, from which a quiz draws one."""
    root = ET.Element("quiz")
    questions: dict[tuple[str, str], list[ET.Element]] = {}
    for lesson in lessons:
        for block in lesson.questions:
            for item in block.asked:
                questions.setdefault((lesson.title, item.symbol), []).append(_question(lesson, item))
    for (title, asked), variants in questions.items():
        category = ET.SubElement(root, "question", type="category")
        path = f"$course$/{title.replace('/', '//')}/{asked.replace('/', '//')}"  # Moodle escapes a slash by doubling
        _text(ET.SubElement(category, "category"), path)
        root.extend(variants)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _question(lesson: Lesson, item: AskItem) -> ET.Element:
    is_number = item.quantity.is_number
    question = ET.Element("question", type="numerical" if is_number else "cloze")
    numbers = f" #{lesson.variant}" if lesson.variant else ""
    _text(ET.SubElement(question, "name"), f"{item.symbol}{numbers}")
    decimals = item.asked_decimals
    given = "".join(f"<p>\\({_escaped(line)}\\)</p>" for line in _given(lesson, item.of))
    asked = one_line(item.prompt) or f"What is {item.symbol}?"
    note = f"<p>{_escaped(asked)} ({decimals} decimals)</p>"
    cells = [(cell, answers(lesson, item, cell)) for cell in item.quantity.cells]
    if not is_number:
        notation = item.graph.notation
        note += "".join(f"<p>{_escaped(notation.text(cell))} = {_cloze(each, decimals)}</p>" for cell, each in cells)
    _text(ET.SubElement(question, "questiontext", format="html"), given + note)
    if is_number:
        for each in cells[0][1]:
            answer = ET.SubElement(question, "answer", fraction="100" if each.is_right else "0")
            ET.SubElement(answer, "text").text = each.text
            ET.SubElement(answer, "tolerance").text = tolerance(decimals)
            _text(ET.SubElement(answer, "feedback", format="html"), _escaped(each.feedback))
    return question


def answers(lesson: Lesson, item: AskItem, cell: str) -> tuple[MoodleAnswer, ...]:
    """Return the right answer for one cell, then each mistake that Moodle can tell apart from it."""
    decimals = item.asked_decimals
    right = plain(item.graph.values[cell], decimals)
    own = [*author_mistakes(item), *model_mistakes(lesson.parts[item.of], item.quantity.cells)]
    found: dict[str, MoodleAnswer] = {right: MoodleAnswer(right, "Right.", is_right=True)}
    for mistake in (*own, *typical_mistakes(item.graph, cell)):
        text = plain(mistake.value, decimals)
        if mistake.cell == cell and not _touches(text, right, decimals):
            found.setdefault(text, MoodleAnswer(text, clean(mistake.message)))
    return tuple(found.values())[: MOST_MISTAKES + 1]


def tolerance(decimals: int) -> str:
    """Return half a unit of the last decimal, as text."""
    return f"{5 * 10.0 ** -(decimals + 1):.{decimals + 1}f}"


def _touches(text: str, right: str, decimals: int) -> bool:
    """Return whether the tolerance intervals of two answers, bounds included, overlap."""
    units = round(float(text) * 10**decimals) - round(float(right) * 10**decimals)
    return bool(abs(units) <= 1)


def _given(lesson: Lesson, of: str) -> tuple[str, ...]:
    """Return the given numbers of a network or worksheet as LaTeX."""
    parts = make_sheet(lesson, with_texts=False).parts
    here = [part for part in parts if isinstance(part, GivenPart)]
    named = [part for part in here if part.name == of] or here
    return tuple(line for part in named for line in part.latex)


def _cloze(found: Sequence[MoodleAnswer], decimals: int) -> str:
    def escaped(text: str) -> str:
        return _CLOZE.sub(r"\\\1", _escaped(text))

    listed = "~".join(
        f"{'=' if each.is_right else '%0%'}{each.text}:{tolerance(decimals)}#{escaped(each.feedback)}" for each in found
    )
    return f"{{1:NUMERICAL:{listed}}}"


def _text(parent: ET.Element, text: str) -> None:
    ET.SubElement(parent, "text").text = clean(text)
