"""The colours of code: a few, the theme's own, told easily from what they stand on, whatever theme is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.color import Color
from textual.content import Content
from textual.theme import Theme

from tutor.ui.contrast import told_from
from tutor.ui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {"keyword": "secondary", "string": "success", "number": "accent", "call": "primary", "aside": "foreground"}
"""What is told apart in code, with the theme's colour for it. All else has the colour of text."""


def code_colours(theme: Theme) -> dict[str, str]:
    """Return the theme's variables ``code-keyword``, ``code-string`` and so on; ``code-in-hand`` is what they stand
    on in an editor that has the focus."""
    shades: Mapping[str, str] = theme.to_color_system().generate()
    found = {kind: Color.parse(shades[name]) for kind, name in KINDS.items()}
    text, surface = Color.parse(shades["foreground"]), Color.parse(shades["surface"])
    if any(colour.ansi is not None for colour in (text, surface, *found.values())):
        own = {f"code-{kind}": shades[name] for kind, name in KINDS.items()}  # the terminal's
        return {**own, "code-in-hand": shades["surface"]}
    found["aside"] = surface.blend(text, 0.6)
    in_hand = surface.blend(Color.parse(shades["primary"]), 0.07)
    grounds = (surface, in_hand.blend(text, 0.06))  # the line of the cursor is tinted once more
    told = {f"code-{kind}": told_from(grounds, colour, text).hex for kind, colour in found.items()}
    return {**told, "code-in-hand": in_hand.hex}


# The tokens of each kind, as tree-sitter calls those of Python and as Pygments does. Calls are not lit but for the
# builtins: Pygments does not know them, and code is to look alike in an editor and around a gap.
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
    """Return code in colours; plain where no language is given."""
    if not language:
        return Content(clean(code))
    from pygments.token import Token, string_to_tokentype  # type: ignore[import-untyped]  # it brings no types
    from textual.highlight import HighlightTheme, highlight

    class Colours(HighlightTheme):
        STYLES = {
            Token: "$foreground",  # as in an editor; Textual would have it white or black
        } | {
            string_to_tokentype(token): f"$code-{kind}" for kind, tokens in PYGMENTS.items() for token in tokens.split()
        }

    return highlight(clean(code), language=language, theme=Colours)
