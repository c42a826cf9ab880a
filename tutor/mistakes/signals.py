"""Mistakes in the backward pass: error signals, what they are multiplied by, gradients."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.formulas import substitute
from tutor.formulas.tree import Div, Name, Neg, Num, Tree, add, mul, names, sub
from tutor.mistakes.entry import MISTAKES, TWICE_WRONG, Form, InProgram, TypicalMistake
from tutor.mistakes.formulas import ONE, Surroundings, negated, parts_of_mean, products, renamed
from tutor.mistakes.losses import negative
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Kind, Node

# -- the sum over the next layer ------------------------------------------------------------------------------------


def _with_new_weights(around: Surroundings, node: Node) -> Iterator[Form]:
    fresh = {weight: around.updated(weight) for weight, _ in products(node.tree)}
    known = {weight: new for weight, new in fresh.items() if new}
    if known:
        yield Form(renamed(node.tree, known), next(iter(known)))


def _without_weights(around: Surroundings, node: Node) -> Iterator[Form]:
    pairs = products(node.tree)
    if pairs:
        yield Form(add(*(Name(signal) for _, signal in pairs)), pairs[0][0])


def _errors_back(around: Surroundings, node: Node) -> Iterator[Form]:
    signals = [signal for _, signal in products(node.tree)]
    plain = {each: error for each in signals if (error := around.nodes[each].role.get("error"))}
    if any(around.nodes[each].role.get("rule") == "chain" for each in plain):
        yield Form(renamed(node.tree, plain), next(iter(plain)))


MISTAKES.add(
    TypicalMistake(
        "updated-weights-used",
        130,
        lambda w: f"This uses the new weights; {w.q} takes those of the forward pass, such as {w.about}.",
        "The whole backward pass uses the weights of the forward pass; new ones come afterwards.",
        {Place.SUM_BACK: _with_new_weights},
        systematic="This is the result with the new weights on the way back.",
        in_program=InProgram("is what comes out when the output's weights are updated before the hidden δ uses them"),
    ),
    TypicalMistake(
        "weight-left-out",
        550,
        lambda w: f"This leaves out the weights: each error signal comes back times its weight, such as {w.about}.",
        "Each error signal comes back along an arrow: multiply it by the weight on that arrow.",
        {Place.SUM_BACK: _without_weights},
        in_program=InProgram("is what comes out when the weights are left out on the way back"),
    ),
    TypicalMistake(
        "error-for-delta",
        370,
        lambda w: f"This uses the plain difference in place of {w.about}: its slope is missing.",
        "ŷ − y is not the whole error signal here: the slope of the output's activation belongs to it.",
        {Place.SUM_BACK: _errors_back},
    ),
)

# -- gradients ------------------------------------------------------------------------------------------------------


def _input_or_one(node: Node) -> Tree:
    """Return what a parameter multiplies: an input, or 1 for a bias."""
    return Name(node.role["input"]) if "input" in node.role else ONE


def _gradient_of(node: Node, signal: str, entering: Tree) -> Tree:
    """Return a gradient's formula with another error signal or input, with the sign that the lesson gives it."""
    product = Name(signal) if entering == ONE else mul(Name(signal), entering)
    return Neg(product) if isinstance(node.formula, Neg) else product


def _signal_alone(around: Surroundings, node: Node) -> Iterator[Form]:
    if "input" in node.role:
        yield Form(_gradient_of(node, node.role["delta"], ONE), node.role["input"])


def _signals_alone(around: Surroundings, node: Node) -> Iterator[Form]:
    total, finish = parts_of_mean(node)
    pairs = products(total)
    if pairs:
        alone = add(*(Name(signal) for signal, _ in pairs))
        yield Form(finish(alone), pairs[0][1])
        if finish(alone) != alone:
            yield Form(alone, pairs[0][1], later=TWICE_WRONG)


def _input_left_out(w: Words) -> str:
    if w.node.kind is Kind.GRADIENT and "delta" not in w.node.role:
        return f"This puts the error signals together without their inputs; in {w.q} each one takes its own."
    signal = w.role("delta", "the error signal")
    return f"This is {signal}; {w.q} is {signal} times {w.about}."


def _sum_entering(around: Surroundings, node: Node) -> Iterator[Form]:
    source = node.role.get("input", "")
    before = around.before_activation(source) if source else None
    if before and around.has_activation(source):
        yield Form(_gradient_of(node, node.role["delta"], Name(before)), source)


def _sums_entering(around: Surroundings, node: Node) -> Iterator[Form]:
    total, finish = parts_of_mean(node)
    sums = around.sums_behind(source for _, source in products(total))
    if sums:
        yield Form(finish(renamed(total, sums)), products(total)[0][1])


def _local_sum(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the weighted sum in place of the activation, which ∂Z/∂w is."""
    for weight, source in _products_around(around, node):
        before = around.before_activation(source)
        if before and node.formula == Name(source) and _by(node) in weight:
            yield Form(Name(before), source)


def _products_around(around: Surroundings, node: Node) -> list[tuple[str, str]]:
    """Return the products in the weighted sum Z for a factor ∂Z/∂…"""
    pre = around.of_unit(Kind.PRE_ACTIVATION, node)
    return products(pre.formula) if pre is not None and pre.formula is not None else []


def _by(node: Node) -> str:
    """Return the denominator of a slope's name: ``dw11`` for ``dZ1/dw11@2``."""
    return node.name.partition("/")[2].partition("[")[0].partition("@")[0]


def _other_inputs(around: Surroundings, signal: str, source: str) -> list[str]:
    """Return the other inputs of the unit that an error signal belongs to."""
    pre = around.nodes.get(around.nodes[signal].role.get("pre", ""))
    if pre is None or pre.formula is None:
        return []
    return [other for _, other in products(pre.formula) if other != source]


def _another_input(around: Surroundings, node: Node) -> Iterator[Form]:
    source, signal = node.role.get("input"), node.role["delta"]
    for other in _other_inputs(around, signal, source) if source else ():
        yield Form(_gradient_of(node, signal, Name(other)), source or "")


def _another_input_of_each(around: Surroundings, node: Node) -> Iterator[Form]:
    total, finish = parts_of_mean(node)
    pairs = products(total)
    for place in range(len(_other_inputs(around, *pairs[0])) if pairs else 0):
        other = {}
        for signal, source in pairs:
            others = _other_inputs(around, signal, source)
            if place < len(others):
                other[source] = others[place]
        yield Form(finish(renamed(total, other)), pairs[0][1])


def _another_signal(around: Surroundings, node: Node) -> Iterator[Form]:
    after = around.nodes[node.role["delta"]]
    for other in around.siblings(after):
        yield Form(_gradient_of(node, other.name, _input_or_one(node)), after.name)


def _parameter_for_input(around: Surroundings, node: Node) -> Iterator[Form]:
    parameter = node.role["parameter"]
    if parameter in around.nodes:
        tree = _gradient_of(node, node.role["delta"], Name(parameter))
        yield Form(tree, node.role.get("input", parameter))


def _factor_for_factor(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the weight for ∂Z/∂w, which is the input, and the input for ∂Z/∂H, which is the weight."""
    for weight, source in _products_around(around, node):
        if node.formula == Name(source) and _by(node) in weight:
            yield Form(Name(weight), weight)
        elif node.formula == Name(weight):
            yield Form(Name(source), weight)


def _weight_for_input(w: Words) -> str:
    if w.node.kind is Kind.GRADIENT and w.role("input"):
        return f"This multiplies by the weight; {w.q} takes what the weight multiplies, {w.role('input')}."
    if w.node.kind is Kind.GRADIENT:
        return f"This multiplies by the bias; {w.q} is {w.role('delta', 'the error signal')} alone."
    return f"This swaps the weight and what it multiplies in {w.q}."


def _means_multiplied(around: Surroundings, node: Node) -> Iterator[Form]:
    """The mean of δ times the mean of x, for the mean of δ·x."""
    total, finish = parts_of_mean(node)
    pairs = products(total)
    if len(pairs) > 1 and finish(total) != total:
        signals, inputs = (add(*(Name(each) for each in column)) for column in zip(*pairs, strict=True))
        yield Form(finish(mul(signals, Div(inputs, Num(float(len(pairs)), str(len(pairs)))))), pairs[0][1])


def _step_of_gradient(around: Surroundings, node: Node) -> Iterator[Form]:
    """α times the gradient, or minus that."""
    if "alpha" in around.nodes:
        yield Form(mul(Name("alpha"), node.tree))
        yield Form(Neg(mul(Name("alpha"), node.tree)))


MISTAKES.add(
    TypicalMistake(
        "means-multiplied",
        212,
        lambda w: f"This multiplies two means; {w.q} is the mean of the products, one for each sample.",
        "Multiply each error signal by its own input first. Then take the mean of the products.",
        {Place.BATCH_GRADIENT: _means_multiplied},
    ),
    TypicalMistake(
        "rate-too-early",
        395,
        lambda w: (
            f"This has the learning rate in it; {w.q} is the gradient alone, and {w.symbol('alpha')} comes later."
        ),
        "The learning rate comes in with the update. The gradient itself has no such factor.",
        {Place.GRADIENT: _step_of_gradient, Place.BATCH_GRADIENT: _step_of_gradient},
    ),
    TypicalMistake(
        "input-left-out",
        40,
        _input_left_out,
        "The error signal is one factor. The other is the value that came through this weight.",
        {Place.GRADIENT: _signal_alone, Place.BATCH_GRADIENT: _signals_alone},
        in_program=InProgram("is what comes out with δ alone: each gradient is δ times the input of its weight"),
    ),
    TypicalMistake(
        "pre-activation-used",
        110,
        lambda w: f"This multiplies by the weighted sum; use the activation {w.about}.",
        "What a weight multiplies is the *activation* of the unit it comes from.",
        {Place.GRADIENT: _sum_entering, Place.BATCH_GRADIENT: _sums_entering, Place.LOCAL: _local_sum},
    ),
    TypicalMistake(
        "other-input-used",
        280,
        lambda w: f"This multiplies by another input; this weight belongs to {w.about}.",
        "Which value does this weight multiply in the forward pass? Use that one.",
        {Place.GRADIENT: _another_input, Place.BATCH_GRADIENT: _another_input_of_each},
    ),
    TypicalMistake(
        "other-unit-delta",
        600,
        lambda w: f"This takes another unit's error signal; {w.q} takes {w.about}.",
        "A gradient takes the error signal of the unit that the weight *leads to*.",
        {Place.GRADIENT: _another_signal},
    ),
    TypicalMistake(
        "weight-for-input",
        590,
        _weight_for_input,
        "Differentiate the sum with respect to the weight: the value that it multiplies is left.",
        {Place.GRADIENT: _parameter_for_input, Place.LOCAL: _factor_for_factor},
    ),
)

# -- a bias that several units share ---------------------------------------------------------------------------------


def _one_units_share(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the gradient of a shared bias from the error signals of one unit alone, for each unit."""
    total, finish = parts_of_mean(node)
    for unit, share in around.shares(total, lambda signal: signal.unit).items() if node.unit is None else ():
        yield Form(finish(share), names(share)[0], str(unit))


def _stepped_by_one_unit(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield the new value of a shared bias after a step by the gradient of one unit alone, for each unit."""
    if node.unit is not None or "step" not in node.role:
        return
    gradient = around.nodes[node.role["gradient"]]
    step = around.nodes[node.role["step"]].formula
    assert step is not None
    while fresh := _fresh_memories(around, node, step):  # the optimizer's memory depends on the gradient too
        step = substitute(step, fresh)
    for form in _one_units_share(around, gradient):
        own = substitute(step, {gradient.name: form.tree})
        yield Form(sub(Name(node.role["old"]), own), form.about, form.how)


def _fresh_memories(around: Surroundings, node: Node, tree: Tree) -> dict[str, Tree]:
    """Return the formulas of the optimizer's memory of this step that occur in ``tree``, by name."""
    found = (around.nodes[each] for each in names(tree))
    return {
        each.name: each.formula
        for each in found
        if each.kind is Kind.MEMORY and each.step == node.step and each.formula is not None
    }


def _sum_with_own_bias(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a later step's weighted sum with a shared bias that was updated by this unit alone."""
    bias = around.nodes.get(node.role.get("bias", ""))
    for form in _stepped_by_one_unit(around, bias) if bias is not None else ():
        if form.how == str(node.unit):
            yield Form(substitute(node.tree, {node.role["bias"]: form.tree}), node.role["bias"])


MISTAKES.add(
    TypicalMistake(
        "one-unit-only",
        155,
        lambda w: f"This is the share of unit {w.how} alone; all units of the layer share this bias.",
        "A shared bias moves every unit of its layer: add up the error signals of all of them.",
        {Place.BATCH_GRADIENT: _one_units_share},
        in_program=InProgram("is what comes out with unit {} alone: all units share this bias, so add up their δ"),
    ),
    TypicalMistake(
        "bias-not-shared",
        157,
        lambda w: (
            f"This takes another value for {w.about}: all units of the layer share it, and it has one new value."
            if w.node.kind is Kind.PRE_ACTIVATION
            else f"This steps by the share of unit {w.how} alone, as if it had a bias of its own; the units share one."
        ),
        "The units share one bias. Add up their error signals first; the one gradient moves the one bias.",
        {Place.UPDATE: _stepped_by_one_unit, Place.WEIGHTED_SUM: _sum_with_own_bias},
    ),
)

# -- the sign -------------------------------------------------------------------------------------------------------


def _negative_loss(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a cross-entropy without its minus; a squared error has none to lose."""
    if isinstance(node.formula, Neg):
        yield Form(node.formula.of)


def _negative_back(around: Surroundings, node: Node) -> Iterator[Form]:
    if node.kind is Kind.FACTOR:
        yield from negative(around, node)


def _negative_cell(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a worksheet's number with the other sign."""
    yield Form(negated(node.tree), later=_BEFORE_ONE_TERM)


#: How many places later the other sign of a worksheet's number comes: after every mistake that says why, such as a
#: rotated kernel, and before the reversed sign of the only term that is not 0.
_BEFORE_ONE_TERM = 545

MISTAKES.add(
    TypicalMistake(
        "sign-lost",
        60,
        lambda w: f"The size of {w.q} is right; the sign is not.",
        "Work out the sign alone: how many of the factors are negative?",
        {
            Place.LOSS_SHARE: _negative_loss,
            Place.LOSS_SLOPE: negative,
            Place.SUM_BACK: _negative_back,
            Place.HIDDEN_DELTA: negative,
            Place.GRADIENT: negative,
            Place.BATCH_GRADIENT: negative,
            Place.CELL: _negative_cell,
        },
        in_formula="The size is right; the sign is not.",
    )
)
