"""Make a lesson from a Markdown page or a notebook: a heading starts a screen, prose becomes ``text``, code ``run``.

What a lesson has no place for is kept as a comment with its line number, or the number of its notebook cell.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor.errors import TutorError, file_errors

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_FENCE = re.compile(r"^(```+|~~~+)\s*(\w*)")
_NO_PLACE = re.compile(r"^\s*(!\[.*\]\(.*\)|</?[a-zA-Z][^>]*>)")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A heading, prose, code with its output, or something left out. ``line`` is where it begins in the source."""

    kind: str
    text: str
    line: int
    output: str = ""


@dataclass(slots=True)
class _Screen:
    title: str
    pieces: list[_Piece] = field(default_factory=list)


def lesson_from(path: Path, *, title: str, lesson_id: str) -> str:
    """Return the text of a lesson file made from a page or a notebook.

    Raises:
        TutorError: The file cannot be read, or contains neither prose nor code.
    """
    try:
        with file_errors(path, "read"):
            pieces = list(_notebook(path) if path.suffix == ".ipynb" else _markdown(path.read_text("utf-8-sig"), 1))
    except UnicodeDecodeError:
        raise TutorError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    screens = _screens(pieces, title)
    if not any(piece.kind in ("text", "run") for screen in screens for piece in screen.pieces):
        raise TutorError(f"There is no prose and no code in {path}.")
    head = ["tutor: 1", f"title: {_quoted(title)}", f"id: {_quoted(lesson_id)}", "screens:"]
    return "\n".join([*head, *(line for screen in screens for line in _screen(screen))]) + "\n"


def _notebook(path: Path) -> Iterator[_Piece]:
    try:
        import nbformat
    except ImportError:
        hint = "Install it: python -m pip install 'neural-tutor[notebooks]'"
        raise TutorError("Reading a notebook needs nbformat.", hint=hint) from None
    try:
        with warnings.catch_warnings():  # nbformat warns about cells without ids, which does not matter here
            warnings.simplefilter("ignore")
            book = nbformat.read(path, as_version=4)
    except OSError:
        raise
    except Exception as error:  # nbformat raises many kinds
        raise TutorError(f"{path} is not a notebook that can be read ({type(error).__name__}).") from None
    for place, cell in enumerate(book.cells, 1):
        if cell.cell_type == "markdown":
            yield from _markdown(cell.source, place)
        elif cell.cell_type == "code" and cell.source.lstrip().startswith(("%", "!")):
            yield _Piece("left out", cell.source, place)
        elif cell.cell_type == "code" and cell.source.strip():
            yield _Piece("run", cell.source, place, _output(cell))


def _output(cell: Any) -> str:
    """Return what a cell printed, and its last value."""
    found = [str(each.get("text") or each.get("data", {}).get("text/plain", "")) for each in cell.get("outputs", [])]
    return "".join(found).rstrip("\n")


def _markdown(text: str, first: int) -> Iterator[_Piece]:
    prose: list[str] = []
    began = first
    lines = iter(enumerate(text.splitlines(), first))
    for number, line in lines:
        heading, fence = _HEADING.match(line), _FENCE.match(line)
        if heading or fence or _NO_PLACE.match(line):
            yield from _prose(prose, began)
            prose, began = [], number + 1
        if heading:
            yield _Piece("heading", heading[1], number)
        elif fence:
            code = []
            for at, inner in lines:
                began = at + 1
                if inner.startswith(fence[1]):
                    break
                code.append(inner)
            is_python = fence[2] in ("python", "py", "python3")
            whole = "\n".join(code)
            yield _Piece("run", whole, number) if is_python else _Piece("text", f"```{fence[2]}\n{whole}\n```", number)
        elif _NO_PLACE.match(line):
            yield _Piece("left out", line.strip(), number)
        else:
            prose.append(line)
    yield from _prose(prose, began)


def _prose(lines: list[str], began: int) -> Iterator[_Piece]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield _Piece("text", text, began)


def _screens(pieces: list[_Piece], title: str) -> list[_Screen]:
    """Return a screen for each heading that has something under it; what comes before the first gets ``title``."""
    screens = [_Screen(title)]
    for piece in pieces:
        if piece.kind == "heading":
            screens.append(_Screen(piece.text))
        else:
            screens[-1].pieces.append(piece)
    return [screen for screen in screens if any(piece.kind != "left out" for piece in screen.pieces)]


def _screen(screen: _Screen) -> Iterator[str]:
    yield f"  - title: {_quoted(screen.title)}"
    yield "    blocks:"
    for piece in screen.pieces:
        if piece.kind == "left out":
            yield from (f"      # line {piece.line}, left out: {line}" for line in piece.text.splitlines())
            continue
        yield from _literal(piece.kind, piece.text, "      - ")
        if piece.output:
            yield from _literal("output", piece.output, "        ")


def _literal(key: str, text: str, before: str) -> Iterator[str]:
    """Yield the lines of a key with a literal YAML text."""
    yield f"{before}{key}: |2"
    yield from (f"          {line}".rstrip() for line in text.expandtabs(4).splitlines())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
