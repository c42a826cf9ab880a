"""The command palette, which a key that comes before its list is drawn does not bring down."""

from __future__ import annotations

from contextlib import suppress

from textual.command import CommandPalette


class Palette(CommandPalette):
    """Textual's own, with one guard."""

    def _action_command_list(self, action: str) -> None:
        """Pass a key on to the list. A page up or down looks up lines that are not laid out yet where results have just
        come: then there is no page to go by."""
        with suppress(LookupError):
            super()._action_command_list(action)
