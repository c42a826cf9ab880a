"""The look back as it is written to files: mathematics in words, programs in code blocks, local times."""

from __future__ import annotations

import time

import pytest

from tutor.session.export import to_html, to_markdown
from tutor.session.model import Attempt, LookBack, Verdict

ATTEMPT = Attempt(
    "lab", r"Add $\frac{1}{2}$ to `a_b`", "One", "x = 1\ny = 2", Verdict.WRONG, "", "2026-03-01T01:28:00+00:00"
)


def test_mathematics_becomes_words_and_programs_keep_their_lines() -> None:
    back = LookBack("Title", (ATTEMPT,))
    assert r"**Add 1/2 to \`a\_b\`**" in to_markdown(back)
    assert "  ```\n  x = 1\n  y = 2\n  ```" in to_markdown(back)
    assert "Add 1/2 to `a_b`" in to_html(back)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be changed here")
def test_times_are_shown_in_the_local_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as here:
        here.setenv("TZ", "XYZ+5")
        time.tzset()
        assert ATTEMPT.local_time == "2026-02-28 20:28"
    time.tzset()
    assert ATTEMPT.local_time == "2026-03-01 01:28"


@pytest.mark.parametrize("verdict", Verdict)
def test_no_two_verdicts_share_a_sign(verdict: Verdict) -> None:
    assert [one for one in Verdict if one.sign == verdict.sign] == [verdict]
