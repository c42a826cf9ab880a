"""The answer to a formula question as a learner may write it: in the names that it allows."""

from __future__ import annotations

from tutor.formulas import names
from tutor.formulas.functions import FUNCTIONS
from tutor.formulas.transform import simplify, substitute
from tutor.formulas.tree import Num, Tree
from tutor.lessons.blocks import Expression
from tutor.network import Graph

_MOST_STEPS = 30


def answer_in_allowed_names(block: Expression) -> Tree:
    """The answer with what ``using`` does not allow written out; as it stands where that leads to nothing allowed."""
    if block.using is None or block.graph is None:
        return block.answer
    tree, allowed = block.answer, set(block.using)
    for _ in range(_MOST_STEPS):
        others = [name for name in names(tree) if name not in allowed]
        if not others:
            return tree if tree is block.answer else simplify(tree)
        definitions = {name: _definition(block.graph, name, allowed) for name in others}
        known = {name: each for name, each in definitions.items() if each is not None}
        if len(known) < len(definitions):
            break
        tree = substitute(tree, known)
    return block.answer


def _definition(graph: Graph, name: str, allowed: set[str]) -> Tree | None:
    """Return what a name stands for: its formula, or its number where it is the slope of a ReLU or the like and no
    name that is allowed says on which side of the kink one stands."""
    node = graph.nodes.get(name)
    if node is None:
        return None
    function = FUNCTIONS.get(node.role.get("slope_of", ""))
    if function is not None and function.kinks and not allowed.issuperset(graph.parents(name)):
        return Num(graph.values[name])
    return node.formula
