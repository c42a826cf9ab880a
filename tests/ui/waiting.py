"""How a test waits for the application: until nothing is left to do, and not a moment longer.

Textual's own pilot sends a message to every widget and sleeps until the processor has little to do. That is slow, and a
machine that is busy with something else looks idle to it. Here the event loop and the queues themselves are looked at.
"""

from __future__ import annotations

import asyncio
from time import process_time
from typing import Any

import pytest
from textual.message_pump import MessagePump
from textual.pilot import Pilot

SOON = 0.02
"""Seconds. A timer that ends within this is waited for."""

LONGEST = 1.0

_PAINTINGS = 10
"""What is painted may set something off that is painted too, but not for ever."""


async def until_idle(min_sleep: float = 0.0, max_sleep: float = LONGEST) -> None:
    """Wait until the loop has nothing to call, no timer ends soon, and no thread calculates."""
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
    """Whether a thread of the loop's has something to do."""
    return threads is not None and (
        threads._work_queue.qsize() > 0 or threads._idle_semaphore._value < len(threads._threads)
    )


async def _only_waits(threads: Any) -> bool:
    """Whether the threads that are not done wait for something themselves: the processor's time stands still."""
    begun = process_time()
    for _ in range(20):
        await asyncio.sleep(0.005)
        if not _is_busy(threads) or process_time() - begun > 0.001:
            return False
    return True


def _is_waiting(pump: MessagePump) -> bool:
    """Whether a widget waits for its next message."""
    queue: Any = pump._message_queue
    return queue.empty() and bool(queue.ready_event._waiters) and not pump._next_callbacks


async def until_handled(pilot: Pilot[Any], timeout: float = 30.0) -> bool:
    """Wait until the screen and its widgets have handled all messages; False where one of them failed."""
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
    """Wait until everything is handled and painted, and what painting sets off as well."""
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
    """Put these in place of the pilot's own."""
    patch.setattr("textual.pilot.wait_for_idle", until_idle)
    patch.setattr("textual.app.wait_for_idle", until_idle)
    patch.setattr(Pilot, "_wait_for_screen", until_handled)
    patch.setattr(Pilot, "pause", pause)
