"""How long is waited for what servers take their time for.

The settle time, until something has not come within it. What is waited for under the same name later is given a
few times what it took where it came: one wrong member must not cost the settle time again and again.

It is looked for first when it was there for others of late: to ask before only costs requests.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

_FACTOR, _LEAST = 3.0, 1.0
"""Times the longest wait that was not in vain, and seconds, that are waited after one that was."""

_SHORT = 0.002
"""Seconds of a head start that is not worth having: what is there at once is looked for at once."""

_SOONER = 0.8
"""Times a head start after which something was there at the first look: it may come sooner than others did."""


class Patience:
    """Learns, by the names of what is waited for, how long it takes.

    Args:
        settle: seconds within which a write has to take effect.
    """

    def __init__(self, settle: float) -> None:
        self.settle = settle
        self._longest: dict[str, float] = {}
        self._usual: dict[str, float] = {}
        self._in_vain: set[str] = set()
        self._open: dict[object, tuple[float, str]] = {}

    @contextmanager
    def waits(self, name: str, seconds: float) -> Iterator[None]:
        """Holds while something is waited for, for so many seconds at most."""
        self._open[key := object()] = time.monotonic() + seconds, name
        try:
            yield
        finally:
            del self._open[key]

    @property
    def told(self) -> str:
        """What is waited for, in words for who looks on, and how long that can go on; empty if nothing is."""
        waits = list(self._open.values())
        if not waits:
            return ""
        until, name = max(waits)
        return f"waits for {name!r}, {max(0.0, until - time.monotonic()):.0f} s more at most"

    def came(self, name: str, seconds: float) -> None:
        """Notes that something came, and after how long."""
        self._longest[name] = max(seconds, self._longest.get(name, 0.0))

    def looked(self, name: str, head_start: float, since: float) -> None:
        """Notes when the look began that showed something: so many seconds after its head start, 0 for the first."""
        seconds = head_start + since if since else _SOONER * head_start
        self._usual[name] = (self._usual.get(name, seconds) + seconds) / 2

    def head_start(self, name: str) -> float:
        """Returns the seconds to let pass before the first look: what others took of late."""
        usual = self._usual.get(name, 0.0)
        return min(usual, self.of(name)) if usual > _SHORT else 0.0

    def did_not_come(self, name: str) -> None:
        """Notes that something did not come within the settle time."""
        self._in_vain.add(name)

    @property
    def longest(self) -> float:
        """Seconds that are worth waiting for anything: once something was waited for in vain, as far as others took."""
        if not self._in_vain:
            return self.settle
        return min(self.settle, max(_LEAST, _FACTOR * max(self._longest.values(), default=0.0)))

    def of(self, name: str) -> float:
        """Returns the seconds to wait for something."""
        if name not in self._in_vain:
            return self.settle
        return min(self.settle, max(_LEAST, _FACTOR * self._longest.get(name, 0.0)))
