"""Encode a program's values as data without code, and decode them in another process.

``encode`` runs in the process of the learner's program, ``decode`` in that of the author's checks. Only these values
are recreated: numbers, strings, lists, dicts, arrays, tensors with their gradients, and PyTorch's own layers, alone or
in a ``Sequential``, with their parameters. A learner's function becomes a ``Function``: calling it asks the program's
process and returns the decoded answer. Anything else becomes a ``Live``, which only shows that the value exists.

    encode([1.0, None])       # {"list": [1.0, None]}
    decode({"list": [1.0, None]}, call)
"""

from __future__ import annotations

import base64
import builtins
import importlib
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

MOST_BYTES = 4 << 20
"""How many bytes all values of a program may have together; values beyond that become ``Live``."""

_DEEPEST = 16
_KINDS = ("bool", "int8", "int16", "int32", "int64", "uint8", "float16", "float32", "float64")
_LAYERS = {
    name
    for names in (
        "Linear Identity Flatten Dropout Embedding LayerNorm BatchNorm1d BatchNorm2d",
        "ReLU LeakyReLU ELU GELU SiLU Softplus Sigmoid Tanh Softmax LogSoftmax",
        "Conv1d Conv2d MaxPool1d MaxPool2d AvgPool1d AvgPool2d",
        "MSELoss L1Loss SmoothL1Loss HuberLoss CrossEntropyLoss NLLLoss BCELoss BCEWithLogitsLoss",
    )
    for name in names.split()
}
_LIBRARIES = frozenset(
    name
    for names in (
        "numpy torch torch.nn torch.nn.functional torch.optim torch.utils.data",
        "math cmath random statistics itertools functools collections csv json re time",
    )
    for name in names.split()
)
_BUILT_IN = frozenset(dir(builtins))

Call = Callable[[str, object, object], object]


class NeedsProgram(BaseException):
    """A check needs something that only the program's own process has."""


# -- from values to data ----------------------------------------------------------------------------------------------


class _Encoder:
    def __init__(self) -> None:
        self.left = MOST_BYTES

    def encode(self, value: Any, name: str = "", depth: int = 0) -> Any:
        self.left -= 8
        if self.left < 0 or depth > _DEEPEST:
            return _live(value)
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            if abs(value) < 1 << 53:
                return value
            return {"int": hex(value)} if value.bit_length() < 4_096 else _live(value)
        if kind is float:
            return value if math.isfinite(value) else {"float": str(value)}
        if kind is str:
            self.left -= len(value)
            return value if self.left >= 0 else _live(value)
        if kind in (list, tuple, set, frozenset):
            if not self._fits(value):
                return _live(value)
            return {kind.__name__: [self.encode(item, depth=depth + 1) for item in value]}
        if kind is dict:
            if not self._fits(value):
                return _live(value)
            return {"dict": [[self.encode(part, depth=depth + 1) for part in pair] for pair in value.items()]}
        return self._of_a_library(value, name, depth)

    def _fits(self, value: Any) -> bool:
        return 8 * len(value) <= self.left

    def _of_a_library(self, value: Any, name: str, depth: int) -> Any:
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        if type(value) is type(sys):
            return {"library": value.__name__} if value.__name__ in _LIBRARIES else _live(value)
        if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
            array = numpy.asarray(value)
            return self._array("scalar" if isinstance(value, numpy.generic) else "array", array, value)
        if torch is not None and isinstance(value, torch.Tensor):
            return self._tensor(value, depth)
        if torch is not None and isinstance(value, torch.nn.Module):
            return self._model(value, torch, depth)
        if name and callable(value) and not isinstance(value, type):
            return {"function": name}
        return _live(value)

    def _array(self, kind: str, array: Any, value: object) -> Any:
        if array.dtype.name not in _KINDS or array.nbytes > self.left:
            return _live(value)
        self.left -= array.nbytes
        return {kind: base64.b64encode(array.tobytes()).decode(), "dtype": array.dtype.name, "shape": list(array.shape)}

    def _tensor(self, value: Any, depth: int) -> Any:
        plain = value.detach().cpu()
        kind = str(plain.dtype).rpartition(".")[2]
        if kind == "bfloat16" or plain.is_sparse or plain.numel() * plain.element_size() > self.left:
            return _live(value)
        found = self._array("tensor", plain.contiguous().numpy(), value)
        if "tensor" in found:
            found["needs_grad"] = bool(value.requires_grad)
            grad = value.grad if value.is_leaf else None
            found["grad"] = self.encode(grad, depth=depth + 1) if grad is not None else None
        return found

    def _model(self, model: Any, torch: Any, depth: int) -> Any:
        """Encode PyTorch's own classes by name; a learner's class by its parts, but without its ``forward``."""
        kind = type(model)
        children = [[name, self.encode(child, depth=depth + 1)] for name, child in model.named_children()]
        own = [[name, self.encode(each, depth=depth + 1)] for name, each in model.named_parameters(recurse=False)]
        found: dict[str, Any] = {"model": kind.__name__, "training": bool(model.training)}
        if kind is torch.nn.Sequential:
            return {**found, "sequential": True, "children": children}
        if kind.__name__ in _LAYERS and kind is getattr(torch.nn, kind.__name__, None):
            buffers = [[name, self.encode(each, depth=depth + 1)] for name, each in model.named_buffers(recurse=False)]
            settings = {name: self.encode(each) for name, each in _settings(model).items()}
            return {**found, "settings": settings, "own": [*own, *buffers]}
        return {**found, "children": children, "own": own}


def _settings(layer: Any) -> dict[str, Any]:
    """Return the arguments that would recreate a layer, as far as it has attributes of the same names."""
    import inspect  # takes 3 ms, and only models need it

    found: dict[str, Any] = {}
    for name in inspect.signature(type(layer).__init__).parameters:
        value = getattr(layer, name, inspect.Parameter.empty)
        if name == "bias":
            found[name] = value is not None
        elif value is None or isinstance(value, bool | int | float | str | tuple):
            found[name] = value
    return found


def _live(value: object) -> dict[str, str]:
    return {"live": type(value).__name__[:100]}


def encode(value: object) -> Any:
    """Return a value as data."""
    return _Encoder().encode(value)


def encode_names(names: Mapping[str, object]) -> dict[str, Any]:
    """Return a program's names with encoded values, the small ones first."""
    encoder, found = _Encoder(), {}
    own = [name for name in names if not name.startswith("__")]
    for name in sorted(own, key=lambda each: _size(names[each])):
        try:
            found[name] = encoder.encode(names[name], name)
        except Exception:  # the learner's own classes may raise when looked at
            found[name] = _live(names[name])
    return found


def _size(value: object) -> int:
    size = getattr(value, "nbytes", 0)
    return size if type(size) is int else 0


# -- from data to values ----------------------------------------------------------------------------------------------


class Live:
    """A value of the program that is not data; any use of it ends the check with ``NeedsProgram``."""

    def __getattribute__(self, name: str) -> object:
        if name == "__class__":
            return Live
        raise NeedsProgram(name)


class Function:
    """A function of the program; the program's process answers a call."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Callable[..., object]) -> None:
        self._answer = answer

    def __call__(self, *arguments: object, **options: object) -> object:
        """Return the result that the program's process sends."""
        return self._answer(list(arguments), options)

    def __getattr__(self, name: str) -> NoReturn:
        raise NeedsProgram(name)


def _refuse(*_: object, **__: object) -> NoReturn:
    raise NeedsProgram


for _names in (
    "call len iter next getitem setitem contains bool int float index complex str repr format bytes hash round array",
    "eq ne lt le gt ge add radd sub rsub mul rmul matmul rmatmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow",
    "neg pos abs invert and rand or ror xor rxor enter exit instancecheck subclasscheck setattr delattr",
):
    for _name in _names.split():
        setattr(Live, f"__{_name}__", _refuse)


def decode(data: Any, call: Call, name: str = "") -> Any:
    """Return the value that ``data`` encodes.

    ``call(name, arguments, options)`` asks the program's process, with encoded arguments.

    Raises:
        ValueError: ``encode`` does not produce such data; other exceptions are possible too.
    """
    if not isinstance(data, dict):
        return data
    for kind, make in _MAKERS.items():
        if kind in data:
            return make(data, call)
    raise ValueError(f"{name} is no value")


def decode_names(names: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """Return a program's names and their values; a value that cannot be recreated becomes ``Live``.

    A check that calls ``abs`` means Python's. So a program's own function of such a name is left out, here where the
    program cannot prevent it.
    """
    found: dict[str, Any] = {}
    for name, data in names.items():
        if name.startswith("__") or (name in _BUILT_IN and _may_be_called(data)):
            continue
        try:
            found[name] = decode(data, call, name)
        except Exception:  # forged data can make a library raise anything
            found[name] = Live()
    return found


def _may_be_called(data: Any) -> bool:
    plain = {"int", "float", "list", "tuple", "set", "dict", "array", "scalar"}
    return isinstance(data, dict) and not data.keys() & plain


def _function(data: Mapping[str, Any], call: Call) -> Function:
    name = str(data["function"])

    def answer(arguments: list[object], options: dict[str, object]) -> object:
        return decode(call(name, encode(arguments), encode(options)), call)

    return Function(answer)


def _array(data: Mapping[str, Any], kind: str) -> Any:
    import numpy

    if data["dtype"] not in _KINDS:
        raise ValueError(f"no array has the type {data['dtype']}")
    raw = base64.b64decode(data[kind], validate=True)
    return numpy.frombuffer(raw, dtype=data["dtype"]).reshape([int(size) for size in data["shape"]]).copy()


def _tensor(data: Mapping[str, Any], call: Call) -> Any:
    import torch

    tensor = torch.from_numpy(_array(data, "tensor"))
    if data["needs_grad"]:
        tensor.requires_grad_(True)
    if data["grad"] is not None:
        grad = decode(data["grad"], call)
        tensor.grad = grad if isinstance(grad, torch.Tensor) else None
    return tensor


def _model(data: Mapping[str, Any], call: Call) -> Any:
    import torch

    if "settings" in data:
        kind = str(data["model"])
        if kind not in _LAYERS:
            raise ValueError(f"{kind} is no layer")
        settings = {str(name): decode(each, call) for name, each in data["settings"].items()}
        made = getattr(torch.nn, kind)(**settings)
        with torch.no_grad():
            there = {**dict(made.named_parameters()), **dict(made.named_buffers())}
            own = {str(name): decode(each, call) for name, each in data["own"]}
            made.to(next((each.dtype for each in own.values() if each.is_floating_point()), torch.float32))
            for name, each in own.items():
                there[name].copy_(each)
                if isinstance(there[name], torch.nn.Parameter):
                    there[name].requires_grad_(each.requires_grad)
                    there[name].grad = each.grad
    else:
        made = torch.nn.Sequential() if data.get("sequential") is True else _module_without_forward(torch)
        for name, each in data["children"]:
            made.add_module(str(name), decode(each, call))
        for name, each in data.get("own", ()):
            made.register_parameter(str(name), torch.nn.Parameter(decode(each, call)))
    return made.train(data["training"] is True)


def _module_without_forward(torch: Any) -> Any:
    made = torch.nn.Module()
    made.forward = _refuse
    return made


def _library(data: Mapping[str, Any], _: Call) -> Any:
    if data["library"] not in _LIBRARIES:
        raise ValueError(f"{data['library']} is no library")
    return importlib.import_module(data["library"])


_MAKERS: dict[str, Callable[[Mapping[str, Any], Call], Any]] = {
    "int": lambda data, _: int(data["int"], 16),
    "float": lambda data, _: float(data["float"]),
    "list": lambda data, call: [decode(item, call) for item in data["list"]],
    "tuple": lambda data, call: tuple(decode(item, call) for item in data["tuple"]),
    "set": lambda data, call: {decode(item, call) for item in data["set"]},
    "frozenset": lambda data, call: frozenset(decode(item, call) for item in data["frozenset"]),
    "dict": lambda data, call: {decode(key, call): decode(value, call) for key, value in data["dict"]},
    "scalar": lambda data, _: _array(data, "scalar")[()],
    "array": lambda data, _: _array(data, "array"),
    "tensor": _tensor,
    "model": _model,
    "library": _library,
    "function": _function,
    "live": lambda *_: Live(),
}
