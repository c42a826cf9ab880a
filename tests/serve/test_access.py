"""Who may open the tutor in a browser: a short attack campaign, the token and its cookie."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.campaigns.serve import campaign
from tests.serve.serving import Served


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are looked up in /proc")
async def test_no_attack_of_the_short_campaign_succeeds(course_read: Path) -> None:
    outcomes = [each async for each in campaign(seed=7, short=True, course_read=course_read)]
    assert {each.name: each.broken for each in outcomes if each.broken} == {}
    assert len(outcomes) == 6


def test_the_token_is_needed_once_and_then_kept_in_a_cookie(served: Served) -> None:
    assert served.answer("/")[0] == 403
    assert served.answer("/?token=guess")[0] == 403
    status, _, headers = served.answer(f"/?token={served.token}&name=Ada")
    assert (status, headers["Location"]) == (303, "/?name=Ada"), "the token leaves the address"
    cookie = headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert served.answer("/", Cookie=cookie.partition(";")[0])[0] == 200
