"""The tools for authors: check a lesson, print its key or its sheet, begin a new one, preview it.

Begin with ``lint.py``, which finds what is doubtful in a lesson; ``warnings.py`` lists every warning. ``key.py`` and
``sheet.py`` write the answer key and the worksheet, ``starter.py`` a new lesson, ``preview.py`` watches a file. Nothing
here changes an author's file.
"""

from tutor.authoring.lint import FileReport, Options, Report, check_paths
from tutor.authoring.warnings import WARNINGS

__all__ = ["WARNINGS", "FileReport", "Options", "Report", "check_paths"]
