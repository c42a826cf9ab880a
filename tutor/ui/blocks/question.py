"""A block that asks: its prompt, its fields, its hints as they are opened, and what is said once it is done."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from tutor.session.model import Field, Ladder, QuestionView
from tutor.ui.fields import FieldWidget, widget_for
from tutor.ui.fields.number import NumberField
from tutor.ui.text import one_line
from tutor.ui.widgets.hints import Hints
from tutor.ui.widgets.prose import Prose, inline, is_inline


class QuestionBlock(Vertical):
    """A question. While it is the one in hand it may be docked under the text, so that it is never off the screen."""

    DEFAULT_CSS = """
    QuestionBlock { height: auto; margin: 0 0 1 0; }
    QuestionBlock > .prompt { height: auto; text-style: bold; margin: 0 0 0 0; }
    QuestionBlock > .own { margin: 1 0 0 0; }
    QuestionBlock > .own:first-child { margin: 0; }
    QuestionBlock > .after { margin: 1 0 0 2; }
    QuestionBlock > Hints { margin: 0 0 0 2; }
    """

    def __init__(self, view: QuestionView) -> None:
        super().__init__()
        self.view = view
        self.widgets = [widget_for(field) for field in view.fields]

    def compose(self) -> ComposeResult:
        if self.view.prompt:
            yield _prompt(self.view.prompt)
        for widget in self.widgets:
            if widget.field.prompt:
                yield _prompt(widget.field.prompt, own=True)
            yield widget

    def on_mount(self) -> None:
        """Set the labels of the numbers under each other."""
        numbers = [widget for widget in self.widgets if isinstance(widget, NumberField)]
        for widget in numbers:
            widget.align(max(4, *(number.label_width for number in numbers)))

    def field_widget(self, field_id: str) -> FieldWidget | None:
        """The widget of a field, if it is in this block."""
        return next((widget for widget in self.widgets if widget.field.id == field_id), None)

    async def show(self, view: QuestionView) -> None:
        """Bring the prompt and what is said afterwards up to date."""
        before, self.view = self.view, view
        for shown, old, new in zip(self.query_children(".prompt"), _prompts(before), _prompts(view), strict=False):
            if old != new and isinstance(shown, Static) and is_inline(new):
                shown.update(inline(new))
        for name, title, text in (("explain", "", view.explain), ("model", "One answer:", view.model)):
            if getattr(before, name) != text:
                await self._show_after(name, title, text)
        if view.model and before.model != view.model:  # a docked question is lower than a text to write and its answer
            self.call_after_refresh(self.scroll_end, animate=False)

    async def show_after(self) -> None:
        """Show what is said afterwards, for a block that is done when it is first shown."""
        await self._show_after("explain", "", self.view.explain)
        await self._show_after("model", "One answer:", self.view.model)

    async def _show_after(self, name: str, title: str, text: str) -> None:
        await self.query(f".{name}").remove()
        if text:
            body = f"*{title}*\n\n{text}" if title else text
            last = [*self.widgets, *self.query_children(".after")][-1]
            await self.mount(Prose(body, classes=f"after {name}"), after=last)

    def bring_newest_hint(self) -> None:
        """Scroll to the hint that was opened last, with what the next one costs; the field stays where it is."""
        for box in self.query_children(Hints):
            box.scroll_end(animate=False)

    async def show_hints(self, field: Field, ladder: Ladder) -> None:
        """Show the hints that are open, and what the next one would cost."""
        await self.remove_children(Hints)
        if ladder.opened:
            await self.mount(Hints(ladder, one_line(field.label) if len(self.widgets) > 1 else ""))


def _prompts(view: QuestionView) -> list[str]:
    """What stands above all fields and above each, where there is something."""
    return [prompt for prompt in (view.prompt, *(field.prompt for field in view.fields)) if prompt]


def _prompt(prompt: str, *, own: bool = False) -> Widget:
    """What stands above the fields, or above one of them alone (its ``own``)."""
    classes = "prompt own" if own else "prompt"
    return Static(inline(prompt), classes=classes) if is_inline(prompt) else Prose(prompt, classes=classes)
