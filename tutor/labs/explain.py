"""Explain a learner's exception, with the lines of their own code only.

The last of these lines is marked. Common errors in NumPy and PyTorch get a sentence on what they mean *here*, with the
names, shapes and layers of that line (``explanations.py``).
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
    """A line of the learner's code. ``is_marked`` marks the line that failed, ``column`` (from 1) the place in it."""

    number: int
    text: str
    is_marked: bool = False
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """An exception to show: its ``title`` ("ValueError: …"), ``where`` it was raised ("cell 2, line 3"), the code
    there, the ``path`` of calls that led there, and an ``explanation`` (may be empty)."""

    title: str
    where: str = ""
    code: tuple[CodeLine, ...] = ()
    path: tuple[str, ...] = ()
    explanation: str = ""

    @property
    def text(self) -> str:
        """The whole explanation as plain text."""
        marked = [f"{'→' if line.is_marked else ' '} {line.number:>3}  {line.text}" for line in self.code]
        parts = [self.title + (f" ({self.where})" if self.where else ""), *marked]
        return "\n".join([*parts, *([self.explanation] if self.explanation else [])])


def explain(
    failure: Mapping[str, Any], sources: Mapping[str, str], maker: Callable[[str], str | None] = lambda _: None
) -> Trouble:
    """Return what to show for a failure. ``sources`` holds the code by file name; ``maker`` says which cell defines a
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
