"""A simulated class: learners who answer rightly, with known mistakes, late, twice, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tutor.classroom.assignment import Assignment, load_assignment
from tutor.classroom.hand_in import HandIn, make
from tutor.session import Session
from tutor.session.opening import with_variant
from tutor.store import Store

LESSON = """\
tutor: 1
title: One neuron
id: one-neuron
network:
  inputs: [1, 2]
  target: 1
  layers:
    - weights: [{w1: 0.5}, {w2: -0.3}]
      bias: {b: 0.1}
      activation: sigmoid
  optimizer: {sgd: {lr: 0.5}}
screens:
  - title: Forward
    blocks:
      - ask: Z1, yhat
  - title: Backward
    blocks:
      - ask: delta, dE/dw1, w1_new
      - choose: What moves w1?
        id: moves
        options:
          - {text: Its gradient, correct: true}
          - {text: Its value}
"""
ASSIGNMENT = """\
tutor: 1
assignment: Week 3, one neuron
lessons: [one-neuron.yaml]
due: 2027-03-14T23:59+00:00
late: [{until: 2027-03-21T23:59+00:00, credit: 0.5}]
extensions: {s7: 2027-03-18T23:59+00:00}
points: {default: 1, one-neuron: {delta: 3}}
credit: {correct: 1, imprecise: 1, follows: 1, hint: -0.1}
"""
DUE = datetime(2027, 3, 14, 23, 59, tzinfo=UTC)


def assignment_in(folder: Path, text: str = ASSIGNMENT) -> Assignment:
    """Write the assignment above (or ``text``) and its lesson into a folder and load it."""
    (folder / "one-neuron.yaml").write_text(LESSON)
    path = folder / "week3.yaml"
    path.write_text(text)
    return load_assignment(path)


def work(
    assignment: Assignment, learner: str, *, wrong: str = "", handed_in: datetime = DUE - timedelta(days=1)
) -> HandIn:
    """Return the hand-in of a learner who answers everything rightly, or as ``wrong`` says:

    ``bias`` leaves the bias out of Z and works on with that number, ``sign`` takes y − ŷ in δ alone, ``half`` answers
    the first screen only, ``hints`` opens three hints at δ, ``nothing`` answers nothing.
    """
    store = Store(None, learner=learner)
    session = Session(with_variant(assignment.lessons[0], assignment.variant(learner)), store)
    graph = session.lesson.graph()
    values = dict(graph.values)
    if wrong == "bias":
        values = graph.evaluate({"Z1": values["Z1"] - values["b"]})
    names = {"Z1": 3, "yhat": 3, "delta1": 4, "dE/dw1": 4, "w1_new": 4}
    for name, decimals in names.items():
        if wrong == "nothing" or (wrong == "half" and name not in ("Z1", "yhat")):
            continue
        field = f"network:{name}"
        if wrong == "hints" and name == "delta1":
            for _ in range(3):
                session.open_hint(field)
        value = -values[name] if wrong == "sign" and name == "delta1" else values[name]
        session.submit(field, f"{value:.{decimals + 2}f}")
    if wrong not in ("nothing", "half"):
        session.submit("moves", ("0",))
    return make(assignment, store, now=handed_in)
