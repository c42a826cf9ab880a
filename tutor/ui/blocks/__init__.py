"""A lesson's blocks as widgets: a module for each kind of view.

All modules here are imported, so a new kind needs only a module of its own.
"""

from importlib import import_module
from pkgutil import iter_modules

from tutor.ui.blocks.code import CodeBlock
from tutor.ui.blocks.question import QuestionBlock
from tutor.ui.blocks.registry import block_widget, update_block

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["CodeBlock", "QuestionBlock", "block_widget", "update_block"]
