"""In every theme all text is readable, also in the selected line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.app import App
from textual.color import Color
from textual.command import CommandList
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import OptionList

from tests.ui.driving import OUTPUT, VECTOR, Opener, go_to, press, seen, settle, type_in, until
from tutor.ui.contrast import LEAST, contrast
from tutor.ui.themes import COLOURS, FIELD, MUTED, SET_OFF, THEMES, readable
from tutor.ui.widgets.prose import CODE_STYLE

OF_TEXTUAL = [readable(name) for name in BUILTIN_THEMES]
WITH_COLOURS = [theme for theme in (*THEMES, *OF_TEXTUAL) if not theme.ansi]
SEEN = 3.0
"""The contrast that WCAG 2 requires for signs and for large or bold text."""
APART = 15
"""Degrees of hue between two colours that mean different things."""


def shades(theme: Theme) -> dict[str, Color]:
    """Return the theme's colours by name, without those that depend on the background."""
    variables = {**theme.to_color_system().generate(), **theme.variables}
    names = (*COLOURS, "foreground", "background", "surface", "panel", "footer-key-foreground", "text-warning")
    return {
        name: Color.parse(variables[name]) for name in (*names, "block-cursor-background", "block-cursor-foreground")
    }


def grounds(theme: Theme) -> list[Color]:
    """Return the backgrounds of text: the screen, an editor, a dialog, the selected line, a focused field."""
    known = shades(theme)
    background = known["background"]
    places = [known[name] for name in ("background", "surface", "panel", "block-cursor-background")]
    return [*places, background.blend(known["primary"], FIELD)]


@pytest.mark.parametrize("theme", WITH_COLOURS, ids=lambda theme: theme.name)
def test_every_colour_is_readable_on_every_background(theme: Theme) -> None:
    known = shades(theme)
    for ground in grounds(theme):
        text = known["foreground"]
        assert contrast(ground, text) >= LEAST
        assert contrast(ground, ground.blend(text, MUTED)) >= SEEN
        assert all(contrast(ground, known[name]) >= SEEN for name in COLOURS)
    for name in COLOURS:
        assert contrast(known["background"], known[name]) >= LEAST
    assert contrast(known["panel"], known["footer-key-foreground"]) >= LEAST
    assert contrast(known["block-cursor-background"], known["block-cursor-foreground"]) >= LEAST
    at_rest = known["background"].blend(known["foreground"], 0.08)
    assert contrast(at_rest, at_rest.blend(known["foreground"], MUTED)) >= LEAST, "an empty cell shows its name"
    assert CODE_STYLE == "$text-warning on $warning 10%"
    assert contrast(known["background"].blend(known["warning"], 0.1), known["text-warning"]) >= LEAST


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_a_warning_does_not_look_like_the_focus(theme: Theme) -> None:
    known = shades(theme)
    assert abs(known["warning"].hsl.h - known["accent"].hsl.h) * 360 >= APART


@pytest.mark.parametrize("theme", [each for each in OF_TEXTUAL if not each.ansi], ids=lambda theme: theme.name)
def test_the_selected_line_differs_from_the_others(theme: Theme) -> None:
    known = shades(theme)
    cursor = known["block-cursor-background"]
    assert all(contrast(cursor, known[name]) >= SET_OFF for name in ("background", "panel"))


def test_a_theme_with_the_terminals_colours_is_unchanged() -> None:
    ansi = [theme for theme in OF_TEXTUAL if theme.ansi]
    assert ansi
    assert all(theme is BUILTIN_THEMES[theme.name] for theme in ansi)


def dim(app: App[None], least: float = SEEN) -> Iterator[str]:
    """Yield the texts on the screen with too little contrast to their background."""
    for strip in app.screen._compositor.render_strips():
        for part in strip:
            style = part.style
            if style is not None and style.color and style.bgcolor and any(map(str.isalnum, part.text)):
                pair = (Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
                if contrast(*pair) < least:
                    yield part.text


async def in_theme(pilot: Pilot[None], theme: str) -> None:
    """Switch to another theme."""
    pilot.app.theme = theme
    await settle(pilot)


@pytest.fixture
def many_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the application take the terminal of the tests for one with many colours."""
    monkeypatch.setattr("tutor.ui.app.FEW_COLOURS", ())


@pytest.mark.usefixtures("many_colours")
async def test_every_text_on_the_screen_has_enough_contrast(opened: Opener) -> None:
    themes = ["textual-light", "solarized-light", "tokyo-night"]

    async def assert_all_is_seen(what: str) -> None:
        for theme in themes:
            await in_theme(pilot, theme)
            assert not list(dim(pilot.app)), (what, theme)
        themes.reverse()  # the present theme is the next screen's first: changing it restyles everything

    async with opened("every-kind") as pilot:
        await type_in(pilot, "-0.7")
        await press(pilot, "enter")
        await type_in(pilot, "5")
        await press(pilot, "enter")
        await assert_all_is_seen("a lesson")
        for key in ("f7", "f3", "f4"):
            await press(pilot, key)
            await assert_all_is_seen(key)
            await press(pilot, "escape")
        await go_to(pilot, OUTPUT)
        await assert_all_is_seen("a plot")
        await press(pilot, "escape", "escape")
        await assert_all_is_seen("home")
        await press(pilot, "ctrl+p", "t")
        await until(pilot, lambda: pilot.app.screen.query_one(CommandList).option_count, "the commands")
        await assert_all_is_seen("the palette")


@pytest.mark.usefixtures("many_colours")
async def test_the_names_of_cells_are_readable(opened: Opener) -> None:
    """Only the names tell the cells apart."""
    async with opened("every-kind", screen=VECTOR) as pilot:
        for theme in ("tutor-dark", "tutor-light"):
            await in_theme(pilot, theme)
            assert "H₂" in seen(pilot.app)
            assert not [text for text in dim(pilot.app, LEAST) if "H" in text], theme


async def test_with_few_colours_the_selected_line_is_underlined(opened: Opener) -> None:
    """The line has no background colour, as its signs keep their colours."""
    async with opened("every-kind") as pilot:
        await press(pilot, "f7")
        for theme in ("tutor-dark", "ansi-light"):
            await in_theme(pilot, theme)
            assert pilot.app.has_class("-few-colours")
            lines = pilot.app.screen.query_one(OptionList)
            at_cursor, other = ([part.style for part in lines.render_line(y) if part.style] for y in (0, 1))
            assert all(style.underline for style in at_cursor)
            assert not any(style.underline for style in other)
            assert {style.bgcolor for style in at_cursor} == {style.bgcolor for style in other}
            assert at_cursor[-1].bgcolor == pilot.app.screen.background_colors[1].rich_color
