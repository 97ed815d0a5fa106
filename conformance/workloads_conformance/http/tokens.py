"""The access token of a run: from the environment, a file, or client credentials, got again when it runs out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
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

from .messages import Exchange, Request, Response
from .waiting import retry_after
from .wire import Wire

SHELL_NAME = "TOKEN"
"""The shell variable that stands for the token where no environment variable was named."""

_EARLY = 0.8
"""The share of its life after which a token is got again, so that none runs out on its way."""

_USUAL_LIFE, _LONGEST_LIFE = 300.0, 86_400.0
"""Seconds that a token lives whose life the endpoint does not say, or says in no way that makes sense, and at most."""

_PAUSE, _MOST_TOKENS = 3.0, 500
"""Seconds between two requests for a token, and how many a run sends. Every text is searched for all that came."""

_FIRST_PAUSE, _LONGEST_ASKED = 0.5, 60.0
"""Seconds after which a busy token endpoint is asked again, at first, and that it may ask to wait, at most."""

_DOTS = 2
"""In a JWT (RFC 7515, 3.1)."""

_LONGEST_TOKEN = 16 * 1024
"""Characters; servers take header lines of 8 KiB or so."""


_REVEALING = 16
"""Characters from which a part of a token reveals something of it; a shorter one may be an ordinary word."""


class NoTokenError(TargetError):
    """There is no token now. `may_change` says whether there may be one soon: an endpoint is busy, a file is replaced."""

    def __init__(self, reason: str, *, may_change: bool) -> None:
        super().__init__(reason)
        self.may_change = may_change


class TokenSource(Protocol):
    """Where the token comes from.

    Attributes:
        shell_name: the variable that stands for the token in commands.
        first: the first token of the run; empty before there was one.
        renews: whether there may be another token later.
    """

    shell_name: str
    first: str
    renews: bool

    async def token(self) -> str:
        """Returns the present token, a new one if the present one is near its end and there is a new one."""
        ...

    async def another(self) -> str:
        """Returns the token that there is now at the source, which may be the present one.

        Raises:
            NoTokenError: there is none.
        """
        ...

    def adopt(self, token: str) -> None:
        """Makes a token of `another` the present one."""
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
    """A token from an environment variable, or from a file, which is read again when the token is near its end."""

    def __init__(self, text: str, shell_name: str, redactor: Redactor, path: Path | None = None) -> None:
        self.shell_name = shell_name
        self.renews = path is not None
        self._redactor, self._path = redactor, path
        self.first = self._token = self._word(text)
        self._read_again = time.time() + _PAUSE
        self.adopt(self.first)

    def _word(self, text: str) -> str:
        token = text.strip()
        if not _is_word(token):
            where = self._path or "$" + self.shell_name
            raise UsageError(f"the token in {where} is empty or no single printable word.")
        hide_token(self._redactor, token, self.shell_name)
        return token

    async def token(self) -> str:
        """Returns the token; a file is read again at 0.8 of its life, and kept if it has none, or none that is whole."""
        now = time.time()
        if self.renews and now >= self._read_again:
            self._read_again = now + _PAUSE
            with contextlib.suppress(NoTokenError):
                if (token := await self.another()) != self._token and _is_jwt(token) == _is_jwt(self.first):
                    self.adopt(token)
        return self._token

    async def another(self) -> str:
        """Returns what is in the file now."""
        if self._path is None:
            raise NoTokenError(f"${self.shell_name} holds no other", may_change=False)
        try:
            return self._word(_read(self._path))
        except UsageError as error:
            raise NoTokenError(str(error).rstrip("."), may_change=True) from None

    def adopt(self, token: str) -> None:
        """Takes a token, and reads the file again at 0.8 of its life."""
        self._token = token
        now, said = time.time(), claims(token)
        begins, ends = _number(said.get("iat"), now), _number(said.get("exp"), now + _USUAL_LIFE)
        self._read_again = max(now + _PAUSE, begins + _EARLY * (ends - begins))


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
        self._token, self._until, self._life = "", 0.0, _USUAL_LIFE
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
                self._until = time.monotonic() + _PAUSE
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
                if not error.may_change or time.monotonic() + pause > until:
                    raise
                await asyncio.sleep(pause)
                pause = min(2 * pause, _PAUSE)

    async def another(self) -> str:
        """Returns a new token."""
        async with self._lock:
            await asyncio.sleep(max(0.0, self._asked_at + max(_FIRST_PAUSE, self._pause_asked) - time.monotonic()))
            return await self._fetch()

    def adopt(self, token: str) -> None:
        """Takes a token, and asks for another at 0.8 of its life."""
        self._token = token
        self.first = self.first or token
        self._until = time.monotonic() + max(self._life * _EARLY, _PAUSE)

    _pause_asked = 0.0
    """Seconds for which the endpoint asked to wait."""

    async def _fetch(self) -> str:
        if self._asked >= _MOST_TOKENS:
            raise NoTokenError(f"the run has had {_MOST_TOKENS} tokens, which is as many as it asks for", may_change=False)
        path = self._endpoint.path
        self._asked += 1
        exchange = await self._wire.send(self._endpoint.request(*self._client), None)
        self._asked_at = time.monotonic()
        answer = exchange.response
        self._pause_asked = min(_LONGEST_ASKED, retry_after(answer, time.time())) if answer and _is_busy(answer) else 0.0
        found = answer.json.value if answer is not None and answer.json.readable else None
        token = found.get(self._endpoint.token) if isinstance(found, dict) else None
        if answer is None or not isinstance(token, str) or not token:
            may_change = exchange.is_between or (answer is not None and _is_busy(answer))
            raise NoTokenError(
                f"the token endpoint {path} {_why_no_token(exchange, self._endpoint.token)}.", may_change=may_change
            )
        if len(token) > _LONGEST_TOKEN or not _is_word(token):
            raise NoTokenError(
                f"the token endpoint {path} gave a token of {len(token)} characters that no header can carry; expected "
                f"one printable word of at most {_LONGEST_TOKEN} characters.",
                may_change=False,
            )
        self._life = _life(found.get(self._endpoint.life) if isinstance(found, dict) else None)
        hide_token(self._redactor, token, self.shell_name)
        return token


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
    return ClientCredentials(wire, redactor, client, endpoint, patience=settings.settle)


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


def _is_jwt(token: str) -> bool:
    return token.count(".") == _DOTS and bool(claims(token))


def _is_busy(answer: Response) -> bool:
    """True for statuses that say of themselves that they pass."""
    return answer.status in (408, 429) or answer.status >= _SERVER_ERROR


def _number(said: object, otherwise: float) -> float:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else otherwise


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
