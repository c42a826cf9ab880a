"""A lesson's network as a NumPy or PyTorch program gives the lesson's numbers; missing packages can be installed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.ui.driving import CHOICES, PROGRAMS, Opener, lesson_screen, messages, press, seen, session, settle, until
from tests.ui.keys import plays
from tutor.labs import installing
from tutor.labs.extras import Extra
from tutor.labs.installing import InstallError, Place, Progress
from tutor.ui.fields.code import CodeField
from tutor.ui.screens.confirm import Confirm
from tutor.ui.screens.installing import Installing
from tutor.ui.screens.program import ProgramScreen
from tutor.ui.widgets.output import Output


@plays(
    "LessonScreen.program",
    "ProgramScreen.library",
    "ProgramScreen.network",
    "ProgramScreen.dismiss",
)
async def test_a_network_is_run_as_a_program_and_compared(opened: Opener) -> None:
    async with opened("every-kind", screen=CHOICES, size=(80, 24)) as pilot:
        await press(pilot, "escape", "y")
        assert isinstance(pilot.app.screen, Confirm), "the program reveals answers"
        assert "still to find" in seen(pilot.app)
        await press(pilot, "y")
        screen = pilot.app.screen
        assert isinstance(screen, ProgramScreen)
        assert "The same in NumPy" in seen(pilot.app)
        await pilot.press("f5")
        await until(pilot, lambda: "variables equal the lesson's numbers, to 9" in seen(pilot.app), "the comparison")
        screen.block.code.editor.load_text(screen.program.source.replace("lr = 0.001", "lr = 1"))
        await pilot.press("f5")
        await until(pilot, lambda: "Not: W_hidden_new" in seen(pilot.app), "the message that the numbers differ")
        await press(pilot, "f3")
        assert "The same in PyTorch" in seen(pilot.app)
        assert "E.backward()" in screen.block.code.editor.text
        await press(pilot, "f4")
        assert screen.of == "lab2", "there is no other network"
        await press(pilot, "escape", "escape")
        assert not isinstance(pilot.app.screen, ProgramScreen)


async def test_no_program_reveals_answers_that_the_author_keeps(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened("every-kind", screen=CHOICES) as pilot:
        monkeypatch.setattr(type(session(pilot.app)), "keeps", lambda self, field_id: True)
        await press(pilot, "escape", "y")
        await settle(pilot)
        assert not isinstance(pilot.app.screen, Confirm | ProgramScreen)
        assert any("keeps until" in message for message in messages(pilot.app))


@plays("CodeField.output")
async def test_output_is_scrolled_by_keys(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 24)) as pilot:
        pilot.app.screen.query(CodeField).first().editor.load_text("for n in range(60): print('line', n)")
        await pilot.press("f5")
        await until(pilot, lambda: "line 59" in seen(pilot.app), "the output's end")
        await settle(pilot)
        await press(pilot, "escape", "down")
        assert isinstance(pilot.app.focused, Output)
        await press(pilot, "home")
        await until(pilot, lambda: "line 0" in seen(pilot.app), "the output's start")
        await press(pilot, "end")
        lines = pilot.app.screen.query_one("Output:focus Static", Static)
        lines.update(
            f"{lines.content}\n" + "\n".join(f"more {n}" for n in range(30))
        )  # laid out after scrolling to the end
        await until(pilot, lambda: "more 29" in seen(pilot.app), "the end of the late output")


async def test_without_pytorch_the_recorded_output_is_shown_unmarked(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        missing = "raise ModuleNotFoundError(\"No module named 'torch'\")"
        cell, lab = pilot.app.screen.query(CodeField)
        cell.editor.load_text(missing)
        await pilot.press("f5")
        await until(pilot, lambda: "(^g)   not run" in seen(pilot.app), "the recorded output")
        assert "▌ 42" in seen(pilot.app)
        assert "-m pip install torch" in seen(pilot.app)
        assert not lab.check_action("install", ()), "offered only where something is missing"
        lab.editor.load_text(missing)
        lab.editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: "not checked" in seen(pilot.app), "the message that it was not checked")
        assert session(pilot.app).state(lab.field.id).attempts == 0


@plays("CodeField.install", "Installing.stop")
async def test_a_missing_package_is_installed_after_confirmation(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_continue = asyncio.Event(), asyncio.Event()
    offered: list[str] = []

    async def install(extra: Extra, where: Place, tell: Callable[[Progress], None]) -> None:
        tell(Progress("Downloading torch-2.9.0", 43, 186))
        began.set()
        await may_continue.wait()
        if len(offered) == 1:
            raise InstallError("The disk became full.")
        cell.editor.load_text("print('ran', 'after all')")

    def place(extra: Extra) -> Place:
        offered.append(extra.module)
        return Place("/env/bin/python", "/env", "/env/lib", "/env/lib")

    monkeypatch.setattr(installing, "place", place)
    monkeypatch.setattr(installing, "check", lambda *_: None)
    monkeypatch.setattr(installing, "install", install)
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        app, cell = pilot.app, pilot.app.screen.query(CodeField).first()
        cell.editor.load_text("raise ModuleNotFoundError(\"No module named 'torch'\")")
        await pilot.press("f5")
        await until(pilot, lambda: "Install PyTorch (^g)" in seen(app), "the offer")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question")
        assert "/env/bin/python -m pip install torch" in seen(app).replace("▊", "")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, Confirm), "the cell again")
        assert not began.is_set()
        may_continue.set()
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question again")
        offered.clear()
        offered.append("torch")
        await pilot.press("y")
        await until(pilot, lambda: "The disk became full." in seen(app), "the reason for the failure")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is lesson_screen(app), "the cell again")
        for answer in ("escape", ""):  # stopped, then done
            began.clear()
            may_continue.clear()
            await pilot.press("ctrl+g")
            await until(pilot, lambda: isinstance(app.screen, Confirm), "the question a third time")
            await pilot.press("y")
            await until(pilot, lambda: "Downloading torch-2.9.0: 43 of 186 MB" in seen(app), "the progress")
            if answer:
                await pilot.press(answer)
                await until(pilot, lambda: not isinstance(app.screen, Installing), "the end of the dialog")
            may_continue.set()
        await until(pilot, lambda: "ran after all" in seen(app), "the output of the cell")
        assert set(offered) == {"torch"}
        assert not cell.has_class("-lacks")


SHARED = """
title: Shared names
id: shared
screens:
  - title: First
    blocks:
      - run: x = 1
        id: first
  - title: Second
    blocks:
      - run: print('x is', x)
        id: second
"""


async def test_cells_that_ran_before_the_tutor_was_closed_run_again(opened: Opener, lessons: Path) -> None:
    (lessons / "02-shared.yaml").write_text(SHARED, encoding="utf-8")
    async with opened("shared") as pilot:
        await press(pilot, "pagedown", "f5")
        await until(
            pilot,
            lambda: "which has not run yet: run it first" in seen(pilot.app),
            "the message that cell 1 must run first",
        )
        await press(pilot, "pageup")
        pilot.app.screen.query_one(CodeField).editor.load_text("x = 2")
        await pilot.press("f5")
        await until(pilot, lambda: session(pilot.app).state("first").kept, "the run")
    async with opened("shared", screen=1) as pilot:
        pilot.app.screen.query_one(CodeField).editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: "x is 2" in seen(pilot.app), "the output with the edited first cell")
