"""The first hint after a diagnosed mistake: where to look, without the number.

The message beside the answer names the slip; the hint says what to do about it, so that it can be found on paper.
"""

from __future__ import annotations

from collections.abc import Mapping

ADVICE: Mapping[str, str] = {
    "bias-left-out": "Count the terms of the sum: one product for each value that comes in, and then the bias.",
    "bias-subtracted": "The bias is added as it stands. If it is negative, adding it makes the sum smaller.",
    "term-left-out": "Put a finger on each arrow into the unit: every one gives a product, even where it is small.",
    "other-unit-weights": "Follow the arrows into *this* unit and write down the weight on each, before you multiply.",
    "activation-skipped-before": "What comes in from the layer before are its activations, not its weighted sums.",
    "activation-left-out": "That is the weighted sum itself. One step is left: the activation function.",
    "wrong-activation": "Look up which activation function this layer has, and take that one.",
    "sign-in-exponent": "In 1/(1 + e^−z) the exponent is *minus* the sum. For a negative sum it becomes positive.",
    "derivative-instead": "The forward pass takes the function's value. Its slope comes in on the way back.",
    "difference-reversed": "Output minus target, or target minus output? Take the order that the lesson's formula has.",
    "derivative-left-out": "One factor is missing: the slope of the activation function at this unit.",
    "derivative-added": "The lesson's rule has no slope here. Leave that factor out.",
    "derivative-at-activation": (
        "The slope is taken at the weighted sum Z. Written with the activation it has another form: H(1 − H)."
    ),
    "loss-instead": "That is the loss. What is asked for is how it changes, with its sign.",
    "updated-weights-used": "The whole backward pass uses the weights of the forward pass; new ones come afterwards.",
    "sum-left-out": "This unit feeds several others. Each of them sends a share back; add them all up.",
    "input-left-out": "The error signal is one factor. The other is the value that came through this weight.",
    "pre-activation-used": "What a weight multiplies is the *activation* of the unit it comes from.",
    "other-input-used": "Which value does this weight multiply in the forward pass? That one belongs here.",
    "sign-lost": "The size is right. Work out the sign alone: how many of the factors are negative?",
    "not-updated": "That is the old value. The step is small: work it out by itself first, then subtract it.",
    "ascent": "The step goes against the gradient, so that the loss falls.",
    "rate-left-out": "The gradient is multiplied by the learning rate before it is subtracted.",
    "delta-for-gradient": "This gradient is not the error signal alone: multiply by the value that came through.",
    "step-only": "That is the step. The new value is the old one minus the step.",
    "factor-two": "Look at the loss's formula: is there a ½ in it, and what becomes of the square's 2?",
    "sum-for-mean": "The lesson takes the mean: divide by how many there are.",
    "mean-for-sum": "The lesson takes the sum: nothing is divided.",
    "transposed": "Rows and columns are the wrong way round. Which of the two counts the units here?",
    "permuted": "The numbers are right and stand in other places. Read the labels of the cells.",
    "decimal-shift": "The digits are right. Estimate how large the result must be, then place the point.",
    "digits-swapped": "Read your result again, digit by digit, against what you typed.",
    "truncated": "Keep more decimals on the way and round once, at the end.",
    "other-quantity": "Read the name that is asked for once more, unit by unit; then look for it in the diagram.",
    "weight-left-out": "Each error signal comes back along an arrow: multiply it by the weight on that arrow.",
    "error-for-delta": "ŷ − y is not the whole error signal here: the slope of the output's activation belongs to it.",
    "other-unit-delta": "A gradient takes the error signal of the unit that the weight *leads to*.",
    "weight-for-input": "Differentiate the sum with respect to the weight: the value that it multiplies is left.",
    "not-normalised": "Add up e^Z of all units of the layer, and divide by that sum.",
    "softmax-direction": "Softmax values that belong together add up to 1. Which ones belong together here?",
    "old-parameter-used": "This step begins with the parameters that the step before has left.",
    "memory-left-out": "The optimizer remembers earlier steps: its memory comes in before the new gradient is added.",
    "correction-left-out": "The averages start at 0 and are too small at first: divide by 1 − β^t.",
    "root-left-out": "The root is taken of v before anything is divided by it.",
    "kernel-turned": "Lay the kernel on the window as it stands, corner on corner, and multiply cell by cell.",
    "arithmetic": "The line is set up right. Work it out once more, product by product.",
}


def about_slip(slip_id: str, message: str) -> str:
    """What to do about a mistake, in Markdown; for one that has no advice of its own, its message and a next step."""
    advice = ADVICE.get(slip_id)
    if advice is not None:
        return advice
    return " ".join(filter(None, [message, "Compare your line with the formula, one part at a time."]))
