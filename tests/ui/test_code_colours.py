"""Code is readable in dark and light themes, and after a change of theme."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from tests.ui.driving import GAPS, PROGRAMS, Opener, go_to, lesson_screen, settle
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


async def test_editors_share_a_query_follow_the_theme_and_leave_long_code_plain(opened: Opener) -> None:
    async with opened("every-kind", screen=PROGRAMS) as pilot:
        editor, second = lesson_screen(pilot.app).query(Editor)
        query = editor._highlight_query
        assert query is not None
        assert second._highlight_query is query, "it is compiled once for all editors"
        editor.load_text("x = 'other code'\n")
        assert editor._highlight_query is query
        assert any(name == "string" for _, _, name in editor._highlights[0])

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

        long_line, many_lines = "x = [" + "1, " * 1000 + "]\n", f"x = {'1' * 900}\n" * 60
        for code, has_colours in (("x = 1\n", True), (long_line, False), (many_lines, False), ("x = 1", True)):
            editor.load_text(code)
            assert any(editor._highlights.values()) is has_colours, code[:9]
        editor.insert("y" * 2000)
        assert not any(editor._highlights.values())
        editor.undo()
        assert any(editor._highlights.values())

        assert any(isinstance(node, Editor) for node in pilot.app.theme_changed_signal._subscriptions)
        await go_to(pilot, GAPS)
        assert not any(isinstance(node, Editor) for node in pilot.app.theme_changed_signal._subscriptions), (
            "a removed editor no longer hears of themes"
        )


def test_code_around_a_gap_is_highlighted_as_in_an_editor() -> None:
    code = highlighted("for k in range(3):  # 2", "python")
    lit = {code.plain[span.start : span.end].strip(): span.style for span in code.spans if "code" in str(span.style)}
    assert lit == {
        "for": "$code-keyword", "in": "$code-keyword", "range": "$code-call", "3": "$code-number", "# 2": "$code-aside"
    }  # fmt: skip
    others = {str(span.style) for span in code.spans if code.plain[span.start : span.end] == "k"}
    assert others == {"$foreground"}, "other code has the colour of text"
