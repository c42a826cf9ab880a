"""Follow-through in labs: an array that follows correctly from an earlier wrong one is not a second mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.labs.array_mistakes import MistakenArray, worked_out
from tutor.labs.compare import is_same, numbers
from tutor.lessons.blocks import Check
from tutor.network import Graph


class FollowThrough:
    """Keeps what earlier checks found: the wrong values of the program, and which quantities are right."""

    def __init__(self) -> None:
        self._right: set[str] = set()
        self._noted: dict[str, dict[str, float]] = {}
        self._reasons: dict[str, str] = {}

    def first_with(self, reason: str, subject: str) -> str:
        """Return the earlier variable that was wrong for the same reason; empty if ``subject`` is the first."""
        first = self._reasons.setdefault(reason, subject)
        return "" if first == subject else first

    def note_right(self, check: Check, graph: Graph | None) -> None:
        """Note that a check's variable is right."""
        if graph is not None and check.quantity:
            self._right |= set(graph.quantity(check.quantity).cells)

    def contradicts(self, mistake: MistakenArray) -> bool:
        """Return whether a mistake would have changed a quantity that is right."""
        return not mistake.changes.isdisjoint(self._right)

    def note(self, check: Check, graph: Graph | None, value: Mapping[str, Any] | None) -> None:
        """Note the wrong ``value`` of a check's variable; a value of the wrong size is ignored."""
        if graph is None or not check.quantity or value is None:
            return
        cells, found = graph.quantity(check.quantity).cells, numbers(value)
        if len(cells) == len(found):
            self._noted[str(check.subject)] = dict(zip(cells, found, strict=True))

    def behind(self, check: Check, graph: Graph | None, value: Mapping[str, Any]) -> str:
        """Return the nearest earlier variable from which ``value`` follows correctly, or an empty text."""
        if graph is None or not check.quantity:
            return ""
        cells = graph.quantity(check.quantity).cells
        everything = {name: number for noted in self._noted.values() for name, number in noted.items()}
        tries = [*reversed(self._noted.items()), (" and ".join(self._noted), everything)]
        for subject, own in tries:
            if not own.keys() & set(cells):
                values = worked_out(graph, lambda node, _, own=own: own.get(node), given=own)  # type: ignore[misc]
                if is_same(value, [values[cell] for cell in cells], check.decimals):
                    return subject
        return ""
