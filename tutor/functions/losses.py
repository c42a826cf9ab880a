"""The losses. To add one, add an entry here and its mathematics in each engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reduction = Literal["mean", "sum"]


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss: its names, its formulas as they are taught, its words, and the code of programs.

    ``share`` is what one output contributes to the loss of its sample, and ``slope`` is its derivative by ŷ. Both are
    formulas over the output ``yhat``, the target ``y`` and the difference ``error`` (ŷ − y). With ``averages_outputs``,
    both must still be divided by the number of outputs.
    """

    name: str
    title: str
    share: str
    slope: str
    #: Code for the loss of all samples and for the slope, over yhat and y; {log} is the logarithm.
    program: str
    program_slope: str
    #: The words if an answer is off by a factor of 2: about the loss, and about its slope.
    factor: tuple[str, str] = ("", "")
    #: How the losses of a batch are combined if the lesson does not say.
    reduction: Reduction = "sum"
    aliases: tuple[str, ...] = ()
    #: Whether it averages over the outputs of a sample, rather than adding them up.
    averages_outputs: bool = False
    #: The output activation that the loss needs, if it needs one.
    goes_with: str = ""
    #: The output activation whose slope cancels against the slope of the loss, so that δ is ŷ − y.
    cancels: str = ""
    #: Whether its targets must be from 0 to 1.
    is_of_probabilities: bool = False
    #: The share and the slope over the weighted sum z and the target y, which are exact even if ŷ is so close to 0 or 1
    #: that its rounded value has no useful logarithm; empty if not needed. For softmax, ``greatest`` is the greatest of
    #: the weighted sums, and ``total`` is Σ e^(z − greatest).
    stable: str = ""
    stable_slope: str = ""


_ENTRIES = (
    Loss(
        "half_squared_error",
        "half squared error",
        share="1/2*error^2",
        slope="error",
        program="0.5 * ((yhat - y) ** 2).sum()",
        program_slope="(yhat - y)",
        factor=("this loss has ½ before the square", "so its slope has no 2"),
        cancels="linear",
    ),
    Loss(
        "squared_error",
        "squared error",
        share="error^2",
        slope="2*error",
        program="((yhat - y) ** 2).sum()",
        program_slope="2 * (yhat - y)",
        factor=("this loss has no ½ before the square", "so its slope has a 2"),
        aliases=("sse",),
    ),
    Loss(
        "mse",
        "MSE",
        share="error^2",
        slope="2*error",
        program="((yhat - y) ** 2).sum()",
        program_slope="2 * (yhat - y)",
        factor=("this loss is the mean of the squares, without ½", "so its slope has a 2"),
        reduction="mean",
        aliases=("mseloss",),
        averages_outputs=True,
    ),
    Loss(
        "binary_cross_entropy",
        "binary cross entropy",
        share="-(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        slope="error/(yhat*(1 - yhat))",
        program="-(y * {log}(yhat) + (1 - y) * {log}(1 - yhat)).sum()",
        program_slope="(yhat - y) / (yhat * (1 - yhat))",
        factor=("this loss has no ½ and no 2", ""),
        reduction="mean",
        aliases=("bce", "bceloss", "log_loss"),
        averages_outputs=True,
        goes_with="sigmoid",
        cancels="sigmoid",
        is_of_probabilities=True,
        stable="y*softplus(-z) + (1 - y)*softplus(z)",
        # e^700 is still finite
        stable_slope="(1 - y)*(1 + exp(min(z, 700))) - y*(1 + exp(min(-z, 700)))",
    ),
    Loss(
        "cross_entropy",
        "cross entropy",
        share="-(y*ln(yhat))",
        slope="-(y/yhat)",
        program="-(y * {log}(yhat)).sum()",
        program_slope="-y / yhat",
        factor=("this loss has no ½ and no 2", ""),
        reduction="mean",
        aliases=("crossentropyloss", "ce"),
        goes_with="softmax",
        cancels="softmax",
        is_of_probabilities=True,
        stable="y*(greatest - z + ln(total))",
    ),
)

#: Every loss by name, in the order in which they are listed.
LOSSES: dict[str, Loss] = {entry.name: entry for entry in _ENTRIES}
