"""The graph of quantities: everything a person may write down, with its defining formula, parents and value.

A ``Node`` is one number. A ``Quantity`` is what can be asked for: a node, or a vector or matrix of nodes. Networks and
worksheets both become graphs, so that marking, hints, mistakes and practice are written once.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from typing import Any

from tutor.errors import FormulaError, QuantityError
from tutor.formulas import compile_tree, differentiate, substitute
from tutor.formulas.cells import Cells
from tutor.formulas.notation import Notation
from tutor.formulas.tree import Name, Tree, names
from tutor.network.model import Network
from tutor.network.nodes import HIDDEN_KINDS, SNAP, SUB_STEPS, Kind, Node, Quantity, suffixed
from tutor.network.references import names_in_range, split_list

_CELL = re.compile(r"^(?P<stem>[^\[\]]+)\[(?P<index>[0-9]+(?:\s*,\s*[0-9]+)?)\](?P<step>@[0-9]+)?$")


class Graph:
    """All quantities of a network or worksheet; in ``nodes``, each node comes after its parents."""

    def __init__(
        self,
        nodes: Iterable[Node],
        arrays: Iterable[Quantity],
        *,
        notation: Notation,
        aliases: Mapping[str, str],
        groups: Mapping[str, tuple[str, ...]] | None = None,
        steps: int,
    ) -> None:
        """Make a graph; ``aliases`` are other names of nodes and arrays, ``groups`` names of several (``forward``)."""
        self.nodes: dict[str, Node] = {node.name: node for node in nodes}
        self.arrays: dict[str, Quantity] = {array.name: array for array in arrays}
        self.notation = notation
        self.aliases: dict[str, str] = dict(aliases)
        self.groups: dict[str, tuple[str, ...]] = dict(groups or {})
        self.steps = steps
        #: A worksheet's steps as formulas over whole arrays, by name and round.
        self.array_formulas: dict[str, Tree] = {}
        #: The network or worksheet that this graph was made from.
        self.model: object = None
        #: The nodes that were added because somebody asked for them; no other node depends on these.
        self.on_request: set[str] = set()
        #: A cache of everything that depends on formulas alone; the graphs of all variants share it.
        self.shared: dict[str, Any] = {}
        self._given: dict[str, float] = {}  # numbers that replace the model's own
        self._parents: dict[str, tuple[str, ...]] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}  # by name; a node added later is an ancestor of none of these

    # -- names ------------------------------------------------------------------------------------------------------

    def canonical(self, text: str) -> str | None:
        """Return the name of the node or array that ``text`` spells, or None."""
        known = self._known
        name = text.strip()
        for candidate in (name, name.removesuffix("@1")):  # Z1@1 is Z1
            if candidate in known:
                return known[candidate]
        spelt = self.notation.canonical(name, known)
        return None if spelt is None else known[spelt]

    @cached_property
    def _known(self) -> dict[str, str]:
        known = {name: name for name in (*self.arrays, *self.nodes)}
        known.update({alias: name for alias, name in self.aliases.items() if alias not in known})
        return known

    def quantity(self, text: str) -> Quantity:
        """Return the one quantity that ``text`` names, in any spelling.

        Raises:
            QuantityError: There is no such quantity; the error has the nearest name.
        """
        found = self._lookup(text)
        if found is None:
            raise self.unknown(text)
        if isinstance(found, QuantityError):
            raise found
        return found

    def expand(self, text: str) -> tuple[Quantity, ...]:
        """Return the quantities in a list, range or group, in order, each once: ``Z1, Z2``, ``E@1..3``, ``forward``.

        Raises:
            QuantityError: There is no such quantity.
        """
        found = {quantity.name: quantity for part in split_list(text) for quantity in self._expand(part)}
        if not found:
            raise QuantityError("No quantity is named here.", hint="Name one, such as Z1.")
        return tuple(found.values())

    def _expand(self, text: str) -> tuple[Quantity, ...]:
        group = self.groups.get(text.removesuffix("@1"))
        if group is not None:
            members = tuple(found for name in group if isinstance(found := self._lookup(name), Quantity))
            if not members:
                raise self.lacks(text) or QuantityError(f"This network has nothing in {text!r}.")
            return members
        return tuple(map(self.quantity, names_in_range(text) or (text,)))

    def _lookup(self, text: str) -> Quantity | QuantityError | None:
        name = self.canonical(text)
        if name is not None:
            if name in self.nodes and self.nodes[name].kind in HIDDEN_KINDS:
                return None
            return self.as_quantity(name)
        return self._cell(text) or self._derived_factor(text)

    def _cell(self, text: str) -> Quantity | QuantityError | None:
        """Return a cell of an array or, in a batch, a sample's row; an error if out of range; None for other texts."""
        match = _CELL.match(text.strip())
        if match is None:
            return None
        array = self.canonical(match["stem"] + (match["step"] or ""))
        if array is None or array not in self.arrays:
            return None
        whole = self.arrays[array]
        index = [int(number) for number in match["index"].split(",")]
        if len(index) > len(whole.shape) or any(not 1 <= i <= n for i, n in zip(index, whole.shape, strict=False)):
            size = " × ".join(map(str, whole.shape))
            return QuantityError(
                f"{text!r} lies outside {match['stem']}, which is {size}.", hint="Rows and columns count from 1."
            )
        if len(index) < len(whole.shape):
            width = whole.shape[1]
            cells = whole.cells[(index[0] - 1) * width : index[0] * width]
            return Quantity(text.strip(), whole.kind, (width,), cells)
        place = index[0] - 1 if len(index) == 1 else (index[0] - 1) * whole.shape[1] + index[1] - 1
        return self.as_quantity(whole.cells[place])

    def _derived_factor(self, text: str) -> Quantity | None:
        """Add and return a factor that is not in the graph: a quantity's slope by one in its definition; or None."""
        match = re.match(r"^[d∂](?P<of>.+)/[d∂](?P<by>[^\[\]@]+)(?P<suffix>(\[[0-9]+\])?(@[0-9]+)?)$", text.strip())
        if match is None:
            return None
        of = self.canonical(match["of"] + match["suffix"])
        by = self.canonical(match["by"] + match["suffix"]) or self.canonical(match["by"])
        if of not in self.nodes or by not in self.nodes:
            return None
        definition = self.definition(of)
        if by not in names(definition):
            return None
        whole = self.nodes[of]
        bare_of, bare_by = (name.split("@")[0].split("[")[0] for name in (of, by))
        name = suffixed(f"d{bare_of}/d{bare_by}", whole.sample, whole.step)
        if name not in self.nodes:
            formula = differentiate(definition, by)
            node = Node(
                name, Kind.FACTOR, formula, layer=whole.layer, unit=whole.unit, sample=whole.sample, step=whole.step
            )
            self.add_node(node)
        return self.as_quantity(name)

    def as_quantity(self, name: str) -> Quantity:
        """Return the quantity with exactly this canonical name."""
        if name in self.arrays:
            return self.arrays[name]
        node = self.nodes[name]
        return Quantity(name, node.kind, (), (name,))

    def unknown(self, text: str) -> QuantityError:
        """Return the error for an unknown name: what the network lacks for it, or else the nearest name."""
        if lacks := self.lacks(text):
            return lacks
        if text in self.groups:
            return QuantityError(f"{text} is several quantities.", hint=f"Name one, such as {self.groups[text][0]}.")
        askable = [name for name, node in self.nodes.items() if node.kind not in HIDDEN_KINDS]
        near = difflib.get_close_matches(text, [*askable, *self.arrays, *self.groups, *self.aliases], 1, 0.5)
        other_case = [name for name in askable if name.lower() == text.lower()]
        return QuantityError(f"There is no quantity {text!r} here.", nearest=next(iter([*near, *other_case]), None))

    def lacks(self, text: str) -> QuantityError | None:
        """Return the error for a name that needs a target, an optimizer or a slope that the network lacks, or None."""
        missing = self.model.lacks(text) if isinstance(self.model, Network) else ""
        return QuantityError(missing) if missing else None

    def add_node(self, node: Node) -> None:
        """Add a node on request, after everything that it depends on."""
        self.nodes[node.name] = node
        self.on_request.add(node.name)
        self.shared = {}
        for cached in ("_known", "slots", "program", "_stable", "_snapped", "values"):
            self.__dict__.pop(cached, None)

    # -- formulas ---------------------------------------------------------------------------------------------------

    def parents(self, name: str) -> tuple[str, ...]:
        """Return the nodes in a node's defining formula."""
        if name not in self._parents:
            formula = self.nodes[name].formula
            self._parents[name] = names(formula) if formula is not None else ()
        return self._parents[name]

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Return every node that a node depends on, in the graph's order, without itself."""
        if name in self._ancestors:
            return self._ancestors[name]
        found: set[str] = set()
        stack = list(self.parents(name))
        while stack:
            parent = stack.pop()
            if parent not in found:
                found.add(parent)
                stack.extend(self.parents(parent))
        self._ancestors[name] = tuple(each for each in self.nodes if each in found)
        return self._ancestors[name]

    def definition(self, name: str) -> Tree:
        """Return the formula as it is taught, with unnamed steps written out: ``δ₁ = w₂₁·δ₃·f′(Z₁)``."""
        node = self.nodes[name]
        if node.taught is not None:
            return node.taught
        if node.formula is None:
            return Name(name)
        return self.taught(node.formula)

    def taught(self, formula: Tree) -> Tree:
        """Return a formula with its unnamed steps written out."""
        inner = {
            parent: self.definition(parent)
            for parent in names(formula)
            if self.nodes[parent].kind in SUB_STEPS and self.nodes[parent].formula is not None
        }
        return substitute(formula, inner) if inner else formula

    def array_cells(self, array: Quantity) -> Cells:
        """Return an array's cells as names, with their numbers if they are given."""
        given = [self.nodes[cell].value for cell in array.cells if self.nodes[cell].formula is None]
        return Cells(array.shape, tuple(map(Name, array.cells)), tuple(value for value in given if value is not None))

    # -- values -----------------------------------------------------------------------------------------------------

    @cached_property
    def slots(self) -> dict[str, int]:
        """Each node's index in the list of values, by name."""
        return {name: place for place, name in enumerate(self.nodes)}

    @cached_property
    def program(self) -> tuple[tuple[int, Callable[[list[float]], float]], ...]:
        """(slot, compiled formula over the list of values) for every node with a formula, in order."""
        return tuple(
            (self.slots[name], compile_tree(node.formula, self.slots))
            for name, node in self.nodes.items()
            if node.formula is not None
        )

    @cached_property
    def _stable(self) -> tuple[tuple[int, Callable[[list[float]], float], frozenset[int]], ...]:
        """The stable forms: (slot, compiled form, slots that must not be fixed for the form to hold)."""
        return tuple(
            (
                self.slots[name],
                compile_tree(node.stable, self.slots),
                frozenset(self.slots[between] for between in node.between),
            )
            for name, node in self.nodes.items()
            if node.stable is not None
        )

    def run(
        self,
        values: list[float],
        fixed: frozenset[int] | set[int] = frozenset(),
        *,
        only: frozenset[int] | None = None,
    ) -> list[float]:
        """Compute ``values`` in place from the formulas: all slots except those in ``fixed``, or those in ``only``.

        A formula without a value gives nan.
        """
        stable = {slot: formula for slot, formula, between in self._stable if between.isdisjoint(fixed)}
        for slot, formula in self.program:
            if slot in fixed or (only is not None and slot not in only):
                continue
            if slot in stable:
                formula = stable[slot]
            try:
                value = formula(values)
            except (FormulaError, ArithmeticError, ValueError):
                value = math.nan
            values[slot] = 0.0 if value == 0.0 or (-SNAP < value < SNAP and slot in self._snapped) else value
        return values

    @cached_property
    def _snapped(self) -> frozenset[int]:
        return frozenset(self.slots[name] for name, node in self.nodes.items() if node.kind is Kind.PRE_ACTIVATION)

    def evaluate(self, given: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return every node's value by the graph's formulas, with the values in ``given`` put in."""
        values = [node.value if node.value is not None else 0.0 for node in self.nodes.values()]
        fixed = set()
        for name, value in (given or {}).items():
            slot = self.slots[name]
            values[slot] = value
            fixed.add(slot)
        return dict(zip(self.nodes, self.run(values, fixed), strict=True))

    def solve(self, given: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return every node's value by the NumPy engine, with the values in ``given`` put in.

        Answers are marked against these; ``evaluate`` is for mistaken formulas and rounding replays.
        """
        # imported by name, because the engine is a layer above this package and loads NumPy
        engine = import_module("tutor.engines.numpy.graphs")
        values: dict[str, float] = engine.values_of(self, self._given | dict(given or {}))
        return values

    def with_given(self, given: Mapping[str, float]) -> Graph:
        """Return the same graph with other numbers for the given nodes in ``given``.

        It costs little, because it shares everything that does not depend on numbers. Its ``model`` still has the old
        numbers.
        """
        other = copy(self)
        other.__dict__.pop("values", None)
        other._given = self._given | dict(given)
        other.on_request = set(self.on_request)
        other.nodes = dict(self.nodes)
        for name, value in given.items():
            other.nodes[name] = replace(self.nodes[name], value=value)
        return other

    @cached_property
    def values(self) -> Mapping[str, float]:
        """The right value of every node, by the NumPy engine; a cached lesson keeps them."""
        return self.solve()

    def array_values(self, quantity: Quantity) -> object:
        """Return a quantity's value as a number, a list or a list of rows."""
        flat = [self.values[cell] for cell in quantity.cells]
        if not quantity.shape:
            return flat[0]
        if len(quantity.shape) == 1:
            return flat
        width = quantity.shape[1]
        return [flat[start : start + width] for start in range(0, len(flat), width)]
