"""Read layers, optimizer and symbols from plain YAML data, with an error for everything that does not fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tutor.errors import NetworkError, Place
from tutor.formulas.notation import SYMBOL_HEADS
from tutor.formulas.wording import counted
from tutor.functions import ACTIVATIONS, LOSSES, OPTIMIZERS
from tutor.network.data import equally_long
from tutor.network.layers import Activation, Layer, Layout, Matrix, Optimizer
from tutor.network.values import IDENTIFIER, choice, listed, mapping, named_row, number, shown, unknown_keys

LAYER_KEYS = frozenset({"name", "weights", "bias", "activation", "layout"})
_SHARED_BIAS = "{b1: 0.35, shared: true}"
LAYOUTS = ("inputs_by_units", "units_by_inputs")

#: Nobody works out deeper networks by hand, and their derivations would be far too long.
MOST_LAYERS = 20
#: Nobody works out more parameters by hand, and no screen can show them.
MOST_PARAMETERS = 20_000


# -- layers ---------------------------------------------------------------------------------------------------------


def read_layers(spec: Mapping[str, object], entering: int) -> tuple[Layer, ...]:
    """Return the layers in a network's description; the first has ``entering`` inputs.

    Raises:
        NetworkError: Something in a layer does not fit.
    """
    if "layers" not in spec:
        raise NetworkError("A network needs 'layers'.", (), hint="Each has 'weights', perhaps 'bias' and 'activation'.")
    descriptions = listed(spec["layers"], ("layers",), "'layers'")
    if len(descriptions) > MOST_LAYERS:
        raise NetworkError(
            f"This network has {len(descriptions)} layers; at most {MOST_LAYERS} are possible.", ("layers",)
        )
    layers: list[Layer] = []
    first_unit = 1
    for index, value in enumerate(descriptions):
        place: Place = ("layers", index)
        description = mapping(value, place, "A layer")
        unknown_keys(description, LAYER_KEYS, place, "a layer")
        layer = _layer(spec, description, index, len(descriptions), entering, first_unit)
        if layer.activation.name == "softmax" and index < len(descriptions) - 1:
            raise NetworkError("softmax is for the output layer only.", (*place, "activation"))
        if layer.activation.name == "softmax" and layer.shares_bias:
            message = "A bias that all units share cancels in softmax, so it could never be learnt."
            raise NetworkError(message, (*place, "bias"), hint="Give each unit a bias of its own, or leave it out.")
        layers.append(layer)
        entering, first_unit = layer.n_units, first_unit + layer.n_units
    if sum(layer.n_inputs * layer.n_units for layer in layers) > MOST_PARAMETERS:
        raise NetworkError(f"This network has more than {MOST_PARAMETERS} weights.", ("layers",))
    return tuple(layers)


def _layer(
    spec: Mapping[str, object],
    description: Mapping[str, object],
    index: int,
    count: int,
    entering: int,
    first_unit: int,
) -> Layer:
    place: Place = ("layers", index)
    name = description.get("name", _default_name(index, count))
    if not isinstance(name, str) or not IDENTIFIER.match(name):
        raise NetworkError(f"A layer's name must be a word, not {shown(name)}.", (*place, "name"))
    if name == "all":
        raise NetworkError("A layer cannot be called 'all': all.Z is every layer's Z.", (*place, "name"))
    layout = description.get("layout", spec.get("layout", LAYOUTS[0]))
    layout_place = (*place, "layout") if "layout" in description else ("layout",)
    layout = choice(layout, LAYOUTS, layout_place, "layout")
    weights, names = _weights(description, place, layout, entering, index)
    bias, bias_names = _bias(description.get("bias"), (*place, "bias"), len(weights[0]), first_unit)
    in_layer = "activation" in description and not ("from" in spec and "activation" in spec)
    activation_place: Place = (*place, "activation") if in_layer else ("activation",)
    value = description["activation"] if in_layer else spec.get("activation", description.get("activation", "linear"))
    return Layer(
        name=name,
        weights=weights,
        weight_names=names,
        bias=bias,
        bias_names=bias_names,
        activation=_activation(value, activation_place),
        layout=cast("Layout", layout),
    )


def _default_name(index: int, count: int) -> str:
    if index == count - 1:
        return "output"
    return "hidden" if count == 2 else f"hidden{index + 1}"


def _weights(
    description: Mapping[str, object], place: Place, layout: str, entering: int, index: int
) -> tuple[Matrix, tuple[tuple[str, ...], ...]]:
    if "weights" not in description:
        raise NetworkError("A layer needs 'weights'.", place, hint="One row per input, one column per unit.")
    at = (*place, "weights")
    if not isinstance(description["weights"], (list, tuple)) or not all(
        isinstance(row, (list, tuple, Mapping)) for row in description["weights"]
    ):
        message = "'weights' are a list of rows, one for each input"
        raise NetworkError(f"{message}: [{{w1: 0.5}}, {{w2: 0.3}}] or [[0.5], [0.3]].", at)
    read = [
        named_row(row, (*at, number_), "a row of weights")
        for number_, row in enumerate(listed(description["weights"], at, "'weights'"))
    ]
    rows = tuple(values for _, values in read)
    equally_long(rows, at, "rows of weights")
    turned = layout == "units_by_inputs"
    have = f"{len(rows)}×{len(rows[0])}"
    inputs = len(rows[0]) if turned else len(rows)
    if inputs != entering:
        need = f"n×{entering}" if turned else f"{entering}×n"
        other = len(rows) if turned else len(rows[0])
        rows_are, swapped = ("inputs", LAYOUTS[0]) if turned else ("units", LAYOUTS[1])
        hint = f"If its rows are {rows_are}, say layout: {swapped}." if other == entering else ""
        verb = "enters" if entering == 1 else "enter"
        entry = f"{counted(entering, 'value')} {verb} this layer"
        message = f"The weights are {have}, and {entry}, so {need} is needed."
        raise NetworkError(message, at, hint=hint)
    default = "w{layer}_{column}_{row}" if turned else "w{layer}_{row}_{column}"
    names = tuple(
        given or tuple(default.format(layer=index + 1, row=row, column=column) for column in range(1, len(values) + 1))
        for row, (given, values) in enumerate(read, 1)
    )
    return (tuple(zip(*rows, strict=True)), tuple(zip(*names, strict=True))) if turned else (rows, names)


def _bias(
    value: object, place: Place, units: int, first_unit: int
) -> tuple[tuple[float, ...] | None, tuple[str, ...] | None]:
    if value is None:
        return None, None
    default = tuple(f"theta{first_unit + index}" for index in range(units))
    if isinstance(value, (int, float, str)):
        return (number(value, place),) * units, default
    if isinstance(value, Mapping) and isinstance(value.get("shared"), bool):
        is_shared = value["shared"]
        value = {name: each for name, each in value.items() if name != "shared"}
        if is_shared:
            return _shared_bias(value, place, units)
    names, values = named_row(value, place, "'bias'")
    if len(values) != units:
        message = f"'bias' has {counted(len(values), 'value')}, and the layer has {counted(units, 'unit')}."
        hint = f"Give one for each unit, or one that they share: {_SHARED_BIAS}."
        raise NetworkError(message, place, hint=hint)
    return values, names or default


def _shared_bias(named: Mapping[str, object], place: Place, units: int) -> tuple[tuple[float, ...], tuple[str, ...]]:
    if len(named) != 1:
        message = f"A shared bias is one number with a name, and here are {counted(len(named), 'number')}."
        raise NetworkError(message, place, hint=f"For example bias: {_SHARED_BIAS}.")
    ((name, value),) = named.items()
    return (number(value, (*place, name)),) * units, (name,) * units


def _activation(value: object, place: Place) -> Activation:
    if isinstance(value, str):
        name, settings = value, {}
    else:
        spec = mapping(value, place, "An activation with a parameter")
        if len(spec) != 1:
            raise NetworkError("Give one activation.", place)
        name, inner = next(iter(spec.items()))
        settings = dict(mapping(inner if inner is not None else {}, (*place, name), "Its parameters"))
    choice(name, ACTIVATIONS, place, "activation")
    parameter = ACTIVATIONS[name].parameter
    unknown_keys(settings, {parameter[0]} if parameter else set(), (*place, name), f"{name!r}")
    if parameter is None:
        return Activation(name)
    return Activation(name, number(settings.get(parameter[0], parameter[1]), (*place, name, parameter[0])))


# -- loss, optimizer, names -----------------------------------------------------------------------------------------


def check_loss(loss: str, last: Layer, is_chosen: bool) -> None:
    """Check that the loss fits the activation of the last layer; ``is_chosen``: the author named the loss.

    Raises:
        NetworkError: It does not.
    """
    needed = LOSSES[loss].goes_with
    if needed and last.activation.name != needed:
        message = f"The loss {loss} goes with a {needed} output, and this output is {last.activation.name}."
        raise NetworkError(message, ("loss",) if is_chosen else (), hint=f"Make the last layer's activation {needed}.")


def check_targets(loss: str, targets: Matrix, place: Place) -> None:
    """Check that the targets are probabilities if the loss is a cross-entropy.

    For targets outside 0 to 1 it has no minimum, and PyTorch's slope differs.

    Raises:
        NetworkError: A target is below 0 or above 1.
    """
    if not LOSSES[loss].is_of_probabilities:
        return
    for target in (each for row in targets for each in row):
        if not 0 <= target <= 1:
            raise NetworkError(
                f"The loss {loss} takes targets from 0 to 1, not {target:g}.", place, hint="Or choose another loss."
            )


def read_optimizer(value: object) -> Optimizer | None:
    """Return the optimizer in ``{sgd: {lr: 0.1}}`` or ``sgd``, with its defaults filled in, or None.

    Raises:
        NetworkError: It is unknown, or a parameter does not fit.
    """
    if value is None:
        return None
    place: Place = ("optimizer",)
    spec = {value: {}} if isinstance(value, str) else mapping(value, place, "'optimizer'")
    if len(spec) != 1:
        raise NetworkError("Give one optimizer.", place, hint="For example optimizer: {sgd: {lr: 0.1}}.")
    name, settings = next(iter(spec.items()))
    if name not in OPTIMIZERS and name in OPTIMIZERS["sgd"].parameters:
        hint = f"For example {{sgd: {{{name}: {settings}}}}}."
        raise NetworkError(f"{name!r} is a parameter; name its optimizer first.", (*place, name), hint=hint)
    choice(name, OPTIMIZERS, place, "optimizer")
    place = (*place, name)
    chosen = dict(mapping(settings if settings is not None else {}, place, f"The parameters of {name}"))
    defaults = OPTIMIZERS[name].parameters
    if "betas" in chosen and "beta1" in defaults:
        _, betas = named_row(chosen.pop("betas"), (*place, "betas"), "'betas'")
        if len(betas) != 2:
            raise NetworkError("'betas' are two numbers.", (*place, "betas"))
        chosen.update({"beta1": betas[0], "beta2": betas[1]})
    unknown_keys(chosen, defaults, place, f"{name!r}")
    parameters: dict[str, float | bool] = dict(defaults)
    for key, given in chosen.items():
        is_switch = isinstance(parameters[key], bool)
        parameters[key] = switch(given, (*place, key)) if is_switch else number(given, (*place, key))
        _in_range(key, float(parameters[key]), (*place, key))
    if parameters.get("nesterov") and (not parameters["momentum"] or parameters["dampening"]):
        raise NetworkError("nesterov needs a momentum and no dampening.", (*place, "nesterov"))
    return Optimizer(name, parameters)


def _in_range(key: str, value: float, place: Place) -> None:
    """Reject the values that PyTorch's optimizers reject."""
    if value < 0:
        raise NetworkError(f"{key!r} must not be negative.", place)
    if key in ("beta1", "beta2") and value >= 1:
        raise NetworkError(f"{key!r} must be below 1: it is the share of the old average.", place)


def switch(value: object, place: Place) -> bool:
    """Return a boolean.

    Raises:
        NetworkError: It is anything else.
    """
    if not isinstance(value, bool):
        raise NetworkError(f"true or false is expected here, not {shown(value)}.", place)
    return value


def read_symbols(value: object) -> dict[str, str]:
    """Return the class's own symbols, as in ``{sum: net}``.

    Raises:
        NetworkError: A key is unknown, or a symbol is not a word or letter.
    """
    if value is None:
        return {}
    symbols = mapping(value, ("notation",), "'notation'")
    unknown_keys(symbols, SYMBOL_HEADS, ("notation",), "'notation'")
    for key, symbol in symbols.items():
        if not isinstance(symbol, str) or not IDENTIFIER.match(symbol):
            raise NetworkError(f"A symbol must be a word or letter, not {shown(symbol)}.", ("notation", key))
    return {key: str(symbol) for key, symbol in symbols.items()}
