"""Code is readable in dark and light themes, and after a change of theme."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tests.ui.driving import GAPS, PROGRAMS, Opener, lesson_screen, session, settle
from tutor.ui.code_colours import KINDS, code_colours, highlighted
from tutor.ui.contrast import LEAST, contrast
from tutor.ui.themes import DARK, LIGHT, THEMES
from tutor.ui.widgets.editor import Editor


def test_contrast_follows_wcag() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [*THEMES, *BUILTIN_THEMES.values()], ids=lambda theme: theme.name)
def test_every_colour_of_code_is_readable(theme: Theme) -> None:
    colours = code_colours(theme)
    del colours["code-in-hand"]
    assert set(colours) == {f"code-{kind}" for kind in KINDS}
    shades = theme.to_color_system().generate()
    text, surface = Color.parse(shades["foreground"]), Color.parse(shades["surface"])
    if text.ansi is None:  # otherwise the terminal chooses the colours
        # a theme's text may have less contrast than LEAST
        least = min(LEAST, contrast(text, surface))
        assert all(contrast(Color.parse(colour), surface) >= least for colour in colours.values())


async def test_the_highlight_query_is_compiled_once_for_all_editors(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS) as pilot:
        first, second = lesson_screen(pilot.app).query(Editor)
        query = first._highlight_query
        assert query is not None
        assert second._highlight_query is query
        first.load_text("x = 'other code'\n")
        assert first._highlight_query is query
        assert any(name == "string" for _, _, name in first._highlights[0])


async def test_an_editor_has_the_colours_of_the_chosen_theme(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(PROGRAMS))
        await settle(pilot)
        editor = lesson_screen(pilot.app).query(Editor).first()
        for theme in (DARK, LIGHT, DARK):
            pilot.app.theme = theme.name
            await settle(pilot)
            styles, ground = editor._theme.syntax_styles, editor.background_colors[1]
            assert styles["keyword"].color == Color.parse(code_colours(theme)["code-keyword"]).rich_color
            shades = [Color.from_rich_color(style.color) for style in styles.values() if style.color is not None]
            assert min(contrast(shade, ground) for shade in shades) >= LEAST
            numbers = editor.get_component_rich_style("text-area--gutter").color
            assert numbers is not None
            assert contrast(Color.from_rich_color(numbers), ground) >= LEAST


async def test_very_long_code_is_not_highlighted(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS) as pilot:
        editor = lesson_screen(pilot.app).query(Editor).first()
        for code, has_colours in (
            ("x = 1\n", True), ("x = [" + "1, " * 1000 + "]\n", False), ("x = 1\n" * 20_000, False), ("x = 1", True)
        ):  # fmt: skip
            editor.load_text(code)
            assert any(editor._highlights.values()) is has_colours
        editor.insert("y" * 2000)
        assert not any(editor._highlights.values())
        editor.undo()
        assert any(editor._highlights.values())


async def test_a_removed_editor_unsubscribes_from_theme_changes(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        screen = lesson_screen(pilot.app)
        await screen.show_screen(session(pilot.app).goto(PROGRAMS))
        await settle(pilot)
        assert any(isinstance(node, Editor) for node in pilot.app.theme_changed_signal._subscriptions)
        await screen.show_screen(session(pilot.app).goto(GAPS))
        await settle(pilot)
        assert not any(isinstance(node, Editor) for node in pilot.app.theme_changed_signal._subscriptions)


def test_code_around_a_gap_is_highlighted_as_in_an_editor() -> None:
    code = highlighted("for k in range(3):  # 2", "python")
    lit = {code.plain[span.start : span.end].strip(): span.style for span in code.spans if "code" in str(span.style)}
    assert lit == {
        "for": "$code-keyword", "in": "$code-keyword", "range": "$code-call", "3": "$code-number", "# 2": "$code-aside"
    }  # fmt: skip
    others = {str(span.style) for span in code.spans if code.plain[span.start : span.end] == "k"}
    assert others == {"$foreground"}, "other code has the colour of text"
