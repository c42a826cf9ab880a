"""Play with a network or worksheet: turn its numbers by hand or train it, and see at once everything that follows."""

from __future__ import annotations

import time
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.timer import Timer
from textual.widgets import Input, Static

from tutor.errors import TutorError
from tutor.network import Network
from tutor.play.playing import Phase, Playing
from tutor.play.sharing import to_text
from tutor.play.wording import change_text, shown
from tutor.ui.commands import Command
from tutor.ui.screens.base import TutorScreen
from tutor.ui.text import clean, one_line, plain
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.live import CHANGED, LiveDrawing, LiveTable, Turning, slider, task
from tutor.ui.widgets.play_charts import Charts

PHASE, PULSE = 0.35, 0.3
"""Seconds for which each phase of a training step is highlighted, and for which a wire pulses."""

TICK = 0.1
BUDGET = 0.04
"""Seconds between two drawings of a training, and seconds that it may compute for each: keys go first."""

RATES = (1, 2, 5, 10, 30, 100, 1000)
"""Training steps per second, from the slowest to the fastest."""

COMMANDS = (
    Command("play.turn", "turn(1)", "plus", "Turn up",
            "Makes the selected number larger; * makes it a little larger.", footer="up", also="equals_sign"),
    Command("play.down", "turn(-1)", "minus", "Turn down",
            "Makes the selected number smaller; _ makes it a little smaller.", footer="down"),
    Command("play.finer", "turn(1, True)", "asterisk", "Turn up a little",
            "Turns up by a tenth of a turn.", also="shift+up"),
    Command("play.finer_down", "turn(-1, True)", "underscore", "Turn down a little",
            "Turns down by a tenth of a turn.", also="shift+down"),
    Command("play.next", "move(1)", "right", "Next number", "Selects the next number.", palette=False),
    Command("play.before", "move(-1)", "left", "Previous number", "Selects the previous number.", palette=False),
    Command("play.group", "group(1)", "down", "Next group", "Selects a number of the next group.", palette=False),
    Command("play.group_before", "group(-1)", "up", "Previous group",
            "Selects one of the previous group.", palette=False),
    Command("play.set", "type", "enter", "Type the number", "Sets the selected number to what you type."),
    Command("play.step", "step", "space", "Training step",
            "Takes one step, part by part: forward, error, backward, update. Pressed again, finishes it at once.",
            footer="step"),
    Command("play.fast", "fast", "f", "Training step at once", "Takes one step without its parts.", also="shift+space"),
    Command("play.train", "train", "t", "Train", "Trains until you press it again.", footer="train"),
    Command("play.faster", "rate(1)", "greater_than_sign", "Faster", "More training steps a second."),
    Command("play.slower", "rate(-1)", "less_than_sign", "Slower", "Fewer training steps a second."),
    Command("play.pin", "pin", "p", "Pin a quantity", "Watches the quantity whose name you type.", footer="pin"),
    Command("play.view", "view", "v", "Next chart", "Shows the loss, the regions or the curve.", footer="chart"),
    Command("play.sample", "sample", "s", "Next sample", "Draws the next sample of a batch."),
    Command("play.reset", "reset", "0", "Reset", "Takes back every change.", footer="reset"),
    Command("play.copy", "copy", "c", "Copy the numbers", "Copies them as text, to share.", footer="copy"),
    Command("play.close", "close", "escape", "Close", "Leaves.", footer="close", also="q"),
)  # fmt: skip


class PlayScreen(Turning, TutorScreen[None]):
    """Shows a model whose numbers can be turned and trained."""

    DEFAULT_CSS = """
    PlayScreen > #model { height: 1fr; padding: 0 1; align-vertical: middle; }
    PlayScreen > #model > LiveDrawing { margin: 0; }
    PlayScreen > #said { height: auto; padding: 0 2; }
    PlayScreen > Entry { display: none; width: 40; margin: 0 2; }
    PlayScreen > Entry.-on { display: block; }
    """
    AUTO_FOCUS = ""
    commands = COMMANDS
    help_text = (
        "Every number here can be turned. **Arrows** select one, **+** and **−** turn it (**\\*** and **_** "
        "finer), **Enter** or a digit lets you type it. What changes is highlighted. **Space** takes a training step, "
        "**t** starts and stops training, **<** and **>** set how fast, **0** resets them. Blue wires have a positive "
        "weight, orange and dashed ones a negative one; the larger the weight, the brighter."
    )

    said = query_one("#said", Static)
    entry = query_one(Entry)

    def __init__(self, playing: Playing) -> None:
        super().__init__()
        self.title = f"Play: {one_line(playing.title)}"
        self.playing = playing
        self.rate = RATES[2]
        self._pinning = False
        self._due = 0.0
        self._training: Timer | None = None
        self._phases: list[Phase] = []
        self._phase: Timer | None = None
        is_network = isinstance(playing.ground.model, Network)
        self.view: LiveDrawing | LiveTable = LiveDrawing(playing) if is_network else LiveTable(playing)

    def parts(self) -> ComposeResult:
        with VerticalScroll(id="model", can_focus=False):
            yield self.view
        yield Static("", id="said", markup=False)
        yield Charts(self.playing)
        yield Entry()

    def on_mount(self) -> None:
        self.show_now()

    def on_resize(self, event: events.Resize) -> None:
        """Show as much of the drawing as there is room for."""
        super().on_resize(event)
        if isinstance(self.view, LiveDrawing):
            self.view.fit(max(6, event.size.height - self._taken(event.size.height)))

    def _taken(self, height: int) -> int:
        """Return the rows that the drawing does not have: the top line, the texts, the charts, the keys."""
        return 2 + self._said().plain.count("\n") + 1 + self.query_one(Charts).rows_at(height)

    # -- showing ------------------------------------------------------------------------------------------------------

    def show_now(self, lit: frozenset[str] | None = None, pulsing: frozenset[str] = frozenset()) -> None:
        """Show the current numbers. ``lit`` has the names to highlight; None stands for what the last turn changed."""
        self.view.show_now(lit, pulsing)
        self.said.update(self._said())
        ground = self.playing.ground
        loss = f"E {shown(ground.values['E'])}" if "E" in ground.values else ""
        rate = f"training, {self.rate} steps/s" if self._training is not None else ""
        steps = f"step {ground.steps}" if ground.steps else ""
        network, sample = ground.model, ""
        if isinstance(self.view, LiveDrawing) and isinstance(network, Network) and network.is_batch:
            sample = f"sample {self.view.drawn_sample} of {len(network.inputs)}"
        self.top.place = "   ".join(filter(None, [rate, sample, steps, loss]))
        if isinstance(self.view, LiveTable):
            body = self.query_one("#model", VerticalScroll)
            body.scroll_to(y=self.view.chosen_row - body.size.height // 2, animate=False)
        self.query_one(Charts).show_soon()

    def _said(self) -> Content:
        """Return the selected number, what turning it does, what is pinned, and the tasks. The number of rows never
        changes."""
        playing = self.playing
        graph, ground = playing.graph, playing.ground
        name = graph.notation.text
        selected = slider(playing, playing.chosen)
        if self._phases:
            selected = Content.styled(f" step {ground.steps + 1}: {self._phases[0].title} ", "bold reverse $success")
        now = ground.values[playing.pinned]
        pinned = Content.assemble(
            (f"{name(playing.pinned)} ", "bold"), f"{shown(playing.pinned_at)} → ", (shown(now), "bold"), "  "
        )
        others = [change for change in playing.changes if change.name not in (playing.chosen, playing.pinned)]
        affected = [each for each in others if graph.nodes[each.name].kind.value in ("activation", "output", "cell")]
        lines = [
            selected,
            plain(clean(self._effect())),
            pinned + Content.styled("  ".join(change_text(each, graph.notation) for each in affected[:6]), CHANGED),
        ]
        if self.trouble:
            lines[1] = plain(clean(self.trouble), "$warning")
        lines += [task(condition, said) for condition, said in playing.tasks()]
        width = max(20, self.size.width - 4)
        return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)

    def _effect(self) -> str:
        try:
            return self.playing.felt_words()
        except TutorError as error:
            return error.message

    # -- turning ------------------------------------------------------------------------------------------------------

    def action_group(self, by: int) -> None:
        """Select a number of another group."""
        self.do(lambda: self.playing.move_group(by))

    def on_key(self, event: events.Key) -> None:
        """Start typing the selected number with a digit."""
        if self.focused is None and event.character is not None and event.character in "123456789.":
            event.stop()
            self._type(event.character)

    def action_type(self) -> None:
        """Open the field for the selected number."""
        self._type("")

    def action_pin(self) -> None:
        """Open the field for the quantity to pin."""
        self._type("", pinning=True)

    def _type(self, text: str, *, pinning: bool = False) -> None:
        self._pinning = pinning
        name = self.playing.graph.notation.text(self.playing.chosen)
        self.entry.placeholder = "a quantity: Z1, yhat, E" if pinning else f"{name} = "
        self.entry.set_text(text)
        self.entry.cursor_position = len(text)
        self.entry.add_class("-on")
        self.entry.focus()

    @on(Input.Submitted)
    def typed(self, event: Input.Submitted) -> None:
        """Set the number, or pin the quantity."""
        event.stop()
        text = event.value.strip()
        self._hide_entry()
        if text and self._pinning:
            self.do(lambda: self.playing.pin(text))
        elif text:
            self.do(lambda: self.playing.set_text(text))

    def _hide_entry(self) -> None:
        self.entry.remove_class("-on")
        self.set_focus(None)

    # -- training -----------------------------------------------------------------------------------------------------

    def action_step(self) -> None:
        """Take one training step, part by part."""
        if not self.playing.ground.learns:
            self.do(self.playing.train)  # says why the model cannot be trained
        elif self._phases or not self._is_animated:
            self._end_phases()
            self._train_once()
        else:
            self.halt()
            self._phases = list(self.playing.phases())
            self._next_phase()

    def action_fast(self) -> None:
        """Take one training step at once."""
        self._end_phases()
        self._train_once()

    @property
    def _is_animated(self) -> bool:
        return self.app.animation_level != "none"

    def _next_phase(self) -> None:
        if len(self._phases) > 1:
            self.show_now(self._phases[0].names)
            self._phase = self.set_timer(PHASE, self._after_phase)
        else:
            self._end_phases()
            self._train_once()

    def _after_phase(self) -> None:
        self._phases = self._phases[1:]
        self._next_phase()

    def _end_phases(self) -> None:
        self._phases = []
        if self._phase is not None:
            self._phase.stop()
            self._phase = None

    def _train_once(self) -> None:
        if self.do(self.playing.train) and self._is_animated and not self.app.no_color:
            self.show_now(pulsing=frozenset(self.playing.changed()).intersection(self.playing.ground.trained))
            self._phase = self.set_timer(PULSE, self.show_now)

    def action_train(self) -> None:
        """Train, or stop training."""
        self._end_phases()
        if self._training is not None:
            self.halt()
            self.show_now()
        elif self.playing.ground.learns:
            self._due = 0.0
            self._training = self.set_interval(TICK, self._tick)
            self.show_now()
        else:
            self.do(self.playing.train)

    def _tick(self) -> None:
        """Do the training steps that are due, as many as there is time for."""
        self._due = min(self._due + self.rate * TICK, float(self.rate))
        end = time.monotonic() + BUDGET
        while self._due >= 1 and time.monotonic() < end:
            steps = min(int(self._due), 10)
            self._due -= steps
            try:
                self.playing.train(steps)
            except TutorError:
                self.do(partial(self.playing.train, steps))  # fails again, and says why
                return
        self.show_now()

    def halt(self) -> None:
        """Stop training."""
        self._end_phases()
        if self._training is not None:
            self._training.stop()
            self._training = None

    def action_rate(self, by: int) -> None:
        """Train faster, or slower."""
        self.rate = RATES[min(max(RATES.index(self.rate) + by, 0), len(RATES) - 1)]
        self.notify(f"{self.rate} training steps a second", markup=False, timeout=2)
        self.show_now()

    # -- the rest -----------------------------------------------------------------------------------------------------

    def action_sample(self) -> None:
        """Show another sample of the batch."""
        network = self.playing.ground.model
        if isinstance(self.view, LiveDrawing) and isinstance(network, Network) and network.is_batch:
            self.view.sample = self.view.sample % len(network.inputs) + 1
            self.show_now()
        else:
            self.notify("There is one sample.", markup=False)

    def action_view(self) -> None:
        """Show another chart."""
        self.query_one(Charts).turn_over()

    def action_copy(self) -> None:
        """Copy the numbers that were set."""
        text = to_text(self.playing.ground)
        if not text:
            self.notify("Nothing is turned yet.", markup=False)
            return
        whole = f"tutor play '{self.playing.reference}#{text}'"
        self.app.copy_to_clipboard(whole)
        self.notify(clean(f"Copied: {whole}"), markup=False, timeout=8)

    def action_close(self) -> None:
        """Leave the field if it is open, or the screen."""
        if self.entry.has_class("-on"):
            self._hide_entry()
        else:
            self.halt()
            self.dismiss()
