"""Read a YAML file as plain data, with the place of every value and every error in the YAML.

The rules are those of YAML 1.2's core schema: ``no`` is a word and ``1e-8`` a number. Duplicate keys, tags, alias
bombs, deep nesting and huge files are refused. Nodes are composed from libyaml's events without recursion, because the
depth is up to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from tutor.errors import reason
from tutor.lessons.lesson_files import read_regular
from tutor.lessons.problems import LessonProblems, Problem, ProblemList, clipped
from tutor.lessons.yaml import messages
from tutor.lessons.yaml.messages import Explained, quoted
from tutor.lessons.yaml.recovery import regions

Path_ = tuple[str | int, ...]

MOST_BYTES = 2_000_000
MOST_VALUES = 100_000
MOST_DEPTH = 40
MOST_REPAIRS = 30

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML counts lines
_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class WrittenFloat(float):
    """A number whose spelling matters: ``written`` is its text in the file, such as ``0.10`` or ``1e-8``."""

    written: str


class WrittenInt(int):
    """A whole number whose spelling matters (``+3``, ``007``)."""

    written: str


@dataclass(slots=True)
class Node:
    """A value in the file with its beginning and end; lines and columns count from 0. ``items`` are those of a list,
    ``pairs`` those of a mapping."""

    kind: str
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0
    text: str = ""
    style: str | None = None
    is_flow: bool = False
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)

    @property
    def is_plain(self) -> bool:
        """Whether it is a text without quotes."""
        return self.kind == "scalar" and self.style in (None, "", "plain")

    @property
    def length(self) -> int:
        """The number of characters it takes if it is on one line, else 1."""
        return max(1, self.end_column - self.column) if self.end_line == self.line else 1


class _Refused(Exception):
    """An error that ends reading the file; line and column count from 0."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


class _Unquoted(_Refused):
    """A text that has to be put in quotes."""


class Document:
    """A YAML text as plain ``data``, with its ``nodes`` by path and the ``problems`` in the YAML itself.

    An error with an obvious repair is repaired to read the rest. After any other error, the rest is read as if the
    block, screen or network around it were empty. ``repaired`` are the lines concerned; nothing more is reported there.
    """

    def __init__(self, text: str, name: str = "<lesson>") -> None:
        self.name = name
        self.text = text.removeprefix("\ufeff")
        self.lines = _LINE_END.split(self.text)
        self.problems = ProblemList()
        self.repaired: set[int] = set()
        self.data: object = None
        self.root: Node | None = self._read()
        self._convert()

    def _convert(self) -> None:
        self.nodes: dict[Path_, Node] = {}
        self.keys: dict[Path_, Node] = {}
        self._count = 0
        if self.root is not None:
            try:
                self.data = self._plain(self.root, ())
            except _Refused as refused:
                self._add(refused.line, refused.column, refused.message)

    def respell(self, keys: Mapping[Path_, str | None]) -> None:
        """Convert the file again as if these keys were spelt differently, or left out (None). Places stay the same."""
        for path, meant in keys.items():
            parent, key = self.nodes[path[:-1]], self.keys[path]
            if meant is None or any(other is not key and other.text == meant for other, _ in parent.pairs):
                parent.pairs = [pair for pair in parent.pairs if pair[0] is not key]
            else:
                key.text = meant
        self._convert()

    # -- reading ----------------------------------------------------------------------------------------------------

    def _read(self) -> Node | None:
        lines = [line.rstrip("\r") for line in self.lines]
        for _ in range(MOST_REPAIRS):
            try:
                return self._compose("\n".join(lines))
            except _Unquoted as refused:
                repaired = quoted(lines[refused.line])
                if not self._repair(lines, Explained(refused.line, refused.column, refused.message, repaired)):
                    return None
            except _Refused as refused:
                self._add(refused.line, refused.column, refused.message)
                return None
            except yaml.reader.ReaderError as error:
                control = chr(error.character)  # error.position counts bytes or characters, depending on the parser
                line = next(number for number, text in enumerate(lines) if control in text)
                message, repaired = "There is a control character here; delete it.", lines[line].replace(control, "")
                if not self._repair(lines, Explained(line, lines[line].index(control), message, repaired)):
                    return None
            except yaml.MarkedYAMLError as error:
                mark = error.problem_mark or error.context_mark
                context = _place(error.context_mark) if error.context_mark else None
                place = _place(mark) if mark else (0, 0)
                if not self._repair(lines, messages.explain(error.problem or "", *place, context, lines)):
                    return None
        return None

    def _repair(self, lines: list[str], error: Explained) -> bool:
        """Note an error and repair its line, or leave out what surrounds it. Return whether the rest can be read."""
        is_new = error.line not in self.repaired
        self._add(error.line, error.column, error.message)
        if is_new and error.repaired is not None and error.repaired != lines[error.line]:
            self.repaired.add(error.line)
            lines[error.line] = error.repaired
            return True
        region = next((each for each in regions(lines, error.line) if lines[each.start] != each.instead), None)
        if region is None:
            return False
        self.repaired.update((error.line, *range(region.start, region.end)))
        lines[region.start : region.end] = [region.instead, *[""] * (region.end - region.start - 1)]
        return True

    def _compose(self, source: str) -> Node | None:
        """Return the tree of nodes composed from the parser's events; aliases share a node."""
        anchors: dict[str, Node] = {}
        open_nodes: list[Node] = []
        keys: list[Node | None] = []
        root: Node | None = None
        count = 0
        used: set[str | None] = set()
        events: Iterator[Any] = yaml.parse(source, _LOADER)
        for event in events:
            if isinstance(event, yaml.events.AliasEvent):
                used.add(event.anchor)
            if isinstance(event, yaml.events.DocumentStartEvent) and root is not None:
                raise _Refused("A second document begins here; a file holds one.", _place(event.start_mark)[0], 0)
            if isinstance(event, yaml.events.CollectionEndEvent):
                node = open_nodes.pop()
                keys.pop()
                node.end_line, node.end_column = _place(event.end_mark)
                continue
            found = self._node(event, anchors)
            if found is None:
                continue
            if (count := count + 1) > MOST_VALUES:
                message = f"There are more than {MOST_VALUES:,} values here; put data into a CSV file."
                raise _Refused(message, found.line, found.column)
            if open_nodes:
                _attach(found, open_nodes[-1], keys)
            else:
                root = found
            if isinstance(event, yaml.events.CollectionStartEvent):
                if len(open_nodes) >= MOST_DEPTH:
                    raise _Refused("This is nested too deeply.", found.line, found.column)
                open_nodes.append(found)
                keys.append(None)
        for name, node in anchors.items():
            if name not in used:
                self._add(node.line, node.column, "A text that begins with & must be in single quotes: '…'.")
        return root

    def _node(self, event: Any, anchors: dict[str, Node]) -> Node | None:
        """Return the node that an event begins, or None."""
        if isinstance(event, yaml.events.AliasEvent):
            if event.anchor not in anchors:
                raise _Unquoted("A text that begins with * must be in single quotes: '…'.", *_place(event.start_mark))
            return anchors[event.anchor]
        is_node: bool = isinstance(event, yaml.events.NodeEvent)
        if not is_node:
            return None
        start, end = event.start_mark, event.end_mark
        if getattr(event, "tag", None) is not None:
            what = f"The tag {event.tag} is not allowed; a text that begins with ! must be in single quotes: '…'."
            raise _Unquoted(what, start.line, start.column)
        if isinstance(event, yaml.events.ScalarEvent):
            node = Node("scalar", start.line, start.column, end.line, end.column, event.value, event.style)
        else:
            kind = "map" if isinstance(event, yaml.events.MappingStartEvent) else "list"
            node = Node(kind, start.line, start.column, end.line, end.column, is_flow=bool(event.flow_style))
        if event.anchor:
            anchors[event.anchor] = node
        return node

    # -- plain data -------------------------------------------------------------------------------------------------

    def _plain(self, node: Node, path: Path_) -> object:
        self._count += 1
        if self._count > MOST_VALUES:
            raise _Refused("There are too many values here (aliases repeat them).", node.line, node.column)
        if len(path) > MOST_DEPTH:
            raise _Refused("This is nested too deeply, or holds itself.", node.line, node.column)
        self.nodes[path] = node
        if node.kind == "list":
            return [self._plain(item, (*path, place)) for place, item in enumerate(node.items)]
        if node.kind == "map":
            return self._mapping(node, path)
        return self._scalar(node)

    def _mapping(self, node: Node, path: Path_) -> dict[str, object]:
        data: dict[str, object] = {}
        before: Node | None = None
        for key, value in node.pairs:
            if key.kind != "scalar":
                self._add(node.line, node.column, "A text that begins with { or [ must be in single quotes: '…'.")
                continue
            if _has_no_value(node, value) and (tight := re.fullmatch(r"([A-Za-z_]\w*):(\S+)", key.text)):
                message = f"Put a space after the colon: {tight[1]}: {tight[2]}"
                self._add(key.line, key.column, message, key.length)
                self.repaired.add(key.line)
                continue
            if _has_no_value(node, value) and before is not None and before.is_plain and before.text:
                # the key is really the rest of the text before it
                message = "A comma inside { } ends the text; put it in single quotes: '…'."
                if _is_number(before.text) and _is_number(key.text):
                    message = f"Several numbers are a list: [{before.text}, {key.text}]."
                    if key.text.isdigit() and key.column == before.end_column + 1:
                        message = f"A decimal has a point here: {before.text}.{key.text}, not {before.text},{key.text}."
                self._add(key.line, key.column, message, key.length)
                # the text before the comma is only half a text, so other problems with it would mislead
                self.repaired.add(key.line)
                continue
            before = value
            here = (*path, key.text)
            if key.text in data:
                first = self.keys[here].line + 1
                self._add(key.line, key.column, f"'{key.text}' is given twice (first on line {first}).", key.length)
                continue
            self.keys[here] = key
            data[key.text] = self._plain(value, here)
        return data

    def _scalar(self, node: Node) -> object:
        text = node.text
        if not node.is_plain:
            if node.style == '"' and (message := messages.escaped_latex(self._raw(node))):
                self._add(node.line, node.column, message, node.length)
            return text
        if node.end_line == node.line and node.end_line < len(self.lines):
            rest = self.lines[node.end_line][node.end_column :]
            if message := messages.comment_in_text(text, rest):
                self._add(node.end_line, node.end_column + 1, message)
        try:
            return plain_value(text)
        except ValueError:
            raise _Refused("This number has too many digits.", node.line, node.column) from None

    def _raw(self, node: Node) -> str:
        lines = self.lines[node.line : node.end_line + 1]
        if not lines:
            return ""
        if len(lines) == 1:
            return lines[0][node.column : node.end_column]
        return "\n".join([lines[0][node.column :], *lines[1:-1], lines[-1][: node.end_column]])

    # -- places -----------------------------------------------------------------------------------------------------

    def _problem(self, line: int, column: int, message: str, length: int, name: str = "") -> Problem | None:
        if line in self.repaired:
            return None
        source = self.lines[line].rstrip("\r") if line < len(self.lines) else ""
        return Problem(self.name, line + 1, column + 1, clipped(message), source, length, name)

    def _add(self, line: int, column: int, message: str, length: int = 1) -> None:
        self.problems.add(self._problem(line, column, message, length))

    def problem(
        self, path: Path_, message: str, *, at_key: bool = False, offset: int | None = None, name: str = ""
    ) -> Problem | None:
        """Return a problem at a path, at its key, or ``offset`` characters into its text; None on a repaired line."""
        node = self.node(path, at_key=at_key)
        line, column, length = (node.line, node.column, node.length) if node else (0, 0, 1)
        if node is not None and offset is not None:
            line, column, length = *self.inside(node, offset), 1
        return self._problem(line, column, message, length, name)

    def node(self, path: Path_, *, at_key: bool = False) -> Node | None:
        """Return the node at a path, or its key; if there is none, the nearest node above it."""
        if at_key and path in self.keys:
            return self.keys[path]
        for end in range(len(path), -1, -1):
            if path[:end] in self.nodes:
                return self.nodes[path[:end]]
        return None

    def inside(self, node: Node, offset: int) -> tuple[int, int]:
        """Return the line and column (from 0) of the character at ``offset`` in a node's text, as far as known."""
        before = node.text[:offset]
        if node.style in ("|", ">"):
            line = node.line + 1 + before.count("\n")
            column = len(before) - (before.rfind("\n") + 1)
            if node.style == ">" and line > node.end_line:
                return node.line, node.column
            return line, column + self._indent(node)
        if node.end_line != node.line:
            return node.line, node.column
        if node.style == "'":
            return node.line, node.column + 1 + offset + before.count("'")
        return node.line, node.column + offset + (1 if node.style == '"' else 0)

    def _indent(self, node: Node) -> int:
        for line in self.lines[node.line + 1 : node.end_line + 1]:
            if line.strip():
                return len(line) - len(line.lstrip(" "))
        return 0

    # -- as written -------------------------------------------------------------------------------------------------

    @property
    def written(self) -> object:
        """The data with every value as its text in the file: ``0.10`` stays ``0.10``."""
        return _written(self.root) if self.root is not None else None


def _place(mark: Any) -> tuple[int, int]:
    """Return a parser's mark as line and column."""
    return mark.line, mark.column


def _attach(child: Node, parent: Node, keys: list[Node | None]) -> None:
    """Add a node to the list or mapping that contains it."""
    if parent.kind == "list":
        parent.items.append(child)
    elif keys[-1] is None:
        keys[-1] = child
    else:
        parent.pairs.append((keys[-1], child))
        keys[-1] = None


def _has_no_value(mapping: Node, value: Node) -> bool:
    """Return whether a key in ``{…}`` has no value."""
    is_missing = value.is_plain and not value.text and value.line == value.end_line and value.column == value.end_column
    return mapping.is_flow and is_missing


def _is_number(text: str) -> bool:
    return _INT.fullmatch(text) is not None or _FLOAT.fullmatch(text) is not None


def _written(node: Node, depth: int = 0) -> object:
    if depth > MOST_DEPTH:
        return None
    if node.kind == "list":
        return [_written(item, depth + 1) for item in node.items]
    if node.kind == "map":
        return {key.text: _written(value, depth + 1) for key, value in node.pairs}
    return node.text


def plain_value(text: str) -> str | int | float | bool | None:
    """Return the value of an unquoted scalar by the core schema of YAML 1.2."""
    if _NULL.fullmatch(text):
        return None
    first = text[0]
    if first in "tTfF":
        return True if _TRUE.fullmatch(text) else False if _FALSE.fullmatch(text) else text
    if first not in "-+.0123456789":
        return text
    if _INT.fullmatch(text):
        whole = int(text, 0 if text[:2] in ("0o", "0x") else 10)
        return whole if str(whole) == text else _as_written(WrittenInt(whole), text)
    if _FLOAT.fullmatch(text):
        value = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        return value if repr(value) == text else _as_written(WrittenFloat(value), text)
    return text


def _as_written(value: WrittenInt | WrittenFloat, text: str) -> int | float:
    value.written = text
    return value


def read_document(path: Path, *, name: str | None = None) -> Document:
    """Return the document in a file.

    Raises:
        LessonProblems: The file itself cannot be read. Errors in the YAML are in the document's ``problems``.
    """
    shown = name or str(path)
    try:
        if path.is_dir():
            raise _unreadable(shown, "This is a folder; name a file.")
        return _document(read_regular(path, MOST_BYTES), shown)
    except OSError as error:
        raise _unreadable(shown, f"This file cannot be read: {reason(error)}.") from None


def document_in(file: BinaryIO, name: str) -> Document:
    """Return the document in an open file, which is read once and may be a pipe.

    Raises:
        LessonProblems: The content is too large, or is not UTF-8.
    """
    return _document(file.read(MOST_BYTES + 1), name)


def _document(data: bytes, name: str) -> Document:
    if len(data) > MOST_BYTES:
        raise _unreadable(name, "This file has more than 2 MB; a lesson may not. Put data into a CSV file.")
    try:
        return Document(data.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _unreadable(name, "This is not UTF-8 text; save the file as UTF-8.", line) from None


def _unreadable(name: str, message: str, line: int = 1) -> LessonProblems:
    return LessonProblems([Problem(name, line, 1, message)])
