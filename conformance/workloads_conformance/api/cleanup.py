"""Removes what the run created, and accounts for all of it; never touches anything else."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Iterable

from workloads_conformance.errors import NotPermittedError
from workloads_conformance.http import Client, Exchange, Request, TargetLostError
from workloads_conformance.runner import Patience

from .deletions import GONE
from .envelope import listed_in
from .inventory import Account, Claim, Inventory
from .quota import Quota
from .routes import LIST_PATH, item_path

_PAGE = 100
_MOST_PAGES = 100
"""Of the list of workloads that are read: a run has fewer workloads, whatever the target lists."""

_TRIAL = "cleaning up"
_LATE = 0.5
"""Seconds in which the target may end a create whose connection broke."""

_UNSEEN = 3.0
"""Seconds after its create for which an id has to stay unknown before its workload counts as not there."""

_AGREEING = 4
"""Readings that have to show no workload where the time after its create is over before the first of them."""

_READINGS = 100
"""Readings in a second, at most, while deletions are waited for."""

_ASKED = 5
"""Times that a deletion is asked for that is not accepted."""

_FIRST_LOOK, _LOOKS = 0.5, 8
"""Seconds for which a trial's workload is looked for at its end, and how many that never showed end that patience."""


class Cleanup:
    """Deletes the run's own workloads, and waits until they are gone.

    Each is read back before it is deleted (`Inventory`). What cannot be shown to be the run's own is left alone, and
    reported as unknown.

    Args:
        patience: how long a deletion takes to take effect.
        quota: what has been looked for before the end; None if nothing has.

    Attributes:
        waited_in_full: whether what `finish` left has had the settle time since its deletion.
    """

    waited_in_full = False

    def __init__(self, client: Client, inventory: Inventory, patience: Patience, quota: Quota | None = None) -> None:
        self._client, self._inventory, self._learned, self._quota = client, inventory, patience, quota
        self._patience = patience.settle
        self._asked_for: dict[str, float] = {}
        """When each deletion was accepted, in seconds: from then on it has the settle time."""
        self._finishes = itertools.count()
        self._unseen = 0
        self._slowest = 0.0

    async def delete(self, identifiers: Iterable[str], trial: str) -> None:
        """Asks for deletions on behalf of a trial; what does not show soon is left to the end of the run."""
        await asyncio.gather(*(self._delete_soon(identifier, trial) for identifier in identifiers))

    async def _delete_soon(self, identifier: str, trial: str) -> None:
        claim = self._inventory.claims.get(identifier.lower())
        if claim is None or claim.disputed or claim.deleting or claim.gone:
            return
        with contextlib.suppress(TargetLostError, NotPermittedError):
            if not claim.ours:
                await self._look_for(claim, trial)
            if claim.ours and not claim.gone:
                asked = await self._client.send(_request("DELETE", claim.id), trial)
                if claim.deleting:
                    self._asked_for[claim.id] = asked.ended

    async def _look_for(self, claim: Claim, trial: str) -> None:
        """Reads a claimed workload until it shows, for not much longer than others took to."""
        # What others took depends on which of them have ended.
        patience = self._client.transport.recorded(f"{trial}: patience with {claim.id}", self._patience_with_new)
        started, pause = None, 0.02
        while True:
            seen = await self._client.send(_request("GET", claim.id), trial)
            started = seen.started if started is None else started
            if claim.ours:
                self._unseen, self._slowest = 0, max(self._slowest, seen.ended - started)
                return
            if seen.ended - started >= patience or claim.asked.dry_run:
                self._unseen += not claim.asked.dry_run
                return
            await self._client.transport.pause(pause)
            pause = min(pause * 1.6, 1.0)

    def _patience_with_new(self) -> float:
        return min(self._patience, max(_FIRST_LOOK, 2 * self._slowest)) if self._unseen < _LOOKS else 0.0

    async def finish(self, *, in_full: bool = False) -> Account:
        """Deletes everything that the run created; returns what became of it.

        Args:
            in_full: whether it waits for the whole settle time, though what others waited for in vain was not there.
        """
        creates = self._inventory.creates
        if not creates:
            return Account()
        await self._client.transport.recover()
        if any(create.done is None for create in creates.values()):
            await self._client.transport.pause(_LATE)
        # Where deletions have no effect, the tests have waited for that already.
        finish, settle = next(self._finishes), self._learned.settle
        self._patience = self._client.transport.recorded(
            f"{_TRIAL}: patience {finish}", lambda: settle if in_full else self._learned.of(GONE)
        )
        for identifier in self._client.transport.recorded(f"{_TRIAL}: seen gone {finish}", self._seen_gone).split():
            if claim := self._inventory.claims.get(identifier):
                self._inventory.is_gone(claim)
        claims = self._inventory.unsettled()
        self._inventory.was_looked_for = False
        with self._learned.waits(GONE, self._patience):
            await asyncio.gather(*map(self._remove, claims))
            self._inventory.was_looked_for = True
            listed = await self._remove_listed({claim.id for claim in claims if claim.deleting})
        self.waited_in_full = self._patience == self._learned.settle
        if self._inventory.still_there():
            self._learned.did_not_come(GONE)
        return self._inventory.account(listed)

    def _seen_gone(self) -> str:
        return " ".join(sorted(self._quota.seen_gone)) if self._quota is not None else ""

    async def _remove(self, claim: Claim) -> None:
        with contextlib.suppress(TargetLostError, NotPermittedError):
            await self._remove_one(claim)

    async def _remove_one(self, claim: Claim) -> None:
        started, pause, asked, readings = None, 0.02, 0, 0
        longest = max(1.0, len(self._inventory.unsettled()) / _READINGS)
        soon = min(_UNSEEN, self._patience)
        while True:
            seen = await self._client.send(_request("GET", claim.id), _TRIAL)
            started, readings = seen.started if started is None else started, readings + 1
            passed = seen.ended - started
            age = seen.ended - (started if claim.made is None else claim.made)
            had_its_time = age >= soon and readings >= _AGREEING and not self._inventory.is_contradicted
            waited = seen.ended - self._asked_for.get(claim.id, started)
            if claim.gone:
                return
            missing = seen.response is not None and seen.response.status == 404
            if (missing and (had_its_time or passed >= soon)) or (passed >= soon and not claim.ours):
                # An accepted create may not be visible yet, but not forever.
                claim.absent = missing
                if claim.ours:
                    self._inventory.is_gone(claim)
                return
            if waited > self._patience and passed > soon:
                return
            if claim.ours and not claim.deleting and not missing:
                if asked == _ASKED:
                    return
                asked += 1
                await self._client.send(_request("DELETE", claim.id), _TRIAL)
            await self._client.transport.pause(pause)
            pause = min(pause * 1.6, longest)

    async def _remove_listed(self, tried: set[str]) -> dict[str, str] | None:
        """Removes what the target lists under the run's prefix; returns what it lists in the end, if it has a list.

        `tried` are the ids of what has had time to go since its deletion.
        """
        began, pause = None, 0.05
        with contextlib.suppress(TargetLostError, NotPermittedError):
            while True:
                seen, listed = await self._list()
                began = seen.started if began is None else began
                if not listed:
                    return listed
                for identifier, name in listed.items():
                    self._inventory.adopt(identifier, name)
                fresh = [claim for claim in self._inventory.unsettled() if claim.id in listed and claim.id not in tried]
                tried |= {claim.id for claim in fresh}
                await asyncio.gather(*map(self._remove, fresh))
                # A list may be behind what GET shows, for a while.
                if not fresh and (seen.ended - began > min(_UNSEEN, self._patience) or not self._is_behind(listed)):
                    return listed
                await self._client.transport.pause(pause)
                pause = min(pause * 1.6, 1.0)
        return None

    def _is_behind(self, listed: Iterable[str]) -> bool:
        claims = self._inventory.claims
        return any(identifier in claims and claims[identifier].gone for identifier in listed)

    async def _list(self) -> tuple[Exchange, dict[str, str] | None]:
        """Returns the live workloads under the run's prefix, name by id, if the target lists them, and to the end.

        `GET /api/v1/workloads` is not part of the contract, and is never judged.
        """
        prefix, found, read = self._inventory.prefix, dict[str, str](), set[str]()
        began, pages = None, 0
        while True:
            query = (("filterBy", f"name=^{prefix}"), ("limit", str(_PAGE)), ("offset", str(len(read))))
            seen = await self._client.send(Request(method="GET", path=LIST_PATH, query=query), _TRIAL)
            began, pages = seen.started if began is None else began, pages + 1
            page = listed_by(seen)
            if page is None or pages == _MOST_PAGES or seen.ended - began > self._patience:
                return seen, None
            found |= {identifier: name for identifier, name in page.items() if name.startswith(prefix)}
            if page.keys() <= read:  # the end, or the same page again
                return seen, None if len(page) == _PAGE else found
            read |= page.keys()


def listed_by(seen: Exchange) -> dict[str, str] | None:
    """Returns the live workloads on a page of the list, name by id; None if it is no such page."""
    answer = seen.response
    return listed_in(answer.json.value) if answer is not None and answer.status == 200 else None


def _request(method: str, identifier: str) -> Request:
    return Request(method=method, path=item_path(identifier))
