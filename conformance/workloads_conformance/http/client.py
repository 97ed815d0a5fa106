"""The client: every request of a run, with its token, within what is permitted, and told to whoever answers for it."""

from __future__ import annotations

import email.utils
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from workloads_conformance.errors import ConformanceError

from .messages import Exchange, Request
from .tokens import TokenSource
from .transport import Transport

_BUSY = (429, 503)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
"""Seconds before a request is repeated, at least: from the first of these on, twice as long each time."""

_MOST_WAITS = 100
"""Repetitions of one request."""

_LONGEST_DATE = 100


class TargetLostError(ConformanceError):
    """The target answers no more; what is left of the run cannot be tested."""


class Custody(Protocol):
    """Whoever answers for what is sent: what may leave, and what came of it."""

    @property
    def probe(self) -> Request:
        """A request that asks for nothing, and shows whether the target is there."""
        ...

    def check(self, request: Request) -> None:
        """Raises NotPermittedError if the request must not leave."""
        ...

    def sending(self, request: Request) -> int | None:
        """Writes down what is about to be sent; returns the number under which `learn` knows it, if it has one.

        Raises:
            NotPermittedError: it cannot be written down, so that it must not leave.
        """
        ...

    def learn(self, exchange: Exchange, number: int | None) -> None:
        """Learns what came of what was sent."""
        ...


class Client:
    """Sends requests for the suite. Safe to use from any number of tasks of one event loop."""

    def __init__(self, transport: Transport, tokens: TokenSource, custody: Custody, *, patience: float) -> None:
        self.transport = transport
        self.tokens = tokens
        self._custody = custody
        self._patience = patience
        self._failures = 0
        self.lost: str | None = None
        """How the last request failed, once the target is known to answer no more."""
        self.exchanges = 0
        self.waits: Counter[int] = Counter()
        self.on_exchange: Callable[[], None] = lambda: None

    async def send(self, request: Request, trial: str = "") -> Exchange:
        """Returns the exchange, 429 and 503 waited out as long as the patience (seconds) lasts.

        Args:
            request: what to send.
            trial: on whose behalf; the record of the run tells exchanges apart by it.

        Raises:
            NotPermittedError: the mode or the safety rules forbid the request.
            TargetLostError: the target was found to answer no more.
        """
        self._custody.check(request)
        patient_until = None
        retried, waits = False, 0
        while True:
            exchange = await self._send_once(request, trial)
            if patient_until is None:
                patient_until = exchange.started + self._patience
            answer = exchange.response
            if answer is None:
                if not retried and not exchange.too_late and request.method not in ("POST", "PATCH"):
                    # RFC 9110, 9.2.2: an idempotent request may be sent again when the connection failed.
                    retried = True
                    continue
                return exchange
            if answer.status not in _BUSY:
                return exchange
            self.waits[answer.status] += 1
            asked = retry_after(answer.header("retry-after"), self.transport.began + exchange.ended)
            # Who asks for no pause at all gets one that grows: 429 is not an order to send as fast as one can.
            pause = max(asked, min(_FIRST_PAUSE * 2**waits, _LONGEST_PAUSE))
            if exchange.ended + pause > patient_until or waits >= _MOST_WAITS:
                return exchange
            waits += 1
            await self.transport.pause(pause)

    async def _send_once(self, request: Request, trial: str) -> Exchange:
        if self.lost:
            raise TargetLostError(f"the target stopped answering: {self.lost}")
        authorization = request.authorization
        value = f"Bearer {await self.tokens.token()}" if authorization is None else authorization.value
        number = self._custody.sending(request)
        exchange = await self.transport.send(request, value, trial)
        self.exchanges += 1
        exchange = replace(exchange, number=self.exchanges)
        self._custody.learn(exchange, number)
        self.on_exchange()
        await self._watch(exchange)
        return exchange

    async def _watch(self, exchange: Exchange) -> None:
        """Finds out whether the target is gone for good, so that a dead target ends the run soon, not case by case."""
        if exchange.response is not None:
            self._failures = 0
            return
        self._failures += 1
        if self.lost or (exchange.unanswered and self._failures < 3):  # noqa: PLR2004 - three time-outs in a row
            return
        for pause in (0.1, 0.4, 1.0):
            await self.transport.pause(pause)
            if (await self.transport.send(self._custody.probe, None, "is the target there?")).response is not None:
                return
        self.lost = self.lost or exchange.failure


def retry_after(value: str | None, now: float) -> float:
    """Returns the pause in seconds that a Retry-After header asks for (RFC 9110, 10.2.3); 1 s where it says nothing.

    `now` is in seconds since 1970.
    """
    value = (value or "").strip()[:_LONGEST_DATE]
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError, TypeError, IndexError):
        return 1.0
