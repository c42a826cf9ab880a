"""Formulas over arrays, cell by cell, against NumPy."""

import numpy as np
import pytest

from tutor.errors import FormulaError
from tutor.formulas import evaluate, named_cells, parse, scalarise

ARRAYS = {
    "A": np.array([[1.0, 2.0], [0.5, -1.0]]),
    "B": np.array([[0.3, 1.0], [2.0, 1.5]]),
    "X": np.arange(12, dtype=float).reshape(3, 4) / 7,
    "K": np.array([[1.0, 0.0], [-1.0, 2.0]]),
    "u": np.array([0.5, -2.0]),
    "v": np.array([3.0, 0.25]),
    "s": np.array(2.0),
}


def softmax(values: np.ndarray, axis: int) -> np.ndarray:
    grown = np.exp(values)
    return np.asarray(grown / grown.sum(axis=axis, keepdims=True))


def correlate(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.asarray((windows * kernel).sum(axis=(-2, -1)))


A, B, X, K, u, v = (ARRAYS[name] for name in "ABXKuv")


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("A + B", A + B),
        ("A*B/2 - 1", A * B / 2 - 1),
        ("A @ B", A @ B),
        ("A @ B.T", A @ B.T),
        ("u @ A", u @ A),
        ("A @ u", A @ u),
        ("u @ v", u @ v),
        ("A + u", A + u),
        ("A^2", A**2),
        ("s*u", 2 * u),
        ("exp(A)", np.exp(A)),
        ("relu(A)", np.maximum(A, 0)),
        ("max(0, A)", np.maximum(A, 0)),
        ("max(A)", A.max()),
        ("max(A, rows)", A.max(axis=1)),
        ("sum(A)", A.sum()),
        ("sum(A, columns)", A.sum(axis=0)),
        ("mean(A, rows)", A.mean(axis=1)),
        ("argmax(A, rows)", A.argmax(axis=1) + 1),
        ("softmax(A)", softmax(A, 1)),
        ("softmax(A, columns)", softmax(A, 0)),
        ("softmax(u)", softmax(u, 0)),
        ("dot(u, v)", u @ v),
        ("norm(u)", np.linalg.norm(u)),
        ("conv(X, K)", correlate(X, K)),
        ("conv(X, K, stride=2)", correlate(X, K)[::2, ::2]),
        ("conv(X, K, stride=1x2, pad=1)", correlate(np.pad(X, 1), K)[:, ::2]),
        ("conv(X, K, pad=0x1)", correlate(np.pad(X, ((0, 0), (1, 1))), K)),
        ("maxpool(X, 2)", X[1:2, 1::2]),  # the cells of X grow; its third row fills no window
        ("maxpool(X, 2, stride=1)", X[1:, 1:]),
        ("maxpool(X, 1x3)", X[:, 2:3]),
        ("avgpool(X, 3x4)", X.mean().reshape(1, 1)),
        ("avgpool(u, 2)", u.mean().reshape(1)),
        ("pad(u, 2)", np.pad(u, 2)),
        ("pad(A, 1x0)", np.pad(A, ((1, 1), (0, 0)))),
        ("flatten(A)", A.ravel()),
        ("reshape(X, 2, 6)", X.reshape(2, 6)),
        ("reshape(X, 12)", X.ravel()),
        ("concat(u, v, s)", np.array([*u, *v, 2.0])),
        ("concat(A, B)", np.vstack([A, B])),
        ("concat(A, X.T[1..2, 1..3], columns)", np.hstack([A, X.T[:2]])),
        ("X[[3, 1]]", X[[2, 0]]),
        ("u[[2, 2, 1]]", u[[1, 1, 0]]),
        ("np.concatenate(u, v)", np.concatenate([u, v])),
        ("X[1..2, 2..3]", X[0:2, 1:3]),
        ("X[2,3]", X[1, 2]),
        ("X[2]", X[1]),
        ("[[1, 2], [3, 4]] + A", np.array([[1, 2], [3, 4]]) + A),
        ("sigmoid'(u)", np.exp(-u) / (1 + np.exp(-u)) ** 2),
    ],
)
def test_cells_agree_with_numpy(formula: str, value: np.ndarray) -> None:
    shapes = {name: named_cells(name, array.shape) for name, array in ARRAYS.items() if array.shape}
    env: dict[str, float] = {"s": 2.0}
    for name, cells in shapes.items():
        env.update(zip([tree.name for tree in cells.trees], ARRAYS[name].ravel().tolist(), strict=True))  # type: ignore[union-attr]
    cells = scalarise(parse(formula), shapes)
    assert cells.shape == np.shape(value)
    assert [evaluate(tree, env) for tree in cells.trees] == pytest.approx(np.ravel(value).tolist())


@pytest.mark.parametrize(
    "formula", ["A @ X", "u + X", "A @ 2", "X[4,1]", "conv(K, X)", "[[1, 2], [3]]", "dot(u, X)", "softmax(s)"]
)
def test_shapes_that_do_not_fit_are_an_error(formula: str) -> None:
    shapes = {name: named_cells(name, array.shape) for name, array in ARRAYS.items() if array.shape}
    with pytest.raises(FormulaError):
        scalarise(parse(formula), shapes)
