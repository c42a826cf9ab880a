"""Labs 3 and 4 of the course, solved wrong as people solve them: each gets the sentence that names its mistake.

Each program goes the way that the screen sends it: ``start_lab`` with the lesson's own lab.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.labs.conftest import TorchChild
from tutor.labs.lab import LabResult, run_lab, start_lab
from tutor.lessons import Lesson, load
from tutor.lessons.blocks import Lab
from tutor.paths import shipped_lessons


def tried(lesson: Lesson, lab_id: str, *changes: tuple[str, str], child: TorchChild | None = None) -> LabResult:
    """The lab's solution with these changes, run and checked; in a child of its own unless there is one."""
    lab = lesson.block(lab_id)
    assert isinstance(lab, Lab)
    assert lab.solution is not None
    source = lab.solution.fill()
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    if child is None:
        return run_lab(lab, source, lesson=lesson)
    return child.run(start_lab(lab, source, lesson=lesson, kernel=child.kernel))


def told(result: LabResult) -> list[str]:
    """What a learner is told, first things first: the exception, the advice, then each failed check."""
    trouble = [result.trouble.explanation] if result.trouble else []
    return [*trouble, *result.advice, *(check.message for check in result.checks if not check.passed)]


@pytest.fixture(scope="module")
def lab_3() -> Lesson:
    return load(shipped_lessons() / "05-laboratory-task-3.yaml")


@pytest.fixture(scope="module")
def by_autograd() -> Lesson:
    return load(shipped_lessons() / "06-what-pytorch-is.yaml")


@pytest.fixture(scope="module")
def lab_4(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """The lesson with a fiftieth of the epochs, so that a program takes no longer than PyTorch's import."""
    folder = tmp_path_factory.mktemp("lessons")
    shutil.copytree(shipped_lessons() / "data", folder / "data")
    text = (shipped_lessons() / "09-laboratory-task-4.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("range(1000)", "range(20)"),
        ("epochs: 1000", "epochs: 20"),
        ("length: 1000", "length: 20"),
        ("below: 0.25", "below: 0.3"),
        ("(epoch + 1) % 50", "(epoch + 1) % 5"),
    ):
        assert old in text
        text = text.replace(old, new)
    path: Path = folder / "lab-4.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


OUTPUT_FIRST = (
    ("W_output = W_output - lr * dW_output\n", ""),
    ("delta_hidden = (", "W_output = W_output - lr * np.outer(H, delta_output)\ndelta_hidden = ("),
)
IN_NUMPY = {
    "gradient added": (
        [("W_hidden - lr * dW_hidden", "W_hidden + lr * dW_hidden")],
        "W_hidden is what comes out when the gradient is added",
    ),
    "transpose forgotten": (
        [("np.outer(x, delta_hidden)", "np.outer(delta_hidden, x)")],
        "W_hidden, made in line 5, has the shape (3, 2); dW_hidden, made in line 21, has the shape (2, 3)",
    ),
    "product the other way round": (
        [("W_output @ delta_output", "delta_output @ W_output")],
        "W_output @ delta_output would fit",
    ),
    "output updated first": (
        list(OUTPUT_FIRST),
        "delta_hidden is what comes out when the output's weights are updated before",
    ),
    "bias not updated": (
        [("theta_hidden = theta_hidden - lr * delta_hidden", "")],
        "theta_hidden is what it was before the step",
    ),
    "another learning rate": ([("lr = 0.001", "lr = 0.01")], "lr is 0.01, which is not right. Keep the learning rate"),
    "learning rate left out": ([("lr * dW_output", "dW_output")], "when the learning rate is left out"),
    "activation missing": (
        [("np.maximum(0, Z_hidden)", "Z_hidden")],
        "H is what comes out when the activation function is left out",
    ),
    "sigmoid": (
        [("np.maximum(0, Z_hidden)", "1 / (1 + np.exp(-Z_hidden))")],
        "H is what comes out with sigmoid in the activation's place",
    ),
    "bias forgotten": ([("x @ W_hidden + theta_hidden", "x @ W_hidden")], "H is what comes out when the biases"),
    "difference reversed": ([("(yhat - y) *", "(y - yhat) *")], "the wrong way round"),
    "slope left out": ([("* (Z_hidden > 0)", "")], "the activation's slope is left out"),
    "slope at the wrong place": ([("(Z_hidden > 0)", "H")], "with H itself in the place of the activation's slope"),
    "column and row": ([("np.outer(H, delta_output)", "H * delta_output")], "A column, (2, 1), and a row, (2,), met"),
}


@pytest.mark.parametrize(("changes", "said"), IN_NUMPY.values(), ids=IN_NUMPY)
def test_lab_3_in_numpy(lab_3: Lesson, changes: list[tuple[str, str]], said: str) -> None:
    result = tried(lab_3, "lab3-numpy", *changes)
    assert not result.passed
    assert said in told(result)[0]


def test_what_follows_from_one_slip_is_no_other_slip(lab_3: Lesson) -> None:
    first, *others = told(tried(lab_3, "lab3-numpy", ("np.maximum(0, Z_hidden)", "Z_hidden")))
    assert first.startswith("Your H is what comes out")
    assert len(others) == 9
    assert all("is right from your own" in other and "mend that first" in other for other in others)


def test_what_was_not_reached_is_no_slip(lab_3: Lesson) -> None:
    result = tried(lab_3, "lab3-numpy", ("x @ W_hidden", "x * W_hidden"))
    assert {check.message for check in result.checks if not check.passed} == {"The program stopped before its end."}


BY_AUTOGRAD = {
    "no half": ([("0.5 * ((yhat", "((yhat")], "loss is what comes out with twice the loss: a ½ is missing"),
    "backward forgotten": ([("loss.backward()", "")], "Call loss.backward() before this line"),
    "backward twice": (
        [("loss.backward()", "loss.backward(retain_graph=True)\nloss.backward()")],
        "W_hidden.grad is 2 times what it should be: backward() ran 2 times, and gradients add up",
    ),
    "a new tensor": (
        [("W_hidden -= lr * W_hidden.grad", "W_hidden = W_hidden - lr * W_hidden.grad")],
        "W_hidden.grad is None although backward() ran: W_hidden is a new tensor",
    ),
}


@pytest.mark.needs("torch")
@pytest.mark.parametrize(("changes", "said"), BY_AUTOGRAD.values(), ids=BY_AUTOGRAD)
def test_lab_3_by_autograd(
    by_autograd: Lesson, torch_child: TorchChild, changes: list[tuple[str, str]], said: str
) -> None:
    result = tried(by_autograd, "lab3-autograd", *changes, child=torch_child)
    assert not result.passed
    assert said in told(result)[0]


IN_PYTORCH = {
    "zero_grad forgotten": ([("        optimizer.zero_grad()\n", "")], "Nothing cleared the gradients"),
    "step forgotten, batches of 16, sums, a ReLU behind": (
        [
            ("        optimizer.step()\n", ""),
            ("batch_size=8", "batch_size=16"),
            ("MSELoss()", "MSELoss(reduction='sum')"),
            ("nn.Linear(8, 1))", "nn.Linear(8, 1), nn.ReLU())"),
        ],
        "loss.backward() ran but optimizer.step() never did",
        "The batches have 16 rows, and 8 are asked for",
        "MSELoss has reduction='sum', and 'mean' is asked for",
        "something comes after the last Linear",
        "optimizer.step() was never called",
    ),
    "the loss of all rows, batch by batch": (
        [("criterion(model(xb), yb)", "criterion(model(inputs), targets)")],
        "The loader gives batches of 8 rows, but the loss was taken of 86",
    ),
    "the loss of all rows, by a function": (
        [("criterion(model(xb), yb)", "nn.functional.mse_loss(model(inputs), targets)")],
        "The loader gives batches of 8 rows, but the loss was taken of 86",
    ),
    "targets in a row": (
        [('[[float(row["body_mass_g"])] for', '[float(row["body_mass_g"]) for')],
        "predictions of the shape (8, 1) with targets of the shape (8,)",
        "targets has the shape (86,); it must be a column",
    ),
    "a shape that does not fit": (
        [("losses = []", "losses = []\nmodel(inputs.T)")],
        "The layer Linear(3, 8) takes 3 numbers per row, and inputs.T has the shape (3, 86)",
    ),
    "targets not scaled": (
        [
            ("targets = (targets - targets.mean(0)) / targets.std(0)\n", ""),
        ],
        "Scale the inputs, and a large target too",
        "targets are not scaled",
    ),
}


@pytest.mark.needs("torch")
@pytest.mark.parametrize(("changes", "said"), [(row[0], row[1:]) for row in IN_PYTORCH.values()], ids=IN_PYTORCH)
def test_lab_4(lab_4: Lesson, torch_child: TorchChild, changes: list[tuple[str, str]], said: tuple[str, ...]) -> None:
    result = tried(lab_4, "lab4", *changes, child=torch_child)
    assert not result.passed
    assert said[0] in told(result)[0]
    for more in said[1:]:
        assert any(more in each for each in told(result)), told(result)


RIGHT_IN_PYTORCH = {
    "a class of one's own, called net": [
        (
            "model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))",
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "        self.one, self.two, self.relu = nn.Linear(3, 8), nn.Linear(8, 1), nn.ReLU()\n"
            "    def forward(self, x):\n        return self.two(self.relu(self.one(x)))\nnet = Net()",
        ),
        ("model.parameters", "net.parameters"),
        ("model(xb)", "net(xb)"),
    ],
    "a loss of all rows after the epoch": [
        ("losses.append(total / len(inputs))", "losses.append(criterion(model(inputs), targets).item())")
    ],
    "the loss by a function": [("criterion(model(xb), yb)", "nn.functional.mse_loss(input=model(xb), target=yb)")],
    "the loss calculated with": [("criterion(model(xb), yb)", "1.0 * criterion(model(xb), yb)")],
}


@pytest.mark.needs("torch")
@pytest.mark.parametrize("changes", RIGHT_IN_PYTORCH.values(), ids=RIGHT_IN_PYTORCH)
def test_lab_4_in_other_ways(lab_4: Lesson, torch_child: TorchChild, changes: list[tuple[str, str]]) -> None:
    result = tried(lab_4, "lab4", *changes, child=torch_child)
    assert result.passed, told(result)


@pytest.mark.needs("torch")
def test_lab_4_solved(lab_4: Lesson) -> None:
    result = tried(lab_4, "lab4")
    assert result.passed, told(result)
    assert result.run.fit is not None
    assert len(result.run.fit["x"]) == 86  # all the data, and not the last batch of them
