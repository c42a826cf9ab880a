"""Play a scene: the real application on real lessons, with the keys that a person would press."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from os import environ
from typing import Any
from unittest.mock import patch

from rich.console import Console
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tutor.session import Session
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.glyphs import WITH_BRAILLE
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.questions import READ_AFTER
from tutor.ui.widgets.editor import Editor

LONGEST = 60.0  # seconds to wait for anything

Acts = Callable[["Stage"], Awaitable[None]]
Given = tuple[str, str | tuple[str, ...]]


async def _nothing(stage: Stage) -> None:
    """Do nothing: the scene is what the tutor shows when it opens."""


@dataclass(frozen=True)
class Scene:
    """A picture to take: what it should show, what to open, what to do first. ``given`` holds earlier answers in order:
    a quantity or field, and the typed text."""

    name: str
    see: str
    lesson: str | None = None
    screen: str | None = None
    acts: Acts = _nothing
    given: Sequence[Given] = ()
    newcomer: bool = False
    size: tuple[int, int] | None = None
    prepare: Callable[[Store], None] | None = None
    replayed: bool = False
    """Play the scene again for each theme: one of Textual's screens takes its colours when it is opened."""
    braille: bool = True
    """Whether the scene's terminal draws thin lines with braille, independent of the terminal that makes the
    pictures."""


@dataclass
class Stage:
    """The application while a scene is played."""

    app: TutorApp
    pilot: Pilot[Any]

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until a condition holds."""
        clock = asyncio.get_running_loop()
        end = clock.time() + LONGEST
        while not condition():
            if clock.time() > end:
                raise TimeoutError(f"timed out waiting for {what}")
            await self.pilot.pause(0.02)

    async def rest(self) -> None:
        """Wait until the workers have finished and their messages are handled."""
        await self.until(lambda: all(worker.is_finished for worker in self.app.workers), "the workers")
        for _ in range(3):
            await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys and wait until their effects are complete."""
        await self.pilot.press(*keys)
        await self.rest()

    async def type(self, text: str) -> None:
        """Type a text and wait until the tutor has read it back."""
        for character in text:
            await self.key(character)
        await self.pilot.pause(2 * READ_AFTER)
        await self.rest()

    async def key(self, character: str) -> None:
        """Type one character."""
        await self.pilot.press(_key(character))

    async def answer(self, text: str) -> None:
        """Type a text and press Enter to have it marked."""
        await self.type(text)
        await self.press("enter")

    @property
    def lesson(self) -> LessonScreen:
        """The lesson's screen, on top or below others."""
        return next(screen for screen in reversed(self.app.screen_stack) if isinstance(screen, LessonScreen))

    async def go(self, title: str) -> None:
        """Go to the lesson's screen with a title."""
        session = self.lesson.session
        await self.lesson.show_screen(session.goto(session.titles.index(title)))
        await self.rest()

    async def focus(self, quantity: str) -> None:
        """Focus the field of a quantity."""
        self.lesson.page.focus_field(named(self.lesson.session, quantity))
        await self.rest()

    async def run(self, code: str | None = None) -> None:
        """Run the program on the page, with ``code`` in place of its text if given."""
        editor = self.lesson.query_one(Editor)
        if code is not None:
            editor.load_text(code)
        editor.focus()
        await self.press("f5")  # ``press`` waits for the program's worker


@contextmanager
def _steady_cursors() -> Iterator[None]:
    """Stop cursors from blinking: a cursor would be in one picture and not in the next."""
    with patch.object(Input, "_toggle_cursor"), patch.object(TextArea, "_toggle_cursor_blink_visible"):
        yield


def _key(character: str) -> str:
    names = {" ": "space", ".": "full_stop", ",": "comma", "-": "minus", "+": "plus", "*": "asterisk", "/": "slash"}
    return names.get(character, character)


def named(session: Session, name: str) -> str:
    """Return the id of the field for a quantity; an id is returned as it is."""
    for screen in range(len(session.titles)):
        for one in session.screen(screen).fields:
            if name in (one.id, one.quantity):
                return one.id
    return next(field_id for field_id in session.field_ids if field_id == name or field_id.endswith(f":{name}"))


async def play(
    scene: Scene, size: tuple[int, int], take: Callable[[Stage], Awaitable[None]], *, theme: str = "tutor-dark"
) -> None:
    """Play a scene at a size and in a theme, and call ``take`` at its end."""
    from tutor.session import open_lesson

    store = Store(None, learner="")
    store.set_setting("theme", theme)
    if not scene.newcomer:
        store.set_setting("tour-seen", True)
    if scene.prepare is not None:
        scene.prepare(store)
    if scene.lesson is not None and scene.given:
        session = open_lesson(scene.lesson, store)
        for name, answer in scene.given:
            session.submit(named(session, name), answer)
        session.save()
    app = TutorApp(store, scene.lesson)
    # without a terminal the application would assume that there are no colours
    app.console = Console(file=StringIO(), color_system="truecolor", highlight=False, emoji=False, legacy_windows=False)
    terminal = patch.dict(
        environ, dict.fromkeys((*WITH_BRAILLE, "TERM_PROGRAM"), ""), TERM="xterm-kitty" if scene.braille else "xterm"
    )
    with terminal, _steady_cursors():
        async with app.run_test(size=size) as pilot:
            stage = Stage(app, pilot)
            await stage.rest()
            if scene.screen is not None:
                await stage.until(lambda: isinstance(app.screen, LessonScreen), "the lesson")
                await stage.go(scene.screen)
            await scene.acts(stage)
            await stage.rest()
            await take(stage)
