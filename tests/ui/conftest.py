"""Fixtures that open the application on one small lesson, with progress in memory."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.homes import write_long_ago
from tests.ui.driving import LESSON, Opener, settle
from tests.ui.quick import (
    colours_worked_out_once,
    no_search_for_garbage,
    painted_soon,
    painted_when_looked_at,
    parameters_counted_fast,
    rules_found_fast,
    styles_parsed_once,
    waits_no_longer_than_it_takes,
)
from tutor import paths
from tutor.store import Store
from tutor.ui.app import TutorApp

__all__ = [
    "colours_worked_out_once",
    "no_search_for_garbage",
    "painted_soon",
    "painted_when_looked_at",
    "parameters_counted_fast",
    "rules_found_fast",
    "styles_parsed_once",
    "waits_no_longer_than_it_takes",
]


@pytest.fixture(scope="session")
def place_of_lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ui") / "lessons"


@pytest.fixture
def lessons(place_of_lessons: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with one lesson in place of the course. It is recreated for each test at the same path, so that
    the lesson is read from its file once and from the cache afterwards."""
    shutil.rmtree(place_of_lessons, ignore_errors=True)
    place_of_lessons.mkdir()
    write_long_ago(place_of_lessons / "01-every-kind.yaml", LESSON)
    monkeypatch.setattr(paths, "shipped_lessons", lambda: place_of_lessons)
    return place_of_lessons


@pytest.fixture
def store() -> Store:
    """Return progress in memory of a learner who has seen the tour."""
    fresh = Store(None)
    fresh.set_setting("tour-seen", True)
    return fresh


@pytest.fixture
def opened(lessons: Path, store: Store) -> Opener:
    """Open the application: ``async with opened("every-kind", screen=2, size=(80, 24)) as pilot``."""

    @asynccontextmanager
    async def open_it(
        target: str | None = None, *, screen: int = 0, size: tuple[int, int] = (80, 24), toasts: bool = False
    ) -> AsyncIterator[Pilot[None]]:
        if target is not None and screen:
            store.set_position(target, "", screen)
        app = TutorApp(store, target, warm=False)
        app.animation_level = "none"
        async with app.run_test(size=size, notifications=toasts) as pilot:
            await settle(pilot)
            yield pilot

    return open_it
