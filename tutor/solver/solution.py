"""Every quantity of a run by name, named when somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from tutor.solver.activations import Array

Value = float | Array


class Solution:
    """The values of a model's quantities: floats for numbers, arrays for vectors and matrices in the shape shown.

    The matrices are there at once; their cells get their names on the first look, all together.
    """

    def __init__(self, name: Callable[[], dict[str, Value]]) -> None:
        self._name = name

    @cached_property
    def values(self) -> dict[str, Value]:
        """Every number and every array under its canonical name."""
        return self._name()

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)
