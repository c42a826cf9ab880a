"""A program to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.lessons.blocks.base import ProgramView, Question, Seen
from tutor.lessons.blocks.field import Answer, Field, FieldKind
from tutor.lessons.blocks.paper import Exercise, Paper
from tutor.lessons.template import EMPTY, IsShown, Template
from tutor.network import Graph
from tutor.verdicts import Result, Verdict

if TYPE_CHECKING:
    from tutor.lessons.blocks.lesson import Lesson


@dataclass(frozen=True, kw_only=True, eq=False)
class Check:
    """One check of a lab.

    ``kind`` is the key that the author wrote (see ``lessons.building.lab.KINDS``) and ``subject`` its value.
    ``equals`` is resolved to numbers (nested lists), which come from ``quantity`` of the model ``of``, if these are
    set. ``parameters`` are those of an optimizer or criterion. ``when`` holds values for the program to start from
    instead of its own.
    """

    kind: str
    subject: str | int | tuple[str, ...]
    say: Template = EMPTY
    equals: float | list[object] | str | bool | None = None
    of: str = ""
    quantity: str = ""
    decimals: int | None = None
    exact_shape: bool = False
    below: float | None = None
    above: float | None = None
    length: int | None = None
    parameters: Mapping[str, float | bool | str] = field(default_factory=dict)
    when: Mapping[str, object] = field(default_factory=dict)

    def graph(self, lesson: Lesson | None) -> Graph | None:
        """Return the graph of its quantity, or None."""
        return lesson.graph(self.of) if lesson is not None and self.quantity else None

    def title(self, graph: Graph | None) -> str:
        """Return what it checks, on one line; ``graph`` is that of its quantity."""
        subject = self.subject
        if self.kind in ("variable", "call"):
            when = "".join(f", with {name} = {value}" for name, value in self.when.items())
            return f"{subject} {self._condition(graph)}{when}"
        if self.kind == "prints":
            return f"prints {subject}"
        if self.kind == "layers":
            layers = subject if isinstance(subject, tuple) else (subject,)
            return "layers: " + ", ".join(str(layer) for layer in layers)
        if self.kind == "python":
            return str(self.say) or "a test of its own"
        settings = "".join(f", {name} {value}" for name, value in self.parameters.items())
        return f"{self.kind.replace('_', ' ')}: {subject}{settings}"

    def _condition(self, graph: Graph | None) -> str:
        parts = []
        if self.equals is not None:
            unnamed = "the right value" if isinstance(self.equals, list) else f"{self.equals}"
            name = _shown(self.quantity, graph) or unnamed
            parts.append(f"equals {name}" + (f" to {self.decimals} decimals" if self.decimals is not None else ""))
        parts += [f"is below {self.below:g}"] if self.below is not None else []
        parts += [f"is above {self.above:g}"] if self.above is not None else []
        parts += [f"has length {self.length}"] if self.length is not None else []
        return " and ".join(parts) or "is there"


def _shown(quantity: str, graph: Graph | None) -> str:
    """Return a quantity as the lesson shows it: ``W′ of the output layer`` for the file's ``output.W_new``."""
    if graph is None:
        return quantity
    symbol, layer = graph.notation.text(quantity), quantity.rpartition(".")[0]
    if not layer or f"_{layer}" not in symbol:
        return symbol
    return f"{symbol.replace(f'_{layer}', '')} of the {layer} layer"


@dataclass(frozen=True, slots=True)
class Wrong:
    """The solution with ``old`` replaced by ``new`` must fail the check at place ``fails`` (from 0)."""

    old: str
    new: str
    fails: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Lab(Question):
    """A program to write; ``prompt`` is its title."""

    starter: Template
    checks: tuple[Check, ...]
    solution: Template | None = None
    wrong: tuple[Wrong, ...] = ()
    files: tuple[Path, ...] = ()
    time_limit: float = 10.0

    usual_skills = ("program",)

    def single_field(self) -> Field:
        return Field(self.id, self.id, FieldKind.LAB, "", of=self.of, language="python")

    def mark(self, parts: Sequence[str]) -> Result:
        """Keep the program: running it decides the verdict."""
        return Result(Verdict.KEPT)

    def filled(self, field: Field, is_shown: IsShown | None) -> Field:
        """Return the field with the starter program."""
        return replace(field, code=self.starter.fill(is_shown))

    def answer_rests_on(self) -> object:
        return str(self.checks)

    def views(self, seen: Seen) -> Sequence[ProgramView]:
        """Return the program with its checks, and its solution once it is done."""
        is_done = seen.is_done(self)
        (field,) = seen.fields(self)
        return (
            ProgramView(
                self.id,
                field,
                self.prompt.fill(seen.is_shown),
                checks=tuple(check.title(check.graph(seen.lesson)) for check in self.checks),
                solution=self.solution.fill() if is_done and self.solution is not None and self.reveal else "",
                explain=self.explanation(seen),
            ),
        )

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        """Return the starter program, or the solution on a worked sheet."""
        return Exercise(paper.next_number(), prompt, code="\n".join(answer) if answer else self.starter.fill())

    def answer_height(self) -> int:
        """Return the approximate height of an editor."""
        return 16

    def right_answer(self) -> Answer | None:
        return self.solution.fill() if self.solution is not None else None

    def answer_lines(self) -> tuple[str, ...]:
        return tuple(self.solution.fill().rstrip().splitlines()) if self.solution is not None else ()
