"""The transport of a run: it gives answers, lets time pass, and gives recorded values.

A live run sends requests to a target and records them. A replay takes everything from that record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from .messages import Exchange, Request
from .wire import Wire

T = TypeVar("T", bool, int, float, str)


class Transport(Protocol):
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

    def recorded(self, key: str, find: Callable[[], T]) -> T:
        """Returns a recorded value: what `find` returns in a live run. A key is used once in a run."""
        ...


class DirectTransport:
    """Sends requests that are not recorded."""

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

    def recorded(self, key: str, find: Callable[[], T]) -> T:
        """Returns what `find` returns."""
        del key
        return find()
