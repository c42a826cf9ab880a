"""A lesson's questions as fields: their ids, their earlier ids, and what must be answered before a block is shown.

The id of a field is ``network:quantity`` for what an ``ask`` asks, so that it survives when a question moves or is
merged with others, and the block's id for everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tutor.formulas.wording import counted
from tutor.lessons.blocks import (
    Ask,
    AskItem,
    Block,
    Choose,
    Expression,
    Fill,
    Lab,
    Lesson,
    Number,
    Order,
    Reference,
    Run,
    Write,
)
from tutor.lessons.template import IsShown
from tutor.network import Graph
from tutor.network.decimals import default_decimals
from tutor.session.model import Field, FieldKind, FieldState, Option

#: How the ids begin of what is filled in on the worksheet alone, because the lesson does not ask it.
ON_WORKSHEET = "worksheet/"


@dataclass(frozen=True, eq=False)
class Entry:
    """A field with what the lesson says about it. ``item`` is there for the quantities of an ``ask``."""

    field: Field
    block: Block
    screen: int
    item: AskItem | None = None

    @property
    def asked(self) -> tuple[str, tuple[str, ...]]:
        """The network and the names of the numbers that this field asks for; ("", ()) where it asks for none."""
        return (self.item.of, self.item.quantity.cells) if self.item is not None else ("", ())


@dataclass(frozen=True, eq=False)
class Questions:
    """Every field of a lesson, in order. ``renamed`` maps earlier ids to present ones. ``entries`` also holds the
    worksheet fields in use; ``listed`` holds the lesson's own fields only."""

    lesson: Lesson
    entries: dict[str, Entry]
    listed: tuple[str, ...]
    renamed: Mapping[str, str]
    by_block: Mapping[str, tuple[str, ...]]
    by_screen: tuple[tuple[str, ...], ...]
    asked_in: Mapping[tuple[str, str], tuple[str, ...]]

    def find(self, field_id: str) -> Entry | None:
        """Return the field with an id. A worksheet field (``worksheet/network:Z1``) is created when it is first asked
        for."""
        if field_id not in self.entries and field_id.startswith(ON_WORKSHEET):
            return _worksheet_entry(self.lesson, field_id)
        return self.entries.get(field_id)

    def take_in(self, field_id: str, states: dict[str, FieldState]) -> Entry | None:
        """Add a field that was created on demand to ``entries``, together with its state."""
        entry = self.find(field_id)
        if entry is not None:
            self.entries[field_id] = entry
            states.setdefault(field_id, FieldState())
        return entry


def collect(lesson: Lesson) -> Questions:
    """Return all fields of ``lesson``."""
    entries: dict[str, Entry] = {}
    renamed: dict[str, str] = {}
    by_block: dict[str, tuple[str, ...]] = {}
    by_screen: list[tuple[str, ...]] = []
    asked_in: dict[tuple[str, str], tuple[str, ...]] = {}
    for index, screen in enumerate(lesson.screens):
        here: list[str] = []
        for block in screen.blocks:
            found = _entries(block, index, entries)
            for entry in found:
                entries[entry.field.id] = entry
                of, cells = entry.asked
                for cell in cells:
                    asked_in[of, cell] = (*asked_in.get((of, cell), ()), entry.field.id)
            by_block[block.id] = tuple(entry.field.id for entry in found)
            here += by_block[block.id]
            renamed |= _earlier(block, found)
        by_screen.append(tuple(here))
    return Questions(lesson, entries, tuple(entries), renamed, by_block, tuple(by_screen), asked_in)


def _worksheet_entry(lesson: Lesson, field_id: str) -> Entry | None:
    of, _, name = field_id.removeprefix(ON_WORKSHEET).partition(":")
    if of not in lesson.parts or name not in lesson.graph(of).nodes:
        return None
    graph = lesson.graph(of)
    reference = Reference(of, graph, graph.as_quantity(name))
    item = AskItem(reference=reference, reveal=lesson.reveal, builtin_hints=lesson.builtin_hints)
    return Entry(_ask_field(field_id, field_id, item), Ask(id=field_id, of=of, items=(item,)), 0, item)


def _earlier(block: Block, found: list[Entry]) -> dict[str, str]:
    """Return the earlier ids of a block's fields: the block's own, or those of a quantity that was renamed."""
    renamed: dict[str, str] = {}
    for old in block.was:
        for entry in found:
            field = entry.field
            renamed[f"{old}/{field.quantity}"] = field.id
        if len(found) == 1:
            renamed[old] = found[0].field.id
            renamed[f"{found[0].field.of}:{old}"] = found[0].field.id
    return renamed


def _entries(block: Block, screen: int, taken: Mapping[str, Entry]) -> list[Entry]:
    if not isinstance(block, Ask):
        field = _field(block)
        return [Entry(field, block, screen)] if field is not None else []
    found = []
    for item in block.items:
        name = f"{item.of}:{item.quantity.name}"
        field_id = f"{block.id}/{item.quantity.name}" if name in taken else name
        found.append(Entry(_ask_field(field_id, block.id, item), block, screen, item))
    return found


def _field(block: Block) -> Field | None:
    match block:
        case Number():
            return _number_field(block)
        case Expression():
            return _expression_field(block)
        case Choose():
            return _plain_field(block, FieldKind.CHOICE, options=_options(block), several=block.several)
        case Order():
            return _plain_field(block, FieldKind.ORDER, options=_options(block))
        case Fill():
            return _plain_field(block, FieldKind.FILL, language=block.language, gaps=len(block.gaps))
        case Write():
            return _plain_field(block, FieldKind.WRITE)
        case Run():
            return _plain_field(block, FieldKind.RUN, language="python")
        case Lab():
            return _plain_field(block, FieldKind.LAB, language="python")
        case _:
            return None


def _plain_field(
    block: Block,
    kind: FieldKind,
    *,
    options: tuple[Option, ...] = (),
    several: bool = False,
    language: str = "",
    gaps: int = 0,
) -> Field:
    return Field(
        block.id,
        block.id,
        kind,
        "",
        of=block.of,
        options=options,
        several=several,
        language=language,
        gaps=gaps,
    )


def _options(block: Choose | Order) -> tuple[Option, ...]:
    return tuple(Option(str(place), "") for place in block.offered)


def with_texts(entry: Entry, is_shown: IsShown | None) -> Field:
    """Return the entry's field with its prompt and the texts of its options, gaps or program as they may be shown
    now."""
    field, block = entry.field, entry.block
    if entry.item is not None:
        return replace(field, prompt=entry.item.prompt.fill(is_shown)) if entry.item.prompt else field
    match block:
        case Choose():
            texts = [option.text for option in block.options]
        case Order():
            texts = [*block.steps, *block.extra]
        case Fill():
            return replace(field, code=block.text.fill(is_shown))
        case Run():
            return replace(field, code=block.code.fill(is_shown))
        case Lab():
            return replace(field, code=block.starter.fill(is_shown))
        case _:
            return field
    options = tuple(Option(option.key, texts[int(option.key)].fill(is_shown)) for option in field.options)
    return replace(field, options=options)


def cell_labels(graph: Graph, cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the cells as they are shown."""
    return tuple(graph.notation.text(cell) for cell in cells)


def _ask_field(field_id: str, block_id: str, item: AskItem) -> Field:
    quantity, notation = item.quantity, item.graph.notation
    return Field(
        id=field_id,
        block_id=block_id,
        kind=FieldKind.NUMBER if quantity.is_number else FieldKind.GRID,
        label=notation.text(quantity.name),
        latex=notation.latex(quantity.name),
        quantity=quantity.name,
        of=item.of,
        shape=quantity.shape,
        cells=cell_labels(item.graph, quantity.cells),
        precision=precision(item),
    )


def precision(item: AskItem) -> str:
    """Return the precision asked for, in words: "3 decimals", "4 figures", "a whole number"."""
    if item.figures is not None:
        return counted(item.figures, "figure")
    decimals = item.decimals
    if decimals is None:
        decimals = default_decimals(item.graph, item.quantity)
    return counted(decimals, "decimal") if decimals else "a whole number"


def _number_field(block: Number) -> Field:
    wanted = ""
    if block.figures is not None:
        wanted = counted(block.figures, "figure")
    elif block.within is not None:
        wanted = f"within {block.within:g}"
    elif block.decimals is not None:
        wanted = counted(block.decimals, "decimal") if block.decimals else "a whole number"
    return Field(block.id, block.id, FieldKind.NUMBER, "", of=block.of, unit=block.unit, precision=wanted)


def _expression_field(block: Expression) -> Field:
    reference = block.reference
    label, latex, quantity = "", "", ""
    if reference is not None:
        notation = reference.graph.notation
        quantity = reference.name
        label, latex = notation.text(quantity), notation.latex(quantity)
    return Field(
        block.id,
        block.id,
        FieldKind.EXPRESSION,
        label,
        latex,
        quantity,
        of=block.of if reference is None else reference.of,
    )
