"""Each typical mistake is named on every network and worksheet without an author's help, and its message does not
reveal the right value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import pytest

from tests.exercises import BOOK
from tests.marking.marking_exercises import NETWORKS, WORKSHEETS, graph, ids, mark, marked, marker
from tutor.errors import FormulaError
from tutor.formulas import evaluate, parse
from tutor.formulas.tree import Name
from tutor.marking import AuthorMistake, Mark, Marker, Verdict, mark_expression
from tutor.marking.judgement import Found, Tier, best
from tutor.mistakes import MISTAKES, MistakenFormula, Surroundings, mistakes_at, sentence
from tutor.mistakes.words import where
from tutor.network import HIDDEN_KINDS, Graph, Kind, Network, Worksheet, build_graph


class Values:
    """The true values by name; ``dE_dw11`` is ∂E/∂w11, and ``v[name]`` takes any other name."""

    def __init__(self, of: Graph) -> None:
        self.values = of.values

    def __getattr__(self, name: str) -> float:
        return self.values[re.sub(r"^(d[A-Za-z0-9]+)_(d\w+)$", r"\1/\2", name)]

    def __getitem__(self, name: str) -> float:
        return self.values[name]


def sigma(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def slope(h: float) -> float:
    return h * (1 - h)


Wrong = Callable[[Values], float]

TABLE: list[tuple[str, str, str, Wrong]] = [
    # a weighted sum
    ("bias-left-out", "book", "Z1", lambda v: v.w11 * v.x1 + v.w13 * v.x2 + v.w15 * v.x3),
    ("bias-left-out", "book", "Z3", lambda v: v.w21 * v.H1 + v.w22 * v.H2),
    ("bias-left-out", "deep", "Z4", lambda v: v.w2_1_2 * v.H1 + v.w2_2_2 * v.H2),
    ("bias-subtracted", "book", "Z1", lambda v: v.w11 * v.x1 + v.w13 * v.x2 + v.w15 * v.x3 - v.theta1),
    ("bias-subtracted", "mazur", "Z3", lambda v: v.w5 * v.H1 + v.w6 * v.H2 - v.theta3),
    ("term-left-out", "book", "Z3", lambda v: v.w21 * v.H1 + v.theta3),
    ("term-left-out", "deep", "Z2", lambda v: v.w1_1_2 * v.x1 + v.w1_3_2 * v.x3 + v.theta2),
    ("other-unit-weights", "book", "Z1", lambda v: v.w12 * v.x1 + v.w14 * v.x2 + v.w16 * v.x3 + v.theta1),
    ("other-unit-weights", "mazur", "Z1", lambda v: v.w1 * v.x1 + v.w3 * v.x2 + v.theta1),
    ("activation-skipped-before", "book", "Z3", lambda v: v.w21 * v.Z1 + v.w22 * v.Z2 + v.theta3),
    ("activation-skipped-before", "deep", "Z3", lambda v: v.w2_1_1 * v.Z1 + v.w2_2_1 * v.Z2 + v.theta3),
    # an activation
    ("activation-left-out", "book", "H1", lambda v: v.Z1),
    ("activation-left-out", "book", "yhat", lambda v: v.Z3),
    ("wrong-activation", "book", "H1", lambda v: math.tanh(v.Z1)),
    ("wrong-activation", "book", "H2", lambda v: math.tanh(v.Z2)),
    ("wrong-activation", "deep", "H1", lambda v: sigma(v.Z1)),
    ("sign-in-exponent", "book", "H1", lambda v: sigma(-v.Z1)),
    ("sign-in-exponent", "book", "yhat", lambda v: sigma(-v.Z3)),
    ("derivative-instead", "book", "H1", lambda v: slope(v.H1)),
    ("derivative-instead", "deep", "H1", lambda v: 1 - v.H1**2),
    ("not-normalised", "softmax", "yhat1", lambda v: math.exp(v.Z5)),
    ("unfinished-sigmoid", "book", "H1", lambda v: math.exp(-v.Z1)),
    ("unfinished-sigmoid", "book", "yhat", lambda v: 1 + math.exp(-v.Z3)),
    ("other-power", "softmax", "yhat1", lambda v: 10**v.Z5 / (10**v.Z5 + 10**v.Z6)),
    ("other-power", "softmax", "expZ5", lambda v: math.e * v.Z5),
    # an output's error
    ("difference-reversed", "book", "delta3", lambda v: (v.y - v.yhat) * slope(v.yhat)),
    ("difference-reversed", "book", "error", lambda v: v.y - v.yhat),
    ("difference-reversed", "cross-entropy", "delta3", lambda v: v.y - v.yhat),
    ("difference-reversed", "minus", "delta3", lambda v: (v.yhat - v.y) * slope(v.yhat)),
    ("derivative-left-out", "book", "delta3", lambda v: v.yhat - v.y),
    ("derivative-left-out", "softmax", "delta6", lambda v: -1 / v.yhat2),
    ("derivative-added", "cross-entropy", "delta3", lambda v: (v.yhat - v.y) * slope(v.yhat)),
    ("derivative-added", "difference", "delta3", lambda v: (v.yhat - v.y) * slope(v.yhat)),
    ("derivative-added", "softmax", "delta5", lambda v: (v.yhat1 - v.y1) * slope(v.yhat1)),
    ("derivative-at-activation", "book", "delta3", lambda v: (v.yhat - v.y) * slope(sigma(v.yhat))),
    ("loss-instead", "book", "delta3", lambda v: v.E),
    ("loss-instead", "book", "delta3", lambda v: (v.yhat - v.y) ** 2),
    # a hidden error
    ("derivative-left-out", "book", "delta1", lambda v: v.w21 * v.delta3),
    ("derivative-left-out", "deep", "delta1", lambda v: v.w2_1_1 * v.delta3 + v.w2_1_2 * v.delta4),
    ("derivative-at-activation", "book", "delta1", lambda v: v.w21 * v.delta3 * slope(sigma(v.H1))),
    ("updated-weights-used", "book", "delta1", lambda v: v.w21_new * v.delta3 * slope(v.H1)),
    ("updated-weights-used", "mazur", "delta1", lambda v: (v.w5_new * v.delta3 + v.w7_new * v.delta4) * slope(v.H1)),
    ("sum-left-out", "mazur", "delta1", lambda v: v.w5 * v.delta3 * slope(v.H1)),
    ("sum-left-out", "mazur", "delta2", lambda v: v.w8 * v.delta4 * slope(v.H2)),
    ("other-unit-weights", "book", "delta1", lambda v: v.w22 * v.delta3 * slope(v.H1)),
    ("other-unit-weights", "mazur", "delta1", lambda v: (v.w6 * v.delta3 + v.w8 * v.delta4) * slope(v.H1)),
    # a gradient
    ("input-left-out", "book", "dE/dw21", lambda v: v.delta3),
    ("input-left-out", "mazur", "dE/dw1", lambda v: v.delta1),
    ("pre-activation-used", "book", "dE/dw21", lambda v: v.delta3 * v.Z1),
    ("other-input-used", "book", "dE/dw21", lambda v: v.delta3 * v.H2),
    ("other-input-used", "mazur", "dE/dw1", lambda v: v.delta1 * v.x2),
    ("sign-lost", "book", "dE/dw21", lambda v: -v.delta3 * v.H1),
    ("sign-lost", "minus", "dE/dw21", lambda v: v.delta3 * v.H1),
    ("input-left-out", "mean", "dE/dw21", lambda v: v["delta3[1]"] + v["delta3[2]"]),
    ("means-multiplied", "mean", "dE/dw21", lambda v:
        (v["delta3[1]"] + v["delta3[2]"]) / 2 * (v["H1[1]"] + v["H1[2]"]) / 2),
    ("rate-too-early", "book", "dE/dw21", lambda v: 0.9 * v.dE_dw21),
    ("rate-too-early", "mean", "dE/dw21", lambda v: -0.9 * v["dE/dw21"]),
    # a later step
    ("old-parameter-used", "momentum", "Z3@2", lambda v: v["Z3@2"] - v.theta3_new + v.theta3),
    # an update
    ("not-updated", "book", "w21_new", lambda v: v.w21),
    ("not-updated", "adam", "w21_new", lambda v: v.w21),
    ("not-updated", "descent", "w_new@2", lambda v: v["w_new"]),
    ("ascent", "book", "w21_new", lambda v: v.w21 + 0.9 * v.dE_dw21),
    ("ascent", "adam", "w21_new", lambda v: v.w21 + v.w21_step),
    ("ascent", "descent", "w_new@2", lambda v: v["w_new"] + 0.1 * v["g@2"]),
    ("rate-left-out", "book", "w21_new", lambda v: v.w21 - v.dE_dw21),
    ("rate-left-out", "book", "theta3_new", lambda v: v.theta3 - v.delta3),
    ("delta-for-gradient", "book", "w21_new", lambda v: v.w21 - 0.9 * v.delta3),
    ("step-only", "book", "w21_new", lambda v: 0.9 * v.dE_dw21),
    ("step-only", "book", "w21_new", lambda v: -0.9 * v.dE_dw21),
    ("memory-left-out", "momentum", "w21_new@2", lambda v: v["w21_new"] - 0.5 * v["dE/dw21@2"]),
    ("correction-left-out", "adam", "w21_new", lambda v: v.w21 - 0.1 * v.w21_m / (math.sqrt(v.w21_vhat) + 1e-8)),
    ("correction-left-out", "adam", "w21_new@2", lambda v:
        v.w21_new - 0.1 * v["w21_m@2"] / (math.sqrt(v["w21_v@2"]) + 1e-8)),
    ("correction-left-out", "adam-sheet", "w_new@2", lambda v:
        v.w_new - 0.1 * v["m_hat@2"] / (math.sqrt(v["v_new@2"]) + 1e-8)),
    ("correction-left-out", "adam-sheet", "w_new@2", lambda v:
        v.w_new - 0.1 * v["m_new@2"] / (math.sqrt(v["v_new@2"]) + 1e-8)),
    ("root-left-out", "adam", "w21_new", lambda v: v.w21 - 0.1 * v.w21_mhat / (v.w21_vhat + 1e-8)),
    # a convention
    ("factor-two", "book", "E", lambda v: (v.yhat - v.y) ** 2),
    ("factor-two", "squared", "E", lambda v: (v.yhat - v.y) ** 2 / 2),
    ("factor-two", "squared", "delta3", lambda v: (v.yhat - v.y) * slope(v.yhat)),
    ("factor-two", "book", "delta3", lambda v: 2 * (v.yhat - v.y) * slope(v.yhat)),
    ("sum-for-mean", "mean", "E", lambda v: v["E[1]"] + v["E[2]"]),
    ("sum-for-mean", "mean", "dE/dtheta3", lambda v: v["delta3[1]"] + v["delta3[2]"]),
    ("mean-for-sum", "batch", "E", lambda v: (v["E[1]"] + v["E[2]"] + v["E[3]"]) / 3),
    ("mean-for-sum", "batch", "dE/dtheta3", lambda v: (v["delta3[1]"] + v["delta3[2]"] + v["delta3[3]"]) / 3),
    ("mean-for-sum", "mazur", "E", lambda v: (v.E1 + v.E2) / 2),
    ("sum-left-out", "mazur", "E", lambda v: v.E1),
    ("sum-left-out", "batch", "dE/dw21", lambda v: v["delta3[1]"] * v["H1[1]"]),
    ("wrong-logarithm", "cross-entropy", "E", lambda v: -math.log10(v.yhat)),
    ("wrong-logarithm", "softmax", "E", lambda v: -math.log10(v.yhat2)),
    ("logarithm-left-out", "softmax", "E", lambda v: v.yhat2),
    ("logarithm-left-out", "cross-entropy", "E", lambda v: -v.yhat),
    ("every-class-counted", "softmax", "E", lambda v: -math.log(v.yhat1) - math.log(v.yhat2)),
    ("other-class", "softmax", "E", lambda v: -math.log(v.yhat1)),
    ("wrong-loss", "softmax", "E", lambda v: (v.yhat1 - v.y1) ** 2 + (v.yhat2 - v.y2) ** 2),
    # worksheets
    ("root-left-out", "attention", "T[1,1]", lambda v: v["S[1,1]"] / 2),
    ("transpose-left-out", "attention", "S[1,1]", lambda v: v["Q[1,1]"] * v["K[1,1]"] + v["Q[1,2]"] * v["K[2,1]"]),
    ("kernel-turned", "convolution", "C[2,2]", lambda v: 2 * 1 + 0 * 3 - 1 * 1 + 1 * 1),
    ("pool-kind", "windows", "M[1,1]", lambda v: v["V[1,1]"] + 10),
    ("pool-kind", "windows", "V[1,1]", lambda v: v["M[1,1]"] - 10),
    ("pool-kind", "windows", "f[3]", lambda v: v["V[2,1]"] + 10),
    ("windows-overlap", "windows", "V[2,2]", lambda v: sum(v[f"X[{r},{c}]"] for r in (2, 3) for c in (2, 3)) / 4 - 10),
    ("stride-left-out", "windows", "C[2,2]", lambda v: v["X[1,1]"] - v["X[1,2]"] + 2 * v["X[2,2]"]),
    ("margin-left-out", "windows", "C[1,2]", lambda v: v["X[1,3]"] - v["X[1,4]"] + 2 * v["X[2,4]"]),
    ("row-off-by-one", "windows", "R[1,1]", lambda v: v["X[4,1]"]),
    ("row-off-by-one", "windows", "R[1,2]", lambda v: v["X[2,2]"]),
    ("column-by-column", "windows", "f[2]", lambda v: v["M[2,1]"]),
    ("wrong-extreme", "convolution", "P", lambda v: min(v["A[1,1]"], v["A[1,2]"], v["A[2,1]"], v["A[2,2]"])),
    ("old-value-used", "adam-sheet", "m_hat@2", lambda v: v["m_new"] / (1 - 0.9**2)),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "which", "quantity", "wrong"), TABLE)
def test_a_typical_mistake_is_named(mistake: str, which: str, quantity: str, wrong: Wrong) -> None:
    number = wrong(Values(graph(which)))
    found = mark(which, quantity, f"{number:.8f}", 8)
    assert found.verdict is Verdict.WRONG
    assert mistake in ids(found), found.message
    assert found.message


@pytest.mark.parametrize(("mistake", "which", "quantity", "wrong"), TABLE)
def test_a_mistake_is_named_at_the_decimals_asked_for(mistake: str, which: str, quantity: str, wrong: Wrong) -> None:
    found = mark(which, quantity, f"{wrong(Values(graph(which))):.{marker(which).decimals(quantity)}f}")
    assert found.verdict is Verdict.WRONG
    assert mistake in ids(found) or len(ids(found)) == 2 or found.answer == "0.100", found.message  # Z₂ itself


# -- everywhere -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [*NETWORKS, *WORKSHEETS])
def test_every_mistake_at_every_quantity_is_named_and_nothing_is_revealed(which: str) -> None:
    """Or another mistake that gives the same number is named. No message has a number of the exercise."""
    of, made = graph(which), marker(which)
    around = Surroundings(of)
    for name, node in of.nodes.items():
        if node.formula is None or node.kind in HIDDEN_KINDS or ("@" in name and which != "momentum"):
            continue
        mistakes = [(each.id, value) for each in mistakes_at(around, node) for value in [_value(each.tree, of)]]
        for mistake, value in mistakes:
            if not math.isfinite(value) or abs(value - of.values[name]) < 1e-5 * max(1, abs(of.values[name])):
                continue
            found = made.mark(name, f"{value:.12f}", decimals=9)
            assert found.verdict is Verdict.WRONG, (name, mistake, value)
            same = {other for other, number in mistakes if abs(number - value) < 1e-9}
            assert same & set(ids(found)), (name, mistake, found.message)
            assert_reveals_nothing(found)
        if which in UNEXPLAINED and "@" not in name:
            assert_reveals_nothing(made.mark(name, f"{of.values[name] * 1.37 + 0.011:.9f}", decimals=9))


#: The exercises in which a number that no mistake gives is tried as well.
UNEXPLAINED = ("book", "mazur", "minus", "softmax", "batch", "adam", "attention", "convolution")


def assert_reveals_nothing(found: Mark) -> None:
    if found.verdict is Verdict.WRONG:
        without_cells = re.sub(r"\[[\d,]+\]", "", found.message)
        assert not re.search(r"\d[.,]\d", without_cells), (found.quantity, found.answer, found.message)
        assert len(found.message) < 240, found.message


def _value(tree: object, of: Graph) -> float:
    try:
        return evaluate(tree, of.values)  # type: ignore[arg-type]
    except FormulaError:
        return math.nan


FORMAT = [
    "bias-left-out", "bias-subtracted", "term-left-out", "other-unit-weights", "activation-skipped-before",
    "activation-left-out", "wrong-activation", "sign-in-exponent", "derivative-instead", "difference-reversed",
    "derivative-left-out", "derivative-added", "derivative-at-activation", "loss-instead", "updated-weights-used",
    "sum-left-out", "input-left-out", "pre-activation-used", "other-input-used", "sign-lost", "not-updated", "ascent",
    "rate-left-out", "delta-for-gradient", "step-only", "factor-two", "sum-for-mean", "mean-for-sum",
]  # fmt: skip


@pytest.mark.parametrize("mistake", FORMAT)
def test_every_id_of_the_format_is_registered_and_in_the_table(mistake: str) -> None:
    assert MISTAKES.get(mistake) is not None
    assert any(row[0] == mistake for row in TABLE)


# -- writing errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "answer", "mistake"),
    [
        ("H1", "-0.332", "sign-lost"),
        ("Z1", "0.7", "sign-lost"),
        ("H1", "3.32", "decimal-shift"),
        ("H1", "0.0332", "decimal-shift"),
        ("H1", "33.2", "decimal-shift"),
        ("yhat", "0.447", "digits-swapped"),
        ("H2", "0.552", "digits-swapped"),
        ("E", "0.130", "truncated"),
    ],
)
def test_a_writing_error_is_named(quantity: str, answer: str, mistake: str) -> None:
    found = mark("book", quantity, answer)
    assert (found.verdict, ids(found)[0]) == (Verdict.WRONG, mistake)


def test_a_leading_zero_is_no_swapped_digit() -> None:
    network = Network.from_spec({"inputs": [8], "target": 0, "layers": [{"weights": [{"w": 5}]}]})
    found = Marker(build_graph(network)).mark("Z1", "4")
    assert found.verdict is Verdict.WRONG
    assert "digits-swapped" not in ids(found)


def test_digits_cut_off_too_early_are_named() -> None:
    """Of 0.473889 the first three decimals, where four are asked for."""
    found = mark("book", "yhat", "0.4730", 4)
    assert (found.verdict, ids(found)) == (Verdict.WRONG, ["truncated"])


@pytest.mark.parametrize(
    ("which", "quantity", "answer", "decimals", "other"),
    [
        ("book", "H1", "0.525", 3, "H₂"),
        ("book", "H2", "0.332", 3, "H₁"),
        ("mazur", "yhat1", "0.773", 3, "ŷ₂"),
        ("mazur", "E1", "0.0236", 4, "E₂"),
        ("deep", "delta3", "-0.01938", 5, "δ₄"),
    ],
)
def test_the_number_of_another_quantity_is_recognised(
    which: str, quantity: str, answer: str, decimals: int, other: str
) -> None:
    found = mark(which, quantity, answer, decimals)
    assert ids(found) == ["other-quantity"], found.message
    assert found.message.startswith(f"This is {other};")


# -- from the learner's earlier answers -----------------------------------------------------------------------------


def test_a_mistake_is_found_from_the_learners_earlier_answers() -> None:
    found = marked("book", ("H1", "0.426"), ("H2", "0.525"), ("Z3", "-0.233"))  # −0.3·0.426 − 0.2·0.525, no bias
    assert ids(found[2]) == ["bias-left-out"]
    found = marked("book", ("delta3", "-0.526"), ("delta1", "0.1578"))  # −0.3·−0.526, no slope
    assert [ids(one) for one in found] == [["derivative-left-out"], ["derivative-left-out"]]


def test_a_mistake_carried_through_rounded_steps_is_named() -> None:
    """−0.3·(−0.131), rounded on the way; the derivative is left out."""
    assert ids(mark("book", "delta1", "0.03930")) == ["derivative-left-out"]


@pytest.mark.parametrize(
    ("quantity", "answer", "mistake"),
    [
        ("delta1@2", "0.06", "derivative-left-out"),  # 0.0522 unrounded
        ("Z3@2", "-0.03", "bias-left-out"),  # −0.0198 unrounded
        ("w12_new", "-0.03", "step-only"),  # −0.0236 unrounded
    ],
)
def test_rounding_every_step_as_asked_hides_no_mistake(quantity: str, answer: str, mistake: str) -> None:
    found = mark("difference", quantity, answer, 2)
    assert [(each.id, each.place) for each in found.mistakes] == [(mistake, quantity)]


def test_one_mistake_made_everywhere_is_named() -> None:
    """Every bias on the way to Z₃ is left out, and nothing else was typed."""
    v = Values(graph("book"))
    h1, h2 = sigma(v.w11 + v.w15), sigma(v.w12 + v.w16)
    found = mark("book", "Z3", f"{v.w21 * h1 + v.w22 * h2:.6f}", 6)
    assert ids(found) == ["bias-left-out"]
    assert found.message == "This is the result without any bias."


def test_an_earlier_mistake_is_named_with_its_place() -> None:
    v = Values(graph("book"))
    z3 = v.w21 * sigma(v.w11 + v.w15) + v.w22 * v.H2 + v.theta3  # θ1 is missing from Z1, which was not typed
    found = mark("book", "Z3", f"{z3:.6f}", 6)
    assert ids(found) == ["bias-left-out"]
    assert found.mistakes[0].place == "Z1"
    assert "at Z₁" in found.message


def test_every_mistake_at_the_nearest_untyped_step_is_tried() -> None:
    """∂E/∂w1_1_1 with x2 in place of x1, and δ1 without its weight: neither was typed."""
    v = Values(graph("deep"))
    other_input = v.w1_1_1 - 0.4 * v.delta1 * v.x2
    found = mark("deep", "w1_1_1_new", f"{other_input:.6f}", 6)
    assert [(each.id, each.place) for each in found.mistakes] == [("other-input-used", "dE/dw1_1_1")]
    no_weight = (v.delta3 + v.delta4) * (1 - v.H1**2) * v.x1
    found = mark("deep", "dE/dw1_1_1", f"{no_weight:.6f}", 6)
    assert [each.place for each in found.mistakes][:1] == ["delta1"]


@pytest.mark.parametrize(
    ("which", "quantity", "answer", "place"),
    [
        ("deep", "dE/dw1_1_1", "0.00594", "delta4"),
        ("deep", "delta1", "0.00990", "delta4"),
        ("mazur", "dE/dw5", "0.3297", "delta3"),
    ],
)
def test_an_earlier_mistake_is_found_through_rounded_steps(which: str, quantity: str, answer: str, place: str) -> None:
    """The activation is used for its slope, and every step is rounded, even those that the mistake does not affect."""
    found = mark(which, quantity, answer)
    assert [(each.id, each.place) for each in found.mistakes] == [("activation-for-derivative", place)]


def test_an_exact_earlier_mistake_comes_before_an_approximate_one() -> None:
    """Without θ5, δ2 is −0.00353 to the last digit; with updated weights it is only near that."""
    found = mark("deep", "delta2", "-0.00353")
    assert [(each.id, each.place) for each in found.mistakes] == [
        ("bias-left-out", "Z5"),
        ("updated-weights-used", "delta2"),
    ]


def test_a_number_that_many_earlier_mistakes_give_is_not_named() -> None:
    """Whatever makes a gate's sum positive makes its answer 1."""
    layer = {"weights": [[1], [1]], "bias": [-1.5], "activation": "step"}
    pairs = [[0, 0], [0, 1], [1, 0], [1, 1]]
    made = Marker(build_graph(Network.from_spec({"inputs": pairs, "target": [0, 0, 0, 1], "layers": [layer]})))
    found = made.mark("yhat[2]", "1", decimals=0)
    assert ids(found) == []
    assert found.message.startswith("Not right, and more than one earlier mistake would give this number.")


def test_two_mistakes_at_once_are_named_if_one_pair_fits() -> None:
    v = Values(graph("deep"))
    z3 = v.w2_1_1 * math.tanh(v.Z1 - v.theta1) + v.w2_2_1 * v.H2  # θ1 and θ3 are missing
    found = mark("deep", "Z3", f"{z3:.8f}", 8)
    assert (found.verdict, ids(found)) == (Verdict.WRONG, ["bias-left-out"])
    assert found.message.startswith("Two mistakes together explain it.")
    assert "θ₃" in found.message
    assert "θ₁" in found.message


@pytest.mark.parametrize(
    ("quantity", "answer", "decimals", "mistake", "number"),
    [
        ("delta1", "0.05", 2, "derivative-left-out", 0.03935),
        ("delta1", "1", 0, "derivative-left-out", 0.03935),
        ("w11_new", "0.02", 2, "step-only", -0.00785),
        ("dE/dw22", "0.08", 2, "sign-lost", 0.06886),
        ("yhat", "2", 0, "exponential-left-out", 0.90535),
    ],
)
def test_coarse_rounding_does_not_turn_a_mistake_into_another_number(
    quantity: str, answer: str, decimals: int, mistake: str, number: float
) -> None:
    """However coarsely it was rounded, the first figure of a mistake's number stays."""
    assert ids(mark("book", quantity, f"{number:.5f}", 5)) == [mistake]
    assert mistake not in ids(mark("book", quantity, answer, decimals))


# -- the same number twice -----------------------------------------------------------------------------------------


def test_two_mistakes_with_the_same_number_count_as_one() -> None:
    """With x1 = 1, δ alone is δ·x and no mistake at all; a positive Z is both no activation and ReLU; and an
    answer that is Z itself is not taken for tanh(0.1) = 0.0997."""
    assert mark("book", "dE/dw11", "0.00872").verdict is Verdict.CORRECT
    assert ids(mark("book", "H2", "0.10000000", 8)) == ["activation-left-out"]
    assert ids(mark("book", "H2", "0.1")) == ["activation-left-out"]


@pytest.mark.parametrize(
    ("which", "earlier", "quantity", "answer", "mistake"),
    [
        ("book", ("yhat", "0.474"), "delta3", "0.131", "difference-reversed"),  # a lost sign gives it, too
        ("relu", ("yhat", "0.0802"), "error", "0.92", "difference-reversed"),
        (
            "mazur",
            ("delta1", "0.00877"),
            "dE/dw2",
            "0.00877",
            "input-left-out",
        ),  # with x2 = 0.1, a moved decimal point gives it, too
        (
            "book",
            ("delta1", "0.00872"),
            "dE/dw13",
            "0.00872",
            "input-left-out",
        ),  # with x1 = 1, another input gives it, too
    ],
)
def test_a_mistake_found_in_two_ways_is_reported_once(
    which: str, earlier: tuple[str, str], quantity: str, answer: str, mistake: str
) -> None:
    """Earlier answers are rounded, so its number from them differs from its number from the true values."""
    found = marked(which, earlier, (quantity, answer))[1]
    assert (found.verdict, ids(found)) == (Verdict.WRONG, [mistake])


@pytest.mark.parametrize("decimals", [1, 3])
def test_the_term_that_is_left_out_is_named(decimals: int) -> None:
    made = Marker(build_graph(Network.from_spec({**BOOK, "inputs": [1, 1, 1]})))
    for weight, term in ((0.2, "w₁₁·x₁"), (0.4, "w₁₃·x₂")):
        found = made.mark("Z1", f"{made.graph.values['Z1'] - weight:.{decimals}f}")
        assert (found.verdict, ids(found)) == (Verdict.WRONG, ["term-left-out"])
        assert term in found.message


def test_two_mistakes_that_fit_are_offered_as_either_or() -> None:
    found = next(
        each
        for value in range(-99, 100)
        for each in [mark("mazur", "delta1", f"{value / 1000:.3f}", 3)]
        if len(each.mistakes) == 2
    )
    assert found.message.startswith("Either: ")
    assert " Or: " in found.message


def test_of_two_mistakes_with_the_same_digits_the_one_with_fewer_forms_comes_first() -> None:
    # another unit's weights can be taken in three ways, so that one of them fits by chance three times as often
    assert ids(mark("book", "yhat", "0.469")) == ["activation-too-early", "other-unit-weights"]


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_a_mistake_without_a_number_at_unrounded_values_can_be_named(value: float) -> None:
    found = Found(MistakenFormula("bias-left-out", Name("Z1"), "Z1"), Tier.EARLIER, value)
    assert best([found]) == (found,)


def test_a_mistake_within_reach_of_rounding_is_only_suggested() -> None:
    v, places = Values(graph("deep")), marker("deep").decimals("delta1")
    back = v.w2_1_1_new * v.delta3 + v.w2_1_2_new * v.delta4
    found = mark("deep", "delta1", f"{back * (1 - v.H1**2):.{places}f}")
    assert (found.verdict, ids(found)) == (Verdict.WRONG, ["updated-weights-used"])
    assert found.message.endswith("Or it is right but rounded early: show one more decimal.")
    assert mark("deep", "delta1", f"{v.delta1:.{places + 1}f}").verdict is Verdict.CORRECT


def test_an_unexplained_answer_gets_a_next_step() -> None:
    found = mark("book", "Z1", "5.55")
    assert found.mistakes == ()
    assert found.message == "Not right, and no typical mistake gives this number. Compare the first term, w₁₁·x₁."


@pytest.mark.parametrize(
    ("quantity", "next_step"),
    [
        ("H1", "Work out one line at a time, starting from Z₁."),
        ("delta1", "Take it in two parts: the sum that comes back to this unit, then the slope ∂H₁/∂Z₁."),
        ("delta3", "Take it in two parts: the difference, then the slope ∂ŷ/∂Z₃."),
        ("w21_new", "Work out the step alone first, from ∂E/∂w₂₁."),
    ],
)
def test_the_next_step_is_about_the_quantity(quantity: str, next_step: str) -> None:
    assert mark("book", quantity, "7.77").message.endswith(next_step)


# -- authors --------------------------------------------------------------------------------------------------------


def test_an_authors_mistake_comes_first() -> None:
    own = [AuthorMistake(parse("w11*x1 + w13*x2 + w15*x3"), "Do not forget θ₁, as in the lecture.")]
    for made, more in (
        (Marker(graph("book"), mistakes={"Z1": own}), {}),
        (Marker(graph("book")), {"mistakes": own}),
    ):
        found = made.mark("Z1", "-0.3", **more)  # type: ignore[arg-type]
        assert ids(found) == ["author"]
        assert found.message == "Do not forget θ₁, as in the lecture."
        assert made.mark("Z1", "-0.7", **more).verdict is Verdict.CORRECT  # type: ignore[arg-type]


def test_an_authors_mistake_is_found_from_earlier_answers() -> None:
    own = [AuthorMistake(parse("H1 + H2"), "Weights belong in here.")]
    made = Marker(graph("book"), mistakes={"Z3": own})
    typed = dict(made.mark("H1", "0.426").own)
    assert ids(made.mark("Z3", "0.951", own=typed)) == ["author"]


# -- nothing is revealed --------------------------------------------------------------------------------------------


def test_a_formula_is_read_back_without_true_values() -> None:
    found = mark("book", "Z3", "w21*H1 + w22*H2")
    assert ids(found) == ["bias-left-out"]
    assert found.read == "I read w₂₁·H₁ + w₂₂·H₂"
    assert mark("book", "Z3", "w21*H1 + w22*H2", H1="0.332", H2="0.525").read == "I read w₂₁·H₁ + w₂₂·H₂ = −0.205"


def test_every_kind_of_node_has_mistakes() -> None:
    of = graph("adam")
    for name, node in of.nodes.items():
        if node.formula is not None and node.kind not in HIDDEN_KINDS | {Kind.FACTOR}:
            assert mistakes_at(Surroundings(of), node), name


# -- messages -------------------------------------------------------------------------------------------------------


def _of_sheet(steps: dict[str, str], given: Mapping[str, object], quantity: str, answer: str) -> Mark:
    return Marker(build_graph(Worksheet.from_spec({"given": given, "steps": steps}))).mark(quantity, answer)


def test_more_digits_than_asked_tell_two_mistakes_apart() -> None:
    """0.49068 without b and 0.49 without c are the same at two decimals."""
    given = {"a": 0.5, "b": 0.98, "c": 0.98136}
    made = Marker(build_graph(Worksheet.from_spec({"given": given, "steps": {"q": "a*b*c"}})), decimals=2)
    assert made.mark("q", "0.49").message == "This leaves out the factor c."
    assert made.mark("q", "0.4907").message == "This leaves out the factor b."


def test_a_divisor_is_not_called_a_factor() -> None:
    found = _of_sheet({"v": "(a + b)/4"}, {"a": 3.3, "b": 2.2}, "v", "5.5")
    assert ids(found) == ["factor-left-out"]
    assert found.message == "This does not divide by 4."


#: Written-out formulas, what is given, and for each mistake the formula that a learner works out.
WRITTEN: list[tuple[str, Mapping[str, object], list[tuple[str, str]]]] = [
    *(
        (
            logistic,
            {"z": 0.7},
            [
                ("unfinished-sigmoid", "exp(-z)"),
                ("unfinished-sigmoid", "1 + exp(-z)"),
                ("sign-in-exponent", "1/(1 + exp(z))"),
                ("exponential-left-out", "1/(1 - z)"),
                ("activation-left-out", "z"),
                ("wrong-activation", "tanh(z)"),
                ("derivative-instead", "sigmoid(z)*(1 - sigmoid(z))"),
                ("other-power", "1/(1 + 10^(-z))"),
            ],
        )
        for logistic in ("1/(1+e^(-z))", "1/(1 + exp(-z))", "1/(e^-z + 1)", "sigmoid(z)")
    ),
    ("max(0, z)", {"z": -0.7}, [("activation-left-out", "z")]),
    (
        "exp(a)/(exp(a) + exp(b))",
        {"a": 0.5, "b": 1.2},
        [
            ("exponential-left-out", "a/(a + b)"),
            ("sign-in-exponent", "exp(-a)/(exp(-a) + exp(-b))"),
            ("other-power", "10^a/(10^a + 10^b)"),
        ],
    ),
    *(
        (
            "-y*ln(p) - (1-y)*ln(1-p)",
            {"p": 0.7, "y": y},
            [
                ("logarithm-left-out", "y*p + (1-y)*(1-p)"),
                ("logarithm-left-out", "-y*p - (1-y)*(1-p)"),
                ("sign-lost", "y*ln(p) + (1-y)*ln(1-p)"),
                ("other-logarithm", "-y*ln(1-p) - (1-y)*ln(p)"),
                ("wrong-logarithm", "-y*log10(p) - (1-y)*log10(1-p)"),
                ("every-class-counted", "-ln(p) - ln(1-p)"),
                ("wrong-loss", "(p-y)^2/2"),
                ("wrong-loss", "p-y"),
            ],
        )
        for y in (0, 1)
    ),
    (
        "-mean(y*ln(p) + (1-y)*ln(1-p))",
        {"p": [0.7, 0.2, 0.6], "y": [1, 0, 0]},
        [
            ("logarithm-left-out", "-mean(y*p + (1-y)*(1-p))"),
            ("other-logarithm", "-mean(y*ln(1-p) + (1-y)*ln(p))"),
            ("wrong-logarithm", "-mean(y*log10(p) + (1-y)*log10(1-p))"),
            ("wrong-loss", "mean((p-y)^2)"),
            ("term-left-out", "-mean(y*ln(p))"),
            ("sum-for-mean", "-sum(y*ln(p) + (1-y)*ln(1-p))"),
        ],
    ),
    (
        "-sum(y*ln(p))",
        {"p": [0.2, 0.3, 0.5], "y": [0, 1, 0]},
        [
            ("logarithm-left-out", "p[2]"),
            ("other-class", "-ln(p[3])"),
            ("every-class-counted", "-sum(ln(p))"),
            ("wrong-logarithm", "-log10(p[2])"),
            ("mean-for-sum", "-mean(y*ln(p))"),
            ("wrong-loss", "sum((p-y)^2)"),
        ],
    ),
    (
        "-sum(y*ln(p))/2",
        {"p": [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]], "y": [[0, 1, 0], [1, 0, 0]]},
        [
            ("logarithm-left-out", "-sum(y*p)/2"),
            ("other-class", "-(ln(p[1,1]) + ln(p[2,1]))/2"),
            ("every-class-counted", "-sum(ln(p))/2"),
            ("wrong-logarithm", "-sum(y*log10(p))/2"),
        ],
    ),
    ("z^k", {"z": 1.7, "k": 3}, [("doubled-for-squared", "k*z"), ("power-left-out", "z")]),
    ("w*z*z", {"z": 1.7, "w": 0.4}, [("doubled-for-squared", "2*w*z"), ("factor-left-out", "w*z")]),
    ("sum(x^2)", {"x": [1.5, 0.4, -2]}, [("power-left-out", "sum(x)"), ("doubled-for-squared", "2*sum(x)")]),
    ("m/sqrt(v)", {"m": 0.4, "v": 2.7}, [("root-left-out", "m/v"), ("doubled-for-squared", "m/(v/2)")]),
    ("norm(x)", {"x": [1.5, 0.4, -2]}, [("root-left-out", "sum(x^2)")]),
    ("lambda/2*sum(x^2)", {"lambda": 0.3, "x": [1.5, 0.4, -2]}, [("square-of-sum", "lambda/2*sum(x)^2")]),
    ("sqrt(mean(x^2))", {"x": [1.5, 0.4, -2]}, [("square-of-sum", "abs(mean(x))")]),
    ("mean(x^2)", {"x": [1.5, 0.4, 2]}, [("square-of-sum", "mean(x)^2"), ("square-of-sum", "sum(x)^2/3")]),
    ("mean(x)^2", {"x": [1.5, 0.4, 2]}, [("sum-of-squares", "mean(x^2)")]),
    ("sum(x)^2/3", {"x": [1.5, 0.4, 2]}, [("sum-of-squares", "sum(x^2)/3")]),
    ("c*(a - b)^2", {"a": 2.5, "b": 0.3, "c": 1.7}, [("sum-of-squares", "c*(a^2 - b^2)")]),
    (
        "sum((x - m)^2)/3",  # the same mistake at every term, not at one
        {"x": [1.5, 0.4, 2.9], "m": 0.7},
        [("sum-of-squares", "sum(x^2 - m^2)/3"), ("square-of-sum", "sum(x - m)^2/3")],
    ),
    ("a^2 - b^2", {"a": 2.5, "b": 0.3}, [("square-of-sum", "(a - b)^2")]),
    ("g/(sqrt(v) + eps)", {"g": 0.4, "v": 0.03, "eps": 0.01}, [("term-under-root", "g/sqrt(v + eps)")]),
    (
        "(x - m)/sqrt(mean(d^2) + eps)",
        {"x": 1.4, "m": 0.2, "d": [0.3, -0.1], "eps": 0.01},
        [("term-under-root", "(x - m)/(sqrt(mean(d^2)) + eps)")],
    ),
    (
        "w - m/(1 - beta1^3)/sqrt(v/(1 - beta2^3))",  # the averages are averages of gradients, not just any numbers
        {"w": 0.2, "m": 0.4, "v": 0.03, "beta1": 0.9, "beta2": 0.99},
        [("factor-left-out", "w - m/sqrt(v/(1 - beta2^3))")],
    ),
    (
        "e^z/(e^z + 1)",
        {"z": 0.7},
        [
            ("unfinished-sigmoid", "e^z"),
            ("unfinished-sigmoid", "e^z + 1"),
            ("unfinished-sigmoid", "e^(-z)"),
            ("sign-in-exponent", "1/(1 + e^z)"),
        ],
    ),
    ("mean(x)", {"x": [3.3, 2.2]}, [("sum-for-mean", "sum(x)")]),
    (
        "(1 - z)*h + z*n",
        {"z": 0.4491, "h": 0.8, "n": 0.9263},
        [("inputs-swapped", "z*h + (1 - z)*n"), ("term-left-out", "z*h + z*n")],
    ),
    (
        "beta2*v + (1 - beta2)*g^2",
        {"beta1": 0.9, "beta2": 0.99, "v": 0.02, "g": 0.4},
        [("inputs-swapped", "(1 - beta2)*v + beta2*g^2"), ("other-rate-used", "beta1*v + (1 - beta1)*g^2")],
    ),
    ("sum((p - c)^2)", {"p": [4, 3], "c": [2, 1.5]}, [("root-taken", "norm(p - c)")]),
    ("mean((x - mean(x))^2)", {"x": [1, 3, 5, 8]}, [("root-taken", "sqrt(mean((x - mean(x))^2))")]),
]


@pytest.mark.parametrize(
    ("formula", "given", "mistake", "wrong"),
    [
        pytest.param(formula, given, mistake, wrong, id=f"{formula}: {wrong}")
        for formula, given, of in WRITTEN
        for mistake, wrong in of
    ],
)
def test_a_written_formula_has_the_mistakes_of_its_function(
    formula: str, given: Mapping[str, object], mistake: str, wrong: str
) -> None:
    worked = build_graph(Worksheet.from_spec({"given": given, "steps": {"q": wrong}})).values["q"]
    assert ids(_of_sheet({"q": formula}, given, "q", f"{worked:.4f}"))[:1] == [mistake]


def test_round_numbers_are_not_put_down_to_two_mistakes_together() -> None:
    """The mean of the squares, 24.75, is also what two far-fetched mistakes give."""
    steps = {"mu": "mean(x)", "v": "mean((x - mu)^2)"}
    marked = Marker(build_graph(Worksheet.from_spec({"given": {"x": [1, 3, 5, 8]}, "steps": steps})), decimals=4)
    assert ids(marked.mark("v", "24.75")) == []


def test_a_softmax_without_exponentials_is_one_mistake_in_its_sum_too() -> None:
    steps = {"s": "sum(exp(z))", "p": "exp(z)/s"}
    marked = Marker(build_graph(Worksheet.from_spec({"given": {"z": [0.1, 1, -0.4]}, "steps": steps})), decimals=4)
    assert ids(marked.mark("p", "0.1429 1.4286 -0.5714")) == ["exponential-left-out"]
    assert ids(marked.mark("p", "0.1080 0.8579 0.0342")) == ["other-power"]


@pytest.mark.parametrize("p", ["sigmoid(z)", "1/(1 + e^(-z))", "softmax(z)"])
def test_a_slope_that_cancels_is_named_in_a_worksheet(p: str) -> None:
    given = {"z": [0.3, -1.2, 0.5], "y": [0, 1, 0]}
    built = build_graph(Worksheet.from_spec({"given": given, "steps": {"p": p, "d": "p - y"}}))
    of = [(built.values[f"p[{place}]"], built.values[f"d[{place}]"]) for place in (1, 2, 3)]
    found = Marker(built, decimals=4).mark("d", [f"{d * share * (1 - share):.4f}" for share, d in of])
    assert ids(found) == ["derivative-added"]


UNNAMED = {
    "a cross-entropy whose targets are numbers": ("-((1 - 0.1)*ln(a) + 0.05*ln(b) + 0.05*ln(c))", "0.9"),
    "an entropy": ("-(a*ln(a) + b*ln(b) + c*ln(c))", "0"),
    "the root of a sum of cubes": ("a^3 + b^3", "0.592"),
}


@pytest.mark.parametrize(("formula", "answer"), UNNAMED.values(), ids=UNNAMED)
def test_no_mistake_is_made_up_for_a_formula_that_cannot_have_it(formula: str, answer: str) -> None:
    built = build_graph(Worksheet.from_spec({"given": {"a": 0.7, "b": 0.2, "c": 0.1}, "steps": {"E": formula}}))
    found = Marker(built, decimals=3).mark("E", answer)
    assert found.verdict is Verdict.WRONG
    assert {"wrong-loss", "root-taken"}.isdisjoint(ids(found))


def test_a_long_formula_is_quoted_up_to_a_whole_term_and_closes_its_brackets() -> None:
    total = "+".join(f"x[{at}]*w[{at}]" for at in range(1, 5))
    given = {"x": [1, 2, 3, 4], "w": [0.1, -0.2, 0.3, -0.1], "b": 0.2}
    built = build_graph(Worksheet.from_spec({"given": given, "steps": {"p": f"1/(1+e^(-({total}+b)))"}}))
    message = Marker(built, decimals=4).mark("p", f"{1 / built.values['p']:.4f}").message
    assert message.count("(") == message.count(")")
    assert ", …" not in message


def test_a_guess_of_0_is_no_mistake_in_a_softmaxs_cross_entropy() -> None:
    """The sum of p − y, one mistake's number, is 0 whatever p and y are."""
    given = {"z": [[0.2, 0.5], [1, -1]], "y": [[1, 0], [0, 1]]}
    steps = {"p": "softmax(z)", "E": "-sum(y*ln(p))/2"}
    found = Marker(build_graph(Worksheet.from_spec({"given": given, "steps": steps})), decimals=3).mark("E", "0")
    assert (found.verdict, ids(found)) == (Verdict.WRONG, [])


def test_a_fraction_of_a_power_is_no_probability() -> None:
    steps = {"q": "e^(-r)/3", "d": "q - p"}
    built = build_graph(Worksheet.from_spec({"given": {"r": 2, "p": 0.7}, "steps": steps}))
    q, d = built.values["q"], built.values["d"]
    assert "derivative-added" not in ids(Marker(built, decimals=4).mark("d", f"{d * q * (1 - q):.4f}"))


def test_a_gradient_for_new_weights_is_the_gradient_not_what_one_cell_equals() -> None:
    """∂L/∂W[1,1] is p[1] as well, for the input is 1 and the target 0."""
    given = {"x": [1, 2], "W": [[0.2, -0.1], [0.4, 0.3]], "y": [0, 1], "a": 0.5}
    steps = {"p": "softmax(W @ x)", "L": "-sum(y*ln(p))", "G": "dL/dW", "W_new": "W - a*G"}
    built = build_graph(Worksheet.from_spec({"given": given, "steps": steps}))
    found = Marker(built, decimals=4).mark(
        "W_new", [[f"{built.values[f'G[{row},{column}]']:.4f}" for column in (1, 2)] for row in (1, 2)]
    )
    assert ids(found) == ["other-quantity"]
    assert found.message == "This is G; the question asks for W′."


def test_a_step_without_a_symbol_is_never_called_by_its_name() -> None:
    """Nothing on the screen is called w₂₁_step."""
    for which in ("book", "adam", "momentum"):
        of = graph(which)
        for name, node in of.nodes.items():
            if node.kind is Kind.STEP:
                for each in mistakes_at(Surroundings(of), node):
                    assert "_step" not in sentence(of, each)
                    assert "_step" not in where(of, name)


def test_a_gradient_averaged_twice_is_named() -> None:
    of = graph("mean")
    found = mark("mean", "dE/dtheta3", f"{of.values['dE/dtheta3'] / 2:.6f}", 6)
    assert ids(found)[0] == "divided-by-batch"


def test_the_slope_of_the_sigmoid_at_a_tanh_unit_is_named() -> None:
    of = graph("deep")
    h = of.values["H1"]
    assert "sigmoid-slope" in ids(mark("deep", "dH1/dZ1", f"{h * (1 - h):.5f}", 5))
    typed = mark_expression("H1*(1 - H1)", graph=of, asked="dH1/dZ1")
    assert ids(typed) == ["sigmoid-slope"]


def test_a_slope_of_zero_is_not_blamed_on_relu() -> None:
    """A 0 may come from anywhere, and no unit of this network is a ReLU."""
    assert mark("book", "dyhat/dZ3", "0").mistakes == ()
    assert mark("book", "dyhat/dZ3", "1").mistakes == ()


def test_an_answer_of_one_digit_blames_no_earlier_step() -> None:
    """It fits one of hundreds of changed steps by chance."""
    for which, quantity, answer in (("book", "E", "0.5"), ("mazur", "E", "0.6"), ("deep", "yhat1", "0.9")):
        found = mark(which, quantity, answer, 3)
        assert all(each.place == found.quantity for each in found.mistakes)


SCORES: dict[str, object] = {"a": [1.2, 3.1, 0.4, 2.0]}


def test_a_position_counted_from_zero_is_named() -> None:
    found = _of_sheet({"i": "argmax(a)"}, SCORES, "i", "1")
    assert ids(found) == ["counted-from-zero"]
    assert _of_sheet({"i": "argmax(a)"}, SCORES, "i", "4").mistakes == ()


def test_a_gradient_through_a_maximum_is_no_wrong_activation() -> None:
    steps = {"m": "max(a)", "L": "m^2", "g": "dL/da"}
    found = _of_sheet(steps, {"a": [1.0, 3.0, 3.0, 2.0]}, "g", "[0, 3, 3, 0]")
    assert found.verdict is Verdict.WRONG
    assert "wrong-activation" not in ids(found)


def test_at_a_saturated_unit_the_sign_in_the_exponent_comes_first() -> None:
    layers = [{"weights": [[20.0]], "bias": [0.0], "activation": "sigmoid"}]
    made = Marker(build_graph(Network.from_spec({"inputs": [1], "target": 1, "layers": layers})))
    assert ids(made.mark("yhat", "0"))[0] == "sign-in-exponent"
    assert made.mark("yhat", "1/1").message == "Right."


def test_a_number_copied_from_another_answer_is_not_two_mistakes() -> None:
    delta3 = f"{graph('book').values['delta3']:.4f}"
    found = mark("book", "delta2", delta3, 4, delta3=delta3)
    assert ids(found) == ["other-quantity"]
    assert "δ₃" in found.message


def test_a_formula_does_not_cut_digits_off() -> None:
    found = mark("book", "delta2", "w22*delta3*H2*(1 - H2)", 5, delta3="-0.131", H2="0.525")
    assert (found.verdict, found.message) == (Verdict.CORRECT, "Right.")


def test_what_has_no_symbol_is_called_by_words() -> None:
    of = graph("minus")
    for name, node in of.nodes.items():
        assert "_" not in where(of, name).replace("W_", ""), name
        assert node.kind is not Kind.BACK or "comes back" in where(of, name)


def test_a_long_formula_is_quoted_up_to_a_whole_term() -> None:
    of = build_graph(Worksheet.from_spec({"given": {"X": [[3, 1, 2], [7, 5, 4], [9, 8, 6]]}, "steps": {"P": "max(X)"}}))
    (said,) = (each.message for each in Marker(of, decimals=0).mark("P", "1").mistakes)
    assert re.search(r"max\((X\[\d,\d\], )+…\)\.$", said), said


# -- whole numbers of one digit -------------------------------------------------------------------------------------

PERCEPTRON = Marker(
    build_graph(
        Worksheet.from_spec(
            {
                "given": {
                    "w1": 3, "w2": 1, "b": -1, "alpha": 1,
                    "x1@1": 0, "x1@2": 0, "x1@3": 1, "x2@1": 0, "x2@2": 1, "x2@3": 0, "y": 0,
                },
                "steps": {
                    "Z": "w1*x1 + w2*x2 + b", "yhat": "step(Z, 1)", "e": "yhat - y",
                    "w1_new": "w1 - alpha*e*x1", "w2_new": "w2 - alpha*e*x2", "b_new": "b - alpha*e",
                },
                "repeat": 3,
            }
        )
    ),
    decimals=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "named"),
    [
        ("Z", {0: "term-left-out", 1: "sign-lost"}),  # 3 swaps w₁ and b, as if anybody did
        ("Z@2", {1: "term-left-out", 3: "factor-left-out"}),
        ("w1_new@2", {0: "step-only", 2: "factor-left-out"}),
        ("w2_new@2", {1: "not-updated", 2: "ascent", 3: "other-quantity"}),
        ("b_new@2", {0: "ascent", 1: "step-only", 2: "sign-lost", 3: "other-quantity"}),
        ("Z@3", {2: "old-value-used", 3: "term-left-out"}),
        ("w1_new@3", {0: "other-quantity", 1: "step-only", 3: "not-updated", 4: "ascent"}),
    ],
)
def test_a_whole_number_of_one_digit_gets_a_mistake_that_hardly_fits_by_chance(
    quantity: str, named: dict[int, str]
) -> None:
    right = PERCEPTRON.graph.values[quantity]
    found = {answer: PERCEPTRON.mark(quantity, str(answer)) for answer in range(10) if answer != right}
    assert {answer: each.mistakes[0].id for answer, each in found.items() if each.mistakes} == named
    assert all(each.verdict is Verdict.WRONG for each in found.values())


def test_one_digit_tells_nothing_but_does_not_hide_a_mistake_that_fits() -> None:
    said = PERCEPTRON.mark("Z@3", "5").message  # b′ with the other sign, and what else?
    assert said == "Not right, and one digit does not tell why. Compare the first term, w₁′@2·x₁@3."
    assert ids(PERCEPTRON.mark("Z@3", "5", mistakes=[AuthorMistake(parse("2*w1_new@2 - 1"), "No.")])) == ["author"]
    assert ids(Marker(PERCEPTRON.graph, decimals=1).mark("Z@3", "5.0")) == ["sign-flipped"]
