"""Programs on the screen: run, stopped, edited, reset, and what is saved of them."""

from __future__ import annotations

import shlex
import sys
from contextlib import nullcontext, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from textual.app import App

from tests.ui.driving import (
    LESSON,
    OUTPUT,
    PROGRAMS,
    Opener,
    go_to,
    lesson_screen,
    messages,
    paste,
    press,
    seen,
    session,
    settle,
    until,
)
from tests.ui.keys import plays
from tutor.labs.checks import CheckResult, CheckState
from tutor.labs.progress import Progress
from tutor.labs.work import lab_path, read, save
from tutor.session import Session
from tutor.store import Store
from tutor.ui.blocks.code import CodeBlock
from tutor.ui.fields.code import CodeField
from tutor.ui.widgets.output import MOST_LINES, Output

THEIRS = "# an hour of work in another editor\ntotal = 3\n"


LONG_LAB = (
    """
title: A long lab
id: long-lab
screens:
  - title: A program
    blocks:
      - lab: Thirty lines
        starter: |
          print("one\\ntwo")
          a = 1
          b = 1
"""
    + "          # a line\n" * 20
    + """
        checks:
"""
    + "".join(
        f"          - {{variable: {name}, equals: {place}}}\n"
        for place, name in enumerate("abcdefghijklmnopqrstuvwxyz", 1)
    )
)


@pytest.fixture
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)


def cell(app: App[None]) -> CodeField:
    return app.screen.query(CodeField).first()


def lab(app: App[None]) -> CodeField:
    return app.screen.query(CodeField).last()


@plays(
    "LessonScreen.run_here", "CodeField.check", "CodeField.stop", "CodeField.pause", "CodeField.reset_code",
    "Editor.leave",
)  # fmt: skip
async def test_a_cell_is_run_edited_paused_stopped_and_reset(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        code = cell(pilot.app)
        await press(pilot, "escape", "escape")
        await pilot.press("f5")
        await until(pilot, lambda: "42" in seen(pilot.app), "the output, wherever the focus is")
        await settle(pilot)
        assert session(pilot.app).state(code.field.id).kept
        assert "✓ ran" in seen(pilot.app)
        code.editor.focus()
        code.editor.load_text("print('\\x1b[31mred', '[b]x[/]', flush=True)\nwhile True: pass\n")
        await pilot.press("f5")
        await until(pilot, lambda: "▌ red [b]x[/]" in seen(pilot.app), "what is printed while it runs")
        assert code.has_class("-running")
        await pilot.press("f12")
        await until(pilot, lambda: "Go on (F12)" in seen(pilot.app), "the pause")
        await pilot.press("f12")
        await until(pilot, lambda: "Pause (F12)" in seen(pilot.app), "the program to continue")
        await pilot.press("f9")
        await until(pilot, lambda: not code.has_class("-running"), "the end")
        await settle(pilot)
        assert "! Stopped. What the program had made" in seen(pilot.app)
        await press(pilot, "f10")
        assert code.answer == "print(6 * 7)\n"
        await press(pilot, "ctrl+z")
        assert "while True" in str(code.answer), "undo restores the learner's code"
        await press(pilot, "escape")
        assert pilot.app.focused is code.query_one("#run")


async def test_a_lab_is_checked_and_its_code_is_saved(opened: Opener, store: Store) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        program = lab(pilot.app)
        program.editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: session(pilot.app).state(program.field.id).attempts == 1, "the mark")
        await settle(pilot)
        assert "✗" in seen(pilot.app)
        program.editor.load_text("total = 3\n")
        await pilot.press("f5")
        await until(pilot, lambda: session(pilot.app).state(program.field.id).solved, "the mark")
        await settle(pilot)
        assert "One solution:" in seen(pilot.app)
        assert "All checks passed." in seen(pilot.app)
        await go_to(pilot, OUTPUT)
        await go_to(pilot, PROGRAMS)
        assert lab(pilot.app).answer == "total = 3\n"
        lesson = session(pilot.app).lesson
    assert Session(lesson, store).state(program.field.id).draft == "total = 3\n"


async def test_a_growing_page_follows_a_program_and_failed_checks_are_listed_first(
    opened: Opener, lessons: Path
) -> None:
    (lessons / "02-long-lab.yaml").write_text(LONG_LAB, encoding="utf-8")
    async with opened("long-lab") as pilot:
        block, page = pilot.app.screen.query_one(CodeBlock), lesson_screen(pilot.app).page
        block.follow(block.query_one(".checks"))
        page.scroll_to(y=block.code.foot.region.y - page.content_region.y, animate=False, immediate=True)
        block._bring_in_sight()  # the regions are still those before the scroll
        await settle(pilot)
        assert "Run and check (F5)" in seen(pilot.app), "the page is not scrolled twice"

        program = lab(pilot.app)
        program.editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: session(pilot.app).state(program.field.id).attempts == 1, "the mark")
        await until(pilot, lambda: "1 of 26 checks passed." in seen(pilot.app), "the number of passed checks")
        await settle(pilot)
        lines = [line.rstrip(" ▁▂▃▄▅▆▇█").strip() for line in seen(pilot.app).splitlines()]
        listed = [line for line in lines if line[:2] in ("✓ ", "✗ ", "· ")]
        assert listed[:4] == [
            "✗ b equals 2",
            "✓ a equals 1",
            "· c equals 3  not there yet",
            "· d equals 4  not there yet",
        ]
        said = [line for line in lines if line.startswith(("b is 1", "There is no variable"))]
        assert said == ["b is 1, which is not right.", "There is no variable c at the end."], (
            "only the next step is explained"
        )


async def test_a_training_has_a_scroll_bar_and_its_curve_is_above_checks_that_passed(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.ui.blocks.code._SETTLES_WITHIN", 0.01)
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        block = pilot.app.screen.query(CodeBlock).last()
        await block.training(Progress())
        for lines, has_bar in ((3, False), (20, True)):
            block.output.clear()
            block.output.write("\n".join(f"Epoch {line}" for line in range(lines)))
            block.output.finish(None, "", None, ())
            await settle(pilot)
            assert block.output.size.height == 3
            assert bool(block.output.vertical_scrollbar.region) is has_bar

        (checks,) = block.query(".checks")
        for passed, result in (
            (False, CheckResult("total equals 3", CheckState.FAILED, "total is 0.")),
            (True, CheckResult("total equals 3", CheckState.PASSED)),
        ):
            training = await block.training(Progress())
            block.show_checks([result])
            block.show_end()
            await settle(pilot)
            children = list(block.children)
            assert (children.index(training) < children.index(checks)) is passed

        block.show_end()
        block.follow(block.output)
        await pilot.pause(0.1)
        assert block._followed is block.output, "the end of one run does not stop following the next"
        block.show_end()
        await until(pilot, lambda: block._followed is None, "the end of the scrolling")


async def test_a_carriage_return_overwrites_a_line_of_output_and_long_output_is_cut(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        output = pilot.app.screen.query(Output).first()
        for printed, left in (
            (["epoch 1\r", "epoch 2\r"], ["epoch 2"]),
            (["50 %\r100 %\n"], ["100 %"]),
            (["hello\r\nworld\r\n"], ["hello", "world"]),
        ):
            output.clear()
            for text in printed:
                output.write(text)
            output._draw_if_stale()
            await settle(pilot)
            lines = [line.strip(" ▌") for line in seen(pilot.app).splitlines() if "▌" in line]
            assert lines[: len(left)] == left
        output.write("".join(f"line {number}\n" for number in range(5000)))
        output._draw_if_stale()
        await until(pilot, lambda: "line 4999" in seen(pilot.app), "the last line")
        assert len(output._printed.lines) == MOST_LINES


@plays("CodeField.above")
async def test_shift_f5_runs_the_cells_above(opened: Opener, lessons: Path) -> None:
    cells = ("a = 6", "b = a * 7", "print(b)")
    blocks = "".join(f"      - run: |\n          {code}\n" for code in cells)
    source = LESSON.replace("      - run: |\n          print(6 * 7)\n        output: '42'\n", blocks)
    (lessons / "01-every-kind.yaml").write_text(source, encoding="utf-8")
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        last = list(pilot.app.screen.query(CodeField))[2]
        last.focus_field()
        await press(pilot, "shift+f5")
        await until(pilot, lambda: "all above have run" in seen(pilot.app), "the cells above")
        kept = [session(pilot.app).state(field.field.id).kept for field in pilot.app.screen.query(CodeField)]
        assert kept[:3] == [True, True, False]
        await press(pilot, "f5")
        await until(pilot, lambda: "42" in seen(pilot.app), "what the last cell prints")


@plays("CodeField.editor")
@pytest.mark.usefixtures("no_editor")
async def test_a_file_saved_in_another_editor_runs_here(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        program, runner = lab(pilot.app), lesson_screen(pilot.app).runner
        program.editor.focus()
        await press(pilot, "f11")
        path = lab_path("every-kind", program.field.block_id)
        assert path.read_text(encoding="utf-8") == "total = 0\n"
        path.write_text("total = 4\n", encoding="utf-8")
        await until(pilot, lambda: session(pilot.app).state(program.field.id).attempts == 1, "the mark")
        assert program.answer == "total = 4\n"

        cell(pilot.app).editor.load_text("while True: pass\n")
        lesson_screen(pilot.app).start(cell(pilot.app))
        await until(pilot, lambda: runner.is_running, "the start")
        save(path, "total = 1 + 2\n")
        await until(pilot, lambda: program.answer == "total = 1 + 2\n", "what was saved while another program runs")
        runner.interrupt()
        await until(pilot, lambda: session(pilot.app).state(program.field.id).solved, "the mark of what was saved")
        await settle(pilot)

        await go_to(pilot, OUTPUT)
        await go_to(pilot, PROGRAMS)
        lab(pilot.app).editor.focus()
        await press(pilot, "a", "f11")
        assert read(path) == lab(pilot.app).answer == "atotal = 1 + 2\n", "later typing goes into it without a question"
        save(path, THEIRS)
        await press(pilot, "f11")
        assert lab(pilot.app).answer == THEIRS, "the key reads the saved file before the watcher does"


@pytest.mark.usefixtures("no_editor")
async def test_an_earlier_file_is_never_overwritten(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        program = lab(pilot.app)
        path = lab_path("every-kind", program.field.block_id)
        program.editor.focus()
        for answer, ours, stays in (("n", "total = 0\n", "total = 0\n"), ("y", "total = 7\n", THEIRS)):
            program.editor.load_text(ours)
            save(path, THEIRS)
            await press(pilot, "f11")
            await until(pilot, lambda: "Take it (y)" in seen(pilot.app), "the question")
            await press(pilot, answer)
            assert program.answer == stays == read(path)
            assert THEIRS in {read(file) for file in path.parent.iterdir()}
        await press(pilot, "ctrl+z")
        assert program.answer == "total = 7\n", "undo restores the earlier code"


INTERRUPTED = """import os, signal, sys, time
from pathlib import Path
os.kill(os.getppid(), signal.SIGINT)
Path(sys.argv[1]).write_text("total = 3", encoding="utf-8")
"""


@pytest.mark.usefixtures("no_editor")
async def test_an_editor_or_a_file_that_cannot_be_used_is_reported(
    opened: Opener, tmp_path: Path, learner_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    async with opened("every-kind", screen=PROGRAMS) as pilot:
        monkeypatch.setattr(pilot.app, "suspend", nullcontext)
        lab(pilot.app).editor.focus()
        for home, editor, said in (
            (tmp_path / "file", "", "cannot be used"),
            (learner_home, 'vim "', '(vim " could not be started'),
            (learner_home, "/no/such/editor", "(/no/such/editor could not be started"),
        ):
            monkeypatch.setenv("TUTOR_HOME", str(home))
            monkeypatch.setenv("EDITOR", editor)
            await press(pilot, "f11")
            assert any(said in message for message in messages(pilot.app)), said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
async def test_ctrl_c_in_an_open_editor_does_not_end_the_tutor(
    opened: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor with a separate window leaves the terminal empty, and the terminal sends Ctrl+C to both programs."""
    (tmp_path / "editor.py").write_text(INTERRUPTED, encoding="utf-8")
    command = shlex.join([sys.executable, str(tmp_path / "editor.py")])
    monkeypatch.setenv("VISUAL", command)
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        terminal = StringIO()
        monkeypatch.setattr(pilot.app, "suspend", partial(redirect_stdout, terminal))
        lab(pilot.app).editor.focus()
        await press(pilot, "f11")
        assert f"when {command} is closed" in terminal.getvalue()
        assert lab(pilot.app).answer == "total = 3"


async def test_an_editor_takes_pastes_and_lets_page_keys_turn_the_page(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        editor = cell(pilot.app).editor
        editor.focus()
        editor.load_text("")
        await paste(pilot, "a = 1\n\x1b[31mb\n")
        assert editor.text == "a = 1\n␛[31mb\n", "inserted once, without control characters"
        await pilot.press("ctrl+z")
        assert editor.text == ""
        await paste(pilot, "if a:\r    b = 1\r\nc = 2\r")
        assert editor.text == "if a:\n    b = 1\nc = 2\n", "carriage returns become line ends"

        await press(pilot, "pagedown")
        await until(pilot, lambda: session(pilot.app).position == OUTPUT, "the next screen")
        await press(pilot, "pageup")
        await until(pilot, lambda: session(pilot.app).position == PROGRAMS, "the previous screen")
        long = cell(pilot.app).editor
        long.load_text("x = 1\n" * 60)
        long.focus()
        await press(pilot, "pagedown")
        assert session(pilot.app).position == PROGRAMS, "an editor with more lines than it shows scrolls"
        assert long.cursor_location[0] > 0
