"""Read vectors and matrices: typed cell by cell, on one line, or pasted as NumPy, PyTorch or a spreadsheet print them.

A text is cut into cells in every way that its separators allow; the one that gives the right number of cells was meant.
In ``0,332 0,525`` the commas are decimal commas, in ``0.332,0.525`` they separate numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.formulas.wording import counted
from tutor.reading.answers import Reading, read_source
from tutor.reading.errors import Unreadable
from tutor.reading.pasted import unwrapped
from tutor.reading.scope import Scope
from tutor.reading.source import CLOSING, OPENING, Source, clean, whole_bracket

LONGEST = 10_000
MOST_CELLS = 1_000

_LABEL = re.compile(r"\s*[^\W\d][\w.′'@]*(?:\[[\d, ]+\])?\s*(?:=|:(?=\s))\s*")
_JOINS_BEFORE, _JOINS_AFTER = "*/^", "*/^+-(="
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{\w+\*?\}")
_EMPTY = re.compile(r"[,;]\s*[,;]")
_TURNED = re.compile(r"(?<=[\])])\s*(?:\.T|ᵀ|\^\{?[T⊤]\}?|⊤)$")
_TABLE = re.compile(r"[-+.,eE\d\s|]*\|[-+.,eE\d\s|]*")
_MANY_COMMAS = re.compile(r"\d,\d+,\d")

_DRAWN = str.maketrans(dict.fromkeys("⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠", " "))  # brackets over several lines, as the tutor draws them

Rows = list[list[Source]]


@dataclass(frozen=True, slots=True)
class GridReading:
    """A vector or matrix as it was meant: its ``shape`` and its cells, row by row.

    A cell is None if nothing was typed, and an ``Unreadable`` if it was typed into its own field and cannot be read.
    All cells of a single text can be read.
    """

    shape: tuple[int, ...]
    cells: tuple[Reading | Unreadable | None, ...]

    @property
    def shown(self) -> str:
        """“I read [−0.7, 0.1]”, row by row for a matrix; □ is a blank cell, ? a cell that cannot be read."""
        texts = [
            "□" if cell is None else "?" if isinstance(cell, Unreadable) else cell.shown.removeprefix("I read ")
            for cell in self.cells
        ]
        width = self.shape[1] if len(self.shape) == 2 else len(texts)
        rows = [", ".join(texts[start : start + width]) for start in range(0, len(texts), max(width, 1))]
        return f"I read [{'; '.join(rows)}]"


def read_grid(
    answer: str | Sequence[str] | Sequence[Sequence[str]], shape: tuple[int, ...], scope: Scope | None = None
) -> GridReading:
    """Read a vector (``shape`` (n,)) or a matrix ((rows, columns)), from one text or from one text for each cell.

    Raises:
        Unreadable: A text cannot be cut into cells of that shape, or one of its cells cannot be read.
    """
    scope = scope or Scope()
    scopes = _cell_scopes(scope, shape)
    if isinstance(answer, str):
        sources = _cut(answer, shape)
        return GridReading(shape, tuple(read_source(cell, each) for cell, each in zip(sources, scopes, strict=True)))
    texts = [cell for row in answer for cell in ([row] if isinstance(row, str) else row)]
    if len(texts) != len(scopes):
        raise Unreadable(f"{_size(shape)} are asked for; {_here(len(texts))}.", hint="Fill in every cell.")
    return GridReading(shape, tuple(_cell(text, each) for text, each in zip(texts, scopes, strict=True)))


def cells_of(text: str, shape: tuple[int, ...]) -> tuple[str, ...]:
    """Cut a pasted vector or matrix into the texts of its cells, row by row.

    Raises:
        Unreadable: It cannot be cut into cells of that shape.
    """
    return tuple(cell.written for cell in _cut(text, shape))


def _cell(text: str, scope: Scope) -> Reading | Unreadable | None:
    if not text.strip():
        return None
    try:
        return read_source(clean(text, 500), scope)
    except Unreadable as problem:
        return problem


def _cell_scopes(scope: Scope, shape: tuple[int, ...]) -> list[Scope]:
    count = math.prod(shape)
    graph, asked = scope.graph, scope.asked
    cells: tuple[str, ...] = graph.quantity(asked).cells if graph is not None and asked is not None else ()
    return [scope.of_cell(cell) for cell in cells] if len(cells) == count else [scope] * count


# -- cutting a text into cells --------------------------------------------------------------------------------------


def _cut(text: str, shape: tuple[int, ...]) -> list[Source]:
    source = unwrapped(_without_latex(clean(text.translate(_DRAWN), LONGEST)))
    if len(shape) < 2 and (turned := _TURNED.search(source.plain)):
        source = source.part(0, turned.start())  # a column, written as the transpose of a row
    if _TABLE.fullmatch(source.plain):
        source = source.with_characters(source.plain.replace("|", "\t"))
        source = source.part(0, len(source.plain))
    if label := _LABEL.match(source.plain):
        source = unwrapped(source.part(label.end(), len(source.plain)))
    if not source.plain.strip("[]() "):
        raise source.error(f"{_size(shape)} are expected here.", hint=_example(shape))
    closest: Rows = []
    for rows in _possible_cuts(source):
        if sum(map(len, rows)) > MOST_CELLS:
            raise source.error(f"There are more than {MOST_CELLS} numbers here.", hint=_example(shape))
        if (cells := _fitting(rows, shape)) is not None:
            return cells
        # marks that did not cut the text, or cut it into rows but not the rows into cells, are not the separators
        if sum(map(len, closest)) < 2 or len(rows) == len(closest) == sum(map(len, closest)):
            closest = rows
    raise _shape_error(source, closest, shape)


def _without_latex(source: Source) -> Source:
    """Turn ``0.2 & 0.3 \\\\ 0.4 & 0.1``, perhaps between ``\\begin`` and ``\\end``, into lines of cells."""
    if "&" not in source.plain and "\\" not in source.plain:
        return source
    source = source.blanked(match.span() for match in _ENVIRONMENT.finditer(source.plain))
    return source.with_characters(source.plain.replace("&", "\t").replace("\\\\", " \n"))


def _fitting(rows: Rows, shape: tuple[int, ...]) -> list[Source] | None:
    """Return the cells in order if the rows have the shape, or None; a vector may be a row, a column, or wrapped."""
    flat = [cell for row in rows for cell in row]
    if not all(cell.plain.strip(",;") == cell.plain != "" for cell in flat):
        return None
    if len(shape) < 2 or 1 in shape:
        return flat if len(flat) == math.prod(shape) else None
    return flat if [len(row) for row in rows] == [shape[1]] * shape[0] else None


def _shape_error(source: Source, rows: Rows, shape: tuple[int, ...]) -> Unreadable:
    """Return the error that says why the numbers do not fit: an open bracket, an empty cell, or the wrong shape."""
    if (opened := _left_open(source.plain)) is not None:
        return source.error("This bracket is never closed.", opened, hint=_example(shape))
    if empty := _EMPTY.search(source.plain):
        return source.error("A cell is empty here.", empty.end() - 1, hint="Write 0 where there is nothing.")
    lengths = {len(row) for row in rows}
    count = sum(map(len, rows))
    if len(lengths) > 1 and len(shape) == 2:
        found = "here are rows of different lengths"
    elif len(rows) > 1 and len(shape) == 2:
        found = f"here are {len(rows)} rows of {lengths.pop()}"
    else:
        found = _here(count)
    has_decimal_commas = _MANY_COMMAS.search(source.plain) and "[" not in source.plain
    hint = "Write ; between the numbers: 0,332; 0,525." if has_decimal_commas else _example(shape)
    return source.error(f"{_size(shape)} are asked for; {found}.", len(source.plain), hint=hint)


def _left_open(text: str) -> int | None:
    opened: list[int] = []
    for offset, mark in enumerate(text):
        if mark in OPENING:
            opened.append(offset)
        elif mark in CLOSING and opened:
            opened.pop()
    return opened[-1] if opened else None


def _size(shape: tuple[int, ...]) -> str:
    if len(shape) == 2 and 1 not in shape:
        return f"{shape[0]} rows of {shape[1]} numbers"
    return counted(math.prod(shape), "number")


def _here(count: int) -> str:
    return "here is 1" if count == 1 else f"here are {count}"


def _example(shape: tuple[int, ...]) -> str:
    if len(shape) == 2 and 1 not in shape:
        return "Write a row a line, with spaces between the numbers, or [[1, 2], [3, 4]]."
    return "Write them with spaces between, or [0.332, 0.525]."


def _possible_cuts(source: Source) -> Iterator[Rows]:
    """Yield every way to cut the text, the likeliest first."""
    nested, pieces = _rows(source)
    if nested:
        yield [_cells(row, "") for row in pieces]
        yield [_cells(row, ",") for row in pieces]
        return
    inner = pieces[0]
    for row_marks in ("\n;", "\n", ";", ""):
        lines = _split(inner, row_marks) if row_marks else [inner]
        if row_marks and len(lines) == 1:
            continue
        yield [_cells(line, "") for line in lines]
        yield [_cells(line, ",") for line in lines]


def _rows(source: Source) -> tuple[bool, list[Source]]:
    """Return whether brackets are nested, with their rows, or with the whole text without its outer brackets."""
    inner = source
    while (close := whole_bracket(inner.plain)) is not None:
        inner = inner.part(1, close)
        if not inner.plain.startswith(("[", "(")) or whole_bracket(inner.plain) is not None:
            continue
        rows = _bracketed(inner)
        if rows is not None:
            return True, rows
    rows = _bracketed(inner)
    return (True, rows) if rows is not None and len(rows) > 1 else (False, [inner])


def _bracketed(source: Source) -> list[Source] | None:
    """Return the contents of brackets that only commas, semicolons and spaces separate, or None."""
    rows: list[Source] = []
    depth = start = 0
    for offset, mark in enumerate(source.plain):
        if mark in OPENING:
            start = offset + 1 if depth == 0 else start
            depth += 1
        elif mark in CLOSING:
            depth -= 1
            if depth == 0:
                rows.append(source.part(start, offset))
        elif depth == 0 and mark not in ",; \n\t":
            return None
    return rows if rows and depth == 0 else None


def _spans(text: str, marks: str) -> list[tuple[int, int]]:
    """Return the start and end of each piece between ``marks`` outside brackets, including empty pieces."""
    spans: list[tuple[int, int]] = []
    depth = start = 0
    for offset, mark in enumerate(text):
        depth += (mark in OPENING) - (mark in CLOSING)
        if depth == 0 and mark in marks:
            spans.append((start, offset))
            start = offset + 1
    return [*spans, (start, len(text))]


def _split(source: Source, marks: str) -> list[Source]:
    """Return the pieces between ``marks``, without blank lines."""
    parts = [source.part(start, end) for start, end in _spans(source.plain, marks)]
    return [part for part in parts if part.plain or "\n" not in marks]


def _cells(row: Source, separator: str) -> list[Source]:
    """Cut a row into cells: at ``separator``, or else at tabs, or else at spaces and the commas beside them."""
    if separator:
        return _split(row, separator)
    if "\t" in row.plain:
        return _split(row, "\t")
    text = row.plain
    cells: list[tuple[int, int]] = []
    for start, end in _spans(text, " \n"):
        if start == end:
            continue
        if cells and _continues_cell(text[cells[-1][0] : cells[-1][1]], text[start:end], last=end == len(text)):
            cells[-1] = (cells[-1][0], end)
        else:
            cells.append((start, end))
    found = [_without_comma(row.part(start, end)) for start, end in cells]
    return [cell for cell in found if cell.plain]


def _continues_cell(before: str, piece: str, *, last: bool) -> bool:
    """Return whether a piece between spaces belongs to the cell before: ``0.2 - 0.5`` is one cell, ``0.2 -0.5`` two."""
    if before.endswith((",", ";")):
        return False
    if before[-1] in _JOINS_AFTER or piece[0] in _JOINS_BEFORE:
        return True
    return piece in ("+", "-", "=") and not last


def _without_comma(cell: Source) -> Source:
    text = cell.plain
    start = 1 if text[0] in ",;" else 0
    return cell.part(start, max(start, len(text) - (text[-1] in ",;")))
