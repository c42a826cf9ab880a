"""Packs: opened in place under prefixed ids; archives are checked; programs run only in a sandbox."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from tutor import paths
from tutor.cli import group
from tutor.cli.open_ import without_pack
from tutor.errors import SandboxError
from tutor.labs.cells import Cells
from tutor.labs.lab import lab_kernel
from tutor.lessons import Catalogue, LessonProblems, cache, load
from tutor.lessons.blocks import Lab
from tutor.lessons.packs import PackError, is_pack, open_pack
from tutor.session import open_lesson
from tutor.store import Store

PACK = "name: deep\ntitle: Deep learning\nversion: 2\nlessons: [02-second.yaml, 01-first.yaml]\n"
LESSON = """\
title: {}
screens:
  - blocks:
      - choose: Yes?
        options: [{{text: a, correct: true}}, {{text: b}}]
"""
PROGRAM = """\
title: Programs
id: programs
screens:
  - blocks:
      - run: open('ran', 'w')
      - lab: Add
        id: add
        checks: [{variable: total, equals: 3}]
"""


def pack(folder: Path, text: str = PACK) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "pack.yaml").write_text(text)
    (folder / "01-first.yaml").write_text(LESSON.format("First"))
    (folder / "02-second.yaml").write_text(LESSON.format("Second") + "id: forward-pass\n")
    (folder / "draft.yaml").write_text(LESSON.format("Draft"))
    return folder


def ids() -> list[str]:
    return [entry.id for entry in Catalogue().entries if "/" in entry.id]


def test_a_folder_is_opened_in_place_and_remembered(tmp_path: Path) -> None:
    before = {entry.id for entry in Catalogue().entries}
    folder = pack(tmp_path / "deep")
    assert without_pack(str(folder)) is None
    assert sorted(ids()) == ["deep/first", "deep/forward-pass"]
    assert before <= {entry.id for entry in Catalogue().entries}, "the pack replaced another lesson"
    assert open_lesson("deep/first", Store(None)).title == "First"
    assert cache.load(folder / "01-first.yaml").id == load(folder / "01-first.yaml").id == "deep/first"
    (folder / "pack.yaml").unlink()
    assert ids() == []
    assert cache.load(folder / "01-first.yaml").id == "first"


def test_a_pack_replaces_only_the_lessons_that_it_names(tmp_path: Path) -> None:
    (given,) = [entry for entry in Catalogue().entries if entry.number == 1]
    folder = pack(tmp_path / "deep", PACK + f"replaces: [{given.id}]\n")
    (folder / "01-first.yaml").write_text(LESSON.format("First") + f"id: {given.id}\n")
    open_pack(folder)
    catalogue = Catalogue()
    assert catalogue.find(given.id).path.parent == folder
    assert any("replaces" in notice for notice in catalogue.notices)
    assert [entry.id for entry in catalogue.entries if "/" in entry.id] == ["deep/forward-pass"]


def archive(place: Path, members: dict[str, bytes], *, link: str = "") -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members.items():
            opened.writestr(name, data)
        if link:
            info = zipfile.ZipInfo(link)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            opened.writestr(info, "/etc/passwd")
    return place


def members(folder: Path, inside: str = "") -> dict[str, bytes]:
    return {f"{inside}{each.name}": each.read_bytes() for each in pack(folder).iterdir()}


@pytest.mark.parametrize("inside", ["", "deep-1.0/"])
def test_an_archive_is_unpacked_once_into_the_tutors_folder(tmp_path: Path, inside: str) -> None:
    file = archive(tmp_path / "deep.zip", members(tmp_path / "made", inside))
    assert is_pack(file)
    found = open_pack(file)
    assert paths.home().resolve() in found.folder.parents
    assert open_pack(file).folder == found.folder
    assert sorted(ids()) == ["deep/first", "deep/forward-pass"]


@pytest.mark.parametrize(
    ("extra", "link", "said"),
    [
        ({"../evil.yaml": b"x"}, "", "leads out"),
        ({"/evil.yaml": b"x"}, "", "leads out"),
        ({"..\\evil.yaml": b"x"}, "", "leads out"),
        ({"C:/evil.yaml": b"x"}, "", "leads out"),
        ({}, "passwd.yaml", "link"),
        ({"bomb.bin": b"\0" * 30_000_000}, "", "far larger"),
        ({f"{number}.txt": b"" for number in range(2001)}, "", "more than 2000"),
    ],
)
def test_a_harmful_archive_is_refused_and_writes_nothing(
    tmp_path: Path, extra: dict[str, bytes], link: str, said: str
) -> None:
    file = archive(tmp_path / "deep.zip", {**members(tmp_path / "made"), **extra}, link=link)
    with pytest.raises(PackError, match=said):
        open_pack(file)
    assert not any((paths.home() / "packs").glob("*"))
    assert not (tmp_path / "evil.yaml").exists()
    assert ids() == []


def test_a_file_that_is_not_an_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(PackError, match="unpacked"):
        open_pack(tmp_path / "deep.zip")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\nlessons: [01-first.yaml]\n", "name:"),
        ("name: ../x\nlessons: [01-first.yaml]\n", "name:"),
        ("name: deep\nlessons: []\n", "lessons:"),
        ("name: deep\nlessons: [gone.yaml]\n", "gone.yaml"),
        ("name: deep\nlessons: [../made/01-first.yaml]\n", "outside"),
        ("name: deep\nlesons: [01-first.yaml]\n", "lesons"),
        ("- name\n", "no keys"),
    ],
)
def test_an_error_in_a_pack_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        open_pack(pack(tmp_path / "deep", text))


def test_a_packs_programs_run_only_in_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pack(tmp_path / "deep", "name: deep\nlessons: [p.yaml]\n")
    (folder / "p.yaml").write_text(PROGRAM)
    open_pack(folder)
    lesson = open_lesson("deep/programs", Store(None)).lesson
    assert not list(tmp_path.rglob("ran"))
    lab = lesson.block("add")
    assert isinstance(lab, Lab)
    no_sandbox: Any = SimpleNamespace(is_isolated=False, better="Install bubblewrap.")
    for begin in (lambda: Cells.of_lesson(lesson, level=no_sandbox), lambda: lab_kernel(lab, lesson, level=no_sandbox)):
        with pytest.raises(SandboxError, match="contained"):
            begin()


def test_opening_a_pack_lists_its_lessons(tmp_path: Path) -> None:
    from tutor.cli.open_ import command

    folder = pack(tmp_path / "deep")
    said = CliRunner().invoke(command, ["--plain", str(folder)], input="q\n", standalone_mode=False)
    assert "2 lessons" in said.output
    assert "First" in said.output
    assert "Draft" not in said.output


def test_check_accepts_a_pack_as_folder_archive_or_file(tmp_path: Path) -> None:
    def checked(place: Path) -> str:
        return CliRunner().invoke(group, ["check", "--no-run", "--again", str(place)]).output

    folder = pack(tmp_path / "deep", PACK + "replaces: [forward-pass]\n")
    (folder / "draft.yaml").unlink()
    archive = tmp_path / "deep.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for path in folder.iterdir():
            opened.write(path, path.name)
    for place in (folder, archive, folder / "pack.yaml"):
        assert "0 errors, 0 warnings" in checked(place)
    (folder / "pack.yaml").write_text("name: deep\nlesson: [01-first.yaml]\n")
    said = checked(folder / "pack.yaml")
    assert "1 file, 1 error" in said
    assert "'lesson'" in said


@pytest.mark.parametrize("name", ["week.yaml", "pack.yaml"])
def test_an_assignment_or_pack_loaded_as_a_lesson_gives_one_problem(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(PACK if name == "pack.yaml" else "assignment: Week\nlessons: [forward-pass]\n")
    with pytest.raises(LessonProblems) as refused:
        load(tmp_path / name)
    assert len(refused.value.problems) == 1
