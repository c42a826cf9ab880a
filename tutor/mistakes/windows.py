"""Mistakes with windows and with the order of cells: pooling, strides, padding, chosen rows, flattening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tutor.formulas.tree import Add, Call, Name, Neg, Setting, Transpose, Tree
from tutor.mistakes.entry import MISTAKES, Form, TypicalMistake
from tutor.mistakes.formulas import ONE
from tutor.mistakes.words import Words

_POOLS = {"maxpool": "avgpool", "avgpool": "maxpool"}


def _about(tree: Tree) -> str:
    return tree.name if isinstance(tree, Name) else ""


def _setting(tree: Call, name: str) -> tuple[int, ...] | None:
    return next((each.sizes for each in tree.arguments if isinstance(each, Setting) and each.name == name), None)


def _with(tree: Call, name: str, sizes: tuple[int, ...]) -> Call:
    """Return the call with a setting changed, or added if it is missing."""
    others = tuple(each for each in tree.arguments if not (isinstance(each, Setting) and each.name == name))
    return replace(tree, arguments=(*others, Setting(name, sizes)))


def _other_pool(tree: Tree) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function in _POOLS:
        yield Form(replace(tree, function=_POOLS[tree.function]), _about(tree.arguments[0]), tree.function)


def _overlapping(tree: Tree) -> Iterator[Form]:
    """Yield windows that move by one, in place of windows side by side."""
    if isinstance(tree, Call) and tree.function in _POOLS:
        window, stride = _setting(tree, "window"), _setting(tree, "stride")
        if window is not None and stride in (None, window) and window != (1,):
            yield Form(_with(tree, "stride", (1,)), _about(tree.arguments[0]), is_corner=True)


def _stride_of_one(tree: Tree) -> Iterator[Form]:
    """Yield the call with a stride of 1 in place of the stride that is written."""
    if not isinstance(tree, Call) or tree.function not in ("conv", *_POOLS):
        return
    stride = _setting(tree, "stride")
    if stride is not None and set(stride) != {1} and stride != _setting(tree, "window"):
        yield Form(_with(tree, "stride", (1,)), "×".join(map(str, stride)), is_corner=True)


def _without_margin(tree: Tree) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function == "conv" and any(_setting(tree, "pad") or ()):
        yield Form(_with(tree, "pad", (0,)), _about(tree.arguments[0]), is_corner=True)


def _next_row(tree: Tree) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function == "take":
        rows, chosen = tree.arguments
        yield Form(Call("take", (rows, Add((chosen, ONE)))), _about(rows), "after")
        yield Form(Call("take", (rows, Add((chosen, Neg(ONE))))), _about(rows), "before")


def _column_by_column(tree: Tree) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function in ("flatten", "reshape"):
        first, *settings = tree.arguments
        yield Form(Call(tree.function, (Transpose(first), *settings)), _about(first))


def _other_end_first(tree: Tree) -> Iterator[Form]:
    if isinstance(tree, Call) and tree.function == "concat":
        axis = tree.arguments[-1:] if _about(tree.arguments[-1]) in ("rows", "columns") else ()
        arrays = tree.arguments[: len(tree.arguments) - len(axis)]
        yield Form(Call("concat", (*arrays[::-1], *axis)), _about(arrays[-1]))


def _pool(w: Words) -> str:
    if w.how == "maxpool":
        return "This is the mean of each window; max pooling keeps the largest value."
    return "This is the largest value of each window; average pooling takes the mean."


MISTAKES.add(
    TypicalMistake(
        "pool-kind",
        295,
        _pool,
        "Draw a line around the window's cells first. Which one number does this pooling keep of them?",
        array_changes=_other_pool,
    ),
    TypicalMistake(
        "windows-overlap",
        305,
        "The windows overlap here; each one begins where the one before it ends.",
        "Divide the array into windows before you work anything out: each cell belongs to one window at most.",
        array_changes=_overlapping,
    ),
    TypicalMistake(
        "stride-left-out",
        325,
        lambda w: f"This moves the window by 1; the stride is {w.about}.",
        "The stride says how far the window moves, to the right and down. Mark the top left corner of every window.",
        array_changes=_stride_of_one,
    ),
    TypicalMistake(
        "margin-left-out",
        345,
        lambda w: f"This leaves out the zeros around {w.about or 'the array'}.",
        "Write the zeros around the array first, then lay the kernel on its new top left corner.",
        array_changes=_without_margin,
    ),
    TypicalMistake(
        "row-off-by-one",
        335,
        lambda w: f"This takes the row {w.how} the one named; count the rows of {w.about or 'it'} from 1.",
        "Write the numbers 1, 2, 3 … beside the rows, then take those in the list.",
        array_changes=_next_row,
    ),
    TypicalMistake(
        "column-by-column",
        495,
        lambda w: f"This reads {w.about or 'the matrix'} column by column; read it row by row.",
        "The first row comes first, from left to right, and the second row follows it.",
        array_changes=_column_by_column,
    ),
    TypicalMistake(
        "joined-backwards",
        515,
        "This joins the arrays in the other order.",
        "Join the arrays in the order in which the brackets list them.",
        array_changes=_other_end_first,
    ),
)
