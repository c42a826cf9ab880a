"""Describe values as plain data for the checks outside, which then need neither NumPy nor PyTorch."""

from __future__ import annotations

import math
import sys
from contextlib import suppress
from typing import TypedDict, TypeGuard

MOST_CELLS = 20_000
_LONGEST_TEXT = 400


class Described(TypedDict, total=False):
    """A described value. ``type`` is the name of its type, ``text`` its ``repr``, ``length`` its ``len()``.

    Numbers of any shape have ``shape`` and ``cells`` (row by row); a cell that is not finite is "nan", "inf" or "-inf".
    ``was_cleared`` says that a tensor had a gradient that was cleared.
    """

    type: str
    dtype: str
    shape: list[int]
    cells: list[float | str]
    text: str
    length: int
    needs_grad: bool
    was_cleared: bool


def describe(value: object) -> Described:
    """Return ``value`` as plain data; errors in a learner's class are ignored."""
    found: Described = {"type": type(value).__name__[:_LONGEST_TEXT], "text": shown(value)}
    with suppress(Exception):  # a learner's class may raise anything
        found["length"] = len(value)  # type: ignore[arg-type]
    with suppress(Exception):
        found.update(numeric(value))
    return found


def shown(value: object) -> str:
    """Return the value's ``repr``, cut to ``_LONGEST_TEXT`` characters."""
    try:
        text = repr(value)
    except Exception as error:
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"[:_LONGEST_TEXT]
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + " …"


def numeric(value: object) -> Described:
    """Return the shape and cells of a tensor, an array, a number or nested lists of numbers; nothing for another value.

    Raises:
        TypeError: An item of a list is not a number.
        ValueError: The lists are ragged or too long.
    """
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        needs_grad = bool(value.requires_grad)
        array = value.detach().cpu()
        cells = array.double().flatten()[:MOST_CELLS].tolist()
        return {**_grid(list(array.shape), cells), "dtype": str(array.dtype), "needs_grad": needs_grad}
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        array = numpy.asarray(value)
        if array.dtype.kind not in "biuf":
            return {}
        cells = array.ravel()[:MOST_CELLS].astype(float).tolist()
        return {**_grid(list(array.shape), cells), "dtype": str(array.dtype)}
    if isinstance(value, bool | int | float):
        return _grid([], [float(value)])
    if isinstance(value, list | tuple):
        shape, cells = _nested(value)
        return _grid(shape, cells)
    return {}


def _grid(shape: list[int], cells: list[float]) -> Described:
    return {"shape": shape, "cells": [cell if math.isfinite(cell) else str(cell) for cell in cells]}


def _nested(value: list[object] | tuple[object, ...]) -> tuple[list[int], list[float]]:
    shapes: list[list[int]] = []
    cells: list[float] = []
    for item in value:
        part = numeric(item)
        if "shape" not in part:
            raise TypeError("not a number")
        shapes.append(part["shape"])
        cells += [float(cell) for cell in part["cells"]]
        if len(cells) > MOST_CELLS:
            raise ValueError("too many")
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("ragged")
    return [len(value), *(shapes[0] if shapes else [])], cells


def is_module(value: object) -> TypeGuard[object]:
    """Return whether ``value`` is a PyTorch module."""
    torch = sys.modules.get("torch")
    nn = getattr(torch, "nn", None)
    return nn is not None and isinstance(value, nn.Module)
