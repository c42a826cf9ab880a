"""Mark a file of answers in order, as if a learner had typed them. ``tutor mark`` uses this.

Each answer is ``{quantity: Z1, answer: "-0.7"}``, with ``of:`` if a lesson has several networks and ``decimals:`` if
they differ from the lesson's, or ``{block: ID, answer: …}`` for other questions. Follow-through applies: an answer is
also compared with what follows from earlier answers in the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tutor.errors import QuantityError, TutorError
from tutor.lessons.blocks import AskItem, Lab, Lesson, Question
from tutor.lessons.blocks.offering import OfferingQuestion, place_of
from tutor.lessons.template import Template
from tutor.network import Network, build_graph, split_owner, steps_needed
from tutor.session.entries import Entry, collect
from tutor.session.marks import Marks, marker_for
from tutor.session.model import Answer, FieldKind, FieldState, Result

if TYPE_CHECKING:
    from tutor.marking import Mark, Marker
    from tutor.marking.mark import Typed
    from tutor.network import Graph

#: The largest number of training steps that are computed for a file of answers.
MOST_STEPS = 50

_SUCH_AS = "Write lines such as - {quantity: Z1, answer: -0.7}."
_KEYS = frozenset({"quantity", "answer", "decimals", "figures", "of", "block"})


class AnswersError(TutorError):
    """The file of answers is invalid. ``place`` is the number of the answer at fault, from 1, or None."""

    title = "These answers cannot be marked"
    place: int | None = None


@contextmanager
def _about(place: int) -> Iterator[None]:
    """Add the number of the answer to any ``AnswersError`` raised inside."""
    try:
        yield
    except AnswersError as error:
        error.place = place
        raise


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of the file. ``answer`` is kept as it is written there: a text, or lists of texts for a grid."""

    place: int
    answer: Any
    quantity: str = ""
    block: str = ""
    of: str = ""
    decimals: int | None = None
    figures: int | None = None


def read_answers(data: object) -> tuple[Given, ...]:
    """Return the answers in a file's data. Numbers stay as they are written.

    Raises:
        AnswersError: The data is no list of valid answers.
    """
    if isinstance(data, Mapping) and set(data) == {"answers"}:
        data = data["answers"]
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise AnswersError("A list of answers is expected.", hint=_SUCH_AS)
    if not data:
        raise AnswersError("There is no answer in the list.", hint=_SUCH_AS)
    found = []
    for place, item in enumerate(data, 1):
        with _about(place):
            found.append(_given(place, item))
    return tuple(found)


def _given(place: int, item: object) -> Given:
    if not isinstance(item, Mapping):
        raise AnswersError(f"Answer {place} is not a mapping.", hint=_SUCH_AS)
    unknown = sorted(set(item) - _KEYS)
    if unknown:
        raise AnswersError(
            f"Answer {place} has the key {unknown[0]!r}.", hint=f"It may have {', '.join(sorted(_KEYS))}."
        )
    if ("quantity" in item) == ("block" in item):
        raise AnswersError(f"Answer {place} must name either a quantity or a block.", hint=_SUCH_AS)
    if "answer" not in item:
        raise AnswersError(f"Answer {place} has no answer.", hint=_SUCH_AS)
    numbers = {}
    for key in ("decimals", "figures"):
        if key in item:
            if not str(item[key]).isdecimal() or int(str(item[key])) > 15:
                raise AnswersError(f"Answer {place}: {key} must be a whole number up to 15.")
            numbers[key] = int(str(item[key]))
    answer = _texts(item["answer"], place)
    quantity, block, of = (str(item.get(key, "")) for key in ("quantity", "block", "of"))
    return Given(place, answer, quantity, block, of, numbers.get("decimals"), numbers.get("figures"))


def _texts(answer: object, place: int, depth: int = 0) -> Any:
    if isinstance(answer, Mapping) or depth > 2:
        raise AnswersError(f"Answer {place} must be a text, a number or a list.")
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return [_texts(part, place, depth + 1) for part in answer]
    return "" if answer is None else str(answer)


class Batch:
    """Marks a list of answers to one lesson, or to a network or worksheet without a lesson."""

    def __init__(self, lesson: Lesson, *, of: str = "", decimals: int | None = None, independent: bool = False) -> None:
        """``of`` is the network of answers that name none. ``decimals`` applies if neither the answer nor the lesson
        gives any. ``independent`` marks without follow-through."""
        self._lesson = lesson
        self._of = of
        self._decimals = decimals
        self._independent = independent
        self._own: dict[str, dict[str, Typed]] = {}
        self._markers: dict[str, Marker] = {}
        self._graphs: dict[str, Graph] = {}
        self._steps = 1

    def mark(self, answers: Sequence[Given], *, values: bool = True) -> list[dict[str, Any]]:
        """Return the marks as JSON data, in the order of the answers. ``values`` includes the right values.

        Raises:
            TutorError: An answer cannot be marked, because it names no question of the lesson, for example.
        """
        needed = (steps_needed(given.quantity) for given in answers)
        self._steps = max((steps for steps in needed if steps <= MOST_STEPS), default=1)
        return [self._mark(given, values) for given in answers]

    def _graph(self, of: str) -> Graph:
        """Return the graph of a network or worksheet, with as many training steps as the answers need."""
        if of not in self._graphs:
            part = self._lesson.parts[of]
            longer = isinstance(part.built, Network) and self._steps > part.graph.steps
            self._graphs[of] = build_graph(part.built, self._steps) if longer else part.graph
        return self._graphs[of]

    def _mark(self, given: Given, values: bool) -> dict[str, Any]:
        with _about(given.place):
            try:
                return self._block(given, values) if given.block else self._quantity(given, values)
            except QuantityError as error:
                raise AnswersError(f"Answer {given.place}: {error.message}", hint=error.hint) from None

    # -- quantities ---------------------------------------------------------------------------------------------------

    def _quantity(self, given: Given, values: bool) -> dict[str, Any]:
        owner, name = split_owner(given.quantity)
        of = self._part(given, owner or given.of)
        quantity = self._graph(of).quantity(name)
        item = next((item for item in self._lesson.asked() if item.of == of and item.quantity == quantity), None)
        return self._marked(given, of, quantity.name, item, values)

    def _marked(self, given: Given, of: str, name: str, item: AskItem | None, values: bool) -> dict[str, Any]:
        decimals = given.decimals
        figures = given.figures
        if decimals is None and figures is None and item is not None:
            decimals, figures = item.decimals, item.figures
        own = self._own.setdefault(of, {})
        mark: Mark = self._marker(of).mark(
            self._graph(of).quantity(name),
            given.answer,
            own={} if self._independent else dict(own),
            decimals=self._decimals if decimals is None and figures is None else decimals,
            figures=figures,
        )
        own.update(mark.own)
        return {**mark.to_json(values=values), "quantity": given.quantity or name, "answer": given.answer}

    def _part(self, given: Given, named: str) -> str:
        parts = self._lesson.parts
        of = named or self._of
        if not of and len(parts) == 1:
            of = next(iter(parts))
        if not parts:
            raise AnswersError(f"Answer {given.place}: this lesson has no network, so no {given.quantity}.")
        if not of:
            of = self._asked_in(given) or ""
        if of not in parts:
            problem = f"there is no network {of!r} here" if of else f"{given.quantity} may be of several networks"
            raise AnswersError(f"Answer {given.place}: {problem}.", hint=f"Say of: {' or '.join(parts)}.")
        return of

    def _asked_in(self, given: Given) -> str | None:
        """Return the network for which the lesson asks this quantity; None if it asks it for several, or for none."""
        found = set()
        for item in self._lesson.asked():
            try:
                if item.graph.quantity(given.quantity) == item.quantity:
                    found.add(item.of)
            except QuantityError:
                continue
        return found.pop() if len(found) == 1 else None

    def _marker(self, of: str) -> Marker:
        if of not in self._markers:
            items = [item for item in self._lesson.asked() if item.of == of]
            self._markers[of] = marker_for(self._lesson, of, items, self._graph(of))
        return self._markers[of]

    # -- other blocks -------------------------------------------------------------------------------------------------

    def _block(self, given: Given, values: bool) -> dict[str, Any]:
        block = self._lesson.block(given.block)
        if block is None:
            known = ", ".join(one.id for one in self._lesson.questions)
            raise AnswersError(f"Answer {given.place}: there is no block {given.block!r}.", hint=f"There are {known}.")
        if block.asked:
            if len(block.asked) != 1:
                names = ", ".join(item.quantity.name for item in block.asked)
                raise AnswersError(f"Answer {given.place}: {given.block} asks {names}; answer each as a quantity.")
            item = block.asked[0]
            marked = self._marked(given, item.of, item.quantity.name, item, values)
            return {"block": given.block, **marked}
        if not isinstance(block, Question):
            raise AnswersError(f"Answer {given.place}: the block {given.block} asks nothing.")
        result = self._result(given, block)
        found: dict[str, Any] = {"block": given.block, "answer": given.answer, "verdict": result.verdict.value}
        if values and result.value is not None:
            found["value"] = result.value
        found["mistakes"] = [{"id": mistake.id, "message": mistake.message} for mistake in result.mistakes]
        return {**found, "message": result.message}

    def _result(self, given: Given, block: Question) -> Result:
        if isinstance(block, Lab):
            return mark_program(block, self._lesson, str(given.answer))
        questions = collect(self._lesson)
        states = {name: FieldState() for name in questions.entries}
        marks = Marks(self._lesson, questions, states)
        (name,) = questions.by_block[block.id]
        entry: Entry = questions.entries[name]
        return marks.mark(entry, _as_typed(entry, given))


def mark_program(lab: Lab, lesson: Lesson, source: str) -> Result:
    """Run a learner's program for a lab and return its mark: every check must pass."""
    from tutor.labs.lab import run_lab

    result = run_lab(lab, source, lesson=lesson)
    failed = [f"{check.title}: {check.message}" for check in result.checks if not check.passed]
    believed = [check.title for check in result.checks if check.passed and check.with_program]
    with_program = [f"Checked with the program, which could fake it: {'; '.join(believed)}."] if believed else []
    return replace(result.mark, message=" ".join([result.sentence, *failed, *with_program]))


def _as_typed(entry: Entry, given: Given) -> Answer:
    """Return an answer of the file in the session's form: options and steps become keys."""
    block, answer = entry.block, given.answer
    if isinstance(block, OfferingQuestion):
        return tuple(_option(part, block, given) for part in _chosen(answer, block.texts))
    parts = [str(part) for part in _listed(answer)]
    return tuple(parts) if entry.field.kind is FieldKind.FILL else " ".join(parts)


def _listed(answer: Any) -> list[Any]:
    return answer if isinstance(answer, list) else [answer]


def _chosen(answer: Any, texts: Sequence[Template]) -> list[Any]:
    """Return the options in an answer: the items of a list, or the letters in a text such as ``a, c``."""
    if not isinstance(answer, str):
        return _listed(answer)
    parts = answer.split(",")
    are_letters = all(place_of(part) is not None for part in parts)
    return parts if are_letters and answer not in map(str, texts) else [answer]


def _option(typed: object, block: OfferingQuestion, given: Given) -> str:
    """Return the key of an option, which may be given by its text, by its letter in the order offered, or by its number
    in the author's order, from 1."""
    texts, offered = block.texts, block.offered
    words = " ".join(str(typed).split()).casefold()
    for place, text in enumerate(texts):
        if words in (" ".join(str(text).split()).casefold(), " ".join(text.source.split()).casefold()):
            return str(place)
    at = place_of(words)
    if at is not None and at < len(offered):
        return str(offered[at])
    if words.isdecimal() and 1 <= int(words) <= len(texts):
        return str(int(words) - 1)
    raise AnswersError(
        f"Answer {given.place}: {typed!r} is not an option of {given.block}.",
        hint=f"Write its text, its letter, or a number from 1 to {len(texts)}.",
    )
