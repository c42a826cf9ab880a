"""When a lesson changes to another variant or is read again, typed text and runs stay with the old numbers."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.driving import (
    LESSON,
    PROGRAMS,
    Opener,
    field,
    key,
    lesson_screen,
    press,
    session,
    settle,
    until,
)
from tests.ui.test_programs import lab
from tutor.authoring.preview import Preview
from tutor.session import Session
from tutor.store import Store
from tutor.ui.screens.preview import PreviewScreen


async def test_a_change_of_variant_stops_a_program_and_the_next_one_is_checked_against_it(
    opened: Opener, lessons: Path
) -> None:
    text = LESSON.replace("equals: 3}", "equals: Z1}")
    (lessons / "01-every-kind.yaml").write_text(text, encoding="utf-8")
    async with opened("every-kind", screen=PROGRAMS, size=(80, 40)) as pilot:
        before, program = session(pilot.app), lab(pilot.app)
        program.editor.load_text("while True: pass\n")
        program.editor.focus()
        await pilot.press("f5")
        runner = lesson_screen(pilot.app).runner
        await until(pilot, lambda: runner.is_running, "the start")
        lesson_screen(pilot.app).change_numbers("17")
        await until(pilot, lambda: session(pilot.app).variant == "17", "the other numbers")
        await until(pilot, lambda: not runner.is_running, "the end")
        assert before.state(program.field.id).attempts == 0, "a stopped program is not marked"

        await settle(pilot)
        program, right = lab(pilot.app), session(pilot.app).lesson.graph("lab2").values["Z1"]
        assert right != before.lesson.graph("lab2").values["Z1"]
        program.editor.load_text(f"total = {right}\n")
        program.editor.focus()
        await pilot.press("f5")
        await until(pilot, lambda: session(pilot.app).state(program.field.id).attempts == 1, "the mark")
        assert session(pilot.app).state(program.field.id).solved


async def test_typing_while_a_variant_is_made_belongs_to_the_old_numbers(
    opened: Opener, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, may_continue = Session.switch_variant, threading.Event()

    def slow(self: Session, variant: str) -> Session:
        session = made(self, variant)
        may_continue.wait()
        return session

    monkeypatch.setattr(Session, "switch_variant", slow)
    async with opened("every-kind") as pilot:
        lesson_screen(pilot.app).change_numbers("17")
        await pilot.press("9")
        may_continue.set()
        await until(pilot, lambda: session(pilot.app).variant == "17", "the other numbers")
        await settle(pilot)
        assert field(pilot.app, "Z1").answer == ""
    assert store.drafts("every-kind", "") == {"lab2:Z1": "9"}
    assert store.drafts("every-kind", "17") == {}


async def switch_between_keys(pilot: Pilot[None], turns: int, variant: str) -> None:
    """Press a key, switch to a variant after some turns of the event loop, and press another key at once."""
    other = session(pilot.app).switch_variant(variant)
    pilot.app.post_message(key("8"))
    for _ in range(turns):
        await asyncio.sleep(0)
    pilot.app.call_later(lesson_screen(pilot.app).take, other)
    pilot.app.post_message(key("9"))
    await until(pilot, lambda: session(pilot.app) is other, "the other numbers")
    await settle(pilot)


async def test_a_key_belongs_to_the_variant_that_shows_it(opened: Opener, store: Store) -> None:
    async with opened("every-kind") as pilot:
        for turns, variant in ((0, "17"), (2, "18"), (5, "19"), (12, "20")):
            await press(pilot, "ctrl+u")
            before = session(pilot.app).variant
            await switch_between_keys(pilot, turns, variant)
            shown = field(pilot.app, "Z1").answer
            lesson_screen(pilot.app).save()
            kept = [store.drafts("every-kind", of).get("lab2:Z1", "") for of in (before, variant)]
            assert kept[1] == shown, turns
            assert "".join(map(str, kept)) == "89", turns


async def test_answers_and_typing_in_the_queue_belong_to_their_numbers(opened: Opener, store: Store) -> None:
    async with opened("every-kind") as pilot:
        screen, widget, before = lesson_screen(pilot.app), field(pilot.app, "Z1"), session(pilot.app)
        screen.change_numbers("")
        await settle(pilot)
        assert session(pilot.app) is before, "changing to the same variant changes nothing"

        other = field(pilot.app, "Z2")
        await screen.take(before.switch_variant("17"))
        screen.post_message(widget.Edited(widget, "-0.7"))
        screen.post_message(widget.Submitted(widget, "-0.7"))
        screen.post_message(other.Edited(other, "0.5"))
        await settle(pilot)
        assert session(pilot.app).state("lab2:Z1").attempts == 0
        assert store.drafts("every-kind", "")["lab2:Z2"] == "0.5", "what was typed is saved with the old numbers"
    assert store.drafts("every-kind", "17") == {}
    assert [(row.answer, row.verdict) for row in store.attempts("every-kind", "")] == [("-0.7", "correct")]


async def type_while_a_preview_changes(pilot: Pilot[None], file: Path, turns: int) -> None:
    """Open a preview, press keys before and after its file is changed, and look at what is shown."""
    file.write_text(LESSON, encoding="utf-8")
    screen = PreviewScreen(Preview(str(file)), Store(None))
    await pilot.app.push_screen(screen)
    await settle(pilot)
    pilot.app.post_message(key("1"))
    for _ in range(turns):
        await asyncio.sleep(0)
    file.write_text(LESSON.replace("ask: [Z1, Z2]", "ask: [H1, H2]"), encoding="utf-8")
    pilot.app.post_message(key("2"))
    await until(pilot, lambda: "lab2:H1" in screen.session.field_ids, "the new version")
    pilot.app.post_message(key("3"))
    await settle(pilot)
    assert screen.page.view == screen.session.screen(), turns
    await pilot.app.pop_screen()


async def test_typing_while_a_preview_changes_its_question(opened: Opener, lessons: Path) -> None:
    async with opened() as pilot:
        for turns in (0, 2, 5, 12):
            await type_while_a_preview_changes(pilot, lessons / "01-every-kind.yaml", turns)


async def test_a_preview_checks_programs_by_the_changed_file(opened: Opener, lessons: Path) -> None:
    file = lessons / "01-every-kind.yaml"
    async with opened(size=(80, 40)) as pilot:
        screen = PreviewScreen(Preview(str(file)), Store(None))
        await pilot.app.push_screen(screen)
        await settle(pilot)
        await screen.show_screen(screen.session.goto(PROGRAMS))
        lab(pilot.app).editor.load_text("total = 4\n")
        screen.start(lab(pilot.app))
        await until(pilot, lambda: screen.session.state(lab(pilot.app).field.id).attempts == 1, "the mark")
        assert not screen.session.state(lab(pilot.app).field.id).solved
        file.write_text(LESSON.replace("equals: 3}", "equals: 4}"), encoding="utf-8")
        before = screen.session
        await until(pilot, lambda: screen.session is not before, "the new version")
        await settle(pilot)
        lab(pilot.app).editor.load_text("total = 4\n")
        screen.start(lab(pilot.app))
        await until(pilot, lambda: screen.session.state(lab(pilot.app).field.id).solved, "the mark")


@pytest.mark.parametrize("turns", [0, 1])
async def test_the_tutor_may_be_closed_while_home_is_composed(opened: Opener, turns: int) -> None:
    """Home has no widgets until a lesson that was opened from the command line is left."""
    async with opened("every-kind") as pilot:
        pilot.app.pop_screen()
        for _ in range(turns):
            await asyncio.sleep(0)
