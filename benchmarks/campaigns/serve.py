"""Attack ``tutor serve``: ``python -m benchmarks.campaigns.serve [--seed 1] [--short]``.

- every host, origin and token, at every address;
- framing by another page;
- another user of this computer (only root can test this);
- broken connections, and messages that no page sends;
- forty learners at a time and one more, some with names that a file system may treat as the same: each answers a
  question and writes a program;
- a working folder full of modules named like those that the tutor imports: the server is started there, so that all
  other attacks try it.

Loopback only. Each attack has ten minutes; no more than forty sessions run at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import product
from pathlib import Path

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from benchmarks.campaigns.outcome import Outcome, report
from tests.homes import furnish, write_long_ago
from tests.serve.serving import LESSON, Served, serving

WITHIN = 600.0
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78])")
MODULES = (
    "aiohttp", "asyncio", "attr", "base64", "click", "codecs", "concurrent", "dataclasses",
    "fsrs", "jinja2", "json", "logging", "markdown_it", "numpy", "platformdirs", "pydantic",
    "pygments", "rich", "secrets", "sitecustomize", "sqlite3", "sympy", "tempfile", "textual",
    "textual_serve", "typing_extensions", "usercustomize", "uuid", "yaml",
)  # fmt: skip
LESSON_WITH_LAB = f"""{LESSON}
  - title: Program
    blocks:
      - lab: Add one and two.
        id: sum
        starter: |
          total = 0
        solution: |
          total = 1 + 2
        checks:
          - {{variable: total, equals: 3}}
"""
ALIKE = ("Ada", "ada", "O'Neil", "O-Neil")
"""Names that a file system, or a name of a file made from them, may treat as the same."""


# -- a page of the tutor, without a browser ---------------------------------------------------------------------------


class Page:
    """A page's connection, and the text that it was shown."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.shown = ""

    async def type(self, keys: str) -> None:
        """Type keys."""
        await self.socket.send_str(json.dumps(["stdin", keys]))

    async def listen(self, seconds: float) -> None:
        """Receive what is shown for some seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._receive()

    async def _receive(self) -> None:
        message = await self.socket.receive()
        if message.type != WSMsgType.BINARY:
            raise ConnectionError(
                f"the page was disconnected ({self.socket.close_code}); it was shown {self.shown[-500:]}"
            )
        self.shown += _ESCAPES.sub("", message.data.decode(errors="replace"))

    async def until(self, *texts: str) -> str:
        """Wait until one of the texts is shown, forget what came before it, and return the text."""
        while not (found := [text for text in texts if text in self.shown]):
            await self._receive()
        self.shown = self.shown.partition(found[0])[2]
        return found[0]


@asynccontextmanager
async def page(served: Served, learner: str, *, cookie: str | None = None) -> AsyncIterator[Page]:
    """Open a page during the block."""
    headers = {"Cookie": served.cookie if cookie is None else cookie}
    url = f"{served.url}/ws/{learner}?width=100&height=40"
    async with ClientSession() as session, session.ws_connect(url, headers=headers, max_msg_size=0) as connected:
        yield Page(connected)


async def no_tutors(served: Served) -> bool:
    """Return whether every session ends within 20 seconds."""
    for _ in range(200):
        if not served.tutors():
            return True
        await asyncio.sleep(0.1)
    return False


# -- the attacks ------------------------------------------------------------------------------------------------------


def origins_and_hosts(served: Served, most: int | None = None) -> Outcome:
    """Check that a request is answered only if its host is this server's, no other page sent it, and it has the token.

    With ``most``: all requests with at most one thing wrong, and that many of the others.
    """
    outcome = Outcome("hosts, origins and tokens")
    here, token, port = f"127.0.0.1:{served.port}", served.token, served.port
    hosts = dict.fromkeys((here, f"localhost:{port}"), True)
    hosts |= dict.fromkeys(("evil.example", f"127.0.0.1.evil.example:{port}", "[::1", "", "192.0.2.7"), False)
    origins: dict[str | None, bool] = {None: True, f"http://{here}": True}
    origins |= dict.fromkeys(
        ("http://evil.example", "null", f"http://{here}.evil.example", f"http://localhost:{port + 1}", "http://["),
        False,
    )
    cookies = {served.cookie: True}
    cookies |= dict.fromkeys(
        ("", f"tutor-{port}=", f"tutor-{port}={token[:-1]}", f"tutor-{port + 1}={token}", "tutor-=x; =;;;"), False
    )
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
               "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    asked = [
        *product(("/", "/?name=Ada", "/ws", "/ws/Ada", "/download/x"), hosts.items(), origins.items(), cookies.items())
    ]
    if most is not None:
        wrong = [sum(not good for _, good in each[1:]) for each in asked]
        several = [each for each, number in zip(asked, wrong, strict=True) if number > 1]
        alone = [each for each, number in zip(asked, wrong, strict=True) if number <= 1]
        asked = alone + random.Random(0).sample(several, most)
    for path, (host, ours), (origin, same), (cookie, known) in asked:
        good = ours and (same or origin == f"http://{host}") and known
        if path.startswith("/ws") and good:
            continue  # it would open a session; the other attacks do
        sent = {"Host": host, "Cookie": cookie, **({} if origin is None else {"Origin": origin})}
        sent |= upgrade if path.startswith("/ws") else {}
        status, text, _ = served.answer(path, **sent)
        expected = {"/": {200}, "/?name=Ada": {200}, "/download/x": {404}}.get(path, set()) if good else {400, 403}
        said = served.token in text
        outcome.hold(status in expected and not said, f"{path} {host!r} {origin!r} {cookie!r}: {status}")
    return outcome


def framing(served: Served) -> Outcome:
    """Check that every response forbids framing by other pages, and scripts that did not come with it."""
    outcome = Outcome("framing")
    nonces = set()
    for path, cookie in product(
        ("/", "/?name=Ada", f"/?token={served.token}", "/download/x", "/nosuch", "/ws"), (served.cookie, "")
    ):
        _, text, headers = served.answer(path, Cookie=cookie)
        policy = headers.get("Content-Security-Policy", "")
        outcome.hold(
            "frame-ancestors 'none'" in policy and headers.get("X-Frame-Options") == "DENY", f"{path} may be framed"
        )
        outcome.hold(
            "'unsafe-eval'" not in policy and "script-src 'self' 'nonce-" in policy, f"{path} may run anything"
        )
        outcome.hold(" onclick=" not in text and " onfocus=" not in text, f"{path} has a script in an attribute")
        nonces.add(policy.partition("'nonce-")[2].partition("'")[0])
    outcome.hold(len(nonces) == 12, "a nonce was used twice")
    return outcome


FOREIGN = """
import http.client, os, sys
port, server, home = int(sys.argv[1]), sys.argv[2], sys.argv[3]
for path, headers in (("/", {}), ("/?name=Ada", {}), ("/?token=guess", {}), ("/ws/Ada", {"Connection": "Upgrade",
        "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="})):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    asked.request("GET", path, headers=headers)
    print("asked", path, asked.getresponse().status)
for name in (f"/proc/{server}/cmdline", f"/proc/{server}/environ", f"/proc/{server}/fd/1", f"{home}/progress.sqlite3"):
    try:
        print("read", name, open(name, "rb").read().decode(errors="replace"))
    except OSError:
        print("closed", name)
"""


def foreign_user(served: Served) -> Outcome:
    """Check that another user of this computer sees no token, opens no session and reads no progress."""
    outcome = Outcome("another user of this computer")
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("setpriv") is None:
        outcome.figures = "(left out: only root can become another user)"
        return outcome
    with served.store("Ada") as store:
        store.set_setting("theme", "dark")
    command = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "/usr/bin/env",
        "python3",
        "-I",
        "-c",
        FOREIGN,
    ]
    done = subprocess.run(
        [*command, str(served.port), str(served.process.pid), str(served.home)],
        capture_output=True, text=True, timeout=WITHIN, check=False, cwd="/",
    )  # fmt: skip
    for line in done.stdout.splitlines():
        refused = line.startswith("asked") and line.endswith("403")
        unseen = line.startswith("closed") or (line.startswith("read /proc/") and "cmdline" in line)
        outcome.hold((refused or unseen) and served.token not in line, line[:200])
    outcome.hold(done.stdout.count("asked") == 4, f"the other user could not ask: {done.stderr[-300:]}")
    return outcome


def hostile_folder(folder: Path) -> None:
    """Write modules with the names of those that the tutor imports, which leave a mark if they are imported."""
    for name in MODULES:
        (folder / f"{name}.py").write_text(
            f"import os\nopen({str(folder / 'RAN')!r}, 'a').write({name!r} + '\\n')\n", encoding="utf-8"
        )


def modules_ran(folder: Path) -> Outcome:
    """Check that nothing in the working folder ran, in the server or in a session."""
    outcome = Outcome("a hostile working folder")
    ran = (folder / "RAN").read_text("utf-8").split() if (folder / "RAN").exists() else []
    for name in MODULES:
        outcome.hold(name not in ran, f"{name}.py of the working folder ran")
    return outcome


async def many_learners(served: Served, names: Sequence[str]) -> Outcome:
    """Check that as many learners as may come all work at the same time, that one more is refused, that all sessions
    end, and that each learner's answer and program are kept apart from the others'."""
    outcome = Outcome(f"{len(names)} learners and one more")
    async with asyncio.TaskGroup() as group:
        full = asyncio.Event()
        opened: list[str] = []

        async def work(name: str) -> None:
            async with page(served, name) as mine:
                await mine.until("The weighted sum")
                opened.append(name)
                while not full.is_set():
                    await mine.listen(0.5)  # answer the server's pings, as a browser does
                await mine.type("0.1\r")
                await mine.until("1 question open here")
                await mine.type("\x1b[6~")  # page down
                await mine.until("total = 0")
                await mine.type(f"# {name}\r")
                await mine.until("2  total = 0")
                await mine.type("\x1b[23~")  # F11
                seen = await mine.until("The program is", "holds another program")
                outcome.hold(seen == "The program is", f"{name} was offered another's program")

        for name in names:
            group.create_task(work(name))
        while len(opened) < len(names):
            await asyncio.sleep(0.1)
        outcome.hold(len(served.tutors()) == len(names), f"{len(served.tutors())} sessions run")
        status, text = await asyncio.to_thread(served.ask, "/?name=Late")
        said = f"All places are taken: {len(names)} pages are open."
        outcome.hold(status == 503 and said in text, f"one more page came as {status}")
        async with page(served, "Late") as late:
            message = await late.socket.receive(WITHIN)
            outcome.hold(late.socket.close_code == 1013, f"one more was told {message!r}")
        full.set()
    outcome.hold(await no_tutors(served), "a session stayed")
    for name in names:
        outcome.hold(served.answers(name) == [("0.1", "correct")], f"{name}'s answer is lost")
    files = sorted(served.home.glob("learners/*/work/one-neuron/*.py"))
    found = sorted(file.read_text("utf-8").partition("\n")[0] for file in files)
    outcome.hold(found == sorted(f"# {name}" for name in names), f"the files have {found}")
    for file in served.home.rglob("*"):
        outcome.hold(
            not file.stat().st_mode & 0o077 or "cache" in file.parts,
            f"{file.relative_to(served.home)} is open to others",
        )
    status, _ = await asyncio.to_thread(served.ask, "/?name=Late")
    given = ""
    with suppress(ConnectionError):
        async with page(served, "Late") as late:
            given = await late.until("The weighted sum")
    outcome.hold(status == 200 and given != "", "a free place was not given")
    return outcome


async def torn(served: Served, rng: random.Random, times: int) -> Outcome:
    """Check that broken connections, and messages that no page sends, end only their own session."""
    outcome = Outcome("torn connections and odd messages")
    lines = ("GET /ws/Torn?width=80&height=24 HTTP/1.1", f"Host: 127.0.0.1:{served.port}", "Connection: Upgrade",
             "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
             f"Cookie: {served.cookie}", "", "")  # fmt: skip
    shake = "\r\n".join(lines).encode()
    for _ in range(times):
        raw = socket.create_connection(("127.0.0.1", served.port), timeout=20)
        cut = rng.choice((rng.randrange(len(shake)), len(shake), len(shake)))
        raw.sendall(shake[:cut] + (rng.randbytes(rng.randrange(200)) if rng.random() < 0.5 else b""))
        await asyncio.sleep(rng.random() * 0.3)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close with a reset
        raw.close()
        outcome.tried += 1
    odd: tuple[object, ...] = (
        None, 1, [], {}, ["stdin"], ["stdin", None], ["stdin", 7], ["resize", {}],
        ["resize", {"width": "x", "height": None}],
        ["resize", {"width": 10**9, "height": 10**9}], ["resize", {"width": -5, "height": 0}], ["ping"], ["nosuch", 1],
        ["stdin", "\x00\ud800" * 10], ["stdin", "x" * 100_000],
    )  # fmt: skip
    texts = [json.dumps(each) for each in odd] + ["", "{", "[1", "\x00", "[" * 20_000]
    for text in texts if times > 50 else rng.sample(texts, 1):
        with suppress(ConnectionError, WSServerHandshakeError):
            async with page(served, "Odd") as opened:
                await opened.socket.send_str(text)
                await opened.socket.send_bytes(b"\xff" * 100)
                with suppress(TimeoutError):
                    await opened.socket.receive(0.5)
        outcome.tried += 1
    outcome.hold(await no_tutors(served), f"{len(served.tutors())} sessions stayed")
    status, _ = await asyncio.to_thread(served.ask, "/?name=Ada")
    outcome.hold(status == 200, "the server does not answer any more")
    return outcome


# -- all of them ------------------------------------------------------------------------------------------------------


async def campaign(
    seed: int, *, short: bool, only: str = "", course_read: Path | None = None
) -> AsyncIterator[Outcome]:
    """Run every attack, one after the other. ``course_read`` is the cache of a tutor that has read the course, so that
    the learners' tutors need not read it."""
    rng = random.Random(seed)
    names = ALIKE[2:] if short else (*ALIKE, *(f"learner-{number}" for number in range(40 - len(ALIKE))))
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        root.chmod(0o755)  # other users may list it, but everything in it is closed to them
        home, hostile = root / "home", root / "hostile"
        home.mkdir()
        hostile.mkdir()
        if course_read is not None:
            furnish(home, course_read)
        lesson = write_long_ago(hostile / "one-neuron.yaml", LESSON_WITH_LAB)
        hostile_folder(hostile)
        with serving(home, str(lesson), "--max-sessions", str(len(names)), folder=hostile) as served:
            attacks: dict[str, Callable[[], Awaitable[Outcome]]] = {
                "origins": lambda: asyncio.to_thread(origins_and_hosts, served, 50 if short else None),
                "framing": lambda: asyncio.to_thread(framing, served),
                "user": lambda: asyncio.to_thread(foreign_user, served),
                "torn": lambda: torn(served, rng, 3 if short else 100),
                "learners": lambda: many_learners(served, names),
            }
            for name, attack in attacks.items():
                if only in ("", name):
                    async with asyncio.timeout(60.0 if short else WITHIN):
                        outcome = await attack()
                    yield outcome
        yield modules_ran(hostile)


async def _run(seed: int, *, short: bool, only: str) -> int:
    return max([report([each]) async for each in campaign(seed, short=short, only=only)], default=0)


def main() -> int:
    """Run the campaign and print a line for each attack; return 1 if one got through."""
    parser = argparse.ArgumentParser(description="Attack tutor serve.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help="as the tests run it")
    parser.add_argument("--only", default="", help="one of the attacks: origins, framing, user, torn, learners")
    options = parser.parse_args()
    return asyncio.run(_run(options.seed, short=options.short, only=options.only))


if __name__ == "__main__":
    sys.exit(main())
