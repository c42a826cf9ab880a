"""A typical mistake at one node, and what is around that node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tutor.formulas.tree import Add, Mul, Name, Neg, Tree
from tutor.network import Graph, Kind, Node

#: Mistakes from the likeliest on. A family with many members (one per term, one per other unit) fits by chance as many
#: times as often, so such families come late; the format's own ids come before those that it does not list. A
#: judgement, not measured on people.
PRIOR = (
    "author",
    "bias-left-out",
    "activation-left-out",
    "derivative-left-out",
    "input-left-out",
    "rate-left-out",
    "sign-lost",
    "difference-reversed",
    "ascent",
    "not-updated",
    "step-only",
    "pre-activation-used",
    "activation-skipped-before",
    "updated-weights-used",
    "derivative-added",
    "sum-left-out",
    "term-left-out",
    "bias-subtracted",
    "derivative-at-activation",
    "delta-for-gradient",
    "sum-for-mean",
    "mean-for-sum",
    "factor-two",
    "loss-instead",
    "derivative-instead",
    "wrong-activation",
    "sign-in-exponent",
    "other-unit-weights",
    "other-input-used",
    "transpose-left-out",
    "softmax-direction",
    "exponential-left-out",
    "not-normalised",
    "square-left-out",
    "power-left-out",
    "root-left-out",
    "activation-for-derivative",
    "error-for-delta",
    "gradient-instead",
    "memory-left-out",
    "correction-left-out",
    "decay-left-out",
    "old-parameter-used",
    "old-value-used",
    "new-value-used",
    "wrong-loss",
    "wrong-logarithm",
    "order-swapped",
    "cell-by-cell",
    "axis-swapped",
    "kernel-turned",
    "sign-flipped",
    "factor-left-out",
    "factor-inverted",
    "doubled-for-squared",
    "weight-left-out",
    "activation-too-early",
    "other-rate-used",
    "wrong-extreme",
    "weight-for-input",
    "other-unit-delta",
    "other-sample-used",
    "inputs-swapped",
    "truncated",
    "decimal-shift",
    "digits-swapped",
    "other-quantity",
)
RANK = {name: place for place, name in enumerate(PRIOR)}


@dataclass(frozen=True, slots=True)
class MistakenFormula:
    """One step worked out wrongly: ``tree`` is the formula used, ``about`` the term that the sentence points at.

    ``at`` is the node whose step it is.
    """

    id: str
    tree: Tree
    at: str
    about: str = ""


_SUFFIXES = re.compile(r"(?P<stem>[^\[@]+)(?P<sample>\[\d+\])?(?P<step>@\d+)?")


class Surroundings:
    """What typical mistakes reach for around a node: other units, the next layer's weights, other samples."""

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

    def siblings(self, node: Node) -> list[Node]:
        """The nodes of the same kind of the other units of its layer."""
        alike = self._by_place.get((node.kind, node.layer, node.sample, node.step), [])
        return [each for each in alike if each.name != node.name and each.unit != node.unit]

    def of_unit(self, kind: Kind, node: Node) -> Node | None:
        """The node of another kind of the same unit, sample and step."""
        alike = self._by_place.get((kind, node.layer, node.sample, node.step), [])
        return next((each for each in alike if each.unit == node.unit), None)

    def before_activation(self, name: str) -> str | None:
        """The weighted sum behind an activation; None of an input."""
        node = self.nodes[name]
        return node.role.get("pre") if node.kind in (Kind.ACTIVATION, Kind.OUTPUT) else None

    def has_activation(self, name: str) -> bool:
        """Whether there is an activation that does something between a value and its weighted sum."""
        node = self.nodes[name]
        return node.kind in (Kind.ACTIVATION, Kind.OUTPUT) and node.role.get("activation") != "linear"

    def updated(self, parameter: str) -> str | None:
        """The parameter after the step that uses it."""
        match = _SUFFIXES.fullmatch(parameter)
        if match is None:
            return None
        stem, step = match["stem"], match["step"] or ""
        name = f"{stem}@{int(step[1:]) + 1 if step else 2}" if stem.endswith("_new") else f"{stem}_new"
        return name if name in self.nodes else None

    def first(self, name: str) -> str | None:
        """The same quantity in the first step: of ``w11_new@2`` or ``w11_new`` the starting ``w11``."""
        match = _SUFFIXES.fullmatch(name)
        if match is None:
            return None
        stem = match["stem"].removesuffix("_new") + (match["sample"] or "")
        return stem if stem in self.nodes and stem != name else None

    def other_samples(self, name: str) -> list[str]:
        """The same quantity of the batch's other samples, at most three."""
        match = _SUFFIXES.fullmatch(name)
        if match is None or match["sample"] is None:
            return []
        found = []
        for sample in range(1, 9):
            other = f"{match['stem']}[{sample}]{match['step'] or ''}"
            if other != name and other in self.nodes:
                found.append(other)
        return found[:3]


def terms_of(tree: Tree) -> tuple[Tree, ...]:
    """The terms of a sum; anything else is a sum of one."""
    return tree.terms if isinstance(tree, Add) else (tree,)


def products(tree: Tree) -> list[tuple[str, str]]:
    """The products of two names among a sum's terms, in order."""
    found = []
    for term in terms_of(tree):
        match term:
            case Mul((Name(left), Name(right))):
                found.append((left, right))
    return found


def renamed(tree: Tree, names: dict[str, str]) -> Tree:
    """The tree with names exchanged for names."""
    from tutor.formulas import substitute

    return substitute(tree, {old: Name(new) for old, new in names.items()})


def without(parts: tuple[Tree, ...]) -> Iterator[tuple[Tree, tuple[Tree, ...]]]:
    """Each part with what is left when it is taken out."""
    for place, part in enumerate(parts):
        yield part, parts[:place] + parts[place + 1 :]


def negated(tree: Tree) -> Tree:
    """The tree's negative, without a double minus."""
    return tree.of if isinstance(tree, Neg) else Neg(tree)
