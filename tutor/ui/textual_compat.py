"""Hold every private name of Textual that the tutor uses, so that a new version of Textual is checked in one place.

``OVERRIDDEN`` lists the private methods that the tutor's classes override; a test checks that Textual still has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.dom import DOMNode
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    from textual._xterm_parser import XTermParser as XTermParser
    from textual.binding import BindingsMap
    from textual.widgets._markdown import MarkdownTable as MarkdownTable

_LAZY = {"XTermParser": "textual._xterm_parser", "MarkdownTable": "textual.widgets._markdown"}
"""Classes that are imported on first use: the first screen does not need what they import."""

OVERRIDDEN = {
    "textual.app.App": ("_on_key", "_handle_exception"),
    "textual.command.CommandPalette": ("_refresh_command_list", "_action_command_list"),
    "textual.drivers.linux_driver.LinuxDriver": ("_sigcont_application",),
    "textual.widgets.Input": ("_on_paste",),
    "textual.widgets.TextArea": ("_on_paste", "_refresh_size", "_build_highlight_map", "_validate_selection"),
}
"""The private methods, by Textual's class, that are overridden or called from an override."""


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(name)


def key_of(character: str) -> str:
    """Return Textual's name of the key that types a character."""
    return _character_to_key(character)


def binding_chain(screen: Screen[Any]) -> list[tuple[DOMNode, BindingsMap]]:
    """Return where Textual looks a key up, the focused node first. ``active_bindings`` would take longer."""
    return screen._modal_binding_chain


def parent_of(node: MessagePump) -> MessagePump | None:
    """Return the node that a message from this one goes to next."""
    return node._parent


def has_notifications(app: App[Any]) -> bool:
    """Return whether notifications cover the screen."""
    return bool(app._notifications) and not app._disable_notifications


def is_notified(app: App[Any], message: str) -> bool:
    """Return whether this message is already shown."""
    return any(each.message == message for each in app._notifications)


def chosen_keys(app: App[Any]) -> Mapping[str, str]:
    """Return the keys that were chosen for bindings, by the bindings' ids."""
    return app._keymap


def is_being_removed(widget: Widget) -> bool:
    """Return whether Textual is removing a widget."""
    return widget._pruning


def lay_out_now(screen: Screen[Any]) -> None:
    """Lay a screen out at once. Textual paints at once, but lays out after a pause."""
    screen._refresh_layout()


@cache
def prepare_queries_once() -> None:
    """Have tree-sitter's queries compiled once for each language. Textual compiles them for every editor and every text
    that is loaded, which takes 10 ms each."""
    from textual.document._syntax_aware_document import SyntaxAwareDocument

    prepare = SyntaxAwareDocument.prepare_query
    prepared: dict[tuple[object, str], Any] = {}

    def once(document: SyntaxAwareDocument, query: str) -> Any:
        key = document.language, query
        if key not in prepared:
            prepared[key] = prepare(document, query)
        return prepared[key]

    SyntaxAwareDocument.prepare_query = once  # type: ignore[assignment, method-assign]
