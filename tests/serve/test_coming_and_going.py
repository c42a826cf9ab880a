"""When a page is reloaded, left or closed, or the server is stopped, no work is lost and no process is left running."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSCloseCode
from textual_serve.download_manager import DownloadManager

from tests.homes import furnish
from tests.serve.browser import ENTER, ESCAPE, LONGEST, Browser
from tests.serve.serving import Served, lesson_in, serving
from tutor.cli import page_tutor
from tutor.cli.page_tutor import PageTutor

needs_a_browser = pytest.mark.needs("chromium", "chromedriver")


@contextmanager
def home_page_in(folder: Path, home: Path) -> Iterator[Served]:
    """Run a server of all lessons, where Ada has begun the lesson "One neuron"."""
    lesson_in(folder)
    with serving(home, lessons=str(folder)) as server:
        with server.store("Ada") as store:
            store.set_position("one-neuron", "", 0)
        yield server


@pytest.fixture(scope="module")
def home_page(tmp_path_factory: pytest.TempPathFactory, course_read: Path) -> Iterator[Served]:
    home = furnish(tmp_path_factory.mktemp("home"), course_read)
    with home_page_in(tmp_path_factory.mktemp("lessons"), home) as server:
        yield server


def go_home(window: Browser, served: Served) -> None:
    """Open Ada's list of lessons and wait until it has the focus."""
    window.open(served.page("Ada"))
    window.until_shown("⏎ open")


@needs_a_browser
def test_a_reloaded_page_shows_the_same_place(home_page: Served, window: Browser) -> None:
    window.open(home_page.page("Ada"))
    window.until_shown("Continue: One neuron")
    window.until_shown("⏎ open")  # the list has the focus
    window.press(ENTER)
    window.until_shown("check")
    window.press("7.25")
    window.reload()
    window.until_shown("The weighted sum")
    window.until_shown("7.25")

    window.press(ESCAPE, ESCAPE)
    window.until_shown("⏎ open")
    window.reload()
    window.until_shown("Continue: One neuron")
    window.until_shown("⏎ open")


@needs_a_browser
def test_quitting_says_so_in_the_page_and_enter_starts_again(home_page: Served, window: Browser) -> None:
    go_home(window, home_page)
    window.press("q")
    window.until(lambda: "You have left the tutor" in window.text(), "the end")
    window.forget()
    window.press(ENTER)
    window.until_shown("⏎ open")


@needs_a_browser
@pytest.mark.skipif(sys.platform != "linux", reason="the processes are looked up in /proc")
def test_leaving_a_page_ends_its_tutor(home_page: Served, window: Browser) -> None:
    window.until(lambda: not home_page.tutors(), "the end of the tutors of earlier tests")
    window.open(home_page.page("Ada"))
    window.until(home_page.tutors, "a tutor for the page")
    window.open("about:blank")  # the browser keeps the page alive for its Back button
    window.until(lambda: not home_page.tutors(), "the end of a tutor that was starting")

    go_home(window, home_page)
    window.open("about:blank")
    window.until(lambda: not home_page.tutors(), "the end of a tutor")

    window.script("history.back()")
    window.until_shown("⏎ open")


@needs_a_browser
def test_a_stopped_server_says_so_in_the_page_only(learner_home: Path, tmp_path: Path, window: Browser) -> None:
    with home_page_in(tmp_path, learner_home) as stopped:
        go_home(window, stopped)
        stopped.process.send_signal(signal.SIGINT)
        said, _ = stopped.process.communicate(timeout=LONGEST)
        assert (stopped.process.returncode, said) == (0, "")
        window.until(lambda: "The tutor was stopped" in window.text(), "the message in the page")


class Page:
    """A page that has gone away; notes the codes with which it is closed."""

    def __init__(self) -> None:
        self.codes: list[int] = []

    async def send_bytes(self, data: bytes) -> None:
        """Fail, as the page has gone."""
        raise ConnectionResetError

    async def close(self, *, code: int) -> None:
        """Record the code."""
        self.codes.append(code)


def tutor_of(page: Any, program: str) -> PageTutor:
    """Return the page's process, running a Python program in place of the tutor."""
    return PageTutor([sys.executable, "-c", program], page, "Ada", DownloadManager())


@pytest.mark.parametrize("at_once", [False, True])
def test_a_page_is_closed_when_its_tutor_crashes(at_once: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page()

    async def run() -> None:
        tutor = tutor_of(page, "print('__GANGLION__')")
        begin = tutor._open_app_process

        async def ended(width: int, height: int) -> asyncio.subprocess.Process:
            process = await begin(width, height)
            await process.wait()
            return process

        if at_once:  # it has exited before its output is read
            monkeypatch.setattr(tutor, "_open_app_process", ended)
        await tutor.start(80, 24)
        await asyncio.wait_for(tutor.kept.wait(), LONGEST)
        await tutor.stop()

    asyncio.run(run())
    assert page.codes[0] == WSCloseCode.INTERNAL_ERROR


def test_a_tutor_that_does_not_exit_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_tutor, "PATIENCE", 0.1)
    program = """
import sys, time
print("__GANGLION__", flush=True)
packet = b"D" + (100).to_bytes(4, "big") + b" " * 100
for _ in range(10_000):  # more than a pipe holds
    sys.stdout.buffer.write(packet)
time.sleep(3600)
"""

    async def run() -> None:
        tutor = tutor_of(Page(), program)
        await tutor.start(80, 24)
        await asyncio.wait_for(tutor.stop(), LONGEST)
        assert tutor.kept.is_set()

    asyncio.run(run())


def test_a_tutor_exits_when_its_server_does() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tutor", "open"],
        env={**os.environ, "TEXTUAL_DRIVER": "tutor.ui.browser:BrowserDriver"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as tutor:
        try:
            assert tutor.stdout is not None
            assert tutor.stdout.readline() == b"__GANGLION__\n"
            tutor.communicate(timeout=LONGEST)
        finally:
            tutor.kill()
    assert tutor.returncode == 0
