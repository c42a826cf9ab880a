"""Nodes (single numbers), quantities (what can be asked for), and the suffixes for samples and training steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tutor.formulas.tree import Tree
from tutor.functions.equality import NOISE


class Kind(StrEnum):
    """The kind of a quantity."""

    GIVEN = "given"
    PRE_ACTIVATION = "pre_activation"
    EXP = "exp"
    EXP_SUM = "exp_sum"
    ACTIVATION = "activation"
    OUTPUT = "output"
    ERROR = "error"
    LOSS_SHARE = "loss_share"
    LOSS = "loss"
    FACTOR = "factor"
    BACK = "back"
    DELTA = "delta"
    GRADIENT = "gradient"
    MEMORY = "memory"
    STEP = "step"
    UPDATED = "updated"
    CELL = "cell"
    PART = "part"
    SLOPE = "slope"


#: Weighted sums closer to 0 than this are set to 0: 0.3 + 0.2 − 0.5 is 5.6e-17 in floating point, which would activate
#: a dead unit.
SNAP = NOISE

#: Cells without a name of the worksheet's author, which no engine knows either: parts of a long formula, and slopes
#: between the steps of a long derivative.
UNNAMED_CELLS = frozenset({Kind.PART, Kind.SLOPE})

#: Intermediate steps that nobody can ask for by name.
HIDDEN_KINDS = frozenset({Kind.BACK, Kind.STEP}) | UNNAMED_CELLS

#: Intermediate steps that are usually written as part of a longer formula.
SUB_STEPS = frozenset({Kind.BACK, Kind.STEP, Kind.FACTOR, Kind.ERROR})


@dataclass(frozen=True, slots=True)
class Node:
    """One number.

    ``formula`` defines it from other nodes; it is None for a given number, which is in ``value``. ``taught`` is the
    textbook form, if that is not the formula with its sub-steps written out. ``role`` names the nodes that typical
    mistakes use: ``{"pre": "Z1"}`` for an activation, ``{"delta": "delta3", "input": "H1"}`` for a gradient. ``stable``
    is an equivalent formula over the weighted sums that does not overflow or cancel if they are large; it holds unless
    a node in ``between`` is given another value. ``layer``, ``sample`` and ``unit`` count from 1, ``unit`` through the
    network; ``sample`` is None outside a batch.
    """

    name: str
    kind: Kind
    formula: Tree | None
    value: float | None = None
    taught: Tree | None = None
    layer: int | None = None
    unit: int | None = None
    sample: int | None = None
    step: int = 1
    role: Mapping[str, str] = field(default_factory=dict)
    stable: Tree | None = None
    between: tuple[str, ...] = ()

    @property
    def tree(self) -> Tree:
        """The formula of a number that is known to have one."""
        assert self.formula is not None
        return self.formula


@dataclass(frozen=True, slots=True)
class Quantity:
    """What can be asked for: ``shape`` is () for a number, (n,) for a vector, (rows, columns) for a matrix."""

    name: str
    kind: Kind
    shape: tuple[int, ...]
    cells: tuple[str, ...]

    @property
    def is_number(self) -> bool:
        """Whether it is a single number."""
        return not self.shape


def suffixed(name: str, sample: int | None = None, step: int = 1) -> str:
    """Return a name such as ``Z1[2]@2``: with the sample, in a batch, and with the step, from the second on."""
    return f"{name}{'' if sample is None else f'[{sample}]'}{'' if step == 1 else f'@{step}'}"
