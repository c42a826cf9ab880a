"""A model's numbers while they are turned: a drawn network, or a table of quantities, with the selected number and the
changes highlighted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tutor.errors import TutorError
from tutor.lessons.blocks.diagram import DiagramView
from tutor.network import HIDDEN_KINDS, Graph, Kind, Network
from tutor.play.playing import Playing
from tutor.play.wording import shown, signed
from tutor.ui.drawing import Drawing, Live, draw
from tutor.ui.text import MUTED, one_line
from tutor.ui.widgets.diagram import STYLES, Diagram

CHOSEN, CHANGED = STYLES["chosen"], STYLES["changed"]
_DRAWN = frozenset({Kind.GIVEN, Kind.PRE_ACTIVATION, Kind.ACTIVATION, Kind.OUTPUT, Kind.LOSS})
_WITH_ROOM = _DRAWN | {Kind.ERROR, Kind.DELTA}
_ROOMY = 14
"""The fewest rows in which the backward pass is drawn too; with fewer, a layer would lose its units."""

_GAP = 3
_SLIDER, _LABEL = 21, 12


class Turning:
    """What turns the numbers of a model: a screen, or a block of a lesson."""

    playing: Playing
    trouble = ""
    """Why the last thing could not be done, and what to do."""

    def show_now(self) -> None:
        """Show the current numbers."""
        raise NotImplementedError

    def halt(self) -> None:
        """Stop what changes the numbers by itself."""

    def do(self, what: Callable[[], None]) -> bool:
        """Do something and show the result. Return whether it could be done."""
        self.trouble = ""
        try:
            what()
        except TutorError as error:
            self.trouble = f"{error.message} {error.hint or ''}".strip()
            self.halt()
        self.show_now()
        return not self.trouble

    def action_move(self, by: int) -> None:
        """Select another number."""
        self.do(lambda: self.playing.move(by))

    def action_turn(self, notches: int, finer: bool = False) -> None:
        """Turn the selected number."""
        self.do(lambda: self.playing.turn(notches, finer=finer))

    def action_reset(self) -> None:
        """Put every number back to what it was."""
        self.halt()
        self.do(self.playing.reset)


class LiveDrawing(Diagram, can_focus=False):
    """The network that is played with, redrawn at every change."""

    def __init__(self, playing: Playing) -> None:
        self.playing = playing
        self.lit: frozenset[str] = frozenset()
        self.pulsing: frozenset[str] = frozenset()
        self.most_rows = 12
        #: The sample of a batch that is drawn, from 1, unless the selected number belongs to another one.
        self.sample = 1
        super().__init__(self._view())

    def _view(self) -> DiagramView:
        playing = self.playing
        network, graph = playing.ground.model, playing.graph
        assert isinstance(network, Network)
        kinds = _WITH_ROOM if self.most_rows >= _ROOMY else _DRAWN
        values = {
            name: shown(value) for name, value in playing.ground.values.items() if graph.nodes[name].kind in kinds
        }
        return DiagramView("play", "", network, graph, values)

    def _drawn(self, width: int, rows: int, asked: tuple[str, ...], selected: str | None) -> Drawing:
        weights = {
            name: self.playing.ground.numbers[name]
            for layer in self.view.network.layers
            for row in layer.weight_names
            for name in row
        }
        sample = f"[{self.drawn_sample}]" if self.view.network.is_batch else ""
        live = Live(weights, self.playing.chosen, sample, self.lit, self.pulsing)
        return draw(self.view, width, rows, live=live)

    @property
    def drawn_sample(self) -> int:
        """The sample that is drawn, from 1."""
        return self.playing.graph.nodes[self.playing.chosen].sample or self.sample

    def fit(self, most_rows: int) -> None:
        """Use at most this many rows."""
        self.most_rows = most_rows
        self._draw.cache_clear()
        self.view = self._view()
        self.refresh(layout=True)

    def show_now(self, lit: frozenset[str] | None = None, pulsing: frozenset[str] = frozenset()) -> None:
        """Draw the current numbers. ``lit`` has the names to highlight; None stands for what the last turn changed."""
        self.lit, self.pulsing = frozenset(self.playing.changed()) if lit is None else lit, pulsing
        height = self.drawing(self.content_size.width).height if self.content_size.width else 0
        self._draw.cache_clear()
        self.view = self._view()
        grown = bool(height) and self.drawing(self.content_size.width).height != height
        self.refresh(layout=grown)


class LiveTable(Static):
    """A worksheet's quantities in order, each array in its shape, with how much each changed."""

    DEFAULT_CSS = """
    LiveTable { height: auto; width: 1fr; }
    """

    def __init__(self, playing: Playing) -> None:
        super().__init__("", markup=False)
        self.playing = playing
        self.lit: frozenset[str] = frozenset()
        #: The row with the selected number.
        self.chosen_row = 0

    def on_mount(self) -> None:
        self.show_now()

    def show_now(self, lit: frozenset[str] | None = None, pulsing: frozenset[str] = frozenset()) -> None:
        """Show the current numbers. ``lit`` has the names to highlight; None stands for what the last turn changed."""
        self.lit = frozenset(self.playing.changed()) if lit is None else lit
        rows = list(table_rows(self.playing.graph))
        labels = [_label(self.playing.graph, row) for row in rows]
        width = max(map(cell_len, labels))
        lines = []
        for number, (label, row) in enumerate(zip(labels, rows, strict=True)):
            if self.playing.chosen in row:
                self.chosen_row = number
            cells = Content("  ").join(self._cell(name, alone=len(row) == 1) for name in row)
            lines.append(Content.assemble((label.ljust(width), MUTED), " " * _GAP, cells))
        self.update(Content("\n").join(lines))

    def _cell(self, name: str, *, alone: bool) -> Content:
        value = self.playing.ground.values.get(name, float("nan"))
        text = shown(value).rjust(9)
        style = CHOSEN if name == self.playing.chosen else CHANGED if name in self.lit else ""
        change = self.playing.changed().get(name)
        by = f"  {signed(change.by)}" if alone and change is not None else ""
        return Content.assemble((text, style), (by, CHANGED))


def slider(playing: Playing, name: str) -> Content:
    """Return a number, its position in its range if it has one, and its original value."""
    ground = playing.ground
    value, first = ground.numbers[name], ground.original[name]
    label = f" {playing.graph.notation.text(name)} {shown(value)} "
    parts = [Content.styled(label.ljust(_LABEL), CHOSEN if name == playing.chosen else "")]
    if name in ground.limits:
        low, high = ground.limits[name]
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        place = round(share * (_SLIDER - 1))
        line = ("─" * place, "●", "─" * (_SLIDER - 1 - place))
        ends = (f"{shown(low)} ", MUTED), (f" {shown(high)}", MUTED)
        parts.append(Content.assemble(ends[0], line[0], (line[1], "bold $accent"), line[2], ends[1]))
    if value != first:
        parts.append(Content.styled(f"was {shown(first)}", MUTED))
    return Content("  ").join(parts)


def task(condition: str, said: str) -> Content:
    """Return a task, or the message once it is done."""
    if said:
        return Content.assemble(("✓ ", "bold $success"), one_line(said))
    return Content.assemble(("○ ", MUTED), "Reach ", (one_line(condition), "bold"))


def table_rows(graph: Graph) -> Iterator[tuple[str, ...]]:
    """Yield the quantities to show, one line for each row of an array."""
    names = [name for name, node in graph.nodes.items() if node.kind not in HIDDEN_KINDS]
    for _, row in groupby(names, key=_row):
        yield tuple(row)


def _row(name: str) -> str:
    """Return what the cells of one line have in common: the array and, in a matrix, the row."""
    stem, bracket, place = name.partition("[")
    return f"{stem}{bracket}{place.partition(',')[0]}" if "," in place else stem


def _label(graph: Graph, row: tuple[str, ...]) -> str:
    if len(row) == 1:
        return graph.notation.text(row[0])
    return f"{graph.notation.text(row[0])} …"
