"""One number of a network or a worksheet, what can be asked for, and the suffixes of samples and training steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tutor.formulas.tree import Tree


class Kind(StrEnum):
    """What a quantity is."""

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


#: Weighted sums nearer to 0 than this are 0: 0.3 + 0.2 − 0.5 is 5.6e-17 in floating point and would wake a dead unit.
SNAP = 1e-12

#: What the worksheet's author did not name, so that no engine has a name for it: the cells inside a long formula, the
#: slopes that a long derivative goes through.
UNNAMED_CELLS = frozenset({Kind.PART, Kind.SLOPE})

#: Steps on the way that nobody is asked for by name.
HIDDEN_KINDS = frozenset({Kind.BACK, Kind.STEP}) | UNNAMED_CELLS

#: Steps on the way that a formula is usually written without naming.
SUB_STEPS = frozenset({Kind.BACK, Kind.STEP, Kind.FACTOR, Kind.ERROR})


@dataclass(frozen=True, slots=True)
class Node:
    """One number.

    ``formula`` is its definition over other nodes (None where it is given, then ``value`` holds it). ``taught`` is the
    way in which textbooks write it where that is not the formula with its sub-steps put in. ``role`` names the parts
    that a typical mistake touches: ``{"pre": "Z1"}`` of an activation, ``{"delta": "delta3", "input": "H1"}`` of a
    gradient. ``stable`` is the same from the weighted sums, without the overflow or the cancellation that the formula
    has in floating point for large ones; it counts unless one of the nodes in ``between`` is given another value.
    ``layer`` and ``sample`` count from 1, ``unit`` through the network; ``sample`` is None outside a batch.
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


@dataclass(frozen=True, slots=True)
class Quantity:
    """What can be asked for: ``shape`` is () for a number, (n,) for a vector, (rows, columns) for a matrix."""

    name: str
    kind: Kind
    shape: tuple[int, ...]
    cells: tuple[str, ...]

    @property
    def is_number(self) -> bool:
        """Whether it is one number."""
        return not self.shape


def suffixed(name: str, sample: int | None = None, step: int = 1) -> str:
    """``Z1[2]@2``: the sample in a batch, the step from the second on."""
    return f"{name}{'' if sample is None else f'[{sample}]'}{'' if step == 1 else f'@{step}'}"
