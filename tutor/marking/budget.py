"""How long the search for a mistake may take.

The verdict on an answer never waits for its explanation: where the time is up, the answer is not right and no mistake
is named.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class OutOfTime(Exception):
    """The search for a mistake has used up its time, or was cancelled."""


class Budget:
    """The seconds that a search may take, from its first step on; None for as long as it takes.

    ``clock`` counts the seconds that this thread has worked (not those in which others did), unless another is given.
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
        """Whether nothing is left."""
        if self._is_cancelled:
            return True
        return self._seconds is not None and self._began is not None and self._clock() - self._began > self._seconds

    def check(self) -> None:
        """Go on with the search.

        Raises:
            OutOfTime: Nothing is left.
        """
        if self._began is None and self._seconds is not None:
            self._began = self._clock()
        if self.is_spent:
            raise OutOfTime
