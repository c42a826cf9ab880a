"""The file under the store: opened, set aside when damaged, left for memory when the disk can't be written.

Every write is one transaction that takes the write lock at its start, so that two tutors wait for each other and lose
nothing, and a killed process leaves either all of it or none.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tutor.errors import StoreError
from tutor.store.schema import migrate

Statement = tuple[str, tuple[Any, ...]]

_RETRY = timedelta(seconds=5)
_WAIT = 10.0  # seconds that a write waits for another tutor's


class ProgressFile:
    """A connection that never fails: see ``notice``. With ``strict``, a StoreError is raised instead.

    ``path`` is ``None`` for a store in memory. What is written while the disk refuses is pending, and goes there as
    soon as it can.
    """

    def __init__(self, path: Path | None, *, now: Callable[[], datetime], strict: bool = False) -> None:
        self.path = path
        self.notice = ""
        self._now = now
        self._strict = strict
        self._lock = threading.RLock()
        self._degraded = False
        self._pending: list[Statement] = []
        self._next_try = now()
        self._connection = self._open()

    @property
    def saving(self) -> bool:
        """Whether what is written now reaches the disk."""
        return self.path is not None and not self._degraded

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return _connect(":memory:")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return _connect(str(self.path))
        except sqlite3.OperationalError as error:
            return self._in_memory(error)
        except sqlite3.DatabaseError:
            return self._set_aside()
        except OSError as error:
            return self._in_memory(error)

    def _set_aside(self) -> sqlite3.Connection:
        """Move the damaged file out of the way, with its journal, and begin a new one."""
        assert self.path is not None
        stamp = self._now().strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
        message = f"The file of your progress was damaged. It was set aside as {aside.name}, and a new one begun."
        if self._strict:
            raise StoreError(f"{self.path} is damaged.", hint="Move it away and start again.")
        try:
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(f"{self.path}{suffix}").rename(f"{aside}{suffix}")
            connection = _connect(str(self.path))
        except (OSError, sqlite3.Error) as error:
            return self._in_memory(error)
        self.notice = message
        return connection

    def _in_memory(self, error: Exception) -> sqlite3.Connection:
        """Go on without the disk, with what can still be read from it."""
        failure = StoreError(
            f"Progress can't be saved in {self.path} ({error}).",
            hint="You can go on; answers are kept in memory and written when the disk can be written again.",
        )
        if self._strict:
            raise failure from error
        self.notice = str(failure)
        self._degraded = True
        self._next_try = self._now() + _RETRY
        with suppress(sqlite3.Error, OSError):
            return self._copied()
        return _connect(":memory:")

    def _copied(self) -> sqlite3.Connection:
        """What the file has, in memory."""
        copied = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, isolation_level=None)) as source:
                source.backup(copied)
            migrate(copied)
        except BaseException:
            copied.close()
            raise
        return copied

    def close(self) -> None:
        """Write what is pending, if it can be, and let go of the file."""
        with self._lock:
            if self._degraded:
                self._recover()
            with suppress(sqlite3.Error):
                self._connection.close()

    def write(self, statements: Iterable[Statement]) -> None:
        """Run the statements, all or none."""
        batch = [(sql, _storable(values)) for sql, values in statements]
        with self._lock:
            if self._degraded and self._now() >= self._next_try:
                self._recover()
            try:
                _transact(self._connection, batch)
            except (sqlite3.Error, OSError) as error:
                with suppress(sqlite3.Error):
                    self._connection.close()
                self._connection = self._in_memory(error)
                _transact(self._connection, batch)
            if self._degraded:
                self._pending.extend(batch)

    def _recover(self) -> None:
        """Write what piled up in memory to the disk; every statement carries its own key, so none is written twice."""
        self._next_try = self._now() + _RETRY
        try:
            disk = _connect(str(self.path))
        except (sqlite3.Error, OSError):
            return
        try:
            _transact(disk, self._pending)
        except (sqlite3.Error, OSError):
            disk.close()
            return
        self._connection.close()
        self._connection = disk
        self._pending.clear()
        self._degraded = False
        self.notice = ""

    def read(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        values = _storable(values)
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                with suppress(sqlite3.Error):
                    self._connection.close()
                self._connection = self._in_memory(error)
                return self._connection.execute(sql, values).fetchall()


def _connect(where: str) -> sqlite3.Connection:
    connection = sqlite3.connect(where, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection)
        connection.execute("pragma synchronous = normal")
        if connection.execute("pragma quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the file's pages do not fit together")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _storable(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values without halves of characters, which other bytes than UTF-8 leave in a text and SQLite refuses."""
    return tuple(each.encode("utf-8", "replace").decode() if isinstance(each, str) else each for each in values)


def _transact(connection: sqlite3.Connection, statements: list[Statement]) -> None:
    connection.execute("begin immediate")
    try:
        for sql, values in statements:
            connection.execute(sql, values)
        connection.execute("commit")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("rollback")
        raise


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. SQLite does not wait for its lock here as it does elsewhere, so this does."""
    until = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
