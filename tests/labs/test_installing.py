"""PyTorch in one step: the command, what stands in the way, and an installation that is whole or not there at all."""

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

# What stands in for an interpreter: it does what pip would do at each of its three calls, or fails as it would.
FAKE = r"""#!{python} -IS
import json, os, sys, time, zipfile
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
    """An environment with an older helper in it, which has a file that the newer one has not."""
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
    """Every file of the environment, so that one can see whether it is as it was."""
    root = Path(where.prefix)
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


async def done(where: Place) -> list[Progress]:
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
def test_the_build_for_the_processor_is_named_where_pip_would_take_another(
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
async def test_only_what_is_in_the_table_is_offered(title: str, module: str | None) -> None:
    found = missing_in(Trouble(title))
    assert (found.module if found else None) == module

    class Nothing(Kernel):
        async def run(self, source: str, **_: Any) -> Any:
            assert "torch" in source, "nothing else may even be looked for"
            return type("Result", (), {"value": "True"})

    lesson = type("Lesson", (), {"needs": ("evil", "torch")})
    assert isinstance(lesson, type)
    asked: Lesson = lesson()
    assert await missing(asked, Nothing(), Trouble(title)) in EXTRAS.values()
    assert await missing(asked, Nothing(), None) is None


# -- whole or not at all ----------------------------------------------------------------------------------------------


async def test_it_is_installed_with_what_it_needs_and_older_versions_make_way(where: Place) -> None:
    told = await done(where)
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


async def test_it_can_be_stopped_and_says_how_far_it_is(where: Place) -> None:
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
async def test_what_goes_wrong_is_one_sentence_and_leaves_nothing_behind(
    where: Place, how: dict[str, Any], said: str
) -> None:
    fail(where, **how)
    before = content(where)
    with pytest.raises(InstallError, match=said):
        await done(where)
    assert content(where) == before
    assert not list(Path(where.packages).glob(".tutor-*"))


async def test_a_file_that_cannot_be_moved_in_takes_all_back(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rename, count = content(where), os.rename, 0

    def failing(source: str, target: str) -> None:
        nonlocal count
        count += 1
        if count == 6:
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(InstallError, match="disk became full"):
        await done(where)
    assert count > 6, "what had been moved is moved back"
    assert content(where) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [({"is_managed": True}, "belongs to the system"), ({"has_pip": False}, "-m ensurepip")],
)
def test_what_stands_in_the_way_is_said_before_anything_is_downloaded(
    where: Place, change: dict[str, Any], said: str
) -> None:
    from dataclasses import replace

    with pytest.raises(InstallError, match=said):
        check(TORCH, replace(where, **change))
    assert not Path(where.python).with_name("calls").exists()


def test_learners_who_sit_before_an_instructors_machine_install_nothing(
    where: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_ROOM", "1")
    with pytest.raises(InstallError, match="person who serves"):
        check(TORCH, where)


def test_no_rights_and_no_room(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**9))
    with pytest.raises(InstallError, match="needs 2 GB"):
        check(TORCH, where)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InstallError, match="may not write"):
        check(TORCH, where)


async def test_folders_of_a_tutor_that_was_killed_are_removed(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Path(where.packages, ".tutor-staging-1-2-3-dead")
    left.mkdir()
    monkeypatch.setattr(leftovers, "is_dead", lambda told: told.endswith("dead"))
    await done(where)
    assert not left.exists()
