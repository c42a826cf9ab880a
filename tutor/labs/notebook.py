"""Keep track of the cells of a lesson: which have run, in what order, and which are out of date."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tutor.labs.syntax import tree


class CellState(StrEnum):
    """The state of a cell; a ``STALE`` cell has run, but something that it depends on has changed since."""

    NOT_RUN = "not run"
    RUNNING = "running"
    FRESH = "fresh"
    FAILED = "failed"
    STALE = "stale"


@dataclass
class _Cell:
    id: str
    source: str
    ran: str | None = None
    turn: int = 0
    is_ok: bool = False
    is_running: bool = False


class Notebook:
    """The cells of a lesson in their order, by id. ``label`` numbers them from 1: "cell 2"."""

    def __init__(self, cells: dict[str, str]) -> None:
        self._cells = {name: _Cell(name, source) for name, source in cells.items()}
        self._turn = 0

    def label(self, cell: str) -> str:
        """Return the name of a cell on screen and in tracebacks."""
        return f"cell {list(self._cells).index(cell) + 1}"

    def source(self, cell: str) -> str:
        """Return the cell's present code."""
        return self._cells[cell].source

    def edit(self, cell: str, source: str) -> None:
        """Replace the cell's code with what the learner typed."""
        self._cells[cell].source = source

    def begin(self, cell: str) -> None:
        """Note that a cell begins to run."""
        self._turn += 1
        now = self._cells[cell]
        now.ran, now.turn, now.is_running = now.source, self._turn, True

    def end(self, cell: str, *, is_ok: bool) -> None:
        """Note that a cell has run."""
        self._cells[cell].is_running = False
        self._cells[cell].is_ok = is_ok

    def restart(self) -> None:
        """Note that all names are lost, as if no cell had run."""
        for cell in self._cells.values():
            cell.ran, cell.turn, cell.is_ok, cell.is_running = None, 0, False, False

    def state(self, cell: str) -> CellState:
        """Return the cell's state now."""
        now = self._cells[cell]
        if now.is_running:
            return CellState.RUNNING
        if now.ran is None:
            return CellState.NOT_RUN
        if self.why_stale(cell):
            return CellState.STALE
        return CellState.FRESH if now.is_ok else CellState.FAILED

    def why_stale(self, cell: str) -> str:
        """Return why a cell is stale, in a sentence; empty for one that is not."""
        now = self._cells[cell]
        if now.ran is None:
            return ""
        if now.ran != now.source:
            return "Edited since it ran: run it again."
        for earlier in self._before(cell):
            label = self.label(earlier.id)
            if earlier.turn > now.turn:
                return f"{label.capitalize()} has run again since: run this one again too."
            if earlier.ran is not None and earlier.ran != earlier.source:
                return f"{label.capitalize()} was edited: run it and then this one."
        return ""

    def not_yet_run(self, cell: str) -> tuple[str, ...]:
        """Return the cells above this one that have to run first, in order."""
        return tuple(earlier.id for earlier in self._before(cell) if earlier.ran is None or not earlier.is_ok)

    def above(self, cell: str) -> tuple[str, ...]:
        """Return the cells above one, in their order."""
        return tuple(each.id for each in self._before(cell))

    def maker(self, name: str, *, besides: str = "") -> str | None:
        """Return the label of the cell that defines a missing ``name`` and has not run."""
        for cell in self._cells.values():
            if cell.id != besides and (cell.ran is None or not cell.is_ok) and name in names_made(cell.source):
                return self.label(cell.id)
        return None

    def _before(self, cell: str) -> list[_Cell]:
        cells = list(self._cells.values())
        return cells[: list(self._cells).index(cell)]


#: The syntax nodes that open a scope.
_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def _at_top_level(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _SCOPES):
            yield from _at_top_level(child)


def names_made(source: str) -> set[str]:
    """Return the names that code defines at its top level; none if it cannot be parsed."""
    code = tree(source)
    if code is None:
        return set()
    found: set[str] = set()
    for node in _at_top_level(code):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return found
