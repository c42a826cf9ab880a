"""Build the blocks of a lesson from the blocks of its file.

Each kind of block has a module of its name, with the keys that it has in a file: a pydantic model, whose ``build``
makes the block from them. All modules in this folder are imported, so a new kind needs only its module.
"""

from importlib import import_module
from pkgutil import iter_modules

from tutor.lessons.building.builder import Draft, built
from tutor.lessons.building.work import Context, Settings, beside

_IN_ORDER = (
    "text", "given", "diagram", "explore", "ask", "number", "expression", "choose", "order", "fill", "write", "derive",
    "table", "plot", "run", "lab", "image",
)  # fmt: skip
"""The order in which messages list the kinds to authors; others come after these."""

for _name in dict.fromkeys([*_IN_ORDER, *sorted(module.name for module in iter_modules(__path__))]):
    import_module(f"{__name__}.{_name}")

__all__ = ["Context", "Draft", "Settings", "beside", "built"]
