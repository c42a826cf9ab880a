"""Build each block of a file into a block of the lesson, with settings inherited and names resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tutor.lessons import blocks
from tutor.lessons import models as files
from tutor.lessons.building.flatten import flattened
from tutor.lessons.building.work import Context, Place, Settings, Work
from tutor.lessons.yaml.document import Path_


@dataclass(frozen=True)
class Draft:
    """A block that lacks only its final id and what it waits for."""

    block: blocks.Block
    default_id: str
    path: Path_
    after: str | None
    after_path: Path_
    is_named: bool


def built(data: object, path: Path_, settings: Settings, context: Context, counter: str) -> Draft | None:
    """Return a block, or None with its problems noted. ``counter`` is the default id of a block that asks nothing."""
    checker = context.checker
    flat = flattened(data, path, checker)
    if flat is None:
        return None
    kind, keys, place = flat
    file = checker.model(files.BLOCKS[kind], keys, path, lambda location: _located(location, place, path))
    if file is None:
        return None
    own = settings.under(file, checker, place=place)
    context.resolver.owner(file.of, place("of"))
    node = checker.document.node(path)
    common: dict[str, Any] = {
        "id": file.id or "",
        "was": file.was,
        "line": node.line + 1 if node else 1,
        "allow": file.allow,
    }
    block, default_id = file.build(Work(**vars(context), file=file, settings=own, place=place, common=common))
    if block is None:
        return None
    return Draft(block, default_id if block.asks else counter, path, file.after, place("after"), file.id is not None)


def _located(location: tuple[str | int, ...], place: Place, path: Path_) -> Path_:
    return (*place(str(location[0])), *location[1:]) if location else path
