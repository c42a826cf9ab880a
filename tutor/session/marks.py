"""Mark every kind of field, with follow-through: the learner's other answers in the same network are taken into
account, so that one mistake is counted once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.errors import FormulaError
from tutor.lessons.blocks import AskItem, Lesson, Question
from tutor.lessons.blocks.base import NOTHING_TYPED
from tutor.lessons.template import number_text
from tutor.mistakes.writing import TRANSPOSED
from tutor.network import Graph, Quantity
from tutor.session.answers import is_blank
from tutor.session.entries import Entry, Questions
from tutor.session.model import Answer, CellResult, FieldKind, FieldState, ReadBack, Result, Verdict
from tutor.session.visibility import shown_before_asking

if TYPE_CHECKING:
    from tutor.marking import AuthorMistake, Budget, Mark, Marker
    from tutor.marking.mark import Answer as Given
    from tutor.marking.mark import Typed
    from tutor.reading import Scope

#: The time limit, in seconds, of the search for an answer's mistake while a learner waits.
SEARCH = 0.3

_NOT_ALL = "Fill in every cell; the empty ones are marked."


class Marks:
    """Marks answers, given the present ``states``. A network's marker is made when its first answer is marked."""

    def __init__(
        self,
        lesson: Lesson,
        questions: Questions,
        states: Mapping[str, FieldState],
        *,
        markers: dict[str, Marker] | None = None,
    ) -> None:
        """``markers`` may be shared among learners with the same numbers, so that nothing is computed twice."""
        self._lesson = lesson
        self._questions = questions
        self._states = states
        self._markers: dict[str, Marker] = {} if markers is None else markers
        self._budget: Budget | None = None
        self._numbers: dict[str, tuple[Answer, Mapping[str, Typed]]] = {}

    # -- marking ------------------------------------------------------------------------------------------------------

    def mark(self, entry: Entry, answer: Answer) -> Result:
        """Mark an answer, given everything answered so far."""
        block, parts = entry.block, (answer,) if isinstance(answer, str) else answer
        if (result := block.mark(parts)) is not None:
            return result
        if is_blank(answer):
            return NOTHING_TYPED
        if entry.item is not None:
            return self._quantity(entry, entry.item, answer)
        from tutor.marking.typed import mark_typed

        return mark_typed(block, " ".join(parts), self.own(block.of))

    def _quantity(self, entry: Entry, item: AskItem, answer: Answer) -> Result:
        if isinstance(answer, tuple) and not all(cell.strip() for cell in answer):
            if len(answer) != len(item.quantity.cells):
                return NOTHING_TYPED
            return self._some_cells(entry, item, answer)
        own = self.own(item.of, entry.field.id)
        mark = self._mark(item, answer, own)
        result = mark.to_result(item.graph)
        if result.verdict is Verdict.WRONG and (earlier := self._follows_earlier(entry, item, answer, own)):
            symbol, value = item.graph.notation.text(earlier[0]), number_text(earlier[1])
            said = f"follows from your earlier {symbol} = {value}. Work it out again with the new one."
            if mark.is_exact and not self._followed_before(entry, answer):
                return replace(result, message=f"{result.message} Or it {said}", because=(symbol,))
            cells = tuple(replace(cell, message="") if cell.verdict is Verdict.WRONG else cell for cell in result.cells)
            return replace(result, message=f"This {said}", mistakes=(), because=(symbol,), cells=cells)
        where = self._elsewhere(entry, item, mark.because[0]) if result.verdict is Verdict.FOLLOWS else ""
        return replace(result, message=f"{result.message} {where}") if where else result

    def _follows_earlier(
        self, entry: Entry, item: AskItem, answer: Answer, own: Mapping[str, Typed]
    ) -> tuple[str, float] | None:
        """Return the number, by its name, that a wrong answer follows from although the learner has replaced it since;
        None where there is none. Another mistake that would give the answer is then chance, unless it gives the last
        digit."""
        for replaced in self._replaced(entry, item):
            mark = self._mark(item, answer, {**own, **replaced}, at_once=True)
            names = [name for name in mark.because if name in replaced]
            if mark.verdict is Verdict.FOLLOWS and names and not _has_one_figure(mark):
                return names[0], replaced[names[0]].value
        return None

    def _followed_before(self, entry: Entry, answer: Answer) -> bool:
        """Return whether the same answer followed from the earlier number while that still stood."""
        state = self._states[entry.field.id]
        if state.answer != answer or state.result is None:
            return False
        # a stored result has no ``because``: what followed, or was wrong without a mistake of its own, still does
        return state.result.verdict in (Verdict.FOLLOWS, Verdict.WRONG) and not state.result.mistakes

    def _replaced(self, entry: Entry, item: AskItem) -> Iterator[Mapping[str, Typed]]:
        """Yield the numbers that a field's answer may have been worked out with before they were replaced: those of
        one earlier field at a time, then the last of all."""
        needed = {name for cell in item.quantity.cells for name in item.graph.ancestors(cell)}
        last: dict[str, Typed] = {}
        for name, other in self._questions.entries.items():
            state = self._states[name]
            if name == entry.field.id or other.item is None or other.asked[0] != item.of:
                continue
            given_up = (state.answer,) if state.given_up and state.answer is not None else ()
            answers = (*given_up, *state.replaced) if needed.intersection(other.asked[1]) else ()
            found = [self._mark(other.item, each, {}, at_once=True).own for each in answers if not _is_partial(each)]
            yield from found
            last.update(found[0] if found else {})
        if last:
            yield last

    def _elsewhere(self, entry: Entry, item: AskItem, name: str) -> str:
        """Return a sentence saying on which screen a number is asked for; empty if it is the field's own screen."""
        screens = [self._questions.entries[each].screen for each in self._questions.asked_in.get((item.of, name), ())]
        if not screens or entry.screen in screens:
            return ""
        return f"{item.graph.notation.text(name)} is on screen {screens[0] + 1}."

    def _some_cells(self, entry: Entry, item: AskItem, answer: Sequence[str]) -> Result:
        """Mark the filled cells of a grid one by one."""
        own = self.own(item.of, entry.field.id)
        cells = []
        for name, text in zip(item.quantity.cells, answer, strict=True):
            if not text.strip():
                cells.append(CellResult(Verdict.UNREADABLE, ""))
                continue
            mark = self._mark_as(item, item.graph.as_quantity(name), text, own)
            cells.append(CellResult(mark.verdict, mark.message))
        faulty = [cell for cell in cells if cell.verdict in (Verdict.WRONG, Verdict.IMPRECISE, Verdict.FOLLOWS)]
        if faulty:
            return Result(faulty[0].verdict, faulty[0].message, cells=tuple(cells))
        return Result(Verdict.UNREADABLE, _NOT_ALL, cells=tuple(cells))

    def _mark(self, item: AskItem, answer: Answer, own: Mapping[str, Typed], *, at_once: bool = False) -> Mark:
        # text that could not be split into cells is marked as typed, so that the message says what is missing
        is_whole = isinstance(answer, str) or len(answer) == 1
        given = "".join(answer) if is_whole else _in_rows(answer, item.quantity.shape)
        return self._mark_as(item, item.quantity, given, own, at_once=at_once)

    def _mark_as(
        self, item: AskItem, quantity: Quantity, given: Given, own: Mapping[str, Typed], *, at_once: bool = False
    ) -> Mark:
        """Mark the item's quantity, or one of its cells, at the precision that the item asks for; ``at_once`` without
        a search for mistakes."""
        decimals = item.decimals if item.figures is not None else item.least_decimals
        return self._marker(item.of).mark(
            quantity,
            given,
            own=own,
            decimals=decimals,
            figures=item.figures,
            budget=_spent() if at_once else self._budget,
        )

    def begin(self) -> None:
        """Start a time budget of ``SEARCH`` seconds that all following searches for mistakes share."""
        from tutor.marking import Budget

        self._budget = Budget(SEARCH)

    def cancel(self) -> None:
        """Stop the present search for a mistake; the answer is marked without naming one."""
        if self._budget is not None:
            self._budget.cancel()

    def _marker(self, of: str) -> Marker:
        if of not in self._markers:
            items = [entry.item for entry in self._questions.entries.values() if entry.item and entry.item.of == of]
            self._markers[of] = marker_for(self._lesson, of, items, self._lesson.graph(of))
        return self._markers[of]

    # -- the learner's own numbers ------------------------------------------------------------------------------------

    def own(self, of: str, without: str = "") -> dict[str, Typed]:
        """Return the numbers that the learner has answered in a network, by canonical name, except those of the field
        ``without``. Answers given up are left out, so that the true value is used."""
        found: dict[str, Typed] = {}
        for name, entry in self._questions.entries.items():
            item, state = entry.item, self._states[name]
            if item is None or item.of != of or name == without or state.given_up:
                continue
            if state.answer is None or state.result is None or not state.result.verdict.counts:
                continue
            found.update(self._own_of(name, item, state.answer))
        return found

    def _own_of(self, name: str, item: AskItem, answer: Answer) -> Mapping[str, Typed]:
        kept = self._numbers.get(name)
        if kept is None or kept[0] != answer:
            read = {} if _is_partial(answer) else self._mark(item, answer, {}).own
            kept = (answer, read)
            self._numbers[name] = kept
        return kept[1]

    def following(self, entry: Entry) -> tuple[str, ...]:
        """Return the answered fields that depend on what this field asks for, in the lesson's order."""
        of, cells = entry.asked
        if not cells:
            return ()
        graph, changed = self._lesson.graph(of), set(cells)
        found = []
        for name, other in self._questions.entries.items():
            if name == entry.field.id or other.asked[0] != of or self._states[name].answer is None:
                continue
            if any(changed.intersection(graph.ancestors(cell)) for cell in other.asked[1]):
                found.append(name)
        return tuple(found)

    def known(self, item: AskItem) -> Callable[[str], tuple[str, float] | None]:
        """Return a function that gives the value a hint may use for a name, as text and number: a given number, or the
        learner's own answer, right or wrong, so that the hint continues their work. If the answer was found before and
        is wrong now, it is the right value, which the lesson shows. It returns None for a number that the learner has
        yet to find."""
        own = self.own(item.of)
        graph, asked = item.graph, self._questions.asked_in

        def number(name: str) -> tuple[str, float] | None:
            states = [self._states[field] for field in asked.get((item.of, name), ())]
            is_shown = any(state.done for state in states)
            is_right = any(state.result is not None and state.result.verdict is Verdict.CORRECT for state in states)
            if name in own and (is_right or not is_shown):
                return number_text(own[name].value), own[name].value
            if states and not is_shown:
                return None
            return number_text(graph.values[name]), graph.values[name]

        return number

    def cell_to_help(self, entry: Entry, state: FieldState) -> int:
        """Return the index of the cell that hints are about: the first that is not right yet."""
        cells = state.result.cells if state.result is not None else ()
        return next((place for place, cell in enumerate(cells) if cell.verdict is not Verdict.CORRECT), 0)

    # -- reading ------------------------------------------------------------------------------------------------------

    def read(self, entry: Entry, text: str, cell: int | None) -> ReadBack:
        """Return how a text is read, before it is marked."""
        if not text.strip() or not entry.field.kind.is_read:
            return ReadBack("")
        return _read_back(entry, text, cell, self.own(entry.field.of, entry.field.id))

    def split(self, entry: Entry, pasted: str) -> tuple[str, ...] | None:
        """Return the cells of a pasted vector or matrix as they were written; None if they do not fit the field."""
        if entry.item is None or entry.item.quantity.is_number:
            return None
        from tutor.reading import cells_of

        try:
            return cells_of(pasted, entry.item.quantity.shape)
        except FormulaError:
            return None

    def unfit(self, entry: Entry, pasted: str, *, may_mark: bool) -> str:
        """Return why a pasted vector or matrix does not fit a field. With ``may_mark``, say if it is the right one with
        rows and columns swapped."""
        if may_mark and entry.item is not None:
            mark = self._mark(entry.item, pasted, {}, at_once=True)
            if any(mistake.id == TRANSPOSED for mistake in mark.mistakes):
                return mark.message
        return self.read(entry, pasted, None).text

    def cells(self, entry: Entry, answer: Answer) -> Answer:
        """Return a grid's answer cell by cell, even if all of it was typed on one line or into one cell."""
        if isinstance(answer, str):
            return self.split(entry, answer) or (answer,)
        typed = [cell.strip() for cell in answer if cell.strip()]
        # 0,3 in one cell is a decimal with a comma; only brackets, spaces or semicolons mean several numbers
        is_all = len(typed) == 1 and (typed[0][0] in "[(" or " " in typed[0] or ";" in typed[0])
        return (is_all and self.split(entry, typed[0])) or answer

    # -- solutions ----------------------------------------------------------------------------------------------------

    def solution(self, entry: Entry) -> str:
        """Return the right answer as text; empty if the author withholds it."""
        block, item = entry.block, entry.item
        if item is not None:
            return _values(item) if item.reveal else ""
        return block.shown_solution() if isinstance(block, Question) and block.reveal else ""


def _values(item: AskItem) -> str:
    """Return the right value of a quantity; of a vector or matrix, each cell with its name."""
    graph = item.graph
    shown = {cell: number_text(graph.values[cell], item.asked_decimals) for cell in item.quantity.cells}
    if item.quantity.is_number:
        return shown[item.quantity.name]
    return ", ".join(f"{graph.notation.text(cell)} = {value}" for cell, value in shown.items())


def _has_one_figure(mark: Mark) -> bool:
    """Return whether the numbers that follow from others have one figure and fewer decimals than asked for: 0.7 follows
    from many numbers."""
    from tutor.marking.rounding import figures_of

    following = [cell for cell in mark.cells or (mark,) if cell.verdict is Verdict.FOLLOWS]
    numbers = [(cell.own[cell.quantity], cell.decimals or 0) for cell in following]
    return all(each.decimals < asked and figures_of(each.value) < 2 for each, asked in numbers)


def _is_partial(answer: Answer) -> bool:
    """Return whether cells of a grid are empty."""
    return isinstance(answer, tuple) and not all(answer)


def _spent() -> Budget:
    from tutor.marking import Budget

    budget = Budget()
    budget.cancel()
    return budget


def _in_rows(cells: Sequence[str], shape: tuple[int, ...]) -> list[str] | list[list[str]]:
    """Return the cells arranged in the shape of their vector or matrix."""
    if len(shape) < 2:
        return list(cells)
    return [list(cells[start : start + shape[1]]) for start in range(0, len(cells), shape[1])]


def marker_for(lesson: Lesson, of: str, items: Sequence[AskItem], graph: Graph) -> Marker:
    """Return a marker for a network's graph, with the decimals that ``items`` ask for, the author's mistakes, and the
    numbers that the lesson shows."""
    from tutor.marking import Marker

    decimals = {
        name: item.decimals
        for item in items
        if item.decimals is not None
        for name in (item.quantity.name, *item.quantity.cells)
    }
    mistakes = author_mistakes(lesson, of, items)
    return Marker(graph, decimals=decimals, mistakes=mistakes, shown=lambda: shown_before_asking(lesson, of))


def author_mistakes(lesson: Lesson, of: str, items: Sequence[AskItem]) -> dict[str, list[AuthorMistake]]:
    """Return the mistakes that the author has declared, by the names of the numbers they are about."""
    from tutor.marking import AuthorMistake

    found: dict[str, list[AuthorMistake]] = {}
    own = [(item.quantity.cells, item.mistakes) for item in items]
    graph = lesson.graph(of)
    for step, mistakes in lesson.parts[of].mistakes.items():
        own.append((graph.as_quantity(step).cells, mistakes))
    for cells, mistakes in own:
        for mistake in mistakes:
            for cell, tree in zip(cells, mistake.cells, strict=False):
                made = AuthorMistake(tree, str(mistake.say))
                if made not in found.setdefault(cell, []):
                    found[cell].append(made)
    return found


def _scope(entry: Entry, cell: int | None, own: Mapping[str, Typed]) -> Scope:
    from tutor.marking.typed import scope_of
    from tutor.reading import Scope

    item = entry.item
    if item is None:
        return scope_of(entry.block, own)
    asked = item.quantity.name if cell is None else item.quantity.cells[cell]
    return Scope(item.graph, asked, {name: typed.value for name, typed in own.items()}, decimals=item.decimals)


def _read_back(entry: Entry, text: str, cell: int | None, own: Mapping[str, Typed]) -> ReadBack:
    """Return how a text is read. If it names a quantity whose value the learner did not find, no value is shown."""
    from tutor.reading import read_formula, read_grid, read_number

    scope = _scope(entry, cell, own)
    try:
        if entry.field.kind is FieldKind.EXPRESSION:
            return ReadBack(read_formula(text, scope).shown)
        if entry.field.kind is FieldKind.GRID and cell is None and entry.item is not None:
            return ReadBack(read_grid(text, entry.item.quantity.shape, scope).shown)
        return ReadBack(read_number(text, scope).shown)
    except FormulaError as error:
        is_unfinished = error.column > len(text.rstrip())  # the learner is still typing: no advice yet
        return ReadBack(error.message if is_unfinished else str(error), ok=False)
