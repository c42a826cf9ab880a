"""The NumPy solver by itself: given values, large weighted sums, what cannot be solved, and nets of every size."""

from __future__ import annotations

import math
import random
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from tests.engines.test_agreement import SHEETS, assert_agrees
from tests.exercises import LAB, MAZUR
from tutor.engines.numpy import solve, solve_worksheet
from tutor.engines.sympy import derive, sympy_values
from tutor.errors import NetworkError, QuantityError
from tutor.network import Network, Worksheet, build_graph


def network_of(spec: dict[str, Any], **changes: Any) -> Network:
    return Network.from_spec({**spec, **changes})


# -- given values --------------------------------------------------------------------------------------------------


def test_a_whole_array_may_be_given() -> None:
    network = network_of(MAZUR)
    found = solve(network, given={"hidden.H": [0.5, 1.0], "w5": 0.0})
    assert found["Z3"] == pytest.approx(0.45 + 0.6)
    assert found["Z1"] == pytest.approx(0.3775)
    assert found["dE/dw7"] == pytest.approx(float(found["delta4"]) * 0.5)


def test_a_worksheets_values_may_be_given() -> None:
    sheet = Worksheet.from_spec(SHEETS["attention"])
    found = solve_worksheet(sheet, given={"S": [[1, 1], [2, 2]], "V[1,1]": 5})
    assert np.asarray(found["A"]).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert found["O[1,1]"] == pytest.approx(4)
    rounds = Worksheet.from_spec(SHEETS["descent"])
    assert solve_worksheet(rounds, given={"w_new@2": 3})["w_new@3"] == 3


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"Z9": 1.0}, QuantityError, "'Z9'"),
        ({"dE/dw55": 1.0}, QuantityError, "'dE/dw55'"),
        ({"hidden.H": [1.0, 2.0, 3.0]}, NetworkError, "hidden.H has the shape 2, and the values given have 3"),
        ({"hidden.W": [1.0, 2.0]}, NetworkError, "hidden.W has the shape 2 × 2"),
    ],
)
def test_an_impossible_given_value_is_named(given: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        solve(network_of(MAZUR), given=given)


@pytest.mark.parametrize("given", [{"Q9": 1.0}, {"S": [1.0, 2.0]}])
def test_an_impossible_given_value_of_a_worksheet_is_named(given: dict[str, Any]) -> None:
    with pytest.raises((QuantityError, NetworkError), match=next(iter(given))):
        solve_worksheet(Worksheet.from_spec(SHEETS["attention"]), given=given)


@pytest.mark.parametrize("changes", [{"optimizer": None}, {"target": None}])
def test_a_network_that_does_not_learn_has_one_step(changes: dict[str, Any]) -> None:
    spec = {key: value for key, value in (LAB | changes).items() if value is not None}
    network = Network.from_spec(spec)
    assert solve(network)["Z3"] == pytest.approx(0.08)
    with pytest.raises(NetworkError, match="does not learn"):
        solve(network, steps=2)


# -- large weighted sums --------------------------------------------------------------------------------------------

LARGE = [(z, sign * z) for z in (30.0, 40.0, 700.0, 1e4) for sign in (1, -1)]


def saturated(z: list[float], activation: str, loss: str, target: list[float]) -> Network:
    """Return a network of one layer whose weighted sums are ``z``."""
    layer = {"weights": [z], "activation": activation}
    return Network.from_spec({"inputs": [1.0], "target": target, "layers": [layer], "loss": loss})


@pytest.mark.parametrize(("size", "z"), LARGE)
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_sigmoid_and_its_cross_entropy_are_exact_for_large_sums(size: float, z: float, target: float) -> None:
    network = saturated([z], "sigmoid", "binary_cross_entropy", [target])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = solve(network)
    towards = (z > 0) == (target == 1)
    assert found["E"] == pytest.approx(math.log1p(math.exp(-size)) if towards else size + math.log1p(math.exp(-size)))
    assert found["delta1"] == pytest.approx((1.0 if z > 0 else 0.0) - target, abs=1e-12)
    graph = build_graph(network)
    for name in ("yhat", "E", "delta1", "dE/dw1_1_1"):
        assert graph.values[name] == pytest.approx(found[name], rel=1e-9, abs=1e-12), name
    assert derive(graph, "E").value == pytest.approx(found["E"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("size", "z"), LARGE)
def test_softmax_and_its_cross_entropy_are_exact_for_large_sums(size: float, z: float) -> None:
    network = saturated([z, 0.0, -z], "softmax", "cross_entropy", [0, 0, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = solve(network)
    assert found["E"] == pytest.approx(2 * size if z > 0 else 0.0, abs=1e-9)
    shares = np.asarray(found["output.yhat"])
    assert shares.sum() == pytest.approx(1)
    assert shares.argmax() == (0 if z > 0 else 2)
    graph = build_graph(network)
    for name in ("yhat1", "yhat3", "E", "E3", "delta1", "delta3", "dE/dw1_1_1"):
        assert graph.values[name] == pytest.approx(found[name], rel=1e-9, abs=1e-12), name
    assert derive(graph, "E").value == pytest.approx(found["E"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("z", [1e4, -1e4])
@pytest.mark.parametrize("activation", ["tanh", "softplus", "elu", "gelu", "silu", "relu", "sigmoid"])
def test_every_activation_is_finite_for_large_sums(activation: str, z: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network = saturated([z], activation, "mse", [1.0])
        graph = build_graph(network)
        assert all(math.isfinite(float(number)) for number in graph.values.values())
        assert_agrees(graph, "NumPy", solve(network).values)
        assert_agrees(graph, "SymPy", sympy_values(network))


def test_a_learners_output_replaces_the_exact_form() -> None:
    """A learner's ŷ leads to the loss of that ŷ; the exact form is only for the network's values."""
    graph = build_graph(saturated([2.0], "sigmoid", "binary_cross_entropy", [1.0]))
    assert graph.evaluate({"yhat": 0.5})["E"] == pytest.approx(math.log(2))
    soft = build_graph(saturated([2.0, 1.0], "softmax", "cross_entropy", [1.0, 0.0]))
    assert soft.evaluate({"expZ1": 1.0, "expZ2": 3.0})["yhat1"] == pytest.approx(0.25)
    assert soft.evaluate({"expZ1": 1.0, "expZ2": 3.0})["E"] == pytest.approx(math.log(4))
    assert soft.evaluate({"yhat1": 0.5})["E"] == pytest.approx(math.log(2))


# -- sizes ----------------------------------------------------------------------------------------------------------


def wide(*widths: int, samples: int = 0, activation: str = "tanh", seed: int = 0) -> Network:
    rng = random.Random(seed)

    def numbers(count: int) -> list[float]:
        return [rng.uniform(-0.5, 0.5) for _ in range(count)]

    layers = [
        {"weights": [numbers(units) for _ in range(inputs)], "bias": numbers(units), "activation": activation}
        for inputs, units in pairwise(widths)
    ]
    rows = [numbers(widths[0]) for _ in range(samples or 1)]
    targets = [numbers(widths[-1]) for _ in range(samples or 1)]
    return Network.from_spec(
        {
            "inputs": rows if samples else rows[0],
            "target": targets if samples else targets[0],
            "layers": layers,
            "optimizer": {"adam": {"lr": 0.01}},
        }
    )


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(wide(1, 1), id="1-1"),
        pytest.param(wide(1, 1, 1, 1), id="1-1-1-1"),
        pytest.param(wide(2, *[2] * 10, 1), id="ten hidden layers"),
        pytest.param(wide(3, 20, 2), id="3-20-2"),
        pytest.param(wide(3, 4, 1, samples=20), id="20 samples"),
    ],
)
def test_any_depth_and_width(network: Network) -> None:
    graph = build_graph(network, 2)
    assert_agrees(graph, "NumPy", solve(network, steps=2).values)


def test_gradients_of_a_deep_network_are_the_differences_of_its_loss() -> None:
    """A law that needs no second engine: (E(w + h) − E(w − h))/2h."""
    network = wide(2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, activation="softplus")
    found = solve(network)
    for name in ("w1_1_1", "w5_2_3", "theta4", "w10_3_2"):
        base, step = float(found[name]), 1e-5
        above, below = (solve(network, given={name: base + side * step})["E"] for side in (1, -1))
        assert (float(above) - float(below)) / (2 * step) == pytest.approx(
            float(found[f"dE/d{name}"]), rel=1e-5, abs=1e-9
        )


def test_a_network_of_50_50_10_is_solved_and_derived() -> None:
    """Too large to work out by hand, but the tutor must not stall on it."""
    network = wide(50, 50, 10)
    graph = build_graph(network)
    found = solve(network)
    assert np.asarray(found["hidden.dW"]).shape == (50, 50)
    assert found["dE/dw1_7_9"] == pytest.approx(graph.values["dE/dw1_7_9"], rel=1e-9)
    derivation = derive(graph, "dE/dw1_7_9")
    assert len(derivation.steps) < 60
    assert derivation.value == pytest.approx(found["dE/dw1_7_9"], rel=1e-9)
    assert derive(graph, "hidden.dW").value is not None


# -- conventions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activation", "slope"), [("relu", 0.0), ({"leaky_relu": {"slope": 0.2}}, 0.2), ("elu", 1.0), ("step", None)]
)
def test_at_a_kink_every_engine_takes_the_formats_slope(activation: Any, slope: float | None) -> None:
    layers = [{"weights": [[0.0]], "activation": activation}]
    network = Network.from_spec({"inputs": [1], "target": 1, "layers": layers, "optimizer": {"sgd": {"lr": 1}}})
    graph = build_graph(network)
    found, by_sympy = solve(network), sympy_values(network)
    assert found["yhat"] == by_sympy["yhat"] == graph.values["yhat"] == 0
    if slope is None:
        assert "dyhat/dZ1" not in found
        assert "delta1" not in found
    else:
        assert found["dyhat/dZ1"] == by_sympy["dyhat/dZ1"] == graph.values["dyhat/dZ1"] == slope


def test_a_sum_that_is_not_quite_zero_wakes_no_dead_unit() -> None:
    layers = [{"weights": [[0.3], [0.2], [-0.5]], "activation": "relu"}]
    network = Network.from_spec({"inputs": [1, 1, 1], "target": 1, "layers": layers})
    assert solve(network)["dyhat/dZ1"] == build_graph(network).values["dyhat/dZ1"] == 0


def test_kept_biases_stay_and_have_gradients() -> None:
    found = solve(network_of(MAZUR), steps=2)
    assert found["theta1_new"] == 0.35
    assert found["dE/dtheta1"] != 0
    assert found["theta1_new@2"] == 0.35
