"""Access tokens: where one comes from, what it looks like, and what of it is hidden."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Protocol

from workloads_conformance.errors import TargetError
from workloads_conformance.output import Redactor

SHELL_NAME = "TOKEN"
"""The shell variable that stands for the token where no environment variable was named."""

EARLY = 0.8
"""The share of its life after which a token is got again, so that none runs out on its way."""

USUAL_LIFE = 300.0
"""Seconds that a token lives whose life nothing says, or says in no way that makes sense."""

PAUSE = 3.0
"""Seconds between two looks for a token whose time has come."""

_DOTS = 2
"""In a JWT (RFC 7515, 3.1)."""

_REVEALING = 16
"""Characters from which a part of a token reveals something of it; a shorter one may be an ordinary word."""


class NoTokenError(TargetError):
    """There is no token now.

    Attributes:
        may_change: whether there may be one soon: an endpoint is busy, a file is being replaced.
    """

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


def is_word(token: str) -> bool:
    """True for printable ASCII without white space, as credentials are (RFC 6750, 2.1)."""
    return bool(token) and all(32 < ord(character) < 127 for character in token)  # printable ASCII


def is_jwt(token: str) -> bool:
    """True for what looks like a JWT."""
    return token.count(".") == _DOTS and bool(claims(token))


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
