"""Turn answers into observations: was this operation done right?

The rules, for the first counted answer to each question of a variant:

======================================================  =================================================
what happened                                            observation
======================================================  =================================================
correct or imprecise, no telling hint before             1
follows from an earlier wrong answer                     1: this operation was done right
wrong, and the named mistake is in an earlier step       0 for the operation of *that* step, nothing here
wrong otherwise                                          0
a hint that shows the working, or given up               0
unreadable, undecided                                    nothing
======================================================  =================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.store.records import EvidenceRecord

#: From this level on, hints show the numbers put in, so that a later answer is no longer the learner's work.
TELLING_LEVEL = 4

_RIGHT = frozenset({"correct", "imprecise", "follows"})


@dataclass(frozen=True, slots=True)
class Answered:
    """The mark of a first answer: the verdict, the likeliest mistake and, if that was made in an earlier step, the
    skill of that step."""

    verdict: str
    mistake: str = ""
    earlier_skill: str = ""


def observe(
    lesson: str,
    variant: str,
    field: str,
    skills: Sequence[str],
    answered: Answered | None,
    *,
    hints: int = 0,
    form: str = "solve",
    when: str = "",
) -> tuple[EvidenceRecord, ...]:
    """Return the evidence in a first answer, one observation for each skill that it exercises.

    ``answered`` is None if the learner gave up or opened a hint that shows the working. ``hints`` is the number of
    hints opened before the answer.
    """

    def seen(skill: str, right: bool, mistake: str = "") -> EvidenceRecord:
        return EvidenceRecord(lesson, variant, field, skill, right, hints == 0 and right, form, mistake, when)

    if answered is None or hints >= TELLING_LEVEL:
        return tuple(seen(skill, False) for skill in skills)
    if answered.verdict in _RIGHT:
        return tuple(seen(skill, True) for skill in skills)
    if answered.verdict != "wrong":
        return ()
    if answered.earlier_skill:
        return (seen(answered.earlier_skill, False, answered.mistake),)
    return tuple(seen(skill, False, answered.mistake) for skill in skills)
