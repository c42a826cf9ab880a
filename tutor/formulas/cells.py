"""Arrays of formulas, with a tree for each cell."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from tutor.formulas.tree import Name, Tree

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """A tree for each cell, row by row; ``shape`` is () for a number, (n,) for a vector or (rows, columns).

    ``values`` are the numbers of a given array, and empty for others.
    """

    shape: Shape
    trees: tuple[Tree, ...]
    values: tuple[float, ...] = ()

    @property
    def rows(self) -> tuple[tuple[Tree, ...], ...]:
        """The trees in rows; a vector is one row."""
        width = self.shape[-1] if self.shape else 1
        return tuple(self.trees[start : start + width] for start in range(0, len(self.trees), width))


def cell_names(name: str, shape: Shape, at: int = 1) -> tuple[str, ...]:
    """Return the names of an array's cells, row by row: ``Q[1,2]``, of a vector ``v[2]``, of a number ``w``.

    From the second round on, each has the round behind it: ``Q[1,2]@2``.
    """
    places = product(*(range(1, length + 1) for length in shape))
    indices = [f"[{','.join(map(str, place))}]" if place else "" for place in places]
    return tuple(f"{name}{index}{'' if at == 1 else f'@{at}'}" for index in indices)


def named_cells(name: str, shape: Shape, values: tuple[float, ...] = ()) -> Cells:
    """Return an array whose trees are its cells' names."""
    return Cells(shape, tuple(Name(each) for each in cell_names(name, shape)), values)


def transpose(cells: Cells) -> Cells:
    """Return the transposed array; a vector stays unchanged."""
    if len(cells.shape) < 2:
        return cells
    flipped = tuple(zip(*cells.rows, strict=True))
    return Cells((cells.shape[1], cells.shape[0]), tuple(tree for row in flipped for tree in row))


def describe(shape: Shape) -> str:
    """Return a shape in words: ``a number``, ``2 values``, ``3×2``."""
    if not shape:
        return "a number"
    return f"{shape[0]} values" if len(shape) == 1 else f"{shape[0]}×{shape[1]}"
