"""The values of a run by name; the names are only made when a value is first read."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from tutor.engines.numpy.activations import Array
from tutor.errors import QuantityError

if TYPE_CHECKING:
    from tutor.engines.numpy.plan import Naming

Value = float | Array


class Named(Mapping[str, Value]):
    """A run's numbers and arrays by name. All runs of a network share one table of names."""

    __slots__ = ("_cells", "_constants", "_naming", "_numbers")

    def __init__(self, naming: Naming, cells: Array, constants: Mapping[str, float]) -> None:
        """``cells`` are in the naming's order; ``constants`` are numbers that the run did not compute."""
        self._naming, self._cells, self._constants = naming, cells, constants
        self._numbers: list[float] = cells[: naming.count].tolist()

    def __getitem__(self, name: str) -> Value:
        place = self._naming.places.get(name)
        if isinstance(place, int):
            return self._numbers[place]
        if place is None:
            return self._constants[name]
        return self._cells[place[0]].reshape(place[1])

    def __contains__(self, name: object) -> bool:
        return name in self._naming.places or name in self._constants

    def __iter__(self) -> Iterator[str]:
        yield from self._naming.places
        yield from self._constants

    def __len__(self) -> int:
        return len(self._naming.places) + len(self._constants)


class Solution:
    """The values of a model's quantities: floats for numbers, arrays for vectors and matrices in the shape shown.

    The cells get their names when a value is first read, all at once.
    """

    def __init__(self, name: Callable[[], Mapping[str, Value]]) -> None:
        self._name = name

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """Every number and every array under its canonical name."""
        return self._name()

    def __getitem__(self, name: str) -> Value:
        return self.values[name]

    def __contains__(self, name: object) -> bool:
        return name in self.values


def no_such(name: str, model: str, known: Iterable[str]) -> QuantityError:
    """Return the error for a name that a network or worksheet (``model``) does not compute."""
    near = difflib.get_close_matches(name, list(known), 1)
    return QuantityError(f"This {model} computes no {name!r}.", nearest=near[0] if near else None)
