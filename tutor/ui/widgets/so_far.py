"""The numbers of a network so far, given and found, in a strip below the page."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tutor.lessons.template import HIDDEN
from tutor.session import Session
from tutor.session.model import Verdict, WorksheetRow
from tutor.ui.text import MUTED, NO_BREAK, one_line, plain

MAX_ROWS = 6
"""The most rows of the strip, so that the question and its field still fit at 24 rows."""


class SoFar(Static):
    """A strip that a key opens and closes, with every number of one network or worksheet that may be seen now."""

    DEFAULT_CSS = """
    SoFar {
        display: none; height: auto; max-height: 7; padding: 0 2; border-top: solid $foreground 25%;
        background: $background;
    }
    """

    of: str = ""
    """The network or worksheet whose numbers are shown; empty while the strip is closed."""

    def show(self, session: Session, of: str) -> None:
        """Show the current numbers of a network or worksheet. Close the strip if ``of`` is none."""
        self.of = of if of in session.lesson.parts else ""
        self.display = bool(self.of)
        if self.of:
            self.update(numbers(session, self.of, (self.app.size.width - 4) * MAX_ROWS))


def numbers(session: Session, of: str, columns: int) -> Content:
    """Return the numbers of a network or worksheet, first those that the learner worked out, then the given ones, in at
    most ``columns`` columns. A wrong answer is shown with its sign."""
    rows = session.worksheet(of)
    found = [said for row in rows if row.group != "given" and (said := _number(session, row))]
    given = [said for row in rows if row.group == "given" and (said := _number(session, row))]
    parts, used = [plain("so far: " if found else "nothing found yet; given: ", MUTED)], 30
    for said in (*found, *given):
        used += said.cell_length + 2
        if used > columns:
            parts.append(plain(" …", MUTED))
            break
        parts += [said, Content("  ")]
    return Content("").join(parts).rstrip()


def _number(session: Session, row: WorksheetRow) -> Content | None:
    """Return a quantity with its number, or with the learner's answer if that is wrong; None if there is neither."""
    value, sign = one_line(row.value), ""
    state = session.state(row.field.id) if row.field is not None else None
    if state is not None and not state.done:
        own = row.part_of(state.answer).strip() if state.answer is not None else ""
        if own:
            value, sign = one_line(own), f"{NO_BREAK}{Verdict.WRONG.sign}"
    if value == HIDDEN or not value:
        return None
    name = plain(f"{one_line(row.label)}{NO_BREAK}", MUTED)
    return Content.assemble(name, (value.replace(" ", NO_BREAK), "bold"), (sign, "bold $error"))
