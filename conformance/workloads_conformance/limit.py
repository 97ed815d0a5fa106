"""An alarm for a run that may take only so long: once to end the tests, and once more to end the cleaning up."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType

_FOR_CLEANING, _FOR_THE_REPORT = 0.25, 0.05
"""Shares of the limit that are kept for what follows the tests."""

_REPORT, _AFTER_SETTLING = 3.0, 5.0
"""Seconds that the report takes at least, and cleaning up at most once deletions have taken effect."""


class TimeLimit:
    """Rings before a run's time is over.

    Args:
        seconds: that the run may take; with 0 it never rings.
        settle: seconds that deletions may take.
        ring: called in the main thread, each time.
    """

    def __init__(self, seconds: float, settle: float, ring: Callable[[], None]) -> None:
        report = min(max(_FOR_THE_REPORT * seconds, _REPORT), seconds / 4)
        cleaning = min(_FOR_CLEANING * seconds, settle + _AFTER_SETTLING)
        self._tests, self._cleaning = seconds - report - cleaning, cleaning
        self._seconds, self._ring = seconds, ring

    def start(self) -> None:
        """Sets the alarm."""
        if self._seconds:
            signal.signal(signal.SIGALRM, self._rings)
            signal.setitimer(signal.ITIMER_REAL, self._tests, self._cleaning)

    def stop(self) -> None:
        """Takes the alarm back."""
        if self._seconds:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def _rings(self, _signal: int, _frame: FrameType | None) -> None:
        self._ring()
