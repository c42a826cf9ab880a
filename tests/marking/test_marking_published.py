"""Worked examples from books and blogs: every right figure is accepted as printed, in the order of the page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exercises import BOOK, MAZUR
from tests.marking.marking_exercises import NETWORKS, ids
from tutor.marking import Marker, Typed, Verdict
from tutor.network import Graph, Network, Worksheet, build_graph

Printed = list[tuple[str, Any]]

#: M. Mazur, A Step by Step Backpropagation Example.
MAZUR_PRINTS: Printed = [
    ("Z1", "0.3775"), ("H1", "0.593269992"), ("H2", "0.596884378"), ("Z3", "1.105905967"), ("yhat1", "0.75136507"),
    ("yhat2", "0.772928465"), ("E1", "0.274811083"), ("E2", "0.023560026"), ("E", "0.298371109"),
    ("dE/dyhat1", "0.74136507"), ("dyhat1/dZ3", "0.186815602"), ("delta3", "0.138498562"), ("dE/dw5", "0.082167041"),
    ("w5_new", "0.35891648"), ("w6_new", "0.408666186"), ("w7_new", "0.511301270"), ("w8_new", "0.561370121"),
    ("delta4", "-0.038098236"), ("dE/dH1", "0.036350306"), ("dH1/dZ1", "0.241300709"), ("dE/dw1", "0.000438568"),
    ("w1_new", "0.149780716"), ("w2_new", "0.19956143"), ("w3_new", "0.24975114"), ("w4_new", "0.29950229"),
]  # fmt: skip

#: J. Han, M. Kamber, J. Pei, Data Mining: errors with the opposite sign, rounded from step to step.
HAN = {**BOOK, "delta_sign": "minus"}
HAN_PRINTS: Printed = [
    ("Z1", "-0.7"), ("H1", "0.332"), ("Z2", "0.1"), ("H2", "0.525"), ("Z3", "-0.105"), ("yhat", "0.474"),
    ("delta3", "0.1311"), ("delta2", "-0.0065"), ("delta1", "-0.0087"), ("w21_new", "-0.261"), ("w22_new", "-0.138"),
    ("w11_new", "0.192"), ("w12_new", "-0.306"), ("w13_new", "0.4"), ("w14_new", "0.1"), ("w15_new", "-0.508"),
    ("w16_new", "0.194"), ("theta3_new", "0.218"), ("theta2_new", "0.194"), ("theta1_new", "-0.408"),
]  # fmt: skip

#: M. Negnevitsky, Artificial Intelligence: the exclusive or. Its thresholds are subtracted: biases of the other sign.
NEGNEVITSKY = {
    "inputs": [1, 1],
    "target": 0,
    "layers": [
        {
            "weights": [{"w13": 0.5, "w14": 0.9}, {"w23": 0.4, "w24": 1.0}],
            "bias": {"b3": -0.8, "b4": 0.1},
            "activation": "sigmoid",
        },
        {"weights": [{"w35": -1.2}, {"w45": 1.1}], "bias": {"b5": -0.3}, "activation": "sigmoid"},
    ],
    "optimizer": {"sgd": {"lr": 0.1}},
    "delta_sign": "minus",
}
NEGNEVITSKY_PRINTS: Printed = [
    ("H1", "0.5250"), ("H2", "0.8808"), ("yhat", "0.5097"), ("delta3", "-0.1274"), ("delta1", "0.0381"),
    ("delta2", "-0.0147"), ("w13_new", "0.5038"), ("w14_new", "0.8985"), ("w23_new", "0.4038"), ("w24_new", "0.9985"),
    ("w35_new", "-1.2067"), ("w45_new", "1.0888"), ("b3_new", "-0.7962"), ("b4_new", "0.0985"), ("b5_new", "-0.3127"),
]  # fmt: skip

#: Stanford CS231n, Backpropagation, Intuitions: a circuit with every gate's value and gradient to two decimals.
CIRCUIT = {
    "given": {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3},
    "steps": {
        "a": "w0*x0", "b": "w1*x1", "c": "a + b", "d": "c + w2", "n": "-d", "p": "exp(n)", "s": "1 + p", "f": "1/s",
        "gw0": "df/dw0", "gx0": "df/dx0", "gw1": "df/dw1", "gx1": "df/dx1", "gw2": "df/dw2",
    },
}  # fmt: skip
CIRCUIT_PRINTS: Printed = [
    ("a", "-2.00"), ("b", "6.00"), ("c", "4.00"), ("d", "1.00"), ("n", "-1.00"), ("p", "0.37"), ("s", "1.37"),
    ("f", "0.73"), ("gw0", "-0.20"), ("gx0", "0.39"),
    ("gw1", "-0.39"), ("gx1", "-0.59"), ("gw2", "0.20"),
]  # fmt: skip

#: Stanford CS231n, Linear Classification: one image's scores through the softmax.
SCORES = {
    "given": {"z": [-2.85, 0.86, 0.28]},
    "steps": {"g": "exp(z)", "q": "sum(g)", "p": "g/q", "L": "-ln(p[3])"},
}
SCORES_PRINTS: Printed = [
    ("g[1]", "0.058"), ("g[2]", "2.36"), ("g[3]", "1.32"), ("p[1]", "0.016"), ("p[2]", "0.631"), ("p[3]", "0.353"),
    ("L", "1.04"), ("p", "0.016 0.631 0.353"),
]  # fmt: skip

#: J. Alammar, The Illustrated Transformer: two scores, divided by eight, through the softmax.
ALAMMAR = {"given": {"S": [112, 96], "d": 64}, "steps": {"T": "S/sqrt(d)", "A": "softmax(T)"}}
ALAMMAR_PRINTS: Printed = [("T", "14 12"), ("A", "0.88 0.12")]

#: Wikipedia, Softmax function.
WIKIPEDIA = {"given": {"z": [1, 2, 3, 4, 1, 2, 3]}, "steps": {"s": "softmax(z)"}}
WIKIPEDIA_PRINTS: Printed = [("s", "[0.024, 0.064, 0.175, 0.475, 0.024, 0.064, 0.175]")]

#: I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 6.1: the exclusive or with ReLU.
GOODFELLOW = {
    "inputs": [[0, 0], [0, 1], [1, 0], [1, 1]],
    "target": [0, 1, 1, 0],
    "layers": [
        {"name": "hidden", "weights": [[1, 1], [1, 1]], "bias": [0, -1], "activation": "relu"},
        {"name": "output", "weights": [[1], [-2]], "activation": "linear"},
    ],
    "optimizer": {"sgd": {"lr": 0.1}},
}
GOODFELLOW_PRINTS: Printed = [
    ("hidden.Z", "[[0, -1], [1, 0], [1, 0], [2, 1]]"),
    ("hidden.H", "0 0\n1 0\n1 0\n2 1"),
    ("output.yhat", "0 1 1 0"),
    ("E", "0"),
]

#: V. Dumoulin, F. Visin, A guide to convolution arithmetic: a 3×3 kernel over 5×5.
DUMOULIN = {
    "given": {
        "X": [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]],
        "K": [[0, 1, 2], [2, 2, 0], [0, 1, 2]],
    },
    "steps": {"C": "conv(X, K)"},
}
DUMOULIN_PRINTS: Printed = [("C", "12 12 17\n10 17 19\n9 6 14")]

#: J. Brownlee, How to Code a Neural Network with Backpropagation from Scratch.
BROWNLEE = {
    "inputs": [1, 0],
    "target": [0, 1],
    "layers": [
        {
            "weights": [[0.13436424411240122], [0.8474337369372327]],
            "bias": [0.763774618976614],
            "activation": "sigmoid",
        },
        {
            "weights": [[0.2550690257394217, 0.4494910647887381]],
            "bias": [0.49543508709194095, 0.651592972722763],
            "activation": "sigmoid",
        },
    ],
    "optimizer": {"sgd": {"lr": 0.5}},
}
BROWNLEE_PRINTS: Printed = [("yhat1", "0.6629970129852887"), ("yhat2", "0.7253160725279748")]

#: M. Nielsen, Neural Networks and Deep Learning, chapter 3: one neuron, its output 0.82, later 0.98.
NIELSEN = {
    "inputs": [1],
    "target": 0,
    "layers": [{"weights": [[0.6]], "bias": [0.9], "activation": "sigmoid"}],
    "optimizer": {"sgd": {"lr": 0.15}},
}
NIELSEN_PRINTS: Printed = [("Z1", "1.5"), ("yhat", "0.82")]

#: The course's laboratory tasks 2 and 3.
LAB_PRINTS: Printed = [
    ("hidden.Z", "-0.7 0.1"), ("hidden.H", "0 0.1"), ("Z3", "0.08"), ("yhat", "0.08"), ("error", "-0.92"),
    ("E", "0.4232"), ("delta3", "-0.92"), ("hidden.delta", "0 0.184"), ("output.dW", "0 -0.092"),
    ("hidden.dW", "0 0.184\n0 0\n0 0.184"), ("output.W_new", "-0.3 -0.199908"),
    ("hidden.W_new", "0.2 -0.300184\n0.4 0.1\n-0.5 0.199816"), ("hidden.theta_new", "-0.4 0.199816"),
    ("theta3_new", "0.10092"), ("yhat@2", "0.081039549"), ("E@2", "0.422244155"),
]  # fmt: skip

PAGES: dict[str, tuple[dict[str, Any], Printed]] = {
    "Mazur": (MAZUR, MAZUR_PRINTS),
    "Han": (HAN, HAN_PRINTS),
    "Negnevitsky": (NEGNEVITSKY, NEGNEVITSKY_PRINTS),
    "CS231n, a circuit": (CIRCUIT, CIRCUIT_PRINTS),
    "CS231n, scores": (SCORES, SCORES_PRINTS),
    "Alammar": (ALAMMAR, ALAMMAR_PRINTS),
    "Wikipedia": (WIKIPEDIA, WIKIPEDIA_PRINTS),
    "Goodfellow": (GOODFELLOW, GOODFELLOW_PRINTS),
    "Dumoulin": (DUMOULIN, DUMOULIN_PRINTS),
    "Brownlee": (BROWNLEE, BROWNLEE_PRINTS),
    "Nielsen": (NIELSEN, NIELSEN_PRINTS),
    "the laboratory tasks": (NETWORKS["relu"], LAB_PRINTS),
}


def page(name: str) -> tuple[Graph, Printed]:
    spec, printed = PAGES[name]
    built = Worksheet.from_spec(spec) if "steps" in spec else Network.from_spec(spec)
    return build_graph(built, 2), printed


def decimals_of(printed: str) -> int:
    """Return the most decimals that any number of an answer is printed with."""
    return max(len(number.partition(".")[2]) for number in printed.replace(",", " ").replace("]", " ").split())


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_table_is_right_at_its_decimals(name: str) -> None:
    graph, printed = page(name)
    made = Marker(graph)
    own: dict[str, Typed] = {}
    for quantity, answer in printed:
        found = made.mark(quantity, answer, own=own, decimals=decimals_of(answer))
        assert found.verdict is Verdict.CORRECT, (quantity, answer, found.message)
        own.update(found.own)


@pytest.mark.parametrize("name", PAGES)
def test_each_printed_figure_is_right_by_itself(name: str) -> None:
    graph, printed = page(name)
    made = Marker(graph)
    for quantity, answer in printed:
        found = made.mark(quantity, answer, decimals=decimals_of(answer))
        assert found.verdict is Verdict.CORRECT, (quantity, answer, found.message)


@pytest.mark.parametrize("name", ["Mazur", "Han", "Negnevitsky", "Goodfellow", "the laboratory tasks"])
def test_a_printed_table_is_right_at_the_default_decimals(name: str) -> None:
    graph, printed = page(name)
    made = Marker(graph)
    own: dict[str, Typed] = {}
    for quantity, answer in printed:
        found = made.mark(quantity, answer, own=own)
        assert found.verdict is Verdict.CORRECT, (quantity, answer, found.message)
        own.update(found.own)


def test_a_book_that_cuts_off_digits_is_right() -> None:
    """0.1311, where the exact value is 0.131169."""
    graph, _ = page("Han")
    for own in ({}, {"yhat": Typed(0.474, 3)}, {"H1": Typed(0.332, 3), "H2": Typed(0.525, 3), "yhat": Typed(0.474, 3)}):
        for decimals in (None, 4):
            assert Marker(graph).mark("delta3", "0.1311", own=own, decimals=decimals).verdict is Verdict.CORRECT


def test_a_slide_with_the_wrong_logarithm_is_named() -> None:
    """CS231n's slides once gave −log₁₀ 0.13 = 0.89 for the loss of the scores 3.2, 5.1, −1.7."""
    spec = {"given": {"z": [3.2, 5.1, -1.7]}, "steps": {"g": "exp(z)", "q": "sum(g)", "p": "g/q", "L": "-ln(p[1])"}}
    made = Marker(build_graph(Worksheet.from_spec(spec)))
    for quantity, answer in (("g[1]", "24.5"), ("g[2]", "164.0"), ("g[3]", "0.18"), ("p[1]", "0.13"), ("p[3]", "0.00")):
        assert made.mark(quantity, answer, decimals=decimals_of(answer)).verdict is Verdict.CORRECT
    assert made.mark("L", "2.04", decimals=2).verdict is Verdict.CORRECT
    found = made.mark("L", "0.89", decimals=2)
    assert (found.verdict, ids(found)) == (Verdict.WRONG, ["wrong-logarithm"])


def test_three_common_answers_for_the_error_are_told_apart() -> None:
    made = Marker(build_graph(Network.from_spec(NETWORKS["relu"])))
    assert made.mark("E", "0.4232").verdict is Verdict.CORRECT
    assert ids(made.mark("E", "0.8464")) == ["factor-two"]
    assert ids(made.mark("E", "-0.92")) == ["square-left-out"]
    assert made.mark("error", "-0.92").verdict is Verdict.CORRECT
    assert ids(made.mark("error", "0.8464")) == ["loss-instead"]
    assert ids(made.mark("error", "0.92")) == ["difference-reversed"]
