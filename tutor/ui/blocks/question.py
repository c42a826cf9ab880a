"""A block that asks: its prompt, its fields, its hints as they are opened, and what is said once it is done."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tutor.session.model import Field, Ladder, QuestionView
from tutor.ui.blocks.registry import draws, shows
from tutor.ui.fields import FieldWidget, widget_for
from tutor.ui.fields.number import NumberField
from tutor.ui.widgets.hints import Hints
from tutor.ui.widgets.prose import Prose, inline, is_inline


class QuestionBlock(Vertical):
    """A question. While it is the one in hand it may be docked under the text, so that it is never off the screen."""

    DEFAULT_CSS = """
    QuestionBlock { height: auto; margin: 0 0 1 0; }
    QuestionBlock > .prompt { height: auto; text-style: bold; }
    QuestionBlock > .own { margin-top: 1; }
    QuestionBlock > .own:first-child { margin-top: 0; }
    QuestionBlock > .after { margin: 1 0 0 2; }
    QuestionBlock > Hints { margin: 0 0 1 2; }
    """

    class Changed(Message):
        """The question is longer or shorter than it was, or another of its fields is in hand."""

    def __init__(self, view: QuestionView) -> None:
        super().__init__()
        self.view = view
        self.widgets = [widget_for(field) for field in view.fields]
        for place, widget in enumerate(self._numbers()):
            widget.set_class(place % 2 == 1, "-second")  # two that stand close are told apart by their shades
        self._in_hand: FieldWidget | None = None
        self.hinted: FieldWidget | None = None
        """The field that hints stand under."""

    def compose(self) -> ComposeResult:
        if self.view.prompt:
            yield _prompt(self.view.prompt)
        for widget in self.widgets:
            if widget.field.prompt:
                yield _prompt(widget.field.prompt, own=True)
            yield widget

    def on_mount(self) -> None:
        """Where it is docked and too long, whatever changes its length may bring the field in hand out of sight."""
        self.watch(self, "virtual_size", self._changed, init=False)

    @property
    def label_width(self) -> int:
        """How wide the widest label of its numbers is."""
        return max((widget.label_width for widget in self._numbers()), default=0)

    def align(self, width: int) -> None:
        """Set the labels of the numbers under each other, and under those of the page's other questions."""
        for widget in self._numbers():
            widget.align(width)

    def _numbers(self) -> list[NumberField]:
        return [widget for widget in self.widgets if isinstance(widget, NumberField)]

    def field_widget(self, field_id: str) -> FieldWidget | None:
        """Return the widget of a field, if it is in this block."""
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

    async def show_hints(self, field: Field, ladder: Ladder, key: str) -> None:
        """Show under a field the hints that are open, the newest one last, and what the next one would cost; ``key``
        opens it."""
        before, self.hinted = self.hinted, self.field_widget(field.id)
        hints = [Hints(ladder, key)] if ladder.opened and self.hinted is not None else []
        shown = self.query_children(Hints)
        if before is not self.hinted or [each.of for each in hints] != [each.of for each in shown]:
            await shown.remove()
            self.set_class(bool(hints), "-hinted")
            await self.mount_all(hints, after=self.hinted)

    # -- keeping the field in hand in sight ---------------------------------------------------------------------------

    def take_in_hand(self, field: FieldWidget) -> None:
        """This field has the focus now, or had it last."""
        self._in_hand = field
        self._changed()

    def _changed(self) -> None:
        self.call_after_refresh(self.keep_in_sight)
        self.post_message(self.Changed())

    def keep_in_sight(self) -> None:
        """Scroll no further than is needed for the field in hand, with its verdict and its newest hint; where they are
        too long, to its top. Once all is done, to what is said then."""
        field = self._in_hand
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
    """Return what stands above all fields and above each, where there is something."""
    return [prompt for prompt in (view.prompt, *(field.prompt for field in view.fields)) if prompt]


def _prompt(prompt: str, *, own: bool = False) -> Widget:
    """Return what stands above the fields, or above one of them alone (its ``own``)."""
    classes = "prompt own" if own else "prompt"
    return Static(inline(prompt), classes=classes) if is_inline(prompt) else Prose(prompt, classes=classes)


draws(QuestionView, QuestionBlock, QuestionBlock, update=shows)
