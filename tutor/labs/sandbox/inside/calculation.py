"""Read from the graph that PyTorch records for gradients how a prediction was calculated.

A module lists the layers that a model has; the graph shows which of them it used, and works without any module.
"""

from __future__ import annotations

from typing import Any

_MOST_NODES = 2_000
_ACTIVATIONS = {
    "Relu": "ReLU",
    "Clamp": "ReLU",  # x.clamp(min=0)
    "Maximum": "ReLU",  # torch.maximum(x, zero)
    "LeakyRelu": "LeakyReLU",
    "Sigmoid": "Sigmoid",
    "Tanh": "Tanh",
    "Elu": "ELU",
    "Gelu": "GELU",
    "Silu": "SiLU",
    "Softplus": "Softplus",
    "Softmax": "Softmax",
    "LogSoftmax": "LogSoftmax",
}


def layers_and_leaves(tensor: Any) -> tuple[list[dict[str, object]], list[Any]]:
    """Return the linear layers and activations behind ``tensor`` in the order of the forward pass, and its
    parameters."""
    layers: list[dict[str, object]] = []
    leaves: list[Any] = []
    for node in _in_forward_order(tensor.grad_fn):
        variable = getattr(node, "variable", None)
        if variable is not None:
            leaves.append(variable)
            continue
        kind = type(node).__name__.partition("Backward")[0]
        if (weight := _weight(node)) is not None:
            outputs, inputs = weight.shape
            bias = f", bias={_has_bias(node)}" if kind in ("Addmm", "Mm") else ""
            layers.append({"type": "Linear", "settings": f"in_features={inputs}, out_features={outputs}{bias}"})
        elif kind in _ACTIVATIONS:
            layers.append({"type": _ACTIVATIONS[kind], "settings": ""})
    return layers, leaves


def _in_forward_order(last: Any) -> list[Any]:
    """Return the nodes that lead to ``last``, each after the nodes from which it was calculated."""
    found: list[Any] = []
    known: set[Any] = set()
    waiting = [(last, False)]
    while waiting and len(known) < _MOST_NODES:
        node, is_done = waiting.pop()
        if is_done:
            found.append(node)
        elif node is not None and node not in known:
            known.add(node)
            waiting.append((node, True))
            waiting += [(before, False) for before, _ in reversed(node.next_functions)]
    return found


def _weight(node: Any) -> Any:
    """Return the weight matrix of a linear layer, which enters its product transposed, or None for another node."""
    for before, _ in node.next_functions:
        if type(before).__name__.startswith("TBackward"):
            variable = getattr(before.next_functions[0][0], "variable", None)
            if variable is not None and variable.dim() == 2:
                return variable
    return None


def _has_bias(node: Any) -> bool:
    return any(hasattr(before, "variable") for before, _ in node.next_functions)
