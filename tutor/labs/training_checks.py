"""Check how a training went: its data, the order of its batches, its gradients, the losses that it recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NO_TRAINING = "No training was seen: a loss of nn or nn.functional, and its backward()."
_MEAN_CLOSE, _DEVIATION_CLOSE = 0.1, 0.15  # the rows seen first may not be whole epochs


def _scaled(name: str) -> Callable[[Mapping[str, Any]], str | None]:
    def found(seen: Mapping[str, Any]) -> str | None:
        columns = seen.get(name)
        if columns is None:
            return _NO_TRAINING
        if name == "targets" and len(set(seen["axes"])) > 1:
            return (
                "The targets must be a column, like the predictions: with another number of axes each prediction is"
                " compared with every target of its batch."
            )
        pairs = list(zip(columns["means"], columns["deviations"], strict=True))
        off = [place for place, pair in enumerate(pairs) if not _is_scaled(*pair)]
        if not off:
            return None
        mean, deviation = pairs[off[0]]
        which = f"column {off[0]} of the {name}" if len(pairs) > 1 else f"the {name}"
        return (
            f"In training, the mean of {which} is {_figure(mean)} and the standard deviation {_figure(deviation)}; they"
            f" should be 0 and 1.{_scaled_together(pairs)}"
        )

    return found


def _is_scaled(mean: float | None, deviation: float | None) -> bool:
    if mean is None or deviation is None:
        return False
    return abs(mean) < _MEAN_CLOSE and abs(deviation - 1) < _DEVIATION_CLOSE


def _figure(value: float | None) -> str:
    return "nan" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _scaled_together(pairs: Sequence[tuple[float | None, float | None]]) -> str:
    """Return advice if the columns were scaled with one common mean and deviation, else an empty text."""
    if len(pairs) < 2 or any(mean is None or deviation is None for mean, deviation in pairs):
        return ""
    known = [(mean or 0.0, deviation or 0.0) for mean, deviation in pairs]
    mean = sum(mean for mean, _ in known) / len(known)
    square = sum(mean**2 + deviation**2 for mean, deviation in known) / len(known)
    if _is_scaled(mean, max(0.0, square - mean**2) ** 0.5):
        return " All columns together have: mean(0) and std(0) take each column by itself."
    return ""


def _shuffled(seen: Mapping[str, Any]) -> str | None:
    if not seen.get("order"):
        return _NO_TRAINING
    if _period(seen["order"]) > 1:
        return (
            "Every epoch has the same batches in the same order. DataLoader(…, shuffle=True) mixes the rows each time,"
            " unless the seed is set again in the loop."
        )
    return None


def _period(order: Sequence[float | None]) -> int:
    """Return after how many batches the same ones repeat in the same order, or 0."""
    for period in range(1, len(order) // 2 + 1):
        if all(order[place] == order[place + period] for place in range(min(2 * period, len(order) - period))):
            return period
    return 0


def _cleared(seen: Mapping[str, Any]) -> str | None:
    return not_cleared(seen) or (None if seen.get("steps") else _NO_TRAINING)


def not_cleared(seen: Mapping[str, Any]) -> str | None:
    """Return a sentence about gradients that add up over several steps, or None."""
    stale, steps = int(seen.get("stale", 0)), int(seen.get("steps", 0))
    if not stale:
        return None
    how_often = (
        "Nothing cleared the gradients"
        if stale >= steps - 1
        else f"{stale:,} of {steps:,} steps began with the old gradients"
    )
    return (
        f"{how_often}: each backward() adds to what is there. Call optimizer.zero_grad() in every step, inside the loop"
        " over the batches, before loss.backward()."
    )


TRAINING: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    "scaled inputs": _scaled("inputs"),
    "scaled targets": _scaled("targets"),
    "shuffled batches": _shuffled,
    "cleared gradients": _cleared,
}
"""What a ``training`` check can ask for; each returns what is wrong, or None."""


def epoch_losses(name: str, values: Sequence[float], seen: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a list that should hold the mean loss of each epoch, or None."""
    losses, rows = list(seen.get("losses", ())), list(seen.get("rows", ()))
    if not losses:
        return _NO_TRAINING
    each, left = divmod(int(seen["backwards"]), len(values) or 1)
    if left or not values:
        return None  # the length is checked separately
    epochs = [
        (losses[start : start + each], rows[start : start + each])
        for start in range(0, len(losses) - each + 1, each)
        if None not in losses[start : start + each]
    ]
    for rules, said in _RULES:
        if any(_follows(values, [rule(*epoch) for epoch in epochs]) for rule in rules) and each > 1:
            return f"{name} {said}" if said else None
    ratios = sorted(value / mean for value, epoch in zip(values, epochs, strict=False) if (mean := _mean(*epoch)))
    middle = ratios[len(ratios) // 2] if ratios else 1.0
    if 0.5 < middle < 2:  # the loss of all rows after the epoch, for instance
        return None
    if middle < 0:
        return f"{name} has the opposite sign of what backward() was called on: call it on the loss itself."
    return f"{name} holds {middle:.3g} times each epoch's mean loss: divide the sum by as many as were added up."


_Rule = Callable[[Sequence[float], Sequence[int]], float]


def _mean(losses: Sequence[float], rows: Sequence[int]) -> float:
    return sum(loss * count for loss, count in zip(losses, rows, strict=True)) / (sum(rows) or 1)


_RULES: tuple[tuple[tuple[_Rule, ...], str], ...] = (
    ((_mean, lambda losses, _: sum(losses) / len(losses)), ""),
    (
        (lambda losses, _: losses[-1],),
        "holds the loss of each epoch's last batch. The mean of all its batches is asked for.",
    ),
    (
        (lambda losses, _: losses[0],),
        "holds the loss of each epoch's first batch. The mean of all its batches is asked for.",
    ),
    (
        (lambda losses, _: sum(losses),),
        "holds each epoch's sum of the batches' losses. Divide it by the number of batches.",
    ),
    (
        (lambda losses, rows: sum(losses) / (sum(rows) or 1),),
        "holds the sum of the batches' mean losses, divided by the number of rows. Divide it by the number of batches,"
        " or add up loss.item() * len(xb).",
    ),
    (
        (lambda losses, rows: _mean(losses, rows) * sum(rows),),
        "holds a sum over the rows. Divide it by the number of rows.",
    ),
)


def _follows(values: Sequence[float], others: Sequence[float]) -> bool:
    return bool(others) and all(
        abs(value - other) <= 2e-4 * max(abs(value), abs(other), 1e-9)
        for value, other in zip(values, others, strict=False)
    )
