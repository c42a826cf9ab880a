"""Fixtures that take away from a test of the application what it does not look at: a conftest imports them."""

from __future__ import annotations

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.screen import Screen

from tests.ui.waiting import wait_no_longer_than_it_takes


@pytest.fixture(autouse=True)
def painted_when_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen is put together when a test looks at it, not at every change: a quarter of the time of these tests."""
    paint = Compositor.render_update

    def only_whole(
        self: Compositor, full: bool = False, screen_stack: list[Screen[object]] | None = None, simplify: bool = False
    ) -> RenderableType | None:
        self._dirty_regions.clear()
        return paint(self, full, screen_stack, simplify) if full else None

    monkeypatch.setattr(Compositor, "render_update", only_whole)


@pytest.fixture(autouse=True)
def waits_no_longer_than_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the processor's time, and most of the clock's, went into waiting."""
    wait_no_longer_than_it_takes(monkeypatch)


@pytest.fixture(autouse=True)
def no_search_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking through all that the tests before have loaded takes longer than many a test."""
    for name in ("collect", "freeze", "unfreeze"):
        monkeypatch.setattr(f"tutor.ui.app.gc.{name}", lambda: None)


_parse = Stylesheet._parse_rules
_parsed: dict[object, dict[object, list[RuleSet]]] = {}


def _parsed_once(
    self: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    sheets = vars(self).get("parsed before") if vars(self).get("colours of that") is self._variables else None
    if sheets is None:
        sheets = _parsed.setdefault(tuple(self._variables.items()), {})
        vars(self).update({"parsed before": sheets, "colours of that": self._variables})
    sheet = css, read_from, is_default_rules, tie_breaker, scope
    if sheet not in sheets:
        sheets[sheet] = _parse(self, *sheet)
    rules: list[RuleSet] = sheets[sheet]
    return rules


@pytest.fixture(autouse=True)
def styles_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same style sheet in the same colours is parsed for the first application only: a third of opening one."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parsed_once)
