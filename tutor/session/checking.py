"""Check homework: mark everything typed on a worksheet, and name the first wrong number in the order of working."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.errors import TutorError
from tutor.formulas.wording import counted
from tutor.reading import cells_of
from tutor.session.answers import is_blank
from tutor.session.model import Result, Verdict, WorksheetRow

if TYPE_CHECKING:
    from tutor.session.session import Session


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a worksheet. ``first`` is the row of the first number that is not right, ``result`` its
    mark; both are None if everything typed is right. ``typed``, ``right``, ``follows`` and ``open`` count rows."""

    first: WorksheetRow | None
    result: Result | None
    typed: int
    right: int
    follows: int
    open: int

    @property
    def heading(self) -> str:
        """The sentence above the result: which number is wrong first, or how many are right."""
        if not self.typed:
            return "Type the numbers that you have, then check them."
        if self.first is None or self.result is None:
            all_ = "The number that you have typed is" if self.typed == 1 else f"All {self.typed} numbers are"
            rest = f" {counted(self.open, 'line')} {'is' if self.open == 1 else 'are'} still open." if self.open else ""
            return f"{all_} right.{rest}"
        kinds = {Verdict.WRONG: "wrong number", Verdict.IMPRECISE: "number to give more exactly"}
        return f"The first {kinds.get(self.result.verdict, 'number that cannot be read')}: {self.first.label}."

    @property
    def rest(self) -> str:
        """The sentence below the result: how many numbers are right, and how many follow from a wrong one."""
        if self.first is None:
            return ""
        said = f"{self.right} of the {self.typed} typed {'is' if self.right == 1 else 'are'} right"
        if self.follows:
            said += f", {self.follows} {'follows' if self.follows == 1 else 'follow'} from a wrong one"
        return f"{said}."


def put(session: Session, of: str, name: str, text: str) -> None:
    """Put a number, or a whole vector or matrix, into its worksheet fields, as if it were typed there.

    Raises:
        TutorError: There is no such quantity, the worksheet has no row for it, or the text has the wrong number of
            cells.
    """
    asked = session.lesson.graph(of).quantity(name)
    texts = (text,) if asked.is_number else cells_of(text, asked.shape)
    rows = {row.name: row for row in session.worksheet(of) if row.field is not None}
    for cell, typed in zip(asked.cells, texts, strict=True):
        row = rows.get(cell)
        if row is None or row.field is None:
            raise TutorError(
                f"The worksheet has no line for {session.lesson.graph(of).notation.text(cell)} to fill in."
            )
        if row.cell is None:
            session.draft(row.field.id, typed)
            continue
        draft = session.state(row.field.id).draft
        before = (
            draft if not isinstance(draft, str) and len(draft) == len(row.field.cells) else ("",) * len(row.field.cells)
        )
        session.draft(row.field.id, (*before[: row.cell], typed, *before[row.cell + 1 :]))


def check(session: Session, of: str = "") -> Checked:
    """Mark every number typed on a network's worksheet that is not marked yet. A wrong number is named before one that
    cannot be read, and that before one with too few digits."""
    rows = [row for row in session.worksheet(of) if row.field is not None]
    for field in {row.field.id: row.field for row in rows if row.field is not None}.values():
        state = session.state(field.id)
        is_marked = state.result is not None and state.draft == state.answer
        if not (is_blank(state.draft) or state.given_up or is_marked):
            session.submit(field.id, state.draft)
    found = [(row, _result(session, row)) for row in sorted(rows, key=lambda row: row.step)]
    typed = [(row, result) for row, result in found if result is not None]
    worst = next((each for each in (Verdict.WRONG, Verdict.UNREADABLE, Verdict.IMPRECISE) if _first(typed, each)), None)
    first, result = (_first(typed, worst) if worst is not None else None) or (None, None)
    counts = [each.verdict for _, each in typed]
    return Checked(
        first, result, len(typed), counts.count(Verdict.CORRECT), counts.count(Verdict.FOLLOWS), len(found) - len(typed)
    )


def _first(typed: list[tuple[WorksheetRow, Result]], verdict: Verdict) -> tuple[WorksheetRow, Result] | None:
    return next(((row, result) for row, result in typed if result.verdict is verdict), None)


def _result(session: Session, row: WorksheetRow) -> Result | None:
    """Return the mark of one row, or of its cell in a grid; None if nothing is typed or the answer was given up."""
    assert row.field is not None
    state = session.state(row.field.id)
    if state.result is None or state.answer is None or state.given_up or not row.part_of(state.answer).strip():
        return None
    if row.cell is None or row.cell >= len(state.result.cells):
        return state.result
    cell = state.result.cells[row.cell]
    return Result(cell.verdict, cell.message)
