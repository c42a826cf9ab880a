"""The same in NumPy: forward pass, every gradient written out, update."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.functions import ACTIVATIONS
from tutor.labs.programs.draft import Draft, Program, data, forward, has_gradients, is_mean, loss, prints
from tutor.network import Activation, Layer, Network


def numpy_program(network: Network) -> Program:
    """The network's forward pass and training step in NumPy, every gradient written out."""
    draft = Draft(network)
    draft.add("import numpy as np", "")
    _functions(draft)
    data(draft, "np.array({})")
    draft.add("", "# forward")
    forward(draft, lambda activation, z: f"{activation.name}({z})", "np.round({}, 12)")
    if network.has_target:
        draft.add("", "# the loss")
        draft.define("E", loss(network, "np.log"), "E")
        if has_gradients(network):
            _backward(draft)
            if network.optimizer is not None:
                _update(draft)
    prints(draft)
    return draft.done()


def _functions(draft: Draft) -> None:
    """Each activation that the network uses, with its slope where the backward pass needs it."""
    network = draft.network
    last = len(network.layers) - 1
    used: dict[str, Activation] = {layer.activation.name: layer.activation for layer in network.layers}
    for name in used:
        if before := ACTIVATIONS[name].numpy_before:
            draft.add(*before.split("\n"))
    sloped = {
        layer.activation.name
        for place, layer in enumerate(network.layers)
        if has_gradients(network) and not (place == last and network.error_signal == "difference")
    }
    for name, activation in used.items():
        if name == "linear":
            continue
        entry, parameter = ACTIVATIONS[name], repr(activation.parameter)
        draft.add(f"def {name}(z):", f"    return {entry.numpy.format(parameter=parameter)}", "")
        if name in sloped and entry.numpy_slope:
            draft.add(f"def {name}_slope(z):", f"    return {entry.numpy_slope.format(parameter=parameter)}", "")


def _backward(draft: Draft) -> None:
    network, last = draft.network, len(draft.network.layers) - 1
    draft.add("", "# backward: δ of each layer, from the last to the first")
    draft.define(f"delta{draft.layers[last][1]}", _output_delta(draft), f"{network.layers[last].name}.delta")
    for place in range(last - 1, -1, -1):
        layer, end = draft.layers[place]
        back = f"(delta{draft.layers[place + 1][1]} @ {draft.weights(place + 1, turned=True)})"
        draft.define(f"delta{end}", f"{back} * {_slope(layer, end)}", f"{layer.name}.delta")
    draft.add("", "# the gradients")
    sign = "-" if network.delta_sign == "minus" else ""
    share = f" / {len(network.rows(1))}" if is_mean(network) else ""
    for place, (layer, end) in enumerate(draft.layers):
        into, delta = draft.into(place), f"delta{end}"
        if layer.layout == "units_by_inputs":
            into, delta = delta, into
        product = f"{into}.T @ {delta}" if network.is_batch else f"np.outer({into}, {delta})"
        draft.define(f"dW{end}", f"{sign}{product}{share}", f"{layer.name}.dW")
        if layer.bias is not None:
            value = f"delta{end}.sum(axis=0)" if network.is_batch else f"delta{end}"
            draft.define(f"dtheta{end}", f"{sign}{value}{share}", f"{layer.name}.dtheta")


def _slope(layer: Layer, end: str) -> str:
    return "1" if layer.activation.name == "linear" else f"{layer.activation.name}_slope(Z{end})"


def _output_delta(draft: Draft) -> str:
    network = draft.network
    layer, end = draft.layers[-1]
    if network.error_signal == "difference":
        value = "yhat - y"
    elif layer.activation.name == "softmax":
        draft.define("dE", _loss_slope(network))
        value = "yhat * (dE - (dE * yhat).sum(axis=-1, keepdims=True))"
    elif layer.activation.name == "linear":
        value = _loss_slope(network)
    else:
        value = f"{_loss_slope(network)} * {_slope(layer, end)}"
    return f"-({value})" if network.delta_sign == "minus" else value


def _loss_slope(network: Network) -> str:
    """∂E/∂ŷ of one sample."""
    share = f" / {network.n_outputs}" if network.n_outputs > 1 else ""
    return {
        "half_squared_error": "(yhat - y)",
        "squared_error": "2 * (yhat - y)",
        "mse": f"2 * (yhat - y){share}",
        "binary_cross_entropy": f"(yhat - y) / (yhat * (1 - yhat)){share}",
        "cross_entropy": "-y / yhat",
    }[network.loss]


def _update(draft: Draft) -> None:
    network = draft.network
    assert network.optimizer is not None
    options = network.optimizer.parameters
    is_plain = network.optimizer.name == "sgd" and not options["momentum"] and not options["weight_decay"]
    draft.add("", "# the update")
    draft.define("lr", repr(float(options["lr"])))
    if not is_plain:
        draft.add(*_rule(network.optimizer.name, options))
    for layer, end in draft.layers:
        names = [("W", "W_new")]
        if layer.bias is not None and network.update_bias:
            names.append(("theta", "theta_new"))
        for name, new in names:
            value = f"{name}{end} - lr * d{name}{end}" if is_plain else f"step({name}{end}, d{name}{end})"
            draft.define(f"{name}{end}_new", value, f"{layer.name}.{new}")


def _rule(name: str, options: Mapping[str, float | bool]) -> list[str]:
    """One step of an optimizer, from a memory that is still empty."""
    decay = float(options["weight_decay"])
    lines = ["", "def step(w, g):"]
    if decay and name != "adamw":
        lines.append(f"    g = g + {decay!r} * w  # weight decay")
    return [*lines, *(f"    {line}" for line in _RULES[name](options)), ""]


def _sgd(options: Mapping[str, float | bool]) -> list[str]:
    momentum = float(options["momentum"])
    if not momentum:
        return ["return w - lr * g"]
    return [
        "v = g  # the first step; later momentum * v + g",
        f"return w - lr * (g + {momentum!r} * v)" if options["nesterov"] else "return w - lr * v",
    ]


def _adagrad(options: Mapping[str, float | bool]) -> list[str]:
    start = float(options["initial_accumulator_value"])
    return [
        f"v = {f'{start!r} + ' if start else ''}g ** 2",
        f"return w - lr * g / (np.sqrt(v) + {float(options['eps'])!r})",
    ]


def _rmsprop(options: Mapping[str, float | bool]) -> list[str]:
    keep = float(options["alpha"])
    lines = [f"v = (1 - {keep!r}) * g ** 2"]
    if options["centered"]:
        lines.append(f"v = v - ((1 - {keep!r}) * g) ** 2")
    return [*lines, f"return w - lr * g / (np.sqrt(v) + {float(options['eps'])!r})"]


def _adam(options: Mapping[str, float | bool]) -> list[str]:
    first, second = float(options["beta1"]), float(options["beta2"])
    return [
        f"m = (1 - {first!r}) * g",
        f"v = (1 - {second!r}) * g ** 2",
        f"m_hat, v_hat = m / (1 - {first!r}), v / (1 - {second!r})",
        f"return w - lr * m_hat / (np.sqrt(v_hat) + {float(options['eps'])!r})",
    ]


def _adamw(options: Mapping[str, float | bool]) -> list[str]:
    return [f"w = w - lr * {float(options['weight_decay'])!r} * w", *_adam(options)]


_RULES = {"sgd": _sgd, "adagrad": _adagrad, "rmsprop": _rmsprop, "adam": _adam, "adamw": _adamw}
