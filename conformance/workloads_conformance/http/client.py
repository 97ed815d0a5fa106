"""The client: every request of a run, with its token, within what is permitted, and told to whoever answers for it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from workloads_conformance.errors import ConformanceError

from .line import BESIDE
from .messages import Exchange, Request
from .tokens import TokenSource
from .transport import Transport
from .waiting import retry_after

_BUSY = (429, 503)
_UNSURE = 503
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
"""Seconds before a request is repeated, at least: from the first of these on, twice as long each time."""

_MOST_WAITS = 100
"""Repetitions of one request."""

_BETWEEN, _MOST_TRIES = 0.1, 3
"""Seconds before a request is sent again whose answer was not the target's, at first, and how often that is done."""

_JITTER = 1.25
_SAFE = ("GET", "HEAD", "OPTIONS")
"""RFC 9110, 9.2.1."""

LOST = "the target stopped answering"


class TargetLostError(ConformanceError):
    """The target answers no more; what is left of the run cannot be tested."""


class Custody(Protocol):
    """Whoever answers for what is sent: what may leave, and what came of it."""

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
        self.lost = ""
        """Why nothing more could be asked, in a sentence, if that came to be."""
        self.exchanges = 0
        self.waits: Counter[int] = Counter()
        self.on_exchange: Callable[[], None] = lambda: None

    async def send(self, request: Request, trial: str = "") -> Exchange:
        """Returns the exchange, once nothing is left to hope for from sending the request again.

        429 and 503 are waited out as long as the patience (seconds) lasts. A request that reads is sent again where
        what came is not the target's, and any where it was refused for a token that is no longer good.

        Args:
            request: what to send.
            trial: on whose behalf; the record of the run tells exchanges apart by it.

        Raises:
            NotPermittedError: the mode or the safety rules forbid the request.
            TargetLostError: nothing can be asked any more.
        """
        self._custody.check(request)
        exchange = await self._send_once(request, trial)
        patient_until = exchange.started + self._patience
        waits = Counter[bool]()
        while not exchange.gone:
            busy = exchange.response is not None and exchange.response.status in _BUSY and not exchange.away
            if exchange.stale:
                pause = 0.0
            elif busy:
                pause = self._asked(exchange, waits[True])
                if exchange.ended + pause > patient_until:
                    break
            elif request.method in _SAFE and (exchange.away or exchange.is_between):
                # RFC 9110, 9.2.2: one that reads may be sent again when the connection failed.
                pause = _BETWEEN * 2 ** waits[False]
            elif exchange.is_of_idle:
                pause = _BETWEEN
            else:
                break
            if waits[busy] >= (_MOST_WAITS if busy else _MOST_TRIES):
                break
            waits[busy] += 1
            # As many as were refused together would come back together.
            await self.transport.pause(pause * random.uniform(1, _JITTER))  # noqa: S311 - no secret
            unsure = exchange.after_503 or (exchange.response is not None and exchange.response.status == _UNSURE)
            exchange = replace(await self._send_once(request, trial), after_503=unsure)
        return exchange

    async def glance(self, request: Request) -> Exchange:
        """Returns the exchange of a reading beside all trials, which is recorded, and not a part of what is judged.

        Raises:
            NotPermittedError: the mode or the safety rules forbid the request.
            TargetLostError: nothing can be asked any more.
        """
        self._custody.check(request)
        if self.transport.gone:
            raise TargetLostError(f"{LOST}: {self.transport.gone}")
        return await self.transport.send(request, f"Bearer {await self.tokens.token()}", BESIDE)

    def _asked(self, exchange: Exchange, waits: int) -> float:
        """Returns the seconds to wait after an answer that says that the target is busy."""
        assert exchange.response is not None
        self.waits[exchange.response.status] += 1
        asked = retry_after(exchange.response, self.transport.began + exchange.ended)
        # Who asks for no pause at all gets one that grows: 429 is not an order to send as fast as one can.
        return float(max(asked, min(_FIRST_PAUSE * 2**waits, _LONGEST_PAUSE)))

    async def _send_once(self, request: Request, trial: str) -> Exchange:
        if self.transport.gone:
            raise TargetLostError(f"{LOST}: {self.transport.gone}")
        authorization = request.authorization
        value = f"Bearer {await self.tokens.token()}" if authorization is None else authorization.value
        number = self._custody.sending(request)
        exchange = await self.transport.send(request, value, trial)
        self.exchanges += 1
        exchange = replace(exchange, number=self.exchanges)
        self._custody.learn(exchange, number)
        self.on_exchange()
        self.lost = self.lost or exchange.gone
        return exchange
