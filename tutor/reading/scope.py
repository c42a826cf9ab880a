"""The names that an answer may use, and their values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from tutor.errors import FormulaError, QuantityError
from tutor.formulas import Notation, Tree, differentiate, map_tree, names
from tutor.formulas.tree import Derivative, Index, Name
from tutor.network import HIDDEN_KINDS, Graph, Kind


@dataclass(frozen=True)
class Scope:
    """The exercise that an answer belongs to.

    ``asked`` is the quantity asked for, or None for a number that is not a quantity of the graph. ``own`` are the
    learner's own answers by canonical name. ``using`` are the only names that may be used; None allows given numbers
    and everything before the quantity asked for. ``variables`` are the names for a formula without a graph.
    ``decimals`` are those shown when a formula's value is read back. ``unit`` may be typed after the number.
    """

    graph: Graph | None = None
    asked: str | None = None
    own: Mapping[str, float] = field(default_factory=dict)
    using: Collection[str] | None = None
    decimals: int | None = None
    unit: str = ""
    variables: tuple[str, ...] = ()

    @cached_property
    def notation(self) -> Notation:
        """The lesson's symbols."""
        return self.graph.notation if self.graph is not None else Notation()

    def of_cell(self, cell: str) -> Scope:
        """Return the scope for one cell of the array asked for."""
        return replace(self, asked=cell)

    # -- names ------------------------------------------------------------------------------------------------------

    def is_asked(self, typed: str) -> bool:
        """Return whether a name is the quantity asked for, in any spelling, or if none is, any unknown name."""
        if self.graph is None or self.asked is None:
            return self._find(typed) is None
        return self._find(typed) == self._asked_name or self.graph.canonical(typed) == self.asked

    def is_later(self, typed: str) -> bool:
        """Return whether a name is a quantity that comes after the one asked for."""
        try:
            found = self._find(typed)
        except FormulaError:
            return False
        return found is not None and not self._comes_before(found)

    @cached_property
    def _asked_name(self) -> str | None:
        if self.graph is None or self.asked is None:
            return None
        try:
            cells = self.graph.quantity(self.asked).cells
        except QuantityError:
            return None
        return cells[0] if len(cells) == 1 else None

    @cached_property
    def _place(self) -> int | None:
        """The slot of the quantity asked for, or None."""
        if self.graph is None or self._asked_name is None:
            return None
        return self.graph.slots.get(self._asked_name)

    def _find(self, typed: str) -> str | None:
        """Return the node that a name spells, or None.

        Raises:
            FormulaError: The name is that of a vector or matrix.
        """
        if self.graph is None:
            return self.notation.canonical(typed, self.variables)
        found = self.graph.canonical(typed)
        if found is None and "[" in typed:
            try:
                found = self.graph.quantity(typed).name
            except QuantityError:
                return None
        if found in self.graph.nodes:
            return None if self.graph.nodes[found].kind in HIDDEN_KINDS else found
        array = self.graph.arrays.get(found or "")
        if array is None:
            return None
        if len(array.cells) == 1:
            return array.cells[0]
        what = "a list of numbers" if len(array.shape) == 1 else "a table of numbers"
        cell = "[1]" if len(array.shape) == 1 else "[1,1]"
        raise FormulaError(f"{self.notation.text(array.name)} is {what}.", hint=f"Name one of them: {typed}{cell}.")

    def canonical(self, typed: str) -> str | None:
        """Return the canonical name of a quantity, or None if there is none of that name.

        Raises:
            FormulaError: The quantity may not be used here; the message says why.
        """
        found = self._find(typed)
        if found is not None:
            self._check(found)
        return found

    def _check(self, name: str) -> None:
        if self.graph is None:
            return
        shown = self.notation.text(name)
        if name == self._asked_name:
            raise FormulaError(f"{shown} is what is asked for.", hint="Work it out from what comes before it.")
        if self.using is not None and name not in self._using:
            allowed = ", ".join(self.notation.text(each) for each in self._using)
            raise FormulaError(f"{shown} may not be used here.", hint=f"Use {allowed}.")
        if not self._comes_before(name):
            asked = self.notation.text(self._asked_name or "")
            raise FormulaError(f"{shown} comes after {asked}.", hint=f"Work {asked} out from what comes before it.")

    @cached_property
    def _using(self) -> tuple[str, ...]:
        found = (self._find(name) for name in self.using or ())
        return tuple(name for name in found if name is not None)

    def _comes_before(self, name: str) -> bool:
        graph = self.graph
        if graph is None or self._place is None or graph.nodes[name].kind is Kind.GIVEN:
            return True
        if graph.slots[name] < self._place:
            return True
        # the graph has a slope where it is first needed, which may be later than people expect
        return graph.nodes[name].kind is Kind.FACTOR and self._asked_name not in graph.ancestors(name)

    def joins(self, text: str) -> bool:
        """Return whether ``dE/dw11`` is one name: a quantity, or the slope of one quantity by another."""
        graph = self.graph
        if graph is None or graph.canonical(text) is not None:
            return graph is not None or text in self.variables
        if graph.canonical(f"{text}[1]") is not None:
            return True  # the slopes of a batch have sample numbers: dZ3/dH1[1]
        over, _, below = text.partition("/")
        numbers = graph.canonical(over) is None and graph.canonical(over[1:]) in graph.nodes
        return numbers and graph.canonical(below[1:]) in graph.nodes

    @cached_property
    def known(self) -> tuple[str, ...]:
        """The names that may be used, for suggestions."""
        if self.graph is None:
            return self.variables
        if self.using is not None:
            return self._using
        place = self._place
        return tuple(
            node.name
            for number, node in enumerate(self.graph.nodes.values())
            if node.kind not in HIDDEN_KINDS and (place is None or number < place or node.kind is Kind.GIVEN)
        )

    # -- trees ------------------------------------------------------------------------------------------------------

    def completed(self, tree: Tree) -> Tree:
        """Return a resolved tree in which every derivative that is not a node is replaced by its formula.

        Raises:
            FormulaError: A derivative cannot be formed, uses a name that may not be used, or a number is indexed.
        """
        return map_tree(tree, self._completed)

    def _completed(self, tree: Tree) -> Tree | None:
        if isinstance(tree, Index):
            raise FormulaError("Only a list or table of this exercise has cells.", hint="Write a number or a name.")
        if not isinstance(tree, Derivative):
            return None
        graph, of, by = self.graph, self.notation.text(tree.of), self.notation.text(tree.by)
        definition = graph.definition(tree.of) if graph is not None and tree.of in graph.nodes else Name(tree.of)
        if tree.by not in names(definition) or definition == Name(tree.of):
            raise FormulaError(f"{by} is not in the formula of {of}.", hint="Go one step of the chain at a time.")
        slope = differentiate(definition, tree.by)
        for name in names(slope):
            self._check(name)
        return slope

    def values(self, used: Collection[str]) -> dict[str, float]:
        """Return the values of names: the learner's own answers, or else the true values."""
        graph = self.graph
        if graph is None:
            return {name: self.own[name] for name in used if name in self.own}
        return {name: self.own[name] if name in self.own else graph.values[name] for name in used}

    def hides(self, used: Collection[str]) -> bool:
        """Return whether a value computed from these names would reveal one that the learner has not found."""
        graph = self.graph
        return graph is not None and any(
            name not in self.own and graph.nodes[name].kind is not Kind.GIVEN for name in used
        )
