"""Subtasks of a trial, which run at the same time. Each has a name, so that a replay gives it the same answers."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Coroutine
from contextvars import ContextVar
from typing import TypeVar

R = TypeVar("R")

_SUBTASK: ContextVar[tuple[object, str]] = ContextVar("subtask", default=(None, ""))
"""The owner of the running subtask, and its name."""


def subtask_of(owner: object) -> str:
    """Returns the name of the running subtask of `owner`; empty outside of its subtasks."""
    found, subtask = _SUBTASK.get()
    return subtask if found is owner else ""


async def at_once(owner: object, *work: Awaitable[R]) -> list[R]:
    """Returns the results of work that goes on at the same time, in order; if some fails, when all has ended."""
    outer = subtask_of(owner)

    async def subtask(index: int, one: Awaitable[R]) -> R:
        _SUBTASK.set((owner, f"{outer}/{index}"))
        return await one

    try:
        ended = await asyncio.gather(*itertools.starmap(subtask, enumerate(work)), return_exceptions=True)
    finally:
        for started in work:
            if isinstance(started, Coroutine):
                started.close()  # what was cancelled before it began is never awaited
    results: list[R] = []
    for one in ended:
        if isinstance(one, BaseException):
            raise one
        results.append(one)
    return results
