"""Text from lessons, answers, programs and files is never read as markup and cannot control the terminal."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from textual.app import App

from tests.ui.driving import PROGRAMS, Opener, go_to, paste, press, seen, session, settle, until
from tutor.plain import run_plain
from tutor.store import Store
from tutor.ui.fields.code import CodeField
from tutor.ui.screens.home import Home

MARKUP = "[red]x[/] [/] [@click=app.quit]y[/]"
CONTROLS = "\x1b[31m\x1b]8;;http://evil\x1b\\z\x9b1A\x07\u202eesrever\u2066\x00\r"
NASTY = MARKUP + CONTROLS
SHOWN = "[red]x[/] [/]"


def _lesson(text: str) -> str:
    """Return a lesson with one text wherever an author can write text. It is JSON, which is YAML with escapes."""
    options = [{"text": text, "correct": True, "why": text}, {"text": f"b {text}", "why": text}]
    layers = [{"weights": [{"w1": 0.5}], "bias": {"b": 0.1}, "activation": "sigmoid"}]
    table = f"| a | {text} |\n|---|---|\n| 1 | {text} |"
    first = [
        {"text": f"{text}\n\n# {text}\n\n- {text}\n\n> {text}\n\n`{text}`\n\n{table}"},
        {"ask": "Z1", "prompt": text, "explain": text, "hints": [text], "mistakes": [{"when": "7", "say": text}]},
        {"ask": {"yhat": {"prompt": text, "explain": text}}},
        {"number": text, "answer": 1, "unit": text, "explain": text},
    ]
    second = [
        {"choose": text, "options": options, "shuffle": False},
        {"order": text, "steps": [text, f"b {text}"]},
        {"fill": f"{text} ____ {text}", "gaps": ["a"]},
        {"write": text, "model": text},
    ]
    third = [
        {"table": {"columns": [text, "b"], "rows": [[text, 1]], "caption": text}},
        {"plot": "w^2", "over": {"w": [0, 1]}, "alt": text, "caption": text, "x": text, "y": text},
        {"run": f"# {text}\nprint(1)", "output": text, "prompt": text},
        {
            "lab": text,
            "starter": f"# {text}\nx = 1",
            "checks": [{"variable": "x", "equals": 2, "say": text}],
            "hints": [text],
        },
    ]
    screens = [{"title": text, "blocks": blocks} for blocks in (first, second, third)]
    network = {"inputs": [1], "target": 1, "layers": layers}
    return json.dumps(
        {"tutor": 1, "title": text, "id": "nasty", "summary": text, "network": network, "screens": screens}
    )


def written(app: App[Any]) -> str:
    """Return what is sent to the terminal for the present screen, without colours and attributes."""
    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    with console.capture() as sent:
        console.print(update)
    return re.sub(r"\x1b\[[0-9;]*[mH]", "", sent.get())


CONTROL_CHARACTERS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def assert_no_control_characters(text: str) -> None:
    """Check that a text can be sent to a terminal; the message shows the first fault."""
    found = CONTROL_CHARACTERS.search(text)
    assert found is None, ascii(text[max(0, found.start() - 60) :][:120])


def assert_harmless(app: App[Any]) -> str:
    """Check that nothing on the screen can control the terminal, and return the screen's text."""
    sent = written(app)
    assert_no_control_characters(sent)
    return sent


async def test_every_block_of_a_hostile_lesson(opened: Opener, lessons: Path) -> None:
    (lessons / "01-every-kind.yaml").write_text(_lesson(NASTY), encoding="utf-8")
    async with opened(size=(120, 70)) as pilot:
        assert assert_harmless(pilot.app).count(SHOWN) >= 3, "title and summary are shown literally on Home"
        await press(pilot, "slash")
        await paste(pilot, f"no{NASTY}")
        assert SHOWN in assert_harmless(pilot.app)
        assert "Nothing found" in seen(pilot.app)

        await press(pilot, "escape", "enter")
        lesson = session(pilot.app)
        right: dict[str, str | tuple[str, ...]] = {"choice": ("0",), "fill": ("a",), "write": NASTY}
        for index in range(len(lesson.titles)):
            await go_to(pilot, index)
            assert assert_harmless(pilot.app).count(SHOWN) >= 6
            for field in lesson.screen().fields:
                if field.kind in ("number", "expression"):
                    lesson.submit(field.id, "7")
                    lesson.open_hint(field.id)
                    lesson.open_hint(field.id)
                elif field.kind in right:
                    lesson.submit(field.id, right[field.kind])
            await go_to(pilot, index)
            assert assert_harmless(pilot.app).count(SHOWN) >= 6
        for keys in (("f7",), ("escape", "l"), ("f1",), ("f4",), ("escape", "R")):
            await press(pilot, *keys)
            assert_harmless(pilot.app)
            while len(pilot.app.screen_stack) > 2:
                pilot.app.pop_screen()
            await settle(pilot)


async def test_a_hostile_answer_and_what_a_program_prints_are_shown_as_text(opened: Opener) -> None:
    async with opened("every-kind", size=(120, 50)) as pilot:
        await paste(pilot, NASTY)
        assert SHOWN in assert_harmless(pilot.app), "read back"
        await press(pilot, "enter")
        assert_harmless(pilot.app)
        session(pilot.app).submit("lab2:Z2", NASTY)
        session(pilot.app).submit("lab2:hidden.H", (NASTY, "1"))
        await press(pilot, "escape", "l")
        assert SHOWN in assert_harmless(pilot.app), "looked back at"
        await press(pilot, "escape", "number_sign")
        await paste(pilot, NASTY)
        await press(pilot, "enter")
        assert_harmless(pilot.app)

        await go_to(pilot, PROGRAMS)
        code = pilot.app.screen.query(CodeField).first()
        code.load(f"print({NASTY!r})\nraise ValueError({NASTY!r})\n")
        await pilot.press("f5")
        await until(pilot, lambda: "ValueError" in seen(pilot.app) and "→" in seen(pilot.app), "the error")
        await settle(pilot)
        assert assert_harmless(pilot.app).count(SHOWN) >= 3, "the source, the output, the error"


async def test_a_hostile_file_name_and_a_hostile_key_in_a_lesson(opened: Opener, tmp_path: Path) -> None:
    path = tmp_path / "[red]x[ \x1b[31m\u202e.yaml"
    path.write_text('tutor: 1\n"[red]x[/]\\e[31m": 1\ntitle: "[/]"\nscreens: []\n', encoding="utf-8")
    async with opened(str(path), size=(120, 40)) as pilot:
        assert type(pilot.app.screen).__name__ == "Trouble"
        assert "[red]x[" in assert_harmless(pilot.app)
    async with opened(str(tmp_path / f"no{NASTY.replace('/', '')}.yaml".replace("\x00", "")), size=(120, 40)) as pilot:
        assert type(pilot.app.screen).__name__ == "Trouble"
        assert "[red]x" in assert_harmless(pilot.app)


async def test_hostile_messages_are_text(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice of the store and a system error may contain any file name."""
    async with opened("every-kind", size=(120, 40), toasts=True) as pilot:
        monkeypatch.setattr(Store, "notice", property(lambda store: NASTY))
        await press(pilot, "1", "enter")
        assert SHOWN in assert_harmless(pilot.app)
        await press(pilot, "escape", "escape", "escape")
        assert isinstance(pilot.app.screen, Home)
        assert SHOWN in assert_harmless(pilot.app)


def test_plain_mode_shows_hostile_text_literally(lessons: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    (lessons / "01-every-kind.yaml").write_text(_lesson(NASTY), encoding="utf-8")
    lines = [
        "7",
        ":hint",
        ":hint",
        NASTY.replace("\r", ""),
        "1",
        ":next",
        "1",
        "1 2",
        "a",
        "words",
        ":next",
        ":look",
        ":quit",
    ]
    for target in ("nasty", None):
        out = io.StringIO()
        source = io.StringIO("".join(f"{line}\n" for line in (lines if target else [NASTY.replace("\r", ""), ":quit"])))
        run_plain(target, source=source, out=out, store=store)
        said = out.getvalue()
        assert SHOWN in said
        assert_no_control_characters(said)
