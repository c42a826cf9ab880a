"""The formula of a typical mistake at one node, and the surroundings of that node that mistakes are made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tutor.formulas import map_tree, substitute
from tutor.formulas.transform import rebuild
from tutor.formulas.tree import Add, Div, Mul, Name, Neg, Num, Tree, add, names, sub
from tutor.network import Graph, Kind, Node


@dataclass(frozen=True, slots=True)
class MistakenFormula:
    """One step worked out wrongly: ``tree`` is the formula used, and ``at`` is the name of the node.

    ``about`` is the name or the part of the formula that the sentence points at. ``how`` distinguishes forms of one
    mistake ("half" and "double"). ``later`` is how many places this form comes after its mistake in the order of
    likelihood: a form with a second mistake in it is less likely.
    """

    id: str
    tree: Tree
    at: str
    about: str = ""
    how: str = ""
    later: int = 0


#: The numbers 1 and 2 as formulas write them.
ONE, TWO = Num(1.0, "1"), Num(2.0, "2")

_SUFFIXES = re.compile(r"(?P<stem>[^\[@]+)(?P<sample>\[\d+\])?(?P<step>@\d+)?")


class Surroundings:
    """Finds the nodes that people may use in place of others: other units, the next layer's weights, other samples."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = graph.nodes

    @cached_property
    def _by_place(self) -> dict[tuple[Kind, int | None, int | None, int], list[Node]]:
        found: dict[tuple[Kind, int | None, int | None, int], list[Node]] = {}
        for node in self.nodes.values():
            if node.formula is not None:
                found.setdefault((node.kind, node.layer, node.sample, node.step), []).append(node)
        return found

    @cached_property
    def order(self) -> dict[str, int]:
        """The position of each node in the graph, by name."""
        return {name: place for place, name in enumerate(self.nodes)}

    @cached_property
    def activations(self) -> frozenset[str]:
        """The activations of all units."""
        return frozenset(node.role["activation"] for node in self.nodes.values() if "activation" in node.role)

    def siblings(self, node: Node) -> list[Node]:
        """Return the nodes of the same kind at the other units of its layer."""
        alike = self._by_place.get((node.kind, node.layer, node.sample, node.step), [])
        return [each for each in alike if each.name != node.name and each.unit != node.unit]

    def of_unit(self, kind: Kind, node: Node) -> Node | None:
        """Return the node of another kind at the same unit, sample and step, or None."""
        alike = self._by_place.get((kind, node.layer, node.sample, node.step), [])
        return next((each for each in alike if each.unit == node.unit), None)

    def before_activation(self, name: str) -> str | None:
        """Return the weighted sum that an activation is taken of, or None for an input."""
        node = self.nodes[name]
        return node.role.get("pre") if node.kind in (Kind.ACTIVATION, Kind.OUTPUT) else None

    def has_activation(self, name: str) -> bool:
        """Return whether a value is a nonlinear activation of its weighted sum."""
        node = self.nodes[name]
        return node.kind in (Kind.ACTIVATION, Kind.OUTPUT) and node.role.get("activation") != "linear"

    def is_minus(self, node: Node) -> bool:
        """Return whether an output's error signal is written with the opposite sign: (y − ŷ)·f′ or −(…)."""
        turned = sub(Name(node.role["target"]), Name(node.role["output"]))
        formula = node.formula
        starts = isinstance(formula, Mul) and formula.factors[0] == turned
        return formula == turned or isinstance(formula, Neg) or starts

    def sums_behind(self, sources: Iterable[str]) -> dict[str, str]:
        """Return the weighted sum for each activation among ``sources``, by the activation's name."""
        behind = {each: self.before_activation(each) for each in sources if self.has_activation(each)}
        return {source: pre for source, pre in behind.items() if pre}

    def updated(self, parameter: str) -> str | None:
        """Return the name of a parameter after the step that uses it, or None."""
        match = _SUFFIXES.fullmatch(parameter)
        if match is None:
            return None
        stem, step = match["stem"], match["step"] or ""
        name = f"{stem}@{int(step[1:]) + 1 if step else 2}" if stem.endswith("_new") else f"{stem}_new"
        return name if name in self.nodes else None

    def before(self, name: str) -> str | None:
        """Return the same quantity in the step before: ``g`` for ``g@2``. Return None for a parameter after its update
        and in the first step."""
        head, at, step = name.partition("@")
        if not at or not step.isdecimal() or "_new" in head:
            return None
        earlier = f"{head}@{int(step) - 1}" if int(step) > 2 else head
        return earlier if earlier in self.nodes else None

    def first(self, name: str) -> str | None:
        """Return the same quantity in the first step, ``w11`` for ``w11_new@2`` or ``w11_new``, or None."""
        match = _SUFFIXES.fullmatch(name)
        if match is None:
            return None
        stem = match["stem"].removesuffix("_new") + (match["sample"] or "")
        return stem if stem in self.nodes and stem != name else None

    def shares(self, total: Tree, of: Callable[[Node], int | None]) -> dict[int | None, Tree]:
        """Split a sum over samples or units into parts, by the value of ``of`` for each term's error signal."""
        parts: dict[int | None, list[Tree]] = {}
        for term in terms_of(total):
            parts.setdefault(of(self.nodes[names(term)[0]]), []).append(term)
        return {key: add(*terms) for key, terms in parts.items()}

    def other_samples(self, name: str, most: int = 3) -> list[str]:
        """Return the same quantity for other samples of the batch, at most ``most``."""
        match = _SUFFIXES.fullmatch(name)
        if match is None or match["sample"] is None:
            return []
        found = []
        for sample in range(1, max(9, most)):
            other = f"{match['stem']}[{sample}]{match['step'] or ''}"
            if other != name and other in self.nodes:
                found.append(other)
        return found[:most]


@lru_cache(maxsize=8)
def surroundings(graph: Graph) -> Surroundings:
    """Return the surroundings of a graph's nodes, cached."""
    return Surroundings(graph)


def terms_of(tree: Tree) -> tuple[Tree, ...]:
    """Return the terms of a sum; any other tree is its own only term."""
    return tree.terms if isinstance(tree, Add) else (tree,)


def products(tree: Tree) -> list[tuple[str, str]]:
    """Return the products of two names among a sum's terms, in order."""
    found = []
    for term in terms_of(tree):
        match term:
            case Mul((Name(left), Name(right))):
                found.append((left, right))
    return found


def renamed(tree: Tree, other: dict[str, str]) -> Tree:
    """Return the tree with names replaced by other names."""
    return substitute(tree, {old: Name(new) for old, new in other.items()})


def without(parts: tuple[Tree, ...]) -> Iterator[tuple[Tree, tuple[Tree, ...]]]:
    """Yield each part together with the remaining parts."""
    for place, part in enumerate(parts):
        yield part, parts[:place] + parts[place + 1 :]


def negated(tree: Tree) -> Tree:
    """Return the tree's negative, without a double minus."""
    return tree.of if isinstance(tree, Neg) else Neg(tree)


def same(tree: Tree) -> Tree:
    """Return the tree itself."""
    return tree


def without_minus(node: Node) -> tuple[Tree, Callable[[Tree], Tree]]:
    """Return a node's formula without a minus in front, and a function that puts back the minus if there was one."""
    return (node.tree.of, Neg) if isinstance(node.tree, Neg) else (node.tree, same)


def changed_everywhere(tree: Tree, change: Callable[[Tree], Tree | None]) -> Tree | None:
    """Return the tree with every part changed that ``change`` applies to, or None if it applies to fewer than two."""
    count = 0

    def counted(part: Tree) -> Tree | None:
        nonlocal count
        changed = change(part)
        count += changed is not None
        return changed

    whole = map_tree(tree, counted)
    return whole if count > 1 else None


def exchanged(tree: Tree, other: Mapping[Tree, Tree]) -> Tree:
    """Return the tree with each part that is a key of ``other`` replaced; the parts put in are not replaced again."""
    return other[tree] if tree in other else rebuild(tree, lambda part: exchanged(part, other))


def parts_of_mean(node: Node) -> tuple[Tree, Callable[[Tree], Tree]]:
    """Return the sum in −(sum)/n, and a function that replaces it; the minus and the division may be missing."""
    inner, signed = without_minus(node)
    if not isinstance(inner, Div):
        return inner, signed
    denominator = inner.denominator
    return inner.numerator, lambda tree: signed(Div(tree, denominator))
