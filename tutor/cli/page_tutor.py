"""Run the tutor of one page: a process that starts and ends with a page in a browser."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from tutor.paths import child_environment

LARGEST = (500, 200)
"""Columns and rows of the largest terminal, because memory and time grow with its size."""
PATIENCE = 5.0
"""How many seconds a tutor has to save and to stop the learner's programs before it is killed."""


class PageTutor(AppService):  # type: ignore[misc]
    """A tutor for the page behind ``socket``, with the learner's name in its environment."""

    def __init__(
        self,
        command: Sequence[str],
        socket: web.WebSocketResponse,
        learner: str,
        downloads: DownloadManager,
        surroundings: Mapping[str, str] = {},
    ) -> None:
        """``surroundings`` are environment variables; ``PWD`` among them sets the working folder."""
        super().__init__(
            " ".join(command),
            write_bytes=self._write_bytes,
            write_str=self._write_str,
            close=self._close,
            download_manager=downloads,
        )
        self.learner = learner
        self.kept = asyncio.Event()
        """Set when the tutor has saved everything: it announced its end, or has ended."""
        self._task: asyncio.Task[None] | None = None
        self._arguments = tuple(command)
        self._socket = socket
        self._surroundings = surroundings

    # -- to the page -------------------------------------------------------------------------------------------------

    async def _write_bytes(self, data: bytes) -> None:
        """Send output to the page. If the page is gone, discard it: a tutor whose pipe is full cannot end."""
        with suppress(ConnectionError):
            await self._socket.send_bytes(data)

    async def _write_str(self, data: str) -> None:
        with suppress(ConnectionError):
            await self._socket.send_str(data)

    async def _close(self, code: int = WSCloseCode.OK) -> None:
        self.kept.set()
        await self._socket.close(code=code)

    # -- the process -------------------------------------------------------------------------------------------------

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment: dict[str, str] = super()._build_environment(*_in_bounds(width, height)) | child_environment()
        mine = {"TUTOR_LEARNER": self.learner, "TEXTUAL_DRIVER": "tutor.ui.browser:BrowserDriver"}
        return environment | dict(self._surroundings) | mine

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Start the tutor without a shell, which would survive it, and in a new session, so that ctrl+c reaches only
        the server, which ends its tutors itself."""
        self._process = process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            cwd=self._surroundings.get("PWD"),
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def set_terminal_size(self, width: int, height: int) -> None:
        """Send the tutor the new size of its page."""
        await super().set_terminal_size(*_in_bounds(int(width), int(height)))

    async def run(self) -> None:
        """Show the tutor until it ends. If it ended without notice, close the page's connection."""
        with suppress(asyncio.CancelledError):  # of the reader of errors, if the tutor ended before that began
            await super().run()
        await self._close(WSCloseCode.INTERNAL_ERROR)

    async def stop(self) -> None:
        """Ask the tutor to save and end, and make sure that it does."""
        task, process = self._task, self._process
        if task is None or process is None:
            return
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        try:
            async with asyncio.timeout(PATIENCE):
                await self.send_meta({"type": "quit"})
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await task
        self._task = None


def _in_bounds(width: int, height: int) -> tuple[int, int]:
    """Return a valid terminal size for any size that a page asks for."""
    return max(1, min(width, LARGEST[0])), max(1, min(height, LARGEST[1]))
