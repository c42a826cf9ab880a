"""Names of inputs, targets, weights and biases: each once, and none that a quantity has."""

from __future__ import annotations

import re

from tutor.errors import NetworkError, Place
from tutor.network.model import Network

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
    from tutor.formulas.notation import fold

    seen: dict[str, str] = {}
    places: list[tuple[str, Place, str]] = [(name, ("inputs",), "an input") for name in network.input_names]
    places += [(name, ("target",), "a target") for name in network.target_names]
    for index, layer in enumerate(network.layers):
        places += [(name, ("layers", index, "weights"), "a weight") for row in layer.weight_names for name in row]
        places += [(name, ("layers", index, "bias"), "a bias") for name in layer.bias_names or ()]
    for name, place, what in places:
        if not IDENTIFIER.match(name):
            raise NetworkError(f"{name!r} cannot be the name of {what}.", place, hint="Use letters, digits and _.")
        if name in _WORDS:
            raise NetworkError(f"{name!r} cannot be the name of {what}: it is a word of formulas.", place)
        if _TAKEN.match(name) or _TAKEN.match(fold(name)) or _is_shown(network, fold(name)):
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


def _is_shown(network: Network, name: str) -> bool:
    """Whether a quantity is shown under this name in the class's own symbols: ``net1`` where a sum is ``net``."""
    stem = name.rstrip("0123456789")
    return stem in (network.symbols.get(key) for key in ("sum", "activation", "output", "error_signal", "loss"))
