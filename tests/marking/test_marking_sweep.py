"""Numbers that are 3 to 100 % off are refused wherever a lesson asks: a short run of the benchmark's sweep."""

from __future__ import annotations

import pytest

from benchmarks.marking.sweep import swept
from tutor.marking import Budget


@pytest.mark.parametrize(("part", "count"), [("lessons and examples", 0), ("worksheets", 8)])
def test_no_wrong_number_is_accepted(part: str, count: int) -> None:
    unnamed = Budget()
    unnamed.cancel()
    found = swept(part, 0, count, unnamed)
    assert found.tried > 50
    assert found.examples == []
