"""Serve the tutor to browsers with textual-serve, with our own pages, which load nothing from other hosts.

Each name has separate progress. ``page_access`` decides who may open a page. Addresses in the pages are relative, so
that a proxy may serve them below any path.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import WSCloseCode, web
from textual_serve import server as textual_server

from tutor.cli.page_access import NONCE, Access
from tutor.cli.page_tutor import PATIENCE, PageTutor
from tutor.errors import TutorError, reason

PAGES = Path(__file__).parent / "pages"
TITLE = "Neural networks by hand"
COMMAND = (sys.executable, "-P", "-m", "tutor", "open")
"""``-P``, because a ``click.py`` beside the lesson must not run as the tutor."""
GOODBYE = 2.0
"""How many seconds a page has to answer when its connection is closed."""
MOST_SESSIONS = 50
"""How many sessions run at a time, at 70 to 100 MB each."""
WAIT_FOR_SESSION = 2.0
"""How many seconds a page waits for a free session, because a reloaded page has only just left its own."""

_NO_MESSAGE = (ValueError, AssertionError, LookupError, TypeError, AttributeError)
"""What textual-serve raises for a message that it cannot read."""

_NAME = re.compile(r"[^\W_][\w .@'-]{0,39}")
WHAT_IS_A_NAME = "Use at most 40 letters, digits and spaces; . @ ' - _ are allowed too, but not at the start."


def learner_of(text: str) -> str | None:
    """Return a learner's name in the form under which progress is saved, or None if it is not a valid name."""
    name = " ".join(text.split())
    return name if _NAME.fullmatch(name) else None


class TutorServer(textual_server.Server):  # type: ignore[misc]
    """Serves ``lesson`` (or the list of lessons). With ``learner``, every page is theirs; otherwise it asks for a name.

    With ``unix_socket``, it listens there and not on a port, and needs no token: the socket's folder limits access.
    """

    def __init__(
        self,
        lesson: str | None,
        host: str,
        port: int,
        *,
        learner: str = "",
        public_url: str | None = None,
        unix_socket: str | None = None,
        max_sessions: int = MOST_SESSIONS,
    ) -> None:
        super().__init__(TITLE, host=host, port=port, title=TITLE, public_url=public_url, templates_path=PAGES)
        self.lesson = lesson
        self.learner = learner
        self.unix_socket = unix_socket
        self.max_sessions = max_sessions
        rules = Access(host, port, self.public_url.rstrip("/"))
        self.access = rules if unix_socket is None else replace(rules, token="", any_host=True)
        #: Environment variables for the tutor of every page, in addition to the server's.
        self.surroundings: Mapping[str, str] = {}
        self._sockets: set[web.WebSocketResponse] = set()
        self._leaving: set[PageTutor] = set()
        self._left = asyncio.Condition()

    def initialize_logging(self) -> None:
        """Log warnings and errors only."""
        logging.basicConfig(level="WARNING", format="%(message)s")

    # -- from its start to its end -----------------------------------------------------------------------------------

    def serve(self, debug: bool = False) -> None:
        """Serve until a signal ends it."""
        self.initialize_logging()
        with suppress(KeyboardInterrupt):  # where signals cannot be handled
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        interrupted = asyncio.Event()
        signals = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup ignores it
            signals.append(signal.SIGHUP)
        for each in signals:
            with suppress(NotImplementedError):  # Windows
                asyncio.get_running_loop().add_signal_handler(each, interrupted.set)
        runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=2 * PATIENCE)
        await runner.setup()
        try:
            if self.unix_socket is None:
                await web.TCPSite(runner, self.host, self.port).start()
                where = f"{self.access.address} (ctrl+c ends it)"
            else:
                before = os.umask(0o177)  # only this user may connect
                try:
                    await web.UnixSite(runner, self.unix_socket).start()
                finally:
                    os.umask(before)
                where = self.unix_socket
            self.console.print(f"{TITLE} is at {where}", markup=False, highlight=False, soft_wrap=True)
            await interrupted.wait()
        finally:
            await runner.cleanup()

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing yet: the server does not listen at this point."""

    async def on_shutdown(self, app: web.Application) -> None:
        """Close the connections of all pages, and tell them that the server is shutting down."""
        sockets = [each for each in self._sockets if each.prepared]
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in sockets))

    # -- pages -------------------------------------------------------------------------------------------------------

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """Return the tutor's page for a learner whose name is known, else the page that asks for it."""
        typed = request.query.get("name", "")
        learner = self.learner or learner_of(typed)
        if not learner:
            refused = WHAT_IS_A_NAME if typed.strip() else ""
            return self._page("who.html", request, typed=typed, refused=refused)
        return await self._tutor_page(request, f"ws/{quote(learner, safe='')}")

    async def _tutor_page(self, request: web.Request, websocket: str, **context: Any) -> web.Response:
        """Return the tutor's page, or a page that says that all sessions are in use."""
        if not await self._has_free_session():
            return self._page("full.html", request, status=503, most=self.max_sessions)
        return self._page(
            "app_index.html",
            request,
            font_size=textual_server.to_int(request.query.get("fontsize", "16"), 16),
            app_websocket_url=websocket,
            config={"static": {"url": "static/"}},
            **context,
        )

    def _page(self, name: str, request: web.Request, status: int = 200, **context: Any) -> web.Response:
        import aiohttp_jinja2

        context |= {"application": {"name": TITLE}, "nonce": request[NONCE]}
        response: web.Response = aiohttp_jinja2.render_template(name, request, context, status=status)
        return response

    def learner_of(self, request: web.Request) -> str:
        """Return the learner that a page's connection names, or an empty text."""
        return self.learner or learner_of(request.match_info.get("name", "")) or ""

    async def _has_free_session(self) -> bool:
        """Return whether another session may begin, after waiting up to ``WAIT_FOR_SESSION`` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_SESSION), self._left:
                await self._left.wait_for(lambda: len(self._sockets) < self.max_sessions)
        return len(self._sockets) < self.max_sessions

    async def handle_websocket(self, request: web.Request) -> web.StreamResponse:
        """Run a tutor for a page's connection, for the learner in the address."""
        learner = self.learner_of(request)
        if not learner:
            raise web.HTTPForbidden(text="That cannot be used as a name.")
        is_free = await self._has_free_session()
        socket = web.WebSocketResponse(heartbeat=15, timeout=GOODBYE)
        if is_free:
            self._sockets.add(socket)  # before any await, because other pages ask for the same session
        try:
            await socket.prepare(request)
            if is_free:
                await self._work(request, socket, learner)
            else:
                await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
        finally:
            self._sockets.discard(socket)
            async with self._left:
                self._left.notify_all()
        return socket

    async def _work(self, request: web.Request, socket: web.WebSocketResponse, learner: str) -> None:
        """Run a tutor while the page is open."""
        for other in [each for each in self._leaving if each.learner == learner]:
            await other.kept.wait()  # so that a reloaded page finds what was typed just before
        lesson = self.lesson
        if not lesson and "again" in request.query:
            lesson = await asyncio.to_thread(lesson_left, learner)
        command = [*COMMAND, *([lesson] if lesson else [])]
        tutor = PageTutor(command, socket, learner, self.download_manager, self.surroundings)
        width, height = (
            textual_server.to_int(request.query.get(key, ""), usual) for key, usual in (("width", 80), ("height", 24))
        )
        try:
            await tutor.start(width, height)
            await self._process_messages(socket, tutor)
        except _NO_MESSAGE:
            logging.warning("A page sent an invalid message; its session ends.")
        finally:
            self._leaving.add(tutor)
            try:
                await tutor.stop()
            finally:
                self._leaving.discard(tutor)

    async def _make_app(self) -> web.Application:
        app: web.Application = await super()._make_app()
        app.middlewares.append(self.access.middleware)
        app.router.add_get("/ws/{name}", self.handle_websocket, name="learner")
        return app


def lesson_left(learner: str) -> str | None:
    """Return the lesson in which a learner last left the tutor, in the form that ``tutor`` opens, or None for Home."""
    from tutor.lessons import Catalogue
    from tutor.store import Store, default_place

    with closing(Store(default_place(), learner=learner)) as store:
        lesson = str(store.setting("left-in", ""))
    return lesson if lesson and Catalogue(glimpse=True).has(lesson.partition("#")[0]) else None


def own_address() -> str:
    """Return the address at which the network reaches this computer, or its host name."""
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation; nothing is sent to it
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def must_be_free(host: str, port: int) -> None:
    """Check that a port is free.

    Raises:
        TutorError: The port cannot be used.
    """
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            said = f"{host}:{port} cannot be used ({reason(error)})."
            raise TutorError(said, hint="Choose another with --port.") from None
