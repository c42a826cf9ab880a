"""Pictures."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tutor.lessons import blocks as made
from tutor.lessons.building.work import Work, builds
from tutor.lessons.field_types import Words
from tutor.lessons.lesson_files import FileRefusedError
from tutor.lessons.models import BlockFile


class ImageFile(BlockFile):
    """A picture, shown as well as the terminal can."""

    kind = "image"
    called_elsewhere = ("figure", "picture")
    nested = ("file",)
    main: Annotated[Words, Field(alias="image", description="The file; its path is relative to this file.")]
    alt: Annotated[Words, Field(description="What it shows, in words.")]
    caption: Words | None = None


@builds(ImageFile)
class ImageBuilder(Work[ImageFile]):
    """Builds ``image`` blocks."""

    def build(self, common: dict[str, Any]) -> tuple[made.Image | None, str]:
        """Return the picture, or None with its problems noted."""
        file = self.file
        try:
            target = self.folder.place(file.main)
        except FileRefusedError as error:
            self.checker.add(self.place("image"), error.message)
            return None, ""
        self.checker.files.add(target)
        try:
            self.folder.find(file.main)
        except FileRefusedError as error:
            if not error.is_missing:  # ``tutor check`` warns about a missing file, which the author may add later
                self.checker.add(self.place("image"), error.message)
                return None, ""
        alt, caption = self.words("alt", file.alt), self.words("caption", file.caption)
        return made.Image(**common, of=self.owner(), path=target, alt=alt, caption=caption), ""
