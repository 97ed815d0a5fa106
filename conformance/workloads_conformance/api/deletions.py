"""Looks for workloads whose deletion was accepted, until they take up no more room."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from workloads_conformance.http import Client, Request, TargetLostError
from workloads_conformance.runner import Patience

from .identity import shown_by
from .inventory import Inventory
from .routes import item_path

GONE = "gone after delete"
"""The name under which tests and the end of the run wait for what was deleted (see `Patience`)."""

ROOM = "room for another workload"
"""The name under which room is waited for. What is not seen then teaches tests no impatience: they wait themselves."""

_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE = 0.02, 1.6, 1.0
"""Seconds between two looks for a workload, at first, and what they grow by, and to."""

_PART, _SOONER = 0.1, 0.75
"""The part of the usual time that the first pause is, at least; what is left of that time where a workload was gone at
the first look, for it may have been so long before."""


@dataclass(slots=True)
class _Deletion:
    """A deletion that was accepted.

    Attributes:
        since: since when it is known.
        next_look: when to look next.
        pause: seconds between that look and the one after it.
        was_there: whether a look has shown it.
        was_gone: whether the last look showed it gone.
    """

    since: float
    next_look: float
    pause: float
    was_there: bool = False
    was_gone: bool = False


class Deletions:
    """The deletions whose workloads still take up room, by id.

    Attributes:
        seen_gone: the ids of workloads that were seen to be gone.
    """

    def __init__(self, client: Client, inventory: Inventory, patience: Patience) -> None:
        self._client, self._inventory, self._patience = client, inventory, patience
        self._going: dict[str, _Deletion] = {}
        self._usual = 0.0
        self.seen_gone: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._going)

    def begin(self, identifier: str) -> None:
        """Notes a deletion; one that is known goes on as it is. The first look comes when others were gone."""
        now, pause = _now(), max(_FIRST_PAUSE, _PART * self._usual)
        self._going.setdefault(identifier, _Deletion(now, now + self._usual, pause))

    def forget(self, identifier: str) -> None:
        """Looks for a workload no more, if it did."""
        self._going.pop(identifier, None)

    def all(self) -> list[str]:
        """Returns the ids, longest ago first."""
        return list(self._going)

    def due(self) -> list[str]:
        """Returns the ids of those that it is time to look for, longest ago first."""
        now = _now()
        return [identifier for identifier, deletion in self._going.items() if deletion.next_look <= now]

    @property
    def pause(self) -> float:
        """The seconds until it is time to look for one; without end if there is none."""
        return min((deletion.next_look for deletion in self._going.values()), default=float("inf")) - _now()

    async def is_over(self, identifier: str, *, twice: bool, wholly: bool) -> bool:
        """Looks for a workload; returns whether it counts no more: it is gone, or has had the time to go.

        Args:
            identifier: its id.
            twice: whether it is gone only if the look before this one showed it gone, too.
            wholly: whether one that is marked as deleted counts as long as its status is Deleting.
        """
        deletion = self._going.get(identifier)
        if deletion is None:
            return False  # somebody else has seen it gone
        try:
            path = item_path(self._inventory.claims[identifier].id)
            seen = await self._client.glance(Request(method="GET", path=path))
            shown = shown_by(seen.response) if seen.response is not None else None
            is_gone = shown is not None and shown.gone and not (wholly and shown.fading)
        except TargetLostError:
            is_gone = False
        waited = _now() - deletion.since
        due = min(waited, deletion.next_look - deletion.since)  # a look may have waited long for its turn
        if is_gone and (deletion.was_gone or not twice):
            self._learn(due, deletion)
            self.seen_gone.add(identifier)
            self._patience.came(ROOM, waited)
            return True
        if waited > self._patience.of(ROOM):
            self._patience.did_not_come(ROOM)
            return True
        deletion.was_gone, deletion.was_there = is_gone, deletion.was_there or not is_gone
        deletion.next_look = _now() + deletion.pause
        deletion.pause = min(deletion.pause * _GROWTH, _LONGEST_PAUSE)
        return False

    def _learn(self, seconds: float, deletion: _Deletion) -> None:
        """Learns how long deletions take from one that was seen gone after so long."""
        if not deletion.was_there:
            self._usual *= _SOONER
        else:
            self._usual = (self._usual + seconds) / 2 if self.seen_gone else seconds


def _now() -> float:
    return asyncio.get_running_loop().time()
