"""What a network may contain, and the errors where its parts do not fit together."""

from __future__ import annotations

from typing import Any

import pytest

from tutor.errors import NetworkError
from tutor.network import Network, Worksheet, build_graph

ONE_UNIT: dict[str, Any] = {"inputs": [1, 2], "target": 1, "layers": [{"weights": [[0.1], [0.2]]}]}


def changed(**keys: Any) -> dict[str, Any]:
    return {**ONE_UNIT, **keys}


def layered(**keys: Any) -> dict[str, Any]:
    return changed(layers=[{**ONE_UNIT["layers"][0], **keys}])


def two_units(**keys: Any) -> dict[str, Any]:
    return changed(target=[0, 1], layers=[{"weights": [[0.1, 0.2], [0.3, 0.4]], **keys}])


def test_one_bias_for_all_units_is_one_parameter() -> None:
    layer = Network.from_spec(two_units(bias={"b": 0.5, "shared": True})).layers[0]
    assert (layer.bias, layer.bias_names, layer.biases) == ((0.5, 0.5), ("b", "b"), {"b": 0.5})
    assert layer.shares_bias
    assert not Network.from_spec(two_units(bias={"b": 0.5, "c": 0.5, "shared": False})).layers[0].shares_bias
    assert not Network.from_spec(layered(bias={"b": 0.5, "shared": True})).layers[0].shares_bias


THREE_CLASSES: dict[str, Any] = {
    "inputs": [[1, 2], [3, 4], [0, 1], [2, 0]],
    "layers": [{"weights": [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], "activation": "softmax"}],
    "loss": "cross_entropy",
}
ONE_HOT = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 1.0))


def test_classes_are_counted_from_0() -> None:
    assert Network.from_spec({**THREE_CLASSES, "target": [0, 1, 2, 2]}).targets == ONE_HOT
    assert Network.from_spec({**THREE_CLASSES, "inputs": [1, 2], "target": 2}).targets == ONE_HOT[2:3]
    names = Network.from_spec({**THREE_CLASSES, "target": [0, 1, 2, 2]}).target_names
    assert names == ("y1", "y2", "y3")


@pytest.mark.parametrize("labels", [["cat", "dog", "owl", "owl"], [0, 1, 2, 2]])
def test_a_column_of_words_is_a_class_in_the_order_of_appearance(labels: list[object]) -> None:
    rows = [[*row, label] for row, label in zip(THREE_CLASSES["inputs"], labels, strict=True)]
    data = {"columns": ["a", "b", "kind"], "rows": rows, "inputs": ["a", "b"], "target": "kind"}
    spec = {key: value for key, value in THREE_CLASSES.items() if key != "inputs"}
    assert Network.from_spec({**spec, "data": data}).targets == ONE_HOT


def test_two_words_are_0_and_1_for_one_output() -> None:
    data = {"columns": ["a", "b", "is"], "rows": [[1, 2, "no"], [3, 4, "yes"]], "inputs": ["a", "b"], "target": "is"}
    spec = {key: value for key, value in ONE_UNIT.items() if key not in ("inputs", "target")}
    assert Network.from_spec({**spec, "data": data}).targets == ((0.0,), (1.0,))


@pytest.mark.parametrize(
    ("spec", "place", "says"),
    [
        ({**THREE_CLASSES, "target": [0, 1, 2, 3]}, ("target", 3), "from 0 to 2 here, not 3"),
        ({**THREE_CLASSES, "target": [0, 1, 2, 0.5]}, ("target", 3), "not 0.5"),
        ({**THREE_CLASSES, "inputs": [1, 2], "target": -1}, ("target",), "counted from 0, as PyTorch"),
        ({**THREE_CLASSES, "target": [0, 1, 2]}, ("target", 0), "must be a list"),
        (
            {**THREE_CLASSES, "inputs": [1, 2], "target": 2, "loss": "mse"},
            ("target",),
            "goes with softmax and cross_entropy",
        ),
        (layered(activation={"step": {"at_zer": 1}}), ("layers", 0, "activation", "step", "at_zer"), "at_zero"),
        ({"target": 1, "layers": []}, (), "'inputs'"),
        (changed(inputs=[1, "two"]), ("inputs", 1), "A number is expected"),
        (changed(inputs=[1, float("nan")]), ("inputs", 1), "not a number to calculate"),
        (changed(inputs=[1, 1e200]), ("inputs", 1), "not larger than 1e+12"),
        (changed(inputs=[[1, 2], [3]]), ("inputs", 1), "differ in length"),
        (changed(target=[1, 0]), ("target",), "2 values, and the network has 1 output"),
        (changed(layers={}), ("layers",), "must be a list"),
        (changed(layers=[{"weights": [[0.1], [0.2], [0.3]]}]), ("layers", 0, "weights"), "3×1, and 2 values enter"),
        (changed(layers=[{"weights": [[0.1, 0.2]]}]), ("layers", 0, "weights"), "layout: units_by_inputs"),
        (changed(layers=[{"weights": [[0.1], [0.2, 0.3]]}]), ("layers", 0, "weights", 1), "differ in length"),
        (layered(bias=[1, 2]), ("layers", 0, "bias"), "2 values, and the layer has 1 unit"),
        (two_units(bias=[1, 2, 3]), ("layers", 0, "bias"), "one that they share: {b1: 0.35, shared: true}"),
        (
            two_units(bias={"a": 1, "b": 2, "shared": True}),
            ("layers", 0, "bias"),
            "one number with a name, and here are 2",
        ),
        (two_units(bias={"shared": True}), ("layers", 0, "bias"), "{b1: 0.35, shared: true}"),
        (two_units(bias={"b": 1, "shared": False}), ("layers", 0, "bias"), "1 value, and the layer has 2 units"),
        (two_units(bias={"b": "x", "shared": True}), ("layers", 0, "bias", "b"), "A number is expected"),
        (two_units(bias={"w1_1_1": 1, "shared": True}), ("layers", 0, "bias"), "given twice"),
        (
            two_units(bias={"b": 1, "shared": True}, activation="softmax"),
            ("layers", 0, "bias"),
            "cancels in softmax",
        ),
        (
            two_units(bias=[1, 2], weights=[{"b1": 1, "w2": 1}, {"w3": 1, "w4": 1}]) | {"notation": {"bias": "b"}},
            ("notation",),
            "both be shown as b₁",
        ),
        (layered(activation="sigmoyd"), ("layers", 0, "activation"), "Did you mean sigmoid?"),
        (layered(activation={"leaky_relu": {"slop": 0.1}}), ("layers", 0, "activation", "leaky_relu", "slop"), "slope"),
        (layered(wieghts=1), ("layers", 0, "wieghts"), "Did you mean weights?"),
        (changed(lose="mse"), ("lose",), "Did you mean loss?"),
        (changed(loss="cross_entropy"), ("loss",), "goes with a softmax output"),
        (changed(loss="binary_cross_entropy"), ("loss",), "goes with a sigmoid output"),
        (
            layered(activation="sigmoid") | {"loss": "binary_cross_entropy", "target": 3},
            ("target",),
            "takes targets from 0 to 1, not 3",
        ),
        (changed(optimizer={"sgd": {"lr": "fast"}}), ("optimizer", "sgd", "lr"), "A number is expected"),
        (changed(optimizer={"adma": {}}), ("optimizer",), "Did you mean adam?"),
        (changed(optimizer={"sgd": {"nesterov": True}}), ("optimizer", "sgd", "nesterov"), "momentum"),
        (changed(batch_size=2), ("batch_size",), "several samples"),
        (layered(weights=[{"w1": 1}, {"w1": 2}]), ("layers", 0, "weights"), "given twice"),
        (layered(weights=[{"Z1": 1}, {"w2": 2}]), ("layers", 0, "weights"), "a quantity has that name"),
        (changed(delta_sign="negative"), ("delta_sign",), "sign of δ"),
        (changed(optimizer={"sgd": {"lr": -0.1}}), ("optimizer", "sgd", "lr"), "must not be negative"),
        (changed(optimizer={"adam": {"betas": [0.9, 1]}}), ("optimizer", "adam", "beta2"), "below 1"),
        (changed(inputs=[{"a": 1, "b": 2}, {"a": 1, "c": 2}]), ("inputs", 1), "the first has a, b, this one a, c"),
        (layered(name="all"), ("layers", 0, "name"), "every layer's Z"),
    ],
)
def test_an_error_has_its_place(spec: dict[str, Any], place: tuple[object, ...], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        Network.from_spec(spec)
    assert caught.value.place == place
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "E",
        "Z1",
        "yhat",
        "ŷ",
        "δ1",
        "α",
        "Z_1",
        "w2_new",
        "e",
        "pi",
        "forward",
        "and",
        "w_2",
        "w₂",
        "x1",
        "y",
        "1w",
        "w'",
    ],
)
def test_a_weight_cannot_have_the_name_of_a_quantity(name: str) -> None:
    with pytest.raises(NetworkError) as caught:
        Network.from_spec(layered(weights=[{name: 1}, {"w2": 2}]))
    assert caught.value.place == ("layers", 0, "weights")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"layers": [{"weights": [{"net1": 1}, {"w2": 2}]}], "notation": {"sum": "net"}},
            "net1 (a weight) and Z1 (a sum)",
        ),
        ({"notation": {"sum": "x"}}, "x1 (an input) and Z1 (a sum) would both be shown as x₁"),
        ({"notation": {"output": "a", "target": "a"}}, "y (a target) and yhat (an output)"),
        ({"notation": {"rate": "ε"}, "optimizer": "adam"}, "alpha (the rate) and eps (a number of the optimizer)"),
    ],
)
def test_symbols_may_not_make_two_quantities_look_alike(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        Network.from_spec(changed(**changes))
    assert caught.value.place == ("notation",)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "notation",
    [{"sum": "net", "activation": "out"}, {"sum": "z", "activation": "a", "output": "a"}, {"error_signal": "e"}],
)
def test_other_symbols_are_allowed(notation: dict[str, str]) -> None:
    assert Network.from_spec(changed(notation=notation)).symbols == notation


@pytest.mark.parametrize("name", ["θ1", "λ", "w_hat", "v", "L", "größe", "sigmoid", "Q"])
def test_other_names_are_allowed(name: str) -> None:
    graph = build_graph(Network.from_spec(layered(weights=[{name: 1}, {"w2": 2}])))
    assert graph.canonical(graph.notation.text(name)) == name


def test_samples_may_name_their_values_in_any_order() -> None:
    network = Network.from_spec(changed(inputs=[{"a": 1, "b": 2}, {"b": 3, "a": 4}, [5, 6]], target=[1, 0, 1]))
    assert network.inputs == ((1, 2), (4, 3), (5, 6))


def test_softmax_belongs_at_the_output() -> None:
    layers = [{"weights": [[0.1], [0.2]], "activation": "softmax"}, {"weights": [[1]]}]
    with pytest.raises(NetworkError, match="output layer only"):
        Network.from_spec(changed(layers=layers))


def test_both_layouts_give_the_same_network() -> None:
    rows = Network.from_spec(changed(layers=[{"weights": [[1, 2, 3], [4, 5, 6]]}], target=[1, 2, 3]))
    columns = Network.from_spec(
        changed(layers=[{"weights": [[1, 4], [2, 5], [3, 6]]}], layout="units_by_inputs", target=[1, 2, 3])
    )
    assert rows.layers[0].weights == columns.layers[0].weights
    assert rows.layers[0].weight_names == columns.layers[0].weight_names


def test_one_number_gives_each_unit_its_own_bias() -> None:
    layer = Network.from_spec(layered(weights=[[1, 2], [3, 4]], bias=0.5) | {"target": [1, 1]}).layers[0]
    assert layer.bias == (0.5, 0.5)
    assert layer.bias_names == ("theta1", "theta2")


def test_batches_of_a_table_start_again_at_the_top() -> None:
    data = {"columns": ["a", "b"], "rows": [[1, 2], [3, 4], [5, 6]], "inputs": ["a"], "target": "b"}
    network = Network.from_spec({"data": data, "batch_size": 2, "layers": [{"weights": [[1]]}]})
    assert [network.rows(step) for step in (1, 2, 3)] == [(0, 1), (2,), (0, 1)]
    assert network.column_names == ("a",)


@pytest.mark.parametrize(
    ("spec", "place", "says"),
    [
        ({"given": {"a": 1}}, (), "needs 'steps'"),
        ({"given": {"a": 1}, "steps": {"b": "c + a", "c": "b"}}, ("steps", "b"), "b → c → b"),
        ({"given": {"a": 1}, "steps": {"b": "q + a"}}, ("steps", "b"), "q is not a name here"),
        ({"given": {"a": 1}, "steps": {"b": "a +"}}, ("steps", "b"), "The step b"),
        ({"given": {"a": 1}, "steps": {"a": "2"}}, ("steps", "a"), "given and a step"),
        ({"given": {"a": [[1, 2], [3]]}, "steps": {"b": "a"}}, ("given", "a", 1), "differ in length"),
        ({"given": {"A": [[1, 2]], "B": [[1, 2]]}, "steps": {"C": "A @ B"}}, ("steps", "C"), "1×2"),
        ({"given": {"g@2": 1, "w": 1}, "steps": {"b": "g"}, "repeat": 2}, ("given",), "g has no value in round 1"),
        ({"given": {"g@3": 1, "g": 0}, "steps": {"b": "g"}}, ("given", "g@3"), "repeat: 3"),
        ({"given": {"w": 1}, "steps": {"b": "w"}, "repeat": 0}, ("repeat",), "whole number"),
        ({"given": {"a1": 1}, "steps": {"a_1": "a1"}}, ("steps", "a_1"), "a1 and a_1 are spellings of one name"),
        ({"given": {"theta": 1, "θ": 1}, "steps": {"b": "θ"}}, ("given", "θ"), "spellings of one name"),
        (
            {"given": {"w": 1}, "steps": {"f": "sigmoid(w)", "g": "df/dw", "h": "dg/dw", "k": "dh/dw"}},
            ("steps", "k"),
            "no derivative here",
        ),
    ],
)
def test_an_error_in_a_worksheet_has_its_place(spec: dict[str, Any], place: tuple[object, ...], says: str) -> None:
    with pytest.raises(NetworkError) as caught:
        build_graph(Worksheet.from_spec(spec))
    assert caught.value.place == place
    assert says in str(caught.value)
