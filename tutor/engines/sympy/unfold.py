"""Write the derivation of any quantity, by the module for its kind."""

from __future__ import annotations

from tutor.engines.sympy.backward import Backward
from tutor.engines.sympy.forward import derive_forward
from tutor.engines.sympy.matrices import derive_array
from tutor.engines.sympy.sheets import derive_cell
from tutor.engines.sympy.steps import MOST_WORKED_OUT, Derivation, Value
from tutor.engines.sympy.update_lines import derive_update
from tutor.engines.sympy.writer import Shown, Writer
from tutor.formulas.tree import is_longer
from tutor.network import Graph, Kind, Model, Network, Node, Worksheet, build_graph, steps_needed

FORWARD = frozenset(
    {
        Kind.PRE_ACTIVATION, Kind.EXP, Kind.EXP_SUM, Kind.ACTIVATION, Kind.OUTPUT, Kind.ERROR, Kind.LOSS_SHARE,
        Kind.LOSS,
    }
)  # fmt: skip
BACKWARD = frozenset({Kind.FACTOR, Kind.BACK, Kind.DELTA, Kind.GRADIENT})


def derive(source: Graph | Model, quantity: str, *, shown: Shown | None = None) -> Derivation:
    """Return the derivation of a quantity in any of its spellings, line by line.

    ``source`` is a network, a worksheet or the graph of one. ``shown`` returns the text to show in place of a
    quantity's number, or None to show the number.

    Raises:
        QuantityError: there is no such quantity.
    """
    graph = source if isinstance(source, Graph) else build_graph(source, steps_needed(quantity))
    found = graph.quantity(quantity)
    writer = Writer(graph, shown)
    model = graph.model
    worth: Value
    if found.shape:
        worth = derive_array(writer, found, lambda name: derive_node(writer, model, graph.nodes[name]))
    else:
        node = graph.nodes[found.cells[0]]
        derive_node(writer, model, node)
        is_long = node.formula is not None and is_longer(node.formula, MOST_WORKED_OUT)
        worth = () if is_long else writer.steps[-1].value
    return Derivation(found.name, tuple(writer.steps), worth)


def derive_node(writer: Writer, model: object, node: Node) -> None:
    """Write the lines of one number."""
    if node.formula is None:
        writer.given(node.name)
    elif isinstance(model, Worksheet):
        derive_cell(writer, node)
    elif isinstance(model, Network):
        if node.kind in FORWARD:
            derive_forward(writer, node)
        elif node.kind in BACKWARD:
            Backward(writer, model).derive(node)
        else:
            derive_update(writer, model, node)
    else:
        raise TypeError("A derivation needs the graph of a network or a worksheet.")
