"""Checks on how a training went, applied to a record of it."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.labs.training_checks import TRAINING, epoch_losses

LOSSES = [4.0, 2.0, 3.0, 1.0, 2.0, 0.5]  # two epochs of three batches, the last one smaller
ROWS = [8, 8, 4, 8, 8, 4]
SEEN: dict[str, Any] = {
    "losses": LOSSES, "rows": ROWS, "order": [1.5, 2.5, 3.5, 2.0, 3.0, 2.5], "backwards": 6, "steps": 6, "stale": 0,
    "axes": [2, 2],
    "inputs": {"rows": 40, "means": [0.01, 0.02], "deviations": [1.0, 0.98]},
    "targets": {"rows": 40, "means": [0.0], "deviations": [1.0]},
}  # fmt: skip

KEPT = [
    # the learner's list, words of the message
    ([3.0, 1.3], ""),  # the mean over the rows
    ([3.0, 3.5 / 3], ""),  # the mean of the batches
    ([2.5, 1.1], ""),  # computed on all rows after the epoch
    ([3.0, 0.5], "last batch"),
    ([4.0, 1.0], "first batch"),
    ([9.0, 3.5], "Divide it by the number of batches"),
    ([9 / 20, 3.5 / 20], "divided by the number of rows"),
    ([60.0, 26.0], "Divide it by the number of rows"),
    ([30.0, 13.0], "10 times each epoch's mean loss"),
    ([-3.0, -1.3], "the opposite sign"),
    ([1.0] * 5, ""),  # another check looks at its length
]


@pytest.mark.parametrize(("values", "said"), KEPT)
def test_mistakes_in_the_list_of_losses_are_named(values: list[float], said: str) -> None:
    found = epoch_losses("losses", values, SEEN) or ""
    assert (said in found) if said else not found, found


RECORDS = [
    # the check, a change to the record, words of the message
    ("scaled inputs", {}, ""),
    ("scaled inputs", {"inputs": {"rows": 9, "means": [0, 200.9], "deviations": [1, 14.2]}}, "column 1 of the inputs"),
    ("scaled inputs", {"inputs": {"rows": 9, "means": [None], "deviations": [None]}}, "is nan"),
    ("scaled inputs", {"inputs": {"rows": 9, "means": [-1, 1], "deviations": [0.1, 0.1]}}, "each column by itself"),
    ("scaled inputs", {"inputs": None}, "No training was seen"),
    ("scaled targets", {}, ""),
    ("scaled targets", {"axes": [2, 1]}, "must be a column"),
    ("scaled targets", {"axes": [1, 1]}, ""),
    ("shuffled batches", {}, ""),
    ("shuffled batches", {"order": [1.5, 2.5, 3.5, 1.5, 2.5, 3.5]}, "shuffle=True"),
    ("shuffled batches", {"order": [1.5, 1.5, 1.5, 1.5]}, ""),  # all rows in one batch
    ("shuffled batches", {"order": []}, "No training was seen"),
    ("cleared gradients", {}, ""),
    ("cleared gradients", {"stale": 5}, "Nothing cleared the gradients"),
    ("cleared gradients", {"stale": 3}, "3 of 6 steps"),
    ("cleared gradients", {"steps": 0}, "No training was seen"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "change", "said"), RECORDS)
def test_requirements_on_a_training_are_checked(asked: str, change: dict[str, Any], said: str) -> None:
    found = TRAINING[asked]({**SEEN, **change}) or ""
    assert (said in found) if said else not found, found
