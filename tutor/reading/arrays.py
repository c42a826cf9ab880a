"""Read the arrays in a pasted or typed text: NumPy, PyTorch's ``state_dict`` as printed, or rows of numbers.

    read_arrays("W1 = np.array([[0.2, -0.3], [0.4, 0.1]])")
    read_arrays("OrderedDict([('0.weight', tensor([[0.2, 0.4], [-0.3, 0.1]]))])")
    read_arrays("0.2 -0.3\\n0.4 0.1\\n\\n-0.4 0.2")

Each number keeps its place, so that an error about an array can say where it is. Nothing that is pasted is run.
Anything that is not a number raises ``Unreadable`` at its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tutor.formulas.wording import counted
from tutor.reading.errors import Unreadable
from tutor.reading.numbers import LARGEST
from tutor.reading.source import Source, clean

LONGEST = 100_000
MOST_NUMBERS = 20_000

_TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\r]+|\#[^\n]*|<[^<>\n]*>
        |(?m:^[ \t]*(?:>>>[ ]*)?(?:import|from|print)\b[^\n]*)|(?m:^[ \t]*(?:>>>|\.\.\.)[ ]))
    | (?P<line>\n)
    | (?P<text>'[^'\n]*'|"[^"\n]*")
    | (?P<key>\d+\.(?![eE][-+]?\d)[^\W\d][\w.]*)
    | (?P<number>[-+]?\.?\d[\d.]*(?:[eE][-+]?\d+)?(?:/\d+)?[\w.]*)
    | (?P<name>[^\W\d][\w.]*(?:\[\d+\])?)
    | (?P<mark>[\[\](){},;:=])
    | (?P<odd>\.{2,}|…|.)
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?:/0*[1-9]\d*)?")
_WRAPPERS = frozenset(
    {
        "array", "asarray", "matrix", "tensor", "Tensor", "FloatTensor", "DoubleTensor", "Parameter", "OrderedDict",
        "dict", "list", "float32", "float64",
    }
)  # fmt: skip
_WHOLE = re.compile(r"[-+]?\d+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and its offsets in the plain text."""

    value: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Array:
    """A number (0 ``dimensions``), a vector (1) or a matrix (2), with the name before it or an empty one.

    A vector is one row. ``start`` is the offset where the array begins, including its name. ``doubt`` is a hint for a
    comma that may have been meant as a decimal point, or empty.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    dimensions: int
    start: int
    doubt: str = ""

    @property
    def values(self) -> tuple[tuple[float, ...], ...]:
        """The numbers, row by row."""
        return tuple(tuple(cell.value for cell in row) for row in self.rows)

    @property
    def width(self) -> int:
        """How many numbers are in a row."""
        return len(self.rows[0])

    @property
    def flat(self) -> tuple[Cell, ...]:
        """All numbers in order."""
        return tuple(cell for row in self.rows for cell in row)

    @property
    def end(self) -> int:
        """The offset where its last number ends."""
        return self.rows[-1][-1].end


@dataclass(frozen=True, slots=True)
class Arrays:
    """The arrays of a text, in order."""

    source: Source
    arrays: tuple[Array, ...]

    def error(self, message: str, offset: int, hint: str) -> Unreadable:
        """Return the error at an offset into the plain text."""
        return self.source.error(message, offset, hint=hint)


def read_arrays(text: str) -> Arrays:
    """Return every array of a text.

    Raises:
        Unreadable: Something in it is not a number, a bracket is left open, or rows differ in length.
    """
    source = clean(text, LONGEST)
    return Arrays(source, tuple(_Reader(source).arrays()))


def line_and_column(problem: Unreadable) -> tuple[int, int]:
    """Return the line and the column of a problem in its text, both counted from 1."""
    before = problem.text[: problem.column - 1]
    line = before.count("\n") + 1
    return line, len(before) - (before.rfind("\n") + 1) + 1


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Name:
    """A name, and whether ``=`` or ``:`` follows it, so that numbers must follow."""

    text: str
    start: int
    is_assigned: bool


class _Reader:
    """Reads the tokens of one text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        found = (_Token(str(match.lastgroup), match[0], *match.span()) for match in _TOKEN.finditer(source.plain))
        self.tokens = [token for token in found if token.kind != "skip"]
        self.at = 0
        self.count = 0
        self.open = 0  # lists around several arrays
        self.name: _Name | None = None

    def arrays(self) -> Iterator[Array]:
        """Yield every array, with the name before it."""
        while (token := self._peek()) is not None:
            if token.text == "[" and self._is_around_arrays():
                self.open += 1
                self.at += 1
            elif token.text == "[":
                yield self._bracketed()
            elif token.kind == "number":
                yield self._bare()
            elif token.kind in ("text", "key", "name"):
                self._take_name(token)
            elif token.kind == "odd":
                raise self._not_a_number(token)
            else:
                self.open -= token.text == "]"
                if self.open < 0:
                    raise self.source.error("No bracket is open here.", token.start, hint="Take this one out.")
                self.at += 1
        self._drop_name()

    def _is_around_arrays(self) -> bool:
        """Return whether a bracket holds pairs of a name and an array, or calls, as in
        ``OrderedDict([('0.weight',``."""
        following = next((token for token in self.tokens[self.at + 1 :] if token.kind != "line"), None)
        is_call = following is not None and following.text.rpartition(".")[2] in _WRAPPERS - {"float32", "float64"}
        return following is not None and (following.text == "(" or following.kind == "text" or is_call)

    def _peek(self, ahead: int = 0) -> _Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    # -- names ------------------------------------------------------------------------------------------------------

    def _take_name(self, token: _Token) -> None:
        """Take a name; skip wrappers such as ``tensor`` and keyword arguments such as ``dtype=float32``."""
        following = self._peek(1)
        self.at += 1
        if token.kind == "name":
            if token.text.rpartition(".")[2] in _WRAPPERS and following is not None:
                is_heading = token.text == "Parameter" and following.text == "containing"
                if following.text == "(" or is_heading:
                    self.at += is_heading
                    return
            if following is not None and following.text == "=" and self._is_keyword():
                self._skip_value()
                return
        self._drop_name()
        is_assigned = following is not None and following.text in ("=", ":")
        self.name = _Name(token.text.strip("'\""), token.start, is_assigned)

    def _drop_name(self) -> None:
        """Drop the name taken before, or raise an error if numbers must follow it."""
        if self.name is not None and self.name.is_assigned:
            hint = f"Write them, or take {self.name.text} out."
            raise self.source.error(f"No numbers follow {self.name.text}.", self.name.start, hint=hint)

    def _is_keyword(self) -> bool:
        """Return whether the name before ``=`` is an argument of the call around an array: it follows a comma."""
        before = self.tokens[self.at - 2] if self.at >= 2 else None
        value = self._peek(1)
        return before is not None and before.text == "," and value is not None and value.text != "["

    def _skip_value(self) -> None:
        depth = 0
        while (token := self._peek()) is not None:
            if depth == 0 and token.text in (",", ")"):
                return
            depth += (token.text == "(") - (token.text == ")")
            self.at += 1

    def _named(self, start: int) -> tuple[str, int]:
        name, self.name = self.name, None
        return (name.text, name.start) if name is not None else ("", start)

    # -- numbers ----------------------------------------------------------------------------------------------------

    def _cell(self, token: _Token) -> Cell:
        if token.kind != "number" or not _NUMBER.fullmatch(token.text):
            raise self._not_a_number(token)
        self.count += 1
        if self.count > MOST_NUMBERS:
            raise self.source.error(f"There are more than {MOST_NUMBERS:,} numbers here.", token.start, hint="")
        value = _value(token.text)
        if abs(value) > LARGEST:
            raise self.source.error("This number is too large.", token.start, hint="Check its exponent.")
        return Cell(value + 0.0, token.start, token.end)

    def _not_a_number(self, token: _Token) -> Unreadable:
        text = token.text
        if text in ("...", "…", ".."):
            message, hint = "Numbers are left out here.", "Print them all: np.set_printoptions(threshold=10000)."
        elif text in ("-", "+"):
            message, hint = f"A {text} without a number is here.", f"Write it beside its number, as in {text}0.5."
        elif text.lower() in ("nan", "inf"):
            message, hint = f"{text} is not a number to work with.", "Write an ordinary number, such as 0.5."
        elif text in "*/^":
            message, hint = f"A {text} cannot be used here.", "Work it out, and write the number that it gives."
        else:
            message, hint = f"“{text}” is not a number.", "Write a number with a point, such as 0.5."
        return self.source.error(message, token.start, hint=hint)

    def _bracketed(self) -> Array:
        """Return the array in ``[1, 2]``, ``[[1, 2], [3, 4]]`` or ``[1 2; 3 4]``, over any number of lines."""
        opening = self.tokens[self.at]
        name, start = self._named(opening.start)
        rows: list[list[_Token]] = []
        opened: list[_Token] = []
        deepest = 0
        row: list[_Token] | None = None
        while (token := self._peek()) is not None:
            self.at += 1
            if token.text == "[":
                if row:
                    raise self.source.error("A row begins here before the one before it ends.", token.start, hint=_ROWS)
                opened.append(token)
                deepest = max(deepest, len(opened))
                if deepest > 2:
                    message = f"{name or 'This array'} has more than two dimensions."
                    raise self.source.error(message, token.start, hint="Weights have two: rows and columns.")
                row = []
            elif token.text == "]":
                opened.pop()
                if row:
                    rows.append(row)
                row = None
                if not opened:
                    return self._array(name, start, rows, 2 if deepest > 1 or len(rows) > 1 else 1, token)
            elif token.text == ";" and row:
                rows.append(row)
                row = []
            elif token.text == ",":
                self._check_comma(token)
            elif token.kind != "line":
                if row is None:
                    row = []
                if deepest == 2 and len(opened) == 1:
                    raise self.source.error("This number is outside the rows.", token.start, hint=_ROWS)
                self._cell(token)
                row.append(token)
        raise self.source.error("This bracket is never closed.", opened[-1].start, hint="Paste the whole of it.")

    def _check_comma(self, comma: _Token) -> None:
        before = self.tokens[self.at - 2]
        if before.text in (",", "["):
            raise self.source.error("A number is missing here.", comma.start, hint="Write 0 where there is nothing.")

    def _bare(self) -> Array:
        """Return the array of bare rows, separated by newlines or semicolons, up to an empty line or a name."""
        first = self.tokens[self.at]
        name, start = self._named(first.start)
        rows: list[list[_Token]] = [[]]
        while (token := self._peek()) is not None:
            following = self._peek(1)
            if token.kind == "number":
                self._cell(token)
                if rows[-1] and rows[-1][-1].end == token.start:
                    message = f"There is no space before {token.text}."
                    raise self.source.error(message, token.start, hint="Write a space between two numbers.")
                rows[-1].append(token)
            elif token.kind == "line" and following is not None and following.kind in ("line", "text", "key", "name"):
                break
            elif token.text in ("\n", ";"):
                if rows[-1]:
                    rows.append([])
            elif token.kind == "odd" or (token.kind == "name" and not self._is_named_next(following)):
                raise self._not_a_number(token)
            elif token.text != ",":
                break
            self.at += 1
        found = [row for row in rows if row]
        dimensions = 2 if len(found) > 1 else 1 if len(found[0]) > 1 else 0
        return self._array(name, start, found, dimensions, first)

    @staticmethod
    def _is_named_next(following: _Token | None) -> bool:
        """Return whether a word after numbers is the name of the next ones."""
        return following is not None and following.text in ("=", ":", "(", "[", "containing")

    def _array(self, name: str, start: int, rows: list[list[_Token]], dimensions: int, last: _Token) -> Array:
        if not rows:
            raise self.source.error("There are no numbers in these brackets.", last.start, hint=_ROWS)
        doubt = self._decimal_comma(rows)
        lengths = Counter(map(len, rows))
        usual = lengths.most_common(1)[0][0]
        for number, row in enumerate(rows, 1):
            if len(row) != usual:
                place = row[usual].start if len(row) > usual else row[-1].end
                what = "Take one out" if len(row) > usual else "Write the missing one"
                message = f"Row {number}{f' of {name}' if name else ''} has {counted(len(row), 'number')}"
                others = "the others have" if len(rows) > 2 else "the other one has"
                hint = f"{what}, or correct the others. {doubt}".strip()
                raise self.source.error(f"{message}, and {others} {usual}.", place, hint=hint)
        cells = tuple(tuple(map(self._cell, row)) for row in rows)
        return Array(name, cells, dimensions, start, doubt)

    def _decimal_comma(self, rows: list[list[_Token]]) -> str:
        """Return a hint for a comma that may be a decimal comma, as in ``[0,2,0,3]``, or an empty string.

        Raises:
            Unreadable: It must be a decimal comma: spaces separate other numbers of the row, or, as in ``0,2, -0,3``,
                every second comma is followed by a space and the numbers before the others are 0.
        """
        doubt = ""
        for row in rows:
            gaps = [self.source.plain[left.end : right.start] for left, right in pairwise(row)]
            tight = [
                gap == "," and bool(_WHOLE.fullmatch(left.text)) and right.text.isdigit()
                for gap, left, right in zip(gaps, row[:-1], row[1:], strict=True)
            ]
            if not any(tight):
                continue
            left, right = row[tight.index(True) : tight.index(True) + 2]
            is_spaced = any("," not in gap for gap in gaps)
            alternates = all(is_tight == (at % 2 == 0) for at, is_tight in enumerate(tight)) and len(row) % 2 == 0
            zeros = all(token.text.lstrip("+-") == "0" for token in row[::2])
            if is_spaced or (alternates and zeros and len(row) > 2):
                message, hint = f"There is a comma in {left.text},{right.text}.", "Write a point instead of the comma:"
                raise self.source.error(message, left.end, hint=f"{hint} {left.text}.{right.text}")
            if left.text.lstrip("+-") == "0":
                doubt = doubt or f"If {left.text},{right.text} is one number, write {left.text}.{right.text}"
        return doubt


_ROWS = "Write a row in brackets, with commas between the rows: [[1, 2], [3, 4]]."


def _value(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below) if below else float(above)
