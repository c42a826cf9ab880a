"""A small lesson with a question of every kind, and helpers that drive the application on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from io import StringIO
from typing import Any

from rich.console import Console
from textual.app import App
from textual.events import Key, Paste
from textual.pilot import Pilot

from tutor.session import Session
from tutor.session.model import FieldState
from tutor.ui.fields import FieldWidget
from tutor.ui.screens.lesson import LessonScreen

LESSON = r"""
tutor: 1
title: Every kind
id: every-kind
summary: One question of every kind.
minutes: 5
of: lab2
worksheets:
  descent: {given: {w: 0, alpha: 0.1}, steps: {f: (w - 3)^2, g: df/dw}}
networks:
  lab2:
    inputs: [1, 0, 1]
    target: 1
    layers:
      - name: hidden
        weights: [{w11: 0.2, w12: -0.3}, {w13: 0.4, w14: 0.1}, {w15: -0.5, w16: 0.2}]
        bias: {theta1: -0.4, theta2: 0.2}
        activation: relu
      - {name: output, weights: [{w21: -0.3}, {w22: -0.2}], bias: {theta3: 0.1}, activation: relu}
    optimizer: {sgd: {lr: 0.001}}
screens:
  - title: The hidden layer
    blocks:
      - text: |
          Each hidden unit adds its weighted inputs and its bias, $Z_j$ in short:

          $$Z_j = \sum_i w_{ij}\,x_i + \theta_j$$
      - diagram: lab2
      - ask: [Z1, Z2]
        explain: The bias counts.
      - derive: H1
  - title: A vector
    blocks:
      - ask: hidden.H
        decimals: 3
  - title: Choices
    blocks:
      - choose: Which layer does backpropagation visit first?
        shuffle: false
        options:
          - {text: The output layer, correct: true, why: The error is known there.}
          - {text: The input layer, why: That is where the forward pass starts.}
      - order: One step of training
        steps: [forward, loss, backward]
        extra: [dance]
  - title: Gaps and words
    blocks:
      - fill: |
          loss.____()
          opt.____()
        language: python
        gaps: [backward, step]
      - expression: delta3
        using: [yhat, y]
      - write: What would you change first?
        model: The bias.
  - title: Shown
    blocks:
      - given: lab2
      - table: {columns: [hours, passed], rows: [[1.5, 0], [2, 1]], caption: Two people}
      - text: The end.
  - title: Programs
    blocks:
      - run: |
          print(6 * 7)
        output: '42'
      - lab: Add two numbers
        starter: |
          total = 0
        checks: [{variable: total, equals: 3}]
        solution: total = 1 + 2
  - title: The output
    blocks:
      - ask: [yhat, E]
      - ask: f
        of: descent
      - plot: (w - 3)^2
        over: {w: [-1, 7]}
        alt: A parabola with its lowest point at w = 3.
"""
VECTOR, CHOICES, GAPS, SHOWN, PROGRAMS, OUTPUT = range(1, 7)

Opened = AbstractAsyncContextManager[Pilot[None]]
Opener = Callable[..., Opened]

LONGEST = 20.0  # seconds to wait for anything


async def until(pilot: Pilot[None], condition: Callable[[], object], what: str) -> None:
    """Wait until a condition holds."""
    clock = asyncio.get_running_loop()
    end = clock.time() + LONGEST
    while not condition():
        assert clock.time() < end, f"timed out waiting for {what}:\n{seen(pilot.app)}"
        await pilot.pause(0.02)


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the workers have finished and their messages are handled and painted."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def seen(app: App[Any]) -> str:
    """Return the screen as text, as a person sees it, with what shows around a dialog."""
    width, height = app.size
    console = Console(width=width, height=height, file=StringIO(), force_terminal=True, legacy_windows=False)
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert update is not None
    lines = console.render_lines(update, console.options.update(width=width, height=height), pad=False)
    return "\n".join("".join(part.text for part in line if not part.control).rstrip() for line in lines[:height])


_KEYS = {
    ".": "full_stop", ",": "comma", "-": "minus", "+": "plus", " ": "space", "*": "asterisk", "/": "slash",
    "[": "left_square_bracket", "]": "right_square_bracket", "(": "left_parenthesis", ")": "right_parenthesis",
}  # fmt: skip


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Type a text character by character, and wait until the tutor has read it back."""
    from tutor.ui.screens.questions import READ_AFTER

    await pilot.press(*[_KEYS.get(character, character) for character in text])
    await pilot.pause(READ_AFTER * 2)


def key(name: str) -> Key:
    """Return a key as the terminal sends it, to be posted without waiting for its effect."""
    return Key(_KEYS.get(name, name), name if len(name) == 1 else None)


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste a text as a terminal does: the application passes it on to the focused widget."""
    pilot.app.post_message(Paste(text))
    await settle(pilot)


async def enter(pilot: Pilot[None]) -> None:
    """Press Enter and wait for its effect."""
    await pilot.press("enter")
    await settle(pilot)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys one after the other, waiting for the effect of each."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def go_to(pilot: Pilot[None], screen: int) -> None:
    """Show a screen of the open lesson, by its number from 0."""
    shown = lesson_screen(pilot.app)
    await shown.show_screen(shown.session.goto(screen))
    await settle(pilot)


async def resize(pilot: Pilot[None], size: tuple[int, int]) -> None:
    """Give the terminal another size, in columns and rows."""
    await pilot.resize_terminal(*size)
    await settle(pilot)


def messages(app: App[Any]) -> list[str]:
    """Return the texts of the notifications on the screen."""
    return [toast.message for toast in app._notifications]


def lesson_screen(app: App[Any]) -> LessonScreen:
    """Return the lesson's screen, on top or below others."""
    return next(screen for screen in reversed(app.screen_stack) if isinstance(screen, LessonScreen))


def in_lesson(app: App[Any]) -> bool:
    """Return whether the lesson's screen is on top."""
    return isinstance(app.screen, LessonScreen)


def session(app: App[Any]) -> Session:
    """Return the session of the open lesson."""
    return lesson_screen(app).session


def state(app: App[Any], quantity: str) -> FieldState:
    """Return the state of the field for a quantity."""
    return session(app).state(f"lab2:{quantity}")


def field(app: App[Any], quantity: str) -> FieldWidget:
    """Return the widget of the field for a quantity."""
    widget = lesson_screen(app).page.field_widget(f"lab2:{quantity}")
    assert widget is not None
    return widget


def is_focused(app: App[Any], quantity: str) -> bool:
    """Return whether the field for a quantity has the focus."""
    return app.focused is not None and field(app, quantity) in app.focused.ancestors
