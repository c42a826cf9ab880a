"""The losses. To add one, add an entry here and its own mathematics in each engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reduction = Literal["mean", "sum"]


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss. ``reduction`` is what holds over a batch where none is given.

    ``goes_with`` is the output activation that the loss needs. ``is_of_probabilities``: its targets are from 0 to 1.
    """

    name: str
    title: str
    reduction: Reduction
    aliases: tuple[str, ...] = ()
    #: Whether it averages over the outputs of a sample; the others add.
    averages_outputs: bool = False
    goes_with: str = ""
    is_of_probabilities: bool = False
    #: One output's share over its weighted sum z and target y, exact where ŷ is so near to 0 or 1 that its logarithm
    #: says nothing; empty where no such form is needed.
    stable: str = ""


_ENTRIES = (
    Loss("half_squared_error", "half squared error", "sum"),
    Loss("squared_error", "squared error", "sum", aliases=("sse",)),
    Loss("mse", "MSE", "mean", aliases=("mseloss",), averages_outputs=True),
    Loss(
        "binary_cross_entropy",
        "binary cross entropy",
        "mean",
        aliases=("bce", "bceloss", "log_loss"),
        averages_outputs=True,
        goes_with="sigmoid",
        is_of_probabilities=True,
        stable="y*softplus(-z) + (1 - y)*softplus(z)",
    ),
    Loss(
        "cross_entropy",
        "cross entropy",
        "mean",
        aliases=("crossentropyloss", "ce"),
        goes_with="softmax",
        is_of_probabilities=True,
    ),
)

#: Every loss by its name, in the order in which they are listed for people.
LOSSES: dict[str, Loss] = {entry.name: entry for entry in _ENTRIES}
