"""The file under the store: opened, set aside when damaged, left for memory when the disk can't be written.

Every write is one transaction that takes the write lock at its start, so that two tutors wait for each other and lose
nothing, and a killed process leaves either all of it or none. Nobody who types waits long: what the disk does not take
at once is kept in memory, and a thread tries again.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from tutor.errors import StoreError
from tutor.store.schema import migrate
from tutor.store.transaction import transaction

Statement = tuple[str, tuple[Any, ...]]

_REFUSED = (sqlite3.Error, OSError)

_WAIT = 10.0  # seconds that the start and the end wait for another program's lock
_PATIENCE = 0.2  # seconds that what is typed waits for it
_RETRY = 1.0  # seconds until the disk is tried again


class ProgressFile:
    """A connection that never fails: see ``notice``. With ``strict``, a StoreError is raised instead.

    ``path`` is ``None`` for a store in memory. What is written while the disk refuses is pending, and goes there as
    soon as it can; a lock that is gone by then is not spoken of.
    """

    def __init__(self, path: Path | None, *, now: Callable[[], datetime], strict: bool = False) -> None:
        self.path = path
        self.notice = ""
        self._now = now
        self._strict = strict
        self._lock = threading.RLock()
        self._degraded = False
        self._pending: list[Statement] = []
        self._swaps = 0
        self._closing = threading.Event()
        self._retrying: threading.Thread | None = None
        with self._lock:
            self._connection = self._open()
            if not strict:
                self._connection.execute(f"pragma busy_timeout = {_PATIENCE * 1000:.0f}")

    @property
    def saving(self) -> bool:
        """Whether what is written now reaches the disk."""
        return self.path is not None and not self._degraded

    @property
    def unsaved(self) -> bool:
        """Whether something that was written has not reached the disk."""
        return bool(self._pending)

    @property
    def version(self) -> tuple[int, int]:
        """Another one than before once another program has written, or may have: the connection is another one."""
        with self._lock:
            return self._swaps, self.read("pragma data_version")[0][0]

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return _connect(":memory:", _WAIT)
        try:
            return self._reach(_WAIT)
        except sqlite3.OperationalError as error:
            return self._in_memory(error)
        except sqlite3.DatabaseError:
            return self._set_aside()
        except OSError as error:
            return self._in_memory(error)

    def _reach(self, wait: float) -> sqlite3.Connection:
        """The file on the disk. Whatever is done there waits so long for a lock."""
        assert self.path is not None
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep_private(self.path)
        return _connect(str(self.path), wait)

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
            connection = self._reach(_WAIT)
        except _REFUSED as error:
            return self._in_memory(error)
        self.notice = message
        return connection

    def _failure(self, error: Exception) -> StoreError:
        return StoreError(
            f"Progress can't be saved ({_reason(error)}).",
            hint=f"You can go on: it is kept in memory, and written to {self.path} as soon as that can be.",
        )

    def _in_memory(self, error: Exception) -> sqlite3.Connection:
        """Go on without the disk, with what can still be read from it."""
        if self._strict:
            raise self._failure(error) from error
        if not _is_lock(error):
            self.notice = str(self._failure(error))
        self._degraded = True
        self._swaps += 1
        self._retrying = threading.Thread(target=self._retry, name="progress", daemon=True)
        self._retrying.start()
        with suppress(*_REFUSED):
            return self._copied()
        return _connect(":memory:", _WAIT)

    def _copied(self) -> sqlite3.Connection:
        """What the file has, in memory."""
        copied = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            source = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, isolation_level=None, timeout=_PATIENCE)
            with closing(source):
                source.backup(copied, progress=_only_once)
            migrate(copied)
        except BaseException:
            copied.close()
            raise
        return copied

    def flush(self) -> bool:
        """Try at once to write what is pending; whether nothing is, now."""
        if self._pending:
            try:
                self._recover(_PATIENCE)
            except _REFUSED as error:
                self.notice = str(self._failure(error))
        return not self._pending

    def close(self) -> None:
        """Write what is pending, if it can be, and let go of the file."""
        self._closing.set()
        if self._retrying is not None:
            self._retrying.join()
        if self._pending:
            try:
                self._recover(_WAIT)
            except _REFUSED as error:
                self.notice = f"What you did last could not be saved in {self.path} ({_reason(error)})."
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def write(self, statements: Iterable[Statement]) -> None:
        """Run the statements, all or none."""
        batch = [(sql, _storable(values)) for sql, values in statements]
        with self._lock:
            try:
                _transact(self._connection, batch)
            except _REFUSED as error:
                with suppress(sqlite3.Error):
                    self._connection.close()
                self._connection = self._in_memory(error)
                _transact(self._connection, batch)
            if self._degraded:
                self._pending.extend(batch)

    def _retry(self) -> None:
        """Try again until the disk takes what is pending. What it says by then lasts, and is said."""
        while not self._closing.wait(_RETRY) and self._degraded:
            try:
                self._recover(_PATIENCE)
            except _REFUSED as error:
                self.notice = str(self._failure(error))
            else:
                return

    def _recover(self, wait: float) -> None:
        """Write what piled up in memory to the disk; every statement carries its own key, so none is written twice."""
        disk = self._reach(wait)
        try:
            disk.execute("begin immediate")  # it may wait for this: whoever types does not
            with self._lock:
                _run(disk, self._pending)
                disk.execute("commit")
                self._connection.close()
                self._connection = disk
                self._swaps += 1
                self._pending.clear()
                self._degraded = False
                self.notice = ""
        except _REFUSED:
            disk.close()  # which takes back what was begun
            raise

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


def _connect(where: str, wait: float) -> sqlite3.Connection:
    connection = sqlite3.connect(where, timeout=wait, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection, wait)
        connection.execute("pragma synchronous = normal")
        if connection.execute("pragma quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the file's pages do not fit together")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_private(path: Path) -> None:
    """See to it that the file is there and that only its owner can read it; what SQLite puts beside it is as it is."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        with suppress(PermissionError):  # another user's
            path.chmod(0o600)


def _only_once(status: int, *_: int) -> None:
    """Leave a file that another program lets nobody read: Python would try again for ever."""
    if status == sqlite3.SQLITE_BUSY:
        raise sqlite3.OperationalError("database is locked")


def _storable(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values without halves of characters, which other bytes than UTF-8 leave in a text and SQLite refuses."""
    return tuple(each.encode("utf-8", "replace").decode() if isinstance(each, str) else each for each in values)


def _transact(connection: sqlite3.Connection, statements: list[Statement]) -> None:
    with transaction(connection):
        _run(connection, statements)


def _run(connection: sqlite3.Connection, statements: list[Statement]) -> None:
    for sql, values in statements:
        connection.execute(sql, values)


def _reason(error: Exception) -> str:
    return "another program keeps it locked" if _is_lock(error) else str(error)


def _is_lock(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _use_wal(connection: sqlite3.Connection, wait: float) -> None:
    """Switch to the write-ahead log. SQLite does not wait for its lock here as it does elsewhere, so this does."""
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if not _is_lock(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
