"""Typical mistakes of a backward pass: error signals, the chain's factors, gradients."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.formulas.tree import Call, Div, Mul, Name, Neg, Num, Pow, Tree, add, mul, sub
from tutor.marking.variants.forward import sums_and_means
from tutor.marking.variants.model import MistakenFormula, Surroundings, negated, products, renamed, terms_of, without
from tutor.network import Kind, Node

_ONE, _TWO = Num(1.0, "1"), Num(2.0, "2")


def slope_call(around: Surroundings, node: Node, argument: Tree) -> Tree | None:
    """A unit's f′ at some argument, from its activation node."""
    active = around.nodes[node.role["output"]]
    name = active.role.get("activation", "")
    if name in ("", "softmax", "step", "linear"):
        return None
    parameter = active.formula.arguments[1:] if isinstance(active.formula, Call) else ()
    return Call(f"{name}'", (argument, *parameter))


def delta(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of an error signal."""
    yield from _hidden(around, node) if "back" in node.role else _output(around, node)


def _output(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of δ = (ŷ − y)·f′(Z), or ŷ − y."""
    assert node.formula is not None
    formula = node.formula
    output, target, difference = (Name(node.role[part]) for part in ("output", "target", "error"))
    yield MistakenFormula("difference-reversed", negated(formula), node.name)
    minus = formula == sub(target, output) or isinstance(formula, Neg) or _starts_turned(formula, target, output)
    slope = node.role.get("slope")
    by_active = f"dE/d{output.name}"
    chain: Tree = Name(by_active) if by_active in around.nodes else difference
    if node.role.get("rule") == "chain" and slope:
        factor = negated(chain) if minus else chain
        yield MistakenFormula("derivative-left-out", factor, node.name, slope)
        at_activation = slope_call(around, node, output)
        if at_activation is not None:
            yield MistakenFormula("derivative-at-activation", mul(factor, at_activation), node.name, slope)
        yield MistakenFormula("activation-for-derivative", mul(factor, output), node.name, slope)
        yield MistakenFormula("derivative-instead", Name(slope), node.name, slope)
        if chain != difference and around.nodes[by_active].formula != difference:
            plain = negated(difference) if minus else difference
            yield MistakenFormula("factor-two", mul(plain, Name(slope)), node.name)
    elif slope or node.role.get("rule") != "chain":
        own = Name(slope) if slope else mul(output, sub(_ONE, output))
        yield MistakenFormula("derivative-added", mul(formula, own), node.name, output.name)
    if formula != difference and around.nodes[difference.name].formula is not None:
        yield MistakenFormula("factor-two", mul(_TWO, formula), node.name)
        yield MistakenFormula("factor-two", Div(formula, _TWO), node.name)
    yield from _loss_for_signal(around, node, difference)
    pre = Name(node.role["pre"])
    if around.has_activation(output.name):
        yield MistakenFormula(
            "activation-skipped-before", renamed(sub(output, target), {output.name: pre.name}), node.name
        )


def _starts_turned(formula: Tree, target: Tree, output: Tree) -> bool:
    return isinstance(formula, Mul) and formula.factors[0] == sub(target, output)


def _loss_for_signal(around: Surroundings, node: Node, difference: Name) -> Iterator[MistakenFormula]:
    share = around.of_unit(Kind.LOSS_SHARE, node) or around.of_unit(Kind.LOSS, node)
    if share is not None:
        yield MistakenFormula("loss-instead", Name(share.name), node.name, share.name)
    yield MistakenFormula("loss-instead", Pow(difference, _TWO), node.name)


def _hidden(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of δ = f′(Z)·Σ w·δ."""
    back, slope, output = (Name(node.role[part]) for part in ("back", "slope", "output"))
    total = around.nodes[back.name].formula
    assert total is not None
    yield MistakenFormula("derivative-left-out", back, node.name, slope.name)
    at_activation = slope_call(around, node, output)
    if at_activation is not None:
        yield MistakenFormula("derivative-at-activation", mul(back, at_activation), node.name, slope.name)
    if around.has_activation(output.name):
        yield MistakenFormula("activation-for-derivative", mul(back, output), node.name, slope.name)
    for changed in _sums_back(around, around.nodes[back.name]):
        yield MistakenFormula(changed.id, mul(changed.tree, slope), node.name, changed.about)
    yield MistakenFormula("sign-lost", Neg(mul(back, slope)), node.name)


def _sums_back(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of the sum Σ w·δ over the layer after."""
    assert node.formula is not None
    pairs = products(node.formula)
    fresh = {weight: around.updated(weight) for weight, _ in pairs}
    known = {weight: new for weight, new in fresh.items() if new}
    if known:
        yield MistakenFormula("updated-weights-used", renamed(node.formula, known), node.name, next(iter(known)))
    terms = terms_of(node.formula)
    if len(terms) > 1:
        for term in terms:
            left = products(term)
            yield MistakenFormula("sum-left-out", term, node.name, left[0][1] if left else "")
        if len(terms) > 2:
            for term, rest in without(terms):
                left = products(term)
                yield MistakenFormula("term-left-out", add(*rest), node.name, "*".join(left[0]) if left else "")
    for other in around.siblings(node):
        if (
            other.formula is not None
            and other.name != node.name
            and other.name.split("/")[0] == node.name.split("/")[0]
        ):
            yield MistakenFormula("other-unit-weights", other.formula, node.name, pairs[0][0] if pairs else "")
    yield MistakenFormula("weight-left-out", add(*(Name(signal) for _, signal in pairs)), node.name, pairs[0][0])
    errors = {signal: around.nodes[signal].role.get("error") for _, signal in pairs}
    plain = {signal: error for signal, error in errors.items() if error}
    if plain and any(around.nodes[signal].role.get("rule") == "chain" for signal in plain):
        yield MistakenFormula("error-for-delta", renamed(node.formula, plain), node.name, next(iter(plain)))


def factor(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of a factor of the chain, by what it is a factor of."""
    assert node.formula is not None
    of, _, by = node.name.partition("/")
    if "slope_of" in node.role:
        yield from _slope(around, node)
    elif of == "dE":
        yield from _loss_slope(around, node) if not products(node.formula) else _sums_back(around, node)
        yield MistakenFormula("sign-lost", negated(node.formula), node.name)
    elif of.startswith("dZ"):
        yield from _other_factor(around, node, by)


def back(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of Σ w·δ where it is no ∂E/∂H."""
    yield from _sums_back(around, node)


def _slope(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    name, pre, active = node.role["slope_of"], Name(node.role["pre"]), Name(node.role["active"])
    formula = around.nodes[active.name].formula
    parameter = formula.arguments[1:] if isinstance(formula, Call) else ()
    if name != "linear":
        yield MistakenFormula("derivative-at-activation", Call(f"{name}'", (active, *parameter)), node.name, pre.name)
        yield MistakenFormula("derivative-left-out", active, node.name, active.name)
    for other in ("sigmoid", "tanh", "relu"):
        if other != name:
            yield MistakenFormula("wrong-activation", Call(f"{other}'", (pre,)), node.name, other)
    if name == "sigmoid":
        yield MistakenFormula("activation-skipped-before", mul(pre, sub(_ONE, pre)), node.name, active.name)
        yield MistakenFormula("factor-left-out", sub(_ONE, active), node.name, active.name)
    if name == "tanh":
        yield MistakenFormula("square-left-out", sub(_ONE, active), node.name, active.name)
        yield MistakenFormula("activation-skipped-before", sub(_ONE, mul(pre, pre)), node.name, active.name)


def _loss_slope(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    assert node.formula is not None
    yield MistakenFormula("difference-reversed", negated(node.formula), node.name)
    yield MistakenFormula("factor-two", mul(_TWO, node.formula), node.name)
    yield MistakenFormula("factor-two", Div(node.formula, _TWO), node.name)
    share = around.of_unit(Kind.LOSS_SHARE, node) or around.of_unit(Kind.LOSS, node)
    if share is not None:
        yield MistakenFormula("loss-instead", Name(share.name), node.name, share.name)
    error = around.of_unit(Kind.ERROR, node)
    if error is not None and node.formula != Name(error.name):
        yield MistakenFormula("error-for-delta", Name(error.name), node.name, error.name)


def _other_factor(around: Surroundings, node: Node, by: str) -> Iterator[MistakenFormula]:
    """∂Z/∂w is the input and ∂Z/∂H the weight: each for the other."""
    pre = around.of_unit(Kind.PRE_ACTIVATION, node)
    if pre is None or pre.formula is None:
        return
    for weight, source in products(pre.formula):
        if node.formula == Name(source) and by.partition("[")[0].partition("@")[0] in weight:
            yield MistakenFormula("weight-for-input", Name(weight), node.name, weight)
            before = around.before_activation(source)
            if before:
                yield MistakenFormula("pre-activation-used", Name(before), node.name, source)
        elif node.formula == Name(weight):
            yield MistakenFormula("weight-for-input", Name(source), node.name, weight)


# -- gradients ------------------------------------------------------------------------------------------------------


def gradient(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    """Of ∂E/∂w = δ·h and ∂E/∂θ = δ, over a batch their sum or mean."""
    assert node.formula is not None
    if "delta" in node.role:
        yield from _single_gradient(around, node)
    else:
        yield from _batch_gradient(around, node)
    yield MistakenFormula("sign-lost", negated(node.formula), node.name)


def _single_gradient(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    assert node.formula is not None
    turned = Neg if isinstance(node.formula, Neg) else (lambda tree: tree)
    signal = Name(node.role["delta"])
    parameter = node.role["parameter"]
    source = node.role.get("input")
    entering: Tree = _ONE
    after = around.nodes[signal.name]
    if source:
        entering = Name(source)
        yield MistakenFormula("input-left-out", turned(signal), node.name, source)
        before = around.before_activation(source)
        if before and around.has_activation(source):
            yield MistakenFormula("pre-activation-used", turned(mul(signal, Name(before))), node.name, source)
        for other in _other_inputs(around, after, source):
            yield MistakenFormula("other-input-used", turned(mul(signal, Name(other))), node.name, source)
        if parameter in around.nodes:
            yield MistakenFormula("weight-for-input", turned(mul(signal, Name(parameter))), node.name, source)
    elif parameter in around.nodes:
        yield MistakenFormula("weight-for-input", turned(mul(signal, Name(parameter))), node.name, parameter)
    for other_signal in around.siblings(after):
        yield MistakenFormula(
            "other-unit-delta", turned(mul(Name(other_signal.name), entering)), node.name, signal.name
        )
    error = after.role.get("error")
    if error and after.role.get("rule") == "chain":
        yield MistakenFormula("error-for-delta", mul(Name(error), entering), node.name, signal.name)
    if "back" in after.role:
        yield MistakenFormula(
            "derivative-left-out", turned(mul(Name(after.role["back"]), entering)), node.name, signal.name
        )


def _other_inputs(around: Surroundings, after: Node, source: str) -> list[str]:
    pre = around.nodes.get(after.role.get("pre", ""))
    if pre is None or pre.formula is None:
        return []
    return [other for _, other in products(pre.formula) if other != source]


def _batch_gradient(around: Surroundings, node: Node) -> Iterator[MistakenFormula]:
    assert node.formula is not None
    turned = Neg if isinstance(node.formula, Neg) else (lambda tree: tree)
    inner = node.formula.of if isinstance(node.formula, Neg) else node.formula
    yield from sums_and_means(node, node.formula)
    wrap = (lambda tree: Div(tree, inner.denominator)) if isinstance(inner, Div) else (lambda tree: tree)
    total = inner.numerator if isinstance(inner, Div) else inner
    pairs = products(total)
    if pairs:
        signals = add(*(Name(signal) for signal, _ in pairs))
        yield MistakenFormula("input-left-out", turned(wrap(signals)), node.name, pairs[0][1])
        skipped = {source: around.before_activation(source) for _, source in pairs if around.has_activation(source)}
        names = {source: pre for source, pre in skipped.items() if pre}
        if names:
            yield MistakenFormula("pre-activation-used", turned(wrap(renamed(total, names))), node.name, pairs[0][1])
        yield from _batch_other_inputs(around, node, total, pairs, lambda tree: turned(wrap(tree)))
    terms = terms_of(total)
    if len(terms) > 1:
        for term, rest in without(terms):
            yield MistakenFormula(
                "term-left-out",
                turned(wrap(add(*rest))),
                node.name,
                "*".join(products(term)[0]) if products(term) else "",
            )
        for term in terms:
            yield MistakenFormula("sum-left-out", turned(term), node.name, "samples")


def _batch_other_inputs(
    around: Surroundings, node: Node, total: Tree, pairs: list[tuple[str, str]], finish: object
) -> Iterator[MistakenFormula]:
    assert callable(finish)
    first = around.nodes[pairs[0][0]]
    for place, _ in enumerate(_other_inputs(around, first, pairs[0][1])):
        names = {}
        for signal, source in pairs:
            others = _other_inputs(around, around.nodes[signal], source)
            if place < len(others):
                names[source] = others[place]
        yield MistakenFormula("other-input-used", finish(renamed(total, names)), node.name, pairs[0][1])
