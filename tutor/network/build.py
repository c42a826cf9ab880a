"""Build a network's graph of quantities: forward pass, backward pass and update of each training step."""

from __future__ import annotations

from tutor.formulas.notation import Notation
from tutor.network.backward import backward_nodes
from tutor.network.forward import forward_nodes, given_nodes
from tutor.network.graph import Graph
from tutor.network.groups import network_aliases, network_arrays, network_groups
from tutor.network.model import Network
from tutor.network.naming import Names
from tutor.network.nodes import Node
from tutor.network.update import update_nodes


def build_network_graph(network: Network, steps: int) -> Graph:
    """Return the graph of ``steps`` training steps.

    Where dependencies allow it, the updated parameters of a later layer come before the error signals of an earlier
    one, so that the mistake of using them can be computed in one sweep.
    """
    names = Names(network)
    nodes: dict[str, Node] = {}
    for step in range(1, steps + 1):
        for part in (given_nodes, forward_nodes, backward_nodes, update_nodes):
            for node in part(names, step):
                nodes.setdefault(node.name, node)
    arrays = network_arrays(names, nodes, steps)
    return Graph(
        nodes.values(),
        arrays,
        notation=Notation(dict(network.symbols), follows_loss=network.follows_loss),
        aliases=network_aliases(names, nodes, {array.name for array in arrays}, steps),
        groups=network_groups(names, nodes, steps),
        steps=steps,
    )
