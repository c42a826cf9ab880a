"""Decide which values and blocks the learner may see.

A number that the lesson asks and the learner has yet to find is shown as ``?`` everywhere. In a drawing or worksheet so
is a number that is not asked but would give an answer away. A block with ``after:`` is shown once that is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from tutor.lessons.blocks import Block, Lesson
from tutor.lessons.blocks.diagram import Diagram
from tutor.lessons.template import HIDDEN, number_text
from tutor.network import HIDDEN_KINDS, Kind
from tutor.session.entries import Questions, collect
from tutor.session.model import FieldState, Verdict

_FORWARD = frozenset(
    {Kind.GIVEN, Kind.PRE_ACTIVATION, Kind.EXP, Kind.EXP_SUM, Kind.ACTIVATION, Kind.OUTPUT, Kind.LOSS, Kind.CELL}
)


class Visibility:
    """Answers what may be seen now. It reads ``states`` at each call, so it is never out of date."""

    def __init__(self, lesson: Lesson, questions: Questions, states: Mapping[str, FieldState]) -> None:
        self._lesson = lesson
        self._questions = questions
        self._states = states

    def is_shown(self, of: str, name: str) -> bool:
        """Return whether a number may be shown: the lesson does not ask it, or the learner has found it, or gave it up
        and the author reveals it."""
        fields = self._questions.asked_in.get((of, name))
        return fields is None or any(self._reveals(field) for field in fields)

    def unfound(self, of: str) -> tuple[str, ...]:
        """Return the fields of a network whose numbers may not be shown yet."""
        asked = {
            field
            for (part, name), fields in self._questions.asked_in.items()
            if part == of and not self.is_shown(of, name)
            for field in fields
        }
        return tuple(field for field in self._questions.entries if field in asked)

    def is_solved(self, field: str) -> bool:
        """Return whether the learner has found a field's answer."""
        state = self._states.get(field)
        return state is not None and state.solved

    def withholds(self, field: str) -> bool:
        """Return whether the author withholds a field's answer (``reveal: false``)."""
        item = self._questions.entries[field].item
        return item is not None and not item.reveal

    def _reveals(self, field: str) -> bool:
        state = self._states[field]
        return state.solved or (state.given_up and not self.withholds(field))

    def waits_for(self, block: Block) -> frozenset[str]:
        """Return the fields that must still be answered, or given up, before a block is shown (``after:``)."""
        after = block.after
        if after is None:
            return frozenset()
        if after.quantity:
            graph = self._lesson.graph(after.of)
            cells = graph.quantity(after.quantity).cells
            fields = {field for cell in cells for field in self._questions.asked_in.get((after.of, cell), ())}
        else:
            fields = set(self._questions.by_block.get(after.block_id, ()))
        return frozenset(field for field in fields if not self._is_answered(field))

    def _is_answered(self, field: str) -> bool:
        state = self._states[field]
        return state.done or (state.result is not None and state.result.verdict is Verdict.FOLLOWS)

    # -- values in a drawing or a worksheet ---------------------------------------------------------------------------

    @cached_property
    def _asked_above(self) -> dict[tuple[str, str], frozenset[str]]:
        """For every number, the asked numbers among itself and those it is computed from."""
        found: dict[tuple[str, str], frozenset[str]] = {}
        for of, part in self._lesson.parts.items():
            for name in part.graph.nodes:
                above = [found[of, parent] for parent in part.graph.parents(name)]
                own = frozenset({name}) if (of, name) in self._questions.asked_in else frozenset()
                found[of, name] = own.union(*above)
        return found

    @cached_property
    def _same_below(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """For a number, the asked ones computed from it that have the same value, as max(0, Z) = Z for Z > 0."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for of, name in self._questions.asked_in:
            graph = self._lesson.graph(of)
            for parent in graph.parents(name):
                if graph.nodes[parent].kind is not Kind.GIVEN and graph.values[parent] == graph.values[name]:
                    found[of, parent] = (*found.get((of, parent), ()), name)
        return found

    @cached_property
    def _kinds(self) -> dict[str, frozenset[Kind]]:
        """The kinds of node that the lesson asks for, by network."""
        kinds: dict[str, set[Kind]] = {}
        for of, name in self._questions.asked_in:
            kinds.setdefault(of, set()).add(self._lesson.graph(of).nodes[name].kind)
        return {of: frozenset(found) for of, found in kinds.items()}

    def value(self, of: str, name: str) -> str:
        """Return a number as it may be shown in a drawing or worksheet, at the decimals at which it is asked for: ``?``
        while it would give away an answer."""
        is_found = (of, name) in self._questions.asked_in and self.is_shown(of, name)
        if not is_found and not all(self.is_shown(of, above) for above in self._asked_above[of, name]):
            return HIDDEN
        if any(not self.is_shown(of, below) for below in self._same_below.get((of, name), ())):
            return HIDDEN
        fields = self._questions.asked_in.get((of, name), ())
        items = [self._questions.entries[field].item for field in fields]
        decimals = next((item.decimals for item in items if item is not None and item.decimals is not None), None)
        return number_text(self._lesson.graph(of).values[name], decimals)

    def values(self, of: str) -> dict[str, str]:
        """Return the text of every number in a drawing, by name: those of the forward pass and each kind asked for."""
        kinds = (_FORWARD | self._kinds.get(of, frozenset())) - HIDDEN_KINDS
        return {
            node.name: self.value(of, node.name) for node in self._lesson.graph(of).nodes.values() if node.kind in kinds
        }


def shown_before_asking(lesson: Lesson, of: str) -> frozenset[str]:
    """Return the numbers of a network that the lesson shows, and never asks, before it asks what depends on them."""
    questions = collect(lesson)
    at_first = Visibility(lesson, questions, {field: FieldState() for field in questions.entries})
    shown: set[str] = set()
    seen: set[str] = set()
    used: set[str] = set()

    def is_shown(part: str, name: str) -> bool:
        if part == of:
            seen.add(name)
        return at_first.is_shown(part, name)

    graph = lesson.graph(of)
    drawn = [node.name for node in graph.nodes.values() if node.kind in _FORWARD and node.step == 1]
    for screen in lesson.screens:
        for block in (each for each in screen.blocks if each.after is None):
            for _ in block.read_first(is_shown):
                pass
            if isinstance(block, Diagram) and block.of == of and block.numbers:
                seen.update(name for name in drawn if at_first.value(of, name) != HIDDEN)
        shown |= {name for name in seen - used if at_first.is_shown(of, name)}
        asked = {
            cell for block in screen.blocks for item in block.asked if item.of == of for cell in item.quantity.cells
        }
        used.update(name for cell in asked for name in graph.ancestors(cell))
    return frozenset(shown)
