"""The course of a run: where answers come from, how time passes, and what only the moment tells.

A run takes its course with a target, and is recorded; who judges the record again takes the recorded course.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from .messages import Exchange, Request
from .wire import Wire

T = TypeVar("T", bool, int, float, str)


class Course(Protocol):
    """What a client and the tests that use it depend on.

    Attributes:
        began: the time, in seconds since 1970, from which exchanges count their seconds.
        full: why tests may ask nothing more, though what they left may still be removed; None as long as they may.
    """

    @property
    def began(self) -> float: ...  # noqa: D102 - above
    @property
    def full(self) -> str | None: ...  # noqa: D102 - above

    async def send(self, request: Request, authorization: str | None, trial: str) -> Exchange:
        """Returns the exchange that a trial's request leads to."""
        ...

    async def pause(self, seconds: float) -> None:
        """Lets `seconds` pass."""
        ...

    def fact(self, key: str, find: Callable[[], T]) -> T:
        """Returns what `find` finds out; a key is used once in a run."""
        ...


class Direct:
    """The course of requests that nobody records."""

    full = None

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @property
    def began(self) -> float:
        """The time, in seconds since 1970, from which exchanges count their seconds."""
        return self._wire.began

    async def send(self, request: Request, authorization: str | None, trial: str) -> Exchange:
        """Sends a request to the target."""
        del trial
        return await self._wire.send(request, authorization)

    async def pause(self, seconds: float) -> None:
        """Sleeps."""
        await asyncio.sleep(seconds)

    def fact(self, key: str, find: Callable[[], T]) -> T:
        """Finds out."""
        del key
        return find()
