"""Build the views of a lesson's blocks, with the values that the learner may see filled into every text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tutor.lessons.blocks import Block, Lesson, View
from tutor.lessons.blocks.diagram import Diagram, DiagramView
from tutor.session.entries import Questions, with_texts
from tutor.session.model import Field, FieldState, LockedView, ScreenView
from tutor.session.visibility import Visibility


class Views:
    """Builds the views of screens from the present ``states``."""

    def __init__(
        self,
        lesson: Lesson,
        questions: Questions,
        states: Mapping[str, FieldState],
        visibility: Visibility,
        *,
        is_sealed: bool = False,
    ) -> None:
        """``is_sealed`` leaves out what an exam withholds: derivations, explanations and model answers."""
        self.lesson = lesson
        self.is_sealed = is_sealed
        self._questions = questions
        self._states = states
        self._visibility = visibility

    def screen(self, index: int) -> ScreenView:
        """Return the present view of a screen."""
        screen = self.lesson.screens[index]
        waiting = {block.id: self._visibility.waits_for(block) for block in screen.blocks}
        blocks = tuple(
            view
            for block in screen.blocks
            if not (self.is_sealed and block.after is not None and not block.asks)
            for view in (self._locked(block, waiting[block.id]) if waiting[block.id] else block.views(self))
        )
        elsewhere = {self._questions.entries[field].screen for fields in waiting.values() for field in fields} - {index}
        return ScreenView(index, screen.title, blocks, tuple(sorted(elsewhere)))

    def _locked(self, block: Block, waiting: frozenset[str]) -> tuple[View, ...]:
        """Return the view of a question that waits for these fields; nothing for a block that asks nothing."""
        if not block.asks:
            return ()
        entries = [entry for name, entry in self._questions.entries.items() if name in waiting]
        labels = tuple(dict.fromkeys(self.field(entry.field.id).label for entry in entries))
        return (LockedView(block.id, labels, entries[0].screen),)

    def drawing(self, of: str) -> DiagramView | None:
        """Return a network as the lesson first draws it, with the numbers that may be seen now; None if the lesson does
        not draw it."""
        drawn = (block for block in self.lesson.blocks if isinstance(block, Diagram) and block.of == of)
        block = next(drawn, None)
        return replace(block.drawn(self.values(of)), highlight=()) if block is not None else None

    def field(self, field_id: str) -> Field:
        """Return a field with its texts filled in."""
        return with_texts(self._questions.entries[field_id], self._visibility.is_shown)

    # -- what blocks need to make their views (the protocol ``Seen``) -----------------------------------------------

    def is_shown(self, of: str, name: str) -> bool:
        """Return whether a number may be shown."""
        return self._visibility.is_shown(of, name)

    def values(self, of: str) -> Mapping[str, str]:
        """Return the text of every number in a drawing of a network, by name."""
        return self._visibility.values(of)

    def fields(self, block: Block) -> tuple[Field, ...]:
        """Return a block's fields with their texts."""
        return tuple(self.field(name) for name in self._questions.by_block[block.id])

    def is_done(self, block: Block, place: int | None = None) -> bool:
        """Return whether all of a block's fields are done, or the one at index ``place``; never during an exam."""
        names = self._questions.by_block[block.id]
        asked = names if place is None else names[place : place + 1]
        return not self.is_sealed and all(self._states[name].done for name in asked)
