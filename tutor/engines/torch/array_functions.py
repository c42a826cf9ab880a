"""The worksheet functions that take whole arrays, over tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional

from tutor.functions.equality import is_equal

#: A call's settings by name: ``{"window": (2, 3), "stride": (1,)}``.
Settings = Mapping[str, tuple[int, ...]]


def _as_image(tensor: Tensor) -> Tensor:
    """Return a tensor in the shape that PyTorch's layers take, one image of one channel; a vector is one row."""
    return tensor.reshape(1, 1, *((1,) * (2 - tensor.ndim)), *tensor.shape)


def _sizes(sizes: tuple[int, ...], axes: int, along_one: int) -> tuple[int, int]:
    return (along_one, sizes[0]) if axes == 1 else (sizes[0], sizes[-1])


def _convolution(parts: list[Tensor], axis: str, settings: Settings) -> Tensor:
    image, kernel = parts
    stride = _sizes(settings.get("stride", (1,)), image.ndim, 1)
    padding = _sizes(settings.get("pad", (0,)), image.ndim, 0)
    found = functional.conv2d(_as_image(image), _as_image(kernel), stride=stride, padding=padding)[0, 0]
    return found[0] if image.ndim == 1 else found


def _pool(layer: Callable[..., Tensor], first: Tensor, settings: Settings) -> Tensor:
    """Return what a layer of PyTorch pools."""
    window, stride = (_sizes(settings.get(name, settings["window"]), first.ndim, 1) for name in ("window", "stride"))
    found = layer(_as_image(first), window, stride=stride)[0, 0]
    return found[0] if first.ndim == 1 else found


def _avgpool(parts: list[Tensor], axis: str, settings: Settings) -> Tensor:
    return _pool(functional.avg_pool2d, parts[0], settings)


def _maxpool(parts: list[Tensor], axis: str, settings: Settings) -> Tensor:
    """Pool with PyTorch's layer, whose maximum is the first cell on a tie, after making cells equal that differ only by
    a rounding error; the derivatives stay."""
    cells = parts[0].detach()
    firsts = is_equal(cells.reshape(-1, 1), cells.reshape(1, -1)).int().argmax(1)
    equal = cells.reshape(-1)[firsts].reshape(cells.shape)
    return _pool(functional.max_pool2d, torch.where(cells == equal, parts[0], parts[0] - cells + equal), settings)


def _pad(parts: list[Tensor], axis: str, settings: Settings) -> Tensor:
    down, across = _sizes(settings["pad"], parts[0].ndim, 0)
    margin = (across, across) if parts[0].ndim == 1 else (across, across, down, down)
    return functional.pad(parts[0], margin)


def _concat(parts: list[Tensor], axis: str, settings: Settings) -> Tensor:
    parts = [part.reshape(-1) if part.ndim == 0 else part for part in parts]
    return torch.cat(parts, 1 if axis == "columns" and parts[0].ndim > 1 else 0)


#: Each array function by name; it takes the arrays, the axis (``rows``, ``columns`` or "") and settings.
OF_ARRAYS: Mapping[str, Callable[[list[Tensor], str, Settings], Tensor]] = {
    "softmax": lambda parts, axis, _: parts[0].softmax(0 if axis == "columns" and parts[0].ndim > 1 else -1),
    "norm": lambda parts, axis, _: sum((part * part).sum() for part in parts) ** 0.5,
    "dot": lambda parts, axis, _: (parts[0] * parts[1]).sum(),
    "conv": _convolution,
    "maxpool": _maxpool,
    "avgpool": _avgpool,
    "pad": _pad,
    "flatten": lambda parts, axis, _: parts[0].reshape(-1),
    "reshape": lambda parts, axis, settings: parts[0].reshape(settings["shape"]),
    "concat": _concat,
    "take": lambda parts, axis, _: parts[0][parts[1].long() - 1],
}
