"""Derive evidence from answers that an older version stored, before skills were recorded."""

from __future__ import annotations

from collections import defaultdict

from tutor.learning.evidence import Answered, observe
from tutor.learning.index import SkillIndex
from tutor.store import EvidenceRecord, Store

_GIVEN_UP, _HINT = "given-up", "hint"


def carry_over(store: Store, index: SkillIndex) -> int:
    """Add the evidence in old answers that the store does not have yet; return the number of observations.

    A second call adds nothing. Lessons that are not in the index are left until they are.
    """
    found: list[EvidenceRecord] = []
    for lesson in store.lessons_answered():
        if lesson in index.lessons:
            found.extend(_of_lesson(store, index, lesson))
    if found:
        store.observe(found)
    return len(found)


def _of_lesson(store: Store, index: SkillIndex, lesson: str) -> list[EvidenceRecord]:
    skills = {item.field: item.skills for item in index.lessons[lesson].items}
    attempts = store.attempts(lesson, archived=True)
    helped: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    known: set[tuple[str, str]] = set()
    for variant in {attempt.variant for attempt in attempts}:
        known.update((variant, field) for field in store.observed(lesson, variant))
        for event in store.events(lesson, variant):
            helped[variant, event.field].append((event.when, event.kind))
    found: list[EvidenceRecord] = []
    for attempt in attempts:
        key = (attempt.variant, attempt.field)
        if key in known or attempt.field not in skills or attempt.verdict in ("undecided", "unreadable", "kept"):
            continue
        known.add(key)
        before = [kind for when, kind in helped[key] if when < attempt.when]
        answered = None if _GIVEN_UP in before else Answered(attempt.verdict, next(iter(attempt.mistakes), ""))
        hints = sum(kind.startswith(_HINT) for kind in before)
        field = attempt.field
        found += observe(lesson, attempt.variant, field, skills[field], answered, hints=hints, when=attempt.when)
    return found
