"""Every quantity of every kind of network has up to five rungs of hints; each adds something, none reveals too much."""

from __future__ import annotations

import re

import pytest

from tests.alike import first_and_last
from tests.exercises import BOOK
from tutor.formulas import evaluate
from tutor.formulas.numbers import readable
from tutor.formulas.tree import Add, Call, Mul, Name, Neg, Num, names
from tutor.hints import RungKind, rungs
from tutor.hints.ladder import BLANK, as_taught, blank_one
from tutor.hints.one_line import LINE
from tutor.mathtext import fit, render, render_inline
from tutor.network import HIDDEN_KINDS, Graph, Kind, Network, Worksheet, build_graph


def network(activation: str, last: str, loss: str, *, steps: int = 1, **more: object) -> Graph:
    spec = {
        "inputs": [[0.5, -1.0], [0.2, 0.3]] if more.pop("batch", False) else [0.5, -1.0],
        "target": [1, 0],
        "layers": [
            {"weights": [[0.1, 0.2], [-0.3, 0.4]], "bias": [0.1, 0.2], "activation": activation},
            {"weights": [[0.3, -0.2], [0.5, 0.1]], "activation": last},
        ],
        "loss": loss,
        "optimizer": {"sgd": {"lr": 0.5}},
        **more,
    }
    if isinstance(spec["inputs"][0], list):  # type: ignore[index]
        spec["target"] = [[1, 0], [0, 1]]
    return build_graph(Network.from_spec(spec), steps=steps)


ONE_BIAS = [
    {"weights": [[0.1, 0.2], [-0.3, 0.4]], "bias": {"b1": 0.1, "shared": True}, "activation": "tanh"},
    {"weights": [[0.3, -0.2], [0.5, 0.1]], "bias": {"b2": 0.3, "shared": True}, "activation": "sigmoid"},
]
GRAPHS = {
    "lab": build_graph(Network.from_spec(BOOK)),
    "relu": network("relu", "linear", "squared_error", batch=True),
    "softmax": network("tanh", "softmax", "cross_entropy"),
    "bce": network(
        "leaky_relu", "sigmoid", "binary_cross_entropy", batch=True, optimizer={"adam": {"lr": 0.1}}, steps=2
    ),
    "one bias": network("tanh", "sigmoid", "mse", layers=ONE_BIAS),
    "one bias, batch": network("tanh", "sigmoid", "mse", layers=ONE_BIAS, batch=True),
    "difference": network("softplus", "sigmoid", "mse", error_signal="difference"),
    "minus": network(
        "elu",
        "tanh",
        "half_squared_error",
        delta_sign="minus",
        optimizer={"sgd": {"lr": 0.1, "momentum": 0.9}},
        steps=2,
    ),
    "silu": network("silu", "sigmoid", "half_squared_error", optimizer={"rmsprop": {"lr": 0.1}}),
    "symbols": build_graph(
        Network.from_spec({**BOOK, "notation": {"sum": "net", "activation": "out", "weight": "v", "loss": "L"}})
    ),
    "pooling": build_graph(
        Worksheet.from_spec(
            {
                "given": {"X": [[1, 0, 2], [0, 3, 1], [2, 1, 0]], "K": [[1, -1], [0, 1]]},
                "steps": {
                    "C": "conv(X, K) - 0.5",
                    "A": "max(0, C)",
                    "P": "maxpool(A, 2, stride=1)",
                    "m": "min(X)",
                    "L": "sum(P)/4 - m",
                    "gA": "dL/dA",
                    "gC": "dL/dC",
                    "gX": "dm/dX",
                },
            }
        )
    ),
    "attention": build_graph(
        Worksheet.from_spec(
            {
                "given": {"Q": [[1, 2], [0, 1]], "K": [[1, 0], [1, 1]], "V": [[1, 2], [3, 0]], "d": 2},
                "steps": {"S": "Q @ K.T", "T": "S / sqrt(d)", "A": "softmax(T)", "O": "A @ V"},
            }
        )
    ),
    "descent": build_graph(
        Worksheet.from_spec(
            {
                "given": {"w": 0, "alpha": 0.1},
                "steps": {"f": "(w - 3)^2", "g": "df/dw", "w_new": "w - alpha*g"},
                "repeat": 2,
            }
        )
    ),
}


def everything(graph: Graph) -> list[str]:
    """Return the names of what can be asked for, of similar ones the first and the last."""
    nodes = [name for name, node in graph.nodes.items() if node.formula is not None and node.kind not in HIDDEN_KINDS]
    return first_and_last([*nodes, *(name for name, array in graph.arrays.items() if array.kind is not Kind.GIVEN)])


#: The words before the formula of a cell.
ONE_CELL = "the others work the same way."


def formulas(text: str) -> list[str]:
    return re.findall(r"\$\$(.+?)\$\$", text, re.S) + re.findall(r"(?<!\$)\$([^$]+)\$(?!\$)", text)


@pytest.mark.parametrize("which", GRAPHS)
def test_every_quantity_has_rungs_and_each_adds_something(which: str) -> None:
    graph = GRAPHS[which]
    for name in everything(graph):
        found = rungs(graph, graph.quantity(name), lambda each: (f"{graph.values[each]:.3g}", graph.values[each]))
        kinds = [rung.kind for rung in found]
        assert kinds == [kind for kind in RungKind if kind in kinds], "the rungs are out of order"
        assert {RungKind.WHAT, RungKind.LINE} <= set(kinds)
        shown = [tuple(render_inline(latex) for latex in formulas(rung.text.split(ONE_CELL)[-1])) for rung in found]
        assert len(set(shown)) == len(shown), f"{name}: two hints say the same"
        for rung in found:
            assert rung.title
            assert rung.text
            assert "nan" not in rung.text
            for latex in formulas(rung.text):
                assert fit(latex, LINE).width <= LINE, "the formula is too wide"
                left, _, right = render_inline(latex).partition(" = ")
                assert left != right, "both sides are the same"


@pytest.mark.parametrize("which", [name for name, graph in GRAPHS.items() if isinstance(graph.model, Network)])
def test_the_first_three_rungs_have_no_number_of_this_network(which: str) -> None:
    graph = GRAPHS[which]
    for name in everything(graph):
        for rung in rungs(graph, graph.quantity(name), lambda _: None)[:-2]:
            assert not re.search(r"\d\.\d", rung.text.replace("0.01", "")), rung.text  # 0.01: leaky ReLU's slope


def test_a_worksheets_formula_is_not_shown_twice() -> None:
    """It has no general form, and a formula that is just a number is already the answer."""
    graph = build_graph(Worksheet.from_spec({"given": {"w": 2}, "steps": {"d": "3*w - 1", "c": "4"}}))
    found = {name: [each.kind.value for each in rungs(graph, graph.quantity(name), lambda _: None)] for name in "dc"}
    assert found == {"d": ["what", "formula", "numbers", "line"], "c": ["what", "line"]}


def test_the_last_rung_ends_in_the_value() -> None:
    graph = GRAPHS["lab"]
    for name in everything(graph):
        quantity = graph.quantity(name)
        if not quantity.is_number or graph.nodes[name].kind is Kind.FACTOR:
            continue
        line = rungs(graph, quantity, lambda each: (repr(graph.values[each]), graph.values[each]), 4)[-1].text
        shown = float(re.split(r"=|\\approx", line.strip("$"))[-1])
        assert shown == pytest.approx(graph.values[name], abs=0.5001e-4)


def test_one_product_is_left_blank() -> None:
    graph = GRAPHS["lab"]
    text = rungs(graph, graph.quantity("Z1"), lambda name: (str(graph.values[name]), graph.values[name]))[-2].text
    assert text.count(r"\square") == 1
    assert "0.2" not in text
    assert "-0.4" in text


def test_an_unknown_value_stays_a_symbol() -> None:
    graph = GRAPHS["lab"]
    found = rungs(graph, graph.quantity("Z3"), lambda name: None if name == "H1" else ("1", 1.0))
    assert "H_{1}" in found[-1].text
    assert "Find $H_{1}$ first." in found[-2].text


def test_the_line_uses_the_learners_numbers() -> None:
    graph = GRAPHS["lab"]
    line = rungs(graph, graph.quantity("H1"), lambda _: ("0.7", 0.7), 3)[-1].text
    assert "0.668" in line


def test_the_learners_numbers_may_leave_the_line_without_a_value() -> None:
    """For the logarithm of a learner's 0, the last rung says which number is to blame."""
    graph = network("sigmoid", "sigmoid", "binary_cross_entropy")
    found = rungs(graph, graph.quantity("E1"), lambda name: ("0", 0.0) if name == "yhat1" else None, 3)
    last = found[-1].text
    assert f"has no value with your ${graph.notation.latex('yhat1')} = 0$" in last
    assert "nan" not in last


def test_a_vector_shows_the_cell_that_needs_help() -> None:
    graph = GRAPHS["lab"]
    found = rungs(graph, graph.quantity("hidden.Z"), lambda _: ("1", 1.0), 3, cell=1)
    assert "Z_{2} =" in found[2].text
    assert "Z_{1} =" not in found[2].text
    assert "Z_{1} =" in found[-1].text


def test_hints_use_the_symbols_of_the_class() -> None:
    graph = GRAPHS["symbols"]
    text = rungs(graph, graph.quantity("Z1"), lambda _: None)[1].text
    assert r"\text{net}" in text
    assert "v_{ij}" in text


def test_the_indices_of_a_weight_are_explained_if_its_name_has_others() -> None:
    """Here w₁₃ leads from input 2 to unit 1, so its name does not give i and j."""
    for name, words in {
        "Z1": "$w_{ij}$: the weight from $x_{i}$ to unit $j$",
        "dE/dw21": "$w_{ij}$: the weight from $H_{i}$ to unit $j$",
        "delta1": "$w_{jk}$: the weight from unit $j$ to unit $k$",
    }.items():
        assert words in first_and_second(GRAPHS["lab"], name)
    assert "whatever its own name" not in first_and_second(GRAPHS["lab"], "H1")
    for name in ("Z1", "Z3", "delta1", "dE/dw1_1_1"):
        assert "whatever its own name" not in first_and_second(GRAPHS["softmax"], name)


def first_and_second(graph: Graph, name: str) -> str:
    found = rungs(graph, graph.quantity(name), lambda _: None)
    return f"{found[0].text} {found[1].text}"


def test_over_a_batch_a_weights_gradient_is_not_explained_as_a_biass() -> None:
    text = first_and_second(GRAPHS["relu"], "dE/dw1_1_1")
    assert "times the value that came through it, added up over the samples" in text
    assert "a bias multiplies nothing" not in text
    assert "a bias multiplies nothing" in first_and_second(GRAPHS["relu"], "dE/dtheta1")
    assert "averaged over the samples" in first_and_second(GRAPHS["bce"], "dE/dw1_1_1")


def test_a_masked_score_is_shown_as_minus_infinity() -> None:
    given = {"S": [[0.4, 0.9]], "M": [[0, "-inf"]]}
    of = build_graph(Worksheet.from_spec({"given": given, "steps": {"A": "softmax(S + M)"}}))
    found = rungs(of, of.quantity("A"), lambda name: (readable(of.values[name]), of.values[name]))
    assert "-∞" in found[-1].text
    assert "inf" not in found[-1].text


def test_an_update_by_a_rule_is_not_called_a_slope_of_the_loss() -> None:
    text = first_and_second(GRAPHS["difference"], "dE/dw1_1_1")
    assert "the update's direction" in text
    assert "how the loss changes" not in text
    assert r"\partial E" not in text
    assert "how the loss changes" in first_and_second(GRAPHS["minus"], "dE/dw1_1_1")
    assert "gradient" not in first_and_second(GRAPHS["difference"], "w1_1_1_new")


def test_a_biass_update_is_written_with_a_bias() -> None:
    assert r"\theta' = \theta -" in first_and_second(GRAPHS["lab"], "theta1_new")
    assert "w' = w -" in first_and_second(GRAPHS["lab"], "w11_new")


def test_a_linear_unit_is_its_weighted_sum() -> None:
    text = first_and_second(GRAPHS["relu"], "yhat1[1]")
    assert "The unit is linear: it is the weighted sum $Z_{3}{[1]}$ itself." in text
    of = GRAPHS["relu"]
    found = rungs(of, of.quantity("yhat1[1]"), lambda name: None)
    assert "w" in found[2].text, "ŷ = Z does not help a learner who was never asked for Z"


A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    "tree",
    [A, Neg(A), Add((A, B)), Add((Mul((A, B)), C)), Mul((A, B)), Mul((A, Add((B, Neg(C))))), Call("exp", (Neg(A),))],
)
def test_exactly_one_part_is_left_blank(tree: object) -> None:
    blanked = blank_one(tree, lambda _: 1.0)  # type: ignore[arg-type]
    assert names(blanked).count(BLANK) == 1


def test_a_product_that_is_not_zero_is_left_blank() -> None:
    """A blank in a product with 0 could be anything."""
    tree = Add((Mul((A, B)), Mul((A, C))))
    assert blank_one(tree, {"a": 1.0, "b": 0.0, "c": 2.0}.__getitem__) == Add((Mul((A, B)), Name(BLANK)))


@pytest.mark.parametrize("which", ["lab", "relu"])
def test_the_taught_form_has_the_same_value(which: str) -> None:
    graph = GRAPHS[which]
    for name in everything(graph):
        if name in graph.nodes:
            assert evaluate(as_taught(graph, name), graph.values) == pytest.approx(graph.values[name], abs=1e-12)


def test_rungs_are_the_same_each_time() -> None:
    graph = GRAPHS["lab"]
    first, second = (list(rungs(graph, graph.quantity("delta1"), lambda _: None)) for _ in range(2))
    assert first == second


LONG = build_graph(
    Worksheet.from_spec(
        {
            "given": {"X": [[1, 0, 2, 1], [0, 3, 1, 1], [2, 1, 0, 1], [1, 1, 1, 2]], "K": [[1, 0.5], [-1, 2]]},
            "steps": {
                "C": "conv(X, K)",
                "S": "sum((1 - X)*X)",
                "M": "mean(X)",
                "m": "max(X)",
                "g": "dS/dX",
                "G": "dM/dX",
            },
        }
    )
)


@pytest.mark.parametrize("name", ["C", "S", "M", "m", "g", "G", "C[2,2]"])
def test_no_hint_is_longer_than_a_line(name: str) -> None:
    """Of sixteen terms the first few and the last are shown, with a note on how many there are."""
    found = rungs(LONG, LONG.quantity(name), lambda each: (f"{LONG.values[each]:.3f}", LONG.values[each]), 3)
    for rung in found:
        for latex in re.findall(r"\$\$(.+?)\$\$", rung.text, re.S):
            assert render(latex).width <= LINE
    if name in ("S", "M"):
        assert "there are 16 in all" in found[2].text
        assert found[-2].text.count(r"\square") == 1
        assert found[-1].text.count(r"\cdots") >= 1
        shown = float(re.split(r"=|\\approx", found[-1].text.strip("$"))[-1])
        assert shown == pytest.approx(LONG.values[name], abs=0.0005)


def test_the_formula_of_a_worksheets_cell_is_as_the_lesson_writes_it() -> None:
    assert r"C = \operatorname{conv}(X, K)" in first_and_second(LONG, "C[1,1]")
    assert r"\operatorname{sum}" in first_and_second(LONG, "S")


def test_a_gradient_over_many_samples_is_on_one_line() -> None:
    of = build_graph(
        Network.from_spec(
            {
                "inputs": [[0.1 * n, 0.2] for n in range(1, 13)],
                "target": [n % 2 for n in range(12)],
                "layers": [{"weights": [[0.1], [-0.3]], "bias": [0.1], "activation": "sigmoid"}],
                "loss": "binary_cross_entropy",
            }
        )
    )
    for name in ("E", "dE/dw1_1_1", "dE/dtheta1"):
        for rung in rungs(of, of.quantity(name), lambda each: (f"{of.values[each]:.3f}", of.values[each]), 3):
            assert all(render(latex).width <= LINE for latex in re.findall(r"\$\$(.+?)\$\$", rung.text, re.S)), rung
    assert 12 + LINE + 7 <= 80, "no room for the marker of a hint and two scroll bars"


def test_a_blank_takes_the_place_of_a_name_rather_than_of_a_setting() -> None:
    """LeakyReLU(Z, 0.01): the slope is given."""
    assert blank_one(Call("leaky_relu", (A, Num(0.01))), lambda _: 1.0) == Call("leaky_relu", (Name(BLANK), Num(0.01)))


def test_a_line_with_nothing_beside_its_blank_is_left_out() -> None:
    kinds = [
        rung.kind for rung in rungs(GRAPHS["lab"], GRAPHS["lab"].quantity("dE/dtheta3"), lambda _: ("0.5", 0.5), 3)
    ]
    assert RungKind.NUMBERS not in kinds
    assert RungKind.LINE in kinds


def rung_texts(name: str, cell: int, *without: str) -> dict[RungKind, str]:
    graph = GRAPHS["pooling"]
    known = {each: (f"{value:g}", value) for each, value in graph.values.items() if each not in without}
    return {each.kind: each.text for each in rungs(graph, graph.quantity(name), known.get, cell=cell)}


def test_the_slope_of_a_maximum_is_named_and_explained() -> None:
    texts = rung_texts("gC", 3)
    terms, numbers, line = (texts[kind] for kind in (RungKind.TERMS, RungKind.NUMBERS, RungKind.LINE))
    assert r"\frac{1}{4} \cdot \frac{\partial{P{[1{,}1]}}}{\partial{A{[2{,}2]}}} \cdot \frac" in terms
    assert "is the largest of $A{[1{,}1]}, A{[1{,}2]}, A{[2{,}1]}, A{[2{,}2]}$, else 0." in terms
    assert "is the larger of $0, C{[2{,}2]}$, else 0." in terms
    assert r"\frac{1}{4} \cdot \square \cdot 1$$" in numbers
    assert "is 1 if $1.5$ is the largest of $3.5, 0, 0, 1.5$, else 0." in numbers
    assert r"\cdot 0 \cdot 1 = 0" in line
    assert not [text for text in texts.values() if "step" in text]
    assert "the first of the smallest of $X{[1{,}1]}, X{[1{,}2]}" in rung_texts("gX", 1)[RungKind.TERMS]


def test_a_slope_of_a_maximum_stays_a_symbol_until_its_numbers_are_known() -> None:
    texts = rung_texts("gC", 3, "A[1,2]")
    assert "Find $A{[1{,}2]}$ first." in texts[RungKind.NUMBERS]
    assert r"\partial{P" in texts[RungKind.LINE]


def all_hints(given: dict[str, object], steps: dict[str, str], name: str, *, without: str = "") -> str:
    of = build_graph(Worksheet.from_spec({"given": given, "steps": steps}))
    known = {each: (f"{value:g}", value) for each, value in of.values.items() if each != without}
    return "\n".join(rung.text for rung in rungs(of, of.quantity(name), known.get))


def test_the_maximum_of_one_number_has_hints() -> None:
    assert "= 12$$" in all_hints({"x": [2]}, {"m": "max(x)", "E": "m*x[1]^2", "g": "dE/dx"}, "g")


def test_an_authors_step_is_not_called_the_slope_of_a_maximum() -> None:
    assert r"\partial" not in all_hints({"g": 5.37, "a": 2}, {"h": "max(0, a)", "q": "g*step(a)"}, "q")


def test_a_tie_by_hand_is_called_a_tie() -> None:
    steps = {"s": "a + b", "m": "max(s, c)", "E": "m^2", "g": "dE/ds"}
    assert "first of the larger" in all_hints({"a": 0.1, "b": 0.2, "c": 0.3}, steps, "g")
    assert "first of" not in all_hints({"a": 0.1, "b": 0.2, "c": 0.3}, steps, "g", without="s")  # it would give s away
