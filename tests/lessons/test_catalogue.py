"""The list of lessons: cached, unharmed by a broken lesson; a later folder replaces an earlier one's lessons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.errors import LessonError
from tutor.lessons.catalogue import Catalogue, grouped

LESSON = "title: {title}\nid: {id}\nscreens:\n  - blocks:\n      - number: One and one?\n        answer: 1 + 1\n"


def put(folder: Path, name: str, title: str, lesson_id: str, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(LESSON.format(title=title, id=lesson_id) + more, encoding="utf-8")
    return path


def test_lessons_are_grouped_under_headings(tmp_path: Path) -> None:
    lessons = {"a": {"1-one": "", "2-two": "group: Further\n", "3-three": ""}, "b": {"4-own": ""}}
    for folder, files in lessons.items():
        (tmp_path / folder).mkdir()
        for name, group in files.items():
            text = f"title: {name}\n{group}screens:\n  - blocks:\n      - number: How many?\n        answer: 2\n"
            (tmp_path / folder / f"{name}.yaml").write_text(text)
    for glimpse in (True, False):
        both = Catalogue([tmp_path / "a", tmp_path / "b"], index=tmp_path / "i.json", glimpse=glimpse)
        shown = [(heading, entry.number) for heading, entry in grouped(both.entries)]
        assert shown == [("The course", 1), ("", 3), ("Further", 2), ("More lessons", 4)]
    alone = Catalogue([tmp_path / "b"], index=tmp_path / "j.json")
    assert [heading for heading, _ in grouped(alone.entries)] == [""]


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Plain", "Plain"), ("Plain  # a comment", "Plain"), ("'Single: #1'  # a comment", "Single: #1"),
        ('"Double" ', "Double"), ("C# and more", "C# and more"), ("One: two", "One"), (">-\n  Folded", "Folded"),
    ],
)  # fmt: skip
def test_a_glimpse_and_a_full_read_find_the_same_id_and_title(tmp_path: Path, written: str, title: str) -> None:
    lesson = LESSON.format(title=written, id="its-id  # leave it as it is")
    (tmp_path / "2-name.yaml").write_text(lesson)
    first, whole = (
        Catalogue([tmp_path], index=tmp_path / f"{glimpse}.json", glimpse=glimpse).entries[0]
        for glimpse in (True, False)
    )
    if whole.is_broken:  # YAML does not allow the colon there
        return
    assert (first.id, whole.id, whole.title) == ("its-id", "its-id", title)
    assert first.title == title or "Folded" in written  # a glimpse does not read the next line


def test_files_include_lessons_replaced_by_another(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        put(tmp_path, name, name, "the-same")
    catalogue = Catalogue([tmp_path], index=tmp_path / "i.json")
    assert [entry.path.name for entry in catalogue.entries] == ["a.yaml"]
    assert [entry.path.name for entry in catalogue.files] == ["a.yaml", "b.yaml"]


def test_entries_are_in_order_and_can_be_found(tmp_path: Path) -> None:
    put(tmp_path / "a", "10-ten.yaml", "Ten", "ten")
    put(tmp_path / "a", "02-two.yaml", "Two", "two", "summary: Second.\nminutes: 5\nrequires: ten\n")
    (tmp_path / "a" / "net.yaml").write_text("network: {inputs: [1], layers: [{weights: [[1]]}]}\n")
    catalogue = Catalogue([tmp_path / "a"], index=tmp_path / "i.json")
    assert [(entry.number, entry.id, entry.questions) for entry in catalogue.entries] == [(2, "two", 1), (10, "ten", 1)]
    two = catalogue.find("2")
    assert (two.title, two.summary, two.minutes, two.requires, two.screens) == ("Two", "Second.", 5, ("ten",), 1)
    assert catalogue.find("ten").number == 10
    with pytest.raises(LessonError, match="Did you mean ten"):
        catalogue.find("tem")


def test_a_broken_lesson_is_listed_with_its_error(tmp_path: Path) -> None:
    put(tmp_path / "a", "01-good.yaml", "Good", "good")
    (tmp_path / "a" / "02-bad-one.yaml").write_text("titel: Bad\n", encoding="utf-8")
    catalogue = Catalogue([tmp_path / "a"], index=tmp_path / "i.json")
    assert [entry.is_broken for entry in catalogue.entries] == [False, True]
    assert "did you mean 'title'" in catalogue.entries[1].error
    assert catalogue.entries[1].title == "Bad one"


def test_a_later_folder_replaces_a_lesson_with_a_notice(tmp_path: Path) -> None:
    put(tmp_path / "a", "01-x.yaml", "Old", "same")
    put(tmp_path / "b", "x.yaml", "New", "same")
    catalogue = Catalogue([tmp_path / "a", tmp_path / "b", tmp_path / "none"], index=tmp_path / "i.json")
    assert [(entry.title, entry.number) for entry in catalogue.entries] == [("New", 1)]
    assert any("replaces" in notice for notice in catalogue.notices)
    assert any("no folder" in notice for notice in catalogue.notices)


def test_a_translation_is_listed_separately(tmp_path: Path) -> None:
    put(tmp_path / "a", "01-x.yaml", "One", "same")
    put(tmp_path / "a", "01-x.tr.yaml", "Bir", "same", "language: tr\n")
    catalogue = Catalogue([tmp_path / "a"], index=tmp_path / "i.json")
    assert {entry.title for entry in catalogue.entries} == {"One", "Bir"}
    assert catalogue.find("same", "tr").title == "Bir"


def test_only_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = put(tmp_path / "a", "01-x.yaml", "Old", "x")
    index = tmp_path / "i.json"
    Catalogue([tmp_path / "a"], index=index)
    data = json.loads(index.read_text())
    (record,) = data["files"].values()
    record["entry"]["title"] = "From the index"
    index.write_text(json.dumps(data))
    assert Catalogue([tmp_path / "a"], index=index).entries[0].title == "From the index"
    os.utime(path, ns=(1, 1))
    assert Catalogue([tmp_path / "a"], index=index).entries[0].title == "Old"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": [3, "0"]}', '{"files": 3}'])
def test_a_damaged_index_is_rewritten(tmp_path: Path, damage: str) -> None:
    put(tmp_path / "a", "01-x.yaml", "Title", "x")
    index = tmp_path / "i.json"
    index.write_text(damage)
    assert Catalogue([tmp_path / "a"], index=index).entries[0].title == "Title"
    assert json.loads(index.read_text())["files"]


def test_reading_the_index_imports_neither_pydantic_nor_yaml(tmp_path: Path) -> None:
    put(tmp_path / "a", "01-x.yaml", "Title", "x")
    index = tmp_path / "i.json"
    Catalogue([tmp_path / "a"], index=index)
    program = (
        "import sys; from pathlib import Path; from tutor.lessons import Catalogue\n"
        f"c = Catalogue([Path({str(tmp_path / 'a')!r})], index=Path({str(index)!r}))\n"
        "assert c.entries[0].title == 'Title'\n"
        "print([name for name in ('pydantic', 'yaml', 'numpy', 'sympy', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
