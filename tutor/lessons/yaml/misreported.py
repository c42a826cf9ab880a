"""Slips that a YAML parser reports as something else, or somewhere else, and that their lines give away."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.lessons.yaml.errors import Explained, YamlError, value_column


def misreported(slip: YamlError) -> Explained | None:
    """What an author meant, where it is one of these."""
    return _no_break_space(slip) or _unindented(slip) or _open_quote(slip) or _one_too_many(slip)


def _no_break_space(slip: YamlError) -> Explained | None:
    """A space that came along with a copied text and is none to YAML."""
    for line in dict.fromkeys((slip.line, slip.line_above)):
        text = slip.lines[line] if line < len(slip.lines) else ""
        match = re.match(r"[\s-]*[\w-]*:?(\u00a0)", text) or re.match(r"\s*-?(\u00a0)", text)
        if match:
            message = "There is a no-break space here, probably copied; put a plain one in its place."
            return Explained(line, match.start(1), message, text.replace("\u00a0", " "))
    return None


def _unindented(slip: YamlError) -> Explained | None:
    """Long text that is not further in than its own key."""
    for number in range(min(slip.line, len(slip.lines) - 1), -1, -1):
        opening = re.match(r"(?P<before>\s*(?:- +)*)[\w-]+: *[|>][-+]?\s*$", slip.lines[number])
        if opening is None:
            continue
        below = next((at for at in range(number + 1, len(slip.lines)) if slip.lines[at].strip()), None)
        if below is None or below > slip.line:
            continue
        text = slip.lines[below]
        indent = len(text) - len(text.lstrip())
        if indent <= len(opening["before"]) and not re.match(r"\s*(- |[\w-]+:( |$))", text):
            return Explained(below, indent, "Text after | must be indented further than its key.")
        return None
    return None


def _open_quote(slip: YamlError) -> Explained | None:
    """A quote that nothing closes on its line; the parser reads on to the next one, and stops after that."""
    for number in range(min(slip.line, len(slip.lines)) - 1, -1, -1):
        text = slip.lines[number]
        column = value_column(text)
        for quote in "'\"":
            if text[column:].startswith(quote) and quote not in text[column + 1 :] and _begins(slip.lines, number + 1):
                return Explained(number, column, f"This {quote} is never closed.", text.rstrip() + quote)
        if "'" in text or '"' in text:
            return None
    return None


def _begins(lines: Sequence[str], number: int) -> bool:
    """Whether an item or a key begins on the next line that is not empty."""
    text = next((line for line in lines[number:] if line.strip()), "")
    return re.match(r"\s*(- |[\w-]+:( |$))", text) is not None


def _one_too_many(slip: YamlError) -> Explained | None:
    """A closing brace or bracket that nothing opened."""
    for line in dict.fromkeys((slip.line, slip.line_above)):
        text = slip.lines[line] if line < len(slip.lines) else ""
        value = text[value_column(text) :].rstrip()
        if value[:1] not in ("{", "[") or "'" in value or '"' in value:
            continue
        depth = 0
        for place, character in enumerate(value):
            depth += (character in "{[") - (character in "}]")
            if depth < 0 and not value[place + 1 :].strip("}] "):
                column = value_column(text) + place
                return Explained(line, column, f"There is a {character} too many here.", text[:column])
    return None
