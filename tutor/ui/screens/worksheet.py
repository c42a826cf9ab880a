"""The worksheet: every quantity of a network in one table, which is completed in any order and marked in place."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import groupby

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.getters import query_one
from textual.reactive import reactive

from tutor.lessons.blocks.base import NOTHING_TYPED
from tutor.session import Session
from tutor.session.model import Answer, Field, FieldKind, Outcome, WorksheetRow
from tutor.ui.commands import Command
from tutor.ui.fields.base import MarkLine
from tutor.ui.screens.base import while_there
from tutor.ui.screens.lesson_commands import GIVE_UP, HINT
from tutor.ui.screens.questions import QuestionScreen
from tutor.ui.text import MUTED, clean, more, one_line
from tutor.ui.widgets.entry import Entry
from tutor.ui.widgets.fills import Fills
from tutor.ui.widgets.hints import Hints
from tutor.ui.widgets.notice import NoticeLine
from tutor.ui.widgets.verdict import state_words, words
from tutor.ui.widgets.worksheet_rows import Group, Row, Table, given_parts, set_columns

COMMANDS = (
    HINT,
    Command("worksheet.derivation", "derivation", "f3", "Derivation",
            "Shows where the current quantity comes from, line by line.", footer="derive"),
    Command("worksheet.check", "check", "f5", "Check all that is typed",
            "Marks every number that you have typed, and names the first one that is wrong.", footer="check all"),
    Command("worksheet.other", "other", "f6", "Next worksheet",
            "Shows the worksheet of the lesson's next network.", footer="next sheet", letter="o"),
    Command("worksheet.close", "leave", "escape", "Close",
            "Back to the lesson. What is typed is kept.", footer="close", also="f4"),
    GIVE_UP,
)  # fmt: skip

BESIDE_THE_TABLE = 4
"""Columns beside the table: the stylesheet's margin on the left, and the scroll bar."""


class Sheet(VerticalScroll, can_focus=False):
    """The part that scrolls. It keeps the focused line in view when its size changes, and says in its lower border
    whether there is more below."""

    is_more = reactive(False)
    """Whether there is more below."""

    def on_mount(self) -> None:
        for changed in ("scroll_y", "virtual_size"):
            self.watch(self, changed, self._update_is_more)

    def on_resize(self) -> None:
        """Keep the focused line in view."""
        focused = self.screen.focused
        if focused is not None and self in focused.ancestors:
            self.call_after_refresh(focused.scroll_visible, animate=False)
        self.call_after_refresh(self._update_is_more)

    def _update_is_more(self) -> None:
        self.is_more = self.scroll_y < self.max_scroll_y

    def watch_is_more(self, is_more: bool) -> None:
        """Say that there is more below, with the key that scrolls there."""
        self.border_subtitle = f" {more('below', 'pgdn')} " if is_more else None


class WorksheetScreen(QuestionScreen):
    """The table, group by group, and a line with the message about the focused cell."""

    CSS_PATH = "worksheet.tcss"
    commands = COMMANDS
    help_text = (
        "Every quantity of the network. Fill it in, in any order, as on paper: **Enter** checks and goes on, the "
        "**arrows** go from cell to cell. Quantities that the lesson does not ask for are part of the next ones. A "
        "value appears once you have found it. A matrix that is pasted into one of its cells fills them all. To check "
        "homework, type only what you have: **F5** marks all of it and names the first number that is wrong."
    )

    body = query_one(Sheet)
    said = query_one("#said", MarkLine)

    def __init__(self, session: Session, of: str = "") -> None:
        super().__init__(session)
        self.of = of or next(iter(session.networks), "")
        self.title = self._heading()
        self._fills = Fills()
        self._first_wrong = ("", Content(""))  # the name of the first wrong number after checking all, and its message

    def parts(self) -> ComposeResult:
        yield Sheet()
        yield MarkLine(signed=False, id="said")
        yield NoticeLine()

    def _heading(self) -> str:
        """Return the lesson's title, and the network's name if there are several."""
        title = one_line(self.session.title)
        return f"Worksheet: {title}, {one_line(self.of)}" if len(self.session.networks) > 1 else f"Worksheet: {title}"

    # -- showing ------------------------------------------------------------------------------------------------------

    async def on_mount(self) -> None:
        await self.fill()

    def on_screen_resume(self) -> None:
        """Show what was found on other screens meanwhile."""
        if self.query(Row):
            self.refresh_rows()

    def on_resize(self, event: Resize) -> None:
        """Fit the number of columns to the new size."""
        super().on_resize(event)
        self._set_columns(event.size.width)

    def _set_columns(self, width: int) -> None:
        set_columns(self.query(Table), width - BESIDE_THE_TABLE)

    async def fill(self) -> None:
        """Build the table of the current network."""
        with while_there(self):
            await self._fill()

    async def _fill(self) -> None:
        await self.body.remove_children()
        rows = [row for row in self.session.worksheet(self.of) if row.field is not None or _is_read(row)]
        given = [row for row in rows if row.group == "given"]
        worked = sorted(
            (row for row in rows if row.group != "given"), key=lambda row: row.step
        )  # a stable sort, so that the groups stay in order
        is_repeated = any(row.step > 1 for row in worked)
        tables = [
            Table(
                *(
                    Group(_title(name, step if is_repeated else 0), list(group))
                    for name, group in groupby(of_step, key=lambda row: row.group)
                )
            )
            for step, of_step in groupby(worked, key=lambda row: row.step)
        ]
        await self.body.mount(Vertical(*given_parts(given), classes="given"), *tables)
        self._set_columns(self.size.width)
        with self.prevent(Entry.Changed):  # these are drafts already
            for line in self.query(Row):
                if line.field is not None:
                    line.query_one(Entry).set_text(line.row.part_of(self.session.state(line.field.id).draft))
        self.refresh_rows()
        entries = self.entries()
        if entries:
            next((entry for entry in entries if not entry.value and not self._is_done(entry)), entries[0]).focus()

    def refresh_rows(self) -> None:
        """Update every value and mark."""
        rows = {row.name: row for row in self.session.worksheet(self.of)}
        for line in self.query(Row):
            if line.row.name in rows:  # rows of another network may not be removed yet
                line.show(rows[line.row.name], self.session)
        cells = [line.field.id for line in self.query(Row) if line.field is not None]
        done = sum(self.session.state(field_id).done for field_id in cells)
        self.top.heading = self._heading()
        self.top.place = f"{done} of {len(cells)}"
        self.top.share = done / len(cells) if cells else None
        self.query_one(NoticeLine).say(self.session.notice)

    def entries(self) -> list[Entry]:
        """Return every field, in order."""
        return list(self.query(Entry))

    def _row_of(self, entry: Entry) -> tuple[Row, Field]:
        line = entry.parent
        assert isinstance(line, Row)
        assert line.field is not None
        return line, line.field

    def on_descendant_focus(self) -> None:
        """Show the message about the focused line, and its hints."""
        if isinstance(self.focused, Entry):
            line, field = self._row_of(self.focused)
            self._show_said(line, field)
            if self.query(Hints) or self.session.state(field.id).took_hints:
                self.call_later(self._show_hints)

    def _show_said(self, line: Row, field: Field) -> None:
        self.stop_reading()
        state = self.session.state(field.id)
        result = line.result(state)
        if self._first_wrong[0] == line.row.name:
            self.said.update(self._first_wrong[1])
            return
        if state.given_up or result is state.result is not None:
            self._show_message(field.label, state_words(state))
        elif result is not None:
            self._show_message(line.row.label, words(result))
        else:
            cells = len(field.cells) if line.row.cell is not None else 1
            waits = f", checked when all {cells} are filled in" if cells > 1 else ""
            self._show_message(field.label, Content.styled(clean(field.precision) + waits, MUTED))

    def _show_message(self, label: str, said: Content) -> None:
        self.said.update(Content.styled(f"{one_line(label)}  ", "bold") + said)

    # -- answering ----------------------------------------------------------------------------------------------------

    def _answer(self, line: Row, field: Field) -> Answer:
        """Return what is typed for a field.

        The lesson may also ask for one cell of an array separately. What is typed there counts for the array too.
        """
        if line.row.cell is None:
            return line.query_one(Entry).value
        texts = {row.row.label: row.query_one(Entry).value for row in self.query(Row) if row.field is not None}
        return tuple(texts.get(cell, "") for cell in field.cells)

    @on(Entry.Changed)
    def typed(self, event: Entry.Changed) -> None:
        """Keep the draft, and scroll to the field: page keys may have scrolled it out of view."""
        event.stop()
        self._first_wrong = ("", Content(""))
        if isinstance(event.input, Entry):
            event.input.scroll_visible(animate=False)
            line, field = self._row_of(event.input)
            self.keep_draft(field, self._answer(line, field), partial(self._read, line, field))

    def _read(self, line: Row, field: Field) -> None:
        """Show how the line is parsed."""
        if line.is_attached:
            self.tutor.expect_answers()
            reading = self.session.read(field.id, line.query_one(Entry).value, line.row.cell)
            text = one_line(reading.text) or clean(field.precision)
            said = Content.styled(text, MUTED) if reading.ok else Content.styled(f"! {text}", "$warning")
            self._show_message(line.row.label, said)
            line.show_mark(self.session)

    @on(Entry.Pasted)
    def pasted(self, event: Entry.Pasted) -> None:
        """Fill an array with what was pasted into one of its cells if it fits, or the cell if it is one number."""
        event.stop()
        line, field = self._row_of(event.entry)
        fields = [row.field for row in self.query(Row) if row.row.cell is not None and row.field is not None]
        array = next((each for each in fields if line.row.label in each.cells), field)
        cells = self.session.read_grid(array.id, event.text) if array.kind is FieldKind.GRID else None
        if cells is None:
            if array.kind is not FieldKind.GRID or self.session.read(field.id, event.text, line.row.cell).ok:
                event.entry.put_in(event.text)
            else:
                self._show_message(array.label, Content(self.session.unfit(array.id, event.text)))
            return
        texts = dict(zip(array.cells, cells, strict=True))
        rows = [row for row in self.query(Row) if row.field is not None and row.row.label in texts]
        with self.prevent(Entry.Changed):
            self._fills.fill([row.query_one(Entry) for row in rows], [texts[row.row.label] for row in rows])
        for row in {row.field.id: row for row in rows if row.field is not None}.values():
            assert row.field is not None
            self.keep_draft(row.field, self._answer(row, row.field), partial(self._read, line, field))

    @on(Entry.Submitted)
    async def checked(self, event: Entry.Submitted) -> None:
        """Have a field marked, and go to the next open one if it is right. A grid is marked once all of its cells are
        filled in. If nothing is typed, say so."""
        event.stop()
        assert isinstance(event.input, Entry)
        event.input.scroll_visible(animate=False)
        self._first_wrong = ("", Content(""))
        line, field = self._row_of(event.input)
        answer, state = self._answer(line, field), self.session.state(field.id)
        if self.is_missing(self.session, field.id, answer):
            self._show_message(line.row.label, Content(NOTHING_TYPED.message))
            return
        is_whole = all(part.strip() for part in ([answer] if isinstance(answer, str) else answer))
        if not is_whole or (state.done and answer == state.answer):
            self._go_on(event.input)
            return
        self.tutor.type_ahead.hold()
        outcome = await self.have_marked(self.session, field.id, answer)
        line.show_mark(self.session)
        self._show_said(line, field)
        # paint the verdict before doing what follows from it
        self.said.call_after_refresh(self.answered, outcome)

    async def answered(self, outcome: Outcome) -> None:
        """Show what an answer changes. If it is right, go to the next line, otherwise to a wrong cell of the array;
        stay if the learner has moved elsewhere."""
        if self.is_current:
            self.refresh_rows()
            if self.query(Hints):
                self.call_later(self._show_hints)
            entry = self.focused
            if isinstance(entry, Entry):
                field = self._row_of(entry)[1]
                if field.id == outcome.field:
                    if self.session.state(field.id).done:
                        self._go_on(entry)
                    else:
                        self.tutor.type_ahead.hand_over(self._cell_to_fix(entry, field))
                    return
        self.tutor.type_ahead.go_on()

    async def action_check(self) -> None:
        """Mark all that is typed, and go to the first number that is not right."""
        from tutor.session.checking import check

        self.save()
        self.tutor.type_ahead.hold()
        try:
            found = await asyncio.to_thread(check, self.session, self.of)
        finally:
            self.tutor.type_ahead.go_on()
        with while_there(self):
            self.refresh_rows()
            said = Content.styled(found.heading, "bold")
            if found.first is not None and found.result is not None:
                said = Content.assemble(said, " ", words(found.result), " ", (found.rest, MUTED))
                self._first_wrong = (found.first.name, said)
                next(line for line in self.query(Row) if line.row.name == found.first.name).query_one(Entry).focus()
            self.said.update(said)

    def _cell_to_fix(self, entry: Entry, field: Field) -> Entry:
        """Return the cell to fix: this one, or the first wrong one of the array if this one is right."""
        if not entry.has_class("-correct"):
            return entry
        lines = [line.query_one(Entry) for line in self.query(Row) if line.field == field]
        return next((each for each in lines if not each.has_class("-correct")), entry)

    # -- hints --------------------------------------------------------------------------------------------------------

    def focused_question(self) -> Field | None:
        """Return the field of the focused line, or None."""
        return self._row_of(self.focused)[1] if isinstance(self.focused, Entry) else None

    def asks(self, field: Field) -> bool:
        """Return whether a field is still on the sheet, which may show another network by now."""
        return any(line.field == field for line in self.query(Row))

    async def hint_opened(self, field: Field) -> None:
        """Show the hints below the table, and the answer in it if a hint shows that."""
        with while_there(self):
            self.refresh_rows()
            self.on_descendant_focus()

    async def _show_hints(self) -> None:
        """Show the open hints of the current field."""
        with while_there(self):
            field = self.focused_question()
            hints = []
            if field is not None and self.session.state(field.id).took_hints:
                hints = [Hints(self.session.hints(field.id), self.tutor.key_shown(HINT), one_line(field.label))]
            if [each.of for each in hints] != [each.of for each in self.query(Hints)]:
                await self.query(Hints).remove()
                await self.mount_all(hints, before=self.said)

    # -- moving -------------------------------------------------------------------------------------------------------

    def _go_on(self, entry: Entry) -> None:
        """Go to the next open line, and after the last one to the first open line from the top."""
        entries = self.entries()
        place = entries.index(entry)
        order = [*entries[place + 1 :], *entries[:place]]
        target = next((each for each in order if not self._is_done(each)), None)
        self.tutor.type_ahead.hand_over(target or (order[0] if place + 1 < len(entries) else entry))

    def _is_done(self, entry: Entry) -> bool:
        return self.session.state(self._row_of(entry)[1].id).done

    @on(Entry.Left)
    def moved(self, event: Entry.Left) -> None:
        """Move to the nearest line in a direction; down and up continue in the next or previous column."""
        event.stop()
        entries, here = self.entries(), event.entry.region
        step = 1 if event.direction in ("down", "right") else -1
        if event.direction in ("up", "down"):
            column = next(node for node in event.entry.ancestors if isinstance(node, Group)).region
            beyond = [e for e in entries if column.x <= e.region.x < column.right and (e.region.y - here.y) * step > 0]
            following = entries[max(0, entries.index(event.entry) + step) :][:1]
            nearest = min(beyond, key=lambda e: (abs(e.region.y - here.y), abs(e.region.x - here.x)), default=None)
            target = nearest or next(iter(following), event.entry)
        else:
            beyond = [e for e in entries if e.region.y == here.y and (e.region.x - here.x) * step > 0]
            target = min(beyond, key=lambda e: abs(e.region.x - here.x), default=event.entry)
        target.focus()
        if target is not event.entry or event.direction != "up":
            target.scroll_visible(animate=False)
        else:
            self.body.scroll_home(animate=False)  # to the given numbers

    def action_derivation(self) -> None:
        """Show the derivation of the current quantity."""
        if isinstance(self.focused, Entry):
            from tutor.ui.screens.derivation import DerivationScreen

            row = self._row_of(self.focused)[0].row
            self.app.push_screen(DerivationScreen(self.session, self.of, row.name, row.label))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the next worksheet if there is only one."""
        return len(self.session.networks) > 1 if action == "other" else super().check_action(action, parameters)

    async def action_other(self) -> None:
        """Show the next network or worksheet of the lesson."""
        names = list(self.session.networks)
        if len(names) > 1:
            self.save()
            self.of = names[(names.index(self.of) + 1) % len(names)]
            await self.fill()

    def action_leave(self) -> None:
        """Return to the lesson."""
        self.save()
        self.dismiss()


def _title(group: str, step: int) -> str:
    """Return the heading of a group; ``step`` is 0 if there is only one step."""
    if group == "steps" and step:
        return f"step {step}"
    return f"{group}, step {step}" if step > 1 else group


def _is_read(row: WorksheetRow) -> bool:
    """Return whether a line that is not asked for is shown. The factors of a chain are not: they are steps of other
    lines."""
    return "/d" not in row.name or row.name.startswith(("dE/dw", "dE/dtheta")) or row.group == "given"
