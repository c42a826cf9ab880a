"""Typing is as fast as in a plain Input: a key only records its draft; everything else happens later."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from textual.events import Key, Paste
from textual.pilot import Pilot
from textual.timer import Timer
from textual.widget import Widget

from tests.ui.driving import GAPS, PROGRAMS, VECTOR, Opener, field, go_to, press, seen, session, settle, type_in, until
from tutor.session import Session
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.typeahead import OVERDUE_AFTER, TypeAhead

AT_ONCE = {"state", "draft"}
"""The session's methods that may run while a key is handled: they read a draft and record it in memory."""


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Collect the methods of the session and the store called while a message is handled, not later by a timer."""
    called: set[str] = set()

    def watched(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            callers = (frame.f_code.co_name for frame, _ in traceback.walk_stack(None))
            if "_flush_next_callbacks" not in callers:
                called.add(name)
            return method(*args, **kwargs)

        return call

    for owner in (Session, Store):
        for name, method in inspect.getmembers(owner, inspect.isfunction):
            if not name.startswith("__"):
                monkeypatch.setattr(owner, name, watched(name, method))
    return called


async def test_a_key_starts_no_slow_work(opened: Opener, at_once: set[str], store: Store) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "f4")
        at_once.clear()
        await type_in(pilot, "-0.7")
        assert at_once <= AT_ONCE, "in a worksheet"
        assert "I read −0.7" in seen(pilot.app)
        await until(pilot, lambda: store.drafts("every-kind", "") == {"lab2:Z1": "-0.7"}, "the draft")
        await press(pilot, "escape")
        for screen, keys, text in (
            (0, (), "-0.7"),
            (VECTOR, (), "0.5"),
            (GAPS, ("tab", "tab"), "yhat-y"),
            (PROGRAMS, (), "x=1"),
        ):
            await go_to(pilot, screen)
            await press(pilot, *keys)
            at_once.clear()
            await type_in(pilot, text)
            assert at_once <= AT_ONCE, screen


def burst(pilot: Pilot[None], keys: str) -> None:
    """Send several keys at once, as a slow connection does; ``\\r`` is Enter."""
    for character in keys:
        pilot.app.post_message(Key("enter" if character == "\r" else character, character))


async def test_keys_of_a_burst_go_to_their_fields(opened: Opener) -> None:
    """Those after Enter are meant for the next field."""
    async with opened("every-kind") as pilot:
        burst(pilot, "-0.7\r0.1\r")
        await until(pilot, lambda: session(pilot.app).progress.done == 2, "both answers")
        await settle(pilot)
        assert field(pilot.app, "Z1").answer == "-0.7"
        assert field(pilot.app, "Z2").answer == "0.1"


async def test_a_busy_machine_does_not_mix_answers(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the timeout passes before Enter is handled, the keys after it wait."""
    set_timer = TutorApp.set_timer

    def over_at_once(app: TutorApp, delay: float, callback: Any = None, **more: Any) -> Timer:
        if delay == OVERDUE_AFTER:
            app.call_later(callback)
        return set_timer(app, delay, callback, **more)

    monkeypatch.setattr(TutorApp, "set_timer", over_at_once)
    async with opened("every-kind") as pilot:
        burst(pilot, "-0.7\r0.1\r")
        await until(pilot, lambda: session(pilot.app).progress.done == 2, "both answers")
        await settle(pilot)
        assert [field(pilot.app, name).answer for name in ("Z1", "Z2")] == ["-0.7", "0.1"]


async def test_typing_after_a_wrong_answer_replaces_it(opened: Opener) -> None:
    """This holds even if Enter comes before the first mark has faded."""
    async with opened("every-kind") as pilot:
        burst(pilot, "7\r5\r6")
        await until(pilot, lambda: field(pilot.app, "Z1").answer == "6", "the key after Enter")
        assert session(pilot.app).state("lab2:Z1").attempts == 2
        burst(pilot, "\r8")
        await until(pilot, lambda: field(pilot.app, "Z1").answer == "8", "the key after another Enter")
        assert session(pilot.app).state("lab2:Z1").attempts == 3


async def test_keys_around_a_move_of_the_focus_keep_their_order(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One key arrives just before the focus moves, the next just after."""
    hand_over = TypeAhead.hand_over

    def handed_over(self: TypeAhead, target: Widget, *, scroll_visible: bool = True) -> None:
        target.app.post_message(Key("1", "1"))
        hand_over(self, target, scroll_visible=scroll_visible)
        target.app.post_message(Key("2", "2"))

    monkeypatch.setattr(TypeAhead, "hand_over", handed_over)
    async with opened("every-kind") as pilot:

        def shown() -> tuple[object, object]:
            return field(pilot.app, "Z1").answer, field(pilot.app, "Z2").answer

        await type_in(pilot, "7")
        await press(pilot, "enter")
        await until(pilot, lambda: shown() == ("12", ""), "the keys in the same field, instead of the wrong answer")
        await press(pilot, "ctrl+u")
        await type_in(pilot, "-0.7")
        await press(pilot, "enter")
        await until(pilot, lambda: shown() == ("-0.7", "12"), "the keys in the next field")


async def test_a_paste_after_enter_keeps_its_order_and_is_read_under_its_field(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        keys = [Key(character, character) for character in "-0.71"]
        for event in (*keys[:4], Key("enter", "\r"), Paste("1/"), keys[4]):
            pilot.app.post_message(event)
        await until(pilot, lambda: field(pilot.app, "Z2").answer == "1/1", "the paste")
        assert field(pilot.app, "Z1").answer == "-0.7"
        await until(pilot, lambda: "I read 1" in seen(pilot.app), "the reading")
        await press(pilot, "up")
        assert "I read 1" not in seen(pilot.app), "only the field with the focus has one"
