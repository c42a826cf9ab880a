"""Derivations: every line has the solver's value, can be read back, and is written as it is taught."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.alike import first_and_last
from tests.engines.random_networks import random_spec
from tests.engines.test_agreement import SHEETS
from tests.exercises import LAB, MAZUR
from tutor.engines.numpy import Solution, solve, solve_worksheet
from tutor.engines.side_by_side import line, opinions
from tutor.engines.sympy import Derivation, Step, derive, sympy_values
from tutor.errors import QuantityError
from tutor.formulas import evaluate, parse, resolve
from tutor.mathtext import layout
from tutor.network import HIDDEN_KINDS, Graph, Network, Worksheet, build_graph


def graph_of(spec: dict[str, Any], steps: int = 1, **changes: Any) -> Graph:
    return build_graph(Network.from_spec({**spec, **changes}), steps)


def texts(derivation: Derivation) -> list[str]:
    return [step.text for step in derivation.steps]


def derivations(graph: Graph, *, every: bool) -> Iterable[Derivation]:
    """Yield the derivation of every number and array that can be asked for, or of the first and last similar ones."""
    names = [name for name, node in graph.nodes.items() if node.kind not in HIDDEN_KINDS] + [*graph.arrays]
    chosen = names if every else first_and_last(names)
    return (derive(graph, name) for name in chosen)


class Drawn:
    """Draws lines, but of those that differ only in their numbers only the first."""

    def __init__(self) -> None:
        self._alike: set[str] = set()

    def draw(self, step: Step) -> None:
        """Assert that a line can be drawn."""
        form = re.sub(r"\d+", "0", step.latex)
        if form not in self._alike:
            self._alike.add(form)
            assert layout(step.latex, 100), step.latex


def assert_has_the_solvers_value(step: Step, graph: Graph, solution: Solution) -> None:
    wanted = solution[graph.aliases.get(step.quantity, step.quantity)]
    assert np.shape(step.value) == np.shape(wanted), step.text
    found, right = np.ravel(step.value).tolist(), np.ravel(wanted).tolist()
    is_right = [math.isclose(*pair, rel_tol=1e-9, abs_tol=1e-12) for pair in zip(found, right, strict=True)]
    assert all(is_right), f"{step.text}: {found}, not {right}"


def assert_reads_back(step: Step, graph: Graph) -> None:
    """Assert that the text after the ``=``, read like a learner's formula, has the value of the line.

    Numbers in a line are rounded to six figures; hence the tolerance.
    """
    formula = step.text.partition("=")[2].strip()
    read = resolve(parse(formula), graph.canonical, source=formula)
    value = evaluate(read, graph.values)
    assert isinstance(step.value, float)
    assert math.isclose(value, step.value, rel_tol=2e-4, abs_tol=1e-6), f"{step.text}: {value}, not {step.value}"


def assert_equals_signs_chain(derivation: Derivation) -> None:
    """Assert that a line without a left side continues a line about the same quantity: a = b, = c says that a = c."""
    lines = derivation.steps
    for before, after in pairwise(lines):
        assert not after.text.startswith("=") or after.quantity == before.quantity, (before.text, after.text)


@pytest.mark.parametrize("seed", range(13))
def test_every_line_of_a_derivation(seed: int) -> None:
    """Thirteen networks cover every activation and every optimizer; half of them have a second step."""
    assert_every_line_holds(seed, every=False)


def assert_every_line_holds(seed: int, *, every: bool) -> None:
    """Assert that every line for a random network has the solver's value, can be drawn and can be read back."""
    network, steps = Network.from_spec(random_spec(seed)), 1 + seed % 2
    graph, solution = build_graph(network, steps), solve(network, steps=steps)
    seen: set[str] = set()
    drawn = Drawn()
    for derivation in derivations(graph, every=every):
        assert_equals_signs_chain(derivation)
        for step in derivation.steps:
            assert_has_the_solvers_value(step, graph, solution)
            if step.text in seen:
                continue
            seen.add(step.text)
            drawn.draw(step)
            assert not any(word in step.text for word in ("cosh", "sech", "Heaviside", "Derivative")), step.text
            if isinstance(step.value, float) and not any(sign in step.text for sign in "Σ…"):
                assert_reads_back(step, graph)
        assert derivation.value == derivation.steps[-1].value


@pytest.mark.parametrize("name", SHEETS)
def test_every_line_of_a_worksheets_derivations(name: str) -> None:
    sheet = Worksheet.from_spec(SHEETS[name])
    graph, solution = build_graph(sheet), solve_worksheet(sheet)
    drawn = Drawn()
    for derivation in derivations(graph, every=False):
        assert_equals_signs_chain(derivation)
        for step in derivation.steps:
            drawn.draw(step)
            if step.quantity in solution:
                assert_has_the_solvers_value(step, graph, solution)


# -- the chain ------------------------------------------------------------------------------------------------------


def test_an_early_weights_chain_names_every_factor_over_every_path() -> None:
    derivation = derive(graph_of(MAZUR), "dE/dw1")
    first, *others = texts(derivation)
    chain = "(∂E/∂ŷ₁·∂ŷ₁/∂Z₃·∂Z₃/∂H₁ + ∂E/∂ŷ₂·∂ŷ₂/∂Z₄·∂Z₄/∂H₁)·∂H₁/∂Z₁·∂Z₁/∂w₁"
    assert first == f"∂E/∂w₁ = {chain}"
    assert "2 paths" in derivation.steps[0].what
    for factor, worked_out in {
        "∂E/∂ŷ₁": "ŷ₁ − y₁",
        "∂ŷ₁/∂Z₃": "σ(Z₃)·(1 − σ(Z₃))",
        "∂Z₃/∂H₁": "w₅",
        "∂Z₄/∂H₁": "w₇",
        "∂H₁/∂Z₁": "σ(Z₁)·(1 − σ(Z₁))",
        "∂Z₁/∂w₁": "x₁",
    }.items():
        assert f"{factor} = {worked_out}" in others, factor
    assert "= H₁·(1 − H₁)" in others
    assert "∂E/∂w₁ = ((ŷ₁ − y₁)·ŷ₁·(1 − ŷ₁)·w₅ + (ŷ₂ − y₂)·ŷ₂·(1 − ŷ₂)·w₇)·H₁·(1 − H₁)·x₁" in others
    assert "= δ₁·x₁" in others
    assert others[-1] == "= 0.000438567734"


def test_a_chain_with_too_many_paths_stops_at_the_next_layers_error_signals() -> None:
    width = 5
    layers = [{"weights": [[0.1] * width] * width, "bias": 0.1, "activation": "tanh"} for _ in range(4)]
    graph = graph_of({"inputs": [1] * width, "target": [0] * width, "layers": layers})
    (first, *_), derivation = texts(derive(graph, "dE/dw1_1_1")), derive(graph, "dE/dw1_1_1")
    assert all(f"∂E/∂Z{digit}" in first for digit in ("₆", "₇", "₈", "₉", "₁₀"))
    assert "known from the layer after" in " ".join(step.what for step in derivation.steps)
    assert len(derivation.steps) < 40


def test_a_worksheets_chain_goes_over_every_path() -> None:
    graph = build_graph(Worksheet.from_spec(SHEETS["convolution"]))
    lines = texts(derive(graph, "g[2,2]"))
    chain = next(line for line in lines if line.startswith("g[2,2] = ∂E"))
    assert chain.count(" + ") == 3
    for cell in ("1,1", "1,2", "2,1", "2,2"):
        assert f"∂E/∂R[{cell}]·∂R[{cell}]/∂F[{cell}]·∂F[{cell}]/∂K[2,2]" in chain


def test_a_worksheets_chain_with_too_many_paths_shows_one_of_them() -> None:
    image = [[(row * column) % 3 - 1 for column in range(6)] for row in range(6)]
    sheet = {"given": {"X": image, "K": [[1, 0], [0, 1]]}, "steps": {"F": "conv(X, K)", "E": "sum(F^2)", "g": "dE/dK"}}
    derivation = derive(build_graph(Worksheet.from_spec(sheet)), "g[1,1]")
    assert len(derivation.steps) < 12
    assert "the others are alike" in " ".join(step.what for step in derivation.steps)


@pytest.mark.parametrize(
    ("activation", "slope", "by_activation"),
    [
        ("sigmoid", "σ(Z₁)·(1 − σ(Z₁))", "= H₁·(1 − H₁)"),
        ("tanh", "1 − tanh(Z₁)²", "= 1 − H₁²"),
        ("relu", "ReLU′(Z₁)", ""),
        ({"leaky_relu": {"slope": 0.1}}, "LeakyReLU′(Z₁, 0.1)", ""),
        ("linear", "1", ""),
        ("softplus", "softplus′(Z₁)", ""),
    ],
)
def test_slopes_are_written_as_they_are_taught(activation: Any, slope: str, by_activation: str) -> None:
    layer = {"weights": [[0.5], [-0.3]], "activation": activation}
    graph = graph_of({"inputs": [1, 2], "target": 1, "layers": [layer, {"weights": [[0.4]]}]})
    lines = texts(derive(graph, "dH1/dZ1"))
    assert f"∂H₁/∂Z₁ = {slope}" in lines
    assert not by_activation or by_activation in lines


def test_a_slope_of_two_pieces_says_which_piece() -> None:
    layer = {"weights": [[0.5], [-0.3]], "activation": "relu"}
    derivation = derive(graph_of({"inputs": [1, 2], "target": 1, "layers": [layer, {"weights": [[0.4]]}]}), "delta1")
    words = " ".join(step.what for step in derivation.steps)
    assert "Since Z₁ is not above 0." in words
    assert "dead unit" in words


def test_softmax_with_cross_entropy_shrinks_to_the_difference() -> None:
    soft = [MAZUR["layers"][0], {**MAZUR["layers"][1], "activation": "softmax"}]
    graph = graph_of(MAZUR, layers=soft, loss="cross_entropy", target=[0, 1])
    lines = texts(derive(graph, "delta3"))
    assert "∂E/∂ŷ₁·∂ŷ₁/∂Z₃ + ∂E/∂ŷ₂·∂ŷ₂/∂Z₃" in lines[1]
    assert "∂ŷ₂/∂Z₃ = −ŷ₂·ŷ₁" in lines
    assert "= ŷ₁ − y₁" in lines


def test_the_output_of_a_linear_unit_is_its_sum_written_out() -> None:
    layers = [LAB["layers"][0], {**LAB["layers"][1], "activation": "linear"}]
    shown = [step.text for step in derive(graph_of(LAB, layers=layers), "yhat").steps]
    assert shown[1] == "= w₂₁·H₁ + w₂₂·H₂ + θ₃"


def test_an_update_by_a_rule_does_not_mention_a_gradient() -> None:
    for name in ("w22_new", "output.W_new"):
        said = " ".join(step.what for step in derive(graph_of(LAB, error_signal="difference"), name).steps)
        assert "rate times the direction" in said
        assert "Against the slope" not in said


def test_an_error_signal_by_a_rule_is_not_called_a_gradient() -> None:
    derivation = derive(graph_of(MAZUR, error_signal="difference"), "delta3")
    assert "This lesson's rule" in derivation.steps[0].what
    assert "not the gradient of the loss" in derivation.steps[0].what
    assert derivation.steps[0].text == "δ₃ = ŷ₁ − y₁"
    assert not any("∂E" in line for line in texts(derive(graph_of(MAZUR, error_signal="difference"), "delta1")))
    two = {**MAZUR, "inputs": [[1, 2], [2, 1]], "target": [[0, 1], [1, 0]]}
    derivation = derive(graph_of(two, error_signal="difference"), "dE/dw1")
    assert "not the loss's gradient" in derivation.steps[0].what
    assert "slope" not in derivation.steps[0].what


def test_the_slope_of_a_maximum_is_1_or_0_unless_a_number_that_decides_is_hidden() -> None:
    sheet = {"given": {"A": [1.0, 3.0, 2.0, 4.0]}, "steps": {"B": "A + 1", "P": "max(B)", "E": "P^2", "g": "dE/dB"}}
    graph = build_graph(Worksheet.from_spec(sheet))
    lines = texts(derive(graph, "g"))
    assert "∂P/∂B[4] = 1" in lines
    assert "g[4] = 2·P·1" in lines
    assert not [line for line in lines if "step" in line]
    hidden = texts(derive(graph, "g", shown=lambda name: "?" if name == "B[1]" else None))
    assert "∂P/∂B[4] = step(B[4] − max(B[1], B[2], B[3]))" in hidden
    assert [line for line in hidden if line.startswith("g[4] = 2·P·step(")]


def test_a_tied_maximum_says_which_number_counts() -> None:
    of = Worksheet.from_spec(
        {"given": {"a": 0.7, "b": 0.7}, "steps": {"m": "max(a, b)", "L": "m^2", "g": "dL/da", "h": "dL/db"}}
    )
    for quantity, by in (("g", "a"), ("h", "b")):
        said = next(step.what for step in derive(of, quantity).steps if "else 0" in step.what)
        assert said == f"Differentiate m with respect to {by}: 1 where {by} is the first of the larger, else 0."


@pytest.mark.parametrize(("formula", "at_0"), [("step(z)", "0"), ("step(z, 1)", "what stands after the comma")])
def test_a_step_says_what_it_is_at_0(formula: str, at_0: str) -> None:
    of = Worksheet.from_spec({"given": {"z": 0.7}, "steps": {"h": formula}})
    assert derive(of, "h").steps[1].what == f"The step is 1 above 0 and 0 below; at 0 it is {at_0}."


def test_the_maximum_of_one_number_has_a_value() -> None:
    of = Worksheet.from_spec({"given": {"x": [0.4]}, "steps": {"m": "max(x)", "n": "min(x)"}})
    assert sympy_values(of) == {"m": 0.4, "n": 0.4}


def test_a_local_slope_is_worked_out_and_not_named() -> None:
    of = Worksheet.from_spec({"given": {"s": 0.7}, "steps": {"h": "tanh(s)", "L": "h*s", "g": "dL/ds"}})
    assert "∂h/∂s = 1 − tanh(s)²" in texts(derive(of, "g"))


def test_the_exponent_of_a_value_in_a_later_step_is_not_the_steps() -> None:
    sheet = {"given": {"w": 2.0, "alpha": 0.1}, "steps": {"f": "w^2", "w_new": "w - alpha*w"}, "repeat": 3}
    step = derive(build_graph(Worksheet.from_spec(sheet), 3), "f@3").steps[0]
    assert (step.text, step.latex) == ("f@3 = (w′@2)²", r"f{@3} = (w'{@2})^{2}")


def test_a_first_velocity_has_no_earlier_one() -> None:
    graph = graph_of({**LAB, "optimizer": {"sgd": {"lr": 0.1, "momentum": 0.9}}}, steps=2)
    first, second = (derive(graph, name).steps[0].what for name in ("w21_v", "w21_v@2"))
    assert first == f"{second} In the first step there is no earlier one."


# -- matrices -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "form"),
    [
        ("hidden.Z", "Z_hidden = x·W_hidden + θ_hidden"),
        ("hidden.H", "H_hidden = σ(Z_hidden)"),
        ("output.delta", "δ_output = (ŷ_output − y) ∘ σ′(Z_output)"),
        ("hidden.delta", "δ_hidden = (δ_output·W_outputᵀ) ∘ σ′(Z_hidden)"),
        ("output.dW", "∂E/∂W_output = H_hiddenᵀ·δ_output"),
        ("hidden.dW", "∂E/∂W_hidden = xᵀ·δ_hidden"),
        ("output.W_new", "W_output′ = W_output − α·∂E/∂W_output"),
    ],
)
def test_a_matrix_has_its_form_and_one_cell_in_full(quantity: str, form: str) -> None:
    graph = graph_of(MAZUR)
    derivation = derive(graph, quantity)
    assert derivation.steps[0].text == form
    cells = set(graph.quantity(quantity).cells)
    in_full = {step.quantity for step in derivation.steps} & cells
    assert len(in_full) == 1
    assert derivation.steps[-1].what == "All cells."
    assert np.shape(derivation.value) == graph.quantity(quantity).shape


def test_the_other_layout_reverses_the_product() -> None:
    layer = {"weights": [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], "activation": "tanh"}
    graph = graph_of({"inputs": [1, 2, 3], "target": [0, 1], "layers": [layer], "layout": "units_by_inputs"})
    assert texts(derive(graph, "output.dW"))[0] == "∂E/∂W_output = δ_outputᵀ·x"
    assert texts(derive(graph, "output.Z"))[0] == "Z_output = x·W_outputᵀ"


def test_the_targets_of_a_batch_are_a_column_as_its_outputs_are() -> None:
    layer = {"weights": [[0.5], [-0.5]], "bias": [0.1], "activation": "sigmoid"}
    batch = {"inputs": [[1, 2], [3, 4]], "target": [0, 1], "layers": [layer], "loss": "binary_cross_entropy"}
    line = derive(graph_of(batch), "output.delta").steps[1].text
    guesses, targets = line.removeprefix("= ").split(" − ")
    assert targets == "[[0], [1]]"
    assert guesses.count("[") == targets.count("[")


# -- hidden values and unknown names --------------------------------------------------------------------------------


def test_a_value_that_was_not_found_yet_stays_hidden() -> None:
    hidden = {"yhat1", "H1", "delta3"}
    derivation = derive(graph_of(MAZUR), "dE/dw5", shown=lambda name: "?" if name in hidden else None)
    for step in derivation.steps:
        for number in ("0.751365", "0.59327", "0.138499"):
            assert number not in step.text + step.latex


def test_a_long_slope_is_a_number_unless_that_reveals_a_value() -> None:
    graph = build_graph(Worksheet.from_spec(SHEETS["attention's gradient"]))
    slope = "∂a[1]/∂q[2] = "
    (short,) = {line for line in texts(derive(graph, "gq[2]")) if line.startswith(slope)}
    assert float(short.removeprefix(slope).replace("−", "-"))
    hidden = derive(graph, "gq[2]", shown=lambda name: "?" if name == "q[2]" else None)
    (long,) = {line for line in texts(hidden) if line.startswith(slope)}
    assert "q[2]" in long.removeprefix(slope)


def test_the_symbols_of_the_class_are_used() -> None:
    graph = graph_of(MAZUR, notation={"sum": "net", "activation": "out", "weight": "v", "error_signal": "e"})
    assert "∂net" in texts(derive(graph, "dE/dw1"))[0]
    assert texts(derive(graph, "Z1"))[0].startswith("net₁ = ")


@pytest.mark.parametrize("name", ["Z9", "", "w1_step", "hidden.Q"])
def test_an_unknown_quantity_has_no_derivation(name: str) -> None:
    with pytest.raises(QuantityError):
        derive(graph_of(MAZUR), name)


# -- what each engine gives -------------------------------------------------------------------------------------------


def test_every_engine_is_named_with_its_number_or_a_reason() -> None:
    graph = build_graph(Network.from_spec(LAB))
    for quantity, by_torch, wanted in (
        ("Z3", {"Z3": 0.08}, "NumPy 0.08 · SymPy 0.08 · PyTorch 0.08"),
        ("Z3", {"Z3": 0.09}, "NumPy 0.08 · SymPy 0.08 · PyTorch 0.09"),
        ("Z3", "is not installed", "NumPy 0.08 · SymPy 0.08 · PyTorch is not installed"),
        ("Z3", {}, "NumPy 0.08 · SymPy 0.08 · PyTorch does not work this out"),
        (
            "hidden.Z",
            {"Z1": graph.values["Z1"], "Z2": graph.values["Z2"]},
            "NumPy [−0.7, 0.1] · SymPy [−0.7, 0.1] · PyTorch [−0.7, 0.1]",
        ),
    ):
        found = opinions(graph, quantity, derive(graph, quantity).numbers, by_torch)
        assert line(found, graph.quantity(quantity).shape) == wanted
    cells = graph.quantity("hidden.W_new").cells
    found = opinions(graph, "hidden.W_new", derive(graph, "hidden.W_new").numbers, dict.fromkeys(cells, 7.0))
    assert line(found, (3, 2)) == "NumPy 6 numbers · SymPy the same · PyTorch other numbers"


def test_a_sum_that_cancels_is_0_wherever_it_is_shown() -> None:
    """0.4 + 0.1 − 0.5 leaves 2.8e-17 in floating point."""
    given = {"X": [[1, 2, 0], [0, 1, 3], [2, 1, 1]], "K": [[0.5, -0.5], [0.2, 0.1]]}
    sheet = {"given": given, "steps": {"C": "conv(X, K)", "L": "sum(C^2)/2", "G": "dL/dK"}}
    graph = build_graph(Worksheet.from_spec(sheet))
    assert graph.values["C[2,1]"] == 0.0
    derived = derive(graph, "C[2,1]")
    assert line(opinions(graph, "C[2,1]", derived.numbers, "is not installed"), ()).startswith("NumPy 0 · SymPy 0 ·")
    assert not any("10⁻" in step.text for step in (*derived.steps, *derive(graph, "G").steps))


def test_sympys_values_of_an_array_are_independent_of_the_graphs() -> None:
    given = {"X": [[1, 2, 0], [0, 1, 3], [2, 1, 1]], "K": [[0.5, -0.5], [0.2, 0.1]]}
    for graph, array in (
        (build_graph(Worksheet.from_spec({"given": given, "steps": {"C": "conv(X, K)"}})), "C"),
        (build_graph(Network.from_spec(LAB)), "hidden.Z"),
    ):
        right = derive(graph, array).value
        cell = graph.quantity(array).cells[0]
        graph.values = {**graph.values, cell: 99.0}
        assert derive(graph, array).value == right


@pytest.mark.parametrize(("size", "is_asked"), [(16, True), (50, False)])
def test_a_formula_too_long_to_read_is_not_written_out(size: int, is_asked: bool) -> None:
    given = {"A": [[1] * size] * size}
    graph = build_graph(Worksheet.from_spec({"given": given, "steps": {"s": "sum(A*A*A*A)"}}))
    derivation = derive(graph, "s")
    assert [len(step.latex) < 100 for step in derivation.steps] == [True]
    assert derivation.steps[-1].value == size**2
    assert derivation.value == (size**2 if is_asked else ())
    said = line(opinions(graph, "s", derivation.numbers, "is not installed"), ())
    assert ("SymPy is not asked" in said) is not is_asked


def test_a_long_formula_says_what_its_parts_are() -> None:
    graph = build_graph(
        Worksheet.from_spec({"given": {"x": [1, 2, 0.5]}, "steps": {"y": "softmax(" * 5 + "x" + ")" * 5}})
    )
    derivation = derive(graph, "y")
    assert any("softmax(softmax(softmax(softmax(x))))," in step.what for step in derivation.steps)
    assert all(len(step.text) < 200 for step in derivation.steps)


def test_no_line_says_that_a_quantity_is_itself() -> None:
    softmax = [{"weights": [[0.5, -0.2], [0.3, 0.4]], "activation": "softmax"}]
    of = graph_of({"inputs": [1, 2], "target": [0, 1], "layers": softmax, "loss": "cross_entropy"})
    for name in ("expZ1", "output.expsum", "yhat1", "Z1"):
        for step in derive(of, name).steps:
            left, _, right = step.text.partition(" = ")
            assert left != right, step.text
