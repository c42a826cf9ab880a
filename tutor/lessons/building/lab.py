"""Programs to write, their checks, and the spoilt solutions that must fail them."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import (
    Anything,
    Count,
    Decimals,
    FileModel,
    Flag,
    Real,
    Seconds,
    WordList,
    Words,
    describe,
)
from tutor.lessons.models import MOST_MEMBERS, QuestionFile
from tutor.lessons.patterns import PatternError, check_pattern
from tutor.lessons.yaml.document import Path_

KINDS = (
    "variable", "call", "prints", "layers", "criterion", "optimizer", "batch_size", "epochs", "training",
    "epoch_losses", "python",
)  # fmt: skip
PARAMETERS = ("lr", "momentum", "dampening", "nesterov", "weight_decay", "alpha", "eps", "beta1", "beta2", "reduction")


class CheckFile(FileModel):
    """One check of a lab."""

    id: Words | None = None
    say: Annotated[Words | None, Field(description="What the learner reads when it fails.")] = None
    variable: Annotated[Words | None, Field(description="A variable, or an expression such as losses[-1].")] = None
    call: Annotated[Words | None, Field(description="A call of a function that the learner wrote.")] = None
    equals: Annotated[Anything, Field(description="A quantity, a number or a list.")] = None
    when: Annotated[
        dict[str, Real | list[Any]] | None,
        Field(description="Other values for names that the program gives at its start; it is run again with them."),
    ] = None
    decimals: Decimals | None = None
    shape: Annotated[Words | None, Field(description="exact: axes of length 1 count too.")] = None
    below: Real | None = None
    above: Real | None = None
    length: Count | None = None
    prints: Annotated[Words | None, Field(description="A pattern that must be printed.")] = None
    layers: Annotated[
        WordList | None, Field(description="A model's layers in order: [Linear, ReLU] or ['Linear(3, 8)'].")
    ] = None
    criterion: Words | None = None
    optimizer: Words | None = None
    batch_size: Count | None = None
    epochs: Count | None = None
    training: Annotated[
        Literal["scaled inputs", "scaled targets", "shuffled batches", "cleared gradients"] | None,
        Field(description="What the training must do with its data and gradients."),
    ] = None
    epoch_losses: Annotated[
        Words | None, Field(description="The list that holds the mean of the losses of each epoch's batches.")
    ] = None
    python: Annotated[Words | None, Field(description="Code that must raise nothing.")] = None
    lr: Real | None = None
    momentum: Real | None = None
    dampening: Real | None = None
    nesterov: Flag | None = None
    weight_decay: Real | None = None
    alpha: Real | None = None
    eps: Real | None = None
    beta1: Real | None = None
    beta2: Real | None = None
    reduction: Words | None = None

    def build(self, work: Work, path: Path_) -> blocks.Check | None:
        """Return a check, or None with the problem noted."""
        kinds = [kind for kind in KINDS if getattr(self, kind) is not None]
        if "batch_size" in kinds and len(kinds) == 2 and "optimizer" not in kinds:
            kinds = [kind for kind in kinds if kind != "batch_size"] or kinds
        if len(kinds) != 1:
            what = f"one of {', '.join(KINDS)}" if not kinds else f"one thing, not {' and '.join(kinds)}"
            work.checker.add(path, f"A check says {what}.")
            return None
        kind = kinds[0]
        self._check_syntax(work, kind, path)
        if self.shape not in (None, "exact"):
            work.checker.add((*path, "shape"), f"shape: can only be exact, not '{self.shape}'.")
        equals, of, quantity = _resolved(work, self.equals, (*path, "equals"))
        comparisons = [key for key in ("equals", "below", "above", "length") if getattr(self, key) is not None]
        if kind in ("variable", "call") and not comparisons:
            work.checker.add(path, f"This says nothing about the {kind}; add equals:, below:, above: or length:.")
        if self.when is not None and kind not in ("variable", "call"):
            work.checker.add((*path, "when"), "Only a variable or a call can be looked at with other values.")
        parameters = {key: value for key in PARAMETERS if (value := getattr(self, key)) is not None}
        return blocks.Check(
            kind=kind,
            subject=getattr(self, kind),
            say=work.resolver.text(self.say, work.of, (*path, "say")),
            equals=equals,
            of=of,
            quantity=quantity,
            decimals=self.decimals if self.decimals is not None else work.settings.decimals,
            exact_shape=self.shape == "exact",
            below=self.below,
            above=self.above,
            length=self.length,
            parameters=parameters,
            when=self.when or {},
        )

    def _check_syntax(self, work: Work, kind: str, path: Path_) -> None:
        """Note Python code and patterns that cannot be read now, so that the author meets the error, not the
        learner."""
        text = getattr(self, kind)
        if kind == "prints":
            try:
                check_pattern(text)
            except PatternError as error:
                work.checker.add((*path, kind), str(error))
        elif kind in ("variable", "call", "epoch_losses", "python"):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # showing a warning, Python would look for the program's file
                    ast.parse(text, mode="exec" if kind == "python" else "eval")
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                what = getattr(error, "msg", str(error) or "it is nested too deeply")
                line = getattr(error, "lineno", 1) or 1
                offset = sum(len(each) + 1 for each in text.split("\n")[: line - 1])
                work.checker.add((*path, kind), f"This is not Python: {what}.", offset=offset)


class WrongFile(FileModel):
    """A spoilt solution, which must fail this check."""

    replace: Annotated[tuple[Words, Words], Field(description="[old, new] in the solution.")]
    fails: Annotated[Words, Field(description="The check: its number from 1, its id, or what it checks.")]

    def build(self, work: Work, path: Path_, solution: str | None, checks: Sequence[CheckFile]) -> blocks.Wrong | None:
        """Return a spoilt solution, or None with the problem noted."""
        if not solution:
            work.checker.add(path, "This spoils the solution, and there is none; add solution:.")
            return None
        old, new = self.replace
        if old not in solution:
            work.checker.add((*path, "replace", 0), "This is not in the solution.")
            return None
        fails = _failing(work, self.fails, checks, (*path, "fails"))
        return blocks.Wrong(old, new, fails) if fails is not None else None


class LabFile(QuestionFile):
    """A program to write."""

    kind = "lab"
    called_elsewhere = ("program",)
    nested = ("title", "question")
    main: Annotated[Words, Field(alias="lab", description="The title.")]
    starter: Annotated[Words, Field(description="The code that the learner begins with.")] = ""
    checks: Annotated[tuple[CheckFile, ...], Field(min_length=1, max_length=MOST_MEMBERS)]
    solution: Words | None = None
    wrong: Annotated[tuple[WrongFile, ...], Field(max_length=MOST_MEMBERS)] = ()
    files: WordList = ()
    time_limit: Annotated[Seconds | None, Field(description="Seconds; default 10.")] = None

    def build(self, work: Work) -> tuple[blocks.Lab, str]:
        """Return the lab with its checks and spoilt solutions."""
        checks = [each.build(work, (*work.place("checks"), n)) for n, each in enumerate(self.checks)]
        solution = work.resolver.code(self.solution, work.of, work.place("solution")) if self.solution else None
        path = work.place("wrong")
        wrong = [each.build(work, (*path, n), self.solution, self.checks) for n, each in enumerate(self.wrong)]
        return blocks.Lab(
            **work.common,
            **work.question(computed=False),
            starter=work.resolver.code(self.starter, work.of, work.place("starter")),
            checks=tuple(check for check in checks if check),
            solution=solution,
            wrong=tuple(each for each in wrong if each),
            files=work.files(self.files),
            time_limit=float(self.time_limit or 10.0),
        ), self.main


def _resolved(work: Work, value: object, path: Path_) -> tuple[Any, str, str]:
    """Return what a variable must equal, as numbers, and the model and name of the quantity, if it is one."""
    if value is None or isinstance(value, bool | int | float):
        return value, "", ""
    if isinstance(value, list):
        return [_resolved(work, each, (*path, place))[0] for place, each in enumerate(value)], "", ""
    if not isinstance(value, str):
        work.checker.add(path, f"Write a quantity, a number or a list here, not {describe(value)}.")
        return None, "", ""
    reference = work.resolver.quantity(value, work.of)
    if reference is not None:
        return reference.graph.array_values(reference.quantity), reference.of, reference.name
    formula = work.resolver.formula(value, work.of, path)
    flat = work.resolver.values(formula, path) if formula is not None else None
    if formula is None or flat is None:
        return None, "", ""
    shape = formula.cells.shape
    if not shape:
        return flat[0], formula.of, ""
    if len(shape) == 1:
        return flat, formula.of, ""
    return [flat[at : at + shape[1]] for at in range(0, len(flat), shape[1])], formula.of, ""


def _failing(work: Work, name: str, checks: Sequence[CheckFile], path: Path_) -> int | None:
    """Return the index of the check that ``fails:`` names by its number (from 1), id, subject, kind or sentence."""
    if name.isdigit() and 1 <= int(name) <= len(checks):
        return int(name) - 1
    for names in (
        [check.id or "" for check in checks],
        [str(next((v for kind in KINDS if (v := getattr(check, kind)) is not None), "")) for check in checks],
        [next((kind for kind in KINDS if getattr(check, kind) is not None), "") for check in checks],
        [check.say or "" for check in checks],
    ):
        found = [place for place, each in enumerate(names) if each == name]
        if len(found) == 1:
            return found[0]
        if found:
            work.checker.add(path, f"'{name}' is {len(found)} of the checks; give its number, from 1.")
            return None
    work.checker.add(path, f"There is no check '{name}'; give its number, from 1, or what it checks.")
    return None
