"""A small lesson with a question of every kind, and the application driven on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot

from tutor import paths
from tutor.store import Store
from tutor.ui.app import TutorApp

LESSON = r"""
tutor: 1
title: Every kind
id: every-kind
summary: One question of every kind.
minutes: 5
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
"""

Opened = AbstractAsyncContextManager[Pilot[None]]
Opener = Callable[..., Opened]


@pytest.fixture
def lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one lesson, in place of the course's."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "01-every-kind.yaml").write_text(LESSON, encoding="utf-8")
    monkeypatch.setattr(paths, "shipped_lessons", lambda: folder)
    return folder


@pytest.fixture
def store() -> Store:
    """Progress in memory, of a learner who has seen the tour."""
    fresh = Store(None)
    fresh.set_setting("tour-seen", True)
    return fresh


@pytest.fixture
def opened(lessons: Path, store: Store) -> Opener:
    """Opens the application: ``async with opened("every-kind", screen=2, size=(80, 24)) as pilot``."""

    @asynccontextmanager
    async def open_it(
        target: str | None = None, *, screen: int = 0, size: tuple[int, int] = (80, 24)
    ) -> AsyncIterator[Pilot[None]]:
        if target is not None and screen:
            store.set_position(target, "", screen)
        app = TutorApp(store, target, warm=False)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            yield pilot

    return open_it


async def settle(pilot: Pilot[None]) -> None:
    """Wait for workers, for what they set off, and for the screen."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause(0.05)
    await pilot.pause()


def seen(app: App[None]) -> str:
    """The screen as text, as a person sees it."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Type a text, character by character, and let it be read."""
    names = {".": "full_stop", "-": "minus", " ": "space", "*": "asterisk", "[": "left_square_bracket", "/": "slash"}
    await pilot.press(*[names.get(character, character) for character in text])
    await pilot.pause(0.05)
