"""The files of a learner's labs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.labs.work import SavedFile, files_of, lab_path, open_lab, put_aside, read, save


def test_a_labs_file_is_created_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    path = lab_path("lesson-5", "lab3-numpy")
    assert path == tmp_path / "work" / "lesson-5" / "lab3-numpy.py"
    assert open_lab(path, "x = 1\n") == "x = 1\n"
    save(path, "x = 2 # θ\n")
    assert open_lab(path, "x = 1\n") == "x = 2 # θ\n"
    assert os.listdir(path.parent) == ["lab3-numpy.py"]


def test_programs_put_aside_never_overwrite_each_other(tmp_path: Path) -> None:
    path = tmp_path / "lab.py"
    for text in ("one", "two"):
        save(path, text)
        put_aside(path)
    assert {file.name: read(file) for file in tmp_path.iterdir()} == {"lab-1.py": "one", "lab-2.py": "two"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a/b", "", "C:\\x"])
def test_a_name_never_leads_out_of_the_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    path = lab_path(name, name)
    assert path.resolve().is_relative_to(tmp_path / "work")
    assert path.parent.parent == tmp_path / "work"


def test_a_save_by_an_editor_is_noticed_once(tmp_path: Path) -> None:
    path = tmp_path / "lab.py"
    save(path, "x = 1\n")
    watched = SavedFile(path, "x = 1\n")
    assert watched.changed() is None
    save(path, "x = 2\n")
    os.utime(path, ns=(1, 10**18))
    assert watched.changed() == "x = 2\n"
    assert watched.changed() is None
    path.unlink()
    assert watched.changed() is None


def test_a_file_that_vanishes_while_it_is_read_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lab.py"
    save(path, "x = 1\n")
    watched = SavedFile(path, "x = 1\n")
    save(path, "x = 2\n")
    os.utime(path, ns=(1, 10**18))
    with monkeypatch.context() as gone:
        gone.setattr("tutor.labs.work.read", lambda _: path.with_name("gone").read_text())
        assert watched.changed() is None
    assert watched.changed() == "x = 2\n"


def test_files_keep_the_names_in_the_lesson(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    inside = tmp_path / "data" / "a.csv"
    inside.write_text("")
    assert files_of([inside], tmp_path) == {"a.csv": inside, "data/a.csv": inside}
    assert files_of([Path("data/b.csv")], tmp_path)["data/b.csv"] == tmp_path / "data" / "b.csv"


def test_no_two_learners_share_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    found = set()
    for name in ("", "Ada", "ada", "O'Neil", "O-Neil", "../x", "a/b", "x" * 300, "Müller", "M\udcfcller"):
        monkeypatch.setenv("TUTOR_LEARNER", name)
        path = lab_path("lesson-5", "lab")
        assert path.resolve().is_relative_to(tmp_path)
        found.add(str(path).lower())
    assert len(found) == 10
