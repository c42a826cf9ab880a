"""The base classes of blocks, questions and their views, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.formulas.tree import Tree
from tutor.lessons.blocks.field import Answer, Field, FieldKind
from tutor.lessons.blocks.paper import Exercise, Paper, Part, Prose
from tutor.lessons.plain_text import one_line, text_height
from tutor.lessons.template import EMPTY, IsShown, Template
from tutor.network import Graph, Kind, Quantity
from tutor.verdicts import Mistake, Result, Verdict

if TYPE_CHECKING:
    from tutor.lessons.blocks.ask import AskItem
    from tutor.lessons.blocks.lesson import Lesson


NOTHING_TYPED = Result(Verdict.UNREADABLE, "Nothing is typed yet.")


@dataclass(frozen=True, eq=False)
class Reference:
    """A quantity of one of the lesson's networks or worksheets (``of``)."""

    of: str
    graph: Graph
    quantity: Quantity

    @property
    def name(self) -> str:
        """The quantity's canonical name."""
        return self.quantity.name

    @property
    def symbol(self) -> str:
        """The symbol of the quantity, as it is shown."""
        return self.graph.notation.text(self.quantity.name)

    @property
    def is_given(self) -> bool:
        """Whether it is given, so that it cannot be asked for."""
        return self.quantity.kind is Kind.GIVEN


@dataclass(frozen=True, eq=False)
class AuthorMistake:
    """A mistake that the author declares.

    The reply to an answer that equals ``when`` is ``say``; ``cells`` are scalar formulas, one per cell of what is
    asked. In a ``fill``, an ``order`` or a ``write`` nothing is computed, and the answer is compared with ``text``.
    """

    when: Tree | None
    say: Template
    cells: tuple[Tree, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """What must be answered or given up before a block is shown: a block, or a quantity that an ``ask`` asks.

    ``block_id`` is empty for a quantity that nothing asks; then the block is shown at once.
    """

    block_id: str
    of: str = ""
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A block as a learner sees it now, with its texts filled in. A kind with its own widget has a subclass."""

    id: str

    @property
    def asked_fields(self) -> tuple[Field, ...]:
        """The fields to answer in this block."""
        return ()


@dataclass(frozen=True, slots=True)
class TextView(View):
    """Markdown with mathematics."""

    markdown: str


@dataclass(frozen=True, slots=True)
class QuestionView(View):
    """A block that asks. ``explain`` and the model answer ``model`` are empty until it is done."""

    prompt: str
    fields: tuple[Field, ...]
    explain: str = ""
    model: str = ""

    @property
    def asked_fields(self) -> tuple[Field, ...]:
        """Its fields."""
        return self.fields


@dataclass(frozen=True, slots=True)
class ProgramView(View):
    """A program: a code cell to run, or a lab to write if it ``is_checked``.

    For a cell, ``output`` is its recorded output, shown if it cannot run, and ``number`` its place among the lesson's
    cells, from 1. For a lab, ``checks`` are its checks in words; ``solution`` and ``explain`` are empty until it is
    done.
    """

    field: Field
    prompt: str = ""
    output: str = ""
    number: int = 1
    checks: tuple[str, ...] = ()
    solution: str = ""
    explain: str = ""

    @property
    def is_checked(self) -> bool:
        """Whether it is a lab rather than a code cell."""
        return self.field.kind is FieldKind.LAB

    @property
    def asked_fields(self) -> tuple[Field, ...]:
        """The program's field."""
        return (self.field,)


class Seen(Protocol):
    """What a learner may see at the moment. The session implements it (``tutor.session.views``)."""

    @property
    def lesson(self) -> Lesson:
        """The lesson that the block is in."""

    @property
    def is_sealed(self) -> bool:
        """Whether an exam withholds derivations, explanations and model answers."""

    def is_shown(self, of: str, name: str) -> bool:
        """Return whether a number may be shown."""

    def values(self, of: str) -> Mapping[str, str]:
        """Return the text of every number in the drawing of a model; ``?`` for numbers yet to find."""

    def fields(self, block: Block) -> tuple[Field, ...]:
        """Return a block's fields with their texts."""

    def is_done(self, block: Block, place: int | None = None) -> bool:
        """Return whether all of a block's fields are done, or the one at index ``place``; never during an exam."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """The base of all blocks; its methods are the ways in which kinds differ. ``line`` is its first line in the file,
    from 1."""

    id: str
    was: tuple[str, ...] = ()
    of: str = ""
    after: After | None = None
    line: int = 1
    allow: Mapping[str, str] = field(default_factory=dict)

    #: Whether there is something to answer or run that other blocks may wait for.
    asks: ClassVar[bool] = False
    #: Whether it shows the given numbers of its model.
    shows_given: ClassVar[bool] = False

    @property
    def kind(self) -> str:
        """The name of the kind in a lesson file: ``ask``, ``text`` …"""
        return type(self).__name__.lower()

    def parts(self) -> Sequence[Block]:
        """Return the blocks that take its place in the lesson: itself, or those that it is shorthand for."""
        return (self,)

    # -- how it is shown --------------------------------------------------------------------------------------------

    def markdown(self, is_shown: IsShown | None = None) -> str:
        """Return the block as Markdown, with ``?`` for values that must not be shown.

        A sheet prints it. The screen and the plain mode show it for kinds that have no view of their own.
        """
        return ""

    def view(self, is_shown: IsShown) -> View:
        """Return the view of the block: its Markdown, unless its kind has a view of its own."""
        return TextView(self.id, self.markdown(is_shown))

    def views(self, seen: Seen) -> Sequence[View]:
        """Return the views that a learner sees now. Override this if they depend on more than the numbers shown."""
        return (self.view(seen.is_shown),)

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        """Return its parts on a printed sheet."""
        return (Prose(self.markdown(paper.is_shown)),)

    def height(self) -> int:
        """Return the approximate number of terminal lines that it takes."""
        return text_height(self.markdown())

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        """Yield the texts that are read before anything is answered."""
        yield self.markdown(is_shown)

    def shown_names(self) -> tuple[str, ...]:
        """Return the names in its model whose numbers it always shows, even if they are asked."""
        return ()

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The image files that it shows."""
        return ()

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield the warnings that can be found in this block alone: the name and the sentence of each."""
        yield from ()

    # -- what it asks -------------------------------------------------------------------------------------------------

    @property
    def asked(self) -> tuple[AskItem, ...]:
        """The quantities to work out."""
        return ()

    def asked_names(self) -> Iterator[tuple[str, str]]:
        """Yield the model and the name of every quantity that it asks for, as a number or a formula."""
        yield from ()

    def single_field(self) -> Field | None:
        """Return the block's one field, or None if it asks nothing or has a field for each quantity."""
        return None

    def mark(self, parts: Sequence[str]) -> Result | None:
        """Return the mark of an answer, or None if ``tutor.marking`` has to read and mark it."""
        return None

    def filled(self, field: Field, is_shown: IsShown | None) -> Field:
        """Return a field of the block with its texts filled in."""
        return field

    def with_graphs(self, graphs: Mapping[str, Graph]) -> Block:
        """Return the block with other graphs for the quantities that it asks. Its texts keep their numbers."""
        return self

    def answer_rests_on(self) -> object:
        """Return a value that is equal before and after a change to the lesson if the right answer is the same."""
        return ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Question(Block):
    """The base of all questions. ``hints`` are the author's; without ``builtin_hints`` there are no others.

    ``skills`` are the author's names of what it practises; if empty, the quantity's operation counts. Without
    ``practice`` it is never practised.
    """

    prompt: Template = EMPTY
    hints: tuple[Template, ...] = ()
    builtin_hints: bool = True
    explain: Template = EMPTY
    mistakes: tuple[AuthorMistake, ...] = ()
    reveal: bool = True
    skills: tuple[str, ...] = ()
    practice: bool = True

    asks: ClassVar[bool] = True
    #: The skills it practises if the author names none.
    usual_skills: ClassVar[tuple[str, ...]] = ()
    #: Whether its default id names a quantity, so that the network's name can be put in front to make it unique.
    is_named_by_quantity: ClassVar[bool] = False

    # -- how it is shown --------------------------------------------------------------------------------------------

    def views(self, seen: Seen) -> Sequence[View]:
        """Return the prompt and the fields, and once it is done the explanation and the model answer."""
        model = self.model_answer(seen.is_shown) if seen.is_done(self) else ""
        return (
            QuestionView(self.id, self.prompt.fill(seen.is_shown), seen.fields(self), self.explanation(seen), model),
        )

    def explanation(self, seen: Seen) -> str:
        """Return the author's explanation once the question is done."""
        return self.explain.fill(seen.is_shown) if seen.is_done(self) else ""

    def model_answer(self, is_shown: IsShown) -> str:
        """Return the model answer to a question that is not marked."""
        return ""

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        """Return the question as a numbered exercise."""
        return (self.exercise(paper, self.prompt.fill(paper.is_shown), self.answer_lines() if paper.worked else ()),)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        """Return the exercise; ``answer`` is empty on a blank sheet."""
        return Exercise(paper.next_number(), prompt, worked=answer)

    def height(self) -> int:
        """Return the approximate number of lines that the prompt and the fields take."""
        return text_height(self.prompt.fill()) + self.answer_height()

    def answer_height(self) -> int:
        """Return the approximate number of lines that the fields take."""
        return 3

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        """Yield the prompt and any options."""
        yield self.prompt.fill(is_shown)

    # -- its answer ---------------------------------------------------------------------------------------------------

    def asking_only(self, item: AskItem) -> Question:
        """Return the question with only one of its quantities."""
        return self

    def right_answer(self) -> Answer | None:
        """Return the right answer as it would be typed or picked."""
        return None

    def mistaken_answers(self) -> Iterator[tuple[Answer, str, str]]:
        """Yield the wrong answers that the lesson recognises: the answer as typed or picked, what recognises it, and
        the reply."""
        yield from ()

    def answer_lines(self) -> tuple[str, ...]:
        """Return the lines of the right answer in an answer key."""
        return ()

    def shown_solution(self) -> str:
        """Return the right answer as it is shown to a learner who gives up."""
        return ""

    def title(self) -> str:
        """Return the name of the question in an answer key."""
        return one_line(self.prompt) or self.id

    def asked_value(self) -> tuple[float, int] | None:
        """Return the number that a one-off question asks for, and the decimals that identify it; else None."""
        return None

    def wrong_values(self) -> tuple[tuple[AuthorMistake, float], ...]:
        """Return the author's mistakes with the number that each gives, if a one-off number is asked for."""
        return ()

    def first_hint(self) -> tuple[str, bool, str] | None:
        """Return a hint that needs no numbers: its title, whether it helps much, and its text; or None."""
        return None

    @property
    def formula(self) -> Tree | None:
        """The formula that is asked for, or None."""
        return None

    def key_to_try(self) -> str:
        """Return the right answer as typed if only marking it shows whether it is accepted; else empty."""
        return ""

    @property
    def formula_of(self) -> Reference | None:
        """The quantity whose formula is asked for, or None."""
        return None

    @property
    def written_in(self) -> Graph | None:
        """The graph whose names the answer may use, or None."""
        return None

    @property
    def rests_on_numbers(self) -> bool:
        """Whether the right answer was computed from the lesson's numbers when the lesson was loaded."""
        return False

    def broken_in(self, variant: Block) -> Iterator[str]:
        """Yield what makes a variant of the question unusable; ``variant`` is the question with other numbers."""
        yield from ()


def in_words(alt: Template, caption: Template) -> str:
    """Return the description and the caption of a picture, for use in place of it."""
    return "\n\n".join(filter(None, (f"*{alt.fill()}*" if alt else "", caption.fill())))


def mistake_faults(
    mistakes: Iterable[AuthorMistake], values: Mapping[str, float]
) -> Iterator[tuple[AuthorMistake, str]]:
    """Yield the author's mistakes whose formulas have no value, each with a sentence that says so."""
    for mistake in mistakes:
        try:
            for tree in mistake.cells:
                evaluate(tree, values)
        except FormulaError as error:
            yield mistake, f"The mistake '{str(mistake.say)[:40]}' has no value with these numbers: {error.message}"


def named_by_author(mistakes: Sequence[AuthorMistake], answer: str) -> tuple[Mistake, ...]:
    """Return the author's mistakes whose text equals the answer, ignoring spaces and capitals."""
    same = as_read(answer)
    return tuple(
        Mistake("author", str(mistake.say)) for mistake in mistakes if mistake.text and as_read(mistake.text) == same
    )


def as_read(text: str) -> str:
    """Return a text without differences in spaces and capitals, for comparing."""
    return " ".join(text.split()).casefold()
