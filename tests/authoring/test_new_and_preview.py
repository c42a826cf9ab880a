"""A new lesson works at once; a lesson that is being written is read again at every save."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tutor.authoring import Options, check_paths
from tutor.authoring.preview import Preview, mistaken_answers, quick_warnings, right_answers, same_screen
from tutor.authoring.starter import Wish, starter_lesson
from tutor.cli import new
from tutor.errors import TutorError
from tutor.lessons import load
from tutor.lessons.blocks import Ask
from tutor.marking import Marker

WISHES = [
    Wish(),
    Wish(title="It's 3: a test", inputs=3, hidden=3, outputs=1, activation="relu"),
    Wish(inputs=2, hidden=3, outputs=2, activation="tanh"),
    Wish(inputs=1, hidden=1, outputs=1, activation="leaky_relu", backward=False),
    Wish(title="true", kind="worksheet"),
]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: f"{wish.kind}-{wish.inputs}-{wish.hidden}-{wish.outputs}")
def test_a_new_lesson_is_clean(wish: Wish, tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(starter_lesson(wish), encoding="utf-8")
    lesson = load(path)
    assert lesson.title == wish.title
    assert lesson.questions
    assert check_paths([path], Options(with_torch=False, use_cache=False)).problems == []


@pytest.mark.parametrize("wish", [Wish(inputs=0), Wish(hidden=7), Wish(activation="relo")])
def test_what_cannot_be_a_lesson_by_hand(wish: Wish) -> None:
    with pytest.raises(TutorError):
        starter_lesson(wish)


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(new.command, list(arguments), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_the_command_writes_and_never_overwrites(tmp_path: Path) -> None:
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
    """A preview that has looked for what is doubtful in its lesson."""
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


def test_errors_leave_the_last_good_version(path: Path) -> None:
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


def test_a_file_beside_it_is_watched(path: Path) -> None:
    data = path.with_name("data.csv")
    data.write_text("a\n1\n")
    path.write_text(path.read_text() + "      - table: data.csv\n", encoding="utf-8")
    preview = checked(str(path))
    assert not preview.poll()
    data.write_text("a\n1\n2\n")
    assert preview.poll()


def test_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    preview = Preview(str(tmp_path / "later.yaml"))
    assert preview.lesson is None
    assert preview.problems
    (tmp_path / "later.yaml").write_text(starter_lesson(Wish()), encoding="utf-8")
    assert preview.poll()
    assert preview.lesson is not None


def test_a_mistake_without_a_value_is_doubtful_and_ends_nothing(path: Path) -> None:
    more = "      - number: How much?\n        answer: 4\n        mistakes: [{when: 1/(x1-x1), say: No.}]\n"
    path.write_text(path.read_text() + more, encoding="utf-8")
    preview = checked(str(path))
    assert preview.lesson is not None
    assert any(problem.name == "mistake-fails" for problem in preview.warnings)
    assert [sample.about for sample in mistaken_answers(preview.lesson.screens[-1])].count("author") == 0


def test_a_variant_is_watched(path: Path) -> None:
    preview = Preview(f"{path}#17")
    assert preview.lesson is not None
    assert preview.lesson.variant == "17"


def test_the_screen_stays_the_same(path: Path) -> None:
    before = load(path)
    text = path.read_text()
    new_screen = "screens:\n  - title: New\n    blocks:\n      - text: Hello.\n"
    path.write_text(
        text.replace("screens:\n", new_screen).replace("title: The backward pass", "title: Back"), encoding="utf-8"
    )
    after = load(path)
    assert [same_screen(before, index, after) for index in range(3)] == [1, 2, 3]
    assert same_screen(before, 99, after) == 3


def test_right_and_mistaken_answers_are_marked_so(path: Path) -> None:
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
        assert all(sample.message for sample in mistaken)


def test_a_variants_numbers_are_in_a_text_by_chance(path: Path) -> None:
    numbers = " ".join(f"{tenths / 10:.1f}" for tenths in range(1, 10))
    path.write_text(path.read_text() + f"      - text: Of {numbers}.\n", encoding="utf-8")
    assert "number-in-text" in {problem.name for problem in quick_warnings(load(path))}
    preview = checked(f"{path}#17")
    assert preview.lesson is not None
    assert "number-in-text" not in {problem.name for problem in preview.warnings}


def test_quick_warnings(path: Path) -> None:
    assert quick_warnings(load(path)) == ()
    path.write_text(path.read_text() + "      - text: costs $5\n", encoding="utf-8")
    assert [warning.name for warning in quick_warnings(load(path))] == ["dollar"]


def test_a_question_takes_the_beginning_of_a_word_and_asks_again() -> None:
    @click.command()
    def ask() -> None:
        click.echo(new.choice("Which", ("sigmoid", "softplus", "tanh"), "tanh"))

    for typed, answer in (("sig\n", "sigmoid"), ("s\nsoft\n", "softplus"), ("\n", "tanh"), ("TANH\n", "tanh")):
        assert CliRunner().invoke(ask, input=typed).output.rstrip().endswith(answer)
