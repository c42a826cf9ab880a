"""Common errors, provoked on purpose, and how they are explained to a learner."""

from __future__ import annotations

import asyncio
import importlib.util

import pytest

from tests.labs.conftest import TorchChild
from tutor.labs.cells import CellResult, Cells
from tutor.labs.sandbox.limits import Limits

NUMPY = [
    (
        "x = np.ones(3)\nW = np.ones((2, 3))\nZ = x @ W",
        "x, made in line 1, has the shape (3,); W, made in line 2, has the shape (2, 3).",
    ),
    ("A = np.ones((2, 3))\nB = np.ones((4, 3))\nA @ B", "A @ B.T would fit."),
    ("A = np.ones((3, 2))\nB = np.ones((3, 4))\nA @ B", "A.T @ B would fit."),
    (
        "a = np.ones(3)\nb = np.ones(2)\na - b",
        "a, made in line 1, has the shape (3,); b, made in line 2, has the shape (2,)",
    ),
    ("weigths = 1\nweights + 1", "Did you mean weigths?"),
    ("w = 1\ndef step():\n    w -= 0.1\nstep()", "global w"),
    ("def outer():\n    def inner():\n        return v\n    inner()\n    v = 1\nouter()", "v has no value yet"),
    ("Z = 1\nz + 1", "There is no z here. Did you mean Z? Capitals count."),
    ("later + 1", "later is made in cell 2, which has not run yet: run it first."),
    ("plt.plot([1])", "import matplotlib.pyplot as plt"),
    ("import pandaz", "pip install pandaz"),
    ("[1, 2][2]", "the first element has the index 0"),
    ("for i in range(3)\n    pass", "ends in a colon"),
    ("if True:\npass", "The spaces at the beginning"),
    ("print((1, 2)", "An opening bracket has no closing one."),
    ("if x = 2: pass", "== compares"),
    ("np()", "This is a module"),
    ("open('data/penguin.csv')", "os.listdir() shows what is"),
    ("1 / 0", "print the denominator"),
    ("{'a': 1}['b']", "print the keys"),
    ("[3, 1].sort()[0]", "Something on this line is None"),
    ("y = [3, 1].sort()\ny[0]", "y, made in line 1, is None: what gave it returns nothing"),
    ("w = None  # to be found\nz = 2 * w", "w, made in line 1, is None: it has no value yet."),
    ("def f(x, b=None):\n    return x + b\nf(2)", "b is None: it has no value yet."),
    ("w = None\nw += 1", "w, made in line 1, is None: it has no value yet."),
    ("w = None\nw = 2 * [3, 1].sort()", "Something on this line is None"),
    ("def f(z):\n    print(z)\nH = f(1)\nnp.maximum(0, H)", "H, made in line 3, is None"),
    ("def f(z):\n    print(z)\nH = f(1)\nW = np.ones((2, 1))\nH @ W", "H, made in line 3, is None"),
    (
        "x = np.ones(3)\nW = np.ones((3, 2))\nb = np.ones(2)\nx * W + b",
        "x, made in line 1, has the shape (3,); W, made in line 2, has the shape (3, 2). Adding",
    ),
]
TORCH = [
    (
        "model = nn.Linear(3, 2)\nX = torch.ones(5, 4)\nmodel(X)",
        "The layer Linear(3, 2) takes 3 numbers per row, and X, made in line 2, has the shape (5, 4): 4 per row.",
    ),
    (
        "A = torch.ones(5, 4)\nB = torch.ones(3, 2)\nA @ B",
        "In a product A @ B, A must have as many columns as B has rows.",
    ),
    ("torch.ones(3) + torch.ones(2)", "needs equal shapes"),
    ("nn.Linear(2, 1)(torch.from_numpy(np.ones((4, 2))))", "torch.from_numpy(X).float()"),
    ("torch.ones(2, requires_grad=True).numpy()", ".detach().numpy()"),
    ("torch.ones(2).sum().backward()", "requires_grad=True"),
    ("torch.ones(2).zero_grad()", "w.grad.zero_()"),
    ("nn.MSELoss().backward()", "that belongs to the loss, a tensor"),
    (
        "w = torch.ones(2, requires_grad=True)\nloss = (w * w).sum()\nloss.backward()\nloss.backward()",
        "again in every step",
    ),
    ("w = torch.ones(2, requires_grad=True)\n(w * w).backward()", "loss.mean().backward()"),
    ("w = torch.ones(2, requires_grad=True)\nw -= 0.1", "with torch.no_grad():"),
    ("w = torch.ones(2, requires_grad=True)\nw = w - 0.1 * w.grad", "no backward pass has reached w"),
    ("nn.CrossEntropyLoss()(torch.ones(2, 3), torch.tensor([1, 3]))", "counts classes from 0"),
]
needs_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")


def run_all(first: str, sources: list[str], child: TorchChild | None = None) -> dict[str, CellResult]:
    """Run each source as the third cell of a lesson whose second cell has not run."""

    async def work() -> dict[str, CellResult]:
        cells = Cells({"first": first, "second": "later = 1", "third": ""}, limits=Limits(seconds=30))
        cells.kernel = child.kernel if child is not None else cells.kernel
        found = {}
        try:
            await cells.run("first")
            for source in sources:
                cells.edit("third", source)
                found[source] = await cells.run("third")
        finally:
            await cells.close()
        return found

    return child.run(work()) if child is not None else asyncio.run(work())


@pytest.fixture(scope="module")
def in_numpy() -> dict[str, CellResult]:
    return run_all("import numpy as np", [source for source, _ in NUMPY])


@pytest.fixture(scope="module")
def in_torch(torch_child: TorchChild) -> dict[str, CellResult]:
    first = "import numpy as np\nimport torch\nfrom torch import nn"
    return run_all(first, [source for source, _ in TORCH], torch_child)


@pytest.mark.parametrize(("source", "said"), NUMPY)
def test_errors_of_numpy_and_python_are_explained(in_numpy: dict[str, CellResult], source: str, said: str) -> None:
    _is_explained(in_numpy[source], said)


@needs_torch
@pytest.mark.parametrize(("source", "said"), TORCH)
def test_errors_of_pytorch_are_explained(in_torch: dict[str, CellResult], source: str, said: str) -> None:
    _is_explained(in_torch[source], said)


def _is_explained(result: CellResult, said: str) -> None:
    trouble = result.trouble
    assert trouble is not None
    assert said in trouble.explanation
    assert trouble.where.startswith("cell 3, line ")
    marked = [line for line in trouble.code if line.is_marked]
    assert len(marked) == 1
    assert marked[0].text == result.run.source.splitlines()[marked[0].number - 1]


def test_the_traceback_is_cut_to_the_learners_lines() -> None:
    source = "import json\ndef read(text):\n    return json.loads(text)\n\nread('{')"
    result = run_all("", [source])[source]
    assert result.trouble is not None
    assert result.trouble.where == "cell 3, line 3"
    assert result.trouble.path == ("cell 3, line 5, in <module>",)
    assert [line.number for line in result.trouble.code] == [1, 2, 3, 4, 5]
    assert "site-packages" not in result.trouble.text
    assert "→   3      return json.loads(text)" in result.trouble.text


def test_an_error_inside_an_earlier_cells_function_points_there() -> None:
    result = run_all("def half(x):\n    return x / 0", ["half(1)"])["half(1)"]
    assert result.trouble is not None
    assert result.trouble.where == "cell 1, line 2"
    assert result.trouble.code[1].text == "    return x / 0"


def test_exceptions_with_hostile_texts_are_shown_safely() -> None:
    sources = [
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
        "raise ValueError('\\x1b[2J' + 'x' * 10**6)",
        "class R:\n    def __repr__(self): raise ValueError('no')\nR()",
    ]
    results = run_all("", sources)
    unsayable, long, unshown = (results[source].trouble for source in sources)
    assert unsayable is not None
    assert "cannot be shown" in unsayable.title
    assert long is not None
    assert "\x1b" not in long.title
    assert len(long.title) < 3_000
    assert unshown is not None
    assert unshown.title == "ValueError: no"
