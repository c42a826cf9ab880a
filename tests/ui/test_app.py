"""The application as a whole: palette, remapped keys, theme, tour, quitting, sizes, internal errors."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from textual.command import Command as Found
from textual.command import CommandList, CommandPalette
from textual.events import AppBlur, AppFocus, Key
from textual.messages import ExitApp
from textual.pilot import Pilot

from tests.ui.driving import (
    CHOICES,
    PROGRAMS,
    Opener,
    field,
    in_lesson,
    is_focused,
    lesson_screen,
    press,
    seen,
    session,
    settle,
    state,
    type_in,
    until,
)
from tests.ui.keys import plays
from tutor.authoring.own import save
from tutor.authoring.own_form import Form
from tutor.store import Store
from tutor.ui import run
from tutor.ui.app import TutorApp
from tutor.ui.keymap import all_commands, as_key, shown
from tutor.ui.lesson_overview import Shelf, read_shelf
from tutor.ui.screens.confirm import Confirm
from tutor.ui.screens.help import Help
from tutor.ui.screens.home import Home
from tutor.ui.screens.welcome import Welcome
from tutor.ui.widgets.entry import Entry


async def find_in_palette(pilot: Pilot[None], words: str, title: str) -> None:
    """Type words into the palette and run the command found."""
    await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette), "the palette")
    await type_in(pilot, words)
    found = pilot.app.screen.query_one(CommandList)
    await until(pilot, lambda: [one.hit.text for one in found.options if isinstance(one, Found)][:1] == [title], "it")
    await pilot.press("down", "enter")


async def test_the_palette_runs_the_command_of_the_screen_below(opened: Opener) -> None:
    """A text field has an action of the same name as the worksheet's Close."""
    async with opened("every-kind") as pilot:
        await press(pilot, "f4")
        assert type(pilot.app.screen).__name__ == "WorksheetScreen"
        await pilot.press("ctrl+p")
        await find_in_palette(pilot, "close", "Close")
        await until(pilot, lambda: in_lesson(pilot.app), "the lesson")


@plays("TutorApp.command_palette", "TutorApp.change_theme", "TutorApp.quit")
async def test_the_palette_opens_contents_and_a_chosen_theme_is_kept(opened: Opener, store: Store) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await pilot.press("ctrl+p")
        await find_in_palette(pilot, "contents", "Contents")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "Contents", "the command chosen in the palette")
        await press(pilot, "escape", "escape")
        await pilot.press("T")
        await find_in_palette(pilot, "tutor-light", "tutor-light")
        await until(pilot, lambda: pilot.app.theme == "tutor-light", "the theme")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: pilot.app._exit, "the end")
    assert store.setting("theme") == "tutor-light"
    assert store.drafts("every-kind", "") == {"lab2:Z1": "-0.7"}
    async with opened() as pilot:
        assert pilot.app.theme == "tutor-light", "the theme is remembered"


async def test_the_palette_lists_every_command_of_the_focused_widget(opened: Opener) -> None:
    save(Form(sizes="1-1", inputs="1", numbers="W1 = 1"))
    of_screen = [command for command in all_commands() if command.palette and command.id != "app.palette"]
    async with opened("every-kind", screen=CHOICES) as pilot:
        await press(pilot, "tab")
        listed = {one.title for one in pilot.app.get_system_commands(pilot.app.screen)}
        for command in of_screen:
            if command.id.partition(".")[0] in ("lesson", "app", "field", "order"):
                is_usable = command.id not in ("lesson.derivation", "lesson.map", "lesson.so_far")
                assert (command.title in listed) == is_usable, command.id
        assert "Derivation" not in listed, "an order of steps has no derivation"
        await press(pilot, "escape", "escape", "end")  # at a network of the learner's
        assert isinstance(pilot.app.screen, Home)
        listed = {one.title for one in pilot.app.get_system_commands(pilot.app.screen)}
        assert {command.title for command in of_screen if command.id.startswith("home.")} <= listed


async def test_the_palette_describes_the_selected_command_and_shows_its_keys(opened: Opener, store: Store) -> None:
    """Remapped keys too. In a field, Escape comes before letters."""
    store.set_setting("keys", {"lesson.contents": "ctrl+t"})
    async with opened("every-kind") as pilot:
        pilot.app.remove_class("-few-colours")
        await press(pilot, "ctrl+p")
        await until(pilot, lambda: re.search(r"Look back +esc l", seen(pilot.app)), "the commands")
        assert re.search(r"Hint +f2", seen(pilot.app))
        assert "Marks what you typed" in seen(pilot.app), "what the first command does"
        lines = pilot.app.screen.query_one(CommandList)
        assert lines.show_vertical_scrollbar, "there are more commands than rows"
        panel = pilot.app.screen.query_one("#--container").background_colors[1].rich_color
        gap, *_ = lines.vertical_scrollbar.render_line(0)
        assert gap.style is not None
        assert gap.style.bgcolor == panel, "the scroll bar has the panel's colour"
        await type_in(pilot, "contents")
        await until(pilot, lambda: "with the progress in each" in seen(pilot.app), "what was found")
        assert re.search(r"Contents +\^t", seen(pilot.app))
        await type_in(pilot, "zz")
        await until(pilot, lambda: "No matches found" in seen(pilot.app), "the end of the search")
        assert "with the progress in each" not in seen(pilot.app)
        await press(pilot, "escape", "escape", "ctrl+p")
        await until(pilot, lambda: re.search(r"Look back +l", seen(pilot.app)), "the commands")


async def test_the_palettes_commands_do_what_the_keys_do(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        listed = {one.title: one.callback for one in pilot.app.get_system_commands(pilot.app.screen)}
        pilot.app.call_later(listed["Hint"])
        await until(pilot, lambda: state(pilot.app, "Z1").hints_opened == 1, "the hint")
        pilot.app.call_later(listed["Check the answer"])
        await until(pilot, lambda: state(pilot.app, "Z1").solved, "the mark")


@pytest.mark.parametrize(
    ("written", "key", "seen_as"),
    [
        ("ctrl+t", "ctrl+t", "ctrl+t"), ("F5", "f5", "f5"), ("?", "question_mark", "?"), ("/", "slash", "/"),
        ("-", "minus", "-"), ("A", "A", "A"), ("pgdn", "pagedown", "pagedown"),
        ("Ctrl+Return", "ctrl+enter", "ctrl+enter"), ("alt+?", "alt+question_mark", "alt+?"),
        ("full_stop", "full_stop", "."), ("esc", "escape", "escape"), (" space ", "space", "space"),
    ],
)  # fmt: skip
def test_a_key_is_read_in_its_usual_spellings(written: str, key: str, seen_as: str) -> None:
    assert as_key(written) == key
    assert shown(key) == seen_as


@pytest.mark.parametrize(
    "written",
    [
        "",
        "not a key!!",
        "ctrl+",
        "ctrl+ctrl+x",
        "hint",
        "hyperspace+x",
        "<ignore>",
        "☃",
        "ctrl+é",
        "rightwards_arrow",
        "ctrl-at",
    ],
)
def test_a_text_that_is_no_key_is_rejected(written: str) -> None:
    assert as_key(written) is None


def test_every_declared_key_is_a_key() -> None:
    for command in all_commands():
        for binding in command.bindings():
            assert [as_key(key) for key in binding.key.split(",")] == binding.key.split(","), command.id


async def test_keys_can_be_remapped_by_a_commands_id(opened: Opener, store: Store) -> None:
    """You should see the new key in the footer and in F1, and the old one without effect."""
    store.set_setting("keys", {"lesson.hint": "ctrl+t", "no.such": "x", "lesson.next": 7, "lesson.map": "no key"})
    async with opened("every-kind") as pilot:
        await press(pilot, "f2")
        assert state(pilot.app, "Z1").hints_opened == 0
        await press(pilot, "ctrl+t")
        assert state(pilot.app, "Z1").hints_opened == 1
        assert "^t hint" in seen(pilot.app)
        assert "pgdn next" in seen(pilot.app), "an invalid key changes nothing"
        await press(pilot, "f1")
        assert isinstance(pilot.app.screen, Help)
        shown = {key.command.id: key.keys for key in pilot.app.screen.query("Key")}  # type: ignore[attr-defined]
        assert "ctrl+t" in shown["lesson.hint"]
        assert "f2" not in shown["lesson.hint"]


@plays("Welcome.skip", "Welcome.app.focus_next", "Welcome.app.focus_previous")
async def test_the_tour_is_offered_once_and_can_be_skipped(opened: Opener, store: Store) -> None:
    store.set_setting("tour-seen", False)
    async with opened() as pilot:
        assert isinstance(pilot.app.screen, Welcome)
        start, skip = pilot.app.screen.query("Button")
        assert pilot.app.focused is start
        await press(pilot, "right")
        assert pilot.app.focused is skip
        await press(pilot, "left")
        assert pilot.app.focused is start
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, Home)
    async with opened() as pilot:
        assert isinstance(pilot.app.screen, Home)


async def test_the_tour_has_a_real_question_and_can_be_left(opened: Opener, store: Store) -> None:
    store.set_setting("tour-seen", False)
    async with opened() as pilot:
        await press(pilot, "enter")
        await until(pilot, lambda: type(pilot.app.screen).__name__ == "LessonScreen", "the tour")
        await settle(pilot)
        assert session(pilot.app).screen().fields, "the first page has a question"
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, Home)
    assert store.setting("tour-seen") is True
    assert not store.positions(), "the tour records no progress"


async def test_a_target_is_opened_without_the_tour(opened: Opener, store: Store) -> None:
    store.set_setting("tour-seen", False)
    async with opened("every-kind#17") as pilot:
        assert session(pilot.app).variant == "17"
        assert "#17" in seen(pilot.app)


async def test_every_widget_of_a_new_screen_has_its_styles(opened: Opener) -> None:
    """Styling a new screen again changes nothing."""
    async with opened("every-kind") as pilot:
        for keys in ((), ("f1",), ("f3",), ("f4",), ("f7",), ("f8",), ("escape", "l")):
            await press(pilot, *keys)
            nodes = pilot.app.screen.walk_children(with_self=True)
            before = [node.styles.base.get_rules() for node in nodes]
            pilot.app.screen.update_node_styles(animate=False)
            assert [node.styles.base.get_rules() for node in nodes] == before, keys
            assert in_lesson(pilot.app) is (keys == ())
            if keys:
                await press(pilot, "escape")


async def test_every_screen_of_a_lesson_works_at_any_size(opened: Opener) -> None:
    """Stacked at 60×20, side by side at 200×60, and the focus is unchanged afterwards."""
    async with opened("every-kind", size=(60, 20)) as pilot:
        lesson = lesson_screen(pilot.app)
        narrow, wide = (60, 20), (200, 60)
        for index, title in enumerate(lesson.session.titles):
            await lesson.show_screen(lesson.session.goto(index))
            await settle(pilot)
            focused = pilot.app.focused
            for size in (narrow, wide) if pilot.app.size == narrow else (wide, narrow):
                if pilot.app.size != size:
                    await pilot.resize_terminal(*size)
                    await settle(pilot)
                shown = seen(pilot.app)
                assert max(map(len, shown.splitlines())) <= size[0]
                assert f"screen {index + 1} of" in shown
                assert title in shown
            assert pilot.app.focused is focused


async def test_every_screen_is_covered_when_the_terminal_is_too_small(opened: Opener) -> None:
    """This includes help, which styles its texts itself, and dialogs. What is typed meanwhile is kept."""
    async with opened("every-kind") as pilot:
        for keys in ([], ["f1"], ["f7"]):
            await press(pilot, *keys)
            before = seen(pilot.app)
            await pilot.resize_terminal(58, 18)
            await settle(pilot)
            lines = [line.strip() for line in seen(pilot.app).splitlines()]
            assert [line for line in lines if line] == [
                "A little more room, please", "The terminal has 58×18 (columns × rows),", "the tutor needs 60×20.",
                "Nothing is lost. Enlarge the window,", "or start the tutor with --plain",
            ]  # fmt: skip
            if not keys:
                await type_in(pilot, "-0.7")
            await pilot.resize_terminal(80, 24)
            await settle(pilot)
            if keys:
                assert seen(pilot.app) == before
                await press(pilot, "escape")
            assert field(pilot.app, "Z1").answer == "-0.7"
            assert is_focused(pilot.app, "Z1")


async def test_without_colours_right_and_wrong_are_told_apart(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR, signs and words tell right from wrong, and the screen has no colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened("every-kind", size=(80, 60)) as pilot:
        await type_in(pilot, "-0.7")
        await press(pilot, "enter")
        await type_in(pilot, "5")
        await press(pilot, "enter")
        shown = seen(pilot.app)
        assert "✓" in shown
        assert "✗" in shown
        strips = pilot.app.screen._compositor.render_strips()
        colours = {
            colour.get_truecolor()
            for strip in strips
            for part in strip
            if part.style
            for colour in (part.style.color, part.style.bgcolor)
            if colour is not None
        }
        assert colours
        assert all(max(colour) - min(colour) <= 1 for colour in colours), "grey only"
        for place in range(len(session(pilot.app).titles)):
            await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(place))
            await settle(pilot)
            assert f"screen {place + 1} of" in seen(pilot.app)
            assert lesson_screen(pilot.app).page.max_scroll_y == 0, "all of it is drawn"


async def crashed(pilot: Pilot[None]) -> TutorApp:
    """Wait until the application has ended with an internal error, and return it."""
    app = pilot.app
    assert isinstance(app, TutorApp)
    while not app._exit:  # the pilot would wait for a screen that is closing
        await asyncio.sleep(0.01)
    return app


async def test_typed_text_is_kept_when_the_tutor_crashes(
    opened: Opener, store: Store, learner_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TutorApp, "is_headless", False)
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        app = pilot.app
        assert isinstance(app, TutorApp)

        def fail() -> None:
            raise RuntimeError("a bug [red]of ours[/]")

        lesson_screen(app).call_later(fail)
        await crashed(pilot)
    assert store.drafts("every-kind", "") == {"lab2:Z1": "-0.7"}
    assert app.return_code == 70
    assert app.crash_report is not None
    assert "Your answers are saved" in app.crash_report
    report = next((learner_home / "reports").iterdir())
    assert str(report) in app.crash_report
    text = report.read_text(encoding="utf-8")
    assert "RuntimeError: a bug [red]of ours[/]" in text
    assert "LessonScreen at 80×24" in text
    assert "-0.7" not in text, "a report holds no answers"


@pytest.mark.parametrize("kept", [["tutor-light"], {"name": "x"}, 3, None, "nosuch"])
def test_an_unknown_theme_is_replaced_by_the_default(store: Store, kept: object) -> None:
    store.set_setting("theme", kept)
    assert TutorApp(store).theme == TutorApp(Store(learner="")).theme


async def test_an_error_in_a_worker_is_reported(
    opened: Opener, learner_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error in any worker ends the tutor; the report says what failed and where."""
    monkeypatch.setattr(TutorApp, "is_headless", False)

    async def fail(*_: object, **__: object) -> None:
        raise ValueError("a bug in a worker")

    monkeypatch.setattr("tutor.labs.cells.Cells.run", fail)
    async with opened("every-kind", screen=PROGRAMS) as pilot:
        await pilot.press("f5")
        app = await crashed(pilot)
    assert app.return_code == 70
    text = next((learner_home / "reports").iterdir()).read_text(encoding="utf-8")
    assert "ValueError: a bug in a worker" in text
    assert "in _run_cell" in text, "the report has the traceback"


async def test_a_screen_that_fails_to_save_does_not_stop_the_others(
    opened: Opener, store: Store, learner_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TutorApp, "is_headless", False)

    def fail() -> None:
        raise RuntimeError("a bug")

    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        monkeypatch.setattr(pilot.app.screen_stack[0], "save", fail, raising=False)
        lesson_screen(pilot.app).call_later(fail)
        app = await crashed(pilot)
    assert store.drafts("every-kind", "") == {"lab2:Z1": "-0.7"}
    assert app.crash_report is not None
    assert "are saved" not in app.crash_report, "the failed screen may hold unsaved work"
    assert "while the answers were saved" in next((learner_home / "reports").iterdir()).read_text(encoding="utf-8")


async def test_typed_text_and_the_open_lesson_are_kept_at_any_end(opened: Opener, store: Store) -> None:
    """Leaving the page in a browser ends the tutor without a command from the learner."""
    async with opened("every-kind#3") as pilot:
        assert isinstance(pilot.app.focused, Entry)
        pilot.app.post_message(Key("7", "7"))
        pilot.app.post_message(ExitApp())
        await until(pilot, lambda: store.setting("left-in"), "the end")
        assert store.drafts("every-kind", "3") == {"lab2:Z1": "7"}
        assert store.setting("left-in") == "every-kind#3"
    async with opened() as pilot:
        await press(pilot, "ctrl+q")
    assert store.setting("left-in") == "", "the learner left from Home, not from a lesson"


async def test_unsaved_work_is_reported_once_and_asked_about_before_quitting(lessons: Path, tmp_path: Path) -> None:
    folder = tmp_path / "no-folder"
    folder.touch()
    store = Store(folder / "progress.sqlite3", learner="")
    store.set_setting("tour-seen", True)
    app = TutorApp(store, "every-kind", warm=False)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        for answer in ("3", "4"):
            await type_in(pilot, answer)
            await press(pilot, "enter")
            said = [line for line in seen(app).splitlines() if "cannot be saved" in line]
            assert said == [seen(app).splitlines()[-2]], "only in the row above the keys"
        await press(pilot, "ctrl+q")
        assert isinstance(app.screen, Confirm)
        assert "lose what you did last" in seen(app)
        await press(pilot, "escape")
        assert in_lesson(app)
        await press(pilot, "f4")
        assert seen(app).count("cannot be saved") == 1
        await press(pilot, "escape", "escape", "escape")
        assert isinstance(app.screen, Home)
        assert seen(app).count("cannot be saved") == 1
        folder.unlink()
        await pilot.press("q")
        assert app._exit, "saving works again, so no question is needed"
    store.close()
    with closing(Store(store.path, learner="")) as later:
        assert [attempt.answer for attempt in later.attempts("every-kind")] == ["3", "4"]


async def test_escape_closes_messages_first(opened: Opener) -> None:
    async with opened("every-kind", toasts=True) as pilot:
        await type_in(pilot, "-0.7")
        for _ in range(2):
            pilot.app.notify("It covers the page.", timeout=600)
        await until(pilot, lambda: "It covers" in seen(pilot.app), "the message")
        rows = [number for number, line in enumerate(seen(pilot.app).splitlines()) if "It covers" in line]
        assert rows == [1, 2], "from the blank row under the top bar on"
        await press(pilot, "escape")
        assert "It covers" not in seen(pilot.app)
        assert is_focused(pilot.app, "Z1"), "the field keeps the focus"
        await press(pilot, "escape")
        assert not is_focused(pilot.app, "Z1")


def test_unsaved_work_is_reported_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "progress.sqlite3")
    monkeypatch.setattr("tutor.store.database._WAIT", 0.1)
    monkeypatch.setattr("tutor.ui.gc.disable", lambda: None)
    monkeypatch.setattr(TutorApp, "run", lambda _: store.set_setting("theme", "tutor-light"))
    with closing(sqlite3.connect(tmp_path / "progress.sqlite3", isolation_level=None)) as other:
        other.execute("begin immediate")
        assert run(store=store) == 1
    assert "could not be saved" in capsys.readouterr().err


async def test_a_screen_opened_in_an_unfocused_terminal_gets_the_focus_later(opened: Opener) -> None:
    async with opened() as pilot:
        pilot.app.post_message(AppBlur())
        await pilot.pause()
        home = Home()
        await pilot.app.push_screen(home)
        assert home.focused is None
        pilot.app.post_message(AppFocus())
        await until(pilot, lambda: home.focused is home.lessons, "the focus")


async def test_home_says_that_another_program_locks_the_progress_and_shows_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.store.database._RETRY", 0.05)
    monkeypatch.setattr("tutor.ui.screens.home.RETRY_AFTER", 0.05)
    path = tmp_path / "progress.sqlite3"
    with closing(Store(path, learner="")) as before:
        before.set_position("forward-pass", "", 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("pragma locking_mode = exclusive")
        holder.execute("begin exclusive")
        app = TutorApp(Store(path, learner=""), warm=False)

        def read_then_unlocked(store: Store, *, glimpse: bool = False) -> Shelf:
            """Have the lock released at the worst moment: after the list was read, before Home looks for the lock."""
            shelf = read_shelf(store, glimpse=glimpse)
            holder.close()
            end = time.monotonic() + 20
            while not store.saving and time.monotonic() < end:
                time.sleep(0.01)
            return shelf

        async with app.run_test(size=(100, 40)) as pilot:
            await until(pilot, lambda: "another program" in seen(app), "the message")
            assert "Continue" not in seen(app)
            monkeypatch.setattr("tutor.ui.screens.home.read_shelf", read_then_unlocked)
            await until(pilot, lambda: "another program" not in seen(app), "the end of the message")
            await until(pilot, lambda: "Continue" in seen(app), "the progress")
    app.store.close()
