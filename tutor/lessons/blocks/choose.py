"""Choices from some options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.formulas.tree import Tree
from tutor.lessons.blocks.base import Block
from tutor.lessons.blocks.field import Answer, Field, FieldKind
from tutor.lessons.blocks.offering import NO_SUCH, OfferingQuestion, letter, shuffled, still_to_come
from tutor.lessons.blocks.paper import Exercise, Paper
from tutor.lessons.plain_text import one_line, text_height
from tutor.lessons.template import EMPTY, IsShown, Template
from tutor.verdicts import Result, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One option. ``condition`` decides whether it is right, if that depends on the numbers."""

    text: Template
    correct: bool
    why: Template = EMPTY
    condition: Tree | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Choose(OfferingQuestion):
    """A choice of one or ``several`` options; ``prompt`` is the question."""

    options: tuple[Option, ...]
    several: bool = False
    shuffle: bool = True

    @property
    def texts(self) -> tuple[Template, ...]:
        return tuple(option.text for option in self.options)

    @property
    def offered(self) -> tuple[int, ...]:
        """The indices of the options in the order in which they are offered."""
        count = len(self.options)
        return shuffled(self.id, count) if self.shuffle else tuple(range(count))

    @property
    def rests_on_numbers(self) -> bool:
        """Whether some option is right only with certain numbers."""
        return any(option.condition is not None for option in self.options)

    def answer_rests_on(self) -> object:
        return tuple((option.text.source, option.correct) for option in self.options)

    def single_field(self) -> Field:
        return Field(
            self.id, self.id, FieldKind.CHOICE, "", of=self.of, options=self.field_options, several=self.several
        )

    def mark(self, parts: Sequence[str]) -> Result:
        """Mark a choice: it is right if exactly the right options are chosen. The message has the replies to the wrong
        ones."""
        if not parts:
            return Result(Verdict.UNREADABLE, "Nothing is chosen yet.")
        if not self.has_places(parts):
            return NO_SUCH
        taken = {int(key) for key in parts}
        right = {place for place, option in enumerate(self.options) if option.correct}
        if taken == right:
            return Result(Verdict.CORRECT, self._replies(sorted(taken)))
        wrong = sorted(taken - right)
        if wrong:
            return Result(Verdict.WRONG, self._replies(wrong) or "That is not it.")
        missing = len(right - taken)
        are = "is" if missing == 1 else "are"
        return Result(Verdict.WRONG, f"Right so far; {still_to_come(missing)} {are} correct.")

    def _replies(self, places: Sequence[int]) -> str:
        """Return the replies to these options; if there are several, each with the text of its option."""
        said = [(str(self.options[place].text), str(self.options[place].why)) for place in places]
        replies = [(re.sub(r"[$`]", "", text), why) for text, why in said if why]
        if len(replies) < 2:
            return "".join(why for _, why in replies)
        return " ".join(f"{text}: {why}" for text, why in replies)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        several = " (several may be right)" if self.several else ""
        return Exercise(paper.next_number(), prompt + several, (), self.lettered(), "tick", worked=answer)

    def answer_height(self) -> int:
        """Return the approximate number of lines that the options take."""
        return sum(text_height(option.text.fill()) for option in self.options)

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        yield from super().read_first(is_shown)
        for option in self.options:
            yield option.text.fill(is_shown)

    def right_answer(self) -> Answer:
        return tuple(str(place) for place, option in enumerate(self.options) if option.correct)

    def mistaken_answers(self) -> Iterator[tuple[Answer, str, str]]:
        for place, option in enumerate(self.options):
            if not option.correct:
                yield (str(place),), "option", option.why.fill()

    def answer_lines(self) -> tuple[str, ...]:
        offered = [self.options[place] for place in self.offered]
        return tuple(f"{letter(n)}  {one_line(each.text)}" for n, each in enumerate(offered) if each.correct)

    def shown_solution(self) -> str:
        return "; ".join(str(option.text) for option in self.options if option.correct)

    def broken_in(self, variant: Block) -> Iterator[str]:
        """Yield a problem if other options, or another number of them, are right."""
        if not isinstance(variant, Choose):
            return
        before, after = ([option.correct for option in each.options] for each in (self, variant))
        if sum(after) != sum(before) and not self.several:
            yield f"{self.id}: {sum(after)} options are right instead of {sum(before)}"
        elif after != before and not any(option.condition for option in self.options):
            yield f"{self.id}: another option is right"
