"""Explain what a network lacks for a quantity."""

from __future__ import annotations

import re

from tutor.network.model import Network

_NEEDS_OPTIMIZER = re.compile(r".*_(new|v|m|vhat|mhat)(\[.*\])?|update|\w+@\d+")
_NEEDS_TARGET = re.compile(r"(E|error|delta)\d*(\[.*\])?|dE/.*|\w+\.(delta|dW|dtheta)|backward")


def what_is_missing(network: Network, name: str) -> str:
    """Return what ``network`` lacks for this quantity, as a sentence; empty where that is not the reason."""
    is_update = _NEEDS_OPTIMIZER.fullmatch(name) is not None
    if not is_update and _NEEDS_TARGET.fullmatch(name) is None:
        return ""
    if not network.has_target:
        return f"{name} needs a target:, and {network.name} has none."
    if is_update and network.optimizer is None:
        return f"{name} needs an optimizer:, and {network.name} has none."
    if any(layer.activation.name == "step" for layer in network.layers):
        return f"{name} needs a slope, and the activation step has none."
    return ""
