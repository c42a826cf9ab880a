"""Names of inputs, targets, weights and biases: each once, and none that a quantity has."""

from __future__ import annotations

import re

from tutor.errors import NetworkError, Place
from tutor.formulas.notation import Notation, fold
from tutor.network.forward import optimizer_constants
from tutor.network.model import Network
from tutor.network.naming import Names

IDENTIFIER = re.compile(r"^[^\W\d]\w*$")
_TAKEN = re.compile(
    r"^(Z\d+|H\d+|E\d*|error\d*|yhat\d*|delta\d*|expZ\d+|alpha|lr|beta1|beta2|eps|rho|momentum|dampening|weight_decay"
    r"|lr_decay|forward|backward|update|all|e|pi|.*_(new|v|m|mhat|vhat|vmax|buf|gavg|step|back))$"
)
#: Words of formulas, which would not be read as names.
_WORDS = frozenset({"and", "or", "not", "rows", "columns"})
_DEFAULT_WEIGHT = re.compile(r"^w\d+_\d+_\d+$")


def check_names(network: Network) -> None:
    """Every name once in all its spellings, and none that a quantity has."""
    seen: dict[str, str] = {}
    places: list[tuple[str, Place, str]] = [(name, ("inputs",), "an input") for name in network.input_names]
    places += [(name, ("target",), "a target") for name in network.target_names]
    for index, layer in enumerate(network.layers):
        places += [(name, ("layers", index, "weights"), "a weight") for row in layer.weight_names for name in row]
        places += [(name, ("layers", index, "bias"), "a bias") for name in layer.biases]
    for name, place, what in places:
        if not IDENTIFIER.match(name):
            raise NetworkError(f"{name!r} cannot be the name of {what}.", place, hint="Use letters, digits and _.")
        if name in _WORDS:
            raise NetworkError(f"{name!r} cannot be the name of {what}: it is a word of formulas.", place)
        if _TAKEN.match(name) or _TAKEN.match(fold(name)):
            hint = "Choose another name, such as w11 or theta1."
            raise NetworkError(f"{name!r} cannot be the name of {what}: a quantity bears it.", place, hint=hint)
        key = name if _DEFAULT_WEIGHT.match(name) else fold(name)
        if key in seen:
            message = f"The name {name!r} is given twice, to {seen[key]} and to {what}."
            raise NetworkError(message, place, hint="Every name must be used once; w_11 and w11 are one.")
        seen[key] = what
    layer_names = [layer.name for layer in network.layers]
    for index, name in enumerate(layer_names):
        if name in layer_names[:index]:
            raise NetworkError(f"Two layers are called {name!r}.", ("layers", index))
    if network.symbols:
        _check_symbols(network)


def _check_symbols(network: Network) -> None:
    """With the class's own symbols, two things may not look alike: net1 and the sum of unit 1, or theta1 and b1."""
    notation = Notation(dict(network.symbols), follows_loss=network.follows_loss)
    seen: dict[str, tuple[str, str]] = {}
    for kind, names in _kinds(network).items():
        for name in names:
            shown = notation.text(name)
            other, name_of_other = seen.setdefault(shown, (kind, name))
            if name_of_other != name:
                message = f"{name_of_other} ({other}) and {name} ({kind}) would both be shown as {shown}."
                raise NetworkError(message, ("notation",), hint="Give one of them another symbol.")


def _kinds(network: Network) -> dict[str, list[str]]:
    """Return the names of everything that has a symbol, by what it is."""
    outputs = range(1, network.n_outputs + 1)
    units = range(1, sum(layer.n_units for layer in network.layers) + 1)
    single = network.n_outputs == 1
    return {
        "an input": list(network.input_names),
        "a target": list(network.target_names),
        "a weight": [name for layer in network.layers for row in layer.weight_names for name in row],
        "a bias": [name for layer in network.layers for name in layer.biases],
        "a sum": [f"Z{unit}" for unit in units],
        "an activation": [f"H{unit}" for unit in units[: -network.n_outputs]],
        "an output": ["yhat"] if single else [f"yhat{output}" for output in outputs],
        "the loss": ["E"] if single else ["E", *(f"E{output}" for output in outputs)],
        "an error signal": [*(f"delta{unit}" for unit in units), *(["delta"] if single else [])],
        "the rate": ["alpha"],
        "a number of the optimizer": [name for name in optimizer_constants(Names(network)) if name != "alpha"],
    }
