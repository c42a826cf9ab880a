"""What a network, a worksheet, a layer and a quantity are, and each quantity's defining formula as a tree."""

from tutor.network.graph import HIDDEN_KINDS, SUB_STEPS, Graph, Kind, Node, Quantity
from tutor.network.model import Activation, Layer, Network, Optimizer
from tutor.network.references import split_list, split_owner, steps_needed
from tutor.network.worksheet import Worksheet, build_worksheet_graph

Model = Network | Worksheet


def build_graph(model: Model, steps: int = 1) -> Graph:
    """The graph of quantities of a network (over ``steps`` training steps) or a worksheet (over its own rounds)."""
    if isinstance(model, Worksheet):
        graph = build_worksheet_graph(model)
    else:
        from tutor.network.build import build_network_graph

        graph = build_network_graph(model, steps)
    graph.model = model
    return graph


__all__ = [
    "HIDDEN_KINDS",
    "SUB_STEPS",
    "Activation",
    "Graph",
    "Kind",
    "Layer",
    "Model",
    "Network",
    "Node",
    "Optimizer",
    "Quantity",
    "Worksheet",
    "build_graph",
    "split_list",
    "split_owner",
    "steps_needed",
]
