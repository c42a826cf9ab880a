"""The gallery: scenes match the lessons, pictures hold what the screen shows, the page needs no other host."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.gallery import __main__ as making
from tests.gallery.page import page
from tests.gallery.picture import Frame, Run, film, frame, svg
from tests.gallery.scenes import LAB2, RUN_A_PROGRAM, SCENES
from tests.gallery.stage import Scene, Stage, named, play
from tests.ui.driving import LESSON
from tutor.session import Session, open_lesson
from tutor.session.model import FieldKind
from tutor.store import Store
from tutor.ui.glyphs import has_braille

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("lesson", sorted({scene.lesson for scene in SCENES if scene.lesson and scene.screen}))
def test_every_scene_finds_its_screen_fields_and_program(lesson: str) -> None:
    """Checked without the application, to be fast: the screen exists, earlier answers are for existing fields, and a
    scene that runs a program has one to run."""
    loaded = open_lesson(lesson, Store(None, learner="")).lesson
    for scene in SCENES:
        if scene.lesson == lesson and scene.screen is not None:
            session = Session(loaded, Store(None, learner=""))
            assert scene.screen in session.titles, scene.name
            for name, answer in scene.given:
                session.submit(named(session, name), answer)
            kinds = {field.kind for field in session.screen(session.titles.index(scene.screen)).fields}
            assert scene.acts not in RUN_A_PROGRAM or {FieldKind.RUN, FieldKind.LAB} & kinds, scene.name


def test_names_of_scenes_are_unique() -> None:
    assert len({scene.name for scene in SCENES}) == len(SCENES)


async def test_a_picture_holds_what_the_screen_shows(tmp_path: Path) -> None:
    async def wrong(stage: Stage) -> None:
        await stage.answer("-0.3")

    async def take(stage: Stage) -> None:
        assert not stage.app.has_class("-few-colours")
        picture = svg(frame(stage.app), title="a < b")
        words = ["".join(text.itertext()) for text in ElementTree.fromstring(picture).iter(f"{SVG}text")]
        assert {"Laboratory", "✗", "leaves", "bias"} <= {word for text in words for word in text.split()}
        (tmp_path / "wrong-80x24-dark.svg").write_text(picture, encoding="utf-8")

    scene = Scene("wrong", "a cross", LAB2, "The hidden layer", wrong)
    await play(scene, (80, 24), take)
    shown = page(tmp_path, [scene], [(80, 24), (100, 30)], ["dark", "light"])
    assert shown.count("<img") == 1
    assert "//" not in shown, "no address of another host"


def test_a_film_draws_unchanged_rows_once_and_has_a_still() -> None:
    def row(text: str) -> tuple[Run, ...]:
        return (Run(0, text, "#ffffff", "#000000"),)

    frames = [Frame(4, 2, (row("same"), row(text))) for text in ("one", "two", "two")]
    picture = film(frames, title="", seconds=[1, 1, 2], still=1)
    root = ElementTree.fromstring(picture)
    assert [text.text for text in root.iter(f"{SVG}text")] == ["same", "one", "two"]
    assert ".s0{opacity:0;" in picture
    assert ".s1{opacity:1;" in picture
    assert "@keyframes s1{0%{opacity:0}25.00%{opacity:1}}" in picture


def test_braille_is_drawn_dot_by_dot() -> None:
    """A font may lack braille, or give it another width."""
    picture = svg(Frame(2, 1, ((Run(0, "⠤x", "#fff", "#000"),),)), title="dots")
    assert picture.count("h0") == 2
    assert "⠤" not in picture


@pytest.mark.parametrize("character", ["┣", "┻", "╋", "╱", "╳", "⡠", "⣿", "▚", "▟"])
def test_drawing_characters_become_shapes_and_not_text(character: str) -> None:
    root = ElementTree.fromstring(svg(Frame(1, 1, ((Run(0, character, "#ffffff", "#000000"),),)), title=""))
    assert not list(root.iter(f"{SVG}text"))
    assert [shape for shape in root.iter() if "#ffffff" in (shape.get("fill"), shape.get("stroke"))]


def test_the_gallery_names_the_scenes_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(stage: Stage) -> None:
        raise LookupError("no such field")

    monkeypatch.delenv("NO_COLOR", raising=False)  # restored after the test, as ``main`` removes it
    lesson = str(tmp_path / "lesson.yaml")
    Path(lesson).write_text(LESSON, encoding="utf-8")
    scenes = [Scene("good", "a lesson", lesson), Scene("bad", "nothing", lesson, acts=fails)]
    monkeypatch.setattr(making, "SCENES", scenes)
    monkeypatch.setattr("tutor.paths.shipped_lessons", lambda: tmp_path)  # saves reading the course
    monkeypatch.setattr(sys, "argv", ["gallery", "--size", "80x24", "--theme", "dark", "--out", str(tmp_path)])
    assert making.main() == 1
    assert capsys.readouterr().err.splitlines()[-1] == "These scenes could not be played: bad."
    assert [path.name for path in tmp_path.glob("*.svg")] == ["good-80x24-dark.svg"]


@pytest.mark.parametrize("braille", [False, True])
async def test_the_scene_decides_how_lines_are_drawn(braille: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("KITTY_WINDOW_ID", "1")

    async def take(stage: Stage) -> None:
        assert has_braille() is braille

    await play(Scene("home", "Home", braille=braille), (80, 24), take)
