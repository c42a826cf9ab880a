"""What is wrong with a lesson and what is doubtful about it; answer keys, sheets, previews: what authors run."""

from tutor.authoring.lint import FileReport, Options, Report, check_paths
from tutor.authoring.warnings import WARNINGS

__all__ = ["WARNINGS", "FileReport", "Options", "Report", "check_paths"]
