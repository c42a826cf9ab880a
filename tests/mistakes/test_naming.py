"""A wrong answer gets the mistake that a teacher would name, or none."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.exercises import BOOK, HIDDEN, OUTPUT
from tests.marking.marking_exercises import graph, ids, mark
from tutor.formulas import Cells, evaluate, parse, scalarise
from tutor.formulas.tree import Tree
from tutor.marking import Marker, Verdict, mark_expression
from tutor.marking.messages import lowered
from tutor.mistakes import arrays, mistakes_at, surroundings
from tutor.network import Graph, Network, Worksheet, build_graph


def network(**spec: Any) -> Graph:
    return build_graph(Network.from_spec({**BOOK, **spec}), steps=2)


def worksheet(steps: dict[str, str], given: dict[str, Any], repeat: int = 1) -> Graph:
    return build_graph(Worksheet.from_spec({"given": given, "steps": steps, "repeat": repeat}))


def named(of: Graph, quantity: str, answer: str, decimals: int | None = None, **own: float) -> list[str]:
    return ids(Marker(of).mark(quantity, answer, decimals=decimals, own=own))


LINEAR = {**OUTPUT, "activation": "linear"}
MEAN = network(
    layers=[HIDDEN, {"weights": [[0.3, 0.1], [-0.2, 0.4]], "bias": [0.1, 0.2], "activation": "sigmoid"}],
    target=[1, 0],
    loss="mse",
)
DESCENT = worksheet({"f": "(w - 3)^2", "g": "df/dw", "w_new": "w - alpha*g"}, {"w": 0.5, "alpha": 0.1}, repeat=2)
COUNTS = worksheet(
    {
        "TP": "sum(pred*y)",
        "FP": "sum(pred*(1 - y))",
        "FN": "sum((1 - pred)*y)",
        "precision": "TP/(TP + FP)",
        "recall": "TP/(TP + FN)",
    },
    {"pred": [1, 1, 1, 0, 1, 0], "y": [1, 1, 0, 1, 0, 0]},
)
BATCH = network(inputs=[[1, 0.3, 0.6], [0.2, 0.7, 0.9]], target=[1, 0], loss="mse", reduction="mean")
VARIANCE = worksheet({"m": "sum(x)/4", "v": "sum((x - m)^2)/4"}, {"x": [1.0, 2.5, 4.0, 6.0]})
TANH = network(layers=[{**HIDDEN, "activation": "tanh"}, {**OUTPUT, "activation": "tanh"}])
NEGATIVE = network(inputs=[-1.5, 1, 3])


@pytest.mark.parametrize(
    ("steps", "given", "quantity", "answer", "named", "says"),
    [
        # an intermediate matrix has no name to quote
        (
            {"A": "softmax(S + M)"},
            {"S": [[0.4, 0.9]], "M": [[0, 0]]},
            "A",
            "0.4 0.9",
            ["activation-left-out"],
            "scores",
        ),
        ({"w_new": "w - 0.1*g"}, {"w": 0.0, "g": -6.0}, "w_new", "0.060", [], ""),  # 0.6 with its decimal point moved
        ({"w_new": "w - 0.1*m/(sqrt(v) + 1e-8)"}, {"w": 1, "m": 0.4, "v": 0.16}, "w_new", "0.899", [], ""),  # no −ε
    ],
)
def test_an_answer_on_a_worksheet_gets_its_mistake_or_none(
    steps: dict[str, str], given: dict[str, Any], quantity: str, answer: str, named: list[str], says: str
) -> None:
    found = Marker(worksheet(steps, given)).mark(quantity, answer, decimals=3)
    assert ids(found) == named
    assert says in found.message


def test_half_of_a_mean_squared_error_is_no_mean_for_sum() -> None:
    found = Marker(MEAN).mark("E", f"{MEAN.values['E'] / 2:.6f}", decimals=6)
    assert ids(found) == ["factor-two"]
    assert "mean of the squares" in found.message


def test_a_step_with_the_slope_of_the_previous_step_is_named() -> None:
    v = DESCENT.values
    assert named(DESCENT, "w_new@2", f"{v['w_new'] - 0.1 * v['g']:.4f}", 4) == ["old-value-used"]


def test_an_update_by_a_rule_is_not_said_to_use_a_gradient() -> None:
    of = network(error_signal="difference")
    found = Marker(of).mark("w22_new", f"{of.values['dE/dw22']:.4f}", decimals=4)
    assert ids(found) == ["gradient-instead"]
    assert "gradient" not in found.message


def test_an_output_is_not_taken_for_a_later_gradient() -> None:
    """x₂ = 2 and y₁ = 0, so twice ŷ₁ happens to be ∂E/∂w₂₁."""
    layer = {"weights": [[0.5, -0.2], [0.3, 0.4]], "bias": [0.1, 0.2], "activation": "softmax"}
    of = network(inputs=[1, 2], target=[0, 1], layers=[layer], loss="cross_entropy")
    assert named(of, "yhat1", f"{2 * of.values['yhat1']:.3f}") == []


def test_a_step_uphill_is_named() -> None:
    v = DESCENT.values
    assert named(DESCENT, "w_new", f"{v['w'] + 0.1 * v['g']:.4f}", 4) == ["ascent"]
    zero = worksheet({"f": "(w - 3)^2", "g": "df/dw", "w_new": "w - alpha*g"}, {"w": 0, "alpha": 0.1})
    assert named(zero, "w_new", f"{0.1 * zero.values['g']:.4f}", 4)[0] == "ascent"


def test_a_step_uphill_at_rate_1_leaves_out_no_rate() -> None:
    of = network(optimizer={"sgd": {"lr": 1.0}})
    assert named(of, "w21_new", f"{of.values['w21'] + of.values['dE/dw21']:.6f}", 6) == ["ascent"]


def test_another_ratio_of_the_same_counts_is_recognised() -> None:
    v = COUNTS.values
    assert v["precision"] != v["recall"]
    assert named(COUNTS, "precision", f"{v['recall']:.3f}", 3)[:1] == ["other-quantity"]
    found = Marker(COUNTS).mark("FP", f"{v['FN']:.0f}", decimals=0)
    assert ids(found)[:1] == ["other-quantity"]
    assert "y[" not in found.message


def test_a_slope_of_0_is_not_blamed_on_a_bias() -> None:
    of = graph("relu")
    found = Marker(of).mark("dyhat/dZ3", "0", own={"yhat": of.values["yhat"]})
    assert ids(found) == ["other-branch"]


def test_a_linear_output_is_no_wrong_activation() -> None:
    of = network(layers=[HIDDEN, LINEAR])
    assert "wrong-activation" not in named(of, "yhat", "-0.1051", 4)


def test_a_lost_minus_sign_is_named() -> None:
    v = NEGATIVE.values
    read_as_plus = v["Z1"] - 2 * v["w11"] * v["x1"]
    found = Marker(NEGATIVE).mark("Z1", f"{read_as_plus:.3f}", decimals=3)
    assert ids(found)[:1] == ["sign-flipped"]
    assert "w₁₁·x₁" in found.message


def test_weights_read_by_rows_are_named() -> None:
    v = NEGATIVE.values
    by_rows = v["w11"] * v["x1"] + v["w12"] * v["x2"] + v["w13"] * v["x3"] + v["theta1"]
    found = Marker(NEGATIVE).mark("Z1", f"{by_rows:.3f}", decimals=3)
    assert ids(found) == ["other-unit-weights"]
    assert "row by row" in found.message


def test_division_by_n_minus_1_is_named() -> None:
    assert named(VARIANCE, "v", f"{VARIANCE.values['v'] * 4 / 3:.4f}", 4) == ["divided-by-one-less"]


def test_a_slope_of_tanh_taken_at_h_is_named() -> None:
    found = mark_expression("1 - tanh(H1)^2", graph=TANH, asked="dH1/dZ1")
    assert (found.verdict, ids(found)) == (Verdict.WRONG, ["derivative-at-activation"])


def test_an_error_signal_divided_by_the_batch_is_named() -> None:
    of = BATCH
    assert named(of, "delta3[1]", f"{of.values['delta3[1]'] / 2:.6f}", 6)[0] in ("divided-by-batch", "factor-two")
    three = network(inputs=[[1, 0, 1], [0, 1, 1], [1, 1, 0]], target=[1, 0, 1], loss="mse", reduction="mean")
    for name in ("delta3[1]", "delta1[2]"):
        assert named(three, name, f"{three.values[name] / 3:.7f}", 7) == ["divided-by-batch"]


def test_a_moving_average_without_1_minus_beta_lacks_a_factor() -> None:
    of = worksheet({"m_new": "beta*m + (1 - beta)*g"}, {"beta": 0.9, "m": 0, "g": 0.37})
    found = Marker(of).mark("m_new", "0.370", decimals=3)
    assert ids(found)[0] == "factor-left-out"
    assert "1 − β" in found.message


def test_the_missing_term_of_a_cross_entropy_is_named() -> None:
    of = network(loss="binary_cross_entropy", target=0.3)
    v = of.values
    only_rest = -(0.7 * math.log(1 - v["yhat"]))
    found = Marker(of).mark("E", f"{only_rest:.5f}", decimals=5)
    assert ids(found) == ["term-left-out"]
    assert found.message == "This leaves out the term with y; it counts too."


@pytest.mark.parametrize(
    ("which", "quantity", "answer", "decimals", "mistake"),
    [
        ("book", "delta2", "0.026", 5, "derivative-left-out"),  # 0.02623
        ("relu", "theta2_new", "0.2002", 6, "ascent"),  # 0.200184
        ("book", "H1", "0.67", 4, "sign-in-exponent"),
    ],
)
def test_few_digits_name_the_only_mistake_that_fits(
    which: str, quantity: str, answer: str, decimals: int, mistake: str
) -> None:
    found = mark(which, quantity, answer, decimals)
    assert (found.verdict, ids(found)) == (Verdict.WRONG, [mistake])


ONE_BIAS = {**HIDDEN, "bias": {"b": 0.3, "shared": True}}
SHARED = {
    "sgd": network(layers=[ONE_BIAS, OUTPUT]),
    "adam": network(layers=[ONE_BIAS, OUTPUT], optimizer={"adam": {"lr": 0.1}}),
    "minus": network(layers=[ONE_BIAS, OUTPUT], delta_sign="minus"),
    "batch": network(
        layers=[ONE_BIAS, OUTPUT],
        inputs=[[1, 0.3, 0.6], [0.2, 0.7, 0.9]],
        target=[1, 0],
        loss="mse",
        reduction="mean",
        optimizer={"sgd": {"lr": 0.9, "momentum": 0.5}},
    ),
}


@pytest.mark.parametrize("which", SHARED)
@pytest.mark.parametrize("unit", [1, 2])
def test_a_shared_bias_moved_by_one_unit_alone(which: str, unit: int) -> None:
    """The mistaken numbers come from a network in which each unit has its own bias."""
    of = SHARED[which]
    network = of.model
    assert isinstance(network, Network)
    first, last = network.layers
    alone = replace(network, layers=(replace(first, bias_names=("theta1", "theta2")), last))
    v = build_graph(alone, steps=2).values
    assert named(of, "dE/db", f"{v[f'dE/dtheta{unit}']:.9f}", 9)[:1] == ["one-unit-only"]
    assert v[f"dE/dtheta{unit}"] != pytest.approx(of.values["dE/db"])
    if which != "adam":  # its first step has the same size whatever the gradient
        assert named(of, "b_new", f"{v[f'theta{unit}_new']:.9f}", 9)[:1] == ["bias-not-shared"]
        sample = "[2]" if which == "batch" else ""
        own = of.solve({"b_new": v[f"theta{unit}_new"]})[f"Z{unit}{sample}@2"]
        assert named(of, f"Z{unit}{sample}@2", f"{own:.9f}", 9)[:1] == ["bias-not-shared"]


def test_other_mistakes_with_a_shared_bias_are_named() -> None:
    of, batch = SHARED["sgd"], SHARED["batch"]
    v, b = of.values, batch.values
    assert named(of, "dE/db", f"{(v['delta1'] + v['delta2']) / 2:.9f}", 9)[:1] == ["mean-for-sum"]
    assert named(of, "b_new", f"{v['b'] - v['dE/db']:.9f}", 9)[:1] == ["rate-left-out"]
    one_sample = b["delta1[2]"] + b["delta2[2]"]
    assert named(batch, "dE/db", f"{one_sample:.9f}", 9)[:1] == ["sum-left-out"]


TWO_CLASSES = worksheet({"E": "-y*ln(p) - (1 - y)*ln(1 - p)"}, {"y": 0.3, "p": 0.57})
BACK = worksheet({"h": "tanh(z)", "d": "e*(1 - h^2)"}, {"z": 0.7, "e": 0.31})
SMOOTH = worksheet({"s_new": "b*s + (1 - b)*L"}, {"b": 0.8, "s": 1.0, "L": 0.37})
DECISION = worksheet({"up": "step(p - u, 1)", "down": "1 - step(u - p)"}, {"p": 2.6, "u": 0.5})
STEP = worksheet({"e": "yhat - y"}, {"yhat": 1, "y": 0})
LARGEST = worksheet({"m": "max(a, b, c)", "L": "(m - y)^2/2", "g": "dL/db"}, {"a": 0.3, "b": 1.7, "c": 0.4, "y": 0.2})
MEANS = worksheet({"v": "mean(x^2)/(1 + sum(x))"}, {"x": [0.31, 0.52, 0.27, 0.46, 0.38, 0.63]})


@pytest.mark.parametrize(
    ("of", "quantity", "answer", "expected"),
    [
        (TWO_CLASSES, "E", f"{-TWO_CLASSES.values['E']:.4f}", ["sign-lost"]),  # −a − b is no difference
        (BACK, "d", f"{-BACK.values['d']:.5f}", ["sign-lost"]),  # nobody reads 1 − h² as h² − 1
        (SMOOTH, "s_new", f"{0.8 - 1.8 * 0.37:.4f}", []),  # nor 1 − b as −1 − b
        (DECISION, "up", "0", []),  # neither a slope, nor p and u swapped
        (DECISION, "down", "0", []),
        (LARGEST, "g", f"{-LARGEST.values['g']:.4f}", ["difference-reversed"]),  # m − y
        (COUNTS, "TP", "3", []),  # nobody leaves out pred or y in a single case
        (COUNTS, "FP", "-1", []),
        (STEP, "e", "-1", ["difference-reversed"]),  # not a count
    ],
)
def test_a_mistake_that_nobody_makes_is_not_named(of: Graph, quantity: str, answer: str, expected: list[str]) -> None:
    assert named(of, quantity, answer, len(answer.partition(".")[2])) == expected


SQUARES = worksheet(
    {"d": "a^2 - b^2", "s": "(a + c)^2 + (b + c)^2"},
    {"a": 3.0, "b": -4.0, "c": 1.5},
)


@pytest.mark.parametrize(
    ("quantity", "answer", "said"),
    [
        ("d", "49", "This squares a − b as a whole; square each term by itself first."),  # and subtract
        ("s", "29.5", "This squares each term by itself; square each sum as a whole."),
    ],
)
def test_squares_of_sums_are_spoken_of_as_they_are(quantity: str, answer: str, said: str) -> None:
    assert Marker(SQUARES, decimals=2).mark(quantity, answer).message == said


GATES = worksheet(
    {"q": "g*step(a)*step(b)", "u": "g*step(max(a, b) - 4)", "v": "g*step(a)*(1 - step(b + 4))"},
    {"g": 5.37, "a": 2, "b": -3},
)


@pytest.mark.parametrize(("quantity", "part"), [("q", "step(b)"), ("u", "step(max(a, b) − 4)"), ("v", "step(b + 4)")])
def test_an_authors_conditions_are_not_taken_for_the_slope_of_a_maximum(quantity: str, part: str) -> None:
    found = Marker(GATES, decimals=2).mark(quantity, "5.37")
    assert ids(found) == ["factor-left-out"]
    assert part in found.message


@pytest.mark.parametrize("extreme", ["max", "min"])
@pytest.mark.parametrize("by", ["a", "b", "c"])
def test_a_slope_without_the_condition_of_an_extreme_is_explained(extreme: str, by: str) -> None:
    others = zip("abc".replace(by, ""), (1.7, 0.4), strict=True)
    of = worksheet({"m": f"{extreme}(a, b, c)", "L": "m^2", "g": f"dL/d{by}"}, {**dict(others), by: 0.6})
    found = Marker(of, decimals=2).mark("g", f"{2 * of.values['m']:.2f}")
    assert found.message.startswith("Only the number that max or min takes")


def test_the_wrong_logarithm_of_a_cross_entropy_is_named() -> None:
    """Even if the probability was typed and right, so that no earlier mistake explains the answer."""
    of = network(loss="binary_cross_entropy", target=0)
    p = of.values["yhat"]
    assert named(of, "E", f"{-math.log(p):.5f}", 5, yhat=p) == ["other-logarithm"]
    wrong = -0.3 * math.log(1 - 0.57) - 0.7 * math.log(0.57)
    assert named(TWO_CLASSES, "E", f"{wrong:.5f}", 5) == ["other-logarithm"]


def test_a_quantity_that_comes_much_later_is_not_named() -> None:
    of = worksheet({"a": "x*3.7", "b": "a*1.3", "c": "b*b", "d": "c + 0.317"}, {"x": 0.61})
    v = of.values
    assert named(of, "a", f"{v['b']:.4f}", 4) == ["other-quantity"]  # the next step
    assert "other-quantity" not in named(of, "a", f"{v['d']:.4f}", 4)
    assert named(of, "a", f"{v['d']:.4f}", 4, d=v["d"])[:1] == ["other-quantity"]  # typed already
    assert named(of, "d", f"{v['a']:.4f}", 4) == ["other-quantity"]


def test_a_long_part_of_a_formula_is_not_quoted_cut_off() -> None:
    found = Marker(MEANS).mark("v", f"{1 / MEANS.values['v']:.4f}", decimals=4)
    assert ids(found)[0] == "factor-inverted"
    assert "…" not in found.message


def test_the_transposed_matrix_is_named() -> None:
    of = worksheet({"O": "A1 @ V"}, {"A1": [[0.3, 0.7], [0.1, 0.9]], "V": [[1, 0], [2, 5]]})
    for answer, name in (("0.5 0.5\n2.5 4.5", "A₁"), ("0.3 4.1\n0.1 4.7", "V")):
        assert f"check {name}." in Marker(of).mark("O", answer, decimals=1).message


@pytest.mark.parametrize(
    ("alone", "after_a_colon"),
    [
        ("This leaves out b.", "this leaves out b."),
        ("ReLU′(Z₁) is a slope.", "ReLU′(Z₁) is a slope."),
        ("E is the loss.", "E is the loss."),
        ("Reverse the sign.", "reverse the sign."),
    ],
)
def test_a_symbol_keeps_its_case_after_a_colon(alone: str, after_a_colon: str) -> None:
    assert lowered(alone) == after_a_colon


def test_a_formula_too_long_for_one_step_has_no_mistakes() -> None:
    of = worksheet({"short": "a @ a", "long": " @ ".join(["a"] * 8)}, {"a": [[1, 2], [2, 1]]})
    assert mistakes_at(surroundings(of), of.nodes["short[1,1]"])
    assert not mistakes_at(surroundings(of), of.nodes["long[1,1]"])


@pytest.mark.parametrize(
    ("steps", "quantity"),
    [
        ({"g": "2*(w - 3)", "w_new": "w - alpha*g"}, "w_new"),
        ({"g": "2*(w - 3)", "w_new": "-alpha*g + w"}, "w_new"),
        ({"g": "2*(w - 3)", "w1": "w - g/10"}, "w1"),
    ],
)
def test_a_new_weight_with_the_wrong_sign_has_lost_its_sign(steps: dict[str, str], quantity: str) -> None:
    """It is not called a reversed difference, because a step is none."""
    of = worksheet(steps, {"w": 0.53, "alpha": 0.1})
    assert named(of, quantity, f"{-of.values[quantity]:.3f}", 3) == ["sign-lost"]


def test_a_reversed_difference_is_named() -> None:
    of = worksheet({"d": "a - b", "r": "y - a*b"}, {"a": 2.5, "b": -0.3, "y": 1.4})
    assert named(of, "d", "-2.8") == ["difference-reversed"]
    assert named(of, "r", "-2.15") == ["difference-reversed"]


SIGNS = worksheet(
    {"p": "a*b", "s": "a + b", "z": "w*x + b", "q": "c*(a + b)^2", "H": "A * B"},
    {"w": 0.4, "x": 1.5, "b": -0.3, "a": 2.5, "c": 1.7, "A": [[0.4, 1.1]], "B": [[2.3, 0.7]]},
)


@pytest.mark.parametrize(
    ("of", "quantity", "answer", "mistake", "says"),
    [
        (SIGNS, "z", "1.6", "sum-for-product", "This adds where w·x multiplies."),
        (SIGNS, "z", "-0.18", "product-for-sum", "This multiplies where w·x + b adds."),
        (SIGNS, "q", "0.956", "product-for-sum", "This multiplies where a + b adds."),
        (SIGNS, "H", "2.7 1.8", "sum-for-product", "multiplies"),
        (graph("book"), "dE/dw21", "{delta3} + {H1}", "sum-for-product", "This adds where δ₃·H₁ multiplies."),
        (graph("book"), "w21_new", "-0.3 - (0.9 + {dE/dw21})", "sum-for-product", "where α·∂E/∂w₂₁ multiplies"),
        (graph("book"), "Z3", "-0.3 + {H1} - 0.2 + {H2} + 0.1", "sum-for-product", "as in w₂₁·H₁"),
        (graph("book"), "delta1", "-0.3*{delta3} + {H1}*(1 - {H1})", "sum-for-product", "∂E/∂H₁·∂H₁/∂Z₁"),
        (graph("minus"), "delta1", "-0.3*{delta3} + {H1}*(1 - {H1})", "sum-for-product", "adds the factors of δ₁"),
    ],
)  # fmt: skip
def test_a_sum_for_a_product_and_the_reverse_are_named(
    of: Graph, quantity: str, answer: str, mistake: str, says: str
) -> None:
    typed = re.sub(r"{([^}]+)}", lambda found: repr(of.values[found[1]]), answer)
    if typed != answer:
        typed = f"{evaluate(parse(typed), {}):.6f}"
    found = Marker(of).mark(quantity, typed, decimals=6 if typed != answer else 3)
    assert ids(found) == [mistake], found.message
    assert says in found.message


def test_a_sum_that_is_another_quantity_is_named_as_that() -> None:
    assert named(SIGNS, "p", "2.2") == ["other-quantity"]


def test_the_mistakes_of_a_matrix_are_worked_out_once_for_all_its_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out: list[Tree] = []

    def counted(tree: Tree, known: Mapping[str, Cells]) -> Cells:
        worked_out.append(tree)
        return scalarise(tree, known)

    monkeypatch.setattr(arrays, "scalarise", counted)
    of = worksheet({"b": "a @ a"}, {"a": [[1, 2], [2, 1]]})
    for cell in of.quantity("b").cells:
        assert "transpose-left-out" in [each.id for each in mistakes_at(surroundings(of), of.nodes[cell])]
    assert len(worked_out) == len(set(worked_out))


TWO_STEPS = network()


@pytest.mark.parametrize("inputs", ["", "@2"], ids=["the first H", "the new H"])
@pytest.mark.parametrize("new", ["w21", "w22", "theta3"])
def test_a_second_pass_with_one_new_parameter_is_named(new: str, inputs: str) -> None:
    v = TWO_STEPS.values
    w21, w22, theta3 = (v[f"{name}_new" if name == new else name] for name in ("w21", "w22", "theta3"))
    z = w21 * v[f"H1{inputs}"] + w22 * v[f"H2{inputs}"] + theta3
    symbol = TWO_STEPS.notation.text(f"{new}_new")
    for quantity, number in (("Z3@2", z), ("yhat@2", 1 / (1 + math.exp(-z)))):
        found = Marker(TWO_STEPS).mark(quantity, f"{number:.6f}", decimals=6)
        assert [each.id for each in found.mistakes] == ["old-parameter-used"]
        with_new_bias = "first weights with the updated bias"
        said = with_new_bias if (new, inputs) == ("theta3", "@2") else f"the new parameters this uses {symbol} alone"
        assert said in found.message


def test_a_second_pass_with_the_hidden_values_of_the_first_is_named() -> None:
    v = TWO_STEPS.values
    z = v["w21_new"] * v["H1"] + v["w22_new"] * v["H2"] + v["theta3_new"]
    assert named(TWO_STEPS, "Z3@2", f"{z:.6f}", 6) == ["old-value-used"]


def test_no_parameter_is_named_if_several_could_be_the_new_one() -> None:
    """Two weights move from 0.3 to 0.4 and have equal inputs, so nothing tells which one was new."""
    weights = [{"w1": 0.3}, {"w2": 0.3}]
    layer = {"weights": weights, "bias": {"b": 0.2}, "activation": "linear"}
    twin = network(inputs=[2, 2], target=[1.5], layers=[layer], optimizer={"sgd": {"lr": 0.1}})
    v = twin.values
    found = Marker(twin).mark("Z1@2", f"{2 * v['w1_new'] + 2 * v['w2'] + v['b']:.6f}", decimals=6)
    assert ids(found) == ["old-parameter-used"]
    assert "one new parameter alone" in found.message


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "adagrad"])
@pytest.mark.parametrize("step", ["", "@2"])
def test_epsilon_under_the_root_is_named_where_it_shows(optimizer: str, step: str) -> None:
    for eps in (0.01, 1e-14):
        of = network(optimizer={optimizer: {"lr": 0.1, "eps": eps}})
        v = of.values
        above, below = ("w21_mhat", "w21_vhat") if optimizer == "adam" else ("dE/dw21", "w21_v")
        wrong = v["w21_new" if step else "w21"] - 0.1 * v[above + step] / math.sqrt(v[below + step] + eps)
        found = Marker(of).mark(f"w21_new{step}", f"{wrong:.5f}", decimals=5)
        if eps == 0.01:
            assert ids(found) == ["term-under-root"]
            assert "ε" in found.message
        else:
            assert found.verdict is Verdict.CORRECT


GIVEN = {"w": 1.0, "m": 0, "v": 0, "g@1": 0.04, "g@2": 0.3, "alpha": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
ADAM = {"m_new": "beta1*m + (1 - beta1)*g", "v_new": "beta2*v + (1 - beta2)*g^2"}
CORRECTED = {"m_hat": "m_new/(1 - beta1^t)", "v_hat": "v_new/(1 - beta2^t)"}
IN_ONE = "w - alpha*(m_new/(1 - beta1^t))/(sqrt(v_new/(1 - beta2^t)) + eps)"


@pytest.mark.parametrize(
    ("of", "says"),
    [
        (worksheet({**ADAM, **CORRECTED, "w_new": "w - alpha*m_hat/(sqrt(v_hat) + eps)"}, GIVEN, 2), "m̂@2 and v̂@2"),
        (worksheet({**ADAM, "w_new": IN_ONE}, GIVEN, 2), "the averages"),
        (network(optimizer={"adam": {"lr": 0.1}}), "m̂(w₂₁)@2 and v̂(w₂₁)@2"),
    ],
    ids=["steps", "one formula", "network"],
)
def test_two_averages_without_their_corrections_are_named(of: Graph, says: str) -> None:
    w, m, v = ("w21_new", "w21_m@2", "w21_v@2") if "w21" in of.nodes else ("w_new", "m_new@2", "v_new@2")
    wrong = of.values[w] - 0.1 * of.values[m] / (math.sqrt(of.values[v]) + 1e-8)
    found = Marker(of).mark(f"{w}@2", f"{wrong:.5f}", decimals=5)
    assert ids(found) == ["correction-left-out"]
    assert f"{says} without their corrections" in found.message


def test_one_square_of_several_is_not_worked_out_in_another_way() -> None:
    of = worksheet({"v": "sum((x - m)^2)/3"}, {"x": [1.5, 0.4, 2.9], "m": 0.7})
    assert "sum-of-squares" not in named(of, "v", f"{(1.5**2 - 0.7**2 + 0.3**2 + 2.2**2) / 3:.4f}", 4)


def test_odds_have_no_correction_to_leave_out() -> None:
    of = worksheet({"p": "sigmoid(z)", "odds": "p/(1 - p)", "l": "3*odds + q/(1 - q)"}, {"z": 0.4, "q": 0.3})
    wrong = 3 * of.values["p"] + 0.3
    assert "correction-left-out" not in named(of, "l", f"{wrong:.5f}", 5)


@pytest.mark.parametrize(
    ("formula", "stops", "whole"),
    [
        ("1/(1 + exp(-z))", "e^(−z)", "1/(1 + e^(−z))"),
        ("exp(z)/(1 + exp(z))", "e^z", "e^z/(1 + e^z)"),
        ("exp(z)/(1 + exp(z))", "e^(−z)", "in this form is 1/(1 + e^(−z))"),
    ],
)
def test_an_unfinished_sigmoid_is_described_in_the_form_that_is_written(formula: str, stops: str, whole: str) -> None:
    of = worksheet({"p": formula}, {"z": 0.7})
    for done in (stops, f"1 + {stops}"):
        number = evaluate(parse(done.replace("−", "-")), {"z": 0.7})
        found = Marker(of).mark("p", f"{number:.5f}", decimals=5)
        assert ids(found) == ["unfinished-sigmoid"]
        assert f"stops at {done};" in found.message
        assert found.message.endswith(f"{whole}.")
