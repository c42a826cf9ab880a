"""One browser for all tests, and another for those with two learners: starting one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serve.browser import Browser, browser


@pytest.fixture(scope="session")
def one_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="session")
def another_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def window(one_browser: Browser) -> Browser:
    """Return the browser's window, cleared of what earlier tests left."""
    one_browser.clear()
    return one_browser


@pytest.fixture
def second_window(another_browser: Browser) -> Browser:
    """Return the window of a browser with other cookies, cleared of what earlier tests left."""
    another_browser.clear()
    return another_browser
