"""The answer key: every question with its right answer and, on request, the number that each typical mistake gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tutor.authoring.typical import TypicalMistake, author_mistakes, model_mistakes, typical_mistakes
from tutor.lessons.blocks import AskItem, Lesson, Model, Question
from tutor.lessons.blocks.paper import value_text
from tutor.lessons.plain_text import one_line
from tutor.lessons.template import Context, arrange
from tutor.mistakes.writing import OTHER_QUANTITY
from tutor.network import HIDDEN_KINDS, Kind
from tutor.network.decimals import default_decimals

MOST_MISTAKES = 12


@dataclass(frozen=True)
class KeyMistake:
    """A typical mistake: the number it gives, as typed, its id and its sentence; ``cell`` is set for a grid."""

    text: str
    id: str
    message: str
    cell: str = ""


@dataclass(frozen=True)
class KeyEntry:
    """A question in the key, with the lines of its answer, its decimals and its mistakes."""

    screen: str
    id: str
    label: str
    answer: tuple[str, ...]
    of: str = ""
    decimals: int | None = None
    mistakes: tuple[KeyMistake, ...] = ()


def answer_key(lesson: Lesson, *, of: str | None = None, with_mistakes: bool = False) -> tuple[KeyEntry, ...]:
    """Return the key to a lesson's questions, or to every quantity of a bare network or worksheet. ``of`` restricts it
    to one network."""
    if lesson.form != "lesson":
        parts = [part for part in lesson.parts.values() if of is None or part.name == of]
        return tuple(entry for part in parts for entry in _of_model(part, with_mistakes))
    entries = [
        entry
        for screen in lesson.screens
        for block in screen.blocks
        if isinstance(block, Question)
        for entry in _of_block(lesson, block, screen.title, with_mistakes)
    ]
    return tuple(entry for entry in entries if of is None or entry.of == of)


def _of_block(lesson: Lesson, block: Question, screen: str, with_mistakes: bool) -> Iterator[KeyEntry]:
    for item in block.asked:
        yield _of_item(lesson, block.id, item, screen, with_mistakes)
    if not block.asked:
        _, decimals = block.asked_value() or (0.0, 0)
        wrong = block.wrong_values() if with_mistakes else ()
        mistakes = tuple(KeyMistake(value_text(each, decimals), "author", one_line(one.say)) for one, each in wrong)
        yield KeyEntry(screen, block.id, block.title(), block.answer_lines(), block.of, mistakes=mistakes)


def _of_item(lesson: Lesson, block_id: str, item: AskItem, screen: str, with_mistakes: bool) -> KeyEntry:
    decimals = item.asked_decimals
    cells = item.quantity.cells
    values = [value_text(item.graph.values[cell], decimals) for cell in cells]
    answer = (f"{item.symbol} = {arrange(values, item.quantity.shape, Context.PROSE)}",)
    mistakes: tuple[KeyMistake, ...] = ()
    if with_mistakes:
        own = [*author_mistakes(item), *model_mistakes(lesson.parts[item.of], cells)]
        typical = [each for cell in cells for each in typical_mistakes(item.graph, cell)]
        mistakes = _shown([*own, *typical], decimals, dict(zip(cells, values, strict=True)))
    return KeyEntry(screen, block_id, item.symbol, answer, item.of, decimals, mistakes)


def _shown(mistakes: list[TypicalMistake], decimals: int, right: Mapping[str, str]) -> tuple[KeyMistake, ...]:
    """Return the mistakes that differ from the ``right`` answers at this many decimals, each number once. Answers to
    other questions come last: in a list there is little to learn from them."""
    several = len(right) > 1
    found: dict[tuple[str, str], KeyMistake] = {}
    for each in sorted(mistakes, key=lambda each: each.id == OTHER_QUANTITY):
        text = value_text(each.value, decimals)
        cell = each.cell if several else ""
        if text != right.get(each.cell):
            found.setdefault((cell, text), KeyMistake(text, each.id, each.message, cell))
    return tuple(found.values())[: MOST_MISTAKES * (4 if several else 1)]


def _of_model(part: Model, with_mistakes: bool) -> Iterator[KeyEntry]:
    """Yield an entry for every number of a model that may be asked for, in the order of computation."""
    for name, node in part.graph.nodes.items():
        if node.kind in HIDDEN_KINDS or node.kind in (Kind.GIVEN, Kind.FACTOR):
            continue
        decimals = default_decimals(part.graph, name)
        symbol = part.graph.notation.text(name)
        right = value_text(part.graph.values[name], decimals)
        mistakes: tuple[KeyMistake, ...] = ()
        if with_mistakes:
            found = [*model_mistakes(part, (name,)), *typical_mistakes(part.graph, name)]
            mistakes = _shown(found, decimals, {name: right})
        yield KeyEntry("", name, symbol, (f"{symbol} = {right}",), part.name, decimals, mistakes)


def key_as_text(lesson: Lesson, entries: tuple[KeyEntry, ...]) -> str:
    """Return the key as plain text."""
    title = f"{lesson.title}{f' #{lesson.variant}' if lesson.variant else ''}"
    lines = [f"{title}: answer key", ""]
    screen: str | None = None
    for entry in entries:
        if entry.screen != screen and entry.screen:
            lines += ([""] if lines[-1] else []) + [entry.screen]
        screen = entry.screen
        lines.extend(_lines(entry))
    return "\n".join(lines).rstrip() + "\n"


def _lines(entry: KeyEntry) -> Iterator[str]:
    if len(entry.answer) == 1 and entry.answer[0].startswith(f"{entry.label} ="):
        yield f"  {entry.answer[0]}"
    else:
        yield f"  {entry.label}"
        yield from (f"      {line}" for line in entry.answer or ("(nothing is marked)",))
    for mistake in entry.mistakes:
        cell = f"{mistake.cell}: " if mistake.cell else ""
        yield f"      ✗ {cell}{mistake.text:<12} {mistake.id}: {mistake.message}"


def key_as_json(lesson: Lesson, entries: tuple[KeyEntry, ...]) -> dict[str, object]:
    """Return the key as JSON data."""
    return {
        "lesson": lesson.id,
        "variant": lesson.variant,
        "answers": [
            {
                "screen": entry.screen,
                "id": entry.id,
                "of": entry.of,
                "label": entry.label,
                "answer": list(entry.answer),
                "decimals": entry.decimals,
                "mistakes": [
                    {
                        "answer": each.text,
                        "id": each.id,
                        "message": each.message,
                        **({"cell": each.cell} if each.cell else {}),
                    }
                    for each in entry.mistakes
                ],
            }
            for entry in entries
        ],
    }
