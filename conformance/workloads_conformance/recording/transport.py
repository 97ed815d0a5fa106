"""The transport of a live run: answers come from the network, and are recorded without secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from workloads_conformance.http import BESIDE, Exchange, Line, Request, Response
from workloads_conformance.output import Redactor

from .recorder import Recorder

T = TypeVar("T", bool, int, float, str)

_CREDENTIALS = {"set-cookie"}
"""Headers whose values are credentials unknown to the redactor."""

_HIDDEN = "(hidden)"


class RecordingTransport:
    """Sends requests to a target. Tests judge answers as they came; the record holds them without secrets."""

    is_live = True

    def __init__(self, line: Line, redactor: Redactor, recorder: Recorder) -> None:
        self._line, self._redactor, self._recorder = line, redactor, recorder
        line.on_probe = self._record_probe

    @property
    def began(self) -> float:
        """The time, in seconds since 1970, from which exchanges count their seconds."""
        return self._line.began

    @property
    def gone(self) -> str:
        """Why nothing can be asked now."""
        return self._line.gone

    @property
    def takes(self) -> float | None:
        """About how many requests the target takes in a second."""
        return self._line.takes

    @property
    def full(self) -> str | None:
        """Why nothing more may be asked: the record takes in no more."""
        return self._recorder.full

    async def send(self, request: Request, authorization: str | None, trial: str) -> Exchange:
        """Sends a request to the target, and records what came."""
        return self._recorded(await self._line.send(request, authorization, trial), trial)

    async def recover(self) -> None:
        """Looks once more for a target that was gone."""
        await self._line.recover()

    def _record_probe(self, exchange: Exchange) -> None:
        self._recorded(exchange, BESIDE)

    def _recorded(self, exchange: Exchange, trial: str) -> Exchange:
        """Records an exchange, and returns it with what of it may be shown."""
        answer = exchange.response
        exchange = replace(
            exchange,
            response=None if answer is None else self._with_redacted(answer),
            failure=None if exchange.failure is None else self._redactor.text(exchange.failure),
            gone=self._redactor.text(exchange.gone),
        )
        self._recorder.exchange(exchange, trial)
        return exchange

    def _with_redacted(self, answer: Response) -> Response:
        """Returns an answer that knows what of it may be shown; cookies, which nothing judges, are hidden at once."""
        headers = tuple((name, _HIDDEN if name.lower() in _CREDENTIALS else value) for name, value in answer.headers)
        shown = tuple((self._redactor.text(name), self._redactor.text(value)) for name, value in headers)
        body = self._redactor.data(answer.body)
        answer = replace(answer, headers=headers)
        if body is answer.body and shown == headers:
            return answer
        return replace(answer, redacted=replace(answer, headers=shown, body=body))

    async def pause(self, seconds: float) -> None:
        """Sleeps."""
        await asyncio.sleep(seconds)

    def recorded(self, key: str, find: Callable[[], T], *, rare: bool = False) -> T:
        """Returns what `find` returns, and records it."""
        value = find()
        if value or not rare:
            self._recorder.recorded_value(key, value)
        return value
