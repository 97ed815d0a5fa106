"""The line to the target: sends requests, and tells what is the target's from what is of what lies between.

A gateway answers for a target that restarts, a connection breaks, a token ends. None of that is the target's. Such an
exchange is marked, for what is made of it; the line waits until the target is there again and takes the token, or says
that nothing more can be asked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from .messages import NEVER_SENT, Exchange, Request, Response
from .tokens import NoTokenError, TokenSource
from .wire import Wire

BESIDE = "beside the trials"
"""The name under which a record has requests that nothing judges: is the target there, is what was deleted gone?"""

_UNAUTHORIZED = 401
_GATEWAY_STATUSES = (502, 503, 504)
_IN_A_ROW = 3
"""Exchanges in a row without an answer in time, after which the target may be gone."""

_FIRST_PAUSES = (0.1, 0.4, 1.0)
_GROWTH, _LONGEST_PAUSE = 1.6, 2.0
"""Seconds between two looks for a target: at first, how they grow, and at most."""

_NOBODY_LISTENS = 10.0
"""Seconds in which a target comes back to an address where nobody listens. A gateway is there, and may take longer."""

_A_MOMENT = 0.3
"""Seconds for which a target that was there, or took the token, is taken to be so, where not much speaks against it."""

_PROBE_SECONDS, _TIMES_SLOWEST = 5.0, 3
"""Seconds in which the probe is answered by a target that is there, and times the slowest answer so far."""


class Line:
    """Sends requests to one target under one token.

    Args:
        wire: the connections.
        tokens: where the token comes from.
        probe: a request that asks for nothing, and shows whether the target is there.
        patience: seconds for which a target, or a token, is waited for.
    """

    def __init__(self, wire: Wire, tokens: TokenSource, probe: Request, patience: float) -> None:
        self._wire, self._tokens, self._probe, self._patience = wire, tokens, probe, patience
        self.on_probe: Callable[[Exchange], None] = lambda _exchange: None
        self._usual: str | None = None
        """The media type of the first answer to a request like the probe."""
        self._there = asyncio.Event()
        self._there.set()
        self._looking, self._asking = asyncio.Lock(), asyncio.Lock()
        self._seen_there = self._took_token = float("-inf")
        self._was_taken = False
        self._unanswered = self._outages = 0
        self._back_at = float("-inf")
        self._slowest = 0.0
        self._last_answered = ""
        self.gone = ""
        """Why nothing more can be asked, in a sentence; empty as long as something can."""

    @property
    def began(self) -> float:
        """The time, in seconds since 1970, from which exchanges count their seconds."""
        return self._wire.began

    @property
    def takes(self) -> float | None:
        """About how many requests the target takes in a second; None if it has not refused any for being too many."""
        return self._wire.governor.learned

    async def send(self, request: Request, authorization: str | None, trial: str) -> Exchange:
        """Returns the exchange, and what is known of how it came about; it may have had to wait for the target."""
        await self._there.wait()
        if self.gone:
            return Exchange(request, None, f"{NEVER_SENT}: {self.gone}", 0.0, round(self._wire.now, 6), gone=self.gone)
        exchange = await self._wire.send(request, authorization, trial)
        if exchange.response is not None and exchange.response.status == _UNAUTHORIZED:
            stale = request.authorization is None and await self._is_stale(authorization, exchange)
            exchange = replace(exchange, stale=stale)
        elif self._is_suspect(exchange):
            exchange = replace(exchange, away=not await self._is_there(exchange))
        else:
            self._note(exchange)
        if not exchange.away:
            self._wire.governor.learn(exchange, time.time())
            self._last_answered = _named(request) if exchange.response is not None else self._last_answered
        return replace(exchange, outages=self._outages, gone=self.gone)

    async def recover(self) -> None:
        """Looks once more for a target that was gone, or for a token that it takes."""
        if self.gone:
            self.gone = ""
            seen = await self._look()
            if seen.response is not None and seen.response.status == _UNAUTHORIZED:
                await self._is_stale(await self._authorization(), seen)
            elif not self._shows(seen):
                self.gone = _told(seen)

    def _note(self, exchange: Exchange) -> None:
        """Learns from an answer of the target what its answers look like."""
        if exchange.response is None:
            return
        self._was_taken = self._was_taken or exchange.request.authorization is None
        self._slowest = max(self._slowest, exchange.seconds)
        if exchange.request.method == self._probe.method:
            self._usual = self._usual or exchange.response.media_type

    # -- is the target there? ---------------------------------------------------------------------------------------

    def _is_suspect(self, exchange: Exchange) -> bool:
        """True if what came, or did not, may not be the target's."""
        self._unanswered = self._unanswered + 1 if exchange.too_late else 0
        if exchange.is_between or self._unanswered >= _IN_A_ROW:
            return True
        answer = exchange.response
        # A page, where the target speaks JSON, may be a gateway's.
        return answer is not None and answer.status >= 400 and self._is_page(answer)

    def _is_page(self, answer: Response) -> bool:
        return answer.media_type == "text/html" and self._usual not in (None, "text/html")

    def _shows(self, probe: Exchange) -> bool:
        """True if the probe was answered by the target."""
        answer = probe.response
        return answer is not None and answer.status not in _GATEWAY_STATUSES and not self._is_page(answer)

    async def _is_there(self, exchange: Exchange) -> bool:
        """Returns whether the target was there when this came; waits for it if it is not."""
        async with self._looking:
            plain = exchange.response is not None and not exchange.is_between
            if self.gone:
                return False
            if self._seen_there >= exchange.ended - (_A_MOMENT if plain else 0):
                return self._back_at < exchange.started
            seen = await self._look()
            if self._shows(seen):
                return True
            self._there.clear()
            try:
                for pause in _FIRST_PAUSES:
                    await asyncio.sleep(pause)
                    seen = await self._look()
                    if self._shows(seen):
                        return True
                    if not seen.is_cut_off:  # a target that takes no more requests than so many may cut them off
                        break
                await self._wait_for_target(seen, exchange)
            finally:
                self._there.set()
            return False

    async def _wait_for_target(self, seen: Exchange, first: Exchange) -> None:
        """Waits until the target is back, or for as long as that is likely."""
        self._outages += 1
        try:
            began, pause = self._wire.now, _FIRST_PAUSES[1]
            while not self._shows(seen):
                longest = self._patience if seen.response is not None else min(_NOBODY_LISTENS, self._patience)
                if self._usual is None:
                    longest = sum(_FIRST_PAUSES)
                if self._wire.now - began > longest:
                    last = f"; the last answer of its own was to {self._last_answered}" if self._last_answered else ""
                    self.gone = f"{_told(seen)}; first seen at {_named(first.request)}{last}"
                    return
                await asyncio.sleep(pause)
                pause = min(pause * _GROWTH, _LONGEST_PAUSE)
                seen = await self._look(teaches=False)
            self._back_at = self._wire.now
        finally:
            self._outages += 1

    async def _look(self, authorization: str | None = None, *, teaches: bool = True) -> Exchange:
        """Sends the probe, with the token of the run unless another is given.

        `teaches` says whether it shows how many requests the target takes; it does not while the target is away.
        """
        value = authorization or await self._authorization()
        within = max(_PROBE_SECONDS, _TIMES_SLOWEST * self._slowest)
        seen = await self._wire.send(self._probe, value, within=within)
        self.on_probe(seen)
        if teaches:
            self._wire.governor.learn(seen, time.time())
        if self._shows(seen):
            self._seen_there = seen.started
        return seen

    async def _authorization(self) -> str:
        return f"Bearer {await self._tokens.token()}"

    # -- is the token good? -----------------------------------------------------------------------------------------

    async def _is_stale(self, sent: str | None, refused: Exchange) -> bool:
        """Returns whether a token that was good was refused for being good no more; gets another one if so."""
        if sent is None or not self._was_taken:
            return False
        async with self._asking:
            if sent != await self._authorization():
                return True
            if self._took_token >= refused.ended - _A_MOMENT or await self._is_taken(sent):
                return False
            await self._replace()
            return True

    async def _is_taken(self, authorization: str) -> bool:
        seen = await self._look(authorization)
        taken = seen.response is not None and seen.response.status != _UNAUTHORIZED
        if taken:
            self._took_token = seen.started
        return taken

    async def _replace(self) -> None:
        """Gets a token that the target takes, as long as there is hope for one."""
        began, pause = self._wire.now, _FIRST_PAUSES[0]
        while True:
            try:
                token = await self._tokens.another()
                if await self._is_taken(f"Bearer {token}"):
                    self._tokens.adopt(token)
                    return
                why = "the target refuses the one that is there (401)"
                hope = self._tokens.renews
            except NoTokenError as error:
                why, hope = str(error), error.may_change
            if not hope or self._wire.now - began > self._patience:
                self.gone = f"it refuses the access token that it took before (401), and there is no other: {why}"
                return
            await asyncio.sleep(pause)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)


def _named(request: Request) -> str:
    return f"{request.method} {request.path:.120}"


def _told(seen: Exchange) -> str:
    answer = seen.response
    if answer is None:
        return seen.failure or "no answer"
    return f"a gateway answers in its place ({answer.status} {answer.media_type or 'without a media type'})"
