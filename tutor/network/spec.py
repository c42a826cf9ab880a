"""From plain YAML data to a ``Network``, with an error for everything that does not fit together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

from tutor.errors import NetworkError, Place
from tutor.network.model import ACTIVATIONS, LOSSES, OPTIMIZERS, Activation, Layer, Layout, Matrix, Network, Optimizer
from tutor.network.values import choice, counted, listed, mapping, named_row, number, shown, unknown_keys

KEYS = frozenset(
    {
        "inputs", "target", "data", "batch_size", "layers", "layout", "activation", "loss", "reduction", "optimizer",
        "update_bias", "error_signal", "delta_sign", "notation",
    }
)  # fmt: skip
#: Keys that a lesson keeps beside a network and that say nothing about its numbers.
LESSON_KEYS = frozenset({"vary", "allow", "from", "name"})
LAYER_KEYS = frozenset({"name", "weights", "bias", "activation", "layout"})
LAYOUTS = ("inputs_by_units", "units_by_inputs")
SYMBOLS = ("sum", "activation", "output", "target", "weight", "bias", "error_signal", "loss", "rate")

_IDENTIFIER = re.compile(r"^[^\W\d]\w*$")
_TAKEN = re.compile(
    r"^(Z\d+|H\d+|E\d*|error\d*|yhat\d*|delta\d*|expZ\d+|alpha|lr|beta1|beta2|eps|rho|momentum|dampening|weight_decay"
    r"|lr_decay|forward|backward|update|all|e|pi|.*_(new|v|m|mhat|vhat|vmax|buf|gavg|step|back))$"
)
#: More parameters than this nobody works out by hand, and no screen shows.
MOST_PARAMETERS = 20_000


def read_network(spec: Mapping[str, object], name: str) -> Network:
    """The network that ``spec`` describes; raises ``NetworkError``, whose place leads into ``spec``."""
    mapping(spec, (), "A network")
    unknown_keys(spec, KEYS | LESSON_KEYS, (), "a network")
    data = _Data(spec)
    layers = _layers(spec, len(data.input_names))
    last = layers[-1]
    targets, target_names = data.targets(last.n_units)
    loss = choice(spec.get("loss", "half_squared_error"), LOSSES, ("loss",), "loss")
    _fitting_loss(loss, last, "loss" in spec)
    network = Network(
        name=name,
        inputs=data.inputs,
        input_names=data.input_names,
        targets=targets,
        target_names=target_names,
        layers=layers,
        loss=loss,
        reduction=choice(spec.get("reduction", LOSSES[loss]), ("mean", "sum"), ("reduction",), "reduction"),  # type: ignore[arg-type]
        optimizer=_optimizer(spec.get("optimizer")),
        update_bias=_switch(spec.get("update_bias", True), ("update_bias",)),
        error_signal=choice(
            spec.get("error_signal", "gradient"), ("gradient", "difference"), ("error_signal",), "error signal"
        ),  # type: ignore[arg-type]
        delta_sign=choice(spec.get("delta_sign", "plus"), ("plus", "minus"), ("delta_sign",), "sign of δ"),  # type: ignore[arg-type]
        is_batch=data.is_batch,
        batch_size=_batch_size(spec, data),
        symbols=read_symbols(spec.get("notation")),
        column_names=data.column_names,
    )
    _distinct_names(network)
    return network


# -- data -----------------------------------------------------------------------------------------------------------


class _Data:
    """Inputs and targets, from ``inputs``/``target`` or from a table of ``data``."""

    def __init__(self, spec: Mapping[str, object]) -> None:
        self.spec = spec
        self.column_names: tuple[str, ...] = ()
        if "data" in spec:
            for key in ("inputs", "target"):
                if key in spec:
                    raise NetworkError(f"Give {key!r} or 'data', not both.", (key,))
            self._from_table(mapping(spec["data"], ("data",), "'data'"))
        elif "inputs" in spec:
            self._from_inputs(spec["inputs"])
        else:
            raise NetworkError(
                "A network needs 'inputs' (or 'data').", (), hint="Add a line such as inputs: [1, 0, 1]."
            )

    def _from_inputs(self, value: object) -> None:
        if isinstance(value, (int, float)):
            value = [value]
        names: tuple[str, ...] | None
        rows = _rows_of(value)
        self.is_batch = rows is not None
        if rows is None:
            names, row = named_row(value, ("inputs",), "'inputs'")
            self.inputs: Matrix = (row,)
        else:
            read = [named_row(row, ("inputs", index), "a sample") for index, row in enumerate(rows)]
            names = read[0][0]
            self.inputs = tuple(row for _, row in read)
            _equally_long(self.inputs, ("inputs",), "samples")
        width = len(self.inputs[0])
        self.input_names = names or tuple(f"x{index}" for index in range(1, width + 1))

    def _from_table(self, data: Mapping[str, object]) -> None:
        unknown_keys(data, {"file", "columns", "rows", "inputs", "target"}, ("data",), "'data'")
        if "rows" not in data:
            raise NetworkError("'data' has no rows.", ("data",), hint="Give a 'file', or 'columns' and 'rows'.")
        columns = [str(each) for each in listed(data.get("columns"), ("data", "columns"), "'columns'")]
        rows = [
            named_row(row, ("data", "rows", index), "a row")[1]
            for index, row in enumerate(listed(data["rows"], ("data", "rows"), "'rows'"))
        ]
        for index, row in enumerate(rows):
            if len(row) != len(columns):
                message = f"This row has {len(row)} values, and there are {len(columns)} columns."
                raise NetworkError(message, ("data", "rows", index))
        chosen = {key: self._columns(data, key, columns) for key in ("inputs", "target")}
        self.is_batch = True
        self.inputs = tuple(tuple(row[at] for at in chosen["inputs"]) for row in rows)
        self._table_targets = tuple(tuple(row[at] for at in chosen["target"]) for row in rows)
        self.column_names = tuple(columns[at] for at in chosen["inputs"])
        self.input_names = tuple(f"x{index}" for index in range(1, len(self.column_names) + 1))

    @staticmethod
    def _columns(data: Mapping[str, object], key: str, columns: list[str]) -> list[int]:
        value = data.get(key)
        if value is None:
            raise NetworkError(f"'data' must say which columns are its {key!r}.", ("data",))
        wanted = [value] if isinstance(value, str) else listed(value, ("data", key), f"{key!r}")
        return [columns.index(choice(each, columns, ("data", key), "column")) for each in wanted]

    def targets(self, n_outputs: int) -> tuple[Matrix, tuple[str, ...]]:
        """The targets, samples × outputs, and their names; both empty where there is no target."""
        names = ("y",) if n_outputs == 1 else tuple(f"y{index}" for index in range(1, n_outputs + 1))
        if "data" in self.spec:
            return self._fitting(self._table_targets, n_outputs, ("data", "target")), names
        if "target" not in self.spec:
            return (), ()
        value = self.spec["target"]
        if not self.is_batch:
            given, row = named_row([value] if isinstance(value, (int, float)) else value, ("target",), "'target'")
            return self._fitting((row,), n_outputs, ("target",)), given or names
        rows = listed(value, ("target",), "'target'")
        if n_outputs == 1 and all(isinstance(row, (int, float)) for row in rows):
            rows = [[row] for row in rows]
        read = [named_row(row, ("target", index), "a sample's target") for index, row in enumerate(rows)]
        targets = tuple(row for _, row in read)
        if len(targets) != len(self.inputs):
            message = f"There are {len(targets)} targets for {len(self.inputs)} samples."
            raise NetworkError(message, ("target",), hint="Give one target for each sample.")
        return self._fitting(targets, n_outputs, ("target",)), read[0][0] or names

    @staticmethod
    def _fitting(targets: Matrix, n_outputs: int, place: Place) -> Matrix:
        for row in targets:
            if len(row) != n_outputs:
                message = (
                    f"The target has {counted(len(row), 'value')}, and the network has {counted(n_outputs, 'output')}."
                )
                raise NetworkError(message, place, hint="One target for each unit of the last layer.")
        return targets


def _rows_of(value: object) -> Sequence[object] | None:
    """The samples of a batch, or None where ``value`` is one sample."""
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        compound = [
            isinstance(row, Mapping) or (isinstance(row, Sequence) and not isinstance(row, str)) for row in value
        ]
        return value if all(compound) else None
    return None


def _equally_long(rows: Matrix, place: Place, what: str) -> None:
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            message = f"The {what} differ in length: the first has {len(rows[0])} values, this one {len(row)}."
            raise NetworkError(message, (*place, index))


def _batch_size(spec: Mapping[str, object], data: _Data) -> int | None:
    if "batch_size" not in spec:
        return None
    value = spec["batch_size"]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise NetworkError(f"'batch_size' must be a whole number from 1, not {shown(value)}.", ("batch_size",))
    if not data.is_batch:
        raise NetworkError(
            "'batch_size' needs several samples.", ("batch_size",), hint="Make 'inputs' a list of lists."
        )
    return value


# -- layers ---------------------------------------------------------------------------------------------------------


def _layers(spec: Mapping[str, object], entering: int) -> tuple[Layer, ...]:
    if "layers" not in spec:
        raise NetworkError("A network needs 'layers'.", (), hint="Each has 'weights', perhaps 'bias' and 'activation'.")
    descriptions = listed(spec["layers"], ("layers",), "'layers'")
    layers: list[Layer] = []
    first_unit = 1
    for index, value in enumerate(descriptions):
        place: Place = ("layers", index)
        description = mapping(value, place, "A layer")
        unknown_keys(description, LAYER_KEYS, place, "a layer")
        layer = _layer(spec, description, index, len(descriptions), entering, first_unit)
        if layer.activation.name == "softmax" and index < len(descriptions) - 1:
            raise NetworkError("softmax is for the output layer only.", (*place, "activation"))
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
    if not isinstance(name, str) or not _IDENTIFIER.match(name):
        raise NetworkError(f"A layer's name must be a word, not {shown(name)}.", (*place, "name"))
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
    _equally_long(rows, at, "rows of weights")
    turned = layout == "units_by_inputs"
    have = f"{len(rows)}×{len(rows[0])}"
    inputs = len(rows[0]) if turned else len(rows)
    if inputs != entering:
        need = f"n×{entering}" if turned else f"{entering}×n"
        other = len(rows) if turned else len(rows[0])
        way = LAYOUTS[0] if turned else LAYOUTS[1]
        hint = f"If its rows are {'inputs' if turned else 'units'}, say layout: {way}." if other == entering else ""
        verb = "enters" if entering == 1 else "enter"
        entry = f"{counted(entering, 'value')} {verb} this layer"
        message = f"The weights are {have}, and {entry}, so {need} is needed."
        raise NetworkError(message, at, hint=hint)
    weights = tuple(zip(*rows, strict=True)) if turned else rows
    names = []
    for source in range(len(weights)):
        for unit in range(len(weights[0])):
            row, column = (unit, source) if turned else (source, unit)
            given = read[row][0]
            names.append(given[column] if given else f"w{index + 1}_{source + 1}_{unit + 1}")
    width = len(weights[0])
    return weights, tuple(tuple(names[start : start + width]) for start in range(0, len(names), width))


def _bias(
    value: object, place: Place, units: int, first_unit: int
) -> tuple[tuple[float, ...] | None, tuple[str, ...] | None]:
    if value is None:
        return None, None
    default = tuple(f"theta{first_unit + index}" for index in range(units))
    if isinstance(value, (int, float, str)):
        return (number(value, place),) * units, default
    names, values = named_row(value, place, "'bias'")
    if len(values) != units:
        message = f"'bias' has {counted(len(values), 'value')}, and the layer has {counted(units, 'unit')}."
        raise NetworkError(message, place, hint="Give one for each unit, or one number for all of them.")
    return values, names or default


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
    parameter = ACTIVATIONS[name]
    unknown_keys(settings, {parameter[0]} if parameter else set(), (*place, name), f"{name!r}")
    if parameter is None:
        return Activation(name)
    return Activation(name, number(settings.get(parameter[0], parameter[1]), (*place, name, parameter[0])))


# -- loss, optimizer, names -----------------------------------------------------------------------------------------


def _fitting_loss(loss: str, last: Layer, said: bool) -> None:
    needs = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}
    wanted = needs.get(loss)
    if wanted and last.activation.name != wanted:
        message = f"The loss {loss} goes with a {wanted} output, and this output is {last.activation.name}."
        raise NetworkError(message, ("loss",) if said else (), hint=f"Make the last layer's activation {wanted}.")


def _optimizer(value: object) -> Optimizer | None:
    if value is None:
        return None
    place: Place = ("optimizer",)
    spec = {value: {}} if isinstance(value, str) else mapping(value, place, "'optimizer'")
    if len(spec) != 1:
        raise NetworkError("Give one optimizer.", place, hint="For example optimizer: {sgd: {lr: 0.1}}.")
    name, settings = next(iter(spec.items()))
    if name not in OPTIMIZERS and name in OPTIMIZERS["sgd"]:
        hint = f"For example {{sgd: {{{name}: {settings}}}}}."
        raise NetworkError(f"{name!r} is a parameter; name its optimizer first.", (*place, name), hint=hint)
    choice(name, OPTIMIZERS, place, "optimizer")
    place = (*place, name)
    chosen = dict(mapping(settings if settings is not None else {}, place, f"The parameters of {name}"))
    if "betas" in chosen and "beta1" in OPTIMIZERS[name]:
        _, betas = named_row(chosen.pop("betas"), (*place, "betas"), "'betas'")
        if len(betas) != 2:
            raise NetworkError("'betas' are two numbers.", (*place, "betas"))
        chosen.update({"beta1": betas[0], "beta2": betas[1]})
    unknown_keys(chosen, OPTIMIZERS[name], place, f"{name!r}")
    parameters: dict[str, float | bool] = dict(OPTIMIZERS[name])
    for key, given in chosen.items():
        switch = isinstance(parameters[key], bool)
        parameters[key] = _switch(given, (*place, key)) if switch else number(given, (*place, key))
    if parameters.get("nesterov") and (not parameters["momentum"] or parameters["dampening"]):
        raise NetworkError("nesterov needs a momentum and no dampening.", (*place, "nesterov"))
    return Optimizer(name, parameters)


def _switch(value: object, place: Place) -> bool:
    if not isinstance(value, bool):
        raise NetworkError(f"true or false is expected here, not {shown(value)}.", place)
    return value


def read_symbols(value: object) -> dict[str, str]:
    """The class's own symbols, ``{sum: net}``."""
    if value is None:
        return {}
    symbols = mapping(value, ("notation",), "'notation'")
    unknown_keys(symbols, SYMBOLS, ("notation",), "'notation'")
    for key, symbol in symbols.items():
        if not isinstance(symbol, str) or not _IDENTIFIER.match(symbol):
            raise NetworkError(f"A symbol must be a word or letter, not {shown(symbol)}.", ("notation", key))
    return {key: str(symbol) for key, symbol in symbols.items()}


def _distinct_names(network: Network) -> None:
    """Every name once, and none that a quantity has."""
    seen: dict[str, str] = {}
    places: list[tuple[str, Place, str]] = [(name, ("inputs",), "an input") for name in network.input_names]
    places += [(name, ("target",), "a target") for name in network.target_names]
    for index, layer in enumerate(network.layers):
        places += [(name, ("layers", index, "weights"), "a weight") for row in layer.weight_names for name in row]
        places += [(name, ("layers", index, "bias"), "a bias") for name in layer.bias_names or ()]
    for name, place, what in places:
        if not _IDENTIFIER.match(name):
            raise NetworkError(f"{name!r} cannot be the name of {what}.", place, hint="Use letters, digits and _.")
        if _TAKEN.match(name):
            hint = "Choose another name, such as w11 or theta1."
            raise NetworkError(f"{name!r} cannot be the name of {what}: a quantity bears it.", place, hint=hint)
        if name in seen:
            message = f"The name {name!r} is given twice, to {seen[name]} and to {what}."
            raise NetworkError(message, place, hint="Every name must be used once.")
        seen[name] = what
    layer_names = [layer.name for layer in network.layers]
    for index, name in enumerate(layer_names):
        if name in layer_names[:index]:
            raise NetworkError(f"Two layers are called {name!r}.", ("layers", index))
