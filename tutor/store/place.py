"""The interface of a place where progress is kept: an SQLite file or a PostgreSQL server."""

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
    """The methods that the store needs of a connection; ``sqlite3.Connection`` has them."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Cursor:
        """Run a statement with ``?`` for each value; also ``begin immediate``, ``commit`` and ``rollback``."""
        ...

    def close(self) -> None:
        """Close the connection; an unfinished transaction is rolled back."""
        ...


class Place(Protocol):
    """Where progress is kept. ``name`` is its name in messages, ``notice`` a message about its state or ""."""

    name: str
    notice: str
    refusals: tuple[type[Exception], ...]
    """The exceptions that it raises when something cannot be done."""

    def reach(self, wait: float) -> Connection:
        """Return a connection to tables of this version, waiting up to ``wait`` seconds for a lock.

        Raises one of ``refusals``, or ``StoreError`` where waiting would not help.
        """
        ...

    def limit(self, connection: Connection, wait: float) -> None:
        """Make a connection wait up to ``wait`` seconds for a lock from now on."""
        ...

    def repair(self, error: Exception) -> bool:
        """Repair the place if the error calls for it; return whether a new connection is likely to work."""
        ...

    def copied(self, before: Connection | None) -> sqlite3.Connection:
        """Return a copy in memory of what can be read from the place, by this connection or by a new one."""
        ...

    def version(self, connection: Connection) -> int:
        """Return a number that changes when another program has written."""
        ...

    def kept(self, batch: Sequence[Statement]) -> None:
        """Note that the place has stored this batch."""
        ...

    def is_lock(self, error: Exception) -> bool:
        """Return whether only another program's lock prevents writing."""
        ...

    def reason(self, error: Exception) -> str:
        """Return what prevents writing, in words."""
        ...


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Run the block in one transaction that takes the write lock at its start.

    The error of the block is raised, not one of the rollback: the database may have rolled back already.
    """
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        with suppress(Exception):
            connection.execute("rollback")
        raise
