"""When a number is changed, everything that depends on it follows, as in the NumPy engine."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.engines.numpy import solve
from tutor.lessons import load_source
from tutor.network import Network, Worksheet
from tutor.paths import shipped_lessons
from tutor.play.playground import PlayError, Playground
from tutor.play.sharing import from_text, put_shared, to_text

LAB2 = load_source(shipped_lessons() / "networks" / "lab2.yaml").models["network"]
SHEET = Worksheet.from_spec(
    {"given": {"w": 0, "alpha": 0.1}, "steps": {"f": "(w - 3)^2", "g": "df/dw", "w_new": "w - alpha*g"}}
)
PAIR = [
    {"weights": [[0.5, -0.4], [0.3, 0.8]], "activation": "tanh"},
    {"weights": [[0.7], [-0.6]], "activation": "sigmoid"},
]
ADAM = Network.from_spec(
    {
        "inputs": [[0, 0], [0, 1], [1, 0], [1, 1]],
        "target": [0, 1, 1, 0],
        "layers": [
            {"weights": [[0.5, -0.4], [0.3, 0.8]], "bias": [0.1, -0.1], "activation": "tanh"},
            {"weights": [[0.7], [-0.6]], "bias": [0.1], "activation": "sigmoid"},
        ],
        "loss": "binary_cross_entropy",
        "optimizer": {"adam": {"lr": 0.05}},
    }
)


def test_turning_a_weight_changes_what_depends_on_it_and_nothing_else() -> None:
    play = Playground(LAB2)
    changed = {change.name for change in play.set("w21", 0.4)}
    assert {"w21"} <= changed
    assert "Z1" not in changed
    play.set("theta1", 0.5)
    assert play.values["Z1"] == pytest.approx(0.2)


@given(st.sampled_from(["w11", "w22", "theta2", "x1", "alpha"]), st.floats(-2, 2))
def test_the_values_agree_with_the_engine(name: str, value: float) -> None:
    play = Playground(LAB2)
    play.set(name, value)
    solved = solve(LAB2, given={name: value})  # type: ignore[arg-type]
    assert play.values["w22_new"] == solved["w22_new"]


def test_training_agrees_with_the_engine() -> None:
    play = Playground(ADAM)
    play.train(1)
    play.train(4)
    solved = solve(ADAM, steps=5)
    for name in play.graph.nodes:
        if f"{name}_new@5" in solved:
            assert play.numbers[name] == pytest.approx(solved[f"{name}_new@5"], abs=1e-12)
    assert play.losses == pytest.approx([solved["E"], *(solved[f"E@{step}"] for step in range(2, 6))])


def test_a_worksheets_round_carries_its_new_values_over() -> None:
    play = Playground(SHEET)
    play.train(2)
    assert play.numbers["w"] == pytest.approx(1.08)
    assert play.values["f"] == pytest.approx((1.08 - 3) ** 2)


def test_reset_restores_everything() -> None:
    play = Playground(LAB2)
    before = dict(play.values)
    play.set("w22", 2)
    play.train(3)
    play.reset()
    assert play.values == before
    assert (play.steps, play.losses) == (0, [])


def test_the_felt_gradient_is_the_gradient() -> None:
    felt = Playground(LAB2).felt("w22", "E", 0.001)
    assert felt.slope == pytest.approx(-0.092)
    assert felt.changed / felt.turned == pytest.approx(felt.slope, rel=1e-2)
    by_hand = Playground(SHEET).slope("w", "f")
    assert by_hand == pytest.approx(-6, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "value"), [("Z1", 1.0), ("nonsense", 1.0), ("w11", float("nan")), ("w11", float("inf")), ("w11", 1e9)]
)
def test_a_number_that_cannot_be_set_is_refused(name: str, value: float) -> None:
    with pytest.raises(PlayError):
        Playground(LAB2).set(name, value)


def test_limits_hold_for_turning_and_typing() -> None:
    play = Playground(LAB2, {"w21": (-1.0, 1.0)})
    for _ in range(40):
        play.turn("w21", 1)
    assert play.numbers["w21"] == 1.0
    with pytest.raises(PlayError):
        play.set("w21", 1.5)
    with pytest.raises(PlayError):
        Playground(LAB2, {"Z1": (0.0, 1.0)})


def test_training_that_diverges_ends_with_an_error() -> None:
    play = Playground(SHEET)
    play.set("alpha", 100)
    with pytest.raises(PlayError, match="diverged"):
        play.train(100)


def test_decision_regions_are_the_outputs_over_the_plane() -> None:
    play = Playground(ADAM)
    grid = play.regions(3, 3, 0.0, 1.0)
    assert grid[2][0] == pytest.approx(play.values["yhat[1]"])
    assert grid[0][2] == pytest.approx(play.values["yhat[4]"])
    with pytest.raises(PlayError):
        Playground(LAB2).regions(3, 3)


def test_changed_numbers_can_be_shared() -> None:
    play = Playground(LAB2)
    assert to_text(play) == ""
    play.set("w21", 0.4)
    play.set("alpha", 0.5)
    play.train(12)
    other = Playground(LAB2)
    put_shared(other, to_text(play))
    assert other.steps == 12
    assert all(other.numbers[name] == pytest.approx(value, rel=1e-5) for name, value in play.numbers.items())


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(PlayError):
        from_text(text)


@pytest.mark.parametrize(
    "text", ["", "w21", "w21=", "w21=0.4;", "w21=0.4,,", "=3", "w21=__import__", "w99=1", "x" * 5000]
)
def test_a_text_that_holds_no_numbers_is_refused(text: str) -> None:
    with pytest.raises(PlayError):
        put_shared(Playground(LAB2), text)


def test_turning_a_shared_bias_turns_every_unit_of_its_layer() -> None:
    layers = [{**layer, "bias": {f"b{place}": 0.1, "shared": True}} for place, layer in enumerate(PAIR)]
    network = Network.from_spec({"inputs": [1, -1], "target": 1, "layers": layers, "optimizer": {"sgd": {"lr": 0.5}}})
    play = Playground(network)
    before = dict(play.values)
    play.set("b0", 0.6)
    assert [play.values[z] - before[z] for z in ("Z1", "Z2")] == pytest.approx([0.5, 0.5])
    play.train(1)
    assert play.numbers["b0"] == pytest.approx(solve(network, given={"b0": 0.6})["b0_new"])
