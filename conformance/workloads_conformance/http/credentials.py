"""Tokens from client credentials: exchanged at a token endpoint, again when the present one is near its end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from workloads_conformance.errors import TargetError
from workloads_conformance.output import Redactor

from .messages import Exchange, Request, Response
from .tokens import EARLY, PAUSE, SHELL_NAME, USUAL_LIFE, NoTokenError, hide_token, is_word
from .waiting import retry_after
from .wire import Wire

_LONGEST_LIFE = 86_400.0
"""Seconds that a token lives, at most, whatever its endpoint says."""

_MOST_TOKENS = 500
"""Tokens that a run asks for. Every text is searched for all that came."""

_FIRST_PAUSE, _LONGEST_ASKED = 0.5, 60.0
"""Seconds after which a busy token endpoint is asked again, at first, and that it may ask to wait, at most."""

_LONGEST_TOKEN = 16 * 1024
"""Characters; servers take header lines of 8 KiB or so."""

_SERVER_ERROR = 500
_FAILS = "as a server that fails, or is busy; try again later"
_REASONS = {
    **dict.fromkeys((400, 401, 403), "to the client's credentials; check client-id, the secret and token-endpoint"),
    **dict.fromkeys((404, 405), "and is not there; check token-endpoint and the target's base URL"),
    **dict.fromkeys((408, 429), _FAILS),
}
"""Why a token endpoint gives no token, by the status that it answers with, and what to look at."""


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Where client credentials are exchanged for a token.

    Attributes:
        path: where it is.
        token: the member of its answer that holds the token.
        life: the member that holds the seconds for which the token lives.
        request: makes its request of the client's id and secret.
    """

    path: str
    token: str
    life: str
    request: Callable[[str, str], Request]


class ClientCredentials:
    """Tokens from a token endpoint, another one when the present one is near its end.

    `patience` is for how many seconds the first one is waited for at an endpoint that is busy.
    """

    renews = True

    def __init__(
        self,
        wire: Wire,
        redactor: Redactor,
        client: tuple[str, str],
        endpoint: TokenEndpoint,
        *,
        patience: float = 0.0,
    ) -> None:
        self.shell_name = SHELL_NAME
        self._wire, self._redactor, self._endpoint = wire, redactor, endpoint
        self._client, self._patience = client, patience
        self.first = ""
        self._token, self._until, self._life = "", 0.0, USUAL_LIFE
        self._asked = 0
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()
        redactor.add(client[1], "CLIENT_SECRET")

    async def token(self) -> str:
        """Returns the token, a new one if the present one is near its end and another can be got."""
        async with self._lock:
            if not self._token:
                self.adopt(await self._first())
            elif time.monotonic() >= self._until:
                self._until = time.monotonic() + PAUSE
                with contextlib.suppress(TargetError):  # the target says what it makes of the old one
                    self.adopt(await self._fetch())
            return self._token

    async def _first(self) -> str:
        until, pause = time.monotonic() + self._patience, _FIRST_PAUSE
        while True:
            try:
                return await self._fetch()
            except NoTokenError as error:
                pause = max(pause, self._pause_asked)
                if not (error.may_change and self._was_reached) or time.monotonic() + pause > until:
                    raise
                await asyncio.sleep(pause)
                pause = min(2 * pause, PAUSE)

    async def another(self) -> str:
        """Returns a new token."""
        async with self._lock:
            await asyncio.sleep(max(0.0, self._asked_at + max(_FIRST_PAUSE, self._pause_asked) - time.monotonic()))
            return await self._fetch()

    def adopt(self, token: str) -> None:
        """Takes a token, and asks for another at 0.8 of its life."""
        self._token = token
        self.first = self.first or token
        self._until = time.monotonic() + max(self._life * EARLY, PAUSE)

    _pause_asked = 0.0
    """Seconds for which the endpoint asked to wait."""

    _was_reached = False
    """Whether the endpoint answered the last time. One that never did is told at once: its address may be wrong."""

    async def _fetch(self) -> str:
        if self._asked >= _MOST_TOKENS:
            raise NoTokenError(
                f"the run has had {_MOST_TOKENS} tokens, which is as many as it asks for", may_change=False
            )
        path = self._endpoint.path
        self._asked += 1
        exchange = await self._wire.send(self._endpoint.request(*self._client), None)
        self._asked_at = time.monotonic()
        answer = exchange.response
        self._was_reached = answer is not None
        self._pause_asked = (
            min(_LONGEST_ASKED, retry_after(answer, time.time())) if answer and _is_busy(answer) else 0.0
        )
        found = answer.json.value if answer is not None and answer.json.readable else None
        token = found.get(self._endpoint.token) if isinstance(found, dict) else None
        if answer is None or not isinstance(token, str) or not token:
            may_change = exchange.is_between or (answer is not None and _is_busy(answer))
            raise NoTokenError(
                f"the token endpoint {path} {_why_no_token(exchange, self._endpoint.token)}.", may_change=may_change
            )
        if len(token) > _LONGEST_TOKEN or not is_word(token):
            raise NoTokenError(
                f"the token endpoint {path} gave a token of {len(token)} characters that no header can carry; expected "
                f"one printable word of at most {_LONGEST_TOKEN} characters.",
                may_change=False,
            )
        self._life = _life(found.get(self._endpoint.life) if isinstance(found, dict) else None)
        hide_token(self._redactor, token, self.shell_name)
        return token


def _why_no_token(exchange: Exchange, member: str) -> str:
    """Returns what an exchange with a token endpoint says of there being no token, and what to look at."""
    answer = exchange.response
    if answer is None:
        return (
            f"cannot be reached: {exchange.failure}; check the target's URL, what lies between, and what it asks of a "
            "client, such as a certificate (client-cert)"
        )
    told = f"returned {answer.status}"
    if answer.flaw is not None or answer.json.limit is not None:
        return f"{told}, which could not be read: {answer.flaw or answer.json.limit}"
    if answer.status // 100 == 3:  # a redirect, RFC 9110, 15.4
        where = answer.header("location")
        return f"{told}, a redirect to {where!r:.200}, which is not followed; check the target's base URL"
    fails = (
        _FAILS if answer.status >= _SERVER_ERROR else f"without a token in the member {member}; check token-endpoint"
    )
    return f"{told} {_REASONS.get(answer.status, fails)}"


def _is_busy(answer: Response) -> bool:
    """True for statuses that say of themselves that they pass."""
    return answer.status in (408, 429) or answer.status >= _SERVER_ERROR


def _life(said: object) -> float:
    """Returns the seconds that a token lives, by what its endpoint said."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not said > 0:
        return USUAL_LIFE
    return float(min(said, _LONGEST_LIFE))
