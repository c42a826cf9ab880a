"""``tutor remap``: lists every command with its keys, changes them and resets them."""

from __future__ import annotations

from click.testing import CliRunner, Result

from tutor.cli import group
from tutor.cli.remap import command
from tutor.errors import TutorError
from tutor.store import Store, default_path
from tutor.ui.keymap import all_commands, keymap


def remap(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def kept() -> object:
    store = Store(default_path())
    try:
        return store.setting("keys", {})
    finally:
        store.close()


def test_every_command_is_listed_under_its_screen() -> None:
    said = remap().output
    for one in all_commands():
        assert f"  {one.id} " in said
    assert "app.help                 f1, ?            Help" in said
    places = [line for line in said.splitlines() if line and not line.startswith(" ")]
    assert "In a lesson" in places
    assert all(place[0].isupper() for place in places), "every heading begins with a capital"


def test_a_key_can_be_changed_and_reset() -> None:
    assert "ctrl+t, h" in remap("lesson.hint", "ctrl+T").output
    remap("lesson.hint.letter", "?", "i")
    assert kept() == {"lesson.hint": "ctrl+t", "lesson.hint.letter": "question_mark,i"}
    assert "ctrl+t, ?, i" in remap("lesson.hint").output
    assert "f2, ?, i" in remap("lesson.hint", "--reset").output
    assert "f2, h" in remap("--reset").output
    assert kept() == {}


def test_a_key_for_a_command_that_had_another_name_still_applies() -> None:
    remap("lesson.mend", "ctrl+t")
    assert kept() == {"lesson.fix": "ctrl+t"}
    assert keymap({"lesson.mend.letter": "u"}) == {"lesson.fix.letter": "u"}


def test_a_key_with_another_use_is_reported() -> None:
    assert "Worksheet (lesson.worksheet) has the same key" in remap("lesson.hint", "f4").output


def test_an_error_names_its_fix_and_changes_nothing() -> None:
    for arguments, said in (
        (("lesson.hnt", "f3"), "Did you mean lesson.hint?"),
        (("quux", "f3"), "`tutor remap` lists them."),
        (("lesson.hint", "f2", "f99"), "Keys are written f5"),
        (("lesson.hint", "ctrl+i"), "Choose another key"),  # a terminal sends Tab
        (("lesson.hint", "ctrl+["), "Choose another key"),  # Escape
    ):
        error = remap(*arguments).exception
        assert isinstance(error, TutorError)
        assert said in error.hint
    assert kept() == {}


def test_remap_is_listed_among_the_commands() -> None:
    assert "remap" in CliRunner().invoke(group, ["--help"]).output
