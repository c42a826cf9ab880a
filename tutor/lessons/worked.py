"""Questions made from a worked solution, for any quantity of any model: faded lines, a mistake to find.

Each is made of blocks that there are anyway (texts, choices, quantities asked), so it is marked, hinted, printed and
shown on plain lines like any other question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tutor.errors import FormulaError
from tutor.formulas import evaluate, latex
from tutor.lessons.blocks import (
    After,
    Ask,
    AskItem,
    Block,
    Choose,
    Find,
    Option,
    Question,
    Reference,
    Text,
    Worked,
)
from tutor.lessons.template import EMPTY, Template
from tutor.mistakes import MistakenFormula, Surroundings, mistakes_at, rank, sentence
from tutor.network import Graph
from tutor.network.worked import WorkedLine, line_latex, worked_lines, worked_nodes

#: A mistake is worth finding where it changes its line by at least this share, or this much.
_SHARE = 0.02
_LEAST = 0.002
_NAMED = 3
NO_MISTAKE = "none"


def written(text: str) -> Template:
    """A text with nothing to fill in."""
    return Template(text, (text,))


def worked_blocks(block: Worked) -> list[Block]:
    """A worked solution as blocks: the closed lines as a text, the last ``open`` ones as questions."""
    reference, graph = block.reference, block.reference.graph
    lines = worked_lines(graph, _node(reference))
    count = max(1, min(block.open, len(lines)))
    closed, left = lines[:-count], lines[-count:]
    found: list[Block] = []
    if closed:
        text = written(_column(graph, closed))
        found.append(Text(id=f"{block.id}/worked", after=block.after, text=_joined(block.prompt, text)))
    items = tuple(
        AskItem(
            reference=Reference(reference.of, graph, graph.as_quantity(line.name)),
            decimals=block.decimals if line is lines[-1] else None,
            prompt=written(f"${graph.notation.latex(line.name)} = {latex(line.formula, graph.notation)}$"),
            hints=block.hints if line is lines[-1] else (),
            builtin_hints=block.builtin_hints,
            explain=block.explain if line is lines[-1] else EMPTY,
            reveal=block.reveal,
        )
        for line in left
    )
    found.append(Ask(**_same_place(block), id=block.id, items=items, decimals=block.decimals))
    return found


@dataclass(frozen=True, slots=True)
class PlantedMistake:
    """A mistake put into one line of a worked solution and carried through the lines after it."""

    mistaken: MistakenFormula
    lines: tuple[WorkedLine, ...]

    @property
    def place(self) -> int:
        """The line it is in, from 0."""
        return next(place for place, line in enumerate(self.lines) if line.name == self.mistaken.at)


def plant(graph: Graph, name: str, wanted: str, seed: str) -> PlantedMistake | None:
    """A worked solution of a node with a typical mistake in it: the one of the id ``wanted`` where it can be made here,
    else a likely one; None where no mistake can be told from the right numbers."""
    around = Surroundings(graph)
    found: list[MistakenFormula] = []
    for each in worked_nodes(graph, name):
        found.extend(made for made in mistakes_at(around, graph.nodes[each]) if _tells(graph, made))
    if not found:
        return None
    own = [made for made in found if made.id == wanted]
    firsts: dict[tuple[str, str], MistakenFormula] = {}
    for made in found:
        firsts.setdefault((made.at, made.id), made)
    likely = list(firsts.values())[: 2 * _NAMED]
    chosen = own[0] if own else Random(seed).choice(likely)
    values = graph.evaluate({chosen.at: evaluate(chosen.tree, graph.values)})
    lines = tuple(
        WorkedLine(line.name, graph.taught(chosen.tree) if line.name == chosen.at else line.formula, line.value)
        for line in worked_lines(graph, name, values)
    )
    return PlantedMistake(chosen, lines)


def find_blocks(block: Find) -> list[Block]:
    """A worked solution with a mistake to be found, as blocks: where it is, which one it is, and the right number."""
    reference, graph, name = block.reference, block.reference.graph, _node(block.reference)
    seed = block.seed or block.id
    planted = None if block.mistake == NO_MISTAKE else plant(graph, name, block.mistake, seed)
    lines = planted.lines if planted is not None else worked_lines(graph, name)
    text = Text(id=f"{block.id}/worked", after=block.after, text=_joined(block.prompt, written(_column(graph, lines))))
    where = Choose(
        **_same_place(block),
        id=f"{block.id}/line",
        prompt=written("Which is the first wrong line?"),
        options=tuple(_line_options(graph, lines, planted)),
        shuffle=False,
    )
    if planted is None:
        return [text, where]
    wrong = planted.mistaken
    node = Reference(reference.of, graph, graph.as_quantity(wrong.at))
    which = Choose(
        **{**_same_place(block), "after": After(where.id)},
        id=f"{block.id}/mistake",
        prompt=written("What went wrong in that line?"),
        options=tuple(_mistake_options(graph, wrong)),
    )
    item = AskItem(
        reference=node,
        decimals=block.decimals,
        prompt=written(f"The right value of ${graph.notation.latex(wrong.at)}$"),
        hints=block.hints,
        builtin_hints=block.builtin_hints,
        explain=block.explain,
        reveal=block.reveal,
    )
    right = Ask(**{**_same_place(block), "after": After(which.id)}, id=block.id, items=(item,))
    return [text, where, which, right]


def mistakes_that_tell(reference: Reference) -> tuple[str, ...]:
    """The ids of the typical mistakes that would show in a worked solution of a quantity, the likeliest first."""
    graph = reference.graph
    around = Surroundings(graph)
    nodes = worked_nodes(graph, _node(reference))
    found = [made for name in nodes for made in mistakes_at(around, graph.nodes[name]) if _tells(graph, made)]
    return tuple(dict.fromkeys(made.id for made in sorted(found, key=rank)))


def _same_place(block: Question) -> dict[str, Any]:
    """What the blocks that a question becomes have in common with it."""
    return {
        "of": block.of,
        "after": block.after,
        "line": block.line,
        "column": block.column,
        "allow": block.allow,
        "skills": block.skills,
        "practice": block.practice,
        "reveal": block.reveal,
    }


def _joined(first: Template, second: Template) -> Template:
    return Template(f"{first.source}\n\n{second.source}", (*first.parts, "\n\n", *second.parts)) if first else second


def _line_options(graph: Graph, lines: Sequence[WorkedLine], planted: PlantedMistake | None) -> Iterator[Option]:
    for place, line in enumerate(lines):
        right = planted is not None and place == planted.place
        symbol = graph.notation.text(line.name)
        if right:
            why = f"Yes. The lines before {symbol} are right."
        elif planted is not None and place > planted.place:
            why = f"{symbol} only follows from a wrong line before it."
        else:
            why = f"{symbol} is right: work it out once more."
        yield Option(text=written(f"Line {place + 1}, {symbol}"), correct=right, why=written(why))
    none = "Yes, every line is right." if planted is None else "One of them is not what its formula gives."
    yield Option(text=written("None of them: all are right"), correct=planted is None, why=written(none))


def _mistake_options(graph: Graph, wrong: MistakenFormula) -> Iterator[Option]:
    """The mistake that was made and two that were not, each as its sentence."""
    said = {sentence(graph, wrong): True}
    for other in mistakes_at(Surroundings(graph), graph.nodes[wrong.at]):
        if other.id != wrong.id and _tells(graph, other) and not _same(graph, other, wrong):
            said.setdefault(sentence(graph, other), False)
        if len(said) == _NAMED:
            break
    for text, right in said.items():
        why = "Yes." if right else "That would have given another number."
        yield Option(text=written(text), correct=right, why=written(why))


def _tells(graph: Graph, made: MistakenFormula) -> bool:
    """Whether a mistake changes its own line visibly and everything after it has a value."""
    try:
        value = evaluate(made.tree, graph.values)
    except FormulaError:
        return False
    true = graph.values[made.at]
    return value == value and abs(value) < 1e6 and abs(value - true) > max(_LEAST, _SHARE * abs(true))


def _same(graph: Graph, one: MistakenFormula, other: MistakenFormula) -> bool:
    return abs(evaluate(one.tree, graph.values) - evaluate(other.tree, graph.values)) < _LEAST


def _node(reference: Reference) -> str:
    """The number that is worked: the quantity, or the last cell of a grid that is not 0."""
    cells = reference.quantity.cells
    moving = [cell for cell in cells if reference.graph.values[cell] != 0.0]
    return (moving or list(cells))[-1]


def _column(graph: Graph, lines: Sequence[WorkedLine]) -> str:
    """The lines numbered one under another, each with its formula, its numbers and its result."""
    values = dict(graph.values)
    values.update({line.name: line.value for line in lines})
    found = []
    for place, line in enumerate(lines, 1):
        first, *rest = line_latex(graph, line, values)
        found.append("  \n".join([f"{place}.  ${first}$", *(f"    ${part}$" for part in rest)]))
    return "\n\n".join(found)
