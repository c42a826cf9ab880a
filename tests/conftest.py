"""What every test stands on: a learner's folder of its own, and tools that may be missing outside CI."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests.homes import furnish
from tests.store import postgres
from tutor import paths
from tutor.lessons import Catalogue

# The first example loads what it needs, on a machine that may be busy: no test is about how long it takes.
settings.register_profile("tutor", deadline=None)
settings.load_profile("tutor")


@pytest.fixture(scope="session")
def course_read(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The cache of a tutor that has read the course: a second of work, done once for all workers, by the first; the
    others wait for it, or read the course themselves where it does not come."""
    folder = tmp_path_factory.getbasetemp()
    cache = (folder if worker_id == "master" else folder.parent) / "course-read" / "cache"
    try:
        cache.parent.mkdir()
    except FileExistsError:
        end = time.monotonic() + 30
        while not (cache / "lessons.json").is_file() and time.monotonic() < end:
            time.sleep(0.05)
    if not (cache / "lessons.json").is_file():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TUTOR_HOME", str(cache.parent))
            Catalogue([paths.shipped_lessons()])
    return cache


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names for the learners' folders of all tests; pytest would look through all those there are for each new one."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count(1))


@pytest.fixture(autouse=True)
def learner_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch, course_read: Path) -> Path:
    """A fresh folder for progress and work, so that no test sees another's or the developer's own; only what a tutor
    has found out about the course is there already."""
    home = furnish(next(homes), course_read)
    monkeypatch.setenv("TUTOR_HOME", str(home))
    monkeypatch.delenv("TUTOR_LESSONS", raising=False)
    for name in ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "WT_SESSION", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)  # whatever terminal the developer sits at
    return home


@pytest.fixture(autouse=True)
def derivations_ask_no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch's process takes seconds; the tests of what a derivation ends with ask for it themselves."""
    monkeypatch.setattr("tutor.engines.side_by_side.by_torch", lambda graph: "is not installed")


def missing(tool: str) -> bool:
    """Whether a tool is not there: ``torch`` is a package, ``postgres`` a server and a package, ``jupyterhub``
    two packages, the others are programs."""
    if tool == "torch":
        return importlib.util.find_spec("torch") is None
    if tool == "postgres":
        return postgres.programs() is None or importlib.util.find_spec("psycopg") is None
    if tool == "jupyterhub":
        return any(importlib.util.find_spec(each) is None for each in ("jupyterhub", "jupyter_server_proxy"))
    return shutil.which(tool) is None


# A tutor that a test starts reads compiled code, as a learner's does; so do the workers that are started after this.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What shares a browser or PyTorch comes first: each worker gets a part of the tests as they stand, so that such a
    thing is started by one of them."""
    items.sort(key=lambda item: item.path.parent.name not in ("serve", "labs", "engines"))


def pytest_collection_finish() -> None:
    """What was loaded for the tests stays; to look through it for garbage again and again is a tenth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def pytest_sessionfinish() -> None:
    """A process that is about to end looks through nothing for garbage, as pytest and Python would."""
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    os.environ["TZ"] = "UTC"  # what is shown of the past is shown by the clock here
    if hasattr(time, "tzset"):
        time.tzset()
    config.addinivalue_line("markers", "needs(*tools): skip with a reason where a tool cannot be had")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for tool in mark.args:
            if missing(tool):
                if tool in os.environ.get("TUTOR_TESTS_REQUIRE", "").split():
                    pytest.fail(f"{tool} is missing, and these tests must not be skipped here")
                pytest.skip(f"{tool} is not installed")
