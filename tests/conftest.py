"""Fixtures and hooks for every test: a fresh folder for the learner, and skips where a tool is missing."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.homes import Homes
from tests.store import postgres
from tutor import paths
from tutor.lessons import Catalogue

# The first example of a property loads modules, perhaps on a busy machine; no test depends on how long it takes.
# Everybody's run tries the same examples; `pytest --hypothesis-profile=explore` tries new ones.
settings.register_profile("tutor", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("tutor")


@pytest.fixture(scope="session")
def course_read(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return the cache of a tutor that has read the course. This takes a second, so the first worker does it for all;
    the others wait, and read the course themselves after 30 seconds."""
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
def homes(tmp_path_factory: pytest.TempPathFactory, course_read: Path) -> Homes:
    """Return the folders for learners."""
    return Homes(tmp_path_factory.mktemp("homes"), course_read)


@pytest.fixture(autouse=True)
def learner_home(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield an empty folder for progress and work, so that no test sees another's or the developer's files. It holds
    only the cache of the course."""
    home = homes.take()
    monkeypatch.setenv("TUTOR_HOME", str(home))
    monkeypatch.delenv("TUTOR_LESSONS", raising=False)
    for name in ("KITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR", "WT_SESSION", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)  # set by the developer's terminal
    yield home
    homes.give_back(home)


@pytest.fixture(autouse=True)
def derivations_ask_no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report PyTorch as missing: its process takes seconds. The tests of the last line of a derivation undo this."""
    monkeypatch.setattr("tutor.engines.side_by_side.by_torch", lambda graph: "is not installed")


def missing(tool: str) -> bool:
    """Return whether a tool is missing: ``torch`` is a package, ``postgres`` a server and a package, ``jupyterhub``
    two packages, the others are programs."""
    if tool == "torch":
        return importlib.util.find_spec("torch") is None
    if tool == "postgres":
        return postgres.programs() is None or importlib.util.find_spec("psycopg") is None
    if tool == "jupyterhub":
        return any(importlib.util.find_spec(each) is None for each in ("jupyterhub", "jupyter_server_proxy"))
    return shutil.which(tool) is None


# Let the processes that tests start, and the workers, write and read compiled code, as a learner's tutor does.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# jsonschema imports this if it can, when a notebook is written: it compiles a grammar, which takes a second.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that share a browser or PyTorch first: each worker gets a stretch of the list, so that one worker
    starts the browser or PyTorch for all of them."""
    items.sort(key=lambda item: not (item.path.parent.name in ("serve", "labs", "engines") or asks_for(item, "torch")))


def asks_for(item: pytest.Item, tool: str) -> bool:
    """Return whether a test is skipped where a tool is missing."""
    return any(tool in mark.args for mark in item.iter_markers("needs"))


def pytest_collection_finish() -> None:
    """Exempt what is loaded by now from garbage collection, which would take a tenth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 1000)


def pytest_sessionfinish() -> None:
    """Skip the garbage collection that pytest and Python would do at exit."""
    gc.freeze()


MEMORY = Path("/dev/shm")
"""A file system in memory, on Linux."""

ROOM = 2_000_000_000
"""Bytes that must be free there; a run leaves a tenth of that."""


def is_in_memory_possible() -> bool:
    """Return whether the tests' files can be kept in memory: there is room, and programs may be run from there."""
    if sys.platform != "linux" or not os.access(MEMORY, os.W_OK):
        return False
    return shutil.disk_usage(MEMORY).free > ROOM and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC


def pytest_configure(config: pytest.Config) -> None:
    if is_in_memory_possible():  # on a disk, files take a tenth of the tests' time
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # where pytest makes its folders
    os.environ["TZ"] = "UTC"  # times on the screen are in local time
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
