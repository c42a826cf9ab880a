"""The findings about a learner's Python and the advice that goes with them."""

from __future__ import annotations

import json
import runpy
import sys
import venv
from typing import Any

import pytest
from click.testing import CliRunner

from tutor.errors import SandboxError
from tutor.labs.environment import findings
from tutor.labs.sandbox.bubblewrap import INSIDE
from tutor.labs.sandbox.python import python

GOOD: dict[str, Any] = {
    "python": "3.12.1",
    "bits": 64,
    "executable": "/home/a/.venv/bin/python",
    "prefix": "/home/a/.venv",
    "is_own": True,
    "active": "/home/a/.venv",
    "torch": "2.9.0+cpu",
    "seconds": 1.2,
    "device": "cpu",
}
FOUND = [
    ({}, 0, True, "3.12.1"),
    ({"bits": 32}, 0, False, "64-bit"),
    ({}, 1, True, "switched on"),
    ({"active": ""}, 1, True, "/home/a/.venv"),
    ({"is_own": False}, 1, False, "python3 -m venv .venv"),
    ({"active": "/home/a/other"}, 1, None, "TUTOR_PYTHON="),
    ({}, 2, True, "2.9.0+cpu, imported in 1.2 s"),
    ({"torch": None, "missing": "torch", "install": "p -m pip install torch"}, 2, False, "p -m pip install torch"),
    ({"torch": None, "missing": "jinja2", "install": "p"}, 2, False, "jinja2 is missing"),
    (
        {"torch": None, "error": "OSError: libc10.so", "install": "p"},
        2,
        False,
        "cannot be imported: OSError: libc10.so",
    ),
    ({}, 3, True, "all that this course needs"),
    ({"device": "cuda (RTX)"}, 3, True, "run on the processor"),
]


@pytest.mark.parametrize(("change", "place", "is_ok", "said"), FOUND)
def test_each_finding_has_its_advice(change: dict[str, Any], place: int, is_ok: bool | None, said: str) -> None:
    facts = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    finding = findings(facts)[place]
    assert finding.is_ok is is_ok
    assert said in f"{finding.found} {finding.advice} {finding.command}"


def test_the_doctor_reports_every_finding(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an environment without PyTorch, which would take a second to import; ``test_cells`` looks at this Python."""
    from tutor.cli.doctor import command

    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    venv.create(tmp_path / "bare", symlinks=sys.platform != "win32")
    own = tmp_path / "bare" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    monkeypatch.setenv("TUTOR_PYTHON", str(own))
    result = CliRunner().invoke(command, ["--json"], standalone_mode=False, catch_exceptions=False)
    found = {each["what"]: each for each in json.loads(result.output)}
    assert {"Terminal", "Characters", "Colours", "Python", "PyTorch", "Progress", "Learners' programs"} <= set(found)
    assert sys.version.split()[0] in found["Python"]["found"]
    assert found["PyTorch"]["is_ok"] is not True
    assert str(own) in found["PyTorch"]["command"]
    assert found["Progress"]["is_ok"] is True
    monkeypatch.setattr("tutor.labs.environment.look", lambda: ())
    shown = CliRunner().invoke(command, [], standalone_mode=False, catch_exceptions=False)
    assert "Learners' programs: " in shown.output


def test_a_python_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SandboxError, match="TUTOR_PYTHON"):
        python("/nonexistent/python")


def test_the_folders_of_this_python_include_its_library() -> None:
    folders = python().folders
    assert any(sys.prefix == folder or sys.prefix.startswith(folder + "/") for folder in (*folders, "/usr"))
    assert "/" not in folders


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Switched on in the terminal: this one\nPyTorch: 2.9.0+cpu\nDevice: cpu"),
        ({"active": ""}, "Switched on in the terminal: none"),
        ({"active": "/home/a/other"}, "Switched on in the terminal: /home/a/other\n  This is another one."),
        ({"is_own": False}, "An environment of its own: no, make one first"),
        ({"bits": 32}, "PyTorch needs a Python of 64 bits."),
        ({"torch": None, "device": None, "missing": "torch"}, "PyTorch: not installed here. `tutor doctor`"),
    ],
)
def test_the_environment_check_of_lesson_6(
    change: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    names = runpy.run_path(str(INSIDE / "given" / "tutor_environment.py"))
    facts = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    names["check"].__globals__["facts"] = lambda: facts
    names["check"]()
    printed = capsys.readouterr().out
    assert said in printed
    assert max(map(len, printed.splitlines())) <= 72
