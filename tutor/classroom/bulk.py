"""Mark many hand-ins, on the cores of one machine or on a Dask cluster.

Marks are stored by content (of the hand-in, the assignment and its lessons), so an interrupted run can be continued,
and nothing is marked twice.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tutor import __version__, paths
from tutor.classroom.assignment import Assignment, load_assignment
from tutor.classroom.hand_in import HandIn
from tutor.classroom.marking import MarkedHandIn, mark_hand_in
from tutor.classroom.replay import LessonReplay
from tutor.cleaning import from_json
from tutor.errors import TutorError

_CHUNK = 20
_UNDER_WAY = 64
_ATTEMPTS = 3
_PATIENCE = 300.0
"""Seconds without a result from a cluster after which this machine marks as well: the workers may be gone for good."""
_KEY = re.compile(rb'\{"key": "([0-9a-f]{64})"')
#: One thread of linear algebra per worker: more would only compete for the cores.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The marks of hand-in number ``place`` (from 0), or the error that prevented marking."""

    place: int
    marked: MarkedHandIn | None
    error: str = ""


def key_of(hand_in: HandIn, standard: str) -> str:
    """Return one hash of everything that a hand-in's marks depend on; ``standard`` comes from ``_standard``."""
    parts = (__version__, hand_in.model_dump_json(), standard)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _standard(assignment: Assignment) -> str:
    """Return one text made of the hashes of an assignment and its lessons."""
    return "\0".join((hashlib.sha256(assignment.path.read_bytes()).hexdigest(), *assignment.hashes.values()))


def mark_all(
    hand_ins: Sequence[HandIn],
    assignment: Assignment,
    *,
    kept: Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    tell: Callable[[str], None] = lambda said: None,
) -> Iterator[Outcome]:
    """Yield the marks of every hand-in, in the order in which they are finished.

    ``kept`` is a file to which marks are appended, and from which a later run takes them. ``executor`` may be any
    executor with ``submit`` (a Dask client's ``get_executor()``); the default is ``workers`` processes (one per core).
    ``tell`` is called with a message when the executor no longer responds. Only hand-ins in progress are held in
    memory, so that a sequence that reads them on demand, such as ``collect.Spool``, needs little of it.
    """
    known = _places_of_kept(kept) if kept is not None else {}
    waiting: list[tuple[int, str]] = []
    standard = _standard(assignment)
    for place, hand_in in enumerate(hand_ins):
        key = key_of(hand_in, standard)
        before = _kept_at(kept, known[key], key) if kept is not None and key in known else None
        if before is not None:
            yield Outcome(place, before)
        else:
            waiting.append((place, key))
    if not waiting:
        return

    def chunk(start: int) -> Chunk:
        return [(place, key, hand_ins[place].model_dump_json()) for place, key in waiting[start : start + _CHUNK]]

    starts = range(0, len(waiting), _CHUNK)
    with _keeping(kept) as keep:
        for results in _run(_Work(chunk, str(assignment.path.resolve()), standard, tell), starts, workers, executor):
            for place, key, marked, error in results:
                if marked is not None:
                    keep(key, marked)
                yield Outcome(place, MarkedHandIn.from_json(marked) if marked is not None else None, error)


Chunk = list[tuple[int, str, str]]
Results = list[tuple[int, str, dict[str, Any] | None, str]]


@dataclass(frozen=True, slots=True)
class _Work:
    """Makes the chunks on demand, by their start, so that memory holds only those in progress."""

    chunk: Callable[[int], Chunk]
    assignment: str
    standard: str
    tell: Callable[[str], None]

    def done_here(self, start: int) -> Results:
        return mark_chunk(self.chunk(start), self.assignment, self.standard)

    def failed(self, start: int, why: str) -> Results:
        return [(place, key, None, why) for place, key, _ in self.chunk(start)]


def _run(work: _Work, starts: Sequence[int], workers: int | None, executor: Executor | None) -> Iterator[Results]:
    if executor is not None:
        yield from _on_cluster(executor, work, starts)
        return
    count = min(workers or os.cpu_count() or 1, len(starts))
    if count == 1:
        yield from map(work.done_here, starts)
        return
    yield from _in_processes(work, starts, count)


def _on_cluster(executor: Executor, work: _Work, starts: Sequence[int]) -> Iterator[Results]:
    """Mark chunks on a cluster. If it stops responding, this machine marks the rest, and still takes what the cluster
    finishes meanwhile."""
    has_told = False
    for start, came in _submitted(executor, work, starts, _PATIENCE):
        if isinstance(came, BaseException):
            yield work.failed(start, str(came) if isinstance(came, TutorError) else f"Its worker failed ({came}).")
            continue
        if came is None and not has_told:
            work.tell("The cluster does not finish its work, so this computer marks as well.")
            has_told = True
        yield came if came is not None else work.done_here(start)


def _in_processes(work: _Work, starts: Sequence[int], count: int) -> Iterator[Results]:
    """Mark chunks on several processes. If a worker is killed, new processes take over; after three times without a
    result in between, the rest is given up."""
    import multiprocessing

    left = dict.fromkeys(starts)
    os.environ.update(_ONE_THREAD)
    attempts = 0
    while left and attempts < _ATTEMPTS:
        attempts += 1
        with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
            for start, results in _submitted(pool, work, list(left)):
                if results is None or isinstance(results, BrokenProcessPool):
                    break
                if isinstance(results, BaseException):
                    raise results
                del left[start]
                attempts = 0
                yield results
    for start in left:
        yield work.failed(start, "The process that marked it was killed three times.")


def _submitted(
    executor: Executor, work: _Work, starts: Iterable[int], patience: float | None = None
) -> Iterator[tuple[int, Results | BaseException | None]]:
    """Yield each chunk's start and its results or exception, as they finish; only a few are in progress at a time.

    The result is None for a chunk that the executor refuses or drops. After ``patience`` seconds without a result, the
    chunks in progress are given up one by one, also with None, until a result arrives.
    """
    following = iter(starts)
    pending: dict[Future[Results], int] = {}
    waits = patience
    while True:
        for start in itertools.islice(following, _UNDER_WAY - len(pending)):
            try:
                future = executor.submit(mark_chunk, work.chunk(start), work.assignment, work.standard)
            except Exception:  # a broken pool, or a scheduler that is gone
                yield start, None
            else:
                pending[future] = start
        if not pending:
            return
        finished = wait(pending, waits, return_when=FIRST_COMPLETED).done
        waits = patience if finished else 0.0
        for future in finished:
            dropped = future.cancelled()
            failed = None if dropped else future.exception()
            yield pending.pop(future), None if dropped else failed or future.result()
        if not finished:
            future, start = next(iter(pending.items()))
            del pending[future]
            future.cancel()
            yield start, None


@lru_cache(maxsize=1)
def _loaded(path: str, standard: str) -> tuple[Assignment, dict[str, LessonReplay]]:
    """Return an assignment and a cache for its replays, loaded once per worker; ``standard`` changes with its files."""
    assignment = load_assignment(path)
    if _standard(assignment) != standard:
        raise TutorError(f"{path} or its lessons differ from those on the computer that makes the report.")
    return assignment, {}


def mark_chunk(chunk: Iterable[tuple[int, str, str]], assignment: str, standard: str) -> Results:
    """Mark some hand-ins, each ``(place, key, JSON)``, in a worker. An error affects one hand-in only."""
    loaded, replays = _loaded(assignment, standard)
    found: Results = []
    for place, key, text in chunk:
        try:
            marked = mark_hand_in(HandIn.model_validate_json(text), loaded, replays)
            found.append((place, key, marked.to_json(), ""))
        except TutorError as error:
            found.append((place, key, None, str(error)))
        except Exception as error:  # one strange hand-in must not stop the run
            found.append((place, key, None, f"It could not be marked ({type(error).__name__}: {error})."))
    return found


# -- stored marks ---------------------------------------------------------------------------------------------------


def _places_of_kept(path: Path) -> dict[str, int]:
    """Return the offsets of earlier marks in the file, by key; an incomplete last line is left out."""
    found: dict[str, int] = {}
    with suppress(OSError), path.open("rb") as file:
        start = 0
        for line in file:
            match = _KEY.match(line)
            if match is not None and line.endswith(b"\n"):
                found[match[1].decode()] = start
            start += len(line)
    return found


def _kept_at(path: Path, start: int, key: str) -> MarkedHandIn | None:
    """Return the marks at an offset in the file, or None if they cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            record = from_json(file.readline())
        return MarkedHandIn.from_json(record["marked"]) if record["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _keeping(path: Path | None) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """Yield a function that appends a hand-in's marks to the file at once."""
    if path is None:
        yield lambda key, marked: None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:

        def keep(key: str, marked: dict[str, Any]) -> None:
            file.write(json.dumps({"key": key, "marked": marked}) + "\n")
            file.flush()

        yield keep


def default_kept(assignment: Assignment) -> Path:
    """Return the default file for an assignment's marks."""
    name = hashlib.sha256(str(assignment.path.resolve()).encode()).hexdigest()[:12]
    return paths.home() / "cache" / "marks" / f"{assignment.id[:40]}-{name}.jsonl"
