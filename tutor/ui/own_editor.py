"""Keep a lab's program as a real file in the learner's folder: open in their own editor, run here whenever it is
saved."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tutor.labs.work import SavedFile, lab_path, open_lab, put_aside, read, save
from tutor.ui.text import clean

if TYPE_CHECKING:
    from tutor.ui.fields.code import CodeField
    from tutor.ui.screens.answering import AnsweringScreen

LOOK_EVERY = 1.0

WAITING = """The tutor continues when {} is closed.
An editor with its own window need not block the tutor
(use code instead of code -w): then the program runs here
whenever it is saved."""


class OwnFile:
    """The file of one lab, checked once a second while its screen is shown.

    No program is overwritten: if both the file and the field have changed, the learner is asked which to use, and can
    get the other one back.
    """

    def __init__(self, screen: AnsweringScreen, code: CodeField, before: OwnFile | None = None) -> None:
        """Open the file of a lab. ``before`` is the file that was open until now: if it is the same one, what both held
        last is known."""
        self.screen = screen
        self.code = code
        session = screen.session
        self._lesson = f"{session.lesson.id}#{session.variant}" if session.variant else session.lesson.id
        self.path = lab_path(self._lesson, code.field.block_id)
        self._file: SavedFile | None = before._file if before is not None and before.path == self.path else None
        self._is_waiting = False  # for another program to end, since this file was saved
        self._timer = screen.set_interval(LOOK_EVERY, self.look)

    def stop(self) -> None:
        """Stop polling the file."""
        self._timer.stop()

    def open(self) -> None:
        """Make the file and the field hold the same program, then open the learner's editor."""
        with self._errors_reported():
            here = self.code.editor.text
            there = open_lab(self.path, here)
            known = self._file.text if self._file is not None else None
            if clean(there) == here:
                self._edit(there)
            elif there == known:
                self._write(here)
            elif known is not None and clean(known) == here:
                self._take(there)
            else:
                self._ask()

    @contextmanager
    def _errors_reported(self) -> Iterator[None]:
        """Report a file that cannot be read or written, and stop polling it."""
        try:
            yield
        except (OSError, ValueError) as error:
            self.stop()
            said = f"The program's file {self.path} cannot be used: {error}"
            self.screen.notify(clean(said), severity="error", markup=False)

    def _ask(self) -> None:
        from tutor.ui.screens.confirm import Confirm

        question = (
            f"{self.path} differs from the program shown. Take it from there? ctrl+z brings this one back. "
            "“No” keeps this one, and puts the other aside."
        )
        self.screen.app.push_screen(Confirm(question, "Take it"), self._answered)

    def _answered(self, takes_it: bool | None) -> None:
        if not self.code.is_attached:
            return
        with self._errors_reported():
            if takes_it:
                self._take(read(self.path))
            else:
                aside = put_aside(self.path)
                self._write(self.code.editor.text)
                self.screen.notify(clean(f"The other program is {aside} now."), markup=False)

    def _take(self, there: str) -> None:
        self.code.replace(there)
        self._edit(there)

    def _write(self, here: str) -> None:
        save(self.path, here)
        self._edit(here)

    def _edit(self, text: str) -> None:
        """Start $EDITOR if it is set, or say where the file is. Both the file and the field hold ``text``."""
        self._file = SavedFile(self.path, text)
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        said = f"The program is {self.path}. Whenever it is saved, it runs here."
        if command:
            try:
                words = shlex.split(command)
                with self.screen.app.suspend(), _ctrl_c_ignored():
                    print(WAITING.format(clean(command)), flush=True)
                    subprocess.run([*words, str(self.path)], check=False)
            except (SuspendNotSupported, OSError, ValueError) as error:
                said = f"{said} ({command} could not be started: {error})"
        self.screen.notify(clean(said), markup=False, timeout=6)
        self.look()

    def look(self) -> None:
        """Show a saved change, and run it as soon as no other program runs."""
        if not self.code.is_attached:
            self.stop()
            return
        text = self._file.changed() if self._file is not None else None
        if text is not None:
            self.code.replace(text)
            self._is_waiting = True
        if self._is_waiting and not self.screen.runs_a_program:
            self._is_waiting = False
            self.screen.start(self.code)


@contextmanager
def _ctrl_c_ignored() -> Iterator[None]:
    """Ignore Ctrl+C, which the terminal sends to the tutor as well as to the editor."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
