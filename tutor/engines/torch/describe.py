"""Turn networks and worksheets back into the plain data they are made from, to send to another process."""

from __future__ import annotations

from typing import Any

from tutor.functions import ACTIVATIONS
from tutor.network import Layer, Network, Worksheet

Spec = dict[str, Any]


def network_spec(network: Network) -> Spec:
    """Return plain data from which ``Network.from_spec`` makes an equal network."""
    spec: Spec = {
        "layers": [_layer(layer) for layer in network.layers],
        "loss": network.loss,
        "reduction": network.reduction,
        "update_bias": network.update_bias,
        "error_signal": network.error_signal,
        "delta_sign": network.delta_sign,
    }
    samples = [dict(zip(network.input_names, row, strict=True)) for row in network.inputs]
    spec["inputs"] = samples if network.is_batch else samples[0]
    if network.has_target:
        targets = [dict(zip(network.target_names, row, strict=True)) for row in network.targets]
        spec["target"] = targets if network.is_batch else targets[0]
    if network.batch_size is not None:
        spec["batch_size"] = network.batch_size
    if network.optimizer is not None:
        spec["optimizer"] = {network.optimizer.name: dict(network.optimizer.parameters)}
    return spec


def _layer(layer: Layer) -> Spec:
    rows, names = layer.weights, layer.weight_names
    if layer.layout == "units_by_inputs":
        rows, names = tuple(zip(*rows, strict=True)), tuple(zip(*names, strict=True))
    spec: Spec = {
        "name": layer.name,
        "layout": layer.layout,
        "weights": [dict(zip(*pair, strict=True)) for pair in zip(names, rows, strict=True)],
        "activation": layer.activation.name,
    }
    if layer.activation.parameter is not None:
        parameter = ACTIVATIONS[layer.activation.name].parameter
        assert parameter is not None
        spec["activation"] = {layer.activation.name: {parameter[0]: layer.activation.parameter}}
    if layer.bias is not None:
        spec["bias"] = {**layer.biases, **({"shared": True} if layer.shares_bias else {})}
    return spec


def worksheet_spec(worksheet: Worksheet) -> Spec:
    """Return plain data from which ``Worksheet.from_spec`` makes an equal worksheet."""
    given: Spec = dict(worksheet.given)
    given |= {f"{name}@{at}": value for (name, at), value in worksheet.given_rounds.items()}
    return {"given": given, "steps": dict(worksheet.sources), "repeat": worksheet.repeat}
