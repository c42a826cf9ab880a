"""The tools for authors: check a lesson, print its key or its sheet, begin a new one, preview it.

Begin with ``lint.py``, which finds what is doubtful in a lesson; ``warnings.py`` lists every warning. ``key.py`` and
``sheet.py`` write the answer key and the worksheet, ``starter.py`` a new lesson, ``preview.py`` watches a file. Nothing
here changes an author's file. ``own.py`` makes a lesson of the network on a learner's homework sheet.

Importing this imports nothing: the form for an own network is shown before anything heavy is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.authoring.lint import FileReport, Options, Report, check_paths
    from tutor.authoring.warnings import WARNINGS

__all__ = ["WARNINGS", "FileReport", "Options", "Report", "check_paths"]


def __getattr__(name: str) -> object:
    """Return what checks lessons, when it is first named."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tutor.authoring import lint, warnings

    return warnings.WARNINGS if name == "WARNINGS" else getattr(lint, name)
