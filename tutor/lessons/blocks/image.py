"""A picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.lessons.blocks.base import Block, View, in_words
from tutor.lessons.template import EMPTY, IsShown, Template


@dataclass(frozen=True, slots=True)
class ImageView(View):
    """A picture file, its description ``alt``, and the caption under it."""

    path: Path
    alt: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Image(Block):
    """A picture file and its description ``alt``."""

    path: Path
    alt: Template
    caption: Template = EMPTY

    def markdown(self, is_shown: IsShown | None = None) -> str:
        """Return its description and caption."""
        return in_words(self.alt, self.caption)

    def view(self, is_shown: IsShown) -> ImageView:
        return ImageView(self.id, self.path, self.alt.fill(is_shown), self.caption.fill(is_shown))

    def height(self) -> int:
        """Return about two thirds of a small terminal's height."""
        return 14

    @property
    def pictures(self) -> tuple[Path, ...]:
        return (self.path,)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield a warning about an empty description, and about a missing file."""
        if not str(self.alt).strip():
            yield "missing-alt", "This picture has an empty alt: say in words what it shows."
        if not self.path.is_file():
            yield "missing-file", f"There is no picture '{self.path.name}' (paths are from this file)."
