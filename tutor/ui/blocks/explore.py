"""Numbers to turn within a lesson: a slider for each, the watched quantities, the curve, and the tasks."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tutor.formulas.wording import counted
from tutor.lessons.blocks.explore import ExploreView
from tutor.play.opening import play_block
from tutor.play.playing import Playing
from tutor.play.wording import shown, signed
from tutor.ui.blocks.registry import draws, same_view
from tutor.ui.commands import Command
from tutor.ui.screens.base import Commanded
from tutor.ui.text import MUTED, clean, plain
from tutor.ui.widgets.live import CHANGED, Turning, slider, task

COMMANDS = (
    Command("explore.turn", "turn(1)", "plus", "Turn up", "Makes the number larger.", footer="up", also="equals_sign"),
    Command("explore.down", "turn(-1)", "minus", "Turn down", "Makes the number smaller.", footer="down"),
    Command("explore.step", "step", "space", "Training step", "Takes one training step.", footer="step"),
    Command("explore.reset", "reset", "0", "Reset", "Takes back every change.", footer="reset"),
    Command("explore.all", "all", "x", "All the numbers",
            "Opens the whole model, to turn and train.", footer="all", also="enter"),
    Command("explore.leave", "let_go", "escape", "Back", "Leaves the numbers.", footer="back"),
)  # fmt: skip


class ExploreBlock(Turning, Commanded, Vertical, can_focus=True):
    """The numbers that the author lets the learner turn. The letter x, Tab or the mouse focuses them."""

    DEFAULT_CSS = """
    ExploreBlock { height: auto; margin: 0 0 1 0; padding: 0 1; border-left: outer $foreground 25%; }
    ExploreBlock:focus { border-left: outer $accent; background: $foreground 4%; }
    """
    commands = COMMANDS
    BINDINGS = [
        Binding("down,right", "move(1)", "Next number", show=False),
        Binding("up,left", "move(-1)", "Previous number", show=False),
        Binding("asterisk,shift+up", "turn(1, True)", "A little up", show=False),
        Binding("underscore,shift+down", "turn(-1, True)", "A little down", show=False),
    ]
    help_text = (
        "Numbers to turn. The **arrows** choose one, **+** and **−** turn it, **Space** takes a training step, "
        "**0** resets every number, **x** opens the whole model."
    )

    @dataclass
    class Opened(Message):
        """Sent to show the whole model."""

        playing: Playing
        of: str

    @dataclass
    class LetGo(Message):
        """Sent when the learner leaves the numbers."""

    def __init__(self, view: ExploreView) -> None:
        super().__init__()
        self.view = view
        self.playing = play_block(view.block, view.lesson, view.reference)

    def compose(self) -> ComposeResult:
        from tutor.ui.widgets.play_charts import Charts  # imports NumPy

        yield Static("", markup=False)
        yield Charts(self.playing)

    def on_mount(self) -> None:
        self.show_now()

    def on_focus(self) -> None:
        """Show the keys, and what was turned elsewhere meanwhile."""
        self.show_now()

    def on_blur(self) -> None:
        """Hide the keys."""
        self.show_now()

    def show_now(self) -> None:
        """Show the current numbers."""
        from tutor.ui.widgets.play_charts import Charts

        self.query_one(Static).update(Content("\n").join(self._lines()))
        self.query_one(Charts).show_soon()

    def _lines(self) -> list[Content]:
        playing = self.playing
        graph, ground, changed = playing.graph, playing.ground, playing.changed()
        names = playing.numbers if ground.limits else (playing.chosen,)
        lines = [slider(playing, name) for name in names]
        watched = []
        for name in playing.watched:
            by = f" ({signed(changed[name].by)})" if name in changed else ""
            value = shown(ground.values.get(name, float("nan")))
            watched.append(Content.assemble((f"{graph.notation.text(name)} ", MUTED), (value, "bold"), (by, CHANGED)))
        if ground.steps:
            watched.append(Content.styled(f"after {counted(ground.steps, 'step')}", MUTED))
        lines.append(Content("   ").join(watched))
        if self.trouble:
            lines.append(plain(clean(self.trouble), "$warning"))
        elif playing.felt is not None:
            lines.append(plain(clean(playing.felt_words())))
        else:
            lines.append(Content.styled("Arrows choose a number, + and − turn it." if self.has_focus else
                                        "Press x to turn these numbers.", MUTED))  # fmt: skip
        return lines + [task(condition, said) for condition, said in playing.tasks()]

    def action_step(self) -> None:
        """Take a training step."""
        self.do(self.playing.train)

    def action_all(self) -> None:
        """Open the whole model on its own screen."""
        self.post_message(self.Opened(self.playing, self.view.of))

    def action_let_go(self) -> None:
        """Return to the current question."""
        self.post_message(self.LetGo())


draws(ExploreView, ExploreBlock, ExploreBlock, update=same_view)
