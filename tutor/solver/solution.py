"""Every quantity of a run by name, named when somebody looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from tutor.solver.activations import Array
from tutor.solver.plan import Key, Plan

Value = float | Array


class Solution:
    """The values of a network's quantities: floats for numbers, arrays for vectors and matrices in the shape shown.

    The matrices are there at once; their cells get their names on the first look, all together.
    """

    def __init__(
        self, plan: Plan, keys: Sequence[Key], records: Sequence[Array], constants: Mapping[str, float]
    ) -> None:
        self._plan = plan
        self._keys = keys
        self._records = records
        self._constants = constants

    @cached_property
    def values(self) -> dict[str, Value]:
        """Every number and every array under its canonical name."""
        naming = self._plan.naming(self._keys)
        flat = np.concatenate([record.ravel() for record in self._records])
        named: dict[str, Value] = dict(zip(naming.cells, flat.tolist(), strict=True))
        named.update(self._constants)
        gathered = flat.take(naming.gather)
        for name, shape, place in naming.arrays:
            named[name] = gathered[place].reshape(shape)
        return named

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)
