"""What is said about a mistake: the slip by name, and the term it is in, in the lesson's symbols; never the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tutor.formulas import FUNCTIONS
from tutor.formulas.tree import Name
from tutor.marking.variants import MistakenFormula
from tutor.network import Graph, Kind, Node

Say = Callable[["Words"], str]

#: A part of a formula is quoted up to so many characters.
LONGEST = 40


class Words:
    """A variant, its node and their symbols, for a sentence to choose from."""

    def __init__(self, graph: Graph, variant: MistakenFormula) -> None:
        self.graph = graph
        self.variant = variant
        self.node: Node = graph.nodes[variant.at]
        self.q = graph.notation.text(variant.at)

    def symbol(self, name: str) -> str:
        """A name, or a product written ``a*b``, as symbols; a formula's text is left as it is."""
        if name in FUNCTIONS:
            return FUNCTIONS[name].text
        if "*" in name:
            return "·".join(self.symbol(part) for part in name.split("*"))
        return self.graph.notation.text(name) if name in self.graph.nodes else name

    @property
    def about(self) -> str:
        """What the variant is about; of a long formula its beginning."""
        about = self.symbol(self.variant.about)
        return about if len(about) <= LONGEST else about[: LONGEST - 1].rstrip(" ,·+−(") + "…"

    @property
    def is_a_place(self) -> bool:
        """Whether that is a part of a formula, and no name."""
        return self.variant.about not in self.graph.nodes and self.variant.about not in self.graph.arrays

    def role(self, part: str, default: str = "") -> str:
        """The symbol of a part of the node."""
        name = self.node.role.get(part)
        return self.symbol(name) if name else default

    @property
    def function(self) -> str:
        """The unit's activation as a symbol."""
        name = self.node.role.get("activation", "")
        return FUNCTIONS[name].text if name in FUNCTIONS else name


def sentence(graph: Graph, variant: MistakenFormula) -> str:
    """One or two sentences that name the slip."""
    words = Words(graph, variant)
    say = _SAY.get(variant.id)
    return say(words) if say is not None else f"{words.q} comes from another formula than this."


def formula_sentence(name: str, about: str) -> str:
    """A sentence about a formula that belongs to no network, for a change to one of its places."""
    say = _ABOUT_FORMULAS.get(name, "Something is different at {}.")
    return say.format(about or "one of its places")


_ABOUT_FORMULAS: Mapping[str, str] = {
    "term-left-out": "The term {} is missing.",
    "sign-flipped": "The sign of {} is turned round.",
    "difference-reversed": "The difference {} is the wrong way round.",
    "factor-left-out": "The factor {} is missing.",
    "factor-inverted": "A product and a quotient have been exchanged at {}.",
    "power-left-out": "The power is missing in {}.",
    "doubled-for-squared": "A power is not a product with its exponent: {}.",
    "root-left-out": "The root is missing in {}.",
    "exponential-left-out": "The exponential is missing in {}.",
    "sign-in-exponent": "The sign in the exponent is turned round in {}.",
    "wrong-logarithm": "The logarithm in {} is of another base.",
    "activation-left-out": "The function is missing in {}.",
    "derivative-instead": "This takes the slope; {} is the function's value.",
    "wrong-activation": "Another function has been taken: {}.",
    "activation-for-derivative": "{} is a slope; this takes the function's value.",
    "derivative-at-activation": "The slope {} belongs at what goes into the function, and has been taken at its value.",
    "wrong-extreme": "Largest and smallest have been exchanged in {}.",
}


def _bias_left_out(w: Words) -> str:
    return f"The bias {w.about} is missing from the sum for {w.q}."


def _term_left_out(w: Words) -> str:
    if w.variant.about == "hit":
        return f"Only one of the two terms of {w.q} is there; the one with 1 − y counts too."
    if w.variant.about == "total":
        return "The sum below the line must hold every e^Z of the layer, this unit's own too."
    return f"The term {w.about} is missing from {w.q}." if w.about else f"A term is missing from {w.q}."


def _other_unit_weights(w: Words) -> str:
    if w.node.kind is Kind.PRE_ACTIVATION:
        return f"These are another unit's weights: {w.q} takes {', '.join(_weights(w))}."
    if w.node.kind is Kind.OUTPUT:
        return f"This is another output's share: {w.q} has {w.role('pre')} above the line."
    return f"Another unit's weights have been used; {w.q} takes those on the way out of its own, such as {w.about}."


def _weights(w: Words) -> list[str]:
    from tutor.marking.variants.model import products

    assert w.node.formula is not None
    return [w.symbol(weight) for weight, _ in products(w.node.formula)]


def _activation_left_out(w: Words) -> str:
    if w.node.kind is Kind.CELL and not w.is_a_place:
        return f"The softmax has not been applied yet: this is {w.about} itself."
    if w.node.kind is Kind.CELL or w.node.kind is Kind.FACTOR:
        return f"The function is missing: it is {w.about}, not what goes into it."
    return f"This is {w.about} itself: the activation {w.function or 'function'} has not been applied to it yet."


def _wrong_activation(w: Words) -> str:
    if "slope_of" in w.node.role:
        return f"This is the slope of {w.about}; here the activation is {w.symbol(w.node.role['slope_of'])}."
    return f"This is {w.about} of the sum; here the activation is {w.function or 'another one'}."


def _sign_in_exponent(w: Words) -> str:
    if w.node.kind in (Kind.ACTIVATION, Kind.OUTPUT):
        function = w.function or "the function"
        return f"The sign in the exponent is turned round: it is e^−{w.role('pre', 'Z')} in {function}."
    return f"The sign in the exponent is turned round in {w.about}."


def _derivative_instead(w: Words) -> str:
    if w.node.kind is Kind.DELTA:
        return f"This is the slope {w.about} alone; it multiplies the error."
    return f"This is the slope of the activation; {w.q} is its value."


def _difference_reversed(w: Words) -> str:
    output, target = w.role("output"), w.role("target")
    which = f"of {output} and {target} " if output and target else f"{w.about} " if w.about else ""
    return f"The difference {which}is the wrong way round, so the sign of {w.q} is wrong."


def _derivative_left_out(w: Words) -> str:
    slope = w.role("slope", w.about)
    if w.node.kind is Kind.GRADIENT:
        return f"The slope of the activation is missing from {w.role('delta', w.about)}."
    if w.node.kind is Kind.FACTOR:
        return f"This is {w.about}, the activation itself; {w.q} is its slope."
    return f"The slope {slope} is missing as a factor of {w.q}."


def _derivative_added(w: Words) -> str:
    return f"The slope of the activation has been multiplied in; by this lesson's rule {w.q} has no such factor."


def _derivative_at_activation(w: Words) -> str:
    pre = w.role("pre", "Z")
    where = w.role("output") or w.role("active") or "the activation"
    if w.node.kind is Kind.CELL:
        return f"The slope has been taken at the function's value; in {w.about} it belongs at what goes in."
    return f"The slope has been taken at {where}; it belongs at {pre}."


def _activation_for_derivative(w: Words) -> str:
    if w.node.kind is Kind.CELL:
        return f"{w.about} is a slope; this is the function's value."
    return f"{w.role('output', 'The activation')} itself has been multiplied in, where its slope {w.about} belongs."


def _loss_instead(w: Words) -> str:
    if w.node.kind is Kind.ERROR:
        return f"This is squared; {w.q} is the plain difference of {w.role('output')} and {w.role('target')}."
    if w.node.formula == Name(w.node.role.get("error", "")):
        return f"This is the loss; {w.q} is the difference of {w.role('output')} and {w.role('target')}."
    return f"This is the loss; {w.q} says how the loss changes."


def _updated_weights(w: Words) -> str:
    return f"Updated weights have been used; {w.q} takes those of the forward pass, such as {w.about}."


def _sum_left_out(w: Words) -> str:
    if w.node.kind in (Kind.LOSS, Kind.LOSS_SHARE):
        return f"This is {w.about} alone; {w.q} is the sum over all."
    if w.node.kind is Kind.GRADIENT:
        return f"This is one sample's share; {w.q} takes every sample of the batch."
    return f"Only the share by way of {w.about} is there; {w.q} adds up one for every unit of the next layer."


def _input_left_out(w: Words) -> str:
    signal = w.role("delta", "the error signal")
    return f"This is {signal}; {w.q} is {signal} times what the weight multiplied, {w.about}."


def _pre_activation_used(w: Words) -> str:
    return f"The weighted sum has been used in place of the activation {w.about}."


def _other_input_used(w: Words) -> str:
    return f"Another input has been multiplied in; this weight belongs to {w.about}."


def _sign_lost(w: Words) -> str:
    return f"The sign of {w.q} is wrong; its size is right."


def _not_updated(w: Words) -> str:
    return f"This is still the old value {w.about}; the step has not been taken."


def _ascent(w: Words) -> str:
    if w.node.kind is Kind.CELL:
        # a worksheet's step may follow no loss at all
        return f"The step has been added; in {w.q} it is subtracted."
    return f"The step goes uphill: {w.q} must move against the gradient, so that the loss falls."


def _rate_left_out(w: Words) -> str:
    return f"The learning rate {w.symbol('alpha')} is missing from the step."


def _delta_for_gradient(w: Words) -> str:
    return f"The step has been taken with the error signal; it takes the gradient {w.about}."


def _step_only(w: Words) -> str:
    return f"This is the step alone; {w.q} is the old value {w.about} with the step taken from it."


def _factor_two(w: Words) -> str:
    if getattr(w.graph.model, "loss", "") in ("binary_cross_entropy", "cross_entropy"):
        return f"There is a factor of 2 between this and {w.q}; this loss has no ½ and no 2."
    if w.node.kind in (Kind.LOSS, Kind.LOSS_SHARE):
        return f"There is a factor of 2 between this and {w.q}: look at what stands before the square in this loss."
    return f"There is a factor of 2 between this and {w.q}: look at what the derivative of this loss has in front."


def _weight_for_input(w: Words) -> str:
    if w.node.kind is Kind.GRADIENT and w.role("input"):
        return f"The weight itself has been multiplied in; {w.q} takes what the weight multiplied, {w.role('input')}."
    if w.node.kind is Kind.GRADIENT:
        return f"The bias has been multiplied in; {w.q} is {w.role('delta', 'the error signal')} alone."
    return f"The weight and what it multiplies have changed places in {w.q}."


_SAY: Mapping[str, Say] = {
    "bias-left-out": _bias_left_out,
    "bias-subtracted": lambda w: f"The bias {w.about} has been subtracted; it is added in {w.q}.",
    "term-left-out": _term_left_out,
    "other-unit-weights": _other_unit_weights,
    "activation-skipped-before": lambda w: (
        f"A weighted sum has been used where {w.about or w.role('output')} belongs: its activation has been skipped."
    ),
    "activation-too-early": lambda w: f"This is {w.about}: the activation comes after {w.q}.",
    "activation-left-out": _activation_left_out,
    "wrong-activation": _wrong_activation,
    "sign-in-exponent": _sign_in_exponent,
    "derivative-instead": _derivative_instead,
    "exponential-left-out": lambda w: (
        f"The exponential is missing in {w.about}." if w.is_a_place else f"The exponential of {w.about} is missing."
    ),
    "not-normalised": lambda w: "This is not divided by the sum yet: softmax values add up to 1.",
    "softmax-direction": lambda w: (
        "The softmax has been taken over all cells at once."
        if w.variant.about == "all"
        else f"The softmax has been taken along the wrong direction of {w.about or 'the matrix'}."
    ),
    "difference-reversed": _difference_reversed,
    "derivative-left-out": _derivative_left_out,
    "derivative-added": _derivative_added,
    "derivative-at-activation": _derivative_at_activation,
    "activation-for-derivative": _activation_for_derivative,
    "loss-instead": _loss_instead,
    "wrong-loss": lambda w: f"This is the loss by another formula: {w.q} here has logarithms.",
    "updated-weights-used": _updated_weights,
    "sum-left-out": _sum_left_out,
    "weight-left-out": lambda w: (
        f"The weight is missing: each error signal comes back times its weight, such as {w.about}."
    ),
    "error-for-delta": lambda w: f"The plain difference has been used where {w.about} belongs: its slope is missing.",
    "input-left-out": _input_left_out,
    "pre-activation-used": _pre_activation_used,
    "other-input-used": _other_input_used,
    "other-unit-delta": lambda w: f"This takes another unit's error signal; {w.q} takes {w.about}.",
    "other-sample-used": lambda w: f"This is worked out with another sample's values; {w.q} is of one sample alone.",
    "weight-for-input": _weight_for_input,
    "sign-lost": _sign_lost,
    "sign-flipped": lambda w: f"The sign of {w.about} is turned round in {w.q}.",
    "not-updated": _not_updated,
    "ascent": _ascent,
    "rate-left-out": _rate_left_out,
    "delta-for-gradient": _delta_for_gradient,
    "step-only": _step_only,
    "gradient-instead": lambda w: f"This is the gradient {w.about}; {w.q} goes on from it.",
    "memory-left-out": lambda w: f"{w.about} has been left out of {w.q}.",
    "correction-left-out": lambda w: f"{w.about} has been used without its correction by 1 − β.",
    "decay-left-out": lambda w: f"The weight decay is missing from {w.q}.",
    "old-parameter-used": lambda w: (
        f"{w.q} goes on from the parameters as updated, {w.about}; these are the first ones."
    ),
    "other-rate-used": lambda w: f"Another rate has been used where {w.about} belongs.",
    "factor-two": _factor_two,
    "square-left-out": lambda w: f"The square is missing in {w.q}.",
    "wrong-logarithm": lambda w: f"The logarithm in {w.q} is of another base.",
    "sum-for-mean": lambda w: f"This is the sum; {w.q} is a mean: it is divided by how many there are.",
    "mean-for-sum": lambda w: f"This is a mean; {w.q} is the sum, with nothing divided.",
    "power-left-out": lambda w: f"A power is missing in {w.q}{': look at ' + w.about if w.about else ''}.",
    "doubled-for-squared": lambda w: f"A power is not a product with its exponent: {w.about}.",
    "root-left-out": lambda w: f"The root is missing in {w.q}{': ' + w.about if w.about else ''}.",
    "factor-left-out": lambda w: f"The factor {w.about} is missing in {w.q}.",
    "factor-inverted": lambda w: f"A product and a quotient have been exchanged at {w.about}.",
    "inputs-swapped": lambda w: f"{w.about.replace('·', ' and ') or 'Two quantities'} have changed places in {w.q}.",
    "wrong-extreme": lambda w: f"Largest and smallest have been exchanged in {w.about}.",
    "old-value-used": lambda w: f"The value before its update has been used where {w.about} belongs.",
    "new-value-used": lambda w: f"The value after its update has been used where {w.about} belongs.",
    "transpose-left-out": lambda w: (
        f"A matrix has been used with rows and columns exchanged: look at {w.about or 'the product'}."
    ),
    "order-swapped": lambda w: "The two matrices have been multiplied in the other order.",
    "cell-by-cell": lambda w: "The matrices have been multiplied cell by cell; this is the matrix product.",
    "axis-swapped": lambda w: (
        f"Rows and columns have been exchanged: {w.about or 'the array'} is taken along the other axis."
    ),
    "kernel-turned": lambda w: f"The kernel {w.about} has been turned round; here it slides as it stands.",
    "truncated": lambda w: "Digits have been cut off too early: keep one decimal more on the way and round at the end.",
    "decimal-shift": lambda w: "The digits are right; the decimal point is in another place.",
    "other-quantity": lambda w: f"This is the number of {w.about}; {w.q} is asked for.",
    "digits-swapped": lambda w: "Two neighbouring digits have changed places.",
}

#: One mistake made at every node of the network.
EVERYWHERE: Mapping[str, str] = {
    "bias-left-out": "It fits if every bias is left out.",
    "bias-subtracted": "It fits if every bias is subtracted.",
    "activation-left-out": "It fits if no activation is applied anywhere on the way.",
    "wrong-activation": "It fits if another activation is used throughout.",
    "sign-in-exponent": "It fits if the sign in the exponent is turned round throughout.",
    "derivative-left-out": "It fits if the slope of the activation is left out throughout.",
    "derivative-at-activation": "It fits if every slope is taken at the activation; it belongs at the weighted sum.",
    "derivative-added": "It fits if a slope is multiplied in that this lesson's rule does not have.",
    "difference-reversed": "It fits if the difference is the wrong way round from the start.",
    "factor-two": "It fits if there is a factor of 2 too many or too few in the loss.",
    "ascent": "It fits if every step goes uphill: the step is subtracted.",
    "rate-left-out": "It fits if the learning rate is left out of every step.",
    "updated-weights-used": "It fits if updated weights are used on the way back.",
    "sum-for-mean": "It fits if sums are taken where the lesson takes means.",
    "mean-for-sum": "It fits if means are taken where the lesson takes sums.",
    "old-parameter-used": "It fits if the parameters of the first step are used again.",
}
