"""Build each block of a file into a block of the lesson, with settings inherited and names resolved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.lessons import blocks as made
from tutor.lessons import models as files
from tutor.lessons.building.flatten import flattened
from tutor.lessons.building.settings import Place, Settings
from tutor.lessons.building.work import BUILDERS, Context
from tutor.lessons.lesson_files import LessonFolder
from tutor.lessons.resolve import Resolver
from tutor.lessons.validate import Checker
from tutor.lessons.yaml.document import Path_


@dataclass
class Draft:
    """A block that lacks only its final id and what it waits for."""

    block: made.Block
    default_id: str
    path: Path_
    after: str | None
    after_path: Path_
    is_named: bool


class BlockBuilder:
    """Builds the blocks of one lesson."""

    def __init__(
        self, checker: Checker, resolver: Resolver, folder: LessonFolder, lesson_files: tuple[Path, ...]
    ) -> None:
        self.context = Context(checker, resolver, folder, lesson_files)
        self.checker = checker
        self.resolver = resolver

    def build(self, data: object, path: Path_, settings: Settings, counter: str) -> Draft | None:
        """Return a block, or None with its problems noted. ``counter`` is the default id of a block that asks
        nothing."""
        flat = flattened(data, path, self.checker)
        if flat is None:
            return None
        kind, keys, place = flat
        file = self.checker.model(files.BLOCKS[kind], keys, path, lambda location: _located(location, place, path))
        if file is None:
            return None
        own = settings.under(file, self.checker, place=place)
        self.resolver.owner(file.of, place("of"))
        node = self.checker.document.node(path)
        work = BUILDERS[kind](self.context, file, own, place)
        common: dict[str, Any] = {
            "id": "",
            "was": file.was,
            "line": node.line + 1 if node else 1,
            "column": node.column + 1 if node else 1,
            "allow": file.allow,
        }
        block, default_id = work.build(common)
        if block is None:
            return None
        if file.id is not None:
            block = replace(block, id=file.id)
        return Draft(
            block, default_id if block.asks else counter, path, file.after, place("after"), file.id is not None
        )


def _located(location: tuple[str | int, ...], place: Place, path: Path_) -> Path_:
    if not location:
        return path
    return (*place(str(location[0])), *location[1:])
