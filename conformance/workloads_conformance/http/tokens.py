"""The access token of a run: from the environment, a file, or client credentials, got again when it runs out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from workloads_conformance.errors import TargetError, UsageError
from workloads_conformance.output import Redactor
from workloads_conformance.settings import Settings
from workloads_reports import GivenError, given_text

from .messages import Exchange, Request
from .wire import Wire

SHELL_NAME = "TOKEN"
"""The shell variable that stands for the token where no environment variable was named."""

_EARLY = 0.8
"""The share of its life after which a token is got again, so that none runs out on its way."""

_USUAL_LIFE, _LONGEST_LIFE = 300.0, 86_400.0
"""Seconds that a token lives whose life the endpoint does not say, or says in no way that makes sense, and at most."""

_PAUSE, _MOST_TOKENS = 3.0, 500
"""Seconds between two requests for a token, and how many a run sends. Every text is searched for all that came."""

_LONGEST_TOKEN = 16 * 1024
"""Characters; servers take header lines of 8 KiB or so."""


_REVEALING = 16
"""Characters from which a part of a token reveals something of it; a shorter one may be an ordinary word."""


class TokenSource(Protocol):
    """Where the token comes from.

    Attributes:
        shell_name: the variable that stands for the token in commands.
        first: the first token of the run; empty before there was one.
    """

    shell_name: str
    first: str

    async def token(self) -> str:
        """Returns a token that has not run out, as far as can be known."""
        ...

    def expired(self) -> bool:
        """True if the token is known to have run out and cannot be got again."""
        ...


_SERVER_ERROR = 500
_FAILS = "as a server that fails, or is busy; try again later"
_REASONS = {
    **dict.fromkeys((400, 401, 403), "to the client's credentials; check client-id, the secret and token-endpoint"),
    **dict.fromkeys((404, 405), "and is not there; check token-endpoint and the target's base URL"),
    **dict.fromkeys((408, 429), _FAILS),
}
"""Why a token endpoint gives no token, by the status that it answers with, and what to look at."""

_LARGEST = 2**20
"""Bytes of a file with a token."""


class FixedToken:
    """A token from an environment variable, or read from a file each time it has run out."""

    def __init__(self, text: str, shell_name: str, redactor: Redactor, path: Path | None = None) -> None:
        self.shell_name = shell_name
        self.first = ""
        self._redactor, self._path = redactor, path
        self._take(text)

    def _take(self, text: str) -> None:
        self._token = text.strip()
        if not _is_word(self._token):
            raise UsageError(
                f"the token in {self._path or '$' + self.shell_name} is empty or no single printable word."
            )
        self.first = self.first or self._token
        hide_token(self._redactor, self._token, self.shell_name)
        self._expiry = claims(self._token).get("exp")

    def expired(self) -> bool:
        """True if the token's `exp` lies in the past."""
        return isinstance(self._expiry, int | float) and self._expiry <= time.time()

    async def token(self) -> str:
        """Returns the token; a file is read again when the token it held has run out."""
        if self._path and self.expired():
            self._take(_read(self._path))
        return self._token


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
    """Tokens from a token endpoint, another one when the present one is near its end."""

    def __init__(self, wire: Wire, redactor: Redactor, client: tuple[str, str], endpoint: TokenEndpoint) -> None:
        self.shell_name = SHELL_NAME
        self._wire, self._redactor, self._endpoint = wire, redactor, endpoint
        self._client = client
        self.first = ""
        self._token, self._until, self._ends = "", 0.0, 0.0
        self._asked = 0
        self._lock = asyncio.Lock()
        redactor.add(client[1], "CLIENT_SECRET")

    def expired(self) -> bool:
        """True if the token has run out, as one does that the endpoint renews too seldom, or not at all."""
        return time.monotonic() >= self._ends

    async def token(self) -> str:
        """Returns the token, a new one if the present one is near its end and another can be got."""
        async with self._lock:
            if time.monotonic() >= self._until:
                await self._renew()
            return self._token

    async def _renew(self) -> None:
        self._until = time.monotonic() + _PAUSE
        if self._asked >= _MOST_TOKENS:
            return  # the target says what it makes of the old one
        try:
            await self._fetch()
        except TargetError:
            if not self._token:
                raise

    async def _fetch(self) -> None:
        path = self._endpoint.path
        self._asked += 1
        exchange = await self._wire.send(self._endpoint.request(*self._client), None)
        answer = exchange.response
        found = answer.json.value if answer is not None and answer.json.readable else None
        token = found.get(self._endpoint.token) if isinstance(found, dict) else None
        if answer is None or not isinstance(token, str) or not token:
            raise TargetError(f"the token endpoint {path} {_why_no_token(exchange, self._endpoint.token)}.")
        if len(token) > _LONGEST_TOKEN or not _is_word(token):
            raise TargetError(
                f"the token endpoint {path} gave a token of {len(token)} characters that no header can carry; expected "
                f"one printable word of at most {_LONGEST_TOKEN} characters."
            )
        life = _life(found.get(self._endpoint.life) if isinstance(found, dict) else None)
        self._token = token
        self._until, self._ends = time.monotonic() + max(life * _EARLY, _PAUSE), time.monotonic() + life
        self.first = self.first or token
        hide_token(self._redactor, token, self.shell_name)


def token_source(
    settings: Settings, environ: Mapping[str, str], wire: Wire, redactor: Redactor, endpoint: TokenEndpoint
) -> TokenSource:
    """Returns the source that the settings name; client credentials are exchanged at `endpoint`."""
    if settings.token_env:
        return FixedToken(environ[settings.token_env], settings.token_env, redactor)
    if settings.token_file:
        return FixedToken(_read(settings.token_file), SHELL_NAME, redactor, settings.token_file)
    assert settings.client_id
    assert settings.client_secret_env
    client = (settings.client_id, environ[settings.client_secret_env].strip())
    return ClientCredentials(wire, redactor, client, endpoint)


def _why_no_token(exchange: Exchange, member: str) -> str:
    """Returns what an exchange with a token endpoint says of there being no token, and what to look at."""
    answer = exchange.response
    if answer is None:
        return f"cannot be reached: {exchange.failure}; check the target's URL and what lies between"
    told = f"returned {answer.status}"
    if answer.flaw is not None or answer.json.limit is not None:
        return f"{told}, which could not be read: {answer.flaw or answer.json.limit}"
    if answer.status // 100 == 3:  # noqa: PLR2004 - a redirect, RFC 9110, 15.4
        where = answer.header("location")
        return f"{told}, a redirect to {where!r:.200}, which is not followed; check the target's base URL"
    fails = (
        _FAILS if answer.status >= _SERVER_ERROR else f"without a token in the member {member}; check token-endpoint"
    )
    return f"{told} {_REASONS.get(answer.status, fails)}"


def _is_word(token: str) -> bool:
    """True for printable ASCII without white space, as credentials are (RFC 6750, 2.1)."""
    return bool(token) and all(32 < ord(character) < 127 for character in token)  # noqa: PLR2004 - printable ASCII


def _life(said: object) -> float:
    """Returns the seconds that a token lives, by what its endpoint said."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not said > 0:
        return _USUAL_LIFE
    return float(min(said, _LONGEST_LIFE))


def _read(path: Path) -> str:
    try:
        return given_text(path, _LARGEST)
    except GivenError as error:
        raise UsageError(f"token-file {str(path)!r} {error}; give a file that holds one token.") from None


def hide_token(redactor: Redactor, token: str, name: str) -> None:
    """Hides a token, the payload and signature of a JWT on their own, and what an altered signature keeps of it."""
    redactor.add(token, name)
    head, *parts = token.split(".")
    if head and parts:
        parts += (parts[-1][1:], parts[-1][: len(parts[-1]) // 2])
    for part in parts:
        if len(part) >= _REVEALING:
            redactor.add(part, name)


def claims(token: str) -> dict[str, Any]:
    """Returns a JWT's claims, unverified; empty for what is not a valid JWT."""
    found = segment(token.split(".")[1]) if "." in token else None
    return found if isinstance(found, dict) else {}


def segment(part: str) -> object:
    """Returns what one part of a JWT says: JSON, or else the bytes; what is not base64url, as it is."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        return part
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data
