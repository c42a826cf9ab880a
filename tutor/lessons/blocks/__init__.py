"""The parts of a loaded lesson: frozen, with every name resolved and every condition evaluated.

    Lesson ── Screen ── Block: Text Given Diagram Explore Derive Table Plot Image Run, and the questions
                               Ask Number Expression Choose Order Fill Write Lab

Each kind of block has a module here. The module of the same name in ``building`` says how the kind is written in a file
and how it is built. All modules in this folder are imported, so a new kind needs only its module. None of them imports
pydantic or YAML, which a cached lesson does not need.
"""

from importlib import import_module
from pkgutil import iter_modules

from tutor.lessons.blocks.ask import Ask, AskItem
from tutor.lessons.blocks.base import After, AuthorMistake, Block, Question, Reference, TextView, View
from tutor.lessons.blocks.choose import Choose, Option
from tutor.lessons.blocks.derive import Derive
from tutor.lessons.blocks.diagram import Diagram
from tutor.lessons.blocks.explore import Explore, Goal
from tutor.lessons.blocks.expression import Expression
from tutor.lessons.blocks.fill import Fill
from tutor.lessons.blocks.find import Find
from tutor.lessons.blocks.given import Given
from tutor.lessons.blocks.image import Image
from tutor.lessons.blocks.lab import Check, Lab, Wrong
from tutor.lessons.blocks.lesson import Form, Lesson, Model, Screen, Vary
from tutor.lessons.blocks.number import Number
from tutor.lessons.blocks.order import Order
from tutor.lessons.blocks.plot import Plot, PlotSeries
from tutor.lessons.blocks.run import Run
from tutor.lessons.blocks.table import Table
from tutor.lessons.blocks.text import Text
from tutor.lessons.blocks.worked import Worked
from tutor.lessons.blocks.write import Write

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = [
    "After", "Ask", "AskItem", "AuthorMistake", "Block", "Check", "Choose", "Derive", "Diagram", "Explore",
    "Expression", "Fill", "Find", "Form", "Given", "Goal", "Image", "Lab", "Lesson", "Model", "Number", "Option",
    "Order", "Plot", "PlotSeries", "Question", "Reference", "Run", "Screen", "Table", "Text",
    "TextView", "Vary", "View", "Worked", "Write", "Wrong",
]  # fmt: skip
