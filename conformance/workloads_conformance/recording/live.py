"""The course of a run with a target: answers come from the network, are freed of secrets, and are recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from workloads_conformance.client import Exchange, Redactor, Request, Response, TokenSource, Wire

from .recorder import Recorder

T = TypeVar("T", bool, int, float, str)

_UNAUTHORIZED = 401
_CREDENTIALS = {"set-cookie"}
"""Headers whose values are credentials that nobody told the redactor of."""

_HIDDEN = "(hidden)"


class Recorded:
    """Takes its course with a target. What tests see of an answer is what the record holds: nothing secret."""

    def __init__(self, wire: Wire, tokens: TokenSource, redactor: Redactor, recorder: Recorder) -> None:
        self._wire, self._tokens = wire, tokens
        self._redactor, self._recorder = redactor, recorder

    @property
    def began(self) -> float:
        """The time, in seconds since 1970, from which exchanges count their seconds."""
        return self._wire.began

    @property
    def full(self) -> str | None:
        """Why nothing more may be asked: the record takes in no more."""
        return self._recorder.full

    async def send(self, request: Request, authorization: str | None, trial: str) -> Exchange:
        """Sends a request to the target, and records what came."""
        exchange = await self._wire.send(request, authorization)
        answer = exchange.response
        refused = answer is not None and answer.status == _UNAUTHORIZED and request.authorization is None
        exchange = replace(
            exchange,
            response=None if answer is None else self._without_secrets(answer),
            failure=None if exchange.failure is None else self._redactor.text(exchange.failure),
            stale=refused and self._tokens.expired(),
        )
        self._recorder.exchange(exchange, trial)
        return exchange

    def _without_secrets(self, answer: Response) -> Response:
        headers = tuple(
            (self._redactor.text(name), _HIDDEN if name.lower() in _CREDENTIALS else self._redactor.text(value))
            for name, value in answer.headers
        )
        body = self._redactor.data(answer.body)
        if body is answer.body and headers == answer.headers:
            return answer
        return replace(answer, headers=headers, body=body)

    async def pause(self, seconds: float) -> None:
        """Sleeps."""
        await asyncio.sleep(seconds)

    def fact(self, key: str, find: Callable[[], T]) -> T:
        """Finds out, and records it."""
        value = find()
        self._recorder.fact(key, value)
        return value
