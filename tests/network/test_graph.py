"""Quantities: their names, their formulas, their values, and what follows from other values."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.exercises import LAB
from tutor.errors import QuantityError
from tutor.formulas import text
from tutor.network import Graph, Network, Worksheet, build_graph, steps_needed

BATCH: dict[str, Any] = {
    "inputs": [[0, 1], [1, 0], [1, 1]],
    "target": [1, 1, 0],
    "layers": [{"weights": [[0.3], [-0.2]], "bias": 0.1, "activation": "sigmoid"}],
    "loss": "mse",
    "optimizer": {"sgd": {"lr": 0.5}},
}


def graph_of(spec: dict[str, Any], steps: int = 1, **changes: Any) -> Graph:
    return build_graph(Network.from_spec({**spec, **changes}), steps)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Z1", "Z1"),
        ("θ1", "theta1"),
        ("θ₁", "theta1"),
        ("w_11", "w11"),
        ("ŷ", "yhat"),
        ("∂E/∂w11", "dE/dw11"),
        ("w11′", "w11_new"),
        ("w11@2", "w11_new"),
        ("w11@1", "w11"),
        ("w11@3", "w11_new@2"),
        ("delta", "delta3"),
        ("dE/dZ3", "delta3"),
        ("E1", "E"),
        ("hidden.W_new[3,1]", "w15_new"),
        ("hidden.Z[2]", "Z2"),
        ("hidden.W@2", "hidden.W_new"),
        ("Z1..Z3", "Z1 Z2 Z3"),
        ("Z1, E@1..2", "Z1 E E@2"),
        ("forward", "Z1 Z2 H1 H2 Z3 yhat E"),
        ("all.H", "hidden.H output.yhat"),
        ("forward@2", "Z1@2 Z2@2 H1@2 H2@2 Z3@2 yhat@2 E@2"),
    ],
)
def test_a_name_in_any_spelling_is_its_quantity(typed: str, names: str) -> None:
    assert [quantity.name for quantity in graph_of(LAB, 2).expand(typed)] == names.split()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Z9", "Did you mean"),
        ("hidden.X", "no quantity"),
        ("hidden.W[4,1]", "3 × 2"),
        ("w11_step", "no quantity"),
        ("Z3..Z1", "not a range"),
        ("dE/dZ9", "no quantity"),
        ("", "No quantity"),
    ],
)
def test_an_unknown_name_is_an_error(typed: str, says: str) -> None:
    with pytest.raises(QuantityError, match=says):
        graph_of(LAB).expand(typed)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("Z1", "w₁₁·x₁ + w₁₃·x₂ + w₁₅·x₃ + θ₁"),
        ("H1", "ReLU(Z₁)"),
        ("E", "1/2·(ŷ − y)²"),
        ("delta3", "(ŷ − y)·ReLU′(Z₃)"),
        ("delta1", "w₂₁·δ₃·ReLU′(Z₁)"),
        ("dE/dw11", "δ₁·x₁"),
        ("w11_new", "w₁₁ − α·∂E/∂w₁₁"),
    ],
)
def test_definitions_read_as_they_are_taught(name: str, formula: str) -> None:
    graph = graph_of(LAB)
    assert text(graph.definition(name), graph.notation) == formula


def test_the_other_sign_of_delta_reads_as_in_its_textbooks() -> None:
    graph = graph_of(LAB, delta_sign="minus")
    assert text(graph.definition("delta3"), graph.notation) == "(y − ŷ)·ReLU′(Z₃)"
    assert text(graph.definition("w22_new"), graph.notation) == "w₂₂ + α·δ₃·H₂"
    plain = graph_of(LAB)
    for name in ("dE/dw22", "w22_new", "dE/dH1", "theta2_new"):
        assert graph.values[name] == pytest.approx(plain.values[name])
    assert graph.values["delta2"] == pytest.approx(-plain.values["delta2"])


def test_what_depends_on_a_given_value_is_worked_out_from_it() -> None:
    graph = graph_of(LAB)
    values = graph.evaluate({"H2": 0.5})
    assert values["Z2"] == graph.values["Z2"]
    assert values["Z3"] == pytest.approx(-0.2 * 0.5 + 0.1)
    assert values["w21_new"] == graph.values["w21_new"]


def test_every_node_comes_after_what_it_depends_on() -> None:
    for spec in (LAB, BATCH):
        graph = graph_of(spec, 3)
        place = graph.slots
        assert all(place[parent] < place[name] for name in graph.nodes for parent in graph.parents(name))


def test_a_batch_has_columns_rows_and_one_gradient() -> None:
    graph = graph_of(BATCH)
    assert graph.quantity("Z1").shape == (3,)
    assert graph.quantity("Z1[2]").cells == ("Z1[2]",)
    assert graph.quantity("output.Z").shape == (3, 1)
    assert graph.quantity("x[2]").cells == ("x1[2]", "x2[2]")
    assert [quantity.name for quantity in graph.expand("E[1..3]")] == ["E[1]", "E[2]", "E[3]"]
    mean = sum(graph.values[f"delta1[{n}]"] * graph.values[f"x1[{n}]"] for n in (1, 2, 3)) / 3
    assert graph.values["dE/dw1_1_1"] == pytest.approx(mean)


def test_a_given_number_called_e_is_not_eulers() -> None:
    spec = {"given": {"x": 2, "e": 3}, "steps": {"p": "e^x", "d": "dp/dx"}}
    graph = build_graph(Worksheet.from_spec(spec))
    assert graph.evaluate()["d"] == pytest.approx(9 * math.log(3)) == graph.values["d"]


def test_a_batch_without_a_target_has_a_forward_pass_only() -> None:
    layers = [{"name": "output", "weights": [[0.5], [0.25]], "activation": "sigmoid"}]
    graph = graph_of({"inputs": [[1, 0], [0, 1]], "layers": layers})
    assert graph.quantity("output.Z").shape == (2, 1)
    assert not any(name.startswith(("y", "E")) and not name.startswith("yhat") for name in graph.nodes)


def test_each_step_of_small_batches_has_its_own_rows() -> None:
    graph = graph_of(BATCH, 3, batch_size=2)
    assert graph.values["x1[1]@2"] == 1.0
    assert graph.quantity("Z1@2").shape == (1,)
    assert graph.canonical("x1[1]@3") == "x1[1]"


def test_a_factor_of_a_definition_can_be_asked_for() -> None:
    graph = graph_of({**BATCH, "inputs": [[0, 1]], "target": [1]}, layers=BATCH["layers"])
    quantity = graph.quantity("derror/dyhat[1]")
    assert graph.values[quantity.cells[0]] == 1.0


def test_error_signal_difference_leaves_the_slope_out_of_the_output_only() -> None:
    graph = graph_of(
        LAB, error_signal="difference", layers=[{**layer, "activation": "sigmoid"} for layer in LAB["layers"]]
    )
    assert text(graph.definition("delta3"), graph.notation) == "ŷ − y"
    assert text(graph.definition("delta1"), graph.notation) == "w₂₁·δ₃·H₁·(1 − H₁)"


def test_steps_needed_is_the_highest_step_named() -> None:
    assert steps_needed("E@1..3, w11") == 3
    assert steps_needed("Z1[2]@2") == 2
    assert steps_needed("Z1") == 1


def test_worksheet_rounds_feed_the_next() -> None:
    sheet = Worksheet.from_spec(
        {
            "given": {"w": 0, "alpha": 0.1},
            "steps": {"w_new": "w - alpha*g", "g": "df/dw", "f": "(w - 3)^2"},
            "repeat": 3,
        }
    )
    graph = build_graph(sheet)
    assert graph.values["w_new@3"] == pytest.approx(1.464)
    assert graph.quantity("w@2").name == "w_new"
    assert list(sheet.steps) == ["f", "g", "w_new"]


def test_a_step_may_be_named_like_a_derivative() -> None:
    sheet = Worksheet.from_spec(
        {"given": {"w": 3}, "steps": {"L": "w^2", "dL_dw": "dL/dw", "w_new": "w - 0.1*dL_dw", "same": "dL/dw"}}
    )
    graph = build_graph(sheet)
    assert [graph.values[name] for name in ("dL_dw", "w_new", "same")] == pytest.approx([6, 2.4, 6])
    assert graph.canonical("dL/dw") == graph.canonical("∂L/∂w") == "dL_dw"


def test_worksheet_derivatives_go_through_the_steps_between() -> None:
    sheet = Worksheet.from_spec(
        {
            "given": {"x": [1, 2], "w": [0.5, -0.5], "y": 1},
            "steps": {"z": "dot(w, x)", "h": "sigmoid(z)", "E": "(h - y)^2", "g": "dE/dw"},
        }
    )
    graph = build_graph(sheet)
    h = graph.values["h"]
    assert graph.quantity("g").shape == (2,)
    assert graph.values["g[2]"] == pytest.approx(2 * (h - 1) * h * (1 - h) * 2)
