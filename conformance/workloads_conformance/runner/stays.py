"""Trials that stay until all others have ended, and what they keep alive meanwhile."""

from __future__ import annotations

import asyncio


class Stays:
    """Until when trials may stay.

    Attributes:
        others_ended: set when every test has ended that does not go on throughout the run.
    """

    def __init__(self) -> None:
        self.others_ended = asyncio.Event()
        self._over = asyncio.Event()

    async def end(self) -> None:
        """Lets the trials go on: all others have ended."""
        self.others_ended.set()
        self._over.set()

    def cut_short(self) -> None:
        """Has the trials give up what they keep: others need the room."""
        self._over.set()

    async def until_over(self) -> bool:
        """Returns when nobody may stay any longer; whether all others have ended."""
        await self._over.wait()
        return self.others_ended.is_set()
