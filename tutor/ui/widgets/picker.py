"""A choice of one word from several, on one line: the arrows or the first letters of a word choose another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from tutor.ui.commands import Command
from tutor.ui.screens.base import Commanded

BEFORE = Command("picker.before", "turn(-1)", "left", "Previous choice", "Selects the previous choice.", palette=False)
NEXT = Command(
    "picker.next", "turn(1)", "right", "Next choice",
    "Selects the next choice.", footer="choose", also="space", palette=False,
)  # fmt: skip


class Picker(Commanded, can_focus=True):
    """Shows the chosen word between arrows, as in ``‹ sigmoid ›``."""

    DEFAULT_CSS = """
    Picker { height: 1; width: 26; padding: 0 1; background: $foreground 8%; }
    Picker:focus { background: $primary 22%; }
    Picker:disabled { color: $foreground 66%; }
    """
    commands = (BEFORE, NEXT)
    help_text = "The **arrows** choose another; the first letters of a choice go to it."
    ALLOW_SELECT = False

    chosen = reactive("")

    @dataclass
    class Changed(Message):
        """Sent when another word was chosen."""

        picker: Picker

        @property
        def control(self) -> Picker:
            """The sender, for ``@on`` with a selector."""
            return self.picker

    def __init__(self, choices: Sequence[tuple[str, str]], chosen: str, *, id: str) -> None:
        """Make a picker. ``choices`` are pairs of a value and its words."""
        super().__init__(id=id)
        self.choices = dict(choices)
        self.set_reactive(Picker.chosen, chosen if chosen in self.choices else next(iter(self.choices)))
        self._letters = ""

    def render(self) -> Content:
        """Return the chosen words between arrows."""
        words = Content(self.choices[self.chosen])
        free = max(1, self.content_size.width - 4)
        return Content.assemble("‹ ", words.truncate(free, ellipsis=True).pad_right(free - words.cell_length), " ›")

    def take(self, value: str) -> None:
        """Choose a value, if there is such a choice."""
        if value in self.choices and value != self.chosen:
            self.chosen = value
            self.post_message(self.Changed(self))

    def action_turn(self, step: int) -> None:
        """Choose the next or the previous value."""
        self._letters = ""
        values = list(self.choices)
        self.take(values[(values.index(self.chosen) + step) % len(values)])

    def on_key(self, event: events.Key) -> None:
        """Choose a value by its first letters."""
        if event.character is None or not event.character.isalpha():
            return
        event.stop()
        for letters in (self._letters + event.character.lower(), event.character.lower()):
            found = [value for value, words in self.choices.items() if words.lower().startswith(letters)]
            if found:
                self._letters = letters
                self.take(found[0])
                return

    def on_blur(self) -> None:
        """Forget the letters typed so far."""
        self._letters = ""
