"""Code can be read in a dark theme and in a light one, and when one is changed for the other."""

from __future__ import annotations

from textual.color import Color

from tests.ui.driving import PROGRAMS, Opener, lesson_screen, session, settle
from tutor.ui.widgets.editor import Editor


def luminance(colour: Color) -> float:
    """Relative luminance as WCAG 2 has it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def least_contrast(editor: Editor) -> float:
    """The contrast of the palest of the names, words and strings in code."""
    styles = editor._theme.syntax_styles
    colours = [styles[name].color for name in ("function", "keyword", "string")]
    ground = luminance(editor.background_colors[1])
    shades = [luminance(Color.from_rich_color(colour)) for colour in colours if colour is not None]
    assert shades
    return min((max(shade, ground) + 0.05) / (min(shade, ground) + 0.05) for shade in shades)


async def test_code_can_be_read_whatever_the_theme(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(PROGRAMS))
        await settle(pilot)
        editor = lesson_screen(pilot.app).query(Editor).first()
        for theme in ("tutor-dark", "tutor-light", "tutor-dark"):
            pilot.app.theme = theme
            await settle(pilot)
            assert least_contrast(editor) > 3


async def test_an_editor_that_is_gone_is_not_kept(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        for _ in range(2):
            await lesson_screen(pilot.app).show_screen(session(pilot.app).goto(PROGRAMS))
        editors = set(pilot.app.screen.query(Editor))
        kept = {node for node in pilot.app.theme_changed_signal._subscriptions if isinstance(node, Editor)}
        assert kept == editors
