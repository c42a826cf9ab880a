"""Write a network as a NumPy program: forward pass, every gradient spelled out, update."""

from __future__ import annotations

from tutor.functions import ACTIVATIONS, LOSSES, OPTIMIZERS
from tutor.functions.optimizers import Options
from tutor.labs.programs.draft import Draft, Program, data, finished, forward, over_samples
from tutor.network import Activation, Layer, Network, Optimizer


def numpy_program(network: Network) -> Program:
    """Return the network's forward pass and training step in NumPy, with every gradient spelled out."""
    draft = Draft(network)
    draft.add("import numpy as np", "")
    _functions(draft)
    data(draft, "np.array({})")
    draft.add("", "# forward")
    forward(draft, lambda activation, z: f"{activation.name}({z})", "np.round({}, 12)")
    return finished(draft, "np.log", _backward, _update)


def _functions(draft: Draft) -> None:
    """Write each activation that the network uses, with its slope where the backward pass needs it."""
    network = draft.network
    last = len(network.layers) - 1
    used: dict[str, Activation] = {layer.activation.name: layer.activation for layer in network.layers}
    for name in used:
        if before := ACTIVATIONS[name].numpy_before:
            draft.add(*before.split("\n"))
    sloped = {
        layer.activation.name
        for place, layer in enumerate(network.layers)
        if network.has_gradients and not (place == last and network.error_signal == "difference")
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
    share = over_samples(network)
    for place, (layer, end) in enumerate(draft.layers):
        into, delta = draft.into(place), f"delta{end}"
        if layer.layout == "units_by_inputs":
            into, delta = delta, into
        product = f"{into}.T @ {delta}" if network.is_batch else f"np.outer({into}, {delta})"
        draft.define(f"dW{end}", f"{sign}{product}{share}", f"{layer.name}.dW")
        if layer.bias is not None:
            value = f"delta{end}.sum(axis=0)" if network.is_batch else f"delta{end}"
            if layer.shares_bias:  # one bias for all units
                value = f"np.array([delta{end}.sum()])"
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
    """Return the code of ∂E/∂ŷ for one sample."""
    loss = LOSSES[network.loss]
    share = f" / {network.n_outputs}" if loss.averages_outputs and network.n_outputs > 1 else ""
    return loss.program_slope + share


def _update(draft: Draft, optimizer: Optimizer) -> None:
    options = optimizer.parameters
    is_plain = optimizer.name == "sgd" and not options["momentum"] and not options["weight_decay"]
    draft.add("", "# the update")
    draft.define("lr", repr(float(options["lr"])))
    if not is_plain:
        draft.add(*_rule(optimizer.name, options))
    for variable, quantity in draft.trained:
        value = f"{variable} - lr * d{variable}" if is_plain else f"step({variable}, d{variable})"
        draft.define(f"{variable}_new", value, quantity)


def _rule(name: str, options: Options) -> list[str]:
    """Return the function for the first step of an optimizer, whose state is still empty."""
    optimizer = OPTIMIZERS[name]
    decay = float(options["weight_decay"])
    lines = ["", "def step(w, g):"]
    if decay and not optimizer.decays_apart:
        lines.append(f"    g = g + {decay!r} * w  # weight decay")
    return [*lines, *(f"    {line}" for line in optimizer.program(options)), ""]
