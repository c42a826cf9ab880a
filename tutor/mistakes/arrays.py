"""Mistakes with whole arrays: a transpose left out, a product cell by cell, softmax along the wrong axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from tutor.errors import FormulaError
from tutor.formulas import Cells, scalarise
from tutor.formulas.transform import rebuild
from tutor.formulas.tree import Call, Div, MatMul, Mul, Name, Transpose, Tree, children, names, walk
from tutor.mistakes.entry import MISTAKES, Form, TypicalMistake
from tutor.mistakes.formulas import MistakenFormula
from tutor.mistakes.words import Words
from tutor.network import Graph, Quantity

#: A kernel's name with this suffix stands for the kernel rotated by 180°, as in a true convolution.
_ROTATED = " rotated"
_REDUCTIONS = frozenset({"sum", "mean", "max", "min", "argmax"})


@lru_cache(maxsize=4)
def array_mistakes(graph: Graph, array: Quantity) -> Mapping[str, list[MistakenFormula]]:
    """Return, for each cell of an array with an array formula, the mistaken formulas from mistakes with whole arrays.

    They are computed for all cells at once and cached, because most callers ask for each cell in turn.
    """
    formula = graph.array_formulas[array.name]
    known = _cells(graph, formula)
    found: dict[str, list[MistakenFormula]] = {cell: [] for cell in array.cells}
    for mistake in MISTAKES:
        for form in _at_each_place(formula, mistake) if mistake.array_changes is not None else ():
            try:
                cells = scalarise(form.tree, known)
            except FormulaError:
                continue  # the shapes do not fit, so nobody can have made this mistake
            for cell, tree in _paired(array, cells, form):
                if tree != graph.nodes[cell].formula:
                    found[cell].append(MistakenFormula(mistake.id, tree, cell, form.about, form.how, form.later))
    return found


def _paired(array: Quantity, cells: Cells, form: Form) -> Iterator[tuple[str, Tree]]:
    """Yield the array's cells, each with the mistaken formula at its place."""
    if cells.shape == array.shape:
        yield from zip(array.cells, cells.trees, strict=True)
    elif form.is_corner and len(cells.shape) == len(array.shape):
        width = array.shape[-1]
        for start, row in zip(range(0, len(array.cells), width), cells.rows, strict=False):
            yield from zip(array.cells[start : start + width], row, strict=False)


def _cells(graph: Graph, formula: Tree) -> Mapping[str, Cells]:
    found = {}
    for name in names(formula):
        if name in graph.arrays:
            cells = found[name] = graph.array_cells(graph.arrays[name])
            found[name + _ROTATED] = Cells(cells.shape, cells.trees[::-1])
    return found


def _at_each_place(tree: Tree, mistake: TypicalMistake) -> Iterator[Form]:
    """Yield the array formula with the mistake at each of its places in turn."""
    assert mistake.array_changes is not None
    yield from mistake.array_changes(tree)
    for place, child in enumerate(children(tree)):
        for form in _at_each_place(child, mistake):
            yield replace(form, tree=with_child(tree, place, form.tree))


def with_child(tree: Tree, place: int, child: Tree) -> Tree:
    """Return the tree with the child at ``place`` replaced."""
    counter = iter(range(len(children(tree))))
    return rebuild(tree, lambda part: child if next(counter) == place else part)


def _name_in(tree: Tree) -> str:
    return next((part.name for part in walk(tree) if isinstance(part, Name)), "")


# -- products -------------------------------------------------------------------------------------------------------


def _transposes(tree: Tree) -> Iterator[Form]:
    match tree:
        case MatMul(left, right):
            if not isinstance(right, Transpose):
                yield Form(MatMul(left, Transpose(right)), _name_in(right))
            if not isinstance(left, Transpose):
                yield Form(MatMul(Transpose(left), right), _name_in(left))
        case Transpose(of):
            yield Form(of, of.name if isinstance(of, Name) else "")


def _other_order(tree: Tree) -> Iterator[Form]:
    if isinstance(tree, MatMul):
        yield Form(MatMul(tree.right, tree.left), _name_in(tree.right))


def _cell_by_cell(tree: Tree) -> Iterator[Form]:
    if isinstance(tree, MatMul):
        yield Form(Mul((tree.left, tree.right)), _name_in(tree.right))


def _rotated_kernel(tree: Tree) -> Iterator[Form]:
    match tree:
        case Call("conv", (image, Name(kernel), *settings)):
            yield Form(Call("conv", (image, Name(kernel + _ROTATED), *settings)), kernel)


MISTAKES.add(
    TypicalMistake(
        "transpose-left-out",
        290,
        lambda w: f"This uses a matrix with rows and columns swapped: check {w.about or 'the product'}.",
        "Write the shapes under the product: the inner two must belong together, row by column.",
        array_changes=_transposes,
    ),
    TypicalMistake(
        "order-swapped",
        470,
        "This multiplies the two matrices in the other order.",
        "A matrix product is not the same both ways: rows of the first times columns of the second.",
        array_changes=_other_order,
    ),
    TypicalMistake(
        "cell-by-cell",
        480,
        "This multiplies the matrices cell by cell; take the matrix product.",
        "Each cell of a matrix product is a whole sum: a row of the first times a column of the second.",
        array_changes=_cell_by_cell,
        in_code=(("@", "*", "* multiplies cell by cell; the matrix product is @."),),
    ),
    TypicalMistake(
        "kernel-turned",
        500,
        lambda w: f"This rotates the kernel {w.about} by 180°; slide it without rotating it.",
        "Lay the kernel on the window without rotating it, corner on corner, and multiply cell by cell.",
        array_changes=_rotated_kernel,
    ),
)

# -- axes -----------------------------------------------------------------------------------------------------------


def _along(function: frozenset[str], tree: Tree) -> tuple[Tree, str] | None:
    """Return the only array that a function works on and the axis that it does not work along, or None."""
    if not isinstance(tree, Call) or tree.function not in function:
        return None
    last = tree.arguments[-1].name if isinstance(tree.arguments[-1], Name) else ""
    bare = tree.arguments[:-1] if last in ("rows", "columns") else tree.arguments
    if len(bare) != 1:
        return None
    return bare[0], "rows" if last == "columns" else "columns"


def _about(array: Tree) -> str:
    return array.name if isinstance(array, Name) else ""


def _other_axis(tree: Tree) -> Iterator[Form]:
    found = _along(_REDUCTIONS, tree)
    if found is not None:
        assert isinstance(tree, Call)
        yield Form(Call(tree.function, (found[0], Name(found[1]))), _about(found[0]))


_SOFTMAX = frozenset({"softmax"})


def _other_direction(tree: Tree) -> Iterator[Form]:
    found = _along(_SOFTMAX, tree)
    if found is not None:
        yield Form(Call("softmax", (found[0], Name(found[1]))), _about(found[0]))
        exponential = Call("exp", (found[0],))
        yield Form(Div(exponential, Call("sum", (exponential,))), how="all")


def softmax_alone(tree: Tree, *, exponentials: bool = False) -> Iterator[Form]:
    """Yield the argument of softmax in its place, or with ``exponentials`` the exponentials of the argument."""
    found = _along(_SOFTMAX, tree)
    if found is not None:
        yield Form(Call("exp", (found[0],)) if exponentials else found[0], _about(found[0]))


def _direction(w: Words) -> str:
    if w.how == "all":
        return "This takes softmax over all cells at once."
    return f"This takes softmax along the wrong direction of {w.about or 'the matrix'}."


MISTAKES.add(
    TypicalMistake(
        "axis-swapped",
        490,
        lambda w: f"This takes {w.about or 'the array'} along the other axis: rows and columns are swapped.",
        "Say in words what is put together, all cells of one row or all of one column; then look at the shape.",
        array_changes=_other_axis,
    ),
    TypicalMistake(
        "softmax-direction",
        300,
        _direction,
        "Softmax values that belong together add up to 1. Which ones belong together here?",
        array_changes=_other_direction,
    ),
)
