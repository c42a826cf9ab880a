"""From the blocks of a file to the blocks of a lesson.

Each kind of block has a module of its name: the keys with which it is written (a pydantic model), and how it is built
from them. All modules here are imported, so a new kind is known as soon as its module lies here.
"""

from importlib import import_module
from pkgutil import iter_modules

from tutor.lessons.building.builder import BlockBuilder, Draft
from tutor.lessons.building.settings import Settings, beside

_IN_ORDER = (
    "text", "given", "diagram", "explore", "ask", "number", "expression", "choose", "order", "fill", "write", "derive",
    "table", "plot", "run", "lab", "image",
)  # fmt: skip
"""The order in which authors are told the kinds; others come after these."""

for _name in dict.fromkeys([*_IN_ORDER, *sorted(module.name for module in iter_modules(__path__))]):
    import_module(f"{__name__}.{_name}")

__all__ = ["BlockBuilder", "Draft", "Settings", "beside"]
