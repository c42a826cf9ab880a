"""``tutor solve``, ``tutor derive`` and ``tutor verify``: a file's numbers, their derivations, and the engines that
confirm them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tutor.cli import main
from tutor.network import Network, Worksheet

NETWORK = """
network:
  inputs: [1, 0, 1]
  target: 1
  layers:
    - weights: [{w11: 0.2, w12: -0.3}, {w13: 0.4, w14: 0.1}, {w15: -0.5, w16: 0.2}]
      bias: {theta1: -0.4, theta2: 0.2}
      activation: relu
    - {weights: [{w21: -0.3}, {w22: -0.2}], bias: {theta3: 0.1}, activation: relu}
  optimizer: {sgd: {lr: 0.001}}
"""
WORKSHEET = """
worksheet:
  given: {w: 0, alpha: 0.1}
  steps: {f: (w - 3)^2, g: df/dw, w_new: w - alpha*g}
  repeat: 3
"""
LESSON = """
tutor: 1
title: Two
networks:
  first:
    inputs: [1, 2]
    target: 0
    layers: [{weights: [[0.5], [0.25]], activation: sigmoid}]
    optimizer: {sgd: {lr: 0.1}}
  second: {from: first, activation: tanh}
worksheet: {given: {a: 2}, steps: {b: a^2}}
screens:
  - title: One
    blocks: [{ask: 'first:Z1'}, {ask: 'second:E@3'}, {ask: 'worksheet:b'}]
"""

Files = Callable[[str], Path]


@pytest.fixture
def file(tmp_path: Path) -> Files:
    def written(text: str) -> Path:
        path = tmp_path / "file.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    """Run a command and return the exit status and all that was printed."""
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out + shown.err


def solved(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    code, shown = run(capsys, "solve", *words, "--json")
    assert code == 0
    found: dict[str, Any] = json.loads(shown)
    return found


# -- solve ----------------------------------------------------------------------------------------------------------


def test_every_quantity_is_listed_in_order(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    code, shown = run(capsys, "solve", file(NETWORK))
    assert code == 0
    lines = [line.split() for line in shown.splitlines()]
    assert [line[0] for line in lines if len(line) == 1] == ["given", "forward", "backward", "update"]
    assert "factors of the chain" in shown
    for pair in (["Z₁", "−0.7"], ["E", "0.4232"], ["δ₃", "−0.92"], ["∂E/∂w₁₂", "0.184"], ["w₂₂′", "−0.199908"]):
        assert pair in lines


def test_json_maps_names_to_numbers_and_arrays(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    quantities = solved(capsys, file(NETWORK))["quantities"]
    assert quantities["Z1"] == pytest.approx(-0.7)
    assert quantities["hidden.Z"] == pytest.approx([-0.7, 0.1])
    assert quantities["hidden.W_new"][2] == pytest.approx([-0.5, 0.199816])
    names = list(quantities)
    assert names.index("x1") < names.index("Z1") < names.index("E") < names.index("delta3") < names.index("w11_new")
    assert "yhat@2" not in quantities
    assert not any(name.endswith("_step") for name in names)


def test_the_steps_option_sets_the_number_of_steps(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    quantities = solved(capsys, file(NETWORK), "--steps", 2)["quantities"]
    assert quantities["yhat@2"] == pytest.approx(0.081039549)
    assert quantities["E@2"] == pytest.approx(0.422244155)
    assert "E@3" not in quantities
    code, shown = run(capsys, "solve", file(NETWORK), "--steps", 2)
    assert code == 0
    assert "step 2" in shown
    assert run(capsys, "solve", file(NETWORK), "--steps", 0)[0] == 2


def test_by_default_the_steps_are_those_the_lesson_asks_for(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    networks = solved(capsys, file(LESSON))["networks"]
    assert list(networks) == ["first", "second", "worksheet"]
    assert "E@3" in networks["second"]["quantities"]
    assert "E@2" not in networks["first"]["quantities"]
    assert networks["worksheet"]["quantities"] == {"a": 2, "b": 4}


def test_of_chooses_one_of_several_networks(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    assert list(solved(capsys, file(LESSON), "--of", "first")) == ["quantities"]
    code, shown = run(capsys, "solve", file(LESSON), "--of", "third")
    assert code == 2
    assert "It has first, second, worksheet." in shown


def test_a_worksheet_repeats_as_its_file_says(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    quantities = solved(capsys, file(WORKSHEET))["quantities"]
    assert quantities["w_new@3"] == pytest.approx(1.464)
    code, shown = run(capsys, "solve", file(WORKSHEET))
    assert code == 0
    assert "step 3" in shown
    code, shown = run(capsys, "solve", file(WORKSHEET), "--steps", "5")
    assert (code, "repeat: 5" in shown) == (2, True)


def test_a_variant_has_its_own_numbers(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    path = file(NETWORK)
    plain, varied = (solved(capsys, name)["quantities"] for name in (path, f"{path}#17"))
    assert plain.keys() == varied.keys()
    assert plain["Z1"] != varied["Z1"]
    assert solved(capsys, f"{path}#1.17")["quantities"] == varied


def test_an_overflow_is_null_in_json(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    layer = "{weights: [[1000, 0]], activation: softmax}"
    text = f"network: {{inputs: [1], target: [1, 0], loss: cross_entropy, layers: [{layer}]}}"
    quantities = solved(capsys, file(text))["quantities"]
    assert quantities["expZ1"] is None
    assert quantities["yhat1"] == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("relu\n", "rellu\n", ":8:19: Unknown activation 'rellu'. Did you mean relu?"),
        ("w15: -0.5, w16: 0.2}]", "w15: -0.5}]", "differ in length"),
        (", {w15: -0.5, w16: 0.2}]", "]", "The weights are 2×2, and 3 values enter this layer, so 3×n is needed."),
        ("theta2: 0.2}", "theta2: .nan}", "not a number to calculate"),
        ("target: 1", "loss: cross_entropy\n  target: 1", "goes with a softmax output"),
        ("optimizer", "optimiser", "did you mean 'optimizer'?"),
    ],
)
def test_an_invalid_file_is_refused_with_line_and_column(
    capsys: pytest.CaptureFixture[str], file: Files, old: str, new: str, says: str
) -> None:
    path = file(NETWORK.replace(old, new, 1))
    for command in (("solve", path), ("derive", path, "Z1"), ("verify", path)):
        code, shown = run(capsys, *command)
        assert code == 2
        assert says in shown
        assert f"{path}:" in shown


def test_a_file_without_numbers_a_missing_file_and_a_folder(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    path = file("tutor: 1\ntitle: None\nscreens: [{title: One, blocks: [{text: Nothing.}]}]\n")
    code, shown = run(capsys, "solve", path)
    assert code == 2
    assert "no network and no worksheet" in shown
    assert run(capsys, "solve", path.with_name("none.yaml"))[0] == 2
    assert "is a folder" in run(capsys, "solve", path.parent)[1]


# -- derive ---------------------------------------------------------------------------------------------------------


def test_a_derivation_has_words_and_formulas(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    code, shown = run(capsys, "derive", file(NETWORK), "dE/dw12")
    assert code == 0
    assert "the chain rule" in shown
    assert "δ₂·x₁" in shown
    assert shown.splitlines()[-2].endswith("= 0.184")
    assert shown.splitlines()[-1] == "NumPy 0.184 · SymPy 0.184 · PyTorch is not installed"


def test_latex_has_the_words_as_comments(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    code, shown = run(capsys, "derive", file(NETWORK), "hidden.Z", "--latex")
    assert code == 0
    *lines, engines = shown.splitlines()
    assert engines.startswith("% NumPy [")
    comments, formulas = lines[::2], lines[1::2]
    assert all(line.startswith("% ") for line in comments)
    assert formulas[0].startswith("Z_{")
    assert r"\begin{bmatrix}" in formulas[-1]


@pytest.mark.parametrize("typed", ["second:E@2", "E@2", "∂E/∂w1_1_1@2"])
def test_a_quantity_can_be_named_in_any_spelling_and_step(
    capsys: pytest.CaptureFixture[str], file: Files, typed: str
) -> None:
    options = () if ":" in typed else ("--of", "second")
    assert run(capsys, "derive", file(LESSON), typed, *options)[0] == 0


def test_a_range_derives_several_quantities(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    code, shown = run(capsys, "derive", file(NETWORK), "Z1..Z3")
    assert code == 0
    assert len(shown.split("\n\n")) == 3


@pytest.mark.parametrize(
    ("text", "quantity", "says"),
    [
        (NETWORK, "Z9", "Did you mean"),
        (NETWORK, "w11_step", "no quantity"),
        (NETWORK, "Z1@99999999", "1000 training steps"),
        (LESSON, "Z1", "Name one: --of first"),
        (NETWORK.replace("  optimizer: {sgd: {lr: 0.001}}\n", ""), "w11_new", "needs an optimizer"),
        (NETWORK.replace("  optimizer: {sgd: {lr: 0.001}}\n", ""), "update", "needs an optimizer"),
        (NETWORK.replace("  target: 1\n", ""), "E", "needs a target"),
    ],
)
def test_an_impossible_derivation_says_why(
    capsys: pytest.CaptureFixture[str], file: Files, text: str, quantity: str, says: str
) -> None:
    code, shown = run(capsys, "derive", file(text), quantity)
    assert code == 2
    assert says in shown


# -- verify ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.engines.torch.available", lambda: False)


@pytest.fixture
def torch_in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run PyTorch in this process; a child process would cost each test two seconds."""
    from tutor.engines.torch import engine, sheets

    def values(models: list[tuple[Network | Worksheet, int]]) -> list[dict[str, float]]:
        return [
            engine.network_values(model, steps) if isinstance(model, Network) else sheets.worksheet_values(model)
            for model, steps in models
        ]

    monkeypatch.setattr("tutor.engines.torch.torch_values_of", values)


@pytest.mark.needs("torch")
@pytest.mark.usefixtures("torch_in_process")
def test_three_engines_agree(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    code, shown = run(capsys, "verify", file(NETWORK))
    assert code == 0
    assert shown.split()[:3] == ["NumPy", "SymPy", "PyTorch"]
    assert ["w₂₂′", "−0.199908", "−0.199908", "−0.199908"] in [line.split() for line in shown.splitlines()]
    assert "3 engines: they agree." in shown


@pytest.mark.usefixtures("no_torch")
def test_without_pytorch_two_engines_agree(capsys: pytest.CaptureFixture[str], file: Files) -> None:
    code, shown = run(capsys, "verify", file(LESSON))
    assert code == 0
    assert "PyTorch was not asked: it is not installed" in shown
    assert shown.count("2 engines: they agree.") == 3


def spoilt(values: Callable[..., Mapping[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Return an engine's function with wrong values of δ₂ and of the gradient after it."""

    def wrong(*arguments: Any) -> dict[str, Any]:
        return {name: value + 1e-4 * (name in ("delta2", "dE/dw12")) for name, value in values(*arguments).items()}

    return wrong


@pytest.mark.parametrize(
    ("engine", "where"),
    [("SymPy", "tutor.engines.sympy.engine.network_values"), ("NumPy", "tutor.engines.numpy.solve")],
)
@pytest.mark.usefixtures("no_torch")
def test_the_first_disagreement_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: Files, engine: str, where: str
) -> None:
    from tutor.engines.numpy import Solution, solve
    from tutor.engines.sympy import engine as by_sympy

    if engine == "SymPy":
        monkeypatch.setattr(where, spoilt(by_sympy.network_values))
    else:
        values = spoilt(lambda network, steps: solve(network, steps=steps).values)
        monkeypatch.setattr(where, lambda network, steps: Solution(lambda: values(network, steps)))
    code, shown = run(capsys, "verify", file(NETWORK))
    assert code == 1
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("✗ ")][:2] == ["δ₂", "∂E/∂w₁₂"]
    assert "The first disagreement is about δ₂:" in shown
    assert f"{engine} 0.1841" in shown.splitlines()[-1]


@pytest.mark.needs("torch")
@pytest.mark.usefixtures("torch_in_process")
def test_a_disagreement_with_pytorch_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: Files
) -> None:
    from tutor.engines.torch import engine

    monkeypatch.setattr(engine, "network_values", spoilt(engine.network_values))
    code, shown = run(capsys, "verify", file(NETWORK))
    assert code == 1
    assert "The first disagreement is about δ₂:" in shown
    assert "PyTorch 0.1841" in shown
