"""Mistakes with the slopes of activation functions."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.formulas import ACTIVATION_NAMES, text
from tutor.formulas.notation import Notation
from tutor.formulas.tree import Add, Call, Div, Name, Neg, Tree, mul, sub
from tutor.functions import ACTIVATIONS
from tutor.mistakes.activations import called, parameter_of
from tutor.mistakes.entry import MISTAKES, Form, InProgram, TypicalMistake
from tutor.mistakes.formulas import ONE, Surroundings, negated
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Graph, Kind, Node


def _is_slope(tree: Tree) -> bool:
    return isinstance(tree, Call) and tree.function.endswith("'") and tree.function[:-1] in ACTIVATION_NAMES


def _slope_call(around: Surroundings, node: Node, argument: Tree) -> Tree | None:
    """Return the f′ of an output's activation at ``argument``, or None if it is not a factor of its own."""
    active = around.nodes[node.role["output"]]
    name = active.role.get("activation", "")
    if name in ("", "softmax", "step", "linear"):
        return None
    return Call(f"{name}'", (argument, *parameter_of(active)))


def _chain(around: Surroundings, node: Node) -> Tree | None:
    """Return the factor of an output's slope: ∂E/∂ŷ or its negative; None if the slope cancels."""
    if node.role.get("rule") != "chain" or "slope" not in node.role:
        return None
    by_active = f"dE/d{node.role['output']}"
    chain = Name(by_active if by_active in around.nodes else node.role["error"])
    return negated(chain) if around.is_minus(node) else chain


def _output_without_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    factor = _chain(around, node)
    if factor is not None:
        yield Form(factor, node.role["slope"])
    elif around.nodes[node.role["output"]].role.get("activation") == "softmax":
        yield Form(Neg(Div(Name(node.role["target"]), Name(node.role["output"]))), node.role["output"], "softmax")


def _hidden_without_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    yield Form(Name(node.role["back"]), node.role["slope"])


def _activation_for_its_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    if node.role["slope_of"] != "linear":
        yield Form(Name(node.role["active"]), node.role["active"])


def _gradient_without_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    signal = node.role["delta"]
    after = around.nodes[signal]
    entering = Name(node.role["input"]) if "input" in node.role else ONE
    if after.role.get("rule") == "chain" and "error" in after.role:
        yield Form(mul(Name(after.role["error"]), entering), signal)
    if "back" in after.role:
        back = mul(Name(after.role["back"]), entering)
        yield Form(Neg(back) if isinstance(node.formula, Neg) else back, signal)


def _derivative_left_out(w: Words) -> str:
    if w.how == "softmax":
        return f"This is the slope of the loss with respect to {w.about}; the slope of softmax is missing."
    slope = w.role("slope", w.about)
    if w.node.kind is Kind.GRADIENT:
        return f"This leaves out the slope of the activation in {w.role('delta', w.about)}."
    return f"This leaves out the slope {slope}."


MISTAKES.add(
    TypicalMistake(
        "derivative-left-out",
        30,
        _derivative_left_out,
        "One factor is missing: the slope of the activation function at this unit.",
        {
            Place.OUTPUT_DELTA: _output_without_slope,
            Place.HIDDEN_DELTA: _hidden_without_slope,
            Place.GRADIENT: _gradient_without_slope,
        },
        systematic="This is the result without the slopes of the activations.",
        in_program=InProgram(
            "is what comes out when the activation's slope is left out of the δs",
            (Place.OUTPUT_DELTA, Place.HIDDEN_DELTA),
        ),
    )
)


def _cancelled_slope_added(around: Surroundings, node: Node) -> Iterator[Form]:
    slope = node.role.get("slope")
    if _chain(around, node) is None and (slope or node.role.get("rule") != "chain"):
        output = Name(node.role["output"])
        own: Tree = Name(slope) if slope else mul(output, sub(ONE, output))
        yield Form(mul(node.tree, own), output.name)


def _difference_with_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a worksheet's p − y times p(1 − p), if p comes from a sigmoid or a softmax."""
    match node.formula:
        case Add((Name(p), Neg(Name()))) if _is_probability(around.nodes[p].formula):
            yield Form(mul(node.formula, Name(p), sub(ONE, Name(p))), p)


def _is_probability(formula: Tree | None) -> bool:
    match called(formula) or formula if formula is not None else None:
        case Call("sigmoid", _):
            return True
        case Div(Call("exp", _) as share, Add(shares)):
            return share in shares
    return False


def _derivative_added(w: Words) -> str:
    if w.node.kind is Kind.CELL:
        return f"This multiplies by the slope {w.about}(1 − {w.about}); {w.q} has no such factor."
    if getattr(w.graph.model, "error_signal", "") == "difference":
        return f"This multiplies by the slope of the activation; this lesson takes {w.q} without it."
    return f"This multiplies by the slope of the activation; it cancels, so {w.q} has no such factor."


MISTAKES.add(
    TypicalMistake(
        "derivative-added",
        140,
        _derivative_added,
        lambda graph, node: (
            "The lesson's rule has no slope here. Leave that factor out."
            if getattr(graph.model, "error_signal", "") == "difference" or node.kind is Kind.CELL
            else "The slope of the activation cancels against the slope of this loss. Leave that factor out."
        ),
        {Place.OUTPUT_DELTA: _cancelled_slope_added, Place.CELL: _difference_with_slope},
        systematic="This is the result with a slope that cancels left in.",
    )
)


def _output_slope_at_activation(around: Surroundings, node: Node) -> Iterator[Form]:
    factor = _chain(around, node)
    slope = _slope_call(around, node, Name(node.role["output"]))
    if factor is not None and slope is not None:
        yield Form(mul(factor, slope), node.role["slope"])


def _hidden_slope_at_activation(around: Surroundings, node: Node) -> Iterator[Form]:
    slope = _slope_call(around, node, Name(node.role["output"]))
    if slope is not None:
        yield Form(mul(Name(node.role["back"]), slope), node.role["slope"])


def _slope_at_activation(around: Surroundings, node: Node) -> Iterator[Form]:
    name, active = node.role["slope_of"], node.role["active"]
    if name != "linear":
        yield Form(Call(f"{name}'", (Name(active), *parameter_of(around.nodes[active]))), node.role["pre"])


def _any_slope_at_value(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Call) and _is_slope(tree):
        at = Call(tree.function[:-1], tree.arguments)
        yield Form(Call(tree.function, (at, *tree.arguments[1:])), text(tree, notation))


def _derivative_at_activation(w: Words) -> str:
    if w.node.kind is Kind.CELL:
        return f"This takes the slope at the function's value; in {w.about} take it at what goes in."
    where = w.role("output") or w.role("active") or "the activation"
    return f"This takes the slope at {where}; take it at {w.role('pre', 'Z')}."


def _slope_advice(graph: Graph, node: Node) -> str:
    active = graph.nodes.get(node.role.get("output") or node.role.get("active", ""))
    entry = ACTIVATIONS.get(active.role.get("activation", "")) if active is not None else None
    form = entry.slope_of_h_words if entry is not None else ""
    said = "The slope is taken at the weighted sum Z."
    return f"{said} Written with the activation it has another form: {form}." if form else said


MISTAKES.add(
    TypicalMistake(
        "derivative-at-activation",
        180,
        _derivative_at_activation,
        _slope_advice,
        {
            Place.OUTPUT_DELTA: _output_slope_at_activation,
            Place.HIDDEN_DELTA: _hidden_slope_at_activation,
            Place.SLOPE: _slope_at_activation,
        },
        changes=_any_slope_at_value,
        in_formula="This takes the slope {} at the function's value; take it at what goes into the function.",
        systematic="This is the result with every slope taken at the activation; take it at the weighted sum.",
    )
)


def _other_branch(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield ReLU's slope for a sum with the other sign: 0 in place of 1, or 1 in place of 0."""
    if node.role["slope_of"] == "relu":
        yield Form(sub(ONE, Call("relu'", (Name(node.role["pre"]),))), node.role["pre"])


MISTAKES.add(
    TypicalMistake(
        "other-branch",
        245,
        lambda w: f"This is the slope for the other sign of {w.about}; look at its sign again.",
        "The slope of ReLU is 1 where the weighted sum is positive, and 0 elsewhere.",
        {Place.SLOPE: _other_branch},
    )
)


def _output_for_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    factor = _chain(around, node)
    if factor is not None:
        yield Form(mul(factor, Name(node.role["output"])), node.role["slope"])


def _hidden_for_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    output = node.role["output"]
    if around.has_activation(output):
        yield Form(mul(Name(node.role["back"]), Name(output)), node.role["slope"])


def _activation_for_derivative(w: Words) -> str:
    if w.node.kind is Kind.CELL:
        return f"{w.about} is a slope; this is the function's value."
    if w.node.kind is Kind.FACTOR:
        return f"This is {w.about}, the activation itself; {w.q} is its slope."
    return f"This multiplies by {w.role('output', 'the activation')}; use its slope {w.about}."


def _any_value_for_slope(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Call) and _is_slope(tree):
        yield Form(Call(tree.function[:-1], tree.arguments), text(tree, notation))


MISTAKES.add(
    TypicalMistake(
        "activation-for-derivative",
        360,
        _activation_for_derivative,
        "On the way back the activation's slope counts, not its value.",
        {
            Place.OUTPUT_DELTA: _output_for_slope,
            Place.HIDDEN_DELTA: _hidden_for_slope,
            Place.SLOPE: _activation_for_its_slope,
        },
        changes=_any_value_for_slope,
        in_formula="{} is a slope; this takes the function's value.",
        in_program=InProgram(
            "is what comes out with H itself in place of the activation's slope", (Place.HIDDEN_DELTA,)
        ),
    )
)


def _sigmoids(name: str) -> Tree:
    return mul(Name(name), sub(ONE, Name(name)))


def _output_with_sigmoids_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    factor = _chain(around, node)
    output = around.nodes.get(node.role.get("output", ""))
    if factor is not None and output is not None and output.role.get("activation") != "sigmoid":
        yield Form(mul(factor, _sigmoids(output.name)), output.name)


def _hidden_with_sigmoids_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    output = around.nodes[node.role["output"]]
    if around.has_activation(output.name) and output.role.get("activation") != "sigmoid":
        yield Form(mul(Name(node.role["back"]), _sigmoids(output.name)), output.name)


def _sigmoids_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield H(1 − H) at a unit with another activation."""
    if node.role["slope_of"] not in ("sigmoid", "linear", "step"):
        yield Form(_sigmoids(node.role["active"]), node.role["active"])


MISTAKES.add(
    TypicalMistake(
        "sigmoid-slope",
        365,
        lambda w: f"This takes the sigmoid's slope, {w.about}(1 − {w.about}); the unit has another activation.",
        "Which activation does the unit have? Take that function's slope.",
        {
            Place.OUTPUT_DELTA: _output_with_sigmoids_slope,
            Place.HIDDEN_DELTA: _hidden_with_sigmoids_slope,
            Place.SLOPE: _sigmoids_slope,
        },
        in_program=InProgram("is what comes out with the sigmoid's slope in place of the activation's"),
    )
)


def _slope_for_value(around: Surroundings, node: Node) -> Iterator[Form]:
    name, pre = node.role.get("activation", ""), node.role["pre"]
    if name not in ("linear", "step"):
        yield Form(Call(f"{name}'", (Name(pre), *parameter_of(node))), pre)


def _slope_alone(around: Surroundings, node: Node) -> Iterator[Form]:
    if _chain(around, node) is not None:
        yield Form(Name(node.role["slope"]), node.role["slope"])


def _any_slope_for_value(tree: Tree, notation: Notation) -> Iterator[Form]:
    call = called(tree)
    if call is not None and call.function != "step":  # its slope is 0
        yield Form(Call(call.function + "'", call.arguments), text(tree, notation))


MISTAKES.add(
    TypicalMistake(
        "derivative-instead",
        240,
        lambda w: (
            f"This is the slope {w.about} alone; it multiplies the error."
            if w.node.kind is Kind.DELTA
            else f"This is the slope of the activation; {w.q} is its value."
        ),
        lambda graph, node: (
            "The slope is one factor. The other is how the loss changes with the output."
            if node.kind is Kind.DELTA
            else "The forward pass takes the function's value. Its slope comes in on the way back."
        ),
        {Place.ACTIVATION: _slope_for_value, Place.OUTPUT_DELTA: _slope_alone},
        changes=_any_slope_for_value,
        in_formula="This takes the slope; {} is the function's value.",
    )
)
