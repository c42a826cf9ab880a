"""The inherited settings of blocks: ``of``, ``decimals``, ``figures``, ``reveal`` and ``hints``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tutor.lessons.validate import Checker
from tutor.lessons.yaml.document import Path_

Place = Callable[[str], Path_]


class OwnSettings(Protocol):
    """The settings that a lesson, screen, block or item of a file may have."""

    decimals: int | None
    figures: int | None
    reveal: bool | None
    hints: tuple[str, ...] | None
    """The author's hints; None means no hints at all."""

    @property
    def model_fields_set(self) -> set[str]:
        """The keys that are in the file."""
        ...


@dataclass(frozen=True)
class Settings:
    """The settings that apply to a block unless it overrides them."""

    of: str | None = None
    decimals: int | None = None
    figures: int | None = None
    reveal: bool = True
    hints: tuple[str, ...] = ()
    builtin_hints: bool = True
    hints_path: Path_ = ()

    def under(self, file: OwnSettings, checker: Checker, *, place: Place) -> Settings:
        """Return these settings with the changes that ``file`` makes; ``place`` gives the path of its keys."""
        changes: dict[str, Any] = {}
        if of := getattr(file, "of", None):
            changes["of"] = of
        if file.decimals is not None and file.figures is not None:
            checker.add(place("figures"), "Give decimals or figures, not both.", at_key=True)
        if file.decimals is not None or file.figures is not None:
            changes.update(decimals=file.decimals, figures=file.figures)
        if file.reveal is not None:
            changes["reveal"] = file.reveal
        if "hints" in file.model_fields_set:
            changes.update(hints=file.hints or (), builtin_hints=file.hints is not None, hints_path=place("hints"))
        return replace(self, **changes)


def beside(path: Path_) -> Place:
    """Return a function that gives the path of each key of the mapping at ``path``."""
    return lambda key: (*path, key)
