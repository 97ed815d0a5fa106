"""Repeats the one request that showed a breach: after the writes that led to it, under other names and ids.

What is repeated is what the commands of the finding repeat. The case around it may have dozens of requests; where a
target fails at random, one or another of them fails each time.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from workloads_conformance.client import Exchange, Request

from .relevance import relevant
from .trial import Trial, UndecidedError

_SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class Repetition:
    """The exchanges to repeat, the last of which showed the breach, and statuses that were right there (`also`)."""

    exchanges: Sequence[Exchange]
    also: Sequence[int]


def repetition(trial: Trial, shown: Exchange) -> Repetition:
    """Returns what has to be sent to come to `shown`, an exchange of the trial, again."""
    return Repetition(relevant(trial.exchanges, shown), trial.also.get(shown.number, ()))


async def repeat(trial: Trial, case: Repetition) -> None:
    """Sends the requests again, as far from each other in time as they were; only the last is judged.

    Raises:
        UndecidedError: the target failed on the way to it, where it had not.
    """
    renaming = _Renaming(trial)
    *before, last = case.exchanges
    try:
        for index, exchange in enumerate(before):
            answer = await trial.send(renaming.request(exchange.request))
            if answer.status >= _SERVER_ERRORS and not _failed(exchange):
                raise UndecidedError(
                    f"{exchange.request.method}, before what is repeated, was answered {answer.status}"
                )
            renaming.learn(exchange.response.identifier if exchange.response else None, answer.id)
            await trial.pause(max(0.0, case.exchanges[index + 1].started - exchange.ended))
    finally:
        trial.judgements.clear()
    await trial.send(renaming.request(last.request), also=case.also)


def _failed(exchange: Exchange) -> bool:
    return exchange.response is None or exchange.response.status >= _SERVER_ERRORS


class _Renaming:
    """Gives every workload of the repeated requests another name, of the same length, and knows the ids that came."""

    def __init__(self, trial: Trial) -> None:
        self._key = trial.key
        self._code = re.compile(rb"(%s)([a-z2-7]{8})" % re.escape(trial.context.prefix.encode()))
        self._ids: dict[str, str] = {}

    def learn(self, then: str | None, now: str) -> None:
        """Notes the id that a create was answered with then, and the one that it was answered with this time."""
        if then and now:
            self._ids[then] = now

    def request(self, request: Request) -> Request:
        """Returns the request as it has to be sent this time."""
        path = request.path
        for then, now in self._ids.items():
            for spell in (str, str.lower, str.upper, _without_hyphens):
                path = path.replace(spell(then), spell(now))
        return replace(request, path=path, body=None if request.body is None else self._body(request.body))

    def _body(self, body: bytes) -> bytes:
        encoded = _encoded(body)
        if encoded:
            try:
                manifest = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                manifest = b""
            renamed = self._renamed(manifest)
            if renamed != manifest:
                body = body.replace(encoded, base64.b64encode(renamed))
        return self._renamed(body)

    def _renamed(self, data: bytes) -> bytes:
        return self._code.sub(lambda found: found[1] + self._other(found[2]), data)

    def _other(self, code: bytes) -> bytes:
        digest = sha256(self._key.encode() + b"/" + code).digest()
        return base64.b32encode(digest[:5]).lower()


def _without_hyphens(text: str) -> str:
    return text.replace("-", "")


def _encoded(body: bytes) -> bytes:
    """Returns the manifest in base64 as it stands in a body; empty where there is none."""
    try:
        found = json.loads(body)["manifestBase64Encoded"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return b""
    return found.encode("ascii", "ignore") if isinstance(found, str) else b""
