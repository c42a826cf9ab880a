"""The application: its commands, themes and settings, its start and its end.

Only Home is loaded at the start. A thread loads the heavy parts (NumPy, the other screens) once the first screen is
painted.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import events, work
from textual.app import ScreenStackError, SystemCommand
from textual.driver import Driver
from textual.filter import LineFilter
from textual.keys import key_to_character
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.theme import BUILTIN_THEMES, Theme, ThemeProvider
from textual.worker import WorkerFailed

from tutor.paths import is_room
from tutor.store import Store
from tutor.ui.code_colours import code_colours
from tutor.ui.commands import Command, HasCommands
from tutor.ui.filters import SPACED, STYLED
from tutor.ui.keymap import bindings_now, keymap
from tutor.ui.opening import OpeningApp
from tutor.ui.screens.base import TutorScreen
from tutor.ui.signals import handle_signals
from tutor.ui.textual_compat import chosen_keys, has_notifications, is_notified
from tutor.ui.themes import DEFAULT, THEMES, readable
from tutor.ui.typeahead import TypeAhead
from tutor.ui.widgets.bar import SlimBar

if TYPE_CHECKING:
    from tutor.play.playing import Playing
    from tutor.session import Session

SWITCH_AFTER = 0.001
"""Seconds that a thread may keep Python while another one waits. With the usual 5 ms, the thread that writes to the
terminal would show a verdict only after the work that follows it."""

FEW_COLOURS = (None, "standard", "windows")

COMMANDS = (
    Command("app.help", "help", "f1", "Help",
            "Explains what is selected, and lists every key that works here.", footer="help", letter="question_mark"),
    Command("app.palette", "command_palette", "ctrl+p", "Palette", "Finds every command by its name.", letter="colon"),
    Command("app.quit", "quit", "ctrl+q", "Quit", "Leaves the tutor. Everything is saved."),
    Command("app.theme", "change_theme", "", "Theme", "Changes the colours: dark, light, and more.", letter="T"),
)  # fmt: skip


class TutorApp(HasCommands, OpeningApp):
    """The tutor on a screen. ``target`` is a lesson to open at once (an id, a number or a file, with or without
    ``#17``) or the file of an assignment."""

    TITLE = "Neural networks by hand"
    CSS_PATH = ["app.tcss", "screens/home.tcss"]  # Home's too, so that both are parsed at once
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    commands = COMMANDS

    def __init__(
        self,
        store: Store,
        target: str | None = None,
        *,
        warm: bool = True,
        practise: str | bool = False,
        playing: Playing | None = None,
        own: str | None = None,
    ) -> None:
        """Begin with practice if ``practise`` (true, or a skill's id) is given, with numbers to turn if ``playing`` is,
        with the form for the learner's own network if ``own`` (weights, or an empty text) is. Tests and measurements
        pass ``warm=False``: no heavy parts are loaded after the first paint."""
        super().__init__()
        self.store = store
        self.target = target
        self.practise = practise
        self.playing = playing
        self.own = own
        self.crash_report: str | None = None
        self.type_ahead = TypeAhead(self, self._deliver)
        self._warm = warm
        #: Whether Home looks up, after its first paint, what is due for practice.
        self.plans_practice = warm
        self._choose_theme()

    # -- start --------------------------------------------------------------------------------------------------------

    def _choose_theme(self) -> None:
        """Set the learner's theme before any style is parsed with the colours of another one."""
        for theme in THEMES:
            self.register_theme(theme)
        chosen = self.store.setting("theme", DEFAULT)
        self.theme = chosen if isinstance(chosen, str) and chosen in self.available_themes else DEFAULT
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours of code, which no theme defines."""
        return code_colours(self.current_theme)

    def get_theme(self, theme_name: str) -> Theme | None:
        """Return a theme by its name; Textual's own ones with colours changed to be readable."""
        return readable(theme_name) if theme_name in BUILTIN_THEMES else super().get_theme(theme_name)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, which remove colours under ``NO_COLOR``, after the tutor's own."""
        filters = super().get_line_filters()
        return [SPACED, *([STYLED] if self.no_color else []), *filters]

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver; on Unix, one that copes with any byte and with a closed terminal."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from tutor.ui.driver import TerminalDriver

        return TerminalDriver

    def get_default_screen(self) -> Screen[None]:
        """Return the screen below all others: Home, or the assignment in a served exam."""
        if is_room():
            from tutor.ui.screens.assignment import Room

            return Room()
        from tutor.ui.screens.home import Home

        return Home()

    @property
    def begins_over_home(self) -> bool:
        """Whether something else is shown first and covers Home."""
        return self.target is not None or self.playing is not None or self.own is not None or bool(self.practise)

    def on_mount(self) -> None:
        """Apply the learner's settings, and show what was asked for on top of Home."""
        sys.setswitchinterval(SWITCH_AFTER)
        ScrollBar.renderer = SlimBar
        if not self.is_headless:
            handle_signals(self)
        self.theme_changed_signal.subscribe(self, self._save_theme)
        self._note_few_colours()
        self.set_keymap(keymap(self.store.setting("keys", {})))
        if self.target is not None:
            self.open_target(self.target)
        elif self.playing is not None:
            from tutor.ui.screens.playing import PlayScreen

            self.push_screen(PlayScreen(self.playing))
        elif self.own is not None:
            self.open_own(numbers=self.own)
        elif self.practise:
            self.open_practice(self.practise if isinstance(self.practise, str) else "")
        elif not (self.store.setting("tour-seen", False) or self.store.positions() or self.store.notice):
            from tutor.ui.screens.welcome import Welcome

            self.push_screen(Welcome())
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        """Start collecting garbage and loading heavy parts, now that the first screen is painted."""
        gc.freeze()
        gc.enable()
        if self._warm:
            self.warm_up()

    def _save_theme(self, theme: Theme) -> None:
        """Keep the chosen theme."""
        self.store.set_setting("theme", theme.name)
        self._note_few_colours()

    def _note_few_colours(self) -> None:
        """Have fields underlined where there are too few colours, or unknown ones, for a shade to set them off."""
        self.set_class(self.console.color_system in FEW_COLOURS or self.theme.startswith("ansi"), "-few-colours")

    @work(thread=True, group="warm")
    def warm_up(self) -> None:
        """Load what the next screen needs while the first one is shown."""
        from tutor.lessons import cache  # noqa: F401
        from tutor.ui.screens import lesson  # noqa: F401

    def expect_answers(self) -> None:
        """Load what diagnosing a mistake needs while the first answer is typed. Not before: NumPy alone takes a third
        of the memory of an application without it."""
        if self._warm:
            self._warm = False
            self._load_marking()

    @work(thread=True, group="warm")
    def _load_marking(self) -> None:
        import numpy  # noqa: F401

        import tutor.marking  # noqa: F401

        gc.freeze()  # as after opening a lesson, without collecting garbage while somebody types

    # -- keys ---------------------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Handle keys and pastes one after the other."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await self._deliver(event)
        elif not (isinstance(event, events.Key) and event.key == "escape" and self._close_notifications()):
            await self.type_ahead.take(event)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a message as Textual does, unless the same one is still shown: pressing a key again would pile copies
        over the page."""
        if not is_notified(self, message):
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def _close_notifications(self) -> bool:
        """Close the notifications. Return whether there were any."""
        if not has_notifications(self):
            return False
        self.clear_notifications()
        return True

    async def _deliver(self, event: events.Event) -> None:
        """Deliver an event as Textual does. A key typed while the tutor closes finds no screen, which is no error."""
        try:
            await super().on_event(event)
        except ScreenStackError:
            if self.screen_stack:
                raise

    async def _on_key(self, event: events.Key) -> None:
        """Run what a key is bound to if nothing else has used it."""
        event.prevent_default()  # or Textual would call its own handler again after this one
        focused = self.focused
        await super()._on_key(event)
        self.type_ahead.acted(event, focused)

    # -- commands -----------------------------------------------------------------------------------------------------

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield the commands of the palette, each with what runs it."""
        for command in self._palette_commands(screen):
            yield SystemCommand(command.title, command.help, self._runner(command, screen))
        yield SystemCommand("Screenshot", "Saves a picture of the screen as an SVG file.", self.deliver_screenshot)

    def _palette_commands(self, screen: Screen[object]) -> list[Command]:
        """Return the commands of the screen and of what has the focus, then the application's own."""
        commands = list(screen.enabled_commands()) if isinstance(screen, TutorScreen) else []
        return [each for each in (*commands, *self.commands) if each.palette and each.id != "app.palette"]

    def shown_keys(self, command: Command) -> dict[str, str]:
        """Return the current keys of a command, the first of each binding, with the text that the screen shows for
        each."""
        now = [each.with_key(each.key.split(",")[0]) for each in bindings_now(command, chosen_keys(self))]
        return {binding.key: self.get_key_display(binding) for binding in now}

    def key_shown(self, command: Command) -> str:
        """Return the text of a command's first key, with Escape before it where the key alone would be typed into a
        field."""
        key, written = next(iter(self.shown_keys(command).items()))
        is_typed = self.focused is not None and self.focused.check_consume_key(key, key_to_character(key))
        return f"esc {written}" if is_typed else written

    def _runner(self, command: Command, screen: Screen[object]) -> Callable[[], object]:
        """Return what runs a command on the node that declares it: the focused one, one that contains it, the screen,
        or the app. Another node on the way may have an action of the same name."""
        chain = screen.focused.ancestors_with_self if screen.focused is not None else [screen, self]
        owner = next((node for node in chain if command in getattr(node, "commands", ())), self)
        return partial(self.run_action, command.action, owner)

    def action_command_palette(self) -> None:
        """Open the palette, which finds a command by its name."""
        from tutor.ui.palette import Palette

        if not isinstance(self.screen, Palette):
            commands = self._palette_commands(self.screen)
            self.push_screen(Palette(keys={each.title: self.key_shown(each) for each in commands}))

    def search_themes(self) -> None:
        """Open the palette, which finds a theme by its name."""
        from tutor.ui.palette import Palette

        self.push_screen(Palette([ThemeProvider], placeholder="Search the themes"))

    def action_help(self) -> None:
        """Explain what has the focus."""
        from tutor.ui.screens.help import Help

        if not isinstance(self.screen, Help):
            self.push_screen(Help(self.screen))

    def watch_app_focus(self, has_focus: bool) -> None:
        """Focus something once the terminal (or the page) has the focus: a screen shown without it focuses nothing."""
        screen = self.screen
        first = self.AUTO_FOCUS if screen.AUTO_FOCUS is None else screen.AUTO_FOCUS
        if has_focus and first and screen.focused is None:
            screen.focus_next(first)

    # -- the end ------------------------------------------------------------------------------------------------------

    def save_all(self) -> None:
        """Write everything that the screens still hold. If one fails, save the others all the same, then raise its
        exception."""
        errors = []
        for screen in self.screen_stack:
            save = getattr(screen, "save", None)
            try:
                if save is not None:
                    save()
            except Exception as error:
                errors.append(error)
        if errors:
            raise errors[0]

    async def _drain_and_save(self) -> None:
        if isinstance(self.screen, TutorScreen):
            await self.screen.drain_messages()
        self.save_all()

    async def action_quit(self) -> None:
        """Leave. Ask first if something would be lost."""
        await self._drain_and_save()
        if self.store.flush():
            self.exit()
            return
        self.ask(f"{self.store.notice}\n\nLeave now, and lose what you did last?", "Leave", self.exit)

    async def on_exit_app(self) -> None:
        """Keep everything, however the end comes (a command, or closing the browser's page). Keep also which lesson is
        open, so that reloading the page opens it again."""
        if self.crash_report is not None:
            return  # the report says what could be kept
        await self._drain_and_save()
        lesson = self._open_lesson_reference()
        if lesson != self.store.setting("left-in", ""):
            self.store.set_setting("left-in", lesson)

    def _open_lesson_reference(self) -> str:
        """Return the reference that opens the current lesson again, or nothing on Home."""
        for screen in reversed(self.screen_stack):
            reopens = getattr(screen, "reopens", "")
            if reopens:
                return str(reopens)
            session: Session | None = getattr(screen, "session", None)
            if session is not None and session.store is self.store and hasattr(screen, "save"):
                return f"{session.lesson.id}#{session.variant}".removesuffix("#")
        return ""

    def _handle_exception(self, error: Exception) -> None:
        """Handle an error of the tutor itself: keep the work, write a report, and leave with a sentence."""
        from tutor.ui.crash import write_report

        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error  # the one with the traceback
        if self.crash_report is None and not self.is_headless:
            self.crash_report = write_report(error, self)
            self.exit(return_code=70)
        else:
            super()._handle_exception(error)
