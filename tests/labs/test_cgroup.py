"""Where control groups are delegated to the user, each program runs in its own group."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.labs.test_containment import SMALL, levels
from tutor.labs.kernel import Kernel
from tutor.labs.sandbox import cgroup, leftovers

pytestmark = pytest.mark.skipif(not levels(), reason="this machine has no means to isolate a program")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Control groups as systemd creates them for a user, but as plain files; this process is in ``tutor.scope``."""
    for name, delegated in (
        ("user.slice", "memory pids"),
        ("user.slice/app.slice", "cpu memory pids"),
        ("user.slice/app.slice/tutor.scope", ""),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "cgroup.subtree_control").write_text(delegated)
        (tmp_path / name / "cgroup.procs").write_text("")
    monkeypatch.setattr(cgroup, "_mounted_at", lambda: tmp_path)
    monkeypatch.setattr(cgroup, "_own_group", lambda: "/user.slice/app.slice/tutor.scope")
    cgroup.parent.cache_clear()
    yield tmp_path
    cgroup.parent.cache_clear()


def test_the_nearest_group_that_delegates_memory_and_processes_is_used(tree: Path) -> None:
    assert cgroup.parent() == tree / "user.slice" / "app.slice"
    cgroup.parent.cache_clear()
    (tree / "user.slice" / "app.slice" / "cgroup.subtree_control").write_text("cpu memory")
    assert cgroup.parent() == tree / "user.slice"
    cgroup.parent.cache_clear()
    (tree / "user.slice" / "cgroup.subtree_control").write_text("")
    assert cgroup.parent() is None


def test_a_group_gets_the_limits_of_its_program(tree: Path) -> None:
    group = cgroup.around([1, 2], SMALL, f"{leftovers.mark()}-abc")
    assert group is not None
    found = {path.name: path.read_text() for path in group.iterdir()}
    assert found["memory.max"] == str(SMALL.all_memory)
    assert found["memory.swap.max"] == "0"
    assert int(found["pids.max"]) >= SMALL.processes
    assert found["cpu.max"].split() == ["400000", "100000"]
    assert found["cgroup.procs"] == "2"


def test_a_group_that_cannot_be_created_is_optional(tree: Path) -> None:
    (tree / "user.slice" / "app.slice" / f"tutor-{leftovers.mark()}-abc").write_text("in the way")
    assert cgroup.around([1], SMALL, f"{leftovers.mark()}-abc") is None


def test_a_program_runs_in_its_group_which_is_removed_with_it() -> None:
    above = cgroup.parent()
    if above is None:
        pytest.skip("no control groups are delegated here")

    async def work() -> tuple[str | None, Path | None]:
        kernel = Kernel(limits=SMALL)
        result = await kernel.run("open('/proc/self/cgroup').read()")
        group = kernel._box._group if kernel._box else None
        await kernel.close()
        return result.value, group

    said, group = asyncio.run(work())
    assert group is not None
    assert group.name in (said or "")
    assert not group.exists()
