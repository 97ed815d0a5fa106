"""Several things at once in one trial, told apart: what each of them asks and gets is then the same each time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import TypeVar

R = TypeVar("R")

_STRAND: ContextVar[tuple[object, str]] = ContextVar("strand", default=(None, ""))
"""Who does several things at once, and which of them this is."""


def strand_of(owner: object) -> str:
    """Returns which of the things that `owner` does at once this is; empty if it is not at that."""
    found, strand = _STRAND.get()
    return strand if found is owner else ""


async def at_once(owner: object, *work: Awaitable[R]) -> list[R]:
    """Returns the results of work that goes on at the same time, in order; if some fails, when all has ended."""
    outer = strand_of(owner)

    async def strand(index: int, one: Awaitable[R]) -> R:
        _STRAND.set((owner, f"{outer}/{index}"))
        return await one

    ended = await asyncio.gather(*itertools.starmap(strand, enumerate(work)), return_exceptions=True)
    results: list[R] = []
    for one in ended:
        if isinstance(one, BaseException):
            raise one
        results.append(one)
    return results
