"""The tutor in a real JupyterHub: a tile for every user, the hub's user as the learner, nobody in another's."""

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

from tests.serve.browser import ENTER, LONGEST, Browser
from tests.serve.serving import free_port, lesson_in
from tutor.cli.jupyter import learner, setup
from tutor.store import Store

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"]
c.Spawner.default_url = "/server-proxy/servers-info"
c.Spawner.environment = {{
    "JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp", "PATH": {path!r},
    "TUTOR_HOME": {home!r}, "TUTOR_LESSONS": {lessons!r},
}}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
"""


TERMINAL, WHOLE = "xterm", "return document.documentElement.innerHTML"


class Hub:
    """A hub that runs, and where its learners' progress is."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.home = home
        lessons = folder / "lessons"
        lessons.mkdir()
        lesson_in(lessons)
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
                path=os.environ["PATH"],
            ),
            encoding="utf-8",
        )
        with closing(self.store("ada")) as store:
            store.set_position("one-neuron", "", 0)
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", str(config)], cwd=folder, stdout=log, stderr=log
            )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def store(self, name: str) -> Store:
        """A learner's progress."""
        return Store(self.home / "progress.sqlite3", learner=name)

    def answers(self, name: str) -> list[str]:
        """What a learner has answered."""
        with closing(self.store(name)) as store:
            return [one.answer for one in store.attempts("one-neuron")]

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            try:
                with urlopen(f"{self.url}/hub/login", timeout=5):
                    return
            except (URLError, OSError):
                time.sleep(0.2)
        raise TimeoutError("the hub does not answer")


@pytest.fixture
def hub(tmp_path: Path, learner_home: Path) -> Iterator[Hub]:
    """A hub where Ada has begun the lesson of one question."""
    running = Hub(tmp_path, learner_home)
    try:
        running.wait()
        yield running
    finally:
        running.process.terminate()
        running.process.wait(LONGEST)
        if os.environ.get("SHOW_LOG"):
            print((tmp_path / "log").read_text("utf-8")[-6000:])


def log_in(window: Browser, hub: Hub, name: str, page: str) -> None:
    """Log in, and go on to a page of the hub's."""
    window.open(f"{hub.url}/hub/login?next={page}")
    window.script(
        f"const form = document.querySelector('form'); form.username.value = '{name}'; form.password.value = 'x';"
        "form.submit();"
    )


@pytest.mark.needs("jupyterhub", "configurable-http-proxy", "chromium", "chromedriver")
def test_a_user_of_a_hub_has_a_tutor_that_no_other_user_opens(hub: Hub, window: Browser) -> None:
    log_in(window, hub, "ada", "")
    window.until(lambda: '"Neural tutor"' in window.text(), "the tile in her own Jupyter")
    adas = f"{hub.url}/user/ada/neural-tutor/"
    window.open(adas)
    window.until_shown("Continue: One neuron")
    window.until_shown("⏎ open")
    assert TERMINAL in window.script(WHOLE)
    window.press(ENTER)
    window.until_shown("check")
    window.press("0.1", ENTER)
    window.until(lambda: hub.answers("ada"), "the answer in the store")
    assert hub.answers("ada") == ["0.1"]

    window.begin_anew()
    log_in(window, hub, "grace", "/hub/home")
    window.until(lambda: "grace" in window.text(), "the hub's page")
    window.open(adas)
    assert TERMINAL not in window.script(WHOLE)


@pytest.mark.parametrize("user", ["ada", "ada+x@uni.example", "_x", "x" * 80, "мария", "a/b"])
def test_every_user_of_a_hub_is_a_learner_and_no_two_are_one(user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", user)
    name = learner()
    assert name == learner()
    assert (name == user) is (user in ("ada", "мария"))
    command = setup()["command"]
    assert isinstance(command, list)
    assert command[-1] == name
    assert "-P" in command
