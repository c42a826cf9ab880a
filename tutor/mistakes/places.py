"""The kinds of step at which typical mistakes are made."""

from __future__ import annotations

from enum import Enum, auto

from tutor.mistakes.formulas import products
from tutor.network import Kind, Node


class Place(Enum):
    """A kind of step, by the form of its formula."""

    WEIGHTED_SUM = auto()  # Z = Σ w·h + θ
    ACTIVATION = auto()  # H = f(Z), an output too
    SOFTMAX = auto()  # ŷ = e^Z / Σ e^Z
    ERROR = auto()  # ŷ − y
    LOSS_SHARE = auto()  # one output's loss
    TOTAL_LOSS = auto()  # the loss over outputs or samples
    SLOPE = auto()  # f′(Z)
    LOSS_SLOPE = auto()  # ∂E/∂ŷ
    SUM_BACK = auto()  # Σ w·δ over the next layer
    LOCAL = auto()  # ∂Z/∂w and ∂Z/∂H
    OUTPUT_DELTA = auto()  # an output's error signal
    HIDDEN_DELTA = auto()  # a hidden unit's error signal
    GRADIENT = auto()  # ∂E/∂w = δ·h
    BATCH_GRADIENT = auto()  # its sum or mean over a batch
    MEMORY = auto()  # what an optimizer remembers
    STEP = auto()  # what an update subtracts
    UPDATE = auto()  # w′ = w − step
    CELL = auto()  # a worksheet's number
    OTHER = auto()


_PLACES = {
    Kind.PRE_ACTIVATION: Place.WEIGHTED_SUM,
    Kind.ERROR: Place.ERROR,
    Kind.LOSS_SHARE: Place.LOSS_SHARE,
    Kind.BACK: Place.SUM_BACK,
    Kind.MEMORY: Place.MEMORY,
    Kind.STEP: Place.STEP,
    Kind.UPDATED: Place.UPDATE,
    Kind.CELL: Place.CELL,
}


def place_of(node: Node) -> Place:
    """Return the kind of step that gives a node its value."""
    match node.kind:
        case Kind.ACTIVATION | Kind.OUTPUT:
            return Place.SOFTMAX if node.role.get("activation") == "softmax" else Place.ACTIVATION
        case Kind.LOSS:
            return Place.LOSS_SHARE if "error" in node.role else Place.TOTAL_LOSS
        case Kind.DELTA:
            return Place.HIDDEN_DELTA if "back" in node.role else Place.OUTPUT_DELTA
        case Kind.GRADIENT:
            return Place.GRADIENT if "delta" in node.role else Place.BATCH_GRADIENT
        case Kind.FACTOR:
            return _factor(node)
    return _PLACES.get(node.kind, Place.OTHER)


def _factor(node: Node) -> Place:
    if "slope_of" in node.role:
        return Place.SLOPE
    of = node.name.partition("/")[0]
    if of == "dE":
        return Place.SUM_BACK if products(node.tree) else Place.LOSS_SLOPE
    return Place.LOCAL if of.startswith("dZ") else Place.OTHER
