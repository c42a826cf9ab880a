"""Typing costs what it costs in a bare Input: a key only has its draft noted; all else comes beside it."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.driving import GAPS, PROGRAMS, VECTOR, Opener, press, seen, session, type_in, until
from tutor.session import Session
from tutor.store import Store

AT_ONCE = {"state", "draft"}
"""What of the session may run while a key is handled: looking at a draft, and noting it in memory."""


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What was called of the session and the store while a message was handled, and not by a timer in its own turn."""
    called: set[str] = set()

    def watched(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if not any(frame.name == "_flush_next_callbacks" for frame in traceback.extract_stack()):
                called.add(name)
            return method(*args, **kwargs)

        return call

    for owner in (Session, Store):
        for name, method in inspect.getmembers(owner, inspect.isfunction):
            if not name.startswith("__"):
                monkeypatch.setattr(owner, name, watched(name, method))
    return called


@pytest.mark.parametrize(
    ("screen", "keys", "text"),
    [(0, (), "-0.7"), (VECTOR, (), "0.5"), (GAPS, ("tab", "tab"), "yhat-y"), (PROGRAMS, (), "x=1")],
)
async def test_a_key_sets_nothing_heavy_going(
    opened: Opener, at_once: set[str], screen: int, keys: tuple[str, ...], text: str
) -> None:
    async with opened("every-kind", screen=screen) as pilot:
        await press(pilot, *keys)
        at_once.clear()
        await type_in(pilot, text)
        assert at_once <= AT_ONCE


async def test_nor_in_a_worksheet(opened: Opener, at_once: set[str], store: Store) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "f4")
        at_once.clear()
        await type_in(pilot, "-0.7")
        assert at_once <= AT_ONCE
        assert "I read −0.7" in seen(pilot.app)
        await until(pilot, lambda: store.drafts("every-kind", "") == {"lab2:Z1": "-0.7"}, "the draft")


async def test_a_draft_is_written_beside_the_typing(opened: Opener, store: Store) -> None:
    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await until(pilot, lambda: store.drafts("every-kind", "") == {"lab2:Z1": "-0.7"}, "the draft")
        assert session(pilot.app).state("lab2:Z1").attempts == 0
