"""Verdicts: what rounding by hand can do is right, what follows from an earlier slip is consistent, the old weight
never passes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.marking.marking_exercises import BOOK, HIDDEN, OUTPUT, ids, mark, marked, marker
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


def test_digits_that_were_cut_off_are_right_and_it_says_so() -> None:
    found = mark("book", "H1", "0.331")
    assert found.message == "Right. You cut the digits off; rounded to 3 decimals, H₁ is 0.332."
    assert mark("book", "H1", "0.332").message == "Right."


def test_too_few_digits_say_how_many_are_wanted() -> None:
    assert mark("book", "H1", "0.33").message == "Right as far as it goes: give 3 decimals."
    assert mark("book", "H1", "0.3", 2).message == "Right as far as it goes: give 2 decimals."
    assert mark("book", "H1", "0.33", 2).verdict is CORRECT


def test_three_figures_on_the_way_are_too_few_for_four() -> None:
    """R = 0.5225 kept as 0.523."""
    spec = {"given": {"a": 0.35, "w": 1.045}, "steps": {"R": "w/2", "E": "a + R"}}
    made = Marker(build_graph(Worksheet.from_spec(spec)), decimals={"R": 4, "E": 4})
    assert made.mark("E", "0.8725", decimals=4).verdict is CORRECT
    assert made.mark("E", "0.8730", decimals=4).verdict is IMPRECISE
    assert made.mark("E", "0.873", decimals=4).verdict is IMPRECISE


def test_what_was_rounded_too_early_is_imprecise() -> None:
    """Z3 from H = 0.33 and 0.52: -0.3·0.33 − 0.2·0.52 + 0.1 = −0.103; with d=4 the truth is −0.1045."""
    found = mark("book", "Z3", "-0.1030", 4)
    assert found.verdict in (IMPRECISE, WRONG)
    early = mark("book", "Z3", "-0.1046", 4, H1="0.332", H2="0.525")
    assert early.verdict is CORRECT


def test_figures_are_turned_into_decimals() -> None:
    made = marker("book")
    assert made.mark("delta1", "0.00872", figures=3).verdict is CORRECT
    assert made.mark("delta1", "0.009", figures=3).verdict is IMPRECISE
    assert made.mark("delta1", "0.009", figures=1).verdict is CORRECT


@pytest.mark.parametrize(
    ("answers", "last"),
    [
        # every step rounded to 3, and worked on from there
        ([("H1", "0.332"), ("H2", "0.525"), ("Z3", "-0.105"), ("yhat", "0.474"), ("delta3", "-0.131")], "delta3"),
        # cut at every step
        ([("H1", "0.331"), ("H2", "0.524"), ("Z3", "-0.104"), ("yhat", "0.474"), ("delta3", "-0.131")], "delta3"),
        # ŷ typed in full, the next from the rounded one all the same
        ([("yhat", "0.473888899"), ("delta3", "-0.1311")], "delta3"),
        # the mean of exactness: nothing typed at all
        ([("delta3", "-0.131169078")], "delta3"),
    ],
)
def test_earlier_right_answers_enter_at_the_digits_typed(answers: list[tuple[str, str]], last: str) -> None:
    found = marked("book", *answers)
    assert [one.verdict for one in found] == [CORRECT] * len(answers)
    assert found[-1].quantity == last


# -- follow-through -------------------------------------------------------------------------------------------------


def test_one_slip_is_one_slip() -> None:
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
    """Two slips: what comes after both rests on both, the earlier first."""
    found = marked("book", ("Z1", "-0.3"), ("Z2", "-0.1"), ("H1", "0.426"), ("H2", "0.475"), ("Z3", "-0.123"))
    assert found[2].because == ("Z1",)
    assert found[3].because == ("Z2",)
    assert found[4].because == ("Z1", "Z2")


def test_the_slip_that_is_named_is_the_one_whose_number_was_used() -> None:
    """A second slip that does not follow from the first: what is worked out from it does not rest on the first."""
    found = marked("relu", ("Z2", "-0.1"), ("hidden.H", ["0", "-0.15"]), ("Z3", "0.13"))
    assert [one.verdict for one in found] == [WRONG, WRONG, FOLLOWS]
    assert found[2].because == ("H2",)
    assert found[2].message.startswith("Consistent: it follows from your H₂ = −0.15. ")


def test_a_wrong_number_that_counts_for_nothing_is_not_named() -> None:
    """At ReLU's flat side the sum does not matter: the bias that was left out of Z₁ changes nothing."""
    found = marked("relu", ("Z1", "-0.3"), ("Z2", "0.3"), ("Z3", "0.04"))
    assert [one.verdict for one in found] == [WRONG, WRONG, FOLLOWS]
    assert found[2].because == ("Z2",)


def test_a_new_slip_after_an_old_one_is_named() -> None:
    found = marked("book", ("Z1", "-0.3"), ("H1", "0.426"), ("H2", "0.525"), ("Z3", "-0.233"))
    assert found[-1].verdict is WRONG
    assert ids(found[-1]) == ["bias-left-out"]


def test_right_values_after_a_slip_are_right() -> None:
    """Somebody mends it on paper and goes on."""
    found = marked("book", ("Z1", "-0.3"), ("H1", "0.332"), ("yhat", "0.474"))
    assert [one.verdict for one in found] == [WRONG, CORRECT, CORRECT]


def test_what_follows_from_too_few_digits_is_no_slip() -> None:
    found = marked("book", ("H1", "0.3"), ("H2", "0.5"), ("Z3", "-0.09"))
    assert [one.verdict for one in found] == [IMPRECISE, IMPRECISE, FOLLOWS]
    assert found[2].because == ("H1", "H2")
    assert found[2].message.startswith("Consistent: it follows from your H₁ = 0.3, which needs more digits.")


def test_a_blank_upstream_is_the_true_value() -> None:
    assert mark("book", "delta1", "0.0087").verdict is CORRECT


@pytest.mark.parametrize("filled", ["0", "1", "0.5"])
def test_a_trivial_sheet_makes_nothing_free(filled: str) -> None:
    """The same number everywhere earns nothing but what it happens to be right for."""
    order = ["Z1", "Z2", "H1", "H2", "Z3", "yhat", "delta3", "delta1", "delta2", "dE/dw21", "dE/dw11", "w21_new"]
    found = marked("book", *((name, filled) for name in order))
    free = [one.quantity for one in found[2:] if one.verdict in (CORRECT, FOLLOWS)]
    assert len(free) <= 1, free


def test_zeros_after_zeros_do_not_follow() -> None:
    found = marked("book", ("delta3", "0"), ("delta1", "0"), ("delta2", "0"), ("dE/dw11", "0"), ("dE/dw12", "0"))
    assert [one.verdict for one in found] == [WRONG] * 5


def test_a_zero_that_follows_is_no_trivial_answer() -> None:
    """A wrong negative sum makes the ReLU silent, and all that comes from it is 0."""
    found = marked("relu", ("Z2", "-0.1"), ("H2", "0"), ("Z3", "0.1"), ("yhat", "0.1"))
    assert [one.verdict for one in found] == [WRONG, FOLLOWS, FOLLOWS, FOLLOWS]
    assert found[-1].because == ("Z2",)


def test_a_mended_answer_marks_what_comes_after_it_anew() -> None:
    made = marker("book")
    own = dict(made.mark("Z1", "-0.3").own)
    assert made.mark("H1", "0.426", own=own).verdict is FOLLOWS
    assert made.mark("H1", "0.332", own=own).verdict is CORRECT
    own = dict(made.mark("Z1", "-0.7", own=own).own)
    assert made.mark("H1", "0.426", own=own).verdict is WRONG
    assert made.mark("H1", "0.332", own=own).verdict is CORRECT


def test_marking_has_no_memory_of_its_own() -> None:
    """The same answers give the same marks, whatever was marked before."""
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


def test_a_step_of_exactly_nothing_leaves_the_old_weight() -> None:
    """Its input is 0; its unit is dead; biases are kept."""
    assert mark("book", "w13_new", "0.4").verdict is CORRECT
    assert mark("book", "w13_new", "0.4000").verdict is CORRECT
    assert mark("relu", "w11_new", "0.2").verdict is CORRECT
    assert mark("relu", "theta1_new", "-0.4").verdict is CORRECT
    assert mark("mazur", "theta1_new", "0.35").verdict is CORRECT
    for quantity, answer in (("w13_new", "0.401"), ("w13_new", "0.399"), ("w14_new", "0.101")):
        assert mark("book", quantity, answer).verdict is WRONG


def test_decimals_that_cannot_show_the_step_take_the_rounded_value() -> None:
    """Where an author insists on three decimals, −0.199908 is −0.200."""
    assert mark("relu", "w22_new", "-0.200", 3).verdict is CORRECT
    assert mark("relu", "w22_new", "-0.2", 3).verdict is CORRECT
    assert mark("relu", "w22_new", "-0.2").verdict is WRONG


# -- zeros ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["0", "-0", "−0", "0.0", "-0.000", "0,000", "0*5", "H1*0"])
@pytest.mark.parametrize("quantity", ["H1", "delta1", "dE/dw21", "dE/dw11", "dE/dtheta1"])
def test_exact_zeros_are_zero_however_they_are_written(quantity: str, answer: str) -> None:
    if quantity == "H1" and "H1" in answer:
        answer = "Z1*0"
    assert mark("relu", quantity, answer).verdict is CORRECT


@pytest.mark.parametrize("answer", ["0.001", "-0.001", "0.05", "0.0006"])
def test_an_exact_zero_has_no_tolerance_but_its_digits(answer: str) -> None:
    assert mark("relu", "H1", answer).verdict is WRONG


def test_a_dead_unit_is_dead_although_binary_fractions_add_up_to_a_speck() -> None:
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


def test_a_kink_within_reach_of_rounding_lets_both_sides_pass() -> None:
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


def test_an_exact_number_that_was_typed_has_no_tolerance() -> None:
    """Z2 = −1.44 exactly, so that leaky ReLU gives −0.144, and −0.143 is no rounding of it."""
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


def test_what_is_one_by_formula_is_no_tie_after_rounded_numbers() -> None:
    """In Adam's first step m̂ is the gradient; a typed m of three figures sets them a little apart."""
    graph = marker("adam").graph
    for name in ("w21", "w22", "w11", "theta3"):
        m, g = round(graph.values[f"{name}_m"], 5), graph.values[f"dE/d{name}"]
        own = {f"{name}_m": Typed(m, 5, 5)}
        assert marker("adam").mark(f"{name}_mhat", f"{m / 0.1:.5f}", own=own).verdict is CORRECT
        assert marker("adam").mark(f"{name}_mhat", f"{g:.5f}", own=own).verdict is CORRECT


def test_a_wrong_sign_of_one_is_carried_on() -> None:
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


def test_a_lesson_may_ask_for_others() -> None:
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
        ("0.515500", IMPRECISE),  # somewhere near: within the reach of 3 decimals on the way
        ("0.517", WRONG),
    ],
)
def test_the_steps_nobody_asks_for_are_as_fine_as_the_answer(answer: str, verdict: Verdict) -> None:
    made = Marker(build_graph(Network.from_spec(BOOK), steps=2), decimals={"yhat@2": 6})
    assert made.mark("yhat@2", answer).verdict is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("594.4", CORRECT), ("594.2", CORRECT), ("595.0", IMPRECISE), ("596.0", IMPRECISE), ("620.0", WRONG)],
)
def test_steps_between_numbers_asked_for_are_as_fine_as_the_finest(answer: str, verdict: Verdict) -> None:
    """The loss of large numbers, asked to one decimal, behind outputs that are asked to two."""
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
def test_the_value_before_an_update_is_told_by_the_digits_typed(quantity: str, answer: str, says: str) -> None:
    made = Marker(build_graph(Network.from_spec(BOOK), steps=2), decimals={"E@2": 4, "H1@2": 4})
    assert made.mark(quantity, answer).message == says


# -- more digits than asked for -------------------------------------------------------------------------------------


def test_a_slip_in_the_digits_beyond_those_asked_for_is_told() -> None:
    """Mazur's own loss after the step comes from output weights that were updated already."""
    found = mark("mazur", "E@2", "0.291027924")
    assert found.verdict is CORRECT
    assert ids(found) == ["updated-weights-used"]
    assert found.message.startswith("Right to the 3 decimals asked for, but not in the digits after them.")
    assert ids(mark("mazur", "E@2", "0.291027774")) == []
    assert ids(mark("mazur", "E@2", "0.291027924", 9)) == ["updated-weights-used"]
    assert mark("mazur", "E@2", "0.291027924", 9).verdict is WRONG
    own: dict[str, Any] = {"w1_new": "0.149780716", "w2_new": "0.19956143", "w3_new": "0.24975114"}
    assert ids(mark("mazur", "E@2", "0.291027924", 9, **own)) == ["updated-weights-used"]


def test_digits_carried_on_from_rounded_numbers_are_no_slip() -> None:
    """σ(−0.105) worked out in full has digits of its own."""
    assert mark("book", "yhat", "0.473774").message == "Right."
    assert mark("book", "yhat", "0.4737741", H1="0.332", H2="0.525", Z3="-0.105").message == "Right."


# -- what is divided by ---------------------------------------------------------------------------------------------


def test_small_numbers_that_are_divided_by_keep_their_figures() -> None:
    """Adam's v is a thousandth of a square: three decimals of it are no excuse for another step."""
    for which, quantity, right in (("adam-sheet", "w_new", "0.9"), ("adam", "w22_new", "-0.1")):
        assert mark(which, quantity, right).verdict is CORRECT
        for wrong in ("0.87", "0.95", "0.7", "-0.13", "-0.05", "1.4"):
            assert mark(which, quantity, wrong).verdict is WRONG, (which, wrong)


@pytest.mark.parametrize("answer", ["-42.800", "-1.000", "4.000"])
def test_a_bound_wider_than_the_value_does_not_let_everything_in(answer: str) -> None:
    """RMSprop's root of 0.00000000000014, with a gradient that nobody can round: the step's bound is some millions."""
    steps = {"h": "a + 0.0003", "k": "tanh(b)", "g": "tanh(h*k)", "v": "0.01*g^2"}
    spec = {
        "given": {"w": 0.5, "a": -0.0021, "b": 0.0021},
        "steps": {**steps, "w_new": "w - 0.1*g/(sqrt(v) + 0.00000001)"},
    }
    made = Marker(build_graph(Worksheet.from_spec(spec)))
    assert made.mark("w_new", "1.474", decimals=3).verdict is CORRECT
    assert made.mark("w_new", answer, decimals=3).verdict is WRONG


# -- yes or no ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ("0 0 0 1", CORRECT),
        ("0 0 0 0", WRONG),  # the step of 0.5 is 1, though 0.5 with no decimals may be 0
        ("0 1 0 1", WRONG),
        ("1 1 1 1", WRONG),
    ],
)
def test_a_step_is_taken_of_the_sum_and_not_of_its_whole_digits(answers: str, verdict: Verdict) -> None:
    """A gate's four answers, with no decimals asked for; its sums are −1.5, −0.5, −0.5 and 0.5."""
    found = Marker(gate(), decimals={"yhat": 0}).mark("yhat", answers)
    assert found.verdict is verdict
    assert "wrong-activation" not in ids(found), "σ(−0.5) is 0.38 and with no decimals 0"


def gate() -> Graph:
    """One unit that is AND of two inputs; four samples."""
    layer = {"weights": [[1], [1]], "bias": [-1.5], "activation": "step"}
    pairs = [[0, 0], [0, 1], [1, 0], [1, 1]]
    return build_graph(Network.from_spec({"inputs": pairs, "target": [0, 0, 0, 1], "layers": [layer]}))


# -- layouts and networks of a lesson -------------------------------------------------------------------------------


def test_the_class_s_own_symbols_are_in_the_messages() -> None:
    spec = {**BOOK, "notation": {"sum": "net", "activation": "out", "bias": "b"}}
    made = Marker(build_graph(Network.from_spec(spec)))
    assert made.mark("Z1", "-0.3").message == "This leaves out the bias b₁."


@pytest.mark.parametrize("sign", ["plus", "minus"])
def test_the_sign_of_delta_is_the_lesson_s(sign: str) -> None:
    made = Marker(build_graph(Network.from_spec({**BOOK, "delta_sign": sign})))
    right, other = ("-0.131", "0.131") if sign == "plus" else ("0.131", "-0.131")
    assert made.mark("delta3", right).verdict is CORRECT
    assert ids(made.mark("delta3", other)) == ["difference-reversed"]
    assert made.mark("dE/dw22", "-0.0689").verdict is CORRECT
    assert made.mark("w22_new", "-0.138").verdict is CORRECT


def test_hidden_layers_without_a_bias_have_none_to_forget() -> None:
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
def test_a_wrong_number_does_not_pass_where_something_small_divides(
    spec: dict[str, Any], decimals: dict[str, int] | None, quantity: str, right: str, wrong: tuple[str, ...]
) -> None:
    made = Marker(build_graph(Worksheet.from_spec(spec)), decimals=decimals)
    assert made.mark(quantity, right).verdict is CORRECT
    assert [made.mark(quantity, answer).verdict for answer in wrong] == [WRONG] * len(wrong)


def test_a_step_that_is_asked_to_more_decimals_may_be_carried_as_asked() -> None:
    """0.000160 for v, typed to its six decimals, leads to the same w as the exact one."""
    made = Marker(build_graph(Worksheet.from_spec(ADAM)), decimals={"v_new": 6, "v_hat": 3, "w_new": 3})
    first = made.mark("v_new", "0.000160")
    assert made.mark("v_hat", "0.160", own=first.own).verdict is CORRECT
    assert made.mark("w_new", "0.9", own=first.own).verdict is CORRECT


TWO_STEPS = {**BOOK, "optimizer": {"sgd": {"lr": 0.1}}}


@pytest.mark.parametrize(("name", "kept"), [("yhat@2", 2), ("Z3@2", 3), ("H1@2", 3), ("w21_new", 3)])
def test_the_value_before_an_update_is_never_right_as_far_as_it_goes(name: str, kept: int) -> None:
    """Asked to six decimals, what was there before the step is refused however few of its digits are typed."""
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
def test_fewer_digits_than_asked_are_nearly_right_where_each_of_them_is(
    quantity: str, answer: str, verdict: Verdict
) -> None:
    assert (
        Marker(build_graph(Network.from_spec(BOOK)), decimals={quantity: 6}).mark(quantity, answer).verdict is verdict
    )


def test_what_is_given_is_told_apart_and_takes_nothing_with_it() -> None:
    made = marker("book")
    for answer, verdict in (("1", CORRECT), ("5", WRONG)):
        found = made.mark("x1", answer)
        assert found.verdict is verdict
        assert "x₁ = 1 is given" in found.message
        assert found.own == {}
    whole = made.mark("hidden.W", "[[0.2, -0.3], [0.4, 0.1], [-0.5, 9]]")
    assert [cell.verdict for cell in whole.cells] == [CORRECT] * 5 + [WRONG]


def test_a_fraction_is_no_whole_number() -> None:
    made = Marker(build_graph(Worksheet.from_spec({"given": {"n": 86, "k": 8}, "steps": {"b": "n/k + 0.25"}})))
    verdicts = [made.mark("b", answer, decimals=0).verdict for answer in ("11", "11.0", "10.75", "10.5", "11.4")]
    assert verdicts == [CORRECT, CORRECT, WRONG, WRONG, WRONG]


@pytest.mark.parametrize(("answer", "verdict"), [("0.422", IMPRECISE), ("0.4222", IMPRECISE), ("0.422244", CORRECT)])
def test_rounding_on_the_way_does_not_make_a_short_answer_a_whole_one(answer: str, verdict: Verdict) -> None:
    """Carried rounding could reach 0.422000 for 0.42224416; three digits are three digits all the same."""
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


def test_a_fraction_for_a_count_has_no_mistake_of_an_earlier_step() -> None:
    """0.7 is no number of true positives: nothing that was done to one of the sums explains it."""
    spec = {"given": {"p": [0.9, 0.8, 0.7, 0.3], "y": [1, 0, 1, 1]}, "steps": {"a": "step(p - 0.5)", "n": "sum(a*y)"}}
    found = Marker(build_graph(Worksheet.from_spec(spec))).mark("n", "0.7", decimals=0)
    assert (found.verdict, found.mistakes) == (WRONG, ())
    assert "whole number" in found.message


def test_a_speck_that_rounding_leaves_is_not_divided_by_its_own_size() -> None:
    """3·p − q is 0; from p and q rounded it is 0.001, and an update by its sign goes 0.1 astray."""
    steps = {"p": "exp(0.5)", "q": "3*exp(0.5)", "g": "3*p - q", "s": "g/(sqrt(g^2) + 0.00000001)", "r": "2 + 0.1*s"}
    made = Marker(build_graph(Worksheet.from_spec({"given": {"a": 1}, "steps": steps})))
    assert made.mark("r", "2").verdict is CORRECT
    assert made.mark("r", "2.1").verdict is WRONG
    assert made.mark("r", "1.9").verdict is WRONG


def test_each_step_may_be_kept_with_one_decimal_more_than_it_is_asked_for() -> None:
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
def test_few_digits_of_the_right_value_are_no_mistake_that_only_rounds_to_them(
    lesson: str, of: str, quantity: str, answer: str, verdict: Verdict
) -> None:
    graph = load(shipped_lessons() / f"{lesson}.yaml").graph(of)
    assert Marker(graph).mark(quantity, answer, own={}, decimals=4).verdict is verdict


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("1", "Rounded too far to tell: give 3 decimals."),  # the loss is 0.966
        ("2", "Not right, and no typical mistake"),
        ("0", "Not right, and no typical mistake"),  # anybody's guess
    ],
)
def test_a_value_rounded_to_one_figure_is_told_to_have_more(answer: str, said: str) -> None:
    worksheet = Worksheet.from_spec({"given": {"p": 0.3807}, "steps": {"E": "-ln(p)"}})
    found = Marker(build_graph(worksheet), decimals=3).mark("E", answer)
    assert found.verdict is Verdict.WRONG
    assert found.message.startswith(said)


def test_a_zero_is_not_put_down_to_one_of_many_terms() -> None:
    """Half of this sum is one term, so that its sign reversed gives 0."""
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
    assert made.mark("q", "0.4", own=own).verdict is IMPRECISE  # of 0.37 as well
