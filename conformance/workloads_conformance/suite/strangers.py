"""Requests of a story by somebody who may not make them: each has to be refused; what it leaves is judged by reading.

They come in turn with a genuine token that lacks the rights, if one was given, and without a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workloads_conformance.api import Answer, WorkloadTrial
from workloads_conformance.http import Authorization
from workloads_conformance.runner import is_success

from .attempts import NO_TOKEN

_UNAUTHORIZED, _FORBIDDEN = 401, 403


@dataclass(frozen=True, slots=True)
class _Lack:
    """What somebody lacks.

    Attributes:
        said: the same in words.
        requirements: what is violated if a request is accepted all the same, by operation.
    """

    said: str
    requirements: Mapping[str, str]
    expected: int


_RIGHTS: Final = _Lack(
    "a token that lacks the rights",
    {"create": "WV2-AUTH-009", "get": "WV2-AUTH-010", "update": "WV2-AUTH-011", "delete": "WV2-AUTH-012"},
    _FORBIDDEN,
)
_TOKEN: Final = _Lack(
    "no token",
    {"create": "WV2-AUTH-001", "get": "WV2-AUTH-002", "update": "WV2-AUTH-003", "delete": "WV2-AUTH-004"},
    _UNAUTHORIZED,
)


class Stranger:
    """Somebody who may not do what is asked for.

    Args:
        trial: what the requests go through.
        token: a genuine token that lacks the rights; None if none was given.
        first: the number of the request that comes before the first.
    """

    def __init__(self, trial: WorkloadTrial, token: Authorization | None, first: int) -> None:
        self._trial, self._token, self._asked = trial, token, first
        self._needs_token = False

    async def arrive(self) -> None:
        """Finds out whether this target asks for a token at all; that it has to is judged elsewhere."""

        async def accept(trial: WorkloadTrial) -> str:
            answer = await trial.get(trial.unknown_id(), NO_TOKEN)
            return "asks for a token" if answer.status in (_UNAUTHORIZED, _FORBIDDEN) else ""

        self._needs_token = bool(await self._trial.shared(("without a token",), accept))

    @property
    def is_there(self) -> bool:
        """False where requests would show nothing: there is no token without rights, and none is asked for."""
        return self._token is not None or self._needs_token

    async def creates(self, body: Mapping[str, Any]) -> None:
        """Judges that a create is refused."""
        token = self._next()
        self._judge("create", token, await self._trial.create(body, authorization=token))

    async def reads(self, identifier: str) -> None:
        """Judges that a workload is not shown."""
        token = self._next()
        self._judge("get", token, await self._trial.get(identifier, token))

    async def updates(self, identifier: str, update: Mapping[str, Any]) -> None:
        """Judges that an update is refused."""
        token = self._next()
        self._judge("update", token, await self._trial.update(identifier, update, token))

    async def deletes(self, identifier: str) -> None:
        """Judges that a deletion is refused."""
        token = self._next()
        self._judge("delete", token, await self._trial.delete(identifier, token))

    def _next(self) -> Authorization:
        """Returns the credentials of the next request."""
        self._asked += 1
        if self._token is not None and (self._asked % 2 or not self._needs_token):
            return self._token
        return NO_TOKEN

    def _judge(self, operation: str, token: Authorization, answer: Answer) -> None:
        lack = _TOKEN if token is NO_TOKEN else _RIGHTS
        if lack is _RIGHTS and answer.status == _UNAUTHORIZED:
            self._token = None  # it was refused as no good one: it shows nothing about rights
            return
        self._trial.judge(
            lack.requirements[operation],
            not is_success(answer),
            message=f"{operation} with {lack.said} was accepted as a step of a story",
            code=f"story/{operation} with {lack.said}/accepted",
            expected=str(lack.expected),
            observed=str(answer),
            answer=answer,
        )
