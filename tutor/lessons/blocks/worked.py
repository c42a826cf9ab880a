"""A worked solution whose last lines the learner works out.

Like ``find``, it is replaced by ordinary blocks (a text and an ``ask``), so that marking, hints, printing and the plain
mode need nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutor.formulas import latex
from tutor.lessons.blocks.ask import Ask, AskItem
from tutor.lessons.blocks.base import Block, Question, Reference
from tutor.lessons.blocks.text import Text
from tutor.lessons.template import EMPTY, joined, literal
from tutor.network import Graph
from tutor.network.worked import WorkedLine, line_latex, worked_lines


@dataclass(frozen=True, kw_only=True, eq=False)
class Worked(Question):
    """The worked solution of a quantity, with its last ``open`` lines left to the learner. In a lesson it becomes a
    text with the other lines, and an ``ask`` for the open ones."""

    reference: Reference
    open: int = 1
    decimals: int | None = None

    def parts(self) -> Sequence[Block]:
        """Return the closed lines as a text, and the last ``open`` lines as questions."""
        reference, graph = self.reference, self.reference.graph
        lines = worked_lines(graph, worked_node(reference))
        count = max(1, min(self.open, len(lines)))
        closed, left = lines[:-count], lines[-count:]
        found: list[Block] = []
        if closed:
            text = literal(column(graph, closed))
            found.append(Text(id=f"{self.id}/worked", after=self.after, text=joined(self.prompt, text)))
        items = tuple(
            AskItem(
                reference.of,
                graph,
                graph.as_quantity(line.name),
                decimals=self.decimals if line is lines[-1] else None,
                prompt=literal(f"${graph.notation.latex(line.name)} = {latex(line.formula, graph.notation)}$"),
                hints=self.hints if line is lines[-1] else (),
                builtin_hints=self.builtin_hints,
                explain=self.explain if line is lines[-1] else EMPTY,
                reveal=self.reveal,
            )
            for line in left
        )
        found.append(Ask(**same_place(self), id=self.id, items=items))
        return found


def same_place(block: Question) -> dict[str, Any]:
    """Return the settings that the blocks which replace a question take over from it."""
    names = ("of", "after", "line", "allow", "skills", "practice", "reveal")
    return {name: getattr(block, name) for name in names}


def worked_node(reference: Reference) -> str:
    """Return the number that is worked out: the quantity, or for a grid its last cell that is not 0."""
    cells = reference.quantity.cells
    moving = [cell for cell in cells if reference.graph.values[cell] != 0.0]
    return (moving or list(cells))[-1]


def column(graph: Graph, lines: Sequence[WorkedLine]) -> str:
    """Return the numbered lines as Markdown, each with its formula, its numbers and its result."""
    values = dict(graph.values)
    values.update({line.name: line.value for line in lines})
    found = []
    for place, line in enumerate(lines, 1):
        first, *rest = line_latex(graph, line, values)
        found.append("  \n".join([f"{place}.  ${first}$", *(f"    ${part}$" for part in rest)]))
    return "\n\n".join(found)
