"""Split a typed text into tokens, each with its column in the text as typed.

Mathematical Unicode is folded here and nowhere else: every minus sign becomes ``-``, superscripts become ``^(…)``,
subscripts and full-width digits become digits, a combining hat becomes ``hat``, ``∂`` becomes ``d``. Nothing is
evaluated.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tutor.errors import FormulaError

#: Limits on the input, so that any answer is tokenised in well under a millisecond per hundred characters.
MAX_LENGTH = 1000
MAX_TOKENS = 400

_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚₛₜ", "0123456789aehijklmnopst", strict=True))
_SIGNS = {
    **dict.fromkeys("−–—‐‑‒﹣－", "-"),
    **dict.fromkeys("×·⋅∗•∙✕", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("′’‘ʼʹ´`＇", "'"),
    "″": "''",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "∧": " and ",
    "∨": " or ",
    "¬": " not ",
    "∂": "d",
    "𝜕": "d",
    "ŷ": "yhat",
    "…": "..",
    "µ": "μ",
    "ϵ": "ε",
    "ϑ": "θ",
    "ᵀ": ".T",
    "\u200b": "",
    "\u2060": "",
    "\ufeff": "",
}
_HAT = "\u0302"

_TOKEN = re.compile(
    r"(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>(?:[^\W\d]\w*:)?[^\W\d]\w*(?:\.(?!T\b)[^\W\d]\w*)*'*(?:@\d+(?!\.?\d))?'*)"
    r"|(?P<operator>\*\*|\.\.|\.T\b|<=|>=|!=|==|<>|&&|\|\||[-+*/^()\[\],;%=<>@!√|])"
    r"|(?P<space>\s+)"
    r"|(?P<unknown>.)",
    re.S,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token; ``kind`` is number, name, operator or end; ``column`` counts from 1; ``spaced``: after a space."""

    kind: str
    text: str
    column: int
    spaced: bool = False


def normalise(text: str) -> tuple[str, list[int]]:
    """Return the text in plain signs, and the original column, from 0, of each of its characters and of its end."""
    out: list[str] = []
    columns: list[int] = []
    place = 0
    while place < len(text):
        start, char = place, text[place]
        place += 1
        if char in _SUPERSCRIPTS:
            while place < len(text) and text[place] in _SUPERSCRIPTS:
                place += 1
            plain = "^(" + "".join(_SUPERSCRIPTS[each] for each in text[start:place]) + ")"
        elif char == _HAT:
            plain = "hat"
        elif char in _SIGNS:
            plain = _SIGNS[char]
        elif char in _SUBSCRIPTS:
            plain = _SUBSCRIPTS[char]
        elif char == "y" and text[place : place + 1] == _HAT:
            plain = "y"
        elif ord(char) < 128 or char.isspace():
            plain = char
        else:
            plain = unicodedata.normalize("NFKC", char)
            plain = "".join(_digit(each) for each in plain)
        for each in plain:
            out.append(each)
            columns.append(start)
    columns.append(len(text))
    return "".join(out), columns


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text; the last one has kind ``end``.

    Raises:
        FormulaError: A sign is unknown, or the text is too long.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"This is longer than {MAX_LENGTH} characters.", MAX_LENGTH + 1, hint="Write a shorter one.")
    plain, columns = normalise(text)
    found: list[Token] = []
    spaced = False
    for match in _TOKEN.finditer(plain):
        kind, column = match.lastgroup or "unknown", columns[match.start()] + 1
        if kind == "space":
            spaced = True
            continue
        if kind == "unknown":
            sign = text[column - 1]
            shown = f"'{sign}'" if sign.isprintable() else repr(sign)
            raise FormulaError(
                f"The sign {shown} has no meaning here.", column, hint="Take it out, or use + - * / ^ ( )."
            )
        found.append(Token(kind, match[0], column, spaced))
        spaced = False
        if len(found) > MAX_TOKENS:
            raise FormulaError("There are too many symbols.", column, hint="Write a shorter one.")
    found.append(Token("end", "", columns[-1] + 1, spaced))
    return found


_DECIMAL_COMMA = re.compile(r"(?<![\w.,])(\d+),(\d+)(?![\w.,])")


def decimal_comma(source: str, column: int) -> str:
    """Return a message for an error in a number such as ``0,5`` in an author's formula, or an empty string."""
    for match in _DECIMAL_COMMA.finditer(source):
        if match.start() <= column - 1 <= match.end():
            return f"A decimal has a point here: {match[1]}.{match[2]}."
    return ""
