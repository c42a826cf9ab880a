"""A short run of the campaign ``benchmarks.campaigns.hostile_class``."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.campaigns.hostile_class import attack, levels
from tutor.labs.sandbox.level import Level

pytestmark = pytest.mark.skipif(not levels(), reason="this machine has no means to isolate a program")


@pytest.mark.parametrize("at", levels(), ids=lambda at: at.isolation.value)
def test_hostile_programs_do_not_affect_a_class(at: Level, tmp_path: Path) -> None:
    for outcome in attack(at, tmp_path, 1, is_short=True):
        assert outcome.tried
        assert outcome.broken == [], outcome.name
