"""Scenes are played as the screens' tests are, but painted: their pictures are looked at."""

from __future__ import annotations

from tests.ui.quick import no_search_for_garbage, styles_parsed_once, waits_no_longer_than_it_takes

__all__ = ["no_search_for_garbage", "styles_parsed_once", "waits_no_longer_than_it_takes"]
