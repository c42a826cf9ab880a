"""Who may open the tutor in a browser: a short attack campaign, the token and its cookie, and --max-sessions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.campaigns.serve import campaign, no_tutors, page
from tests.serve.browser import Browser
from tests.serve.serving import lesson_in, serving


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are looked up in /proc")
async def test_no_attack_of_the_short_campaign_succeeds(course_read: Path) -> None:
    outcomes = [each async for each in campaign(seed=7, short=True, course_read=course_read)]
    assert {each.name: each.broken for each in outcomes if each.broken} == {}
    assert len(outcomes) == 7


def test_the_token_is_needed_once_and_then_kept_in_a_cookie(learner_home: Path, tmp_path: Path) -> None:
    with serving(learner_home, lesson_in(tmp_path)) as served:
        assert served.answer("/")[0] == 403
        assert served.answer("/?token=guess")[0] == 403
        status, _, headers = served.answer(f"/?token={served.token}&name=Ada")
        assert (status, headers["Location"]) == (303, "/?name=Ada"), "the token leaves the address"
        cookie = headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
        assert served.answer("/", Cookie=cookie.partition(";")[0])[0] == 200


@pytest.mark.needs("chromium", "chromedriver")
async def test_a_page_beyond_max_sessions_says_so_and_opens_later(
    learner_home: Path, tmp_path: Path, window: Browser
) -> None:
    with serving(learner_home, lesson_in(tmp_path), "--max-sessions", "1") as served:
        async with page(served, "Ada") as first:
            await first.until("The weighted sum")
            window.open(served.page("Grace"))
            assert "All places are taken: 1 page is open." in window.text()
        assert await no_tutors(served)
        window.reload()
        window.until_shown("The weighted sum")
