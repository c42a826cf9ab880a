"""Solve worksheets with NumPy: every step of every round as an array, derivatives by dual numbers.

A derivative is computed by running the round's steps again with the variable as a dual number; formulas are never
differentiated as trees, so that agreement with the derivatives of the formulas proves something.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from itertools import count

import numpy as np

from tutor.engines.numpy.activations import Array as Plain
from tutor.engines.numpy.array_functions import OF_ARRAYS
from tutor.engines.numpy.duals import (
    Dual,
    Number,
    linear,
    matrix_product,
    power,
    replace_cells,
    tangent_at,
    value_of,
)
from tutor.engines.numpy.functions import ACROSS, ELEMENTWISE, REDUCTIONS
from tutor.engines.numpy.solution import Solution, Value, no_such
from tutor.engines.numpy.solve import Given
from tutor.errors import NetworkError
from tutor.formulas.cells import cell_names
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
from tutor.functions.equality import holds
from tutor.network import Worksheet
from tutor.network.nodes import suffixed

_AXES = {"rows": -1, "columns": 0}


def solve_worksheet(worksheet: Worksheet, given: Mapping[str, Given] | None = None) -> Solution:
    """Return every cell and every array of a worksheet's rounds, in float64.

    ``given`` replaces values by name (``S``, ``S[1,2]``, ``w_new@2``); what depends on them is computed from these.

    Raises:
        NetworkError: shapes that do not fit, or a round that lacks a value.
        QuantityError: a given name that the worksheet does not have.
    """
    with np.errstate(all="ignore"):
        values = _Rounds(worksheet, given or {}).run()
    return Solution(lambda: values)


class _Rounds:
    """Runs the rounds one after the other; ``named`` holds each name's value in the current round."""

    def __init__(self, worksheet: Worksheet, given: Mapping[str, Given]) -> None:
        self.worksheet = worksheet
        self.given = {name: np.asarray(value, dtype=np.float64) for name, value in given.items()}
        self.unused = set(self.given)
        self.values: dict[str, Value] = {}

    def run(self) -> dict[str, Value]:
        named: dict[str, Number] = {}
        for at in range(1, self.worksheet.repeat + 1):
            named = self._round(at, named)
        if self.unused:
            raise no_such(sorted(self.unused)[0], "worksheet", self.values)
        return self.values

    def _round(self, at: int, before: Mapping[str, Number]) -> dict[str, Number]:
        named: dict[str, Number] = {"t": np.array(float(at))}
        for name in self.worksheet.given_names:
            is_given_here = at == 1 or (name, at) in self.worksheet.given_rounds
            if not is_given_here and f"{name}_new" in before:
                named[name] = before[f"{name}_new"]
                continue
            value = self.worksheet.given_in(name, at)
            if value is None:
                raise NetworkError(f"{name} has no value in round {at}.", ("given",))
            if is_given_here or value != self.worksheet.given_in(name, at - 1):
                named[name] = self._keep(name, at, np.array(value, dtype=np.float64))
            else:
                named[name] = before[name]
        steps = _Steps(self.worksheet, lambda step, value: self._keep(step, at, value))
        return steps.run(named)

    def _keep(self, name: str, at: int, number: Number) -> Number:
        """Put given numbers into a value, store it under its names, and return it."""
        whole = suffixed(name, step=at)
        cells = cell_names(name, value_of(number).shape, at)
        number = replace_cells(number, lambda array: self._replaced(whole, cells, array))
        if not isinstance(number, Dual):
            number = np.asarray(number)
            self.values.update(zip(cells, number.ravel().tolist(), strict=True))
            if number.shape:
                self.values[whole] = number
        return number

    def _replaced(self, whole: str, cells: tuple[str, ...], array: Plain) -> Plain:
        if not self.given:
            return array
        names = {whole, *cells} & self.given.keys()
        self.unused -= names
        if not names:
            return array
        array = np.array(array)
        if whole in names:
            if self.given[whole].shape != array.shape:
                raise NetworkError(
                    f"{whole} has the shape {array.shape}, and the values given {self.given[whole].shape}."
                )
            array[...] = self.given[whole]
        flat = array.reshape(-1)
        for place, cell in enumerate(cells):
            if cell in names:
                flat[place] = self.given[cell].item()
        return array


class _Steps:
    """Runs the steps of one round."""

    def __init__(self, worksheet: Worksheet, keep: Callable[[str, Number], Number]) -> None:
        self.steps = worksheet.steps
        self.keep = keep
        self.levels = count()

    def run(self, named: Mapping[str, Number], fixed: str = "", until: str = "") -> dict[str, Number]:
        """Return the steps' values up to the step ``until``; the step ``fixed`` is not computed but keeps its value."""
        values = dict(named)
        for step, tree in self.steps.items():
            if step != fixed:
                values[step] = self.keep(step, self._value(step, tree, values))
            if step == until:
                break
        return values

    def _value(self, step: str, tree: Tree, values: Mapping[str, Number]) -> Number:
        try:
            return self._visit(tree, values)
        except (ValueError, IndexError) as error:
            raise NetworkError(f"The step {step}: the shapes do not fit ({error}).", ("steps", step)) from None

    def _visit(self, tree: Tree, values: Mapping[str, Number]) -> Number:
        def visit(part: Tree) -> Number:
            return self._visit(part, values)

        match tree:
            case Num(value):
                return np.array(value)
            case Name(name):
                return values[name] if name in values else np.array(CONSTANTS[name])
            case Neg(of):
                return -visit(of)
            case Add(parts):
                return reduce(operator.add, map(visit, parts))
            case Mul(parts):
                return reduce(operator.mul, map(visit, parts))
            case Div(left, right):
                return visit(left) / visit(right)
            case Pow(left, right):
                return power(visit(left), visit(right))
            case MatMul(left, right):
                return matrix_product(visit(left), visit(right))
            case Derivative(of, by):
                return self._derivative(of, by, values)
            case Call(name, arguments):
                return _called(name, arguments, visit)
        return _shaped(tree, visit)

    def _derivative(self, of: str, by: str, values: Mapping[str, Number]) -> Number:
        """Return d of / d by: run the round again for each cell of ``by``, with that cell's derivative set to 1."""
        variable = values[by]
        shape = value_of(variable).shape
        slopes: list[Number] = []
        for place in np.ndindex(*shape):
            # each level is new, so that a nested derivative has a higher level than any number it meets
            level = next(self.levels)
            seed = np.zeros(shape)
            seed[place] = 1.0
            again = self.run({**values, by: Dual(variable, seed, level)}, fixed=by, until=of)
            slopes.append(tangent_at(again[of], level))
        if not shape:
            return slopes[0]
        return _stacked(slopes, shape)


def _stacked(cells: list[Number], shape: tuple[int, ...]) -> Number:
    """Return numbers as the cells of one array."""
    size = int(np.prod(shape))
    result: Number = np.zeros(size)
    for place, cell in enumerate(cells):
        unit = np.zeros(size)
        unit[place] = 1.0
        result = result + unit * cell
    return linear(result, lambda array: array.reshape(shape))


def _cells_of(number: Number) -> list[Number]:
    def cell(place: int) -> Number:
        return linear(number, lambda array: np.asarray(array.ravel()[place]))

    return [cell(place) for place in range(value_of(number).size)]


def _shaped(tree: Tree, visit: Callable[[Tree], Number]) -> Number:
    """Return the value of a written-out, transposed or indexed array, or of a condition."""
    match tree:
        case Array(items):
            rows = [visit(item) for item in items]
            inner = value_of(rows[0]).shape
            return _stacked([cell for row in rows for cell in _cells_of(row)], (len(rows), *inner))
        case Transpose(of):
            return linear(visit(of), np.transpose)
        case Index(of, axes):
            cut = tuple(first - 1 if first == last else slice(first - 1, last) for first, last in axes)
            whole = visit(of)
            if len(axes) == 2 and any(isinstance(axis, slice) for axis in cut):
                # a single row or column of a block stays a matrix
                cut = tuple(slice(first - 1, last) for first, last in axes)
            return linear(whole, lambda array: np.asarray(array[cut]))
        case Compare(relation, left, right):
            return np.asarray(holds(relation, value_of(visit(left)), value_of(visit(right))), dtype=np.float64)
        case Logic(operator, operands):
            parts = [value_of(visit(operand)) != 0 for operand in operands]
            joined = {"and": np.logical_and, "or": np.logical_or}
            is_true = np.logical_not(parts[0]) if operator == "not" else joined[operator].reduce(parts)
            return np.asarray(is_true, dtype=np.float64)
    raise AssertionError(tree)


def _called(name: str, arguments: tuple[Tree, ...], visit: Callable[[Tree], Number]) -> Number:
    operands, axis_name, settings = call_parts(arguments)
    parts = list(map(visit, operands))
    if name in ELEMENTWISE:
        return ELEMENTWISE[name](*parts)
    if name in OF_ARRAYS:
        return OF_ARRAYS[name](parts, axis_name, settings)
    if len(parts) > 1:
        return ACROSS[name](parts)
    return REDUCTIONS[name](parts[0], _AXES[axis_name] if axis_name and value_of(parts[0]).ndim > 1 else None)
