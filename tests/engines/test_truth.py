"""Published worked examples: NumPy, SymPy and PyTorch give every printed figure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exercises import LAB, MAZUR
from tutor.engines.numpy import solve
from tutor.engines.sympy import sympy_values
from tutor.network import Network


def changed(activation: str, rate: float, **changes: Any) -> dict[str, Any]:
    layers = [{**layer, "activation": activation} for layer in LAB["layers"]]
    return {**LAB, "layers": layers, "optimizer": {"sgd": {"lr": rate}}, **changes}


LAB_2_AND_3 = {
    "Z1": -0.7, "Z2": 0.1, "H1": 0, "H2": 0.1, "Z3": 0.08, "yhat": 0.08, "error": -0.92, "delta3": -0.92, "E": 0.4232,
    "delta1": 0, "delta2": 0.184, "dE/dw21": 0, "dE/dw22": -0.092,
    "dE/dw11": 0, "dE/dw12": 0.184, "dE/dw13": 0, "dE/dw14": 0, "dE/dw15": 0, "dE/dw16": 0.184,
    "w21_new": -0.3, "w22_new": -0.199908,
    "w11_new": 0.2, "w12_new": -0.300184, "w13_new": 0.4, "w14_new": 0.1, "w15_new": -0.5, "w16_new": 0.199816,
    "theta1_new": -0.4, "theta2_new": 0.199816, "theta3_new": 0.10092,
    "yhat@2": 0.081039549, "E@2": 0.422244155,
}  # fmt: skip

SIGMOID = {
    "H1": 0.331812228, "H2": 0.524979187, "Z3": -0.104539506, "yhat": 0.473888899, "E": 0.138396445,
}  # fmt: skip

COURSE_RULE = SIGMOID | {
    "delta3": -0.526111101, "delta1": 0.034993681, "delta2": 0.026239901,
    "w21_new": -0.142886913, "w22_new": 0.048577641,
    "w11_new": 0.168505687, "w12_new": -0.323615911, "w13_new": 0.4, "w14_new": 0.1,
    "w15_new": -0.531494313, "w16_new": 0.176384089,
    "theta1_new": -0.431494313, "theta2_new": 0.176384089, "theta3_new": 0.573499991,
}  # fmt: skip

TEXTBOOK_RULE = SIGMOID | {
    "delta3": -0.131169078, "delta1": 0.008724562, "delta2": 0.006542085,
    "w21_new": -0.260828846, "w22_new": -0.138025068,
    "w11_new": 0.192147894, "w12_new": -0.305887877, "w13_new": 0.4, "w14_new": 0.1,
    "w15_new": -0.507852106, "w16_new": 0.194112122,
    "theta1_new": -0.407852106, "theta2_new": 0.194112122, "theta3_new": 0.218052170,
}  # fmt: skip

#: As the book prints them, with its opposite sign of δ; rounded from step to step, hence the larger tolerance.
HAN = {
    "H1": 0.332, "H2": 0.525, "yhat": 0.474, "delta3": 0.1311, "delta2": -0.0065, "delta1": -0.0087,
    "w21_new": -0.261, "w22_new": -0.138, "w11_new": 0.192, "w12_new": -0.306, "w13_new": 0.4, "w14_new": 0.1,
    "w15_new": -0.508, "w16_new": 0.194, "theta3_new": 0.218, "theta2_new": 0.194, "theta1_new": -0.408,
}  # fmt: skip


MAZUR_PRINTS = {
    "Z1": 0.3775, "H1": 0.593269992, "H2": 0.596884378, "Z3": 1.105905967, "yhat1": 0.75136507, "yhat2": 0.772928465,
    "E": 0.298371109, "delta3": 0.138498562, "dE/dw5": 0.082167041, "dE/dw1": 0.000438568,
    "w5_new": 0.35891648, "w6_new": 0.408666186, "w7_new": 0.511301270, "w8_new": 0.561370121,
    "w1_new": 0.149780716, "w2_new": 0.19956143, "w3_new": 0.24975114, "w4_new": 0.29950229,
    "theta1_new": 0.35, "theta3_new": 0.60, "E@2": 0.291027774,
}  # fmt: skip

#: The same with one bias node for each layer, as the page draws it. The biases are not updated; their gradient is Σδ.
MAZUR_SHARED = MAZUR | {
    "layers": [
        layer | {"bias": {f"b{place}": layer["bias"][0], "shared": True}}
        for place, layer in enumerate(MAZUR["layers"], 1)
    ]
}
MAZUR_SHARED_PRINTS = {name: value for name, value in MAZUR_PRINTS.items() if "theta" not in name} | {
    "b1_new": 0.35, "b2_new": 0.60, "dE/db2": 0.138498562 - 0.038098237,
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, float], float]] = {
    "Lab 2 and Lab 3": (LAB, LAB_2_AND_3, 6e-10),
    "sigmoid, the course's rule": (changed("sigmoid", 0.9, error_signal="difference"), COURSE_RULE, 6e-10),
    # the printed 0.194112122 is one unit in the last digit off
    "sigmoid, the textbook's rule": (changed("sigmoid", 0.9), TEXTBOOK_RULE, 2e-9),
    "Han, Kamber, Pei": (changed("sigmoid", 0.9, delta_sign="minus"), HAN, 6e-4),
    "Mazur": (MAZUR, MAZUR_PRINTS, 6e-9),
    "Mazur, a bias for each layer": (MAZUR_SHARED, MAZUR_SHARED_PRINTS, 6e-9),
}


def engines(network: Network) -> dict[str, dict[str, Any]]:
    return {"NumPy": dict(solve(network, steps=2).values), "SymPy": sympy_values(network, 2)}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_printed_figure(example: str) -> None:
    spec, figures, tolerance = EXAMPLES[example]
    for engine, values in engines(Network.from_spec(spec)).items():
        for name, printed in figures.items():
            assert values[name] == pytest.approx(printed, abs=tolerance), f"{engine}, {name}"


@pytest.mark.needs("torch")
@pytest.mark.parametrize("example", EXAMPLES)
def test_every_printed_figure_by_pytorch(example: str) -> None:
    from tutor.engines.torch.engine import network_values

    spec, figures, tolerance = EXAMPLES[example]
    values = network_values(Network.from_spec(spec), 2)
    for name, printed in figures.items():
        assert values[name] == pytest.approx(printed, abs=tolerance), name


def test_the_courses_rule_is_the_gradient_of_binary_cross_entropy() -> None:
    by_rule = solve(Network.from_spec(changed("sigmoid", 0.9, error_signal="difference")))
    by_loss = solve(Network.from_spec(changed("sigmoid", 0.9, loss="binary_cross_entropy")))
    assert by_loss["hidden.W_new"] == pytest.approx(by_rule["hidden.W_new"])
    assert by_loss["E"] != pytest.approx(by_rule["E"])


def test_mazurs_printed_error_comes_from_updated_output_weights() -> None:
    """0.291027924, as he prints it: the hidden errors taken through the output weights that were just changed."""
    network = Network.from_spec(MAZUR)
    true = solve(network)
    new = {name: true[f"{name}_new"] for name in ("w5", "w6", "w7", "w8")}
    signals = {"delta3": true["delta3"], "delta4": true["delta4"]}
    forward = {name: true[name] for name in ("yhat1", "yhat2", "dE/dw5", "dE/dw6", "dE/dw7", "dE/dw8")}
    mistaken = solve(network, given={**new, **signals, **forward})
    first = {name: mistaken[f"{name}_new"] for name in ("w1", "w2", "w3", "w4")}
    assert solve(network, given={**new, **first})["E"] == pytest.approx(0.291027924, abs=6e-10)


# -- the PyTorch lesson ---------------------------------------------------------------------------------------------

YIELDS = [
    ([73, 67, 43], [56, 70]),
    ([91, 88, 64], [81, 101]),
    ([87, 134, 58], [119, 133]),
    ([102, 43, 37], [22, 37]),
    ([69, 96, 70], [103, 119]),
] * 3


def test_the_pytorch_lessons_first_predictions_and_loss() -> None:
    network = Network.from_spec(
        {
            "inputs": [inputs for inputs, _ in YIELDS],
            "target": [targets for _, targets in YIELDS],
            "layers": [
                {
                    "weights": [[0.4414, 0.4792, -0.1353], [0.5304, -0.1265, 0.1165]],
                    "layout": "units_by_inputs",
                    "bias": [-0.2811, 0.3391],
                }
            ],
            "loss": "mse",
        }
    )
    solution = solve(network)
    assert solution["output.yhat"][0] == pytest.approx([58.2323, 35.5896], abs=0.02)  # type: ignore[index]
    assert solution["E"] == pytest.approx(2480.3708, abs=1)


@pytest.mark.needs("torch")
def test_the_pytorch_lessons_figures() -> None:
    import torch
    from torch.nn.functional import mse_loss
    from torch.utils.data import DataLoader, TensorDataset

    inputs = torch.tensor([inputs for inputs, _ in YIELDS], dtype=torch.float32)
    targets = torch.tensor([targets for _, targets in YIELDS], dtype=torch.float32)
    torch.manual_seed(42)
    model = torch.nn.Linear(3, 2)
    assert model.weight.flatten().tolist() == pytest.approx(
        [0.4414, 0.4792, -0.1353, 0.5304, -0.1265, 0.1165], abs=6e-5
    )
    assert model.bias.tolist() == pytest.approx([-0.2811, 0.3391], abs=6e-5)
    assert sum(parameter.numel() for parameter in model.parameters()) == 8
    assert model(inputs)[0].tolist() == pytest.approx([58.2323, 35.5896], abs=1e-3)
    assert mse_loss(model(inputs), targets).item() == pytest.approx(2480.3708, abs=1e-2)

    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)
    batches = DataLoader(TensorDataset(inputs, targets), 3, shuffle=True)

    def fit() -> tuple[float, float, list[float]]:
        """100 epochs: the last batch's loss, the loss on all rows, the first prediction."""
        for _ in range(100):
            for batch, wanted in batches:
                loss = mse_loss(model(batch), wanted)
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
        return loss.item(), mse_loss(model(inputs), targets).item(), model(inputs)[0].tolist()

    last, everything, first = fit()
    assert last == pytest.approx(16.4976, abs=1e-2)
    assert everything == pytest.approx(2.9684, abs=1e-2)
    assert first == pytest.approx([56.4532, 71.0035], abs=1e-2)
    fit()
    _, everything, first = fit()
    assert everything == pytest.approx(6.9545, abs=1e-1)
    assert first == pytest.approx([54.2758, 71.3443], abs=1e-1)
    last, _, _ = fit()
    assert last == pytest.approx(0.9743, abs=1e-1)
