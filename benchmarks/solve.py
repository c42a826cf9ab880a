"""Measure how fast a network is solved and derived, as ratios within one run: ``python -m benchmarks.solve``.

Everything is timed alternately, and a ratio is the median over the turns, so that other programs matter less.

- every quantity of a 3-2-1 network, named, against the same arithmetic in plain NumPy (goal: within 3 times);
- the same against PyTorch's step with autograd and ``torch.optim.SGD`` (goal: at least 3 times faster);
- a 50-50-10 network, which nobody works by hand but which must not block the tutor;
- the first derivation in a fresh process (cold), and once SymPy is loaded (warm).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median

import numpy as np

from tutor.engines.numpy import solve
from tutor.network import Network, build_graph

LAB2 = {
    "inputs": [1, 0, 1],
    "target": 1,
    "layers": [
        {"weights": [[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]], "bias": [-0.4, 0.2], "activation": "relu"},
        {"weights": [[-0.3], [-0.2]], "bias": [0.1], "activation": "relu"},
    ],
    "optimizer": {"sgd": {"lr": 0.001}},
}
WIDE = {
    "inputs": [0.1] * 50,
    "target": [0.0] * 10,
    "layers": [
        {"weights": [[0.01] * 50] * 50, "bias": 0.1, "activation": "tanh"},
        {"weights": [[0.02] * 10] * 50, "bias": 0.1, "activation": "sigmoid"},
    ],
    "optimizer": {"sgd": {"lr": 0.1}},
}
ROUNDS, REPEATS = 50, 100


def plain_numpy() -> Callable[[], object]:
    """Return a step (forward pass, backward pass, update) as a person would write it with NumPy."""
    x, y, rate = np.array([1.0, 0.0, 1.0]), np.array([1.0]), 0.001
    w1, b1 = np.array([[0.2, -0.3], [0.4, 0.1], [-0.5, 0.2]]), np.array([-0.4, 0.2])
    w2, b2 = np.array([[-0.3], [-0.2]]), np.array([0.1])

    def step() -> object:
        z1 = x @ w1 + b1
        h = np.maximum(z1, 0.0)
        z2 = h @ w2 + b2
        output = np.maximum(z2, 0.0)
        error = output - y
        loss = 0.5 * np.sum(error**2)
        slope2 = (z2 > 0).astype(float)
        delta2 = error * slope2
        slope1 = (z1 > 0).astype(float)
        back = delta2 @ w2.T
        delta1 = back * slope1
        dw2, db2 = np.outer(h, delta2), delta2
        dw1, db1 = np.outer(x, delta1), delta1
        new = (w1 - rate * dw1, b1 - rate * db1, w2 - rate * dw2, b2 - rate * db2)
        return loss, new

    return step


def torch_step() -> Callable[[], object]:
    """Return one step of the same network with autograd and PyTorch's optimizer."""
    import torch

    torch.set_num_threads(1)
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1), torch.nn.ReLU())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    x, y = torch.tensor([1.0, 0.0, 1.0]), torch.tensor([1.0])

    def step() -> object:
        optimizer.zero_grad()
        loss = 0.5 * torch.sum((model(x) - y) ** 2)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def turns(*works: Callable[[], object]) -> list[list[float]]:
    """Return the microseconds of each, turn by turn, so that all run under the same load."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            for _ in range(REPEATS):
                work()
            taken.append((time.perf_counter() - start) / REPEATS * 1e6)
    return times


def ratio(above: list[float], below: list[float]) -> float:
    """Return the median of the pairwise ratios."""
    return median(a / b for a, b in zip(above, below, strict=True))


def first_derivation() -> tuple[float, float, float]:
    """Return the milliseconds for a derivation in a fresh process with its imports, for another one, and for the same
    one again."""
    program = (
        "import sys, time; sys.path.insert(0, 'benchmarks'); from solve import LAB2\n"
        "from tutor.network import Network, build_graph\n"
        "network = Network.from_spec(LAB2); graph = build_graph(network)\n"
        "start = time.perf_counter()\n"
        "from tutor.engines.sympy import derive\n"
        "derive(graph, 'dE/dw1_1_2'); cold = time.perf_counter()\n"
        "derive(graph, 'dE/dw1_3_2'); warm = time.perf_counter()\n"
        "derive(graph, 'dE/dw1_3_2'); again = time.perf_counter()\n"
        "print((cold - start) * 1e3, (warm - cold) * 1e3, (again - warm) * 1e3)\n"
    )
    runs = [
        tuple(
            map(
                float,
                subprocess.run(
                    [sys.executable, "-c", program], capture_output=True, text=True, check=True
                ).stdout.split(),
            )
        )
        for _ in range(5)
    ]
    cold, warm, again = (median(times) for times in zip(*runs, strict=True))
    return cold, warm, again


def main() -> None:
    network = Network.from_spec(LAB2)
    works = [plain_numpy(), lambda: solve(network).values, lambda: solve(network)]
    if find_spec("torch"):
        works.append(torch_step())
    plain, named, matrices, *by_torch = turns(*works)

    def show(what: str, taken: list[float], said: str = "") -> None:
        print(f"{what:<36} {median(taken):8.1f} µs   {said}".rstrip())

    show("plain NumPy", plain)
    show("solve, every quantity named", named, f"{ratio(named, plain):5.2f} × plain NumPy (goal: at most 3)")
    show("solve, matrices only", matrices, f"{ratio(matrices, plain):5.2f} × plain NumPy")
    for taken in by_torch:
        said = f"solve is {ratio(taken, named):4.1f} × as fast (goal: at least 3)"
        show("PyTorch, autograd and SGD", taken, said)
    large = Network.from_spec(WIDE)
    start = time.perf_counter()
    assert build_graph(large).values
    built = time.perf_counter()
    assert solve(large).values
    print(f"50-50-10: all formulas and values    {(built - start) * 1e3:8.1f} ms")
    print(f"50-50-10: solve                      {(time.perf_counter() - built) * 1e3:8.1f} ms")
    cold, warm, again = first_derivation()
    print(f"first derivation, SymPy not loaded   {cold:8.1f} ms")
    print(f"another derivation                   {warm:8.1f} ms")
    print(f"the same again                       {again:8.1f} ms")


if __name__ == "__main__":
    main()
