"""The tutor on plain lines, for screen readers, simple terminals, pipes and scripts: same lessons, same progress.

Begin with ``run.py``. ``asking.py`` asks the questions, ``commands.py`` has the commands that follow a colon, and
``blocks.py`` writes a lesson's blocks as lines. The plain mode drives a ``Session``, as the screens do.
"""

from tutor.plain.run import run_plain

__all__ = ["run_plain"]
