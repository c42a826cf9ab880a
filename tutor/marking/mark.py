"""What marking says: a verdict, the mistakes that explain it, and a sentence for the learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.formulas.tree import Tree
from tutor.verdicts import CellResult, Result
from tutor.verdicts import Mistake as Mistake
from tutor.verdicts import Verdict as Verdict

if TYPE_CHECKING:
    from tutor.network import Graph

#: An answer as it comes in: what was typed for one number or a grid, or a grid cell by cell, row by row.
Answer = str | float | Sequence["str | float"] | Sequence[Sequence["str | float"]]

Value = float | list[float] | list[list[float]]


#: From best to worst: a grid takes the worst verdict of its cells.
WORST = (
    Verdict.CORRECT,
    Verdict.IMPRECISE,
    Verdict.FOLLOWS,
    Verdict.UNDECIDED,
    Verdict.WRONG,
    Verdict.UNREADABLE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A number as a learner wrote it: its value, how many decimals were written, and how many were asked for."""

    value: float
    decimals: int
    asked: int | None = None


@dataclass(frozen=True, slots=True)
class AuthorMistake:
    """A mistake that an author describes: the formula of the wrong answer, over canonical names, and what to say."""

    when: Tree
    say: str
    id: str = "author"


@dataclass(frozen=True)
class Mark:
    """The result of marking one answer.

    ``cells`` are the marks of a grid's cells, row by row. ``because`` names the earlier wrong answers that a consistent
    answer follows from, in order. ``own`` holds every number that was read, by canonical name; later answers may depend
    on them. ``read`` says how the answer was read, and is empty if that would reveal a value. ``fitting`` are all
    mistakes that fit, even with the same number as a likelier one; a grid names those that most of its cells share.
    ``is_exact`` says that the first of ``mistakes`` was made at this very step and gives the number to its last digit.
    """

    quantity: str
    answer: str
    verdict: Verdict
    value: Value | None = None
    mistakes: tuple[Mistake, ...] = ()
    message: str = ""
    cells: tuple[Mark, ...] = ()
    because: tuple[str, ...] = ()
    decimals: int | None = None
    figures: int | None = None
    read: str = ""
    own: Mapping[str, Typed] = field(default_factory=dict)
    column: int | None = None
    fitting: tuple[Mistake, ...] = ()
    is_exact: bool = False

    def to_result(self, graph: Graph | None) -> Result:
        """Return what is stored and shown of the mark, with names written in the graph's notation."""
        shown = graph.notation.text if graph is not None else str
        return Result(
            self.verdict,
            self.message,
            self.mistakes,
            tuple(CellResult(cell.verdict, cell.message) for cell in self.cells),
            tuple(shown(name) for name in self.because),
            self.value if isinstance(self.value, float) else None,
            self.column,
        )

    def to_json(self, *, values: bool = True) -> dict[str, object]:
        """Return the mark as ``tutor mark --json`` prints it; include the right value only if ``values`` is set."""
        found: dict[str, object] = {"quantity": self.quantity, "answer": self.answer, "verdict": self.verdict.value}
        if values and self.value is not None:
            found["value"] = self.value
        found["mistakes"] = [{"id": each.id, "message": each.message} for each in self.mistakes]
        found["message"] = self.message
        if self.cells:
            found["cells"] = [cell.to_json(values=values) for cell in self.cells]
        if self.verdict is Verdict.FOLLOWS:
            found["because"] = list(self.because)
        if self.figures is not None:
            found["figures"] = self.figures
        elif self.decimals is not None:
            found["decimals"] = self.decimals
        return found
