"""Resolve the names in a lesson to quantities: references, formulas, conditions, and ``{{…}}`` in texts.

Everything is resolved while the lesson is loaded, so that its author meets the errors, not a learner.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tutor.errors import FormulaError, QuantityError
from tutor.formulas import Cells, evaluate, names, parse, resolve, scalarise
from tutor.formulas.tokens import decimal_comma
from tutor.formulas.tree import Compare, Logic, Tree
from tutor.lessons.blocks import AuthorMistake, Model, Reference
from tutor.lessons.models import MistakeFile
from tutor.lessons.template import EMPTY, Context, Insert, Span, Template, spans
from tutor.lessons.validate import Checker, did_you_mean
from tutor.lessons.yaml.document import Path_
from tutor.network import Graph, Quantity, split_owner

_INSERT = re.compile(r"(?P<escaped>\\\{\{)|\{\{(?P<body>[^{}]*)\}\}|\{\{")
_BODY = re.compile(
    r"^\s*(?:(?P<of>[A-Za-z_][\w-]*)\s*:\s*(?=\D))?(?P<formula>.*?)(?::\s*(?P<decimals>[0-9]{1,2}))?\s*$", re.DOTALL
)


@dataclass(frozen=True, eq=False)
class Formula:
    """An author's formula over a model's quantities: one scalar tree per cell of its shape."""

    of: str
    graph: Graph | None
    cells: Cells


@dataclass
class Resolver:
    """Resolves names in the lesson's networks and worksheets. Problems are noted in the checker."""

    checker: Checker
    parts: Mapping[str, Model]
    #: Whether a model could not be built. Its names are then unknown, which is not reported again for each.
    models_failed: bool = False
    #: Unknown names of models that are reported already, at their ``of:``.
    reported: set[str] = field(default_factory=set)

    # -- models -----------------------------------------------------------------------------------------------------

    def model(self, name: str | None, path: Path_, *, needed: bool = True) -> Model | None:
        """Return the model with this name, or without a name the only one; else None. An unknown name is noted, and so
        is a missing model if it is ``needed``."""
        if name:
            if name in self.parts:
                return self.parts[name]
            if not self.models_failed and name not in self.reported:
                self.checker.add(path, f"There is no network or worksheet '{name}' here{self._meant(name)}")
            return None
        if len(self.parts) == 1 and not self.models_failed:
            return next(iter(self.parts.values()))
        if needed and not self.models_failed:
            several = ", ".join(self.parts)
            which = (
                f"write of: and one of {several}, or put it in front: {next(iter(self.parts))}:Z1"
                if several
                else "it has none"
            )
            self.checker.add(path, f"This needs a network or worksheet of the lesson; {which}.")
        return None

    def owner(self, name: str | None, path: Path_) -> None:
        """Note, once, that an ``of:`` names no model."""
        if name:
            self.model(name, path)
            if name not in self.parts:
                self.reported.add(name)

    def _meant(self, name: str) -> str:
        there = f"; there is {', '.join(self.parts)}." if self.parts else "; the lesson has none."
        return did_you_mean(name, self.parts, there)

    # -- quantities -------------------------------------------------------------------------------------------------

    def references(self, texts: Iterable[str], of: str | None, path: Path_) -> list[Reference]:
        """Return the quantities that these names, ranges and groups mean; unknown ones are noted."""
        found: list[Reference] = []
        for place, text in enumerate(texts):
            here = (*path, place)
            owner, rest = split_owner(text)
            model = self.model(owner or of, here)
            if model is None:
                continue
            try:
                quantities = model.graph.expand(rest)
            except QuantityError as error:
                self.checker.add(here, str(error))
                continue
            found.extend(Reference(model.name, model.graph, quantity) for quantity in quantities)
        return found

    def quantity(self, text: str, of: str | None) -> Reference | None:
        """Return the one quantity that a text names, or None. Nothing is noted."""
        owner, rest = split_owner(text)
        named = owner or of or (next(iter(self.parts)) if len(self.parts) == 1 else "")
        model = self.parts.get(named)
        if model is None:
            return None
        try:
            return Reference(model.name, model.graph, model.graph.quantity(rest))
        except QuantityError:
            return None

    # -- formulas ---------------------------------------------------------------------------------------------------

    def formula(
        self, text: str, of: str | None, path: Path_, *, variables: Sequence[str] = (), needs_model: bool = False
    ) -> Formula | None:
        """Return an author's formula, or None with the error noted at its column. ``variables`` are names allowed
        besides the model's."""
        owner, rest = split_owner(text) if re.match(r"^\s*[A-Za-z_][\w-]*\s*:", text) else (None, text)
        model = self.model(owner or of, path, needed=needs_model)
        if model is None and (self.models_failed or owner):
            return None
        try:
            cells = cells_of(rest, model.graph if model else None, variables)
        except FormulaError as error:
            offset = len(text) - len(rest) + error.column - 1
            which = " (Write of: to say which network is meant.)" if model is None and len(self.parts) > 1 else ""
            self.checker.add(path, decimal_comma(rest, error.column) or f"{error}{which}", offset=offset)
            return None
        return Formula(model.name if model else "", model.graph if model else None, cells)

    def scalar(self, text: str, of: str | None, path: Path_, *, variables: Sequence[str] = ()) -> Formula | None:
        """Return a formula that gives a single number, or None with the problem noted."""
        return self._single(text, of, path, variables, for_condition=False)

    def condition(self, text: str, of: str | None, path: Path_, *, variables: Sequence[str] = ()) -> Formula | None:
        """Return a condition on the numbers of one model and on ``variables``, or None with the problem noted."""
        return self._single(text, of, path, variables, for_condition=True)

    def _single(
        self, text: str, of: str | None, path: Path_, variables: Sequence[str], *, for_condition: bool
    ) -> Formula | None:
        found = self.formula(text, of, path, variables=variables, needs_model=for_condition)
        if found is None:
            return None
        if found.cells.shape:
            message = f"Write a single number here; this has {size(found.cells.shape)}."
        elif is_condition(found.cells.trees[0]) is for_condition:
            return found
        else:
            message = no_condition(text) if for_condition else f"Write a number here; '{text}' is a condition."
        self.checker.add(path, message)
        return None

    def value(self, formula: Formula, path: Path_) -> float | None:
        """Return the value of a scalar formula, or None with the error (such as a division by zero) noted."""
        found = self.values(formula, path)
        return found[0] if found is not None else None

    def values(self, formula: Formula, path: Path_) -> list[float] | None:
        """Return the values of a formula's cells, row by row, or None with the error noted."""
        known = formula.graph.values if formula.graph else {}
        try:
            return [evaluate(tree, known) for tree in formula.cells.trees]
        except FormulaError as error:
            self.checker.add(path, str(error), offset=error.column - 1)
            return None

    # -- mistakes ---------------------------------------------------------------------------------------------------

    def mistakes(
        self,
        files: Sequence[MistakeFile],
        of: str | None,
        path: Path_,
        shape: tuple[int, ...] | None,
        *,
        variables: Sequence[str] = (),
        computed: bool = True,
    ) -> tuple[AuthorMistake, ...]:
        """Return an author's mistakes for a question whose answer has this shape (None: unknown). Without ``computed``,
        they are texts rather than formulas."""
        found: list[AuthorMistake] = []
        for place, each in enumerate(files):
            say = self.text(each.say, of, (*path, place, "say"))
            if not computed:
                found.append(AuthorMistake(None, say, text=each.when))
                continue
            when = (*path, place, "when")
            formula = self.formula(each.when, of, when, variables=variables)
            if formula is None:
                continue
            cells = formula.cells
            if any(map(is_condition, cells.trees)):
                message = f"Write the number that the mistake gives here; '{each.when}' is a condition."
                self.checker.add(when, message)
                continue
            if shape is not None and cells.shape != shape:
                if cells.shape or not shape:
                    self.checker.add(when, f"This gives {size(cells.shape)}; the answer has {size(shape)}.")
                    continue
                cells = Cells(shape, cells.trees * math.prod(shape))
            tree = cells.trees[0] if not cells.shape else None
            found.append(AuthorMistake(tree, say, cells.trees, each.when))
        return tuple(found)

    # -- texts ------------------------------------------------------------------------------------------------------

    def text(
        self,
        text: str | None,
        of: str | None,
        path: Path_,
        *,
        context: Context = Context.PROSE,
        variables: Mapping[str, float] | None = None,
    ) -> Template:
        """Return a text as a template; ``context`` is CODE for a program.

        ``variables`` are names allowed besides the model's, each with a value with which to try the text.
        """
        if not text:
            return EMPTY
        whole = [Span(0, len(text), Context.CODE)] if context is Context.CODE else spans(text)
        pieces: list[_Piece] = []
        place = 0
        starts = [span.start for span in whole]
        for match in _INSERT.finditer(text):
            number = bisect_right(starts, match.start())
            inside = whole[number - 1] if number and match.start() < whole[number - 1].end else None
            where = inside.context if inside else Context.PROSE
            replaced = self._insert(match, where, of, path, variables or {})
            if replaced is None:
                continue
            pieces.append((text[place : match.start()], place, match.start()))
            pieces.append((replaced, *match.span()))
            place = match.end()
        pieces.append((text[place:], place, len(text)))
        template = Template(text, tuple(part for part, _, _ in pieces if part != ""))
        ends = [end for _, _, end in pieces]
        for span in whole:
            if span.context is Context.MATH and not self.checker.problems.is_full:
                first, last = bisect_right(ends, span.start), bisect_left(ends, span.end)
                self._mathematics(pieces[first : last + 1], span, path)
        return template

    def code(self, text: str | None, of: str | None, path: Path_) -> Template:
        """Return a program as a template."""
        return self.text(text, of, path, context=Context.CODE)

    def _insert(
        self, match: re.Match[str], where: Context, of: str | None, path: Path_, variables: Mapping[str, float]
    ) -> str | Insert | None:
        """Return what replaces a ``{{``, or None if it stays as it is."""
        if match["escaped"]:
            return None if where is Context.MATH else "{{"
        body = match["body"]
        if body is None or not body.strip():
            if where is not Context.MATH:
                message = "This {{ holds no quantity; write \\{{ for two braces."
                self.checker.add(path, message, offset=match.start())
            return None
        split = _BODY.match(body)
        assert split is not None
        try:
            return self._value(split, where, of, body.strip(), variables)
        except (FormulaError, QuantityError) as error:
            if where is not Context.MATH and not self.models_failed and (split["of"] or of) not in self.reported:
                message = f"{{{{{body.strip()}}}}}: {error} Write \\{{{{ for two braces."
                self.checker.add(path, message, offset=match.start())
            return None

    def _value(
        self, split: re.Match[str], where: Context, of: str | None, source: str, variables: Mapping[str, float]
    ) -> Insert:
        owner = split["of"] or of
        if owner and owner not in self.parts:
            raise QuantityError(f"There is no network or worksheet '{owner}' here{self._meant(owner)}")
        if not owner and len(self.parts) > 1 and _has_names(split["formula"]):
            raise QuantityError(
                f"Which network is meant? Write {{{{{next(iter(self.parts))}:{source}}}}}, or of: on the block."
            )
        model = self.parts[owner] if owner else next(iter(self.parts.values()), None)
        if model is None and _has_names(split["formula"]):
            raise QuantityError("This lesson has no network or worksheet.")
        cells = cells_of(split["formula"], model.graph if model else None, tuple(variables))
        decimals = int(split["decimals"]) if split["decimals"] else None
        of, graph = (model.name, model.graph) if model else ("", None)
        insert = Insert(source, of, graph, cells.shape, cells.trees, decimals, where)
        insert.fill(known=variables)  # raises on a division by zero, for example
        return insert

    def _mathematics(self, pieces: Sequence[_Piece], span: Span, path: Path_) -> None:
        """Note mathematics that cannot be drawn."""
        from tutor.mathtext import MathError, render

        latex, shift = _filled(pieces, span)
        try:
            render(latex.strip())
        except MathError as error:
            lead = len(latex) - len(latex.lstrip())
            offset = span.start + min(lead + error.column - 1 - shift(error.column - 1 + lead), span.end - span.start)
            self.checker.add(path, str(error), offset=offset)


_Piece = tuple[str | Insert, int, int]
"""A part of a text, and the start and end of its source: ``source[start:end]``."""


def _filled(pieces: Sequence[_Piece], span: Span) -> tuple[str, Callable[[int], int]]:
    """Return the mathematics of a span with its values filled in, and a function that gives, for a position in it, by
    how much that differs from the position in the source."""
    latex, shifts = "", []
    for part, start, end in pieces:
        if not isinstance(part, str):
            if span.start <= start < span.end:
                filled = part.fill()
                shifts.append((len(latex), len(filled) - (end - start)))
                latex += filled
        elif len(part) == end - start:  # an escaped {{ is shorter than its source, and never in mathematics
            latex += part[max(span.start - start, 0) : max(span.end - start, 0)]
    return latex, lambda at: sum(by for begins, by in shifts if begins < at)


def is_condition(tree: Tree) -> bool:
    """Return whether a tree is a condition rather than a number."""
    return isinstance(tree, Compare | Logic)


def no_condition(text: str) -> str:
    """Return the message for a number in place of a condition."""
    return f"Write a condition here, such as Z1 < 0; '{text}' is a number."


def _has_names(text: str) -> bool:
    try:
        return bool(names(parse(text)))
    except FormulaError:
        return True


def size(shape: tuple[int, ...]) -> str:
    """Return a shape in words: ``2 × 3 cells``."""
    return " × ".join(map(str, shape)) + " cells" if shape else "a single number"


def cells_of(text: str, graph: Graph | None, variables: Sequence[str] = ()) -> Cells:
    """Return a formula over a graph's quantities (in any spelling) and ``variables``, one scalar tree per cell.

    Raises:
        FormulaError: The formula cannot be read, or has an unknown name; with the column.
    """
    found: dict[str, Quantity] = {}

    def canonical(typed: str) -> str | None:
        if typed in variables or typed in ("rows", "columns"):
            return typed
        quantity = _quantity(typed, graph)
        if quantity is None:
            return None
        if quantity.is_number:
            return quantity.cells[0]
        found[quantity.name] = quantity
        return quantity.name

    known = [*variables, *(graph.nodes if graph else ()), *(graph.arrays if graph else ())]
    tree = parse(text, joins=lambda joined: canonical(joined) is not None)
    tree = resolve(tree, canonical, source=text, known=known)
    return scalarise(tree, {name: graph.array_cells(each) for name, each in found.items()} if graph else {})


def _quantity(typed: str, graph: Graph | None) -> Quantity | None:
    if graph is None:
        return None
    name = graph.canonical(typed)
    if name is not None:
        return graph.as_quantity(name)
    try:
        return graph.quantity(typed)
    except QuantityError:
        return None
