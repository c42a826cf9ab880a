"""The public face of marking: a ``Marker`` for one network or worksheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tutor.errors import FormulaError
from tutor.marking.answers import Number, read_cells, read_number
from tutor.marking.decimals import default_decimals, figures_to_decimals
from tutor.marking.grids import covering, rearranged, worst
from tutor.marking.judge import Judge
from tutor.marking.mark import Answer, AuthorMistake, Mark, Typed, Verdict
from tutor.marking.messages import either, message_of, mistakes_of
from tutor.marking.rounding import written_decimals
from tutor.marking.workings import Workings
from tutor.network import Graph, Quantity


class Marker:
    """Marks answers to the quantities of one graph; keep one for as long as its graph is in use, it remembers.

    ``decimals`` is what the lesson asks for: one number for everything, or by the names of quantities; what it does not
    name has its default. ``mistakes`` are the author's own, by the name of a quantity.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        decimals: int | Mapping[str, int] | None = None,
        mistakes: Mapping[str, Sequence[AuthorMistake]] | None = None,
    ) -> None:
        self.graph = graph
        self._everywhere = decimals if isinstance(decimals, int) else None
        self._asked = dict(decimals) if isinstance(decimals, Mapping) else {}
        self._mistakes = {name: tuple(each) for name, each in (mistakes or {}).items()}
        asked = self._everywhere if self._everywhere is not None else self._by_node()
        self._judge = Judge(Workings(graph, asked))

    def _by_node(self) -> dict[str, int]:
        """The decimals asked for at each node; where two questions differ, the more."""
        found: dict[str, int] = {}
        for name, decimals in self._asked.items():
            for cell in self.graph.quantity(name).cells:
                found[cell] = max(decimals, found.get(cell, 0))
        return found

    def decimals(self, quantity: str | Quantity) -> int:
        """The decimals that an answer to this quantity is asked for."""
        asked = self.graph.quantity(quantity) if isinstance(quantity, str) else quantity
        if self._everywhere is not None:
            return self._everywhere
        found = self._asked.get(asked.name)
        return found if found is not None else default_decimals(self.graph, asked)

    def mark(
        self,
        quantity: str | Quantity,
        answer: Answer,
        *,
        own: Mapping[str, Typed | float] | None = None,
        decimals: int | None = None,
        figures: int | None = None,
        mistakes: Sequence[AuthorMistake] = (),
    ) -> Mark:
        """Mark an answer.

        ``own`` are the learner's other answers, by canonical name, as ``Mark.own`` gave them; only those that the
        quantity rests on are looked at. ``decimals``, ``figures`` and ``mistakes`` hold for this answer alone.
        """
        asked = self.graph.quantity(quantity) if isinstance(quantity, str) else quantity
        wanted = self._wanted(asked, decimals, figures)
        author = (*mistakes, *self._mistakes.get(asked.name, ()))
        theirs = self._own(own or {})
        task = _Task(asked, wanted, figures, author, theirs)
        try:
            if asked.is_number:
                number = read_number(self.graph, asked, _single(answer))
                return replace(self._mark_number(task, asked.cells[0], number), answer=_shown(answer))
            return self._mark_grid(task, answer)
        except FormulaError as error:
            return self._unreadable(asked.name, _shown(answer), error)

    def _wanted(self, asked: Quantity, decimals: int | None, figures: int | None) -> int:
        if decimals is not None:
            return decimals
        if figures is not None:
            return max(figures_to_decimals(self.graph.values[cell], figures) for cell in asked.cells)
        return self.decimals(asked)

    def _own(self, own: Mapping[str, Typed | float]) -> dict[int, Typed]:
        """The learner's answers by slot; a plain number's decimals are its shortest form's."""
        slots = self.graph.slots
        return {
            slots[name]: each if isinstance(each, Typed) else Typed(float(each), written_decimals(float(each)))
            for name, each in own.items()
            if name in slots
        }

    # -- one number -------------------------------------------------------------------------------------------------

    def _mark_number(self, task: _Task, cell: str, number: Number) -> Mark:
        typed = Typed(number.value, number.decimals, task.decimals)
        slot = self.graph.slots[cell]
        judgement = self._judge.judge(slot, typed, task.decimals, task.own, author=task.author)
        mistakes = mistakes_of(self.graph, judgement)
        return Mark(
            quantity=cell,
            answer=number.shown,
            verdict=judgement.verdict,
            value=self.graph.values[cell],
            mistakes=mistakes,
            message=message_of(self.graph, cell, judgement, task.decimals, mistakes),
            because=judgement.because,
            decimals=task.decimals,
            figures=task.figures,
            read=number.shown,
            own={cell: typed},
        )

    def _unreadable(self, name: str, answer: str, error: FormulaError) -> Mark:
        return Mark(name, answer, Verdict.UNREADABLE, message=str(error), column=error.column)

    # -- vectors and matrices ---------------------------------------------------------------------------------------

    def _mark_grid(self, task: _Task, answer: Answer) -> Mark:
        asked = task.quantity
        read = read_cells(self.graph, asked, answer)
        cells = []
        for cell, number in zip(asked.cells, read, strict=True):
            if isinstance(number, Number):
                cells.append(self._mark_number(task, cell, number))
            else:
                error = number if number is not None else FormulaError("This cell is empty.")
                cells.append(self._unreadable(cell, "", error))
        true = [self.graph.values[cell] for cell in asked.cells]
        verdict = worst(cells)
        numbers = [number.value if isinstance(number, Number) else None for number in read]
        moved = rearranged(numbers, true, asked.shape, task.decimals) if verdict is Verdict.WRONG else None
        if moved is not None:
            cells = [replace(cell, mistakes=()) for cell in cells]
        mistakes = (moved,) if moved is not None else covering(cells) if verdict is Verdict.WRONG else ()
        return Mark(
            quantity=asked.name,
            answer=_shown(answer),
            verdict=verdict,
            value=self.graph.array_values(asked),  # type: ignore[arg-type]
            mistakes=mistakes,
            message=either(mistakes) or _grid_message(verdict, cells),
            cells=tuple(cells),
            because=tuple(dict.fromkeys(name for cell in cells for name in cell.because)),
            decimals=task.decimals,
            figures=task.figures,
            own={name: typed for cell in cells for name, typed in cell.own.items()},
        )


class _Task:
    """What an answer is marked against."""

    def __init__(
        self,
        quantity: Quantity,
        decimals: int,
        figures: int | None,
        author: tuple[AuthorMistake, ...],
        own: Mapping[int, Typed],
    ) -> None:
        self.quantity = quantity
        self.decimals = decimals
        self.figures = figures
        self.author = author
        self.own = own


def _grid_message(verdict: Verdict, cells: Sequence[Mark]) -> str:
    if verdict is Verdict.CORRECT:
        return next((cell.message for cell in cells if cell.message != "Right."), "Right.")
    return next(cell.message for cell in cells if cell.verdict is verdict)


def _single(answer: Answer) -> str | float:
    if isinstance(answer, (str, int, float)):
        return answer
    raise FormulaError("One number is wanted here.")


def _shown(answer: Answer) -> str:
    if isinstance(answer, str):
        return answer
    if isinstance(answer, (int, float)):
        return f"{answer:g}"
    return "[" + ", ".join(_shown(part) for part in answer) + "]"
