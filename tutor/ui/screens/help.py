"""The help on F1: what has the focus, every key that works here, and what the signs mean."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from tutor.ui.commands import Command
from tutor.ui.keymap import shown
from tutor.ui.screens.base import Commanded, TutorScreen
from tutor.ui.text import MUTED, more
from tutor.ui.widgets.prose import Prose, inline
from tutor.ui.widgets.verdict import GIVEN_UP, SIGNS, WORDS

COMMANDS = (
    Command("help.close", "dismiss", "escape", "Close", "Back to where you were.", footer="close", also="f1,q,enter"),
)


class Key(Horizontal):
    """A command: its keys and what it does."""

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
    """Explains another screen in its current state."""

    DEFAULT_CSS = """
    Help > VerticalScroll { padding: 1 2; }
    Help Static, Help Prose { height: auto; max-width: 92; }
    Help Key > .what { max-width: 100%; }
    Help .title { text-style: bold; color: $primary; margin: 0 0 1 0; }
    Help Key:last-of-type { margin: 0 0 1 0; }
    Help > .more { height: 1; padding: 0 2; max-width: 100%; text-align: right; color: $accent; visibility: hidden; }
    Help.-more > .more { visibility: visible; }
    """
    TITLE = "Help"
    commands = COMMANDS

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self.about = about

    def parts(self) -> ComposeResult:
        with VerticalScroll():
            for widget in self._focused():
                if widget.help_text:
                    yield Static("Here", classes="title")
                    yield Prose(widget.help_text)
                    break
            if isinstance(self.about, TutorScreen) and self.about.help_text:
                yield Static("This screen", classes="title")
                yield Prose(self.about.help_text)
            only = ("   letters work only outside a field", f"not bold {MUTED}")
            yield Static(Content.assemble("Keys", only), classes="title")
            yield from self._keys()
            yield Static(inline("`tutor remap` gives a command other keys."), classes="note")
            yield Static("Signs", classes="title")
            yield Static(_signs())
        yield Static(more("below", "pgdn"), classes="more", markup=False)

    def on_mount(self) -> None:
        """Say whether there is more below, and keep that up to date."""
        text = self.query_one(VerticalScroll)
        for changed in ("scroll_y", "virtual_size"):
            self.watch(text, changed, self._show_if_more)

    def on_resize(self, event: Resize) -> None:
        """Say whether there is more below at the new size, once everything is laid out for it."""
        self.call_after_refresh(self._show_if_more)

    def _show_if_more(self) -> None:
        text = self.query_one(VerticalScroll)
        self.set_class(text.scroll_y < text.max_scroll_y, "-more")

    def _focused(self) -> list[Commanded]:
        focused = self.about.focused
        chain = focused.ancestors_with_self if focused is not None else []
        return [node for node in chain if isinstance(node, Commanded)]

    def _keys(self) -> Iterable[Key]:
        """Yield each usable command with its keys, in the order of the keys, named as in `tutor remap`.

        A key that several commands share is shown only with the first, which is the one that it runs.
        """
        of_screen = self.about.enabled_commands() if isinstance(self.about, TutorScreen) else ()
        taken: set[str] = set()
        found = []
        for command in (*of_screen, *self.tutor.commands):
            keys = [key for key in self.tutor.shown_keys(command) if key not in taken]
            taken.update(keys)
            if keys:
                found.append((_order(keys[0]), Key("  ".join(map(shown, keys)), command)))
        return [key for _, key in sorted(found, key=itemgetter(0))]


def _order(key: str) -> tuple[int, int, str]:
    """Return where a key belongs in the list: named keys, function keys by number, combinations, then single
    characters."""
    if key[0] == "f" and key[1:].isdecimal():
        return 1, int(key[1:]), ""
    if "+" in key and not key.startswith("shift+"):
        return 2, 0, key
    return (3 if len(shown(key)) == 1 else 0), 0, shown(key).casefold().removeprefix("shift+")


def _signs() -> Content:
    lines = [Content.assemble((f"{sign}  ", style), WORDS[verdict]) for verdict, (sign, style) in SIGNS.items()]
    lines.append(Content.assemble((f"{GIVEN_UP[0]}  ", GIVEN_UP[1]), "Shown, not solved."))
    lines.append(Content("╌  In the drawing: a negative weight."))
    return Content("\n").join(lines)
