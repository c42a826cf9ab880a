"""The entry for one typical mistake, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tutor.formulas.notation import Notation
from tutor.formulas.tree import Tree
from tutor.mistakes.formulas import MistakenFormula, Surroundings, changed_everywhere
from tutor.mistakes.places import Place
from tutor.mistakes.words import Words
from tutor.network import Graph, Node

#: Yields the mistaken formulas at a node.
Formulas = Callable[[Surroundings, Node], Iterator["Form"]]
#: Yields the changes that a mistake makes at one place of any formula; ``about`` is a text, not a name.
Changes = Callable[[Tree, Notation], Iterator["Form"]]


@dataclass(frozen=True, slots=True)
class Form:
    """One mistaken formula as an entry gives it, without the id and the node (see ``MistakenFormula``).

    ``is_corner``: the mistaken array may be larger or smaller than the right one; the cells that both have are compared
    from the top left.
    """

    tree: Tree
    about: str = ""
    how: str = ""
    later: int = 0
    is_corner: bool = False


def everywhere(change: Callable[[Tree], Tree | None], *, how: str = "", later: int = 0) -> Formulas:
    """Return the forms of a step with every part of its formula changed that ``change`` applies to, if there are
    several."""

    def forms(around: Surroundings, node: Node) -> Iterator[Form]:
        every = changed_everywhere(node.tree, change)
        if every is not None:
            yield Form(every, how=how, later=later)

    return forms


@dataclass(frozen=True, slots=True)
class InProgram:
    """A mistake as one wrong line of a program makes it: in all cells, and carried on to everything that follows.

    ``says`` completes a sentence that begins with a variable's name; ``{}`` stands for the form of the mistake. If the
    forms differ more, it has a text for each. ``places`` are the steps at which the mistake is made (empty: all where
    it applies). ``along_with`` is the id of a mistake that comes with it if the program differentiates automatically:
    without an activation there is no slope either.
    """

    says: str | Mapping[str, str]
    places: tuple[Place, ...] = ()
    along_with: str = ""

    def sentence(self, how: str) -> str:
        """Return the end of the sentence for the form ``how``."""
        return self.says.format(how) if isinstance(self.says, str) else self.says[how]


@dataclass(frozen=True)
class TypicalMistake:
    """A typical wrong way of working a quantity: all that marking, hints, labs, keys and the guide know about it.

    ``rank`` is its place in the order of likelihood; the likeliest has the lowest number. A mistake with many forms
    (one for each term, one for each other unit) fits by chance more often, so such mistakes come late. The numbers are
    a judgement, not measured on people.

    Where it applies: ``formulas`` gives the mistaken formulas by kind of step, ``changes`` the changes at one place of
    any other formula, and ``array_changes`` those of a worksheet's formula over whole arrays. A mistake of writing or
    of a whole grid has none of these: the code that finds it refers to it by id.

    What to say: ``says`` is the sentence beside an answer; ``in_formula`` is the sentence about a typed formula, with
    ``{}`` for the place (by form, if the forms differ); ``advice`` is the first hint after the mistake. They never give
    the answer away.

    ``systematic`` is the sentence for the mistake made at every step that can have it; if empty, that is not tried.
    ``in_program`` is what labs know about it. ``in_code`` has triples for gaps of code: the right text, the mistaken
    one, and the sentence. ``one_of_many``: if several forms give the same number, the sentence does not name a part.
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
        """Yield the mistaken formulas for this kind of step at a node."""
        forms = self.formulas.get(place)
        for form in forms(around, node) if forms is not None else ():
            yield MistakenFormula(self.id, form.tree, node.name, form.about, form.how, form.later)


class Registry:
    """The typical mistakes by id, the likeliest first."""

    def __init__(self) -> None:
        self._by_id: dict[str, TypicalMistake] = {}
        self._sorted: tuple[TypicalMistake, ...] | None = None

    def add(self, *mistakes: TypicalMistake) -> None:
        """Add mistakes.

        Raises:
            ValueError: An id or a rank is taken.
        """
        for mistake in mistakes:
            taken = {each.rank for each in self._by_id.values()}
            if mistake.id in self._by_id or mistake.rank in taken:
                raise ValueError(f"{mistake.id} or its rank {mistake.rank} is taken.")
            self._by_id[mistake.id] = mistake
        self._sorted = None

    def remove(self, mistake_id: str) -> None:
        """Remove the mistake with an id."""
        del self._by_id[mistake_id]
        self._sorted = None

    def get(self, mistake_id: str) -> TypicalMistake | None:
        """Return the mistake with an id, or None, as for a mistake of an author's own."""
        return self._by_id.get(mistake_id)

    def __iter__(self) -> Iterator[TypicalMistake]:
        if self._sorted is None:
            self._sorted = tuple(sorted(self._by_id.values(), key=lambda each: each.rank))
        return iter(self._sorted)

    def rank(self, mistake_id: str) -> int:
        """Return a mistake's place in the order of likelihood: an author's own come first, unknown ids last."""
        if mistake_id == "author":
            return 0
        found = self._by_id.get(mistake_id)
        return found.rank if found is not None else LAST


#: How many places later a form comes that is two mistakes at once: after every single mistake.
TWICE_WRONG = 1000
#: The place of an unknown id.
LAST = 10_000

MISTAKES = Registry()
