"""A simulated learner: the ability at each operation, how it grows and fades, and favourite mistakes."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from tutor.errors import FormulaError
from tutor.formulas import evaluate
from tutor.marking import Marker
from tutor.mistakes import Surroundings, mistakes_at
from tutor.network import Graph

#: What a learner gains at an operation from one question with feedback, and from a worked solution, in logits.
GAIN, GAIN_WORKED = 0.45, 0.55
#: Days after which half of the gain is forgotten.
HALF_LIFE = 60.0
MASTERED = 0.95
_FAVOURITE = 0.7


@dataclass
class SimulatedLearner:
    """``start`` and ``gained`` are logits by skill; an answer is right with the probability σ(start + gained)."""

    rng: random.Random
    start: dict[str, float]
    gained: dict[str, float] = field(default_factory=dict)
    favourites: dict[str, str] = field(default_factory=dict)

    @classmethod
    def drawn(cls, seed: int, skills: tuple[str, ...]) -> SimulatedLearner:
        """Draw a learner whose abilities vary around a personal level."""
        rng = random.Random(seed)
        level = rng.gauss(0.3, 0.7)
        return cls(rng, {skill: level + rng.gauss(0.0, 0.9) for skill in sorted(skills)})

    def ability(self, skill: str) -> float:
        """Return the true probability of a right answer."""
        return 1.0 / (1.0 + math.exp(-(self.start.get(skill, 0.0) + self.gained.get(skill, 0.0))))

    def learn(self, skill: str, gain: float = GAIN) -> None:
        """Add what one question teaches."""
        self.gained[skill] = self.gained.get(skill, 0.0) + gain

    def wait(self, days: float) -> None:
        """Forget a part of the gain."""
        for skill in self.gained:
            self.gained[skill] *= 0.5 ** (days / HALF_LIFE)

    def is_done(self, skills: tuple[str, ...]) -> bool:
        """Return whether every operation is truly mastered."""
        return all(self.ability(skill) >= MASTERED for skill in skills)

    def answer(self, graph: Graph, name: str, skill: str) -> tuple[str, str]:
        """Return what the learner types for a number, and the id of the mistake made, or ""."""
        true = graph.values[name]
        if self.rng.random() < self.ability(skill):
            return f"{true:.9f}", ""
        made = self._mistaken(graph, name, skill)
        if made is not None and self.rng.random() < _FAVOURITE:
            return f"{made[1]:.9f}", made[0]
        return f"{true + self.rng.choice((-1, 1)) * self.rng.uniform(0.3, 3.0):.3f}", ""

    def _mistaken(self, graph: Graph, name: str, skill: str) -> tuple[str, float] | None:
        """Return the learner's favourite mistake at this number, chosen when first needed, with its value."""
        found: dict[str, float] = {}
        for made in mistakes_at(Surroundings(graph), graph.nodes[name]):
            try:
                value = evaluate(made.tree, graph.values)
            except FormulaError:
                continue
            if math.isfinite(value) and abs(value - graph.values[name]) > 0.01:
                found.setdefault(made.id, value)
        if not found:
            return None
        favourite = self.favourites.setdefault(skill, self.rng.choice(list(found)[:3]))
        return (favourite, found[favourite]) if favourite in found else next(iter(found.items()))


def marked(marker: Marker, graph: Graph, name: str, typed: str) -> tuple[str, str, str]:
    """Return the verdict of the real marking, the mistake that it names, and the node of that mistake."""
    mark = marker.mark(graph.as_quantity(name), typed, own={})
    first = mark.mistakes[0] if mark.mistakes else None
    return mark.verdict.value, first.id if first else "", first.place if first else ""
