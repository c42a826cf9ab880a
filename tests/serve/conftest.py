"""One browser and one served process for all tests: starting them takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import furnish, read_lessons
from tests.serve.browser import Browser, Window, browser
from tests.serve.serving import Served, lesson_in, serving


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, course_read: Path) -> Iterator[Served]:
    """Run ``tutor serve`` with all lessons and the default address. Each test has learners of its own."""
    lessons = tmp_path_factory.mktemp("lessons")
    lesson_in(lessons)
    home = furnish(tmp_path_factory.mktemp("served"), course_read)
    read_lessons(home, lessons)
    with serving(home, lessons=str(lessons)) as server:
        yield server


@pytest.fixture(scope="session")
def one_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def window(one_browser: Browser) -> Iterator[Window]:
    """Yield a window of the browser."""
    with one_browser.window() as opened:
        yield opened


@pytest.fixture
def second_window(one_browser: Browser) -> Iterator[Window]:
    """Yield a window with other cookies, as of another browser."""
    with one_browser.window() as opened:
        yield opened
