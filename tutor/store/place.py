"""What a place that keeps progress can do: a file of SQLite's, or a server of PostgreSQL's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from tutor.errors import StoreError

Statement = tuple[str, tuple[Any, ...]]


class LaterVersion(StoreError):
    """Progress that a later version of the tutor has written: it can be read, and not be written."""


class Cursor(Protocol):
    """The rows of a statement."""

    def fetchall(self) -> list[Any]:
        """Return all that are left."""
        ...


class Connection(Protocol):
    """What a connection must do; SQLite's own does."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Cursor:
        """Run a statement, with ``?`` where a value goes. ``begin immediate``, ``commit`` and ``rollback`` are such."""
        ...

    def close(self) -> None:
        """Let go of it; what was begun is taken back."""
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
        """Return what can be read of it, in memory: by a connection that may still be of use, or by a new one."""
        ...

    def storable(self, value: Any) -> Any:
        """Return a value as this place can keep it."""
        ...

    def version(self, connection: Connection) -> int:
        """Another number than before once another program has written."""
        ...

    def kept(self, batch: Sequence[Statement]) -> None:
        """Told of each batch that it has kept."""
        ...

    def is_lock(self, error: Exception) -> bool:
        """Return whether another program's lock is all that is in the way."""
        ...

    def reason(self, error: Exception) -> str:
        """Return what is in the way, in words."""
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
