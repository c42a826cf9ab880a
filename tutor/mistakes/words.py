"""The symbols of a mistaken formula and its node, for the sentences about mistakes."""

from __future__ import annotations

from tutor.formulas import FUNCTIONS
from tutor.mistakes.formulas import MistakenFormula, products
from tutor.network import Graph, Kind, Node

#: A part of a formula is quoted up to this many characters.
LONGEST = 40


class Words:
    """Gives the symbols of a mistaken formula and its node; ``q`` is the node's own symbol."""

    def __init__(self, graph: Graph, mistaken: MistakenFormula) -> None:
        self.graph = graph
        self.mistaken = mistaken
        self.node: Node = graph.nodes[mistaken.at]
        self.q = where(graph, mistaken.at)
        self.how = mistaken.how

    def symbol(self, name: str) -> str:
        """Return a name, or a product written ``a*b``, as symbols; a formula's text is left as it is."""
        if name in FUNCTIONS:
            return FUNCTIONS[name].text
        if "*" in name:
            return "·".join(self.symbol(part) for part in name.split("*"))
        is_name = name in self.graph.nodes or name in self.graph.arrays
        return self.graph.notation.text(name) if is_name else name

    @property
    def about(self) -> str:
        """What the mistake is about; for a long formula, its first terms."""
        about = self.symbol(self.mistaken.about)
        if len(about) <= LONGEST:
            return about
        first = about[: LONGEST - 2]
        depths = [first.count("(", 0, at) - first.count(")", 0, at) for at in range(len(first))]
        spaces = [at for at, mark in enumerate(first) if mark == " " and at > LONGEST // 2]
        cut = min(spaces, key=lambda at: (depths[at], -at), default=len(first) - 1)
        dots = ", …" if first[:cut].endswith(",") else " …"
        return first[:cut].rstrip(" ,·+−(") + dots + ")" * depths[cut]

    @property
    def is_quotable(self) -> bool:
        """Whether what the mistake is about can be quoted whole."""
        return len(self.symbol(self.mistaken.about)) <= LONGEST

    @property
    def quoted(self) -> str:
        """What the mistake is about if it can be quoted whole, else the node's symbol."""
        return self.about if self.about and self.is_quotable else self.q

    @property
    def gradient(self) -> str:
        """The gradient that the mistake is about; if it is not the slope of the loss, its symbol alone."""
        return f"the gradient {self.about}" if self.graph.notation.follows_loss else self.about

    @property
    def is_a_place(self) -> bool:
        """Whether the mistake is about a part of a formula, not a name."""
        return self.mistaken.about not in self.graph.nodes and self.mistaken.about not in self.graph.arrays

    def role(self, part: str, default: str = "") -> str:
        """Return the symbol of the name in one of the node's roles, or ``default``."""
        name = self.node.role.get(part)
        return self.symbol(name) if name else default

    @property
    def function(self) -> str:
        """The unit's activation as a symbol."""
        name = self.node.role.get("activation", "")
        return FUNCTIONS[name].text if name in FUNCTIONS else name

    @property
    def weights(self) -> str:
        """The weights in the node's formula."""
        return ", ".join(self.symbol(weight) for weight, _ in products(self.node.tree))

    @property
    def loss(self) -> str:
        """The name of the network's loss; empty for a worksheet."""
        return getattr(self.graph.model, "loss", "")


def where(graph: Graph, name: str) -> str:
    """Return a node's symbol, or words for an update's step and for what comes back to a unit, which may have none."""
    node = graph.nodes[name]
    if node.kind is Kind.STEP:
        return f"the step from {graph.notation.text(node.role['gradient'])}"
    if node.kind is Kind.BACK and "/" not in name:
        return f"the sum that comes back to unit {node.unit}"
    return graph.notation.text(name)
