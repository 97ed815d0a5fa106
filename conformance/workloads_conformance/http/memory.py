"""How much memory the answers of a run hold at a time: a server that sends much must not take the machine with it."""

from __future__ import annotations

import gc
import threading
import time

MOST = 96 * 1024 * 1024
"""Bytes that answers may hold together, their bodies and the values read from them. The largest answers of an honest
server take 5 MiB each, and few of them are judged at a time."""

_PAUSE = 1.0
"""Seconds between two collections of garbage for the sake of room."""


class Memory:
    """The bytes that answers hold together, of which there is a limit. Safe to use from threads."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.peak = 0
        self._held = 0
        self._collected = 0.0
        # Leases are given back by the collector too, which may come while one grows.
        self._lock = threading.RLock()

    def lease(self) -> Lease:
        """Returns room for one answer; none as yet."""
        return Lease(self)

    def _take(self, size: int, *, small: bool) -> bool:
        with self._lock:
            if self._held + size > self.most and time.monotonic() - self._collected > _PAUSE:
                gc.collect()  # what an exception and its frames hold in a circle
                self._collected = time.monotonic()
            if self._held + size > self.most and not small:
                return False
            self._held += size
            self.peak = max(self.peak, self._held)
            return True

    def _give(self, size: int) -> None:
        with self._lock:
            self._held -= size


class Lease:
    """The room that one answer takes. It is given back when nothing refers to the lease any more."""

    __slots__ = ("_memory", "_size")

    def __init__(self, memory: Memory) -> None:
        self._memory, self._size = memory, 0

    @property
    def most(self) -> int:
        """Bytes that all answers may hold together."""
        return self._memory.most

    def grow(self, size: int, *, small: bool = False) -> bool:
        """Takes `size` bytes more; false, and none are taken, if there are not so many left.

        A small answer is counted and never refused: those that are judged at a time are not many.
        """
        if not self._memory._take(size, small=small):  # noqa: SLF001 - one thing, in two classes
            return False
        self._size += size
        return True

    def shrink(self, size: int) -> None:
        """Gives back all but `size` bytes."""
        left = max(0, self._size - size)
        self._size -= left
        self._memory._give(left)  # noqa: SLF001 - as above

    def __del__(self) -> None:
        self.shrink(0)
