"""When it is looked whether a deleted workload is gone, by a clock of the test."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from uuid import UUID

import pytest

from workloads_conformance.api import deletions as module
from workloads_conformance.api.deletions import Deletions
from workloads_conformance.http import Exchange, Response
from workloads_conformance.runner import Patience


class Clock:
    """The time, and a target whose deletions take so many seconds."""

    def __init__(self) -> None:
        self.now = self.since = self.takes = 0.0
        self.looks = 0

    async def glance(self, request):
        self.looks += 1
        status = 404 if self.now - self.since >= self.takes else 200
        body = b"{}" if status == 404 else b'{"workload": {"metadata": {"name": "a"}}}'
        return Exchange(request, Response(status, (("content-type", "application/json"),), body), None, 0.01)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "_now", lambda: clock.now)
    return clock


def looked(clock: Clock, takes: list[float]) -> list[tuple[float, int]]:
    """How long after each deletion it was seen gone, and with how many looks."""
    ids = [str(UUID(int=number)) for number in range(len(takes))]
    inventory = SimpleNamespace(claims={identifier: SimpleNamespace(id=identifier) for identifier in ids})
    deletions, seen = Deletions(clock, inventory, Patience(60.0)), []

    async def look() -> None:
        for identifier, clock.takes in zip(ids, takes, strict=True):
            clock.since, before = clock.now, clock.looks
            deletions.begin(identifier)
            while True:
                clock.now += max(0.0, deletions.pause)
                if await deletions.is_over(identifier, twice=False, wholly=False):
                    deletions.forget(identifier)
                    seen.append((clock.now - clock.since, clock.looks - before))
                    break

    asyncio.run(look())
    return seen


def test_after_slow_deletions_quick_ones_are_soon_seen(clock):
    """A phase of slow ones made each later one of the run as slow: the first look came no sooner, ever."""
    seen = looked(clock, [12.0] * 5 + [0.2] * 20)
    assert seen[-1][0] < 1


@pytest.mark.parametrize("takes", [0.01, 0.3, 2.0, 12.0])
def test_few_looks_are_wasted_and_little_time(clock, takes):
    seen = looked(clock, [takes] * 40)[10:]
    assert sum(seconds for seconds, _ in seen) / len(seen) < 1.3 * takes + 0.1
    assert sum(looks for _, looks in seen) / len(seen) < 5
