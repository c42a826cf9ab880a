"""A learner's exception, cut to their own lines and explained.

The traceback keeps the lines of the learner's code, with the last one marked. What people commonly run into in NumPy
and PyTorch gets a sentence on what it means *here*: with the names, shapes and layers of that line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tutor.labs.explanations import Scene, explanation
from tutor.labs.output import plain

_AROUND = 2


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line of the learner's code. ``is_marked`` marks the one that failed, ``column`` (from 1) where in it."""

    number: int
    text: str
    is_marked: bool = False
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """An exception to show: ``title`` ("ValueError: …"), the ``where`` ("cell 2, line 3"), the code around it, the
    ``path`` of calls that led there, and what it means (may be empty)."""

    title: str
    where: str = ""
    code: tuple[CodeLine, ...] = ()
    path: tuple[str, ...] = ()
    explanation: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text."""
        marked = [f"{'→' if line.is_marked else ' '} {line.number:>3}  {line.text}" for line in self.code]
        parts = [self.title + (f" ({self.where})" if self.where else ""), *marked]
        return "\n".join([*parts, *([self.explanation] if self.explanation else [])])


def explain(
    failure: Mapping[str, Any],
    sources: Mapping[str, str],
    maker: Callable[[str], str | None] = lambda _: None,
) -> Trouble:
    """Return what to show for a failure. ``sources`` are the codes by file name; ``maker`` tells which cell defines a
    name."""
    scene = Scene(failure, sources, maker)
    lines = failure.get("lines") or []
    last = lines[-1] if lines else None
    message = plain(scene.message)
    return Trouble(
        title=f"{failure['type']}: {message}" if message else str(failure["type"]),
        where=f"{last['file']}, line {last['line']}" if last else "",
        code=_excerpt(sources.get(last["file"], ""), last["line"], failure.get("column")) if last else (),
        path=tuple(f"{line['file']}, line {line['line']}, in {line['function']}" for line in lines[:-1]),
        explanation=explanation(scene),
    )


def _excerpt(source: str, number: int, column: int | None) -> tuple[CodeLine, ...]:
    lines = source.splitlines()
    first, last = max(1, number - _AROUND), min(len(lines), number + _AROUND)
    return tuple(
        CodeLine(place, plain(lines[place - 1]), place == number, column if place == number else None)
        for place in range(first, last + 1)
    )
