"""Serve an assignment to a class: each learner has a code, and all answers stay on this machine.

The codes are in a file that only the instructor may read. A browser that sends the right code gets a cookie derived
from it, which remains valid when the page is reloaded or the server restarted.
"""

from __future__ import annotations

import asyncio
import csv
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from tutor.classroom.codes import LETTERS
from tutor.classroom.roster import Person
from tutor.cleaning import as_csv, cell
from tutor.cli.page_access import REFERRER, Access, is_local
from tutor.cli.serving import MOST_SESSIONS, TutorServer
from tutor.errors import TutorError, file_errors
from tutor.paths import write_whole

LENGTH = 8
CODES, HANDED_IN = "codes.csv", "handed-in"
WRONG_IN_A_MINUTE = 20
"""How many wrong codes one address may send in a minute. In a class of a hundred, one in seven thousand million
possible codes is valid: at this rate, guessing one takes some five hundred years."""
ELSEWHERE = 4001
"""The close code of a connection whose learner has opened another page."""
_MINUTE = 60.0
_MANY = 1000


# -- codes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Codes:
    """The people of a class by code (without the hyphen)."""

    people: Mapping[str, Person]

    def person(self, typed: str) -> Person | None:
        """Return the person whose code was typed, or None. Case and the hyphen do not matter."""
        return self.people.get(_normal(typed))

    def cookie(self, person: Person) -> str:
        """Return the cookie that a browser keeps in place of the code."""
        code = next(code for code, each in self.people.items() if each == person)
        return hmac.new(code.encode(), b"tutor\0" + person.learner.encode(), "sha256").hexdigest()

    def of_cookie(self, cookie: str) -> Person | None:
        """Return the person to whom a cookie belongs, or None."""
        if len(cookie) != 64 or not cookie.isascii():
            return None
        return next((each for each in self.people.values() if hmac.compare_digest(self.cookie(each), cookie)), None)


def _normal(typed: str) -> str:
    return "".join(character for character in typed.upper() if character.isalnum())


def written(code: str) -> str:
    """Return a code as it is given to a learner: ``ABCD-2345``."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def codes_in(folder: Path, roster: Iterable[Person]) -> Codes:
    """Return the codes in a folder's file, after adding new codes for people without one.

    Raises:
        TutorError: The file cannot be read or written.
    """
    path = folder / CODES
    known = _read(path) if path.exists() else {}
    made: dict[str, Person] = {}
    for person in roster:
        code = known.get(cell(person.learner), "")
        while not code or code in made:
            code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        made[code] = person
    rows = [(person.learner, person.name, written(code)) for code, person in made.items()]
    with file_errors(path):
        write_whole(
            path, as_csv([("learner", "name", "code"), *rows]).encode()
        )  # readable by this user only, like the temporary file that it was
    return Codes(made)


def _read(path: Path) -> dict[str, str]:
    """Return the codes in a file by learner.

    Raises:
        TutorError: The file cannot be read.
    """
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
        found = {row["learner"]: _normal(row["code"]) for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, TypeError, AttributeError):
        found = {"": ""}
    if not all(len(code) == LENGTH for code in found.values()):
        raise TutorError(f"{path} cannot be read.", hint="Correct it, or remove it: then everybody gets a new code.")
    return found


class WrongCodes:
    """Counts wrong codes, so that nobody can try many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def wait(self, address: str) -> int:
        """Return how many seconds an address has to wait before it may send another code."""
        times = self._times.get(address, deque())
        now = self._clock()
        while times and now - times[0] >= _MINUTE:
            times.popleft()
        if not times:
            self._times.pop(address, None)
        return 0 if len(times) < WRONG_IN_A_MINUTE else max(1, round(_MINUTE - (now - times[0])))

    def count(self, address: str) -> None:
        """Count a wrong code. Addresses that have sent none for a minute are forgotten."""
        now = self._clock()
        self._times.setdefault(address, deque()).append(now)
        if len(self._times) > _MANY:
            self._times = {name: times for name, times in self._times.items() if now - times[-1] < _MINUTE}


# -- the server -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoomAccess(Access):
    """Admits browsers that have sent a code; all others see only the page that asks for it."""

    token: str = ""
    codes: Codes = Codes({})

    def person(self, request: web.Request) -> Person | None:
        """Return the person whose browser sent a request, or None."""
        return self.codes.of_cookie(request.cookies.get(self.cookie, ""))

    def admits(self, request: web.Request) -> bool:
        """Return whether a request is from a person with a code, or for the page that asks for it."""
        return request.path in ("/", "/code") or self.person(request) is not None


def _address(request: web.Request) -> str:
    """Return the address of a browser; behind a proxy on this computer, the address that the proxy reports."""
    remote = request.remote or ""
    seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return seen if seen and is_local(remote) else remote


class RoomServer(TutorServer):
    """Serves a single assignment to the people on a class list."""

    access: RoomAccess

    def __init__(
        self,
        assignment: Path,
        folder: Path,
        roster: tuple[Person, ...],
        host: str,
        port: int,
        *,
        public_url: str | None = None,
        max_sessions: int | None = None,
    ) -> None:
        """``folder`` receives the codes, the answers (``progress.sqlite3``) and the hand-ins.

        Raises:
            TutorError: The folder or its codes cannot be written.
        """
        most = max_sessions or max(MOST_SESSIONS, len(roster) + 5)
        super().__init__(str(assignment.resolve()), host, port, public_url=public_url, max_sessions=most)
        folder = folder.resolve()
        with file_errors(folder, "made"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / HANDED_IN).mkdir(mode=0o700, exist_ok=True)
        rules = self.access
        self.access = RoomAccess(rules.host, rules.port, rules.public_url, codes=codes_in(folder, roster))
        self.surroundings = {"TUTOR_HOME": str(folder), "TUTOR_ROOM": "1", "PWD": str(folder / HANDED_IN)}
        self.wrong = WrongCodes()
        self._open_pages: dict[str, web.WebSocketResponse] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """Return the tutor's page for a learner who has sent a code, else the page that asks for it."""
        person = self.access.person(request)
        if person is None:
            return self._page("code.html", request, typed="", refused="")
        return await self._tutor_page(request, "ws/me", person=person.name or person.learner)

    def _page(self, name: str, request: web.Request, status: int = 200, **context: Any) -> web.Response:
        request[REFERRER] = "same-origin"  # without a referrer, the form would have the origin "null"
        return super()._page(name, request, status, **context)

    async def handle_code(self, request: web.Request) -> web.StreamResponse:
        """Check a typed code; after too many wrong ones, make the browser wait."""
        address = _address(request)
        typed = str((await request.post()).get("code", ""))[:100]
        seconds = self.wrong.wait(address)
        if seconds:
            refused = f"Too many wrong codes came from this computer. Wait {seconds} seconds, then type it again."
            return self._page("code.html", request, status=429, typed=typed, refused=refused)
        person = self.access.codes.person(typed)
        if person is None:
            self.wrong.count(address)
            refused = "Nobody in this class has that code. Check it: codes have no O, I, L, 0 or 1."
            return self._page("code.html", request, status=403, typed=typed, refused=refused)
        return self.access.see_other("./", self.access.codes.cookie(person))

    async def handle_leave(self, request: web.Request) -> web.StreamResponse:
        """Delete the cookie of this browser."""
        response = web.HTTPSeeOther("./")
        response.del_cookie(self.access.cookie, path="/")
        return response

    def learner_of(self, request: web.Request) -> str:
        """Return the learner whose browser sent a request."""
        person = self.access.person(request)
        return person.learner if person is not None else ""

    async def _work(self, request: web.Request, socket: web.WebSocketResponse, learner: str) -> None:
        """Run a tutor while the page is open, after closing the learner's previous page."""
        before = self._open_pages.get(learner)
        self._open_pages[learner] = socket
        if before is not None:
            await before.close(code=ELSEWHERE)
        try:
            async with self._locks.setdefault(learner, asyncio.Lock()):
                if self._open_pages.get(learner) is socket:
                    await super()._work(request, socket, learner)
        finally:
            if self._open_pages.get(learner) is socket:
                del self._open_pages[learner]

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.router.add_post("/code", self.handle_code)
        app.router.add_get("/leave", self.handle_leave)
        return app
