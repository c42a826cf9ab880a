"""Choices."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import Condition, FileModel, Flag, Words
from tutor.lessons.models import MOST_MEMBERS, QuestionFile
from tutor.lessons.yaml.document import Path_


class OptionFile(FileModel):
    """An option, with the reply to a learner who chooses it."""

    text: Words
    correct: Annotated[Condition, Field(description="true, false, or a condition such as Z1 < 0.")] = False
    why: Words | None = None


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


@builds(ChooseFile)
class ChooseBuilder(Work[ChooseFile]):
    """Builds ``choose`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Choose | None, str]:
        """Return the choice, after checking that its options differ and that some are right."""
        file = self.file
        base = self.question(computed=False)
        options = tuple(self.option(each, (*self.place("options"), n)) for n, each in enumerate(file.options))
        texts = [each.text for each in file.options]
        for n, text in enumerate(texts):
            if text in texts[:n]:
                self.checker.add(
                    (*self.place("options"), n), f"The option '{text}' is there twice; no one could tell them apart."
                )
        right = sum(option.correct for option in options)
        # the problem with a condition that could not be evaluated is noted already
        unsettled = any(
            isinstance(each.correct, str) and option.condition is None
            for each, option in zip(file.options, options, strict=True)
        )
        if right == 0 and not unsettled:
            message = "No option is correct; write correct: true (or a condition such as Z1 < 0) beside one."
            self.checker.add(self.place("options"), message, at_key=True)
        if file.several is False and right > 1:
            self.checker.add(self.place("several"), f"several: false, and {right} options are correct.")
        several = file.several if file.several is not None else right > 1
        return made.Choose(**common, **base, options=options, several=several, shuffle=file.shuffle), file.main

    def option(self, file: OptionFile, path: Path_) -> made.Option:
        """Return an option; a condition decides whether it is right."""
        text = self.resolver.text(file.text, self.of, (*path, "text"))
        why = self.resolver.text(file.why, self.of, (*path, "why"))
        if isinstance(file.correct, bool):
            return made.Option(text, file.correct, why)
        formula = self.resolver.condition(file.correct, self.of, (*path, "correct"))
        if formula is None:
            return made.Option(text, False, why)
        value = self.resolver.value(formula, (*path, "correct"))
        return made.Option(text, bool(value), why, formula.cells.trees[0])
