"""``tutor doctor``: check the terminal, fonts, PyTorch, the store and containment, and say what to improve."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace

import click

from tutor.cleaning import shows_mathematics, takes_unicode
from tutor.cli import options
from tutor.cli.output import say, say_json
from tutor.formulas.wording import counted
from tutor.labs.environment import Finding

_GLYPHS = "Z₁  ŷ  δ₃  ∂E/∂w₁₁  w₁₁′  Σ  θ  ⎡ 0.2 ⎤  ⣿⡷⠶⠒  ▀▄█  ✓ ✗"


@click.command()
@options.json("the findings")
def command(as_json: bool) -> int:
    """Check what this terminal and this computer can do for the tutor, and say how to improve it.

    Exit status: 0 if nothing is wrong, 1 otherwise.
    """
    findings = []
    for finding in (found for part in (_terminal, _python, _store, _containment) for found in part()):
        findings.append(finding)
        if not as_json:  # shown at once, because importing PyTorch takes some seconds
            _say(finding)
    amiss = sum(finding.is_ok is False for finding in findings)
    if as_json:
        say_json([asdict(finding) for finding in findings])
    else:
        say(f"\nEach of these should be a different sign, not a box or a question mark:\n  {_GLYPHS}\n")
        say(_summary(amiss, sum(finding.is_ok is None for finding in findings)))
    return 1 if amiss else 0


def _say(finding: Finding) -> None:
    """Print a finding, wrapped to the terminal; a command to copy stays on one line."""
    width = max(40, min(100, shutil.get_terminal_size().columns))
    sign = {True: "✓", False: "✗", None: "·"}[finding.is_ok]
    first = f"{sign} {finding.what}: "
    lines = textwrap.wrap(first + finding.found, width, subsequent_indent="    ", break_on_hyphens=False)
    say(sign, end=" ")
    say(finding.what, end="", bold=True)
    say("\n".join(lines)[len(f"{sign} {finding.what}") :])
    if finding.advice:
        say(textwrap.fill(finding.advice, width, initial_indent="    ", subsequent_indent="    "))
    if finding.command:
        say(f"\n      {finding.command}\n")


def _summary(amiss: int, could_be_better: int) -> str:
    if amiss:
        return f"{amiss} of these need attention (✗)."
    if could_be_better:
        return "Everything works. What has a dot (·) could be better, but is not necessary."
    return "Everything is as it should be."


def _terminal() -> Iterator[Finding]:
    columns, lines = shutil.get_terminal_size()
    yield _finding(
        "Terminal",
        f"{os.environ.get('TERM', 'unknown')}, {columns}×{lines}",
        columns >= 80 and lines >= 24,
        "The tutor needs at least 80×24: enlarge the window or choose a smaller font.",
    )
    is_unicode, has_signs = takes_unicode(sys.stdout), shows_mathematics(sys.stdout)
    yield _finding(
        "Characters",
        ("UTF-8" if has_signs else "UTF-8, without θ, ∂ and ₁") if is_unicode else sys.stdout.encoding,
        has_signs,
        "Open a terminal window: the console shows plain lines in ASCII only."
        if is_unicode
        else "Set LANG=C.UTF-8 (Windows: chcp 65001); until then use tutor --plain --ascii.",
    )
    has_all = os.environ.get("COLORTERM", "") in ("truecolor", "24bit")
    yield _finding(
        "Colours",
        "16 million" if has_all else "256 or fewer",
        has_all or None,
        "Plots and diagrams are finer with 16 million, which most terminals have: set COLORTERM=truecolor. Inside tmux"
        " put set -as terminal-features ',*:RGB' into ~/.tmux.conf.",
    )
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    yield _finding(
        "Your own editor",
        editor or "none chosen",
        bool(editor) or None,
        "Labs can be written in it (F11 in a lab): set EDITOR, for instance EDITOR=nano.",
    )


def _finding(what: str, found: str, is_ok: bool | None, advice: str) -> Finding:
    """Return a finding, with advice only where it is not good."""
    return Finding(what, found, is_ok, "" if is_ok else advice)


def _python() -> Iterator[Finding]:
    from tutor.labs.environment import look

    for finding in look():
        # the tutor works without PyTorch, so a computer without it is not faulty
        is_ok = None if finding.what == "PyTorch" and finding.found == "not installed" else finding.is_ok
        yield replace(finding, is_ok=is_ok)


def _store() -> Iterator[Finding]:
    from tutor.errors import StoreError, TutorError
    from tutor.paths import home
    from tutor.store import Store, default_place

    try:
        with closing(Store(default_place(), strict=True)) as store:
            count = len(store.positions())
    except StoreError as error:
        yield Finding(
            "Progress", error.message, False, f"Is {home()} writable? Set TUTOR_HOME to choose another folder."
        )
    except TutorError as error:  # there is no folder for it
        yield Finding("Progress", error.message, False, error.hint)
    else:
        yield Finding("Progress", f"{store.name}, {counted(count, 'lesson')} begun", True)


def _containment() -> Iterator[Finding]:
    from tutor.labs.sandbox.level import level

    found = level()
    name = {"bubblewrap": "bubblewrap", "landlock": "Landlock", "limits": "limits alone", "none": "none"}
    is_ok = True if found.is_isolated else None if found.can_run else False
    yield Finding("Learners' programs", f"{name[found.isolation.value]}. {found.sentence}", is_ok, found.better)
