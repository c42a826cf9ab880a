"""Installing PyTorch: the command, what may prevent it, and an installation that is complete or undone."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tutor.labs import extras, installing
from tutor.labs.explain import Trouble
from tutor.labs.extras import EXTRAS, TORCH, command, requirement
from tutor.labs.installing import InstallError, Place, Progress, check, install
from tutor.labs.kernel import Kernel
from tutor.labs.missing import missing, missing_in
from tutor.labs.sandbox import leftovers
from tutor.lessons.blocks import Lesson

CPU = ("torch", "--index-url", "https://download.pytorch.org/whl/cpu")

# A fake interpreter: does what pip does in each of its three calls, or fails as pip would.
FAKE = r"""#!{python} -IS
import json, os, sys, time
told = sys.argv[1:]
root = os.path.dirname(os.path.abspath(__file__))
fails = json.load(open(os.path.join(root, "fails.json")))
with open(os.path.join(root, "calls"), "a") as calls:
    calls.write(" ".join(told) + "\n")
if "config" in told:
    print(fails.get("config", "install.timeout='30'"))
    sys.exit()
def option(name):
    return told[told.index(name) + 1]
step = "download" if "download" in told else "plan" if "--dry-run" in told else "unpack"
if step == "download":
    print("Collecting torch", flush=True)
    print("  Downloading https://host/torch-2.9.0-cp311-cp311-linux.whl (3.0 MB)", flush=True)
    with open(os.path.join(os.environ["TMPDIR"], "part"), "wb") as part:
        part.write(b"0" * 2_000_000)
    if fails.get("hang"):
        time.sleep(60)
    import zipfile
    with zipfile.ZipFile(os.path.join(option("-d"), "torch-2.9.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("torch/__init__.py", "x = 1\n" * 100_000)
if step == "plan":
    new = [] if fails.get("nothing") else [("torch", "2.9.0"), ("helper", "2.0")]
    told_new = [dict(metadata=dict(name=name, version=version)) for name, version in new]
    json.dump(dict(install=told_new), open(option("--report"), "w"))
if step == "unpack":
    tree = os.path.join(option("--prefix"), fails.get("layout", "lib/site-packages"))
    for name in ("torch/__init__.py", "torch-2.9.0.dist-info/RECORD", "helper.py", "helper-2.0.dist-info/RECORD"):
        os.makedirs(os.path.dirname(os.path.join(tree, name)), exist_ok=True)
        open(os.path.join(tree, name), "w").write("new")
    os.makedirs(os.path.join(option("--prefix"), "bin"))
    open(os.path.join(option("--prefix"), "bin", "torchrun"), "w").write("new")
if step in fails:
    print(fails[step])
    sys.exit(1)
"""


@pytest.fixture(autouse=True)
def _no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "has_card", lambda: False)
    monkeypatch.setattr(installing, "has_card", lambda: False)


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """An environment with an older helper package, which has a file that the newer one lacks."""
    packages = tmp_path / "env" / "lib" / "site-packages"
    (packages / "helper-1.0.dist-info").mkdir(parents=True)
    (packages / "helper.py").write_text("old")
    (packages / "helper_old.py").write_text("old")
    about = packages / "helper-1.0.dist-info"
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: helper\nVersion: 1.0\n")
    (about / "RECORD").write_text("helper.py,,\nhelper_old.py,,\nhelper-1.0.dist-info/METADATA,,\n")
    (tmp_path / "env" / "bin").mkdir()
    python = tmp_path / "python"
    python.write_text(FAKE.replace("{python}", sys.executable))
    python.chmod(0o755)
    (tmp_path / "fails.json").write_text("{}")
    return Place(str(python), str(tmp_path / "env"), str(packages), str(packages))


def fail(where: Place, **how: Any) -> None:
    Path(where.python).with_name("fails.json").write_text(json.dumps(how))


def content(where: Place) -> dict[str, str]:
    """Return every file of the environment, to see whether it has changed."""
    root = Path(where.prefix)
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


async def install_torch(where: Place) -> list[Progress]:
    told: list[Progress] = []
    await install(TORCH, where, told.append)
    return told


# -- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "card", "config", "expected"),
    [
        ("linux", False, "", CPU),
        ("linux", False, "global.timeout='60'", CPU),
        ("linux", True, "", ("torch",)),
        ("linux", False, "global.index-url='https://mirror.example/simple'", ("torch",)),
        ("linux", False, ":env:.find-links='/wheels'", ("torch",)),
        ("linux", False, "install.constraint='/c.txt'", ("torch",)),
        ("darwin", False, "", ("torch",)),
        ("win32", False, "", ("torch",)),
    ],
)
def test_the_cpu_build_is_named_where_pip_would_choose_another(
    where: Place, monkeypatch: pytest.MonkeyPatch, system: str, card: bool, config: str, expected: tuple[str, ...]
) -> None:
    fail(where, config=config)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(extras, "has_card", lambda: card)
    assert requirement(TORCH, where.python) == expected
    assert requirement(EXTRAS["numpy"], where.python) == ("numpy",)


def test_the_command_is_for_this_interpreter_and_can_be_pasted(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("TUTOR_PYTHON", where.python)
    assert command(TORCH) == f"{where.python} -m pip install {' '.join(CPU)}"
    assert command(TORCH, "/my env/python").startswith("'/my env/python' -m pip install torch")


# -- what is missing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "module"),
    [
        ("ModuleNotFoundError: No module named 'torch'", "torch"),
        ("ModuleNotFoundError: No module named 'torch.nn'", "torch"),
        ("ModuleNotFoundError: No module named 'numpy'", "numpy"),
        ("ModuleNotFoundError: No module named 'evil'", None),
        ("ModuleNotFoundError: No module named 'torch-evil'", None),
        ("ModuleNotFoundError: No module named '--index-url=http://evil'", None),
        ("NameError: name 'torch' is not defined", None),
    ],
)
async def test_only_known_packages_are_offered(title: str, module: str | None) -> None:
    found = missing_in(Trouble(title))
    assert (found.module if found else None) == module

    class Nothing(Kernel):
        async def run(self, source: str, **_: Any) -> Any:
            assert "torch" in source, "no unknown package may even be looked up"
            return type("Result", (), {"value": "True"})

    lesson = type("Lesson", (), {"needs": ("evil", "torch")})
    assert isinstance(lesson, type)
    asked: Lesson = lesson()
    assert await missing(asked, Nothing(), Trouble(title)) in EXTRAS.values()
    assert await missing(asked, Nothing(), None) is None


# -- complete or undone -----------------------------------------------------------------------------------------------


async def test_dependencies_are_installed_and_older_versions_replaced(where: Place) -> None:
    told = await install_torch(where)
    assert content(where) == {
        "bin/torchrun": "new",
        "lib/site-packages/helper.py": "new",
        "lib/site-packages/helper-2.0.dist-info/RECORD": "new",
        "lib/site-packages/torch/__init__.py": "new",
        "lib/site-packages/torch-2.9.0.dist-info/RECORD": "new",
    }
    steps = list(dict.fromkeys(each.step for each in told))
    assert steps[-1] == "Moving it into its place"
    assert sorted(os.listdir(where.packages)) == ["helper-2.0.dist-info", "helper.py", "torch", "torch-2.9.0.dist-info"]


async def test_an_installation_shows_progress_and_can_be_cancelled(where: Place) -> None:
    fail(where, hang=True)
    before, told = content(where), asyncio.Event()

    def tell(progress: Progress) -> None:
        if progress.sentence == "Downloading torch-2.9.0: 2 of 3 MB":
            assert progress.share == pytest.approx(2 / 3)
            told.set()

    at_work = asyncio.ensure_future(install(TORCH, where, tell))
    async with asyncio.timeout(20):
        await told.wait()
        at_work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await at_work
    assert content(where) == before
    assert not list(Path(where.packages).glob(".tutor-*"))


OFFLINE = "WARNING: Retrying after connection broken by 'NewConnectionError(host='pypi.org'): Name not known'"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"download": f"{OFFLINE}\nERROR: No matching distribution found for torch"}, "no connection to pypi.org"),
        ({"download": "ERROR: No matching distribution found for torch"}, "no PyTorch for this Python"),
        ({"download": "ERROR: ResolutionImpossible: see"}, "is not compatible"),
        ({"download": "OSError: [Errno 28] No space left on device"}, "disk became full"),
        ({"unpack": "ERROR: Could not install packages: [Errno 122] Disk quota exceeded"}, "disk became full"),
        ({"unpack": "ERROR: [Errno 13] Permission denied: 'lib'"}, "may not write"),
        ({"unpack": "ERROR: [Errno 30] Read-only file system: 'lib'"}, "may not write"),
        ({"plan": "no such option: --report"}, "pip stopped: no such option"),
        ({"nothing": True}, "Python does not find it"),
        ({"layout": "elsewhere"}, "other folders"),
    ],
)
async def test_a_failure_is_explained_and_leaves_nothing_behind(where: Place, how: dict[str, Any], said: str) -> None:
    fail(where, **how)
    before = content(where)
    with pytest.raises(InstallError, match=said):
        await install_torch(where)
    assert content(where) == before
    assert not list(Path(where.packages).glob(".tutor-*"))


async def test_a_failed_move_restores_the_environment(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rename, count = content(where), os.rename, 0

    def failing(source: str, target: str) -> None:
        nonlocal count
        count += 1
        if count == 6:
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(InstallError, match="disk became full"):
        await install_torch(where)
    assert count > 6, "the files already moved must be moved back"
    assert content(where) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [({"is_managed": True}, "belongs to the system"), ({"has_pip": False}, "-m ensurepip")],
)
def test_obstacles_are_reported_before_anything_is_downloaded(where: Place, change: dict[str, Any], said: str) -> None:
    from dataclasses import replace

    with pytest.raises(InstallError, match=said):
        check(TORCH, replace(where, **change))
    assert not Path(where.python).with_name("calls").exists()


def test_learners_served_by_another_machine_cannot_install(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_ROOM", "1")
    with pytest.raises(InstallError, match="person who serves"):
        check(TORCH, where)


def test_missing_rights_or_disk_space_are_reported(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    with pytest.raises(InstallError, match="needs 2 GB"):
        check(TORCH, where)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InstallError, match="may not write"):
        check(TORCH, where)


async def test_folders_left_by_a_killed_tutor_are_removed(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Path(where.packages, ".tutor-staging-1-2-3-dead")
    left.mkdir()
    monkeypatch.setattr(leftovers, "is_dead", lambda told: told.endswith("dead"))
    await install_torch(where)
    assert not left.exists()
