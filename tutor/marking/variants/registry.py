"""Which typical mistakes a node has, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tutor.formulas.tree import Add, Name, Neg, Tree, add, names
from tutor.marking.variants import backward, forward, update
from tutor.marking.variants.generic import generic
from tutor.marking.variants.model import MistakenFormula, Surroundings, renamed
from tutor.network import Kind, Node

Maker = Callable[[Surroundings, Node], Iterator[MistakenFormula]]

_MAKERS: dict[Kind, Maker] = {
    Kind.PRE_ACTIVATION: forward.weighted_sum,
    Kind.ACTIVATION: forward.activation,
    Kind.OUTPUT: forward.activation,
    Kind.ERROR: forward.error,
    Kind.LOSS_SHARE: forward.loss_share,
    Kind.LOSS: forward.loss,
    Kind.FACTOR: backward.factor,
    Kind.BACK: backward.back,
    Kind.DELTA: backward.delta,
    Kind.GRADIENT: backward.gradient,
    Kind.MEMORY: update.memory,
    Kind.STEP: update.steps,
    Kind.UPDATED: update.updated,
}

#: Kinds whose own list says enough; the others get every change of their tree as well.
_COMPLETE = frozenset(
    {Kind.PRE_ACTIVATION, Kind.ACTIVATION, Kind.OUTPUT, Kind.ERROR, Kind.LOSS_SHARE, Kind.LOSS, Kind.DELTA, Kind.BACK}
    | {Kind.GRADIENT, Kind.UPDATED, Kind.SLOPE}
)


def variants_of(around: Surroundings, node: Node) -> list[MistakenFormula]:
    """The typical mistakes of a node's step, each formula once, the right one left out."""
    assert node.formula is not None
    found: list[MistakenFormula] = []
    seen: set[tuple[str, Tree]] = set()
    maker = _MAKERS.get(node.kind)
    made = list(maker(around, node)) if maker is not None else []
    if node.kind not in _COMPLETE:
        made += generic(node.name, node.formula, around.graph.notation)
    if node.kind is Kind.CELL:
        made += worksheet_variants(around, node)
    for variant in made:
        if (variant.id, variant.tree) not in seen and variant.tree != node.formula:
            seen.add((variant.id, variant.tree))
            found.append(variant)
    return found


def worksheet_variants(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """A worksheet's cell: its array's mistakes, and a value taken before or after its update."""
    from tutor.marking.variants.arrays import array_variants

    graph = around.graph
    whole = node.role.get("of", "")
    if whole in graph.array_formulas and whole in graph.arrays:
        yield from array_variants(graph, graph.arrays[whole], graph.array_formulas[whole])[node.name]
    assert node.formula is not None
    from tutor.network.decimals import old_value

    for name in names(node.formula):
        other = _other_age(graph.nodes, name)
        if other is not None and other[1] != node.name:
            yield MistakenFormula(other[0], renamed(node.formula, {name: other[1]}), node.name, name)
    old = old_value(graph, node)
    if old is not None:
        yield MistakenFormula("not-updated", Name(old), node.name, old)
        assert isinstance(node.formula, Add)
        step = add(*(term for term in node.formula.terms if term != Name(old)))
        turned = add(
            *(term.of if isinstance(term, Neg) else Neg(term) for term in node.formula.terms if term != Name(old))
        )
        yield MistakenFormula("ascent", add(Name(old), turned), node.name, old)
        yield MistakenFormula("step-only", step, node.name, old)
        yield MistakenFormula("step-only", turned, node.name, old)


def _other_age(nodes: object, name: str) -> tuple[str, str] | None:
    """``v`` for ``v_new`` and the other way round; in a later round the one before has the old value."""
    assert isinstance(nodes, dict)
    head, bracket, tail = name.partition("[")
    base, at, step = (head if bracket else name).partition("@")
    rest = bracket + tail if bracket else at + step
    if base.endswith("_new"):
        other = base.removesuffix("_new") + rest
        if other not in nodes and step.isdecimal() and int(step) > 1:
            other = base + (f"@{int(step) - 1}" if int(step) > 2 else "") + bracket + tail
        return ("old-value-used", other) if other in nodes else None
    other = f"{base}_new{rest}"
    return ("new-value-used", other) if other in nodes else None
