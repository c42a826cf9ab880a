"""``tutor preview``: the lesson while it is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from tutor.session.model import Verdict
from tutor.ui.previewing import PreviewApp
from tutor.ui.screens.preview import PreviewScreen, Problems, Watching

LESSON = """
tutor: 1
title: Preview
network:
  inputs: [1, 0, 1]
  target: 1
  layers:
    - weights: [{w11: 0.2, w12: -0.3}, {w13: 0.4, w14: 0.1}, {w15: -0.5, w16: 0.2}]
      bias: {theta1: -0.4, theta2: 0.2}
      activation: sigmoid
    - {weights: [{w21: -0.3}, {w22: -0.2}], bias: {theta3: 0.1}, activation: sigmoid}
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
    """Wait for what a save brings about, until the screen is whole again; fail if it never comes."""
    for _ in range(400):
        await pilot.pause(0.02)
        screen = pilot.app.screen
        if holds() and (not isinstance(screen, PreviewScreen) or (screen.is_mounted and screen.query("#next"))):
            await pilot.pause()
            return
    pytest.fail("the save was not noticed")


def words(app: PreviewApp) -> str:
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


async def test_errors_stand_under_the_last_good_version(file: Path) -> None:
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "✓" in words(app) or "!" in words(app))
        file.write_text(LESSON.replace("ask: [Z1, H1]", "aks: [Z1, H1]"), encoding="utf-8")
        await until(pilot, lambda: "preview.yaml:" in words(app))
        assert "ask" in words(app)
        assert isinstance(app.screen, PreviewScreen)
        assert app.screen.session.titles == ("First", "Second")
        file.write_text(LESSON, encoding="utf-8")
        await until(pilot, lambda: "✗" not in words(app))


async def test_a_lesson_that_does_not_load_yet(file: Path) -> None:
    file.write_text("tutor: 1\ntitle: x\n", encoding="utf-8")
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        assert isinstance(app.screen, Watching)
        assert "screens" in words(app)
        file.write_text(LESSON, encoding="utf-8")
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))


async def test_one_key_answers_and_another_walks_through_the_mistakes(file: Path) -> None:
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.screen
        assert isinstance(screen, PreviewScreen)
        await screen.action_next()
        await pilot.press("f10")
        await pilot.pause()
        assert screen.session.state("network:Z1").to_mend
        said: set[str] = set()
        verdicts = set()
        for _ in range(40):
            if "Not that." in said:  # the choice's, which come last
                break
            await pilot.press("f10")
            await pilot.pause()
            states = [screen.session.state(name) for name in ("network:Z1", "network:H1", "which")]
            said |= {state.result.message for state in states if state.result is not None}
            verdicts |= {state.result.verdict for state in states if state.result is not None}
        assert any("bias" in message for message in said)
        assert "Not that." in said
        # one slip at a time: the mistake before has been mended, so nothing merely follows from it
        assert verdicts == {Verdict.CORRECT, Verdict.WRONG}
        await pilot.press("f9")
        await pilot.pause()
        for name in ("network:Z1", "network:H1", "which"):
            result = screen.session.state(name).result
            assert result is not None
            assert result.verdict is Verdict.CORRECT


async def test_an_error_of_the_tutors_own_is_shown_and_the_file_watched_on(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """You should see it under the last good version; when the file comes up without it, where that stood."""

    def slip(_: Path, name: str) -> None:
        raise RuntimeError(f"a slip over {name}")

    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        good = app.preview._load
        monkeypatch.setattr(app.preview, "_load", partial(slip, file))
        file.write_text(f"{LESSON}\n", encoding="utf-8")
        await until(pilot, lambda: "an internal error" in words(app))
        assert "RuntimeError: a slip over" in words(app)
        assert isinstance(app.screen, PreviewScreen)
        monkeypatch.setattr(app.preview, "_load", good)
        file.write_text(LESSON, encoding="utf-8")
        await until(pilot, lambda: "✗" not in words(app))


async def test_an_error_of_the_tutors_own_at_the_start_is_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slip(_: object) -> None:
        raise RuntimeError("a slip")

    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        with monkeypatch.context() as patched:
            patched.setattr("tutor.authoring.preview.quick_warnings", slip)
            await until(pilot, lambda: "RuntimeError: a slip" in words(app))
            assert isinstance(app.screen, PreviewScreen)
        file.write_text(f"{LESSON}\n", encoding="utf-8")
        await until(pilot, lambda: "✗" not in words(app))


async def test_a_lesson_is_shown_before_it_is_checked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end = Event()

    def slow(_: object) -> tuple[()]:
        may_end.wait()
        return ()

    monkeypatch.setattr("tutor.authoring.preview.quick_warnings", slow)
    app = PreviewApp(str(file))
    async with app.run_test(size=(100, 30)) as pilot:
        assert isinstance(app.screen, PreviewScreen)
        await until(pilot, lambda: "Checking" in words(app))
        may_end.set()
        await until(pilot, lambda: "No error" in words(app))
