"""A learner's code as a tree, to say something useful about it: never at the price of an error of ours."""

from __future__ import annotations

import ast
import warnings

_LONGEST = 100_000
_DEEPEST = 60


def tree(source: str) -> ast.Module | None:
    """Return the code's tree; None for code that cannot be read, or is so long or so deep (a sum of a thousand terms)
    that what walks through it could fail. Such code still runs; there is only nothing to be said about it."""
    if len(source) > _LONGEST:
        return None
    try:
        with warnings.catch_warnings():  # "\d" in a text is the learner's business
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
