"""How a trained model fits its data, as points: a line (one input), a boundary (two), else predicted against true.

Everything comes from the learner's own names: a module called ``model`` or ``net``, and tensors or arrays whose columns
match its inputs. What cannot be found or computed is left out without a word; it is a picture, not a check.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, TypedDict

from tutor.labs.sandbox.inside.describe import is_module

_GRID = (96, 24)
_MOST_POINTS = 400
_MOST_PAIRS = 12
_MOST_CLASSES = 10


class Fit(TypedDict, total=False):
    """``kind`` is "line" (curve ``x``, ``y``), "boundary" (``grid``: rows of values over ``x`` and ``y`` spans) or
    "predicted" (``x`` true, ``y`` predicted). ``points`` are the data: x, y and, for a boundary, the target."""

    kind: str
    x: list[float]
    y: list[float]
    grid: list[list[float]]
    points: list[list[float]]


def find_fit(names: Mapping[str, object]) -> Fit | None:
    """The fit of the model in a program's ``names``, if there is one to draw.

    Of all tables that could be its inputs and targets the longest are the data, the others are batches of it; of those
    the pair that it fits best is the one it was trained on: with ``X`` and ``X_scaled`` both there, only one gives a
    sensible picture.
    """
    model = next((names[name] for name in ("model", "net", "network") if is_module(names.get(name))), None)
    model = model or next((value for value in names.values() if is_module(value) and list(_parameters(value))), None)
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
    """The fit of ``model`` to one table of inputs and one of targets (rows are samples)."""
    try:
        return _fit(model, inputs, targets)
    except Exception:  # the model is the learner's: whatever it raises, there is just no picture
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


def _parameters(model: Any) -> Any:
    return model.parameters()


def _inputs(model: Any) -> int:
    """Return how many inputs the model's first layer takes."""
    for module in model.modules():
        if hasattr(module, "in_features"):
            return int(module.in_features)
    return 0


def _misfit(model: Any, inputs: Any, targets: Any) -> float:
    """Return the mean squared error over the targets' variance; infinite where it cannot be computed.

    Of classes it is what of their scatter the model's scores do not explain, for a score may be any number.
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
    except Exception:  # two tables that do not go together
        return float("inf")


def _tables(names: Mapping[str, object]) -> list[Any]:
    """Return every table of numbers, those inside a ``TensorDataset`` or its loader too."""
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
