"""Removes what the run created, and makes sure that it is gone; never touches anything else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from urllib.parse import quote

from workloads_conformance.client import CREATE_PATH, Client, Exchange, Request, TargetLostError
from workloads_conformance.errors import NotPermittedError

_LIST_PATH = "/api/v1/workloads"
_PAGE = 100
_TRIAL = "cleaning up"
_LATE = 0.5
"""Seconds in which the target may end a create whose connection broke."""

_UNSEEN = 3.0
"""Seconds for which an id has to stay unknown before its create counts as never done."""


class Cleanup:
    """Deletes workloads whose name carries the run's prefix, and waits until they are gone.

    Args:
        patience: seconds within which a deletion has to be complete.
    """

    def __init__(self, client: Client, prefix: str, *, patience: float) -> None:
        self._client, self._prefix, self._patience = client, prefix, patience

    async def delete(self, identifier: str, trial: str) -> None:
        """Asks for a deletion on behalf of a trial, without waiting; only a workload of the run's own is touched."""
        if identifier in self._client.deleting or not self._client.created.get(identifier, False):
            return
        with contextlib.suppress(TargetLostError, NotPermittedError):
            await self._client.send(_request("DELETE", identifier), trial)

    async def finish(self) -> tuple[str, ...]:
        """Deletes everything that the run created; returns the ids that are not shown to be gone."""
        if self._client.unanswered:
            await self._client.course.pause(_LATE)
            await self._adopt()
        found = sorted(self._client.created)
        gone = await asyncio.gather(*map(self._remove, found))
        return tuple(identifier for identifier, is_gone in zip(found, gone, strict=True) if not is_gone)

    async def _adopt(self) -> None:
        """Takes charge of workloads whose create was sent and never answered."""
        with contextlib.suppress(TargetLostError, NotPermittedError):
            for identifier in await self.find():
                self._client.created[identifier] = True
                self._client.permit(identifier)

    async def remove(self, identifiers: Iterable[str]) -> tuple[str, ...]:
        """Deletes these workloads, each only if its name carries the prefix; returns the ids not shown to be gone."""
        for identifier in identifiers:
            self._client.created.setdefault(identifier, False)
        return await self.finish()

    async def _remove(self, identifier: str) -> bool:
        try:
            return await self._remove_one(identifier)
        except (TargetLostError, NotPermittedError):
            return False

    async def _remove_one(self, identifier: str) -> bool:
        started, pause = None, 0.02
        while True:
            seen = await self._client.send(_request("GET", identifier), _TRIAL)
            started = seen.started if started is None else started
            passed = seen.started - started
            name, gone = _shown(seen)
            # 404 may also mean that an accepted create is not visible yet, unless its deletion was accepted.
            if gone and (identifier in self._client.deleting or passed >= min(_UNSEEN, self._patience)):
                self._client.gone(identifier)
                return True
            if name is not None and not name.startswith(self._prefix):
                return False  # it answers to an id of ours under a name that is not: not ours to delete
            if name is not None:
                self._client.permit(identifier)
                self._client.created[identifier] = True
            await self.delete(identifier, _TRIAL)
            if passed > self._patience or self._client.lost:
                return False
            await self._client.course.pause(pause)
            pause = min(pause * 1.6, 1.0)

    async def find(self) -> tuple[str, ...]:
        """Returns the ids of live workloads under the run's prefix, where the platform's list of workloads exists.

        `GET /api/v1/workloads` is not part of the contract; it only serves to find a workload whose create was sent
        and never answered.
        """
        found: list[str] = []
        while True:
            query = (("filterBy", f"name=^{self._prefix}"), ("limit", str(_PAGE)), ("offset", str(len(found))))
            answer = (await self._client.send(Request(method="GET", path=_LIST_PATH, query=query), _TRIAL)).response
            body = answer.json.value if answer and answer.status == 200 else None  # noqa: PLR2004
            page = body.get("workloads") if isinstance(body, dict) else None
            if not isinstance(page, list):
                break
            fresh = [entry["id"] for entry in page if self._is_ours(entry) and entry["id"] not in found]
            found += fresh
            if len(page) < _PAGE or not fresh:
                break
        return tuple(found)

    def _is_ours(self, entry: object) -> bool:
        return (
            isinstance(entry, dict)
            and isinstance(entry.get("id"), str)
            and isinstance(entry.get("name"), str)
            and entry["name"].startswith(self._prefix)
        )


def _shown(seen: Exchange) -> tuple[str | None, bool]:
    """Returns the name that the target shows under an id, if any, and whether no live workload is there."""
    answer = seen.response
    if answer is None or answer.status == 404:  # noqa: PLR2004 - documented
        return None, answer is not None
    body = answer.json.value if isinstance(answer.json.value, dict) else {}
    workload = body.get("workload")
    metadata = workload.get("metadata") if isinstance(workload, dict) else None
    if not isinstance(metadata, dict):
        return None, False
    sync = body.get("syncInfo")
    deleted = isinstance(sync, dict) and sync.get("status") == "Deleted"
    name = metadata.get("name")
    return name if isinstance(name, str) else None, deleted or metadata.get("deletedAt") is not None


def _request(method: str, identifier: str) -> Request:
    return Request(method=method, path=f"{CREATE_PATH}/{quote(identifier, safe='')}")
