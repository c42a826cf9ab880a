"""Verdicts: a value within reach of rounding by hand is right, one that follows from an earlier mistake is consistent,
and the old weight is never accepted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exercises import BOOK, HIDDEN, OUTPUT
from tests.marking.marking_exercises import ids, mark, marked, marker
from tutor.lessons import load
from tutor.marking import Marker, Typed, Verdict
from tutor.network import Graph, Network, Worksheet, build_graph
from tutor.paths import shipped_lessons

CORRECT, IMPRECISE, FOLLOWS, WRONG = Verdict.CORRECT, Verdict.IMPRECISE, Verdict.FOLLOWS, Verdict.WRONG

# H1 = 0.331812228, H2 = 0.524979187, Z3 = −0.104539506, ŷ = 0.473888899, δ3 = −0.131169078, δ1 = 0.008724562


@pytest.mark.parametrize(
    ("quantity", "answer", "verdict"),
    [
        ("H1", "0.332", CORRECT),  # rounded
        ("H1", "0.331", CORRECT),  # cut
        ("H1", "0.3318", CORRECT),  # more precise
        ("H1", "0.331812228", CORRECT),
        ("H1", "sigmoid(Z1)", CORRECT),  # exact
        ("H1", "1/(1+e^0.7)", CORRECT),
        ("H1", "33.2 %", CORRECT),
        ("H1", "0,332", CORRECT),
        ("Z1", "-0.7", CORRECT),  # exact and shorter
        ("Z1", "-0.70", CORRECT),
        ("Z1", "−7/10", CORRECT),
        ("H1", "0.33", IMPRECISE),
        ("H1", "0.3", IMPRECISE),
        ("H1", "0.32", WRONG),
        ("H1", "0.334", WRONG),
        ("H1", "0.330", WRONG),
        ("H1", "0", WRONG),
        ("H1", "33.2", WRONG),
        ("H1", "-0.332", WRONG),
        ("delta3", "-0.1312", CORRECT),
        ("delta3", "-0.1311", CORRECT),
        ("delta3", "-0.131", CORRECT),
        ("delta3", "-0.13", IMPRECISE),
        ("delta3", "-0.14", WRONG),
        ("w21_new", "-0.261", CORRECT),
        ("w21_new", "-0.260", CORRECT),
        ("w21_new", "-0.3", WRONG),
    ],
)
def test_a_number_by_itself(quantity: str, answer: str, verdict: Verdict) -> None:
    assert mark("book", quantity, answer).verdict is verdict


def test_cut_off_digits_are_right_with_a_note() -> None:
    found = mark("book", "H1", "0.331")
    assert found.message == "Right. You cut the digits off; rounded to 3 decimals, H₁ is 0.332."
    assert mark("book", "H1", "0.332").message == "Right."


def test_a_number_that_was_rounded_twice_is_not_said_to_be_cut_off() -> None:
    """0.71095 may be kept before it is rounded to 0.711; only 0.7109 may have been cut off, and it is right anyway."""
    made = Marker(build_graph(Worksheet.from_spec({"given": {"z": 0.9}, "steps": {"h": "sigmoid(z)"}})), decimals=4)
    for answer in ("0.711", "0.7110", "0.7109"):
        assert made.mark("h", answer).message == "Right."


def test_too_few_digits_are_told_how_many_to_give() -> None:
    assert mark("book", "H1", "0.33").message == "Right as far as it goes: give 3 decimals."
    assert mark("book", "H1", "0.3", 2).message == "Right as far as it goes: give 2 decimals."
    assert mark("book", "H1", "0.33", 2).verdict is CORRECT


def test_a_step_kept_with_too_few_decimals_is_imprecise() -> None:
    """R = 0.5225 kept as 0.523."""
    spec = {"given": {"a": 0.35, "w": 1.045}, "steps": {"R": "w/2", "E": "a + R"}}
    made = Marker(build_graph(Worksheet.from_spec(spec)), decimals={"R": 4, "E": 4})
    assert made.mark("E", "0.8725", decimals=4).verdict is CORRECT
    assert made.mark("E", "0.8730", decimals=4).verdict is IMPRECISE
    assert made.mark("E", "0.873", decimals=4).verdict is IMPRECISE


def test_a_sum_of_typed_values_is_right_and_one_of_coarser_values_is_wrong() -> None:
    """Z3 is −0.1045; from H = 0.332 and 0.525 it is −0.1046, from H = 0.33 and 0.52 −0.1030."""
    assert mark("book", "Z3", "-0.1046", 4, H1="0.332", H2="0.525").verdict is CORRECT
    assert mark("book", "Z3", "-0.1030", 4).verdict is WRONG


def test_significant_figures_are_converted_to_decimals() -> None:
    made = marker("book")
    assert made.mark("delta1", "0.00872", figures=3).verdict is CORRECT
    assert made.mark("delta1", "0.009", figures=3).verdict is IMPRECISE
    assert made.mark("delta1", "0.009", figures=1).verdict is CORRECT


@pytest.mark.parametrize(
    "answers",
    [
        # every step rounded to 3 decimals
        [("H1", "0.332"), ("H2", "0.525"), ("Z3", "-0.105"), ("yhat", "0.474"), ("delta3", "-0.131")],
        # cut off at every step
        [("H1", "0.331"), ("H2", "0.524"), ("Z3", "-0.104"), ("yhat", "0.474"), ("delta3", "-0.131")],
        # ŷ typed in full, but δ₃ worked out from the rounded one
        [("yhat", "0.473888899"), ("delta3", "-0.1311")],
        # nothing rounded
        [("delta3", "-0.131169078")],
    ],
)
def test_earlier_right_answers_count_with_the_digits_typed(answers: list[tuple[str, str]]) -> None:
    assert [one.verdict for one in marked("book", *answers)] == [CORRECT] * len(answers)


# -- follow-through -------------------------------------------------------------------------------------------------


def test_one_mistake_counts_once() -> None:
    found = marked(
        "book",
        ("Z1", "-0.3"),  # the bias is missing
        ("Z2", "0.1"),
        ("H1", "0.426"),  # σ(−0.3)
        ("H2", "0.525"),
        ("Z3", "-0.133"),
        ("yhat", "0.467"),
        ("delta3", "-0.133"),
        ("delta1", "0.0097"),
    )
    assert [one.verdict for one in found] == [WRONG, CORRECT, FOLLOWS, CORRECT, FOLLOWS, FOLLOWS, FOLLOWS, FOLLOWS]
    assert ids(found[0]) == ["bias-left-out"]
    for one in found:
        if one.verdict is FOLLOWS:
            assert one.because[0] == "Z1"
            assert "Z₁" in one.message


def test_the_first_place_that_went_wrong_is_named() -> None:
    """What depends on two mistakes names both, the earlier first."""
    found = marked("book", ("Z1", "-0.3"), ("Z2", "-0.1"), ("H1", "0.426"), ("H2", "0.475"), ("Z3", "-0.123"))
    assert found[2].because == ("Z1",)
    assert found[3].because == ("Z2",)
    assert found[4].because == ("Z1", "Z2")


def test_only_the_mistake_whose_number_was_used_is_named() -> None:
    """The second mistake does not follow from the first, and Z₃ is worked out from the second."""
    found = marked("relu", ("Z2", "-0.1"), ("hidden.H", ["0", "-0.15"]), ("Z3", "0.13"))
    assert [one.verdict for one in found] == [WRONG, WRONG, FOLLOWS]
    assert found[2].because == ("H2",)
    assert found[2].message.startswith("Consistent: it follows from your H₂ = −0.15. ")


def test_a_wrong_number_without_effect_is_not_named() -> None:
    """Where ReLU is flat, the bias left out of Z₁ changes nothing."""
    found = marked("relu", ("Z1", "-0.3"), ("Z2", "0.3"), ("Z3", "0.04"))
    assert [one.verdict for one in found] == [WRONG, WRONG, FOLLOWS]
    assert found[2].because == ("Z2",)


def test_a_new_mistake_after_an_old_one_is_named() -> None:
    found = marked("book", ("Z1", "-0.3"), ("H1", "0.426"), ("H2", "0.525"), ("Z3", "-0.233"))
    assert found[-1].verdict is WRONG
    assert ids(found[-1]) == ["bias-left-out"]


def test_right_values_after_a_mistake_are_right() -> None:
    """The learner fixed the mistake on paper and continued."""
    found = marked("book", ("Z1", "-0.3"), ("H1", "0.332"), ("yhat", "0.474"))
    assert [one.verdict for one in found] == [WRONG, CORRECT, CORRECT]


def test_what_follows_from_too_few_digits_is_consistent() -> None:
    found = marked("book", ("H1", "0.3"), ("H2", "0.5"), ("Z3", "-0.09"))
    assert [one.verdict for one in found] == [IMPRECISE, IMPRECISE, FOLLOWS]
    assert found[2].because == ("H1", "H2")
    assert found[2].message.startswith("Consistent: it follows from your H₁ = 0.3, which needs more digits.")


def test_an_unanswered_step_counts_as_its_true_value() -> None:
    assert mark("book", "delta1", "0.0087").verdict is CORRECT


@pytest.mark.parametrize("filled", ["0", "1", "0.5"])
def test_one_number_typed_everywhere_earns_next_to_nothing(filled: str) -> None:
    """It counts only where it happens to be right."""
    order = ["Z1", "Z2", "H1", "H2", "Z3", "yhat", "delta3", "delta1", "delta2", "dE/dw21", "dE/dw11", "w21_new"]
    found = marked("book", *((name, filled) for name in order))
    free = [one.quantity for one in found[2:] if one.verdict in (CORRECT, FOLLOWS)]
    assert len(free) <= 1, free


def test_zeros_after_zeros_are_not_consistent() -> None:
    found = marked("book", ("delta3", "0"), ("delta1", "0"), ("delta2", "0"), ("dE/dw11", "0"), ("dE/dw12", "0"))
    assert [one.verdict for one in found] == [WRONG] * 5


@pytest.mark.parametrize(
    ("quantity", "answer", "own", "verdict", "mistakes"),
    [
        # rounding may lead from the earlier answer to it; the mistake gives it to the last digit
        ("w22_new", "-0.131", {"error": "-0.594"}, WRONG, ["rate-left-out"]),
        ("w11_new", "0.1913", {"Z1": "-0.247"}, WRONG, ["rate-left-out"]),
        ("H1", "0.668", {"Z1": "0.7"}, FOLLOWS, []),  # as exactly as the sign in the exponent gives it
    ],
)
def test_a_mistake_to_the_last_digit_comes_before_what_follows_roughly(
    quantity: str, answer: str, own: dict[str, str], verdict: Verdict, mistakes: list[str]
) -> None:
    found = mark("book", quantity, answer, **own)
    assert found.verdict is verdict
    assert ids(found) == mistakes
    assert found.because == tuple(own)


def test_a_zero_may_follow_from_an_earlier_mistake() -> None:
    """After a wrong negative sum the ReLU gives 0, and the rest is worked out from it."""
    found = marked("relu", ("Z2", "-0.1"), ("H2", "0"), ("Z3", "0.1"), ("yhat", "0.1"))
    assert [one.verdict for one in found] == [WRONG, FOLLOWS, FOLLOWS, FOLLOWS]
    assert found[-1].because == ("Z2",)


def test_fixing_an_answer_marks_the_later_ones_again() -> None:
    made = marker("book")
    own = dict(made.mark("Z1", "-0.3").own)
    assert made.mark("H1", "0.426", own=own).verdict is FOLLOWS
    assert made.mark("H1", "0.332", own=own).verdict is CORRECT
    own = dict(made.mark("Z1", "-0.7", own=own).own)
    assert made.mark("H1", "0.426", own=own).verdict is WRONG
    assert made.mark("H1", "0.332", own=own).verdict is CORRECT


def test_a_mark_does_not_depend_on_what_was_marked_before() -> None:

    made = Marker(build_graph(Network.from_spec(BOOK)))
    fresh = Marker(build_graph(Network.from_spec(BOOK)))
    for answer in ("-0.3", "0.7", "-0.7", "zero", "0"):
        made.mark("Z1", answer)
        made.mark("H1", "0.426", own={"Z1": Typed(-0.3, 1)})
    assert made.mark("H1", "0.426").verdict is fresh.mark("H1", "0.426").verdict


# -- updates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.9, 0.1, 0.01, 0.001, 0.0001])
def test_the_old_weight_is_never_right(rate: float) -> None:
    graph = build_graph(Network.from_spec({**BOOK, "optimizer": {"sgd": {"lr": rate}}}))
    made = Marker(graph)
    for name, old in (("w21", "-0.3"), ("w22", "-0.2"), ("w11", "0.2"), ("w16", "0.2"), ("theta3", "0.1")):
        for answer in (old, old + "00", old + "000000", name):
            found = made.mark(f"{name}_new", answer)
            assert found.verdict is WRONG, (name, answer)
            assert ids(found)[0] == "not-updated"
        places = made.decimals(f"{name}_new")
        assert made.mark(f"{name}_new", f"{graph.values[name + '_new']:.{places}f}").verdict is CORRECT


def test_mazurs_old_weight_is_wrong() -> None:
    for answer in ("0.15", "0.150", "0.1500", "w1"):
        assert ids(mark("mazur", "w1_new", answer)) == ["not-updated"]
    assert mark("mazur", "w1_new", "0.149780716").verdict is CORRECT
    assert mark("mazur", "w1_new", "0.14978").verdict is CORRECT


def test_a_step_of_exactly_zero_leaves_the_old_weight() -> None:
    """The input is 0, the unit is dead, or biases are not updated."""
    assert mark("book", "w13_new", "0.4").verdict is CORRECT
    assert mark("book", "w13_new", "0.4000").verdict is CORRECT
    assert mark("relu", "w11_new", "0.2").verdict is CORRECT
    assert mark("relu", "theta1_new", "-0.4").verdict is CORRECT
    assert mark("mazur", "theta1_new", "0.35").verdict is CORRECT
    for quantity, answer in (("w13_new", "0.401"), ("w13_new", "0.399"), ("w14_new", "0.101")):
        assert mark("book", quantity, answer).verdict is WRONG


def test_if_the_decimals_hide_a_step_the_rounded_value_is_right() -> None:
    """Where an author insists on three decimals, −0.199908 is −0.200."""
    assert mark("relu", "w22_new", "-0.200", 3).verdict is CORRECT
    assert mark("relu", "w22_new", "-0.2", 3).verdict is CORRECT
    assert mark("relu", "w22_new", "-0.2").verdict is WRONG


# -- zeros ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["0", "-0", "−0", "0.0", "-0.000", "0,000", "0*5", "x1*0"])
@pytest.mark.parametrize("quantity", ["H1", "delta1", "dE/dw21", "dE/dw11", "dE/dtheta1"])
def test_an_exact_zero_is_right_however_it_is_written(quantity: str, answer: str) -> None:

    assert mark("relu", quantity, answer).verdict is CORRECT


@pytest.mark.parametrize("answer", ["0.001", "-0.001", "0.05", "0.0006"])
def test_an_exact_zero_has_no_tolerance(answer: str) -> None:
    assert mark("relu", "H1", answer).verdict is WRONG


def test_a_dead_unit_stays_dead_despite_floating_point_errors() -> None:
    spec = {
        "inputs": [1, 1],
        "target": 1,
        "layers": [
            {"weights": [[0.3, 0.1], [0.2, 0.1]], "bias": [-0.5, 0.1], "activation": "relu"},
            {"weights": [[0.5], [0.5]], "bias": [0.1], "activation": "linear"},
        ],
        "optimizer": {"sgd": {"lr": 0.1}},
    }
    made = Marker(build_graph(Network.from_spec(spec)))
    for name in ("Z1", "H1", "dH1/dZ1", "delta1"):
        assert made.mark(name, "0").verdict is CORRECT


def test_near_a_kink_the_slopes_of_both_sides_are_right() -> None:
    """Z = 0.0003 is written 0.000, and then its slope is 0."""
    spec = {
        "inputs": [1],
        "target": 1,
        "layers": [
            {"weights": [[0.1]], "bias": [0.03], "activation": "sigmoid"},
            {"weights": [[-0.5]], "bias": [0.2665], "activation": "relu"},
        ],
        "optimizer": {"sgd": {"lr": 0.1}},
    }
    graph = build_graph(Network.from_spec(spec))
    assert 0 < graph.values["Z2"] < 0.0005
    made = Marker(graph, decimals=3)
    assert made.mark("delta2", "0").verdict is CORRECT
    assert made.mark("delta2", f"{graph.values['delta2']:.3f}").verdict is CORRECT
    assert made.mark("delta2", "0.5").verdict is WRONG


def test_an_answer_from_an_exact_number_has_no_tolerance() -> None:
    """Z1 is exactly −1.44, so leaky ReLU gives −0.144, and −0.143 is not a rounding of it."""
    layers = [
        {"weights": [[1.2], [-1.4]], "bias": [-0.6], "activation": {"leaky_relu": {"slope": 0.1}}},
        {"weights": [[0.5]], "activation": "linear"},
    ]
    spec = {"inputs": [-0.7, 0], "target": 1, "layers": layers, "optimizer": {"sgd": {"lr": 0.1}}}
    made = Marker(build_graph(Network.from_spec(spec)))
    own = made.mark("Z1", "-1.440").own
    assert made.mark("H1", "-0.144", own=own).verdict is CORRECT
    for wrong in ("-0.143", "-0.145"):
        assert made.mark("H1", wrong, own=own).verdict is WRONG


def test_a_loss_worked_out_from_the_digits_asked_for_is_right() -> None:
    """ŷ = 0.0000663 is written 0.0001, and −ln 0.0001 is 9.21: the lesson asked for no more."""
    layers = [{"weights": [[-0.962]], "bias": [0.0], "activation": "sigmoid"}]
    spec = {"inputs": [10], "target": 1, "layers": layers, "loss": "binary_cross_entropy"}
    made = Marker(build_graph(Network.from_spec(spec)))
    assert made.mark("E", "9.210", own={"yhat": Typed(0.0001, 4)}).verdict is CORRECT
    assert made.mark("E", "9.620").verdict is CORRECT
    assert made.mark("E", "9.100").verdict is WRONG


def test_equal_quantities_may_differ_after_rounding() -> None:
    """In Adam's first step m̂ is the gradient; from a rounded m it is a little off, and both are right."""
    graph = marker("adam").graph
    for name in ("w21", "w22", "w11", "theta3"):
        m, g = round(graph.values[f"{name}_m"], 5), graph.values[f"dE/d{name}"]
        own = {f"{name}_m": Typed(m, 5, 5)}
        assert marker("adam").mark(f"{name}_mhat", f"{m / 0.1:.5f}", own=own).verdict is CORRECT
        assert marker("adam").mark(f"{name}_mhat", f"{g:.5f}", own=own).verdict is CORRECT


def test_a_wrong_sign_is_carried_on() -> None:
    found = marked("relu", ("error", "0.92"), ("delta3", "0.92"))
    assert [one.verdict for one in found] == [WRONG, FOLLOWS]
    spec = {
        "inputs": [1],
        "target": 0.5,
        "layers": [{"weights": [[-1]], "activation": "linear"}],
        "optimizer": {"sgd": {"lr": 0.1}},
    }
    made = Marker(build_graph(Network.from_spec(spec)))
    own = made.mark("yhat", "1").own
    assert made.mark("E", "0.125", own=own).verdict is FOLLOWS


# -- decimals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "quantity", "decimals"),
    [
        ("book", "Z1", 3),
        ("book", "delta3", 3),
        ("book", "delta1", 5),
        ("book", "dE/dw11", 5),
        ("book", "w21_new", 3),
        ("relu", "w22_new", 6),
        ("mazur", "w1_new", 5),
        ("mazur", "dE/dw1", 6),
        ("mazur", "hidden.W_new", 5),
    ],
)
def test_the_decimals_asked_for_show_the_work(which: str, quantity: str, decimals: int) -> None:
    assert marker(which).decimals(quantity) == decimals


def test_a_lesson_may_ask_for_other_decimals() -> None:
    made = Marker(build_graph(Network.from_spec(BOOK)), decimals={"H1": 1, "yhat": 5})
    assert made.mark("H1", "0.3").verdict is CORRECT
    assert made.mark("H2", "0.525").verdict is CORRECT
    assert made.mark("H2", "0.5").verdict is IMPRECISE
    assert Marker(made.graph, decimals=5).mark("Z3", "-0.105").verdict is IMPRECISE


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("0.515248", CORRECT),
        ("0.515236", IMPRECISE),  # Z3@2 kept with 4 decimals
        ("0.515500", IMPRECISE),  # within reach of 3 decimals on the way
        ("0.517", WRONG),
    ],
)
def test_steps_not_asked_for_need_the_decimals_of_the_answer(answer: str, verdict: Verdict) -> None:
    made = Marker(build_graph(Network.from_spec(BOOK), steps=2), decimals={"yhat@2": 6})
    assert made.mark("yhat@2", answer).verdict is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("594.4", CORRECT), ("594.2", CORRECT), ("595.0", IMPRECISE), ("596.0", IMPRECISE), ("620.0", WRONG)],
)
def test_steps_not_asked_for_need_the_most_decimals_of_any(answer: str, verdict: Verdict) -> None:
    """The loss is asked to one decimal, the outputs before it to two."""
    graph = load(shipped_lessons() / "08-pytorch-components.yaml").graph("orchard")
    found = Marker(graph, decimals={"yhat1": 2, "yhat2": 2, "E": 1}).mark("E", answer)
    assert found.verdict is verdict
    assert verdict is not IMPRECISE or "Keep 2 decimals" in found.message


@pytest.mark.parametrize(
    ("quantity", "answer", "says"),
    [
        ("E@2", "0.1", "With so few decimals, this is also the value before the update. Give 4 decimals."),
        ("H1@2", "0.33", "With so few decimals, this is also the value before the update. Give 4 decimals."),
        ("H1@2", "0.3318", "Not right: this is the value before the update."),
    ],
)
def test_the_value_before_an_update_is_recognised_by_its_digits(quantity: str, answer: str, says: str) -> None:
    made = Marker(build_graph(Network.from_spec(BOOK), steps=2), decimals={"E@2": 4, "H1@2": 4})
    assert made.mark(quantity, answer).message == says


# -- more digits than asked for -------------------------------------------------------------------------------------


def test_a_mistake_in_digits_beyond_those_asked_for_is_named() -> None:
    """The loss that Mazur prints after the step comes from output weights that were already updated."""
    found = mark("mazur", "E@2", "0.291027924")
    assert found.verdict is CORRECT
    assert ids(found) == ["updated-weights-used"]
    assert found.message.startswith("Right to the 3 decimals asked for, but not in the digits after them.")
    assert ids(mark("mazur", "E@2", "0.291027774")) == []
    assert ids(mark("mazur", "E@2", "0.291027924", 9)) == ["updated-weights-used"]
    assert mark("mazur", "E@2", "0.291027924", 9).verdict is WRONG
    own: dict[str, Any] = {"w1_new": "0.149780716", "w2_new": "0.19956143", "w3_new": "0.24975114"}
    assert ids(mark("mazur", "E@2", "0.291027924", 9, **own)) == ["updated-weights-used"]


def test_extra_digits_from_rounded_numbers_are_no_mistake() -> None:
    """σ(−0.105) in full differs from ŷ in the fourth decimal."""
    assert mark("book", "yhat", "0.473774").message == "Right."
    assert mark("book", "yhat", "0.4737741", H1="0.332", H2="0.525", Z3="-0.105").message == "Right."


# -- small divisors ------------------------------------------------------------------------------------------------


def test_small_divisors_keep_their_figures() -> None:
    """Adam's v is a thousandth of a square; rounding it to three decimals does not excuse another step."""
    for which, quantity, right in (("adam-sheet", "w_new", "0.9"), ("adam", "w22_new", "-0.1")):
        assert mark(which, quantity, right).verdict is CORRECT
        for wrong in ("0.87", "0.95", "0.7", "-0.13", "-0.05", "1.4"):
            assert mark(which, quantity, wrong).verdict is WRONG, (which, wrong)


@pytest.mark.parametrize("answer", ["-42.800", "-1.000", "4.000"])
def test_a_tolerance_wider_than_the_value_does_not_accept_everything(answer: str) -> None:
    """RMSprop divides by the root of 0.00000000000014, so the tolerance of its step would be millions."""
    steps = {"h": "a + 0.0003", "k": "tanh(b)", "g": "tanh(h*k)", "v": "0.01*g^2"}
    spec = {
        "given": {"w": 0.5, "a": -0.0021, "b": 0.0021},
        "steps": {**steps, "w_new": "w - 0.1*g/(sqrt(v) + 0.00000001)"},
    }
    made = Marker(build_graph(Worksheet.from_spec(spec)))
    assert made.mark("w_new", "1.474", decimals=3).verdict is CORRECT
    assert made.mark("w_new", answer, decimals=3).verdict is WRONG


# -- step functions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ("0 0 0 1", CORRECT),
        ("0 0 0 0", WRONG),  # the step of 0.5 is 1, although 0.5 may be rounded to 0
        ("0 1 0 1", WRONG),
        ("1 1 1 1", WRONG),
    ],
)
def test_a_step_function_takes_the_sum_before_rounding(answers: str, verdict: Verdict) -> None:
    """A gate's four answers, with no decimals asked for; its sums are −1.5, −0.5, −0.5 and 0.5."""
    found = Marker(gate(), decimals={"yhat": 0}).mark("yhat", answers)
    assert found.verdict is verdict
    assert "wrong-activation" not in ids(found), "σ(−0.5) is 0.38 and with no decimals 0"


def gate() -> Graph:
    """Return the graph of a unit that computes AND, with all four samples."""
    layer = {"weights": [[1], [1]], "bias": [-1.5], "activation": "step"}
    pairs = [[0, 0], [0, 1], [1, 0], [1, 1]]
    return build_graph(Network.from_spec({"inputs": pairs, "target": [0, 0, 0, 1], "layers": [layer]}))


# -- the conventions of a lesson -----------------------------------------------------------------------------------


def test_messages_use_the_symbols_of_the_class() -> None:
    spec = {**BOOK, "notation": {"sum": "net", "activation": "out", "bias": "b"}}
    made = Marker(build_graph(Network.from_spec(spec)))
    assert made.mark("Z1", "-0.3").message == "This leaves out the bias b₁."


@pytest.mark.parametrize("sign", ["plus", "minus"])
def test_the_lesson_sets_the_sign_of_delta(sign: str) -> None:
    made = Marker(build_graph(Network.from_spec({**BOOK, "delta_sign": sign})))
    right, other = ("-0.131", "0.131") if sign == "plus" else ("0.131", "-0.131")
    assert made.mark("delta3", right).verdict is CORRECT
    assert ids(made.mark("delta3", other)) == ["difference-reversed"]
    assert made.mark("dE/dw22", "-0.0689").verdict is CORRECT
    assert made.mark("w22_new", "-0.138").verdict is CORRECT


def test_a_layer_without_a_bias_cannot_leave_it_out() -> None:
    bare = [{key: value for key, value in layer.items() if key != "bias"} for layer in (HIDDEN, OUTPUT)]
    made = Marker(build_graph(Network.from_spec({**BOOK, "layers": bare})))
    assert made.mark("Z1", "-0.3").verdict is CORRECT


@pytest.mark.parametrize(
    ("typed", "right"), [("330000", True), ("333333", True), ("3.3e5", True), ("340000", False), ("33000", False)]
)
def test_figures_may_round_whole_digits_away(typed: str, right: bool) -> None:
    made = Marker(build_graph(Worksheet.from_spec({"given": {"a": 1_000_000}, "steps": {"b": "a/3"}})))
    assert (made.mark("b", typed, figures=2).verdict is CORRECT) is right


# -- where something small divides or nearly cancels, and where few digits are typed ----------------------------------

ADAM = {
    "given": {
        "w": 1.0, "m": 0, "v": 0, "g@1": 0.4, "g@2": 0.3,
        "alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
    },
    "steps": {
        "m_new": "beta1*m + (1 - beta1)*g",
        "v_new": "beta2*v + (1 - beta2)*g^2",
        "m_hat": "m_new/(1 - beta1^t)",
        "v_hat": "v_new/(1 - beta2^t)",
        "w_new": "w - alpha*m_hat/(sqrt(v_hat) + eps)",
    },
    "repeat": 2,
}  # fmt: skip
QUOTIENT = {
    "given": {"w": 0.5, "h": 0.01, "y": 1},
    "steps": {"a": "(sigmoid(w) - y)^2/2", "b": "(sigmoid(w + h) - y)^2/2", "q": "(b - a)/h"},
}


@pytest.mark.parametrize(
    ("spec", "decimals", "quantity", "right", "wrong"),
    [
        (ADAM, {"v_new": 6, "w_new": 3}, "w_new", "0.900", ("0.792", "0.85", "0.850", "0.954", "1.05")),
        (ADAM, {"v_new": 6, "v_hat": 2}, "v_hat", "0.16", ("0.13", "0.14", "0.18", "0.20")),
        (QUOTIENT, {"a": 5, "b": 5, "q": 3}, "q", "-0.088", ("-0.053", "-0.044", "-0.106", "-0.132", "0.000")),
        (QUOTIENT, None, "q", "-0.088", ("-0.053", "-0.044", "-0.132")),
    ],
)
def test_a_wrong_number_fails_despite_a_small_divisor(
    spec: dict[str, Any], decimals: dict[str, int] | None, quantity: str, right: str, wrong: tuple[str, ...]
) -> None:
    made = Marker(build_graph(Worksheet.from_spec(spec)), decimals=decimals)
    assert made.mark(quantity, right).verdict is CORRECT
    assert [made.mark(quantity, answer).verdict for answer in wrong] == [WRONG] * len(wrong)


def test_a_step_may_be_carried_with_the_decimals_it_is_asked_to() -> None:
    """0.000160 for v, typed to its six decimals, leads to the same w as the exact one."""
    made = Marker(build_graph(Worksheet.from_spec(ADAM)), decimals={"v_new": 6, "v_hat": 3, "w_new": 3})
    first = made.mark("v_new", "0.000160")
    assert made.mark("v_hat", "0.160", own=first.own).verdict is CORRECT
    assert made.mark("w_new", "0.9", own=first.own).verdict is CORRECT


TWO_STEPS = {**BOOK, "optimizer": {"sgd": {"lr": 0.1}}}


@pytest.mark.parametrize(("name", "kept"), [("yhat@2", 2), ("Z3@2", 3), ("H1@2", 3), ("w21_new", 3)])
def test_the_value_before_an_update_is_never_imprecise(name: str, kept: int) -> None:
    """Asked to six decimals, it is refused however few of its digits are typed."""
    graph = build_graph(Network.from_spec(TWO_STEPS), 2)
    made = Marker(graph, decimals={name: 6})
    before = graph.values["w21" if name == "w21_new" else name.removesuffix("@2")]
    for decimals in (kept, 6):
        assert made.mark(name, f"{before:.{decimals}f}").verdict is WRONG
    assert made.mark(name, f"{graph.values[name]:.6f}").verdict is CORRECT


@pytest.mark.parametrize(
    ("quantity", "answer", "verdict"),
    [
        ("H2", "0.52", IMPRECISE),  # 0.524979187 rounded, or cut
        ("H2", "0.53", WRONG),  # rounded twice
        ("Z3", "-0.10", IMPRECISE),
        ("Z3", "-0.11", WRONG),
        ("H2", "0.525", IMPRECISE),
        ("H2", "0.5251", WRONG),
        ("H2", "0.52498", IMPRECISE),
        ("E", "0.13", IMPRECISE),  # 0.138396 cut
        ("E", "0.138", IMPRECISE),
        ("E", "0.139", WRONG),
    ],
)
def test_fewer_digits_than_asked_are_imprecise_if_each_is_right(quantity: str, answer: str, verdict: Verdict) -> None:
    assert (
        Marker(build_graph(Network.from_spec(BOOK)), decimals={quantity: 6}).mark(quantity, answer).verdict is verdict
    )


def test_a_given_number_is_recognised_and_not_carried_on() -> None:
    made = marker("book")
    for answer, verdict in (("1", CORRECT), ("5", WRONG)):
        found = made.mark("x1", answer)
        assert found.verdict is verdict
        assert "x₁ = 1 is given" in found.message
        assert found.own == {}
    whole = made.mark("hidden.W", "[[0.2, -0.3], [0.4, 0.1], [-0.5, 9]]")
    assert [cell.verdict for cell in whole.cells] == [CORRECT] * 5 + [WRONG]


def test_a_fraction_is_wrong_for_a_whole_number() -> None:
    made = Marker(build_graph(Worksheet.from_spec({"given": {"n": 86, "k": 8}, "steps": {"b": "n/k + 0.25"}})))
    verdicts = [made.mark("b", answer, decimals=0).verdict for answer in ("11", "11.0", "10.75", "10.5", "11.4")]
    assert verdicts == [CORRECT, CORRECT, WRONG, WRONG, WRONG]


@pytest.mark.parametrize(("answer", "verdict"), [("0.422", IMPRECISE), ("0.4222", IMPRECISE), ("0.422244", CORRECT)])
def test_a_short_answer_is_imprecise_even_if_rounding_could_reach_it(answer: str, verdict: Verdict) -> None:
    """Rounding on the way could turn 0.42224416 into 0.422000, but three digits are too few."""
    layers = [{"weights": [[0.4], [0.2]], "bias": [0], "activation": "sigmoid"}, {"weights": [[0.5]], "bias": [0.1]}]
    graph = build_graph(Network.from_spec({"inputs": [0.3, 0.1], "target": 1.2, "layers": layers}))
    made = Marker(graph, decimals={"E": 6, "H1": 2, "yhat": 2})
    loss = graph.values["E"]
    typed = f"{loss:.{len(answer) - 2}f}"
    assert made.mark("E", typed).verdict is verdict


@pytest.mark.parametrize("answer", ["0.43", "0.42", "0.4"])
def test_a_short_answer_may_follow_from_an_earlier_mistake(answer: str) -> None:
    """σ(−0.3) = 0.42556 after a weighted sum without its bias."""
    _, found = marked("book", ("Z1", "-0.3"), ("H1", answer))
    assert (found.verdict, found.because) == (FOLLOWS, ("Z1",))
    assert "3 decimals" in found.message


def test_a_fraction_for_a_count_is_not_blamed_on_an_earlier_step() -> None:
    """0.7 cannot be a number of true positives, whatever mistake was made in a sum."""
    spec = {"given": {"p": [0.9, 0.8, 0.7, 0.3], "y": [1, 0, 1, 1]}, "steps": {"a": "step(p - 0.5)", "n": "sum(a*y)"}}
    found = Marker(build_graph(Worksheet.from_spec(spec))).mark("n", "0.7", decimals=0)
    assert (found.verdict, found.mistakes) == (WRONG, ())
    assert "whole number" in found.message


#: By hand, a + b = 0.3 and p = 0.30; with all digits, p is 0.2996.
CONDITIONS: dict[str, Any] = {
    "given": {"a": 0.1, "b": 0.2, "c": 0.7, "d": 0.428, "w": 1.37},
    "steps": {
        "x": "a + b", "s": "x <= 0.3", "r": "step(x - 0.3)", "y": "w*s + x", "u": "w*s + w*r",
        "p": "c*d", "q": "p < 0.3", "v": "w*q", "n": "not p < 0.3", "m": "w*n",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "answer", "own", "verdict"),
    [
        ("s", "1", {}, CORRECT), ("s", "1", {"x": 0.3}, CORRECT), ("s", "0", {}, WRONG),
        ("r", "0", {}, CORRECT), ("r", "0", {"x": 0.3}, CORRECT), ("r", "1", {}, WRONG),
        ("y", "1.67", {"x": 0.3, "s": 1.0}, CORRECT), ("y", "0.3", {}, WRONG), ("y", "0.3", {"s": 0.0}, FOLLOWS),
        ("u", "0", {"s": 0.0}, FOLLOWS), ("u", "1.05", {}, WRONG),
        # rounding decides on which side of 0.3 the product is
        ("q", "1", {}, CORRECT), ("q", "0", {}, CORRECT), ("q", "0", {"p": 0.3}, CORRECT), ("v", "0", {}, CORRECT),
        ("m", "0", {}, CORRECT), ("m", "1.37", {}, CORRECT), ("m", "0.7", {}, WRONG),
    ],
)  # fmt: skip
def test_a_condition_is_judged_as_by_hand(quantity: str, answer: str, own: dict[str, float], verdict: Verdict) -> None:
    made = Marker(build_graph(Worksheet.from_spec(CONDITIONS)), decimals={"p": 2, "y": 2, "v": 2, "m": 2, "u": 2})
    assert made.mark(quantity, answer, own=own).verdict is verdict


def test_a_rounding_error_is_not_divided_by_its_own_size() -> None:
    """3·p − q is 0; from p and q rounded it is 0.001, and an update by its sign would be 0.1 off."""
    steps = {"p": "exp(0.5)", "q": "3*exp(0.5)", "g": "3*p - q", "s": "g/(sqrt(g^2) + 0.00000001)", "r": "2 + 0.1*s"}
    made = Marker(build_graph(Worksheet.from_spec({"given": {"a": 1}, "steps": steps})))
    assert made.mark("r", "2").verdict is CORRECT
    assert made.mark("r", "2.1").verdict is WRONG
    assert made.mark("r", "1.9").verdict is WRONG


def test_a_step_may_be_kept_with_one_decimal_more_than_asked() -> None:
    """g = 0.01234549 is asked to five decimals; kept to six, it leads to 0.05 where all digits lead to 0.0549."""
    spec = {"given": {"a": 0.01234549, "b": 1}, "steps": {"g": "a*b", "r": "10000*g - 123.4"}}
    made = Marker(build_graph(Worksheet.from_spec(spec)), decimals={"g": 5, "r": 3})
    assert [made.mark("r", answer).verdict for answer in ("0.055", "0.050", "0.047")] == [CORRECT, CORRECT, WRONG]


@pytest.mark.parametrize(
    ("lesson", "of", "quantity", "answer", "verdict"),
    [
        ("16-vanishing-gradients", "chain", "delta3", "-0.02", Verdict.IMPRECISE),  # −0.01941; new weights: −0.01995
        ("15-momentum-and-adam", "adam", "m_new@2", "0.07", Verdict.WRONG),  # 0.066; without β₁ just 0.07
    ],
)
def test_few_digits_are_imprecise_unless_a_mistake_gives_exactly_them(
    lesson: str, of: str, quantity: str, answer: str, verdict: Verdict
) -> None:
    graph = load(shipped_lessons() / f"{lesson}.yaml").graph(of)
    assert Marker(graph).mark(quantity, answer, own={}, decimals=4).verdict is verdict


@pytest.mark.parametrize(
    ("of", "answer", "mistakes"),
    [
        ("sigmoid", "0.5148", ["old-value-used"]),  # the new output weights with the old H₁ and H₂
        ("classroom", "0.6345", []),  # every step rounded to three decimals gives it
    ],
)
def test_an_earlier_mistake_to_the_last_digit_is_told_beside_early_rounding(
    of: str, answer: str, mistakes: list[str]
) -> None:
    graph = load(shipped_lessons() / "04-backpropagation.yaml").graph(of)
    found = Marker(graph, decimals=4).mark("yhat@2", answer)
    assert found.verdict is IMPRECISE
    assert ids(found) == mistakes
    assert found.message.startswith("Nearly: rounded too early.")
    assert all(each.message[1:] in found.message for each in found.mistakes)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("1", "Rounded too far to tell: give 3 decimals."),  # the loss is 0.966
        ("2", "Not right, and no typical mistake"),
        ("0", "Not right, and no typical mistake"),  # 0 says too little
    ],
)
def test_a_value_rounded_to_one_figure_needs_more_decimals(answer: str, said: str) -> None:
    worksheet = Worksheet.from_spec({"given": {"p": 0.3807}, "steps": {"E": "-ln(p)"}})
    found = Marker(build_graph(worksheet), decimals=3).mark("E", answer)
    assert found.verdict is Verdict.WRONG
    assert found.message.startswith(said)


def test_a_zero_is_not_blamed_on_one_of_many_terms() -> None:
    """One term is half of this sum, so reversing its sign gives 0."""
    worksheet = Worksheet.from_spec({"given": {"x": [[1, 2, 3, 6]]}, "steps": {"s": "sum(x)"}})
    found = Marker(build_graph(worksheet), decimals=3).mark("s", "0")
    assert found.verdict is Verdict.WRONG
    assert not found.mistakes


def test_the_right_value_in_few_decimals_is_not_blamed_on_an_earlier_answer() -> None:
    worksheet = Worksheet.from_spec({"given": {"x": 1.2}, "steps": {"p": "0.3*x", "q": "p + 0.01"}})
    made = Marker(build_graph(worksheet), decimals=3)
    own = made.mark("p", "0.365").own
    assert made.mark("q", "0.375", own=own).verdict is FOLLOWS
    assert made.mark("q", "0.38", own=own).verdict is FOLLOWS
    assert made.mark("q", "0.4", own=own).verdict is IMPRECISE  # 0.37, the right value, also rounds to it


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("594.4", Verdict.CORRECT),
        ("594.5", Verdict.CORRECT),  # with ŷ = 58.23 and 35.59, as they are asked for
        ("597.5", Verdict.WRONG),  # with ŷ₂ = Z₂ = 35.59 cut to 35.5
    ],
)
def test_a_step_asked_to_more_decimals_is_not_taken_as_shortened(answer: str, verdict: Verdict) -> None:
    weights = [{"w11": 0.4414, "w12": 0.4792, "w13": -0.1353}, {"w21": 0.5304, "w22": -0.1265, "w23": 0.1165}]
    layer = {"layout": "units_by_inputs", "weights": weights, "bias": [-0.2811, 0.3391], "activation": "linear"}
    spec = {"inputs": [73, 67, 43], "target": [56, 70], "layers": [layer], "loss": "mse"}
    made = Marker(build_graph(Network.from_spec(spec)), decimals={"yhat1": 2, "yhat2": 2, "E": 1})
    assert made.mark("E", answer).verdict is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("2.121", CORRECT),
        ("2.122", CORRECT),  # with 1.414 for the root of 2
        ("2.128", WRONG),  # with 1.41
        ("2.123", WRONG),
    ],
)
def test_a_root_of_a_given_number_may_be_rounded_on_the_way(answer: str, verdict: Verdict) -> None:
    worksheet = Worksheet.from_spec({"given": {"s": 3, "d": 2}, "steps": {"T": "s / sqrt(d)"}})
    assert Marker(build_graph(worksheet), decimals=3).mark("T", answer).verdict is verdict


@pytest.mark.parametrize(("answer", "is_short"), [("0.6", False), ("0.6000", False), ("1.8", True), ("1.82", True)])
def test_a_consistent_answer_needs_more_decimals_only_if_it_lacks_some(answer: str, is_short: bool) -> None:
    spec = {"given": {"x": 0.25}, "steps": {"a": "2*x", "b": "a/2", "c": "exp(b)"}}
    quantity = "b" if answer.startswith("0") else "c"
    found = Marker(build_graph(Worksheet.from_spec(spec)), decimals=4).mark(quantity, answer, own={"a": 1.2})
    assert found.verdict is Verdict.FOLLOWS
    assert ("4 decimals" in found.message) is is_short


@pytest.mark.parametrize(
    ("formula", "right", "wrong"),
    [("argmax(z)", "1", "3"), ("argmax(u, v)", "1", "2"), ("leaky_relu(0 - u, v)", "-0.24", "0.24")],
)
def test_a_formula_without_a_derivative_is_marked(formula: str, right: str, wrong: str) -> None:
    steps = {"u": "a*0.7 + 0.1", "v": "b*0.3 + 0.2", "z": "[u, v, u*v]", "q": formula}
    made = Marker(build_graph(Worksheet.from_spec({"given": {"a": 0.61, "b": 0.83}, "steps": steps})), decimals=2)
    assert made.mark("q", right).verdict is CORRECT
    assert made.mark("q", wrong).verdict is WRONG
    assert made.mark("q", right, own={"u": 0.53, "v": 0.45}).verdict is CORRECT
