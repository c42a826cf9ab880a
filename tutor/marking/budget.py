"""Limit how long the search for a mistake may take.

The verdict never waits for the explanation: when the time is up, the answer is marked wrong and no mistake is named.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class OutOfTime(Exception):
    """The search for a mistake has used up its time, or was cancelled."""


class Budget:
    """Limits a search to a number of seconds from its first step on; None sets no limit.

    The default ``clock`` counts only the seconds that this thread has worked.
    """

    def __init__(self, seconds: float | None = None, *, clock: Callable[[], float] = time.thread_time) -> None:
        self._seconds = seconds
        self._clock = clock
        self._began: float | None = None
        self._is_cancelled = False

    def cancel(self) -> None:
        """End the search at its next step; may be called from another thread."""
        self._is_cancelled = True

    @property
    def is_spent(self) -> bool:
        """Whether the time is up or the search was cancelled."""
        if self._is_cancelled:
            return True
        return self._seconds is not None and self._began is not None and self._clock() - self._began > self._seconds

    def check(self) -> None:
        """Continue the search, and start its clock on the first call.

        Raises:
            OutOfTime: The time is up or the search was cancelled.
        """
        if self._began is None and self._seconds is not None:
            self._began = self._clock()
        if self.is_spent:
            raise OutOfTime
