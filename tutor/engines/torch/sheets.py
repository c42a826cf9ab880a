"""Solve worksheets with tensors: the walk through the formulas; ``engine`` passes in the tensor library."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

from tutor.engines.torch.array_functions import OF_ARRAYS
from tutor.formulas.evaluate import CONSTANTS
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
    Setting,
    Transpose,
    Tree,
)
from tutor.network import Worksheet
from tutor.network.worksheet import needs

#: A tensor of the library that ``engine`` passes in.
Tensor = Any

_AXES = {"rows": -1, "columns": 0}


class SheetRun:
    """Runs a worksheet's rounds, with autograd for the derivatives."""

    def __init__(
        self,
        worksheet: Worksheet,
        tensor: Callable[[object], Tensor],
        gradient: Callable[[Tensor, Tensor], Tensor],
        functions: Mapping[str, Callable[..., Tensor]],
        stack: Callable[[list[Tensor]], Tensor],
    ) -> None:
        """``gradient(of, by)`` is ∂of/∂by of a number by a tensor; ``functions`` are the activations."""
        self.worksheet = worksheet
        self.tensor, self.gradient, self.functions, self.stack = tensor, gradient, functions, stack

    def values(self) -> dict[str, float]:
        """Return every step's cells in every round, by their canonical names."""
        found: dict[str, float] = {}
        named: dict[str, Tensor] = {}
        for at in range(1, self.worksheet.repeat + 1):
            before, named = named, {"t": self.tensor(float(at))}
            for name in self.worksheet.given_names:
                carried = at > 1 and (name, at) not in self.worksheet.given_rounds and f"{name}_new" in before
                given = before[f"{name}_new"] if carried else self.tensor(self.worksheet.given_in(name, at))
                named[name] = given.detach()
            named |= self._steps(named)
            for step in self.worksheet.steps:
                found.update(_cells(step, named[step], at))
        return found

    def _steps(self, named: Mapping[str, Tensor]) -> dict[str, Tensor]:
        values = dict(named)
        for step, tree in self.worksheet.steps.items():
            values[step] = self._visit(tree, values)
        return values

    def _derivative(self, of: str, by: str, values: Mapping[str, Tensor]) -> Tensor:
        """Run the steps again with ``by`` as a new variable, which stays in the graph for higher derivatives."""
        variable = values[by] * 1.0 if values[by].requires_grad else values[by].clone().requires_grad_()
        reached = {step for step in self.worksheet.steps if step == of or self._feeds(step, of)}
        again = dict(values) | {by: variable}
        for step, tree in self.worksheet.steps.items():
            if step != by and step in reached:
                again[step] = self._visit(tree, again)
        top = again[of]
        if not top.shape:
            return self.gradient(top, variable)
        return self.stack([self.gradient(cell, variable) for cell in top.reshape(-1)]).reshape(top.shape)

    def _feeds(self, step: str, of: str) -> bool:
        parents = needs(self.worksheet.steps[of]) if of in self.worksheet.steps else ()
        return step in parents or any(self._feeds(step, parent) for parent in parents)

    def _visit(self, tree: Tree, values: Mapping[str, Tensor]) -> Tensor:
        def visit(part: Tree) -> Tensor:
            return self._visit(part, values)

        match tree:
            case Num(value):
                return self.tensor(value)
            case Name(name):
                return values[name] if name in values else self.tensor(CONSTANTS[name])
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
                return self.stack([visit(item) for item in items])
            case Transpose(of):
                whole = visit(of)
                return whole.T if whole.ndim == 2 else whole
            case Index(of, axes):
                whole = visit(of)
                is_cell = len(axes) == whole.ndim and all(first == last for first, last in axes)
                single = is_cell or len(axes) == 1
                cut = tuple(
                    first - 1 if single and first == last else slice(first - 1, last) for first, last in axes
                )  # fmt: skip
                return whole[cut]
            case Compare() | Logic():
                return self._condition(tree, visit).to(self.tensor(0.0).dtype)
        raise AssertionError(tree)

    def _condition(self, tree: Tree, visit: Callable[[Tree], Tensor]) -> Tensor:
        match tree:
            case Compare(relation, left, right):
                a, b = visit(left), visit(right)
                signs = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a == b, "!=": a != b}
                return signs[relation]
            case Logic("not", (operand,)):
                return ~self._condition(operand, visit)
            case Logic(operator, operands):
                result = self._condition(operands[0], visit)
                for operand in operands[1:]:
                    other = self._condition(operand, visit)
                    result = result & other if operator == "and" else result | other
                return result
        raise AssertionError(tree)

    def _call(self, name: str, arguments: tuple[Tree, ...], visit: Callable[[Tree], Tensor]) -> Tensor:
        settings = {each.name: each.sizes for each in arguments if isinstance(each, Setting)}
        arguments = tuple(each for each in arguments if not isinstance(each, Setting))
        last = arguments[-1]
        axis_name = last.name if isinstance(last, Name) and last.name in _AXES else ""
        parts = [visit(each) for each in (arguments[:-1] if axis_name else arguments)]
        first = parts[0]
        if name in OF_ARRAYS:
            return OF_ARRAYS[name](self.functions, parts, axis_name, settings)
        bare = name.rstrip("'")
        if bare in self.functions:
            return self._activation(bare, len(name) - len(bare), parts)
        axis = (_AXES[axis_name],) if axis_name and first.ndim > 1 else ()
        plain: dict[str, Callable[[], Tensor]] = {
            "exp": lambda: first.exp(),
            "ln": lambda: first.log(),
            "log10": lambda: first.log10(),
            "sqrt": lambda: first.sqrt(),
            "abs": lambda: first.abs(),
            "sign": lambda: first.sign(),
        }
        if name in plain:
            return plain[name]()
        return _reduced(name, parts, axis, self.functions)

    def _activation(self, name: str, primes: int, parts: list[Tensor]) -> Tensor:
        """Return an activation, or its slope by autograd."""
        function = self.functions[name]
        if not primes:
            return function(*parts)
        z = parts[0] if parts[0].requires_grad else parts[0].clone().requires_grad_()
        value = function(z, *parts[1:])
        for _ in range(primes):
            value = self.gradient(value.sum(), z)
        return value


def _reduced(name: str, parts: list[Tensor], axis: tuple[int, ...], functions: Mapping[str, Any]) -> Tensor:
    """Apply ``sum mean max min argmax`` to one array, whole or along an axis, or cell by cell to several arguments."""
    first = parts[0]
    if len(parts) > 1:
        if name in ("sum", "mean"):
            total = sum(parts[1:], first)
            return total if name == "sum" else total / len(parts)
        return functools.reduce(functions["maximum" if name == "max" else "minimum"], parts)
    match name:
        case "sum":
            return first.sum(*axis)
        case "mean":
            return first.mean(*axis)
        case "max" | "min":
            cells = first.unbind(*axis) if axis else first.reshape(-1).unbind()
            return functools.reduce(functions["maximum" if name == "max" else "minimum"], cells)
    return (first.argmax(*axis) + 1).to(first.dtype)


def _cells(step: str, value: Tensor, at: int) -> dict[str, float]:
    tail = "" if at == 1 else f"@{at}"
    if not value.shape:
        return {step + tail: value.item()}
    places = itertools.product(*map(range, value.shape))
    return {f"{step}[{','.join(str(each + 1) for each in place)}]{tail}": value[place].item() for place in places}
