"""Progress on a PostgreSQL server, for a class: the same tables and the same statements as in a file.

A learner's rows are kept in memory as well, so that the tutor can continue while the server is away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from tutor.errors import StoreError
from tutor.store.place import Connection, Cursor, LaterVersion, Statement
from tutor.store.schema import COLUMNS, MIGRATIONS
from tutor.store.sqlite import connect, in_memory

try:
    import psycopg
except ImportError as error:
    raise StoreError(
        "To save progress on a PostgreSQL server, the tutor needs a package that is not installed (psycopg).",
        hint="pip install 'psycopg[binary]>=3.2,<4'",
    ) from error

_NUL, _INSTEAD = "\x00", "\U0010fffd"
"""PostgreSQL cannot store NUL, so a private-use character, which no keyboard has, replaces it."""

_MIGRATING = 0x7475746F72  # the lock that one tutor holds while it makes the tables
_SECONDS_TO_CONNECT = 3
_MILLISECONDS_TO_ANSWER = 5000

_LIMIT = "select set_config('lock_timeout', ?, false), set_config('statement_timeout', ?, false)"
_COUNT = """insert into changes (learner, number) values (?, 1)
    on conflict (learner) do update set number = changes.number + 1"""


class PostgresConnection:
    """A connection with the store's interface: ``?`` for each value, and transactions begun and ended by statements.

    A transaction is sent to the server at its commit, in one message, because the server may be far away.
    """

    def __init__(self, url: str, learner: str) -> None:
        self._learner = learner
        self._wait = -1.0
        self._collected: list[tuple[str, Sequence[Any]]] | None = None
        self.counted = 0
        """How many of the learner's changes this connection has made."""
        self._own = psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=_SECONDS_TO_CONNECT,
            application_name="tutor",
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=2,
            tcp_user_timeout=_MILLISECONDS_TO_ANSWER,
        )

    def limit(self, wait: float) -> None:
        """Wait up to ``wait`` seconds for a lock, and a little longer for an answer."""
        if wait != self._wait:
            limits = max(1, int(wait * 1000)), int(wait * 1000) + _MILLISECONDS_TO_ANSWER
            self._run(_LIMIT, [str(each) for each in limits])
            self._wait = wait

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement. Statements of a transaction are run by its ``commit``, which raises their errors."""
        if sql == "begin immediate":
            self._collected = []
            return _NO_ROWS
        if self._collected is None or sql == "rollback":
            self._collected = None
            return self._run(sql, values)
        if sql == "commit":
            return self._commit(self._collected)
        self._collected.append((sql, values))
        return _NO_ROWS

    def _commit(self, statements: list[tuple[str, Sequence[Any]]]) -> Cursor:
        self._collected = None
        if statements:
            self.together([("begin", ()), *statements, (_COUNT, (self._learner,)), ("commit", ())])
            self.counted += 1
        return _NO_ROWS

    def together(self, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Any]]:
        """Run statements in order, sent in one message; return the rows of each."""
        values = [_to_server(value) for _, given in statements for value in given]
        cursor = psycopg.ClientCursor(self._own, row_factory=_row)
        cursor.execute("; ".join(_with_marks(sql) for sql, _ in statements).encode(), values)
        found = []
        while True:
            found.append(cursor.fetchall() if cursor.description else [])
            if not cursor.nextset():
                return found

    def _run(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        cursor = self._own.cursor(row_factory=_row)
        return cursor.execute(_with_marks(sql).encode(), [_to_server(value) for value in values])

    def close(self) -> None:
        """Close the connection."""
        self._own.close()


class PostgresServer:
    """One learner's progress on the server with this ``url`` (``postgresql://user@host/database``)."""

    refusals: tuple[type[Exception], ...] = (psycopg.Error, OSError)

    def __init__(self, url: str, learner: str) -> None:
        parts = urlsplit(url)
        self.name = f"PostgreSQL at {parts.hostname or 'this computer'}{parts.path}"
        self.notice = ""
        self._url = url
        self._learner = learner
        self._mirror: sqlite3.Connection | None = None

    def reach(self, wait: float) -> PostgresConnection:
        """Return a connection to tables of this version.

        Raises:
            psycopg.Error: The server cannot be reached.
            LaterVersion: The tables are of a later version.
        """
        connection = PostgresConnection(self._url, self._learner)
        try:
            connection.limit(wait)
            _migrate(connection)
            if self._mirror is None:
                self._mirror = self._rows(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def limit(self, connection: Connection, wait: float) -> None:
        """Make a connection wait up to ``wait`` seconds for a lock from now on."""
        assert isinstance(connection, PostgresConnection)
        connection.limit(wait)

    def repair(self, error: Exception) -> bool:
        """Return whether to try another connection at once: a server that was restarted may be back."""
        if not isinstance(error, psycopg.OperationalError):
            return False
        return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))  # connection lost, server shut down

    def copied(self, before: Connection | None) -> sqlite3.Connection:
        """Return a copy of the learner's known rows, in memory.

        Raises:
            psycopg.Error: The rows have never been read, and the server cannot be reached.
        """
        if self._mirror is None:
            connection = PostgresConnection(self._url, self._learner)
            try:
                return self._rows(connection)
            finally:
                connection.close()
        copy = connect(":memory:", 0.0)
        self._mirror.backup(copy)
        return copy

    def _rows(self, connection: PostgresConnection) -> sqlite3.Connection:
        memory = in_memory()
        memory.execute("begin")
        found = connection.together(
            [
                (f"select {', '.join(columns)} from {table} where learner = ?", (self._learner,))
                for table, columns in COLUMNS.items()
            ]
        )
        for (table, columns), rows in zip(COLUMNS.items(), found, strict=True):
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            memory.executemany(f"insert into {table} ({names}) values ({marks})", rows)
        memory.execute("commit")
        return memory

    def version(self, connection: Connection) -> int:
        """Return how many times others have written this learner's progress."""
        assert isinstance(connection, PostgresConnection)
        rows = connection.execute("select number from changes where learner = ?", (self._learner,)).fetchall()
        return int(rows[0][0]) - connection.counted if rows else 0

    def kept(self, batch: Sequence[Statement]) -> None:
        """Apply the batch to the copy in memory as well."""
        if self._mirror is not None:
            with suppress(sqlite3.Error):
                for sql, values in batch:
                    self._mirror.execute(sql, values)

    def is_lock(self, error: Exception) -> bool:
        """Return whether another program's lock prevents writing."""
        return isinstance(error, psycopg.errors.LockNotAvailable)

    def reason(self, error: Exception) -> str:
        """Return what prevents writing, in words."""
        if self.is_lock(error):
            return "another program has locked it"
        if isinstance(error, psycopg.errors.DiskFull):
            return f"{self.name} has no room left"
        if isinstance(error, psycopg.OperationalError):
            return f"{self.name} does not answer"
        return f"{self.name} refuses it: {str(error).partition(chr(10))[0]}"


def _row(cursor: Any) -> Any:
    """Return a psycopg row factory that makes the rows that SQLite would return."""

    def made(values: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(value.replace(_INSTEAD, _NUL) if isinstance(value, str) else value for value in values)

    return made


class _NoRows:
    def fetchall(self) -> list[Any]:
        return []


_NO_ROWS = _NoRows()


def _with_marks(sql: str) -> str:
    """Return a statement with psycopg's placeholders for values."""
    return sql.replace("%", "%%").replace("?", "%s")


def _to_server(value: Any) -> Any:
    return value.replace(_NUL, _INSTEAD) if isinstance(value, str) else value


def _migrate(connection: PostgresConnection) -> None:
    """Migrate the tables to this version, one tutor at a time.

    Raises:
        LaterVersion: The tables are of a later version.
    """
    exists = connection.execute("select to_regclass('form')").fetchall()[0][0] is not None
    version = _version(connection) if exists else 0
    if version < len(MIGRATIONS):
        connection.execute("begin")
        try:
            connection.execute(f"select pg_advisory_xact_lock({_MIGRATING})")
            connection.execute("create table if not exists form (version integer not null)")
            connection.execute("create table if not exists changes (learner text primary key, number bigint not null)")
            version = _version(connection)
            for statement in (one for statements in MIGRATIONS[version:] for one in statements):
                connection.execute(statement)
            connection.execute("delete from form")
            connection.execute("insert into form values (?)", (max(version, len(MIGRATIONS)),))
            connection._run("commit")
        except BaseException:
            with suppress(psycopg.Error):
                connection._run("rollback")
            raise
    if version > len(MIGRATIONS):
        raise LaterVersion(f"It was written by a later version of the tutor (form {version}).")


def _version(connection: PostgresConnection) -> int:
    rows = connection.execute("select version from form").fetchall()
    return int(rows[0][0]) if rows else 0
