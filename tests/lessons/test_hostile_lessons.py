"""A stranger's lesson must not show the reader's files, run programs, or hang the tutor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from tutor.authoring import Options, check_paths
from tutor.authoring.programs import is_installed
from tutor.cli.check import command as check
from tutor.lessons import Catalogue, LessonProblems, load
from tutor.paths import shipped_lessons

needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links need special rights here")
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")

LESSON = """title: Hostile
{top}
network: {{inputs: [1], target: 1, layers: [{{weights: [{{w1: 0.5}}]}}]}}
screens:
  - blocks:
      - ask: network:Z1
{block}
"""
SECRET = "a,b\n1,2\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder for a lesson's files, beside files that it must not read."""
    (tmp_path / "secret.csv").write_text(SECRET)
    (tmp_path / "secret.yaml").write_text("network: {inputs: [1], layers: [{weights: [[1]]}]}\n")
    folder = tmp_path / "pack"
    folder.mkdir()
    return folder


def written(folder: Path, *, top: str = "", block: str = "") -> Path:
    path = folder / "lesson.yaml"
    path.write_text(LESSON.format(top=top, block="".join(f"      {line}\n" for line in block.split("\n"))))
    return path


def problems_of(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(LessonProblems) as raised:
        load(path)
    return [(problem.line, problem.message) for problem in raised.value.problems]


# -- files ------------------------------------------------------------------------------------------------------------

NAMES = [
    "../secret.csv",
    "data/../../secret.csv",
    "/etc/passwd",
    "out.csv",
    "pipe.csv",
    "folder",
    "zero.csv",
    "x" * 5000,
]
PLACES = [
    ("files: ['{name}']", "", 2),
    ("", "- table: '{name}'", 7),
    ("", "- {{plot: '{name}.csv', x: a, y: b, alt: A.}}", 7),
    ("", "- {{image: '{name}', alt: A.}}", 7),
    ("", "- {{run: 'print(1)', files: ['{name}']}}", 7),
    ("", "- {{lab: A, checks: [{{python: pass}}], files: ['{name}']}}", 7),
    ("networks: {{more: {{from: '{name}.yaml'}}}}", "", 2),
    (
        "networks: {{more: {{data: {{file: '{name}', inputs: [a], target: b}}, layers: [{{weights: [[1]]}}]}}}}",
        "",
        2,
    ),
]


@needs_links
@needs_pipes
@pytest.mark.parametrize(("top", "block", "line"), PLACES, ids=[(top or block)[:30] for top, block, _ in PLACES])
@pytest.mark.parametrize("name", NAMES, ids=[name[:20] for name in NAMES])
def test_a_lesson_cannot_use_files_outside_its_folder(name: str, top: str, block: str, line: int, pack: Path) -> None:
    for suffix in ("", ".csv", ".yaml"):
        (pack / f"out.csv{suffix}").symlink_to(pack.parent / "secret.csv")
        os.mkfifo(pack / f"pipe.csv{suffix}")
        (pack / f"zero.csv{suffix}").symlink_to("/dev/zero")
        (pack / f"folder{suffix}").mkdir()
    found = problems_of(written(pack, top=top.format(name=name), block=block.format(name=name)))
    assert [at for at, _ in found] == [line]
    assert "1,2" not in found[0][1]
    assert len(found[0][1]) < 300


def test_files_of_the_folder_and_of_the_course_are_found(pack: Path) -> None:
    (pack / "data").mkdir()
    (pack / "data" / "a.csv").write_text(SECRET)
    course = os.path.relpath(shipped_lessons() / "networks" / "lab2.yaml", pack)
    lesson = load(
        written(pack, top=f"files: [data/a.csv, ./data/../data/a.csv]\nnetworks: {{two: {{from: {course}}}}}")
    )
    assert [path.resolve() for path in lesson.files] == [(pack / "data" / "a.csv").resolve()] * 2
    assert "two" in lesson.models


def test_a_network_from_a_file_cannot_lead_out_of_the_folder(pack: Path) -> None:
    (pack / "networks").mkdir()
    (pack / "networks" / "inner.yaml").write_text("network: {from: ../../secret.yaml}\n")
    ((_, message),) = problems_of(written(pack, top="networks: {two: {from: networks/inner.yaml}}"))
    assert "outside the lesson's folder" in message


def test_a_large_file_is_refused(pack: Path) -> None:
    with (pack / "large.bin").open("wb") as file:
        file.truncate(20_000_001)
    assert problems_of(written(pack, top="files: [large.bin]")) == [(2, "'large.bin' has more than 20 MB.")]


@needs_links
@needs_pipes
def test_a_folder_with_pipes_and_links_is_listed_and_checked(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(pack)
    os.mkfifo(pack / "pipe.yaml")
    (pack / "zero.yaml").symlink_to("/dev/zero")
    (pack / "out.yaml").symlink_to(pack.parent / "secret.yaml")
    report = check_paths([pack], Options(with_torch=False, with_programs=False, use_cache=False))
    assert {file.path.name: bool(file.errors) for file in report.files} == {
        "lesson.yaml": False, "pipe.yaml": True, "zero.yaml": True, "out.yaml": True,
    }  # fmt: skip
    for glimpse in (True, False):
        entries = {entry.path.name: entry.is_broken for entry in Catalogue([pack], glimpse=glimpse).entries}
        assert entries == {"lesson.yaml": False, "zero.yaml": True, "out.yaml": True}


@needs_links
@needs_pipes
def test_a_pipe_or_a_link_out_of_the_folder_is_not_an_assignment(pack: Path) -> None:
    lesson = written(pack)
    for name in ("pipe.yaml", "named-pipe.yaml"):
        os.mkfifo(pack / name)
    (pack.parent / "secret-assignment.yaml").write_text("assignment: SECRET\n")
    (pack / "out.yaml").symlink_to(pack.parent / "secret-assignment.yaml")
    options = ["--no-run", "--no-torch", "--json"]
    done = CliRunner().invoke(check, [str(pack), str(pack / "named-pipe.yaml"), *options])
    found = {Path(file["path"]).name: len(file["problems"]) for file in json.loads(done.output)["files"]}
    assert found == {lesson.name: 0, "pipe.yaml": 1, "named-pipe.yaml": 1, "out.yaml": 1}


@needs_pipes
def test_a_link_to_a_pipe_or_out_of_the_folder_is_not_opened(pack: Path) -> None:
    os.mkfifo(pack / "pipe.txt")
    path = written(pack, block="- text: 'See [one](pipe.txt) and [two](../secret.csv).'")
    report = check_paths([path], Options(with_torch=False, with_programs=False))
    assert [(problem.name, problem.line) for problem in report.problems] == [("broken-link", 7)]


# -- programs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../x", "evilpkg.x", "a b", "torch>=2", "-r", "", "class", "/etc"])
def test_needs_must_be_names_of_packages(name: str, pack: Path) -> None:
    ((line, message),) = problems_of(written(pack, top=f"needs: [torch, '{name}']"))
    assert line == 2
    assert "not the name of a package" in message


def test_a_package_is_found_without_importing_anything(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (pack / "evilpkg").mkdir()
    (pack / "evilpkg" / "__init__.py").write_text("raise SystemExit('it was imported')\n")
    monkeypatch.chdir(pack)
    monkeypatch.setattr(sys, "path", ["", str(pack), *sys.path])
    assert not is_installed("evilpkg")
    assert is_installed("pytest")
    assert is_installed("tutor")
    assert "evilpkg" not in sys.modules


EVIL = ["click", "yaml", "numpy", "json", "pydantic", "torch", "sympy"]


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "tutor", "solve", "lesson.yaml", "--json"],  # Python puts the working folder first
        ["-P", "-c", "from tutor.cli import main; main()", "check", "lesson.yaml", "--no-run", "--no-torch"],
    ],
    ids=["solve", "check"],
)
def test_a_module_beside_a_lesson_is_not_imported(command: list[str], pack: Path) -> None:
    """The process that asks PyTorch is started in such a folder by ``engines/test_agreement``."""
    written(pack)
    for name in EVIL:
        (pack / f"{name}.py").write_text(f"open('imported-{name}', 'w').close()\nraise SystemExit(3)\n")
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=pack, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not [*pack.glob("imported-*")]


@pytest.mark.parametrize("options", [{}, {"isolated_only": False}], ids=["unasked", "asked"])
def test_a_strangers_cells_run_only_isolated_or_on_request(
    options: dict[str, bool], pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    level = SimpleNamespace(can_run=True, is_isolated=False, better="Install it.")
    monkeypatch.setattr("tutor.authoring.programs.level", lambda: level)
    ran: list[str] = []

    def run(lesson: object, cells: object) -> list[object]:
        ran.append("cells")
        return []

    monkeypatch.setattr("tutor.authoring.programs._ran_cells", run)
    path = written(pack, block="- run: print(1)\n  output: 1\n  allow: {output-differs: it depends}")
    report = check_paths([path], Options(with_torch=False, use_cache=False, **options))
    (file,) = report.files
    if options:
        assert ran == ["cells"]
    else:
        assert ran == []
        assert "--run" in file.notes[0]
        assert file.problems == []  # an unused allow is no warning when the check did not run
