"""The transport of a run: it gives answers, lets time pass, and gives recorded values.

A live run sends requests to a target and records them. A replay takes everything from that record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from .line import Line
from .messages import Exchange, Request

T = TypeVar("T", bool, int, float, str)


class Transport(Protocol):
    """What a client and the tests that use it depend on.

    Attributes:
        began: the time, in seconds since 1970, from which exchanges count their seconds.
        gone: why nothing can be asked now, in a sentence; empty as long as something can. A replay finds out by asking.
        takes: about how many requests the target takes in a second; None if it has not refused any for being too many.
        is_live: whether there is a target, whose answers take time.
        full: why tests may ask nothing more, though what they left may still be removed; None as long as they may.
    """

    @property
    def is_live(self) -> bool: ...  # noqa: D102 - above
    @property
    def began(self) -> float: ...  # noqa: D102 - above
    @property
    def gone(self) -> str: ...  # noqa: D102 - above
    @property
    def takes(self) -> float | None: ...  # noqa: D102 - above
    @property
    def full(self) -> str | None: ...  # noqa: D102 - above

    async def send(self, request: Request, authorization: str | None, trial: str) -> Exchange:
        """Returns the exchange that a trial's request leads to."""
        ...

    async def pause(self, seconds: float) -> None:
        """Lets `seconds` pass."""
        ...

    async def recover(self) -> None:
        """Looks once more for a target that was gone, or for a token that it takes."""
        ...

    def recorded(self, key: str, find: Callable[[], T], *, rare: bool = False) -> T:
        """Returns a recorded value: what `find` returns in a live run. A key is used once in a run.

        An empty one is not recorded where nearly all are (`rare`).
        """
        ...


class DirectTransport:
    """Sends requests that are not recorded."""

    is_live, full = True, None

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def began(self) -> float:
        """The time, in seconds since 1970, from which exchanges count their seconds."""
        return self._line.began

    @property
    def gone(self) -> str:
        """Why nothing can be asked now."""
        return self._line.gone

    @property
    def takes(self) -> float | None:
        """About how many requests the target takes in a second."""
        return self._line.takes

    async def send(self, request: Request, authorization: str | None, trial: str) -> Exchange:
        """Sends a request to the target."""
        return await self._line.send(request, authorization, trial)

    async def recover(self) -> None:
        """Looks once more for a target that was gone."""
        await self._line.recover()

    async def pause(self, seconds: float) -> None:
        """Sleeps."""
        await asyncio.sleep(seconds)

    def recorded(self, key: str, find: Callable[[], T], *, rare: bool = False) -> T:
        """Returns what `find` returns."""
        del key, rare
        return find()
