"""A lab's program as a real file in the learner's folder: open in their own editor, run here whenever it is saved."""

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

WAITING = """The tutor goes on when {} is closed.
An editor in a window of its own need not be waited for
(code, say, instead of code -w): then the program runs here
whenever it is saved."""


class OwnFile:
    """One lab's file, looked at once a second while its screen is there.

    No program is written over: where both the file's and the field's are new, the learner is asked, and the other one
    can be had back.
    """

    def __init__(self, screen: AnsweringScreen, code: CodeField, before: OwnFile | None = None) -> None:
        """``before`` is what was open until now: if it is the same file, it is known what both held last."""
        self.screen = screen
        self.code = code
        session = screen.session
        self._lesson = f"{session.lesson.id}#{session.variant}" if session.variant else session.lesson.id
        self.path = lab_path(self._lesson, code.field.block_id)
        self._file: SavedFile | None = before._file if before is not None and before.path == self.path else None
        self._is_waiting = False  # for another program to end, since the file was saved
        self._timer = screen.set_interval(LOOK_EVERY, self.look)

    def stop(self) -> None:
        """Stop polling the file."""
        self._timer.stop()

    def open(self) -> None:
        """Have the same program in the file and in the field, then open the learner's editor."""
        with self._told():
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
    def _told(self) -> Iterator[None]:
        """A folder or a disk that does not take the file is said, and the file is left alone."""
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
        with self._told():
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
        """Start $EDITOR where there is one; else say where the file is. Both hold ``text``."""
        self._file = SavedFile(self.path, text)
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        said = f"The program is {self.path}. Whenever it is saved, it runs here."
        if command:
            try:
                words = shlex.split(command)
                with self.screen.app.suspend(), _ctrl_c_is_the_editors():
                    print(WAITING.format(clean(command)), flush=True)
                    subprocess.run([*words, str(self.path)], check=False)
            except (SuspendNotSupported, OSError, ValueError) as error:
                said = f"{said} ({command} could not be started: {error})"
        self.screen.notify(clean(said), markup=False, timeout=6)
        self.look()

    def look(self) -> None:
        """Take a saved change in, and run it as soon as no other program runs."""
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
def _ctrl_c_is_the_editors() -> Iterator[None]:
    """The terminal sends it to the tutor as well, which would end."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
