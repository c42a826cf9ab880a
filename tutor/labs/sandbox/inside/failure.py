"""Describe an exception as plain data: the learner's own lines, with the shapes and the layer involved."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, TypedDict, TypeGuard

from tutor.labs.sandbox.inside.describe import is_module, shown

_LONGEST_NAME, _MOST_NAMES = 200, 5_000


class Line(TypedDict):
    """A line of the learner's code in the traceback; ``function`` is "<module>" at the top level."""

    file: str
    line: int
    function: str


class Failure(TypedDict, total=False):
    """A described exception. ``shapes`` are the shapes of the names on the last line, ``nones`` the names there whose
    value is None.

    ``layer`` is the PyTorch layer in which it was raised, ``layer_input`` the shape of its input. ``line`` and
    ``column`` belong to a syntax error. ``names`` are all names that had a value.
    """

    type: str
    message: str
    lines: list[Line]
    shapes: dict[str, list[int]]
    nones: list[str]
    layer: str
    layer_input: list[int]
    line: int
    column: int
    names: list[str]


def failure(error: BaseException, current: str) -> Failure:
    """Describe ``error``; ``current`` is the file that was run."""
    found: Failure = {"type": type(error).__name__[:_LONGEST_NAME], "message": _message(error)}
    found["lines"] = [
        Line(file=frame.f_code.co_filename[:_LONGEST_NAME], line=line, function=frame.f_code.co_name[:_LONGEST_NAME])
        for frame, line in _frames(error.__traceback__)
        if is_learners(frame)
    ][-8:]
    if isinstance(error, SyntaxError) and error.lineno is not None:
        with suppress(Exception):  # an exception that the program made may hold anything
            line, file = int(error.lineno), str(error.filename or current)[:_LONGEST_NAME]
            found.update({"line": line, "column": int(error.offset or 1)})
            found["lines"].append({"file": file, "line": line, "function": "<module>"})
    with suppress(Exception):  # the learner's own classes may raise when looked at
        found.update(_around(error.__traceback__))
    return found


def _message(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        text = "(its message cannot be shown)"
    return text if len(text) < 2_000 else text[:2_000] + " …"


def is_learners(frame: FrameType) -> bool:
    """Return whether a frame runs a learner's code, whose file name has no folder: "cell 2", "lab.py"."""
    name = frame.f_code.co_filename
    return name in linecache.cache and "/" not in name and "\\" not in name


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """Yield the frames of a traceback with their lines, as ``traceback.walk_tb`` does; importing that takes 2 ms."""
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _around(trace: TracebackType | None) -> Failure:
    """Return what is known of the learner's last line: its names with their shapes, and the PyTorch layer it called."""
    found: Failure = {}
    last: tuple[FrameType, int] | None = None
    for frame, line in _frames(trace):
        if is_learners(frame):
            last = (frame, line)
            found.pop("layer", None)
            found.pop("layer_input", None)
        elif is_module(layer := frame.f_locals.get("self")):
            given = frame.f_locals.get("input")
            shape = getattr(given, "shape", None)
            if shape is not None:
                found["layer"], found["layer_input"] = shown(layer), [int(size) for size in shape]
    if last is not None:
        found["shapes"], found["nones"] = _on_line(*last)
        names = {**last[0].f_globals, **last[0].f_locals}
        found["names"] = sorted(name for name in names if not name.startswith("__"))[:_MOST_NAMES]
    return found


def _on_line(frame: FrameType, line: int) -> tuple[dict[str, list[int]], list[str]]:
    """Return the shapes of the arrays on a line, by name, and the names that are None."""
    source = linecache.getlines(frame.f_code.co_filename)
    statement = _statement(source, line)
    shapes: dict[str, list[int]] = {}
    nones: list[str] = []
    for node in ast.walk(statement) if statement is not None else ():
        if isinstance(node, ast.Name | ast.Attribute):
            held = _value(node, frame)
            if held is None and _is_read(node, statement) and node.id in {**frame.f_globals, **frame.f_locals}:
                nones.append(node.id[:_LONGEST_NAME])
            shape = getattr(held, "shape", None)
            if shape is not None and not callable(shape):
                shapes[ast.unparse(node)[:_LONGEST_NAME]] = [int(size) for size in shape]
    return shapes, nones


def _is_read(node: ast.expr, statement: ast.stmt | None) -> TypeGuard[ast.Name]:
    """Return whether a node is a name whose value a statement uses."""
    return isinstance(node, ast.Name) and (isinstance(node.ctx, ast.Load) or isinstance(statement, ast.AugAssign))


def _statement(source: list[str], line: int) -> ast.stmt | None:
    """Return the smallest statement that contains a line."""
    tree = ast.parse("".join(source))
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return min(around, key=lambda node: (node.end_lineno or node.lineno) - node.lineno, default=None)


def _value(node: ast.expr, frame: FrameType) -> Any:
    """Return the value of a name or an attribute; nothing runs except attribute access."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id))
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, frame)
        return None if owner is None else getattr(owner, node.attr, None)
    return None
