"""The parts of a printed sheet that blocks produce, and the state of a sheet while it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from tutor.formulas import format_number, text
from tutor.formulas.numbers import as_typed, real_minus
from tutor.formulas.tree import Name
from tutor.lessons.blocks.field import precision
from tutor.network import Graph, Network

if TYPE_CHECKING:
    from tutor.lessons.blocks.plot import PlotView
    from tutor.lessons.blocks.table import TableView


@dataclass(frozen=True)
class Heading:
    """A screen's title."""

    text: str


@dataclass(frozen=True)
class Prose:
    """Markdown with mathematics."""

    markdown: str


@dataclass(frozen=True)
class GivenPart:
    """The given numbers as LaTeX, one formula per line."""

    name: str
    latex: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """A network to draw."""

    network: Network
    graph: Graph
    with_numbers: bool


@dataclass(frozen=True)
class Code:
    """The program of a code cell."""

    text: str


@dataclass(frozen=True)
class Blank:
    """Space for an answer: its label, a note on precision, the shape of a grid (() for one number), the lines of space
    to work in, the lines of the solution on a worked sheet, and a prompt for this answer only."""

    label: str
    note: str = ""
    shape: tuple[int, ...] = ()
    space: int = 2
    worked: tuple[str, ...] = ()
    prompt: str = ""


@dataclass(frozen=True)
class Exercise:
    """A numbered question. ``choices`` are options to tick or steps to number."""

    number: int
    prompt: str
    blanks: tuple[Blank, ...] = ()
    choices: tuple[str, ...] = ()
    marks: Literal["tick", "order"] = "tick"
    code: str = ""
    worked: tuple[str, ...] = ()


Part: TypeAlias = "Heading | Prose | GivenPart | Drawing | PlotView | TableView | Code | Exercise"


@dataclass
class Paper:
    """A sheet that is being made, blank or ``worked``. ``given`` are the models whose given numbers are on it already;
    ``asked`` are the numbers that a blank sheet must not show, by model and name."""

    worked: bool
    with_texts: bool = True
    asked: frozenset[tuple[str, str]] = frozenset()
    given: set[str] = field(default_factory=set)
    _count: int = 0

    def is_shown(self, of: str, name: str) -> bool:
        """Return whether the sheet may show a number."""
        return self.worked or (of, name) not in self.asked

    def next_number(self) -> int:
        """Return the number of the next exercise."""
        self._count += 1
        return self._count

    def blank(self, graph: Graph, name: str, decimals: int) -> Blank:
        """Return the space for one number."""
        worked = formula_lines(graph, name, decimals) if self.worked else ()
        return Blank(graph.notation.text(name), precision(decimals), worked=worked)


def formula_lines(graph: Graph, cell: str, decimals: int) -> tuple[str, ...]:
    """Return the lines of a number's working: its formula, the formula with numbers, the value."""
    definition = graph.definition(cell)
    values = graph.values
    notation = graph.notation
    symbol, value = notation.text(cell), value_text(values[cell], decimals)
    if definition == Name(cell):
        return (f"{symbol} = {value}",)
    formula = text(definition, notation)
    filled = text(definition, notation, lambda name: format_number(values[name]) if name in values else None)
    sides = [each for each in dict.fromkeys((formula, filled, value)) if each != symbol]
    return tuple(f"{' ' * len(symbol) if number else symbol} = {each}" for number, each in enumerate(sides))


def value_text(value: float, decimals: int) -> str:
    """Return a number rounded to these decimals, with a real minus sign."""
    return real_minus(as_typed(value, decimals))
