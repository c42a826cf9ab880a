"""One browser for all tests: starting it takes longer than most of what they do with it."""

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
    """The browser's window, with nothing in it that a test before has left."""
    one_browser.begin_anew()
    return one_browser
