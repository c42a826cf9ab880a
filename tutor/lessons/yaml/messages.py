"""Explain YAML errors in sentences that say how to fix them, and repair the line if the fix is obvious.

With the line repaired, the rest of the file can be read, so that all problems of a file are reported at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

_VALUE = re.compile(r"^(?P<lead>\s*(?:- +)*(?:[\w.@/-]+ *:[ \t]+)?)(?P<value>\S.*)$")
_KEY_WITHOUT_SPACE = re.compile(r"^\s*(?:- +)*(?P<key>[A-Za-z_][\w-]*):(?P<value>[^\s/].*)$")
_LATEX = re.compile(
    r"\\(theta|tanh|tau|times|text|to|top|tfrac|nabla|nu|neq?|not|newline|beta|bar|begin|boldsymbol|big|binom|bmod"
    r"|frac|forall|right|rho|rightarrow|alpha|approx|arg|argmax|ast|vec|varepsilon|vdots|eta|epsilon|exp|equiv)(?![a-z])"
)

SINGLE_QUOTES = "put the text in single quotes: '…'"


@dataclass(frozen=True, slots=True)
class Explained:
    """A YAML error in words for an author. ``line`` and ``column`` count from 0; ``repaired`` replaces the line."""

    line: int
    column: int
    message: str
    repaired: str | None = None


@dataclass(frozen=True, slots=True)
class YamlError:
    """What the parser reported. Lines and columns count from 0; ``context_line`` is −1 if there is no context."""

    lines: Sequence[str]
    line: int
    column: int
    context_line: int
    context_column: int

    @property
    def text(self) -> str:
        """The line on which the parser stopped."""
        return self.line_at(self.line)

    def line_at(self, number: int) -> str:
        """Return a line; empty after the last."""
        return self.lines[number] if number < len(self.lines) else ""

    @property
    def character(self) -> str:
        """The character at which it stopped."""
        return self.text[self.column : self.column + 1]

    @property
    def indent(self) -> int:
        """The indentation of that line."""
        return len(self.text) - len(self.text.lstrip())

    @property
    def line_above(self) -> int:
        """The nearest line above that is neither empty nor a comment; 0 if there is none."""
        return next(self._lines_above(), 0)

    def _lines_above(self) -> Iterator[int]:
        numbers = range(min(self.line, len(self.lines)) - 1, -1, -1)
        return (number for number in numbers if re.match(r"\s*[^\s#]", self.lines[number]))

    @property
    def aligned(self) -> str:
        """The line with the indentation of the one above or of its list, or with more if that line opens something."""
        text = self.text.strip()
        above = next((self.lines[number] for number in self._lines_above()), "")
        dash = len(above) - len(above.lstrip(" "))
        column = len(above) - len(above.lstrip(" -"))
        if re.search(r":( +[|>][-+]?)?\s*$", above):
            return " " * (column + 2) + text
        return " " * (dash if text.startswith("- ") else column) + text


def quoted(line: str) -> str | None:
    """Return the line with its value in single quotes, or None if that makes no sense."""
    match = _VALUE.match(line)
    if match is None or (match["value"][0] in "'\"|>" and len(match["value"]) < 3):
        return None
    return match["lead"] + "'" + match["value"].rstrip().replace("'", "''") + "'"


def value_column(line: str) -> int:
    """Return the column in which a line's value begins."""
    match = _VALUE.match(line)
    return match.start("value") if match else 0


def explain(problem: str, line: int, column: int, context: tuple[int, int] | None, lines: Sequence[str]) -> Explained:
    """Return the author's error behind a message of the YAML parser; all lines and columns count from 0."""
    context_line, context_column = context or (-1, 0)
    error = YamlError(lines, line, column, context_line, context_column)
    for pattern, explained in _BY_MESSAGE:
        if re.search(pattern, problem) and (found := explained(error)):
            return found
    return Explained(line, column, f"YAML cannot read this: {problem}.")


# -- errors that the parser reports as something else, or somewhere else -------------------------------------------


def _no_break_space(error: YamlError) -> Explained | None:
    """Explain a no-break space in copied text, which YAML does not take for a space."""
    for line in dict.fromkeys((error.line, error.line_above)):
        text = error.line_at(line)
        match = re.match(r"[\s-]*[\w-]*:?(\u00a0)", text) or re.match(r"\s*-?(\u00a0)", text)
        if match:
            message = "There is a no-break space here, probably copied; put a plain one in its place."
            return Explained(line, match.start(1), message, text.replace("\u00a0", " "))
    return None


def _unindented(error: YamlError) -> Explained | None:
    """Explain a block of text that is not indented further than its key."""
    for number in range(min(error.line, len(error.lines) - 1), -1, -1):
        opening = re.match(r"(?P<before>\s*(?:- +)*)[\w-]+: *[|>][-+]?\s*$", error.lines[number])
        if opening is None:
            continue
        below = next((at for at in range(number + 1, len(error.lines)) if error.lines[at].strip()), None)
        if below is None or below > error.line:
            continue
        text = error.lines[below]
        indent = len(text) - len(text.lstrip())
        if indent <= len(opening["before"]) and not re.match(r"\s*(- |[\w-]+:( |$))", text):
            return Explained(below, indent, "Text after | must be indented further than its key.")
        return None
    return None


def _quote_left_open(error: YamlError) -> Explained | None:
    """Explain a quote that is not closed on its line: the parser reads on to the next quote, and stops after that."""
    for number in range(min(error.line, len(error.lines)) - 1, -1, -1):
        text = error.lines[number]
        column = value_column(text)
        for quote in "'\"":
            if text[column:].startswith(quote) and quote not in text[column + 1 :] and _begins(error.lines, number + 1):
                return Explained(number, column, f"This {quote} is never closed.", text.rstrip() + quote)
        if "'" in text or '"' in text:
            return None
    return None


def _begins(lines: Sequence[str], number: int) -> bool:
    """Return whether an item or a key begins on the next line that is not empty."""
    text = next((line for line in lines[number:] if line.strip()), "")
    return re.match(r"\s*(- |[\w-]+:( |$))", text) is not None


def _one_too_many(error: YamlError) -> Explained | None:
    """Explain a closing brace or bracket too many."""
    for line in dict.fromkeys((error.line, error.line_above)):
        text = error.line_at(line)
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


# -- one function per kind of message -------------------------------------------------------------------------------


def _bad_start(error: YamlError) -> Explained | None:
    indentation = error.text[: error.indent]
    if "\t" in indentation or error.character == "\t":
        column = indentation.find("\t") if "\t" in indentation else error.column
        return Explained(error.line, column, "There is a tab here; indent with spaces.", error.aligned)
    return _unquoted(error.text, error.line, error.column) if error.character in tuple("`@%") else None


def _unquoted(text: str, line: int, column: int) -> Explained:
    """Explain a text that has to be in quotes because of the character at the column."""
    return Explained(
        line, column, f"A text that begins with {text[column]} must be in single quotes: '…'.", quoted(text)
    )


def _colon(error: YamlError) -> Explained | None:
    before = error.text[: error.column].strip().removeprefix("- ").strip()
    if " " not in before and ":" not in error.text[: error.column] and error.line > 0:
        return _key_after_text(error)
    message = f"A colon and a space within a text make YAML read a key; {SINGLE_QUOTES}."
    return Explained(error.line, error.column, message, quoted(error.text))


def _key_after_text(error: YamlError) -> Explained:
    above = error.line_above
    text = error.lines[above]
    start = len(text) - len(text.lstrip(" -"))
    if found := _key_without_space(text, above):
        return found
    if ":" not in text:
        return _colon_missing(text, above)
    if error.indent > start:
        message = "This line is indented under the one above, and so is too deep: align it with the line above."
        if error.text.lstrip().startswith("- "):
            message = "This list follows a line that already has its value; write a key before it, such as blocks:."
            return Explained(error.line, error.indent, message)
        return Explained(error.line, error.indent, message, error.aligned)
    return _fits_none(error, error.indent)


def _key_expected(error: YamlError) -> Explained | None:
    if error.column > error.indent:
        return _after_value(error)
    above = error.lines[error.line_above]
    if re.search(r"\S +#", above) and not re.match(r"\s*(- |[\w-]+:)", error.text):
        message = "A space and # begin a comment, which ends the text here; put long text after | or in single quotes."
        return Explained(error.line_above, above.find(" #") + 1, message)
    if found := _key_without_space(error.text, error.line):
        return found
    if error.character == "-":
        message = "This is a list item; write a key here, or correct the indentation."
        return Explained(error.line, error.column, message)
    return _fits_none(error, error.column)


def _fits_none(error: YamlError, column: int) -> Explained:
    message = "This line aligns with nothing above; begin a block's keys in one column."
    return Explained(error.line, column, message, error.aligned)


def _after_value(error: YamlError) -> Explained | None:
    column = value_column(error.text)
    first = error.text[column : column + 1]
    if first == "'":
        message = "An apostrophe ends a text in single quotes; write it twice: ''."
        inner = error.text[column + 1 :].rstrip().removesuffix("'").replace("''", "'").replace("'", "''")
        return Explained(error.line, error.column - 1, message, error.text[: column + 1] + inner + "'")
    if first == '"':
        message = "A double quote ends a text in double quotes; put the text in single quotes: '…\"…'."
        return Explained(error.line, error.column - 1, message, quoted(error.text))
    return _unquoted(error.text, error.line, column) if first and first in "{[*&!" else None


def _flow(error: YamlError) -> Explained | None:
    opened = error.lines[error.context_line]
    opening = opened[error.context_column : error.context_column + 1] or "{"
    closing = "}" if opening == "{" else "]"
    text = error.text
    if error.line > error.context_line and (not text.strip() or re.match(r"^\s*(- +)?[\w-]+:", text)):
        repaired = opened.rstrip() + closing if error.line_above == error.context_line else None
        message = f"This {opening} is never closed; a {closing} is missing."
        return Explained(error.context_line, error.context_column, message, repaired)
    if re.search(r"'[^']*[^\W\d]'$", text[: error.column]) and error.character.isalpha():
        return Explained(
            error.line, error.column - 1, "An apostrophe ends a text in single quotes; write it twice: ''."
        )
    if error.line > error.context_line and (comment := re.compile(r"\s#").search(opened, error.context_column)):
        message = f"A space and # begin a comment, which ends the line here; {SINGLE_QUOTES}."
        return Explained(error.context_line, comment.start() + 1, message)
    if error.character in ("[", "{") and text[: error.column].rstrip()[-1:] in ("]", "}"):
        return Explained(error.line, error.column, "A comma is missing before this.", _with_comma(error))
    if error.character in tuple("[]{}:"):
        what = "A colon and a space" if error.character == ":" else "A bracket or brace"
        message = f"{what} within {opening} {closing} ends a text; {SINGLE_QUOTES}."
        return Explained(error.line, error.column, message)
    if error.column >= len(text.rstrip()):
        return Explained(error.line, error.column, f"A comma or the closing {closing} is missing here.")
    message = f"A comma or the closing {closing} is missing before this."
    return Explained(error.line, error.column, message, _with_comma(error))


def _with_comma(error: YamlError) -> str:
    return f"{error.text[: error.column]}, {error.text[error.column :]}"


def _tight_colon(error: YamlError) -> Explained | None:
    word = re.search(r"[\w-]+$", error.text[: error.column])
    if word is None:
        return None
    column = error.column + 1
    message = f"Put a space after the colon: {word[0]}: …"
    return Explained(error.line, error.column, message, error.text[:column] + " " + error.text[column:])


def _escape(error: YamlError) -> Explained:
    letter = error.text[error.column + 1 : error.column + 2]
    message = f"Double quotes read \\{letter} as an escape; put mathematics in single quotes: '…'."
    repaired = error.text.replace('"', "'") if error.text.count('"') == 2 and "'" not in error.text else None
    return Explained(error.line, error.column, message, repaired)


def _open_quote(error: YamlError) -> Explained:
    quote = error.lines[error.context_line][error.context_column : error.context_column + 1]
    return Explained(error.context_line, error.context_column, f"This {quote} is never closed.")


def _block_text(error: YamlError) -> Explained:
    line, column = error.context_line, error.context_column
    text = error.lines[line]
    mark = text[column : column + 1]
    message = f"A text that begins with {mark} must be in single quotes: '…'; long text begins on the line after |."
    return Explained(line, column, message, quoted(text))


def _begins_with(error: YamlError) -> Explained | None:
    line = error.context_line if error.context_line >= 0 else error.line
    text = error.line_at(line)
    column = value_column(text)
    first = text[column : column + 1]
    return _unquoted(text, line, column) if first and first in "*&!],}?%@`" else None


def _simple_key(error: YamlError) -> Explained | None:
    line = error.context_line if error.context_line >= 0 else error.line
    text = error.lines[line]
    return _key_without_space(text, line) or _colon_missing(text, line)


def _key_without_space(text: str, line: int) -> Explained | None:
    tight = _KEY_WITHOUT_SPACE.match(text)
    if tight is None:
        return None
    value = tight.start("value")
    message = f"Put a space after the colon: {tight['key']}: {tight['value']}"
    return Explained(line, value - 1, message, f"{text[:value]} {text[value:]}")


def _colon_missing(text: str, line: int) -> Explained:
    word, _, rest = text.strip().removeprefix("- ").partition(" ")
    column = len(text) - len(text.lstrip())
    message = f"The ':' after a key is missing here; did you mean '{word or 'key'}: …'?"
    lead = text[: len(text) - len(text.lstrip(" -"))]
    return Explained(line, column, message, f"{lead}{word}: {rest}" if word else None)


def _list_item(error: YamlError) -> Explained:
    if tight := re.match(r"\s*-(?=[A-Za-z])", error.text):
        fixed = f"{tight[0]} {error.text[tight.end() :]}"
        return Explained(error.line, error.column, f"Put a space after the dash: {fixed.strip()}", fixed)
    message = "This line aligns with nothing above; begin a block's keys in one column, and a list's item with '- '."
    is_item = error.text.lstrip().startswith("- ")  # not repaired: the lines below it would have to move too
    return Explained(error.line, error.column, message, None if is_item else error.aligned)


def _list_on_the_line(error: YamlError) -> Explained:
    message = (
        "A list begins on a line of its own, or is written [a, b]; a text that begins with '- ' goes in single quotes."
    )
    return Explained(error.line, error.column, message, quoted(error.text))


def _too_deep(error: YamlError) -> Explained:
    return Explained(error.line, min(error.column, 200), "This is nested too deeply.")


#: What explains the parser's messages that match a pattern. The first ones may be behind any message.
_BY_MESSAGE: tuple[tuple[str, Callable[[YamlError], Explained | None]], ...] = (
    ("", _no_break_space),
    ("", _unindented),
    ("", _quote_left_open),
    ("", _one_too_many),
    ("nesting depth", _too_deep),
    ("cannot start any token|tab character", _bad_start),
    ("mapping values are not allowed", _colon),
    ("did not find expected key", _key_expected),
    ("did not find expected '-' indicator", _list_item),
    ("did not find expected ',' or", _flow),
    ("unexpected ':'", _tight_colon),
    ("hexdecimal|escape", _escape),
    ("unexpected end of stream|unexpected document indicator", _open_quote),
    ("comment or line break|invalid leading|indentation indicator", _block_text),
    ("block sequence entries are not allowed", _list_on_the_line),
    ("could not find expected ':'", _simple_key),
    (
        "alphabetic or numeric|tag|whitespace or line break|node content|keys are not allowed|directive|URI",
        _begins_with,
    ),
)


# -- valid YAML that the author did not mean ------------------------------------------------------------------------


def escaped_latex(raw: str) -> str | None:
    """Return the message about a double-quoted text in which an escape has destroyed a LaTeX command; else None."""
    command = _LATEX.search(raw.replace("\\\\", ""))
    if command is None:
        return None
    name = command[1]
    effect = {"t": "a tab", "n": "a new line", "r": "a carriage return"}.get(name[0], "a control character")
    return f"Double quotes turn the \\{name[0]} of \\{name} into {effect}; put mathematics in single quotes: '…'."


def comment_in_text(value: str, rest: str) -> str | None:
    """Return the message about a text that `` #`` has cut off; None if it is probably a comment."""
    if re.match(r"\s+#(\d|\S.*)", rest) and (" " in value or re.match(r"\s+#\d", rest)):
        return f"A space and # begin a comment, so the text ends here; {SINGLE_QUOTES}."
    return None
