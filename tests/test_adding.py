"""What CONTRIBUTING.md says about adding is true: a made-up one of each kind works after editing only those places.

Activations, losses and optimizers are tested in ``functions/test_registry``, mistakes in ``mistakes/test_registry``,
kinds of block in ``lessons/test_new_kind``. What is a line of code rather than an entry of a registry (a key of a
block, a check of a lab, a hint, another spelling) is written into a copy of the tutor.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import cast

import click
import pytest
from click.testing import CliRunner
from textual.screen import Screen

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


def test_a_lint_warning_is_a_name_and_a_check(lesson: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_kind_of_symbol_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("dict[str, str]", notation.SYMBOL_HEADS), "velocity", "v")
    of_the_class = Notation({"velocity": "u"})
    assert of_the_class.text("v1") == "u₁"
    assert of_the_class.canonical("u_1", ["v1"]) == "v1"


#: Files of the tutor with the edits to each: the text to replace, and its replacement.
EDITS: dict[str, tuple[tuple[str, str], ...]] = {
    "lessons/building/text.py": (
        ("    main: ", "    mood: Annotated[Words | None, Field(description='How it is said.')] = None\n    main: "),
        ("self.main)", "self.main), mood=self.mood or ''"),
    ),
    "lessons/blocks/text.py": (
        ("    text: Template\n", "    text: Template\n    mood: str = ''\n"),
        ("self.text.fill(is_shown)", "self.text.fill(is_shown) + (f' ({self.mood})' if self.mood else '')"),
    ),
    "lessons/building/lab.py": (
        ('"epoch_losses", "python",', '"epoch_losses", "python", "device",'),
        ("    python: ", "    device: Words | None = None\n    python: "),
    ),
    "labs/torch_checks.py": (
        ('    "layers": _layers,', '    "device": _device,\n    "layers": _layers,'),
        (
            "def _layers(",
            "def _device(check: Check, facts: Facts, _: str) -> str | None:\n"
            "    return None if facts['seen']['device'] == check.subject else 'It runs elsewhere.'\n\n\ndef _layers(",
        ),
    ),
    "hints/ladder.py": (
        ('    LINE = "line"', '    LINE = "line"\n    AGAIN = "again"'),
        (
            '    ladder.append(Rung(RungKind.LINE, "The whole line", whole))\n',
            '    ladder.append(Rung(RungKind.LINE, "The whole line", whole))\n'
            '    ladder.append(Rung(RungKind.AGAIN, "Try again", f"Work ${graph.notation.latex(name)}$ again."))\n',
        ),
    ),
    "formulas/notation.py": (('    "net": "Z",', '    "presum": "Z", "net": "Z",'),),
}
WITH_THE_EDITS = r"""
import sys
from pathlib import Path
import tutor
from tutor.authoring import Options, check_paths
from tutor.authoring.render import as_text
from tutor.authoring.sheet import make_sheet
from tutor.formulas import Notation
from tutor.labs.checks import CheckState, Evidence, judge
from tutor.lessons import load
from tutor.lessons.plain_data import from_data, to_data
from tutor.lessons.schema import lesson_schema
from tutor.session import Session
from tutor.store import Store

file = Path(sys.argv[1])
assert Path(tutor.__file__).is_relative_to(file.parent), tutor.__file__
found = check_paths([file], Options(with_torch=False, with_programs=False, use_cache=False)).problems
assert found == [], found
lesson = load(file)
text, _, lab = lesson.screens[0].blocks
assert {"mood", "device"} <= {word for word in str(lesson_schema()).replace("'", " ").split()}
for each in (text, from_data(to_data(lesson)).screens[0].blocks[0]):
    assert each.markdown() == "Look. (calm)"
assert "Look. (calm)" in as_text(make_sheet(lesson))
(check,) = lab.checks
for device, state in (("cpu", CheckState.PASSED), ("cuda", CheckState.FAILED)):
    result = judge(check, Evidence({}, {"seen": {"device": device}}, "", ""))
    assert (result.title, result.state) == ("device: cpu", state), result
session = Session(lesson, Store(None, learner=""))
opened = [session.open_hint("network:Z1") for _ in range(6)]
assert opened[-1].title == "Try again", opened
assert Notation().canonical("presum_1", ["Z1"]) == "Z1"
print("all passed")
"""


def test_keys_checks_hints_and_spellings_are_added_where_contributing_says(
    lesson: Callable[[str], Path], tmp_path: Path
) -> None:
    path = lesson("Look.\n        mood: calm")
    with path.open("a", encoding="utf-8") as file:
        file.write(
            "      - lab: Say where.\n        id: where\n        starter: x = 1\n        solution: x = 2\n"
            "        checks: [{device: cpu, say: It runs on the processor.}]\n"
        )
    shutil.copytree(ROOT / "tutor", tmp_path / "tutor")  # with the compiled files: only the edited ones are compiled
    for name, edits in EDITS.items():
        source = (tmp_path / "tutor" / name).read_text(encoding="utf-8")
        for line, instead in edits:
            assert line in source, (name, line)
            source = source.replace(line, instead, 1)
        (tmp_path / "tutor" / name).write_text(source, encoding="utf-8")
    command = [sys.executable, "-c", WITH_THE_EDITS, str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stdout.strip() == "all passed", done.stderr


async def test_a_theme_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui_app, "THEMES", (*THEMES, replace(DARK, name="tutor-made-up", primary="#88CCFF")))
    store = Store(None, learner="")
    store.set_setting("theme", "tutor-made-up")
    app = ui_app.TutorApp(store, warm=False)
    async with app.run_test():
        assert app.current_theme.primary == "#88CCFF"


async def test_a_screen_command_is_declared_beside_its_action(monkeypatch: pytest.MonkeyPatch) -> None:
    wave = Command("lesson.wave", "wave", "ctrl+y", "Wave", "Waves at the learner.", letter="W", also="f12")
    monkeypatch.setattr(ui_app, "COMMANDS", (*ui_app.COMMANDS, wave))
    assert wave in all_commands()
    assert [binding.key for binding in wave.bindings()] == ["ctrl+y", "W", "f12"]

    class Waving(Screen[None]):
        BINDINGS = [*wave.bindings()]  # noqa: RUF012

        def action_wave(self) -> None:
            self.dismiss()

    app = ui_app.TutorApp(Store(None, learner=""), warm=False)
    async with app.run_test() as pilot:
        for key in ("ctrl+y", "W", "f12"):
            await app.push_screen(Waving())
            await pilot.press(key)
            assert not isinstance(app.screen, Waving), key


def test_a_shell_command_is_one_entry_and_one_module(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_plain_mode_command_is_one_entry(lesson: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setitem(
        plain_commands.COMMANDS, "wave", ("wave at the learner", lambda here, _: here.terminal.say("Hello."))
    )
    out = io.StringIO()
    run_plain(str(lesson("Look.")), source=io.StringIO(":help\n:wave\n:quit\n"), out=out, store=Store(None, learner=""))
    assert "wave at the learner" in out.getvalue()
    assert "Hello." in out.getvalue()


def test_the_files_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8") + (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`((?:tutor|tests|benchmarks|lessons|docs)/[\w./-]+)`", text))
    assert len(named) > 60
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
