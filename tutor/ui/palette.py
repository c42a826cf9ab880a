"""The command palette: a line for each command, with its key, and a description of the highlighted one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from textual import on
from textual.app import ComposeResult
from textual.command import Command, CommandInput, CommandList, CommandPalette, DiscoveryHit, Hit, ProviderSource
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, LoadingIndicator, OptionList, Static

from tutor.ui.screens.base import LeftOnce, TutorScreen
from tutor.ui.text import plain
from tutor.ui.widgets.keyline import key_words
from tutor.ui.widgets.lesson_list import Line


class CommandLine(Line):
    """A command's title, with its key at the right."""

    def __init__(self, hit: Hit | DiscoveryHit, key: str) -> None:
        self.title = hit.prompt if isinstance(hit.prompt, Content) else plain(str(hit.prompt))
        self.key = Content.styled(key, "$footer-key-foreground")

    def line(self, width: int) -> Content:
        free = max(0, width - self.key.cell_length - 2)
        title = self.title.truncate(free, ellipsis=True)
        return title.pad_right(free - title.cell_length) + "  " + self.key


class Palette(CommandPalette, LeftOnce[None]):  # Textual reads styles and component classes from the first base
    """Textual's palette, styled as a dialog of the tutor. ``keys`` maps titles to the keys to show beside them."""

    DEFAULT_CSS = """
    Palette > #--container { width: 72; max-width: 90%; height: auto; margin: 2 0 0 0; padding: 1 2; background: $panel;
                         border-left: outer $accent; visibility: visible; }
    Palette #--input, Palette #--input.--list-visible { height: 1; border: none; }
    Palette CommandInput, Palette CommandInput:focus { height: 1; border: none; padding: 0 1;
                                                       background: $primary 22%; background-tint: transparent; }
    Palette #--results { overlay: none; margin: 1 0 0 0; }
    Palette CommandList { border: none; max-height: 12; }
    Palette.-tall CommandList { max-height: 18; }
    Palette.-taller CommandList { max-height: 28; }
    Palette CommandList > .option-list--option { padding: 0 1; text-style: none; }
    Palette CommandList > .option-list--option-highlighted { color: $block-cursor-foreground;
                          background: $block-cursor-background; text-style: $block-cursor-text-style; }
    Palette LoadingIndicator { display: none; border: none; }
    Palette LoadingIndicator.--visible { display: block; }
    Palette .about { height: 2; margin: 1 1 0 1; color: $foreground 66%; }
    Palette .keys { height: 1; margin: 1 1 0 1; }
    """

    VERTICAL_BREAKPOINTS = [*TutorScreen.VERTICAL_BREAKPOINTS, (40, "-taller")]
    keeps_keys_in_order = True

    def __init__(
        self,
        providers: ProviderSource | None = None,
        *,
        keys: Mapping[str, str] | None = None,
        placeholder: str = "Search the commands",
    ) -> None:
        super().__init__(providers, placeholder=placeholder)
        self._keys = keys or {}

    def compose(self) -> ComposeResult:
        with Vertical(id="--container"):
            with Horizontal(id="--input"):
                yield CommandInput(placeholder=self._placeholder, select_on_focus=False)
            with Vertical(id="--results"):
                yield CommandList()
                yield LoadingIndicator()
            yield Static(classes="about", markup=False)
            yield Static(key_words(("⏎", "go"), ("↑ ↓", "choose"), ("esc", "close")), classes="keys")

    def _refresh_command_list(self, command_list: CommandList, commands: list[Command], clear_current: bool) -> None:
        """Show what was found, one line each."""
        lines = [Command(CommandLine(each.hit, self._keys.get(each.hit.text or "", "")), each.hit) for each in commands]
        super()._refresh_command_list(command_list, lines, clear_current)
        if not lines:
            self._say_about("")

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def run_once(self, event: Input.Submitted | OptionList.OptionSelected) -> None:
        """Run a command once, even if Enter is pressed twice, and keep the second Enter from the screen below."""
        typed = self.tutor.type_ahead
        option = self.query_one(CommandList).highlighted_option
        if not self.is_current:
            event.prevent_default()
        elif isinstance(event, OptionList.OptionSelected):
            typed.answered()
            typed.go_on()
        elif option is not None and not option.disabled:
            typed.hold()

    @on(OptionList.OptionHighlighted)
    def show_about(self, event: OptionList.OptionHighlighted) -> None:
        """Say what the highlighted command does."""
        assert isinstance(event.option, Command)
        self._say_about(event.option.hit.help or "")

    def _say_about(self, words: str) -> None:
        self.query_one(".about", Static).update(plain(words), layout=False)  # its height is fixed

    def _action_command_list(self, action: str) -> None:
        """Pass a key on to the list. Page up or down fails just after results arrive, when their lines are not laid out
        yet."""
        with suppress(LookupError):
            super()._action_command_list(action)
