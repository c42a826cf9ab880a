"""What holds where nothing nearer says otherwise: ``of``, ``decimals``, ``figures``, ``reveal`` and ``hints``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tutor.lessons.validate import Checker
from tutor.lessons.yaml.document import Path_

Place = Callable[[str], Path_]


class OwnSettings(Protocol):
    """What a mapping of a file says about these for itself."""

    @property
    def model_fields_set(self) -> set[str]:
        """The keys that are written there."""
        ...

    @property
    def decimals(self) -> int | None:
        """Decimals asked for."""
        ...

    @property
    def figures(self) -> int | None:
        """Significant figures asked for."""
        ...

    @property
    def reveal(self) -> bool | None:
        """Whether values are shown."""
        ...

    @property
    def hints(self) -> tuple[str, ...] | None:
        """The author's hints; None for no hints at all."""
        ...


@dataclass(frozen=True)
class Settings:
    """What holds where nothing nearer says otherwise."""

    of: str | None = None
    decimals: int | None = None
    figures: int | None = None
    reveal: bool = True
    hints: tuple[str, ...] = ()
    builtin_hints: bool = True
    hints_path: Path_ = ()

    def under(self, file: OwnSettings, checker: Checker, *, place: Place) -> Settings:
        """These settings with a nearer mapping's own."""
        given = file.model_fields_set
        changes: dict[str, Any] = {}
        if "of" in given and getattr(file, "of", None):
            changes["of"] = getattr(file, "of", None)
        if file.decimals is not None and file.figures is not None:
            checker.add(place("figures"), "Give decimals or figures, not both.", at_key=True)
        if file.decimals is not None or file.figures is not None:
            changes.update(decimals=file.decimals, figures=file.figures)
        if file.reveal is not None:
            changes["reveal"] = file.reveal
        if "hints" in given:
            hints = file.hints
            changes.update(hints=hints or (), builtin_hints=hints is not None, hints_path=place("hints"))
        return replace(self, **changes)


def beside(path: Path_) -> Place:
    """Return where the keys of the mapping at a path stand."""
    return lambda key: (*path, key)
