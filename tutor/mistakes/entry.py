"""What is known about one typical mistake, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tutor.formulas.notation import Notation
from tutor.formulas.tree import Tree
from tutor.mistakes.formulas import MistakenFormula, Surroundings
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Graph, Node

#: The mistaken formulas at a node, each with what it is about and its form: (tree, about, how).
Formulas = Callable[[Surroundings, Node], Iterator["Form"]]
#: The changes that a mistake makes at one place of any formula, each with the text of what it is about.
Changes = Callable[[Tree, Notation], Iterator["Form"]]


@dataclass(frozen=True, slots=True)
class Form:
    """One mistaken formula, as an entry gives it; the registry adds the id and the node (see ``MistakenFormula``).

    ``is_corner``: the mistaken array may be larger or smaller than the right one, and the cells that both have are
    compared from the top left.
    """

    tree: Tree
    about: str = ""
    how: str = ""
    later: int = 0
    is_corner: bool = False


@dataclass(frozen=True, slots=True)
class InProgram:
    """A mistake as one wrong line of a program makes it: in all cells, and carried on through what follows.

    ``says`` ends the sentence that begins with a variable's name, with ``{}`` for the form of the mistake; where the
    forms differ more, it is a sentence for each. ``places`` are the steps that it is made at (none:
    all to which it applies). ``along_with`` is the id of a mistake that comes with it where a program differentiates
    by itself: without an activation there is no slope either.
    """

    says: str | Mapping[str, str]
    places: tuple[Place, ...] = ()
    along_with: str = ""

    def sentence(self, how: str) -> str:
        """Return the end of the sentence for a form of the mistake."""
        return self.says.format(how) if isinstance(self.says, str) else self.says[how]


@dataclass(frozen=True)
class TypicalMistake:
    """A typical wrong way of working a quantity: all that marking, hints, labs, keys and the guide know about it.

    ``rank`` is its place among the mistakes, the likeliest having the lowest number. A mistake with many forms
    (one for each term, one for each other unit) fits by chance as many times as often, so such mistakes come late. The
    numbers are a judgement, not measured on people.

    Where it applies: ``formulas`` gives the mistaken formulas by the kind of step, ``changes`` the changes at one place
    of any other formula, ``array_changes`` those of a worksheet's formula over whole arrays. A mistake of writing or of
    a whole grid has none of these: the code that finds it names it.

    What is said: ``says`` is the sentence beside an answer; ``in_formula`` the one about a typed formula, with ``{}``
    for the place (where the forms differ, one for each); ``advice`` the first hint after it. They never give the
    answer away.

    ``systematic`` is the sentence for the mistake made at every step that can have it; empty where that is not looked
    for. ``in_program`` is what labs know about it. ``in_code`` are what a gap of code should hold, what is typed in its
    place, and what is said then. ``one_of_many``: where several forms give the same number, the sentence does not say
    which part it was.
    """

    id: str
    rank: int
    says: Callable[[Words], str] | str
    advice: Callable[[Graph, Node], str] | str
    formulas: Mapping[Place, Formulas] = field(default_factory=dict)
    changes: Changes | None = None
    array_changes: Callable[[Tree], Iterator[Form]] | None = None
    in_formula: str | Mapping[str, str] = ""
    systematic: str = ""
    in_program: InProgram | None = None
    in_code: tuple[tuple[str, str, str], ...] = ()
    one_of_many: bool = False

    def sentence(self, words: Words) -> str:
        """Return the sentence beside an answer."""
        return self.says if isinstance(self.says, str) else self.says(words)

    def made_at(self, around: Surroundings, node: Node, place: Place) -> Iterator[MistakenFormula]:
        """The mistaken formulas of this kind of step at a node."""
        forms = self.formulas.get(place)
        for form in forms(around, node) if forms is not None else ():
            yield MistakenFormula(self.id, form.tree, node.name, form.about, form.how, form.later)


class Registry:
    """The typical mistakes by id, the likeliest first."""

    def __init__(self) -> None:
        self._by_id: dict[str, TypicalMistake] = {}
        self._sorted: tuple[TypicalMistake, ...] | None = None

    def add(self, *mistakes: TypicalMistake) -> None:
        """Add mistakes. Raises ``ValueError`` for an id or a rank that is taken."""
        for mistake in mistakes:
            taken = {each.rank for each in self._by_id.values()}
            if mistake.id in self._by_id or mistake.rank in taken:
                raise ValueError(f"{mistake.id} or its rank {mistake.rank} is taken.")
            self._by_id[mistake.id] = mistake
        self._sorted = None

    def remove(self, mistake_id: str) -> None:
        """Remove a mistake."""
        del self._by_id[mistake_id]
        self._sorted = None

    def get(self, mistake_id: str) -> TypicalMistake | None:
        """Return the mistake of an id; None for an id of an author's own."""
        return self._by_id.get(mistake_id)

    def __iter__(self) -> Iterator[TypicalMistake]:
        if self._sorted is None:
            self._sorted = tuple(sorted(self._by_id.values(), key=lambda each: each.rank))
        return iter(self._sorted)

    def rank(self, mistake_id: str) -> int:
        """Return the place among the likely mistakes: an author's own come before all, unknown ids after."""
        if mistake_id == "author":
            return 0
        found = self._by_id.get(mistake_id)
        return found.rank if found is not None else LAST


#: A form that is two mistakes at once comes so many places after its mistake: after every single one.
TWICE_WRONG = 1000
#: The place of an id that nobody knows.
LAST = 10_000

MISTAKES = Registry()
