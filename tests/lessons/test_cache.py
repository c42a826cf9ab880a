"""Lessons that were kept: opened without YAML and pydantic, never stale, and nothing else comes out of the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tutor import paths
from tutor.lessons import Catalogue, Lesson, LessonProblems, blocks, cache, load
from tutor.lessons.catalogue import read_aside
from tutor.lessons.plain_data import to_data
from tutor.practice import vary

COURSE = sorted(paths.shipped_lessons().glob("*.yaml"))
LONG_AGO = 1_700_000_000
LESSON = """title: {title}
network: networks/net.yaml
screens:
  - title: One
    blocks:
      - text: "The bias is {{{{b}}}}."
      - ask: Z1
"""
NETWORK = """network:
  inputs: [1]
  target: 1
  layers: [{{weights: [{{w1: 0.5}}], bias: {{b: {bias}}}, activation: sigmoid}}]
"""


def write(path: Path, text: str, when: int = LONG_AGO) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (when, when))
    return path


@pytest.fixture(autouse=True)
def learner_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which nothing is kept yet."""
    home = tmp_path / "learner-home"
    monkeypatch.setenv("TUTOR_HOME", str(home))
    return home


@pytest.fixture
def lesson_file(tmp_path: Path) -> Path:
    write(tmp_path / "networks" / "net.yaml", NETWORK.format(bias=0.1))
    return write(tmp_path / "mine.yaml", LESSON.format(title="Mine"))


def opened_without_reading(path: Path) -> Lesson:
    """The lesson, where reading its file is an error."""

    def read(*_: object, **__: object) -> Lesson:
        raise AssertionError("this lesson was read anew")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tutor.lessons.loader.load_text", read)
        return cache.load(path)


def kept_files() -> list[Path]:
    return sorted((paths.home() / "cache" / "lessons").glob("*"))


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_every_lesson_of_the_course_is_the_same_when_it_was_kept(path: Path) -> None:
    read = load(path)
    cache.keep(read)
    kept = opened_without_reading(path)
    assert kept is not read
    assert (kept.id, kept.title, kept.text, kept.sources) == (read.id, read.title, read.text, read.sources)
    assert [(block.id, block.kind, block.line) for block in kept.blocks] == [
        (block.id, block.kind, block.line) for block in read.blocks
    ]
    for name, part in read.parts.items():
        assert kept.parts[name].spec == part.spec
        assert kept.graph(name).values == pytest.approx(part.graph.values, nan_ok=True)
        assert [kept.graph(name).notation.text(node) for node in part.graph.nodes] == [
            part.graph.notation.text(node) for node in part.graph.nodes
        ]
        assert kept.graph(name).canonical(f"{next(iter(part.graph.nodes))}@1") is not None
    assert [item.reference.name for item in kept.asked()] == [item.reference.name for item in read.asked()]
    assert all(item.graph is kept.graph(item.reference.of) for item in kept.asked())


def test_other_numbers_are_the_same_from_a_kept_lesson() -> None:
    path = next(path for path in COURSE if "forward-pass" in path.name)
    read = load(path)
    cache.keep(read)
    assert vary(opened_without_reading(path), "17").graph().values == vary(read, "17").graph().values


def test_a_kept_lesson_needs_neither_yaml_nor_pydantic(lesson_file: Path) -> None:
    cache.load(lesson_file)
    program = (
        f"import sys; from tutor.lessons import cache; lesson = cache.load({str(lesson_file)!r}); "
        "print(lesson.blocks[0].text.fill()); assert not {'yaml', 'pydantic', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("The bias is 0.1.", "")


def test_a_kept_lesson_has_its_right_values_without_numpy(lesson_file: Path) -> None:
    """NumPy worked them out when the lesson was read; opening it again does not wait for NumPy."""
    cache.load(lesson_file)
    program = (
        f"import sys; from tutor.lessons import cache; values = cache.load({str(lesson_file)!r}).graph().values; "
        "print(values['Z1'], 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("0.6 False", "")


def test_what_has_changed_is_read_again(lesson_file: Path, tmp_path: Path) -> None:
    assert cache.load(lesson_file).title == "Mine"
    write(lesson_file, LESSON.format(title="Yours"), LONG_AGO + 1)
    assert cache.load(lesson_file).title == "Yours"
    write(tmp_path / "networks" / "net.yaml", NETWORK.format(bias=0.2), LONG_AGO + 1)
    assert cache.load(lesson_file).graph().values["b"] == 0.2


def test_what_is_missing_now_is_an_error_again(lesson_file: Path, tmp_path: Path) -> None:
    cache.load(lesson_file)
    (tmp_path / "networks" / "net.yaml").unlink()
    with pytest.raises(LessonProblems, match=r"There is no file 'networks/net.yaml'"):
        cache.load(lesson_file)


def test_another_tutor_reads_it_again(lesson_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.load(lesson_file)
    monkeypatch.setattr(paths, "tutor_stamp", lambda: 1)
    assert cache.load(lesson_file).title == "Mine"


def test_a_file_that_may_still_be_written_is_not_kept(lesson_file: Path) -> None:
    lesson_file.touch()
    cache.load(lesson_file)
    assert kept_files() == []


def test_messages_name_the_file_as_it_was_named(lesson_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(lesson_file, "titel: Mine\nscreens: []\n")
    monkeypatch.chdir(lesson_file.parent)
    with pytest.raises(LessonProblems) as caught:
        cache.load("mine.yaml")
    assert str(caught.value).startswith("mine.yaml:1:1:")


def test_one_folder_does_not_get_anothers_lesson(lesson_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = write(lesson_file.parent / "other" / "mine.yaml", LESSON.format(title="Other"))
    write(other.parent / "networks" / "net.yaml", NETWORK.format(bias=0.3))
    for folder, title in ((lesson_file.parent, "Mine"), (other.parent, "Other"), (lesson_file.parent, "Mine")):
        monkeypatch.chdir(folder)
        assert cache.load("mine.yaml").title == title


HARMLESS = to_data("a text")
HARM = [
    [],
    HARMLESS,
    {"a": 1},
    [["os.mkdir", "harm"]],
    [["tuple", "harm"], ["Path.mkdir", [0]]],
    [["type", "harm"]],
    [["Text"]],
    [["Text", [7]]],
    [["Graph", 1, 2, 3, 4, 5, 6, 7, 8]],
]


def kept_as(path: Path, data: object) -> None:
    """Put other data in the record of a lesson that was kept, as one who can write in the folder could."""
    cache.Records(paths.home() / "cache" / "lessons").keep(path, [path.parent / "networks" / "net.yaml"], data)


@pytest.mark.parametrize("data", HARM, ids=str)
def test_nothing_but_a_lesson_comes_out_of_a_record(
    lesson_file: Path, data: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lesson_file.parent)
    before = {name: dict(vars(kind)) for name, kind in vars(blocks).items() if isinstance(kind, type)}
    cache.load(lesson_file)
    kept_as(lesson_file, data)
    assert cache.load(lesson_file).title == "Mine"
    assert not Path("harm").exists()
    assert {name: dict(vars(kind)) for name, kind in vars(blocks).items() if isinstance(kind, type)} == before


def test_a_record_holds_plain_data_and_no_pickle(lesson_file: Path) -> None:
    cache.load(lesson_file)
    (kept,) = kept_files()
    head, _, body = kept.read_bytes().partition(b"\n")
    files, _ = json.loads(head)
    assert files[0] == str(lesson_file)
    assert json.loads(zlib.decompress(body))[-1][0] == "Lesson"


def test_a_record_that_was_changed_by_hand_does_not_count(lesson_file: Path) -> None:
    cache.load(lesson_file)
    (kept,) = kept_files()
    head, _, body = kept.read_bytes().partition(b"\n")
    other = zlib.decompress(body).replace(b'"Mine"', b'"Evil"')
    kept.write_bytes(head + b"\n" + zlib.compress(other))
    assert cache.load(lesson_file).title == "Mine"


@pytest.mark.parametrize("text", [b"", b"\n", b"[]\n", b"[1, 2]\n", json.dumps({"a": 1}).encode(), b"\xff\xfe\x00"])
def test_a_damaged_file_is_as_good_as_none(lesson_file: Path, text: bytes) -> None:
    cache.load(lesson_file)
    (kept,) = kept_files()
    kept.write_bytes(text)
    assert cache.load(lesson_file).title == "Mine"


def test_a_home_that_cannot_be_written_stops_nobody(lesson_file: Path, learner_home: Path) -> None:
    learner_home.mkdir()
    (learner_home / "cache").write_text("a file where the folder should be")
    assert cache.load(lesson_file).title == "Mine"
    assert cache.load(lesson_file).title == "Mine"


def test_the_lessons_of_the_list_are_kept_by_another_process(
    lesson_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "lesson_folders", lambda: (lesson_file.parent,))
    read_aside()
    assert Catalogue(glimpse=True).pending == 0
    assert opened_without_reading(lesson_file).title == "Mine"
