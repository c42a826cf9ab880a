"""The learner's own files, and output compared with what a lesson says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tutor.labs.printed import difference
from tutor.labs.work import SavedFile, files_of, lab_path, open_lab, save


def test_a_labs_file_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))
    path, text = open_lab("lesson-5", "lab3-numpy", "x = 1\n")
    assert path == tmp_path / "work" / "lesson-5" / "lab3-numpy.py"
    assert text == "x = 1\n"
    save(path, "x = 2 # θ\n")
    assert open_lab("lesson-5", "lab3-numpy", "x = 1\n")[1] == "x = 2 # θ\n"
    assert os.listdir(path.parent) == ["lab3-numpy.py"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a/b", "", "C:\\x"])
def test_a_name_never_leads_out(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    save(path, "ours\n")
    watched.wrote("ours\n")
    assert watched.changed() is None
    path.unlink()
    assert watched.changed() is None


def test_files_have_the_names_that_the_lesson_gives_them(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    inside = tmp_path / "data" / "a.csv"
    inside.write_text("")
    assert files_of([inside], tmp_path) == {"a.csv": inside, "data/a.csv": inside}
    assert files_of([Path("data/b.csv")], tmp_path)["data/b.csv"] == tmp_path / "data" / "b.csv"


PRINTED = [
    ("torch.Size([15, 3])\n", "torch.Size([15, 3])", None, True),
    ("a  b\n\nc\n", "a b c", None, True),
    ("2480.3706", "2480.3708", None, False),
    ("2480.3706", "2480.3708", 0.001, True),
    ("tensor([58.2324, 35.5895])", "tensor([58.2323, 35.5896])", 0.001, True),
    ("tensor([58.24, 35.5895])", "tensor([58.2323, 35.5896])", 0.001, False),
    ("loss 1", "Loss 1", 1, False),
    ("a", "a b", None, False),
    ("a b", "a", None, False),
    ("nan", "0.1", 0.5, False),
    ("1e-3 x", "0.001 x", 1e-6, True),
]


@pytest.mark.parametrize(("printed", "wanted", "within", "same"), PRINTED)
def test_printed(printed: str, wanted: str, within: float | None, same: bool) -> None:
    assert bool(difference(printed, wanted, within)) is not same
