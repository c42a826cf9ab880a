"""Write the first two hints: what a quantity is, in words, and its formula in general letters.

The wording depends on the kind of node. The general formulas are those of Goodfellow, Bengio and Courville, *Deep
Learning*, 2016, chapter 6, in the lesson's own symbols. If a lesson's convention changes one, the graph's own formula
is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tutor.formulas import latex, walk
from tutor.formulas.tree import Div, Mul, Name, Neg, mul
from tutor.functions import ACTIVATIONS
from tutor.hints.one_line import left_out, on_one_line, with_dots
from tutor.network import Graph, Kind, Network, Node, Quantity

_ARRAYS: Mapping[Kind, str] = {
    Kind.PRE_ACTIVATION: "the weighted sums of the units",
    Kind.ACTIVATION: "the activations of the units",
    Kind.OUTPUT: "the outputs of the network",
    Kind.DELTA: "the error signals of the units",
    Kind.GRADIENT: "the gradients of the parameters",
    Kind.UPDATED: "the parameters after the step",
}


def what_it_is(graph: Graph, quantity: Quantity) -> str:
    """Return a quantity in words: what it says about the network and what it is computed from."""
    node = graph.nodes[quantity.cells[0]]
    said = _WHAT[node.kind](graph, node)
    if quantity.is_number:
        return said
    whole = f"${graph.notation.latex(quantity.name)}$ holds {_ARRAYS.get(node.kind, 'several numbers of one kind')}"
    if node.sample is not None:
        whole += ", a row for each sample"
    return f"{whole}. Take one: {said}"


def general_formula(graph: Graph, quantity: Quantity) -> str:
    """Return the formula that people learn, in general letters, if there is one; otherwise the graph's own."""
    node = graph.nodes[quantity.cells[0]]
    formula = _FORMULAS[node.kind](graph, node) if node.kind in _FORMULAS else ""
    if formula:
        return paragraphs(f"$${formula}$$", _weight_in_words(graph, node))
    if isinstance(node.formula, Name) and graph.nodes[node.formula.name].kind is Kind.ERROR:
        node = graph.nodes[node.formula.name]  # δ = error says nothing, so show the difference
        return f"$${graph.notation.latex(quantity.cells[0])} = {latex(graph.definition(node.name), graph.notation)}$$"
    assert node.formula is not None
    name, tree = node.name, node.formula
    whole = node.role.get("of", node.name)
    written = graph.array_formulas.get(whole) if node.kind is Kind.CELL and node.step == 1 else None
    if written is not None and not isinstance(written, Name):
        name, tree = whole, written  # as the lesson writes it: TN = sum((1 − ŷ)·(1 − y))
    short = on_one_line(graph, name, tree, with_dots)
    formula = f"$${graph.notation.latex(name)} = {latex(short, graph.notation, with_dots)}$$"
    return paragraphs(formula, left_out(tree, short))


def paragraphs(*parts: str) -> str:
    """Return the parts that are not empty as paragraphs."""
    return "\n\n".join(filter(None, parts))


def _symbol(graph: Graph, name: str) -> str:
    return f"${graph.notation.latex(name)}$"


# -- in words -------------------------------------------------------------------------------------------------------


def _sum_in_words(graph: Graph, node: Node) -> str:
    whose = "layer's shared" if _shares_bias(graph, node) else "unit's"
    bias = f", and the {whose} bias added at the end" if "bias" in node.role else ""
    return (
        f"{_symbol(graph, node.name)} is the weighted sum of unit {node.unit}: each value that comes in times its "
        f"weight, all added up{bias}."
    )


def _activation_in_words(graph: Graph, node: Node) -> str:
    entry = ACTIVATIONS.get(node.role.get("activation", ""))
    function = entry.says if entry is not None else "its activation function"
    what = "what the network answers" if node.kind is Kind.OUTPUT else f"what unit {node.unit} passes on"
    if node.role.get("activation") == "linear":
        return (
            f"{_symbol(graph, node.name)} is {what}. The unit is linear: it is the weighted sum "
            f"{_symbol(graph, node.role['pre'])} itself."
        )
    return f"{_symbol(graph, node.name)} is {what}: {function} of its weighted sum {_symbol(graph, node.role['pre'])}."


def _loss_in_words(graph: Graph, node: Node) -> str:
    name = _symbol(graph, node.name)
    if node.kind is Kind.LOSS_SHARE:
        return f"{name} is one output's share of the loss: how far this output is from its target."
    if "output" in node.role:
        return f"{name} is the loss: one number for how far the output is from its target."
    return (
        f"{name} is the loss: one number for how far the outputs are from their targets, put together from its shares."
    )


def _factor_in_words(graph: Graph, node: Node) -> str:
    above, _, below = node.name.partition("/")
    top, bottom = above.removeprefix("d"), below.removeprefix("d").partition("[")[0].partition("@")[0]
    if "slope_of" in node.role:
        return f"{_symbol(graph, node.name)} is the slope of the activation function at this unit's weighted sum."
    return (
        f"{_symbol(graph, node.name)} is a factor of the chain: how fast {_symbol(graph, top)} changes when "
        f"{_symbol(graph, bottom)} changes a little and all else stays."
    )


def _signal_in_words(graph: Graph, node: Node) -> str:
    name = _symbol(graph, node.name)
    if "back" in node.role:
        return (
            f"{name} is the error signal of hidden unit {node.unit}: the error signals that come back to it through "
            "the weights it used in the forward pass, times its own slope."
        )
    if node.role.get("rule") == "difference":
        return f"{name} is the error signal of output unit {node.unit}: here the difference of output and target."
    negative = getattr(graph.model, "delta_sign", "") == "minus"
    return (
        f"{name} is the error signal of output unit {node.unit}: {'minus ' if negative else ''}how the loss changes "
        "with its weighted sum, so the loss's slope at the output times the activation's slope"
        f"{', with the sign reversed' if negative else ''}."
    )


def _gradient_in_words(graph: Graph, node: Node) -> str:
    over = ""
    if _is_over_samples(node):
        over = ", averaged over the samples" if _has(node, Div) else ", added up over the samples"
    if not _is_of_a_bias(node):
        rest = "the error signal of the unit that it leads to, times the value that came through it"
    elif _shares_bias(graph, node):
        rest = "a bias multiplies nothing, and all units of the layer share this one: their error signals, added up"
    else:
        rest = "a bias multiplies nothing, so it is the error signal of its unit"
    parameter = _symbol(graph, node.role.get("parameter", node.name))
    if not graph.notation.follows_loss:
        delta = f"${graph.notation.latex('delta')}$"
        says = f"stands for the update's direction for {parameter} (this lesson's {delta} is not the loss's gradient)"
    else:
        says = f"says how the loss changes with {parameter}"
    return f"{_symbol(graph, node.name)} {says}: {rest}{over}."


def _memory_in_words(graph: Graph, node: Node) -> str:
    name = _symbol(graph, node.name)
    return f"{name} is the optimizer's memory: what it keeps of the gradients so far."


def _updated_in_words(graph: Graph, node: Node) -> str:
    old = _symbol(graph, node.role.get("old", node.name))
    name = _symbol(graph, node.name)
    moved = "moved by what the optimizer makes of it"
    if _is_plain_step(graph, node):
        rule = "moved against its gradient", f"minus ${graph.notation.latex('alpha')}$ times its direction"
        moved = rule[0] if graph.notation.follows_loss else rule[1]
    return f"{name} is {old} after one step of the optimizer: the old value, {moved}."


def _cell_in_words(graph: Graph, node: Node) -> str:
    parents = [_symbol(graph, parent) for parent in graph.parents(node.name)]
    if not parents:
        return f"{_symbol(graph, node.name)} is a fixed number here."
    shown = ", ".join(parents[:6]) + (f" and {len(parents) - 6} more" if len(parents) > 6 else "")
    return f"{_symbol(graph, node.name)} is worked out from {shown}."


_Words = Callable[[Graph, Node], str]

_WHAT: Mapping[Kind, _Words] = {
    Kind.GIVEN: lambda graph, node: f"{_symbol(graph, node.name)} is given.",
    Kind.PRE_ACTIVATION: _sum_in_words,
    Kind.EXP: lambda graph, node: (
        f"{_symbol(graph, node.name)} is e to the power of the unit's weighted sum: softmax makes every value positive "
        "with it."
    ),
    Kind.EXP_SUM: lambda graph, node: (
        f"{_symbol(graph, node.name)} adds up the exponentials of the layer; softmax divides by it, so that its "
        "outputs add up to 1."
    ),
    Kind.ACTIVATION: _activation_in_words,
    Kind.OUTPUT: _activation_in_words,
    Kind.ERROR: lambda graph, node: (
        f"{_symbol(graph, node.name)} is how far the output is from its target, with its sign: negative where it is "
        "too small."
    ),
    Kind.LOSS_SHARE: _loss_in_words,
    Kind.LOSS: _loss_in_words,
    Kind.FACTOR: _factor_in_words,
    Kind.BACK: _factor_in_words,
    Kind.SLOPE: _factor_in_words,
    Kind.DELTA: _signal_in_words,
    Kind.GRADIENT: _gradient_in_words,
    Kind.MEMORY: _memory_in_words,
    Kind.STEP: _updated_in_words,
    Kind.UPDATED: _updated_in_words,
    Kind.CELL: _cell_in_words,
    Kind.PART: _cell_in_words,
}


# -- in general letters ---------------------------------------------------------------------------------------------


def _has(node: Node, form: type) -> bool:
    return node.formula is not None and any(isinstance(part, form) for part in walk(node.formula))


def _is_of_a_bias(gradient: Node) -> bool:
    """Return whether a gradient is a bias's, so that it multiplies nothing."""
    return "input" not in gradient.role and not _has(gradient, Mul)


def _shares_bias(graph: Graph, node: Node) -> bool:
    """Return whether all units of a node's layer share one bias."""
    return isinstance(graph.model, Network) and graph.model.layers[(node.layer or 1) - 1].shares_bias


def _is_over_samples(node: Node) -> bool:
    """Return whether a node adds up the samples of a batch."""
    return node.formula is not None and any("[" in part.name for part in walk(node.formula) if isinstance(part, Name))


def _incoming(graph: Graph, node: Node) -> str:
    """Return the letter for a unit's inputs."""
    return "x" if node.layer == 1 else graph.notation.latex("H")


def _weight_in_words(graph: Graph, node: Node) -> str:
    """Return a sentence on the two indices of a formula's w, if the network numbers its own weights differently."""
    if node.kind not in (Kind.PRE_ACTIVATION, Kind.GRADIENT, Kind.DELTA) or not isinstance(graph.model, Network):
        return ""
    assert node.layer is not None
    is_back = node.kind is Kind.DELTA
    names = graph.model.layers[node.layer if is_back else node.layer - 1].weight_names
    if all(re.search(rf"{i}_?{j}$", name) for i, row in enumerate(names, 1) for j, name in enumerate(row, 1)):
        return ""
    indices, start, end = ("jk", "unit $j$", "k") if is_back else ("ij", f"${_incoming(graph, node)}_{{i}}$", "j")
    weight = f"${graph.notation.latex('w')}_{{{indices}}}$"
    return f"{weight}: the weight from {start} to unit ${end}$, whatever its own name."


def _sum_formula(graph: Graph, node: Node) -> str:
    notation = graph.notation
    incoming = _incoming(graph, node)
    index = "" if _shares_bias(graph, node) else "_{j}"
    bias = f" + {notation.latex('theta')}{index}" if "bias" in node.role else ""
    return rf"{notation.latex('Z')}_{{j}} = \sum_{{i}} {notation.latex('w')}_{{ij}} \, {incoming}_{{i}}{bias}"


def _activation_formula(graph: Graph, node: Node) -> str:
    own = f"{graph.notation.latex(node.name)} = f({graph.notation.latex(node.role['pre'])})"
    entry = ACTIVATIONS.get(node.role.get("activation", ""))
    return rf"{own} \quad\text{{with}}\quad {entry.formula}" if entry is not None else ""


def _factor_formula(graph: Graph, node: Node) -> str:
    entry = ACTIVATIONS.get(node.role.get("slope_of", ""))
    return entry.slope_formula if entry is not None else ""


def _signal_formula(graph: Graph, node: Node) -> str:
    if "back" not in node.role:
        return ""
    delta, weight = graph.notation.latex("delta"), graph.notation.latex("w")
    return rf"{delta}_{{j}} = f'({graph.notation.latex('Z')}_{{j}}) \sum_{{k}} {weight}_{{jk}} \, {delta}_{{k}}"


def _gradient_formula(graph: Graph, node: Node) -> str:
    notation = graph.notation
    if _is_over_samples(node) or "input" not in node.role or isinstance(node.formula, Neg | Div):
        return ""
    weight, delta = notation.latex("w"), notation.latex("delta")
    incoming = _incoming(graph, node)
    return rf"{notation.gradient(f'{weight}_{{ij}}')} = {delta}_{{j}} \cdot {incoming}_{{i}}"


def _is_plain_step(graph: Graph, node: Node) -> bool:
    """Return whether an update's step is α times the gradient, without any memory of the optimizer."""
    step = graph.nodes.get(node.role.get("step", ""), node)
    return step.formula == mul(Name("alpha"), Name(step.role.get("gradient", "")))


def _update_formula(graph: Graph, node: Node) -> str:
    """Return w − α·∂E/∂w for a plain step, or an empty string for other optimizers."""
    if not _is_plain_step(graph, node):
        return ""
    is_bias = _is_of_a_bias(graph.nodes[node.role["gradient"]])
    weight = graph.notation.latex("theta" if is_bias else "w")
    return rf"{weight}' = {weight} - {graph.notation.latex('alpha')} \cdot {graph.notation.gradient(weight)}"


_FORMULAS: Mapping[Kind, _Words] = {
    Kind.UPDATED: _update_formula,
    Kind.PRE_ACTIVATION: _sum_formula,
    Kind.ACTIVATION: _activation_formula,
    Kind.OUTPUT: _activation_formula,
    Kind.FACTOR: _factor_formula,
    Kind.DELTA: _signal_formula,
    Kind.GRADIENT: _gradient_formula,
    Kind.EXP: lambda graph, node: r"e^{{{Z}_{{k}}}} = \exp({Z}_{{k}})".format(Z=graph.notation.latex("Z")),
    Kind.EXP_SUM: lambda graph, node: rf"\sum_{{j}} e^{{{graph.notation.latex('Z')}_{{j}}}}",
}
