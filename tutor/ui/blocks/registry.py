"""Register which widget draws a block, by the class of its view.

A kind of block whose view is a ``TextView`` (see ``Block.markdown``) needs nothing here. Any other kind registers its
view in its module of this package; all of them are imported.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual.widget import Widget

Make = Callable[[Any], Widget]
Update = Callable[[Any, Any], Awaitable[bool]]


async def same_view(widget: Any, view: object) -> bool:
    """Keep a widget if its view has not changed. Return False if it has."""
    return bool(widget.view == view)


async def never_changes(widget: object, view: object) -> bool:
    """Keep a widget: nothing that a learner does changes what it shows."""
    return True


async def always_remade(widget: object, view: object) -> bool:
    """Have a widget made again whenever its page is updated."""
    return False


async def shows(widget: Any, view: object) -> bool:
    """Have a widget show the view."""
    await widget.show(view)
    return True


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a view is drawn. ``make`` makes its widget. ``update`` updates one of the class ``widget``, or returns False
    if it must be made again."""

    make: Make
    widget: tuple[type[Widget], ...]
    update: Update


DRAWINGS: dict[type, Drawing] = {}


def draws(view: type, make: Make, *widget: type[Widget], update: Update = same_view) -> None:
    """Register what draws a class of views."""
    DRAWINGS[view] = Drawing(make, widget, update)


def block_widget(view: object) -> Widget:
    """Return the widget of a block."""
    return DRAWINGS[type(view)].make(view)


async def update_block(widget: Widget, view: object) -> bool:
    """Update a widget from its block's view. Return False if it must be made again."""
    drawing = DRAWINGS[type(view)]
    return isinstance(widget, drawing.widget) and await drawing.update(widget, view)
