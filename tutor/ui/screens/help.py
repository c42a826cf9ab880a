"""F1: what has the focus, every key that works here, and what the signs mean."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tutor.ui.commands import Command, bindings
from tutor.ui.keymap import bindings_now
from tutor.ui.screens.base import Commanded, TutorScreen
from tutor.ui.text import MUTED
from tutor.ui.widgets.keyline import KeyLine
from tutor.ui.widgets.prose import Prose
from tutor.ui.widgets.topbar import TopBar
from tutor.ui.widgets.verdict import GIVEN_UP, SIGNS, WORDS

COMMANDS = (
    Command(
        "help.close",
        "dismiss",
        "escape",
        "Close",
        "Back to where you were.",
        label="close",
        also="f1,q,enter",
        footer=True,
    ),
)


class Key(Horizontal):
    """A command: its keys, and what it does."""

    DEFAULT_CSS = """
    Key { height: auto; }
    Key > .keys { width: 14; color: $accent; text-style: bold; margin: 0; }
    Key > .what { width: 1fr; margin: 0; }
    """

    def __init__(self, keys: str, command: Command) -> None:
        super().__init__()
        self.keys = keys
        self.command = command

    def compose(self) -> ComposeResult:
        yield Static(self.keys, classes="keys", markup=False)
        yield Static(Content.assemble((self.command.title, "bold"), ".  ", (self.command.help, MUTED)), classes="what")


class Help(TutorScreen[None]):
    """Explains another screen as it is now."""

    DEFAULT_CSS = """
    Help > VerticalScroll { padding: 1 3; }
    Help Static, Help Prose { height: auto; max-width: 92; }
    Help .title { text-style: bold; color: $primary; margin: 0 0 1 0; }
    Help Key:last-of-type { margin: 0 0 1 0; }
    """
    BINDINGS = bindings(COMMANDS)
    commands = COMMANDS

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self.about = about

    def compose(self) -> ComposeResult:
        yield TopBar("Help")
        with VerticalScroll():
            for widget in self._focused():
                if widget.help_text:
                    yield Static("Here", classes="title")
                    yield Prose(widget.help_text)
                    break
            if isinstance(self.about, TutorScreen) and self.about.help_text:
                yield Static("This screen", classes="title")
                yield Prose(self.about.help_text)
            yield Static(Content.assemble("Keys", ("   letters work where nothing is typed", MUTED)), classes="title")
            yield from self._keys()
            yield Static("`tutor remap` gives a command other keys.", classes="note", markup=False)
            yield Static("Signs", classes="title")
            yield Static(_signs())
        yield KeyLine()

    def _focused(self) -> list[Commanded]:
        focused = self.about.focused
        chain = focused.ancestors_with_self if focused is not None else []
        return [node for node in chain if isinstance(node, Commanded)]

    def _keys(self) -> Iterable[Key]:
        """Each command with the key and the letter that it has now."""
        commands: list[Command] = [command for widget in self._focused() for command in widget.commands]
        commands += [command for command in getattr(self.about, "commands", ()) if command not in commands]
        commands += [command for command in self.tutor.commands if command not in commands]
        return [Key("  ".join(self._shown_keys(command)), command) for command in commands]

    def _shown_keys(self, command: Command) -> Iterable[str]:
        for binding in bindings_now(command, self.app._keymap):
            yield self.app.get_key_display(binding.with_key(binding.key.split(",")[0]))


def _signs() -> Content:
    lines = [Content.assemble((f"{sign}  ", style), WORDS[verdict]) for verdict, (sign, style) in SIGNS.items()]
    lines.append(Content.assemble((f"{GIVEN_UP[0]}  ", GIVEN_UP[1]), "Shown, not solved."))
    return Content("\n").join(lines)
