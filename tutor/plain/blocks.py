"""Write every kind of block that a lesson shows as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.formulas import text as formula_text
from tutor.formulas.numbers import figures
from tutor.formulas.wording import counted
from tutor.lessons.blocks import TextView, View
from tutor.lessons.blocks.derive import DeriveView
from tutor.lessons.blocks.diagram import DiagramView
from tutor.lessons.blocks.explore import ExploreView
from tutor.lessons.blocks.given import GivenView, side_by_side
from tutor.lessons.blocks.image import ImageView
from tutor.lessons.blocks.plot import PlotSeries, PlotView
from tutor.lessons.blocks.table import TableView
from tutor.lessons.template import HIDDEN
from tutor.network import Graph, Kind
from tutor.plain.markdown import in_line, table
from tutor.plain.terminal import Terminal
from tutor.session.model import Field, ProgramView

_POINTS = 7
_SAMPLES = 6
# The quantities that a drawing shows in each unit; others are listed once they are known or asked about.
_DRAWN = frozenset({Kind.PRE_ACTIVATION, Kind.EXP, Kind.EXP_SUM, Kind.ACTIVATION, Kind.OUTPUT, Kind.DELTA})
_NEVER = frozenset({Kind.GIVEN, Kind.LOSS, Kind.LOSS_SHARE, Kind.FACTOR})


def show(block: View, terminal: Terminal, *, several: bool = False) -> None:
    """Write a block that asks nothing; with ``several`` networks in the lesson, quantities are named with theirs."""
    match block:
        case TextView():
            terminal.say_markdown(block.markdown)
        case GivenView():
            terminal.say("Given:")
            terminal.say_all(f"    {row}" for group in block.groups for row in _members(group, terminal))
        case DiagramView():
            _diagram(block, terminal)
        case DeriveView():
            owner = f"{block.of}:" if several else ""
            terminal.say_filled(f"(Where {block.label} comes from: type :derive {owner}{block.quantity})")
        case ExploreView():
            terminal.say_markdown(block.block.markdown())
            terminal.say_filled(f"(Type :play {block.id} to turn them.)")
        case TableView():
            _table([block.columns, *block.rows], terminal)
            _caption(block.caption, terminal)
        case PlotView():
            _plot(block, terminal)
            _caption(block.caption, terminal)
        case ImageView():
            terminal.say_filled(f"Picture: {block.alt} ({block.path})")
            _caption(block.caption, terminal)
        case ProgramView():
            (_lab if block.is_checked else _cell)(block, terminal)


def _members(group: Sequence[str], terminal: Terminal) -> Iterator[str]:
    """Yield lines with the members of a group of given values, as many as fit on each."""

    def written(latex: str) -> str:
        return in_line(latex, ascii_only=terminal.ascii_only)

    *lines, last = side_by_side(group, terminal.width - 5, written)  # one for the comma at the end
    for line in lines:
        yield from _in_width(",  ".join(map(written, line)) + ",", terminal.width - 4)
    yield from _in_width(",  ".join(map(written, last)), terminal.width - 4)


def _in_width(row: str, width: int) -> Iterator[str]:
    """Yield the row; if one member is too long for it, its values on a line of their own."""
    names, sign, values = row.rpartition(" = ")
    yield from (row,) if len(row) <= width or not names else (names + sign.rstrip(), f"    {values}")


def _caption(caption: str, terminal: Terminal) -> None:
    if caption:
        terminal.say_markdown(caption)


def _table(rows: Sequence[Sequence[str]], terminal: Terminal) -> None:
    spelled = [[terminal.in_line(cell) for cell in row] for row in rows]
    terminal.say_all(f"    {line}" for line in table(spelled))


def _cell(block: ProgramView, terminal: Terminal) -> None:
    if block.prompt:
        terminal.say_markdown(block.prompt)
    terminal.say_all(code_lines(block.field.code))
    if block.output:
        terminal.say("It prints:")
        terminal.say_all(code_lines(block.output))


def _lab(block: ProgramView, terminal: Terminal) -> None:
    terminal.say_markdown(block.prompt)
    terminal.say("Begin with:")
    terminal.say_all(code_lines(block.field.code))
    terminal.say("It is checked that:")
    for number, check in enumerate(block.checks, 1):
        terminal.say_filled(terminal.in_line(check), f"{number}. ")


def code_lines(code: str) -> list[str]:
    """Return the indented lines of a program or its output."""
    return [f"    {line}".rstrip() for line in code.rstrip("\n").split("\n")]


# -- the network in words -------------------------------------------------------------------------------------------


def _diagram(view: DiagramView, terminal: Terminal) -> None:
    """Describe the network layer by layer and unit by unit, with the numbers that may be shown."""
    for line in _network(view):
        said = line.lstrip()
        indent = line[: len(line) - len(said)]
        terminal.say_filled(said, indent, indent + "  ")


def _network(view: DiagramView) -> Iterator[str]:
    network, graph = view.network, view.graph
    sizes = " → ".join(
        [
            counted(len(network.input_names), "input"),
            *(f"{layer.name} ({counted(layer.n_units, 'unit')}, {layer.activation.name})" for layer in network.layers),
        ]
    )
    yield f"The network {view.of}: {sizes}."
    if not view.numbers:
        return
    yield _values("Inputs", [name for name in view.values if _is_data(graph, name, network.input_names)], view)
    if network.target_names:
        yield _values("Target", [name for name in view.values if _is_data(graph, name, network.target_names)], view)
    for number, layer in enumerate(network.layers, 1):
        yield f"Layer {layer.name}:"
        for unit in network.unit_numbers(number - 1):
            yield from _unit(view, unit)
    others = [
        name
        for name in view.values
        if graph.nodes[name].kind in (Kind.LOSS, Kind.LOSS_SHARE)
        and (graph.nodes[name].step == 1 or _is_said(view, name))
    ]
    if others:
        yield _values("Loss", others, view)


def _is_data(graph: Graph, name: str, stems: Sequence[str]) -> bool:
    node = graph.nodes[name]
    return node.kind is Kind.GIVEN and node.step == 1 and name.partition("[")[0] in stems


def _is_said(view: DiagramView, name: str) -> bool:
    """Return whether to list a quantity that drawings omit: it is known, or the question is about it."""
    return view.values[name] != HIDDEN or name in view.highlight


def _values(title: str, names: Sequence[str], view: DiagramView) -> str:
    return f"{title}: " + ", ".join(f"{view.graph.notation.text(name)} = {view.values[name]}" for name in names)


def _unit(view: DiagramView, unit: int) -> Iterator[str]:
    """Yield the lines about a unit: its formula and weights, then its known quantities sample by sample."""
    graph = view.graph
    own = [name for name in view.values if graph.nodes[name].unit == unit and graph.nodes[name].step == 1]
    sums = [name for name in own if graph.nodes[name].kind is Kind.PRE_ACTIVATION]
    if not sums:
        return
    first = graph.nodes[sums[0]]
    parameters = [
        name
        for name in graph.parents(first.name)
        if graph.nodes[name].layer is not None and name in view.values and graph.nodes[name].kind is Kind.GIVEN
    ]
    marks = " (the question is about it)" if set(view.highlight).intersection(own) else ""
    formula = formula_text(graph.definition(first.name), graph.notation)
    yield f"  Unit {unit}{marks}: {graph.notation.text(sums[0])} = {formula}"
    if parameters:
        yield "    " + ", ".join(f"{graph.notation.text(name)} = {view.values[name]}" for name in parameters)
    shown = [
        name
        for name in own
        if graph.nodes[name].kind in _DRAWN or (graph.nodes[name].kind not in _NEVER and _is_said(view, name))
    ]
    for start in range(0, min(len(shown), _SAMPLES * 4), 6):
        part = shown[start : start + 6]
        yield "    " + ", ".join(f"{graph.notation.text(name)} = {view.values[name]}" for name in part)


# -- curves ---------------------------------------------------------------------------------------------------------


def _plot(view: PlotView, terminal: Terminal) -> None:
    """Describe a plot in words, with a few of its points."""
    terminal.say_filled(f"Plot: {view.alt}")
    for each in view.series:
        _series(each, view, terminal)


def _series(series: PlotSeries, view: PlotView, terminal: Terminal) -> None:
    """Write a table with a few points of a series, including its least and greatest value."""
    count = len(series.xs)
    if not count:
        return
    if series.name:
        terminal.say(f"  {terminal.in_line(series.name)}:")
    order = sorted(range(count), key=lambda place: series.xs[place])
    if count > _POINTS:
        among = {order[round(step * (count - 1) / (_POINTS - 1))] for step in range(_POINTS)}
        among |= {min(order, key=lambda place: series.ys[place]), max(order, key=lambda place: series.ys[place])}
        order = [place for place in order if place in among]
    labels = (view.x_label or "x", view.y_label or "y")
    pairs = [(series.xs[place], series.ys[place]) for place in order]
    points = [(figures(x, 4), figures(y, 4)) for x, y in pairs]
    _table([labels, *points], terminal)
    if not view.line and len(points) < count:
        terminal.say(f"    ({len(points)} of {count} points)")


# -- what a field asks ----------------------------------------------------------------------------------------------


def label(field: Field, terminal: Terminal) -> str:
    """Return the prompt before an answer, with the decimals and the unit asked for."""
    name = field.label
    if not name and field.latex:
        name = in_line(field.latex, ascii_only=terminal.ascii_only)
    form = ", ".join(filter(None, [field.precision, field.unit]))
    return f"{name or 'Answer'} ({form})" if form else name or "Answer"
