"""Typical mistakes of an optimizer's step: the update itself, its step and the optimizer's memory."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.formulas import map_tree, simplify, substitute, walk
from tutor.formulas.tree import Call, Mul, Name, Neg, Num, Pow, Tree, add, mul, names, sub
from tutor.marking.variants.model import MistakenFormula, Surroundings, renamed
from tutor.network import Kind, Node


def updated(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of w′ = w − step."""
    old = Name(node.role["old"])
    yield MistakenFormula("not-updated", old, node.name, old.name)
    if "step" not in node.role:
        return
    step, slope = Name(node.role["step"]), Name(node.role["gradient"])
    rule = around.nodes[step.name].formula
    assert rule is not None
    yield MistakenFormula("ascent", add(old, step), node.name, step.name)
    yield MistakenFormula("step-only", step, node.name, old.name)
    yield MistakenFormula("step-only", Neg(step), node.name, old.name)
    yield MistakenFormula("gradient-instead", slope, node.name, slope.name)
    for changed in steps(around, around.nodes[step.name]):
        yield MistakenFormula(changed.id, sub(old, changed.tree), node.name, changed.about)
        if changed.id in ("rate-left-out", "delta-for-gradient"):
            yield MistakenFormula(changed.id, add(old, changed.tree), node.name, changed.about)
    yield from _from_the_start(around, node, step)


def _from_the_start(around: Surroundings, node: Node, step: Name) -> Iterator[MistakenFormula]:
    """In a later step, this step taken from the first value."""
    first = around.first(node.role["old"])
    if first:
        yield MistakenFormula("old-parameter-used", sub(Name(first), step), node.name, node.role["old"])


def steps(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of what is subtracted: α·∂E/∂w, or what the optimizer makes of it."""
    assert node.formula is not None
    formula = node.formula
    slope = node.role.get("gradient", "")
    yield MistakenFormula("rate-left-out", _without_rate(formula), node.name, "alpha")
    for parent in names(formula):
        kind = around.nodes[parent].kind if parent in around.nodes else None
        if kind is not Kind.MEMORY:
            continue
        plain = _memory_before_correction(around, parent)
        if plain:
            yield MistakenFormula("correction-left-out", renamed(formula, {parent: plain}), node.name, parent)
        elif slope and slope not in names(formula):
            yield MistakenFormula("memory-left-out", renamed(formula, {parent: slope}), node.name, parent)
    corrected = {
        parent: _memory_before_correction(around, parent) for parent in names(formula) if parent in around.nodes
    }
    both = {parent: plain for parent, plain in corrected.items() if plain}
    if len(both) > 1:
        yield MistakenFormula("correction-left-out", renamed(formula, both), node.name, next(iter(both)))
    if any(isinstance(part, Call) and part.function == "sqrt" for part in walk(formula)):
        yield MistakenFormula("root-left-out", _without_root(formula), node.name)
    signal = around.nodes[slope].role.get("delta") if slope in around.nodes else None
    entering = around.nodes[slope].role.get("input") if slope in around.nodes else None
    if signal and entering and slope in names(formula):
        yield MistakenFormula("delta-for-gradient", renamed(formula, {slope: signal}), node.name, slope)
    if "weight_decay" in names(formula):
        yield MistakenFormula("decay-left-out", _without_decay(formula), node.name, "weight_decay")


def _without_rate(formula: Tree) -> Tree:
    def change(part: Tree) -> Tree | None:
        if isinstance(part, Mul) and Name("alpha") in part.factors:
            return mul(*(factor for factor in part.factors if factor != Name("alpha")))
        return None

    return map_tree(formula, change)


def _without_root(formula: Tree) -> Tree:
    return map_tree(
        formula, lambda part: part.arguments[0] if isinstance(part, Call) and part.function == "sqrt" else None
    )


def _without_decay(formula: Tree) -> Tree:
    def change(part: Tree) -> Tree | None:
        return Num(0.0) if isinstance(part, Mul) and Name("weight_decay") in part.factors else None

    return simplify(map_tree(formula, change))


def _memory_before_correction(around: Surroundings, name: str) -> str | None:
    """``w11_m`` of ``w11_mhat``."""
    if "hat" not in name:
        return None
    plain = name.replace("mhat", "m").replace("vhat", "v")
    return plain if plain in around.nodes else None


def memory(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of v = μ·v + g, the moving averages of RMSprop and Adam, and their corrections."""
    assert node.formula is not None
    formula = node.formula
    slope = f"dE/d{node.role['parameter']}" + (f"@{node.step}" if node.step > 1 else "")
    if slope in around.nodes and formula != Name(slope):
        yield MistakenFormula("gradient-instead", Name(slope), node.name, slope)
    for first, second in (("beta1", "beta2"), ("beta2", "beta1")):
        if first in names(formula):
            yield MistakenFormula("other-rate-used", renamed(formula, {first: second}), node.name, first)
    yield from _powers(node, formula)
    before = [name for name in names(formula) if name in around.nodes and around.nodes[name].step < node.step]
    for name in before:
        if around.nodes[name].kind is Kind.MEMORY:
            rest = simplify(substitute(formula, {name: Num(0.0)}))
            yield MistakenFormula("memory-left-out", rest, node.name, name)
    if "weight_decay" in names(formula):
        yield MistakenFormula("decay-left-out", _without_decay(formula), node.name, "weight_decay")


def _powers(node: Node, formula: Tree) -> Iterator[MistakenFormula]:
    """A square or a power of β forgotten."""
    powers = [part for part in walk(formula) if isinstance(part, Pow)]
    for power in powers:
        about = power.base.name if isinstance(power.base, Name) else ""
        bare = map_tree(formula, lambda part, power=power: power.base if part == power else None)  # type: ignore[misc]
        yield MistakenFormula("power-left-out", bare, node.name, about)
