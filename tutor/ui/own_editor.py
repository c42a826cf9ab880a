"""A lab's program as a real file in the learner's folder: open in their own editor, run here whenever it is saved."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tutor.labs.work import SavedFile, lab_path, save

if TYPE_CHECKING:
    from tutor.ui.fields.code import CodeField
    from tutor.ui.screens.answering import AnsweringScreen

LOOK_EVERY = 1.0


class OwnFile:
    """One lab's file, looked at once a second while its screen is there."""

    def __init__(self, screen: AnsweringScreen, code: CodeField) -> None:
        self.screen = screen
        self.code = code
        session = screen.session
        name = f"{session.lesson.id}#{session.variant}" if session.variant else session.lesson.id
        self.path = lab_path(name, code.field.block_id)
        save(self.path, code.editor.text)
        self.file = SavedFile(self.path, code.editor.text)
        self._timer = screen.set_interval(LOOK_EVERY, self.look)
        self._open()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _open(self) -> None:
        """Start $EDITOR where there is one; else say where the file is."""
        command = os.environ.get("VISUAL") or os.environ.get("EDITOR")
        said = f"The program is {self.path}. Whenever it is saved, it runs here."
        if command:
            try:
                with self.screen.app.suspend():
                    subprocess.run([*shlex.split(command), str(self.path)], check=False)
            except (SuspendNotSupported, OSError) as error:
                said = f"{said} ({command} could not be started: {error})"
        self.screen.notify(said, markup=False, timeout=6)
        self.look()

    def look(self) -> None:
        """Take a saved change in, and run it."""
        if not self.code.is_attached:
            self.stop()
            return
        text = self.file.changed()
        if text is not None:
            self.code.load(text)
            self.code.post_message(self.code.Edited(self.code, text))
            self.code.action_check()
