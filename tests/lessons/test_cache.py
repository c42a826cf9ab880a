"""Cached lessons: opened without YAML and pydantic, never stale, and no way to smuggle in anything but a lesson."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tutor import paths
from tutor.classroom.assignment import load_assignment
from tutor.learning.index import load_index
from tutor.lessons import Catalogue, Lesson, LessonProblems, blocks, cache, load
from tutor.lessons.catalogue import read_aside
from tutor.lessons.plain_data import to_data
from tutor.practice import vary
from tutor.session.practice import Learner, PracticeRun
from tutor.store import Store

COURSE = sorted(paths.shipped_lessons().glob("*.yaml"))
BACKPROPAGATION = paths.shipped_lessons() / "04-backpropagation.yaml"
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
    """A folder with an empty cache."""
    home = tmp_path / "learner-home"
    monkeypatch.setenv("TUTOR_HOME", str(home))
    return home


@pytest.fixture
def lesson_file(tmp_path: Path) -> Path:
    write(tmp_path / "networks" / "net.yaml", NETWORK.format(bias=0.1))
    return write(tmp_path / "mine.yaml", LESSON.format(title="Mine"))


def from_cache(path: Path) -> Lesson:
    """Open a lesson, and fail if its file is parsed."""

    def read(*_: object, **__: object) -> Lesson:
        raise AssertionError("this lesson was parsed again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tutor.lessons.loader.load_text", read)
        return cache.load(path)


def kept_files() -> list[Path]:
    return sorted((paths.home() / "cache" / "lessons").glob("*"))


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_every_lesson_of_the_course_is_the_same_from_the_cache(path: Path) -> None:
    read = load(path)
    cache.keep(read)
    kept = from_cache(path)
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
    assert [item.name for item in kept.asked()] == [item.name for item in read.asked()]
    assert all(item.graph is kept.graph(item.of) for item in kept.asked())


def test_a_variant_is_the_same_from_a_cached_lesson() -> None:
    path = next(path for path in COURSE if "forward-pass" in path.name)
    read = load(path)
    cache.keep(read)
    assert vary(from_cache(path), "17").graph().values == vary(read, "17").graph().values


def test_a_cached_lesson_needs_neither_yaml_nor_pydantic(lesson_file: Path) -> None:
    cache.load(lesson_file)
    program = (
        f"import sys; from tutor.lessons import cache; lesson = cache.load({str(lesson_file)!r}); "
        "print(lesson.blocks[0].text.fill()); assert not {'yaml', 'pydantic', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("The bias is 0.1.", "")


def test_a_cached_lesson_has_its_values_without_numpy(lesson_file: Path) -> None:
    """NumPy computed them when the lesson was parsed; opening it from the cache does not load NumPy."""
    cache.load(lesson_file)
    program = (
        f"import sys; from tutor.lessons import cache; values = cache.load({str(lesson_file)!r}).graph().values; "
        "print(values['Z1'], 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("0.6 False", "")


def test_a_changed_file_is_parsed_again(lesson_file: Path, tmp_path: Path) -> None:
    assert cache.load(lesson_file).title == "Mine"
    write(lesson_file, LESSON.format(title="Yours"), LONG_AGO + 1)
    assert cache.load(lesson_file).title == "Yours"
    write(tmp_path / "networks" / "net.yaml", NETWORK.format(bias=0.2), LONG_AGO + 1)
    assert cache.load(lesson_file).graph().values["b"] == 0.2


def test_a_file_that_has_gone_missing_is_an_error(lesson_file: Path, tmp_path: Path) -> None:
    cache.load(lesson_file)
    (tmp_path / "networks" / "net.yaml").unlink()
    with pytest.raises(LessonProblems, match=r"There is no file 'networks/net.yaml'"):
        cache.load(lesson_file)


def test_another_version_of_the_tutor_parses_the_file_again(lesson_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.load(lesson_file)
    assert from_cache(lesson_file).title == "Mine"
    monkeypatch.setattr(paths, "tutor_stamp", lambda: 1)
    with pytest.raises(AssertionError, match="parsed again"):
        from_cache(lesson_file)


def test_a_file_changed_just_now_is_not_cached(lesson_file: Path) -> None:
    lesson_file.touch()
    cache.load(lesson_file)
    assert kept_files() == []


def test_messages_name_the_file_as_the_caller_did(lesson_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(lesson_file, "titel: Mine\nscreens: []\n")
    monkeypatch.chdir(lesson_file.parent)
    with pytest.raises(LessonProblems) as caught:
        cache.load("mine.yaml")
    assert str(caught.value).startswith("mine.yaml:1:1:")


def test_lessons_of_one_name_in_two_folders_do_not_mix(lesson_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def replace_record(path: Path, data: object) -> None:
    """Replace a cached lesson's record, as somebody who can write to the folder could."""
    cache.Records(paths.home() / "cache" / "lessons").keep(path, [path.parent / "networks" / "net.yaml"], data)


@pytest.mark.parametrize("data", HARM, ids=str)
def test_a_forged_record_is_ignored_and_harmless(
    lesson_file: Path, data: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lesson_file.parent)
    before = {name: dict(vars(kind)) for name, kind in vars(blocks).items() if isinstance(kind, type)}
    cache.load(lesson_file)
    replace_record(lesson_file, data)
    assert cache.load(lesson_file).title == "Mine"
    assert not Path("harm").exists()
    assert {name: dict(vars(kind)) for name, kind in vars(blocks).items() if isinstance(kind, type)} == before


def test_a_record_is_json_and_not_a_pickle(lesson_file: Path) -> None:
    cache.load(lesson_file)
    (kept,) = kept_files()
    head, _, body = kept.read_bytes().partition(b"\n")
    files, _ = json.loads(head)
    assert files[0] == str(lesson_file)
    assert json.loads(zlib.decompress(body))[-1][0] == "Lesson"


def test_an_edited_record_is_ignored(lesson_file: Path) -> None:
    cache.load(lesson_file)
    (kept,) = kept_files()
    head, _, body = kept.read_bytes().partition(b"\n")
    other = zlib.decompress(body).replace(b'"Mine"', b'"Evil"')
    kept.write_bytes(head + b"\n" + zlib.compress(other))
    assert cache.load(lesson_file).title == "Mine"


@pytest.mark.parametrize("text", [b"", b"\n", b"[]\n", b"[1, 2]\n", json.dumps({"a": 1}).encode(), b"\xff\xfe\x00"])
def test_a_damaged_record_is_ignored(lesson_file: Path, text: bytes) -> None:
    cache.load(lesson_file)
    (kept,) = kept_files()
    kept.write_bytes(text)
    assert cache.load(lesson_file).title == "Mine"


def test_lessons_open_without_a_writable_cache(lesson_file: Path, learner_home: Path) -> None:
    learner_home.mkdir()
    (learner_home / "cache").write_text("a file where the folder should be")
    assert cache.load(lesson_file).title == "Mine"
    assert cache.load(lesson_file).title == "Mine"


def skills(folder: Path) -> object:
    return load_index([BACKPROPAGATION]).lessons


def assigned(folder: Path) -> object:
    file = folder / "week.yaml"
    file.write_text("tutor: 1\nassignment: Week 1\nlessons: [backpropagation]\n", encoding="utf-8")
    return load_assignment(file).lessons


def practised(folder: Path) -> object:
    store = Store(None, learner="")
    store.set_position("backpropagation", "", 0)
    return PracticeRun(store, learner=Learner(store, files=[BACKPROPAGATION])).next()


@pytest.mark.parametrize("use", [skills, assigned, practised])
def test_a_cached_lesson_is_not_read_as_yaml(
    use: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.load(BACKPROPAGATION)
    for module in ("loader", "yaml.document"):
        monkeypatch.setattr(f"tutor.lessons.{module}.read_document", lambda *_, **__: pytest.fail("it is read"))
    assert use(tmp_path)


def test_another_process_caches_the_listed_lessons(lesson_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "lesson_folders", lambda: (lesson_file.parent,))
    read_aside()
    assert Catalogue(glimpse=True).pending == 0
    assert from_cache(lesson_file).title == "Mine"
