"""A learner's record: all observations folded into an estimate of each skill today.

The fold starts from the beginning each time (10,000 observations take a tenth of a second), so that no evidence is lost
when two tutors write at once, or after an older version wrote answers without evidence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tutor.learning.elo import Elo
from tutor.store.records import EvidenceRecord

if TYPE_CHECKING:
    from fsrs import Card

MASTERY = 0.95
RUSTY = 0.9
_RIGHT_NEEDED = 3
_VARIANTS_NEEDED = 2


@dataclass(slots=True)
class SkillRecord:
    """What is known about one skill.

    ``right`` counts unaided right answers, ``variants`` are the (lesson, variant) pairs of these, ``mistakes`` counts
    the named mistakes. ``card`` holds the dates of the spaced repetition scheduler.
    """

    skill: str
    seen: int = 0
    right: int = 0
    variants: set[tuple[str, str]] = field(default_factory=set)
    mistakes: Counter[str] = field(default_factory=Counter)
    was_mastered: bool = False
    card: Card | None = None
    last: datetime | None = None

    @property
    def commonest_mistake(self) -> str:
        """The id of the mistake that was named most often, or ""."""
        return self.mistakes.most_common(1)[0][0] if self.mistakes else ""


class LearnerRecord:
    """The estimates for one learner at the moment ``now``."""

    def __init__(self, observations: Iterable[EvidenceRecord] = (), *, now: datetime) -> None:
        """Fold ``observations``, in any order. The first call imports the scheduler, which takes about 25 ms."""
        from fsrs import Scheduler

        self._scheduler = Scheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=())
        self._elo = Elo()
        self.skills: dict[str, SkillRecord] = {}
        #: Each observation and the probability that was predicted before it, for ``--check``.
        self.predictions: list[tuple[EvidenceRecord, float]] = []
        self.observations: list[EvidenceRecord] = []
        #: How often each question was answered, by (lesson, field), and the variants used, by lesson.
        self.met: Counter[tuple[str, str]] = Counter()
        self.numbers: defaultdict[str, set[str]] = defaultdict(set)
        for observation in sorted(observations, key=lambda each: each.when):
            self.add(observation)
        self.now = max([now, *(skill.last for skill in self.skills.values() if skill.last)])

    def add(self, observation: EvidenceRecord) -> None:
        """Add one observation."""
        from fsrs import Card, Rating

        skill = self.skills.setdefault(observation.skill, SkillRecord(observation.skill))
        when = _moment(observation.when) or skill.last or datetime.now(UTC)
        if skill.last is not None:
            when = max(when, skill.last)  # the clock may have been set back
        predicted = _faded(self._elo.probability(observation.skill), self._retention(skill, when))
        self.predictions.append((observation, predicted))
        self.observations.append(observation)
        self.met[observation.lesson, observation.field] += 1
        self.numbers[observation.lesson].add(observation.variant)
        self._elo.update(observation.skill, observation.right)
        rating = Rating.Again if not observation.right else Rating.Good if observation.unaided else Rating.Hard
        # An explicit id: to make one from the time, the package sleeps for a millisecond per card.
        skill.card, _ = self._scheduler.review_card(skill.card or Card(card_id=0), rating, when)
        skill.last = when
        skill.seen += 1
        if observation.right and observation.unaided:
            skill.right += 1
            skill.variants.add((observation.lesson, observation.variant))
        if observation.mistake:
            skill.mistakes[observation.mistake] += 1
        skill.was_mastered = skill.was_mastered or self._meets(skill, self._elo.probability(observation.skill))

    # -- estimates ------------------------------------------------------------------------------------------------

    def retention(self, skill: str) -> float:
        """Return the retention of a skill, from 0 to 1; 1 for a skill that was never seen."""
        return self._retention(self.skills.get(skill), self.now)

    def recall(self, skill: str) -> float:
        """Return the probability of a right answer now: the odds if nothing were forgotten, times the retention."""
        return _faded(self._elo.probability(skill), self.retention(skill))

    def is_mastered(self, skill: str) -> bool:
        """Return whether a skill is mastered: a recall of 0.95 or more, three unaided right answers on at least two
        variants, and not being forgotten."""
        found = self.skills.get(skill)
        return found is not None and self._meets(found, self.recall(skill)) and not self.is_rusty(skill)

    def is_rusty(self, skill: str) -> bool:
        """Return whether a skill was mastered once and is being forgotten."""
        found = self.skills.get(skill)
        return found is not None and found.was_mastered and self.retention(skill) < RUSTY

    def due(self, skill: str) -> datetime | None:
        """Return the time at which retention falls below 0.9, by the scheduler, or None for a skill never seen."""
        found = self.skills.get(skill)
        return found.card.due if found is not None and found.card is not None else None

    def _retention(self, skill: SkillRecord | None, now: datetime) -> float:
        if skill is None or skill.card is None or skill.last is None or now - skill.last < timedelta(hours=1):
            return 1.0
        return float(self._scheduler.get_card_retrievability(skill.card, max(now, skill.last)))

    @staticmethod
    def _meets(skill: SkillRecord, probability: float) -> bool:
        return probability >= MASTERY and skill.right >= _RIGHT_NEEDED and len(skill.variants) >= _VARIANTS_NEEDED


def _faded(probability: float, retention: float) -> float:
    """Return a probability with its odds multiplied by the retention.

    Multiplying the probability instead lowers strong skills too much: in ``benchmarks/learning`` that predicts worse
    than Bayesian knowledge tracing.
    """
    odds = probability * retention
    return odds / (odds + 1.0 - probability)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None
