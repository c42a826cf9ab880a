"""Derive a worksheet's cell: the step's formula, derivatives through every step between, the numbers, the value."""

from __future__ import annotations

import math
from collections.abc import Collection
from contextlib import suppress

from tutor.engines.sympy.convert import differentiated
from tutor.engines.sympy.steps import MOST_WORKED_OUT
from tutor.engines.sympy.writer import Writer, Written, digits, rounded
from tutor.errors import FormulaError
from tutor.formulas import latex, substitute, text
from tutor.formulas.differentiate import differentiate
from tutor.formulas.tree import Call, Derivative, Name, Num, Tree, is_longer, names, walk
from tutor.formulas.wording import enumerated
from tutor.functions import ACTIVATIONS
from tutor.network import Kind, Node
from tutor.network.extremes import extreme_words, named_slopes
from tutor.network.worksheet import derivatives

#: The most characters of the formula of a step on the way to a derivative; a longer one is left out.
LONGEST = 400

#: The most names, numbers and operations of a cell's formula that is written out; a longer one fills several screens.
MOST_PARTS = 640

#: The most characters of a local derivative; a longer one, which nobody would read, is shown as a number.
LONGEST_SLOPE = 120

#: The most paths that are written out.
MOST_PATHS = 6

#: The most steps on the way to a derivative that are all written out; of more, only ENDS at each end.
MOST_STEPS, ENDS = 24, 4


def derive_cell(writer: Writer, node: Node) -> None:
    """Write the lines of one cell."""
    whole = node.role.get("of", node.name)
    formula = writer.graph.array_formulas.get(whole)
    slopes = derivatives(formula) if formula is not None else ()
    if formula is not None and whole != node.name and not slopes:
        words = f"{writer.symbol(node.name)} is a cell of {writer.symbol(whole)} = {text(formula, writer.notation)}."
    else:
        words = "The step's formula."
    for part in dict.fromkeys(_parts(writer, node)):
        stands_for = text(writer.graph.array_formulas[part], writer.notation)
        words += f" In it, {writer.symbol(part)} is {stands_for}, worked out first."
    tree = node.tree
    if formula is not None and slopes:
        tree = _with_derivatives(writer, node, formula, slopes)
    elif is_longer(node.tree, MOST_PARTS):
        _not_written_out(writer, node, words)
        return
    else:
        writer.line(words, node.name, tree, named=True)
    if names(tree):
        writer.numbers(node.name, tree, _function_words(tree) or "With the numbers put in.")
    writer.products(node.name, tree)
    writer.result(node.name, tree)


def _function_words(tree: Tree) -> str:
    """Return what a formula's activation does, where the formula is just that function of something."""
    match tree:
        case Call("step", (_, _)):
            return "The step is 1 above 0 and 0 below; at 0 it is what stands after the comma."
        case Call(function) if function in ACTIVATIONS:
            return ACTIVATIONS[function].about
    return ""


def _parts(writer: Writer, node: Node) -> list[str]:
    """Return the parts of its step that a cell's formula refers to, by their names as whole arrays."""
    graph = writer.graph
    parents = (graph.nodes[name] for name in graph.parents(node.name))
    return [parent.role["of"] for parent in parents if parent.kind is Kind.PART]


def _not_written_out(writer: Writer, node: Node, words: str) -> None:
    """Write the value of a cell, and that its formula is too long to read."""
    many = sum(1 for _ in walk(node.tree))
    said = f"{words} Written out it has {many:,} names, numbers and operations, too many to read: here is its value."
    writer.result(node.name, node.tree if many <= MOST_WORKED_OUT else Name(node.name), said)


# -- derivatives ----------------------------------------------------------------------------------------------------


def _with_derivatives(writer: Writer, node: Node, formula: Tree, slopes: tuple[Derivative, ...]) -> Tree:
    """Write the step's formula with ∂f/∂w in it, each chain with its factors, and the formula with the derivative;
    return that."""
    shown = latex(formula, writer.notation), text(formula, writer.notation)
    symbols = enumerated(f"∂{writer.symbol(part.of)}/∂{writer.symbol(part.by)}" for part in slopes)
    is_number = node.role.get("of", node.name) == node.name
    if is_number and shown[1] != writer.symbol(node.name):  # the step dL_dw is shown as ∂L/∂w itself
        writer.words(f"{symbols} is the derivative to find.", node.name, shown, writer.value(node.tree), named=True)
    for part in slopes:
        _chain(writer, node, part)
    tree = _with_slopes_of_extremes(writer, node.tree)
    writer.line("Put the derivative in.", node.name, tree, named=True)
    return tree


def _with_slopes_of_extremes(writer: Writer, tree: Tree) -> Tree:
    """Return the tree with 1 or 0 for the slope of a maximum, in place of the conditions that decide which, unless they
    depend on a hidden number."""
    named = named_slopes(writer.graph, tree)
    slopes = {name: slope.condition for name, slope in named.slopes.items()}
    if any(writer.hides(condition) for condition in slopes.values()):
        return tree
    numbers = {name: writer.value(condition) for name, condition in slopes.items()}
    return substitute(named.tree, {name: Num(number, f"{number:g}") for name, number in numbers.items()})


def _cells(writer: Writer, name: str) -> tuple[str, ...]:
    graph = writer.graph
    return graph.arrays[name].cells if name in graph.arrays else (name,)


def _chain(writer: Writer, node: Node, part: Derivative) -> None:
    """Write d of/d by for one pair of cells: the definitions between the two, and each local derivative by SymPy."""
    tops, bottoms = _cells(writer, part.of), _cells(writer, part.by)
    place = _place(writer, node)
    top = tops[place if len(tops) > 1 else 0]
    bottom = bottoms[place if len(bottoms) > 1 else 0]
    between = _between(writer, top, bottom)
    paths = _paths(writer, top, bottom, between)
    is_example = len(paths) > MOST_PATHS
    if is_example:
        between = [name for name, _ in paths[0]]
    shown = between if len(between) <= MOST_STEPS else [*between[:ENDS], *between[-ENDS:]]
    for name in shown:
        formula = writer.graph.nodes[name].tree
        if len(text(formula)) <= LONGEST:
            words = _definition_words(writer, name, top, bottom, is_example)
            if len(shown) < len(between) and name == shown[ENDS]:
                left_out = len(between) - len(shown)
                words = f"{left_out:,} steps are left out here; they are differentiated in the same way. {words}"
            writer.line(words, name, formula, named=True)
    longest = max(map(len, paths), default=0)
    if not is_example and 1 < longest <= MOST_STEPS and isinstance(_formula(writer, node), Derivative):
        _chain_rule(writer, node, paths)
    for name in shown:
        for parent in _parents(writer, name, bottom, between):
            _local(writer, node, name, parent)


def _formula(writer: Writer, node: Node) -> Tree | None:
    """Return the step's formula over whole arrays, as its author wrote it."""
    return writer.graph.array_formulas.get(node.role.get("of", node.name))


Path = list[tuple[str, str]]


def _paths(writer: Writer, top: str, bottom: str, between: list[str]) -> list[Path]:
    """Return every path from ``top`` down to ``bottom`` as (of, by) pairs; stop soon after MOST_PATHS."""
    on_way = frozenset(between)
    paths: list[Path] = []
    stack: list[tuple[str, Path]] = [(top, [])]
    while stack and len(paths) <= MOST_PATHS:
        name, path = stack.pop()
        if name == bottom:
            paths.append(path)
            continue
        parents = _parents(writer, name, bottom, on_way)
        stack.extend((parent, [*path, (name, parent)]) for parent in reversed(parents))
    return paths


def _chain_rule(writer: Writer, node: Node, paths: list[Path]) -> None:
    """Write ∂E/∂w = ∂E/∂o·∂o/∂h·∂h/∂w, summed over every path."""
    fractions = [[_fraction(writer, of, by) for of, by in path] for path in paths]
    body = (
        " + ".join(r" \cdot ".join(factor[0] for factor in path) for path in fractions),
        " + ".join("·".join(factor[1] for factor in path) for path in fractions),
    )
    words = "The chain rule." if len(paths) == 1 else f"The chain rule over {len(paths)} paths, added up."
    writer.words(words, node.name, body, writer.value(node.tree), named=True)


def _fraction(writer: Writer, of: str, by: str) -> Written:
    """Return ∂of/∂by as LaTeX and as text."""
    notation = writer.notation
    over, below = notation.latex(of), notation.latex(by)
    return rf"\frac{{\partial {over}}}{{\partial {below}}}", f"∂{notation.text(of)}/∂{notation.text(by)}"


def _place(writer: Writer, node: Node) -> int:
    """Return the index of the node among the cells of its array."""
    whole = node.role.get("of", node.name)
    return _cells(writer, whole).index(node.name) if whole in writer.graph.arrays else 0


def _between(writer: Writer, top: str, bottom: str) -> list[str]:
    """Return ``top`` and every quantity on a path from ``bottom`` to it, those nearest to ``top`` first."""
    graph = writer.graph
    above = {top, *graph.ancestors(top)}
    found = {bottom}
    for name in graph.nodes:
        if name in above and not found.isdisjoint(graph.parents(name)):
            found.add(name)
    return [name for name in reversed(graph.nodes) if name in found and name != bottom]


def _parents(writer: Writer, name: str, bottom: str, between: Collection[str]) -> list[str]:
    return [parent for parent in writer.graph.parents(name) if parent == bottom or parent in between]


def _definition_words(writer: Writer, name: str, top: str, bottom: str, is_example: bool) -> str:
    if name == top:
        return f"The quantity to differentiate with respect to {writer.symbol(bottom)}."
    if is_example:
        return f"{writer.symbol(name)} is on one of many paths to {writer.symbol(bottom)}; the others are alike."
    return f"{writer.symbol(name)} is on the path to {writer.symbol(bottom)}."


def _local(writer: Writer, node: Node, of: str, by: str) -> None:
    """Write one local derivative, by SymPy, or in the form of calculus by hand where that is shorter and as large."""
    tree = writer.graph.nodes[of].tree
    slope = differentiated(tree, by)
    with suppress(FormulaError):  # SymPy differentiates more
        by_hand = differentiate(tree, by)
        is_shorter = len(text(by_hand)) < len(text(slope)) and not _names_a_slope(by_hand)
        if is_shorter and math.isclose(writer.value(by_hand), writer.value(slope)):
            slope = by_hand
    body = latex(slope, writer.notation), text(slope, writer.notation)
    words = f"Differentiate {writer.symbol(of)} with respect to {writer.symbol(by)}."
    extreme = (
        tree if isinstance(tree, Call) and tree.function in ("max", "min") and Name(by) in tree.arguments else None
    )
    if extreme is not None and len(extreme.arguments) > 1:
        which = extreme_words(extreme, {} if writer.hides(extreme) else writer.env(extreme))
        words = f"{words[:-1]}: 1 where {writer.symbol(by)} is the {which}, else 0."
    if (extreme is not None or len(body[1]) > LONGEST_SLOPE) and not writer.hides(slope):
        body = digits(rounded(writer.value(slope)))
    writer.words(words, f"d{of}/d{by}", body, writer.value(slope), head=_fraction(writer, of, by))


def _names_a_slope(tree: Tree) -> bool:
    """Return whether a tree has a slope by name: tanh′(z) says nothing about the slope of tanh(z)."""
    return any(isinstance(part, Call) and part.function.endswith("'") for part in walk(tree))
