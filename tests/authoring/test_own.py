"""The learner's own network: a form becomes a lesson that asks for everything, and a wrong form says what to change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tutor.authoring.own import form_of, random_numbers, read_network, save, what_is_read, write_out
from tutor.authoring.own_form import Form, FormError
from tutor.lessons import Catalogue, load
from tutor.lessons.blocks import Derive, Diagram
from tutor.network import Kind, Network, build_graph
from tutor.paths import own_lessons

NUMBERS = "W1 =\n  0.2  -0.3\n  0.4  0.1\n  -0.5  0.2\nb1 = -0.4  0.2\nW2 = -0.3; -0.2\nb2 = 0.1"
LAB = Form(
    title="Homework 3", sizes="3-2-1", inputs="1 0 1", target="1", hidden="relu", output="relu", rate="0.001",
    numbers=NUMBERS,
)  # fmt: skip
SOFTMAX = Form(
    inputs="1 0.5", target="1", hidden="tanh", output="softmax", loss="cross_entropy",
    numbers="OrderedDict([('0.weight', tensor([[0.2, 0.4], [-0.3, 0.1], [-0.5, 0.2]])), ('0.bias', tensor([0., 0.1, "
    "0.2])), ('2.weight', tensor([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]])), ('2.bias', tensor([0.1, 0.0]))])",
)  # fmt: skip
BATCH = Form(sizes="2-1", inputs="1 0; 0 1; 1 1", target="1; 0; 1", numbers="W1 = 0.5; -0.3", loss="mse", rate="")
YAML = Form(numbers="network:\n  inputs: [1, 2]\n  target: 1\n  layers:\n    - {weights: [[0.5], [0.3]]}\n"
            "  optimizer: {adam: {lr: 0.1}}\n")  # fmt: skip
FORWARD = Form(sizes="2-2-1", inputs="1 2", rate="", numbers="W1 = 1 2; 3 4\nW2 = 1; 2")


@pytest.mark.parametrize("form", [LAB, SOFTMAX, BATCH, YAML, FORWARD], ids=["lab", "softmax", "batch", "yaml", "half"])
def test_a_form_becomes_a_lesson_that_asks_for_every_quantity(form: Form) -> None:
    path = save(form)
    lesson = load(path)
    graph = lesson.graph("network")
    assert isinstance(graph.model, Network)
    asked = {cell for item in lesson.asked() for cell in item.quantity.cells}
    wanted = {Kind.PRE_ACTIVATION, Kind.OUTPUT, Kind.LOSS, Kind.DELTA, Kind.GRADIENT, Kind.UPDATED}
    missing = [
        each for each in graph.nodes.values() if each.kind in wanted and each.step == 1 and each.name not in asked
    ]
    assert not missing
    assert any(isinstance(block, Diagram) for screen in lesson.screens for block in screen.blocks)
    has_target = bool(graph.model.targets)
    assert has_target == any(isinstance(block, Derive) for screen in lesson.screens for block in screen.blocks)
    titles = [screen.title for screen in lesson.screens]
    assert any(title.startswith("Forward") for title in titles)
    assert any(title.startswith("Update") for title in titles) == (graph.model.optimizer is not None)
    # the saved lesson holds the same network
    again = form_of(lesson)
    assert Network.from_spec(read_network(again)).layers == graph.model.layers
    assert again.is_yaml == form.is_yaml


def test_own_networks_are_listed_under_their_heading_and_replace_nothing(tmp_path: Path) -> None:
    first, second = save(LAB), save(replace(LAB, rate="0.1"))
    assert first.parent == second.parent == own_lessons()
    assert first != second
    entries = {entry.path: entry for entry in Catalogue().entries if entry.group == "Your own networks"}
    assert set(entries) == {first, second}
    assert {entry.title for entry in entries.values()} == {"Homework 3"}
    changed = save(replace(LAB, title="Other", rate="0.2"), first)
    assert (changed, load(first).id, load(first).title) == (first, first.stem, "Other")
    written = [write_out(first, tmp_path), write_out(first, tmp_path)]
    assert [each.name for each in written] == ["homework-3.yaml", "homework-3-2.yaml"]
    assert load(written[0]).screens


def test_an_odd_title_is_never_a_path() -> None:
    path = save(replace(LAB, title="../../1: {a} \n#x"))
    assert path.parent == own_lessons()
    assert load(path).title == "../../1: {a} #x"
    assert load(save(replace(LAB, title=""))).title == "Network 3-2-1"


# Each case: a form, a change to it, the field reported, words of the message, line and column in the numbers.
WRONG: list[tuple[Form, dict[str, str], str, str, tuple[int, int]]] = [
    (LAB, {"sizes": "3-b-1"}, "sizes", "“b”", (0, 0)),
    (LAB, {"sizes": "3"}, "sizes", "not enough", (0, 0)),
    (LAB, {"sizes": "3-99-1"}, "sizes", "“99”", (0, 0)),
    (LAB, {"sizes": "3-2-2"}, "numbers", "W2 has 1 number in a row", (6, 10)),
    (LAB, {"sizes": "", "numbers": ""}, "sizes", "How large", (0, 0)),
    (LAB, {"inputs": "", "numbers": ""}, "inputs", "3 numbers", (0, 0)),
    (LAB, {"numbers": " "}, "numbers", "missing", (0, 0)),
    (LAB, {"numbers": NUMBERS.replace("0.4  0.1", "0.4  0,1")}, "numbers", "comma in 0,1", (3, 9)),
    (LAB, {"inputs": "1 0"}, "inputs", "3 are needed", (1, 4)),
    (LAB, {"inputs": "1 0 x"}, "inputs", "“x”", (1, 5)),
    (LAB, {"target": "1 0"}, "target", "1 is needed", (1, 3)),
    (LAB, {"rate": "0,1"}, "rate", "0.1", (1, 3)),
    (LAB, {"rate": "-1"}, "rate", "negative", (0, 0)),
    (LAB, {"loss": "cross_entropy"}, "loss", "softmax", (0, 0)),
    (LAB, {"hidden": "softmax"}, "hidden", "output layer", (0, 0)),
    (SOFTMAX, {"target": "2"}, "target", "class", (0, 0)),
    (SOFTMAX, {"target": "1 0 0"}, "target", "2 are needed", (1, 5)),
    (BATCH, {"target": "1; 0"}, "target", "2 targets for 3 samples", (0, 0)),
    (YAML, {"numbers": YAML.numbers.replace("weights", "wieghts")}, "numbers", "weights", (5, 8)),
    (YAML, {"numbers": "inputs: [1]\nlayers:\n  - {weights: [[1], [2]]}"}, "numbers", "2×1", (3, 15)),
    (LAB, {"sizes": "", "numbers": "W1 = 1" + " 1" * 12, "inputs": "1", "target": ""}, "numbers", "too large", (0, 0)),
    (YAML, {"numbers": f"inputs: [1]\nlayers: [{{weights: [{[1] * 13}]}}]"}, "numbers", "too large", (0, 0)),
    (YAML, {"numbers": "layers: [1"}, "numbers", "never closed", (1, 9)),
    (YAML, {"numbers": "network: {from: ../../secret.yaml}"}, "numbers", "outside", (1, 17)),
]  # fmt: skip


@pytest.mark.parametrize(("form", "change", "field", "words", "place"), WRONG)
def test_an_error_names_its_field_and_position(
    form: Form, change: dict[str, Any], field: str, words: str, place: tuple[int, int]
) -> None:
    with pytest.raises(FormError) as caught:
        what_is_read(replace(form, **change))
    assert (caught.value.field, (caught.value.line, caught.value.column)) == (field, place), caught.value
    assert words in str(caught.value)
    with pytest.raises(FormError):
        save(replace(form, **change))
    assert not own_lessons().exists()


@pytest.mark.parametrize("sizes", ["3-2-1", "2-3-2", "1-1"])
def test_random_numbers_are_tenths_and_no_unit_is_dead(sizes: str) -> None:
    drawn = random_numbers(Form(sizes=sizes, hidden="relu"), seed=1)
    network = Network.from_spec(read_network(drawn))
    weights = [value for layer in network.layers for row in layer.weights for value in row]
    assert all(value and round(value * 10) / 10 == value for value in weights)
    graph = build_graph(network)
    assert all(graph.values[node.name] for node in graph.nodes.values() if node.kind is Kind.DELTA)
    assert random_numbers(Form(sizes=sizes, hidden="relu"), seed=1) == drawn
    assert random_numbers(replace(drawn, inputs="2" + " 1" * (len(network.input_names) - 1)), seed=2).inputs[0] == "2"


def test_a_shared_bias_is_one_parameter_and_stays_shared() -> None:
    """The form has no field for a shared bias, so it holds the network as YAML."""
    layers = "[{weights: [[0.15, 0.25], [0.20, 0.30]], bias: {b1: 0.35, shared: true}, activation: sigmoid}]"
    form = Form(numbers=f"network:\n  inputs: [0.05, 0.10]\n  target: [+0, 1]\n  layers: {layers}\n")
    assert "5 parameters" in what_is_read(form)
    lesson = load(save(form))
    assert form_of(lesson).is_yaml
    network = lesson.models[next(iter(lesson.models))]
    assert isinstance(network, Network)
    assert network.layers[0].shares_bias
