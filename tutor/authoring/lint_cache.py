"""What was found in files that have not changed since: kept, so that only what changed is checked again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tutor import paths
from tutor.lessons.cache import Records
from tutor.lessons.problems import Problem


class FindingsCache:
    """Findings by lesson. They hold for the same lesson, files beside it, tutor and options."""

    def __init__(self, folder: Path | None = None, *, options: str = "") -> None:
        self._records = Records(folder or paths.home() / "cache" / "check", options=options)

    def find(self, path: Path, name: str) -> tuple[list[Problem], list[str]] | None:
        """Return the findings and notes for a lesson that has not changed, else None."""
        record = self._records.find(path.absolute())
        if not isinstance(record, dict):
            return None
        return [Problem(**{**each, "file": name}) for each in record["problems"]], list(record["notes"])

    def keep(self, path: Path, files: Iterable[Path], problems: Iterable[Problem], notes: Iterable[str]) -> None:
        """Keep the findings for a lesson that rests on these files."""
        record = {"problems": [asdict(problem) for problem in problems], "notes": [*notes]}
        self._records.keep(path.absolute(), (each.absolute() for each in files), record)
