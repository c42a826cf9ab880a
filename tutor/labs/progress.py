"""Follow a training by what the program prints or reports: the curve, the rate, the time left.

A plain loop that prints is enough:

    Epoch 100, loss 0.25
    Epoch [3/10], Loss: 0.4821
    [12/50] loss=0.31 acc=0.9

``from tutor_progress import report; report(epoch, loss=…, total=…)`` reports the same without printing.
"""

from __future__ import annotations

import ast
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutor.labs.syntax import tree

_NUMBER = r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)"
_EPOCH = re.compile(r"\b(?:epoch|step|iteration|iter)s?\b\W{0,4}(\d+)(?:\s*(?:/|of)\s*(\d+))?", re.IGNORECASE)
_BARE = re.compile(r"^\s*[\[(]?\s*(\d+)\s*(?:/|of)\s*(\d+)\b")
_FIGURE = re.compile(
    # each part is bounded, because a program may print anything: a name of up to four words, then a number
    r"(?<!\w)([a-z]\w{0,30}+(?: \w{1,30}+){0,3}?) ?(?:\([^()]{0,40}\))? ?[:=]? ?[\[(]? ?(?:tensor\()?"
    rf"({_NUMBER})(?![\w.])",
    re.IGNORECASE,
)
_KEEPS = ("loss", "mse", "mae", "rmse", "error", "cost", "acc", "accuracy", "r2", "lr", "cross entropy")
_MOST_POINTS = 2_000
_COUNTERS = ("epoch", "ep", "e", "epoch_number", "step", "t")


@dataclass(frozen=True, slots=True)
class Point:
    """One epoch and its figures by name; ``total`` is the number of epochs, if known."""

    epoch: float
    figures: Mapping[str, float]
    total: float | None = None


def read_line(line: str) -> Point | None:
    """Return the epoch and figures in a printed line, or None if it names no epoch."""
    found = _EPOCH.search(line) or _BARE.search(line)
    if found is None:
        return None
    rest = " ".join(f"{line[: found.start()]} {line[found.end() :]}".split())
    figures: dict[str, float] = {}
    for name, number in _FIGURE.findall(rest):
        label = " ".join(name.lower().split())
        if any(label == kept or label.endswith((" " + kept, "_" + kept)) for kept in _KEEPS):
            figures[label] = float(number)
    return Point(float(found[1]), figures, float(found[2]) if found[2] else None)


@dataclass
class Progress:
    """What is known about a training so far. ``total`` may come from the code (``total_in``) before it prints anything.

    ``clock`` returns seconds; tests pass their own.
    """

    total: float | None = None
    clock: Callable[[], float] = time.monotonic
    points: list[Point] = field(default_factory=list)
    latest: Point | None = None
    _rest: str = ""
    _begun: float | None = None
    _first: float = 0.0
    _seen: float = 0.0
    _stride: int = 1
    _count: int = 0
    _is_reported: bool = False

    def feed(self, text: str) -> bool:
        """Read printed text; return whether it named an epoch."""
        if self._is_reported:
            return False
        self._begun = self.clock() if self._begun is None else self._begun
        *lines, self._rest = re.split(r"[\r\n]", self._rest + text)
        self._rest = self._rest[-500:]
        points = [point for line in lines if len(line) < 500 and (point := read_line(line))]
        for point in points:
            self._add(point)
        return bool(points)

    def report(self, points: Iterable[Mapping[str, Any]]) -> bool:
        """Add epochs that the program reported; from then on printed text is ignored."""
        self._begun = self.clock() if self._begun is None else self._begun
        if not self._is_reported:
            self._is_reported = True
            self.points.clear()
        for point in points:
            figures = {str(name).lower(): float(value) for name, value in point["figures"].items()}
            self._add(Point(float(point["epoch"]), figures, point.get("total")))
        return True

    def _add(self, point: Point) -> None:
        now = self.clock()
        if self.latest is not None and point.epoch < self.latest.epoch:  # a second training begins
            self._begun, self._first, self._stride = now, point.epoch, 1
            self.points.clear()
        self._count += 1
        self._seen = now
        self.total = point.total or self.total
        self.latest = point
        if self._count % self._stride == 0:
            self.points.append(point)
        if len(self.points) > _MOST_POINTS:  # half of the points, evenly spaced, keep the curve's shape
            del self.points[1::2]
            self._stride *= 2

    # -- what to show -------------------------------------------------------------------------------------------------

    @property
    def is_training(self) -> bool:
        """Whether there is anything to show."""
        return self.latest is not None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the figures, losses first."""
        found = dict.fromkeys(name for point in self.points for name in point.figures)
        return tuple(sorted(found, key=lambda name: ("loss" not in name, list(found).index(name))))

    def series(self, name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return the epochs and values of one figure, to draw; values that are not finite are left out."""
        kept = [
            (point.epoch, point.figures[name])
            for point in (*self.points, *((self.latest,) if self.latest and self.latest is not self.points[-1] else ()))
            if name in point.figures and math.isfinite(point.figures[name])
        ]
        return tuple(epoch for epoch, _ in kept), tuple(value for _, value in kept)

    @property
    def fraction(self) -> float | None:
        """The fraction that is done, from 0 to 1, or None if the total is not known."""
        if self.latest is None or not self.total:
            return None
        return max(0.0, min(1.0, self.latest.epoch / self.total))

    @property
    def rate(self) -> float | None:
        """Epochs per second, or None if it is not known yet."""
        if self.latest is None or self._begun is None or self._seen <= self._begun:
            return None
        return (self.latest.epoch - self._first) / (self._seen - self._begun) or None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the last epoch at the present rate, or None if that is not known."""
        if self.latest is None or not self.total or not self.rate:
            return None
        return max(0.0, (self.total - self.latest.epoch) / self.rate)

    @property
    def figures(self) -> Mapping[str, float]:
        """The latest figures."""
        return self.latest.figures if self.latest else {}

    @property
    def warning(self) -> str:
        """What to do about a loss that explodes; empty if none does."""
        return f"{self.explosion} {_CURE}" if self.explosion else ""

    @property
    def explosion(self) -> str:
        """What it means that a loss explodes; empty if none does."""
        for name in self.names:
            value = self.figures.get(name)
            if value is not None and not math.isfinite(value) and name != "lr":
                return _EXPLODED.format(name=name, value=value)
            _, values = self.series(name)
            if "loss" in name and len(values) > 3 and values[-1] > 1000 * max(values[0], 1e-12):
                return _EXPLODED.format(name=name, value=f"{values[-1]:.3g}")
        return ""


_EXPLODED = "The {name} is {value}: each step overshoots further than the one before."
_CURE = (
    "Scale the inputs, and a large target too, to mean 0 and standard deviation 1 before training, or take a smaller"
    " learning rate."
)


def total_in(source: str) -> int | None:
    """Return how many epochs the code will run, from ``for epoch in range(1000)`` or ``epochs = 1000``, or None."""
    code = tree(source)
    if code is None:
        return None
    numbers = {
        target.id: node.value.value
        for node in ast.walk(code)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and type(node.value.value) is int
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(code):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id.lower() in _COUNTERS:
            bounds = [_integer(argument, numbers) for argument in getattr(node.iter, "args", ())]
            if bounds and all(bound is not None for bound in bounds[:2]):
                return (bounds[0] if len(bounds) == 1 else (bounds[1] or 0) - 1) or None
    return next((numbers[name] for name in ("epochs", "num_epochs", "n_epochs", "EPOCHS") if name in numbers), None)


def _integer(node: ast.expr, numbers: Mapping[str, Any]) -> int | None:
    """Return the value of a constant, of a name for a constant, or of a sum of these; else None."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name) and type(numbers.get(node.id)) is int:
        return int(numbers[node.id])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _integer(node.left, numbers), _integer(node.right, numbers)
        return None if left is None or right is None else left + right
    return None
