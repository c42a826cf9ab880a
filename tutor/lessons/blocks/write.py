"""Free text."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lessons.blocks.base import Question
from tutor.lessons.blocks.field import Answer, Field, FieldKind
from tutor.lessons.blocks.paper import Blank, Exercise, Paper
from tutor.lessons.plain_text import one_line
from tutor.lessons.template import EMPTY, IsShown, Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Write(Question):
    """Free text, kept and not marked; ``model`` is shown afterwards."""

    model: Template = EMPTY

    def single_field(self) -> Field:
        """Return the field."""
        return Field(self.id, self.id, FieldKind.WRITE, "", of=self.of)

    def model_answer(self, is_shown: IsShown) -> str:
        """Return the model answer."""
        return self.model.fill(is_shown)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        """Return room for some lines."""
        return Exercise(paper.next_number(), prompt, (Blank("", space=5, worked=answer),))

    def right_answer(self) -> Answer:
        """Return the model answer, or anything."""
        return self.model.fill() or "…"

    def answer_lines(self) -> tuple[str, ...]:
        """Return the model answer."""
        return (one_line(self.model),) if self.model else ()

    def shown_solution(self) -> str:
        """Return the model answer."""
        return str(self.model)
