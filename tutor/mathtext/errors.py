"""The one error of this package."""

from __future__ import annotations

from tutor.errors import FormulaError


class MathError(FormulaError):
    """LaTeX that cannot be set: ``column`` (from 1) is where, ``command`` the command if it is unknown."""

    title = "This formula cannot be shown"

    def __init__(self, message: str, column: int = 1, *, command: str = "", hint: str = "") -> None:
        super().__init__(message, column, hint=hint)
        self.command = command
