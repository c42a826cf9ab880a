"""The progress of a training, read from what the program prints or reports."""

from __future__ import annotations

import itertools

import pytest

from tutor.labs.progress import Progress, read_line, total_in

LINES = [
    ("Epoch 100, loss 0.25", 100, None, {"loss": 0.25}),
    ("Epoch [100/1000], Loss: 0.97430", 100, 1000, {"loss": 0.9743}),
    ("epoch: 3 | train_loss=1.5e-3 | val_loss=2e-3", 3, None, {"train_loss": 0.0015, "val_loss": 0.002}),
    ("Epoch 5/10 - loss: 0.5 - accuracy: 0.91", 5, 10, {"loss": 0.5, "accuracy": 0.91}),
    ("[12/50] loss=0.31 acc=0.9", 12, 50, {"loss": 0.31, "acc": 0.9}),
    ("Epoch 20 loss 81.1993", 20, None, {"loss": 81.1993}),
    ("epoch 7 of 20: MSE = 12", 7, 20, {"mse": 12.0}),
    ("step 40 loss nan", 40, None, {"loss": float("nan")}),
    ("Epoch 1, Loss: tensor(0.25)", 1, None, {"loss": 0.25}),
    ("Epoch 2 Mean loss (train): .5", 2, None, {"mean loss": 0.5}),
]


@pytest.mark.parametrize(("line", "epoch", "total", "figures"), LINES)
def test_a_line_about_an_epoch_is_read(line: str, epoch: int, total: int | None, figures: dict[str, float]) -> None:
    point = read_line(line)
    assert point is not None
    assert (point.epoch, point.total) == (epoch, total)
    assert point.figures == pytest.approx(figures, nan_ok=True)


@pytest.mark.parametrize("line", ["", "W = [0.2, 0.4]", "loss 0.25", "torch.Size([15, 3])"])
def test_a_line_without_an_epoch_is_ignored(line: str) -> None:
    assert read_line(line) is None


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_remaining_time_are_estimated() -> None:
    clock = Clock()
    progress = Progress(total=100, clock=clock)
    progress.feed("starting\n")
    for epoch in range(10, 51, 10):
        clock.now += 2
        assert progress.feed(f"Epoch {epoch}, lo") is False
        assert progress.feed(f"ss {1 / epoch}\n") is True
    assert progress.fraction == 0.5
    assert progress.rate == pytest.approx(5.0)
    assert progress.seconds_left == pytest.approx(10.0)
    assert progress.series("loss") == ((10, 20, 30, 40, 50), (0.1, 0.05, 1 / 30, 0.025, 0.02))
    assert progress.figures == {"loss": 0.02}


def test_carriage_returns_separate_epochs() -> None:
    progress = Progress()
    progress.feed("Epoch 1/3 loss 3\rEpoch 2/3 loss 2\rEpoch 3/3 loss 1\r")
    assert progress.series("loss")[1] == (3, 2, 1)
    assert progress.fraction == 1


def test_reported_epochs_replace_printed_ones() -> None:
    progress = Progress(clock=Clock())
    progress.feed("Epoch 1, loss 9\n")
    progress.report([{"epoch": 1, "total": 4, "figures": {"Loss": 2.0, "acc": "nan"}}])
    assert progress.feed("Epoch 2, loss 9\n") is False
    assert progress.names == ("loss", "acc")
    assert progress.series("loss") == ((1,), (2.0,))
    assert progress.series("acc") == ((), ())


def test_a_second_training_starts_a_new_series() -> None:
    progress = Progress(clock=Clock())
    progress.feed("".join(f"Epoch {n}, loss {n}\n" for n in (1, 2, 3, 1, 2)))
    assert progress.series("loss") == ((1, 2), (1, 2))


def test_many_epochs_are_thinned_out_but_the_latest_is_kept() -> None:
    progress = Progress(clock=Clock())
    progress.report({"epoch": n, "total": None, "figures": {"loss": n}} for n in range(1, 50_001))
    epochs, values = progress.series("loss")
    assert len(epochs) < 2_100
    assert epochs[-1] == values[-1] == 50_000
    steps = [b - a for a, b in itertools.pairwise(epochs)]
    assert max(steps) <= 2 * min(steps[1:-1])


@pytest.mark.parametrize(
    ("losses", "warns"),
    [((2, 1, 0.5, 0.4), False), ((2, 50, 9e3, 1e9), True), ((2, 9, float("nan")), True), ((3, float("inf")), True)],
)
def test_an_exploding_loss_is_explained(losses: tuple[float, ...], warns: bool) -> None:
    progress = Progress(clock=Clock())
    progress.feed("".join(f"Epoch {n}, loss {loss}\n" for n, loss in enumerate(losses)))
    assert ("Scale the inputs" in progress.warning) is warns


@pytest.mark.parametrize(
    ("source", "total"),
    [
        ("for epoch in range(1000):\n    pass", 1000),
        ("for epoch in range(1, 1001):\n    pass", 1000),
        ("epochs = 50\nfor epoch in range(1, epochs + 1):\n    pass", 50),
        ("num_epochs = 7\ntrain(num_epochs)", 7),
        ("for row in data: pass", None),
        ("not python", None),
    ],
)
def test_the_number_of_epochs_is_found_in_the_source(source: str, total: int | None) -> None:
    assert total_in(source) == total
