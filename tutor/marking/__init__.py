"""Marking: decide whether an answer is right, whether it follows from an earlier mistake, and which mistake was made.

Begin with ``marker.py``: a ``Marker`` marks the answers to one network or worksheet. ``judge.py`` decides on one number
by what rounding by hand can do (``bounds.py``, ``replays.py``), ``follow_through.py`` puts the learner's own numbers
in, ``diagnosis.py`` looks for the typical mistake, and ``messages.py`` writes the sentence. The mistakes themselves are
in ``tutor.mistakes``.
"""

from tutor.marking.budget import Budget
from tutor.marking.expressions import mark_expression
from tutor.marking.mark import Answer, AuthorMistake, Mark, Mistake, Typed, Verdict
from tutor.marking.marker import Marker

__all__ = [
    "Answer",
    "AuthorMistake",
    "Budget",
    "Mark",
    "Marker",
    "Mistake",
    "Typed",
    "Verdict",
    "mark_expression",
]
