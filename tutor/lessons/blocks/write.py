"""Free text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.lessons.blocks.base import NOTHING_TYPED, Question
from tutor.lessons.blocks.field import Answer, Field, FieldKind
from tutor.lessons.blocks.paper import Blank, Exercise, Paper
from tutor.lessons.plain_text import one_line
from tutor.lessons.template import EMPTY, IsShown, Template
from tutor.verdicts import Result, Verdict


@dataclass(frozen=True, kw_only=True, eq=False)
class Write(Question):
    """Free text that is kept but not marked; the model answer ``model`` is shown afterwards."""

    model: Template = EMPTY

    def single_field(self) -> Field:
        return Field(self.id, self.id, FieldKind.WRITE, "", of=self.of)

    def mark(self, parts: Sequence[str]) -> Result:
        is_there = any(part.strip() for part in parts)
        return Result(Verdict.KEPT, "Kept. This is not marked.") if is_there else NOTHING_TYPED

    def model_answer(self, is_shown: IsShown) -> str:
        return self.model.fill(is_shown)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        return Exercise(paper.next_number(), prompt, (Blank("", space=5, worked=answer),))

    def right_answer(self) -> Answer:
        return self.model.fill() or "…"

    def answer_lines(self) -> tuple[str, ...]:
        return (one_line(self.model),) if self.model else ()

    def shown_solution(self) -> str:
        return str(self.model)
