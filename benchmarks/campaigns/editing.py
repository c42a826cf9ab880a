"""Edit at random in every editor and field of the tutor for a given time: nothing may raise an exception or hang.

    nice -n 15 python -m benchmarks.campaigns.editing --minutes 60

Keys, pastes, undos, redos and resizes go to every field of one lesson after another and of its worksheet, in the
headless application. Each run prints its seed; ``--seed`` repeats the run.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from textual.app import App
from textual.events import Key, Paste
from textual.keys import key_to_character
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.worksheet import WorksheetScreen

SIZES = ((80, 24), (60, 20), (100, 30), (140, 45), (200, 60), (61, 21))
SLOWEST = 2.0
"""CPU seconds that one edit may take before it counts as a hang."""
EDITS_PER_FIELD = 40
QUIET_TURNS = 8
"""Turns of the event loop without a message after which an edit counts as done."""
MOST_TURNS = 20_000
"""Turns after which it counts as done in any case: an application that has failed handles no messages."""

TYPED = (*"0123456789", "full_stop", "comma", "minus", "plus", "slash", "asterisk", "left_parenthesis",
         "right_parenthesis", "left_square_bracket", "right_square_bracket", "space", "e", "w", "Z", "equals_sign",
         "quotation_mark", "apostrophe", "number_sign", "colon")  # fmt: skip
MOVES = ("left", "right", "up", "down", "home", "end", "ctrl+left", "ctrl+right", "ctrl+home", "ctrl+end",
         "shift+left", "shift+right", "shift+up", "shift+down", "shift+home", "shift+end", "ctrl+a")  # fmt: skip
DELETIONS = ("backspace", "delete", "ctrl+w", "ctrl+k", "ctrl+u", "ctrl+f", "ctrl+d", "ctrl+x", "ctrl+shift+k")
HISTORY = ("ctrl+z", "ctrl+y")
LINES = (
    "x = 1",
    "",
    "    for i in range(3):",
    "\tprint(i)",
    "Z = X @ W  # " + "long " * 40,
    "ŷ = '日本語'",
    "é́ 👩‍👩‍👧",
    ")]}",
    '"""',
)
SHORT = (
    "0.5",
    "1/3",
    "[1 2 3]",
    "[[1, 2], [3, 4]]",
    "1\t2\t3",
    "1\n2\n3\n",
    "array([0.1, 0.2])",
    "−0,7",
    "\x1b[31mred",
    "",
)


@dataclass
class Edit:
    """One action on the focused widget, with all details to repeat it."""

    kind: str
    what: object

    def __str__(self) -> str:
        return f"{self.kind} {self.what!r}"


@dataclass
class Campaign:
    """A run: its random numbers, its time limit, and what it has done."""

    dice: random.Random
    until: float
    edits: int = 0
    fields: int = 0
    slowest: float = 0.0
    kinds: set[str] = field(default_factory=set)

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until

    def edit(self) -> Edit:
        """Choose the next action: mostly keys, often pastes and undo, now and then a resize."""
        dice = self.dice
        kind = dice.choices(("type", "move", "delete", "history", "paste", "resize"), (30, 22, 14, 18, 14, 2))[0]
        if kind == "paste":
            if dice.random() < 0.4:
                return Edit(kind, dice.choice(SHORT))
            return Edit(kind, "\n".join(dice.choices(LINES, k=dice.choice((1, 2, 3, 13, 40)))))
        if kind == "resize":
            return Edit(kind, dice.choice(SIZES))
        keys = {"type": (*TYPED, "enter"), "move": MOVES, "delete": DELETIONS, "history": HISTORY}[kind]
        return Edit(kind, dice.choices(keys, k=1 if kind != "history" else dice.choice((1, 1, 2, 5))))

    async def edit_in(self, pilot: Pilot[None], target: Widget, edits: int = EDITS_PER_FIELD) -> None:
        """Edit at random in one field."""
        app, screen = pilot.app, pilot.app.screen
        self.fields += 1
        self.kinds.add(type(target).__name__)
        done: list[Edit] = []
        for _ in range(edits):
            if app.return_code is not None:
                raise AssertionError("the application has ended after:\n" + "\n".join(map(str, done)))
            if self.is_over or not target.is_attached or app.screen is not screen:
                return
            target.focus()
            edit = self.edit()
            done.append(edit)
            begun = time.process_time()
            try:
                await _do(pilot, edit, is_editor=isinstance(target, TextArea))
            except BaseException:
                print("failed after:", *done, sep="\n  ")
                raise
            took = time.process_time() - begun
            self.slowest = max(self.slowest, took)
            self.edits += 1
            if took > SLOWEST:
                print(f"{took:.1f} s: {edit} in {type(target).__name__}", flush=True)
            _check(target)


async def _do(pilot: Pilot[None], edit: Edit, *, is_editor: bool) -> None:
    app = pilot.app
    if edit.kind == "paste":
        app.post_message(Paste(str(edit.what)))
    elif edit.kind == "resize":
        assert isinstance(edit.what, tuple)
        await pilot.resize_terminal(*edit.what)
        await pilot.pause()
    else:
        assert isinstance(edit.what, list)
        for name in edit.what:
            if name == "enter" and not is_editor:
                continue  # Enter in a field marks the answer, which is not tested here
            app.post_message(Key(name, _character(name)))
    await _quiet(app)


def _character(name: str) -> str | None:
    return name if len(name) == 1 else key_to_character(name)


async def _quiet(app: App[None]) -> None:
    """Wait until the messages are handled; the pilot's ``pause`` would take most of the time."""
    calm = 0
    for _ in range(MOST_TURNS):
        if calm == QUIET_TURNS or app.return_code is not None:
            break
        await asyncio.sleep(0)
        focused = app.focused
        nodes = [app, app.screen, *([focused, *focused.ancestors] if focused is not None else [])]
        is_busy = any(node.message_queue_size for node in nodes if isinstance(node, MessagePump))
        calm = 0 if is_busy else calm + 1


def _check(target: Widget) -> None:
    """Check that the cursor is inside the text, and that the document is consistent."""
    if isinstance(target, TextArea):
        row, column = target.cursor_location
        assert 0 <= row < target.document.line_count
        assert 0 <= column <= len(target.document[row])
        assert target.wrapped_document.height >= target.document.line_count
    elif isinstance(target, Input):
        assert 0 <= target.cursor_position <= len(target.value)


async def edit_everywhere(campaign: Campaign, targets: Iterator[str], *, edits: int = EDITS_PER_FIELD) -> None:
    """Edit in lessons, on each of their screens and in their worksheets, until the time is up."""
    for target in targets:
        if campaign.is_over:
            return
        store = Store(None)
        store.set_setting("tour-seen", True)
        app = TutorApp(store, target, warm=False)
        app.animation_level = "none"
        async with app.run_test(size=(80, 24)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            await edit_lesson(campaign, pilot, edits)


async def edit_lesson(campaign: Campaign, pilot: Pilot[None], edits: int) -> None:
    """Edit in every field of the open lesson, then in its worksheet."""
    screen = pilot.app.screen
    assert isinstance(screen, LessonScreen)
    for index in range(len(screen.session.titles)):
        await screen.show_screen(screen.session.goto(index))
        await pilot.pause()
        for target in _lines(screen):
            await campaign.edit_in(pilot, target, edits)
    if screen.session.networks:
        sheet = WorksheetScreen(screen.session)
        await pilot.app.push_screen(sheet)
        await pilot.pause()
        for target in _lines(sheet)[:8]:
            await campaign.edit_in(pilot, target, edits // 2)


def _lines(screen: LessonScreen | WorksheetScreen) -> list[Widget]:
    return [widget for widget in screen.query("Input, TextArea") if widget.display]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    args = parser.parse_args()
    begun = time.monotonic()
    seeds = [args.seed] if args.seed is not None else count(random.randrange(10**6))
    edits = fields = 0
    for seed in seeds:
        if time.monotonic() - begun > args.minutes * 60:
            break
        print(f"seed {seed}", flush=True)
        campaign = Campaign(random.Random(seed), begun + args.minutes * 60)
        lessons = [str(number) for number in range(1, 18)]
        campaign.dice.shuffle(lessons)
        asyncio.run(edit_everywhere(campaign, iter(lessons)))
        edits, fields = edits + campaign.edits, fields + campaign.fields
        print(
            f"{edits:,} edits in {fields:,} fields ({', '.join(sorted(campaign.kinds))}), no exception; "
            f"the slowest took {campaign.slowest:.2f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
