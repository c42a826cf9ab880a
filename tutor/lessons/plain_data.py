"""Convert a loaded lesson to plain data that JSON can hold, and back. Unlike a pickle, the data contains no code.

The data is a list of records, one for each object, with every object after those that it holds. A record is the name of
a type and the object's contents: numbers, texts, true, false and null as they are, and any other object as ``[n]``, the
number of its record. An object that is used in two places has one record, so that a question and its lesson still share
one graph afterwards.

Only the types of ``_types()`` can be written or made, and objects are made by their constructors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Any

from tutor.formulas import notation, tree
from tutor.lessons import blocks, template
from tutor.network import graph, layers, model, nodes, worksheet

_MODULES = (tree, template, blocks, nodes, layers, model, worksheet)
"""The modules whose dataclasses and enumerations a lesson consists of."""

_ATOMS = (str, int, float, type(None))

Records = list[list[object]]


class NotPlainError(Exception):
    """A lesson contains an object of an unsupported type, or data does not describe a lesson."""


# -- from a lesson to data ------------------------------------------------------------------------------------------


def to_data(thing: object) -> Records:
    """Return the records of an object and of everything in it; that of the object itself is the last.

    Raises:
        NotPlainError: Something in it has an unsupported type.
    """
    writer = _Writer()
    writer.value(thing)
    return writer.records


class _Writer:
    """Collects the records; ``known`` maps the id of each object to the number of its record."""

    def __init__(self) -> None:
        self.records: Records = []
        self.known: dict[int, int] = {}
        self._kept: list[object] = []  # keeps temporary objects alive, so that their ids are not used again

    def value(self, thing: object) -> object:
        """Return what stands for an object in a record."""
        if type(thing) in _ATOMS or isinstance(thing, bool):
            return thing
        if isinstance(thing, _ATOMS) and not isinstance(thing, Enum):
            # a subclass, such as a number that remembers how it was written
            return next(kind(thing) for kind in (str, int, float) if isinstance(thing, kind))
        if id(thing) not in self.known:
            record = [_name(thing), *map(self.value, _contents(thing))]
            self.known[id(thing)] = len(self.records)
            self.records.append(record)
            self._kept.append(thing)
        return [self.known[id(thing)]]


def _name(thing: object) -> str:
    if isinstance(thing, Path):
        return "Path"
    name = type(thing).__name__
    if _types().get(name, (type(None), None))[0] is not type(thing):
        raise NotPlainError(f"{name} is not a part of a lesson")
    return name


def _contents(thing: Any) -> Iterator[object]:
    """Yield the contents of an object, in the order in which ``_types`` reads them."""
    if isinstance(thing, tuple | list):
        yield from thing
    elif isinstance(thing, dict):
        for pair in thing.items():
            yield from pair
    elif isinstance(thing, Enum):
        yield thing.value
    elif isinstance(thing, Path):
        yield str(thing)
    elif isinstance(thing, range):
        yield from (thing.start, thing.stop, thing.step)
    elif isinstance(thing, notation.Notation):
        yield from (thing.symbols, thing.follows_loss)
    elif isinstance(thing, graph.Graph):
        yield from ([*thing.nodes.values()], [*thing.arrays.values()], thing.notation, thing.aliases, thing.groups)
        yield from (thing.steps, thing.array_formulas, thing.model, sorted(thing.on_request))
        yield [float(value) for value in thing.values.values()]  # computing them again would import NumPy
    else:
        yield from (getattr(thing, each.name) for each in fields(thing))


# -- from data to a lesson ------------------------------------------------------------------------------------------


def from_data(records: Sequence[Sequence[Any]]) -> object:
    """Return the object that the records describe.

    Raises:
        NotPlainError: They do not describe an object.
    """
    types = _types()
    made: list[object] = []
    try:
        for name, *contents in records:
            values = [
                made[each[0]] if type(each) is list else intern(each) if type(each) is str else each
                for each in contents
            ]  # interned: a name may be in a hundred formulas
            made.append(types[name][1](values))
        return made[-1]
    except (TypeError, ValueError, KeyError, IndexError) as error:
        raise NotPlainError(f"This is not a lesson: {error}") from None


@lru_cache(maxsize=1)
def _types() -> dict[str, tuple[type, Callable[[list[Any]], object]]]:
    """Return every type that a lesson may contain, by name, with a function that makes one from a record's values."""
    found: dict[str, tuple[type, Callable[[list[Any]], object]]] = {
        "tuple": (tuple, tuple),
        "list": (list, list),
        "dict": (dict, lambda values: dict(zip(values[::2], values[1::2], strict=True))),
        "range": (range, lambda values: range(*values)),
        "Path": (Path, lambda values: Path(*values)),
        "Notation": (notation.Notation, lambda values: notation.Notation(values[0], follows_loss=values[1])),
        "Graph": (graph.Graph, _graph),
    }
    here = tuple(module.__name__ for module in _MODULES)
    named = [kind for module in _MODULES for kind in vars(module).values() if isinstance(kind, type)]
    own = [kind for kind in named if kind.__module__.startswith(here)]
    for kind in (*own, *_below(blocks.Block)):
        if issubclass(kind, Enum) or is_dataclass(kind):
            found.setdefault(kind.__name__, (kind, _maker(kind)))
    return found


def _below(kind: type) -> Iterator[type]:
    """Yield every subclass of a class, at any depth."""
    below: list[type] = kind.__subclasses__()
    for each in below:
        yield each
        yield from _below(each)


def _maker(kind: type) -> Callable[[list[Any]], object]:
    if not is_dataclass(kind):
        return lambda values: kind(*values)
    names = [each.name for each in fields(kind)]
    return lambda values: kind(**dict(zip(names, values, strict=True)))


def _graph(values: list[Any]) -> graph.Graph:
    nodes, arrays, symbols, aliases, groups, steps, array_formulas, of, on_request, numbers = values
    made = graph.Graph(nodes, arrays, notation=symbols, aliases=aliases, groups=groups, steps=steps)
    made.array_formulas = array_formulas
    made.model = of
    made.on_request = set(on_request)
    vars(made)["values"] = dict(zip(made.nodes, numbers, strict=True))
    return made
