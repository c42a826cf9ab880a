"""Run ``tutor serve`` as a process, with a lesson of one screen."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import quote

from tests.homes import write_long_ago
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
    """A running server: its process, its port, the folder with the progress, and the token that it printed."""

    process: subprocess.Popen[str]
    port: int
    home: Path
    token: str

    @property
    def url(self) -> str:
        """The server's address without the token."""
        return f"http://127.0.0.1:{self.port}"

    def page(self, name: str = "") -> str:
        """Return the address to open in a browser: the printed one, with a learner's name added if given."""
        return f"{self.url}/?token={self.token}" + (f"&name={quote(name)}" if name else "")

    @property
    def cookie(self) -> str:
        """The cookie of a browser that has opened the printed address."""
        return f"tutor-{self.port}={self.token}"

    def store(self, learner: str) -> AbstractContextManager[Store]:
        """Open a learner's progress."""
        return closing(Store(self.home / "progress.sqlite3", learner=learner))

    def begin(self, learner: str) -> None:
        """Make the lesson the one that a learner has begun, which Home offers first."""
        with self.store(learner) as store:
            store.set_position("one-neuron", "", 0)

    def answers(self, learner: str) -> list[tuple[str, str]]:
        """Return a learner's answers in the lesson, with the verdicts."""
        with self.store(learner) as store:
            return [(attempt.answer, attempt.verdict) for attempt in store.attempts("one-neuron")]

    def tutors(self) -> list[str]:
        """Return the ids of the processes that the server has started (on Linux)."""
        number = self.process.pid
        return Path(f"/proc/{number}/task/{number}/children").read_text("utf-8").split()

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        """Request a path with the cookie (unless ``Cookie`` is given) and return the status and the text."""
        status, text, _ = self.answer(path, **{"Cookie": self.cookie, **headers})
        return status, text

    def answer(self, path: str, **headers: str) -> tuple[int, str, Message]:
        """Request a path with the given headers only and return the status, the text and the headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, response.read().decode(), response.headers
        finally:
            connection.close()


def free_port() -> int:
    """Return a port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def lesson_in(folder: Path) -> str:
    """Write the lesson into a folder and return its path. The first tutor reads it, the others find it in the cache."""
    return str(write_long_ago(folder / "one-neuron.yaml", LESSON))


@contextmanager
def serving(home: Path, *arguments: str, lessons: str = "", folder: Path | None = None) -> Iterator[Served]:
    """Run a server with the progress in ``home``. ``lessons`` is a folder of lessons beyond the course's; the server is
    started in ``folder``."""
    port = free_port()
    kept = {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH"
    }  # a "." in it would mean ``folder``
    environment = {**kept, "TUTOR_HOME": str(home), "TUTOR_LESSONS": lessons, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "tutor", "serve", *arguments, "--port", str(port)],
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = re.search(rf"http://127\.0\.0\.1:{port}/\?token=([\w-]+)", said)
            assert found, said
            yield Served(process, port, home, found[1])
        finally:
            process.terminate()
