"""A lesson's exercises as a sheet to print: blank with space to work in, or worked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tutor.authoring.answers import asked_decimals
from tutor.authoring.plain_text import answer_lines, formula_lines, label, mixed
from tutor.lessons.blocks import (
    Ask,
    AskItem,
    Block,
    Choose,
    Derive,
    Diagram,
    Expression,
    Fill,
    Given,
    Lab,
    Lesson,
    Model,
    Number,
    Order,
    Plot,
    Question,
    Run,
    Table,
    Write,
)
from tutor.lessons.blocks.offering import letter
from tutor.lessons.template import Context, arrange, number
from tutor.network import HIDDEN_KINDS, Graph, Kind, Network
from tutor.network.decimals import default_decimals

MOST_WORKED = 12
"""Cells of one grid that are worked out line by line; beyond, the reader has seen how."""


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
    """What is given: LaTeX, a formula a line."""

    name: str
    latex: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """A network to draw."""

    network: Network
    graph: Graph
    with_numbers: bool


@dataclass(frozen=True)
class PlotPart:
    """A plot, what it shows in words, and what stands under it."""

    plot: Plot
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Rows:
    """A table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Code:
    """A program or what a code cell shows."""

    text: str


@dataclass(frozen=True)
class Blank:
    """A place for an answer: its label, the cells of a grid (() is one number), the lines of space to work in, the
    answer, worked, where the sheet is a worked one, and what stands above this place alone."""

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


Part = Heading | Prose | GivenPart | Drawing | PlotPart | Rows | Code | Exercise


@dataclass(frozen=True)
class Sheet:
    """A sheet before it is set: ``variant`` is empty for the lesson's own numbers."""

    title: str
    variant: str
    parts: tuple[Part, ...]
    is_worked: bool = False


def make_sheet(lesson: Lesson, *, worked: bool = False, of: str | None = None, with_texts: bool = True) -> Sheet:
    """Return the sheet of a lesson, or of everything in a bare network; ``with_texts`` off leaves only the
    exercises."""
    maker = _Maker(worked, with_texts)
    if lesson.form != "lesson":
        parts = [part for model in lesson.parts.values() if of in (None, model.name) for part in maker.model(model)]
    else:
        parts = list(maker.lesson(lesson, of))
    return Sheet(lesson.title, lesson.variant or "", tuple(parts), worked)


class _Maker:
    def __init__(self, worked: bool, with_texts: bool) -> None:
        self.worked = worked
        self.with_texts = with_texts
        self.count = 0
        self.asked: set[tuple[str, str]] = set()
        self.told: set[str] = set()

    def lesson(self, lesson: Lesson, of: str | None) -> Iterator[Part]:
        """Yield all screens; one that has nothing for the sheet leaves no heading."""
        self.told = {block.of for block in lesson.blocks if isinstance(block, Given)}
        self.asked = {(item.of, cell) for item in lesson.asked() for cell in item.quantity.cells}
        shown: set[str] = set()
        for screen in lesson.screens:
            parts = [part for block in screen.blocks if of in (None, block.of) for part in self._block(block)]
            if not self.with_texts:
                parts = self._with_given(lesson, screen.blocks, parts, shown)
            if any(not isinstance(part, Prose) or part.markdown.strip() for part in parts):
                yield from ([Heading(screen.title)] if screen.title else [])
                yield from parts

    def _with_given(self, lesson: Lesson, blocks: Sequence[Block], parts: list[Part], shown: set[str]) -> list[Part]:
        """Without its texts a sheet must say what is given, once for each network."""
        wanted = [block.of for block in blocks if isinstance(block, Question) and block.of and block.of not in shown]
        shown.update(wanted)
        given = [GivenPart(name, given_latex(lesson.graph(name))) for name in dict.fromkeys(wanted)]
        return [*given, *(part for part in parts if isinstance(part, Exercise | Drawing))]

    def model(self, model: Model) -> Iterator[Part]:
        """Yield a bare network or worksheet: what is given, and everything that can be worked out, by its kind."""
        if isinstance(model.built, Network):
            yield Drawing(model.built, model.graph, True)
        yield GivenPart(model.name, given_latex(model.graph))
        for title, kinds in _SECTIONS:
            names = [
                name for name, node in model.graph.nodes.items() if node.kind in kinds and node.kind not in HIDDEN_KINDS
            ]
            if names:
                yield Heading(title)
                self.count += 1
                blanks = tuple(self._blank(model.graph, name, default_decimals(model.graph, name)) for name in names)
                yield Exercise(self.count, "", blanks)

    # -- blocks -----------------------------------------------------------------------------------------------------

    def _block(self, block: Block) -> Iterator[Part]:
        match block:
            case Given():
                yield GivenPart(block.of, given_latex(block.graph, block.only))
            case Diagram():
                yield Drawing(block.network, block.graph, block.numbers)
                if self.with_texts and block.numbers and block.of not in self.told:
                    # a drawing has no room for targets, rates and batches; on plain paper it has no numbers at all
                    self.told.add(block.of)
                    yield GivenPart(block.of, given_latex(block.graph))
            case Table():
                rows = tuple(tuple(cell.fill() for cell in row) for row in block.rows)
                yield Rows(tuple(cell.fill() for cell in block.columns), rows, block.caption.fill())
            case Plot():
                yield PlotPart(block, block.alt.fill(self._is_shown), block.caption.fill(self._is_shown))
            case Run():
                yield Code(block.code.fill())
            case Question():
                yield self._exercise(block)
            case Derive():
                pass  # the sheet is to be worked out by hand
            case _:
                yield Prose(block.markdown(self._is_shown))

    def _is_shown(self, of: str, name: str) -> bool:
        """Return a blank sheet gives away nothing that is asked."""
        return self.worked or (of, name) not in self.asked

    def _exercise(self, block: Question) -> Exercise:
        self.count += 1
        prompt = block.prompt.fill(self._is_shown)
        answer = answer_lines(block) if self.worked else ()
        match block:
            case Ask():
                what = prompt or f"Work out {', '.join(label(item) for item in block.items)}."
                return Exercise(self.count, what, tuple(self._asked(item) for item in block.items))
            case Choose():
                options = tuple(f"{letter(n)}  {option.text.fill()}" for n, option in enumerate(mixed(block)))
                several = " (several may be right)" if block.several else ""
                return Exercise(self.count, prompt + several, (), options, "tick", worked=answer)
            case Order():
                steps = [*block.steps, *block.extra]
                offered = tuple(f"{letter(n)}  {steps[place].fill()}" for n, place in enumerate(block.offered))
                return Exercise(self.count, prompt, (), offered, "order", worked=answer)
            case Fill():
                return Exercise(self.count, prompt, code=block.text.fill(), worked=answer)
            case Number():
                decimals = _note(block.decimals) if block.decimals else ""
                note = ", ".join(each for each in (block.unit, decimals) if each)
                return Exercise(self.count, prompt, (Blank("", note, worked=answer),))
            case Expression():
                name = _symbol(block)
                what = prompt or f"Write the formula of {name}."
                return Exercise(self.count, what, (Blank(name, worked=answer),))
            case Write():
                return Exercise(self.count, prompt, (Blank("", space=5, worked=answer),))
            case Lab():
                return Exercise(self.count, prompt, code=block.starter.fill() if not answer else "\n".join(answer))
        return Exercise(self.count, prompt, worked=answer)

    def _asked(self, item: AskItem) -> Blank:
        return replace(self._item(item), prompt=item.prompt.fill(self._is_shown))

    def _item(self, item: AskItem) -> Blank:
        cells = item.quantity.cells
        decimals = asked_decimals(item)
        if not item.quantity.shape:
            return self._blank(item.graph, cells[0], decimals)
        worked: tuple[str, ...] = ()
        if self.worked:
            worked = tuple(line for cell in cells[:MOST_WORKED] for line in formula_lines(item.graph, cell, decimals))
        return Blank(label(item), _note(decimals), item.quantity.shape, 1, worked)

    def _blank(self, graph: Graph, name: str, decimals: int) -> Blank:
        worked = formula_lines(graph, name, decimals) if self.worked else ()
        return Blank(graph.notation.text(name), _note(decimals), worked=worked)


_SECTIONS: tuple[tuple[str, frozenset[Kind]], ...] = (
    (
        "Forward",
        frozenset(
            {
                Kind.PRE_ACTIVATION,
                Kind.EXP,
                Kind.EXP_SUM,
                Kind.ACTIVATION,
                Kind.OUTPUT,
                Kind.ERROR,
                Kind.LOSS_SHARE,
                Kind.LOSS,
            }
        ),
    ),
    ("Backward", frozenset({Kind.DELTA, Kind.GRADIENT})),
    ("Update", frozenset({Kind.MEMORY, Kind.UPDATED})),
    ("Steps", frozenset({Kind.CELL})),
)


def _note(decimals: int) -> str:
    return f"{decimals} decimal{'s' * (decimals != 1)}" if decimals else "a whole number"


def _symbol(block: Expression) -> str:
    if block.reference is None:
        return ""
    return block.reference.graph.notation.text(block.reference.name)


def given_latex(graph: Graph, only: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return what is given as LaTeX: vectors and matrices with their cells' names, then single numbers.

    ``only`` names what to show; none of them is everything.
    """
    notation = graph.notation
    lines: list[str] = []
    covered: set[str] = set()
    for array in graph.arrays.values():
        if array.kind is not Kind.GIVEN or covered.issuperset(array.cells) or (only and array.name not in only):
            continue
        covered.update(array.cells)
        names = arrange([notation.latex(cell) for cell in array.cells], array.shape, Context.MATH)
        values = arrange(
            [number(graph.values[cell], None, Context.MATH) for cell in array.cells], array.shape, Context.MATH
        )
        lines.append(f"{notation.latex(array.name)} = {names} = {values}")
    single = [
        f"{notation.latex(name)} = {number(graph.values[name], None, Context.MATH)}"
        for name, node in graph.nodes.items()
        if node.kind is Kind.GIVEN and node.formula is None and name not in covered and (not only or name in only)
    ]
    return (*lines, *((r",\quad ".join(single),) if single else ()))
