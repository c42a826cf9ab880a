"""What all screens share: commands declared once, classes for the size, and a cover when the terminal is too small."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual import on
from textual.app import ComposeResult, ScreenStackError
from textual.await_complete import AwaitComplete
from textual.content import Content
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.events import Resize, ScreenResume
from textual.getters import query_one
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import MountError, Widget

from tutor.ui.commands import Command, HasCommands
from tutor.ui.text import MUTED, NO_BREAK
from tutor.ui.textual_compat import is_being_removed
from tutor.ui.widgets.keyline import KeyLine
from tutor.ui.widgets.topbar import TopBar

if TYPE_CHECKING:
    from tutor.session import Session
    from tutor.ui.app import TutorApp

MIN_WIDTH, MIN_HEIGHT = 60, 20
TURNS_AT_MOST = 100  # turns of the event loop

Result = TypeVar("Result")


@contextmanager
def while_there(widget: Widget) -> Iterator[None]:
    """Ignore errors about missing widgets once the learner has left a widget or screen that is still being updated."""
    try:
        yield
    except (NoMatches, NoScreen, MountError):
        if widget.is_attached and not is_being_removed(widget):
            raise


def row_in(widget: Widget, page: Widget) -> int:
    """Return the row of a page where a widget in it begins. It does not change when the page scrolls."""
    inside = takewhile(lambda node: node is not page, widget.ancestors_with_self)
    return sum(node.virtual_region.y for node in inside if isinstance(node, Widget))


def rows_above_docked(page: Widget, end: int) -> int:
    """Return the visible rows of a page, which ends before the row ``end`` of the screen or where a part is docked."""
    docked = [child.region.y for child in page.children if child.styles.dock == "bottom" and child.region.area]
    return min([end, *docked]) - page.content_region.y


class TooSmall(Widget):
    """Covers a screen that has too little room; what is under it stays as it is. It is not a Static, because screens
    style their own Statics."""

    DEFAULT_CSS = """
    TooSmall { layer: cover; width: 100%; height: 100%; background: $background; content-align: center middle;
               text-align: center; }
    """

    def render(self) -> Content:
        """Say how large the terminal is and how large it must be."""
        return Content.assemble(
            ("A little more room, please\n\n", "bold"),
            f"The terminal has {self.app.size.width}×{self.app.size.height} (columns × rows),\n",
            f"the tutor needs {MIN_WIDTH}×{MIN_HEIGHT}.\n\n",
            ("Nothing is lost. Enlarge the window,\nor start the tutor with --plain", MUTED),
        )


class LeftOnce(Screen[Result]):
    """A screen that can be left only once: a second Enter in the same packet would also leave the screen below."""

    DEFAULT_CSS = """
    LeftOnce { layers: base cover; }
    """

    # only the two widgets whose focus changes are repainted, not the whole screen as in Textual
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    keeps_keys_in_order: ClassVar[bool] = False
    """Whether keys wait until the one before them has taken effect (``typeahead``)."""

    @property
    def tutor(self) -> TutorApp:
        """The application, with its own type."""
        return cast("TutorApp", self.app)

    @on(ScreenResume)
    def style_once(self, event: ScreenResume) -> None:
        """Keep Textual from styling every widget of a new screen again: each was styled when it was mounted."""
        event.refresh_styles = False

    def on_resize(self, event: Resize) -> None:
        """Cover the screen while there is too little room for it."""
        is_small = event.size.width < MIN_WIDTH or event.size.height < MIN_HEIGHT
        covers = self.query_children(TooSmall)
        if is_small and not covers:
            self.mount(TooSmall())
        for cover in covers:
            cover.display = is_small

    def get_selected_text(self) -> str | None:
        """Return what the mouse has selected, with plain spaces."""
        selected = super().get_selected_text()
        return selected.replace(NO_BREAK, " ") if selected is not None else None

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Leave the screen, unless it was left already."""
        return super().dismiss(result) if self.is_current else AwaitComplete()


class Dialog(LeftOnce[Result], ModalScreen[Result]):
    """A screen in front of another one, which stays visible."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical { width: 60; max-width: 90%; height: auto; padding: 1 2; background: $panel;
                        border-left: outer $accent; }
    Dialog > Vertical > Static { height: auto; margin: 0 0 1 0; }
    Dialog > Vertical > Horizontal { height: 1; }
    Dialog > Vertical > Horizontal > Button { margin: 0 2 0 0; }
    """


class TutorScreen(HasCommands, LeftOnce[Result]):
    """A screen of the tutor, with a line at the top and one with the keys."""

    DEFAULT_CSS = """
    TutorScreen { overflow: hidden; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (96, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    top = query_one(TopBar)

    def __init__(self) -> None:
        """Set the classes for the size before the first frame. Textual updates them at every new size."""
        super().__init__()
        sizes = zip((self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), self.app.size, strict=True)
        self.add_class(*(max(each for each in points or () if each[0] <= size)[1] for points, size in sizes))

    def compose(self) -> ComposeResult:
        yield TopBar(self.app.title if self.title is None else self.title)
        yield from self.parts()
        yield KeyLine()

    def parts(self) -> ComposeResult:
        """Yield what is between the top line and the keys."""
        yield from ()

    def say_news(self, session: Session) -> None:
        """Tell the learner which answers changed since the lesson was last open."""
        if session.news:
            self.notify(session.news, severity="warning", timeout=20, markup=False)

    async def drain_messages(self) -> None:
        """Wait until the messages about what was typed last are handled: they pass from widget to widget."""
        chain = self.focused.ancestors_with_self if self.focused is not None else []
        queues = [node for node in chain if isinstance(node, Widget)]
        for _ in range(TURNS_AT_MOST):
            if not any(node.message_queue_size for node in queues):
                return
            await asyncio.sleep(0)

    def enabled_commands(self) -> Iterator[Command]:
        """Yield the commands that can be used now, for the palette and for help, those of the focused widget first."""
        for command in (*self.focused_commands(), *self.commands):
            action = command.action.partition("(")[0]
            if self.offers(action) and self.check_action(action, ()):
                yield command

    def focused_commands(self) -> tuple[Command, ...]:
        """Return the commands of the focused widget and of those that contain it."""
        try:
            chain = self.focused.ancestors_with_self if self.focused is not None else []
        except ScreenStackError:
            return ()
        return tuple(command for node in chain if isinstance(node, Commanded) for command in node.commands)


class Commanded(HasCommands, Widget):
    """A widget with commands of its own, which join the palette and F1 while it has the focus."""

    @property
    def tutor(self) -> TutorApp:
        """The application, with its own type."""
        return cast("TutorApp", self.app)
