"""What is typed ahead: keys come one after the other, each to what has the focus once the one before has done its work.

Textual gives a key to what has the focus when it arrives, and runs what it is bound to when it has bubbled up to the
application. A slow line sends several keys in one packet: what is typed behind Enter, Tab or page down would go to the
field that is about to be left.
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

AT_MOST = 2.0
"""Seconds after which it is looked whether the key that others wait for went nowhere."""

HELD_AT_MOST = 30.0
"""Seconds that they wait for a mark: where forty people are served at once, it may take ten."""

TWICE = 0.4
"""Seconds within which the same key once more is a key that was pressed twice."""


class TypeAhead:
    """The keys that wait, in their order; ``deliver`` is what Textual does with one."""

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
        """Take a key or a paste that has arrived."""
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
            self._timer = self._app.set_timer(AT_MOST, partial(self._overdue, event))
        await self._deliver(event)

    def answered(self) -> None:
        """A question was answered by the key in hand; pressed twice, it is no answer to what comes next."""
        self._answer = self._last

    def _repeats_the_answer(self, event: Typed) -> bool:
        answer = self._answer
        is_same = isinstance(event, events.Key) and isinstance(answer, events.Key) and event.key == answer.key
        repeats = is_same and answer is not None and event.time - answer.time < TWICE
        self._answer = event if repeats else None
        return repeats

    def _has_action(self, event: events.Key) -> bool:
        """Return whether a key is bound to something that what is typed behind it has to wait for."""
        app = self._app
        if not app.screen_stack or not getattr(app.screen, "keeps_keys_in_order", False):
            return False
        if isinstance(app.focused, TextArea) or (isinstance(app.focused, Input) and event.is_printable):
            return False  # what an editor does with a key it does at once
        chain = binding_chain(app.screen)
        found = [each for _, bindings in chain for each in bindings.key_to_bindings.get(event.key, ())]
        return bool(found) and not any(each.priority for each in found)

    def acted(self, event: events.Key, node: DOMNode | None) -> None:
        """What a key is bound to has been run; ``node`` had the focus before. The next key is passed on when what that
        posted has arrived."""
        if event is self._acting:
            self._has_acted = True
            is_here = node is not None and node.is_attached and node.screen is self._app.screen
            _when_heard(node if is_here and node is not None else self._app.screen, partial(self._heard, event))

    def _overdue(self, event: Typed) -> None:
        """Nothing has come of a key for a while. On a busy machine it may still be on its way."""
        if event is self._acting:
            _when_heard(self._app.focused or self._app.screen, partial(self._went_nowhere, event))

    async def _went_nowhere(self, event: Typed) -> None:
        if not self._has_acted:
            await self._go_on(event)

    async def _heard(self, event: Typed) -> None:
        if not self._is_held:
            await self._go_on(event)

    def hold(self) -> None:
        """The key's work is not done: have those behind it wait until ``go_on`` or ``hand_over``."""
        if self._acting is not None and not self._is_held:
            self._is_held = True
            self._stop_timer()
            self._timer = self._app.set_timer(HELD_AT_MOST, partial(self._go_on, self._acting))

    def hand_over(self, target: Widget, *, scroll_visible: bool = True) -> None:
        """Give a widget the focus and, behind that, what was typed meanwhile."""
        target.screen.set_focus(target, scroll_visible)
        self.go_on()

    def go_on(self) -> None:
        """Go on with what was typed: the key's work is done."""
        if self._acting is not None:
            self._app.call_later(self._go_on, self._acting)

    async def _go_on(self, event: Typed) -> None:
        """In the application's own turn, so that no newer key comes between."""
        if event is not self._acting:
            return
        self._acting = None
        self._stop_timer()
        while self._waiting and self._acting is None:
            await self._pass_on(self._waiting.pop(0))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()


def _when_heard(node: MessagePump, callback: Callable[[], Awaitable[None]]) -> None:
    """Call back when every message that is on its way up from ``node`` has been handled."""
    parent = parent_of(node)
    if node.message_queue_size:  # what it has posted to itself meanwhile
        node.call_later(_when_heard, node, callback)
    elif parent is None:
        node.call_later(callback)
    else:
        node.call_later(_when_heard, parent, callback)
