"""One browser for all tests: starting it takes longer than most of the tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serve.browser import Browser, browser


@pytest.fixture(scope="session")
def one_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def window(one_browser: Browser) -> Browser:
    """Return the browser's window, cleared of what earlier tests left."""
    one_browser.clear()
    return one_browser
