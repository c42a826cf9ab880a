"""The tutor in a real JupyterHub: every user has a tile, is the learner, and cannot open another user's tutor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.homes import read_lessons
from tests.serve.browser import ENTER, LONGEST, Window
from tests.serve.serving import free_port, lesson_in
from tutor.cli.jupyter import learner, setup
from tutor.store import Store

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.db_url = "sqlite:///:memory:"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root", *{without}]
c.Spawner.default_url = "/server-proxy/servers-info"
c.Spawner.environment = {{
    "JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp", "PATH": {path!r},
    "TUTOR_HOME": {home!r}, "TUTOR_LESSONS": {lessons!r},
}}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
"""


SLOW = "rfc3987_syntax"
"""A module that the hub and each user's server import if they can. It compiles a grammar, which is slow."""

TERMINAL, WHOLE = "xterm", "return document.documentElement.innerHTML"


OTHERS = ("jupyter_lsp", "jupyter_server_terminals", "jupyterlab", "notebook_shim")
"""The extensions of a user's server that have nothing to do with the tutor, and take longer to start than the rest."""


class Hub:
    """A running hub, with the folder of its learners' progress."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.home = home
        lessons = folder / "lessons"
        lessons.mkdir()
        lesson_in(lessons)
        read_lessons(home, lessons)
        self.port = free_port()
        config = folder / "config.py"
        config.write_text(
            CONFIG.format(
                port=self.port,
                hub=free_port(),
                api=free_port(),
                python=sys.executable,
                home=str(self.home),
                lessons=str(lessons),
                without=[f"--ServerApp.jpserver_extensions={each}=False" for each in OTHERS],
                path=os.environ["PATH"],
            ),
            encoding="utf-8",
        )
        for name in ("ada", "grace"):
            with closing(self.store(name)) as store:
                store.set_position("one-neuron", "", 0)
        without = folder / "without"
        without.mkdir()
        (without / f"{SLOW}.py").write_text("raise ImportError('it takes half of a server\\'s start')\n")
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(config)],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(without)},
                stdout=log,
                stderr=log,
            )

    @property
    def url(self) -> str:
        """The hub's address."""
        return f"http://127.0.0.1:{self.port}"

    def store(self, name: str) -> Store:
        """Open a learner's progress."""
        return Store(self.home / "progress.sqlite3", learner=name)

    def answers(self, name: str) -> list[str]:
        """Return a learner's answers."""
        with closing(self.store(name)) as store:
            return [one.answer for one in store.attempts("one-neuron")]

    def wait(self) -> None:
        """Wait until the hub responds."""
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            try:
                with urlopen(f"{self.url}/hub/login", timeout=5):
                    return
            except (URLError, OSError):
                time.sleep(0.2)
        raise TimeoutError("the hub does not respond")


@pytest.fixture
def hub(tmp_path: Path, learner_home: Path) -> Iterator[Hub]:
    """Run a hub with two users, who have begun the lesson "One neuron"."""
    running = Hub(tmp_path, learner_home)
    try:
        running.wait()
        yield running
    finally:
        running.process.terminate()
        running.process.wait(LONGEST)
        if os.environ.get("SHOW_LOG"):
            print((tmp_path / "log").read_text("utf-8")[-6000:])


def log_in(window: Window, hub: Hub, name: str) -> None:
    """Log in, and wait until the user's Jupyter server runs and lists its tiles."""
    window.open(f"{hub.url}/hub/login")
    window.script(
        f"const form = document.querySelector('form'); form.username.value = '{name}'; form.password.value = 'x';"
        "form.submit();"
    )
    window.until(lambda: '"Neural tutor"' in window.text(), "the tile")


@pytest.mark.needs("jupyterhub", "configurable-http-proxy", "chromium")
def test_two_users_of_a_hub_each_have_their_own_tutor(hub: Hub, window: Window, second_window: Window) -> None:
    windows = {"ada": (window, "0.1"), "grace": (second_window, "-0.1")}
    for name, (one, _) in windows.items():
        log_in(one, hub, name)
        one.open(f"{hub.url}/user/{name}/neural-tutor/")
        one.until_shown("Continue: One neuron")
        one.until_shown("⏎ open")
        assert TERMINAL in one.script(WHOLE)
        one.press(ENTER)
        one.until_shown("check")
    for name, (one, answer) in windows.items():
        one.press(answer, ENTER)
        one.until(lambda name=name: hub.answers(name), f"{name}'s answer")  # type: ignore[misc]
    assert {name: hub.answers(name) for name in windows} == {"ada": ["0.1"], "grace": ["-0.1"]}
    window.open(f"{hub.url}/user/grace/neural-tutor/")
    assert TERMINAL not in window.script(WHOLE), "ada must not see grace's tutor"


@pytest.mark.parametrize("user", ["ada", "ada+x@uni.example", "_x", "x" * 80, "мария", "a/b"])
def test_every_user_of_a_hub_is_a_separate_learner(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", user)
    name = learner()
    assert name == learner()
    assert (name == user) is (user in ("ada", "мария"))
    command = setup()["command"]
    assert isinstance(command, list)
    assert command[-1] == name
    assert "-P" in command
