"""Free text."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lessons.blocks.base import Question
from tutor.lessons.template import EMPTY, Template


@dataclass(frozen=True, kw_only=True, eq=False)
class Write(Question):
    """Free text, kept and not marked; ``model`` is shown afterwards."""

    model: Template = EMPTY
