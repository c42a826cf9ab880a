"""Checks on PyTorch programs: a real training runs in the child, and the checks judge the record of it."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from tests.labs.conftest import TorchChild
from tutor.labs.advice import advise
from tutor.labs.checks import Evidence, judge
from tutor.labs.kernel import Kernel, Reported
from tutor.labs.sandbox.inside.describe import describe
from tutor.lessons.blocks import Check

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")

TRAINING = """
import numpy as np  # a module with a function called shape
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from tutor_progress import report, show_fit

torch.manual_seed(0)
X = torch.linspace(-1, 1, 20).reshape(-1, 1)
raw = X * 1000
Y = 2 * X + 1
loader = DataLoader(TensorDataset(X, Y), batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(1, 4), nn.Tanh(), nn.Linear(4, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
losses = []
for epoch in range(1, 41):
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
    losses.append(loss.item())
    report(epoch, loss=loss, total=40)
show_fit(model, X, Y)
"""

OTHER = """
import torch
import torch.nn.functional as F
w = torch.zeros(1, requires_grad=True)
opt = torch.optim.Adam([w], lr=0.01, betas=(0.8, 0.9))
X = torch.linspace(-1, 1, 20)
batch_size = 5
for epoch in range(3):
    for start in range(0, 20, batch_size):
        F.mse_loss(w * X[start:start + batch_size], X[start:start + batch_size]).backward()
        opt.step()
"""

BOUNDARY = """
import torch
X = torch.tensor([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
labels = torch.tensor([[0.], [1.], [1.], [0.]])
net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1), torch.nn.Sigmoid())
"""


SCORES = """
import torch
torch.manual_seed(0)
angles = 6.283 * torch.rand(60)
X = torch.stack([angles.cos(), angles.sin()], dim=1)
labels = (X[:, :1] > 0).float()
model = torch.nn.Linear(2, 1)
with torch.no_grad():
    model.weight.copy_(torch.tensor([[9.0, 0.0]]))
    model.bias.zero_()
"""


OPTIMIZERS = """
import sys
import torch
sys.modules["torch._dynamo"] = None  # loading it fails
worked, known = [], torch.optim.Optimizer.__subclasses__()
for kind in known:
    w = torch.nn.Parameter(torch.ones(3, 2))
    made = kind([w], lr=0.1)
    def closure():
        made.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        if kind is torch.optim.SparseAdam:
            w.grad = w.grad.to_sparse()
        return loss
    if kind is not torch.optim.LBFGS:
        closure()
    made.step(closure)
    made.load_state_dict(made.state_dict())
    worked.append(w.is_leaf and w.requires_grad and bool((w < 1).all()))
w = torch.nn.Parameter(torch.ones(2))
w.grad = torch.ones(2)
try:
    torch.optim.SGD([w], lr=0.1, differentiable=True).step()
    recorded = False
except RuntimeError:  # a parameter cannot be changed while gradients are recorded
    recorded = True
del sys.modules["torch._dynamo"]
hooks = sys.modules["torch.optim.optimizer"]._global_optimizer_post_hooks.values()
reached = [kind.step for kind in known] + [torch.optim.Optimizer.zero_grad, *hooks]
left = [getattr(each, "_torchdynamo_disable", False) for each in reached]
X = torch.tensor([float(all(worked) and len(worked) == len(known) > 10 and recorded and all(left))])
"""


class Seen:
    """The evidence about one program."""

    def __init__(self, source: str, child: TorchChild) -> None:
        self.source = source
        self.reported: list[Any] = []
        self.output = ""
        self.answers = child.run(self._run(child.kernel))
        self.facts = self.answers[0]

    async def _run(self, kernel: Kernel) -> list[Any]:
        result = await kernel.run(self.source, name="lab.py", on_event=self._note)
        assert result.is_ok, result
        self.output = result.output
        return await kernel.look([{"ask": "facts"}, {"ask": "fit"}, {"ask": "value", "source": "X.mean()"}])

    def _note(self, event: object) -> None:
        if isinstance(event, Reported):
            self.reported += event.points

    def judge(self, kind: str, subject: Any, **more: Any) -> str:
        evidence = Evidence({}, self.facts, "", self.source)
        return judge(Check(kind=kind, subject=subject, **more), evidence).message


@pytest.fixture(scope="module")
def training(torch_child: TorchChild) -> Seen:
    return Seen(TRAINING, torch_child)


@pytest.fixture(scope="module")
def other(torch_child: TorchChild) -> Seen:
    return Seen(OTHER, torch_child)


RIGHT: list[tuple[str, Any, dict[str, Any]]] = [
    ("layers", ("Linear", "Linear"), {}),
    ("layers", ("Linear(1, 4)", "Tanh", "Linear(4, 1)"), {}),
    ("layers", ("nn.Linear(in_features=1, out_features=4)", "Linear(4, 1, bias=True)"), {}),
    ("criterion", "MSELoss", {}),
    ("criterion", "nn.MSELoss", {}),
    ("optimizer", "SGD", {}),
    ("optimizer", "sgd", {"parameters": {"lr": 0.1, "momentum": 0.9, "nesterov": False}}),
    ("batch_size", 8, {}),
    ("epochs", 40, {}),
]


@pytest.mark.parametrize(("kind", "subject", "more"), RIGHT)
def test_the_training_passes_its_checks(training: Seen, kind: str, subject: Any, more: dict[str, Any]) -> None:
    assert training.judge(kind, subject, **more) == ""


WRONG: list[tuple[str, Any, dict[str, Any], str]] = [
    (
        "layers",
        ("Linear",),
        {},
        "The prediction comes through Linear(1, 4), Tanh(), Linear(4, 1); the layers asked for are Linear.",
    ),
    ("layers", ("Linear", "ReLU", "Linear"), {}, "the layers asked for are Linear, ReLU, Linear"),
    ("layers", ("Linear(1, 8)", "Linear(8, 1)"), {}, "Linear(1, 8) is asked for"),
    ("criterion", "L1Loss", {}, "The loss function is MSELoss, and L1Loss is asked for."),
    ("optimizer", "Adam", {}, "The optimizer is SGD, and Adam is asked for."),
    ("optimizer", "SGD", {"parameters": {"lr": 0.01}}, "lr is 0.1, and 0.01 is asked for"),
    ("optimizer", "SGD", {"parameters": {"nesterov": True}}, "nesterov is False, and True is asked for"),
    ("batch_size", 4, {}, "The batches have 8 rows, and 4 are asked for."),
    (
        "epochs",
        100,
        {},
        "optimizer.step() was called 120 times; that is 40 epochs of 3 batches, and 100 are asked for.",
    ),
]


@pytest.mark.parametrize(("kind", "subject", "more", "said"), WRONG)
def test_a_check_on_the_training_explains_its_failure(
    training: Seen, kind: str, subject: Any, more: dict[str, Any], said: str
) -> None:
    assert said in training.judge(kind, subject, **more)


def test_the_curve_and_the_fit_come_from_the_run(training: Seen) -> None:
    assert [point["epoch"] for point in training.reported] == list(range(1, 41))
    assert training.reported[-1]["figures"]["loss"] < training.reported[0]["figures"]["loss"]
    assert training.output == ""  # PyTorch does not warn about the losses that were reported
    fit = training.answers[1]["fit"]
    assert fit["kind"] == "line"
    assert (min(fit["x"]), max(fit["x"])) == (-1, 1)  # X, which was used in the training, not raw
    assert max(abs(y - (2 * x + 1)) for x, y in zip(fit["x"], fit["y"], strict=True)) < 0.5


def test_a_handwritten_loop_is_recognised(other: Seen) -> None:
    assert other.judge("epochs", 3) == ""
    assert other.judge("batch_size", 5) == ""
    assert other.judge("criterion", "MSELoss") == ""
    assert other.judge("optimizer", "Adam", parameters={"lr": 0.01}) == ""
    assert "There is no model" in other.judge("layers", ("Linear",))
    assert "Nothing cleared the gradients" in advise(OTHER, other.facts)[0]


def test_optimizers_do_not_load_pytorchs_compiler(torch_child: TorchChild) -> None:
    """It takes most of a second, and no optimizer needs it. Everything else about their steps stays as it was. In a
    program that compiles a step, the compiler leaves the tutor's functions alone: it could not import their module."""
    assert Seen(OPTIMIZERS, torch_child).answers[2]["value"]["cells"] == [1.0]


def test_two_inputs_give_a_boundary(torch_child: TorchChild) -> None:
    fit = Seen(BOUNDARY, torch_child).answers[1]["fit"]
    assert fit["kind"] == "boundary"
    assert (len(fit["grid"]), len(fit["grid"][0])) == (24, 96)
    assert fit["points"][1] == [0, 1, 1]


def test_scores_far_from_0_and_1_still_belong_to_the_classes(torch_child: TorchChild) -> None:
    fit = Seen(SCORES, torch_child).answers[1]["fit"]
    assert fit["kind"] == "boundary", (
        "the angles are not the targets, although they are closer to the scores than 0 and 1"
    )
    assert {point[2] for point in fit["points"]} == {0, 1}


def test_checks_report_that_nothing_was_trained() -> None:
    seen: dict[str, Any] = {"seen": {"optimizers": [], "criteria": [], "loaders": [], "steps": 0}, "models": []}
    for kind, subject, said in (
        ("layers", ("Linear",), "There is no model"),
        ("criterion", "MSELoss", "criterion = nn.MSELoss()"),
        ("optimizer", "SGD", "No optimizer was made"),
        ("batch_size", 8, "No DataLoader was made"),
        ("epochs", 5, "was never called"),
    ):
        assert said in judge(Check(kind=kind, subject=subject), Evidence({}, seen, "", "")).message
        assert "nothing to look at" in judge(Check(kind=kind, subject=subject), Evidence({}, {}, "", "")).message


def test_tensors_are_described_like_arrays(training: Seen) -> None:
    assert training.answers[2]["value"]["dtype"] == "torch.float32"
    assert training.answers[2]["value"]["cells"] == [pytest.approx(0, abs=1e-6)]
    assert describe([[1, 2], [3, 4]])["shape"] == [2, 2]
