"""A block of code."""

from __future__ import annotations

from textual.containers import Vertical

from tutor.session.model import LabView, RunView
from tutor.ui.fields import FieldWidget


class CodeBlock(Vertical):
    """Code."""

    def __init__(self, view: RunView | LabView) -> None:
        super().__init__()
        self.view = view
        self.widgets: list[FieldWidget] = []
