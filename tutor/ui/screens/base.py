"""What all screens have: commands declared once, classes for the width, and a cover when the terminal is too small."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import App, ScreenStackError
from textual.await_complete import AwaitComplete
from textual.content import Content
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.events import Resize
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import MountError, Widget

from tutor.ui.commands import Command
from tutor.ui.text import MUTED, NO_BREAK
from tutor.ui.textual_compat import is_being_removed

if TYPE_CHECKING:
    from tutor.session import Session
    from tutor.ui.app import TutorApp

MIN_WIDTH, MIN_HEIGHT = 60, 20
TURNS_AT_MOST = 100  # of the event loop

Result = TypeVar("Result")


@contextmanager
def while_there(widget: Widget) -> Iterator[None]:
    """For what takes its time with a widget or a screen: the learner may leave in the middle of it, and what is missing
    then is no error."""
    try:
        yield
    except (NoMatches, NoScreen, MountError):
        if widget.is_attached and not is_being_removed(widget):
            raise


class TooSmall(Widget):
    """Covers a screen that has no room; what is under it stays as it is. It is no Static: screens have rules for those
    of their own."""

    DEFAULT_CSS = """
    TooSmall { layer: cover; width: 100%; height: 100%; background: $background; content-align: center middle;
               text-align: center; }
    """

    def render(self) -> Content:
        """Return what there is and what is needed."""
        return Content.assemble(
            ("A little more room, please\n\n", "bold"),
            f"The terminal has {self.app.size.width}×{self.app.size.height} (columns × rows),\n",
            f"the tutor needs {MIN_WIDTH}×{MIN_HEIGHT}.\n\n",
            ("Nothing is lost. Enlarge the window,\nor start the tutor with --plain", MUTED),
        )


class LeftOnce(Screen[Result]):
    """A screen that is left once: a second Enter in the same packet would leave what is under it too."""

    DEFAULT_CSS = """
    LeftOnce { layers: base cover; }
    """

    # what gets the focus and what loses it are painted anew, not with them all the screen, as Textual has it
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    keeps_keys_in_order: ClassVar[bool] = False
    """Whether what is typed behind a key that does something waits for that (``typeahead``)."""

    @property
    def tutor(self) -> TutorApp:
        """The application, by its own type."""
        return _tutor(self.app)

    def on_resize(self, event: Resize) -> None:
        """Cover the screen while there is no room for it."""
        is_small = event.size.width < MIN_WIDTH or event.size.height < MIN_HEIGHT
        covers = self.query_children(TooSmall)
        if is_small and not covers:
            self.mount(TooSmall())
        for cover in covers:
            cover.display = is_small

    def get_selected_text(self) -> str | None:
        """Return what the mouse has selected, its spaces plain ones."""
        selected = super().get_selected_text()
        return selected.replace(NO_BREAK, " ") if selected is not None else None

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave it, unless it has been left."""
        return super().dismiss(result) if self.is_current else AwaitComplete()


class Dialog(LeftOnce[Result], ModalScreen[Result]):
    """A screen over another one, which shines through."""


class TutorScreen(LeftOnce[Result]):
    """A screen of the tutor. Subclasses declare ``commands`` and ``BINDINGS = bindings(commands)``."""

    DEFAULT_CSS = """
    TutorScreen { overflow: hidden; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (96, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    commands: ClassVar[tuple[Command, ...]] = ()
    help_text: ClassVar[str] = ""
    """What F1 says about the screen as a whole, in Markdown."""

    def __init__(self) -> None:
        super().__init__()
        self._set_breakpoints()

    def _set_breakpoints(self) -> None:
        """The classes for the size from the first frame on; later Textual keeps them at every new size."""
        sizes = zip((self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), self.app.size, strict=True)
        self.add_class(*(max(each for each in points or () if each[0] <= size)[1] for points, size in sizes))

    def say_news(self, session: Session) -> None:
        """Say what has become of the learner's answers since the lesson was open last."""
        if session.news:
            self.notify(session.news, severity="warning", timeout=20, markup=False)

    def offers(self, action: str) -> bool:
        """Return whether the last line shows the key of an action: one that only says that there is nothing to do is
        not shown."""
        return True

    async def hear(self) -> None:
        """Let what was typed last arrive, before it is too late: a message goes from widget to widget."""
        chain = self.focused.ancestors_with_self if self.focused is not None else []
        queues = [node for node in chain if isinstance(node, Widget)]
        for _ in range(TURNS_AT_MOST):
            if not any(node.message_queue_size for node in queues):
                return
            await asyncio.sleep(0)

    def enabled_commands(self) -> Iterator[Command]:
        """The commands that can be used now, for the palette and for help, those of what has the focus first."""
        for command in (*self.focused_commands(), *self.commands):
            action = command.action.partition("(")[0]
            if self.offers(action) and self.check_action(action, ()):
                yield command

    def focused_commands(self) -> tuple[Command, ...]:
        """Commands of what has the focus and of what it is in."""
        try:
            chain = self.focused.ancestors_with_self if self.focused is not None else []
        except ScreenStackError:
            return ()
        return tuple(command for node in chain if isinstance(node, Commanded) for command in node.commands)


def _tutor(app: App[object]) -> TutorApp:
    from tutor.ui.app import TutorApp

    assert isinstance(app, TutorApp)
    return app


class Commanded(Widget):
    """A widget with commands of its own: they join the palette and F1 while it has the focus."""

    words_now: Mapping[str, str] = {}
    """What the last line says of an action as things stand, in the place of its own words or of none."""

    @property
    def tutor(self) -> TutorApp:
        """The application, by its own type."""
        return _tutor(self.app)

    commands: ClassVar[tuple[Command, ...]] = ()
    help_text: ClassVar[str] = ""
