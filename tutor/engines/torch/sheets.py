"""Worksheets with PyTorch: the walk through the formulas, with autograd for the derivatives."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from tutor.engines.torch.array_functions import OF_ARRAYS
from tutor.engines.torch.engine import FUNCTIONS, tensor
from tutor.formulas.evaluate import CONSTANTS
from tutor.formulas.transform import call_parts
from tutor.formulas.tree import (
    Add,
    Array,
    Call,
    Compare,
    Derivative,
    Div,
    Index,
    Logic,
    MatMul,
    Mul,
    Name,
    Neg,
    Num,
    Pow,
    Transpose,
    Tree,
)
from tutor.functions.equality import NOISE, holds, is_equal
from tutor.network import Worksheet
from tutor.network.worksheet import needs

_AXES = {"rows": -1, "columns": 0}
_ELEMENTARY: Mapping[str, Callable[[Tensor], Tensor]] = {
    "exp": torch.exp, "ln": torch.log, "log10": torch.log10, "sqrt": torch.sqrt, "abs": torch.abs, "sign": torch.sign,
}  # fmt: skip


def _greatest(parts: Sequence[Tensor]) -> Tensor:
    """Return the largest of several tensors, cell by cell; torch.maximum would split the slope between equal ones."""
    return functools.reduce(lambda a, b: torch.where(a - b >= -NOISE, a, b), parts)


def _smallest(parts: Sequence[Tensor]) -> Tensor:
    return functools.reduce(lambda a, b: torch.where(a - b <= NOISE, a, b), parts)


def _place_of_greatest(array: Tensor, axis: int) -> Tensor:
    return (is_equal(array, array.amax(axis, keepdim=True)).int().argmax(axis) + 1).double()


def _lines(array: Tensor, axis: tuple[int, ...]) -> Sequence[Tensor]:
    lines: Sequence[Tensor] = array.unbind(*axis) if axis else array.reshape(-1).unbind()
    return lines


#: Functions that reduce an array to one number, or along an axis.
_REDUCTIONS: Mapping[str, Callable[[Tensor, tuple[int, ...]], Tensor]] = {
    "sum": lambda array, axis: array.sum(*axis),
    "mean": lambda array, axis: array.mean(*axis),
    "max": lambda array, axis: _greatest(_lines(array, axis)),
    "min": lambda array, axis: _smallest(_lines(array, axis)),
    "argmax": lambda array, axis: (
        _place_of_greatest(array, *axis) if axis else _place_of_greatest(array.reshape(-1), 0)
    ),
}

#: The same functions cell by cell over several arrays, as in ``max(0, z)``.
_ACROSS: Mapping[str, Callable[[list[Tensor]], Tensor]] = {
    "sum": lambda parts: sum(parts[1:], parts[0]),
    "mean": lambda parts: sum(parts[1:], parts[0]) / len(parts),
    "max": _greatest,
    "min": _smallest,
    "argmax": lambda parts: _place_of_greatest(torch.stack(torch.broadcast_tensors(*parts)), 0),
}


def worksheet_values(worksheet: Worksheet) -> dict[str, float]:
    """Return every computed number of a worksheet's rounds, by its canonical name."""
    found: dict[str, float] = {}
    named: dict[str, Tensor] = {}
    steps = _Steps(worksheet)
    for at in range(1, worksheet.repeat + 1):
        before, named = named, {"t": tensor(float(at))}
        for name in worksheet.given_names:
            carried = at > 1 and (name, at) not in worksheet.given_rounds and f"{name}_new" in before
            given = before[f"{name}_new"] if carried else tensor(worksheet.given_in(name, at))
            named[name] = given.detach()
        for step, tree in worksheet.steps.items():
            named[step] = steps.visit(tree, named)
            found.update(_cells(step, named[step], at))
    return found


def _gradient(of: Tensor, by: Tensor) -> Tensor:
    """Return ∂of/∂by by autograd, in a form that can be differentiated again."""
    if not of.requires_grad:
        return torch.zeros_like(by)
    (slope,) = torch.autograd.grad(of, by, create_graph=True, allow_unused=True)
    return torch.zeros_like(by) if slope is None else slope


class _Steps:
    """Computes the formulas of a worksheet's steps."""

    def __init__(self, worksheet: Worksheet) -> None:
        self.worksheet = worksheet

    def _derivative(self, of: str, by: str, values: Mapping[str, Tensor]) -> Tensor:
        """Run the steps again with ``by`` as a new variable, which stays in the graph for higher derivatives."""
        variable = values[by] * 1.0 if values[by].requires_grad else values[by].clone().requires_grad_()
        reached = {step for step in self.worksheet.steps if step == of or self._feeds(step, of)}
        again = dict(values) | {by: variable}
        for step, tree in self.worksheet.steps.items():
            if step != by and step in reached:
                again[step] = self.visit(tree, again)
        top = again[of]
        if not top.shape:
            return _gradient(top, variable)
        return torch.stack([_gradient(cell, variable) for cell in top.reshape(-1)]).reshape(top.shape)

    def _feeds(self, step: str, of: str) -> bool:
        parents = needs(self.worksheet.steps[of]) if of in self.worksheet.steps else ()
        return step in parents or any(self._feeds(step, parent) for parent in parents)

    def visit(self, tree: Tree, values: Mapping[str, Tensor]) -> Tensor:
        """Return a formula's value, given those of the names in it."""

        def visit(part: Tree) -> Tensor:
            return self.visit(part, values)

        match tree:
            case Num(value):
                return tensor(value)
            case Name(name):
                return values[name] if name in values else tensor(CONSTANTS[name])
            case Neg(of):
                return -visit(of)
            case Add(parts):
                return sum(map(visit, parts[1:]), visit(parts[0]))
            case Mul(parts):
                return math.prod(map(visit, parts[1:]), start=visit(parts[0]))
            case Div(left, right):
                return visit(left) / visit(right)
            case Pow(left, right):
                return visit(left) ** visit(right)
            case MatMul(left, right):
                return visit(left) @ visit(right)
            case Derivative(of, by):
                return self._derivative(of, by, values)
            case Call(name, arguments):
                return self._call(name, arguments, visit)
        return self._shaped(tree, visit)

    def _shaped(self, tree: Tree, visit: Callable[[Tree], Tensor]) -> Tensor:
        match tree:
            case Array(items):
                return torch.stack([visit(item) for item in items])
            case Transpose(of):
                whole = visit(of)
                return whole.T if whole.ndim == 2 else whole
            case Index(of, axes):
                whole = visit(of)
                is_cell = len(axes) == whole.ndim and all(first == last for first, last in axes)
                single = is_cell or len(axes) == 1
                cuts = (first - 1 if single and first == last else slice(first - 1, last) for first, last in axes)
                return whole[tuple(cuts)]
            case Compare(relation, left, right):
                return torch.as_tensor(holds(relation, visit(left), visit(right))).double()
            case Logic("not", (operand,)):
                return torch.logical_not(visit(operand)).double()
            case Logic(operator, operands):
                join = torch.logical_and if operator == "and" else torch.logical_or
                return functools.reduce(join, map(visit, operands)).double()
        raise AssertionError(tree)

    def _call(self, name: str, arguments: tuple[Tree, ...], visit: Callable[[Tree], Tensor]) -> Tensor:
        operands, axis_name, settings = call_parts(arguments)
        parts = list(map(visit, operands))
        first = parts[0]
        if name in OF_ARRAYS:
            return OF_ARRAYS[name](parts, axis_name, settings)
        bare = name.rstrip("'")
        if bare in FUNCTIONS:
            return self._activation(bare, len(name) - len(bare), parts)
        if name in _ELEMENTARY:
            return _ELEMENTARY[name](_on_kink(first) if name in ("abs", "sign") else first)
        if len(parts) > 1:
            return _ACROSS[name](parts)
        return _REDUCTIONS[name](first, (_AXES[axis_name],) if axis_name and first.ndim > 1 else ())

    def _activation(self, name: str, primes: int, parts: list[Tensor]) -> Tensor:
        """Return an activation, or its slope by autograd."""
        function = FUNCTIONS[name]
        parts = [_on_kink(parts[0]), *parts[1:]]
        if not primes:
            return function(*parts)
        z = parts[0] if parts[0].requires_grad else parts[0].clone().requires_grad_()
        value = function(z, *parts[1:])
        for _ in range(primes):
            value = _gradient(value.sum(), z)
        return value


def _on_kink(z: Tensor) -> Tensor:
    """Return z, with exactly 0 for what is only a rounding error; the derivative stays."""
    return torch.where(z.abs() <= NOISE, z - z.detach(), z)


def _cells(step: str, value: Tensor, at: int) -> dict[str, float]:
    tail = "" if at == 1 else f"@{at}"
    if not value.shape:
        return {step + tail: value.item()}
    places = itertools.product(*map(range, value.shape))
    return {f"{step}[{','.join(str(each + 1) for each in place)}]{tail}": value[place].item() for place in places}
