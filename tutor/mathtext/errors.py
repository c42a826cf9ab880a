"""The error that this package raises."""

from __future__ import annotations

from tutor.errors import FormulaError


class MathError(FormulaError):
    """LaTeX that cannot be shown: ``column`` (from 1) says where, ``command`` is the unknown command, if it is one."""

    title = "This formula cannot be shown"

    def __init__(self, message: str, column: int = 1, *, command: str = "", hint: str = "") -> None:
        super().__init__(message, column, hint=hint)
        self.command = command
