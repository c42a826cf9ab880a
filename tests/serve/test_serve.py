"""The tutor in a browser: worked in a real Chromium, alone with this computer, each name with its own progress."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from tests.serve.browser import ENTER, ESCAPE, browser
from tutor.cli.serving import TutorServer, learner_of
from tutor.store import Store

LESSON = """
tutor: 1
title: One neuron
id: one-neuron
network:
  inputs: [1, 2]
  target: 1
  layers:
    - {weights: [{w1: 0.5}, {w2: -0.3}], bias: {b: 0.2}, activation: sigmoid}
screens:
  - title: The weighted sum
    blocks:
      - diagram: network
      - ask: Z1, yhat
"""


@dataclass(frozen=True)
class Served:
    """A server that runs: its port, where the learners' progress is, and its process."""

    port: int
    home: Path
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return f"http://127.0.0.1:{self.port}"

    def answers(self, learner: str) -> list[tuple[str, str]]:
        """What a learner has answered to the lesson, with the verdicts."""
        store = Store(self.home / "progress.sqlite3", learner=learner)
        try:
            return [(attempt.answer, attempt.verdict) for attempt in store.attempts("one-neuron")]
        finally:
            store.close()

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        """The status and the text that come for an address, exactly as it is written."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether somebody listens at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serving(home: Path, *lesson: str, **environment: str) -> Iterator[Served]:
    """``tutor serve`` for as long as the block takes, without a word on where."""
    home.mkdir(exist_ok=True)
    (home / "one-neuron.yaml").write_text(LESSON, encoding="utf-8")
    port = free_port()
    around = {name: value for name, value in os.environ.items() if name != "TUTOR_LESSONS"}
    with subprocess.Popen(
        [sys.executable, "-m", "tutor", "serve", *lesson, "--port", str(port)],
        env={**around, "TUTOR_HOME": str(home), "PYTHONUNBUFFERED": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            assert f"http://127.0.0.1:{port}" in said, said
            while not answers(port) and server.poll() is None:  # it says so a moment before it listens
                time.sleep(0.02)
            yield Served(port, home, server)
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A lesson as it is served to several tests."""
    home = tmp_path_factory.mktemp("served")
    with serving(home, str(home / "one-neuron.yaml")) as here:
        yield here


@pytest.mark.needs("chromium", "chromedriver")
def test_a_lesson_is_worked_in_a_browser_that_asks_no_other_host(served: Served, tmp_path: Path) -> None:
    with browser(tmp_path / "profile") as window:
        window.open(served.url)
        assert "Who is learning?" in window.script("return document.body.innerText")
        window.press("Ada", ENTER)
        window.until_shown("The weighted sum")
        window.until_shown("check")  # in the footer once the field has the focus
        before = window.picture()
        window.press("-0.1")
        window.until_shown("I read −0.1")
        window.press(ENTER)
        window.until_shown("bias")
        window.until(lambda: served.answers("Ada"), "the answer in the store")
        after = window.picture()

        # a second learner, in the same browser
        window.open(f"{served.url}/?name=Grace%20H.")
        window.until_shown("The weighted sum")
        window.until_shown("check")  # in the footer once the field has the focus
        assert served.answers("Grace H.") == []
        window.press("0.1", ENTER)
        window.until(lambda: served.answers("Grace H."), "the second learner's answer")

        assert window.hosts() == {f"127.0.0.1:{served.port}"}
    assert served.answers("Ada") == [("-0.1", "wrong")]
    assert served.answers("Grace H.") == [("0.1", "correct")]
    assert before.startswith(b"\x89PNG")
    assert after != before


@pytest.mark.needs("chromium", "chromedriver")
def test_the_list_of_lessons_has_the_keys_on_every_visit(tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "one-neuron.yaml").write_text(LESSON, encoding="utf-8")
    with (
        serving(tmp_path / "home", TUTOR_LESSONS=str(tmp_path / "lessons")) as here,
        browser(tmp_path / "one") as window,
    ):
        window.open(f"{here.url}/?name=Ada")
        window.until_shown("One minute shows how")
        window.press(ESCAPE)
        for _ in range(2):
            window.open(f"{here.url}/?name=Ada")
            window.until_shown("⏎ open")  # in the footer once the list has the focus


@pytest.mark.needs("chromium", "chromedriver")
@pytest.mark.skipif(sys.platform == "win32", reason="it ends by a signal")
def test_a_server_that_is_told_to_end_lets_go_of_its_pages(tmp_path: Path) -> None:
    """You should see in the page that the tutor is closed, and no tutor is left behind."""
    with (
        serving(tmp_path / "home", str(tmp_path / "home" / "one-neuron.yaml")) as here,
        browser(tmp_path / "one") as window,
    ):
        window.open(f"{here.url}/?name=Ada")
        window.until_shown("The weighted sum")
        here.process.terminate()
        said, _ = here.process.communicate(timeout=60)
        assert here.process.returncode == 0
        assert said == ""
        window.until(
            lambda: "The tutor is closed." in window.script("return document.body.innerText"), "the closed page"
        )


async def test_no_page_is_waited_for_at_the_end() -> None:
    closed = []

    class Socket(web.WebSocketResponse):
        async def close(self, *, code: int = 0, message: bytes = b"", drain: bool = True) -> bool:
            closed.append(code)
            return True

    server = TutorServer(None, "127.0.0.1", 8000)
    sockets = [Socket(), Socket()]
    server._sockets.update(sockets)
    await server.on_shutdown(web.Application())
    assert closed == [1001, 1001]


def test_a_lesson_that_is_none_is_not_served(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tutor", "serve", "nosuch.yaml", "--port", str(free_port())],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "'nosuch.yaml' is no command, no lesson and no file." in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only there is all of 127.0.0.0/8 this computer")
def test_only_the_loopback_address_is_listened_at(served: Served) -> None:
    assert served.ask("/")[0] == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", served.port), timeout=10)


@pytest.mark.parametrize(
    "name", ["..%2Fx", "..%2F..%2Fetc%2Fpasswd", "%00", "a%00b", ".hidden", "-rf", "x" * 41, "%3Cb%3E", "%20"]
)
def test_a_hostile_name_is_asked_for_again_and_gets_no_tutor(served: Served, name: str) -> None:
    status, text = served.ask(f"/?name={name}")
    assert (status, "Who is learning?" in text) == (200, True)
    assert "websocket" not in text
    assert "<b>" not in text
    assert ("That is no name" in text) == (name != "%20")
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    assert served.ask(f"/ws/{name}", **upgrade, Sec_WebSocket_Key="AAAAAAAAAAAAAAAAAAAAAA==")[0] in (403, 404)


def test_another_site_cannot_reach_the_tutor(served: Served) -> None:
    assert served.ask("/", Host="evil.example")[0] == 403
    assert served.ask("/?name=Ada", Origin="http://evil.example")[0] == 403
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
    key = "AAAAAAAAAAAAAAAAAAAAAA=="
    assert served.ask("/ws/Ada", Origin="http://evil.example", **upgrade, Sec_WebSocket_Key=key)[0] == 403
    assert served.ask("/ws/Ada", Host=f"evil.example:{served.port}", **upgrade, Sec_WebSocket_Key=key)[0] == 403


def test_the_page_names_no_other_host(served: Served) -> None:
    for path in ("/", "/?name=Ada"):
        text = served.ask(path)[1]
        links = [part.partition('"')[0] for part in text.replace("'", '"').split("//")[1:]]
        assert all(link.startswith(f"127.0.0.1:{served.port}/") for link in links), links


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ada", "Ada"), ("  Ada   Lovelace ", "Ada Lovelace"), ("Ångström-2", "Ångström-2"), ("O'Neil", "O'Neil"),
        ("../x", None), ("a/b", None), ("a\\b", None), ("", None), (".", None), ("a;b", None), ("$(id)", None),
    ],
)  # fmt: skip
def test_what_is_a_name(typed: str, name: str | None) -> None:
    assert learner_of(typed) == name
