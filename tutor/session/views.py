"""Build the views of a lesson's blocks, with every text filled in as far as the learner has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from tutor.lessons.blocks import (
    Ask,
    Block,
    Derive,
    Diagram,
    Explore,
    Given,
    Lab,
    Lesson,
    Question,
    Run,
    View,
    Write,
)
from tutor.network import Graph, Kind
from tutor.session.entries import Questions, with_texts
from tutor.session.model import (
    DeriveView,
    DiagramView,
    ExploreView,
    Field,
    FieldState,
    GivenView,
    LabView,
    LockedView,
    QuestionView,
    RunView,
    ScreenView,
)
from tutor.session.visibility import Visibility, number_text

_ASKING = (Question, Lab, Run)


class Views:
    """Builds screens from the present ``states``."""

    def __init__(
        self,
        lesson: Lesson,
        questions: Questions,
        states: Mapping[str, FieldState],
        visibility: Visibility,
        *,
        is_sealed: bool = False,
    ) -> None:
        """``is_sealed`` leaves out what an exam withholds: derivations, explanations, model answers."""
        self._is_sealed = is_sealed
        self._lesson = lesson
        self._questions = questions
        self._states = states
        self._visibility = visibility

    def screen(self, index: int) -> ScreenView:
        """Return a screen as it stands now."""
        screen = self._lesson.screens[index]
        waiting = {block.id: self._visibility.waits_for(block) for block in screen.blocks}
        blocks = tuple(
            view
            for block in screen.blocks
            if not (self._is_sealed and block.after is not None and not isinstance(block, _ASKING))
            for view in (self._locked(block, waiting[block.id]) if waiting[block.id] else self._views(block))
        )
        elsewhere = {self._questions.entries[field].screen for fields in waiting.values() for field in fields} - {index}
        return ScreenView(index, screen.title, blocks, tuple(sorted(elsewhere)))

    def _locked(self, block: Block, waiting: frozenset[str]) -> tuple[View, ...]:
        """Return the view of a question that is not open yet, with what it waits for."""
        if not isinstance(block, _ASKING):
            return ()
        entries = [entry for name, entry in self._questions.entries.items() if name in waiting]
        labels = tuple(dict.fromkeys(self.field(entry.field.id).label for entry in entries))
        return (LockedView(block.id, labels, entries[0].screen),)

    def drawing(self, of: str) -> DiagramView | None:
        """Return a network as the lesson first draws it, with the numbers that may be seen now; None where it never
        does."""
        drawn = (block for block in self._lesson.blocks if isinstance(block, Diagram) and block.of == of)
        block = next(drawn, None)
        return replace(self._diagram(block), highlight=()) if block is not None else None

    def field(self, field_id: str) -> Field:
        """Return a field with its texts filled in."""
        return with_texts(self._questions.entries[field_id], self._visibility.is_shown)

    def _fields(self, block: Block) -> tuple[Field, ...]:
        return tuple(self.field(name) for name in self._questions.by_block[block.id])

    def _done(self, block: Block) -> bool:
        return not self._is_sealed and all(self._states[name].done for name in self._questions.by_block[block.id])

    def _views(self, block: Block) -> tuple[View, ...]:
        shown = self._visibility.is_shown
        match block:
            case Given():
                return (GivenView(block.id, block.of, given_groups(block.graph, block.only)),)
            case Diagram():
                return (self._diagram(block),)
            case Derive() | Explore() if self._is_sealed:
                return ()
            case Explore():
                lesson = self._lesson
                reference = f"{lesson.id}#{lesson.variant}" if lesson.variant else lesson.id
                return (ExploreView(block.id, block.of, block, lesson.title, reference),)
            case Derive():
                return tuple(
                    DeriveView(block.id, one.of, one.name, one.graph.notation.text(one.name))
                    for one in block.references
                )
            case Run():
                (field,) = self._fields(block)
                cells = [each.id for each in self._lesson.blocks if isinstance(each, Run)]
                number = cells.index(block.id) + 1
                return (RunView(block.id, field, block.output or "", block.prompt.fill(shown), number),)
            case Lab():
                return (self._lab(block),)
            case Question():
                return (self._question(block),)
        return (block.view(shown),)

    def _diagram(self, block: Diagram) -> DiagramView:
        return DiagramView(
            block.id,
            block.of,
            block.network,
            block.graph,
            self._visibility.values(block.of),
            block.highlight,
            block.numbers,
        )

    def _question(self, block: Question) -> QuestionView:
        shown = self._visibility.is_shown
        done = self._done(block)
        model = block.model.fill(shown) if done and isinstance(block, Write) else ""
        prompt = block.prompt.fill(shown)
        return QuestionView(block.id, prompt, self._fields(block), self._explanation(block), model)

    def _explanation(self, block: Question) -> str:
        """Return the author's explanation once the question is done; of an ``ask``, item by item."""
        shown = self._visibility.is_shown
        if not isinstance(block, Ask):
            return block.explain.fill(shown) if self._done(block) else ""
        texts: dict[str, None] = {}
        for item, name in zip(block.items, self._questions.by_block[block.id], strict=True):
            # one text for the whole block waits until the whole block is done
            own = item.explain.source != block.explain.source
            if (self._states[name].done and not self._is_sealed) if own else self._done(block):
                texts[item.explain.fill(shown)] = None
        return "\n\n".join(filter(None, texts))

    def _lab(self, block: Lab) -> LabView:
        from tutor.labs.checks import graph_of, title

        (field,) = self._fields(block)
        shown = self._visibility.is_shown
        done = self._done(block)
        solution = block.solution.fill() if done and block.solution is not None and block.reveal else ""
        return LabView(
            block.id,
            field,
            block.prompt.fill(shown),
            tuple(title(check, graph_of(check, self._lesson)) for check in block.checks),
            solution,
            block.explain.fill(shown) if done else "",
        )


# -- what is given --------------------------------------------------------------------------------------------------


def given_groups(graph: Graph, only: tuple[str, ...] = ()) -> tuple[tuple[str, ...], ...]:
    """Return what is given as LaTeX formulas: vectors and matrices with their cells' names where these have any of
    their own, then single numbers. A group holds the formulas of one layer, or successive ones that belong to no
    layer. ``only`` names what to show; empty shows everything."""
    notation = graph.notation
    lines: list[tuple[str, str]] = []  # the layer, a formula
    covered: set[str] = set()
    for array in graph.arrays.values():
        if array.kind is not Kind.GIVEN or not all(graph.nodes[cell].formula is None for cell in array.cells):
            continue
        if covered.issuperset(array.cells) or (only and array.name not in only):
            continue
        covered.update(array.cells)
        parts = [notation.latex(array.name)]
        if not all(cell.startswith(f"{array.name}[") for cell in array.cells):
            parts.append(_matrix([notation.latex(cell) for cell in array.cells], array.shape))
        parts.append(_matrix([latex_number(graph.values[cell]) for cell in array.cells], array.shape))
        lines.append((array.name.rpartition(".")[0], " = ".join(parts)))
    single = [
        f"{notation.latex(name)} = {latex_number(graph.values[name])}"
        for name, node in graph.nodes.items()
        if node.kind is Kind.GIVEN and node.formula is None and name not in covered and (not only or name in only)
    ]
    lines.extend(("", latex) for latex in single)
    return tuple(tuple(latex for _, latex in group) for _, group in groupby(lines, key=itemgetter(0)))


def latex_number(value: float) -> str:
    """Return a number as LaTeX."""
    return number_text(value).replace("−", "-")


def _matrix(cells: list[str], shape: tuple[int, ...]) -> str:
    width = shape[-1]
    rows = [" & ".join(cells[start : start + width]) for start in range(0, len(cells), width)]
    return r"\begin{bmatrix}" + r" \\ ".join(rows) + r"\end{bmatrix}"
