"""Derive an update: the optimizer's memory and the new parameter."""

from __future__ import annotations

from tutor.engines.sympy.writer import Writer
from tutor.formulas.tree import names
from tutor.functions import OPTIMIZERS
from tutor.network import Kind, Network, Node

_MEMORIES = {
    "m": "A running average of the gradients: mostly the old one, a little of the new.",
    "mhat": "The average started at 0, so it is too small; this division corrects it.",
    "vhat": "The average started at 0, so it is too small; this division corrects it.",
    "vmax": "The largest average so far (AMSGrad).",
    "gavg": "A running average of the gradients.",
    "buf": "The step's own momentum.",
}


def _memory_words(network: Network, node: Node) -> str:
    """Return what an optimizer's memory is, in words."""
    ending = node.role.get("of", "")
    words = _MEMORIES.get(ending, "The optimizer's memory.")
    if network.optimizer is None:
        return words
    entry, options = OPTIMIZERS[network.optimizer.name], network.optimizer.parameters
    if ending == "v":
        words = entry.velocity
    later = dict(entry.rule(options, 2).memory)[ending]
    starts_empty = f"{ending}_before" in later and not options.get("initial_accumulator_value")
    return f"{words} In the first step there is no earlier one." if node.step == 1 and starts_empty else words


def derive_update(writer: Writer, network: Network, node: Node) -> None:
    """Write the lines of a memory, a step or a new parameter, beginning with the memories that it uses."""
    if node.kind is Kind.MEMORY:
        writer.worked_out(_memory_words(network, node), node.name, writer.graph.definition(node.name))
        return
    if node.role.get("kept"):
        writer.line("This lesson leaves the biases alone.", node.name, node.tree, named=True)
        writer.result(node.name, node.tree)
        return
    for name in _memories(writer, node):
        writer.worked_out(_memory_words(network, writer.graph.nodes[name]), name, writer.graph.definition(name))
    writer.worked_out(_rule(writer, network, node), node.name, writer.graph.definition(node.name))


def _memories(writer: Writer, node: Node) -> list[str]:
    """Return the memories of this step that the new value depends on, in the order of computation."""
    nodes = writer.graph.nodes
    found: list[str] = []

    def collect(name: str) -> None:
        formula = nodes[name].formula
        for parent in names(formula) if formula is not None else ():
            if nodes[parent].kind in (Kind.MEMORY, Kind.STEP) and nodes[parent].step == node.step:
                collect(parent)
                if nodes[parent].kind is Kind.MEMORY and parent not in found:
                    found.append(parent)

    collect(node.name)
    return found


def _rule(writer: Writer, network: Network, node: Node) -> str:
    if node.kind is Kind.STEP:
        return "The amount to subtract from the parameter."
    optimizer = network.optimizer.name if network.optimizer is not None else "sgd"
    if optimizer != "sgd" or _memories(writer, node):
        return "The old value minus the step that the optimizer computes from its memory."
    if node.taught is not None:
        return f"With δ = −∂E/∂Z the step is added: the old value plus the rate times {_direction(network, node)}."
    if not writer.graph.notation.follows_loss:
        of = f"the direction, {_direction(network, node)}"
        return f"The old value minus the rate times {of} (this lesson's δ is not the loss's gradient)."
    return "Against the slope: the old value minus the rate times the gradient."


def _direction(network: Network, node: Node) -> str:
    """Return what a parameter is moved by: δ times the input for a weight, δ alone for a bias."""
    assert node.layer is not None
    weights = (name for row in network.layers[node.layer - 1].weight_names for name in row)
    return "δ times the input" if node.role["parameter"] in weights else "δ"
