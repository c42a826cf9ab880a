"""The tools for authors: check a lesson, print its answer key or worksheet, start a new one, preview it.

Begin with ``lint.py``, which checks a lesson; ``warnings.py`` lists every warning. ``key.py`` and ``sheet.py`` write
the answer key and the worksheet, ``starter.py`` writes a new lesson, ``preview.py`` watches a file. ``own.py`` makes a
lesson from a network that a learner enters. Nothing here changes an author's file.

Importing the package imports none of its modules, so that the form for a learner's own network appears at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.authoring.lint import Options, check_paths

__all__ = ["Options", "check_paths"]


def __getattr__(name: str) -> object:
    """Import the lint modules when one of these names is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tutor.authoring import lint

    return getattr(lint, name)
