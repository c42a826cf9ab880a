"""The tutor in a browser: textual-serve's server with pages of its own, a learner per name, and no other host asked.

A page of another site must not reach it: requests whose ``Host`` is not this server's, and connections that another
page has opened, are refused.
"""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import sys
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import WSCloseCode, web
from textual_serve import server as textual_server

from tutor.cli.page_tutor import PATIENCE, PageTutor
from tutor.errors import TutorError

PAGES = Path(__file__).parent / "pages"
TITLE = "Neural networks by hand"
COMMAND = (sys.executable, "-m", "tutor", "open")
GOODBYE = 2.0
"""Seconds that a page has to answer when it is let go of."""

_NAME = re.compile(r"[^\W_][\w .@'-]{0,39}")
WHAT_IS_A_NAME = "Use letters, digits and spaces, 40 at most; . @ ' - _ may stand in it, but not first."


def learner_of(text: str) -> str | None:
    """A learner's name as progress is kept under it; None for what is none."""
    name = " ".join(text.split())
    return name if _NAME.fullmatch(name) else None


class TutorServer(textual_server.Server):  # type: ignore[misc]
    """Serves ``lesson`` (or the list of lessons). With ``learner``, everybody is that one; else the page asks."""

    def __init__(
        self, lesson: str | None, host: str, port: int, *, learner: str = "", public_url: str | None = None
    ) -> None:
        super().__init__(TITLE, host=host, port=port, title=TITLE, public_url=public_url, templates_path=PAGES)
        self.lesson = lesson
        self.learner = learner
        self._sockets: set[web.WebSocketResponse] = set()
        self._leaving: set[PageTutor] = set()
        self._hosts = {host, "localhost", "127.0.0.1", "[::1]", urlsplit(self.public_url).hostname or ""}

    def initialize_logging(self) -> None:
        """Only what went wrong is worth a line."""
        logging.basicConfig(level="WARNING", format="%(message)s")

    # -- from its start to its end -----------------------------------------------------------------------------------

    def serve(self, debug: bool = False) -> None:
        """Serve until it is interrupted."""
        self.initialize_logging()
        with suppress(KeyboardInterrupt):  # where signals can't be handled
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        interrupted = asyncio.Event()
        signals = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup has it ignored
            signals.append(signal.SIGHUP)
        for each in signals:
            with suppress(NotImplementedError):  # Windows
                asyncio.get_running_loop().add_signal_handler(each, interrupted.set)
        runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=2 * PATIENCE)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.host, self.port).start()
            self.console.print(f"{TITLE} is at {self.public_url} (ctrl+c ends it).", markup=False, highlight=False)
            await interrupted.wait()
        finally:
            await runner.cleanup()

    async def on_startup(self, app: web.Application) -> None:
        """Nothing is said before it listens."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Let go of the pages, and tell them that it was not they who left."""
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in self._sockets))

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

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The tutor for a learner whose name is known, else the question for it."""
        import aiohttp_jinja2

        self._refuse_strangers(request)
        typed = request.query.get("name", "")
        learner = self.learner or learner_of(typed)
        base = self._base(request)
        context: dict[str, Any] = {"application": {"name": TITLE}}
        if not learner:
            context |= {"typed": typed, "refused": WHAT_IS_A_NAME if typed.strip() else ""}
            return aiohttp_jinja2.render_template("who.html", request, context)
        context |= {
            "font_size": textual_server.to_int(request.query.get("fontsize", "16"), 16),
            "app_websocket_url": f"ws{base.removeprefix('http')}/ws/{quote(learner, safe='')}",
            "config": {"static": {"url": f"{base}/static/"}},
        }
        return aiohttp_jinja2.render_template("app_index.html", request, context)

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
        socket = web.WebSocketResponse(heartbeat=15, timeout=GOODBYE)
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            await self._work(request, socket, learner)
        finally:
            self._sockets.discard(socket)
        return socket

    async def _work(self, request: web.Request, socket: web.WebSocketResponse, learner: str) -> None:
        """A tutor for as long as the page is there."""
        for other in [each for each in self._leaving if each.learner == learner]:
            await other.kept.wait()  # a page that is loaded again finds what was typed in it a moment ago
        lesson = self.lesson
        if not lesson and "again" in request.query:
            lesson = await asyncio.to_thread(lesson_left, learner)
        tutor = PageTutor([*COMMAND, *([lesson] if lesson else [])], socket, learner, self.download_manager)
        width, height = (
            textual_server.to_int(request.query.get(key, ""), usual) for key, usual in (("width", 80), ("height", 24))
        )
        try:
            await tutor.start(width, height)
            await self._process_messages(socket, tutor)
        finally:
            self._leaving.add(tutor)
            try:
                await tutor.stop()
            finally:
                self._leaving.discard(tutor)

    async def _make_app(self) -> web.Application:
        app: web.Application = await super()._make_app()
        app.router.add_get("/ws/{name}", self.handle_websocket, name="learner")
        return app


def lesson_left(learner: str) -> str | None:
    """The lesson that a learner was in when the tutor was left last, as ``tutor`` opens it; None on Home."""
    from tutor.lessons import Catalogue
    from tutor.store import Store, default_path

    store = Store(default_path(), learner=learner)
    try:
        lesson = str(store.setting("left-in", ""))
    finally:
        store.close()
    return lesson if lesson and Catalogue(glimpse=True).has(lesson.partition("#")[0]) else None


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
