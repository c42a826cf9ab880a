"""Run a lesson in plain mode: the lesson and the typed lines go in, the output comes out."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor.plain import run_plain
from tutor.store import Store


@pytest.fixture
def store() -> Store:
    return Store(learner="")


@pytest.fixture
def work_on(tmp_path: Path, store: Store) -> Callable[..., str]:
    """Type lines into a lesson, given as text or as a file, and return the output."""

    def typed(lesson: str | Path, *lines: str, ascii_only: bool = False) -> str:
        if isinstance(lesson, str):
            path = tmp_path / "written.yaml"
            path.write_text(lesson, encoding="utf-8")
        else:
            path = lesson
        out = io.StringIO()
        source = io.StringIO("".join(f"{line}\n" for line in lines))
        run_plain(str(path), source=source, out=out, store=store, ascii_only=ascii_only)
        return out.getvalue()

    return typed
