"""The worksheet: every quantity of a network in one table, filled in in any order, marked where it stands."""

from __future__ import annotations

from functools import partial
from itertools import groupby

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.timer import Timer

from tutor.session import Session
from tutor.session.model import WorksheetRow
from tutor.ui.commands import Command, bindings
from tutor.ui.fields.base import MarkLine
from tutor.ui.screens.answering import READ_AFTER, SAVE_AFTER
from tutor.ui.screens.base import TutorScreen, while_there
from tutor.ui.text import MUTED, clean, one_line
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.keyline import KeyLine
from tutor.ui.widgets.topbar import TopBar
from tutor.ui.widgets.verdict import words
from tutor.ui.widgets.worksheet_rows import Head, Row, given_parts, laid_out

COMMANDS = (
    Command(
        "worksheet.derivation",
        "derivation",
        "f3",
        "Derivation",
        "Where the quantity in hand comes from, line by line.",
        label="derive",
        footer=True,
    ),
    Command(
        "worksheet.other",
        "other",
        "f6",
        "Another network",
        "The worksheet of the lesson's next network.",
        letter="o",
        label="next network",
        footer=True,
    ),
    Command(
        "worksheet.close",
        "leave",
        "escape",
        "Close",
        "Back to the lesson. What is typed is kept.",
        label="close",
        also="f4",
        footer=True,
    ),
)


class WorksheetScreen(TutorScreen[None]):
    """The table, group by group, and a line for what is said about the cell in hand."""

    CSS_PATH = "worksheet.tcss"
    BINDINGS = bindings(COMMANDS)
    keeps_keys_in_order = True
    commands = COMMANDS
    help_text = (
        "Every quantity of the network, to be filled in in any order, as on paper; **Enter** checks and goes on. "
        "What the lesson does not ask is put into what follows from it. A value appears once you have found it."
    )

    top = query_one(TopBar)
    body = query_one("#groups", VerticalScroll)
    said = query_one("#said", MarkLine)

    def __init__(self, session: Session, of: str = "") -> None:
        super().__init__()
        self.session = session
        self.of = of or next(iter(session.networks), "")
        self._saving: Timer | None = None
        self._reading: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TopBar(self._heading())
        yield VerticalScroll(id="groups", can_focus=False)
        yield MarkLine(signed=False, id="said")
        yield KeyLine()

    def _heading(self) -> str:
        """The lesson's title; with the network's name only where there are several to tell apart."""
        title = one_line(self.session.title)
        return f"Worksheet: {title}, {one_line(self.of)}" if len(self.session.networks) > 1 else f"Worksheet: {title}"

    async def on_mount(self) -> None:
        """Fill the table."""
        await self.fill()

    def on_screen_resume(self) -> None:
        """What was found elsewhere meanwhile."""
        if self.query(Row):
            self.refresh_rows()

    async def fill(self) -> None:
        """Build the table of the network in hand."""
        with while_there(self):
            await self._fill()

    async def _fill(self) -> None:
        await self.body.remove_children()
        rows = [row for row in self.session.worksheet(self.of) if row.field is not None or _is_read(row)]
        given = [row for row in rows if row.group == "given"]
        worked = sorted(
            (row for row in rows if row.group != "given"), key=lambda row: row.step
        )  # the groups stay in order
        tables = []
        for step, of_step in groupby(worked, key=lambda row: row.step):
            columns = []
            for name, group in groupby(of_step, key=lambda row: row.group):
                title = name if step == 1 else f"{name}, step {step}"
                lines = list(group)
                columns.append(Vertical(Head(title, lines), *laid_out(lines), classes=f"column {name}"))
            tables.append(Horizontal(*columns, classes="columns"))
        await self.body.mount(Vertical(*given_parts(given), classes="given"), *tables)
        for line in self.query(Row):
            if line.row.field is not None:
                with self.prevent(Entry.Changed):
                    line.query_one(Entry).set_text(line.cell_text(self.session.state(line.row.field.id).draft))
        self.refresh_rows()
        entries = self.entries()
        if entries:
            next((entry for entry in entries if not entry.value), entries[0]).focus()

    def refresh_rows(self) -> None:
        """Show every value and mark as they are now."""
        rows = {row.name: row for row in self.session.worksheet(self.of)}
        for line in self.query(Row):
            if line.row.name in rows:  # the last ones of another network may not have gone yet
                line.show(rows[line.row.name], self.session)
        cells = [line.row.field.id for line in self.query(Row) if line.row.field is not None]
        done = sum(self.session.state(field_id).done for field_id in cells)
        self.top.heading = self._heading()
        self.top.place = f"{done} of {len(cells)}"
        self.top.share = done / len(cells) if cells else None

    def entries(self) -> list[Entry]:
        """Every line to type in, in order."""
        return list(self.query(Entry))

    def _row_of(self, entry: Entry) -> Row:
        return next(line for line in self.query(Row) if entry in line.children)

    def _say(self, line: Row) -> None:
        field = line.row.field
        if field is None:
            return
        state = self.session.state(field.id)
        label = Content.styled(f"{one_line(field.label)}  ", "bold")
        if state.result is not None:
            self.said.update(label + words(state.result))
        else:
            cells = len(field.cells) if line.cell is not None else 1
            waits = f", checked when all {cells} are filled in" if cells > 1 else ""
            self.said.update(label + Content.styled(clean(field.precision) + waits, MUTED))

    @on(Entry.Changed)
    def typed(self, event: Entry.Changed) -> None:
        """Keep the draft; read it back and save it beside the typing."""
        event.stop()
        if not isinstance(event.input, Entry):
            return
        line = self._row_of(event.input)
        field = line.row.field
        assert field is not None
        self.session.draft(field.id, line.answer(self.session.state(field.id).draft))
        if self._saving is None:
            self._saving = self.set_timer(SAVE_AFTER, self.save)
        if self._reading is not None:
            self._reading.stop()
        self._reading = self.set_timer(READ_AFTER, partial(self._read, line))

    def _read(self, line: Row) -> None:
        """Say how the line is read."""
        field = line.row.field
        if field is None or not line.is_attached:
            return
        reading = self.session.read(field.id, line.query_one(Entry).value, line.cell)
        label = Content.styled(f"{one_line(line.row.label)}  ", "bold")
        text = one_line(reading.text) or clean(field.precision)
        style = MUTED if reading.ok else "$warning"
        self.said.update(label + Content.styled(text if reading.ok else f"! {text}", style))

    @on(Entry.Submitted)
    def checked(self, event: Entry.Submitted) -> None:
        """Have it marked, and go to the next open line where it is right; a grid waits for all of its cells."""
        event.stop()
        assert isinstance(event.input, Entry)
        line = self._row_of(event.input)
        field = line.row.field
        assert field is not None
        answer = line.answer(self.session.state(field.id).draft)
        is_whole = all(part.strip() for part in ([answer] if isinstance(answer, str) else answer))
        if is_whole:
            self.session.submit(field.id, answer)
            line.show_mark(self.session)
            self._say(line)
            # the verdict is painted before all that follows from it
            self.tutor.type_ahead.hold()
            self.said.call_after_refresh(self._after, event.input, goes_on=self.session.state(field.id).done)
        else:
            self._go_on(event.input)

    def _after(self, entry: Entry, *, goes_on: bool) -> None:
        """Show what follows from an answer, and go on where it is right, unless the learner has gone elsewhere."""
        if self.is_current and entry.is_attached:
            self.refresh_rows()
            if self.focused is entry and goes_on:
                self._go_on(entry)
                return
        self.tutor.type_ahead.go_on()

    def _go_on(self, entry: Entry) -> None:
        self.tutor.type_ahead.hand_over(self._next_to(entry, 1, is_open=True))

    def _next_to(self, entry: Entry, step: int, *, is_open: bool = False) -> Entry:
        """The line after an entry or before it, the next that is open if it has to be; itself where there is none."""
        entries = self.entries()
        place = entries.index(entry)
        order = entries[place + 1 :] if step > 0 else entries[:place][::-1]
        if is_open:  # after the last line from the top again: what is open may stand above
            order = [each for each in (*order, *entries[:place]) if not self._is_done(each)]
        return order[0] if order else entry

    def _is_done(self, entry: Entry) -> bool:
        field = self._row_of(entry).row.field
        return field is not None and self.session.state(field.id).done

    @on(Entry.Left)
    def moved(self, event: Entry.Left) -> None:
        """Up and down, from line to line."""
        event.stop()
        if event.way in ("up", "down"):
            self._next_to(event.entry, -1 if event.way == "up" else 1).focus()

    def on_descendant_focus(self) -> None:
        """Say what was said about the line in hand."""
        if isinstance(self.focused, Entry):
            self._say(self._row_of(self.focused))

    def action_derivation(self) -> None:
        """The derivation of the quantity in hand."""
        if isinstance(self.focused, Entry):
            from tutor.ui.screens.derivation import DerivationScreen

            row = self._row_of(self.focused).row
            self.app.push_screen(DerivationScreen(self.session, self.of, row.name, row.label))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out the way to another network where there is one alone."""
        return len(self.session.networks) > 1 if action == "other" else super().check_action(action, parameters)

    async def action_other(self) -> None:
        """The next network or worksheet of the lesson."""
        names = list(self.session.networks)
        if len(names) > 1:
            self.save()
            self.of = names[(names.index(self.of) + 1) % len(names)]
            await self.fill()

    def save(self) -> None:
        """Write the drafts."""
        if self._saving is not None:
            self._saving.stop()
            self._saving = None
        self.session.save()

    def action_leave(self) -> None:
        """Back to the lesson."""
        self.save()
        self.dismiss()


def _is_read(row: WorksheetRow) -> bool:
    """Whether a line that is not asked for is of interest: the factors of the chain are steps of other lines."""
    return "/d" not in row.name or row.name.startswith(("dE/dw", "dE/dtheta")) or row.group == "given"
