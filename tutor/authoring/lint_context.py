"""A lesson under inspection: collects warnings with their places, without those that the author allows."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.authoring.warnings import OPTIONAL, WARNINGS
from tutor.lessons.blocks import Block, Lesson, Model
from tutor.lessons.problems import ProblemList
from tutor.lessons.yaml.document import Document, Node, Path_

#: The warnings that come from comparing lessons, and from running programs.
_OF_SEVERAL_LESSONS = frozenset({"requires", "duplicate-id"})
_OF_PROGRAMS = frozenset({"output-differs", "solution-fails", "starter-passes", "no-solution", "wrong-passes"})

Owner = tuple[str, str]
"""Where a warning may be allowed: the kind (block, screen, model or lesson) and its name."""


@dataclass(frozen=True)
class PlacedBlock:
    """A block with its path in the file and the index of its screen."""

    block: Block
    path: Path_
    screen: int


class Subject:
    """One lesson with the text of its file. The checks add their warnings to it."""

    def __init__(self, lesson: Lesson, name: str) -> None:
        self.lesson = lesson
        self.name = name
        self.document = Document(lesson.text, name)
        self.found = ProblemList()
        self.notes: list[str] = []
        #: Further files that a finding depends on, whether they exist or not.
        self.files: set[Path] = set()
        self._used: set[tuple[Owner, str]] = set()

    # -- contents ---------------------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[PlacedBlock]:
        """Yield every block, in order."""
        for number, screen in enumerate(self.lesson.screens):
            for place, block in enumerate(screen.blocks):
                yield PlacedBlock(block, ("screens", number, "blocks", place), number)

    def texts(self, path: Path_, keys: frozenset[str]) -> Iterator[tuple[Path_, Node]]:
        """Yield the texts under these keys at or below a path."""
        for each, node in self.document.nodes.items():
            if each[: len(path)] == path and node.kind == "scalar":
                words = [key for key in each[len(path) :] if isinstance(key, str)]
                # a program's output is not prose, although it may be under the key text:
                if words and words[-1] in keys and "output" not in words:
                    yield each, node

    def model_path(self, name: str) -> Path_:
        """Return the path of a network or worksheet in the file."""
        for path in ((f"{kind}s", name) for kind in ("network", "worksheet")):
            if path in self.document.nodes:
                return path
        return (name,)

    # -- warnings ---------------------------------------------------------------------------------------------------

    def on_block(
        self, name: str, placed: PlacedBlock, message: str, *, path: Path_ | None = None, offset: int | None = None
    ) -> None:
        """Add a warning about a block, or about a place in it."""
        owners: list[tuple[Owner, Mapping[str, str]]] = [
            (("block", placed.block.id), placed.block.allow),
            (("screen", str(placed.screen)), self.lesson.screens[placed.screen].allow),
        ]
        model = self.lesson.parts.get(placed.block.of)
        if model is not None:
            owners.append((("model", model.name), model.allow))
        self._add(name, path or placed.path, message, owners, offset=offset)

    def on_screen(self, name: str, screen: int, message: str) -> None:
        """Add a warning about a screen."""
        path: Path_ = ("screens", screen)
        self._add(name, path, message, [(("screen", str(screen)), self.lesson.screens[screen].allow)])

    def on_model(self, name: str, model: Model, message: str, *key: str | int) -> None:
        """Add a warning about a network or worksheet, or about a key of it."""
        path = (*self.model_path(model.name), *key)
        if path not in self.document.nodes:
            path = self.model_path(model.name)
        self._add(name, path, message, [(("model", model.name), model.allow)], key=True)

    def on_lesson(self, name: str, message: str, *path: str | int) -> None:
        """Add a warning about the whole lesson."""
        self._add(name, path, message, [], key=len(path) == 1)

    def _add(self, name: str, path: Path_, message: str, owners: list[tuple[Owner, Mapping[str, str]]], *,
             key: bool = False, offset: int | None = None) -> None:  # fmt: skip
        for owner, allowed in (*owners, (("lesson", ""), self.lesson.allow)):
            if name in allowed:
                self._used.add((owner, name))
                return
        if name not in OPTIONAL:
            self.found.add(self.document.problem(path, message, at_key=key, offset=offset, name=name))

    # -- allowances -------------------------------------------------------------------------------------------------

    def unused_allowances(self, *, with_programs: bool) -> None:
        """Warn about warnings that the lesson allows and that did not occur. Those about programs are skipped unless
        its programs were run, as are those about several lessons."""
        skipped = _OF_SEVERAL_LESSONS if with_programs else _OF_SEVERAL_LESSONS | _OF_PROGRAMS
        for owner, path in self._allowances():
            node = self.document.nodes.get(path)
            for key, _ in node.pairs if node is not None and node.kind == "map" else ():
                if key.text not in WARNINGS:
                    near = difflib.get_close_matches(key.text, WARNINGS, 1, 0.6)
                    meant = f"; did you mean '{near[0]}'?" if near else "."
                    message = f"There is no warning '{key.text}'{meant}"
                elif (owner, key.text) in self._used or key.text in skipped:
                    continue
                else:
                    message = f"'{key.text}' is allowed here, but does not occur; remove it."
                self.found.add(self.document.problem((*path, key.text), message, at_key=True, name="unused-allow"))

    def _allowances(self) -> Iterator[tuple[Owner, Path_]]:
        """Yield the owner and the path of every ``allow:`` in the file."""
        blocks = {placed.path: placed.block.id for placed in self.blocks()}
        for path in [path for path in self.document.nodes if path and path[-1] == "allow"]:
            above = path[:-1]
            if not above:
                yield ("lesson", ""), path
            elif above[0] == "screens" and len(above) == 2:
                yield ("screen", str(above[1])), path
            elif above[:4] in blocks and len(above) <= 5:
                yield ("block", blocks[above[:4]]), path
            elif above[0] in ("networks", "worksheets", "network", "worksheet") and len(above) <= 2:
                yield ("model", str(above[-1])), path
