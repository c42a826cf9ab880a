"""The worksheet: every quantity of a network in one table, filled in in any order, marked where it stands."""

from __future__ import annotations

from itertools import groupby

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Footer, Static

from tutor.session import Session
from tutor.session.model import WorksheetRow
from tutor.ui.commands import Command, bindings
from tutor.ui.screens.base import TutorScreen
from tutor.ui.text import MUTED, clean, one_line
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.topbar import TopBar
from tutor.ui.widgets.verdict import CLASSES, state_sign, words

COMMANDS = (
    Command(
        "worksheet.other", "other", "f6", "Another network", "The worksheet of the lesson's next network.", letter="o"
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


class Row(Horizontal):
    """A quantity: its name, its value once it may be shown, and where the lesson asks for it a line to type in."""

    DEFAULT_CSS = """
    Row { height: 1; }
    Row > .name { width: 11; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    Row > .value { width: 12; color: $foreground 75%; text-wrap: nowrap; text-overflow: ellipsis; }
    Row > Entry { width: 13; }
    Row > .sign { width: 3; padding: 0 1; text-style: bold; }
    """

    def __init__(self, row: WorksheetRow) -> None:
        super().__init__()
        self.row = row

    def compose(self) -> ComposeResult:
        yield Static(one_line(self.row.label), classes="name", markup=False)
        yield Static("", classes="value", markup=False)
        if self.row.field is not None:
            yield Entry()
            yield Static("", classes="sign", markup=False)

    def show(self, row: WorksheetRow, session: Session) -> None:
        """Show the value and the mark as they are now."""
        self.row = row
        self.query_one(".value", Static).update(Content(one_line(row.value)))
        if row.field is None:
            return
        state = session.state(row.field.id)
        self.query_one(".sign", Static).update(state_sign(state))
        entry = self.query_one(Entry)
        verdict = state.result.verdict if state.result is not None else None
        for each, name in CLASSES.items():
            entry.set_class(each is verdict, name)


class WorksheetScreen(TutorScreen[None]):
    """The table, group by group, and a line for what is said about the cell in hand."""

    CSS_PATH = "worksheet.tcss"
    BINDINGS = bindings(COMMANDS)
    commands = COMMANDS
    help_text = (
        "Every quantity of the network. Fill in those with a field, in any order; **Enter** checks and goes on. "
        "A value appears once you have found it, or given it up."
    )

    top = query_one(TopBar)
    body = query_one("#groups", VerticalScroll)
    said = query_one("#said", Static)

    def __init__(self, session: Session, of: str = "") -> None:
        super().__init__()
        self.session = session
        self.of = of or next(iter(session.networks), "")

    def compose(self) -> ComposeResult:
        yield TopBar(f"Worksheet: {one_line(self.of)}")
        yield VerticalScroll(id="groups", can_focus=False)
        yield Static("", id="said", markup=False)
        yield Footer(show_command_palette=False)

    async def on_mount(self) -> None:
        """Fill the table."""
        await self.fill()

    async def fill(self) -> None:
        """Build the table of the network in hand."""
        await self.body.remove_children()
        for name, rows in groupby(self.session.worksheet(self.of), key=lambda row: row.group):
            lines = [Row(row) for row in rows]
            await self.body.mount(Vertical(Static(name, classes="group"), *lines, classes=f"column {name}"))
        for line in self.query(Row):
            if line.row.field is not None:
                draft = self.session.state(line.row.field.id).draft
                with self.prevent(Entry.Changed):
                    line.query_one(Entry).set_text(draft if isinstance(draft, str) else "")
        self.refresh_rows()
        entries = self.entries()
        if entries:
            next((entry for entry in entries if not entry.value), entries[0]).focus()

    def refresh_rows(self) -> None:
        """Show every value and mark as they are now."""
        rows = {row.name: row for row in self.session.worksheet(self.of)}
        for line in self.query(Row):
            line.show(rows[line.row.name], self.session)
        states = [self.session.state(line.row.field.id) for line in self.query(Row) if line.row.field is not None]
        done = sum(state.done for state in states)
        self.top.heading = f"Worksheet: {one_line(self.of)}"
        self.top.place = f"{done} of {len(states)}"
        self.top.share = done / len(states) if states else None

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
            self.said.update(label + Content.styled(clean(field.precision), MUTED))

    @on(Entry.Changed)
    def typed(self, event: Entry.Changed) -> None:
        """Keep the draft, and say how it is read."""
        event.stop()
        if not isinstance(event.input, Entry):
            return
        field = self._row_of(event.input).row.field
        assert field is not None
        self.session.draft(field.id, event.value)
        reading = self.session.read(field.id, event.value)
        label = Content.styled(f"{one_line(field.label)}  ", "bold")
        text = one_line(reading.text) or clean(field.precision)
        self.said.update(
            label + Content.styled(text if reading.ok else f"! {text}", MUTED if reading.ok else "$warning")
        )

    @on(Entry.Submitted)
    def checked(self, event: Entry.Submitted) -> None:
        """Have it marked, and go to the next open line where it is right."""
        event.stop()
        assert isinstance(event.input, Entry)
        line = self._row_of(event.input)
        field = line.row.field
        assert field is not None
        if event.value.strip():
            self.session.submit(field.id, event.value)
            self.refresh_rows()
            self._say(line)
        if not event.value.strip() or self.session.state(field.id).done:
            self._step(event.input, 1, is_open=True)

    def _step(self, entry: Entry, step: int, *, is_open: bool = False) -> None:
        entries = self.entries()
        place = entries.index(entry)
        order = entries[place + 1 :] if step > 0 else entries[:place][::-1]
        if is_open:
            order = [each for each in order if not self._is_done(each)]
        if order:
            order[0].focus()

    def _is_done(self, entry: Entry) -> bool:
        field = self._row_of(entry).row.field
        return field is not None and self.session.state(field.id).done

    @on(Entry.Left)
    def moved(self, event: Entry.Left) -> None:
        """Up and down, from line to line."""
        event.stop()
        if event.way in ("up", "down"):
            self._step(event.entry, -1 if event.way == "up" else 1)

    def on_descendant_focus(self) -> None:
        """Say what was said about the line in hand."""
        if isinstance(self.focused, Entry):
            self._say(self._row_of(self.focused))

    async def action_other(self) -> None:
        """The next network or worksheet of the lesson."""
        names = list(self.session.networks)
        if len(names) > 1:
            self.save()
            self.of = names[(names.index(self.of) + 1) % len(names)]
            await self.fill()

    def save(self) -> None:
        """Write the drafts."""
        self.session.save()

    def action_leave(self) -> None:
        """Back to the lesson."""
        self.save()
        self.dismiss()
