"""The database under the store: opened, replaced by memory when it refuses, and written to as soon as it accepts
again.

Every write is one transaction that takes the write lock at its start. Two tutors therefore wait for each other and
lose nothing, and a killed process leaves either all of a write or none of it. A learner who types never waits long:
what the database does not take at once is kept in memory, and a thread tries again.
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

_WAIT = 10.0  # seconds that the end waits for another program's lock
_PATIENCE = 0.2  # seconds that the start and what is typed wait for it
_RETRY = 1.0  # seconds until the database is tried again


class Database:
    """A connection that never fails; see ``notice``. With ``strict``, a StoreError is raised instead. ``place`` is
    ``None`` for a store in memory. What is written while the place refuses is pending and goes there as soon as
    possible. A lock that is released in time is not mentioned."""

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
        """What the learner must be told: what prevents saving, else what has happened to the place."""
        return self._trouble or (self.place.notice if self.place is not None else "")

    @property
    def saving(self) -> bool:
        """Whether what is written now reaches the place."""
        return self.place is not None and not self._degraded

    @property
    def unsaved(self) -> bool:
        """Whether something that was written has not reached the place."""
        return bool(self._pending)

    @property
    def version(self) -> tuple[int, int]:
        """A value that changes when another program has written, or may have because the connection was replaced."""
        with self._lock:
            number = self._asked(self._number)
            return self._swaps, number

    def _number(self) -> int:
        return self.place.version(self._connection) if self.place is not None and self.saving else 0

    # -- opening and losing it ----------------------------------------------------------------------------------------

    def _open(self) -> Connection:
        if self.place is None:
            return in_memory()
        try:
            return self._ready(self.place.reach(_WAIT if self._strict else _PATIENCE))
        except LaterVersion as error:
            if self._strict:
                raise
            self._is_later = True
            self._trouble = (
                f"{error.message} It is read, and nothing is written to it: what you do now is lost when you leave. "
                "Update the tutor."
            )
            return self._without()
        except self._refusals as error:
            if self._strict:
                raise self._failure(error) from error
            self._trouble = str(self._failure(error))
            return self._without()

    def _ready(self, connection: Connection) -> Connection:
        """Return a connection that waits only briefly for locks from now on, unless it is strict."""
        if self.place is not None and not self._strict:
            self.place.limit(connection, _PATIENCE)
        return connection

    def _failure(self, error: Exception) -> StoreError:
        assert self.place is not None
        if self.place.is_lock(error):
            return StoreError(
                f"Your progress is waiting: another program keeps {self.place.name} locked.",
                hint="You can go on: what you do is kept in memory, and written as soon as that program lets go.",
            )
        return StoreError(
            f"Progress cannot be saved ({self.place.reason(error)}).",
            hint=f"You can go on: it is kept in memory, and written to {self.place.name} as soon as that can be.",
        )

    def _lost(self, error: Exception, *, may_mend: bool) -> Connection:
        """Replace a connection that has failed: with one to the place if that could be mended, else with memory."""
        assert self.place is not None
        before = self._connection
        try:
            return self._instead(before, error, may_mend=may_mend)
        finally:
            with suppress(Exception):
                before.close()

    def _instead(self, before: Connection, error: Exception, *, may_mend: bool) -> Connection:
        assert self.place is not None
        with suppress(Exception):
            before.execute("rollback")
        try:
            if may_mend and self.place.mend(error):
                self._swaps += 1
                return self._ready(self.place.reach(_PATIENCE))
        except self._refusals as other:
            error = other
        if self._strict:
            raise self._failure(error) from error
        if not self.place.is_lock(error):  # most locks are gone before a word about them could be read
            self._trouble = str(self._failure(error))
        return self._without(before)

    def _without(self, before: Connection | None = None) -> Connection:
        """Continue in memory with what can still be read of the place, by the connection ``before`` or a new one."""
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
        """Run the statements, all or none."""
        batch = [(sql, self._storable(values)) for sql, values in statements]
        with self._lock:
            self._asked(lambda: _transact(self._connection, batch))
            if self._degraded:
                self._pending.extend(batch)
            elif self.place is not None:
                self.place.kept(batch)

    def read(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        values = self._storable(values)
        with self._lock:
            return self._asked(lambda: self._connection.execute(sql, values).fetchall())

    def _storable(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.place is None:
            return tuple(each.encode("utf-8", "replace").decode() if isinstance(each, str) else each for each in values)
        return tuple(self.place.storable(each) for each in values)

    def _asked(self, does: Callable[[], T]) -> T:
        """Return the result of ``does``; if this connection fails, try again on the mended place, then in memory."""
        for may_mend in (True, False):
            try:
                return does()
            except self._refusals as error:
                if not self.saving:  # memory refuses nothing that is right
                    raise
                self._connection = self._lost(error, may_mend=may_mend)
        return does()

    # -- writing what is pending --------------------------------------------------------------------------------------

    def flush(self) -> bool:
        """Try at once to write what is pending; return whether nothing is left."""
        if self._pending and not self._is_later:
            try:
                self._recover(_PATIENCE)
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
        """Try again until the place accepts what is pending. What it reports by then is permanent, and is said."""
        while not self._closing.wait(_RETRY) and self._degraded:
            try:
                self._recover(_PATIENCE)
            except self._refusals as error:
                self._trouble = str(self._failure(error))
            except StoreError:  # a later version has been at it meanwhile
                return
            else:
                return

    def _recover(self, wait: float) -> None:
        """Write what piled up in memory. Every statement carries its own key, so nothing is written twice."""
        assert self.place is not None
        there = self.place.reach(wait)
        try:
            there.execute("begin immediate")  # it may wait for this: whoever types does not
            with self._lock:
                if not self._degraded:  # the thread and whoever asks for it at once have met
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
            there.close()  # which takes back what was begun
            raise


def _transact(connection: Connection, statements: list[Statement]) -> None:
    with transaction(connection):
        _run(connection, statements)


def _run(connection: Connection, statements: Iterable[Statement]) -> None:
    for sql, values in statements:
        connection.execute(sql, values)
