"""The context in which a command runs, and the exception by which it leads elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tutor.plain.terminal import Terminal
from tutor.session import Session
from tutor.session.model import Field


class Navigate(Exception):
    """Leads the learner elsewhere.

    ``where`` is ``quit`` to leave the tutor, ``home`` the lesson, ``move`` the screen, ``skip`` the question; ``again``
    shows the screen again, ``run`` runs the program, ``install`` installs a missing package. ``session`` is the session
    to continue with, if it changes.
    """

    def __init__(self, where: str, session: Session | None = None) -> None:
        super().__init__(where)
        self.where = where
        self.session = session


@dataclass(frozen=True)
class CommandContext:
    """The context of a command: the session, the terminal, and the field that is being asked for, or None.

    ``ask`` asks for another field at once. ``priced`` is the number of the hint whose price was stated, by field.
    """

    session: Session
    terminal: Terminal
    field: str | None
    ask: Callable[[Field], None]
    priced: dict[str, int]


Action = Callable[[CommandContext, str], None]
"""Runs a command with its argument. It raises ``TutorError`` with what to say where that is not possible."""
