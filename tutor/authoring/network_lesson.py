"""Write a lesson that works through a whole network: forward, backward and update, each with formulas and questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tutor.authoring.yaml_text import to_yaml
from tutor.formulas import latex
from tutor.formulas.wording import counted, enumerated
from tutor.functions import ACTIVATIONS, LOSSES, OPTIMIZERS
from tutor.hints.words import general_formula
from tutor.lessons.blocks import Model
from tutor.network import HIDDEN_KINDS, Graph, Kind, Network

#: If a layer has more numbers of one kind than this, they are asked for together, as a vector or matrix.
MOST_SINGLE = 3

Block = str | dict[str, object]


def lesson_about(model: Model, title: str, lesson_id: str, **head: object) -> str:
    """Return the text of a lesson file that asks for every quantity of a network or worksheet. ``head`` are further
    keys at the top of the file."""
    network = model.built
    data: dict[str, object] = {"tutor": 1, "title": title, "id": lesson_id}
    if isinstance(network, Network):
        screens = list(_Screens(network, model.graph).screens())
        return to_yaml({**data, "summary": f"{described(network)}.", **head, "network": model.spec, "screens": screens})
    return to_yaml({**data, **head, "worksheet": model.spec, "screens": list(_steps(model.graph))})


def described(network: Network) -> str:
    """Return a short description of a network: its sizes, activations, loss, optimizer and learning rate."""
    activations = enumerated(list(dict.fromkeys(layer.activation.name for layer in network.layers)))
    said = f"{sizes_of(network)} with {activations}"
    if network.targets:
        said += f", {LOSSES[network.loss].title}"
    if network.optimizer is not None:
        rate = network.optimizer.parameters.get("lr")
        said += f", {OPTIMIZERS[network.optimizer.name].torch}"
        said += f" with α = {rate:g}" if isinstance(rate, float) else ""
    return said


def sizes_of(network: Network) -> str:
    """Return the sizes of a network's layers, from inputs to outputs: ``3-2-1``."""
    return "-".join(map(str, (len(network.input_names), *(layer.n_units for layer in network.layers))))


def _steps(graph: Graph) -> Iterator[Mapping[str, object]]:
    """Yield the screens about a worksheet."""
    yield {"title": "What is given", "blocks": [{"given": "worksheet"}]}
    left_out = {*HIDDEN_KINDS, Kind.GIVEN, Kind.FACTOR}
    names = [name for name, node in graph.nodes.items() if node.kind not in left_out and node.step == 1]
    yield {"title": "Step by step", "blocks": [{"ask": names}]}


class _Screens:
    """Makes the screens about a network."""

    def __init__(self, network: Network, graph: Graph) -> None:
        self.network = network
        self.graph = graph
        self.last = len(network.layers)

    def screens(self) -> Iterator[Mapping[str, object]]:
        """Yield all screens: without a target there is no backward pass, without an optimizer no update."""
        yield {"title": "What is given", "blocks": [{"text": self._given()}, "diagram", "given"]}
        for layer in range(1, self.last + 1):
            yield self._forward(layer)
        if not self.network.targets:
            return
        yield self._loss()
        for layer in range(self.last, 0, -1):
            yield self._signals(layer)
            yield self._gradients(layer)
        if self.network.optimizer is not None:
            for layer in range(self.last, 0, -1):
                yield self._update(layer)

    # -- what is asked ----------------------------------------------------------------------------------------------

    def _names(self, kind: Kind, layer: int, part: str) -> list[str]:
        """Return the names of the quantities of a kind in a layer, or one name for all if there are many. ``part`` ends
        that name, as Z does in hidden.Z."""
        nodes = self.graph.nodes.values()
        found = [each.name for each in nodes if each.kind is kind and each.step == 1 and each.layer == layer]
        whole = f"{self.network.layers[layer - 1].name}.{part}"
        together = self.graph.canonical(whole)
        if kind in (Kind.GRADIENT, Kind.UPDATED):  # of the weights and of the biases
            cells = self.graph.quantity(together).cells if together else ()
            found = [name for name in found if name in cells]
        is_many = len(found) > MOST_SINGLE or (self.network.is_batch and len(found) > 1)
        return [whole] if is_many and together else found

    def _ask(self, *groups: list[str]) -> list[Block]:
        return [{"ask": names if len(names) > 1 else names[0]} for names in groups if names]

    def _formula(self, names: list[str]) -> str:
        return general_formula(self.graph, self.graph.quantity(names[0])) if names else ""

    def _defined(self, name: str) -> str:
        """Return a quantity's formula in the form in which it is taught, as a display formula."""
        notation = self.graph.notation
        return f"$${notation.latex(name)} = {latex(self.graph.definition(name), notation)}$$"

    def _layer(self, layer: int) -> str:
        """Return the name of a layer for use in a sentence."""
        name = self.network.layers[layer - 1].name
        if name in ("hidden", "output"):
            return f"the {name} layer"
        number = name.removeprefix("hidden")
        return f"hidden layer {number}" if number.isdecimal() else f"the layer {name}"

    # -- the screens ------------------------------------------------------------------------------------------------

    def _given(self) -> str:
        layers = [
            f"{counted(each.n_units, 'unit')} in {self._layer(at)} ({each.activation.name})"
            for at, each in enumerate(self.network.layers, 1)
        ]
        inputs = counted(len(self.network.input_names), "input")
        return _text(
            f"The network has {enumerated([inputs, *layers])}. Work it screen by screen: forwards from the inputs to "
            "the output, backwards from the loss to the gradients, then the update.",
            "To check what you have on paper, open the worksheet. Type there only the numbers that you have; it names "
            "the first one that is wrong.",
        )

    def _forward(self, layer: int) -> Mapping[str, object]:
        is_last = layer == self.last
        sums = self._names(Kind.PRE_ACTIVATION, layer, "Z")
        active = self._names(Kind.OUTPUT if is_last else Kind.ACTIVATION, layer, "yhat" if is_last else "H")
        activation = self.network.layers[layer - 1].activation.name
        what = "The bias is added at the end." if self.network.layers[layer - 1].bias is not None else ""
        text = _text(
            f"Each unit adds up its inputs, each times the weight of its wire. {what}".strip(),
            self._formula(sums),
            self._passes_on(activation),
            self._activation_formula(activation, active),
        )
        return {"title": f"Forward: {self._layer(layer)}", "blocks": [{"text": text}, *self._ask(sums, active)]}

    def _activation_formula(self, activation: str, active: list[str]) -> str:
        if activation == "linear":
            return ""
        return f"$${ACTIVATIONS[activation].formula}$$" if activation == "softmax" else self._formula(active)

    @staticmethod
    def _passes_on(activation: str) -> str:
        if activation == "linear":
            return "The units are linear: they pass on the sum itself."
        if activation == "softmax":
            return "Softmax makes probabilities of the sums: all are positive, and together they are 1."
        return f"It passes on {ACTIVATIONS[activation].says} of this sum."

    def _loss(self) -> Mapping[str, object]:
        shares = [name for name, node in self.graph.nodes.items() if node.kind is Kind.LOSS_SHARE and node.step == 1]
        losses = [name for name, node in self.graph.nodes.items() if node.kind is Kind.LOSS and node.step == 1]
        says = "The loss is one number for how far the network is from its target: the smaller, the better."
        if len(shares) > MOST_SINGLE or self.network.is_batch:
            shares = []
        names = [*shares, *losses]
        blocks: list[Block] = [{"text": _text(says, self._defined(names[0]))}, *self._ask(names)]
        return {"title": "The loss", "blocks": blocks}

    def _signals(self, layer: int) -> Mapping[str, object]:
        names = self._names(Kind.DELTA, layer, "delta")
        delta = self.graph.notation.latex("delta")
        if layer == self.last:
            says = (
                f"Now backwards. The error signal ${delta}$ of a unit says how fast the loss changes with the weighted "
                "sum of this unit. At the output it is the slope of the loss, times the slope of the activation."
            )
            if LOSSES[self.network.loss].cancels == self.network.layers[-1].activation.name != "linear":
                says += " For this loss and this activation the two cancel to a short formula."
        else:
            says = (
                "A hidden unit has no target. Its share of the error comes back over the wires that leave it: add up "
                f"the ${delta}$ of each next unit times the weight of the wire, then multiply by the unit's own slope."
            )
        first = next(name for name, node in self.graph.nodes.items() if node.kind is Kind.DELTA and node.layer == layer)
        formula = self._defined(first) if layer == self.last else self._formula(names)
        blocks: list[Block] = [{"text": _text(says, formula)}, {"derive": first}, *self._ask(names)]
        return {"title": f"Backward: the error signals of {self._layer(layer)}", "blocks": blocks}

    def _gradients(self, layer: int) -> Mapping[str, object]:
        weights = self._names(Kind.GRADIENT, layer, "dW")
        biases = self._names(Kind.GRADIENT, layer, "dtheta")
        delta = self.graph.notation.latex("delta")
        text = _text(
            f"The gradient of a weight is what flows into its wire, times the ${delta}$ of the unit that the wire "
            "leads to.",
            self._formula(weights),
            f"The input of a bias is always 1, so its gradient is the ${delta}$ of its unit." if biases else "",
        )
        blocks: list[Block] = [{"text": text}, *self._ask(weights, biases)]
        return {"title": f"Backward: the gradients of {self._layer(layer)}", "blocks": blocks}

    def _update(self, layer: int) -> Mapping[str, object]:
        weights, biases = (self._names(Kind.UPDATED, layer, part) for part in ("W_new", "theta_new"))
        text = _text(
            "All gradients are known. Every parameter now moves against its gradient, starting from its old value.",
            self._formula(weights),
        )
        blocks: list[Block] = [{"text": text}, *self._ask(weights, biases)]
        return {"title": f"Update: {self._layer(layer)}", "blocks": blocks}


def _text(*paragraphs: str) -> str:
    return "\n\n".join(filter(None, paragraphs)) + "\n"
