"""Pictures."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutor.lessons import blocks
from tutor.lessons.building.work import Work
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

    def build(self, work: Work) -> tuple[blocks.Image | None, str]:
        try:
            target = work.folder.place(self.main)
        except FileRefusedError as error:
            work.note("image", error.message)
            return None, ""
        work.checker.files.add(target)
        try:
            work.folder.find(self.main)
        except FileRefusedError as error:
            if not error.is_missing:  # ``tutor check`` warns about a missing file, which the author may add later
                work.note("image", error.message)
                return None, ""
        alt, caption = work.words("alt", self.alt), work.words("caption", self.caption)
        return blocks.Image(**work.common, of=work.owner(), path=target, alt=alt, caption=caption), ""
