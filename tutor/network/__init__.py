"""Networks, worksheets and their quantities: a graph of numbers, each with the formula that defines it.

Begin with ``graph.py``: a ``Graph`` has a ``Node`` for every number. ``model.py`` and ``worksheet.py`` define networks
and worksheets, which ``spec.py`` and ``data.py`` read from plain data. ``build.py`` makes a network's graph
(``forward.py``, ``backward.py``, ``update.py``), and ``rounds.py`` a worksheet's. The right values come from
``tutor.engines.numpy``; nothing here works with matrices.
"""

import sys
from importlib import import_module
from types import ModuleType

from tutor.network.graph import Graph
from tutor.network.layers import Activation, Layer, Optimizer
from tutor.network.model import Network
from tutor.network.nodes import HIDDEN_KINDS, SNAP, SUB_STEPS, UNNAMED_CELLS, Kind, Node, Quantity
from tutor.network.references import split_owner, steps_needed
from tutor.network.worksheet import Worksheet

Model = Network | Worksheet


def build_graph(model: Model, steps: int = 1) -> Graph:
    """Return the graph of a network, over ``steps`` training steps, or of a worksheet, over its own rounds.

    Raises:
        NetworkError: The shapes of a worksheet's step do not fit.
    """
    # imported here because a cached lesson already has its graphs
    if isinstance(model, Worksheet):
        from tutor.network.rounds import build_worksheet_graph

        graph = build_worksheet_graph(model)
    else:
        from tutor.network.build import build_network_graph

        graph = build_network_graph(model, steps)
    graph.model = model
    return graph


__all__ = [
    "HIDDEN_KINDS",
    "SNAP",
    "SUB_STEPS",
    "UNNAMED_CELLS",
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
    "split_owner",
    "steps_needed",
]


class _Callable(ModuleType):
    """This package as a callable: ``tutor.network("mine.yaml")`` opens a network from Python."""

    def __call__(self, which: object, *, of: str = "") -> object:
        return import_module("tutor.python").network(which, of=of)


sys.modules[__name__].__class__ = _Callable
