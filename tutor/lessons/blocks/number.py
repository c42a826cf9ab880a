"""A one-off number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from tutor.errors import FormulaError
from tutor.formulas import evaluate, format_number
from tutor.formulas.numbers import as_typed
from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import AuthorMistake, Question, mistake_faults
from tutor.lessons.blocks.field import Answer, Field, FieldKind, precision
from tutor.lessons.blocks.paper import Blank, Exercise, Paper, value_text
from tutor.lessons.template import number_text
from tutor.network import Graph
from tutor.network.decimals import figures_to_decimals


@dataclass(frozen=True, kw_only=True, eq=False)
class Number(Question):
    """A number to type that is no quantity of a model; ``prompt`` is the question."""

    answer: Tree
    value: float
    graph: Graph | None = None
    decimals: int | None = None
    figures: int | None = None
    within: float | None = None
    unit: str = ""

    rests_on_numbers = True

    def wrong_values(self) -> tuple[tuple[AuthorMistake, float], ...]:
        """Return the author's mistakes with the number that each gives, without those that have no value."""
        known = self.graph.values if self.graph is not None else {}
        found = []
        for mistake in self.mistakes:
            with suppress(FormulaError):
                found.append((mistake, evaluate(mistake.cells[0], known)))
        return tuple(found)

    def answer_rests_on(self) -> object:
        return self.value

    def single_field(self) -> Field:
        """Return the field, with the precision in words."""
        asked = precision(self.decimals, self.figures)
        if self.figures is None and self.within is not None:
            asked = f"within {self.within:g}"
        return Field(self.id, self.id, FieldKind.NUMBER, "", of=self.of, unit=self.unit, precision=asked)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        """Return the exercise with a space for the number, its unit and decimals."""
        note = ", ".join(filter(None, (self.unit, precision(self.decimals or None))))
        return Exercise(paper.next_number(), prompt, (Blank("", note, worked=answer),))

    def answer_height(self) -> int:
        """Return one line."""
        return 1

    def asked_value(self) -> tuple[float, int]:
        """Return the value and the decimals asked for, or six."""
        return self.value, 6 if self.decimals is None else self.decimals

    def right_answer(self) -> Answer:
        return as_typed(self.value, self.decimals if self.decimals is not None else 9)

    def mistaken_answers(self) -> Iterator[tuple[Answer, str, str]]:
        for mistake, value in self.wrong_values():
            yield as_typed(value, 9), "author", mistake.say.fill()

    def answer_lines(self) -> tuple[str, ...]:
        """Return the value with its unit and tolerance."""
        if self.within is not None:
            shown = f"{format_number(self.value)} (±{format_number(self.within)})"
        elif self.decimals is not None:
            shown = value_text(self.value, self.decimals)
        else:
            shown = format_number(self.value)
        return (f"{shown} {self.unit}".strip(),)

    def shown_solution(self) -> str:
        decimals = self.decimals
        if decimals is None and self.figures is not None:
            decimals = figures_to_decimals(self.value, self.figures)
        return number_text(self.value, decimals) + (f" {self.unit}" if self.unit else "")

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield a warning if nobody can type the value as exactly as asked, and about mistakes that are right or have
        no value."""
        if self.within is not None and abs(float(as_typed(self.value, 9)) - self.value) > self.within:
            yield (
                "key-fails",
                f"Nobody can type {self.value:.9g} within {self.within:g}; allow more, or ask for decimals.",
            )
        for _, message in mistake_faults(self.mistakes, self.graph.values if self.graph is not None else {}):
            yield "mistake-fails", message
        for mistake, value in self.wrong_values():
            if abs(value - self.value) <= (self.within if self.within is not None else 1e-9):
                yield "mistake-is-right", f"The mistake '{str(mistake.say)[:40]}' is the right answer."
