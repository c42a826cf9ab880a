"""Steps to put in order: pick one up and move it, or leave it out."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widgets import Static

from tutor.session.model import Answer, Field
from tutor.ui.commands import Command
from tutor.ui.fields.base import CHECK, MarkLine
from tutor.ui.fields.choice import OptionLine, OptionsField
from tutor.ui.text import MUTED
from tutor.ui.widgets.hanging import Hanging

NOTHING_MOVED = "The steps are in a random order: move one first, with space and the arrows."

MOVE = Command(
    "order.take", "take", "space", "Pick a step up, or put it down",
    "Picks up the step at the cursor; the arrows then move it. Shift and an arrow move it at once.", footer="pick up",
)  # fmt: skip
DROP = Command(
    "order.drop", "drop", "x", "Leave a step out, or put it back",
    "Some steps may not belong: this leaves out the one at the cursor, or puts it back.", footer="leave out",
    also="delete,backspace",
)  # fmt: skip

WHILE_TAKEN = {MOVE.action: "put down", "move(-1)": "carry"}
"""The words for the keys while a step is picked up. The first stands for both arrows."""


class OrderField(OptionsField):
    """The steps in order, numbered, and below them those that are left out."""

    DEFAULT_CSS = """
    OrderField {
        OptionLine.-taken { text-style: bold; }
        .out { height: auto; padding: 0 1; }
    }
    """
    commands = (CHECK, MOVE, DROP)
    BINDINGS = [
        *MOVE.bindings(),
        Binding("up,k", "move(-1)", "Up", show=False, key_display="↑ ↓"),
        Binding("down,j", "move(1)", "Down", show=False),
        *DROP.bindings(),
        Binding("shift+up,K", "shift(-1)", "Move the step up", show=False),
        Binding("shift+down,J", "shift(1)", "Move the step down", show=False),
    ]

    help_text = (
        "**Space** picks up the step at the cursor, the **arrows** carry it, **space** puts it down. **x** leaves "
        "out a step that does not belong here, or puts it back. **Enter** checks the order."
    )

    steps: reactive[tuple[str, ...]] = reactive(())
    """The keys of the steps, those in order first, then those left out."""
    out = reactive(0)
    """How many steps, at the end, are left out."""
    taken = reactive(False)
    """Whether that step is picked up, so that the arrows move it."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.set_reactive(OrderField.steps, tuple(self._texts))

    def compose(self) -> ComposeResult:
        for place in range(len(self._texts)):
            yield OptionLine(place)
        yield Static(
            Content.styled("Some may not belong: press x to leave a step out.", MUTED), classes="out", markup=False
        )
        yield MarkLine()

    def on_mount(self) -> None:
        """Draw the steps whenever anything about them changes."""
        for name in ("steps", "out", "cursor", "taken", "has_focus"):
            self.watch(self, name, self._draw, init=False)
        self._draw()

    def _draw(self) -> None:
        kept = len(self.steps) - self.out
        for line in self.query(OptionLine):
            text = self._texts[self.steps[line.place]]
            is_at = line.place == self.cursor and self.has_focus
            grip = "  " if not is_at else "≡ " if self.taken else "▸ "
            number = f"{line.place + 1}. " if line.place < kept else "– "
            if line.place >= kept:
                text = Content.assemble(text.stylize(MUTED), ("   left out", MUTED))
            line.update(
                Hanging(
                    Content.assemble((grip, "$accent" if self.taken else "$primary"), (number.rjust(4), MUTED)), text
                )
            )
            line.set_class(is_at, "-cursor")
            line.set_class(is_at and self.taken, "-taken")

    def watch_taken(self, taken: bool) -> None:
        """Show what the keys do now."""
        self.words_now = WHILE_TAKEN if taken else {}
        self.refresh_bindings()

    @property
    def answer(self) -> Answer:
        """The keys of the steps that are not left out, in order."""
        return self.steps[: len(self.steps) - self.out]

    def load(self, answer: Answer) -> None:
        """Put the steps in the kept order."""
        known = tuple(key for key in answer if key in self._texts)
        if known:
            self._is_touched = True
            rest = tuple(key for key in self._texts if key not in known)
            self.steps, self.out = known + rest, len(rest)

    # -- actions ------------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._is_touched = True
        self.post_message(self.Edited(self, self.answer))

    def action_move(self, step: int) -> None:
        """Move the cursor, or the step that is picked up."""
        if self.taken:
            self.action_shift(step)
        elif 0 <= self.cursor + step < len(self.steps):
            self.cursor += step
        else:
            self.post_message(self.Leaving(self, step))

    def action_shift(self, step: int) -> None:
        """Move the step at the cursor by one place."""
        kept = len(self.steps) - self.out
        target = self.cursor + step
        if self.cursor < kept and 0 <= target < kept:
            steps = list(self.steps)
            steps[self.cursor], steps[target] = steps[target], steps[self.cursor]
            self.steps, self.cursor = tuple(steps), target
            self._changed()

    def action_take(self) -> None:
        """Pick the step up, or put it down."""
        self.taken = not self.taken and self.cursor < len(self.steps) - self.out

    def action_drop(self) -> None:
        """Leave the step out, or put it back at the end."""
        key = self.steps[self.cursor]
        kept = list(self.answer)
        self.taken = False
        if key in kept:
            kept.remove(key)
        else:
            kept.append(key)
        rest = [other for other in self.steps if other not in kept]
        self.steps, self.out = (*kept, *rest), len(rest)
        self.cursor = self.steps.index(key)
        self._changed()

    def action_check(self) -> None:
        """Put the step down, so that the arrows move the cursor again, and check. An order that was only shown is not
        marked."""
        self.taken = False
        if self._is_touched:
            super().action_check()
        else:
            self.say(NOTHING_MOVED)

    def on_click(self, event: Click) -> None:
        """Pick up the clicked step, or put the one that is picked up in its place."""
        if not isinstance(event.widget, OptionLine):
            return
        if self.taken:
            while self.cursor != event.widget.place and self.cursor < len(self.steps) - self.out:
                before = self.cursor
                self.action_shift(1 if event.widget.place > self.cursor else -1)
                if self.cursor == before:
                    break
            self.taken = False
        else:
            self.cursor = event.widget.place
            self.action_take()
