"""Choose one or several of some options, by arrows, by their letters or numbers, or by the mouse."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tutor.lessons.blocks.offering import letter
from tutor.session.model import Answer, Field, Verdict
from tutor.ui.commands import Command
from tutor.ui.fields.base import CHECK, FieldWidget, MarkLine
from tutor.ui.text import MUTED
from tutor.ui.widgets.hanging import Hanging
from tutor.ui.widgets.prose import inline
from tutor.ui.widgets.verdict import SIGNS

MARKS = {(False, False): "○", (False, True): "●", (True, False): "□", (True, True): "■"}

NOTHING_PICKED = "Nothing is picked yet: press an option's letter, or the arrows and space."

PICK = Command(
    "choice.pick", "pick", "space", "Pick the option",
    "Picks the option at the cursor; its letter or number does the same from anywhere in the question.", footer="pick",
)  # fmt: skip


class OptionLine(Static):
    """An option: its letter, mark and text."""

    DEFAULT_CSS = """
    OptionLine { height: auto; padding: 0 1 0 0; }
    OptionLine:hover { background: $foreground 6%; }
    """
    ALLOW_SELECT = False

    def __init__(self, place: int) -> None:
        super().__init__(markup=False)
        self.place = place


class OptionsField(FieldWidget, can_focus=True):
    """Options one below the other, with a cursor. The field itself has the focus."""

    DEFAULT_CSS = """
    OptionsField {
        layout: vertical;
        padding: 0 0 0 1;
        &:focus OptionLine.-cursor { background: $primary 22%; }
    }
    """

    cursor = reactive(0)
    """The index of the option at the cursor."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._texts = {option.key: inline(option.text) for option in field.options}
        self._is_touched = False

    def focus_target(self) -> Widget:
        return self


class ChoiceField(OptionsField):
    """The options to pick from. Enter picks the one at the cursor if none is picked, and checks."""

    commands = (CHECK, PICK)
    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        *[
            Binding(f"{place + 1},{letter(place)}", f"pick_place({place})", f"Option {letter(place)}", show=False)
            for place in range(9)
        ],
    ]

    help_text = (
        "The **arrows** move, **space** or an option's letter or number picks it, **Enter** checks. A round mark "
        "allows one answer, a square one several."
    )

    picked: reactive[tuple[str, ...]] = reactive(())
    """The keys of the picked options, in the order shown."""

    def compose(self) -> ComposeResult:
        for place in range(len(self.field.options)):
            yield OptionLine(place)
        yield MarkLine()

    def on_mount(self) -> None:
        """Draw the options."""
        self._draw()

    def _draw(self) -> None:
        for line in self.query(OptionLine):
            option = self.field.options[line.place]
            is_picked = option.key in self.picked
            is_at = line.place == self.cursor and self.has_focus
            mark, style = self._marked if is_picked else (MARKS[self.field.several, False], MUTED)
            head = Content.assemble(
                ("▸" if is_at else " ", "$primary"),  # a shade alone is invisible with few colours
                (f"{letter(line.place)} ", MUTED),
                (f"{mark} ", style),
            )
            text = self._texts[option.key]
            line.update(Hanging(head, text.stylize("bold") if is_picked else text))
            line.set_class(line.place == self.cursor, "-cursor")

    @property
    def _marked(self) -> tuple[str, str]:
        """The sign of a picked option: the verdict's, if this choice was marked. If several options are wrong together,
        the sign does not say which."""
        result = self.state.result
        is_of_each = result is not None and (not self.field.several or result.verdict is Verdict.CORRECT)
        if result is not None and is_of_each and self.state.answer == self.picked:
            return SIGNS[result.verdict]
        return MARKS[self.field.several, True], "$accent"

    def watch_has_focus(self, has_focus: bool) -> None:
        """Draw the cursor only in the focused question: elsewhere it would look like an answer."""
        super().watch_has_focus(has_focus)
        self._draw()

    def watch_cursor(self) -> None:
        self._draw()

    def watch_picked(self) -> None:
        self._draw()

    @property
    def answer(self) -> Answer:
        """The keys of the picked options."""
        return self.picked

    def load(self, answer: Answer) -> None:
        """Pick the kept options."""
        self.picked = tuple(part for part in ((answer,) if isinstance(answer, str) else answer) if part)

    def show_mark(self) -> None:
        """Show the mark's message and the signs of the picked options."""
        super().show_mark()
        self._draw()

    # -- actions ------------------------------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        """Move the cursor; beyond the ends, go to the next field."""
        target = self.cursor + step
        if 0 <= target < len(self.field.options):
            self.cursor = target
            self._is_touched = True
        else:
            self.post_message(self.Leaving(self, step))

    def action_pick(self) -> None:
        """Pick the option at the cursor, or unpick it if several may be picked."""
        key = self.field.options[self.cursor].key
        if not self.field.several:
            self.picked = (key,)
        else:
            chosen = set(self.picked) ^ {key}
            self.picked = tuple(option.key for option in self.field.options if option.key in chosen)
        self.post_message(self.Edited(self, self.answer))

    def action_pick_place(self, place: int) -> None:
        """Pick an option by its letter or number."""
        if place < len(self.field.options):
            self.cursor = place
            self.action_pick()

    def action_check(self) -> None:
        """Check what is picked, or else the option that the cursor was moved to. An untouched question is not
        marked."""
        if not self.picked and not self.field.several and self._is_touched:
            self.action_pick()
        if self.picked:
            super().action_check()
        else:
            self.say(NOTHING_PICKED)

    def on_click(self, event: Click) -> None:
        """Pick the clicked option."""
        if isinstance(event.widget, OptionLine):
            self.cursor = event.widget.place
            self.action_pick()
