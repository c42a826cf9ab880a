"""Lint: warn if a screen shows the answer to one of its questions before it is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from tutor.authoring.lint_context import PlacedBlock, Subject
from tutor.formulas.tree import Name, Num
from tutor.formulas.wording import enumerated
from tutor.lessons.blocks import Block, Question, Table
from tutor.lessons.lesson_files import shortened
from tutor.lessons.template import IsShown, spans
from tutor.marking import Verdict
from tutor.marking.typed import mark_typed
from tutor.network import Graph, Kind

#: A number, with a name and an equals sign before it if they are there.
_NUMBER = re.compile(
    r"(?:(?P<name>[^\W\d][^\s=≈:,;()|$]{0,20})\s*(?:=|≈|:=|\bis\b)\s*)?(?<![\w.,^_{/])(?P<value>[-−–]?\d+(?:\.\d+)?)(?![\w.]*\d)"
)
_LATEX = re.compile(r"\\(?:hat|bar|vec|mathrm|text|boldsymbol)\b|\\[,;:! ]|[\\{}$*`\s_·′']|\\cdot")
#: Values that are filled into mathematics are in braces.
_BRACES = re.compile(r"(?<![_^}\w])\{([-−]?\d+(?:\.\d+)?)\}")
_HAT = re.compile(r"\\hat\s*\{?\s*y\s*\}?|y_?hat")


@dataclass(frozen=True)
class _Asked:
    """A number that a screen asks for, with its label, value and decimals.

    ``same`` are its own name and the names of numbers that are computed from it alone.
    """

    placed: PlacedBlock
    label: str
    value: float
    decimals: int
    same: frozenset[str] = frozenset()
    graph: Graph | None = None
    cell: str = ""

    def is_given_away_by(self, found: re.Match[str]) -> bool:
        """Return whether a number in a text gives this one away: the text names it, or it has at least two figures.

        A number that this one is computed from may have the same value, as ŷ does if δ = ŷ − 0 is asked, and does not
        count.
        """
        digits = found["value"].replace("−", "-").replace("–", "-")
        is_count = self.decimals == 0 and self.value == round(self.value)
        if abs(float(digits) - self.value) > (1e-9 if is_count else 0.5000001 * 10.0**-self.decimals):
            return False
        if self.graph is not None:
            bearers = _bearers(self.graph).get(_plain(found["name"] or ""), frozenset())
            if any(self.graph.values[name] == self.value for name in bearers & self.same):
                return True
            if bearers - self.same:
                return False
        return len(digits.replace(".", "").replace("-", "").strip("0")) > 1 and not self._is_one_before(
            float(digits), len(digits.partition(".")[2])
        )

    def _is_one_before(self, number: float, decimals: int) -> bool:
        if self.graph is None:
            return False
        given = [name for name, node in self.graph.nodes.items() if node.kind is Kind.GIVEN]
        before = (*self.graph.ancestors(self.cell), *given)
        return any(round(self.graph.values[name], decimals) == number for name in before)


def check_shown(subject: Subject) -> None:
    """Warn about every answer that is shown on the screen that asks for it."""
    for number, screen in enumerate(subject.lesson.screens):
        placed = [each for each in subject.blocks() if each.screen == number]
        if not any(isinstance(block, Question) for block in screen.blocks):
            continue
        asked_here = {
            (item.of, cell) for block in screen.blocks for item in block.asked for cell in item.quantity.cells
        }
        is_shown = _all_but(asked_here)
        texts = [(each, _BRACES.sub(r"\1", text)) for each in placed for text in each.block.read_first(is_shown)]
        _numbers(subject, placed, texts)
        _formulas(subject, placed, texts)
        _columns(subject, placed)


def _all_but(asked: set[tuple[str, str]]) -> IsShown:
    """Return what is shown to a learner who has answered everything on earlier screens and nothing on this one."""
    return lambda of, name: (of, name) not in asked


def _numbers(subject: Subject, placed: list[PlacedBlock], texts: list[tuple[PlacedBlock, str]]) -> None:
    found: dict[tuple[str, str], tuple[PlacedBlock, list[str]]] = {}
    for asked in _asked(placed):
        for where, text in texts:
            if where.block is asked.placed.block and not where.block.asked:
                continue  # a one-off question may contain its own number
            if _waits_for(where.block, asked.placed.block):
                continue
            match = next((each for each in _NUMBER.finditer(text) if asked.is_given_away_by(each)), None)
            if match is not None:
                key = (asked.placed.block.id, where.block.id)
                found.setdefault(key, (where, []))[1].append(f"{asked.label} ('{match[0].strip()}')")
    for where, labels in found.values():
        answers = enumerated(labels)
        message = f"The screen that asks for this shows the answer: {answers}. Show it with after:, or leave it out."
        subject.on_block("answer-shown", where, message)


def _asked(placed: list[PlacedBlock]) -> Iterator[_Asked]:
    """Yield every number that is asked for on a screen."""
    for each in placed:
        block = each.block
        if isinstance(block, Question) and (one_off := block.asked_value()) is not None:
            yield _Asked(each, "this number", *one_off)
        for item in block.asked:
            decimals, values = item.asked_decimals, item.graph.values
            for cell in item.quantity.cells:
                same = _copies(item.graph).get(cell, frozenset()) | {cell}
                yield _Asked(each, item.graph.notation.text(cell), values[cell], decimals, same, item.graph, cell)


@lru_cache(maxsize=8)
def _bearers(graph: Graph) -> Mapping[str, frozenset[str]]:
    """Return the names that each spelling in a text may mean."""
    found: dict[str, set[str]] = {}
    for name in graph.nodes:
        for spelling in (name, graph.notation.text(name), graph.notation.latex(name)):
            found.setdefault(_plain(spelling), set()).add(name)
    return {spelling: frozenset(names) for spelling, names in found.items()}


@lru_cache(maxsize=8)
def _copies(graph: Graph) -> Mapping[str, frozenset[str]]:
    """Return the names that are computed from one other number alone, by that number's name."""
    found: dict[str, set[str]] = {}
    for name in graph.nodes:
        if len(parents := graph.parents(name)) == 1:
            found.setdefault(parents[0], set()).add(name)
    return {of: frozenset(names) for of, names in found.items()}


def _waits_for(block: Block, question: Block) -> bool:
    """Return whether a block is shown only after a question is answered."""
    if block.after is None:
        return False
    if block.after.block_id:
        return block.after.block_id == question.id
    waits_for = (block.after.of, block.after.quantity)
    return any((item.of, item.quantity.name) == waits_for for item in question.asked)


# -- formulas and columns ---------------------------------------------------------------------------------------------


def _formulas(subject: Subject, placed: list[PlacedBlock], texts: list[tuple[PlacedBlock, str]]) -> None:
    """Warn if a text on a screen shows a formula that the screen asks for."""
    for each in placed:
        block = each.block
        if not isinstance(block, Question) or isinstance(block.formula, Name | Num | None):
            continue
        for where, shown in texts:
            if where.block is block or _waits_for(where.block, block):
                continue
            formulas = _written_formulas(shown)
            found = next((each for each in formulas if mark_typed(block, each, {}).verdict is Verdict.CORRECT), None)
            if found is not None:
                message = f"This screen shows the formula that it asks for: '{shortened(found)}'. Show it with after:."
                subject.on_block("answer-shown", where, message)


def _written_formulas(text: str) -> Iterator[str]:
    """Yield the formulas in a text, each side of an equation by itself."""
    for span in spans(text):
        for side in re.split(r"=|\\approx|:=", text[span.start : span.end]):
            if 1 < len(side.strip()) < 200:
                yield side.strip(" .,&\\\n")


def _columns(subject: Subject, placed: list[PlacedBlock]) -> None:
    """Warn if a column of a table has all the answers of a screen in order, although each alone gives nothing away."""
    answers = [f"{each.value:g}" for each in _asked(placed) if each.graph is not None]
    if len(answers) < 4 or len(set(answers)) < 2:
        return
    for each in placed:
        if not isinstance(each.block, Table) or each.block.after is not None:
            continue
        for place, heading in enumerate(each.block.columns):
            column = [str(row[place]).strip("$ ").replace("−", "-") for row in each.block.rows if place < len(row)]
            if column == answers:
                message = f"The column {heading} has every answer of this screen, in order. Show it with after:."
                subject.on_block("answer-shown", each, message)


def _plain(text: str) -> str:
    """Return a text without what is only typesetting: blanks, braces, multiplication signs, LaTeX commands."""
    return normalize("NFKC", _LATEX.sub("", _HAT.sub("ŷ", text))).lower()
