"""A model that would take for ever is an error at its place, before anything is worked out."""

from __future__ import annotations

import math
import tracemalloc

import pytest

from tutor.engines.sympy import derive, sympy_values
from tutor.errors import NetworkError, QuantityError
from tutor.formulas.tree import Name, walk
from tutor.mistakes import mistakes_at, surroundings
from tutor.network import Graph, Kind, Network, Worksheet, build_graph
from tutor.network.spec import MOST_LAYERS


@pytest.mark.parametrize(
    "formula", ["9**9**9", "x + 9^(9^9)", "(-1)^0.5", "ln(0) + x", "x/(2 - 2)", "1.0001^100000", "x^2000"]
)
def test_numbers_without_a_value_are_an_error_at_their_step(formula: str) -> None:
    with pytest.raises(NetworkError) as caught:
        build_graph(Worksheet.from_spec({"given": {"x": 2}, "steps": {"z": "x", "y": formula}}))
    assert caught.value.place == ("steps", "y")


@pytest.mark.parametrize("formula", ["2^10 + x", "sqrt(2)*x", "x^3", "(-2)^3*x", "max(1, 2)*x"])
def test_numbers_with_a_value_are_accepted(formula: str) -> None:
    build_graph(Worksheet.from_spec({"given": {"x": 2}, "steps": {"y": formula}}))


@pytest.mark.parametrize("count", [MOST_LAYERS + 1, 300])
def test_a_network_with_too_many_layers_is_an_error(count: int) -> None:
    with pytest.raises(NetworkError) as caught:
        Network.from_spec({"inputs": [1], "layers": [{"weights": [[0.5]]}] * count})
    assert caught.value.place == ("layers",)


def test_a_derivative_along_many_steps_is_worked_out_step_by_step() -> None:
    steps = {"a0": "w*x"} | {f"a{place}": f"sigmoid(a{place - 1}) + a{place - 1}" for place in range(1, 40)}
    worksheet = Worksheet.from_spec({"given": {"x": 2, "w": 0.1}, "steps": steps | {"g": "da39/dw"}})
    graph = build_graph(worksheet)
    assert sympy_values(worksheet)["g"] == pytest.approx(graph.values["g"])


def test_the_memory_for_many_steps_grows_in_proportion() -> None:
    peaks = []
    for count in (50, 400):
        steps = {f"s{number}": f"s{number - 1} + 1" for number in range(1, count)}
        tracemalloc.start()
        Worksheet.from_spec({"given": {"s0": 1}, "steps": steps})
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 16 * peaks[0]


def test_the_samples_of_a_batch_are_not_listed_for_each_name(monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[int] = []
    rows = Network.rows

    def counted(network: Network, step: int = 1) -> tuple[int, ...]:
        listed.append(step)
        return rows(network, step)

    monkeypatch.setattr(Network, "rows", counted)
    counts = []
    for samples in (10, 40):
        network = Network.from_spec(
            {"inputs": [[1]] * samples, "target": [1] * samples, "layers": [{"weights": [[1]]}]}
        )
        build_graph(network)
        counts.append(len(listed))
        listed.clear()
    assert counts[1] == counts[0]


@pytest.mark.parametrize(
    ("rows", "formula"),
    [
        (70, "conv(a, k)"),
        (40, "a @ a"),
        (2, " @ ".join(["a"] * 40)),
        (4, "conv(" * 6 + "a" + ", e, pad=1)" * 6),
        (4, "softmax(" * 9 + "a" + ")" * 9),
    ],
)
def test_a_step_that_is_too_long_written_out_is_an_error(rows: int, formula: str) -> None:
    given = {"a": [[1] * rows] * rows, "k": [[1] * (rows // 2)] * (rows // 2), "e": [[1] * 3] * 3}
    with pytest.raises(NetworkError) as caught:
        build_graph(Worksheet.from_spec({"given": given, "steps": {"y": formula}}))
    assert caught.value.place == ("steps", "y")


@pytest.mark.parametrize("formula", ["a @ a", "conv(a, k)", "softmax(a)", "a @ a @ a"])
def test_steps_of_ordinary_length_are_accepted(formula: str) -> None:
    given = {"a": [[1] * 8] * 8, "k": [[1] * 3] * 3}
    build_graph(Worksheet.from_spec({"given": given, "steps": {"y": formula}}))


def nested(depth: int) -> Graph:
    formula = "softmax(" * depth + "x" + ")" * depth
    return build_graph(Worksheet.from_spec({"given": {"x": [1, 2, 0.5]}, "steps": {"y": formula}}))


def test_nested_functions_share_what_is_inside() -> None:
    """Each level adds a constant number of nodes; written out in full, it would multiply them by four."""
    sizes = [
        sum(1 for node in nested(depth).nodes.values() for _ in walk(node.formula or node.stable or Name("")))
        for depth in (4, 5, 6)
    ]
    assert sizes[2] - sizes[1] == sizes[1] - sizes[0] < 100


def test_a_part_of_a_long_formula_cannot_be_asked_for() -> None:
    graph = nested(5)
    unnamed = [name for name, node in graph.nodes.items() if node.kind is Kind.PART]
    assert unnamed
    assert not [name for name in unnamed if name in [quantity.name for quantity in graph.expand("y")]]
    with pytest.raises(QuantityError):
        graph.quantity(unnamed[0])
    assert not mistakes_at(surroundings(graph), graph.nodes["y[1]"])


def test_a_part_does_not_take_the_name_of_a_step() -> None:
    steps = {"y": "softmax(" * 5 + "x" + ")" * 5, "y_part1": "2*x"}
    graph = build_graph(Worksheet.from_spec({"given": {"x": [1, 2, 0.5]}, "steps": steps}))
    assert graph.values["y_part1[2]"] == 4.0
    assert graph.evaluate() == pytest.approx(graph.values)


@pytest.mark.parametrize(("step", "is_reversed"), [("tanh(s{})", False), ("s{} + x", True)])
def test_a_chain_of_a_thousand_steps_does_not_recurse_too_deeply(step: str, is_reversed: bool) -> None:
    count = 1_000
    steps = {f"s{place}": step.format(place - 1) for place in range(1, count)}
    if is_reversed:
        steps = dict(reversed(steps.items()))
    sheet = Worksheet.from_spec({"given": {"x": 0.1, "w": 0.2}, "steps": {**steps, "s0": "w*x", "g": "ds999/dw"}})
    graph = build_graph(sheet)
    assert math.isfinite(graph.values["g"])
    derivation = derive(graph, "g")
    assert derivation.value == pytest.approx(graph.values["g"])
    assert len(derivation.steps) < 40


def test_a_chain_of_hundreds_of_steps_is_differentiated_by_sympy() -> None:
    steps = {"s0": "w*x"} | {f"s{place}": f"tanh(s{place - 1})" for place in range(1, 200)}
    sheet = Worksheet.from_spec({"given": {"x": 0.1, "w": 0.2}, "steps": steps | {"g": "ds199/dw"}})
    assert sympy_values(sheet)["g"] == pytest.approx(build_graph(sheet).values["g"])


def test_a_cycle_of_a_thousand_steps_is_named() -> None:
    steps = {f"s{place}": f"s{place - 1} + 1" for place in range(1, 1_000)} | {"s0": "s999"}
    with pytest.raises(NetworkError, match="s1 → s0 → s999"):
        Worksheet.from_spec({"given": {}, "steps": steps})
