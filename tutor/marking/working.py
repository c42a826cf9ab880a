"""Judge a line of working, ``0.2*1 − 0.5*1 − 0.4 = −0.7``: its setup and its result, separately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from tutor.formulas import text
from tutor.formulas.tree import Num, walk
from tutor.marking.mark import Mark, Mistake, Verdict
from tutor.marking.messages import either
from tutor.marking.rounding import near, written_decimals
from tutor.mistakes.writing import ARITHMETIC
from tutor.network import Graph, Kind, Node

if TYPE_CHECKING:
    from tutor.reading import Reading
    from tutor.reading.answers import Part


@dataclass(frozen=True)
class Line:
    """A line's first part, ``plan``, and the first part that does not equal the one before it, ``broken``, or None."""

    plan: Part
    broken: Part | None


def line_of(reading: Reading) -> Line | None:
    """Return the line that was typed, or None for a single number or formula."""
    if len(reading.working) < 2:
        return None
    parts = reading.working
    broken = next((after for before, after in pairwise(parts) if not _equal(before, after)), None)
    return Line(parts[0], broken)


def _equal(before: Part, after: Part) -> bool:
    """Return whether a part equals the one before it, to the digits that were written."""
    room = 1e-9 * max(1.0, abs(before.value))
    if abs(before.value - after.value) <= room:
        return True
    decimals = _decimals_written(after)
    return decimals is not None and near(after.value, before.value, _spread(before), decimals)


def _decimals_written(part: Part) -> int | None:
    """Return the decimals of a number, or the most that any number of a formula was written with."""
    if part.decimals is not None:
        return part.decimals
    written = [written_decimals(number.value) for number in walk(part.tree) if isinstance(number, Num)]
    return max(written, default=None)


def _spread(part: Part) -> float:
    return 0.0 if part.decimals is None else 0.5 * 10.0**-part.decimals


def judged_line(graph: Graph, name: str, line: Line, answer: Mark, plan: Mark) -> Mark:
    """Return the mark of a whole line, from those of its answer and of its first part."""
    right = (Verdict.CORRECT, Verdict.FOLLOWS)
    if line.broken is None:
        return answer
    result = _shown(line.broken, graph)
    if answer.verdict is Verdict.CORRECT:
        said = f"{answer.message} But your working gives another number: check each = sign."
        return _with(answer, answer.verdict, answer.mistakes, said)
    mistake = Mistake(ARITHMETIC, f"{result} is not the result of this line: work it out again.", name)
    if plan.verdict in right:
        mistake = Mistake(mistake.id, _set_up_right(graph.nodes[name], result), name)
        return _with(answer, Verdict.WRONG, (mistake,), mistake.message)
    mistakes = (*plan.mistakes[:1], mistake) if plan.mistakes else (mistake, *answer.mistakes[:1])
    said = either(plan.mistakes[:1]) or "The line is not set up right."
    return _with(answer, Verdict.WRONG, mistakes, f"{said} And {mistake.message}")


def _set_up_right(node: Node, result: str) -> str:
    if node.kind is Kind.PRE_ACTIVATION:
        return f"The sum is set up right; {result} is not what it adds up to."
    return f"The line is set up right; {result} is not its result."


def _shown(part: Part, graph: Graph) -> str:
    return text(part.tree, graph.notation)


def _with(mark: Mark, verdict: Verdict, mistakes: Sequence[Mistake], message: str) -> Mark:
    return replace(mark, verdict=verdict, mistakes=tuple(mistakes), message=message, because=())
