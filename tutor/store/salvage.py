"""Copy what can still be read from a damaged file of progress, row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from tutor.store.schema import COLUMNS

_PROBES = 400  # row ids to try in the gap between the rows read from the front and those read from the back


def salvage(source: sqlite3.Connection, target: sqlite3.Connection) -> int:
    """Copy every row that can be read and that fits into ``target``, which has this version's tables; return how many
    there were."""
    copied = 0
    source.text_factory = _text
    target.execute("begin")
    for table, columns in COLUMNS.items():
        names = _present(source, table, columns)
        if names is None:
            continue
        marks = ", ".join("?" * len(names))
        put = f"insert or replace into {table} ({', '.join(names)}) values ({marks})"
        for row in _rows(source, table, names):
            if all(isinstance(value, columns[name]) for name, value in zip(names, row, strict=True)):
                with suppress(sqlite3.Error):
                    target.execute(put, row)
                    copied += 1
    target.execute("commit")
    return copied


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _present(source: sqlite3.Connection, table: str, columns: dict[str, type]) -> list[str] | None:
    """Return which of the columns a table has (an earlier version has fewer), or None if there is no such table."""
    with suppress(sqlite3.Error, UnicodeDecodeError):
        there = {str(row[1]) for row in source.execute(f"pragma table_info({table})")}
        names = [name for name in columns if name in there]
        return names or None
    return None


def _rows(source: sqlite3.Connection, table: str, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield a table's rows: from the front to the first unreadable one, the same from the back, then some in
    between."""
    chosen = ", ".join(names)
    seen: set[int] = set()
    ends = []
    for order in ("asc", "desc"):
        broken = False
        last = None
        try:
            for number, *row in source.execute(
                f"select rowid, {chosen} from {table} not indexed order by rowid {order}"
            ):
                if number in seen or not isinstance(number, int):
                    break
                seen.add(number)
                last = number
                yield tuple(row)
        except (sqlite3.Error, OverflowError, UnicodeDecodeError):
            broken = True
        if not broken:
            return
        ends.append(last)
    low, high = ends
    if low is None or high is None or high - low < 2:
        return
    step = max(1, (high - low) // _PROBES)
    for number in range(low + 1, high, step):
        if number not in seen:
            with suppress(sqlite3.Error, OverflowError, UnicodeDecodeError):
                for row in source.execute(f"select {chosen} from {table} not indexed where rowid = ?", (number,)):
                    yield tuple(row)
