"""One registry entry is all that a mistake needs to be computed, marked, explained, hinted at and listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exercises import BOOK
from tests.marking.marking_exercises import graph
from tutor.authoring.typical import typical_mistakes
from tutor.formulas.tree import Name, mul
from tutor.labs.array_mistakes import mistaken_arrays
from tutor.marking import Marker, Verdict
from tutor.mistakes import (
    MISTAKES,
    Form,
    InProgram,
    Place,
    Surroundings,
    TypicalMistake,
    advice,
    code_mistake,
    mistakes_at,
    sentence,
)
from tutor.network import Network, Node, build_graph


def _cubed(around: Surroundings, node: Node) -> Iterator[Form]:
    pre = Name(node.role["pre"])
    yield Form(mul(pre, pre, pre), pre.name)


MADE_UP = TypicalMistake(
    "activation-cubed",
    99_999,
    lambda w: f"This is {w.about} cubed.",
    lambda graph, node: f"Look at {graph.notation.text(node.name)} again.",
    {Place.ACTIVATION: _cubed},
    in_program=InProgram("is what comes out when the sums are cubed"),
    in_code=(("relu", "cube", "The function here is relu."),),
)


@pytest.fixture
def made_up() -> Iterator[TypicalMistake]:
    MISTAKES.add(MADE_UP)
    yield MADE_UP
    MISTAKES.remove(MADE_UP.id)


def test_an_entry_is_all_that_a_mistake_needs(made_up: TypicalMistake) -> None:
    of = build_graph(Network.from_spec(BOOK))
    number = of.values["Z1"] ** 3
    assert made_up.id in [each.id for each in mistakes_at(Surroundings(of), of.nodes["H1"])]
    found = Marker(of).mark("H1", f"{number:.5f}", decimals=5)
    assert (found.verdict, [each.id for each in found.mistakes]) == (Verdict.WRONG, [made_up.id])
    assert found.message == "This is Z₁ cubed."
    assert advice(made_up.id, of, "H1") == "Look at H₁ again."
    assert made_up.id in [each.id for each in typical_mistakes(of, "H1")]
    assert "is what comes out when the sums are cubed" in [
        each.says for each in mistaken_arrays(of, of.quantity("hidden.H"))
    ]
    assert code_mistake(["relu"], "cube") == (made_up.id, "The function here is relu.")


def test_an_id_can_be_added_only_once(made_up: TypicalMistake) -> None:
    with pytest.raises(ValueError, match="taken"):
        MISTAKES.add(made_up)


def test_an_unknown_mistake_comes_last_and_has_no_advice() -> None:
    assert MISTAKES.get("unheard-of") is None
    assert MISTAKES.rank("unheard-of") > max(each.rank for each in MISTAKES)
    assert MISTAKES.rank("author") < min(each.rank for each in MISTAKES)
    assert advice("unheard-of") == advice("author") == ""


NETWORKS = [
    "book",
    "relu",
    "minus",
    "difference",
    "squared",
    "mazur",
    "deep",
    "cross-entropy",
    "softmax",
    "batch",
    "mean",
    "momentum",
    "adam",
]
#: Words that the product does not use.
NOT_SAID = ("has been", "have been", "can't", "don't", "turned round", "exchanged", "mend", "slip", "  ", " .", " ;")


@pytest.mark.parametrize("which", [*NETWORKS, "attention", "convolution", "adam-sheet"])
def test_every_message_and_advice_is_a_sentence_in_the_course_voice(which: str) -> None:
    of = graph(which)
    around = Surroundings(of)
    for node in list(of.nodes.values())[:150]:
        for each in mistakes_at(around, node) if node.formula is not None else ():
            for said in (sentence(of, each), advice(each.id, of, node.name)):
                assert said[0].isupper() or not said[0].isascii(), said
                assert said.endswith((".", "?")), said
                assert not [word for word in NOT_SAID if word in said], said


def test_only_the_registry_names_mistakes() -> None:
    """Another file that names one is listed here with the reason."""
    ids = [each.id for each in MISTAKES if "-" in each.id]
    allowed = {"formulas.py"}  # session: a number question has no graph; the size is right and the sign is not
    root = Path(__file__).parents[2] / "tutor"
    for path in root.rglob("*.py"):
        if path.parent.name != "mistakes" and path.name not in allowed:
            text = path.read_text(encoding="utf-8")
            assert not [name for name in ids if f'"{name}"' in text], path
