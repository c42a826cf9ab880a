"""A short run of the campaign ``benchmarks.campaigns.hostile_class``."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.campaigns.hostile_class import attack, levels

pytestmark = pytest.mark.skipif(not levels(), reason="this machine has no means to isolate a program")


def test_hostile_programs_do_not_affect_a_class(tmp_path: Path) -> None:
    """At the weakest isolation; ``test_containment`` shows for each level what no program reads or writes."""
    for outcome in attack(levels()[-1], tmp_path, 1, is_short=True):
        assert outcome.tried
        assert outcome.broken == [], outcome.name
