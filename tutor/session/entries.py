"""Collect a lesson's questions as fields, with their present and earlier ids.

A quantity that an ``ask`` asks has the id ``network:quantity``, so that answers survive when a question moves or is
merged with others. Every other field has its block's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tutor.lessons.blocks import AskItem, Block, Lesson
from tutor.lessons.template import IsShown
from tutor.session.model import Field, FieldState

#: The prefix of the ids of fields that only the worksheet has, because the lesson does not ask them.
ON_WORKSHEET = "worksheet/"


@dataclass(frozen=True, eq=False)
class Entry:
    """A field with its block and the index of its screen. ``item`` is set for a quantity of an ``ask``."""

    field: Field
    block: Block
    screen: int
    item: AskItem | None = None

    @property
    def asked(self) -> tuple[str, tuple[str, ...]]:
        """The network and the names of the numbers that this field asks for; ("", ()) if it asks for none."""
        return (self.item.of, self.item.quantity.cells) if self.item is not None else ("", ())


@dataclass(frozen=True, eq=False)
class Questions:
    """Every field of a lesson, in order. ``renamed`` maps earlier ids to present ones. ``entries`` also holds the
    worksheet fields in use; ``listed`` holds only the fields of the lesson. ``asked_in`` maps a network and the name
    of a number to the fields that ask for it."""

    lesson: Lesson
    entries: dict[str, Entry]
    listed: tuple[str, ...]
    renamed: Mapping[str, str]
    by_block: Mapping[str, tuple[str, ...]]
    by_screen: tuple[tuple[str, ...], ...]
    asked_in: Mapping[tuple[str, str], tuple[str, ...]]

    def find(self, field_id: str) -> Entry | None:
        """Return the field with this id, or None. A worksheet field (``worksheet/network:Z1``) is created on demand."""
        if field_id not in self.entries and field_id.startswith(ON_WORKSHEET):
            return _worksheet_entry(self.lesson, field_id)
        return self.entries.get(field_id)

    def take_in(self, field_id: str, states: dict[str, FieldState]) -> Entry | None:
        """Add a field that is created on demand to ``entries``, and an empty state for it to ``states``."""
        entry = self.find(field_id)
        if entry is not None:
            self.entries[field_id] = entry
            states.setdefault(field_id, FieldState())
        return entry


def collect(lesson: Lesson) -> Questions:
    """Return all fields of a lesson."""
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
    quantity = graph.as_quantity(name)
    item = AskItem(of, graph, quantity, reveal=lesson.reveal, builtin_hints=lesson.builtin_hints)
    return Entry(item.field(field_id, field_id), item.alone(field_id), 0, item)


def _earlier(block: Block, found: list[Entry]) -> dict[str, str]:
    """Return the present ids of a block's fields by their earlier ids (``was:``), which may be those of the block or of
    a quantity."""
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
    found = []
    for item in block.asked:
        name = f"{item.of}:{item.quantity.name}"
        field_id = f"{block.id}/{item.quantity.name}" if name in taken else name
        found.append(Entry(item.field(field_id, block.id), block, screen, item))
    field = block.single_field()
    return found if field is None else [Entry(field, block, screen)]


def with_texts(entry: Entry, is_shown: IsShown | None) -> Field:
    """Return the entry's field with its prompt, options, gaps or program filled in with the values that may be shown
    now."""
    if entry.item is None:
        return entry.block.filled(entry.field, is_shown)
    return replace(entry.field, prompt=entry.item.prompt.fill(is_shown)) if entry.item.prompt else entry.field
