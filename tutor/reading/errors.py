"""The error for an answer that cannot be read."""

from __future__ import annotations

from tutor.errors import FormulaError
from tutor.mathtext import cells


class Unreadable(FormulaError):
    """An answer that is not a number or formula, or can be read two ways; it does not count as an attempt.

    ``column`` (from 1, at most one past the end of ``text``) is where reading stopped, and ``hint`` says what to write.
    """

    title = "This answer cannot be read"

    def __init__(self, message: str, column: int = 1, *, text: str = "", hint: str) -> None:
        super().__init__(message, max(1, min(column, len(text) + 1)), hint=hint)
        self.text = text

    @property
    def caret(self) -> str:
        """The line where reading stopped, and a caret under the place."""
        before = self.text[: self.column - 1]
        start = max(before.rfind("\n"), before.rfind("\r")) + 1
        line = self.text[start:].splitlines()[0] if self.text[start:] else ""
        line = "".join(mark if mark.isprintable() else " " for mark in line)
        return f"{line}\n{' ' * cells(line[: self.column - 1 - start])}^"
