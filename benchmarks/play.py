"""Measure the play screen: from a key to all numbers drawn, training with everything shown, steps in the background.

    python -m benchmarks.play

All times are CPU times, so that other programs do not matter. A frame is 1/60 s. Plain NumPy is the same training
written out in a dozen lines, with the loss of every step kept.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

import numpy as np
from textual.events import Key

from tutor.engines.numpy.training import Training
from tutor.network import Network, build_graph
from tutor.play.playground import Playground
from tutor.play.playing import Playing
from tutor.store import Store
from tutor.ui.app import TutorApp
from tutor.ui.screens.playing import PlayScreen

STEPS, SAMPLES, SIZES = 1000, 32, (8, 8, 2)
FRAME = 1000 / 60
KEYS = 30


def network(samples: int) -> Network:
    """Return an 8-8-2 network with tanh and sigmoid."""
    made = random.Random(1)

    def matrix(rows: int, columns: int) -> list[list[float]]:
        return [[round(made.uniform(-1, 1), 2) for _ in range(columns)] for _ in range(rows)]

    inputs, hidden, outputs = SIZES
    return Network.from_spec(
        {
            "inputs": matrix(samples, inputs) if samples > 1 else matrix(1, inputs)[0],
            "target": [[made.randint(0, 1) for _ in range(outputs)] for _ in range(samples)] if samples > 1 else [0, 1],
            "layers": [
                {"weights": matrix(inputs, hidden), "bias": matrix(1, hidden)[0], "activation": "tanh"},
                {"weights": matrix(hidden, outputs), "bias": matrix(1, outputs)[0], "activation": "sigmoid"},
            ],
            "loss": "half_squared_error",
            **({"reduction": "mean"} if samples > 1 else {}),
            "optimizer": {"sgd": {"lr": 0.5}},
        }
    )


def plain_numpy(model: Network, steps: int) -> list[float]:
    """Train the same network in plain NumPy; return the losses."""
    x, y = np.array(model.inputs, dtype=float), np.array(model.targets, dtype=float)
    w1, b1 = np.array(model.layers[0].weights), np.array(model.layers[0].bias)
    w2, b2 = np.array(model.layers[1].weights), np.array(model.layers[1].bias)
    losses = []
    for _ in range(steps):
        h = np.tanh(x @ w1 + b1)
        out = 1 / (1 + np.exp(-(h @ w2 + b2)))
        error = out - y
        losses.append(float(0.5 * (error**2).sum() / len(x)))
        delta2 = error * out * (1 - out)
        delta1 = (delta2 @ w2.T) * (1 - h**2)
        w2 = w2 - 0.5 * (h.T @ delta2) / len(x)
        b2 = b2 - 0.5 * delta2.sum(axis=0) / len(x)
        w1 = w1 - 0.5 * (x.T @ delta1) / len(x)
        b1 = b1 - 0.5 * delta1.sum(axis=0) / len(x)
    return losses


def best(what: Callable[[], object], times: int = 5) -> float:
    """Return the CPU seconds of the fastest of several runs."""
    found = []
    for _ in range(times):
        start = time.process_time()
        what()
        found.append(time.process_time() - start)
    return min(found)


def background() -> None:
    """Compare steps in the background with plain NumPy."""
    model = network(SAMPLES)
    graph = build_graph(model)
    numbers = {name: node.value for name, node in graph.nodes.items() if node.value is not None}
    ours = Training(model, numbers).advance(STEPS)
    assert np.allclose(ours, plain_numpy(model, STEPS)), "they do not agree"
    tutor = best(lambda: Training(model, numbers).advance(STEPS))
    plain = best(lambda: plain_numpy(model, STEPS))
    print(f"{STEPS} steps, {SAMPLES} samples: {tutor * 1000:.0f} ms, plain NumPy {plain * 1000:.0f} ms: "
          f"{tutor / plain:.2f} times")  # fmt: skip


async def keys(size: tuple[int, int]) -> None:
    """Measure from a key to everything drawn in the real application, and type keys while it trains."""
    app = TutorApp(Store(None), warm=False)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        playing = Playing(Playground(network(1)), "8-8-2")
        await app.push_screen(PlayScreen(playing))
        await pilot.pause(0.5)
        screen = app.screen
        assert isinstance(screen, PlayScreen)
        turned = []
        for place in range(40):
            start = time.process_time()
            screen.action_turn(1 if place % 2 else -1)
            for row in range(screen.view.size.height):
                screen.view.render_line(row)
            turned.append((time.process_time() - start) * 1000)
        turned.sort()
        screen.rate = 10
        screen.action_train()
        before, first = playing.ground.steps, playing.numbers.index(playing.chosen)
        start = time.process_time()
        for _ in range(KEYS):
            app.post_message(Key("right", None))
            await asyncio.sleep(0.05)
        await pilot.pause()
        each = (time.process_time() - start) * 1000 / max(playing.ground.steps - before, 1)
        screen.action_train()
        moved = (playing.numbers.index(playing.chosen) - first) % len(playing.numbers)
        print(
            f"{size[0]}×{size[1]}: a key to all numbers drawn {turned[20]:.1f} ms (slowest {turned[-1]:.1f}; a "
            f"frame is {FRAME:.1f}); a training step with everything shown {each:.0f} ms with the keys "
            f"typed meanwhile (10 Hz: 100), {moved} of {KEYS} keys arrived"
        )


def main() -> None:
    """Print all figures."""
    background()
    for size in ((80, 24), (140, 45)):
        asyncio.run(keys(size))


if __name__ == "__main__":
    main()
