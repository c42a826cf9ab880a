"""Mistakes with activation functions, softmax and their slopes."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tutor.formulas import ACTIVATION_NAMES, FUNCTIONS, map_tree, text
from tutor.formulas.notation import Notation
from tutor.formulas.tree import Add, Call, Div, Name, Neg, Num, Pow, Tree, add, mul, walk
from tutor.functions import ACTIVATIONS
from tutor.mistakes.arrays import softmax_alone
from tutor.mistakes.entry import MISTAKES, TWICE_WRONG, Changes, Form, Formulas, InProgram, TypicalMistake, everywhere
from tutor.mistakes.formulas import ONE, Surroundings, changed_everywhere, negated
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Graph, Kind, Node

#: Functions that people may take in place of the activation.
_COMMON = ("sigmoid", "tanh", "relu")


def parameter_of(node: Node) -> tuple[Tree, ...]:
    """Return a function's parameters after its argument, such as the slope of a leaky ReLU."""
    return node.formula.arguments[1:] if isinstance(node.formula, Call) else ()


def is_activation(tree: Tree) -> bool:
    """Return whether a tree applies an activation function."""
    return isinstance(tree, Call) and tree.function in ACTIVATION_NAMES and tree.function != "linear"


def called(tree: Tree) -> Call | None:
    """Return an activation itself, and sigmoid(z) for 1/(1 + e^−z) or e^z/(1 + e^z); None for another formula."""
    match tree:
        case Call() if is_activation(tree):
            return tree
        case Div(Num(1.0), Add((Num(1.0), Call("exp", (power,))) | (Call("exp", (power,)), Num(1.0)))):
            return Call("sigmoid", (negated(power),))
        case Div(Call("exp", (of,)) as above, Add((Num(1.0), below) | (below, Num(1.0)))) if above == below:
            return Call("sigmoid", (of,))
    return None


def _in_full(tree: Tree) -> Tree:
    """Return 1/(1 + e^−z) for sigmoid(z), any other formula unchanged."""
    match tree:
        case Call("sigmoid", (of,)):
            return Div(ONE, add(ONE, Call("exp", (negated(of),))))
    return tree


def _at_unit(changes: Changes) -> Formulas:
    """Return the changes of a formula as forms of an activation's step."""
    return lambda around, node: changes(node.tree, around.graph.notation)


# -- the function ---------------------------------------------------------------------------------------------------


def _sum_itself(around: Surroundings, node: Node) -> Iterator[Form]:
    if node.role.get("activation") != "linear":
        yield Form(Name(node.role["pre"]), node.role["pre"])


def _argument_itself(tree: Tree, notation: Notation) -> Iterator[Form]:
    match called(tree) or tree:
        case Call(function, (of, *_)) if function in ACTIVATION_NAMES:
            yield Form(of, text(tree, notation))
        case Call("max", (Num(0.0), of) | (of, Num(0.0))):
            yield Form(of, text(tree, notation))


def _activation_left_out(w: Words) -> str:
    if w.node.kind is Kind.CELL and (not w.about or not w.is_a_place):
        return "These are scores; softmax is still to come."
    if w.node.kind in (Kind.CELL, Kind.FACTOR):
        return f"This leaves out the function in {w.quoted}."
    return f"This is {w.about} itself; {w.function or 'the activation'} is still to come."


MISTAKES.add(
    TypicalMistake(
        "activation-left-out",
        20,
        _activation_left_out,
        lambda graph, node: (
            "One step is left: apply the function."
            if node.kind is Kind.CELL
            else "That is the weighted sum itself. One step is left: the activation function."
        ),
        {Place.ACTIVATION: _sum_itself, Place.SOFTMAX: _sum_itself},
        changes=_argument_itself,
        array_changes=lambda tree: softmax_alone(tree),
        in_formula="This leaves out the function in {}.",
        systematic="This is the result without any activation.",
        in_program=InProgram(
            "is what comes out when the activation function is left out", along_with="derivative-left-out"
        ),
    )
)


def _other_function(around: Surroundings, node: Node) -> Iterator[Form]:
    name = node.role.get("activation")
    for other in _COMMON:
        if other != name and not (name == "linear" and other == "tanh"):  # the tanh of a small sum is nearly the sum
            yield Form(Call(other, (Name(node.role["pre"]),)), other, other)


def _sigmoid_for_softmax(around: Surroundings, node: Node) -> Iterator[Form]:
    yield Form(Call("sigmoid", (Name(node.role["pre"]),)), "sigmoid", "sigmoid")


def _other_slope(around: Surroundings, node: Node) -> Iterator[Form]:
    for other in _COMMON:
        # ReLU's slope is 0 or 1, which many other mistakes give too
        if other != node.role["slope_of"] and (other != "relu" or "relu" in around.activations):
            yield Form(Call(f"{other}'", (Name(node.role["pre"]),)), other, other)


def _any_other_function(tree: Tree, notation: Notation) -> Iterator[Form]:
    # nobody takes a smooth function for a step, which may come from the gradient of a maximum and not be written at all
    call = called(tree)
    if call is not None and call.function != "step":
        for other in _COMMON:
            if other != call.function:
                yield Form(Call(other, call.arguments[:1]), other, other)


def _wrong_activation(w: Words) -> str:
    if "slope_of" in w.node.role:
        return f"This is the slope of {w.about}; the activation here is {w.symbol(w.node.role['slope_of'])}."
    if w.node.kind is Kind.CELL:
        formula = w.node.formula
        right = FUNCTIONS[formula.function].text if isinstance(formula, Call) else f"the function of {w.q}"
        return f"This takes {w.about} in place of {right}."
    return f"This is {w.about} of the sum; the activation here is {w.function or 'another one'}."


MISTAKES.add(
    TypicalMistake(
        "wrong-activation",
        250,
        _wrong_activation,
        "Look up which activation function this layer has, and take that one.",
        {Place.ACTIVATION: _other_function, Place.SOFTMAX: _sigmoid_for_softmax, Place.SLOPE: _other_slope},
        changes=_any_other_function,
        in_formula="This takes another function: {}.",
        systematic="This is the result with another activation.",
        in_program=InProgram("is what comes out with {} in the activation's place", (Place.ACTIVATION,)),
    )
)


# -- its exponential ------------------------------------------------------------------------------------------------


def _power_with_other_sign(part: Tree) -> Tree | None:
    return Call("exp", (negated(part.arguments[0]),)) if isinstance(part, Call) and part.function == "exp" else None


def _every_sign_reversed(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a worksheet's formula with several powers of e, such as a softmax, with the sign of all exponents
    reversed."""
    every = changed_everywhere(node.tree, _power_with_other_sign)
    if every is not None:
        yield Form(every, text(powers_of_e(node.tree)[0], around.graph.notation))


def _sign_reversed(around: Surroundings, node: Node) -> Iterator[Form]:
    name, pre = node.role.get("activation", ""), Name(node.role["pre"])
    if name in ACTIVATIONS and ACTIVATIONS[name].has_exponential:
        yield Form(Call(name, (Neg(pre), *parameter_of(node))), pre.name)


def _sums_of_layer(around: Surroundings, node: Node) -> list[Name]:
    """Return the weighted sums of a softmax's units, its own first."""
    return [Name(each.role["pre"]) for each in (node, *around.siblings(node))]


def _softmax_of_negatives(around: Surroundings, node: Node) -> Iterator[Form]:
    exponentials = [Call("exp", (Neg(each),)) for each in _sums_of_layer(around, node)]
    yield Form(Div(exponentials[0], add(*exponentials)), node.role["pre"])


def _any_sign_reversed(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function in ("exp", "sigmoid"):
        yield Form(Call(tree.function, (negated(tree.arguments[0]),)), text(tree, notation))


def _sign_in_exponent(w: Words) -> str:
    pre = w.role("pre", "Z")
    match w.node.role.get("activation") if w.node.kind in (Kind.ACTIVATION, Kind.OUTPUT) else None:
        case None:
            return f"The exponent has the wrong sign: look at {w.about}."
        case "softmax":
            return f"Reverse the sign in the exponent: softmax takes e^{pre}."
        case "sigmoid":
            return f"Reverse the sign in the exponent: the sigmoid takes e^−{pre}."
        case _:
            return f"This takes {w.function or 'the function'} at −{pre}; take it at {pre}."


def _exponent_advice(graph: Graph, node: Node) -> str:
    match node.role.get("activation"):
        case "softmax":
            return "Softmax raises e to the sum without changing its sign: the largest sum has the largest share."
        case "sigmoid":
            return "In 1/(1 + e^−z) the exponent is *minus* the sum. For a negative sum it becomes positive."
    return "Copy the formula again and check the sign in front of each exponent."


MISTAKES.add(
    TypicalMistake(
        "sign-in-exponent",
        230,
        _sign_in_exponent,
        _exponent_advice,
        {
            Place.ACTIVATION: _sign_reversed,
            Place.SOFTMAX: _softmax_of_negatives,
            Place.CELL: _every_sign_reversed,
        },
        changes=_any_sign_reversed,
        in_formula="The exponent has the wrong sign: look at {}.",
        systematic="This is the result with the sign in every exponent reversed.",
    )
)


def _no_exponentials(around: Surroundings, node: Node) -> Iterator[Form]:
    sums = _sums_of_layer(around, node)
    yield Form(Div(sums[0], add(*sums)), node.role["pre"])


def _exponent_itself(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function == "exp":
        yield Form(tree.arguments[0], text(tree, notation))
    elif isinstance(tree, Call) and tree.function == "sigmoid":
        yield Form(map_tree(_in_full(tree), _exponent), text(tree, notation))


def _exponent(part: Tree) -> Tree | None:
    return part.arguments[0] if isinstance(part, Call) and part.function == "exp" else None


def _exponential_alone(around: Surroundings, node: Node) -> Iterator[Form]:
    assert isinstance(node.formula, Div)
    yield Form(node.formula.numerator, node.role["pre"])


OTHER_POWER = "other-power"


def _power_of_ten(part: Tree) -> Tree | None:
    return Pow(Num(10.0, "10"), part.arguments[0]) if isinstance(part, Call) and part.function == "exp" else None


def _times_e(part: Tree) -> Tree | None:
    return mul(Num(math.e, "e"), part.arguments[0]) if isinstance(part, Call) and part.function == "exp" else None


_OTHER_POWERS = {"10": _power_of_ten, "times": _times_e}


def powers_of_e(tree: Tree) -> list[Call]:
    """Return the powers of e in a formula."""
    return [part for part in walk(tree) if isinstance(part, Call) and part.function == "exp"]


def _sigmoid_to_base_ten(around: Surroundings, node: Node) -> Iterator[Form]:
    whole = _in_full(node.tree)
    if whole != node.tree:
        about = text(powers_of_e(whole)[0].arguments[0], around.graph.notation)
        yield Form(map_tree(whole, _power_of_ten), about, "10", later=TWICE_WRONG)  # so rare that it comes last


def _softmax_to_base_ten(around: Surroundings, node: Node) -> Iterator[Form]:
    powers = [Pow(Num(10.0, "10"), each) for each in _sums_of_layer(around, node)]
    yield Form(Div(powers[0], add(*powers)), node.role["pre"], "10")


def _any_other_power(tree: Tree, notation: Notation) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function in ("exp", "sigmoid"):
        power = tree.arguments[0] if tree.function == "exp" else negated(tree.arguments[0])
        for how, other in _OTHER_POWERS.items():
            yield Form(map_tree(_in_full(tree), other), text(power, notation), how)


def _every_other_power(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield a formula with several powers of e, such as a softmax, with all of them changed in one way."""
    for how, other in _OTHER_POWERS.items():
        every = changed_everywhere(node.tree, other)
        if every is not None:
            yield Form(every, text(powers_of_e(node.tree)[0].arguments[0], around.graph.notation), how)


def _other_power(w: Words) -> str:
    if w.how == "10":
        return f"This is a power of 10; raise e to {w.about}."
    return f"This multiplies {w.about} by e; raise e to it."


#: What is said of each number that is worked out on the way to a sigmoid, by the form of the formula; the last two
#: belong to 1/(1 + e^−z) where e^z/(1 + e^z) is written.
_UNFINISHED = {
    "power": "This stops at {0}; the sigmoid is 1/(1 + {0}).",
    "below": "This stops at 1 + {0}; the sigmoid is 1/(1 + {0}).",
    "share": "This stops at {0}; the sigmoid is {0}/(1 + {0}).",
    "below share": "This stops at 1 + {0}; the sigmoid is {0}/(1 + {0}).",
    "other power": "This stops at {0}; the sigmoid in this form is 1/(1 + {0}).",
    "below other": "This stops at 1 + {0}; the sigmoid in this form is 1/(1 + {0}).",
}


def _unfinished(tree: Tree, notation: Notation) -> Iterator[Form]:
    """Yield the parts of 1/(1 + e^−z), or of e^z/(1 + e^z), that are worked out on the way."""
    call = called(tree)
    if call is None or call.function != "sigmoid":
        return
    (z,) = call.arguments
    is_share = isinstance(tree, Div) and isinstance(tree.numerator, Call)
    for of, hows in (
        *(((z, ("share", "below share")),) if is_share else ()),
        (negated(z), ("other power", "below other") if is_share else ("power", "below")),
    ):
        power = Call("exp", (of,))
        for done, how in zip((power, add(ONE, power)), hows, strict=True):
            yield Form(done, text(power, notation), how)


MISTAKES.add(
    TypicalMistake(
        "unfinished-sigmoid",
        315,
        lambda w: _UNFINISHED[w.how].format(w.about),
        "The sigmoid has three steps: e to minus the sum, then 1 more, then 1 divided by that.",
        {Place.ACTIVATION: _at_unit(_unfinished)},
        changes=_unfinished,
        in_formula=_UNFINISHED,
    ),
    TypicalMistake(
        OTHER_POWER,
        465,
        _other_power,
        "Look at the key of the calculator: it is the one with e and a small x above it.",
        {
            Place.ACTIVATION: _sigmoid_to_base_ten,
            Place.SOFTMAX: _softmax_to_base_ten,
            Place.CELL: _every_other_power,
        },
        changes=_any_other_power,
        in_formula={
            "10": "This is a power of 10: raise e to {}.",
            "times": "This multiplies {} by e: raise e to it.",
        },
        systematic="This is the result with another power in place of every power of e.",
    ),
    TypicalMistake(
        "exponential-left-out",
        310,
        lambda w: f"This leaves out the exponential {'of' if w.about and not w.is_a_place else 'in'} {w.about or w.q}.",
        "Raise e to this number first; the rest of the formula follows after that.",
        {
            Place.ACTIVATION: _at_unit(_exponent_itself),
            Place.SOFTMAX: _no_exponentials,
            Place.CELL: everywhere(_exponent),
        },
        changes=_exponent_itself,
        in_formula="This leaves out the exponential in {}.",
        systematic="This is the result with every exponential left out.",
    ),
    TypicalMistake(
        "not-normalised",
        320,
        "This is not yet divided by the sum: softmax values add up to 1.",
        "Add up e^Z of all units of the layer, and divide by that sum.",
        {Place.SOFTMAX: _exponential_alone},
        array_changes=lambda tree: softmax_alone(tree, exponentials=True),
    ),
)
