"""What a place that keeps progress can do: a file of SQLite's, or a server of PostgreSQL's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from tutor.errors import StoreError

Statement = tuple[str, tuple[Any, ...]]


class LaterVersion(StoreError):
    """Progress written by a later version of the tutor: it can be read but not written."""


class Cursor(Protocol):
    """The rows of a statement."""

    def fetchall(self) -> list[Any]:
        """Return all remaining rows."""
        ...


class Connection(Protocol):
    """What a connection must be able to do; SQLite's own can."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Cursor:
        """Run a statement with ``?`` for each value. ``begin immediate``, ``commit`` and ``rollback`` are statements
        too."""
        ...

    def close(self) -> None:
        """Close the connection; an unfinished transaction is rolled back."""
        ...


class Place(Protocol):
    """Where progress is kept. ``name`` is what a person calls it, ``notice`` what must be said about its state."""

    name: str
    notice: str
    refusals: tuple[type[Exception], ...]
    """What it raises when it cannot do what it is asked."""

    def reach(self, wait: float) -> Connection:
        """Return a connection to the tables of this version, waiting so many seconds for a lock. Raises a refusal, or
        ``StoreError`` where waiting would not help."""
        ...

    def limit(self, connection: Connection, wait: float) -> None:
        """Have a connection wait so many seconds for a lock from now on."""
        ...

    def mend(self, error: Exception) -> bool:
        """Return whether what was refused with this error would work on another connection, because the place is
        mended."""
        ...

    def copied(self, before: Connection | None) -> sqlite3.Connection:
        """Return a copy in memory of what can be read of the place: by a connection that may still be of use, or by a
        new one."""
        ...

    def storable(self, value: Any) -> Any:
        """Return a value as this place can keep it."""
        ...

    def version(self, connection: Connection) -> int:
        """Return a number that changes when another program has written."""
        ...

    def kept(self, batch: Sequence[Statement]) -> None:
        """Take note of a batch that the place has stored."""
        ...

    def is_lock(self, error: Exception) -> bool:
        """Return whether another program's lock is all that prevents writing."""
        ...

    def reason(self, error: Exception) -> str:
        """Return what prevents writing, in words."""
        ...


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Yield one transaction that takes the write lock at its start. What is raised in it is what comes out: the
    database may have taken everything back by then, and would say of a rollback that there is nothing to roll back."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        with suppress(Exception):
            connection.execute("rollback")
        raise
