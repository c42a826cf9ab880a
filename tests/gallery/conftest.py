"""Use the fixtures of the tests of the screens, except the one that skips painting: the scenes need their pictures."""

from __future__ import annotations

from tests.ui.quick import no_search_for_garbage, styles_parsed_once, waits_no_longer_than_it_takes

__all__ = ["no_search_for_garbage", "styles_parsed_once", "waits_no_longer_than_it_takes"]
