"""What every block has, what every question has, and what they refer to."""

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
from tutor.verdicts import Mistake, Result, Verdict

if TYPE_CHECKING:
    from tutor.lessons.blocks.ask import AskItem
    from tutor.lessons.blocks.lesson import Lesson
    from tutor.network import Graph, Quantity


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


@dataclass(frozen=True, eq=False)
class AuthorMistake:
    """A mistake of the author's own.

    An answer that equals ``when`` earns ``say``; ``cells`` are its scalar formulas, one per cell of what is asked. In a
    ``fill``, an ``order`` or a ``write`` nothing is computed, and ``text`` is what the answer reads.
    """

    when: Tree | None
    say: Template
    cells: tuple[Tree, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """What must be answered (or given up) before a block is shown: a block, or a quantity that an ``ask`` asks.

    ``block_id`` is empty for a quantity that nothing asks for; then there is nothing to wait for.
    """

    block_id: str
    of: str = ""
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A block as a learner sees it now, its texts filled in. A kind that is drawn in its own way derives one."""

    id: str

    @property
    def asked_fields(self) -> tuple[Field, ...]:
        """What is to be answered here."""
        return ()


@dataclass(frozen=True, slots=True)
class TextView(View):
    """Markdown with mathematics."""

    markdown: str


@dataclass(frozen=True, slots=True)
class QuestionView(View):
    """A block that asks. ``explain`` is there once it is done; ``model`` is a model answer, likewise."""

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
    """A program to run, and to write where it ``is_checked``.

    ``output`` is what a code cell was recorded to print, shown where it cannot run, and ``number`` its place among the
    lesson's cells, from 1. ``checks`` are those of a program to write, in words; ``solution`` and ``explain`` are there
    once it is done.
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
        """Whether it is a lab, not a code cell."""
        return self.field.kind is FieldKind.LAB

    @property
    def asked_fields(self) -> tuple[Field, ...]:
        """The program's field."""
        return (self.field,)


class Seen(Protocol):
    """What a learner may see at the moment; a session knows."""

    @property
    def lesson(self) -> Lesson:
        """The lesson that the block is in."""

    @property
    def is_sealed(self) -> bool:
        """Whether an exam withholds derivations, explanations and model answers."""

    def is_shown(self, of: str, name: str) -> bool:
        """Return whether a number may be shown."""

    def values(self, of: str) -> Mapping[str, str]:
        """Return the text of every number of a model that is drawn, ``?`` for one that is asked and not found."""

    def fields(self, block: Block) -> tuple[Field, ...]:
        """Return a block's fields with their texts."""

    def is_done(self, block: Block, place: int | None = None) -> bool:
        """Return whether all of a block's fields are done, or the one at a place, outside an exam."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """What every block has, and what is different from kind to kind. ``line`` and ``column`` (from 1) are where it
    stands in the file."""

    id: str
    was: tuple[str, ...] = ()
    of: str = ""
    after: After | None = None
    line: int = 1
    column: int = 1
    allow: Mapping[str, str] = field(default_factory=dict)

    #: Whether there is something to answer or run, which other blocks may wait for.
    asks: ClassVar[bool] = False
    #: Whether it shows what is given of its model.
    shows_given: ClassVar[bool] = False

    @property
    def kind(self) -> str:
        """The block's name in the format: ``ask``, ``text`` …"""
        return type(self).__name__.lower()

    def parts(self) -> Sequence[Block]:
        """Return what the block becomes in the lesson: itself, or the blocks that it is shorthand for."""
        return (self,)

    # -- what is seen of it -----------------------------------------------------------------------------------------

    def markdown(self, is_shown: IsShown | None = None) -> str:
        """Return the block in words, as Markdown; values that must not be shown are ``?``.

        It is what a sheet prints, and what the screen and the plain mode show of a kind that they draw in no way of
        their own.
        """
        return ""

    def view(self, is_shown: IsShown) -> View:
        """Return what is drawn: the block in words, unless its kind has a view of its own."""
        return TextView(self.id, self.markdown(is_shown))

    def views(self, seen: Seen) -> Sequence[View]:
        """Return what a learner sees now, where that takes more than knowing which numbers may be shown."""
        return (self.view(seen.is_shown),)

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        """Return what a sheet has in its place."""
        return (Prose(self.markdown(paper.is_shown)),)

    def height(self) -> int:
        """Return about how many lines of a terminal it takes."""
        return text_height(self.markdown())

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        """Yield the texts that are read before anything is answered."""
        yield self.markdown(is_shown)

    def shown_names(self) -> tuple[str, ...]:
        """Return the names of its model whose numbers it shows to everybody, asked or not."""
        return ()

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The files that it shows."""
        return ()

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is doubtful in it whatever else the lesson has: the name of the warning and its sentence."""
        yield from ()

    # -- what it asks -------------------------------------------------------------------------------------------------

    @property
    def asked(self) -> tuple[AskItem, ...]:
        """The quantities that are to be worked out."""
        return ()

    def asked_names(self) -> Iterator[tuple[str, str]]:
        """Yield the model and the name of everything that it asks for, as numbers or as a formula."""
        yield from ()

    def single_field(self) -> Field | None:
        """Return what is answered, where that is not one field for each quantity asked."""
        return None

    def mark(self, parts: Sequence[str]) -> Result | None:
        """Return the mark of an answer that needs nothing but the lesson; None where it has to be read first."""
        return None

    def filled(self, field: Field, is_shown: IsShown | None) -> Field:
        """Return a field of the block with its texts as they may be shown now."""
        return field

    def with_graphs(self, graphs: Mapping[str, Graph]) -> Block:
        """Return the block with other graphs for the quantities that it asks; its texts keep the numbers they have."""
        return self

    def answer_rests_on(self) -> object:
        """Return something that is the same before and after a change of the lesson where the right answer is."""
        return ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Question(Block):
    """What every question has. ``hints`` are the author's; without ``builtin_hints`` there are no others.

    ``skills`` are the author's own names of what it practises (none: the quantity's operation); without ``practice`` it
    is never practised.
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
    #: What it practises where the author does not say.
    usual_skills: ClassVar[tuple[str, ...]] = ()
    #: Whether its plain id names a quantity, so that one of a second network is told apart by the network's name.
    is_named_by_quantity: ClassVar[bool] = False

    # -- what is seen of it -----------------------------------------------------------------------------------------

    def views(self, seen: Seen) -> Sequence[View]:
        """Return the prompt with the fields, and what is said once it is done."""
        model = self.model_answer(seen.is_shown) if seen.is_done(self) else ""
        return (
            QuestionView(self.id, self.prompt.fill(seen.is_shown), seen.fields(self), self.explanation(seen), model),
        )

    def explanation(self, seen: Seen) -> str:
        """Return the author's explanation once the question is done."""
        return self.explain.fill(seen.is_shown) if seen.is_done(self) else ""

    def model_answer(self, is_shown: IsShown) -> str:
        """Return what is shown beside the learner's own words, of a question that is not marked."""
        return ""

    def on_paper(self, paper: Paper) -> Iterable[Part]:
        """Return the question as a numbered exercise."""
        return (self.exercise(paper, self.prompt.fill(paper.is_shown), self.answer_lines() if paper.worked else ()),)

    def exercise(self, paper: Paper, prompt: str, answer: tuple[str, ...]) -> Exercise:
        """Return the exercise; ``answer`` is empty on a blank sheet."""
        return Exercise(paper.next_number(), prompt, worked=answer)

    def height(self) -> int:
        """Return about how many lines the prompt and the fields take."""
        return text_height(self.prompt.fill()) + self.answer_height()

    def answer_height(self) -> int:
        """Return about how many lines the fields take."""
        return 3

    def read_first(self, is_shown: IsShown) -> Iterator[str]:
        """Yield the prompt, and what is offered."""
        yield self.prompt.fill(is_shown)

    # -- its answer ---------------------------------------------------------------------------------------------------

    def asking_only(self, item: AskItem) -> Question:
        """Return the question for one of its quantities alone."""
        return self

    def right_answer(self) -> Answer | None:
        """Return the right answer as it would be typed or picked."""
        return None

    def mistaken_answers(self) -> Iterator[tuple[Answer, str, str]]:
        """Yield wrong answers that the lesson has a word for: as it would be typed or picked, where the word is from,
        the word."""
        yield from ()

    def answer_lines(self) -> tuple[str, ...]:
        """Return the right answer for a key, a line or several."""
        return ()

    def shown_solution(self) -> str:
        """Return the right answer as it is shown to somebody who gives up."""
        return ""

    def title(self) -> str:
        """Return what a key calls the question."""
        return one_line(self.prompt) or self.id

    def asked_value(self) -> tuple[float, int] | None:
        """Return the one number that it asks for, no quantity of a model, and the decimals that tell it."""
        return None

    def wrong_values(self) -> tuple[tuple[AuthorMistake, float], ...]:
        """Return the author's mistakes with the number that each gives, where a number is asked for."""
        return ()

    def first_hint(self) -> tuple[str, bool, str] | None:
        """Return a hint that can be given without numbers: its title, whether it helps much, its text."""
        return None

    @property
    def formula(self) -> Tree | None:
        """The formula that is asked for."""
        return None

    def key_to_try(self) -> str:
        """Return the right answer as typed, where only marking it tells whether it can be right."""
        return ""

    @property
    def formula_of(self) -> Reference | None:
        """The quantity that a formula is asked for."""
        return None

    @property
    def written_in(self) -> Graph | None:
        """The graph whose names the answer is written in, so that one has to know what they mean."""
        return None

    @property
    def rests_on_numbers(self) -> bool:
        """Whether the right answer was worked out with the lesson's numbers when it was read."""
        return False

    def broken_in(self, variant: Block) -> Iterator[str]:
        """Yield what other numbers make wrong in the question; ``variant`` is the question with them."""
        yield from ()


def in_words(alt: Template, caption: Template) -> str:
    """Return what stands for a picture where there is none: what it shows, and its caption."""
    return "\n\n".join(filter(None, (f"*{alt.fill()}*" if alt else "", caption.fill())))


def mistake_faults(
    mistakes: Iterable[AuthorMistake], values: Mapping[str, float]
) -> Iterator[tuple[AuthorMistake, str]]:
    """Yield the author's mistakes whose formulas have no value, which nobody could ever make, and say so."""
    for mistake in mistakes:
        try:
            for tree in mistake.cells:
                evaluate(tree, values)
        except FormulaError as error:
            yield mistake, f"The mistake '{str(mistake.say)[:40]}' has no value with these numbers: {error.message}"


def named_by_author(mistakes: Sequence[AuthorMistake], answer: str) -> tuple[Mistake, ...]:
    """Return the author's mistakes that read like the answer; spaces and capitals do not count."""
    same = as_read(answer)
    return tuple(
        Mistake("author", str(mistake.say)) for mistake in mistakes if mistake.text and as_read(mistake.text) == same
    )


def as_read(text: str) -> str:
    """Return a text without what does not count when texts are compared."""
    return " ".join(text.split()).casefold()
