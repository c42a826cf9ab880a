"""A new lesson works at once; the preview reads a lesson again at every save."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tutor.authoring import Options, check_paths
from tutor.authoring import preview as previewing
from tutor.authoring.preview import Preview, mistaken_answers, quick_warnings, right_answers, same_screen
from tutor.authoring.starter import Wish, starter_lesson
from tutor.authoring.typical import TypicalMistake, typical_mistakes
from tutor.cli import new
from tutor.errors import TutorError
from tutor.lessons import load
from tutor.lessons.blocks import Ask
from tutor.marking import Marker
from tutor.network import Graph

WISHES = [
    Wish(),
    Wish(title="It's 3: a test", inputs=3, hidden=2, outputs=1, activation="relu"),
    Wish(inputs=2, hidden=3, outputs=2, activation="tanh"),
    Wish(inputs=1, hidden=1, outputs=1, activation="leaky_relu"),
    Wish(title="true", kind="worksheet"),
]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: f"{wish.kind}-{wish.inputs}-{wish.hidden}-{wish.outputs}")
def test_a_new_lesson_has_no_warning(wish: Wish, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(starter_lesson(wish), encoding="utf-8")
    lesson = load(path)
    assert lesson.title == wish.title
    assert lesson.questions
    assert check_paths([path], Options(with_torch=False, use_cache=False)).problems == []


@pytest.mark.parametrize("wish", [Wish(inputs=0), Wish(hidden=7), Wish(activation="relo")])
def test_a_network_too_small_too_large_or_unknown_is_refused(wish: Wish) -> None:
    with pytest.raises(TutorError):
        starter_lesson(wish)


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(new.command, list(arguments), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_new_writes_a_lesson_and_never_overwrites_one(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "03-my-own-lesson"
    assert "is a lesson that works" in invoke(str(path))
    written = path.with_suffix(".yaml")
    assert load(written).title == "My own lesson"
    assert (written.parent / "lesson.schema.json").is_file()
    assert written.read_text().startswith("# yaml-language-server: $schema=lesson.schema.json\n")
    with pytest.raises(TutorError, match="exists already"):
        invoke(str(written))


# -- preview ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "lesson.yaml"
    found.write_text(starter_lesson(Wish()), encoding="utf-8")
    return found


def checked(which: str) -> Preview:
    """Return a preview that has checked its lesson."""
    preview = Preview(which)
    preview.poll()
    assert preview.is_checked
    return preview


def test_a_save_is_noticed(path: Path) -> None:
    preview = Preview(str(path))
    assert preview.lesson is not None
    assert (preview.version, preview.is_checked) == (1, False)
    assert preview.poll()
    assert (preview.version, preview.is_checked, preview.poll()) == (2, True, False)
    path.write_text(path.read_text().replace("title: My first lesson", "title: Another title"), encoding="utf-8")
    assert preview.poll()
    assert preview.lesson.title == "Another title"


def test_after_an_error_the_last_good_version_stays(path: Path) -> None:
    preview = Preview(str(path))
    good = path.read_text()
    path.write_text(good.replace("- ask: E", "- aks: E"), encoding="utf-8")
    assert preview.poll()
    assert preview.is_stale
    assert "did you mean 'ask'" in preview.problems[0].message
    assert preview.lesson is not None
    assert preview.lesson.title == "My first lesson"
    path.write_text(good + "\n", encoding="utf-8")
    assert preview.poll()
    assert not preview.is_stale


def test_a_file_that_the_lesson_uses_is_watched(path: Path) -> None:
    data = path.with_name("data.csv")
    data.write_text("a\n1\n")
    path.write_text(path.read_text() + "      - table: data.csv\n", encoding="utf-8")
    preview = checked(str(path))
    assert not preview.poll()
    data.write_text("a\n1\n2\n")
    assert preview.poll()


def test_a_file_that_does_not_exist_yet_is_watched(tmp_path: Path) -> None:
    preview = Preview(str(tmp_path / "later.yaml"))
    assert preview.lesson is None
    assert preview.problems
    (tmp_path / "later.yaml").write_text(starter_lesson(Wish()), encoding="utf-8")
    assert preview.poll()
    assert preview.lesson is not None


def test_a_mistake_without_a_value_is_only_a_warning(path: Path) -> None:
    more = "      - number: How much?\n        answer: 4\n        mistakes: [{when: 1/(x1-x1), say: No.}]\n"
    path.write_text(path.read_text() + more, encoding="utf-8")
    preview = checked(str(path))
    assert preview.lesson is not None
    assert any(problem.name == "mistake-fails" for problem in preview.warnings)
    assert [sample.about for sample in mistaken_answers(preview.lesson.screens[-1])].count("author") == 0


def test_a_variant_can_be_previewed(path: Path) -> None:
    preview = Preview(f"{path}#17")
    assert preview.lesson is not None
    assert preview.lesson.variant == "17"


def test_the_preview_stays_on_its_screen(path: Path) -> None:
    before = load(path)
    text = path.read_text()
    new_screen = "screens:\n  - title: New\n    blocks:\n      - text: Hello.\n"
    path.write_text(
        text.replace("screens:\n", new_screen).replace("title: The backward pass", "title: Back"), encoding="utf-8"
    )
    after = load(path)
    assert [same_screen(before, index, after) for index in range(3)] == [1, 2, 3]
    assert same_screen(before, 99, after) == 3


def test_right_and_mistaken_samples_are_marked_as_such(path: Path) -> None:
    lesson = load(path)
    for screen in lesson.screens:
        items = {
            (block.id, item.quantity.name): item
            for block in screen.blocks
            if isinstance(block, Ask)
            for item in block.items
        }
        for sample in right_answers(screen):
            if sample.quantity:
                item = items[sample.block_id, sample.quantity]
                assert Marker(item.graph).mark(item.quantity, sample.answer).verdict == "correct"
        mistaken = [sample for sample in mistaken_answers(screen) if sample.quantity]
        assert len(mistaken) >= len(items)
        for sample in mistaken:
            item = items[sample.block_id, sample.quantity]
            assert sample.message
            assert Marker(item.graph).mark(item.quantity, sample.answer).verdict != "correct"


def test_numbers_in_a_text_are_not_reported_for_a_variant(path: Path) -> None:
    numbers = " ".join(f"{tenths / 10:.1f}" for tenths in range(1, 10))
    path.write_text(path.read_text() + f"      - text: Of {numbers}.\n", encoding="utf-8")
    assert "number-in-text" in {problem.name for problem in quick_warnings(load(path))}
    preview = checked(f"{path}#17")
    assert preview.lesson is not None
    assert "number-in-text" not in {problem.name for problem in preview.warnings}


def test_quick_warnings_find_a_lone_dollar(path: Path) -> None:
    assert quick_warnings(load(path)) == ()
    path.write_text(path.read_text() + "      - text: costs $5\n", encoding="utf-8")
    assert [warning.name for warning in quick_warnings(load(path))] == ["dollar"]


def test_a_prompt_accepts_a_prefix_and_repeats_if_it_is_ambiguous() -> None:
    @click.command()
    def ask() -> None:
        click.echo(new.choice("Which", ("sigmoid", "softplus", "tanh"), "tanh"))

    for typed, answer in (("sig\n", "sigmoid"), ("s\nsoft\n", "softplus"), ("\n", "tanh"), ("TANH\n", "tanh")):
        assert CliRunner().invoke(ask, input=typed).output.rstrip().endswith(answer)


def test_of_a_large_matrix_only_so_many_mistakes_are_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "product.yaml"
    path.write_text(
        "title: A product\nworksheet: {given: {A: [[1, 2], [3, 4]]}, steps: {B: A @ A}}\n"
        "screens: [{title: One, blocks: [{ask: B}]}]\n"
    )
    cells: list[str] = []

    def counted(graph: Graph, cell: str) -> tuple[TypicalMistake, ...]:
        cells.append(cell)
        return typical_mistakes(graph, cell)

    monkeypatch.setattr(previewing, "typical_mistakes", counted)
    monkeypatch.setattr(previewing, "MOST_SAMPLES", 3)
    assert len(mistaken_answers(load(path).screens[0])) == 3
    assert cells == ["B[1,1]"]
