"""The editor for Python. It imports Textual's TextArea and tree-sitter, so import it only when there is code to
show."""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style
from textual.binding import Binding
from textual.color import Color
from textual.message import Message
from textual.theme import Theme
from textual.widgets.text_area import TextAreaTheme

from tutor.ui.code_colours import TREE_SITTER, code_colours
from tutor.ui.textual_compat import prepare_queries_once
from tutor.ui.widgets.area import Area

MOST_COLOURED, LONGEST_COLOURED = 50_000, 1000
"""The most characters of code, and of one line, that are coloured."""

prepare_queries_once()


class Editor(Area):
    """An editor for Python. Tab indents; Escape leaves."""

    DEFAULT_CSS = """
    Editor .text-area--gutter, Editor .text-area--cursor-gutter { color: $code-aside; }
    """
    BINDINGS = [Binding("escape", "leave", "leave the editor", priority=True)]

    class Left(Message):
        """Sent on Escape, when the learner leaves the editor."""

    def on_mount(self) -> None:
        """Use the theme's colours for code."""
        self._colour(self.app.current_theme)
        self.app.theme_changed_signal.subscribe(self, self._colour)

    def on_unmount(self) -> None:
        """Unsubscribe, or the application would keep every removed editor until the theme is changed."""
        self.app.theme_changed_signal.unsubscribe(self)

    def _colour(self, theme: Theme) -> None:
        shades = code_colours(theme)
        styles = {
            name: Style(color=Color.parse(shades[f"code-{kind}"]).rich_color)
            for kind, names in TREE_SITTER.items()
            for name in names.split()
        }
        self.register_theme(TextAreaTheme(theme.name, syntax_styles=styles))
        self.theme = theme.name

    def _build_highlight_map(self) -> None:
        """Colour the code, unless there is very much of it or a line is very long (pasted data, for instance): at every
        key all of it would be coloured again, for a second and more."""
        lengths = [len(line) for line in self.document.lines]
        if sum(lengths) <= MOST_COLOURED and max(lengths) <= LONGEST_COLOURED:
            super()._build_highlight_map()
        else:
            self._line_cache.clear()
            self._highlights.clear()

    def action_cursor_page_down(self) -> None:
        """Scroll down; at the end of the code, go to the lesson's next screen."""
        self._page(super().action_cursor_page_down, "next")

    def action_cursor_page_up(self) -> None:
        """Scroll up; at the start of the code, go to the previous screen."""
        self._page(super().action_cursor_page_up, "back")

    def _page(self, move: Callable[[], None], beyond: str) -> None:
        before = self.cursor_location
        if self.wrapped_document.height > self.content_size.height:
            move()
        if self.cursor_location == before:
            # in the screen's message loop: the editor is removed with the page, and cannot await its own removal
            self.screen.call_later(self.screen.run_action, beyond)

    def action_leave(self) -> None:
        """Leave the editor."""
        self.post_message(self.Left())
