"""The nodes of a backward pass: the chain's factors, error signals and gradients.

δ is ∂E/∂Z for one sample's loss (or its negative, under ``delta_sign: minus``). If the loss is a mean over the batch,
its 1/N enters with the gradients. Sources: Rumelhart, Hinton and Williams (1986) for δ = f′(Z)·Σ w·δ; Goodfellow,
Bengio and Courville (2016), section 6.5, for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tutor.formulas import parsed, substitute
from tutor.formulas.tree import Name, Neg, Tree, add, mul, sub
from tutor.functions import ACTIVATIONS, LOSSES
from tutor.network.forward import ONE, of_loss, over_batch, over_outputs
from tutor.network.naming import Names, UnitNames
from tutor.network.nodes import Kind, Node, suffixed


def backward_nodes(names: Names, step: int) -> Iterator[Node]:
    """Yield the factors and, if the network can be trained, δ and gradients from the output layer to the first."""
    for layer in range(names.last, -1, -1):
        for sample, _ in names.samples(step):
            for unit in names.units(layer, sample, step):
                yield from _local_factors(unit)
    if not names.network.has_gradients:
        return
    for sample, _ in names.samples(step):
        # before any δ, because after softmax each δ depends on all of them
        for unit in names.units(names.last, sample, step):
            yield _by_output(unit)
    for layer in range(names.last, -1, -1):
        for sample, _ in names.samples(step):
            for unit in names.units(layer, sample, step):
                yield from _output_signal(unit) if layer == names.last else _hidden_signal(unit)
        yield from _gradients(names, layer, step)


# -- factors of the chain -------------------------------------------------------------------------------------------


def _local_factors(unit: UnitNames) -> Iterator[Node]:
    """Yield the slopes of a unit's activation, and of its weighted sum by each weight, input and bias."""
    if unit.activation.name == "softmax":
        for other in unit.names.units(unit.layer, unit.sample, unit.step):
            yield other.node(_cross_slope(other, unit), Kind.FACTOR, _softmax_slope(other, unit))
    elif unit.activation.name != "step":
        role = {"pre": unit.pre, "active": unit.active, "slope_of": unit.activation.name}
        yield unit.node(unit.slope, Kind.FACTOR, _slope(unit), **role)
    for place in range(unit.description.n_inputs):
        weight = unit.description.weight_names[place][unit.index]
        entering = unit.names.source(unit.layer, place)
        by_weight, by_input = (unit.named(f"d{unit.pre_stem}/d{name}") for name in (weight, entering))
        yield unit.node(by_weight, Kind.FACTOR, Name(unit.source(place)))
        yield unit.node(by_input, Kind.FACTOR, Name(unit.weight(place)))
    for name in (unit.description.bias_names or ())[unit.index : unit.index + 1]:
        yield unit.node(unit.named(f"d{unit.pre_stem}/d{name}"), Kind.FACTOR, ONE)


def _slope(unit: UnitNames) -> Tree:
    """Return f′, written with the activation if it has such a form, as σ′ = H(1 − H), and otherwise with Z."""
    active = Name(unit.active)
    if unit.activation.name == "linear":
        return ONE
    if form := ACTIVATIONS[unit.activation.name].slope_of_h:
        return substitute(parsed(form), {"h": active})
    return unit.activate(Name(unit.pre), "'")


def _cross_slope(output: UnitNames, unit: UnitNames) -> str:
    return unit.named(f"d{output.active_stem}/d{unit.pre_stem}")


def _softmax_slope(output: UnitNames, unit: UnitNames) -> Tree:
    """Return ∂ŷₖ/∂Zⱼ = ŷₖ([k = j] − ŷⱼ)."""
    guess, other = Name(output.active), Name(unit.active)
    return mul(guess, sub(ONE, guess)) if output.index == unit.index else Neg(mul(guess, other))


def _by_output(unit: UnitNames) -> Node:
    """Return the node ∂E/∂ŷ for one sample's loss, with a stable form if the plain one could divide by 0."""
    loss = LOSSES[unit.names.network.loss]
    node = unit.node(unit.by_active, Kind.FACTOR, of_loss(unit, loss.slope))
    if not loss.stable_slope:
        return node
    return replace(node, stable=of_loss(unit, loss.stable_slope), between=(unit.active, unit.error))


# -- error signals --------------------------------------------------------------------------------------------------


def _output_signal(unit: UnitNames) -> Iterator[Node]:
    rule = _output_rule(unit)
    role = {
        "output": unit.active,
        "target": unit.target,
        "error": unit.error,
        "pre": unit.pre,
        "rule": "difference" if rule is not None else "chain",
    }
    if unit.activation.name not in ("softmax", "step"):
        role["slope"] = unit.slope
    formula = _chain(unit) if rule is None else rule
    if unit.names.network.delta_sign == "minus":
        formula = _with_minus(unit, formula)
    yield unit.node(unit.delta, Kind.DELTA, formula, **role)
    yield from _by_pre(unit)


def _output_rule(unit: UnitNames) -> Tree | None:
    """Return the short form of an output's δ if f′ cancels or the lesson leaves it out, or None to use the chain."""
    network = unit.names.network
    error = Name(unit.error)
    if network.error_signal == "difference":
        return error
    if LOSSES[network.loss].cancels != unit.activation.name:
        return None
    if unit.activation.name != "softmax" or network.targets_add_up_to_1:
        return over_outputs(unit.names, error)
    targets = [Name(unit.target_of(output)) for output in range(network.n_outputs)]
    return sub(mul(Name(unit.active), add(*targets)), targets[unit.index])


def _chain(unit: UnitNames) -> Tree:
    """Return ∂E/∂ŷ · f′(Z), or for softmax the sum over all outputs, which all depend on this unit's Z."""
    if unit.activation.name != "softmax":
        return mul(Name(unit.by_active), Name(unit.slope))
    outputs = unit.names.units(unit.layer, unit.sample, unit.step)
    return add(*(mul(Name(other.by_active), Name(_cross_slope(other, unit))) for other in outputs))


def _with_minus(unit: UnitNames, formula: Tree) -> Tree:
    """Return −∂E/∂Z as textbooks with δ = −∂E/∂Z print it: with y − ŷ in place of ŷ − y."""
    difference = sub(Name(unit.target), Name(unit.active))
    if formula == Name(unit.error):
        return difference
    if LOSSES[unit.names.network.loss].slope == "error" and formula == mul(Name(unit.by_active), Name(unit.slope)):
        return mul(difference, Name(unit.slope))
    return Neg(formula)


def _hidden_signal(unit: UnitNames) -> Iterator[Node]:
    """Yield δ = f′(Z)·Σ w·δ over the next layer; the sum is ∂E/∂H, or −∂E/∂H if δ is −∂E/∂Z."""
    following = unit.names.units(unit.layer + 1, unit.sample, unit.step)
    share = add(*(mul(Name(after.weight(unit.index)), Name(after.delta)) for after in following))
    back = unit.by_active
    if unit.names.network.delta_sign == "minus":
        back = unit.named(f"{unit.active_stem}_back")
        yield unit.node(back, Kind.BACK, share)
        yield unit.node(unit.by_active, Kind.FACTOR, Neg(Name(back)))
    else:
        yield unit.node(back, Kind.FACTOR, share)
    role = {"back": back, "slope": unit.slope, "pre": unit.pre, "output": unit.active}
    yield unit.node(unit.delta, Kind.DELTA, mul(Name(back), Name(unit.slope)), **role)
    yield from _by_pre(unit)


def _by_pre(unit: UnitNames) -> Iterator[Node]:
    """Yield ∂E/∂Z if δ is −∂E/∂Z; otherwise δ is the same quantity."""
    if unit.names.network.delta_sign == "minus":
        yield unit.node(unit.named(f"dE/d{unit.pre_stem}"), Kind.FACTOR, Neg(Name(unit.delta)))


# -- gradients ------------------------------------------------------------------------------------------------------


def _gradients(names: Names, layer: int, step: int) -> Iterator[Node]:
    """Yield ∂E/∂w = Σ δ·(the weight's input) over the batch, row by row, then ∂E/∂θ = Σ δ.

    For a bias that several units share, the sum goes over these units too.
    """
    description = names.network.layers[layer]
    for place, row in enumerate(description.weight_names):
        for index, weight in enumerate(row):
            yield _gradient(names, layer, (index,), place, weight, step)
    for bias in description.biases:
        yield _gradient(names, layer, description.units_with(bias), None, bias, step)


def _gradient(names: Names, layer: int, indices: tuple[int, ...], place: int | None, parameter: str, step: int) -> Node:
    """Return the gradient of a weight from unit ``place`` of the layer before, or of a bias if ``place`` is None.

    ``indices`` are the units that the parameter leads to: several if they share the bias, which then has no unit.
    """
    units = [UnitNames(names, layer, index, sample, step) for sample, _ in names.samples(step) for index in indices]
    terms = [Name(unit.delta) if place is None else mul(Name(unit.delta), Name(unit.source(place))) for unit in units]
    role = {"parameter": parameter}
    if len(units) == 1 and not names.network.is_batch:
        role["delta"] = units[0].delta
        if place is not None:
            role["input"] = units[0].source(place)
    formula = over_batch(names, add(*terms), step)
    return Node(
        suffixed(f"dE/d{parameter}", None, step),
        Kind.GRADIENT,
        Neg(formula) if names.network.delta_sign == "minus" else formula,
        layer=layer + 1,
        unit=names.unit(layer, indices[0]) if len(indices) == 1 else None,
        step=step,
        role=role,
    )
