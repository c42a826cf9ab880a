"""The application on one small lesson, with progress in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.pilot import Pilot
from textual.screen import Screen

from tests.ui.driving import LESSON, Opener, settle
from tests.ui.waiting import wait_no_longer_than_it_takes
from tutor import paths
from tutor.store import Store
from tutor.ui.app import TutorApp


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


@pytest.fixture
def lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one lesson, in place of the course's."""
    folder = tmp_path / "lessons"
    folder.mkdir()
    (folder / "01-every-kind.yaml").write_text(LESSON, encoding="utf-8")
    monkeypatch.setattr(paths, "shipped_lessons", lambda: folder)
    return folder


@pytest.fixture
def store() -> Store:
    """Progress in memory, of a learner who has seen the tour."""
    fresh = Store(None)
    fresh.set_setting("tour-seen", True)
    return fresh


@pytest.fixture
def opened(lessons: Path, store: Store) -> Opener:
    """Opens the application: ``async with opened("every-kind", screen=2, size=(80, 24)) as pilot``."""

    @asynccontextmanager
    async def open_it(
        target: str | None = None, *, screen: int = 0, size: tuple[int, int] = (80, 24), toasts: bool = False
    ) -> AsyncIterator[Pilot[None]]:
        if target is not None and screen:
            store.set_position(target, "", screen)
        app = TutorApp(store, target, warm=False)
        app.animation_level = "none"
        async with app.run_test(size=size, notifications=toasts) as pilot:
            await settle(pilot)
            yield pilot

    return open_it
