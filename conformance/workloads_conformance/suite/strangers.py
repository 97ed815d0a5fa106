"""Requests of a story by somebody who lacks the rights: each has to be refused; what it leaves is judged by reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial
from workloads_conformance.http import Authorization
from workloads_conformance.runner import is_success

_UNAUTHORIZED = 401


class Stranger:
    """Somebody whose token is genuine and lacks the rights.

    Args:
        trial: what the requests go through.
        token: the token; None if none was given.
    """

    def __init__(self, trial: WorkloadTrial, token: Authorization | None) -> None:
        self._trial, self._token = trial, token

    @property
    def is_there(self) -> bool:
        """False without a token, and once it was refused as no good one: it shows nothing about rights then."""
        return self._token is not None

    async def creates(self, body: Mapping[str, Any]) -> None:
        """Judges that a create is refused."""
        if self._token is not None:
            self._judge("WV2-AUTH-009", "create", await self._trial.create(body, authorization=self._token))

    async def reads(self, identifier: str) -> None:
        """Judges that a workload is not shown."""
        if self._token is not None:
            self._judge("WV2-AUTH-010", "get", await self._trial.get(identifier, self._token))

    async def updates(self, identifier: str, update: Mapping[str, Any]) -> None:
        """Judges that an update is refused."""
        if self._token is not None:
            self._judge("WV2-AUTH-011", "update", await self._trial.update(identifier, update, self._token))

    async def deletes(self, identifier: str) -> None:
        """Judges that a deletion is refused."""
        if self._token is not None:
            self._judge("WV2-AUTH-012", "delete", await self._trial.delete(identifier, self._token))

    def _judge(self, requirement: str, operation: str, answer: Answer) -> None:
        if answer.status == _UNAUTHORIZED:
            self._token = None
            return
        self._trial.judge(
            requirement,
            not is_success(answer),
            message=f"{operation} with a token that lacks the rights was accepted as a step of a story",
            code=f"story/{operation} without the rights/accepted",
            expected="403",
            observed=str(answer),
            answer=answer,
        )
