"""Train a network from any numbers, step by step, without naming every quantity on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from tutor.engines.numpy.activations import Array
from tutor.engines.numpy.passes import Run
from tutor.engines.numpy.plan import plan_of
from tutor.errors import NetworkError
from tutor.network import Network


class Training:
    """Training steps of ``network``, starting from ``numbers`` (inputs, targets, parameters and constants by name)."""

    def __init__(self, network: Network, numbers: Mapping[str, float]) -> None:
        """Raises ``NetworkError`` for a network that does not learn."""
        plan = plan_of(network)
        if network.optimizer is None or not plan.has_gradients:
            raise NetworkError(
                "This network does not learn.",
                hint="Give it a target, an optimizer, and activations with a slope.",
            )
        self._plan = plan
        self._numbers = numbers
        self._loss = 0.0
        with np.errstate(all="ignore"):
            self._run = Run(plan, self._record, network.optimizer.with_constants(numbers))
        self.step = 0

    def advance(self, steps: int) -> list[float]:
        """Take training steps and return the loss of each before its update, in order."""
        losses = []
        with np.errstate(all="ignore"):
            for _ in range(steps):
                self.step += 1
                self._run.take(self.step)
                losses.append(self._loss)
        return losses

    @property
    def parameters(self) -> dict[str, float]:
        """The current value of every weight and bias, by name."""
        names = self._plan.names.cells(("parameters", -1, 1))
        return dict(zip(names, self._run.parameters.tolist(), strict=True))

    def _record(self, kind: str, layer: int, step: int, values: Array) -> Array:
        """Put in the starting numbers and keep the loss; pass everything else through."""
        if kind == "loss":
            self._loss = float(values.ravel()[0])
        elif kind == "batch loss":
            self._loss = float(values[0])
        elif kind in ("parameters", "x", "y"):
            names = self._plan.names.cells((kind, layer, step))
            flat = values.ravel().tolist()
            numbers = [self._numbers.get(name, value) for name, value in zip(names, flat, strict=True)]
            return np.array(numbers).reshape(values.shape)
        return values


def outputs(network: Network, inputs: Sequence[Sequence[float]]) -> Array:
    """Return a network's outputs (samples × outputs) for these inputs (samples × inputs)."""
    plan = plan_of(replace(network, inputs=tuple(map(tuple, inputs)), targets=(), is_batch=True, batch_size=None))
    kept: list[Array] = []

    def record(kind: str, layer: int, step: int, values: Array) -> Array:
        if (kind, layer) == ("H", plan.last):
            kept.append(values)
        return values

    with np.errstate(all="ignore"):
        Run(plan, record, None).train(1)
    return kept[0]
