"""What CONTRIBUTING.md says about adding is true: a made-up one of each kind works from the places it names alone.

Elsewhere: activations, losses and optimizers in ``functions/test_registry``, mistakes in ``mistakes/test_registry``,
kinds of block in ``lessons/test_new_kind``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import cast

import click
import pytest
from click.testing import CliRunner

from tutor import cli
from tutor.authoring import Options, check_paths, lint, warnings
from tutor.authoring.lint_context import Subject
from tutor.authoring.render import as_text
from tutor.authoring.sheet import make_sheet
from tutor.formulas import Notation, notation
from tutor.lessons import load
from tutor.mathtext import render, render_inline, symbols
from tutor.mathtext.nodes import Kind, Symbol
from tutor.mathtext.parser import known_commands
from tutor.plain import commands as plain_commands
from tutor.plain import run_plain
from tutor.store import Store
from tutor.ui import app as ui_app
from tutor.ui.commands import Command
from tutor.ui.keymap import all_commands
from tutor.ui.themes import DARK, THEMES

ROOT = Path(__file__).parents[1]
LESSON = """title: Made up
network:
  inputs: [2]
  target: 1
  layers: [{weights: [{w1: 0.5}], activation: sigmoid}]
  optimizer: {sgd: {lr: 0.5}}
screens:
  - title: One
    blocks:
      - text: %s
      - ask: Z1
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        path = tmp_path / "lesson.yaml"
        path.write_text(LESSON % text, encoding="utf-8")
        return path

    return written


def test_a_latex_symbol_is_one_entry(lesson: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = lesson(r"'Turn it: $\whirl_1 = 2$.'")
    assert "whirl" in str(check_paths([path], Options(with_torch=False, use_cache=False)).problems)
    monkeypatch.setitem(symbols.COMMANDS, "whirl", Symbol("⥁", "whirl", Kind.ORDINARY))
    for cached in (render, render_inline):
        cached.cache_clear()
    assert "whirl" in known_commands()
    assert render_inline(r"\whirl_1") == "⥁₁"
    assert render_inline(r"\whirl", ascii=True) == "whirl"
    assert check_paths([path], Options(with_torch=False, use_cache=False)).problems == []
    assert "⥁₁ = 2" in as_text(make_sheet(load(path)))


def test_a_lint_warning_is_its_name_and_what_finds_it(
    lesson: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def shouting(subject: Subject) -> None:
        for placed in subject.blocks():
            if "!!" in placed.block.markdown():
                subject.on_block("shouting", placed, "Say it in a calm voice.")

    path = lesson("Be careful!!")
    monkeypatch.setattr(warnings, "WARNINGS", {**warnings.WARNINGS, "shouting": "A text shouts."})
    monkeypatch.setattr("tutor.authoring.lint_context.WARNINGS", warnings.WARNINGS)
    monkeypatch.setattr(lint, "CHECKS", (*lint.CHECKS, shouting))
    options = Options(with_torch=False, use_cache=False)
    (found,) = check_paths([path], options).problems
    assert (found.name, found.line) == ("shouting", 10)
    path.write_text(path.read_text().replace("!!\n", "!!\n        allow: {shouting: It is meant.}\n"))
    assert check_paths([path], options).problems == []


def test_a_symbol_of_a_class_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("dict[str, str]", notation.SYMBOL_HEADS), "velocity", "v")
    of_the_class = Notation({"velocity": "u"})
    assert of_the_class.text("v1") == "u₁"
    assert of_the_class.canonical("u_1", ["v1"]) == "v1"


async def test_a_theme_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui_app, "THEMES", (*THEMES, replace(DARK, name="tutor-made-up", primary="#88CCFF")))
    store = Store(None, learner="")
    store.set_setting("theme", "tutor-made-up")
    app = ui_app.TutorApp(store, warm=False)
    async with app.run_test():
        assert app.current_theme.primary == "#88CCFF"


def test_a_command_of_the_screen_is_declared_beside_its_action(monkeypatch: pytest.MonkeyPatch) -> None:
    wave = Command("lesson.wave", "wave", "ctrl+y", "Wave", "Waves at the learner.", letter="W", also="f12")
    monkeypatch.setattr(ui_app, "COMMANDS", (*ui_app.COMMANDS, wave))
    assert wave in all_commands()
    assert [binding.key for binding in wave.bindings()] == ["ctrl+y", "W", "f12"]


def test_a_command_of_the_shell_is_its_line_and_its_module(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def command() -> int:
        click.echo("Hello.")
        return 0

    module = ModuleType("tutor.cli.wave_back")
    vars(module)["command"] = command
    monkeypatch.setitem(sys.modules, "tutor.cli.wave_back", module)
    monkeypatch.setitem(cli.COMMANDS, "wave-back", "Wave at the learner.")
    assert "Wave at the learner." in CliRunner().invoke(cli.group, ["--help"]).output
    assert CliRunner().invoke(cli.group, ["wave-back"]).output == "Hello.\n"


def test_a_command_on_plain_lines_is_one_entry(lesson: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setitem(
        plain_commands.COMMANDS, "wave", ("wave at the learner", lambda here, _: here.terminal.say("Hello."))
    )
    out = io.StringIO()
    run_plain(str(lesson("Look.")), source=io.StringIO(":help\n:wave\n:quit\n"), out=out, store=Store(None, learner=""))
    assert "wave at the learner" in out.getvalue()
    assert "Hello." in out.getvalue()


def test_the_places_that_contributing_names_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8") + (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`((?:tutor|tests|benchmarks|lessons|docs)/[\w./-]+)`", text))
    assert len(named) > 60
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
