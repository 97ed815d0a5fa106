"""How many requests are in flight: more as long as answers do not slow down, fewer where they do."""

from __future__ import annotations

import statistics

_FIRST, _LEAST, _FEWEST = 8, 6, 2
"""At first; at least where answers slow down, for tests of races send six at once; and where requests are refused."""

_MUCH, _TOO_MUCH = (1.5, 0.03), (3.0, 0.2)
"""Times the quickest, and seconds, up to which answers allow more requests, and from which on there are fewer."""

_FORGETS = 1.01
"""The quickest median counts so much more each time: what was quick once is not so forever."""


class Flight:
    """The requests that may be in flight.

    Args:
        most: how many at most.

    Attributes:
        limit: how many now.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.limit = min(_FIRST, most)
        self._window: list[float] = []
        self._quickest = float("inf")
        self._was_full = False

    def answered(self, seconds: float, in_flight: int) -> None:
        """Learns how long an answer took, while so many requests were in flight."""
        self._window.append(seconds)
        self._was_full = self._was_full or in_flight >= self.limit
        if len(self._window) < max(_FIRST, self.limit):
            return
        usual = statistics.median(self._window)
        self._quickest = min(self._quickest * _FORGETS, usual)
        if usual > self._quickest * _TOO_MUCH[0] + _TOO_MUCH[1]:
            self.limit = max(min(_LEAST, self.limit), self.limit * 3 // 4)
        elif self._was_full and usual <= self._quickest * _MUCH[0] + _MUCH[1]:
            self.limit = min(self._most, self.limit + max(1, self.limit // 2))
        self._window.clear()
        self._was_full = False

    def refused(self) -> None:
        """Learns that a request was refused for being one too many, perhaps."""
        self._window.clear()
        self.limit = max(min(_FEWEST, self._most), self.limit - 1)
