"""Replacements for the waits of Textual's pilot: a test waits for the application only as long as it has work to do.

Textual's pilot sends a message to every widget and sleeps until the process uses little CPU. That is slow, and on a
busy machine it takes a process that gets no CPU for an idle one. These functions look at the event loop and the queues.
"""

from __future__ import annotations

import asyncio
from time import process_time
from typing import Any

import pytest
from textual.message_pump import MessagePump
from textual.pilot import Pilot

SOON = 0.02
"""Timers that are due within this many seconds are waited for."""

LONGEST = 1.0

_PAINTINGS = 10
"""How often to paint at most: painting may cause further changes."""


async def until_idle(min_sleep: float = 0.0, max_sleep: float = LONGEST) -> None:
    """Wait until the loop has nothing to call, no timer is due soon, and no thread is busy."""
    loop: Any = asyncio.get_running_loop()
    end = loop.time() + max_sleep
    while (now := loop.time()) < end:
        await asyncio.sleep(0)
        if loop._ready:
            continue
        timers = [timer.when() for timer in loop._scheduled if not timer.cancelled()]
        if timers and min(timers) < now + SOON:
            await asyncio.sleep(max(0.0, min(timers) - now))
            continue
        if not _is_busy(loop._default_executor):
            return
        if await _only_waits(loop._default_executor):
            return


def _is_busy(threads: Any) -> bool:
    """Return whether one of the loop's threads has work."""
    return threads is not None and (
        threads._work_queue.qsize() > 0 or threads._idle_semaphore._value < len(threads._threads)
    )


async def _only_waits(threads: Any) -> bool:
    """Return whether the unfinished threads are only waiting, that is, use no CPU time for 0.1 seconds."""
    begun = process_time()
    for _ in range(20):
        await asyncio.sleep(0.005)
        if not _is_busy(threads) or process_time() - begun > 0.001:
            return False
    return True


def _is_waiting(pump: MessagePump) -> bool:
    """Return whether a widget is waiting for its next message."""
    queue: Any = pump._message_queue
    return queue.empty() and bool(queue.ready_event._waiters) and not pump._next_callbacks


async def until_handled(pilot: Pilot[Any], timeout: float = 30.0) -> bool:
    """Wait until the screen and its widgets have handled all messages. Return False if one of them failed."""
    app = pilot.app
    if not app.screen_stack:
        return False
    exception: asyncio.Event = app._exception_event
    failed = asyncio.create_task(exception.wait())
    handled = []
    for pump in (app, *app.screen.walk_children(with_self=True)):
        if not _is_waiting(pump):
            event = asyncio.Event()
            if pump.call_later(event.set):
                handled.append(event)
    for event in handled:
        one = asyncio.create_task(event.wait())
        done, _ = await asyncio.wait((one, failed), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        assert done, "a widget did not handle its messages"
        if one not in done:
            one.cancel()
            return False
    failed.cancel()
    return True


async def pause(pilot: Pilot[Any], delay: float | None = None) -> None:
    """Wait until all messages are handled and painted, those caused by painting included."""
    if delay is not None:
        await asyncio.sleep(delay)
    loop: Any = asyncio.get_running_loop()
    for _ in range(_PAINTINGS):
        await until_handled(pilot)
        await until_idle()
        if not pilot.app.screen_stack:
            return
        pilot.app.screen._on_timer_update()  # paint now, as the timer would soon
        if not loop._ready:
            return


def wait_no_longer_than_it_takes(patch: pytest.MonkeyPatch) -> None:
    """Replace the pilot's waits with these."""
    patch.setattr("textual.pilot.wait_for_idle", until_idle)
    patch.setattr("textual.app.wait_for_idle", until_idle)
    patch.setattr(Pilot, "_wait_for_screen", until_handled)
    patch.setattr(Pilot, "pause", pause)
