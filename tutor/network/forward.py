"""The nodes of a forward pass: given numbers, weighted sums, activations, errors and the loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tutor.formulas import parsed, substitute
from tutor.formulas.tree import Call, Div, Name, Num, Tree, add, mul, sub
from tutor.functions import LOSSES
from tutor.network.naming import Names, UnitNames
from tutor.network.nodes import Kind, Node, suffixed

ONE = Num(1.0, "1")


# -- given numbers --------------------------------------------------------------------------------------------------


def given_nodes(names: Names, step: int) -> Iterator[Node]:
    """Yield a step's inputs and targets and, in the first step, the parameters and the optimizer's constants."""
    network = names.network
    at = names.network.data_step(step)
    for sample, row in names.samples(step):
        data = [(network.input_names, network.inputs[row])]
        if network.has_target:
            data.append((network.target_names, network.targets[row]))
        for labels, numbers in data:
            for name, value in zip(labels, numbers, strict=True):
                yield Node(suffixed(name, sample, at), Kind.GIVEN, None, value=value, sample=sample, step=at)
    if step == 1:
        yield from _parameters(names)
        for name, value in network.constants.items():
            yield Node(name, Kind.GIVEN, None, value=value)


def _parameters(names: Names) -> Iterator[Node]:
    for place, layer in enumerate(names.network.layers):
        values = {
            name: value
            for labels, numbers in zip(layer.weight_names, layer.weights, strict=True)
            for name, value in zip(labels, numbers, strict=True)
        }
        for name, value in (values | layer.biases).items():
            yield Node(name, Kind.GIVEN, None, value=value, layer=place + 1)


# -- the forward pass -----------------------------------------------------------------------------------------------


def forward_nodes(names: Names, step: int) -> Iterator[Node]:
    """Yield the weighted sums, activations, errors and losses of one step, sample by sample, then the batch's loss."""
    for sample, _ in names.samples(step):
        for layer in range(len(names.network.layers)):
            yield from _layer_nodes(names, layer, sample, step)
        if names.network.has_target:
            yield from _loss_nodes(names, sample, step)
    if names.network.has_target and names.network.is_batch:
        losses = (Name(suffixed("E", sample, step)) for sample, _ in names.samples(step))
        yield Node(suffixed("E", None, step), Kind.LOSS, over_batch(names, add(*losses), step), step=step)


def _layer_nodes(names: Names, layer: int, sample: int | None, step: int) -> Iterator[Node]:
    units = list(names.units(layer, sample, step))
    for unit in units:
        yield _weighted_sum(unit)
    is_softmax = units[0].activation.name == "softmax"
    if is_softmax:
        for unit in units:
            yield unit.node(unit.exponential, Kind.EXP, Call("exp", (Name(unit.pre),)), pre=unit.pre)
        total = add(*(Name(unit.exponential) for unit in units))
        yield Node(units[0].softmax_sum(), Kind.EXP_SUM, total, layer=layer + 1, sample=sample, step=step)
    kind = Kind.OUTPUT if layer == names.last else Kind.ACTIVATION
    for unit in units:
        node = unit.node(unit.active, kind, _activation(unit), pre=unit.pre, activation=unit.activation.name)
        yield replace(node, stable=_stable_share(units, unit), between=_softmax_parts(units)) if is_softmax else node


def _weighted_sum(unit: UnitNames) -> Node:
    terms = [mul(Name(unit.weight(place)), Name(unit.source(place))) for place in range(unit.description.n_inputs)]
    role = {}
    if unit.bias:
        terms.append(Name(unit.bias))
        role["bias"] = unit.bias
    return unit.node(unit.pre, Kind.PRE_ACTIVATION, add(*terms), **role)


def _activation(unit: UnitNames) -> Tree:
    match unit.activation.name:
        case "linear":
            return Name(unit.pre)
        case "softmax":
            return Div(Name(unit.exponential), Name(unit.softmax_sum()))
        case _:
            return unit.activate(Name(unit.pre))


# -- the loss -------------------------------------------------------------------------------------------------------


def _loss_nodes(names: Names, sample: int | None, step: int) -> Iterator[Node]:
    """Yield each output's error and share of the loss, then their sum; a single output's share is the loss itself."""
    single = names.network.n_outputs == 1
    share = LOSSES[names.network.loss].share
    shares: list[Tree] = []
    for unit in names.units(names.last, sample, step):
        role = {"output": unit.active, "target": unit.target, "error": unit.error}
        yield unit.node(unit.error, Kind.ERROR, sub(Name(unit.active), Name(unit.target)), **role)
        name = unit.named("E" if single else f"E{unit.index + 1}")
        node = unit.node(name, Kind.LOSS if single else Kind.LOSS_SHARE, of_loss(unit, share), **role)
        yield _with_stable_loss(node, unit)
        shares.append(Name(name))
    if not single:
        yield Node(suffixed("E", sample, step), Kind.LOSS, add(*shares), sample=sample, step=step)


def of_loss(unit: UnitNames, form: str) -> Tree:
    """Return a formula from the loss's entry, written with the names of one output."""
    put_in = {"yhat": unit.active, "y": unit.target, "error": unit.error, "z": unit.pre}
    tree = substitute(parsed(form), {name: Name(canonical) for name, canonical in put_in.items()})
    return over_outputs(unit.names, tree)


# -- for large weighted sums ----------------------------------------------------------------------------------------

#: e to this power is still finite.
_LARGEST_EXPONENT = Num(700.0, "700")


def _bounded_exp(exponent: Tree) -> Tree:
    """Return e to the power of ``exponent``, limited so that it does not overflow."""
    return Call("exp", (Call("min", (exponent, _LARGEST_EXPONENT)),))


def _softmax_parts(units: list[UnitNames]) -> tuple[str, ...]:
    return (*(unit.exponential for unit in units), units[0].softmax_sum())


def _stable_share(units: list[UnitNames], unit: UnitNames) -> Tree:
    """Return softmax in a form that does not overflow: 1/Σ e^(Zⱼ − Zᵢ)."""
    behind = (sub(Name(other.pre), Name(unit.pre)) for other in units)
    return Div(ONE, add(*map(_bounded_exp, behind)))


def _with_stable_loss(node: Node, unit: UnitNames) -> Node:
    """Return the node with a stable form, if the loss has one: the cross-entropy from the weighted sums.

    It is exact even if ŷ is so close to 0 or 1 that the logarithm of the rounded ŷ is wrong.
    """
    form = LOSSES[unit.names.network.loss].stable
    if not form:
        return node
    stable = of_loss(unit, form)
    between: tuple[str, ...] = (unit.active,)
    if unit.activation.name == "softmax":
        units = list(unit.names.units(unit.layer, unit.sample, unit.step))
        greatest = Call("max", tuple(Name(other.pre) for other in units))
        total = add(*(Call("exp", (sub(Name(other.pre), greatest),)) for other in units))
        stable = substitute(stable, {"greatest": greatest, "total": total})
        between = (unit.active, *_softmax_parts(units))
    return replace(node, stable=stable, between=between)


def over_outputs(names: Names, tree: Tree) -> Tree:
    """Return a loss's term, divided by the number of outputs if the loss averages over them."""
    outputs = names.network.n_outputs
    averages = LOSSES[names.network.loss].averages_outputs and outputs > 1
    return Div(tree, Num(float(outputs), str(outputs))) if averages else tree


def over_batch(names: Names, total: Tree, step: int) -> Tree:
    """Return a sum over the samples, divided by their number if the loss is a mean."""
    count = names.network.divisor(step)
    return Div(total, Num(float(count), str(count))) if count > 1 else total
