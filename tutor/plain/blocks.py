"""The plain form of what a lesson shows: every block in words and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.formulas import text as formula_text
from tutor.network.graph import Graph, Kind
from tutor.plain.markdown import in_line, mathematics, table
from tutor.plain.terminal import Terminal
from tutor.session.model import (
    Block,
    DeriveView,
    DiagramView,
    Field,
    GivenView,
    ImageView,
    LabView,
    PlotView,
    RunView,
    TableView,
    TextView,
)

_POINTS = 7
_SAMPLES = 6


def show(block: Block, terminal: Terminal) -> None:
    """Write a block that asks nothing."""
    match block:
        case TextView():
            terminal.say_markdown(block.markdown)
        case GivenView():
            terminal.say("Given:")
            for latex in block.latex:
                terminal.say_all(
                    f"    {row}" for row in mathematics(latex, terminal.width - 4, ascii_only=terminal.ascii_only)
                )
        case DiagramView():
            terminal.say_all(diagram(block))
        case DeriveView():
            terminal.say(f"(The derivation of {block.label}: type :derive {block.label})")
        case TableView():
            terminal.say_all(f"    {line}" for line in table([block.columns, *block.rows]))
            _caption(block.caption, terminal)
        case PlotView():
            terminal.say_all(plot(block))
            _caption(block.caption, terminal)
        case ImageView():
            terminal.say(f"Picture: {block.alt} ({block.path})")
            _caption(block.caption, terminal)
        case RunView():
            _cell(block, terminal)
        case LabView():
            _lab(block, terminal)


def _caption(caption: str, terminal: Terminal) -> None:
    if caption:
        terminal.say_markdown(caption)


def _cell(block: RunView, terminal: Terminal) -> None:
    if block.prompt:
        terminal.say_markdown(block.prompt)
    terminal.say_all(code_lines(block.field.code))
    if block.output:
        terminal.say("prints:")
        terminal.say_all(f"    {line}" for line in block.output.rstrip("\n").split("\n"))


def _lab(block: LabView, terminal: Terminal) -> None:
    terminal.say_markdown(block.prompt)
    terminal.say("Begin with:")
    terminal.say_all(code_lines(block.field.code))
    terminal.say("It is checked that:")
    for number, check in enumerate(block.checks, 1):
        terminal.say_markdown(f"{number}. {check}")


def code_lines(code: str) -> list[str]:
    """A program, set in."""
    return [f"    {line}" for line in code.rstrip("\n").split("\n")]


# -- the network in words -------------------------------------------------------------------------------------------


def diagram(view: DiagramView) -> Iterator[str]:
    """The network, layer by layer and unit by unit, with the numbers that may be shown."""
    network, graph = view.network, view.graph
    sizes = " → ".join(
        [
            f"{len(network.input_names)} inputs",
            *(f"{layer.name} {_units(layer.n_units, layer.activation.name)}" for layer in network.layers),
        ]
    )
    yield f"The network {view.of}: {sizes}."
    if not view.numbers:
        return
    yield _values("Inputs", [name for name in view.values if _is_data(graph, name, network.input_names)], view)
    if network.target_names:
        yield _values("Target", [name for name in view.values if _is_data(graph, name, network.target_names)], view)
    lit = set(view.highlight)
    for number, layer in enumerate(network.layers, 1):
        yield f"Layer {layer.name}:"
        for unit in network.unit_numbers(number - 1):
            yield from _unit(view, unit, lit)
    others = [name for name in view.values if graph.nodes[name].kind in (Kind.LOSS, Kind.LOSS_SHARE)]
    if others:
        yield _values("Loss", others, view)


def _units(count: int, activation: str) -> str:
    return f"({count} {'unit' if count == 1 else 'units'}, {activation})"


def _is_data(graph: Graph, name: str, stems: Sequence[str]) -> bool:
    node = graph.nodes[name]
    return node.kind is Kind.GIVEN and node.step == 1 and name.partition("[")[0] in stems


def _values(title: str, names: Sequence[str], view: DiagramView) -> str:
    return f"{title}: " + ", ".join(f"{view.graph.notation.text(name)} = {view.values[name]}" for name in names)


def _unit(view: DiagramView, unit: int, lit: set[str]) -> Iterator[str]:
    """A unit's own line: its formula and weights, then what is known of it, sample by sample."""
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
    marks = " (this is what the question is about)" if lit.intersection(own) else ""
    yield f"  Unit {unit}{marks}: {graph.notation.text(sums[0])} = {_formula(graph, first.name)}"
    yield "    " + ", ".join(f"{graph.notation.text(name)} = {view.values[name]}" for name in parameters)
    shown = [name for name in own if graph.nodes[name].kind not in (Kind.GIVEN, Kind.LOSS, Kind.LOSS_SHARE)]
    for start in range(0, min(len(shown), _SAMPLES * 4), 6):
        part = shown[start : start + 6]
        yield "    " + ", ".join(f"{graph.notation.text(name)} = {view.values[name]}" for name in part)


def _formula(graph: Graph, name: str) -> str:
    return formula_text(graph.definition(name), graph.notation)


# -- curves ---------------------------------------------------------------------------------------------------------


def plot(view: PlotView) -> Iterator[str]:
    """What a plot shows in words, and a few of its points."""
    yield f"Plot: {view.alt}"
    count = len(view.xs)
    if not count:
        return
    places = (
        sorted({round(step * (count - 1) / (_POINTS - 1)) for step in range(_POINTS)})
        if count > _POINTS
        else range(count)
    )
    labels = (view.x_label or "x", view.y_label or "y")
    points = [
        (f"{view.xs[place]:.4g}".replace("-", "−"), f"{view.ys[place]:.4g}".replace("-", "−")) for place in places
    ]
    yield from (f"    {line}" for line in table([labels, *points]))


# -- what a field asks ----------------------------------------------------------------------------------------------


def label(field: Field, terminal: Terminal) -> str:
    """What stands before an answer."""
    name = field.label
    if not name and field.latex:
        name = in_line(field.latex, ascii_only=terminal.ascii_only)
    wanted = ", ".join(filter(None, [field.precision, field.unit]))
    return f"{name} ({wanted})" if name and wanted else name or (f"Answer ({wanted})" if wanted else "Answer")
