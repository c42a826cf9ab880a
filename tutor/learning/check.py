"""Measure how good the predictions were on a learner's record: AUC, RMSE and calibration, and a running mean to compare
with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

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
    positives = sum(right for right, _ in pairs)
    negatives = len(pairs) - positives
    if not positives or not negatives:
        return None
    total, below = 0.0, 0
    for _, tied in groupby(sorted(pairs, key=itemgetter(1)), key=itemgetter(1)):
        rights = [right for right, _ in tied]
        total += sum(rights) * (below + (len(rights) + 1) / 2)  # the mean rank of the ties
        below += len(rights)
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
