"""A block with a question: its prompt, its fields, its open hints, and the explanation once it is done."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tutor.session.model import Ladder, QuestionView
from tutor.ui.blocks.registry import draws, shows
from tutor.ui.fields import FieldWidget, widget_for
from tutor.ui.fields.number import NumberField
from tutor.ui.widgets.hints import Hints
from tutor.ui.widgets.prose import Prose, inline, is_inline


class QuestionBlock(Vertical):
    """Shows a question. The current one may be docked below the text, so that it is always visible."""

    DEFAULT_CSS = """
    QuestionBlock { height: auto; margin: 0 0 1 0; }
    QuestionBlock > .prompt { height: auto; text-style: bold; }
    QuestionBlock > .own { margin-top: 1; }
    QuestionBlock > .own:first-child { margin-top: 0; }
    QuestionBlock > .after { margin: 1 0 0 2; }
    QuestionBlock > Hints { margin: 0 0 1 2; }
    """

    class Changed(Message):
        """Sent when the question gets longer or shorter, or another of its fields becomes the current one."""

    def __init__(self, view: QuestionView) -> None:
        super().__init__()
        self.view = view
        self.widgets = [widget_for(field) for field in view.fields]
        for place, widget in enumerate(self._numbers()):
            widget.set_class(place % 2 == 1, "-second")  # shades tell neighbouring fields apart
        self._current_field: FieldWidget | None = None
        self.hinted: FieldWidget | None = None
        """The field with hints below it."""

    def compose(self) -> ComposeResult:
        if self.view.prompt:
            yield _prompt(self.view.prompt)
        for widget in self.widgets:
            if widget.field.prompt:
                yield _prompt(widget.field.prompt, own=True)
            yield widget

    def on_mount(self) -> None:
        """Scroll whenever the length changes: if the block is docked and too long, the current field may leave the
        view."""
        self.watch(self, "virtual_size", self._changed, init=False)

    @property
    def label_width(self) -> int:
        """The width of the widest label of its numbers."""
        return max((widget.label_width for widget in self._numbers()), default=0)

    def align(self, width: int) -> None:
        """Align the numbers' fields with those of the page's other questions."""
        for widget in self._numbers():
            widget.align(width)

    def _numbers(self) -> list[NumberField]:
        return [widget for widget in self.widgets if isinstance(widget, NumberField)]

    async def show(self, view: QuestionView) -> None:
        """Update the prompt and the explanation."""
        before, self.view = self.view, view
        for shown, old, new in zip(self.query_children(".prompt"), _prompts(before), _prompts(view), strict=False):
            if old != new and isinstance(shown, Static) and is_inline(new):
                shown.update(inline(new))
        await self.show_after(before)

    async def show_after(self, before: QuestionView | None = None) -> None:
        """Show the explanation and the model answer of a question that is done, unless ``before`` had them too."""
        for name, title in (("explain", ""), ("model", "*One answer:*\n\n")):
            text = getattr(self.view, name)
            if before is None or getattr(before, name) != text:
                await self.query(f".{name}").remove()
                if text:
                    last = [*self.widgets, *self.query_children(".after")][-1]
                    await self.mount(Prose(title + text, classes=f"after {name}"), after=last)

    async def show_hints(self, field: FieldWidget, ladder: Ladder, key: str) -> None:
        """Show the open hints below a field, newest last, and what the next one costs. ``key`` opens it."""
        before, self.hinted = self.hinted, field
        hints = [Hints(ladder, key)] if ladder.opened else []
        shown = self.query_children(Hints)
        if before is not self.hinted or [each.of for each in hints] != [each.of for each in shown]:
            await shown.remove()
            self.set_class(bool(hints), "-hinted")
            await self.mount_all(hints, after=self.hinted)

    # -- keeping the current field in view ----------------------------------------------------------------------------

    def set_current(self, field: FieldWidget) -> None:
        """Make a field the current one, which has the focus or had it last."""
        self._current_field = field
        self._changed()

    def _changed(self) -> None:
        self.call_after_refresh(self.keep_in_sight)
        self.post_message(self.Changed())

    def keep_in_sight(self) -> None:
        """Scroll no further than it takes to see the current field with its verdict and its newest hint; to its top if
        they are too long. Once all is done, scroll to the explanation."""
        field = self._current_field
        if field is None or not field.is_attached or not self.max_scroll_y:
            return
        top, end = field.virtual_region.y, field.virtual_region.bottom
        said = self.query_children(".after") if field is self.widgets[-1] else ()
        if said:
            top = end = max(after.virtual_region.bottom for after in said)
        elif self.hinted is field and (hints := self.query(".hint")):
            end = hints.last().region.bottom - self.scrollable_content_region.y + self.scroll_offset.y
        seen = self.scrollable_content_region.height
        if end > self.scroll_y + seen:
            self.scroll_to(y=min(top, end - seen), animate=False)
        elif top < self.scroll_y:
            self.scroll_to(y=top, animate=False)


def _prompts(view: QuestionView) -> list[str]:
    """Return the prompts of the question and of its fields."""
    return [prompt for prompt in (view.prompt, *(field.prompt for field in view.fields)) if prompt]


def _prompt(prompt: str, *, own: bool = False) -> Widget:
    """Return the prompt above all fields, or above one of them (``own``)."""
    classes = "prompt own" if own else "prompt"
    return Static(inline(prompt), classes=classes) if is_inline(prompt) else Prose(prompt, classes=classes)


draws(QuestionView, QuestionBlock, QuestionBlock, update=shows)
