"""What was found in files that have not changed since: kept, so that only what changed is checked again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tutor import paths
from tutor.lessons.problems import Problem


class FindingsCache:
    """Findings by lesson. A record holds for the same lesson, files beside it, tutor and options."""

    def __init__(self, folder: Path | None = None, *, options: str = "") -> None:
        self.folder = folder or paths.home() / "cache" / "check"
        self.options = options

    def find(self, path: Path, name: str) -> tuple[list[Problem], list[str]] | None:
        """The findings and notes for a lesson that has not changed."""
        try:
            record = json.loads(self._file(path).read_text(encoding="utf-8"))
            files = [Path(each) for each in record["files"]]
            if record["stamp"] != self._stamp(path, files):
                return None
            return [Problem(**{**each, "file": name}) for each in record["problems"]], list(record["notes"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, path: Path, files: Iterable[Path], problems: Iterable[Problem], notes: Iterable[str]) -> None:
        """Keep the findings for a lesson that rests on these files."""
        files = [*files]
        record = {
            "files": [str(each) for each in files],
            "stamp": self._stamp(path, files),
            "problems": [asdict(problem) for problem in problems],
            "notes": [*notes],
        }
        with contextlib.suppress(OSError):
            paths.write_whole(self._file(path), json.dumps(record).encode(), lasting=False)

    def _file(self, path: Path) -> Path:
        return self.folder / (hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:24] + ".json")

    def _stamp(self, path: Path, files: Iterable[Path]) -> str:
        digest = hashlib.sha256(f"{self.options}\n{paths.tutor_stamp()}".encode())
        for each in (path, *files):
            digest.update(b"\n" + os.fsencode(each) + b"\n")
            with contextlib.suppress(OSError):
                digest.update(b"there: " + each.read_bytes())
        return digest.hexdigest()
