"""The worksheet: every quantity of a network in one table, to be filled in in any order."""

from __future__ import annotations

from tutor.lessons.blocks import Lesson
from tutor.network.graph import Graph, Kind
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

GROUPS = ("given", "steps", "forward", "backward", "update")


#: What a sheet of paper has a line for, whether it is asked or not. The others are steps of these.
_ON_PAPER = frozenset(
    {
        Kind.GIVEN, Kind.CELL, Kind.PRE_ACTIVATION, Kind.ACTIVATION, Kind.OUTPUT, Kind.LOSS,
        Kind.DELTA, Kind.GRADIENT, Kind.UPDATED,
    }
)  # fmt: skip

#: With more lines than this only what the lesson asks can be filled in: nobody does so much on paper.
MOST_LINES = 150


def rows(of: str, lesson: Lesson, questions: Questions, visibility: Visibility) -> tuple[WorksheetRow, ...]:
    """A row for every number that has a place here, group by group as far as the lesson goes, each with a field: the
    lesson's where it asks for it, else one of the worksheet's own."""
    graph: Graph = lesson.graph(of)
    asked = {name for part, name in questions.asked_in if part == of}
    lines = [(name, node.kind) for name, node in graph.nodes.items() if name in asked or _has_line(graph, name, asked)]
    found = []
    for name, kind in lines:
        label = graph.notation.text(name)
        value = visibility.value(of, name, visibility.decimals(of, name))
        fields = questions.asked_in.get((of, name), ())
        extra = not fields and kind is not Kind.GIVEN and len(lines) <= MOST_LINES
        entry = questions.find(f"{ON_WORKSHEET}{of}:{name}" if extra else next(iter(fields), ""))
        found.append(
            WorksheetRow(_GROUPS[kind], name, label, value, entry.field if entry else None, extra, step_of(name))
        )
    return tuple(sorted(found, key=lambda row: GROUPS.index(row.group)))


def _has_line(graph: Graph, name: str, asked: set[str]) -> bool:
    """Whether a number that may not be asked has a line: in each training step the sheet goes as far as the lesson."""
    kind, step = graph.nodes[name].kind, step_of(name)
    if kind is Kind.GIVEN:
        return True
    kinds = {graph.nodes[each].kind for each in asked if step_of(each) == step} - {Kind.FACTOR}
    if kind in kinds:
        return True
    last = max((GROUPS.index(_GROUPS[each]) for each in kinds), default=GROUPS.index("forward"))
    if any(step_of(each) > step for each in asked):
        last = len(GROUPS)
    return kind in _ON_PAPER and GROUPS.index(_GROUPS[kind]) <= last


def step_of(name: str) -> int:
    """The training step or round that a quantity belongs to: ``Z1@2`` is of the second."""
    _, at, step = name.rpartition("@")
    return int(step) if at and step.isdigit() else 1
