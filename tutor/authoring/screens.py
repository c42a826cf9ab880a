"""How much of a terminal a screen takes: an estimate, good enough to find the ones that are far too long."""

from __future__ import annotations

from tutor.authoring.lint_context import Subject
from tutor.lessons.blocks import Question

FAR_TOO_LONG = 66
"""Lines: three terminals of 24 with the frame taken off."""


def check_screens(subject: Subject) -> None:
    """Warn about screens that are far longer than a terminal."""
    for number, screen in enumerate(subject.lesson.screens):
        lines = sum(block.height() + 1 for block in screen.blocks)
        if lines > FAR_TOO_LONG:
            message = (
                f"This screen takes about {lines} lines, and a small terminal has 24; split it, one idea a screen."
            )
            subject.on_screen("long-screen", number, message)
        if not any(isinstance(block, Question) for block in screen.blocks):
            subject.on_screen("nothing-asked", number, "This screen asks nothing.")
