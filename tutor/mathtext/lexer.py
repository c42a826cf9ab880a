"""Split LaTeX source into tokens, each with its position."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from tutor.mathtext.errors import MathError

LONGEST = 5_000
_TOKEN = re.compile(
    r"\\(?P<name>[A-Za-z]+\*?)|\\(?P<mark>.)|(?P<space>\s+)|(?P<special>[{}^_&~$#%])|(?P<character>[^\\])", re.S
)
_STARRED = frozenset(["operatorname*"])
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Token(Enum):
    """The kind of a token."""

    COMMAND = "command"
    NEW_LINE = "new line"
    SPECIAL = "special"
    CHARACTER = "character"
    END = "end"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One token: its kind, its text without a backslash, and the source offsets where it starts and ends."""

    kind: Token
    text: str
    start: int
    end: int


def tokens(source: str) -> list[Lexeme]:
    """Return the tokens of ``source``, ending with END. White space ends a command's name and is otherwise dropped.

    Raises:
        MathError: for control characters, a backslash at the end, or a source longer than LONGEST characters.
    """
    if len(source) > LONGEST:
        raise MathError(f"A formula of more than {LONGEST} characters is not set.", LONGEST)
    if control := _CONTROL.search(source):
        raise MathError("There is an invisible control character here.", control.start() + 1)
    found: list[Lexeme] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise MathError("A formula cannot end with a lone backslash.", position + 1)
        token = _token(match)
        position = match.end() if token is None else token.end
        if token is not None:
            found.append(token)
    return [*found, Lexeme(Token.END, "", len(source), len(source))]


def _token(match: re.Match[str]) -> Lexeme | None:
    start, end = match.span()
    if name := match["name"]:
        if name.endswith("*") and name not in _STARRED:
            name, end = name[:-1], end - 1
        return Lexeme(Token.COMMAND, name, start, end)
    if mark := match["mark"]:
        if mark == "\\":
            return Lexeme(Token.NEW_LINE, mark, start, end)
        return Lexeme(Token.COMMAND, " " if mark.isspace() else mark, start, end)
    if match["space"]:
        return None
    if match["special"]:
        return Lexeme(Token.SPECIAL, match["special"], start, end)
    return Lexeme(Token.CHARACTER, match["character"], start, end)
