"""Which widget draws a block, by the class of its view.

A kind of block whose view is a ``TextView`` (its words, see ``Block.markdown``) needs nothing here. Any other registers
its view in the module of its name in this package, which is imported with the rest.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual.widget import Widget

Make = Callable[[Any], Widget]
Update = Callable[[Any, Any], Awaitable[bool]]


async def same_view(widget: Any, view: object) -> bool:
    """Leave a widget as it is where its view has not changed; False where it has."""
    return bool(widget.view == view)


async def never_changes(widget: object, view: object) -> bool:
    """Leave a widget as it is: nothing that a learner does changes what it shows."""
    return True


async def always_anew(widget: object, view: object) -> bool:
    """Have a widget made anew whenever its page is brought up to date."""
    return False


async def shows(widget: Any, view: object) -> bool:
    """Have a widget show the view."""
    await widget.show(view)
    return True


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a view is drawn: ``make`` makes its widget, and ``update`` brings one of the class ``widget`` up to date, or
    returns False where it has to be made anew."""

    make: Make
    widget: tuple[type[Widget], ...]
    update: Update


DRAWINGS: dict[type, Drawing] = {}


def draws(view: type, make: Make, *widget: type[Widget], update: Update = same_view) -> None:
    """Make known what draws a class of views."""
    DRAWINGS[view] = Drawing(make, widget, update)


def block_widget(view: object) -> Widget:
    """Return the widget of a block."""
    return DRAWINGS[type(view)].make(view)


async def update_block(widget: Widget, view: object) -> bool:
    """Bring a widget up to date with its block; False where it has to be made anew."""
    drawing = DRAWINGS[type(view)]
    return isinstance(widget, drawing.widget) and await drawing.update(widget, view)
