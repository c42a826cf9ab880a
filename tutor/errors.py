"""The errors that a person may see, each with a title, a message and a hint on what to do.

TutorError
├── NetworkError        a network that cannot be computed: shapes, names, values (``place``: keys into the lesson)
├── FormulaError        a formula that cannot be read or evaluated (``column``, from 1)
├── QuantityError       a quantity that the network or worksheet does not have (with the nearest name)
├── LessonError         a lesson that cannot be used; carries every ``Problem`` found
├── StoreError          progress that cannot be read or written
└── SandboxError        a learner's program that cannot be run safely
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

Place = tuple[str | int, ...]


class TutorError(Exception):
    """An error to show to a person: a ``title``, what went wrong (``message``), and what to do (``hint``, or empty)."""

    title = "Something went wrong"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def reason(error: OSError) -> str:
    """Return why the system refused something, for the end of a sentence: ``permission denied``."""
    return (error.strerror or str(error)).lower()


@contextmanager
def file_errors(
    path: Path | str, done: str = "written", *, kind: type[TutorError] = TutorError, hint: str = ""
) -> Iterator[None]:
    """Turn an ``OSError`` of the block into an error of this ``kind`` that says why ``path`` cannot be ``done`` (read,
    written, made).

    Raises:
        TutorError: The system refused.
    """
    try:
        yield
    except OSError as error:
        raise kind(f"{path} cannot be {done}: {reason(error)}.", hint=hint) from None


class NetworkError(TutorError):
    """A network or worksheet that cannot be computed.

    ``place`` is the path to the faulty value in the mapping that it was built from: ``("layers", 1, "weights")``.
    """

    title = "This network cannot be computed"

    def __init__(self, message: str, place: Place = (), *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.place = place


class FormulaError(TutorError):
    """A formula that cannot be read or has no value; ``column`` counts from 1."""

    title = "This formula cannot be read"

    def __init__(self, message: str, column: int = 1, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.column = column


class QuantityError(TutorError):
    """A name that no quantity has; ``nearest`` is the closest name that one has, or None."""

    title = "There is no such quantity"

    def __init__(self, message: str, *, nearest: str | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint or (f"Did you mean {nearest}?" if nearest else ""))
        self.nearest = nearest


class StoreError(TutorError):
    """Progress that cannot be read or written."""

    title = "Progress could not be saved or read"


class SandboxError(TutorError):
    """A learner's program that cannot be run safely here."""

    title = "This program cannot be run here"


class LessonError(TutorError):
    """A lesson that cannot be used, with one line of ``report`` per problem (file:line:column: what, and the fix)."""

    title = "This lesson cannot be used"

    def __init__(self, report: Sequence[str], *, hint: str = "") -> None:
        super().__init__("\n".join(report), hint=hint)
        self.report = tuple(report)
