"""The transport of a replay: it gives the answers of a record in the same order, without waiting."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from workloads_conformance.http import BESIDE, Exchange, Request, Response, TargetLostError
from workloads_conformance.http.decode import size_in_memory
from workloads_conformance.http.limits import SMALL
from workloads_conformance.http.memory import MOST, Memory
from workloads_conformance.output import Redactor
from workloads_conformance.recording import RunRecord
from workloads_conformance.recording.entries import LINE, request_entry, response_of

T = TypeVar("T", bool, int, float, str)

_LOOKS, _BETWEEN_LOOKS = 8, 0.25
"""Looks in a row, and seconds between two of them, at which nothing has moved, though results are waited for: from then
on answers no longer wait for their turn. One look after a longer time might only show that the machine is busy."""

_MEMORY = MOST + MOST // 4
"""Bytes that answers may hold: a little more than in a run, whose times these are not."""

_MOST_TOLD = 1000
"""Differences of a kind that are listed."""

_RESPONSE = {
    "n",
    "kind",
    "started",
    "seconds",
    "failure",
    "status",
    "reply_headers",
    "reply_body",
    "flaw",
    "hidden",
    *LINE,
}


class Pace(Protocol):
    """Tells whether whoever starts the tests is at work, drawing cases perhaps, or waits for their results.

    Attributes:
        waits: how often the waiting has begun.
        waited_for: it goes on now.
    """

    @property
    def waits(self) -> int: ...  # noqa: D102 - above
    @property
    def waited_for(self) -> bool: ...  # noqa: D102 - above


class ReplayTransport:
    """Answers each request of a trial from the record, where it was recorded as sent by that trial.

    Answers are given in the order in which they came, for what trials share depends on it. A request that the record
    does not hold, or an exchange that nobody asks for, means that another suite, or other versions of what it draws
    cases with, made the record, or that somebody has altered it: `differences` names them. Where the run did not come
    to its end, a request that the record does not hold is one that was never answered.
    """

    is_live, full, takes, gone = False, None, None, ""

    def __init__(self, record: RunRecord, redactor: Redactor, pace: Pace) -> None:
        self._record, self._redactor, self._pace = record, redactor, pace
        # An exchange in the record is kept as its number; of those that were asked for alike, the last comes first.
        self._orders: dict[int, int | list[int]] = {}
        for order in reversed(range(len(record.exchanges))):
            if record.exchanges[order]["trial"] != BESIDE:  # what the run sent to see where it stands
                self._put(_key(record.exchanges[order]), order)
        self._memory = Memory(_MEMORY)
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._turn = 0
        self._moves = 0
        self._watching = False
        self._unknown: list[str] = []

    @property
    def began(self) -> float:
        """The time, in seconds since 1970, from which exchanges count their seconds."""
        return float(self._record.run["began"])

    @property
    def differences(self) -> list[str]:
        """What was asked for and is not in the record, and what is in the record and was not asked for."""
        left = sorted(order for held in self._orders.values() for order in (held if isinstance(held, list) else [held]))
        told = ((order, self._record.exchanges[order]) for order in left[:_MOST_TOLD])
        return self._unknown + [
            f"exchange {order + 1} of the record, {_told(entry)}, is not made" for order, entry in told
        ]

    def _put(self, key: int, order: int) -> None:
        held = self._orders.get(key)
        if held is None:
            self._orders[key] = order
        elif isinstance(held, int):
            self._orders[key] = [held, order]
        else:
            held.append(order)

    def _take(self, key: int) -> int | None:
        held = self._orders.get(key)
        if isinstance(held, list) and len(held) > 1:
            return held.pop()
        self._orders.pop(key, None)
        return held[0] if isinstance(held, list) else held

    async def send(self, request: Request, authorization: str | None, trial: str) -> Exchange:
        """Returns the exchange that the trial's request led to."""
        del authorization
        body = None if request.body is None else _digest(self._redactor.data(request.body))
        sent = {"trial": self._redactor.text(trial), **request_entry(request, self._redactor, body)}
        order = self._take(_key(sent))
        if order is None:
            if self._record.stopped is not None:
                raise TargetLostError(self._record.stopped)
            self._differs(f"{_told(sent)}, is made and not in the record")
            raise TargetLostError("the record holds no such exchange")
        await self._turn_of(order)
        entry = self._record.exchanges[order]
        response, failure = response_of(entry, self._record.body, self._redactor)
        if response is not None:
            response = self._held(response, order)
        line = {name: entry[name] for name in LINE if name in entry}
        return Exchange(request, response, failure, entry["seconds"], entry["started"], **line)

    def _held(self, response: Response, order: int) -> Response:
        """Returns the response with the memory that it takes; a run would have cut it where there is no more."""
        lease, small = self._memory.lease(), len(response.body) <= SMALL
        if not lease.grow(len(response.body) + size_in_memory(response.body), small=small):
            self._differs(f"exchange {order + 1} of the record is larger than a run would have taken in")
            raise TargetLostError("the record holds more than a run takes in")
        return replace(response, lease=lease)

    def _differs(self, said: str) -> None:
        if len(self._unknown) < _MOST_TOLD:
            self._unknown.append(said)

    async def _turn_of(self, order: int) -> None:
        self._moves += 1
        if order < self._turn:
            return
        loop = asyncio.get_running_loop()
        self._waiting[order] = loop.create_future()
        # Not at once: whoever finds its turn come would overtake those that have been told so, and not yet gone on.
        loop.call_soon(self._release)
        if not self._watching:
            self._watching = True
            loop.call_later(_BETWEEN_LOOKS, self._watch, (self._moves, self._pace.waits), 1)
        try:
            await self._waiting[order]
        finally:
            del self._waiting[order]

    def _release(self) -> None:
        while (found := self._waiting.get(self._turn)) is not None or self._is_beside(self._turn):
            if found is not None and not found.done():
                found.set_result(None)
            self._turn += 1

    def _is_beside(self, order: int) -> bool:
        exchanges = self._record.exchanges
        return order < len(exchanges) and exchanges[order]["trial"] == BESIDE

    def _watch(self, before: tuple[int, int], looks: int) -> None:
        """Gives up the order where nothing moves any more: from here on the record and the suite differ."""
        ahead = [order for order, found in self._waiting.items() if not found.done()]
        if not ahead:
            self._watching = False
            return
        now = (self._moves, self._pace.waits)
        still = now == before and self._pace.waited_for
        if still and looks >= _LOOKS:
            self._turn = len(self._record.exchanges)
            for order in ahead:
                self._waiting[order].set_result(None)
            return
        asyncio.get_running_loop().call_later(_BETWEEN_LOOKS, self._watch, now, looks + 1 if still else 1)

    async def recover(self) -> None:
        """Does nothing: whether the target was there again, the exchanges say."""

    async def pause(self, seconds: float) -> None:
        """Does not wait: the times of the exchanges say how long it was."""
        del seconds
        await asyncio.sleep(0)

    def recorded(self, key: str, find: Callable[[], T], *, rare: bool = False) -> T:
        """Returns the value that the live run recorded."""
        key = self._redactor.text(key)
        if key in self._record.recorded_values:
            found: T = self._record.recorded_values[key]
            return found
        value = find()
        if rare:
            return type(value)()
        if self._record.stopped is None:
            self._differs(f"the record does not say: {key:.200}")
        elif isinstance(value, bool):
            return False  # whether to go on; the run did not
        return value


def _key(entry: Mapping[str, Any]) -> int:
    """What tells requests apart, in short: the trial, and everything about the request."""
    asked = {name: value for name, value in entry.items() if name not in _RESPONSE}
    return int.from_bytes(hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()[:12])


def _told(entry: Mapping[str, Any]) -> str:
    return f"{entry['method']:.20} {entry['path']:.200} of the trial {entry['trial']!r:.120}"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
