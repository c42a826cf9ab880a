"""Skills: the operation behind every quantity, read from the graph, so that authors need not name them.

A skill has an id such as ``weighted-sum`` or ``activation-sigmoid``. Its prerequisites are the skills of the nodes
from which its first node in the graph is computed.
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.formulas import ACTIVATION_NAMES
from tutor.formulas.tree import Array, Call, Derivative, Div, MatMul, Tree, walk
from tutor.functions import ACTIVATIONS, LOSSES, OPTIMIZERS
from tutor.network import SUB_STEPS, Graph, Kind, Network, Node, Quantity

MATRIX_FORM = "matrix-form"
FORMULA = "formula"
LAB = "program"

_TITLES = {
    "weighted-sum": "weighted sum",
    "slope": "slope of an activation",
    "output-error": "output error ŷ − y",
    "error-signal-output": "error signal of an output",
    "error-signal-hidden": "error signal of a hidden unit",
    "gradient-weight": "gradient of a weight",
    "gradient-bias": "gradient of a bias",
    "chain-factor": "factor of the chain rule",
    MATRIX_FORM: "matrix form",
    FORMULA: "formula in symbols",
    LAB: "program",
    "step-arranging": "flattening and reshaping",
    "step-collection": "several numbers in one array",
    "step-convolution": "convolution",
    "step-derivative": "derivative",
    "step-dot-product": "dot product",
    "step-elementwise": "putting numbers into a formula",
    "step-matrix-product": "matrix product",
    "step-maximum": "largest or smallest number",
    "step-mean": "mean",
    "step-normalisation": "length of a vector",
    "step-pooling": "pooling",
    "step-quotient": "formula with a fraction",
    "step-softmax": "softmax of scores",
    "step-sum": "sum of many numbers",
}
#: The titles of the names in the lesson format.
_WORDS = {name: entry.symbol for name, entry in ACTIVATIONS.items() if entry.symbol.isascii()} | {
    name: entry.title for entries in (LOSSES, OPTIMIZERS) for name, entry in entries.items()
}
#: The titles of skills named after a registry entry, by the first word of their ids.
_GROUPS = {"activation": "{} activation", "loss": "{} loss", "update": "update by {}"}

#: The skill of a worksheet's step, by the first of these functions in its formula.
_STEP_FUNCTIONS = {
    "conv": "convolution",
    "maxpool": "pooling",
    "avgpool": "pooling",
    "softmax": "softmax",
    "norm": "normalisation",
    "dot": "dot-product",
    "mean": "mean",
    "sum": "sum",
    "max": "maximum",
    "min": "maximum",
    "argmax": "maximum",
}
#: Functions that move numbers without changing them.
_ARRANGING = frozenset({"flatten", "reshape", "concat", "pad"})
_LOSS_KINDS = frozenset({Kind.LOSS, Kind.LOSS_SHARE})
_UPDATE_KINDS = frozenset({Kind.UPDATED, Kind.MEMORY, Kind.STEP})
_SOFTMAX_KINDS = frozenset({Kind.EXP, Kind.EXP_SUM})


def title(skill: str) -> str:
    """Return a skill's title on screen: ``activation-leaky-relu`` is "leaky ReLU activation"."""
    if skill in _TITLES:
        return _TITLES[skill]
    group, _, rest = skill.partition("-")
    words = " ".join(_WORDS.get(word, word) for word in rest.split("-"))
    return _GROUPS[group].format(words) if group in _GROUPS and rest else skill.replace("-", " ")


def capital(text: str) -> str:
    """Capitalise the first letter only, so that ReLU stays ReLU."""
    return text[:1].upper() + text[1:]


def skill_of(graph: Graph, name: str) -> str | None:
    """Return the skill of one node or array, or None if it is given."""
    quantity = graph.as_quantity(name)
    node = graph.nodes[quantity.cells[0]]
    if node.kind is Kind.GIVEN:
        return None
    if isinstance(graph.model, Network):
        return _network_skill(graph.model, node)
    return _step_skill(graph, node)


def skills_of(graph: Graph, quantity: Quantity) -> tuple[str, ...]:
    """Return the skills that an answer to this quantity exercises: its operation and, for a grid, the matrix form."""
    operation = skill_of(graph, quantity.name)
    if operation is None:
        return ()
    return (operation, MATRIX_FORM) if len(quantity.shape) == 2 else (operation,)


def prerequisites(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """Return every skill of a graph, in the graph's order, with the skills from which its first node is computed."""
    found: dict[str, tuple[str, ...]] = {}
    for name in graph.nodes:
        skill = skill_of(graph, name)
        if skill is not None and skill not in found:
            before = dict.fromkeys(_above(graph, name))
            found[skill] = tuple(each for each in before if each != skill and each in found)
    return found


def _above(graph: Graph, name: str) -> list[str]:
    """Return the skills of a node's parents; for a parent that is a sub-step, also those of its parents."""
    found: list[str] = []
    for parent in graph.parents(name):
        skill = skill_of(graph, parent)
        if skill is None:
            continue
        found.append(skill)
        if graph.nodes[parent].kind in SUB_STEPS:
            found.extend(_above(graph, parent))
    return found


def _network_skill(network: Network, node: Node) -> str:
    kind = node.kind
    if kind is Kind.PRE_ACTIVATION:
        return "weighted-sum"
    if kind in (Kind.ACTIVATION, Kind.OUTPUT) or kind in _SOFTMAX_KINDS:
        return f"activation-{_dashed(_activation(network, node))}"
    if kind in _LOSS_KINDS:
        return f"loss-{_dashed(network.loss)}"
    if kind is Kind.ERROR:
        return "output-error"
    if kind in (Kind.DELTA, Kind.BACK):
        return "error-signal-output" if node.layer == len(network.layers) else "error-signal-hidden"
    if kind is Kind.GRADIENT:
        return "gradient-bias" if _is_bias(network, node) else "gradient-weight"
    if kind in _UPDATE_KINDS and network.optimizer is not None:
        momentum = network.optimizer.name == "sgd" and bool(network.optimizer.parameters.get("momentum"))
        return "update-momentum" if momentum else f"update-{_dashed(network.optimizer.name)}"
    return "slope" if node.name.startswith(("dH", "dyhat")) else "chain-factor"


def _activation(network: Network, node: Node) -> str:
    return network.layers[(node.layer or len(network.layers)) - 1].activation.name


def _is_bias(network: Network, node: Node) -> bool:
    layer = network.layers[(node.layer or 1) - 1]
    return node.role.get("parameter") in (layer.bias_names or ())


def _step_skill(graph: Graph, node: Node) -> str:
    """Return the skill of a worksheet's step, by the operation in its formula."""
    whole = node.role.get("of", node.name)
    formula: Tree | None = graph.array_formulas.get(whole, node.formula)
    if formula is None:
        return "step-elementwise"
    parts = list(walk(formula))
    if any(isinstance(part, Derivative) for part in parts):
        return "step-derivative"
    for part in parts:
        if isinstance(part, Call) and part.function in _STEP_FUNCTIONS:
            return f"step-{_STEP_FUNCTIONS[part.function]}"
    if any(isinstance(part, MatMul) for part in parts):
        return "step-matrix-product"
    calls = [part.function for part in parts if isinstance(part, Call)]
    if calls and calls[0] in _ARRANGING:
        return "step-arranging"
    if len(calls) == 1 and isinstance(formula, Call) and calls[0] in ACTIVATION_NAMES:
        return f"activation-{_dashed(calls[0])}"
    if isinstance(formula, Array):
        return "step-collection"
    return "step-quotient" if isinstance(formula, Div) else "step-elementwise"


def _dashed(name: str) -> str:
    return name.replace("_", "-")
