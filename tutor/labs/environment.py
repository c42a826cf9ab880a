"""Check the learner's environment (Python, virtual environment, PyTorch, device) and say what to do.

The Python that runs the cells examines itself (``inside/given/tutor_environment.py``). This runs without a sandbox,
because it is the tutor's own code and a sandbox hides graphics cards.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.labs.extras import TORCH, command
from tutor.labs.sandbox.bubblewrap import INSIDE
from tutor.labs.sandbox.python import executable

_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked. ``is_ok`` is None if it is neither good nor bad; ``advice`` says what to do (or is
    empty); ``command`` is a line to copy into a terminal."""

    what: str
    found: str
    is_ok: bool | None
    advice: str = ""
    command: str = ""


def look() -> tuple[Finding, ...]:
    """Examine the Python that runs the cells. This takes as long as importing PyTorch: at first, a few seconds."""
    python = executable()
    question = [python, "-I", str(INSIDE / "given" / "tutor_environment.py")]
    try:
        done = subprocess.run(
            question, capture_output=True, text=True, timeout=_TIMEOUT, stdin=subprocess.DEVNULL, check=False
        )
        facts = json.loads(done.stdout.strip().splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        return (Finding("Python", f"{python} does not answer ({error})", False, "Set TUTOR_PYTHON to another Python."),)
    return findings({**facts, "install": "" if "torch" in facts else command(TORCH, python)})


def findings(facts: dict[str, Any]) -> tuple[Finding, ...]:
    """Return the findings for the facts that ``tutor_environment.facts`` reports."""
    return (_python(facts), _environment(facts), _torch(facts), *_device(facts))


def _python(facts: dict[str, Any]) -> Finding:
    version = f"{facts['python']}, {facts['executable']}"
    if facts["bits"] != 64:
        return Finding("Python", f"{version} (32 bits)", False, "PyTorch comes for 64-bit Pythons only: install one.")
    return Finding("Python", version, True)


def _environment(facts: dict[str, Any]) -> Finding:
    active, prefix = facts["active"], facts["prefix"]
    if not facts["is_own"]:
        return Finding(
            "Virtual environment",
            f"none: this is the Python of {prefix}",
            False,
            "Make one and switch it on: python3 -m venv .venv, then source .venv/bin/activate"
            " (Windows: .venv\\Scripts\\activate). Install the tutor and PyTorch there.",
        )
    if active and os.path.realpath(active) != os.path.realpath(prefix):
        python = Path(active) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        return Finding(
            "Virtual environment",
            f"{prefix}, but {active} is switched on in this terminal",
            None,
            f"pip installs into the one that is switched on. To run your cells there: TUTOR_PYTHON={python}",
        )
    return Finding("Virtual environment", prefix + (", switched on" if active else ""), True)


def _torch(facts: dict[str, Any]) -> Finding:
    if "torch" in facts:
        return Finding("PyTorch", f"{facts['torch']}, imported in {facts['seconds']:.1f} s", True)
    missing = facts.get("missing")
    if missing != "torch":
        why = f"it cannot be imported: {facts['error']}" if "error" in facts else f"{missing} is missing"
        again = f"{facts['install']} --force-reinstall"
        return Finding("PyTorch", f"installed, but {why}", False, "Reinstall it.", again)
    return Finding(
        "PyTorch",
        "not installed",
        False,
        "Cells show recorded output until it is there, and everything else works. At a cell that needs it, ctrl+g"
        " (:install on plain lines) installs it, after asking; so does the line below. If pip finds no matching"
        " version, this Python is too new or too old: PyTorch's release notes say which ones it supports.",
        facts["install"],
    )


def _device(facts: dict[str, Any]) -> tuple[Finding, ...]:
    if "device" not in facts:
        return ()
    device = str(facts["device"])
    if device == "cpu":
        return (Finding("Device", "cpu: all that this course needs", True),)
    advice = "Cells and labs run on the processor, where networks this small are faster."
    return (Finding("Device", device, True, advice),)
