"""A program's values reach the checks' process unchanged; objects that are not data never pass as data."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from tutor.labs.sandbox.inside.values import Function, Live, NeedsProgram, decode, decode_names, encode, encode_names


def nobody(*_: object) -> object:
    raise AssertionError("no question to the program was expected")


def transferred(value: object) -> Any:
    """Encode a value, send it as JSON, and decode it."""
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)), nobody)


PLAIN: list[object] = [
    None, True, 3, -(10**30), 0.1, 1e-300, float("inf"), "text \N{GREEK SMALL LETTER ALPHA}", [1, [2.5, None]], (1, 2),
    {"a": [1], 2: "b"}, {1, 2}, [], {}, (),
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_are_the_same(value: object) -> None:
    assert transferred(value) == value
    assert type(transferred(value)) is type(value)


def test_nan_is_nan() -> None:
    assert math.isnan(transferred(float("nan")))


@pytest.mark.parametrize("kind", ["float64", "float32", "int64", "bool", "uint8"])
def test_arrays_are_the_same(kind: str) -> None:
    array = np.arange(6).reshape(2, 3).astype(kind)
    for value in (array, array.T, array[:, ::2], array[0, 1], np.zeros((0, 3), kind)):
        found = transferred(value)
        assert (type(found), found.dtype, found.shape) == (type(value), value.dtype, value.shape)
        assert np.array_equal(found, value)


class Yes:
    """An object that claims to equal everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __lt__ = __gt__ = __eq__
    __hash__ = None  # type: ignore[assignment]

    def __float__(self) -> float:
        return 6.0


@pytest.mark.parametrize("value", [Yes(), object, Yes, [Yes()], range(3), 3j, type("F", (float,), {})(6.0)])
def test_objects_that_are_not_data_become_live(value: object) -> None:
    found: Any = transferred(value)
    found = found[0] if isinstance(found, list) else found
    assert type(found).__name__ == "Live"
    for use in (
        lambda: found == 6, lambda: found < 7, lambda: float(found), lambda: found + 1, lambda: 1 - found,
        lambda: -found, lambda: found.x, lambda: found(), lambda: found[0], lambda: list(found), lambda: bool(found),
        lambda: len(found), lambda: 1 in found, lambda: str(found), lambda: np.allclose(found, 6),
        lambda: isinstance(3, found),
    ):  # fmt: skip
        with pytest.raises(NeedsProgram):
            use()
    assert not isinstance(found, int | float | list | np.ndarray)


def test_recursive_and_huge_values_are_encoded_safely() -> None:
    loop: list[object] = []
    loop.append(loop)
    many: list[object] = []
    for _ in range(60):
        many = [many, many]
    for value in (loop, many, np.zeros(1 << 20), "x" * (5 << 20), [0] * (1 << 20)):
        json.dumps(encode(value))
    assert encode(np.zeros(1 << 20)) == {"live": "ndarray"}


def test_small_values_are_sent_even_beside_a_large_one() -> None:
    found = encode_names({"large": np.zeros(1 << 20), "small": np.ones(2), "__name__": 3})
    assert set(found) == {"large", "small"}
    assert "live" in found["large"]
    assert "array" in found["small"]


def test_a_function_is_called_with_encoded_arguments() -> None:
    asked: list[tuple[object, ...]] = []

    def call(*question: Any) -> object:
        asked.append(question)
        return encode([0.0, 2.5])

    relu = decode(encode_names({"relu": lambda z: z})["relu"], call)
    assert type(relu) is Function
    assert relu(np.array([-1.0, 2.5]), slope=0) == [0.0, 2.5]
    ((name, arguments, options),) = asked
    assert (name, decode(options, nobody)) == ("relu", {"slope": 0})
    assert np.array_equal(decode(arguments, nobody)[0], [-1.0, 2.5])


def test_builtins_cannot_be_replaced_by_the_program() -> None:
    encoded = encode_names({"abs": lambda _: 0, "isinstance": lambda *_: True, "len": object(), "mine": abs, "sum": 3})
    forged = {"all": {"function": "x"}, "any": {"live": "x"}, "float": {"model": ""}, "__builtins__": {"dict": []}}
    assert set(decode_names({**encoded, **forged}, nobody)) == {"mine", "sum"}


FORGED: list[object] = [
    {}, {"array": "AAAA", "dtype": "object", "shape": [1]}, {"array": "AAAA", "dtype": "float64", "shape": [-1]},
    {"array": None}, {"library": "os"}, {"library": "unittest.mock"}, {"list": 3}, {"dict": [[1]]}, {"int": "x"},
    {"model": "Bilinear", "settings": {}, "own": [], "training": True}, {"set": [{"list": []}]},
]  # fmt: skip


@pytest.mark.parametrize("data", FORGED, ids=str)
def test_forged_data_becomes_live(data: object) -> None:
    assert type(decode_names({"x": data}, nobody)["x"]) is Live


@pytest.mark.needs("torch")
class TestTorch:
    """Tensors and layers. PyTorch is imported only inside the tests."""

    def test_tensors_keep_their_gradients(self) -> None:
        import torch

        w = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
        (w * w).sum().backward()
        found = transferred(w)
        assert (found.dtype, found.requires_grad, found.is_leaf) == (w.dtype, True, True)
        assert torch.equal(found, w)
        assert torch.equal(found.grad, torch.tensor([2.0, 4.0], dtype=torch.float64))
        assert transferred(w.sum()).item() == 3
        assert torch.equal(transferred(torch.arange(6).reshape(2, 3).T), torch.arange(6).reshape(2, 3).T)

    def test_a_sequential_computes_the_same(self) -> None:
        import torch
        from torch import nn

        layers = (
            nn.Linear(3, 4), nn.BatchNorm1d(4), nn.LeakyReLU(0.2),
            nn.Sequential(nn.Linear(4, 4, bias=False), nn.Tanh()), nn.Softmax(dim=1), nn.Dropout(0.5),
        )  # fmt: skip
        for model in (
            nn.Sequential(*layers).eval(),
            nn.Sequential(nn.Linear(3, 1)).double(),
            nn.Conv2d(1, 2, 3, stride=2),
        ):
            size = (1, 1, 7, 7) if isinstance(model, nn.Conv2d) else (5, 3)
            x = torch.rand(size, dtype=next(model.parameters()).dtype)
            found = transferred(model)
            assert type(found) is type(model)
            assert str(found) == str(model)
            assert torch.equal(found(x), model(x))

    def test_a_learners_class_is_not_executed(self) -> None:
        import torch
        from torch import nn

        class Net(nn.Module):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.one, self.scale = nn.Linear(3, 1), nn.Parameter(torch.ones(1))

            def forward(self, x: Any) -> Any:
                return self.one(x) * self.scale

        class Linear(nn.Linear):  # type: ignore[misc]
            """Shares only its name with PyTorch's class."""

        found = transferred(Net())
        assert isinstance(found, nn.Module)
        assert [type(each) for each in found.children()] == [nn.Linear]
        assert [tuple(each.shape) for each in found.parameters()] == [(1,), (1, 3), (1,)]
        for model in (found, transferred(Linear(3, 1))):
            with pytest.raises(NeedsProgram):
                model(torch.ones(3))
