"""Marks many hand-ins: on the cores of one machine, or on a Dask cluster with the same code.

What is marked is kept by content (the hand-in, the assignment and its lessons), so a run that was broken off goes on
where it was, and nothing is marked twice.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tutor import __version__, paths
from tutor.classroom.assignment import Assignment, load_assignment
from tutor.classroom.hand_in import HandIn
from tutor.classroom.marking import MarkedHandIn, mark_hand_in
from tutor.errors import TutorError

_CHUNK = 20
_ATTEMPTS = 3
#: One thread of linear algebra for each worker: more of them only wait for one another.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The marks of the hand-in at a place in the list, or why it could not be marked."""

    place: int
    marked: MarkedHandIn | None
    error: str = ""


def key_of(hand_in: HandIn, assignment: Assignment) -> str:
    """What decides a hand-in's marks, as one hash."""
    parts = (
        __version__,
        hand_in.model_dump_json(),
        hashlib.sha256(assignment.path.read_bytes()).hexdigest(),
        *assignment.hashes.values(),
    )
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def mark_all(
    hand_ins: Sequence[HandIn],
    assignment: Assignment,
    *,
    kept: Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Outcome]:
    """Every hand-in's marks, as they come.

    ``kept`` is a file to which marks are appended and from which a later run takes them. ``executor`` may be any with
    ``submit`` (a Dask client's ``get_executor()``); by default ``workers`` processes (as many as there are cores).
    """
    done = 0
    known = dict(_read_kept(kept)) if kept is not None else {}
    waiting: list[tuple[int, str, str]] = []
    for place, hand_in in enumerate(hand_ins):
        key = key_of(hand_in, assignment)
        if key in known:
            done += 1
            yield Outcome(place, MarkedHandIn.from_json(known[key]))
        else:
            waiting.append((place, key, hand_in.model_dump_json()))
    progress(done, len(hand_ins))
    if not waiting:
        return
    chunks = [waiting[start : start + _CHUNK] for start in range(0, len(waiting), _CHUNK)]
    with _keeping(kept) as keep:
        for results in _run(chunks, str(assignment.path.resolve()), workers, executor):
            for place, key, marked, error in results:
                if marked is not None:
                    keep(key, marked)
                done += 1
                yield Outcome(place, MarkedHandIn.from_json(marked) if marked is not None else None, error)
            progress(done, len(hand_ins))


Chunk = list[tuple[int, str, str]]
Results = list[tuple[int, str, dict[str, Any] | None, str]]


def _run(chunks: Sequence[Chunk], assignment: str, workers: int | None, executor: Executor | None) -> Iterator[Results]:
    if executor is not None:
        yield from (future.result() for future in as_completed(_submitted(executor, chunks, assignment)))
        return
    count = min(workers or os.cpu_count() or 1, len(chunks))
    if count == 1:
        yield from (mark_chunk(chunk, assignment) for chunk in chunks)
        return
    yield from _in_processes(chunks, assignment, count)


def _in_processes(chunks: Sequence[Chunk], assignment: str, count: int) -> Iterator[Results]:
    """Chunks on several processes; those of a worker that was killed are given to new ones."""
    import multiprocessing

    left = dict(enumerate(chunks))
    os.environ.update(_ONE_THREAD)
    for _ in range(_ATTEMPTS):
        with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
            places = {pool.submit(mark_chunk, chunk, assignment): index for index, chunk in left.items()}
            try:
                for future in as_completed(places):
                    results = future.result()
                    del left[places[future]]
                    yield results
            except BrokenProcessPool:
                continue
        return
    for index, chunk in left.items():
        message = "The process that marked it was killed three times."
        yield [(place, key, None, message) for place, key, _ in chunk]
        left[index] = []


def _submitted(executor: Executor, chunks: Sequence[Chunk], assignment: str) -> list[Future[Results]]:
    return [executor.submit(mark_chunk, chunk, assignment) for chunk in chunks]


@lru_cache(maxsize=4)
def _assignment(path: str) -> Assignment:
    return load_assignment(path)


def mark_chunk(chunk: Iterable[tuple[int, str, str]], assignment: str) -> Results:
    """Mark some hand-ins, in a worker: each is ``(place, key, JSON)``. An error ends one hand-in, not the run."""
    loaded = _assignment(assignment)
    found: Results = []
    for place, key, text in chunk:
        try:
            marked = mark_hand_in(HandIn.model_validate_json(text), loaded)
            found.append((place, key, marked.to_json(), ""))
        except TutorError as error:
            found.append((place, key, None, str(error)))
        except Exception as error:  # one strange hand-in must not take the class with it
            found.append((place, key, None, f"It could not be marked ({type(error).__name__}: {error})."))
    return found


# -- what was marked before -----------------------------------------------------------------------------------------


def _read_kept(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Marks of an earlier run; a last line that was cut off is left out."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            record = json.loads(line)
            MarkedHandIn.from_json(record["marked"])
            yield record["key"], record["marked"]
        except (ValueError, KeyError, TypeError):
            continue


@contextmanager
def _keeping(path: Path | None) -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """A function that appends a hand-in's marks to the file at once."""
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
    """Where the marks of an assignment are kept between runs."""
    name = hashlib.sha256(str(assignment.path.resolve()).encode()).hexdigest()[:12]
    return paths.home() / "cache" / "marks" / f"{assignment.id[:40]}-{name}.jsonl"
