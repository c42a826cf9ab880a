"""Derive the forward pass: weighted sums, activations, outputs, errors and losses."""

from __future__ import annotations

import math

from tutor.engines.sympy.writer import Writer, first_terms, joined, share, tidy
from tutor.formulas import parsed, simplify, substitute, text
from tutor.formulas.tree import Call, Div, Name, Num, Tree, names
from tutor.formulas.wording import enumerated
from tutor.functions import ACTIVATIONS
from tutor.network import Graph, Kind, Node

#: The most terms of a sum that are written out.
MOST_TERMS = 8


def written_out(function: str, z: Tree) -> Tree | None:
    """Return an activation in elementary functions, or None if it has no such formula."""
    entry = ACTIVATIONS.get(function)
    return substitute(parsed(entry.written_out), {"z": z}) if entry is not None and entry.written_out else None


def branch(function: str, z: Tree, parameters: tuple[Tree, ...], is_positive: bool) -> Tree | None:
    """Return the branch of a two-part activation that applies to this Z, or None for other activations."""
    entry = ACTIVATIONS.get(function)
    if entry is None or entry.branches is None or entry.parameter is None:
        return None
    above, below = entry.branches
    parameter = parameters[0] if parameters else Num(entry.parameter[1])
    return simplify(substitute(parsed(above if is_positive else below), {"z": z, "parameter": parameter}))


def inlined(graph: Graph, tree: Tree, kinds: frozenset[Kind]) -> Tree:
    """Replace the names of nodes of these kinds by their formulas."""
    inner = {
        name: inlined(graph, formula, kinds)
        for name in names(tree)
        if name in graph.nodes and graph.nodes[name].kind in kinds
        if (formula := graph.nodes[name].formula) is not None
    }
    return substitute(tree, inner) if inner else tree


#: Intermediate quantities that the formula of the loss is usually written without.
LOSS_PARTS = frozenset({Kind.ERROR, Kind.LOSS_SHARE})
SOFTMAX_PARTS = frozenset({Kind.EXP, Kind.EXP_SUM})


def definition(graph: Graph, name: str) -> Tree:
    """Return a forward quantity's definition over the previous layer: shares, errors, exponentials written out."""
    formula = graph.nodes[name].formula
    return tidy(inlined(graph, formula if formula is not None else Name(name), LOSS_PARTS | SOFTMAX_PARTS))


def derive_forward(writer: Writer, node: Node) -> None:
    """Write the lines of a weighted sum, an activation, an error or a loss."""
    match node.kind:
        case Kind.PRE_ACTIVATION:
            _weighted_sum(writer, node)
        case Kind.ACTIVATION | Kind.OUTPUT:
            _activation(writer, node)
        case Kind.LOSS | Kind.LOSS_SHARE:
            _loss(writer, node)
        case _:
            derive_plain(writer, node, _PLAIN[node.kind])


_PLAIN = {
    Kind.ERROR: "The error is what came out minus what should have come out.",
    Kind.EXP: "Softmax makes every sum positive first: e to the power of Z.",
    Kind.EXP_SUM: "All of the layer's exponentials, added up.",
}


def derive_plain(writer: Writer, node: Node, what: str) -> None:
    """Write three lines: the definition, the numbers, the value; two if the definition reads like its own symbol, as
    that of e^Z."""
    if text(node.tree, writer.notation) != writer.symbol(node.name):
        writer.worked_out(what, node.name, node.tree)
        return
    writer.line(what, node.name, node.tree, numbers=True, named=True)
    writer.result(node.name, node.tree)


def _weighted_sum(writer: Writer, node: Node) -> None:
    bias = ", and its bias is added" if "bias" in node.role else ""
    writer.worked_out(f"Each input times its weight{bias}.", node.name, node.tree, with_products=True)


def _activation(writer: Writer, node: Node) -> None:
    function = node.role.get("activation", "")
    if function == "softmax":
        writer.line("Its exponential's share of all the layer's exponentials.", node.name, node.tree, named=True)
        writer.worked_out("Written out.", node.name, definition(writer.graph, node.name), named=False)
        return
    writer.line("The activation, applied to the unit's weighted sum.", node.name, node.tree, named=True)
    if isinstance(node.tree, Name):  # a linear unit: "= Z" would say nothing
        total = writer.graph.nodes[node.tree.name].tree
        what = "The unit is linear: its weighted sum, unchanged."
        writer.worked_out(what, node.name, total, named=False, with_products=True)
        return
    z: Tree = Name(node.role["pre"])
    parameters = node.tree.arguments[1:] if isinstance(node.tree, Call) else ()
    elementary = written_out(function, z)
    if elementary is None:
        is_positive = writer.number(node.role["pre"]) > 0
        elementary = branch(function, z, parameters, is_positive)
    if elementary is not None:
        writer.worked_out(ACTIVATIONS[function].about, node.name, elementary, named=False)
        return
    writer.numbers(node.name, node.tree, ACTIVATIONS[function].about if function in ACTIVATIONS else "")
    writer.result(node.name, node.tree)


def _loss(writer: Writer, node: Node) -> None:
    parts = [name for name in names(node.tree) if writer.graph.nodes[name].kind in (Kind.LOSS, Kind.LOSS_SHARE)]
    if len(parts) > MOST_TERMS:
        _long_sum(writer, node, parts)
        return
    if parts:
        mean = isinstance(node.tree, Div)
        owners = "samples'" if writer.graph.nodes[parts[0]].kind is Kind.LOSS else "outputs'"
        words = f"The {'mean' if mean else 'sum'} of the {owners} losses."
        writer.line(words, node.name, node.tree, named=True)
    full = tidy(inlined(writer.graph, node.tree, LOSS_PARTS))
    if not math.isclose(writer.value(full), writer.number(node.name), rel_tol=1e-9, abs_tol=1e-12):
        full = node.tree if node.stable is None else tidy(node.stable)
        if node.stable is not None:
            words = "ŷ is so close to 0 or 1 that its logarithm loses its digits: the same from the weighted sum."
            writer.line(words, node.name, full, named=True)
    elif not parts or full != node.tree:
        what = "With each share written out." if parts else "The loss compares the output with the target."
        writer.line(what, node.name, full, named=not parts)
    writer.numbers(node.name, full)
    writer.result(node.name, full)


def _long_sum(writer: Writer, node: Node, parts: list[str]) -> None:
    """Write a sum over many samples with Σ, and its first terms."""
    is_mean = isinstance(node.tree, Div)
    factor = share(len(parts)) if is_mean else ("", "")
    stem = parts[0].partition("[")[0]
    what = f"The {'mean' if is_mean else 'sum'} over all {len(parts)} samples."
    total = rf"\sum_{{n}} {writer.notation.latex(stem)}{{[n]}}", f"Σₙ {writer.notation.text(stem)}[n]"
    writer.words(what, node.name, joined(factor, total), writer.value(node.tree), named=True)
    what = f"The first terms: {enumerated(map(writer.symbol, parts[:3]))}."
    body = joined(factor, first_terms(map(writer.put, parts[:3])))
    writer.words(what, node.name, body, writer.value(node.tree))
    writer.result(node.name, node.tree)
