"""A lesson that has every kind of block, and a clock that moves on by a second at every look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.homes import write_long_ago
from tutor.lessons import load
from tutor.session import Session
from tutor.store import Store

LESSON = r"""
tutor: 1
title: Every block
id: every-block
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
  soft: {from: lab2, activation: sigmoid, optimizer: {sgd: {lr: 0.9}}}
screens:
  - title: Sums
    of: lab2
    blocks:
      - text: |
          The sum is {{Z1}}, its activation {{H1}}. $$H = {{hidden.H}}$$ In code `H = {{hidden.H}}`.
      - given: lab2
      - diagram: lab2
        highlight: [Z1]
      - ask: [Z1, Z2]
        explain: The bias counts.
      - ask: hidden.H
        decimals: 3
        hints: [Mind the sign.]
        after: Z1
      - text: Both are done.
        after: Z2
  - title: Others
    of: lab2
    blocks:
      - choose: Which layer first?
        id: which
        options:
          - {text: The output layer, correct: true, why: The error is known there.}
          - {text: The input layer, why: That is where the forward pass starts.}
          - {text: Any}
      - choose: What holds here?
        id: holds
        several: true
        shuffle: false
        options:
          - {text: Unit 1 is dead, correct: Z1 < 0, why: Its sum is negative.}
          - {text: Unit 2 is dead, correct: Z2 < 0, why: Its sum is positive.}
          - {text: The output is alive, correct: true, why: It answers.}
          - {text: Nothing moves, why: ŷ can.}
      - order: One step
        id: steps
        steps: [[zero_grad, predict], loss, backward, step]
        extra: [eval]
      - fill: |
          loss.____()
          opt.____()
        id: gaps
        language: python
        gaps: [backward, [step, 'step( )']]
      - write: Why?
        id: why
        model: Because.
      - number: How many parameters?
        id: count
        answer: 3*2 + 2 + 2*1 + 1
        mistakes: [{when: 3*2 + 2*1, say: Biases count too.}]
      - run: print(1)
        id: cell
        output: '1'
  - title: Backward
    of: soft
    blocks:
      - ask: soft:Z1, soft:H1
      - ask: soft:Z2, soft:H2, soft:Z3, soft:yhat
        id: rest
        was: remainder
      - ask: {'soft:delta3': {reveal: false}}
      - table: {columns: [a, b], rows: [[1, 2]]}
      - plot: (w - 3)^2
        over: {w: [-1, 7]}
        alt: A parabola.
"""


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Store:
    return Store(tmp_path / "progress.sqlite3", learner="", now=clock)


@pytest.fixture(scope="session")
def lesson_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("session") / "every-block.yaml"


@pytest.fixture
def lesson_file(lesson_path: Path) -> Path:
    """The lesson's file, always at the same path and dated long ago, so that it is parsed once and then cached."""
    return write_long_ago(lesson_path, LESSON)


@pytest.fixture
def begin(lesson_file: Path, store: Store, clock: Clock) -> Callable[[], Session]:
    """Open the lesson, or open it again, as a newly started tutor does."""

    def opened() -> Session:
        return Session(load(lesson_file), store, now=clock)

    return opened


@pytest.fixture
def session(begin: Callable[[], Session]) -> Session:
    return begin()
