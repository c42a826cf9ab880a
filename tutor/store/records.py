"""The rows of the store as dataclasses, with their keys and times. Times are ISO 8601 in UTC."""

from __future__ import annotations

import itertools
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One answer and its mark. Never changed after it is written.

    ``cells`` holds the verdict and message of each cell or gap that is marked separately; ``revision`` is the lesson's.
    """

    field: str
    answer: str
    verdict: str
    mistakes: tuple[str, ...] = ()
    message: str = ""
    when: str = ""
    variant: str = ""
    archived: bool = False
    cells: tuple[tuple[str, str], ...] = ()
    revision: int = 1


@dataclass(frozen=True, slots=True)
class EventRecord:
    """Something other than an answer that happened at a field: ``hint``, ``hint:answer``, ``given-up``, ``kept``."""

    field: str
    kind: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """Whether an operation (``skill``) was done right at a question. Never changed after it is written.

    ``unaided`` means without any hint, ``form`` is the way it was asked, ``mistake`` the id of the mistake made, if one
    was named.
    """

    lesson: str
    variant: str
    field: str
    skill: str
    right: bool
    unaided: bool = True
    form: str = "solve"
    mistake: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class PositionRecord:
    """Where a learner left a lesson: the variant, the screen's index, and when."""

    lesson: str
    variant: str
    screen: int
    when: str


@dataclass(frozen=True, slots=True)
class SummaryRecord:
    """A lesson's progress as its session last stored it, so that the home screen need not load the lesson."""

    lesson: str
    variant: str
    done: int
    total: int
    to_fix: int
    when: str


_count = itertools.count()


def new_key() -> str:
    """Return a UUID (version 7) as text: unique everywhere, and in the order of writing within a process."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | (7 << 76) | ((next(_count) & 0xFFF) << 64) | (2 << 62)
    number |= int.from_bytes(os.urandom(8)) >> 2
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def iso(moment: datetime) -> str:
    """Return a moment as ``2026-03-01T09:30:00.123456Z``: of fixed length, so that texts sort like times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """Return the moment that ``iso`` wrote.

    Raises:
        ValueError: The text is not a moment.
        TypeError: The value is not a text.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def utc_now() -> datetime:
    """Return the current time: the clock that is used if no other is given."""
    return datetime.now(UTC)
