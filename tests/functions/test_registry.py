"""Every activation of the registry has its mathematics in each engine, its words, formulas and programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tutor.engines.numpy import solve
from tutor.engines.sympy import sympy_values
from tutor.formulas import FUNCTIONS, evaluate, function_named, parse
from tutor.functions import ACTIVATIONS, LOSSES, OPTIMIZERS, ActivationFunction
from tutor.labs.programs import numpy_program, torch_program
from tutor.network import Network, build_graph

OF_NUMBERS = [entry for entry in ACTIVATIONS.values() if entry.value is not None]
POINTS = [-2.3, -0.7, -0.01, 0.02, 0.4, 1.9]


def network(activation: str = "sigmoid", **more: Any) -> Network:
    """A network whose hidden layer has this activation."""
    layers = [
        {"weights": [[0.3, -0.4], [0.7, 0.2]], "bias": [0.1, -0.2], "activation": activation},
        {"weights": [[0.6], [-0.5]], "bias": [0.3], "activation": "sigmoid"},
    ]
    spec = {"inputs": [0.5, -1.5], "target": 1, "layers": layers, "optimizer": {"sgd": {"lr": 0.1}}}
    return Network.from_spec(spec | more)


SLOPED = [name for name in ACTIVATIONS if name not in ("softmax", "step")]


@pytest.mark.parametrize("name", SLOPED)
def test_the_engines_agree_about_an_activation(name: str) -> None:
    model = network(name)
    right, said = solve(model).values, sympy_values(model)
    assert said == pytest.approx({key: right[key] for key in said})
    graph = build_graph(model)
    assert graph.evaluate() == pytest.approx(graph.values)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", SLOPED)
def test_pytorch_agrees_about_an_activation(name: str) -> None:
    from tutor.engines.torch.engine import network_values

    right, said = solve(network(name)).values, network_values(network(name))
    assert said == pytest.approx({key: right[key] for key in said})


@pytest.mark.parametrize("entry", OF_NUMBERS, ids=lambda entry: entry.name)
def test_slopes_and_arrays_agree_with_the_value(entry: ActivationFunction) -> None:
    assert entry.value is not None
    for primes in ("", "'"):
        inner, outer = FUNCTIONS[entry.name + primes], FUNCTIONS[entry.name + primes + "'"]
        for z in POINTS:
            rise = (inner.value(z + 1e-6) - inner.value(z - 1e-6)) / 2e-6
            assert outer.value(z) == pytest.approx(rise, abs=1e-6)
        assert np.allclose(inner.array(np.array(POINTS)), [inner.value(z) for z in POINTS], atol=1e-12)
    if entry.slope_range is not None:
        low, high = entry.slope_range
        assert all(low <= FUNCTIONS[f"{entry.name}'"].value(z) <= high for z in POINTS)


@pytest.mark.parametrize("entry", OF_NUMBERS, ids=lambda entry: entry.name)
def test_the_written_formulas_agree_with_the_function(entry: ActivationFunction) -> None:
    assert entry.value is not None
    assert entry.slope is not None
    for z in POINTS:
        env = {"z": z, "h": entry.value(z), "parameter": entry.parameter[1] if entry.parameter else 0.0}
        if entry.written_out:
            assert evaluate(parse(entry.written_out), env) == pytest.approx(entry.value(z))
        if entry.branches is not None:
            assert evaluate(parse(entry.branches[z <= 0]), env) == pytest.approx(entry.value(z))
        if entry.slope_of_h:
            assert evaluate(parse(entry.slope_of_h), env) == pytest.approx(entry.slope(z))
    assert all(function_named(alias) == entry.name for alias in entry.aliases)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in ("softmax", "step", "linear")])
def test_an_activation_has_words_and_programs(name: str) -> None:
    entry = ACTIVATIONS[name]
    assert entry.says
    assert entry.about.endswith(".")
    assert entry.formula
    for write in (numpy_program, torch_program):
        assert write(network(name)).source


def test_losses_and_optimizers_are_found_by_name() -> None:
    for name, loss in LOSSES.items():
        last = loss.goes_with or "linear"
        layers = [{"weights": [[0.3], [0.2]], "activation": last}]
        assert network(layers=layers, loss=name).reduction == loss.reduction
    for name, rule in OPTIMIZERS.items():
        optimizer = network(optimizer=name).optimizer
        assert optimizer is not None
        assert dict(optimizer.parameters) == dict(rule.parameters)


#: A made-up activation, added to the registry and the engines and nowhere else.
MADE_UP = r"""
import math
from tutor.functions.activations import ACTIVATIONS, ActivationFunction

def bent(z): return (math.sqrt(z * z + 1) - 1) / 2 + z
def bent1(z): return z / (2 * math.sqrt(z * z + 1)) + 1
def bent2(z): return 1 / (2 * (z * z + 1) ** 1.5)

ACTIVATIONS["bent"] = ActivationFunction(
    "bent", symbol="bent", latex=r"\operatorname{bent}", says="the bent identity", about="It bends the line.",
    formula=r"f(z) = \frac{\sqrt{z^{2} + 1} - 1}{2} + z", slope_formula="f'(z)", value=bent, slope=bent1,
    curvature=bent2, aliases=("bent_identity",), written_out="(sqrt(z^2 + 1) - 1)/2 + z",
    numpy="(np.sqrt(z**2 + 1) - 1) / 2 + z", numpy_slope="z / (2 * np.sqrt(z**2 + 1)) + 1",
    torch="((({z}) ** 2 + 1).sqrt() - 1) / 2 + ({z})",
)

import numpy as np, sympy
from tutor.engines.numpy import activations as numpy_engine
from tutor.engines.sympy import functions as sympy_engine

numpy_engine.PLAIN["bent"] = numpy_engine.ArrayActivation(
    lambda z: (np.sqrt(z * z + 1) - 1) / 2 + z, lambda z, h: z / (2 * np.sqrt(z * z + 1)) + 1
)

sympy_engine.taught(
    "bent", "Bent",
    number=lambda z: ((z * z + 1) ** 0.5 - 1) / 2 + z,
    derivative=lambda z: z / (2 * sympy.sqrt(z**2 + 1)) + 1,
)

from pathlib import Path
from tutor.authoring.lint import inspect
from tutor.authoring.lint_context import Subject
from tutor.engines.numpy import solve
from tutor.engines.sympy import derive, sympy_values
from tutor.labs.programs import numpy_program, torch_program
from tutor.lessons import load_source
from tutor.marking import Marker
from tutor.session import Session
from tutor.store import Store
import sys

lesson = load_source(Path(sys.argv[1]))
graph = lesson.parts["network"].graph
network = lesson.parts["network"].built
right = solve(network).values
assert all(abs(graph.evaluate()[name] - right[name]) < 1e-12 for name in graph.nodes if name in right)
assert all(abs(value - right[name]) < 1e-9 for name, value in sympy_values(network).items())
marker = Marker(graph)
assert marker.mark("H1", f"{right['H1']:.3f}").verdict == "correct"
left_out = marker.mark("H1", f"{right['Z1']:.3f}")
assert [each.id for each in left_out.mistakes] == ["activation-left-out"], left_out
assert any("bends" in str(step) for step in derive(graph, "H1").steps)
session = Session(lesson, Store(None, learner=""))
(field,) = session.field_ids
said = [session.open_hint(field) for _ in range(3)]
assert any("bent identity" in str(hint) for hint in said), said
subject = Subject(lesson, "made-up")
inspect(subject)
assert not [each for each in subject.found if each.name == "engines-disagree"], subject.found
for write in (numpy_program, torch_program):
    assert "sqrt" in write(network).source
print("the activation")
"""

LESSON = """
title: Made up
network:
  inputs: [0.5, -1.5]
  target: 1
  layers:
    - {weights: [[0.3], [0.7]], bias: [0.4], activation: bent}
    - {weights: [[0.6]], bias: [0.3], activation: sigmoid}
  optimizer: {sgd: {lr: 0.1}}
screens:
  - title: One
    blocks:
      - ask: H1
"""


#: A made-up loss and a made-up optimizer: an entry each, and their mathematics in each engine.
MADE_UP_LOSS_AND_OPTIMIZER = r"""
import sys
from pathlib import Path

import numpy as np
import sympy

from tutor.functions.losses import LOSSES, Loss
from tutor.functions.optimizers import OPTIMIZERS, OptimizerRule, Rule

LOSSES["bowl"] = Loss(
    "bowl", "bowl", share="sqrt(1 + error^2) - 1", slope="error/sqrt(1 + error^2)",
    program="(np.sqrt(1 + (yhat - y) ** 2) - 1).sum()", program_slope="(yhat - y) / np.sqrt(1 + (yhat - y) ** 2)",
    factor=("this loss has no ½ and no 2", ""), aliases=("pseudo_huber",),
)
OPTIMIZERS["rooted"] = OptimizerRule(
    "rooted", "root step", "SGD", {"lr": 0.1, "weight_decay": 0.0},
    lambda options, step: Rule((("v", "abs(g)" if step == 1 else "v_before + abs(g)"),), "alpha*g/sqrt(v)"),
    lambda options: ["v = np.abs(g)", "return w - lr * g / np.sqrt(v)"],
    velocity="All the sizes of the gradients so far, added up.",
)

from tutor.engines.numpy import losses as numpy_losses, optimizers as numpy_optimizers
from tutor.engines.sympy import engine as sympy_losses, updates as sympy_optimizers

numpy_losses.LOSSES["bowl"] = numpy_losses.ArrayLoss(
    lambda output, y, error: np.sqrt(1 + error * error) - 1, lambda output, y, error: error / np.sqrt(1 + error * error)
)
sympy_losses.SHARES["bowl"] = lambda guess, y, mean: sympy.sqrt(1 + (guess - y) ** 2) - 1

def in_numpy(optimizer, weights, gradient, memory, step, keep):
    memory["v"] = keep("v", np.abs(gradient) + (memory["v"] if step > 1 else 0.0))
    return optimizer["lr"] * gradient / np.sqrt(memory["v"])

def in_sympy(optimizer, parameter, gradient, memory, step):
    memory["v"] = memory.get("v", 0.0) + abs(gradient)
    return optimizer["lr"] * gradient / memory["v"] ** 0.5

numpy_optimizers.RULES["rooted"] = in_numpy
sympy_optimizers.RULES["rooted"] = in_sympy

from tutor.authoring.lint import inspect
from tutor.authoring.lint_context import Subject
from tutor.authoring.sheet import make_sheet
from tutor.authoring.render import as_text
from tutor.engines.numpy import solve
from tutor.engines.sympy import derive, sympy_values
from tutor.labs.programs import numpy_program
from tutor.lessons import load_source
from tutor.marking import Marker
from tutor.network import build_graph
from tutor.session import Session
from tutor.store import Store

lesson = load_source(Path(sys.argv[1]))
network = lesson.parts["network"].built
graph = build_graph(network, 2)
right = solve(network, steps=2).values
assert all(abs(graph.evaluate()[name] - right[name]) < 1e-12 for name in graph.nodes if name in right)
assert all(abs(value - right[name]) < 1e-9 for name, value in sympy_values(network, 2).items())
marker = Marker(graph)
for name in ("E", "delta2", "w11_new"):
    assert marker.mark(name, f"{right[name]:.6f}").verdict == "correct", name
doubled = marker.mark("E", f"{2 * right['E']:.6f}", decimals=6)
assert "no ½ and no 2" in doubled.message, doubled
assert any("sizes of the gradients" in str(step) for step in derive(graph, "w11_new").steps)
assert derive(graph, "dE/dw11").steps
session = Session(lesson, Store(None, learner=""))
for field in session.field_ids:
    assert len([session.open_hint(field) for _ in range(3)]) == 3
subject = Subject(lesson, "made-up")
inspect(subject)
assert not [each for each in subject.found if each.name == "engines-disagree"], subject.found
assert "w₁₁" in as_text(make_sheet(lesson, worked=True))
space = {}
program = numpy_program(network)
exec(program.source.replace("print(", "(lambda *_: None)("), space)
assert abs(float(space["E"]) - right["E"]) < 1e-12
print("the loss and the optimizer")
"""

LOSS_LESSON = """
title: Made up
network:
  inputs: [0.5, -1.5]
  target: 1
  layers:
    - {weights: [{w11: 0.3}, {w21: 0.7}], bias: [0.4], activation: tanh}
    - {weights: [[0.6]], bias: [0.3], activation: linear}
  loss: bowl
  optimizer: {rooted: {lr: 0.1}}
screens:
  - title: One
    blocks:
      - ask: E, w11_new
"""


def test_made_up_functions_need_only_their_entries_and_the_engines(tmp_path: Path) -> None:
    """One process for both, because the engines take most of a second to import."""
    programs = (MADE_UP, LESSON), (MADE_UP_LOSS_AND_OPTIMIZER, LOSS_LESSON)
    paths = [tmp_path / f"{place}.yaml" for place, _ in enumerate(programs)]
    for path, (_, lesson) in zip(paths, programs, strict=True):
        path.write_text(lesson, encoding="utf-8")
    source = "".join(f"{program}\nsys.argv.pop(1)\n" for program, _ in programs)
    found = subprocess.run(
        [sys.executable, "-c", source, *map(str, paths)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert found.stdout.splitlines() == ["the activation", "the loss and the optimizer"], found.stderr
