"""The keys that ``tutor.ui`` declares, and the decorator with which a test claims to press some of them."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, ParamSpec
from unittest.mock import patch

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

import tutor.ui

Given = ParamSpec("Given")

FLOWS: set[str] = set()
"""The actions (``LessonScreen.hint``) whose keys are pressed and whose effects are checked by some test."""


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(tutor.ui.__path__, "tutor.ui."):
        yield importlib.import_module(found.name)


@functools.cache
def owners() -> dict[str, type[DOMNode]]:
    """Return the classes of ``tutor.ui`` that declare keys, by name."""
    found = {}
    for module in _modules():
        for name, value in vars(module).items():
            if isinstance(value, type) and value.__module__ == module.__name__ and "BINDINGS" in vars(value):
                found[name] = value
    return found


def keys_of(owner: type[DOMNode]) -> list[Binding]:
    """Return one binding for each key that a class declares, without those inherited from Textual's widgets."""
    theirs = [
        binding
        for base in owner.__mro__[1:]
        if not base.__module__.startswith("tutor.") and "BINDINGS" in vars(base)
        for binding in Binding.make_bindings(vars(base)["BINDINGS"])
    ]
    return [binding for binding in Binding.make_bindings(vars(owner)["BINDINGS"]) if binding not in theirs]


def action_name(binding: Binding) -> str:
    """Return the action without its arguments: ``app.focus_next``, ``export``."""
    return binding.action.partition("(")[0]


def actions() -> set[str]:
    """Return the actions that have a key, as ``Owner.action``."""
    return {f"{name}.{action_name(binding)}" for name, owner in owners().items() for binding in keys_of(owner)}


def plays(*names: str) -> Callable[[Callable[Given, Awaitable[None]]], Callable[Given, Awaitable[None]]]:
    """Declare the actions (``LessonScreen.hint``) whose keys a test presses. The test fails if one is not triggered."""
    FLOWS.update(names)

    def mark(flow: Callable[Given, Awaitable[None]]) -> Callable[Given, Awaitable[None]]:
        @functools.wraps(flow)
        async def watched(*args: Given.args, **kwargs: Given.kwargs) -> None:
            done: set[str] = set()
            dispatch = App._dispatch_action

            async def note(self: App[Any], node: DOMNode, action: str, params: Any) -> bool:
                done.update(f"{kind.__name__}.{action}" for kind in type(node).__mro__)
                if isinstance(node, App):
                    done.update(f"{kind.__name__}.app.{action}" for kind in type(self.screen).__mro__)
                return await dispatch(self, node, action, params)

            with patch.object(App, "_dispatch_action", note):
                await flow(*args, **kwargs)
            assert not set(names) - done, "the test did not trigger these actions"

        return watched

    return mark
