"""Find the typical mistakes at a node and the sentences about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tutor.formulas.tree import Add, Name, Tree, add, is_longer, mul, names, sub, walk
from tutor.mistakes import activations, powers
from tutor.mistakes.activations import powers_of_e
from tutor.mistakes.any_formula import changed
from tutor.mistakes.arrays import array_mistakes
from tutor.mistakes.entry import MISTAKES, Form, TypicalMistake
from tutor.mistakes.formulas import MistakenFormula, Surroundings, negated
from tutor.mistakes.places import Place, place_of
from tutor.mistakes.powers import with_terms_squared
from tutor.mistakes.words import Words
from tutor.network import Graph, Kind, Node

#: Unnamed steps: changes in them are tried in the formulas that contain them.
_UNNAMED = frozenset({Kind.BACK, Kind.SLOPE})

#: Steps whose formulas may be changed at any place; for the others, the mistakes listed by kind of step suffice.
_ANY_CHANGE = frozenset(
    {Place.SLOPE, Place.LOSS_SLOPE, Place.SUM_BACK, Place.LOCAL, Place.MEMORY, Place.STEP, Place.CELL, Place.OTHER}
)

_LONGEST = 320
"""The most names, numbers and operations in a formula whose mistakes are tried; the course's longest has 160."""


def mistakes_at(around: Surroundings, node: Node) -> list[MistakenFormula]:
    """Return the typical mistakes of a node's step, likelier ones first, without duplicates or the right formula.

    Return none for a formula longer than people work out in one step, since each of its parts could be changed, and
    none for a formula that is split into parts for that reason, since nobody knows these by name.
    """
    kinds = {node.kind, *(around.nodes[name].kind for name in names(node.tree))}
    if is_longer(node.tree, _LONGEST) or Kind.PART in kinds:
        return []
    found: list[MistakenFormula] = []
    seen: set[tuple[str, Tree]] = set()
    for each in _made(around, node):
        if (each.id, each.tree) not in seen and each.tree != node.tree:
            seen.add((each.id, each.tree))
            found.append(each)
    return found


def _made(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    place = place_of(node)
    part = _unnamed_part(around, node, place)
    for mistake in MISTAKES:
        if place in mistake.formulas or part is None:
            yield from mistake.made_at(around, node, place)
        else:
            yield from _made_in_part(around, node, mistake, *part)
    if place in _ANY_CHANGE and node.kind not in _UNNAMED:
        made = changed(node.name, node.tree, around.graph.notation)
        is_count, is_own_update = _counts_cases(around, node), _is_own_update(node)
        for each in made:
            # α·g − w is −w′: that is a lost sign, not a reversed difference
            is_lost_sign = is_own_update and each.id == "difference-reversed" and each.tree == _negated_sum(node.tree)
            if not is_lost_sign and not _is_one_of_several(each) and (not is_count or each.id == "term-left-out"):
                yield each
    if place is Place.CELL:
        whole = node.role.get("of", "")
        if whole in around.graph.array_formulas:
            yield from array_mistakes(around.graph, around.graph.quantity(whole))[node.name]


def _is_one_of_several(changed_once: MistakenFormula) -> bool:
    """Return whether a change leaves places alike as they are: nobody takes another key for one power of e and not for
    the next, or works out one squared difference of a sum in another way than the others."""
    match changed_once.id:
        case activations.OTHER_POWER:
            return bool(powers_of_e(changed_once.tree))
        case powers.SUM_OF_SQUARES:
            return any(with_terms_squared(part) is not None for part in walk(changed_once.tree))
    return False


def _counts_cases(around: Surroundings, node: Node) -> bool:
    """Return whether a node counts cases (a sum of zeros and ones): people leave out a case, but no factor."""
    values = around.graph.values
    is_long = isinstance(node.tree, Add) and len(node.tree.terms) > 2  # e = ŷ − y counts nothing
    return is_long and all(values[name] in (0, 1) for name in names(node.tree))


def _is_own_update(node: Node) -> bool:
    """Return whether a worksheet's number is its own earlier value plus a step: w′ = w − …, w₁ = w₀ − …"""
    terms = node.formula.terms if isinstance(node.formula, Add) else ()
    return any(isinstance(term, Name) and _stem(term.name) == _stem(node.name) for term in terms)


def _stem(name: str) -> str:
    """Return the letters that a name begins with: ``w`` for ``w_new[1,2]@3`` and for ``w0``."""
    return name.partition("[")[0].partition("@")[0].removesuffix("_new").rstrip("0123456789_")


def _negated_sum(tree: Tree) -> Tree:
    return add(*(negated(term) for term in tree.terms)) if isinstance(tree, Add) else tree


def _unnamed_part(around: Surroundings, node: Node, place: Place) -> tuple[Node, Place, Callable[[Tree], Tree]] | None:
    """Return the unnamed step that a node's step contains, its kind, and a function that completes a mistaken formula
    of it to one of the node; None if there is no such step."""
    if place is Place.HIDDEN_DELTA:
        slope = Name(node.role["slope"])
        return around.nodes[node.role["back"]], Place.SUM_BACK, lambda tree: mul(tree, slope)
    if place is Place.UPDATE and "step" in node.role:
        old = Name(node.role["old"])
        return around.nodes[node.role["step"]], Place.STEP, lambda tree: sub(old, tree)
    return None


def _made_in_part(
    around: Surroundings,
    node: Node,
    mistake: TypicalMistake,
    part: Node,
    place: Place,
    finish: Callable[[Tree], Tree],
) -> Iterator[MistakenFormula]:
    for each in mistake.made_at(around, part, place):
        yield MistakenFormula(each.id, finish(each.tree), node.name, each.about, each.how, each.later)


def sentence(graph: Graph, mistaken: MistakenFormula) -> str:
    """Return one or two sentences that name the mistake and the term it is in, but never the answer."""
    words = Words(graph, mistaken)
    mistake = MISTAKES.get(mistaken.id)
    said = mistake.sentence(words) if mistake is not None else f"This is another formula than that of {words.q}."
    return said.replace("….", "…")


def formula_sentence(mistake: TypicalMistake, form: Form) -> str:
    """Return the sentence about a typed formula with a mistake at one of its places."""
    said = mistake.in_formula if isinstance(mistake.in_formula, str) else mistake.in_formula[form.how]
    return (said or "Something is different at {}.").format(form.about or "one of its places")


def code_mistake(accepted: Sequence[str], typed: str) -> tuple[str, str] | None:
    """Return the id and the sentence of a typical mistake in a gap of code, or None."""
    for mistake in MISTAKES:
        for right, wrong, said in mistake.in_code:
            if wrong == typed.strip() and right in accepted:
                return mistake.id, said
    return None


def advice(mistake_id: str, graph: Graph | None = None, name: str = "") -> str:
    """Return what to do about a mistake made at the node called ``name``: the first hint after it, in Markdown.

    Empty if the registry has no advice: the mistake is the lesson's own, or the advice depends on a node that is not
    known.
    """
    mistake = MISTAKES.get(mistake_id)
    if mistake is None:
        return ""
    if isinstance(mistake.advice, str):
        return mistake.advice
    return mistake.advice(graph, graph.nodes[name]) if graph is not None and name in graph.nodes else ""


def rank(found: MistakenFormula) -> int:
    """Return the place of a mistaken formula in the order of likelihood, the likeliest lowest."""
    return MISTAKES.rank(found.id) + found.later
