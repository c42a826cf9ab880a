"""Drive a real Chromium through WebDriver with the standard library: pages, keys, screenshots, the network log."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

LONGEST = 60.0  # seconds to wait for anything
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|[=>78])")
ENTER, ESCAPE, CONTROL, PAGE_DOWN = "\ue007", "\ue00c", "\ue009", "\ue00f"


def _call(url: str, method: str = "POST", body: dict[str, Any] | None = None) -> Any:
    data = json.dumps(body or {}).encode() if method == "POST" else None
    request = Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urlopen(request, timeout=LONGEST) as response:
        return json.load(response)["value"]


class Browser:
    """One window. ``requests`` holds all addresses that it requested; ``received`` is the text sent to the terminal in
    the page, without colours and cursor movements."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.requests: list[str] = []
        self.received = ""
        self._connections: set[str] = set()

    def open(self, url: str) -> None:
        """Go to an address, and forget what the previous page received."""
        self.forget()
        _call(f"{self.session}/url", body={"url": url})

    def reload(self) -> None:
        """Reload the page, and forget what it received before."""
        self.forget()
        _call(f"{self.session}/refresh")

    def forget(self) -> None:
        """Forget what the page received, and ignore its open connections: a page is drawn until it is left, and the
        next page may show the same text. A test that took one for the other would press keys too early."""
        self.listen()
        self.received = ""
        self._connections.clear()

    def clear(self) -> None:
        """Leave the page, delete all cookies, and forget everything requested and received."""
        self.open("about:blank")
        _call(f"{self.session}/goog/cdp/execute", body={"cmd": "Network.clearBrowserCookies", "params": {}})
        self.listen()
        self.requests.clear()
        self.received = ""

    def text(self) -> str:
        """Return the text of the page itself, without the terminal in it."""
        return str(self.script("return document.body.innerText"))

    def script(self, text: str) -> Any:
        """Run a script in the page and return its result."""
        return _call(f"{self.session}/execute/sync", body={"script": text, "args": []})

    def press(self, *keys: str) -> None:
        """Press and release each key in turn; a longer text is typed character by character."""
        actions = [{"type": kind, "value": key} for text in keys for key in text for kind in ("keyDown", "keyUp")]
        _call(f"{self.session}/actions", body={"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def picture(self) -> bytes:
        """Return a screenshot as PNG."""
        return base64.b64decode(_call(f"{self.session}/screenshot", "GET"))

    def listen(self) -> None:
        """Read the new entries of the network log."""
        for entry in _call(f"{self.session}/se/log", body={"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            method, parameters = message["method"], message["params"]
            if method == "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            elif method == "Network.webSocketCreated":
                self.requests.append(parameters["url"])
                self._connections.add(parameters["requestId"])
            elif method == "Network.webSocketFrameReceived" and parameters["requestId"] in self._connections:
                self.received += _text(parameters["response"])

    def hosts(self) -> set[str]:
        """Return the hosts that the browser sent requests to. Addresses like ``data:`` and ``chrome:`` have none."""
        self.listen()
        urls = [urlsplit(url) for url in self.requests]
        return {url.netloc for url in urls if url.scheme not in ("about", "blob", "chrome", "data")}

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until a condition holds, reading the network log meanwhile."""
        end = time.monotonic() + LONGEST
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"timed out waiting for {what}; the terminal received …{self.received[-2000:]}")
            time.sleep(0.05)
            self.listen()

    def until_shown(self, text: str) -> None:
        """Wait until the terminal has received a text, and forget what came before it."""
        self.until(lambda: text in self.received, repr(text))
        self.received = self.received.partition(text)[2]


def _text(frame: dict[str, Any]) -> str:
    """Return the text of a frame; only binary frames are for the terminal."""
    if frame["opcode"] != 2:
        return ""
    return _ESCAPES.sub("", base64.b64decode(frame["payloadData"]).decode(errors="replace"))


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Run a browser with a new profile that resolves no host name but this computer's."""
    with subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as driver:
        try:
            assert driver.stdout is not None
            port = next(found[1] for line in driver.stdout if (found := re.search(r"started .*on port (\d+)", line)))
            base = f"http://127.0.0.1:{port}"
            options = [
                "--headless=new",
                "--no-sandbox",  # needed to run as root; the browser opens only our page
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--window-size=1000,640",
                f"--user-data-dir={profile}",
            ]
            wanted = {
                "browserName": "chrome",
                "goog:chromeOptions": {"args": options},
                "goog:loggingPrefs": {"performance": "ALL"},
            }
            made = _call(f"{base}/session", body={"capabilities": {"alwaysMatch": wanted}})
            session = f"{base}/session/{made['sessionId']}"
            try:
                yield Browser(session)
            finally:
                _call(session, "DELETE")
        finally:
            driver.terminate()
