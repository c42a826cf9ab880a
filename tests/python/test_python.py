"""The tutor from Python: the examples of its page, models of PyTorch, and an import that loads nothing heavy."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tutor
from tutor.errors import TutorError
from tutor.lessons import load

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
LAB2 = Path(__file__).parents[2] / "lessons" / "networks" / "lab2.yaml"


def test_importing_it_loads_nothing_heavy() -> None:
    program = (
        "import tutor, sys; print([m for m in ('numpy', 'sympy', 'pydantic', 'yaml', 'textual') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.needs("torch")
def test_the_examples_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.chdir(tmp_path)
    first, second = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {"torch": torch}
    exec(first, names)
    assert names["marks"]["Z1"].verdict == "correct"
    exec(second, names)
    assert load(tmp_path / "mine.yaml").asked()


def test_numbers_marks_derivations_and_sheets() -> None:
    net = tutor.network(str(LAB2))
    numbers = net.solve()
    assert numbers["Z1"] == pytest.approx(-0.7)
    assert "Z1" in numbers
    assert "Z99" not in numbers
    assert numbers["hidden.Z"] == [numbers["Z1"], numbers["Z2"]]
    marks = net.mark({"Z1": 0.7, "H1": "0.7"})
    assert [marks[name].verdict.value for name in ("Z1", "H1")] == ["wrong", "follows"]
    derived = net.derive("delta1")
    assert derived._repr_latex_().startswith("$")
    assert derived.value == pytest.approx(numbers["delta1"])
    assert "Z" in str(net.worksheet())
    assert "<iframe" in net.worksheet()._repr_html_()
    with pytest.raises(TutorError, match="delta"):
        net.derive("delta99")


def test_a_lesson_is_written_works_and_is_not_overwritten(tmp_path: Path) -> None:
    net = tutor.Network.from_spec(
        {"inputs": [1, 2], "target": 1, "layers": [{"weights": [[0.5], [-0.3]], "bias": [0.1]}]}
    )
    file = net.lesson(tmp_path / "01-mine.yaml", title="Mine")
    lesson = load(file)
    assert (lesson.id, lesson.title) == ("mine", "Mine")
    assert {item.quantity.name for item in lesson.asked()} >= {"Z1", "delta1"}
    with pytest.raises(FileExistsError):
        net.lesson(file)


CASES = [
    ("MSELoss", "Sigmoid", "SGD", {"lr": 0.5}),
    ("BCEWithLogitsLoss", "Tanh", "Adam", {"lr": 0.01, "betas": (0.8, 0.99)}),
    ("BCELoss", "ReLU", "RMSprop", {"lr": 0.01}),
    ("CrossEntropyLoss", "GELU", "AdamW", {"lr": 0.01}),
]


@pytest.mark.needs("torch")
@pytest.mark.parametrize(("loss", "activation", "optimizer", "settings"), CASES)
def test_a_model_of_pytorch_has_pytorchs_numbers(
    loss: str, activation: str, optimizer: str, settings: dict[str, Any]
) -> None:
    import torch

    torch.manual_seed(3)
    outputs = 3 if loss == "CrossEntropyLoss" else 1
    last = [torch.nn.Sigmoid()] if loss == "BCELoss" else []
    parts = [torch.nn.Linear(2, 2), getattr(torch.nn, activation)(), torch.nn.Linear(2, outputs), *last]
    model = torch.nn.Sequential(*parts).double()
    x = torch.tensor([[1.0, 2.0], [0.5, -1.0]], dtype=torch.float64)
    y = torch.tensor([[1.0, 0, 0], [0, 0, 1.0]] if outputs == 3 else [[1.0], [0.0]], dtype=torch.float64)
    steps = getattr(torch.optim, optimizer)(model.parameters(), **settings)
    net = tutor.Network.from_torch(model, x, y, loss=getattr(torch.nn, loss)(), optimizer=steps)
    numbers = net.solve()
    error = getattr(torch.nn, loss)()(model(x), y)
    assert numbers["E"] == pytest.approx(error.item(), abs=1e-9)
    error.backward()
    gradient = torch.tensor(numbers["hidden.dW"], dtype=torch.float64)
    assert model[0].weight.grad is not None
    assert torch.allclose(gradient, model[0].weight.grad) or torch.allclose(gradient.T, model[0].weight.grad)
    steps.step()
    updated = torch.tensor(numbers["hidden.W_new"], dtype=torch.float64)
    assert torch.allclose(updated, model[0].weight) or torch.allclose(updated.T, model[0].weight)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("odd", ["Conv1d", "Dropout", "L1Loss", "logits"])
def test_an_unsupported_part_of_a_model_is_named(odd: str) -> None:
    import torch

    parts: list[Any] = [torch.nn.Linear(2, 1)]
    parts += {"Conv1d": [torch.nn.Conv1d(1, 1, 1)], "Dropout": [torch.nn.Dropout()], "logits": [torch.nn.ReLU()]}.get(
        odd, []
    )
    loss = torch.nn.L1Loss() if odd == "L1Loss" else torch.nn.BCEWithLogitsLoss() if odd == "logits" else None
    with pytest.raises(TutorError, match=odd):
        tutor.Network.from_torch(torch.nn.Sequential(*parts), [1.0, 2.0], [1.0], loss=loss)
