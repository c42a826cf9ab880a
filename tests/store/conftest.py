"""Shared by the tests of the store: a clock, and one PostgreSQL server for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.store import postgres


class Clock:
    """A clock that moves on by a second at every look."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """Start PostgreSQL and stop it at the end."""
    with postgres.server() as running:
        yield running
