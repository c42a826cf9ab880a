"""Write the parts of a program that are alike in both libraries: its data, forward pass and loss."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tutor.functions import ACTIVATIONS, LOSSES
from tutor.network import Activation, Layer, Network, Optimizer, build_graph


@dataclass(frozen=True)
class Program:
    """A program: ``variables`` maps its variables (or expressions such as ``W_hidden.grad``) to quantities."""

    source: str
    variables: Mapping[str, str]


@dataclass
class Draft:
    """A program that is being written: its lines, and the quantities of its variables."""

    network: Network
    lines: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def add(self, *lines: str) -> None:
        """Add lines."""
        self.lines += lines

    def define(self, variable: str, value: str, quantity: str = "") -> None:
        """Add an assignment, and note its quantity if there is one."""
        self.lines.append(f"{variable} = {value}")
        if quantity:
            self.variables[variable] = quantity

    @property
    def layers(self) -> list[tuple[Layer, str]]:
        """Each layer with the suffix of its variables: ``_hidden``."""
        return [(layer, "_" + re.sub(r"\W", "_", layer.name)) for layer in self.network.layers]

    @property
    def x(self) -> str:
        """The variable of the inputs: ``X`` for a batch, one row per sample."""
        return "X" if self.network.is_batch else "x"

    def into(self, place: int) -> str:
        """Return the variable that enters a layer."""
        return self.x if place == 0 else "H" + self.layers[place - 1][1]

    def out(self, place: int) -> str:
        """Return the variable that leaves a layer."""
        return "yhat" if place == len(self.network.layers) - 1 else "H" + self.layers[place][1]

    def weights(self, place: int, *, turned: bool = False) -> str:
        """Return a layer's W of shape (inputs, units), or transposed if ``turned``, whatever the lesson's layout."""
        layer, end = self.layers[place]
        is_turned = (layer.layout == "units_by_inputs") != turned
        return f"W{end}.T" if is_turned else f"W{end}"

    @property
    def trained(self) -> list[tuple[str, str]]:
        """The variable of each parameter that a training step changes, with the quantity of its new value."""
        found = []
        for layer, end in self.layers:
            found.append((f"W{end}", f"{layer.name}.W_new"))
            if layer.bias is not None and self.network.update_bias:
                found.append((f"theta{end}", f"{layer.name}.theta_new"))
        return found


def data(draft: Draft, array: str, parameter: str = "") -> None:
    """Write the given numbers. ``array`` and ``parameter`` are calls that make them, with ``{}`` for the lists."""
    network = draft.network
    rows = network.rows(1)
    inputs = [network.inputs[row] for row in rows]
    draft.define(draft.x, array.format(numbers(inputs if network.is_batch else inputs[0])))
    if network.has_target:
        targets = [network.targets[row] for row in rows]
        draft.define("y", array.format(numbers(targets if network.is_batch else targets[0])))
    for layer, end in draft.layers:
        rows_of = layer.weights if layer.layout == "inputs_by_units" else tuple(zip(*layer.weights, strict=True))
        draft.define(f"W{end}", (parameter or array).format(numbers(rows_of)))
        if layer.bias is not None:
            draft.define(f"theta{end}", (parameter or array).format(numbers(layer.biases.values())))


def numbers(values: Iterable[object]) -> str:
    """Return nested lists as source code, always with a decimal point, so that no array is of integers."""
    parts = [numbers(value) if isinstance(value, tuple | list) else repr(float(str(value))) for value in values]
    return f"[{', '.join(parts)}]"


def forward(draft: Draft, call: Callable[[Activation, str], str], snap: str) -> None:
    """Write the forward pass.

    ``call`` returns the code that applies an activation to a variable; ``snap`` (with ``{}`` for the variable) is the
    code that removes rounding noise from it.
    """
    noisy = _noisy_layers(draft.network)
    for place, (layer, end) in enumerate(draft.layers):
        bias = f" + theta{end}" if layer.bias is not None else ""
        draft.define(f"Z{end}", f"{draft.into(place)} @ {draft.weights(place)}{bias}", f"{layer.name}.Z")
        if layer.name in noisy:
            draft.add("# exactly 0 by hand: 0.3 + 0.2 - 0.5 leaves a trace, and on which side of the kink matters")
            draft.define(f"Z{end}", snap.format(f"Z{end}"))
        value = f"Z{end}" if layer.activation.name == "linear" else call(layer.activation, f"Z{end}")
        is_last = place == len(draft.network.layers) - 1
        draft.define(draft.out(place), value, f"{layer.name}.{'yhat' if is_last else 'H'}")


def _noisy_layers(network: Network) -> set[str]:
    """Return the names of layers whose activation has a kink that some weighted sum hits exactly."""
    kinked = {layer.name for layer in network.layers if ACTIVATIONS[layer.activation.name].kinks}
    if not kinked:
        return set()
    graph = build_graph(network)
    return {name for name in kinked if any(graph.values[cell] == 0.0 for cell in graph.quantity(f"{name}.Z").cells)}


def finished(
    draft: Draft, log: str, backward: Callable[[Draft], None], update: Callable[[Draft, Optimizer], None]
) -> Program:
    """Write the loss and a training step, as far as the network has them, and lines that print every quantity."""
    network = draft.network
    if network.has_target:
        draft.add("", "# the loss")
        draft.define("E", _loss(network, log), "E")
        if network.has_gradients:
            backward(draft)
            if network.optimizer is not None:
                update(draft, network.optimizer)
    draft.add("", *(f'print("{variable} =", {variable})' for variable in draft.variables))
    return Program("\n".join(draft.lines).rstrip() + "\n", draft.variables)


def _loss(network: Network, log: str) -> str:
    """Return the code of the loss over all samples, a sum or a mean."""
    described = LOSSES[network.loss]
    total = described.program.format(log=log)
    if described.averages_outputs and network.n_outputs > 1:
        total += f" / {network.n_outputs}"
    return total + over_samples(network)


def over_samples(network: Network) -> str:
    """Return the code that divides a sum over the samples if the loss is their mean, else an empty text."""
    return f" / {network.divisor()}" if network.divisor() > 1 else ""
