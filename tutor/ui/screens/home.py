"""Home: the lessons with their progress, and where to continue."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.compose import compose
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.reactive import var
from textual.widgets import Input, Static

from tutor.errors import LessonError, reason
from tutor.lessons.catalogue import read_aside
from tutor.paths import split_variant
from tutor.ui.commands import Command
from tutor.ui.lesson_overview import Row, Shelf, read_shelf
from tutor.ui.screens.base import TutorScreen, while_there
from tutor.ui.text import MUTED, bar, clean, one_line, pasted, plain
from tutor.ui.widgets.hanging import Hanging, Listed
from tutor.ui.widgets.lesson_list import CONTINUE, PRACTISE, LessonList, lit

COMMANDS = (
    Command("home.open", "open", "o", "Open", "Opens the highlighted lesson."),
    Command("home.search", "search", "slash", "Search",
            "Shows only the lessons with these words. Escape shows all again.", footer="search"),
    Command("home.check", "check", "c", "Check my homework",
            "Opens the worksheet of your own network: type there what you have.", footer="check homework"),
    Command("home.change", "change", "e", "Change your own network",
            "Changes its numbers or its name.", footer="change"),
    Command("home.write_out", "write_out", "w", "Write as YAML",
            "Writes your own network's lesson into the folder that the tutor was started in.", footer="write YAML"),
    Command("home.practice", "practice", "p", "Practice with new numbers",
            "Opens the lesson with numbers that you have not seen yet.", footer="new numbers"),
    Command("home.own", "own", "n", "Your own network",
            "Type or paste the network on your homework sheet. The tutor makes a lesson and a worksheet of it.",
            footer="own network"),
    Command("home.delete", "delete", "delete", "Delete your own network",
            "Asks, then deletes its lesson and what you answered in it.", also="d"),
    Command("home.look_back", "look_back", "l", "Look back",
            "Shows everything you have answered in the lesson, with what was said about it."),
    Command("home.practise", "practise", "r", "Practise what is due",
            "Asks questions chosen by what you cannot do yet, one at a time, with fresh numbers.", footer="practise"),
    Command("home.skills", "skills", "s", "Skills",
            "Shows what you can do, by operation, and what is due. Enter there practises one.", footer="skills"),
    Command("home.tour", "tour", "t", "Tour", "Shows in one minute how the tutor works, on a real question."),
    Command("home.leave", "leave", "escape", "Show all lessons", "Ends the search.", footer="show all", palette=False),
    Command("home.quit", "app.quit", "q", "Quit", "Leaves the tutor. Everything is saved.", palette=False),
)  # fmt: skip


class Search(Input):
    """The field for the words to search for."""

    BINDINGS = [
        Binding("enter", "submit", "to the list", id="search.enter", tooltip="Goes to what was found."),
        Binding("down", "submit", "To the list", show=False),
    ]

    def _on_paste(self, event: events.Paste) -> None:
        """Paste as one line, without control characters."""
        event.stop()
        event.prevent_default()
        self.replace(one_line(pasted(event.text)), *sorted(self.selection))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key does something: if nothing was found, there is no list to go to."""
        if action == "submit":
            return self.screen.query_one(LessonList).display
        return super().check_action(action, parameters)


FEW_LESSONS = 3
"""Up to this many new lessons are loaded sooner here than another process starts."""

RETRY_AFTER = 1.0
"""Seconds until progress that could not be read is read again."""

PRACTICE_WORDS = (
    "One question at a time, chosen by what you cannot do yet or are about to forget, always with fresh numbers. "
    "You may leave at any moment; every answer counts."
)


class Home(TutorScreen[None]):
    """The first screen."""

    CSS_PATH = "home.tcss"
    AUTO_FOCUS = "LessonList"

    commands = COMMANDS
    help_text = (
        "The lessons, in order. The line at the top continues where you stopped. **Enter** opens the highlighted "
        "lesson; **p** opens it with new numbers, for practice. Everything is saved as you go."
    )

    words = var("", init=False)
    """The words that are searched for."""
    shelf = var(Shelf(), init=False, always_update=True)
    """The lessons and the progress in them."""
    due = var("", init=False)
    """What practice would be about now, or nothing if nothing is due."""
    _is_built = False  # whether it has its widgets
    _has_been_left = False
    _is_own = False  # whether the highlighted lesson is one of the learner's own networks

    lessons = query_one(LessonList)
    heading = query_one("#heading", Static)
    detail = query_one("#detail", Static)
    state = query_one("#state", Static)
    needs = query_one("#needs", Static)
    nothing = query_one("#nothing", Static)
    search_line = query_one("#search-line", Horizontal)
    search = query_one("#search", Search)

    def compose(self) -> ComposeResult:
        """Compose nothing while a lesson named on the command line covers this screen: the lesson is shown sooner."""
        if not self.tutor.begins_over_home or self._has_been_left:
            self._is_built = True
            yield from super().compose()

    def parts(self) -> ComposeResult:
        with Horizontal(id="search-line"):
            yield Static("/", markup=False)
            yield Search(id="search", placeholder="Search the lessons", compact=True)
        with Horizontal(id="shelf"):
            yield LessonList(id="lessons")
            yield Static(id="nothing", markup=False)
            with VerticalScroll(id="aside", can_focus=False):
                yield Static(id="heading", markup=False)
                yield Static(id="detail", markup=False)
                yield Static(id="state", markup=False)
                yield Static(id="needs", markup=False)
        yield Static(id="notice", markup=False)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Show the lessons."""
        if self._is_built:
            self.refresh_shelf()

    async def on_screen_resume(self) -> None:
        """Update the list if another screen was shown; compose this one if it was covered until now."""
        if self._has_been_left:
            if not self._is_built:
                await self.mount_all(compose(self))
            with while_there(self):  # the learner may have quit meanwhile
                self.refresh_shelf()

    def on_screen_suspend(self) -> None:
        """Note that the list may be out of date when it is shown again."""
        self._has_been_left = True

    def refresh_shelf(self) -> None:
        """Read the lessons and the progress again. A thread loads lessons that are new."""
        was_waiting = self._is_waiting  # or else progress that can be read again a moment later would never be shown
        self.shelf = read_shelf(self.tutor.store, glimpse=True)
        if self.shelf.pending:
            self.call_after_refresh(self.load_shelf)
        if was_waiting or self._is_waiting:
            self.set_timer(RETRY_AFTER, partial(self._if_current, self.refresh_shelf))
        if self.tutor.plans_practice and self.tutor.store.positions():
            self.call_after_refresh(self._if_current, self.plan_practice)

    @property
    def _is_waiting(self) -> bool:
        """Whether the place of the progress cannot be reached now."""
        return bool(self.tutor.store.notice) and not self.tutor.store.saving

    def _if_current(self, then: Callable[[], object]) -> None:
        """Do something, unless another screen covers this one by now."""
        if self.is_current:
            then()

    @work(thread=True, exclusive=True, group="shelf")
    def load_shelf(self) -> None:
        """Load the new lessons."""
        if self.shelf.pending > FEW_LESSONS:
            read_aside()
        self.app.call_from_thread(setattr, self, "shelf", read_shelf(self.tutor.store))

    @work(thread=True, exclusive=True, group="practice")
    def plan_practice(self) -> None:
        """Find out what is due, in a thread."""
        from tutor.session.practice import Learner

        words = Learner(self.tutor.store).plan().words
        self.app.call_from_thread(setattr, self, "due", words)

    def watch_due(self) -> None:
        self._fill()

    def watch_shelf(self) -> None:
        """Show the lessons and what must be said about them."""
        shelf = self.shelf
        notices = (*shelf.notices, self.tutor.store.notice)
        notice = self.query_one("#notice", Static)
        notice.display = any(notices)
        notice.update(plain("\n".join(f"! {text}" for text in notices if text)))
        self._fill()

    def watch_words(self) -> None:
        self._fill()

    def _found(self) -> list[Row]:
        words = self.words.casefold().split()
        return [row for row in self.shelf.rows if row.matches(words)] if words else list(self.shelf.rows)

    def _fill(self) -> None:
        found = self._found()
        self._show_top(len(found))
        resume, due = (None, "") if self.words else (self.shelf.resume, self.due)
        self.lessons.show(found, resume, self.words, due)
        for shown, widget in ((found, self.lessons), (found, self.query_one("#aside")), (not found, self.nothing)):
            widget.display = bool(shown)
        if found:
            self.show_detail()
        else:
            self.nothing.update(self._empty())
        self.refresh_bindings()

    def _show_top(self, found: int) -> None:
        """Show in the top line how much of the course is done, or how many lessons were found."""
        done, total = self.shelf.done, len(self.shelf.course)
        if self.words:
            self.top.share, self.top.place = None, f"{found} found"
        else:
            self.top.share = done / total if total else None
            self.top.place = f"{done} of {total} lessons done" if total else ""

    def _empty(self) -> Content:
        if self.shelf.rows:
            return Content.assemble(
                ("Nothing found\n\n", "bold"),
                plain(f"No title or summary has “{self.words}”. Escape shows all lessons."),
            )
        return Content.assemble(
            ("No lessons here yet\n\n", "bold"),
            "The tutor's own lessons were not found. Folders with lessons go in TUTOR_LESSONS; ",
            "a lesson of your own opens with\n\n  ",
            ("tutor FILE.yaml", "$accent"),
        )

    def _row(self) -> Row | None:
        """Return the highlighted lesson, or None."""
        option = self.lessons.highlighted_option
        if option is None or option.id is None or option.id == PRACTISE:
            return None
        if option.id == CONTINUE:
            return self.shelf.row(split_variant(self.shelf.resume.reference)[0]) if self.shelf.resume else None
        return self._found()[int(option.id.removeprefix("row-"))]

    @on(LessonList.OptionHighlighted)
    def show_detail(self) -> None:
        """Describe the highlighted lesson."""
        with while_there(self):  # the learner may have quit meanwhile
            self._describe_highlighted()

    def _describe_highlighted(self) -> None:
        row, option = self._row(), self.lessons.highlighted_option
        if option is not None and option.id == PRACTISE:
            self._show_practice()
        if row is not None:
            number = Content.styled(f"{clean(row.number)}  ".lstrip(), "bold")
            self.heading.update(Hanging(number, lit(Content.styled(one_line(row.title), "bold"), self.words)))
            self.detail.update(lit(_detail(row), self.words))
            self.state.update(_state(row))
            self.needs.update(_needs(row, self.shelf))
        if self._is_own != (self._own_file() is not None):
            self._is_own = not self._is_own
            self.refresh_bindings()

    def _show_practice(self) -> None:
        """Describe practice, while its line is highlighted."""
        self.heading.update(Content.styled("Practise what is due", "bold"))
        self.detail.update(plain(PRACTICE_WORDS))
        self.state.update(Content.styled("s shows all skills", MUTED))
        self.needs.update(Content(""))

    # -- commands -----------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable commands that do nothing: searching during a search, ending none, or those for one's own network on
        another lesson."""
        if not self._is_built or (self.is_mounted and not self.query(Search)):
            return False
        if self.is_mounted and action == "search":
            return not self.search.has_focus
        if self.is_mounted and action == "leave":
            return bool(self.search_line.display)
        if self.is_mounted and action in ("check", "change", "write_out", "delete"):
            return self._own_file() is not None
        return super().check_action(action, parameters)

    @on(LessonList.OptionSelected)
    def action_open(self) -> None:
        """Open the highlighted lesson."""
        row, option = self._row(), self.lessons.highlighted_option
        if option is not None and option.id == PRACTISE:
            self.action_practise()
        if row is None or option is None:
            return
        if option.id == CONTINUE and self.shelf.resume is not None:
            self.tutor.open_lesson(self.shelf.resume.reference)
        else:
            self._open(row)

    def _open(self, row: Row, *, new_numbers: bool = False) -> None:
        if row.error:
            self.tutor.show_error(LessonError(["\n".join(row.error)]))
        else:
            self.tutor.open_lesson(row.id, new_numbers=new_numbers)

    def action_practice(self) -> None:
        """Open the highlighted lesson with new numbers."""
        row = self._row()
        if row is not None:
            self._open(row, new_numbers=True)

    def action_own(self) -> None:
        """Show the form for the learner's own network."""
        self.tutor.open_own()

    def _own_file(self) -> Path | None:
        """Return the file of the highlighted lesson if the learner made it, or None."""
        row = self._row()
        return Path(row.path) if row is not None and row.is_own else None

    def action_check(self) -> None:
        """Open the worksheet of the highlighted network."""
        file = self._own_file()
        if file is not None:
            self.tutor.open_lesson(str(file), worksheet=True)

    def action_change(self) -> None:
        """Show the highlighted network in its form."""
        self.tutor.open_own(self._own_file())

    def action_write_out(self) -> None:
        """Write the lesson of the highlighted network into the working folder."""
        from tutor.authoring.own import write_out

        file = self._own_file()
        if file is None:
            return
        try:
            self.notify(clean(f"Written to {write_out(file, Path.cwd())}"), markup=False)
        except OSError as error:
            said = f"It cannot be written to {Path.cwd()}: {reason(error)}."
            self.notify(clean(said), severity="error", markup=False)

    def action_delete(self) -> None:
        """Delete the highlighted network, after asking."""
        file, row = self._own_file(), self._row()
        if file is None or row is None:
            return

        def delete() -> None:
            with suppress(FileNotFoundError):
                file.unlink()
            self.tutor.store.reset(row.id, "")
            self.refresh_shelf()

        self.tutor.ask(f"Delete “{row.title}” and what you answered in it?", "Delete", delete)

    def action_practise(self) -> None:
        """Practise what is due."""
        self.tutor.open_practice()

    def action_skills(self) -> None:
        """Show the skills."""
        self.tutor.open_skills()

    def action_look_back(self) -> None:
        """Look back at the highlighted lesson."""
        row = self._row()
        if row is not None and not row.error:
            self.tutor.open_look_back(row.id)

    def action_tour(self) -> None:
        """Show the tour."""
        self.tutor.open_tour()

    def action_search(self) -> None:
        """Go to the search field."""
        self.search_line.display = True
        self.search.focus()

    def action_leave(self) -> None:
        """End the search."""
        self.search.value = self.words = ""  # this shows the list again, so that it can have the focus
        self.search_line.display = False
        self.lessons.focus()

    @on(Input.Changed, "#search")
    def search_changed(self, event: Input.Changed) -> None:
        """Show the lessons with these words."""
        self.words = event.value

    @on(Input.Submitted, "#search")
    def search_done(self) -> None:
        """Go to the first lesson found."""
        self.lessons.focus()


def _detail(row: Row) -> Content:
    """Return what a lesson is about, or what is wrong with it."""
    if row.error:
        return Content.assemble(("✗ This lesson cannot be used.\n\n", "$error"), plain("\n".join(row.error)))
    return plain(row.summary)


def _state(row: Row) -> Listed | Content:
    """Return how long a lesson is, and the progress so far."""
    if row.error:
        return Content("")
    facts = [f"{row.minutes} minutes"] if row.minutes else []
    facts += [f"{row.total} questions"] if row.total else []
    found = []
    if row.begun and row.total:
        found.append(bar(row.share, 16) + f"  {row.done} of {row.total}")
    if row.to_fix:
        found.append(Content.styled(f"✗ {row.to_fix} to fix", "$error"))
    return Listed(Content.styled(" · ".join(facts), MUTED), found, comma=Content(""), gap="  ")


def _needs(row: Row, shelf: Shelf) -> Listed | Content:
    """Return what a lesson builds on, if anything."""
    if row.error or not row.requires:
        return Content("")
    needed = [_needed(each, shelf) for each in row.requires]
    return Listed(Content.styled("Builds on", MUTED), needed, comma=Content.styled(",", MUTED))


def _needed(reference: str, shelf: Shelf) -> Content:
    """Return the title of a lesson that another builds on, with a tick if it is done."""
    row = shelf.row(reference)
    title = Content.styled(one_line(row.title if row is not None else reference), MUTED)
    return title + Content.styled(" ✓", "$success") if row is not None and row.state == "done" else title
