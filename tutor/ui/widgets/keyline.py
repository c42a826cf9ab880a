"""The last line, with the keys that work for the focused widget.

It is one widget that is redrawn, not one for each key, because the keys change whenever the focus moves.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from tutor.ui.commands import HasCommands
from tutor.ui.text import one_line

ALWAYS_SHOWN = "app.help"
"""The command that is shown even if there is no room for all."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key with its words, as in ``F2 hint``."""

    key: str
    shown: str
    words: str
    tooltip: str
    id: str | None

    @property
    def width(self) -> int:
        """The cells that it takes."""
        return cell_len(f"{self.shown} {self.words}")


def key_words(*keys: tuple[str, str]) -> Content:
    """Return keys with their words, side by side."""
    return Content("  ").join(
        Content.assemble((shown, "bold $footer-key-foreground"), " ", words) for shown, words in keys
    )


class KeyLine(Widget):
    """Shows the keys of the focused widget, then those of its containers, the screen and the application."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """
    ALLOW_SELECT = False

    def on_mount(self) -> None:
        """Redraw the keys whenever they change."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            self.refresh()

    def keys(self) -> list[Key]:
        """Return the keys to show, one for each action; none under a dialog, which shows its own."""
        if self.app.screen is not self.screen:
            return []
        shown: dict[str, Key] = {}
        for node, binding, enabled, tooltip in self.screen.active_bindings.values():
            words, is_idle = "", False
            if isinstance(node, HasCommands):
                words, is_idle = node.words_now.get(binding.action, ""), not node.offers(binding.action)
            if (words or binding.show) and enabled and not is_idle and binding.action not in shown:
                key = self.app.get_key_display(binding)
                words = one_line(words or binding.description)
                shown[binding.action] = Key(binding.key, key, words, tooltip, binding.id)
        return list(shown.values())

    def laid_out(self) -> list[tuple[int, Key]]:
        """Return the keys that fit, each with its column. They are moved closer together if that makes room, and help
        is always among them."""
        keys, width = self.keys(), self.content_size.width
        space = 2 if sum(key.width + 2 for key in keys) - 2 <= width else 1
        while len(keys) > 1 and sum(key.width + space for key in keys) - space > width:
            keys.remove(next((key for key in reversed(keys) if key.id != ALWAYS_SHOWN), keys[-1]))
        places, column = [], 0
        for key in keys:
            places.append((column, key))
            column += key.width + space
        return places

    def render(self) -> Content:
        line = Content("")
        for column, key in self.laid_out():
            line = line.pad_right(column - line.cell_length)
            line += key_words((key.shown, key.words))
        return line

    def _at(self, x: int) -> Key | None:
        return next((key for column, key in self.laid_out() if column <= x < column + key.width), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Set the tooltip for the key under the pointer."""
        key = self._at(event.x - self.gutter.left)
        self.tooltip = key.tooltip or key.words if key is not None else None

    def on_click(self, event: events.Click) -> None:
        """Press the clicked key."""
        key = self._at(event.x - self.gutter.left)
        if key is not None:
            self.app.simulate_key(key.key)
