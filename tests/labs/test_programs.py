"""Every network written as a NumPy and a PyTorch program runs unchanged and gives the lesson's numbers."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from tests.labs.conftest import TorchChild
from tutor.labs.kernel import Kernel
from tutor.labs.programs import Program, numpy_program, torch_program
from tutor.labs.programs.agreement import agreement, questions
from tutor.labs.sandbox.limits import Limits
from tutor.lessons import load
from tutor.network import Network, build_graph
from tutor.paths import shipped_lessons

X2, W23, W32 = [0.5, -1.0], [[0.2, -0.3, 0.4], [0.1, 0.6, -0.5]], [[0.3, -0.2], [0.7, 0.1], [-0.4, 0.5]]


def two_layers(hidden: object = "tanh", output: object = "linear", **more: Any) -> dict[str, Any]:
    layers: list[dict[str, Any]] = [
        {"weights": W23, "bias": [0.1, -0.2, 0.3], "activation": hidden},
        {"weights": W32, "bias": 0.2, "activation": output},
    ]
    return {"inputs": X2, "target": [0.3, 0.7], "layers": layers, "optimizer": {"sgd": {"lr": 0.5}}, **more}


def shared_bias(**more: Any) -> dict[str, Any]:
    layers = [
        layer | {"bias": {f"b{place}": 0.2, "shared": True}} for place, layer in enumerate(two_layers()["layers"])
    ]
    return two_layers(layers=layers, **more)


BATCH = {"inputs": [[0.5, -1.0], [1.0, 0.25], [-0.3, 0.8]], "target": [[0.3, 0.7], [1, 0], [0, 1]]}
SPECS: dict[str, dict[str, Any]] = {
    **{
        name: two_layers(name)
        for name in ("linear", "sigmoid", "tanh", "relu", "softplus", "gelu", "silu", "step", "leaky_relu", "elu")
    },
    "parameters": two_layers({"leaky_relu": {"slope": 0.2}}, {"elu": {"alpha": 0.5}}),
    **{
        f"loss {loss}": two_layers(output="sigmoid", loss=loss)
        for loss in ("squared_error", "mse", "binary_cross_entropy")
    },
    **{
        f"batch {loss}": two_layers(output="sigmoid", loss=loss, **BATCH)
        for loss in ("half_squared_error", "mse", "binary_cross_entropy")
    },
    "batch mean": two_layers(reduction="mean", **BATCH),
    "batches of two": two_layers(batch_size=2, **BATCH),
    "softmax": two_layers(output="softmax", loss="cross_entropy"),
    "softmax batch": two_layers(output="softmax", loss="cross_entropy", **BATCH),
    "softmax and squares": two_layers(output="softmax"),
    "difference": two_layers(output="sigmoid", error_signal="difference"),
    "difference batch": two_layers(output="sigmoid", error_signal="difference", reduction="mean", **BATCH),
    "minus": two_layers(output="sigmoid", delta_sign="minus"),
    "biases kept": two_layers(update_bias=False),
    "one bias for all units": shared_bias(),
    "one bias for all units, minus": shared_bias(delta_sign="minus", optimizer={"adam": {"lr": 0.1}}),
    "one bias for all units, batch": shared_bias(reduction="mean", **BATCH),
    "no target": {"inputs": X2, "layers": two_layers()["layers"]},
    "no optimizer": {"inputs": X2, "target": [0.3, 0.7], "layers": two_layers()["layers"]},
    "no bias": two_layers(layers=[{"weights": [[0.2, -0.3], [0.1, 0.6]], "activation": "tanh"}]),
    "as PyTorch prints them": two_layers(
        layers=[
            {"weights": W32, "bias": [0.1, -0.2, 0.3], "activation": "tanh", "layout": "units_by_inputs"},
            {"weights": W23, "bias": 0.1, "layout": "units_by_inputs"},
        ]
    ),
    "a kink hit": two_layers(
        layers=[{"weights": [[0.3, 0.2], [0.2, 0.1]], "bias": [-0.5, 0.1], "activation": "relu"}], inputs=[1.0, 1.0]
    ),
    **{
        f"optimizer {number}": two_layers(optimizer=optimizer)
        for number, optimizer in enumerate(
            [
                {"sgd": {"lr": 0.1, "momentum": 0.9}},
                {"sgd": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}},
                {"sgd": {"lr": 0.1, "weight_decay": 0.1}},
                {"adagrad": {"lr": 0.1, "initial_accumulator_value": 0.1}},
                {"rmsprop": {"lr": 0.1}},
                {"rmsprop": {"lr": 0.1, "centered": True, "momentum": 0.9}},
                {"adam": {}},
                {"adam": {"lr": 0.1, "weight_decay": 0.1}},
                {"adamw": {"lr": 0.1}},
            ]
        )
    },
}


@lru_cache(maxsize=1)
def networks() -> dict[str, Network]:
    """Return the networks above and all of the course."""
    found = {name: Network.from_spec(spec, name=name) for name, spec in SPECS.items()}
    for path in sorted(shipped_lessons().glob("*.yaml")):
        for name, model in load(path).models.items():
            if isinstance(model, Network):
                found[f"{path.stem} {name}"] = model
    return found


async def compare_all(kernel: Kernel, write: Callable[[Network], Program]) -> dict[str, list[str]]:
    """Run each network's program, compare every variable with its quantity, and return the differences."""
    try:
        return {name: await compare(kernel, network, write(network)) for name, network in networks().items()}
    finally:
        await kernel.close()


async def compare(kernel: Kernel, network: Network, program: Program) -> list[str]:
    result = await kernel.run(program.source)
    if not result.is_ok:
        return [f"{result.failure}\n{program.source}"]
    found = agreement(program, build_graph(network), await kernel.look(questions(program)))
    assert len(found.equal) + len(found.different) == len(program.variables) > 0
    return [f"{variable} differs\n{program.source}" for variable in found.different]


def test_numpy_programs_agree_with_the_lesson() -> None:
    found = asyncio.run(compare_all(Kernel(limits=Limits(seconds=30)), numpy_program))
    wrong = {name: said for name, said in found.items() if said}
    assert not wrong, "\n".join(f"{name}: {said[0]}" for name, said in wrong.items())


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
def test_pytorch_programs_agree_with_the_lesson(torch_child: TorchChild) -> None:
    found = torch_child.run(compare_all(torch_child.kernel, torch_program))
    wrong = {name: said for name, said in found.items() if said}
    assert not wrong, "\n".join(f"{name}: {said[0]}" for name, said in wrong.items())


def test_a_program_has_a_variable_for_every_quantity() -> None:
    network = networks()["sigmoid"]
    for program in (numpy_program(network), torch_program(network)):
        quantities = set(program.variables.values())
        assert {
            "E",
            "hidden.Z",
            "hidden.H",
            "output.yhat",
            "hidden.dW",
            "hidden.W_new",
            "output.theta_new",
        } <= quantities


def test_the_text_of_a_program() -> None:
    assert numpy_program(networks()["no optimizer"]).source.startswith(
        "import numpy as np\n\ndef tanh(z):\n    return np.tanh(z)\n\ndef tanh_slope(z):\n    return 1 - np.tanh(z) **"
        " 2\n\nx = np.array([0.5, -1.0])\ny = np.array([0.3, 0.7])\nW_hidden = np.array([[0.2, -0.3, 0.4], [0.1, 0.6,"
        " -0.5]])\n"
    )
