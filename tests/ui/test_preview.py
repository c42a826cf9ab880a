"""``tutor preview``: shows a lesson while it is being written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from tests.ui.keys import plays
from tutor.session.model import Verdict
from tutor.ui.previewing import PreviewApp
from tutor.ui.screens.preview import PreviewScreen, Problems, Watching
from tutor.ui.widgets.entry import Entry

LESSON = """
tutor: 1
title: Preview
network:
  inputs: [2]
  target: 1
  layers:
    - {weights: [[0.2]], bias: [0.3], activation: relu}
    - {weights: [[0.5]], activation: relu}
screens:
  - title: First
    blocks: [{text: Hello.}]
  - title: Second
    blocks:
      - ask: [Z1, H1]
      - choose: Which?
        id: which
        options: [{text: This, correct: true}, {text: That, why: Not that.}]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "home"))
    path = tmp_path / "preview.yaml"
    path.write_text(LESSON, encoding="utf-8")
    return path


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait until a condition holds and the screen is mounted again; fail if that never happens."""
    for _ in range(400):
        await pilot.pause(0.02)
        screen = pilot.app.screen
        if holds() and (not isinstance(screen, PreviewScreen) or (screen.is_mounted and screen.query("#next"))):
            await pilot.pause()
            return
    pytest.fail("the save was not noticed")


def notes(app: PreviewApp) -> str:
    return str(app.screen.query_one(Problems).content)


async def test_a_save_is_shown_on_the_same_screen(file: Path) -> None:
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.screen
        assert isinstance(screen, PreviewScreen)
        await screen.action_next()
        file.write_text(
            LESSON.replace(
                "title: First\n    blocks:", "title: Zeroth\n    blocks: [{text: New.}]\n  - title: First\n    blocks:"
            ),
            encoding="utf-8",
        )
        await until(pilot, lambda: len(screen.session.titles) == 3)
        assert screen.session.titles[screen.session.position] == "Second"


async def test_errors_are_listed_below_the_last_good_version(file: Path) -> None:
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "✓" in notes(app) or "!" in notes(app))
        file.write_text(LESSON.replace("ask: [Z1, H1]", "aks: [Z1, H1]"), encoding="utf-8")
        await until(pilot, lambda: "preview.yaml:" in notes(app))
        assert "ask" in notes(app)
        assert isinstance(app.screen, PreviewScreen)
        assert app.screen.session.titles == ("First", "Second")
        file.write_text(LESSON, encoding="utf-8")
        await until(pilot, lambda: "✗" not in notes(app))


async def test_a_lesson_that_does_not_load_yet_is_watched(file: Path) -> None:
    file.write_text("tutor: 1\ntitle: x\n", encoding="utf-8")
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        assert isinstance(app.screen, Watching)
        assert "screens" in notes(app)
        file.write_text(LESSON, encoding="utf-8")
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))


@plays("PreviewScreen.fill", "PreviewScreen.mistake", "PreviewScreen.again")
async def test_one_key_answers_and_another_walks_through_the_mistakes(file: Path) -> None:
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.screen
        assert isinstance(screen, PreviewScreen)
        await screen.action_next()
        await pilot.press("f10")
        await pilot.pause()
        assert screen.session.state("network:Z1").to_fix
        said: set[str] = set()
        verdicts = set()
        for _ in range(40):
            if "Not that." in said:  # the mistakes of the choice come last
                break
            await pilot.press("f10")
            await pilot.pause()
            states = [screen.session.state(name) for name in ("network:Z1", "network:H1", "which")]
            said |= {state.result.message for state in states if state.result is not None}
            verdicts |= {state.result.verdict for state in states if state.result is not None}
        assert any("bias" in message for message in said)
        assert "Not that." in said
        # One mistake at a time: the previous one was corrected, so no answer follows from it.
        assert verdicts == {Verdict.CORRECT, Verdict.WRONG}
        await pilot.press("f9")
        await pilot.pause()
        for name in ("network:Z1", "network:H1", "which"):
            result = screen.session.state(name).result
            assert result is not None
            assert result.verdict is Verdict.CORRECT
        assert screen.session.progress.done == 3
        await pilot.press("escape", "E")
        await pilot.pause()
        assert screen.session.progress.done == 0, "E starts again"
        await pilot.press("f10")
        await pilot.pause()
        assert screen.session.progress.to_fix == 1
        assert isinstance(app.focused, Entry), "the wrong answer has the focus"


async def test_an_internal_error_is_shown_and_the_file_still_watched(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error appears below the last good version and disappears when the file loads again."""

    def fail(name: str) -> None:
        raise RuntimeError(f"a bug over {name}")

    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        with monkeypatch.context() as patched:
            patched.setattr("tutor.authoring.preview.open_variant", fail)
            file.write_text(f"{LESSON}\n", encoding="utf-8")
            await until(pilot, lambda: "an internal error" in notes(app))
            assert "RuntimeError: a bug over" in notes(app)
            assert isinstance(app.screen, PreviewScreen)
        file.write_text(LESSON, encoding="utf-8")
        await until(pilot, lambda: "✗" not in notes(app))


async def test_an_internal_error_at_the_start_is_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a bug")

    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        with monkeypatch.context() as patched:
            patched.setattr("tutor.authoring.preview.quick_warnings", fail)
            await until(pilot, lambda: "RuntimeError: a bug" in notes(app))
            assert isinstance(app.screen, PreviewScreen)
        file.write_text(f"{LESSON}\n", encoding="utf-8")
        await until(pilot, lambda: "✗" not in notes(app))


async def test_a_lesson_is_shown_before_it_is_checked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = Event()

    def slow(_: object) -> tuple[()]:
        may_end.wait()
        return ()

    monkeypatch.setattr("tutor.authoring.preview.quick_warnings", slow)
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        assert isinstance(app.screen, PreviewScreen)
        await until(pilot, lambda: "Checking" in notes(app))
        may_end.set()
        await until(pilot, lambda: "No error" in notes(app))
