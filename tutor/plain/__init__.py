"""The tutor on plain lines, for screen readers, simple terminals, pipes and scripts: same lessons, same progress.

Begin with ``run.py``. ``asking.py`` asks the questions, ``commands.py`` has what can be typed after a colon,
``blocks.py`` writes a lesson's blocks as lines. It drives a ``Session`` as the screen does.
"""

from tutor.plain.run import run_plain

__all__ = ["run_plain"]
