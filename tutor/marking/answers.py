"""From what was typed to numbers with their decimals, by way of the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import evaluate, format_number, parse, resolve
from tutor.formulas.tree import Compare, Neg, Num, Tree
from tutor.marking.mark import Answer
from tutor.marking.rounding import written_decimals
from tutor.network import Graph, Quantity


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was read: ``decimals`` as typed, ``shown`` how it was read (empty where that would tell a
    value)."""

    value: float
    decimals: int
    shown: str = ""


def read_number(graph: Graph, quantity: Quantity, answer: str | float) -> Number:
    """One number; raises ``FormulaError`` where it cannot be read."""
    if isinstance(answer, (int, float)):
        return Number(float(answer), written_decimals(float(answer)), format_number(float(answer)))
    tree = parse(answer)
    if isinstance(tree, Compare):
        tree = tree.right
    tree = resolve(tree, graph.canonical, source=answer)
    value = evaluate(tree, graph.values)
    return Number(value, _decimals(tree, value), format_number(value))


def _decimals(tree: Tree, value: float) -> int:
    inner = tree.of if isinstance(tree, Neg) else tree
    if isinstance(inner, Num) and "e" not in inner.text.lower():
        return len(inner.text.partition(".")[2])
    return written_decimals(round(value, 12))


def read_cells(graph: Graph, quantity: Quantity, answer: Answer) -> list[Number | FormulaError | None]:
    """A grid's cells, row by row: None where one is empty. Raises ``FormulaError`` where there are more or fewer."""
    flat = _flat(answer)
    if len(flat) != len(quantity.cells):
        raise FormulaError(f"{len(quantity.cells)} numbers are wanted here, not {len(flat)}.")
    cells: list[Number | FormulaError | None] = []
    for part in flat:
        if isinstance(part, str) and not part.strip():
            cells.append(None)
            continue
        try:
            cells.append(read_number(graph, quantity, part))
        except FormulaError as error:
            cells.append(error)
    return cells


def _flat(answer: Answer) -> list[str | float]:
    if isinstance(answer, str):
        return list(answer.replace("[", " ").replace("]", " ").replace(",", " ").replace(";", " ").split())
    if isinstance(answer, (int, float)):
        return [float(answer)]
    found: list[str | float] = []
    for part in answer:
        found.extend(_flat(part) if isinstance(part, Sequence) and not isinstance(part, str) else [part])
    return found
