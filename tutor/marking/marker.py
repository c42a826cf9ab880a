"""The public interface of marking: a ``Marker`` for one network or worksheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.errors import FormulaError
from tutor.formulas import format_number
from tutor.marking.answers import EXACT, as_text, read_cells, read_one, read_turned, typed_as
from tutor.marking.budget import Budget
from tutor.marking.grids import another_array, covering, is_shortened_throughout, rearranged, worst
from tutor.marking.judge import Judge
from tutor.marking.judgement import Judgement, Tier
from tutor.marking.mark import Answer, AuthorMistake, Mark, Mistake, Typed, Verdict
from tutor.marking.messages import fitting_of, message_of, mistakes_of, too_short, unexplained
from tutor.marking.rounding import is_at_figures, is_one_digit, is_rounded, written_decimals
from tutor.marking.state import MarkingState
from tutor.marking.working import judged_line, line_of
from tutor.mistakes.writing import OTHER_QUANTITY
from tutor.network import Graph, Quantity
from tutor.network.decimals import default_decimals, figures_to_decimals

if TYPE_CHECKING:
    from tutor.reading import Reading


class Marker:
    """Marks answers to the quantities of one graph. Keep it while the graph is in use: it caches what it works out.

    ``decimals`` are those that the lesson asks for: one number for all quantities, or one by name, and the default for
    the others. ``mistakes`` are the author's own, by the name of a number (in a grid, of a cell). ``shown`` returns
    the names of the numbers that the lesson shows, so that hardly anybody works them out; it is called when needed.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        decimals: int | Mapping[str, int] | None = None,
        mistakes: Mapping[str, Sequence[AuthorMistake]] | None = None,
        shown: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.graph = graph
        self._for_all = decimals if isinstance(decimals, int) else None
        self._asked = dict(decimals) if isinstance(decimals, Mapping) else {}
        self._mistakes: dict[str, tuple[AuthorMistake, ...]] = {}
        for name, each in (mistakes or {}).items():
            self._mistakes[graph.canonical(name) or name] = tuple(each)
        asked = self._for_all if self._for_all is not None else self._by_node()
        self._judge = Judge(MarkingState(graph, asked, shown))

    def _by_node(self) -> dict[str, int]:
        """Return the decimals asked for at each node, the larger number if two questions differ."""
        found: dict[str, int] = {}
        for name, decimals in self._asked.items():
            for cell in self.graph.quantity(name).cells:
                found[cell] = max(decimals, found.get(cell, 0))
        return found

    def decimals(self, quantity: str | Quantity) -> int:
        """Return how many decimals an answer to this quantity needs."""
        asked = self.graph.quantity(quantity) if isinstance(quantity, str) else quantity
        if self._for_all is not None:
            return self._for_all
        found = self._asked.get(asked.name)
        return found if found is not None else default_decimals(self.graph, asked)

    def moved_by_rounding(self, quantity: str | Quantity) -> dict[str, float]:
        """Return how far rounding the earlier steps to the decimals asked for can move each cell of a quantity."""
        asked = self.graph.quantity(quantity) if isinstance(quantity, str) else quantity
        state, decimals = self._judge.state, self.decimals(asked)
        found = {}
        for cell in asked.cells:
            slot = self.graph.slots[cell]
            found[cell] = state.bounds.true(state.precision(state.key(slot, decimals)), slot)[1]
        return found

    def mark(
        self,
        quantity: str | Quantity,
        answer: Answer,
        *,
        own: Mapping[str, Typed | float] | None = None,
        decimals: int | None = None,
        figures: int | None = None,
        mistakes: Sequence[AuthorMistake] = (),
        budget: Budget | None = None,
    ) -> Mark:
        """Mark an answer.

        ``own`` are the learner's other answers, by canonical name, as ``Mark.own`` gave them; only those that the
        quantity depends on are used. ``decimals``, ``figures`` and ``mistakes`` apply to this answer only. ``budget``
        limits the search for mistakes; it does not change the verdict.
        """
        asked = self.graph.quantity(quantity) if isinstance(quantity, str) else quantity
        wanted = self._wanted(asked, decimals, figures)
        known = _typed(own or {})
        slots = self.graph.slots
        task = _Task(
            asked,
            wanted,
            figures,
            tuple(mistakes),
            {slots[name]: each for name, each in known.items() if name in slots},
            {name: each.value for name, each in known.items()},
        )
        try:
            with self._judge.within(budget or Budget()):
                return self._mark_one(task, answer) if asked.is_number else self._mark_grid(task, answer)
        except FormulaError as error:
            return _unreadable(asked.name, as_text(answer), error)

    def _wanted(self, asked: Quantity, decimals: int | None, figures: int | None) -> int:
        if decimals is not None:
            return decimals
        if figures is not None:
            return max(figures_to_decimals(self.graph.values[cell], figures) for cell in asked.cells)
        return self.decimals(asked)

    def forget(self) -> None:
        """Drop the cached verdicts, but not the compiled formulas and bounds."""
        self._judge.forget()

    # -- one number -------------------------------------------------------------------------------------------------

    def _mark_one(self, task: _Task, answer: Answer) -> Mark:
        if not isinstance(answer, (str, int, float)):
            raise FormulaError("A single number is expected here.", hint="Write it without brackets.")
        cell = task.quantity.cells[0]
        reading = read_one(self.graph, cell, answer, task.numbers, task.decimals)
        return replace(self._mark_reading(self._with_news(task, [reading]), cell, reading), answer=as_text(answer))

    def _with_news(self, task: _Task, read: Sequence[Reading | FormulaError | None]) -> _Task:
        """Return the task; it knows whether the answer has a number that was not typed for an earlier quantity."""
        first = min(self.graph.slots[cell] for cell in task.quantity.cells)
        known = {each.value for slot, each in task.own.items() if slot < first}
        numbers = (_number(found, task.decimals) for found in read)
        return replace(task, is_new=any(each is not None and each.value not in known for each in numbers))

    def _mark_reading(self, task: _Task, cell: str, reading: Reading) -> Mark:
        typed = typed_as(reading, task.decimals)
        mark = replace(self._mark_typed(task, cell, typed), answer=reading.text, read=reading.shown)
        line = line_of(reading)
        if line is None:
            return mark
        plan = self._mark_typed(task, cell, Typed(line.plan.value, EXACT, task.decimals))
        return judged_line(self.graph, cell, line, mark, plan)

    def _authors(self, task: _Task, cell: str) -> tuple[AuthorMistake, ...]:
        return (*task.author, *self._mistakes.get(cell, ()))

    def _mark_given(self, task: _Task, cell: str, typed: Typed) -> Mark:
        """Mark an answer for a number that the exercise gives."""
        value = self.graph.values[cell]
        is_it = is_rounded(typed.value, value, task.decimals)
        said = f"{self.graph.notation.text(cell)} = {format_number(value)} is given; there is nothing to work out."
        verdict = Verdict.CORRECT if is_it else Verdict.WRONG
        return Mark(cell, "", verdict, value, message=f"Right: {said}" if is_it else said, decimals=task.decimals)

    def _mark_typed(self, task: _Task, cell: str, typed: Typed) -> Mark:
        if self.graph.nodes[cell].formula is None:
            return self._mark_given(task, cell, typed)
        author = self._authors(task, cell)
        judgement = self._judge.judge(
            self.graph.slots[cell], typed, task.decimals, task.own, author=author, is_new=task.is_new
        )
        if task.figures is not None and is_at_figures(typed.value, self.graph.values[cell], task.figures):
            judgement = Judgement(Verdict.CORRECT)
        if task.quantity.is_number and task.decimals == 0 and is_one_digit(typed.value) and judgement.found:
            judgement = self._told_by_one_digit(cell, judgement)
        mistakes = mistakes_of(self.graph, judgement)
        return Mark(
            quantity=cell,
            answer="",
            verdict=judgement.verdict,
            value=self.graph.values[cell],
            mistakes=mistakes,
            message=message_of(self.graph, cell, judgement, task.decimals, mistakes),
            because=judgement.because,
            decimals=task.decimals,
            figures=task.figures,
            own={cell: typed},
            fitting=fitting_of(self.graph, judgement) if task.quantity.cells[1:] else (),
            is_exact=any(each.tier <= Tier.EXACT for each in judgement.found[:1]),
        )

    def _told_by_one_digit(self, cell: str, judgement: Judgement) -> Judgement:
        """Return the judgement of a whole number of one digit without explanations that fit such a number by chance."""
        if judgement.verdict is not Verdict.WRONG or judgement.tie:
            return judgement
        told = self._judge.diagnosis.told_by_one_digit(self.graph.slots[cell], judgement.found)
        return replace(judgement, found=told, one_digit=not told)

    # -- vectors and matrices ---------------------------------------------------------------------------------------

    def _mark_grid(self, task: _Task, answer: Answer) -> Mark:
        asked = task.quantity
        read = self._read_grid(task, answer)
        task = self._with_news(task, read)
        cells = []
        for cell, found in zip(asked.cells, read, strict=True):
            if found is None or isinstance(found, FormulaError):
                cells.append(_unreadable(cell, "", found or FormulaError("This cell is empty.")))
            else:
                cells.append(self._mark_reading(task, cell, found))
        if worst(cells) is Verdict.WRONG and is_shortened_throughout(self.graph, cells, task.decimals):
            said = too_short(task.decimals)
            cells = _with_wrong_cells(
                cells, lambda cell: replace(cell, verdict=Verdict.IMPRECISE, mistakes=(), fitting=(), message=said)
            )
        verdict = worst(cells)
        mistakes: tuple[Mistake, ...] = ()
        if verdict is Verdict.WRONG:
            cells, mistakes = self._explained(task, cells)
        return Mark(
            quantity=asked.name,
            answer=as_text(answer),
            verdict=verdict,
            value=self.graph.array_values(asked),  # type: ignore[arg-type]
            mistakes=mistakes,
            message=" ".join(each.message for each in mistakes) or _grid_message(verdict, cells),
            cells=tuple(cells),
            because=tuple(dict.fromkeys(name for cell in cells for name in cell.because)),
            decimals=task.decimals,
            figures=task.figures,
            own={name: typed for cell in cells for name, typed in cell.own.items()},
            is_exact=bool(mistakes) and all(cell.is_exact for cell in cells if cell.verdict is Verdict.WRONG),
        )

    def _explained(self, task: _Task, cells: Sequence[Mark]) -> tuple[list[Mark], tuple[Mistake, ...]]:
        """Return a grid's cells and the mistakes that explain it; cells that none of them explains have none."""
        wrong = [cell for cell in cells if cell.verdict is Verdict.WRONG]
        is_authors = all(
            {each.id for each in cell.mistakes[:1]} & {each.id for each in self._authors(task, cell.quantity)}
            for cell in wrong
        )
        numbers = [cell.own.get(cell.quantity) for cell in cells]
        true = [self.graph.values[cell.quantity] for cell in cells]
        moved = None if is_authors else rearranged(numbers, true, task.quantity.shape, task.decimals)
        if moved is not None:
            return (
                _with_wrong_cells(cells, lambda cell: replace(cell, mistakes=(moved,), message=moved.message)),
                (moved,),
            )
        shared = set.intersection(*({each.id for each in cell.fitting or cell.mistakes} for cell in wrong))
        shared.discard(OTHER_QUANTITY)  # each cell may have the number of something else
        other = None if shared else another_array(self.graph, task.quantity, cells, task.decimals)
        mistakes = (other,) if other is not None else covering(cells, self.graph.notation.text)
        if mistakes:
            return list(cells), mistakes

        def without_mistakes(cell: Mark) -> Mark:
            if not cell.mistakes:
                return cell
            return replace(cell, mistakes=(), fitting=(), message=unexplained(self.graph, cell.quantity))

        return _with_wrong_cells(cells, without_mistakes), ()

    def _read_grid(self, task: _Task, answer: Answer) -> tuple[Reading | FormulaError | None, ...]:
        """Return the cells as they were read; if a right matrix was typed transposed, in the order they were typed."""
        asked = task.quantity
        try:
            return read_cells(self.graph, asked, answer, task.numbers, task.decimals)
        except FormulaError:
            with suppress(FormulaError):
                turned = read_turned(self.graph, asked, answer, task.numbers, task.decimals)
                numbers = [_number(cell, task.decimals) for cell in turned]
                true = [self.graph.values[cell] for cell in asked.cells]
                if rearranged(numbers, true, asked.shape, task.decimals) is not None:
                    return turned
            raise


def _with_wrong_cells(cells: Sequence[Mark], changed: Callable[[Mark], Mark]) -> list[Mark]:
    """Return a grid's cells with the wrong ones changed."""
    return [changed(cell) if cell.verdict is Verdict.WRONG else cell for cell in cells]


@dataclass(frozen=True)
class _Task:
    """What an answer is marked against; ``own`` are the learner's other answers by slot, ``numbers`` by name.

    ``is_new``: the answer has a number that the learner has not typed for an earlier quantity.
    """

    quantity: Quantity
    decimals: int
    figures: int | None
    author: tuple[AuthorMistake, ...]
    own: Mapping[int, Typed]
    numbers: Mapping[str, float]
    is_new: bool = False


def _number(cell: Reading | FormulaError | None, decimals: int) -> Typed | None:
    return None if cell is None or isinstance(cell, FormulaError) else typed_as(cell, decimals)


def _typed(own: Mapping[str, Typed | float]) -> dict[str, Typed]:
    """Return the learner's answers; a plain number has the decimals of its shortest form."""
    return {
        name: each if isinstance(each, Typed) else Typed(float(each), written_decimals(float(each)))
        for name, each in own.items()
    }


def _unreadable(name: str, answer: str, error: FormulaError) -> Mark:
    return Mark(name, answer, Verdict.UNREADABLE, message=str(error), column=error.column)


def _grid_message(verdict: Verdict, cells: Sequence[Mark]) -> str:
    if verdict is Verdict.CORRECT:
        return next((cell.message for cell in cells if cell.message != "Right."), "Right.")
    return next(cell.message for cell in cells if cell.verdict is verdict)
