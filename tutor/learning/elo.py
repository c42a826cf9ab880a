"""Estimate how strong a learner is at each skill: Elo ratings with constant steps.

p = σ(a + s), where a is the learner's overall strength and s the strength at this skill.
After an observation o, the residual r = o − p changes a by 0.3·r and s by 0.6·r. Constant steps forget old evidence,
which is why they predict better than models whose steps shrink (see ``benchmarks/learning``). Answering a question also
teaches, right or wrong: s grows by 0.2·(1 − p), which is less the more the learner already knows. Without this term the
estimates lag behind the learner, and two thirds of the practice goes to what is already known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

LEARNER_STEP = 0.3
SKILL_STEP = 0.6
LEARNING_STEP = 0.2


@dataclass(slots=True)
class Elo:
    """The estimates for one learner."""

    learner: float = 0.0
    skills: dict[str, float] = field(default_factory=dict)

    def probability(self, skill: str) -> float:
        """Return the probability that the next unaided answer at this skill is right."""
        return 1.0 / (1.0 + math.exp(-self.learner - self.skills.get(skill, 0.0)))

    def update(self, skill: str, right: bool) -> float:
        """Update the estimates with an observation; return the probability that was predicted before it."""
        predicted = self.probability(skill)
        residual = float(right) - predicted
        self.learner += LEARNER_STEP * residual
        gain = SKILL_STEP * residual + LEARNING_STEP * (1.0 - predicted)
        self.skills[skill] = self.skills.get(skill, 0.0) + gain
        return predicted
