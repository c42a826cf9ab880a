"""Measure how good the predictions were on a learner's record: AUC, RMSE and calibration, and a running mean to compare
with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.store.records import EvidenceRecord

_MEAN_STEP = 0.3
_BINS = 5


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of some predictions.

    ``auc`` is None if all answers were right or all were wrong. ``calibration`` holds, for each bin of predictions,
    their number, their mean and the share of answers that were right.
    """

    count: int
    auc: float | None
    rmse: float
    calibration: tuple[tuple[int, float, float], ...]


def quality(pairs: Sequence[tuple[bool, float]]) -> Quality | None:
    """Return the quality of predictions ``(was right, predicted probability)``, or None if there are none."""
    if not pairs:
        return None
    rmse = math.sqrt(sum((float(right) - predicted) ** 2 for right, predicted in pairs) / len(pairs))
    bins: list[list[tuple[bool, float]]] = [[] for _ in range(_BINS)]
    for right, predicted in pairs:
        bins[min(int(predicted * _BINS), _BINS - 1)].append((right, predicted))
    calibration = tuple(
        (len(each), sum(predicted for _, predicted in each) / len(each), sum(right for right, _ in each) / len(each))
        for each in bins
        if each
    )
    return Quality(len(pairs), auc(pairs), rmse, calibration)


def auc(pairs: Sequence[tuple[bool, float]]) -> float | None:
    """Return the probability that a right answer had a higher prediction than a wrong one, ties counting one half.

    Source: the Mann-Whitney U statistic.
    """
    ranked = sorted(pairs, key=lambda pair: pair[1])
    positives = sum(right for right, _ in pairs)
    negatives = len(pairs) - positives
    if not positives or not negatives:
        return None
    total, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][1] == ranked[place][1]:
            end += 1
        mean_rank = (place + 1 + end) / 2
        total += mean_rank * sum(right for right, _ in ranked[place:end])
        place = end
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def running_mean(observations: Sequence[EvidenceRecord]) -> list[tuple[bool, float]]:
    """Return what a running mean of each skill (step 0.3, from one half) predicts before each answer."""
    means: dict[str, float] = {}
    found = []
    for each in observations:
        mean = means.get(each.skill, 0.5)
        found.append((each.right, mean))
        means[each.skill] = mean + _MEAN_STEP * (float(each.right) - mean)
    return found
