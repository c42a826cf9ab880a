"""A form for the network on a homework sheet, from which it makes a lesson."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Button, Input, Static, TextArea
from textual.widgets.text_area import Selection
from textual.worker import get_current_worker

from tutor.authoring.own_form import HIDDEN, LOSS_NAMES, OUTPUT, Form, FormError
from tutor.errors import reason
from tutor.functions import LOSSES
from tutor.ui.commands import Command
from tutor.ui.screens.base import TutorScreen, while_there
from tutor.ui.text import MUTED, clean, one_line, pasted, plain
from tutor.ui.widgets.area import Area
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.picker import Picker

READ_AFTER = 0.4
"""Seconds after the last key until the form is read."""

DRAFTS = "own-networks"
"""The setting that keeps what is typed, by the file name of the lesson that is changed; empty for a new one."""

COMMANDS = (
    Command("own.lesson", "make('lesson')", "f5", "Make the lesson",
            "Makes a lesson of the network: forward, backward and update, with every number marked.", footer="lesson"),
    Command("own.check", "make('worksheet')", "f4", "Check my homework",
            "Makes the lesson and opens its worksheet: type there what you have.", footer="check homework"),
    Command("own.random", "random", "f9", "Random numbers",
            "Fills in weights and biases for the sizes, in tenths. Pressed again, fills in others.",
            footer="random numbers"),
    Command("own.next", "app.focus_next", "tab", "Next field", "Goes to the next field.", palette=False),
    Command("own.before", "app.focus_previous", "shift+tab", "Previous field", "Goes back a field.", palette=False),
    Command("own.close", "close", "escape", "Close",
            "Goes back. What is typed is kept for the next time.", footer="close"),
)  # fmt: skip

PLACEHOLDER = """\
Type or paste the weights and biases:
W1 =
 0.2  -0.3        a row for each input
 0.4   0.1        a column for each unit
b1 = -0.4  0.2
W2 = …
Or paste NumPy (np.array …), what PyTorch
prints for model.state_dict(), or YAML.
F9 fills in random numbers."""


AS_IN = "as in 3-2-1"

LINES = {
    "title": ("Name", "as in Homework 3"),
    "sizes": ("Sizes", AS_IN),
    "inputs": ("Inputs x", "as in 1 0 1"),
    "target": ("Targets y", "none: forward only"),
    "rate": ("Rate α", "none: no update"),
}
PICKERS = {
    "hidden": ("Hidden", [(name, name.replace("_", " ")) for name in HIDDEN]),
    "output": ("Output", [(name, name.replace("_", " ")) for name in OUTPUT]),
    "loss": ("Loss", [(name, LOSSES[name].title) for name in LOSS_NAMES]),
    "rows": ("Rows are", [("", "as it fits"), ("inputs", "inputs (Z = xW)"), ("units", "units (PyTorch)")]),
}
"""The fields of the form besides the numbers, by their widgets' ids: the label, and the placeholder or the choices."""


class Line(Entry):
    """A line of the form. A matrix that is pasted into it goes to the weights."""

    BINDINGS = [Binding("enter", "submit", "next", id="own.enter", tooltip="Goes to the next field.")]

    @dataclass
    class Matrix(Message):
        """Sent when a matrix, or a network in YAML, was pasted."""

        text: str

    def _on_paste(self, event: events.Paste) -> None:
        """Pass a matrix on. Textual calls the base class's handler for everything else."""
        if "[[" in event.text or "layers:" in event.text:
            event.stop()
            event.prevent_default()
            self.post_message(self.Matrix(pasted(event.text)))


class OwnNetwork(TutorScreen[None]):
    """The form, and below it the network that was read so far, or what is missing."""

    CSS_PATH = "own.tcss"
    AUTO_FOCUS = "#title"
    TITLE = "Your own network"
    commands = COMMANDS
    help_text = (
        "The network on your sheet. **Sizes** are the inputs, the units of each hidden layer and the outputs: 3-2-1. "
        "Weights are rows of numbers, a row for each input, or what NumPy or PyTorch prints; a whole network in YAML "
        "needs no other field. **F5** makes a lesson of it, **F4** opens the worksheet that checks your homework. "
        "The lesson is kept on Home, under “Your own networks”."
    )

    said = query_one("#said", Static)
    numbers = query_one("#numbers", Area)

    def __init__(self, form: Form, path: Path | None = None) -> None:
        """Show a form. ``path`` is the lesson that is changed, or None for a new one."""
        super().__init__()
        self.path = path
        self.form = self._opened_form = self._with_draft(form)
        self._wait: Timer | None = None

    def _with_draft(self, form: Form) -> Form:
        """Return the form as it was last left, if no lesson was made of it. For a new lesson, the form's own numbers
        replace those of the draft."""
        kept = self._drafts().get(self._key)
        if not isinstance(kept, dict):
            return form
        known = {name: value for name, value in kept.items() if isinstance(value, str) and hasattr(form, name)}
        return replace(form, **known | ({"numbers": form.numbers} if form.numbers and self.path is None else {}))

    @property
    def _key(self) -> str:
        return self.path.name if self.path is not None else ""

    def _drafts(self) -> dict[str, object]:
        kept = self.tutor.store.setting(DRAFTS, {})
        return dict(kept) if isinstance(kept, dict) else {}

    def parts(self) -> ComposeResult:
        form = self.form
        with Horizontal(id="fields"):
            with Vertical():
                for name, (label, placeholder) in LINES.items():
                    line = Line(getattr(form, name), placeholder=placeholder)
                    line.id = name
                    yield from _labelled(label, line)
            with Vertical():
                for name, (label, choices) in PICKERS.items():
                    yield from _labelled(label, Picker(choices, getattr(form, name), id=name))
        yield Area(form.numbers, id="numbers", placeholder=PLACEHOLDER, tab_behavior="focus", compact=True)
        yield Static("", id="said", markup=False)
        with Horizontal(id="buttons"):
            yield Button("Make lesson (F5)", id="lesson", compact=True)
            yield Button("Check homework (F4)", id="worksheet", compact=True)
            yield Button("Random (F9)", id="random", compact=True)

    def on_mount(self) -> None:
        """Say how to begin, or what network was read."""
        for line in self.query(Line):
            line.selects_on_focus = line.id != "title"  # typing replaces a number, but adds to a name
        self._changed()

    # -- what is typed ------------------------------------------------------------------------------------------------

    def now(self) -> Form:
        """Return the form as it is filled in on the screen."""
        texts = {name: self.query_one(f"#{name}", Line).value for name in LINES}
        picked = {name: self.query_one(f"#{name}", Picker).chosen for name in PICKERS}
        return replace(self.form, **texts, **picked, numbers=self.numbers.text)

    def show_form(self, form: Form) -> None:
        """Show another form."""
        self.form = form
        for name in LINES:
            self.query_one(f"#{name}", Line).set_text(getattr(form, name))
        for name in PICKERS:
            self.query_one(f"#{name}", Picker).take(getattr(form, name))
        if self.numbers.text != form.numbers:
            self.numbers.replace(clean(form.numbers), (0, 0), self.numbers.document.end)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Picker.Changed)
    def _changed(self) -> None:
        """Read the form once the learner pauses."""
        if self._wait is not None:
            self._wait.stop()
        self._wait = self.set_timer(READ_AFTER, lambda: self.read(self.now()))

    @on(Line.Matrix)
    def matrix_pasted(self, event: Line.Matrix) -> None:
        """Put a pasted matrix into the weights."""
        event.stop()
        self.numbers.insert(f"{event.text.strip()}\n", self.numbers.document.end)
        self.numbers.focus()

    @work(thread=True, exclusive=True, group="read")
    def read(self, form: Form) -> None:
        """Say what network the form describes, or what is missing next."""
        from tutor.authoring.own import sizes_read, what_is_read

        worker = get_current_worker()
        try:
            said: Content = Content.assemble(("✓ ", "$success"), what_is_read(form))
        except FormError as error:
            said = _problem(error, MUTED)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show_read, said, sizes_read(form), form.is_yaml)

    def _show_read(self, said: Content, sizes: str, is_yaml: bool) -> None:
        with while_there(self):
            self.said.update(said)
            self.query_one("#sizes", Line).placeholder = sizes or AS_IN
            for widget in (*self.query(Line), *self.query(Picker)):
                widget.disabled = is_yaml and widget.id != "title"

    @on(Picker.Changed, "#loss")
    def loss_chosen(self, event: Picker.Changed) -> None:
        """Choose the output that a loss needs: cross entropy goes with softmax."""
        needed = LOSSES[event.picker.chosen].goes_with
        if needed:
            self.query_one("#output", Picker).take(needed)

    # -- moving -------------------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def next_field(self, event: Input.Submitted) -> None:
        """Go to the next field on Enter."""
        event.stop()
        self.focus_next()

    @on(Entry.Left)
    def moved(self, event: Entry.Left) -> None:
        """Move to the next or previous line of the same column on down or up."""
        event.stop()
        entries: list[Entry] = [entry for entry in self.query(Line) if not entry.disabled]
        place = entries.index(event.entry) + (1 if event.direction == "down" else -1)
        if place >= len(entries):
            self.numbers.focus()
        elif place >= 0:
            entries[place].focus()

    def on_key(self, event: events.Key) -> None:
        """Move to the next or previous choice on down or up, and from the last one to the numbers."""
        focused = self.focused
        if isinstance(focused, Picker) and event.key in ("up", "down"):
            pickers = list(self.query(Picker))
            place = pickers.index(focused) + (1 if event.key == "down" else -1)
            target: Widget | None = pickers[place] if 0 <= place < len(pickers) else None
            (target or (self.numbers if place > 0 else focused)).focus()
            event.stop()

    # -- what comes of it ---------------------------------------------------------------------------------------------

    @on(Button.Pressed)
    async def pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        event.stop()
        if event.button.id == "random":
            self.action_random()
        else:
            self.action_make(event.button.id or "lesson")

    def action_random(self) -> None:
        """Fill in random numbers."""
        self.fill_in(self.now())

    @work(thread=True, exclusive=True, group="make")
    def fill_in(self, form: Form) -> None:
        """Draw numbers in a thread."""
        from tutor.authoring.own import random_numbers

        try:
            found = random_numbers(form)
        except FormError as error:
            self.app.call_from_thread(self.show_problem, error)
        else:
            self.app.call_from_thread(self.show_form, found)

    def action_make(self, then: str) -> None:
        """Make the lesson, and open it or its worksheet."""
        self.make(self.now(), then)

    @work(thread=True, exclusive=True, group="make")
    def make(self, form: Form, then: str) -> None:
        """Make the lesson in a thread."""
        from tutor.authoring.own import save

        try:
            path = save(form, self.path)
        except FormError as error:
            self.app.call_from_thread(self.show_problem, error)
        except OSError as error:
            said = plain(f"The lesson cannot be kept: {reason(error)}.", "$error")
            self.app.call_from_thread(self.said.update, said)
        else:
            self.app.call_from_thread(self._lesson_made, path, then)

    def _lesson_made(self, path: Path, then: str) -> None:
        self._keep_draft(None)
        self.path = path
        if self.is_current:
            self.dismiss()
            self.app.call_later(partial(self.tutor.open_lesson, str(path), worksheet=then == "worksheet"))

    def show_problem(self, error: FormError) -> None:
        """Say what is wrong, and put the cursor there."""
        with while_there(self):
            self.said.update(_problem(error, "$error"))
            field = self.query_one(f"#{error.field}")
            field.focus()
            if error.line and isinstance(field, Area):
                place = (error.line - 1, error.column - 1)
                is_comma = field.get_text_range(place, (place[0], place[1] + 1)) == ","
                field.selection = Selection(place, (place[0], place[1] + is_comma))  # so that typing replaces it
            elif error.line and isinstance(field, Line):
                field.cursor_position = error.column - 1

    # -- leaving ------------------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Keep what is typed, until a lesson is made of it."""
        if self.query("#numbers"):
            self._keep_draft(self.now())

    def _keep_draft(self, form: Form | None) -> None:
        drafts = self._drafts()
        before = drafts.pop(self._key, None)
        if form is not None and form != self._opened_form:
            drafts[self._key] = asdict(form)
        elif form is not None and before is not None:
            drafts[self._key] = before
        self.tutor.store.set_setting(DRAFTS, drafts)

    def action_close(self) -> None:
        """Leave, and keep what is typed."""
        self.save()
        self.dismiss()


def _labelled(label: str, widget: Widget) -> ComposeResult:
    """Yield a field with its name before it."""
    with Horizontal(classes="field"):
        yield Static(label, classes="label", markup=False)
        yield widget


def _problem(error: FormError, style: str) -> Content:
    """Return what is wrong, where, and what to do."""
    label = "Weights" if error.field == "numbers" else (LINES | PICKERS)[error.field][0].split()[0]
    where = f"{label}{f', {error.place}' if error.line and error.field == 'numbers' else ''}: "
    return Content.assemble(
        (where, "bold"), (one_line(error.message), style), " ", (one_line(error.hint), "" if style != MUTED else MUTED)
    )
