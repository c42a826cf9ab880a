"""Choices."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Condition, FileModel, Flag, Words
from tutor.lessons.models import MOST_MEMBERS, QuestionFile
from tutor.lessons.yaml.document import Path_


class OptionFile(FileModel):
    """An option, with the reply to a learner who chooses it."""

    text: Words
    correct: Annotated[Condition, Field(description="true, false, or a condition such as Z1 < 0.")] = False
    why: Words | None = None

    def build(self, work: Work, path: Path_) -> blocks.Option:
        """Return the option; a condition decides whether it is right."""
        text = work.resolver.text(self.text, work.of, (*path, "text"))
        why = work.resolver.text(self.why, work.of, (*path, "why"))
        if isinstance(self.correct, bool):
            return blocks.Option(text, self.correct, why)
        formula = work.resolver.condition(self.correct, work.of, (*path, "correct"))
        if formula is None:
            return blocks.Option(text, False, why)
        value = work.resolver.value(formula, (*path, "correct"))
        return blocks.Option(text, bool(value), why, formula.cells.trees[0])


class ChooseFile(QuestionFile):
    """A choice of one or several options."""

    kind = "choose"
    called_elsewhere = ("quiz", "choice", "multiple_choice", "select")
    nested = ("question",)
    main: Annotated[Words, Field(alias="choose", description="The question.")]
    options: Annotated[tuple[OptionFile, ...], Field(min_length=2, max_length=MOST_MEMBERS)]
    several: Annotated[
        Flag | None, Field(description="Whether several may be right; default: whether several are.")
    ] = None
    shuffle: Annotated[Flag, Field(description="false keeps the order of the file.")] = True

    def build(self, work: Work) -> tuple[blocks.Choose | None, str]:
        """Return the choice, after checking that its options differ and that some are right."""
        base = work.question(computed=False)
        options = tuple(each.build(work, (*work.place("options"), n)) for n, each in enumerate(self.options))
        texts = [each.text for each in self.options]
        for n, text in enumerate(texts):
            if text in texts[:n]:
                work.checker.add(
                    (*work.place("options"), n), f"The option '{text}' is there twice; no one could tell them apart."
                )
        right = sum(option.correct for option in options)
        # the problem with a condition that could not be evaluated is noted already
        unsettled = any(
            isinstance(each.correct, str) and option.condition is None
            for each, option in zip(self.options, options, strict=True)
        )
        if right == 0 and not unsettled:
            message = "No option is correct; write correct: true (or a condition such as Z1 < 0) beside one."
            work.note("options", message, at_key=True)
        if self.several is False and right > 1:
            work.note("several", f"several: false, and {right} options are correct.")
        several = self.several if self.several is not None else right > 1
        return blocks.Choose(**work.common, **base, options=options, several=several, shuffle=self.shuffle), self.main
