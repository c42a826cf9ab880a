"""The database under the store: it falls back to memory when the place fails, and catches up when the place works.

Every write is one transaction that takes the write lock at its start. Two tutors therefore wait for each other and
lose nothing, and a killed process leaves either all of a write or none of it. A learner never waits long: what the
place does not accept at once is kept in memory, and a thread tries again.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

from tutor.errors import StoreError
from tutor.store.place import Connection, LaterVersion, Place, Statement, transaction
from tutor.store.sqlite import in_memory

T = TypeVar("T")

_WAIT = 10.0  # seconds to wait for another program's lock when the tutor closes
_SHORT_WAIT = 0.2  # seconds to wait for it at the start and while the learner works
_RETRY = 1.0  # seconds between two attempts to reach the place


class Database:
    """A connection that never fails: problems are reported in ``notice`` or, with ``strict``, raised as StoreError.

    ``place`` is None for a store in memory. What is written while the place fails is pending, and is written there as
    soon as possible. A lock that is released in time is not reported.
    """

    def __init__(self, place: Place | None, *, strict: bool = False) -> None:
        self.place = place
        self._trouble = ""
        self._strict = strict
        self._lock = threading.RLock()
        self._degraded = False
        self._is_later = False
        self._pending: list[Statement] = []
        self._swaps = 0
        self._closing = threading.Event()
        self._retrying: threading.Thread | None = None
        self._refusals: tuple[type[Exception], ...] = place.refusals if place is not None else (sqlite3.Error,)
        self._failures: tuple[type[Exception], ...] = (*self._refusals, StoreError)
        with self._lock:
            self._connection = self._open()

    @property
    def notice(self) -> str:
        """The message for the learner: what prevents saving, or else what happened to the place; "" if nothing did."""
        return self._trouble or (self.place.notice if self.place is not None else "")

    @property
    def saving(self) -> bool:
        """Whether writes currently reach the place."""
        return self.place is not None and not self._degraded

    @property
    def unsaved(self) -> bool:
        """Whether some writes have not reached the place yet."""
        return bool(self._pending)

    @property
    def version(self) -> tuple[int, int]:
        """A value that changes when another program has written, and whenever the connection is replaced."""
        with self._lock:
            number = self._recovering(
                lambda: self.place.version(self._connection) if self.place is not None and self.saving else 0
            )
            return self._swaps, number

    # -- opening and losing it ----------------------------------------------------------------------------------------

    def _open(self) -> Connection:
        if self.place is None:
            return in_memory()
        try:
            return self._ready(self.place.reach(_WAIT if self._strict else _SHORT_WAIT))
        except LaterVersion as error:
            if self._strict:
                raise
            self._is_later = True
            self._trouble = (
                f"{error.message} It can be read, but nothing is saved: what you do now is lost when you leave. "
                "Update the tutor."
            )
            return self._in_memory_only()
        except self._refusals as error:
            if self._strict:
                raise self._failure(error) from error
            self._trouble = str(self._failure(error))
            return self._in_memory_only()

    def _ready(self, connection: Connection) -> Connection:
        """Make a connection wait only briefly for locks from now on, unless the database is strict."""
        if self.place is not None and not self._strict:
            self.place.limit(connection, _SHORT_WAIT)
        return connection

    def _failure(self, error: Exception) -> StoreError:
        assert self.place is not None
        if self.place.is_lock(error):
            return StoreError(
                f"Your progress is waiting to be saved: another program has locked {self.place.name}.",
                hint="You can go on: your work is kept in memory, and saved as soon as that program releases the lock.",
            )
        return StoreError(
            f"Progress cannot be saved ({self.place.reason(error)}).",
            hint=f"You can go on: your work is kept in memory, and saved to {self.place.name} as soon as possible.",
        )

    def _reconnected(self, error: Exception, *, may_repair: bool) -> Connection:
        """Replace a failed connection: by a new one to the place if it could be repaired, else by memory."""
        assert self.place is not None
        before = self._connection
        try:
            return self._replacement(before, error, may_repair=may_repair)
        finally:
            with suppress(Exception):
                before.close()

    def _replacement(self, before: Connection, error: Exception, *, may_repair: bool) -> Connection:
        assert self.place is not None
        with suppress(Exception):
            before.execute("rollback")
        try:
            if may_repair and self.place.repair(error):
                self._swaps += 1
                return self._ready(self.place.reach(_SHORT_WAIT))
        except self._refusals as other:
            error = other
        if self._strict:
            raise self._failure(error) from error
        if not self.place.is_lock(error):  # most locks are gone before a message could be read
            self._trouble = str(self._failure(error))
        return self._in_memory_only(before)

    def _in_memory_only(self, before: Connection | None = None) -> Connection:
        """Continue in memory with what can still be read from the place, by the connection ``before`` or a new one."""
        self._degraded = True
        self._swaps += 1
        if not self._is_later:
            self._retrying = threading.Thread(target=self._retry, name="progress", daemon=True)
            self._retrying.start()
        assert self.place is not None
        with suppress(*self._refusals):
            return self.place.copied(before)
        return in_memory()

    # -- reading and writing ------------------------------------------------------------------------------------------

    def write(self, statements: Iterable[Statement]) -> None:
        """Run the statements in one transaction."""
        batch = [(sql, _storable(values)) for sql, values in statements]
        with self._lock:
            self._recovering(lambda: _transact(self._connection, batch))
            if self._degraded:
                self._pending.extend(batch)
            elif self.place is not None:
                self.place.kept(batch)

    def read(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._lock:
            return self._recovering(lambda: self._connection.execute(sql, _storable(values)).fetchall())

    def _recovering(self, does: Callable[[], T]) -> T:
        """Return the result of ``does``; if the connection fails, try again on the repaired place, then in memory."""
        for may_repair in (True, False):
            try:
                return does()
            except self._refusals as error:
                if not self.saving:  # memory refuses only wrong statements
                    raise
                self._connection = self._reconnected(error, may_repair=may_repair)
        return does()

    # -- pending writes -----------------------------------------------------------------------------------------------

    def flush(self) -> bool:
        """Try now to write what is pending; return whether nothing is pending any more."""
        if self._pending and not self._is_later:
            try:
                self._recover(_SHORT_WAIT)
            except self._failures as error:
                self._trouble = str(self._failure(error))
        return not self._pending

    def close(self) -> None:
        """Write what is pending if possible, and close the connection."""
        self._closing.set()
        if self._retrying is not None:
            self._retrying.join()
        if self._pending and self.place is not None and not self._is_later:
            try:
                self._recover(_WAIT)
            except self._failures as error:
                reason = self.place.reason(error)
                self._trouble = f"What you did last could not be saved in {self.place.name} ({reason})."
        with self._lock, suppress(Exception):
            self._connection.close()

    def _retry(self) -> None:
        """Try again until the place accepts what is pending; by now a problem is not brief, so it is reported."""
        while not self._closing.wait(_RETRY) and self._degraded:
            try:
                self._recover(_SHORT_WAIT)
            except self._refusals as error:
                self._trouble = str(self._failure(error))
            except StoreError:  # a later version of the tutor has migrated the place meanwhile
                return
            else:
                return

    def _recover(self, wait: float) -> None:
        """Write what is pending. Every row has a unique key, so nothing is stored twice."""
        assert self.place is not None
        there = self.place.reach(wait)
        try:
            there.execute("begin immediate")  # outside the lock, so that only this thread waits for it
            with self._lock:
                if not self._degraded:  # another caller of this method was faster
                    there.close()
                    return
                _run(there, self._pending)
                there.execute("commit")
                self.place.kept(self._pending)
                self._connection.close()
                self._connection = self._ready(there)
                self._swaps += 1
                self._pending.clear()
                self._degraded = False
                self._trouble = ""
        except self._refusals:
            there.close()  # rolls the transaction back
            raise


def _storable(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values with unpaired surrogates in texts replaced, which no place stores; input that is not UTF-8 has
    them."""
    return tuple(each.encode("utf-8", "replace").decode() if isinstance(each, str) else each for each in values)


def _transact(connection: Connection, statements: list[Statement]) -> None:
    with transaction(connection):
        _run(connection, statements)


def _run(connection: Connection, statements: Iterable[Statement]) -> None:
    for sql, values in statements:
        connection.execute(sql, values)
