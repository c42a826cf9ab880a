"""What wrong arrays come from: the quantity as each typical slip would give it, worked out on the graph.

A slip is made everywhere it can be made (all slopes left out, all biases forgotten) and carried on through what
follows, because that is what one wrong line of a program does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.network import Graph, Kind, Node, Quantity

Values = dict[str, float]
_Change = Callable[[Node, Values], float | None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wrong array (``cells`` row by row, in ``shape``) and what it comes from, as the end of "…, which is what …"."""

    says: str
    shape: tuple[int, ...]
    cells: tuple[float, ...]


def candidates(graph: Graph, quantity: Quantity) -> Iterator[Candidate]:
    """What ``quantity`` would be after each slip, the likelier first; those that change nothing are left out."""
    true = tuple(graph.values[cell] for cell in quantity.cells)
    for says, change in _SLIPS.get(quantity.kind, ()):
        values = worked_out(graph, change)
        cells = tuple(values[cell] for cell in quantity.cells)
        if cells != true:
            yield Candidate(says, quantity.shape, cells)
    if quantity.kind in (Kind.DELTA, Kind.GRADIENT, Kind.UPDATED):
        values = _with_updated_weights(graph)
        cells = tuple(values[cell] for cell in quantity.cells)
        if cells != true:
            yield Candidate(
                "is what comes out when the output's weights are updated before the hidden δ uses them", (), cells
            )
    if len(quantity.shape) == 2 and quantity.shape[0] == quantity.shape[1]:
        rows, columns = quantity.shape
        turned = tuple(true[row * columns + column] for column in range(columns) for row in range(rows))
        if turned != true:
            yield Candidate("is its transpose, rows and columns exchanged", quantity.shape, turned)
    yield from _others(graph, quantity, true)


def _others(graph: Graph, quantity: Quantity, true: Sequence[float]) -> Iterator[Candidate]:
    """Another quantity in this one's place."""
    size = len(quantity.cells)
    named = [*graph.arrays.values(), *(graph.as_quantity(name) for name in graph.nodes if size == 1)]
    for other in named:
        if len(other.cells) != size or other.kind in (Kind.STEP, Kind.BACK) or set(other.cells) == set(quantity.cells):
            continue
        cells = tuple(graph.values[cell] for cell in other.cells)
        if any(cells) and cells != tuple(true):
            yield Candidate(f"has the values of {graph.notation.text(other.name)}", other.shape, cells)


def worked_out(graph: Graph, change: _Change, *, given: Mapping[str, float] | None = None) -> Values:
    """All values, with ``change`` deciding some nodes' (None: as it should be); ``given`` replaces what is given."""
    names, own = list(graph.nodes), given or {}
    line = [own.get(name, node.value if node.value is not None else 0.0) for name, node in graph.nodes.items()]
    values = dict(zip(names, line, strict=True))
    for slot, formula in graph.program:
        name = names[slot]
        changed = change(graph.nodes[name], values)
        line[slot] = values[name] = changed if changed is not None else formula(line)
    return values


def _with_updated_weights(graph: Graph) -> Values:
    """All values when the backward pass meets weights that are already new."""
    names = list(graph.nodes)
    new = {node.role["old"]: graph.values[name] for name, node in graph.nodes.items() if "old" in node.role}
    line = [node.value if node.value is not None else 0.0 for node in graph.nodes.values()]
    for slot, formula in graph.program:
        name = names[slot]
        if "/dH" in name:  # ∂E/∂H and ∂Z/∂H are where the backward pass meets weights
            old, line[:] = line[:], [new.get(names[place], value) for place, value in enumerate(line)]
            found = formula(line)
            line[:] = old
            line[slot] = found
        else:
            line[slot] = formula(line)
    return dict(zip(names, line, strict=True))


def _is_parameter_step(node: Node) -> bool:
    return node.kind is Kind.UPDATED and {"old", "step", "gradient"} <= set(node.role)


def _ascent(node: Node, values: Values) -> float | None:
    return values[node.role["old"]] + values[node.role["step"]] if _is_parameter_step(node) else None


def _no_rate(node: Node, values: Values) -> float | None:
    return values[node.role["old"]] - values[node.role["gradient"]] if _is_parameter_step(node) else None


def _old(node: Node, values: Values) -> float | None:
    return values[node.role["old"]] if _is_parameter_step(node) else None


def _step_only(node: Node, values: Values) -> float | None:
    return values[node.role["step"]] if _is_parameter_step(node) else None


def _no_bias(node: Node, values: Values) -> float | None:
    if node.kind is not Kind.PRE_ACTIVATION or "bias" not in node.role or node.formula is None:
        return None
    from tutor.formulas import evaluate

    return evaluate(node.formula, {**values, node.role["bias"]: 0.0})


def _no_activation(node: Node, values: Values) -> float | None:
    return values[node.role["pre"]] if node.kind in (Kind.ACTIVATION, Kind.OUTPUT) and "pre" in node.role else None


def _linear(node: Node, values: Values) -> float | None:
    """The activation left out, and with it its slope, as automatic differentiation leaves it out."""
    return _slope_left_out(node, values) if node.kind is Kind.DELTA else _no_activation(node, values)


def _activation_for_slope(node: Node, values: Values) -> float | None:
    if node.kind is not Kind.DELTA or not {"back", "output"} <= set(node.role):
        return None
    return values[node.role["back"]] * values[node.role["output"]]


def _sigmoid(node: Node, values: Values) -> float | None:
    from math import exp

    if node.kind not in (Kind.ACTIVATION, Kind.OUTPUT) or node.role.get("activation") == "sigmoid":
        return None
    return 1 / (1 + exp(-max(-700.0, min(700.0, values[node.role["pre"]])))) if "pre" in node.role else None


def _slope_left_out(node: Node, values: Values) -> float | None:
    if node.kind is not Kind.DELTA:
        return None
    if "back" in node.role:
        return values[node.role["back"]]
    return values.get(node.role.get("error", "")) if node.role.get("rule") == "chain" else None


def _reversed(node: Node, values: Values) -> float | None:
    if node.kind is Kind.FACTOR and node.name.startswith("dE/dyhat") and node.formula is not None:
        from tutor.formulas import evaluate

        return -evaluate(node.formula, values)
    return None


def _input_left_out(node: Node, values: Values) -> float | None:
    return values[node.role["delta"]] if node.kind is Kind.GRADIENT and "input" in node.role else None


def _doubled(node: Node, values: Values) -> float | None:
    if node.kind is Kind.LOSS or (node.kind is Kind.FACTOR and node.name.startswith("dE/dyhat")):
        from tutor.formulas import evaluate

        return None if node.formula is None else 2 * evaluate(node.formula, values)
    return None


_FORWARD: list[tuple[str, _Change]] = [
    ("is what comes out when the biases are left out", _no_bias),
    ("is what comes out when the activation function is left out", _no_activation),
    ("is what comes out with sigmoid in the activation's place", _sigmoid),
]
_BACKWARD: list[tuple[str, _Change]] = [
    ("is what comes out when the activation's slope is left out of the δs", _slope_left_out),
    ("is what comes out with H itself in the place of the activation's slope", _activation_for_slope),
    ("is what comes out when the activation function is left out", _linear),
    ("is what comes out when the difference is taken the wrong way round, target minus prediction", _reversed),
    ("is what comes out with twice the loss: a ½ is missing, or there is a 2 too many", _doubled),
]
_UPDATE: list[tuple[str, _Change]] = [
    ("is what comes out when the gradient is added: it has to be subtracted", _ascent),
    ("is what it was before the step: nothing was subtracted", _old),
    ("is what comes out when the learning rate is left out", _no_rate),
    ("is the step alone, lr times the gradient: subtract it from the old value", _step_only),
]
_SLIPS: dict[Kind, list[tuple[str, _Change]]] = {
    Kind.PRE_ACTIVATION: _FORWARD,
    Kind.ACTIVATION: _FORWARD,
    Kind.OUTPUT: _FORWARD,
    Kind.ERROR: _FORWARD,
    Kind.LOSS: [*_BACKWARD[-1:], *_FORWARD],
    Kind.DELTA: [*_BACKWARD, *_FORWARD],
    Kind.GRADIENT: [
        ("is δ alone: each gradient is δ times the input of its weight", _input_left_out),
        *_BACKWARD,
        *_FORWARD,
    ],
    Kind.UPDATED: [
        *_UPDATE,
        ("is what comes out when δ alone is subtracted, without the input of each weight", _input_left_out),
        *_BACKWARD,
        *_FORWARD,
    ],
}
