"""Progress in one SQLite file, which only its owner can read and which is repaired if it is damaged."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from tutor.errors import StoreError
from tutor.paths import file_stamp
from tutor.store.place import Connection, LaterVersion, Statement
from tutor.store.salvage import salvage
from tutor.store.schema import COLUMNS, MIGRATIONS, migrate

_DAMAGE = frozenset(
    {
        0,  # raised by this module
        sqlite3.SQLITE_ERROR,  # no such table, malformed schema text …
        sqlite3.SQLITE_INTERNAL,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_NOTADB,
    }
)
"""The error codes of a damaged file; other errors come from another program or the disk."""

_IMPOSSIBLE_VERSION = 1000  # no tutor will ever have a version above this
_MAGIC = b"SQLite format 3\x00"
_SIDE_FILES = ("-wal", "-shm", "-journal")
_ALWAYS_CHECKED = 4 << 20
"""Files of up to this many bytes are always checked; larger ones, which take a second, only after an unclean end."""


class SqliteFile:
    """The file at ``path``.

    With ``strict``, a damaged file is an error; else what can be read is moved to a new file and the damaged one is
    kept beside it.
    """

    refusals: tuple[type[Exception], ...] = (sqlite3.Error, OSError, UnicodeDecodeError)

    def __init__(self, path: Path, *, now: Callable[[], datetime], strict: bool = False) -> None:
        self.path = path
        self.name = str(path)
        self.notice = ""
        self._now = now
        self._strict = strict
        self._opened: tuple[int, int] = (0, 0)

    # -- opening ------------------------------------------------------------------------------------------------------

    def reach(self, wait: float) -> sqlite3.Connection:
        """Return a connection to the file, repaired if necessary.

        Raises:
            sqlite3.Error: SQLite refuses the file.
            OSError: The file cannot be opened or written.
            StoreError: It is damaged, and ``strict`` is set.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_private(self.path)
        try:
            return self._connect(wait)
        except self.refusals as error:
            if not self.repair(error):
                raise
        return self._connect(wait)

    def _connect(self, wait: float) -> sqlite3.Connection:
        self._opened = _identity(self.path)
        size = self.path.stat().st_size
        was_clean = not any(file_stamp(f"{self.path}{suffix}")[1] for suffix in ("-wal", "-journal"))
        connection = connect(str(self.path), wait)
        try:
            _use_wal(connection, wait)
            connection.execute("pragma synchronous = normal")
            if not was_clean or size <= _ALWAYS_CHECKED:
                _check(connection)
            _make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    # -- damage -------------------------------------------------------------------------------------------------------

    def repair(self, error: Exception) -> bool:
        """Set a damaged file aside and copy what can be read of it into a new one; return whether that was done.

        Raises:
            StoreError: It is damaged, and ``strict`` is set.
        """
        if not is_damage(error) and _has_head(self.path):
            return False
        if self._strict:
            raise StoreError(f"{self.path} is damaged.", hint="Open the tutor: it saves what can be read.")
        if self._opened != _identity(self.path):
            return True  # another tutor was faster
        stamp = self._now().strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}{self.path.suffix}")
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=".repair-", ignore_cleanup_errors=True) as folder:
            copy, fresh = Path(folder, "copy.sqlite3"), Path(folder, "fresh.sqlite3")
            for suffix in ("", *_SIDE_FILES):
                with suppress(FileNotFoundError):
                    shutil.copyfile(f"{self.path}{suffix}", f"{copy}{suffix}")
            found = _salvage(copy, fresh)
            for suffix in ("", *_SIDE_FILES):  # if killed between two of these steps, a whole copy of the file remains
                with suppress(FileNotFoundError):
                    shutil.copy2(f"{self.path}{suffix}", f"{aside}{suffix}")
            for suffix in _SIDE_FILES:
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            keep_private(fresh)
            fresh.replace(self.path)
        saved = f"{found} entries could be read and are here." if found else "Nothing in it could be read."
        self.notice = f"Your progress file was damaged. It was set aside as {aside.name}. {saved}"
        return True

    def copied(self, before: Connection | None) -> sqlite3.Connection:
        """Return a copy of the file in memory; the file is not changed. Raises ``sqlite3.Error``.

        On a full disk SQLite may be unable to open the file, while an open connection can still read it.
        """
        if isinstance(before, sqlite3.Connection):
            with suppress(sqlite3.Error):
                return _copy(before)
        with closing(connect(f"{self.path.absolute().as_uri()}?mode=ro", 0.2, uri=True)) as source:
            return _copy(source)

    # -- the rest of a place ------------------------------------------------------------------------------------------

    def limit(self, connection: Connection, wait: float) -> None:
        """Make a connection wait up to ``wait`` seconds for a lock from now on."""
        connection.execute(f"pragma busy_timeout = {wait * 1000:.0f}")

    def version(self, connection: Connection) -> int:
        """Return SQLite's count of changes made by other connections."""
        return int(connection.execute("pragma data_version").fetchall()[0][0])

    def kept(self, batch: Sequence[Statement]) -> None:
        """Do nothing: the file is the only copy."""

    def is_lock(self, error: Exception) -> bool:
        """Return whether another program has locked the file."""
        return _code(error) == sqlite3.SQLITE_BUSY

    def reason(self, error: Exception) -> str:
        """Return what prevents writing, in words."""
        return "another program has locked it" if self.is_lock(error) else str(error)


def connect(where: str, wait: float, *, uri: bool = False) -> sqlite3.Connection:
    """Return a connection for all threads, without automatic transactions, that can read text with invalid bytes."""
    connection = sqlite3.connect(where, timeout=wait, isolation_level=None, check_same_thread=False, uri=uri)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def in_memory() -> sqlite3.Connection:
    """Return a connection to empty tables in memory."""
    connection = connect(":memory:", 0.0)
    migrate(connection)
    return connection


def keep_private(path: Path) -> None:
    """Make sure that the file exists and that only its owner can read it.

    SQLite gives its side files the same permissions. An existing file is not opened, because closing it would release
    the locks of this process's other SQLite connections.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        with suppress(PermissionError):  # the file belongs to another user
            path.chmod(0o600)


def is_damage(error: Exception) -> bool:
    """Return whether the file itself is at fault."""
    if isinstance(error, UnicodeDecodeError):  # in the names of tables and columns
        return True
    is_error = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.ProgrammingError)
    return is_error and _code(error) in _DAMAGE


def _code(error: Exception) -> int:
    return int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def _identity(path: Path) -> tuple[int, int]:
    """Return the device and inode of the file at a path."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def _has_head(path: Path) -> bool:
    """Return whether a file begins with a valid SQLite header. SQLite reports some damaged headers as a file that is
    read-only."""
    try:
        with path.open("rb") as stream:
            head = stream.read(100)
    except OSError:
        return True  # the file cannot be read, so nothing is known about it
    return not head or (len(head) == 100 and head.startswith(_MAGIC) and {head[18], head[19]} <= {1, 2})


def _check(connection: sqlite3.Connection) -> None:
    """Raise ``DatabaseError`` if the file fails SQLite's integrity check."""
    if connection.execute("pragma integrity_check(1)").fetchone()[0] != "ok":
        raise sqlite3.DatabaseError("the file fails SQLite's integrity check")


def _make_tables(connection: sqlite3.Connection) -> None:
    """Migrate the tables to this version, and check that every column is there."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    if version > _IMPOSSIBLE_VERSION or version < 0:
        raise sqlite3.DatabaseError("the file's version is not valid")
    if version > len(MIGRATIONS):
        raise LaterVersion(f"It was written by a later version of the tutor (form {version}).")
    migrate(connection)
    for table, columns in COLUMNS.items():
        connection.execute(f"select {', '.join(columns)} from {table} limit 0")


def _copy(source: sqlite3.Connection) -> sqlite3.Connection:
    """Return what can be read of a file, copied into memory.

    Raises:
        sqlite3.Error: Nothing can be read.
    """
    memory = in_memory()
    try:
        source.execute("select count(*) from sqlite_master").fetchall()  # raises if locked; salvage would skip the rows
        salvage(source, memory)
    except BaseException:
        memory.close()
        raise
    return memory


def _salvage(damaged: Path, fresh: Path) -> int:
    """Copy what can be read of one file into another; return the number of rows."""
    with closing(connect(str(fresh), 0.0)) as target:
        migrate(target)
        try:
            with closing(connect(str(damaged), 0.0)) as source:
                return salvage(source, target)
        except (sqlite3.Error, UnicodeDecodeError):
            return 0


def _use_wal(connection: sqlite3.Connection, wait: float) -> None:
    """Switch to the write-ahead log, waiting for the lock, which SQLite does not do for this statement."""
    until = time.monotonic() + wait
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
