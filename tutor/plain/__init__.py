"""The tutor on plain lines, for screen readers, dumb terminals, pipes and scripts: same lessons, same progress."""

from tutor.plain.run import run_plain

__all__ = ["run_plain"]
