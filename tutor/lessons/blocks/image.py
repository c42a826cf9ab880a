"""A picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tutor.lessons.blocks.base import Block, View, in_words
from tutor.lessons.template import EMPTY, IsShown, Template


@dataclass(frozen=True, slots=True)
class ImageView(View):
    """A picture file, what it shows in words, and what is set under it."""

    path: Path
    alt: str
    caption: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Image(Block):
    """A picture file, and what it shows in words."""

    path: Path
    alt: Template
    caption: Template = EMPTY

    def markdown(self, is_shown: IsShown | None = None) -> str:
        """Return what it shows, in words, and its caption."""
        return in_words(self.alt, self.caption)

    def view(self, is_shown: IsShown) -> ImageView:
        """Return the picture with the words under it."""
        return ImageView(self.id, self.path, self.alt.fill(is_shown), self.caption.fill(is_shown))
