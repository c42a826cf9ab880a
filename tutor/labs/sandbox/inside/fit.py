"""Compute points that show how a trained model fits its data.

These form a line for one input, a boundary for two, else predictions against targets. Everything comes from the
learner's names: a module called ``model`` or ``net``, and tensors or arrays whose columns match its inputs. If
something cannot be found or computed, there is no picture and no message: it is an illustration, not a check.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from tutor.labs.sandbox.inside.describe import is_module

_GRID = (96, 24)
_MOST_POINTS = 400
_MOST_PAIRS = 12
_MOST_CLASSES = 10


class Fit(TypedDict, total=False):
    """The points to draw. ``kind`` is "line" (a curve of ``x`` and ``y``), "boundary" (``grid``: rows of values over
    the intervals ``x`` and ``y``) or "predicted" (``x`` targets, ``y`` predictions).

    ``points`` are the data: x, y and, for a boundary, the target.
    """

    kind: str
    x: list[float]
    y: list[float]
    grid: list[list[float]]
    points: list[list[float]]


def find_fit(names: Mapping[str, object]) -> Fit | None:
    """Return the fit of the model in a program's ``names``, or None if there is nothing to draw.

    Several tables may match its inputs and targets. The longest are the data, shorter ones are batches. Among the
    longest, the pair with the best fit is the training data: of ``X`` and ``X_scaled``, only one gives a sensible
    picture.
    """
    modules: Iterator[Any] = (value for value in names.values() if is_module(value))
    model = next((names[name] for name in ("model", "net", "network") if is_module(names.get(name))), None)
    model = model or next((each for each in modules if list(each.parameters())), None)
    if model is None:
        return None
    width = _inputs(model)
    tables = _tables(names)
    pairs = [
        (inputs, targets)
        for inputs in tables
        for targets in tables
        if inputs is not targets and _columns(inputs) == width and _match(inputs, targets)
    ]
    longest = max((len(inputs) for inputs, _ in pairs), default=0)
    pairs = [pair for pair in pairs if len(pair[0]) == longest][:_MOST_PAIRS]
    best = min(pairs, key=lambda pair: _misfit(model, *pair), default=None)
    return fit_of(model, *best) if best else None


def fit_of(model: Any, inputs: Any, targets: Any) -> Fit | None:
    """Return the fit of ``model`` to a table of inputs and a table of targets, one row per sample, or None."""
    try:
        return _fit(model, inputs, targets)
    except Exception:  # the learner's model may raise anything; then there is no picture
        return None


def _fit(model: Any, inputs: Any, targets: Any) -> Fit | None:
    torch = sys.modules["torch"]
    was_training = bool(getattr(model, "training", False))
    if was_training:
        model.eval()
    try:
        with torch.no_grad():
            x = torch.as_tensor(inputs, dtype=torch.float32)[:_MOST_POINTS]
            y = torch.as_tensor(targets, dtype=torch.float32)[:_MOST_POINTS].reshape(len(x), -1)[:, 0]
            x = x.reshape(len(x), -1)
            if x.shape[1] == 1:
                return _line(torch, model, x, y)
            if x.shape[1] == 2 and len(set(y.tolist())) <= _MOST_CLASSES:
                return _boundary(torch, model, x, y)
            predicted = model(x).reshape(len(x), -1)[:, 0]
            return {"kind": "predicted", "x": y.tolist(), "y": predicted.tolist()}
    finally:
        if was_training:
            model.train()


def _line(torch: Any, model: Any, x: Any, y: Any) -> Fit:
    along = torch.linspace(float(x.min()), float(x.max()), 100).reshape(-1, 1)
    points = torch.stack([x[:, 0], y], dim=1).tolist()
    return {
        "kind": "line",
        "x": along[:, 0].tolist(),
        "y": model(along).reshape(100, -1)[:, 0].tolist(),
        "points": points,
    }


def _boundary(torch: Any, model: Any, x: Any, y: Any) -> Fit:
    columns, rows = _GRID
    margins = 0.05 * (x.max(dim=0).values - x.min(dim=0).values)
    low, high = x.min(dim=0).values - margins, x.max(dim=0).values + margins
    across = torch.linspace(float(low[0]), float(high[0]), columns)
    up = torch.linspace(float(low[1]), float(high[1]), rows)
    grid = torch.stack([across.repeat(rows), up.repeat_interleave(columns)], dim=1)
    out = model(grid).reshape(rows * columns, -1)
    values = out[:, 0] if out.shape[1] == 1 else out.argmax(dim=1)
    return {
        "kind": "boundary",
        "x": [float(low[0]), float(high[0])],
        "y": [float(low[1]), float(high[1])],
        "grid": values.reshape(rows, columns).tolist(),
        "points": torch.cat([x, y.reshape(-1, 1)], dim=1).tolist(),
    }


def _inputs(model: Any) -> int:
    """Return how many inputs the model's first layer takes."""
    for module in model.modules():
        if hasattr(module, "in_features"):
            return int(module.in_features)
    return 0


def _misfit(model: Any, inputs: Any, targets: Any) -> float:
    """Return the mean squared error divided by the variance of the targets, or infinity if it cannot be computed.

    For classes, return 1 − r², with r the correlation of scores and classes, because the scale of the scores is
    arbitrary.
    """
    torch = sys.modules["torch"]
    try:
        with torch.no_grad():
            y = torch.as_tensor(targets, dtype=torch.float32)[:_MOST_POINTS]
            out = model(torch.as_tensor(inputs, dtype=torch.float32)[:_MOST_POINTS])
            out, y = out.reshape(len(y), -1), y.reshape(len(y), -1)
            if y.shape[1] == 1 and len(set(y[:, 0].tolist())) <= min(_MOST_CLASSES, len(y) // 2):
                scores = out[:, 0] if out.shape[1] == 1 else out.argmax(dim=1).float()
                error = 1 - float(torch.corrcoef(torch.stack([scores, y[:, 0]]))[0, 1]) ** 2
            else:
                error = float(((out - y) ** 2).mean() / (y.var() + 1e-12))
            return error if error == error else float("inf")
    except Exception:  # the two tables do not match
        return float("inf")


def _tables(names: Mapping[str, object]) -> list[Any]:
    """Return every table of numbers, including those in a ``TensorDataset`` or its loader."""
    found: list[Any] = []
    for name, value in names.items():
        if name.startswith("_"):
            continue
        value = getattr(value, "dataset", value)
        found += [table for table in getattr(value, "tensors", (value,)) if _is_table(table)]
    return found


def _is_table(value: object) -> bool:
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and isinstance(value, torch.Tensor) and not is_module(value):
        return 1 <= value.dim() <= 2 and len(value) > 1 and not value.requires_grad
    return numpy is not None and isinstance(value, numpy.ndarray) and 1 <= value.ndim <= 2 and value.dtype.kind in "iuf"


def _columns(table: Any) -> int:
    return int(table.shape[1]) if len(table.shape) == 2 else 1


def _match(inputs: Any, targets: Any) -> bool:
    return len(inputs) == len(targets) > 1 and _columns(targets) <= 2
