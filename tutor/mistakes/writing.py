"""Mistakes of writing and copying: a right number written down wrongly, another quantity's number, cells in disorder.

Most have no formula: the code that compares digits and cells refers to them by the constants here.
"""

from __future__ import annotations

from collections.abc import Iterator

from tutor.formulas.tree import Name
from tutor.mistakes.entry import MISTAKES, Form, TypicalMistake
from tutor.mistakes.formulas import Surroundings
from tutor.mistakes.places import Place
from tutor.network import Node

SIGN_LOST = "sign-lost"
TRUNCATED = "truncated"
DECIMAL_SHIFT = "decimal-shift"
DIGITS_SWAPPED = "digits-swapped"
OTHER_QUANTITY = "other-quantity"
TRANSPOSED = "transposed"
PERMUTED = "permuted"
ARITHMETIC = "arithmetic"


def _sibling(around: Surroundings, node: Node) -> Iterator[Form]:
    """Yield another single number of a worksheet that depends on the same ones: recall in place of precision."""
    graph = around.graph
    parents = set(graph.parents(node.name))
    if "[" in node.name:
        return
    for name, other in graph.nodes.items():
        alike = other.kind is node.kind and other.step == node.step and other.formula is not None and "[" not in name
        if not alike or name == node.name or parents.isdisjoint(graph.parents(name)):
            continue
        if name not in graph.ancestors(node.name) and node.name not in graph.ancestors(name):
            yield Form(Name(name), name, later=_SOONER)


#: A sibling's number to its last digit is not chance, so it comes before changes of the formula.
_SOONER = -450

MISTAKES.add(
    TypicalMistake(
        TRUNCATED,
        630,
        "This cuts digits off too early: keep one more decimal on the way and round at the end.",
        "Keep more decimals on the way and round once, at the end.",
    ),
    TypicalMistake(
        DECIMAL_SHIFT,
        640,
        "The digits are right; the decimal point is not.",
        "Estimate how large the result must be, then place the point.",
    ),
    TypicalMistake(
        DIGITS_SWAPPED,
        650,
        "This swaps two neighbouring digits.",
        "Read your result again, digit by digit, against what you typed.",
    ),
    TypicalMistake(
        OTHER_QUANTITY,
        660,
        lambda w: f"This is {w.about}; the question asks for {w.q}.",
        "Read again which name is asked for, then look for it in the diagram.",
        {Place.CELL: _sibling},
    ),
    TypicalMistake(
        TRANSPOSED,
        670,
        "These are the right numbers with rows and columns swapped: write the rows as columns.",
        "Rows and columns are swapped. Which of the two counts the units here?",
    ),
    TypicalMistake(
        PERMUTED,
        680,
        "These are the right numbers in the wrong cells: check which cell belongs to which name.",
        "The numbers are right and are in the wrong cells. Read the labels of the cells.",
    ),
    TypicalMistake(
        ARITHMETIC,
        690,
        "The line is set up right; its result is not.",
        "The line is set up right. Work it out again, product by product.",
    ),
)
