"""The worksheet: every quantity of a network in one table, to be filled in in any order."""

from __future__ import annotations

from tutor.lessons.blocks import Lesson
from tutor.network.graph import Graph, Kind
from tutor.session.entries import Questions
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

GROUPS = ("given", "steps", "forward", "backward", "update")


def rows(of: str, lesson: Lesson, questions: Questions, visibility: Visibility) -> tuple[WorksheetRow, ...]:
    """A row for every number that has a place here, group by group, with the field that asks for it alone."""
    graph: Graph = lesson.graph(of)
    found = []
    for name, node in graph.nodes.items():
        if not visibility.is_drawn(of, name):
            continue
        fields = [questions.entries[each].field for each in questions.asked_in.get((of, name), ())]
        label = graph.notation.text(name)
        value = visibility.value(of, name, visibility.decimals(of, name))
        found.append(WorksheetRow(_GROUPS[node.kind], name, label, value, fields[0] if fields else None))
    return tuple(sorted(found, key=lambda row: GROUPS.index(row.group)))
