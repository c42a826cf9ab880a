"""The worksheet: every quantity of a network in one table, to be filled in as the learner likes."""

from __future__ import annotations

from collections.abc import Iterable

from tutor.lessons.blocks import Lesson
from tutor.lessons.template import HIDDEN
from tutor.network import Graph, Kind, Node
from tutor.session.entries import ON_WORKSHEET, Questions
from tutor.session.model import WorksheetRow
from tutor.session.visibility import Visibility

_GROUPS = {
    Kind.GIVEN: "given",
    Kind.PRE_ACTIVATION: "forward",
    Kind.EXP: "forward",
    Kind.EXP_SUM: "forward",
    Kind.ACTIVATION: "forward",
    Kind.OUTPUT: "forward",
    Kind.ERROR: "forward",
    Kind.LOSS_SHARE: "forward",
    Kind.LOSS: "forward",
    Kind.FACTOR: "backward",
    Kind.DELTA: "backward",
    Kind.GRADIENT: "backward",
    Kind.MEMORY: "update",
    Kind.UPDATED: "update",
    Kind.CELL: "steps",
}

_ORDER = ("given", "steps", "forward", "backward", "update")

#: The kinds that have a row even if the lesson does not ask them, as on a sheet of paper. Others are steps to these.
_ON_PAPER = frozenset(
    {
        Kind.GIVEN, Kind.CELL, Kind.PRE_ACTIVATION, Kind.ACTIVATION, Kind.OUTPUT, Kind.LOSS,
        Kind.DELTA, Kind.GRADIENT, Kind.UPDATED,
    }
)  # fmt: skip

#: On a longer worksheet only what the lesson asks can be filled in: nobody works so much out on paper.
_MOST_LINES = 150


def rows(of: str, lesson: Lesson, questions: Questions, visibility: Visibility) -> tuple[WorksheetRow, ...]:
    """Return a row for every number on the worksheet, in the order of working, as far as the lesson goes. A number that
    is not given has a field: the lesson's, or one of the worksheet alone if the lesson does not ask for it."""
    graph: Graph = lesson.graph(of)
    asked = {name for part, name in questions.asked_in if part == of}
    reach = _Reach(graph.nodes[name] for name in asked)
    lines = [node for node in graph.nodes.values() if node.name in asked or reach.has_line(node)]
    found = []
    for node in lines:
        name, kind = node.name, node.kind
        label = graph.notation.text(name)
        value = visibility.value(of, name)
        fields = questions.asked_in.get((of, name), ())
        extra = not fields and kind is not Kind.GIVEN and len(lines) <= _MOST_LINES
        entry = questions.find(f"{ON_WORKSHEET}{of}:{name}" if extra else next(iter(fields), ""))
        if extra and entry is not None and not lesson.reveal and not visibility.is_solved(entry.field.id):
            value = HIDDEN
        found.append(WorksheetRow(_GROUPS[kind], name, label, value, entry.field if entry else None, extra, node.step))
    return tuple(sorted(found, key=lambda row: _ORDER.index(row.group)))


class _Reach:
    """Decides how far a worksheet goes: in each training step or round, as far as the lesson's questions about it."""

    def __init__(self, asked: Iterable[Node]) -> None:
        self._kinds: dict[int, set[Kind]] = {}
        for node in asked:
            self._kinds.setdefault(node.step, set()).add(node.kind)
        for kinds in self._kinds.values():
            kinds.discard(Kind.FACTOR)
        self._last_step = max(self._kinds, default=1)

    def has_line(self, node: Node) -> bool:
        """Return whether a number has a row even if the lesson does not ask it."""
        kinds = self._kinds.get(node.step, set())
        if node.kind is Kind.GIVEN or node.kind in kinds:
            return True
        last = max((_ORDER.index(_GROUPS[kind]) for kind in kinds), default=_ORDER.index("forward"))
        is_whole = node.step < self._last_step
        return node.kind in _ON_PAPER and (is_whole or _ORDER.index(_GROUPS[node.kind]) <= last)
