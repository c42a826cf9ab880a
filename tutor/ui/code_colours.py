"""Choose the colours of code: a few of the theme's own, made readable on their background in every theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.color import Color
from textual.content import Content
from textual.theme import Theme

from tutor.ui.contrast import legible_on
from tutor.ui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {"keyword": "secondary", "string": "success", "number": "accent", "call": "primary", "aside": "foreground"}
"""The kinds of tokens that have a colour of their own, with the theme's colour for each. The rest has the colour of
text."""


def code_colours(theme: Theme) -> dict[str, str]:
    """Return the theme's variables ``code-keyword``, ``code-string`` and so on. ``code-in-hand`` is the background of
    an editor that has the focus."""
    shades: Mapping[str, str] = theme.to_color_system().generate()
    found = {kind: Color.parse(shades[name]) for kind, name in KINDS.items()}
    text, surface = Color.parse(shades["foreground"]), Color.parse(shades["surface"])
    if any(colour.ansi is not None for colour in (text, surface, *found.values())):
        own = {f"code-{kind}": shades[name] for kind, name in KINDS.items()}  # the terminal's own colours
        return {**own, "code-in-hand": shades["surface"]}
    found["aside"] = surface.blend(text, 0.6)
    in_hand = surface.blend(Color.parse(shades["primary"]), 0.07)
    grounds = (surface, in_hand.blend(text, 0.06))  # the cursor's line is tinted as well
    shown = {f"code-{kind}": legible_on(grounds, colour, text).hex for kind, colour in found.items()}
    return {**shown, "code-in-hand": in_hand.hex}


# The tokens of each kind, as tree-sitter names those of Python and as Pygments does. Of the calls only builtins are
# coloured: Pygments does not recognize others, and code must look the same in an editor and around a gap.
TREE_SITTER = {
    "keyword": (
        "keyword keyword.function keyword.return keyword.operator conditional repeat exception include boolean "
        "constant.builtin variable.builtin"
    ),
    "string": "string string.documentation string.escape",
    "number": "number float",
    "call": "function method function.builtin type.class",
    "aside": "comment",
}
PYGMENTS = {
    "keyword": "Keyword Operator.Word Name.Builtin.Pseudo",
    "string": "String",
    "number": "Number",
    "call": "Name.Function Name.Builtin Name.Class",
    "aside": "Comment",
}


def highlighted(code: str, language: str) -> Content:
    """Return code in colours, or plain if no language is given."""
    if not language:
        return Content(clean(code))
    from pygments.token import Token, string_to_tokentype  # type: ignore[import-untyped]  # it has no types
    from textual.highlight import HighlightTheme, highlight

    class Colours(HighlightTheme):
        STYLES = {
            Token: "$foreground",  # as in an editor; Textual's default is white or black
        } | {
            string_to_tokentype(token): f"$code-{kind}" for kind, tokens in PYGMENTS.items() for token in tokens.split()
        }

    return highlight(clean(code), language=language, theme=Colours)
