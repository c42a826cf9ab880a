"""Make a lesson's exercises into a sheet to print: blank, with space to work in, or with the solutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.lessons.blocks import Block, Given, Lesson, Model, Question
from tutor.lessons.blocks.given import given_latex
from tutor.lessons.blocks.paper import Drawing, Exercise, GivenPart, Heading, Paper, Part, Prose
from tutor.network import HIDDEN_KINDS, Kind, Network
from tutor.network.decimals import default_decimals


@dataclass(frozen=True)
class Sheet:
    """A sheet before it is rendered. ``variant`` is empty for the author's numbers; ``name`` is the learner's, or
    empty."""

    title: str
    variant: str
    parts: tuple[Part, ...]
    is_worked: bool = False
    name: str = ""


def make_sheet(
    lesson: Lesson, *, worked: bool = False, of: str | None = None, with_texts: bool = True, name: str = ""
) -> Sheet:
    """Return the sheet of a lesson, or of everything in a bare network or worksheet. ``of`` restricts it to one
    network, ``with_texts=False`` leaves only the exercises, and ``name`` is the learner's."""
    asked = frozenset((item.of, cell) for item in lesson.asked() for cell in item.quantity.cells)
    paper = Paper(worked, with_texts, asked, {block.of for block in lesson.blocks if isinstance(block, Given)})
    if lesson.form != "lesson":
        models = [model for model in lesson.parts.values() if of in (None, model.name)]
        parts = [part for model in models for part in _model(model, paper)]
    else:
        parts = list(_lesson(lesson, of, paper))
    return Sheet(lesson.title, lesson.variant or "", tuple(parts), worked, name)


def _lesson(lesson: Lesson, of: str | None, paper: Paper) -> Iterator[Part]:
    """Yield the parts of all screens; a screen that puts nothing on paper gets no heading."""
    shown: set[str] = set()
    for screen in lesson.screens:
        parts = [part for block in screen.blocks if of in (None, block.of) for part in block.on_paper(paper)]
        if not paper.with_texts:
            parts = _with_given(lesson, screen.blocks, parts, shown)
        if any(not isinstance(part, Prose) or part.markdown.strip() for part in parts):
            yield from ([Heading(screen.title)] if screen.title else [])
            yield from parts


def _with_given(lesson: Lesson, blocks: Sequence[Block], parts: list[Part], shown: set[str]) -> list[Part]:
    """Return the exercises and drawings, with the given numbers of each network before its first exercise, since the
    texts that give them are left out."""
    owners = [block.of for block in blocks if isinstance(block, Question) and block.of and block.of not in shown]
    shown.update(owners)
    given = [GivenPart(name, given_latex(lesson.graph(name))) for name in dict.fromkeys(owners)]
    return [*given, *(part for part in parts if isinstance(part, Exercise | Drawing))]


def _model(model: Model, paper: Paper) -> Iterator[Part]:
    """Yield the parts for a bare network or worksheet: what is given, and everything to work out, by kind."""
    if isinstance(model.built, Network):
        yield Drawing(model.built, model.graph, True)
    yield GivenPart(model.name, given_latex(model.graph))
    for title, kinds in _SECTIONS:
        nodes = model.graph.nodes.items()
        names = [name for name, node in nodes if node.kind in kinds and node.kind not in HIDDEN_KINDS]
        if names:
            yield Heading(title)
            blanks = tuple(paper.blank(model.graph, name, default_decimals(model.graph, name)) for name in names)
            yield Exercise(paper.next_number(), "", blanks)


_SECTIONS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("Forward", (
        Kind.PRE_ACTIVATION, Kind.EXP, Kind.EXP_SUM, Kind.ACTIVATION, Kind.OUTPUT, Kind.ERROR, Kind.LOSS_SHARE,
        Kind.LOSS,
    )),
    ("Backward", (Kind.DELTA, Kind.GRADIENT)),
    ("Update", (Kind.MEMORY, Kind.UPDATED)),
    ("Steps", (Kind.CELL,)),
)  # fmt: skip
