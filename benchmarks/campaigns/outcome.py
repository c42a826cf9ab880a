"""The outcome of an attack in a campaign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """How often an attack was tried, and what got through."""

    name: str
    tried: int = 0
    broken: list[str] = field(default_factory=list)
    figures: str = ""

    def hold(self, holds: object, what: str) -> None:
        """Count one attempt; if ``holds`` is false, ``what`` got through."""
        self.tried += 1
        if not holds:
            self.broken.append(what)


def report(outcomes: Iterable[Outcome]) -> int:
    """Print a line for each attack, and what got through; return 1 if anything did."""
    status = 0
    for each in outcomes:
        print(f"{each.name}: {each.tried} tried, {len(each.broken)} got through {each.figures}".rstrip(), flush=True)
        for what in each.broken[:10]:
            print(f"  {what}")
        status |= bool(each.broken)
    return status
