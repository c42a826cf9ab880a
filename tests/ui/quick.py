"""Fixtures that speed up tests of the application by skipping work that they do not check. A conftest imports them."""

from __future__ import annotations

from collections.abc import Callable
from inspect import CO_VARARGS, CO_VARKEYWORDS, signature

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.design import ColorSystem
from textual.screen import Screen

from tests.ui.waiting import wait_no_longer_than_it_takes


@pytest.fixture(autouse=True)
def painted_when_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render the screen only when a test looks at it, not at every change: this saves a quarter of the time."""
    paint = Compositor.render_update

    def only_whole(
        self: Compositor, full: bool = False, screen_stack: list[Screen[object]] | None = None, simplify: bool = False
    ) -> RenderableType | None:
        self._dirty_regions.clear()
        return paint(self, full, screen_stack, simplify) if full else None

    monkeypatch.setattr(Compositor, "render_update", only_whole)


@pytest.fixture(autouse=True)
def waits_no_longer_than_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the pilot's waits, which took half of the CPU time and most of the elapsed time."""
    wait_no_longer_than_it_takes(monkeypatch)


@pytest.fixture(autouse=True)
def painted_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint a change after a millisecond instead of a sixtieth of a second, which took a third of the elapsed time."""
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 0.001)


@pytest.fixture(autouse=True)
def no_search_for_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the application's garbage collection, which would scan everything that earlier tests have loaded."""
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
    """Parse a style sheet with the same colours only once: this saves a third of the time to open an application."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parsed_once)


@pytest.fixture(autouse=True)
def rules_found_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash Textual's rules by their identity in C instead of in Python, which takes 3 % of the time: styling a widget
    looks up every rule."""
    monkeypatch.setattr(RuleSet, "__hash__", object.__hash__)


_generate = ColorSystem.generate
_generated: dict[str, dict[str, str]] = {}


def _generated_once(self: ColorSystem) -> dict[str, str]:
    key = repr(vars(self))
    if key not in _generated:
        _generated[key] = _generate(self)
    return dict(_generated[key])


@pytest.fixture(autouse=True)
def colours_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work out the shades of a theme only once: this takes 2 % of the time to open an application."""
    monkeypatch.setattr(ColorSystem, "generate", _generated_once)


def _parameters(function: Callable[..., object]) -> int:
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__") or code.co_flags & (CO_VARARGS | CO_VARKEYWORDS):
        return len(signature(function).parameters)
    count: int = code.co_argcount + code.co_kwonlyargcount
    return count


@pytest.fixture(autouse=True)
def parameters_counted_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count the parameters of a callback from its code. Its whole signature takes 2 % of the time."""
    monkeypatch.setattr("textual._callback._count_parameters", _parameters)
