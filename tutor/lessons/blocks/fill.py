"""Code or text with gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tutor.formulas.wording import counted, enumerated
from tutor.lessons.blocks.base import NOTHING_TYPED, Question, as_read, named_by_author
from tutor.lessons.blocks.field import Answer, Field, FieldKind
from tutor.lessons.blocks.paper import Exercise, Paper
from tutor.lessons.template import IsShown, Template
from tutor.mistakes import code_mistake
from tutor.verdicts import CellResult, Mistake, Result, Verdict

#: The verdicts on a gap that is not right: nothing typed, or a wrong text.
_NOT_RIGHT = (Verdict.UNREADABLE, Verdict.WRONG)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fill(Question):
    """Code or text with ``____`` for each gap. ``gaps`` are the accepted answers to each; the first is the one
    shown."""

    text: Template
    gaps: tuple[tuple[str, ...], ...]
    language: str = ""

    def answer_rests_on(self) -> object:
        return str(self.gaps)

    def single_field(self) -> Field:
        return Field(self.id, self.id, FieldKind.FILL, "", of=self.of, language=self.language, gaps=len(self.gaps))

    def filled(self, field: Field, is_shown: IsShown | None) -> Field:
        return replace(field, code=self.text.fill(is_shown))

    def mark(self, parts: Sequence[str]) -> Result:
        """Mark each gap by itself. Spaces are ignored, and outside code so are capitals. If some gaps are empty and the
        others right, the answer does not count yet."""
        answers = [*parts, *[""] * (len(self.gaps) - len(parts))][: len(self.gaps)]
        if not any(answer.strip() for answer in answers):
            return NOTHING_TYPED
        verdicts = [self._verdict(*each) for each in zip(answers, self.gaps, strict=True)]
        cells = tuple(CellResult(verdict) for verdict in verdicts)
        if set(verdicts) == {Verdict.CORRECT}:
            return Result(Verdict.CORRECT, "All gaps are right." if len(cells) > 1 else "Right.", (), cells)
        empty, wrong = ([place for place, each in enumerate(verdicts) if each is kind] for kind in _NOT_RIGHT)
        if not wrong:
            return Result(Verdict.UNREADABLE, f"Still to fill: {_gaps(empty)}.", (), cells)
        mistakes = tuple(each for place in wrong for each in named_by_author(self.mistakes, answers[place]))
        if not mistakes and self.language:
            known = [code_mistake(list(map(str, self.gaps[place])), answers[place]) for place in wrong]
            mistakes = tuple(Mistake(*each) for each in known if each is not None)
        said = "Not right." if len(cells) == 1 else f"Look at {_gaps(wrong)} again."
        if self.language:
            spelling = next(filter(None, (self._spelling(place, answers[place]) for place in wrong)), "")
            said = f"{said} {spelling}".rstrip()
        return Result(Verdict.WRONG, (mistakes[0].message if mistakes else "") or said, mistakes, cells)

    def _verdict(self, answer: str, accepted: Sequence[str]) -> Verdict:
        if not answer.strip():
            return Verdict.UNREADABLE
        fits = any(self._reads(answer) == self._reads(text) for text in accepted)
        return Verdict.CORRECT if fits else Verdict.WRONG

    def _spelling(self, place: int, answer: str) -> str:
        """Return a hint if an answer in code differs from the right one only in capitals or doubled brackets; else
        empty."""
        typed, accepted = answer.strip(), self.gaps[place]
        if any(typed.casefold() == text.casefold() for text in accepted):
            return "Capital letters count in a program."
        behind = self.text.source.split("____")[place + 1 : place + 2]
        if any(typed == f"{text}()" for text in accepted) and behind and behind[0].startswith("("):
            return "Leave the brackets out: they are there already."
        return ""

    def _reads(self, text: str) -> str:
        """Return a text normalised for comparison. In code, only spaces around signs and the kind of quotes are
        ignored."""
        if not self.language:
            return as_read(text)
        text = re.sub(r"\s+", " ", text.strip()).replace('"', "'")
        return re.sub(r"\s*([^\w\s])\s*", r"\1", text)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        return Exercise(paper.next_number(), prompt, code=self.text.fill(), worked=answer)

    def answer_height(self) -> int:
        """Return the number of lines in its text."""
        return len(self.text.source.splitlines())

    def right_answer(self) -> Answer:
        return tuple(accepted[0] for accepted in self.gaps)

    def answer_lines(self) -> tuple[str, ...]:
        return tuple(f"gap {n}: {' or '.join(accepted)}" for n, accepted in enumerate(self.gaps, 1))

    def shown_solution(self) -> str:
        return ", ".join(accepted[0] for accepted in self.gaps)

    def first_hint(self) -> tuple[str, bool, str]:
        begun = [f"{_beginning(accepted[0])} ({counted(len(accepted[0]), 'character')})" for accepted in self.gaps]
        if len(begun) == 1:
            return "How it begins", True, f"The gap: {begun[0]}."
        return "How they begin", True, f"{', '.join(f'Gap {n}: {each}' for n, each in enumerate(begun, 1))}."

    def faults(self) -> Iterator[tuple[str, str]]:
        for number, accepted in enumerate(self.gaps, 1):
            if not accepted or not all(answer.strip() for answer in accepted):
                yield "key-fails", f"Gap {number} has an empty answer."


def _beginning(answer: str) -> str:
    """Return the first character of a gap's answer and dots; dots alone if that is all of it."""
    return f"`{answer[0]}…`" if len(answer) > 1 else "`…`"


def _gaps(places: Sequence[int]) -> str:
    """Return gaps in words: "gaps 1 and 3"."""
    return f"gap{'s' * (len(places) > 1)} {enumerated([str(place + 1) for place in places])}"
