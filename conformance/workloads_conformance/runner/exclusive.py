"""Lets a trial be the only one under way, for what the writes of another would disturb."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Exclusive:
    """Counts the trials that are under way, and keeps new ones waiting while one of them is alone.

    A trial that asks to be alone blocks no other: it waits until no other trial is under way, which happens when all
    that were started have ended.
    """

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._under_way = 0
        self._taken = False

    @contextlib.asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Holds for a trial that goes on beside others."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._taken)
            self._under_way += 1
        try:
            yield
        finally:
            await self._leave()

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Holds, within `shared`, once every other trial has ended or waits for the same; none begins meanwhile."""
        await self._leave()
        taken = False
        try:
            async with self._changed:
                await self._changed.wait_for(lambda: not self._taken and not self._under_way)
                taken = self._taken = True
            yield
        finally:
            async with self._changed:
                self._taken = self._taken and not taken
                self._under_way += 1
                self._changed.notify_all()

    async def _leave(self) -> None:
        async with self._changed:
            self._under_way -= 1
            self._changed.notify_all()
