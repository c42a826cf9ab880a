"""Store what each answer shows about the learner's skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.lessons.blocks import Question
from tutor.session.entries import Entry
from tutor.session.model import FieldState, Result, Verdict
from tutor.store import Store

if TYPE_CHECKING:
    from tutor.learning.evidence import Answered


class Observer:
    """Stores one observation for each skill of a question, at the first answer to it in this variant that counts.

    The skills are imported at the first answer, so that a lesson opens without them.
    """

    def __init__(
        self, store: Store, lesson: str, variant: str, *, form: str = "solve", skills: tuple[str, ...] = ()
    ) -> None:
        """``form`` is the value of a ``tutor.learning.choice.Form``; ``skills`` are used for a question that has none
        of its own."""
        self._store = store
        self._key = (lesson, variant)
        self._seen: set[str] | None = None
        self._form = form
        self._skills = skills

    def answered(self, entry: Entry, before: FieldState, result: Result) -> None:
        """Record what an answer shows; ``before`` is the field's state before it."""
        if not result.verdict.counts or before.done:
            return
        from tutor.learning.evidence import Answered

        first = result.mistakes[0] if result.mistakes else None
        earlier = _skill_of_earlier_step(entry, first.place) if first is not None else ""
        # what follows from a number that was put right since shows that this step was done right
        verdict = Verdict.FOLLOWS if result.because and not result.mistakes else result.verdict
        said = Answered(verdict.value, first.id if first is not None else "", earlier)
        self._observe(entry, said, before.hints_opened + int(before.about_opened))

    def helped(self, entry: Entry) -> None:
        """Record that the learner saw the working, by a hint or by giving up."""
        self._observe(entry, None, 0)

    def _observe(self, entry: Entry, answered: Answered | None, hints: int) -> None:
        from tutor.learning.evidence import observe

        if self._seen is None:
            self._seen = set(self._store.observed(*self._key))
        name = entry.field.id
        skills = _skills_of_entry(entry) or self._skills
        if name in self._seen or not skills:
            return
        evidence = observe(*self._key, name, skills, answered, hints=hints, form=self._form)
        if evidence:
            self._seen.add(name)
            self._store.observe(evidence)


def _skills_of_entry(entry: Entry) -> tuple[str, ...]:
    """Return the skills of a field: those that the author names, else those of the quantity asked, else those usual for
    its kind of block. A question with ``practice: false`` has none."""
    from tutor.learning.skills import skills_of

    block = entry.block
    if isinstance(block, Question) and (block.skills or not block.practice):
        return block.skills if block.practice else ()
    if entry.item is not None:
        return skills_of(entry.item.graph, entry.item.quantity)
    return block.usual_skills if isinstance(block, Question) else ()


def _skill_of_earlier_step(entry: Entry, place: str) -> str:
    """Return the skill of the earlier step at which a mistake was made; empty if it was made at the step asked."""
    from tutor.learning.skills import skill_of

    if entry.item is None or not place or place in entry.item.quantity.cells or place not in entry.item.graph.nodes:
        return ""
    return skill_of(entry.item.graph, place) or ""
