"""Put a learner's own numbers into the graph and work out what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.formulas import FUNCTIONS
from tutor.formulas.tree import Call
from tutor.marking.bounds import Precision
from tutor.marking.mark import Typed
from tutor.marking.rounding import unit
from tutor.marking.state import MarkingState
from tutor.network import Kind


@dataclass(frozen=True)
class FollowThrough:
    """Values that follow from what was typed.

    ``typed`` says by slot how far off a typed number may be, ``bad`` has the slots of wrong ones. ``runs`` are the
    values by slot: two lists if a slope may come from either a typed Z or a typed H.
    """

    typed: Mapping[int, float]
    runs: tuple[list[float], ...]
    bad: tuple[int, ...]


def follow(
    state: MarkingState, precision: Precision, order: tuple[int, ...], own: Mapping[int, Typed], bad: tuple[int, ...]
) -> FollowThrough:
    """Return what follows from the typed numbers ``own``, by the NumPy engine."""
    state.bounds.prepare(precision, order, state.values)
    typed = {
        slot: 0.0 if _is_exact(state, precision, slot, each) else tolerance(precision, slot, each)
        for slot, each in own.items()
    }
    numbers = {slot: each.value for slot, each in own.items()}
    runs = [state.solved(numbers)]
    slopes = _slopes_from_sums(state, own, order)
    if slopes:
        runs.append(state.solved(numbers | slopes))
    return FollowThrough(typed, tuple(runs), bad)


def _is_exact(state: MarkingState, precision: Precision, slot: int, typed: Typed) -> bool:
    """Return whether a typed number is a value that needs no rounding, such as a weighted sum of the inputs."""
    return precision.exact.get(slot, False) and abs(typed.value - state.values[slot]) <= 1e-12


def tolerance(precision: Precision, slot: int, typed: Typed) -> float:
    """Return how far a typed number may be from the unrounded one; with four decimals asked for, 0.2 means 0.2000."""
    asked = typed.asked if typed.asked is not None else precision.written(slot)
    return 0.5 * unit(max(typed.decimals, asked))


def _slopes_from_sums(state: MarkingState, own: Mapping[int, Typed], order: tuple[int, ...]) -> dict[int, float]:
    """Return each f′ computed from a typed Z, if its H was typed as well and the graph computes the slope from H."""
    found = {}
    slots = state.program.slots
    for slot in order:
        node = state.program.nodes[slot]
        if node.kind is not Kind.FACTOR or "slope_of" not in node.role or slot in own:
            continue
        pre, active = slots[node.role["pre"]], slots[node.role["active"]]
        if pre in own and active in own:
            formula = state.program.nodes[active].formula
            slope = FUNCTIONS.get(node.role["slope_of"] + "'")
            if slope is None or not isinstance(formula, Call):
                continue
            parameters = [argument.value for argument in formula.arguments[1:] if hasattr(argument, "value")]
            found[slot] = slope.value(own[pre].value, *parameters)
    return found
