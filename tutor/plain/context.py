"""Where a command is given, and where one can lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tutor.plain.terminal import Terminal
from tutor.session import Session
from tutor.session.model import Field


class Navigate(Exception):
    """The learner goes elsewhere: ``quit`` leaves the tutor, ``home`` the lesson, ``move`` the screen, ``skip`` the
    question; ``again`` shows the screen anew, ``run`` runs the program."""

    def __init__(self, where: str, session: Session | None = None) -> None:
        super().__init__(where)
        self.where = where
        self.session = session


@dataclass(frozen=True)
class CommandContext:
    """Where a command is given: the lesson, the terminal, and the field that is being asked, if one is. ``ask`` asks
    for a field here and now; ``priced`` are the hints whose price the learner has heard, by field."""

    session: Session
    terminal: Terminal
    field: str | None
    ask: Callable[[Field], None]
    priced: dict[str, int]


Action = Callable[[CommandContext, str], None]
