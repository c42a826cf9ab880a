"""Parse a learner's code for advice about it, without ever failing on it."""

from __future__ import annotations

import ast
import warnings

_LONGEST = 100_000
_DEEPEST = 60


def tree(source: str) -> ast.Module | None:
    """Return the syntax tree of code, or None.

    None means that it cannot be parsed, or is so long or so deep (a sum of a thousand terms) that walking through it
    could fail. Such code still runs, but without advice.
    """
    if len(source) > _LONGEST:
        return None
    try:
        with warnings.catch_warnings():  # Python warns of "\d" in a string, which is not our concern
            warnings.simplefilter("ignore")
            found = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    level: list[ast.AST] = [found]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return found
    return None
