"""Marking: what is right by the roundings a hand makes, what follows from an earlier slip, and which slip it was."""

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
