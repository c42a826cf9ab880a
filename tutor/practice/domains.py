"""The numbers that each number may become: those that the author gives in ``vary``, or else the author's own grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tutor.lessons.blocks import Model, Vary
from tutor.network import Worksheet
from tutor.practice.grid import Number, as_written, author_grid, spaced
from tutor.practice.leaves import Keys, Leaf
from tutor.practice.stream import Stream

#: Constants of a method, which stay the same in every variant.
_CONSTANTS = frozenset((
    "alpha", "beta", "beta1", "beta2", "eps", "epsilon", "eta", "lr", "rho", "gamma", "lambda", "lambd", "lam",
    "momentum", "d", "k", "n", "N", "T", "slope",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model's numbers are drawn: each of ``free`` from its list; each group in ``mixed`` by shuffling.

    ``distinct`` holds groups of rows; no two rows of a group may be equal.
    """

    free: tuple[tuple[Keys, tuple[Number, ...]], ...]
    mixed: tuple[tuple[tuple[Keys, ...], tuple[Number, ...]], ...]
    distinct: tuple[tuple[tuple[Keys, ...], ...], ...] = ()

    def draw(self, stream: Stream) -> dict[Keys, Number]:
        """Return new numbers for everything that varies."""
        drawn: dict[Keys, Number] = {path: stream.pick(numbers) for path, numbers in self.free}
        for paths, numbers in self.mixed:
            drawn.update(zip(paths, stream.shuffled(numbers), strict=True))
        return drawn

    def is_distinct(self, numbers: Mapping[Keys, Number]) -> bool:
        """Return whether all rows that must differ do so."""
        return all(len({tuple(numbers[path] for path in row) for row in rows}) == len(rows) for rows in self.distinct)


def plan(model: Model, found: Sequence[Leaf]) -> Plan:
    """Return the plan for a model whose numbers are ``found``."""
    pools: dict[str, list[Leaf]] = {}
    for leaf in found:
        pools.setdefault(leaf.pool, []).append(leaf)
    free: list[tuple[Keys, tuple[Number, ...]]] = []
    mixed: list[tuple[tuple[Keys, ...], tuple[Number, ...]]] = []
    for row in _rows(leaf for leaf in found if model.vary.one_hot and set(model.vary.one_hot) & set(leaf.names)):
        mixed.append((tuple(leaf.path for leaf in row), tuple(leaf.value for leaf in row)))
    shuffled = {path for paths, _ in mixed for path in paths}
    for pool, every in pools.items():
        members = [leaf for leaf in every if leaf.path not in shuffled]
        own = [(leaf, _allowed(model.vary, leaf)) for leaf in members]
        free += [(leaf.path, numbers) for leaf, numbers in own if numbers]
        rest = [leaf for leaf, numbers in own if numbers is None]
        if not rest or _stays(model, pool, rest):
            continue
        if _is_binary(rest):
            mixed.append((tuple(leaf.path for leaf in rest), tuple(leaf.value for leaf in rest)))
            continue
        grid = author_grid([leaf.value for leaf in rest])
        free += [(leaf.path, grid) for leaf in rest if leaf.value and grid]
    return Plan(tuple(free), tuple(mixed), tuple(_distinct(found, name) for name in model.vary.distinct))


def _rows(found: Iterable[Leaf]) -> list[list[Leaf]]:
    """Group the numbers by the list that they are in."""
    rows: dict[Keys, list[Leaf]] = {}
    for leaf in found:
        rows.setdefault(leaf.path[:-1], []).append(leaf)
    return list(rows.values())


def _distinct(found: Sequence[Leaf], name: str) -> tuple[tuple[Keys, ...], ...]:
    """Return the rows that ``name`` refers to; if it is a single row, its cells."""
    rows = _rows(leaf for leaf in found if name in leaf.names)
    if len(rows) == 1:
        return tuple((leaf.path,) for leaf in rows[0])
    return tuple(tuple(leaf.path for leaf in row) for row in rows)


def _allowed(vary: Vary, leaf: Leaf) -> tuple[Number, ...] | None:
    """Return the numbers that ``vary`` allows here: none if it keeps this one, None if it does not mention it."""
    for name in leaf.names:
        if name in vary.pick:
            return tuple(as_written(value) for value in vary.pick[name])
        if name in vary.ranges:
            return spaced(*vary.ranges[name])
        if name in vary.keep:
            return ()
    return None


def _is_binary(members: Sequence[Leaf]) -> bool:
    return {leaf.value for leaf in members} <= {0, 1}


def _stays(model: Model, pool: str, members: Sequence[Leaf]) -> bool:
    """Return whether numbers that ``vary`` does not mention stay the same: rates, truth tables, classes, all zeros;
    on a worksheet, the constants of a method and the lengths of arrays."""
    if not any(leaf.value for leaf in members):
        return True
    if isinstance(model.built, Worksheet):
        value = members[0].value
        is_length = len(members) == 1 and isinstance(value, int) and value in _sizes(model.spec)
        return pool in _CONSTANTS or is_length
    if pool == "lr":
        return True
    return _is_binary(members) and (model.built.is_batch or (pool == "target" and len(members) == 1))


def _sizes(spec: Mapping[str, object]) -> set[int]:
    """Return the lengths of a worksheet's arrays; a single whole number equal to one of them is probably a length."""
    sizes: set[int] = set()
    given = spec.get("given")
    for value in given.values() if isinstance(given, Mapping) else ():
        while isinstance(value, Sequence) and not isinstance(value, str) and value:
            sizes.add(len(value))
            value = value[0]
    return sizes - {1}
