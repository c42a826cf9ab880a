"""The tutor in a browser: textual-serve's server with pages of its own, a learner per name, and no other host asked.

A page of another site must not reach it: requests whose ``Host`` is not this server's, and connections that another
page has opened, are refused.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shlex
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from weakref import WeakSet

from aiohttp import WSCloseCode, web
from textual_serve import server as textual_server
from textual_serve.app_service import AppService

from tutor.errors import TutorError

PAGES = Path(__file__).parent / "pages"
TITLE = "Neural networks by hand"

_A_FRAME = 500
"""Bytes: what sets the terminal up is shorter, and a whole screen longer."""
_NAME = re.compile(r"[^\W_][\w .@'-]{0,39}")


def learner_of(text: str) -> str | None:
    """A learner's name as progress is kept under it; None for what is none."""
    name = " ".join(text.split())
    return name if _NAME.fullmatch(name) else None


class _Service(AppService):  # type: ignore[misc]
    """A tutor for one browser, with the learner's name in its environment."""

    learner = ""
    _has_focus = False
    _is_drawn = False

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment: dict[str, str] = super()._build_environment(width, height)
        environment["TUTOR_LEARNER"] = self.learner
        return environment

    async def focus(self) -> None:
        """The page has the keys."""
        self._has_focus = True
        await super().focus()

    async def blur(self) -> None:
        """The page has not."""
        self._has_focus = False
        await super().blur()

    async def on_data(self, payload: bytes) -> None:
        """Hand on what is drawn. The application takes itself for unfocused when it starts, whatever was said before:
        with its first frame it is told again."""
        await super().on_data(payload)
        if not self._is_drawn and len(payload) >= _A_FRAME:
            self._is_drawn = True
            if self._has_focus:
                await super().focus()

    async def stop(self) -> None:
        """End the tutor, and wait until it has: it saves first."""
        await super().stop()
        if self._process is not None:
            await self._process.wait()


class TutorServer(textual_server.Server):  # type: ignore[misc]
    """Serves ``lesson`` (or the list of lessons). With ``learner``, everybody is that one; else the page asks."""

    def __init__(
        self, lesson: str | None, host: str, port: int, *, learner: str = "", public_url: str | None = None
    ) -> None:
        command = [sys.executable, "-m", "tutor", "open", *([lesson] if lesson else [])]
        # the shell hands its place over: no process but the tutor's own is there to be ended
        shell = "exec " if os.name == "posix" else ""
        super().__init__(
            shell + shlex.join(command), host=host, port=port, title=TITLE, public_url=public_url, templates_path=PAGES
        )
        self.learner = learner
        self._sockets: WeakSet[web.WebSocketResponse] = WeakSet()
        self._hosts = {host, "localhost", "127.0.0.1", "[::1]", urlsplit(self.public_url).hostname or ""}

    def initialize_logging(self) -> None:
        """Only what went wrong is worth a line."""
        logging.basicConfig(level="WARNING", format="%(message)s")

    # -- who may -----------------------------------------------------------------------------------------------------

    def _is_ours(self, host: str) -> bool:
        """Whether a request was meant for this server (a name that was turned round to point here was not)."""
        name = urlsplit(f"//{host}").hostname or ""
        if name in self._hosts or f"[{name}]" in self._hosts:
            return True
        return not is_local(self.host) and _is_address(name)

    def _refuse_strangers(self, request: web.Request) -> None:
        if not self._is_ours(request.host):
            raise web.HTTPForbidden(text="This tutor is not at that address.")
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc not in (request.host, urlsplit(self.public_url).netloc):
            raise web.HTTPForbidden(text="Another page may not open this tutor.")

    # -- pages -------------------------------------------------------------------------------------------------------

    async def on_startup(self, app: web.Application) -> None:
        """Say where it is."""
        self.console.print(f"{TITLE} is at {self.public_url} (ctrl+c ends it).", markup=False, highlight=False)

    async def on_shutdown(self, app: web.Application) -> None:
        """Let go of every page, so that its tutor saves and ends; else each would be waited for."""
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in list(self._sockets)))

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The tutor for a learner whose name is known, else the question for it."""
        import aiohttp_jinja2

        self._refuse_strangers(request)
        typed = " ".join(request.query.get("name", "").split())
        learner = self.learner or learner_of(typed)
        base = self._base(request)
        context: dict[str, Any] = {"application": {"name": TITLE}}
        if not learner:
            return aiohttp_jinja2.render_template("who.html", request, context | {"typed": typed})
        context |= {
            "font_size": textual_server.to_int(request.query.get("fontsize", "16"), 16),
            "app_websocket_url": f"ws{base.removeprefix('http')}/ws/{quote(learner, safe='')}",
            "config": {"static": {"url": f"{base}/static/"}},
        }
        page = aiohttp_jinja2.render_template("app_index.html", request, context)
        page.headers["Cache-Control"] = "no-store"  # a page that is kept for the way back would keep its tutor running
        return page

    def _base(self, request: web.Request) -> str:
        """The address under which the browser sees this server."""
        asked = urlsplit(self.public_url)
        return f"{asked.scheme}://{request.host}" if asked.hostname in (self.host, None) else self.public_url

    async def handle_websocket(self, request: web.Request) -> web.StreamResponse:
        """A browser's own tutor, for the learner in the address."""
        self._refuse_strangers(request)
        learner = self.learner or learner_of(request.match_info.get("name", "")) or ""
        if not learner:
            raise web.HTTPForbidden(text="That is no name.")
        socket = web.WebSocketResponse(heartbeat=15)
        await socket.prepare(request)
        self._sockets.add(socket)
        service = self._service(socket, learner)
        width, height = (
            textual_server.to_int(request.query.get(key, ""), usual) for key, usual in (("width", 80), ("height", 24))
        )
        try:
            await service.start(width, height)
            await self._process_messages(socket, service)
        finally:
            await service.stop()
        return socket

    def _service(self, socket: web.WebSocketResponse, learner: str) -> _Service:
        send: Callable[[bytes], Awaitable[None]] = socket.send_bytes
        service = _Service(
            self.command,
            write_bytes=send,
            write_str=socket.send_str,
            close=partial(_close, socket),
            download_manager=self.download_manager,
        )
        service.learner = learner
        return service

    async def _make_app(self) -> web.Application:
        app: web.Application = await super()._make_app()
        app.router.add_get("/ws/{name}", self.handle_websocket, name="learner")
        return app


async def _close(socket: web.WebSocketResponse) -> None:
    await socket.close()


def is_local(host: str) -> bool:
    """Whether only this computer can reach a host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def serve(lesson: str | None, host: str, port: int, *, learner: str = "", public_url: str | None = None) -> None:
    """Serve until it is interrupted. Raises ``TutorError`` where the port is taken."""
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise TutorError(f"{host}:{port} can't be used ({reason}).", hint="Choose another with --port.") from None
    TutorServer(lesson, host, port, learner=learner, public_url=public_url).serve()
