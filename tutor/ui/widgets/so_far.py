"""The numbers of a network so far: what is given and what the learner has found, in a strip under the page."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tutor.lessons.template import HIDDEN
from tutor.session import Session
from tutor.session.model import Verdict, WorksheetRow
from tutor.ui.text import MUTED, NO_BREAK, one_line, plain

ROWS_AT_MOST = 6
"""Rows of the strip, so that the question and its field keep their room at 24 rows."""


class SoFar(Static):
    """A strip that is opened and closed by a key: every number of one network or worksheet that may be seen now."""

    DEFAULT_CSS = """
    SoFar {
        display: none; height: auto; max-height: 7; padding: 0 2; border-top: solid $foreground 25%;
        background: $background;
    }
    """

    of: str = ""
    """The network or worksheet whose numbers are shown; empty while the strip is closed."""

    def show(self, session: Session, of: str) -> None:
        """Show the numbers of a network or worksheet of a session as they are now; close the strip where there is no
        such ``of``."""
        self.of = of if of in session.lesson.parts else ""
        self.display = bool(self.of)
        if self.of:
            self.update(numbers(session, self.of, (self.app.size.width - 4) * ROWS_AT_MOST))


def numbers(session: Session, of: str, room: int) -> Content:
    """Return the numbers of a network or worksheet, the ones that the learner worked out first, then what is given,
    in at most ``room`` columns. A wrong answer stands with its sign, as the learner's own."""
    rows = session.worksheet(of)
    found = [said for row in rows if row.group != "given" and (said := _number(session, row))]
    given = [said for row in rows if row.group == "given" and (said := _number(session, row))]
    parts, used = [plain("so far: " if found else "nothing found yet; given: ", MUTED)], 30
    for said in (*found, *given):
        used += said.cell_length + 2
        if used > room:
            parts.append(plain(" …", MUTED))
            break
        parts += [said, Content("  ")]
    return Content("").join(parts).rstrip()


def _number(session: Session, row: WorksheetRow) -> Content | None:
    """Return a quantity with its number, or the learner's own where that is wrong; None where there is none."""
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
