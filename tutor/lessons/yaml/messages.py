"""What an author meant where YAML says something else: its errors as sentences with the fix, and a repaired line.

A repaired line lets the rest of the file be read, so that all of a file's problems are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tutor.lessons.yaml.errors import Explained, YamlError, aligned, quoted, value_column

_KEY_WITHOUT_SPACE = re.compile(r"^\s*(?:- +)*(?P<key>[A-Za-z_][\w-]*):(?P<value>[^\s/].*)$")
_LATEX = re.compile(
    r"\\(theta|tanh|tau|times|text|to|top|tfrac|nabla|nu|neq?|not|newline|beta|bar|begin|boldsymbol|big|binom|bmod"
    r"|frac|forall|right|rho|rightarrow|alpha|approx|arg|argmax|ast|vec|varepsilon|vdots|eta|epsilon|exp|equiv)(?![a-z])"
)

SINGLE_QUOTES = "put the text in single quotes: '…'"


def explain(problem: str, line: int, column: int, context: tuple[int, int] | None, lines: Sequence[str]) -> Explained:
    """Return the author's slip behind a YAML parser's message; all lines and columns count from 0."""
    context_line, context_column = context or (-1, 0)
    slip = YamlError(lines, problem, line, column, context_line, context_column)
    if found := _misreported(slip):
        return found
    for pattern, explained in _BY_MESSAGE:
        if re.search(pattern, problem) and (found := explained(slip)):
            return found
    return Explained(line, column, f"YAML cannot read this: {problem}.")


# -- what the parser reports as something else, or somewhere else --------------------------------------------------


def _misreported(slip: YamlError) -> Explained | None:
    """Return what an author meant, where it is one of these."""
    return _no_break_space(slip) or _unindented(slip) or _quote_left_open(slip) or _one_too_many(slip)


def _no_break_space(slip: YamlError) -> Explained | None:
    """Return a space that came along with a copied text and is none to YAML."""
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


def _quote_left_open(slip: YamlError) -> Explained | None:
    """Explain a quote that nothing closes on its line: the parser reads on to the next one, and stops after that."""
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
    """Return whether an item or a key begins on the next line that is not empty."""
    text = next((line for line in lines[number:] if line.strip()), "")
    return re.match(r"\s*(- |[\w-]+:( |$))", text) is not None


def _one_too_many(slip: YamlError) -> Explained | None:
    """Return a closing brace or bracket that nothing opened."""
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


# -- one function per kind of message -------------------------------------------------------------------------------


def _bad_start(slip: YamlError) -> Explained | None:
    indentation = slip.text[: slip.indent]
    if "\t" in indentation or slip.character == "\t":
        column = indentation.find("\t") if "\t" in indentation else slip.column
        return Explained(slip.line, column, "There is a tab here; indent with spaces.", aligned(slip.lines, slip.line))
    if slip.character in "`@%":
        message = f"A text that begins with {slip.character} must be in single quotes: '…'."
        return Explained(slip.line, slip.column, message, quoted(slip.text))
    return None


def _colon(slip: YamlError) -> Explained | None:
    before = slip.text[: slip.column].strip().removeprefix("- ").strip()
    if " " not in before and ":" not in slip.text[: slip.column] and slip.line > 0:
        return _key_after_text(slip)
    message = f"A colon and a space within a text make YAML read a key; {SINGLE_QUOTES}."
    return Explained(slip.line, slip.column, message, quoted(slip.text))


def _key_after_text(slip: YamlError) -> Explained:
    above = slip.line_above
    text = slip.lines[above]
    start = len(text) - len(text.lstrip(" -"))
    if tight := _KEY_WITHOUT_SPACE.match(text):
        column = tight.start("value") - 1
        fixed = text[: column + 1] + " " + text[column + 1 :]
        return Explained(above, column, f"A space belongs after the colon: {tight['key']}: {tight['value']}", fixed)
    if ":" not in text:
        return _colon_missing(text, above)
    if slip.indent > start:
        message = "This line is indented under the one above, and so is too deep: align it with the line above."
        if slip.text.lstrip().startswith("- "):
            message = "This list follows a line that already has its value; write a key before it, such as blocks:."
            return Explained(slip.line, slip.indent, message)
        return Explained(slip.line, slip.indent, message, aligned(slip.lines, slip.line))
    return _fits_none(slip, slip.indent)


def _key_expected(slip: YamlError) -> Explained | None:
    if slip.column > slip.indent:
        return _after_value(slip)
    above = slip.lines[slip.line_above]
    if re.search(r"\S +#", above) and not re.match(r"\s*(- |[\w-]+:)", slip.text):
        message = "A space and # begin a comment, which ends the text here; put long text after | or in single quotes."
        return Explained(slip.line_above, above.find(" #") + 1, message)
    if tight := _KEY_WITHOUT_SPACE.match(slip.text):
        message = f"A space belongs after the colon: {tight['key']}: {tight['value']}"
        column = tight.start("value") - 1
        return Explained(slip.line, column, message, slip.text[: column + 1] + " " + slip.text[column + 1 :])
    if slip.character == "-":
        message = "This is a list item; write a key here, or correct the indentation."
        return Explained(slip.line, slip.column, message)
    return _fits_none(slip, slip.column)


def _fits_none(slip: YamlError, column: int) -> Explained:
    message = "This line aligns with nothing above; begin a block's keys in one column."
    return Explained(slip.line, column, message, aligned(slip.lines, slip.line))


def _after_value(slip: YamlError) -> Explained | None:
    column = value_column(slip.text)
    first = slip.text[column : column + 1]
    if first == "'":
        message = "An apostrophe ends a text in single quotes; write it twice: ''."
        inner = slip.text[column + 1 :].rstrip().removesuffix("'").replace("''", "'").replace("'", "''")
        return Explained(slip.line, slip.column - 1, message, slip.text[: column + 1] + inner + "'")
    if first == '"':
        message = "A double quote ends a text in double quotes; put the text in single quotes: '…\"…'."
        return Explained(slip.line, slip.column - 1, message, quoted(slip.text))
    if first in "{[*&!":
        message = f"A text that begins with {first} must be in single quotes: '…'."
        return Explained(slip.line, column, message, quoted(slip.text))
    return None


def _flow(slip: YamlError) -> Explained | None:
    opening = slip.lines[slip.context_line][slip.context_column : slip.context_column + 1] or "{"
    closing = "}" if opening == "{" else "]"
    text = slip.text
    if slip.line > slip.context_line and (not text.strip() or re.match(r"^\s*(- +)?[\w-]+:", text)):
        opened = slip.lines[slip.context_line]
        repaired = opened.rstrip() + closing if slip.line_above == slip.context_line else None
        message = f"This {opening} is never closed; a {closing} is missing."
        return Explained(slip.context_line, slip.context_column, message, repaired)
    if re.search(r"'[^']*[^\W\d]'$", text[: slip.column]) and slip.character.isalpha():
        return Explained(slip.line, slip.column - 1, "An apostrophe ends a text in single quotes; write it twice: ''.")
    opened = slip.lines[slip.context_line]
    if slip.line > slip.context_line and (comment := re.compile(r"\s#").search(opened, slip.context_column)):
        message = f"A space and # begin a comment, which ends the line here; {SINGLE_QUOTES}."
        return Explained(slip.context_line, comment.start() + 1, message)
    if slip.character in ("[", "{") and text[: slip.column].rstrip()[-1:] in ("]", "}"):
        return Explained(slip.line, slip.column, "A comma is missing before this.", _with_comma(slip))
    if slip.character in tuple("[]{}:"):
        what = "A colon and a space" if slip.character == ":" else "A bracket or brace"
        message = f"{what} within {opening} {closing} ends a text; {SINGLE_QUOTES}."
        return Explained(slip.line, slip.column, message)
    if slip.column >= len(text.rstrip()):
        return Explained(slip.line, slip.column, f"A comma or the closing {closing} is missing here.")
    message = f"A comma or the closing {closing} is missing before this."
    return Explained(slip.line, slip.column, message, _with_comma(slip))


def _with_comma(slip: YamlError) -> str:
    return f"{slip.text[: slip.column]}, {slip.text[slip.column :]}"


def _tight_colon(slip: YamlError) -> Explained | None:
    word = re.search(r"[\w-]+$", slip.text[: slip.column])
    if word is None:
        return None
    column = slip.column + 1
    message = f"A space belongs after the colon: {word[0]}: …"
    return Explained(slip.line, slip.column, message, slip.text[:column] + " " + slip.text[column:])


def _escape(slip: YamlError) -> Explained:
    letter = slip.text[slip.column + 1 : slip.column + 2]
    message = f"Double quotes read \\{letter} as an escape; put mathematics in single quotes: '…'."
    repaired = slip.text.replace('"', "'") if slip.text.count('"') == 2 and "'" not in slip.text else None
    return Explained(slip.line, slip.column, message, repaired)


def _open_quote(slip: YamlError) -> Explained:
    quote = slip.lines[slip.context_line][slip.context_column : slip.context_column + 1]
    return Explained(slip.context_line, slip.context_column, f"This {quote} is never closed.")


def _block_text(slip: YamlError) -> Explained:
    line, column = slip.context_line, slip.context_column
    text = slip.lines[line]
    mark = text[column : column + 1]
    message = f"A text that begins with {mark} must be in single quotes: '…'; long text begins on the line after |."
    return Explained(line, column, message, quoted(text))


def _begins_with(slip: YamlError) -> Explained | None:
    line = slip.context_line if slip.context_line >= 0 else slip.line
    text = slip.lines[line] if line < len(slip.lines) else ""
    column = value_column(text)
    first = text[column : column + 1]
    if first and first in "*&!],}?%@`":
        message = f"A text that begins with {first} must be in single quotes: '…'."
        return Explained(line, column, message, quoted(text))
    return None


def _simple_key(slip: YamlError) -> Explained | None:
    line = slip.context_line if slip.context_line >= 0 else slip.line
    text = slip.lines[line]
    if tight := _KEY_WITHOUT_SPACE.match(text):
        column = tight.start("value") - 1
        fixed = text[: column + 1] + " " + text[column + 1 :]
        return Explained(line, column, f"A space belongs after the colon: {tight['key']}: {tight['value']}", fixed)
    return _colon_missing(text, line)


def _colon_missing(text: str, line: int) -> Explained:
    word, _, rest = text.strip().removeprefix("- ").partition(" ")
    column = len(text) - len(text.lstrip())
    message = f"The ':' after a key is missing here; did you mean '{word or 'key'}: …'?"
    lead = text[: len(text) - len(text.lstrip(" -"))]
    return Explained(line, column, message, f"{lead}{word}: {rest}" if word else None)


def _list_item(slip: YamlError) -> Explained:
    if tight := re.match(r"\s*-(?=[A-Za-z])", slip.text):
        fixed = f"{tight[0]} {slip.text[tight.end() :]}"
        return Explained(slip.line, slip.column, f"A space belongs after the dash: {fixed.strip()}", fixed)
    message = "This line aligns with nothing above; begin a block's keys in one column, and a list's item with '- '."
    is_item = slip.text.lstrip().startswith("- ")  # it has lines of its own, which would have to move with it
    return Explained(slip.line, slip.column, message, None if is_item else aligned(slip.lines, slip.line))


def _list_on_the_line(slip: YamlError) -> Explained:
    message = (
        "A list begins on a line of its own, or is written [a, b]; a text that begins with '- ' goes in single quotes."
    )
    return Explained(slip.line, slip.column, message, quoted(slip.text))


def _too_deep(slip: YamlError) -> Explained:
    return Explained(slip.line, min(slip.column, 200), "This is nested too deeply.")


_BY_MESSAGE: tuple[tuple[str, Callable[[YamlError], Explained | None]], ...] = (
    ("nesting depth", _too_deep),
    ("cannot start any token", _bad_start),
    ("tab character", _bad_start),
    ("mapping values are not allowed", _colon),
    ("did not find expected key", _key_expected),
    ("did not find expected '-' indicator", _list_item),
    ("did not find expected ',' or", _flow),
    ("unexpected ':'", _tight_colon),
    ("unknown escape character", _escape),
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


# -- what YAML accepts and the author did not mean ------------------------------------------------------------------


def escaped_latex(raw: str) -> str | None:
    """Return what is wrong with a double-quoted text in which an escape has eaten a piece of LaTeX; None if nothing
    is."""
    command = _LATEX.search(raw.replace("\\\\", ""))
    if command is None:
        return None
    name = command[1]
    effect = {"t": "a tab", "n": "a new line", "r": "a carriage return"}.get(name[0], "a control character")
    return f"Double quotes turn the \\{name[0]} of \\{name} into {effect}; put mathematics in single quotes: '…'."


def comment_in_text(value: str, rest: str) -> str | None:
    """Return what is wrong where `` #`` has cut off the rest of a text; None where a comment is meant."""
    if re.match(r"\s+#(\d|\S.*)", rest) and (" " in value or re.match(r"\s+#\d", rest)):
        return f"A space and # begin a comment, so the text ends here; {SINGLE_QUOTES}."
    return None
