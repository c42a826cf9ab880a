"""A worked solution with a mistake to find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.lessons.blocks.ask import AskItem
from tutor.lessons.blocks.base import After, Block, Question, Reference
from tutor.lessons.blocks.choose import Choose, Option
from tutor.lessons.blocks.text import Text
from tutor.lessons.blocks.worked import column, same_place, worked_node
from tutor.lessons.template import joined, literal
from tutor.mistakes import MistakenFormula, mistakes_at, rank, sentence, surroundings
from tutor.mistakes.writing import OTHER_QUANTITY
from tutor.network import Graph
from tutor.network.worked import WorkedLine, worked_lines, worked_nodes

#: A mistake is worth finding if it changes its line by more than this share of the value, and by more than this much.
_SHARE = 0.02
_LEAST = 0.002
_NAMED = 3
NO_MISTAKE = "none"


@dataclass(frozen=True, kw_only=True, eq=False)
class Find(Question):
    """The worked solution of a quantity with a typical mistake carried through. ``mistake`` is its id if it can be made
    here; empty means a likely one, and "none" a solution without a mistake."""

    reference: Reference
    mistake: str = ""
    seed: str = ""
    decimals: int | None = None

    def parts(self) -> Sequence[Block]:
        """Return the lines as a text, then questions: which line is wrong first, what went wrong there, and what the
        right number is."""
        reference, graph, name = self.reference, self.reference.graph, worked_node(self.reference)
        seed = self.seed or self.id
        planted = None if self.mistake == NO_MISTAKE else plant(graph, name, self.mistake, seed)
        lines = planted.lines if planted is not None else worked_lines(graph, name)
        text = Text(id=f"{self.id}/worked", after=self.after, text=joined(self.prompt, literal(column(graph, lines))))
        where = Choose(
            **same_place(self),
            id=f"{self.id}/line",
            prompt=literal("Which is the first wrong line?"),
            options=tuple(_line_options(graph, lines, planted)),
            shuffle=False,
        )
        if planted is None:
            return [text, where]
        wrong = planted.mistaken
        which = Choose(
            **{**same_place(self), "after": After(where.id)},
            id=f"{self.id}/mistake",
            prompt=literal("What went wrong in that line?"),
            options=tuple(_mistake_options(graph, wrong)),
        )
        item = AskItem(
            reference.of,
            graph,
            graph.as_quantity(wrong.at),
            decimals=self.decimals,
            prompt=literal(f"The right value of ${graph.notation.latex(wrong.at)}$"),
            hints=self.hints,
            builtin_hints=self.builtin_hints,
            explain=self.explain,
            reveal=self.reveal,
        )
        right = replace(item.alone(self.id), **{**same_place(self), "after": After(which.id)})
        return [text, where, which, right]


@dataclass(frozen=True, slots=True)
class PlantedMistake:
    """A mistake put into one line of a worked solution and carried through the lines after it."""

    mistaken: MistakenFormula
    lines: tuple[WorkedLine, ...]

    @property
    def place(self) -> int:
        """The index of its line."""
        return next(place for place, line in enumerate(self.lines) if line.name == self.mistaken.at)


def plant(graph: Graph, name: str, mistake: str, seed: str) -> PlantedMistake | None:
    """Return a worked solution of a node with a typical mistake in it: the one with the id ``mistake`` if it can be
    made here, else a likely one; None if no mistake changes the numbers visibly."""
    found = _telling(graph, name)
    own = [mistaken for mistaken in found if mistaken.id == mistake]
    firsts: dict[tuple[str, str], MistakenFormula] = {}
    for mistaken in found:
        if mistaken.id != OTHER_QUANTITY:  # whoever worked this out was asked for nothing else
            firsts.setdefault((mistaken.at, mistaken.id), mistaken)
    if not own and not firsts:
        return None
    likely = list(firsts.values())[: 2 * _NAMED]
    chosen = own[0] if own else Random(seed).choice(likely)
    values = graph.evaluate({chosen.at: evaluate(chosen.tree, graph.values)})
    lines = tuple(
        WorkedLine(line.name, graph.taught(chosen.tree) if line.name == chosen.at else line.formula, line.value)
        for line in worked_lines(graph, name, values)
    )
    return PlantedMistake(chosen, lines)


def mistakes_that_tell(reference: Reference) -> tuple[str, ...]:
    """Return the ids of the typical mistakes that would show in a worked solution of a quantity, likeliest first."""
    found = _telling(reference.graph, worked_node(reference))
    return tuple(dict.fromkeys(mistaken.id for mistaken in sorted(found, key=rank)))


def _telling(graph: Graph, name: str) -> list[MistakenFormula]:
    """Return the typical mistakes that would show in the lines of a node's worked solution, line by line."""
    around, nodes = surroundings(graph), worked_nodes(graph, name)
    return [
        mistaken for each in nodes for mistaken in mistakes_at(around, graph.nodes[each]) if _tells(graph, mistaken)
    ]


def _line_options(graph: Graph, lines: Sequence[WorkedLine], planted: PlantedMistake | None) -> Iterator[Option]:
    for place, line in enumerate(lines):
        right = planted is not None and place == planted.place
        symbol = graph.notation.text(line.name)
        if right:
            why = f"Yes. The lines before {symbol} are right." if place else "Yes. It is not what its formula gives."
        elif planted is not None and planted.mistaken.at in graph.ancestors(line.name):
            why = f"{symbol} only follows from a wrong line before it."
        else:
            why = f"{symbol} is right: work it out to see."
        yield Option(text=literal(f"Line {place + 1}, {symbol}"), correct=right, why=literal(why))
    none = "Yes, every line is right." if planted is None else "One of them is not what its formula gives."
    yield Option(text=literal("None of them: all are right"), correct=planted is None, why=literal(none))


def _mistake_options(graph: Graph, wrong: MistakenFormula) -> Iterator[Option]:
    """Yield the mistake that was made and up to two that were not, each as its sentence."""
    said = {sentence(graph, wrong): True}
    for other in mistakes_at(surroundings(graph), graph.nodes[wrong.at]):
        if other.id not in (wrong.id, OTHER_QUANTITY) and _tells(graph, other) and not _same(graph, other, wrong):
            said.setdefault(sentence(graph, other), False)
        if len(said) == _NAMED:
            break
    for text, right in said.items():
        why = "Yes." if right else "That would have given another number."
        yield Option(text=literal(text), correct=right, why=literal(why))


def _tells(graph: Graph, mistaken: MistakenFormula) -> bool:
    """Return whether a mistake has a finite value and changes its line visibly."""
    try:
        value = evaluate(mistaken.tree, graph.values)
    except FormulaError:
        return False
    true = graph.values[mistaken.at]
    return abs(value) < 1e6 and abs(value - true) > max(_LEAST, _SHARE * abs(true))


def _same(graph: Graph, one: MistakenFormula, other: MistakenFormula) -> bool:
    return abs(evaluate(one.tree, graph.values) - evaluate(other.tree, graph.values)) < _LEAST
