"""Typical mistakes with whole arrays: a transpose forgotten, a product cell by cell, softmax along the wrong axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tutor.errors import FormulaError
from tutor.formulas import Cells, scalarise
from tutor.formulas.transform import rebuild
from tutor.formulas.tree import Call, Div, MatMul, Mul, Name, Transpose, Tree, children, names, walk
from tutor.marking.variants.model import MistakenFormula
from tutor.network import Graph, Quantity

#: Behind a kernel's name: the kernel turned by 180 degrees, as a true convolution would have it.
_TURNED = " turned"
_REDUCTIONS = frozenset({"sum", "mean", "max", "min", "argmax", "softmax"})


def array_variants(graph: Graph, array: Quantity, formula: Tree) -> dict[str, list[MistakenFormula]]:
    """For each cell of an array with an array formula, the variants that array mistakes give it."""
    known = _cells(graph, formula)
    found: dict[str, list[MistakenFormula]] = {cell: [] for cell in array.cells}
    for name, changed, about in _changes(formula):
        try:
            cells = scalarise(changed, known)
        except FormulaError:
            continue  # the shapes do not fit: nobody can have worked it out
        if cells.shape == array.shape:
            for cell, tree in zip(array.cells, cells.trees, strict=True):
                if tree != graph.nodes[cell].formula:
                    found[cell].append(MistakenFormula(name, tree, cell, about))
    return found


def _cells(graph: Graph, formula: Tree) -> Mapping[str, Cells]:
    found = {}
    for name in names(formula):
        if name in graph.arrays:
            array = graph.arrays[name]
            trees = tuple(Name(cell) for cell in array.cells)
            found[name] = Cells(array.shape, trees)
            found[name + _TURNED] = Cells(array.shape, trees[::-1])
    return found


def _changes(tree: Tree) -> Iterator[tuple[str, Tree, str]]:
    yield from _here(tree)
    for place, child in enumerate(children(tree)):
        for name, changed, about in _changes(child):
            counter = iter(range(len(children(tree))))
            yield (
                name,
                rebuild(tree, lambda part, at=place, to=changed, count=counter: to if next(count) == at else part),  # type: ignore[misc]
                about,
            )


def _here(tree: Tree) -> Iterator[tuple[str, Tree, str]]:
    match tree:
        case MatMul(left, right):
            about = next((part.name for part in walk(right) if isinstance(part, Name)), "")
            if not isinstance(right, Transpose):
                yield "transpose-left-out", MatMul(left, Transpose(right)), about
            if not isinstance(left, Transpose):
                yield "transpose-left-out", MatMul(Transpose(left), right), about
            yield "order-swapped", MatMul(right, left), about
            yield "cell-by-cell", Mul((left, right)), about
        case Transpose(of):
            yield "transpose-left-out", of, of.name if isinstance(of, Name) else ""
        case Call(function, arguments) if function in _REDUCTIONS:
            yield from _other_axis(function, arguments)
        case Call("conv", (image, Name(kernel))):
            yield "kernel-turned", Call("conv", (image, Name(kernel + _TURNED))), kernel


def _other_axis(function: str, arguments: tuple[Tree, ...]) -> Iterator[tuple[str, Tree, str]]:
    axis = arguments[-1].name if isinstance(arguments[-1], Name) else ""
    bare = arguments[:-1] if axis in ("rows", "columns") else arguments
    if len(bare) != 1:
        return
    about = bare[0].name if isinstance(bare[0], Name) else ""
    used = axis if axis in ("rows", "columns") else "rows"
    other = "columns" if used == "rows" else "rows"
    if function != "softmax":
        yield "axis-swapped", Call(function, (*bare, Name(other))), about
        return
    yield "softmax-direction", Call("softmax", (*bare, Name(other))), about
    grown = Call("exp", bare)
    yield "not-normalised", grown, about
    yield "softmax-direction", Div(grown, Call("sum", (grown,))), "all"
    yield "activation-left-out", bare[0], about
