"""The editor for Python. It brings Textual's TextArea and tree-sitter, so it is imported when there is code to show."""

from __future__ import annotations

from collections.abc import Callable

from textual.binding import Binding
from textual.message import Message
from textual.widgets.text_area import TextAreaTheme

from tutor.ui.widgets.area import Area


class Editor(Area):
    """An editor for Python. Tab indents; Escape leaves."""

    BINDINGS = [Binding("escape", "leave", "leave the editor", priority=True)]

    class Left(Message):
        """Escape: the learner wants out of it."""

    def on_mount(self) -> None:
        """The colours of the code go with the screen's: those of "css" are for a dark one."""
        light = TextAreaTheme.get_builtin_theme("github_light")
        if light is not None:
            self.register_theme(TextAreaTheme("light", syntax_styles=light.syntax_styles))
        self._colour()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._colour())

    def on_unmount(self) -> None:
        """Let go of the theme, which would keep this editor for as long as the tutor runs."""
        self.app.theme_changed_signal.unsubscribe(self)

    def _colour(self) -> None:
        is_light = not self.app.current_theme.dark and "light" in self.available_themes
        self.theme = "light" if is_light else "css"

    def action_cursor_page_down(self) -> None:
        """Further down the code; at its end, to the lesson's next screen."""
        self._page(super().action_cursor_page_down, "next")

    def action_cursor_page_up(self) -> None:
        """Further up the code; at its start, to the screen before."""
        self._page(super().action_cursor_page_up, "back")

    def _page(self, move: Callable[[], None], beyond: str) -> None:
        before = self.cursor_location
        if self.wrapped_document.height > self.content_size.height:
            move()
        if self.cursor_location == before:
            # on the screen's own turn: the editor goes with the page, and can't wait for its own end
            self.screen.call_later(self.screen.run_action, beyond)

    def action_leave(self) -> None:
        """Out of the editor."""
        self.post_message(self.Left())
