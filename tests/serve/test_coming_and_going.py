"""When a page is reloaded, left or closed, or its server ends, no work is lost and no process is left running."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import Any

import pytest
from aiohttp import WSCloseCode
from textual_serve.download_manager import DownloadManager

from tests.serve.browser import ENTER, ESCAPE, LONGEST, Window
from tests.serve.serving import Served
from tutor.cli import page_tutor
from tutor.cli.page_tutor import PageTutor


@pytest.mark.needs("chromium")
@pytest.mark.skipif(sys.platform != "linux", reason="the processes are looked up in /proc")
def test_a_page_is_reloaded_left_by_a_command_left_for_another_and_opened_again(served: Served, window: Window) -> None:
    served.begin("Emmy")
    window.open(served.page("Emmy"))
    window.until_shown("Continue: One neuron")
    window.until_shown("⏎ open")  # the list has the focus
    window.press(ENTER)
    window.until_shown("check")
    window.press("7.25")
    window.reload()  # shows the same place, with what was typed
    window.until_shown("The weighted sum")
    window.until_shown("7.25")
    window.until_shown("check")
    window.press(ESCAPE, ESCAPE)
    window.until_shown("⏎ open")
    window.press("q")  # the page says that the tutor has ended, and Enter starts it again where it was
    window.until(lambda: "You have left the tutor" in window.text(), "the end")
    window.forget()
    window.press(ENTER)
    window.until_shown("Continue: One neuron")
    window.until_shown("⏎ open")
    window.open("about:blank")  # the browser keeps the page alive for its Back button, and yet its tutor ends
    window.until(lambda: not served.tutors(), "the end of the tutor")
    window.script("history.back()")
    window.until_shown("⏎ open")


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
