"""Four ways to the same numbers: NumPy with matrices, the graph's formulas, SymPy from the loss, PyTorch's autograd.

They are independent, so agreement over models of every form means that all are right. Answers are marked
against NumPy; the formulas, from which mistakes and roundings are worked out, agree with it to 1e-12. The others agree
to 1e-9 of each number's size; a rounding error in what is exactly 0 may be a thousandth of that.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.engines.random_networks import HIDDEN, LOSSES, OPTIMIZERS, random_spec
from tests.engines.random_worksheets import ARRAYS as SHEET_ARRAYS
from tests.engines.random_worksheets import FUNCTIONS as SHEET_FUNCTIONS
from tests.engines.random_worksheets import OPTIMIZERS as SHEET_OPTIMIZERS
from tests.engines.random_worksheets import random_worksheet
from tutor.authoring.opening import open_file
from tutor.engines.numpy import solve
from tutor.engines.sympy import sympy_values
from tutor.formulas.array_functions import CELLS
from tutor.network import HIDDEN_KINDS, UNNAMED_CELLS, Graph, Network, Worksheet, build_graph

SPREAD = range(39)
RELATIVE, ABSOLUTE = 1e-9, 1e-12


def steps_of(seed: int) -> int:
    return 1 + seed % 3


@cache
def random_graph(seed: int) -> Graph:
    return build_graph(Network.from_spec(random_spec(seed)), steps_of(seed))


def assert_agrees(graph: Graph, engine: str, found: Mapping[str, Any]) -> None:
    """Assert that an engine found every number that the graph shows, and the same value."""
    for name, node in graph.nodes.items():
        if node.formula is not None and node.kind not in HIDDEN_KINDS:
            assert name in found, f"{engine} has no {name}"
            right = graph.values[name]
            is_right = math.isclose(found[name], right, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
            assert is_right, f"{engine}: {name} is {found[name]}, not {right}"


def test_the_random_networks_cover_every_choice_of_the_format() -> None:
    specs = [random_spec(seed) for seed in SPREAD]
    layers = [layer for spec in specs for layer in spec["layers"]]
    hidden = [layer["activation"] for spec in specs for layer in spec["layers"][:-1]]
    assert all(activation in hidden for activation in HIDDEN)
    assert all(activation in [layer["activation"] for layer in layers] for activation in [*HIDDEN, "softmax"])
    assert {spec["loss"] for spec in specs} == set(LOSSES)
    assert all(optimizer in [spec["optimizer"] for spec in specs] for optimizer in OPTIMIZERS)
    choices = {
        "reduction": {"mean", "sum", None},
        "error_signal": {"gradient", "difference"},
        "delta_sign": {"plus", "minus"},
        "layout": {"inputs_by_units", "units_by_inputs"},
        "update_bias": {True, False},
        "batch_size": {None, 2},
    }
    for key, wanted in choices.items():
        assert {spec.get(key) for spec in specs} == wanted, key
    assert {"bias" in layer for layer in layers} == {True, False}
    shared = [
        seed for seed in SPREAD if any(layer.shares_bias for layer in Network.from_spec(random_spec(seed)).layers)
    ]
    assert {specs[seed]["layout"] for seed in shared} == choices["layout"]
    assert {specs[seed]["update_bias"] for seed in shared} == {True, False}
    assert {isinstance(specs[seed]["inputs"][0], list) for seed in shared} == {True, False}
    assert {next(iter(specs[seed]["optimizer"])) for seed in shared} == {"sgd", "adagrad", "rmsprop", "adam", "adamw"}
    assert {specs[seed]["delta_sign"] for seed in shared} == choices["delta_sign"]
    assert {steps_of(seed) for seed in SPREAD} == {1, 2, 3}


# -- NumPy, which answers are marked against, and the formulas --------------------------------------------------------

WHOLE_EXAMPLES = ("lesson", "textbook", "worksheets")
LESSONS = [
    *sorted(Path("lessons").glob("*.yaml")),
    *(Path("tests/lessons/examples") / f"{name}.yaml" for name in WHOLE_EXAMPLES),
]
SHEET_SEEDS = range(96)
MARKED = 1e-12


def assert_formulas_agree(graph: Graph, seed: int, tries: int = 3) -> None:
    """Assert that the formulas agree with NumPy for the model's values and for a learner's numbers anywhere."""
    rng = random.Random(seed)
    names = list(graph.nodes)
    # cells without a name are never asked for, and a list that chooses rows is part of the formula
    is_fixed = ("ids",)
    typed = [
        name for name, node in graph.nodes.items() if node.kind not in UNNAMED_CELLS and not name.startswith(is_fixed)
    ]
    for count in (0, 2, 6)[:tries]:
        given = {name: rng.uniform(0.05, 0.95) for name in rng.sample(typed, min(len(typed), count))}
        solved, worked_out = graph.solve(given), graph.evaluate(given)
        assert list(solved) == names
        for name, right in solved.items():
            other = worked_out[name]
            is_right = math.isclose(other, right, rel_tol=MARKED, abs_tol=MARKED)
            has_none = math.isnan(right) and not math.isfinite(other)
            assert is_right or has_none, f"{name} is {other}, not {right}, given {given}"


@pytest.mark.parametrize("seed", SPREAD)
def test_the_formulas_of_a_network_agree_with_numpy(seed: int) -> None:
    graph = random_graph(seed)
    assert_formulas_agree(graph, seed)
    found = solve(Network.from_spec(random_spec(seed)), steps=steps_of(seed))
    for array in graph.arrays:
        quantity = graph.quantity(array)
        value = found[array]
        assert not isinstance(value, float)
        assert value.shape == quantity.shape, array
        assert value.ravel().tolist() == [found[cell] for cell in quantity.cells], array


def sheets() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from SHEETS.items()
    for seed in SHEET_SEEDS:
        yield f"random {seed}", random_worksheet(seed)


def test_the_random_worksheets_cover_every_optimizer_and_function() -> None:
    assert len(SHEET_SEEDS) // 4 >= max(len(SHEET_OPTIMIZERS), len(SHEET_FUNCTIONS), len(SHEET_ARRAYS))
    written = " ".join(formula for steps in SHEET_ARRAYS for formula in steps.values())
    assert not [name for name in CELLS if f"{name}(" not in written]


def test_the_formulas_of_worksheets_agree_with_numpy() -> None:
    for place, (_, spec) in enumerate(sheets()):
        assert_formulas_agree(build_graph(Worksheet.from_spec(spec)), place)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_formulas_of_a_lesson_agree_with_numpy(path: Path) -> None:
    lesson = open_file(str(path))
    for name in lesson.models:
        assert_formulas_agree(lesson.graph(name), len(name))


def test_a_factor_made_on_request_follows_given_values() -> None:
    """A factor that the network does not name is worked out from NumPy's numbers, and may be given."""
    graph = build_graph(Worksheet.from_spec(SHEETS["descent"]))
    name = graph.quantity("dw_new/dg").name
    assert name in graph.on_request
    assert graph.values[name] == pytest.approx(-0.1)
    assert graph.solve({name: 5.0, "g": 1.0})[name] == 5.0


# -- the other engines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SPREAD[:26])
def test_sympy_agrees_starting_from_the_loss(seed: int) -> None:
    assert_agrees(random_graph(seed), "SymPy", sympy_values(Network.from_spec(random_spec(seed)), steps_of(seed)))


@pytest.mark.needs("torch")
@pytest.mark.parametrize("seed", SPREAD)
def test_autograd_and_torchs_optimizers_agree(seed: int) -> None:
    from tutor.engines.torch.engine import network_values

    found = network_values(Network.from_spec(random_spec(seed)), steps_of(seed))
    assert_agrees(random_graph(seed), "PyTorch", found)


@pytest.mark.needs("torch")
def test_training_does_not_load_pytorchs_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes most of a second."""
    from tutor.engines.torch.engine import network_values

    monkeypatch.setitem(sys.modules, "torch._dynamo", None)  # loading it fails
    for seed, optimizer in enumerate(OPTIMIZERS):
        network_values(Network.from_spec({**random_spec(seed), "optimizer": optimizer}))


@pytest.mark.needs("torch")
def test_the_child_process_of_pytorch_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks and worksheets go there as plain data and come back by name. It imports no module that lies beside a
    stranger's lesson."""
    from tutor.engines.torch import torch_values_of

    monkeypatch.chdir(tmp_path)
    for name in ("tutor", "torch", "numpy", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)\n")
    sheet = Worksheet.from_spec(SHEETS["adam"])
    seeds = (3, 11)  # units share a bias in the first
    models: list[tuple[Network | Worksheet, int]] = [(sheet, 1)]
    models += [(Network.from_spec(random_spec(seed)), steps_of(seed)) for seed in seeds]
    answers = torch_values_of(models)
    for graph, found in zip([build_graph(sheet), *map(random_graph, seeds)], answers, strict=True):
        assert_agrees(graph, "PyTorch", found)


@pytest.mark.parametrize(("at_zero", "output"), [(None, 0.0), (0, 0.0), (1, 1.0), (0.5, 0.5)])
def test_the_step_at_0(at_zero: float | None, output: float) -> None:
    activation = "step" if at_zero is None else {"step": {"at_zero": at_zero}}
    weights = [[0.5, 1.0, 1.0], [-0.5, 0.25, -1.0]]
    network = Network.from_spec({"inputs": [1, 1], "layers": [{"weights": weights, "activation": activation}]})
    graph = build_graph(network)
    assert [graph.values[f"yhat{unit}"] for unit in (1, 2, 3)] == [output, 1.0, output]
    assert_agrees(graph, "the formula", graph.evaluate())
    assert_agrees(graph, "SymPy", sympy_values(network))


@pytest.mark.needs("torch")
def test_the_step_at_0_by_pytorch() -> None:
    from tutor.engines.torch.engine import network_values

    layers = [{"weights": [[0.5, 1.0], [-0.5, 0.25]], "activation": {"step": {"at_zero": 1}}}]
    network = Network.from_spec({"inputs": [1, 1], "layers": layers})
    assert_agrees(build_graph(network), "PyTorch", network_values(network))


# -- worksheets -----------------------------------------------------------------------------------------------------

SHEETS: dict[str, dict[str, Any]] = {
    "momentum": {
        "given": {"w": 1.0, "g": 0.4, "v": 0.2, "beta": 0.9, "alpha": 0.1},
        "steps": {"w_new": "w - alpha*v_new", "v_new": "beta*v + g"},
        "repeat": 3,
    },
    "attention": {
        "given": {"Q": [[1, 2], [0, 1]], "K": [[1, 0], [1, 1]], "V": [[1, 2], [3, 0]], "d": 2},
        "steps": {"S": "Q @ K.T", "T": "S / sqrt(d)", "A": "softmax(T)", "O": "A @ V", "C": "softmax(T, columns)"},
    },
    "attention's gradient": {
        "given": {"q": [1, 0.5], "K": [[1, 0], [1, 1], [-1, 0.5]], "v": [0.3, -0.2, 0.9], "y": 0.5},
        "steps": {"a": "softmax(K @ q)", "o": "dot(a, v)", "E": "(o - y)^2", "gq": "dE/dq", "gK": "dE/dK"},
    },
    "functions in one another": {
        "given": {"T": [[1, 2, 0.5], [-1, 0.3, 40]], "W": [[0.2, -0.5], [1, 0.4], [0.1, 0.3]]},
        "steps": {
            "A": "softmax(softmax(softmax(softmax(T))))",
            "B": "softmax(softmax(softmax(softmax(T@W), columns)) @ softmax(softmax(W.T)) @ W)",
            "L": "sum(B[1..1,1..2]*A[1,2]) + sum(softmax(softmax(softmax(softmax(T)))))",
            "G": "dL/dW",
            "T_new": "T - A",
        },
        "repeat": 2,
    },
    "descent": {
        "given": {"w": 0, "alpha": 0.1},
        "steps": {"f": "(w - 3)^2", "g": "df/dw", "w_new": "w - alpha*g"},
        "repeat": 3,
    },
    "adam": {
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
    },
    "convolution": {
        "given": {"X": [[1, 2, 0], [0, 1, 3], [2, -1, 1]], "K": [[1, 0.5], [-1, 2]], "b": 0.1},
        "steps": {"F": "conv(X, K) + b", "R": "relu(F)", "P": "max(R)", "E": "sum(R^2)/2", "g": "dE/dK", "gb": "dE/db"},
    },
    "recurrent": {
        "given": {"h": [0, 0], "x@1": 1, "x@2": -0.5, "U": [0.5, -0.3], "W": [[0.1, 0.2], [-0.4, 0.3]], "b": [0, 0.1]},
        "steps": {"z": "U*x + W @ h + b", "h_new": "tanh(z)"},
        "repeat": 2,
    },
    "reductions": {
        "given": {"A": [[1, -2, 3], [0.5, 4, -1]], "u": [3, 4]},
        "steps": {
            "s": "sum(A)", "r": "sum(A, rows)", "c": "sum(A, columns)", "m": "mean(A, rows)", "top": "max(A, rows)",
            "low": "min(A, columns)", "where": "argmax(A, rows)", "first": "argmax(1, A, 2)", "n": "norm(u)",
            "cell": "A[2,3]", "block": "A[1..2, 2..3]", "both": "max(A, 0) + min(A[1,1], 2)", "turned": "A.T @ u",
        },
    },
    "functions": {
        "given": {"z": [-1.5, -0.2, 0.3, 2], "p": [0.2, 0.5, 1, 3]},
        "steps": {
            "a": "sigmoid(z) + tanh(z)", "b": "relu(z) - leaky_relu(z, 0.2)", "c": "elu(z, 0.5) + softplus(z)",
            "d": "gelu(z) * silu(z)", "e1": "step(z) + sign(z) + abs(z)", "f": "exp(z) - ln(p) + log10(p)",
            "h": "sigmoid'(z) + tanh'(z) + relu'(z)", "i": "leaky_relu'(z, 0.2) + elu'(z, 0.5) + softplus'(z)",
            "j": "gelu'(z) + silu'(z)", "k": "sqrt(p)^3", "E": "sum(a*c*d)", "slope": "dE/dz",
        },
    },
    "equal arguments": {
        "given": {"z": [2, 2, 1], "A": [[1, 1], [2, 3]], "r": 0, "X": [[4, 4, 0, 1], [4, 1, 1, 0]]},
        "steps": {
            "m": "max(z)", "g": "dm/dz", "E": "sum(min(A, rows))", "gA": "dE/dA", "p": "max(0, r)", "h": "dp/dr",
            "P": "maxpool(X, 2)", "S": "sum(P)", "gX": "dS/dX",
        },
    },
    "conditions": {
        "given": {"a": 2, "b": [1, 2]},
        "steps": {"c": "a > 1", "d": "(b >= 2)*(b = 2)", "e1": "a >= 2 and a != 3", "f": "not (a < 1 or a <= 1)"},
    },
    "equal by hand": {
        "given": {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4, "h": 0.5, "n": 1e6, "v": [0.1, 0.3], "X": [0.6, 0.3]},
        "steps": {
            "x": "a + b", "z": "x - c", "le": "x <= 0.3", "lt": "x < c", "eq": "a + b = c", "ne": "x != c",
            "gt": "x > 0.3", "ge": "c >= x", "both": "x <= c and not (x > c or x < c)",
            "cells": "3*v <= c", "large": "n*x <= n*c", "s": "step(z)",
            "s1": "step(z, 1)", "sd": "step(a + d - h)", "sign1": "sign(z)", "r": "relu'(z)",
            "k": "leaky_relu'(z, 0.2)", "first": "argmax(c, x)", "place": "argmax(concat(2*X, 4*v))",
            "m": "max(c, x)", "gm": "dm/dx", "l": "min(c, x)", "gl": "dl/dc", "f": "relu(z) + abs(z)", "gf": "df/dz",
            "P": "maxpool(concat(3*v, X), 3)", "S": "sum(P)", "gS": "dS/dX", "y": "(x <= c)*x^2", "gy": "dy/dx",
        },
    },
    "a softmax of large numbers": {
        "given": {"z": [10000, 0, -10000], "T": 0.5},
        "steps": {"p": "softmax(z/T)", "s": "sum(p)"},
    },
    "derivatives by steps": {
        "given": {"X": [[1, 2, 0], [3, 1, 2], [0, 1, 1]], "K": [[1, -0.5], [0.5, 1]], "w": [0.3, -0.2, 0.1, 0.4]},
        "steps": {
            "A": "relu(conv(X, K))", "f": "flatten(A)", "z": "dot(w, f)", "E": "z^2/2", "gz": "dE/dz", "gA": "dE/dA",
            "gK": "dE/dK", "same": "conv(X, gA)",
        },
    },
    "a derivative of a derivative": {
        "given": {"x": 0.7},
        "steps": {"f": "sigmoid(x)*x^3", "g": "df/dx", "h": "dg/dx"},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_worksheets_by_sympy(name: str) -> None:
    sheet = Worksheet.from_spec(SHEETS[name])
    graph = build_graph(sheet)
    assert_agrees(graph, "SymPy", sympy_values(sheet))


ARRAY_SEEDS = range(2, 4 * len(SHEET_ARRAYS), 4)


@pytest.mark.parametrize("seed", ARRAY_SEEDS)
def test_random_worksheets_over_arrays_by_sympy(seed: int) -> None:
    sheet = Worksheet.from_spec(random_worksheet(seed))
    assert_agrees(build_graph(sheet), "SymPy", sympy_values(sheet))


@pytest.mark.needs("torch")
@pytest.mark.parametrize("seed", ARRAY_SEEDS)
def test_random_worksheets_over_arrays_by_pytorch(seed: int) -> None:
    from tutor.engines.torch.sheets import worksheet_values

    sheet = Worksheet.from_spec(random_worksheet(seed))
    assert_agrees(build_graph(sheet), "PyTorch", worksheet_values(sheet))


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", SHEETS)
def test_worksheets_by_pytorch(name: str) -> None:
    from tutor.engines.torch.sheets import worksheet_values

    sheet = Worksheet.from_spec(SHEETS[name])
    assert_agrees(build_graph(sheet), "PyTorch", worksheet_values(sheet))


def test_numbers_that_are_equal_by_hand_are_equal() -> None:
    """A learner has 0.1 + 0.2 = 0.3; floating point has not. The others agree, as with every other worksheet above."""
    values = build_graph(Worksheet.from_spec(SHEETS["equal by hand"])).values
    assert values["x"] != values["c"]
    holds = ("le", "lt", "eq", "ne", "gt", "ge", "both", "cells[1]", "cells[2]", "large")
    assert [name for name in holds if values[name]] == ["le", "eq", "ge", "both", "cells[1]", "large"]
    assert [values[name] for name in ("s", "s1", "sd", "sign1", "r", "k", "first")] == [0, 1, 0, 0, 0, 0.2, 1]
    assert [values[name] for name in ("gm", "gl", "gf")] == [0, 1, 0]
    assert values["gy"] == pytest.approx(0.6)


def test_the_first_of_equal_arguments_is_the_greatest() -> None:
    """As in ``argmax`` and PyTorch's pooling; so ``max(0, r)`` is flat at 0, as ReLU is."""
    values = build_graph(Worksheet.from_spec(SHEETS["equal arguments"])).values
    assert [values[f"g[{i}]"] for i in (1, 2, 3)] == [1, 0, 0]
    assert values["h"] == 0
    assert [values[f"gX[{row},{column}]"] for row in (1, 2) for column in (1, 2, 3, 4)] == [1, 0, 0, 1, 0, 0, 0, 0]
