"""Which request leaves when: so many in flight, so many a second, and what began first before what is new."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import math
import time
from collections.abc import AsyncIterator, Callable

from .flight import Flight
from .messages import Exchange
from .rate import Rate
from .unserved import Unserved
from .waiting import limits_in, retry_after

_TOO_MANY, _LOCKED_OUT = (429, 503), 429
_URGENT = -1


class Governor:
    """Lets requests leave, and learns from what comes how many the target takes.

    Who has begun goes before who has not: where few may leave, few trials are under way, and the others wait.

    Args:
        concurrency: requests in flight, at most.
        rate: requests in a second, at most.
        clock: tells the time in seconds.
    """

    def __init__(self, concurrency: int, rate: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self._flight, self._rate, self._unserved = Flight(concurrency), Rate(rate, clock), Unserved()
        self._in_flight = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._serial = itertools.count()
        self._ages: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def learned(self) -> float | None:
        """About how many requests the target takes in a second; None if it has not refused any for being too many."""
        return self._rate.learned

    @contextlib.asynccontextmanager
    async def turn(self, trial: str) -> AsyncIterator[None]:
        """Holds while a request of this trial is in flight; one of no trial waits for no answer to another."""
        age = self._ages.setdefault(trial, len(self._ages)) if trial else _URGENT
        waits = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (age, next(self._serial), waits))
        self._let_leave()
        try:
            await waits
        except asyncio.CancelledError:
            if waits.done() and not waits.cancelled():
                self._ended()
            raise
        try:
            yield
        finally:
            self._ended()

    def _ended(self) -> None:
        self._in_flight -= 1
        self._let_leave()

    def _let_leave(self) -> None:
        while self._waiting and (self._in_flight < self._flight.limit or self._waiting[0][0] == _URGENT):
            if self._waiting[0][2].done():  # whoever waited was cancelled
                heapq.heappop(self._waiting)
                continue
            if delay := self._rate.delay():
                self._later(delay)
                return
            self._rate.leave()
            self._in_flight += 1
            heapq.heappop(self._waiting)[2].set_result(None)

    def _later(self, delay: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(delay, self._go_on)

    def _go_on(self) -> None:
        self._timer = None
        self._let_leave()

    def learn(self, exchange: Exchange, now: float) -> None:
        """Learns from an exchange with a target that was there; `now` is in seconds since 1970.

        A connection that breaks is how some targets say that there are too many. 429 to other credentials than the
        run's own says nothing of it: whoever tries wrong ones too often may be locked out. Nor does a request that is
        refused each time, while others are taken; nor a target that has not taken anything yet: it is starting.
        """
        answer = exchange.response
        if answer is not None and answer.status == _LOCKED_OUT and exchange.request.authorization is not None:
            return
        if answer is not None and (limits := limits_in(answer, now)):
            self._rate.told(*limits, self._in_flight)
        if answer is not None and answer.status not in _TOO_MANY:
            self._unserved.taken(exchange.request)
            self._flight.answered(exchange.seconds, self._in_flight + 1)
            self._rate.taken()
        elif not exchange.too_late and not self._unserved.refused(exchange.request):
            self._flight.refused()
            if self._unserved.has_taken:
                self._rate.refused(retry_after(answer, now) if answer is not None else 0.0)
