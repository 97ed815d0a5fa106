"""How many requests leave in a second: a token bucket whose rate is learned from what the target refuses."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

_WINDOW, _ENOUGH, _FEW, _LONG = 1.0, 20, 3, 5.0
"""A window has at least so many seconds, and so many answers or so many refusals, or else a long time."""

_BELOW = 0.95
"""The part of what the target was seen to take that it is sent."""

_SOME, _MOST_REFUSED = 0.05, 0.3
"""The shares of refusals from which the target is taken to have a limit, and from which it is what it took just now."""

_IN_VAIN = 3
"""Times that a lower rate is tried, before the refusals are taken to have another reason."""

_LEAST = 0.5
_STEP, _PATIENT = 0.01, 5
"""The rate grows by this share in each second without a refusal, once there were so many, and by as much more each
time that there were as many again."""

_SOON, _QUICKLY = 0.9, 1.3
"""Up to this share of the rate that was too much, it grows by this factor."""

_REMEMBERED = 10
"""Windows whose rates count where few requests were refused: what three of four of them did not exceed."""

_SCARCE, _LONGEST_HOLD = 0.1, 60.0
"""The part of a limit that is left when requests are spread over the time until there are more; seconds at most."""


class Rate:
    """The requests that may leave in a second.

    Args:
        most: what the user allows; infinite if nothing was said.
        clock: tells the time in seconds.

    Attributes:
        now: requests a second that may leave.
        learned: about how many the target takes; None as long as it has not refused any for being too many.
    """

    def __init__(self, most: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self.now = most
        self.learned: float | None = None
        self._next = self._held = 0.0
        self._since = clock()
        self._taken = self._refused = 0
        self._asked = 0.0
        self._quiet = 0.0
        self._recent: deque[float] = deque(maxlen=_REMEMBERED)
        self._tries: list[tuple[float, float]] = []
        self._usual_share = self._too_many = 0.0

    def delay(self) -> float:
        """Returns the seconds until a request may leave; 0 if one may leave now."""
        return max(0.0, max(self._next, self._held) - self._clock())

    def leave(self) -> None:
        """Notes that a request leaves."""
        if self.now < math.inf:
            self._next = max(self._next, self._clock() - 1 / self.now) + 1 / self.now

    def taken(self) -> None:
        """Notes that the target took a request."""
        self._taken += 1
        self._learn()

    def refused(self, asked: float = 0.0) -> None:
        """Notes that a request was refused for being one too many, perhaps; `asked` is what Retry-After says."""
        self._refused += 1
        self._asked = max(self._asked, asked)
        self._learn()

    def told(self, remaining: float, reset: float, limit: float, in_flight: int) -> None:
        """Learns from RateLimit headers: how many requests are left for how many seconds, of how many."""
        if reset > 0 and remaining <= max(in_flight, _SCARCE * limit):
            self._next = max(self._next, self._clock() + min(reset / (remaining + 1), _LONGEST_HOLD))
            if remaining < 1:
                self.learned = self.learned or limit / reset

    def _learn(self) -> None:
        now = self._clock()
        span, sent = now - self._since, self._taken + self._refused
        if span < _WINDOW or (sent < _ENOUGH and self._refused < _FEW and span < _LONG):
            return
        rate, share = self._taken / span, self._refused / sent
        self._recent.append(rate)
        if not self._refused:
            self._grow(span)
        elif share > self._usual_share:
            self._shrink(now, rate, share)
        self._since, self._taken, self._refused, self._asked = now, 0, 0, 0.0

    def _grow(self, span: float) -> None:
        self._quiet += span
        if self._quiet >= _PATIENT:  # one window without a refusal may be chance
            self._tries.clear()
        if self.now < (near := _SOON * self._too_many):
            self.now = min(self._most, near, self.now * _QUICKLY)
        elif self.now < self._most:
            self.now = min(self._most, self.now * (1 + _STEP * (self._quiet // _PATIENT)) ** span)
            self._too_many = max(self._too_many, self.now)

    def _shrink(self, now: float, rate: float, share: float) -> None:
        self._quiet, self._too_many = 0, rate / (1 - share) if share < 1 else self.now
        self._tries.append((self.now, share))
        before, first = self._tries[0]
        if len(self._tries) > _IN_VAIN and share >= first / 2:
            # To ask for less was in vain: whatever the target refuses for, it is not the rate.
            self.now, self.learned, self._usual_share = before, None, 2 * share
            self._tries.clear()
            return
        if share > _MOST_REFUSED:
            self._recent.clear()
            self._recent.append(rate)
            self._held = now + min(self._asked, _LONGEST_HOLD)
        usual = sorted(self._recent)[3 * len(self._recent) // 4]  # the most may have been what had been saved up
        usual = min(usual, self.now)
        self.learned = usual if share > _SOME else self.learned
        self.now = min(self.now, max(_LEAST, _BELOW * usual))
