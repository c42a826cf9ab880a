"""Handle keys that are typed ahead: each goes to the focused widget only once the key before it has taken effect.

Textual gives a key to the widget that has the focus when the key arrives, and runs the key's binding once the event has
bubbled up to the application. A slow line sends several keys in one packet: what is typed after Enter, Tab or page down
would go to the field that is about to be left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import events
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tutor.ui.textual_compat import binding_chain, parent_of

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

Typed = events.Key | events.Paste

OVERDUE_AFTER = 2.0
"""Seconds after which to check whether a key that others wait for had no effect."""

HOLD_LIMIT = 30.0
"""Seconds that keys wait for a mark. With forty people on one server it may take ten."""

REPEATED_WITHIN = 0.4
"""Seconds within which the same key again counts as one key pressed twice."""


class TypeAhead:
    """The queue of waiting keys. ``deliver`` gives an event to Textual."""

    def __init__(self, app: TutorApp, deliver: Callable[[Typed], Awaitable[None]]) -> None:
        self._app = app
        self._deliver = deliver
        self._acting: Typed | None = None
        self._is_held = False
        self._has_acted = False
        self._waiting: list[Typed] = []
        self._timer: Timer | None = None
        self._last: Typed | None = None
        self._answer: Typed | None = None

    async def take(self, event: Typed) -> None:
        """Deliver a key or a paste that has arrived, or queue it."""
        if self._acting is not None:
            self._waiting.append(event)
        else:
            await self._pass_on(event)

    async def _pass_on(self, event: Typed) -> None:
        if self._repeats_the_answer(event):
            return
        self._last = event
        if isinstance(event, events.Key) and self._has_action(event):
            self._acting, self._is_held, self._has_acted = event, False, False
            self._timer = self._app.set_timer(OVERDUE_AFTER, partial(self._overdue, event))
        await self._deliver(event)

    def answered(self) -> None:
        """Note that the current key answered a question: pressed again at once, it does not answer the next one."""
        self._answer = self._last

    def _repeats_the_answer(self, event: Typed) -> bool:
        answer = self._answer
        is_same = isinstance(event, events.Key) and isinstance(answer, events.Key) and event.key == answer.key
        repeats = is_same and answer is not None and event.time - answer.time < REPEATED_WITHIN
        self._answer = event if repeats else None
        return repeats

    def _has_action(self, event: events.Key) -> bool:
        """Return whether a key is bound to something that the keys after it must wait for."""
        app = self._app
        if not app.screen_stack or not getattr(app.screen, "keeps_keys_in_order", False):
            return False
        if isinstance(app.focused, TextArea) or (isinstance(app.focused, Input) and event.is_printable):
            return False  # an editor handles a key at once
        chain = binding_chain(app.screen)
        found = [each for _, bindings in chain for each in bindings.key_to_bindings.get(event.key, ())]
        return bool(found) and not any(each.priority for each in found)

    def acted(self, event: events.Key, node: DOMNode | None) -> None:
        """Note that a key's binding was run; ``node`` had the focus before. The next key is delivered once the messages
        that the binding posted are handled."""
        if event is self._acting:
            self._has_acted = True
            is_here = node is not None and node.is_attached and node.screen is self._app.screen
            start = node if is_here and node is not None else self._app.screen
            _when_handled(start, partial(self._after_handled, event))

    def _overdue(self, event: Typed) -> None:
        """Check a key that has had no effect for a while. On a busy machine it may still be on its way."""
        if event is self._acting:
            _when_handled(self._app.focused or self._app.screen, partial(self._had_no_effect, event))

    async def _had_no_effect(self, event: Typed) -> None:
        if not self._has_acted:
            await self._go_on(event)

    async def _after_handled(self, event: Typed) -> None:
        if not self._is_held:
            await self._go_on(event)

    def hold(self) -> None:
        """Make the keys after this one wait until ``go_on`` or ``hand_over``: its work takes longer."""
        if self._acting is not None and not self._is_held:
            self._is_held = True
            self._stop_timer()
            self._timer = self._app.set_timer(HOLD_LIMIT, partial(self._go_on, self._acting))

    def hand_over(self, target: Widget, *, scroll_visible: bool = True) -> None:
        """Focus a widget, then give it what was typed meanwhile."""
        target.screen.set_focus(target, scroll_visible)
        self.go_on()

    def go_on(self) -> None:
        """Deliver the waiting keys: the work of the current one is done."""
        if self._acting is not None:
            self._app.call_later(self._go_on, self._acting)

    async def _go_on(self, event: Typed) -> None:
        """Deliver the waiting keys within one message of the application, so that no newer key gets ahead of them."""
        if event is not self._acting:
            return
        self._acting = None
        self._stop_timer()
        while self._waiting and self._acting is None:
            await self._pass_on(self._waiting.pop(0))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()


def _when_handled(node: MessagePump, callback: Callable[[], Awaitable[None]]) -> None:
    """Call back when every message that is on its way up from ``node`` has been handled."""
    parent = parent_of(node)
    if node.message_queue_size:  # it may have posted messages to itself
        node.call_later(_when_handled, node, callback)
    elif parent is None:
        node.call_later(callback)
    else:
        node.call_later(_when_handled, parent, callback)
