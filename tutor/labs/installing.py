"""Install one of the tutor's extras into the Python that runs the cells, completely or not at all.

pip downloads and unpacks into a staging folder beside the packages. When everything is there, it is moved in by
renaming; if a move fails, all are undone. So a cancelled download, a full disk or a lost connection leaves the
environment as it was. (pip's ``--target`` and ``--prefix`` would not: they remove older versions first.)
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import secrets
import shutil
import signal
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

from tutor.errors import TutorError
from tutor.labs.extras import Extra, command, has_card, requirement
from tutor.labs.sandbox import leftovers
from tutor.labs.sandbox.python import ask, executable
from tutor.paths import is_room

_STAGING = ".tutor-staging-"
_REPORT_EVERY = 0.5
_FETCHED = re.compile(
    r"\s*(?:Downloading|Processing|Using cached) (?:\S*/)?([\w.]+-[^-\s]+)\S*(?: \(([\d.]+) ([kMG])B\))?"
)
"""Matches a line of pip's output: ``Downloading https://…/torch-2.9.0-cp311-….whl (185.6 MB)``."""


class InstallError(TutorError):
    """A package cannot be installed; ``hint`` may hold a command."""

    title = "This package cannot be installed here"


@dataclass(frozen=True, slots=True)
class Place:
    """Where packages go: the interpreter that runs the cells, its ``prefix`` and its folders for packages.

    Compiled packages have a separate folder on some systems (``compiled``).

    ``is_managed``: the system's package manager does not let pip install here. ``is_there``: the package is installed.
    """

    python: str
    prefix: str
    packages: str
    compiled: str
    has_pip: bool = True
    is_managed: bool = False
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of an installation: a step in words, and how many of its ``total`` megabytes are ``done``.

    ``total`` is 0 if it is not known.
    """

    step: str
    done: float = 0.0
    total: float = 0.0

    @property
    def share(self) -> float:
        """The fraction that is done, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def sentence(self) -> str:
        """``Downloading torch-2.9.0 (185.6 MB): 43 of 186 MB``."""
        if self.total < 1:
            return f"{self.step} …"
        return f"{self.step}: {min(self.done, self.total):.0f} of {self.total:.0f} MB"


def _facts(module: str) -> dict[str, Any]:
    """Return facts about the interpreter that runs this function: ``ask`` sends its source to another one."""
    import importlib.util
    import os
    import sys
    import sysconfig

    marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    return {
        "prefix": sys.prefix,
        "packages": sysconfig.get_path("purelib"),
        "compiled": sysconfig.get_path("platlib"),
        "has_pip": importlib.util.find_spec("pip") is not None,
        "is_managed": sys.prefix == sys.base_prefix and os.path.exists(marker),
        "is_there": importlib.util.find_spec(module) is not None,
    }


def place(extra: Extra) -> Place:
    """Examine the Python that runs the cells, which takes a tenth of a second.

    Raises:
        SandboxError: It cannot be started.
    """
    python = executable()
    return Place(python, **ask(python, _facts, extra.module))


def question(extra: Extra, where: Place, line: str) -> str:
    """Return the question to the learner before an installation; ``line`` is the command."""
    return (
        f"Install {extra.title} into {where.prefix}? This does what the line below does in a terminal. It takes some"
        f" minutes and needs {_gigabytes_needed(extra):g} GB of disk space meanwhile.\n\n{line}"
    )


def _gigabytes_needed(extra: Extra) -> float:
    return extra.gigabytes_with_card if has_card() and extra.gigabytes_with_card else extra.gigabytes


def check(extra: Extra, where: Place) -> None:
    """Check whether an extra can be installed.

    Raises:
        InstallError: The machine is somebody else's, pip is missing, the environment is the system's or not writable,
            or the disk is too full.
    """
    if is_room():  # the learner uses somebody else's machine through a browser
        raise InstallError("Only the person who serves this tutor can install packages: ask them.")
    if where.is_managed:
        raise InstallError(
            f"{where.prefix} belongs to the system, which does not let pip install there: make a virtual environment,"
            " and install the tutor in it (lesson 7 shows how)."
        )
    if not where.has_pip:
        raise InstallError(f"This Python has no pip. This adds it: {where.python} -m ensurepip")
    if not os.access(where.packages, os.W_OK):
        raise _no_rights(where)
    if shutil.disk_usage(where.packages).free < _gigabytes_needed(extra) * 10**9:
        raise InstallError(
            f"There is too little space on the disk of {where.prefix}: {extra.title} needs"
            f" {_gigabytes_needed(extra):g} GB while it is installed."
        )


def _no_rights(where: Place) -> InstallError:
    return InstallError(
        f"You may not write to {where.packages}: make a virtual environment of your own, and install the tutor in it"
        " (lesson 7 shows how)."
    )


async def install(extra: Extra, where: Place, tell: Callable[[Progress], None]) -> None:
    """Install an extra; cancelling the task stops it. ``tell`` is called with the progress.

    Raises:
        InstallError: It cannot be installed; the environment is as it was before.
    """
    await asyncio.to_thread(check, extra, where)
    await asyncio.to_thread(_sweep, where)
    staging = Path(where.packages, f"{_STAGING}{leftovers.mark()}-{secrets.token_hex(4)}")
    try:
        for name in ("wheels", "tree", "before", "tmp"):
            (staging / name).mkdir(parents=True)
        await _Installation(extra, where, staging, tell).run()
    except OSError as error:
        raise _failure(extra, where, str(error)) from error
    finally:
        await _run_to_completion(shutil.rmtree, staging, True)
    importlib.invalidate_caches()


def _sweep(where: Place) -> None:
    """Remove the staging folders that killed tutors left behind."""
    with suppress(OSError):
        for folder in Path(where.packages).glob(f"{_STAGING}*"):
            if leftovers.is_dead(folder.name.removeprefix(_STAGING)):
                shutil.rmtree(folder, ignore_errors=True)


async def _run_to_completion(work: Callable[..., object], *arguments: object) -> None:
    """Run something in a thread and wait for its end, even if the task is cancelled meanwhile."""
    doing = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    while not doing.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(doing)
    doing.result()


@dataclass
class _Installation:
    """One installation. ``staging`` holds the wheels, the unpacked tree, replaced files, and pip's temporary files."""

    extra: Extra
    where: Place
    staging: Path
    tell: Callable[[Progress], None]
    _step: str = ""
    _total: float = 0.0
    _counted: str = ""
    _said: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Download, unpack what is not installed yet, and move it in."""
        watching = asyncio.create_task(self._watch())
        try:
            await self._download()
            new = await self._new()
            await self._unpack(new)
        finally:
            watching.cancel()
        self.tell(Progress("Moving it into its place"))
        await _run_to_completion(self._move_in, new)

    async def _watch(self) -> None:
        """Report the progress twice a second."""
        while True:
            done = await asyncio.to_thread(_megabytes, self.staging / self._counted) if self._total else 0.0
            self.tell(Progress(self._step, done, self._total))
            await asyncio.sleep(_REPORT_EVERY)

    # -- pip's part ---------------------------------------------------------------------------------------------------

    async def _download(self) -> None:
        self._step, self._counted = "Looking for the packages", "tmp"

        def heard(line: str) -> None:
            if found := _FETCHED.match(line):
                self._step = f"Downloading {found[1]}"
                self._total = float(found[2] or 0) * {"k": 0.001, "M": 1.0, "G": 1000.0}[found[3] or "M"]

        await self._pip(
            "download", "--only-binary=:all:", "--retries", "1", "-d", self._path("wheels"),
            *requirement(self.extra, self.where.python), heard=heard,
        )  # fmt: skip

    async def _new(self) -> tuple[tuple[str, str], ...]:
        """Return the projects to install, with their versions; installed ones that satisfy the requirements stay.

        Raises:
            InstallError: pip has nothing to install, although Python does not find the package.
        """
        self._step, self._total = "Comparing with what is installed", 0.0
        report = self.staging / "report.json"
        await self._pip("install", "--dry-run", "--report", str(report), *self._local(), self.extra.project)
        projects = json.loads(report.read_text(encoding="utf-8"))["install"]
        found = tuple((each["metadata"]["name"], each["metadata"]["version"]) for each in projects)
        if not found:
            raise InstallError(
                f"pip lists {self.extra.title} as installed, but Python does not find it. In a terminal:",
                hint=f"{command(self.extra, self.where.python)} --force-reinstall",
            )
        return found

    async def _unpack(self, new: Sequence[tuple[str, str]]) -> None:
        wheels = list((self.staging / "wheels").glob("*.whl"))
        self._step, self._counted = f"Unpacking {len(new)} package{'s' if len(new) > 1 else ''}", "tree"
        self._total = await asyncio.to_thread(_unpacked, wheels)
        exact = [f"{name}=={version}" for name, version in new]
        await self._pip(
            "install", *self._local(), "--no-deps", "--ignore-installed", "--no-warn-script-location",
            "--prefix", self._path("tree"), *exact,
        )  # fmt: skip

    def _local(self) -> tuple[str, ...]:
        return "--no-index", "--find-links", self._path("wheels")

    def _path(self, name: str) -> str:
        return str(self.staging / name)

    async def _pip(self, *arguments: str, heard: Callable[[str], None] = lambda _: None) -> None:
        """Run pip, isolated from the folder that the tutor was started in; cancelling the task kills it.

        Raises:
            InstallError: pip failed.
        """
        process = await asyncio.create_subprocess_exec(
            self.where.python, "-I", "-u", "-m", "pip", *arguments,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            cwd=self.staging, env=self._environment(), start_new_session=sys.platform != "win32",
        )  # fmt: skip
        said = []
        try:
            assert process.stdout is not None
            async for raw in process.stdout:
                said.append(raw.decode(errors="replace").rstrip())
                heard(said[-1])
            await process.wait()
        finally:
            if process.returncode is None:
                _kill(process)
                await process.wait()
        if process.returncode:
            raise _failure(self.extra, self.where, "\n".join(said))

    def _environment(self) -> dict[str, str]:
        temporary = self._path("tmp")
        elsewhere = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
        return {
            **{name: value for name, value in os.environ.items() if name not in elsewhere},
            leftovers.TOKEN: f"{leftovers.mark()}-{secrets.token_hex(8)}",
            "TMPDIR": temporary, "TEMP": temporary, "TMP": temporary,
            "PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_PROGRESS_BAR": "off",
            "NO_COLOR": "1",
        }  # fmt: skip

    # -- moving in ----------------------------------------------------------------------------------------------------

    def _move_in(self, new: Sequence[tuple[str, str]]) -> None:
        """Replace older packages by the new ones; move everything back if one file cannot be moved."""
        tree = self.staging / "tree"
        folders = (os.path.relpath(each, self.where.prefix) for each in (self.where.packages, self.where.compiled))
        if not any((tree / folder).is_dir() for folder in folders):
            raise InstallError(
                "pip uses other folders than this Python reads. In a terminal:",
                hint=command(self.extra, self.where.python),
            )
        moved: list[tuple[str, str]] = []

        def move(source: str, target: str) -> None:
            os.rename(source, target)
            moved.append((source, target))

        def make_way(path: str) -> None:
            move(path, str(self.staging / "before" / str(len(moved))))

        try:
            for name, _ in new:
                for path in _files_of(name, self.where):
                    make_way(path)
            for source, target in _moves(str(tree), self.where.prefix, self.extra.module):
                if os.path.lexists(target):
                    make_way(target)
                move(source, target)
        except BaseException:
            for source, target in reversed(moved):
                os.rename(target, source)
            raise


def _moves(source: str, target: str, last: str) -> Iterator[tuple[str, str]]:
    """Yield the renames that merge one tree into another.

    The ``last`` package comes after those that it needs, and pip's record of a package after its files.
    """
    names = sorted(os.listdir(source), key=lambda name: (name.endswith(".dist-info"), name == last, name))
    for name in names:
        ours, theirs = os.path.join(source, name), os.path.join(target, name)
        if os.path.isdir(theirs) and os.path.isdir(ours):
            yield from _moves(ours, theirs, last)
        else:
            yield ours, theirs


def _files_of(project: str, where: Place) -> list[str]:
    """Return the files of the installed version of a project, and pip's folder with its metadata.

    Raises:
        InstallError: There is no list of its files.
    """
    found = next(iter(Distribution.discover(name=project, path=sorted({where.packages, where.compiled}))), None)
    if found is None:
        return []
    if found.files is None:
        raise InstallError(f"{project} was not installed by pip and is too old for this: update it first.")
    paths: dict[str, None] = {}
    for file in found.files:
        is_about_it = file.parts[0].endswith(".dist-info")
        path = os.path.normpath(str(found.locate_file(file.parts[0] if is_about_it else file)))
        if os.path.lexists(path):
            paths[path] = None
    return list(paths)


def _megabytes(folder: Path) -> float:
    """Return the present size of a folder in megabytes."""
    total = 0
    for where, _, files in os.walk(folder):
        for file in files:
            with suppress(OSError):
                total += os.lstat(os.path.join(where, file)).st_size
    return total / 1e6


def _unpacked(wheels: Sequence[Path]) -> float:
    """Return the unpacked size of wheels in megabytes; pip compiles each Python file, which about doubles its size."""
    total = 0
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            total += sum(each.file_size * (1 + each.filename.endswith(".py")) for each in archive.infolist())
    return total / 1e6


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


# -- what went wrong --------------------------------------------------------------------------------------------------

_NO_ROOM = r"No space left|Errno 28\b|quota exceeded|not enough space"
_NO_RIGHTS = r"Permission denied|Errno 13\b|Read-only file system|Errno 30\b|Access is denied"
_NO_NETWORK = (
    r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|timed out|Connection (?:refused|reset|broken)"
    r"|Network is unreachable|ProxyError|SSLError|ConnectionError|Could not fetch URL|HTTP error 5"
)
_NO_BUILD = r"No matching distribution|Could not find a version"


def _failure(extra: Extra, where: Place, said: str) -> InstallError:
    """Return the error that explains the output of pip, or a message of the system."""
    if re.search(_NO_ROOM, said, re.IGNORECASE):
        return InstallError(f"The disk became full, so {extra.title} was not installed; nothing was left behind.")
    if re.search(_NO_RIGHTS, said, re.IGNORECASE):
        return _no_rights(where)
    if line := next((line for line in said.splitlines() if re.search(_NO_NETWORK, line, re.IGNORECASE)), ""):
        server = re.search(r"(?:https?://|host=')([\w.-]+)", line)
        name = server[1] if server is not None else "the package index"
        return InstallError(f"There is no connection to {name}. {_other_index(extra, where)}")
    if re.search(_NO_BUILD, said):
        return InstallError(
            f"There is no {extra.title} for this Python: its release notes say which versions are supported."
            f" {_other_index(extra, where)}".strip()
        )
    if "ResolutionImpossible" in said:
        return InstallError(f"{extra.title} is not compatible with what is installed in {where.prefix}.")
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "no message")
    return InstallError(f"pip stopped: {last.removeprefix('ERROR: ')}")


def _other_index(extra: Extra, where: Place) -> str:
    """Return what to do if the index of CPU builds fails: PyPI's build is too large to download unasked."""
    if len(requirement(extra, where.python)) == 1:
        return "Try again later."
    return (
        f"If other pages open, take PyPI's build instead, which needs no card but several gigabytes:"
        f" {where.python} -m pip install {extra.project}"
    )
