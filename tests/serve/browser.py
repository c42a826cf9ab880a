"""Drive a real Chromium through its debugging pipe with the standard library: pages, keys, screenshots, the network."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LONGEST = 60.0  # seconds to wait for anything
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78])")
ENTER, ESCAPE = "\r", "\x1b"
_NAMED = {ENTER: ("Enter", 13), ESCAPE: ("Escape", 27)}
"""Each key that is no character: its name, and its number in the events that a page receives."""


class CommandError(Exception):
    """Chromium refused a command, perhaps because the page was just being left."""


class Window:
    """One window, with cookies of its own. ``requests`` holds all addresses that it requested; ``received`` is the text
    sent to the terminal in the page, without colours and cursor movements."""

    def __init__(self, call: Callable[..., Any], news: threading.Condition) -> None:
        """``call`` sends a command to the page; ``news`` is notified after each event."""
        self.requests: list[str] = []
        self.received = ""
        self._call = call
        self._news = news
        self._is_loaded = False
        self._connections: set[str] = set()

    def handle(self, method: str, parameters: dict[str, Any]) -> None:
        """Note an event of the page."""
        if method == "Page.loadEventFired":
            self._is_loaded = True
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(parameters["url"])
            self._connections.add(parameters["requestId"])
        elif method == "Network.webSocketFrameReceived" and parameters["requestId"] in self._connections:
            self.received += _text(parameters["response"])

    def open(self, url: str) -> None:
        """Go to an address, and forget what the previous page received."""
        self._load("Page.navigate", url=url)

    def reload(self) -> None:
        """Reload the page, and forget what it received before."""
        self._load("Page.reload")

    def _load(self, method: str, **parameters: Any) -> None:
        self.forget()
        self._is_loaded = False
        self._call(method, **parameters)
        self._until_told(lambda: self._is_loaded, "the page")

    def forget(self) -> None:
        """Forget what the page received, and ignore its open connections: a page is drawn until it is left, and the
        next page may show the same text. A test that took one for the other would press keys too early."""
        with self._news:
            self.received = ""
            self._connections.clear()

    def text(self) -> str:
        """Return the text of the page itself, without the terminal in it; nothing while the next page is loaded."""
        return self.script("return document.body?.innerText") or ""

    def script(self, text: str) -> Any:
        """Run a script in the page and return its result; None if the page is left meanwhile, as by a click."""
        try:
            done = self._call("Runtime.evaluate", expression=f"(() => {{{text}}})()", returnByValue=True)
        except CommandError:
            return None
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press and release each key in turn; a longer text is typed character by character."""
        for key in "".join(keys):
            name, number = _NAMED.get(key, (key, 0))
            pressed = {"key": name, "windowsVirtualKeyCode": number}
            self._call("Input.dispatchKeyEvent", type="keyDown", text="" if key == ESCAPE else key, **pressed)
            self._call("Input.dispatchKeyEvent", type="keyUp", **pressed)

    def picture(self) -> bytes:
        """Return a screenshot as PNG."""
        return base64.b64decode(self._call("Page.captureScreenshot")["data"])

    def hosts(self) -> set[str]:
        """Return the hosts that the window sent requests to. Addresses like ``data:`` and ``chrome:`` have none."""
        urls = [urlsplit(url) for url in self.requests]
        return {url.netloc for url in urls if url.scheme not in ("about", "blob", "chrome", "data")}

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until a condition holds, which is looked at ten times a second."""
        end = time.monotonic() + LONGEST
        while not condition():
            if time.monotonic() > end:
                raise self._late(what)
            time.sleep(0.1)

    def until_shown(self, text: str) -> None:
        """Wait until the terminal has received a text, and forget what came before it."""
        self._until_told(lambda: text in self.received, repr(text))
        with self._news:
            self.received = self.received.partition(text)[2]

    def _until_told(self, condition: Callable[[], object], what: str) -> None:
        """Wait until a condition holds that only an event can change."""
        with self._news:
            if not self._news.wait_for(condition, LONGEST):
                raise self._late(what)

    def _late(self, what: str) -> TimeoutError:
        return TimeoutError(f"timed out waiting for {what}; the terminal received …{self.received[-2000:]}")


def _text(frame: dict[str, Any]) -> str:
    """Return the text of a frame; only binary frames are for the terminal."""
    if frame["opcode"] != 2:
        return ""
    return _ESCAPES.sub("", base64.b64decode(frame["payloadData"]).decode(errors="replace"))


class Browser:
    """A running Chromium, which sends and receives JSON objects, each ended by a zero byte, on two pipes."""

    def __init__(self, sending: int, receiving: int) -> None:
        self._sending, self._receiving = sending, receiving
        self._answers: dict[int, dict[str, Any]] = {}
        self._windows: dict[str, Window] = {}
        self._number = 0
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    @contextmanager
    def window(self) -> Iterator[Window]:
        """Open a window with cookies of its own, as in another browser, during the block."""
        context = self.call("Target.createBrowserContext")
        target = self.call("Target.createTarget", url="about:blank", width=1000, height=640, **context)
        attached = self.call("Target.attachToTarget", flatten=True, **target)["sessionId"]

        def call(method: str, **parameters: Any) -> Any:
            return self.call(method, attached, **parameters)

        made = self._windows[attached] = Window(call, self._news)
        try:
            call("Network.enable")
            call("Page.enable")
            call("Emulation.setFocusEmulationEnabled", enabled=True)  # two windows may both have the focus
            yield made
        finally:
            self.call("Target.disposeBrowserContext", **context)
            del self._windows[attached]

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """Send a command, to a page if ``session`` is given, and return the result."""
        with self._news:
            self._number = number = self._number + 1
            command = {"id": number, "method": method, "params": parameters}
            command |= {} if session is None else {"sessionId": session}
            os.write(self._sending, json.dumps(command).encode() + b"\0")
            if not self._news.wait_for(lambda: number in self._answers, LONGEST):
                raise TimeoutError(f"{method} was not answered")
            answer = self._answers.pop(number)
        if "error" in answer:
            raise CommandError(f"{method}: {answer['error']}")
        return answer["result"]

    def _listen(self) -> None:
        """Receive answers and events until Chromium ends."""
        with open(self._receiving, "rb", buffering=0) as pipe:
            rest = b""
            while read := pipe.read(1 << 20):
                *whole, rest = (rest + read).split(b"\0")
                with self._news:
                    for message in map(json.loads, whole):
                        if "id" in message:
                            self._answers[message["id"]] = message
                        elif message.get("sessionId") in self._windows:
                            self._windows[message["sessionId"]].handle(message["method"], message["params"])
                    self._news.notify_all()


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Run a browser with a new profile that resolves no host name but this computer's."""
    commands, sending = os.pipe()
    receiving, answers = os.pipe()

    def connect() -> None:
        """Put the pipes where Chromium expects them."""
        copies = os.dup(commands), os.dup(answers)
        for copy, expected in zip(copies, (3, 4), strict=True):
            os.dup2(copy, expected)

    options = [
        "--headless=new",
        "--no-sandbox",  # needed to run as root; the browser opens only our page
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-3d-apis",  # which the processor would compute; the terminal is drawn without them too
        "--no-startup-window",
        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",  # pages for a window's address bar
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--remote-debugging-pipe",
        f"--user-data-dir={profile}",
    ]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(["chromium", *options], stderr=quiet, preexec_fn=connect, pass_fds=(3, 4)) as process:
        os.close(commands)
        os.close(answers)
        started = Browser(sending, receiving)
        try:
            yield started
        finally:
            started.call("Browser.close")
            process.wait(LONGEST)
            os.close(sending)
