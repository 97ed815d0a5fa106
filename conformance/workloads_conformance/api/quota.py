"""Keeps a run within its `max-live`: a create waits until there is room for one more live workload.

A workload counts from its create until it was seen to be gone, or until the time is over in which deletions take
effect. Where the target was seen to have less room, it has to be seen twice: one of several replicas may not know yet
of a workload that another counts. Whoever has waited longest looks for what was deleted (`Deletions`); where there is
room nothing is looked for.

A trial that holds some of the room and waits for more could wait for another that does the same. So a part of the room
is kept for one trial at a time, the one that has waited longest, until it ends.

The target may have less room than the run would take. Once it was seen to refuse creates for that, half of what was
there is the limit, so that there is a part to keep, and the trials that would wait with what they have are given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

from workloads_conformance.http import Client
from workloads_conformance.runner import Patience

from .deletions import ROOM, Deletions
from .inventory import Inventory

_KEPT = 4
"""Workloads that there is always room for, for one trial: a trial and its control have no more, as a rule."""

_LEAST = 4
"""Live workloads that there is always room for, as far as the suite is concerned: fewer let no test come to its end."""

_ENOUGH = 3
"""Creates that got 403 for another reason, after which no others are sent to find out why one does."""

_MOMENT = 0.5
"""Seconds after which whoever waits looks around again, whatever happens."""

_GLANCE = 0.05
"""The same for who has waited longest, for that one takes note of new deletions."""


class NoRoomError(Exception):
    """A trial would wait for room with what it has, and others with what they have; or there will never be enough.

    Attributes:
        is_final: whether it would come out the same if it was tried again.
    """

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for room: a trial, or the control that the trials of its scope share."""

    scope: str
    trial: str
    is_control: bool

    def is_with(self, other: Asker) -> bool:
        """True for the same trial, and for a trial and what it may wait for: each keeps what it has for the other."""
        return self.is_held_for(other) or other.is_held_for(self)

    def is_held_for(self, other: Asker) -> bool:
        """True if what this one has is kept as long as the other goes on: its own, and the controls of its scope."""
        return self.trial == other.trial or (self.is_control and self.scope == other.scope)


@dataclass(slots=True)
class _Waiter:
    """Who waits for room, what wakes it up, and whether it looks for what was deleted meanwhile."""

    asker: Asker
    woken: asyncio.Event
    is_looking: bool = False


class Quota:
    """The room for live workloads.

    Args:
        most: live workloads at a time.
        on_less: is called when there turns out to be room for less.

    Attributes:
        most: the same; lower, once the target was seen to refuse creates for want of room.
        other_refusals: how many creates got 403 each time they were sent, while the plainest ones were accepted.
    """

    other_refusals = 0

    def __init__(
        self,
        client: Client,
        inventory: Inventory,
        patience: Patience,
        most: int,
        on_less: Callable[[], None] = lambda: None,
    ) -> None:
        self._client, self._inventory, self._patience, self._on_less = client, inventory, patience, on_less
        self._limit_to(most, whole=most)
        self._holders: dict[str, Asker] = {}
        self._fading: dict[str, Asker] = {}
        """Those that are marked as deleted and were Deleting when they were last read: a quota may count them."""
        self._deletions = Deletions(client, inventory, patience)
        self._coming = 0
        self._lowering = asyncio.Lock()
        self._given_up: set[str] = set()
        """The trials that had workloads when the limit was lowered: they do not wait for room for more."""
        self._tickets = itertools.count()
        self._queue: dict[int, _Waiter] = {}
        self._first: Asker | None = None

    @contextlib.asynccontextmanager
    async def one_more(self, asker: Asker) -> AsyncIterator[None]:
        """Holds while a create is under way that there is room for; within it, `holds` says what it made.

        Raises:
            NoRoomError: the trial would wait with what it has, in a limit that was lowered meanwhile, or it needs more
                than there is.
        """
        if self._client.transport.is_live:
            await self._admit(asker)
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1
            self._change()

    @property
    def may_be_met(self) -> bool:
        """True if a create that gets 403 may be refused for want of room, as far as others have shown."""
        return self._is_lowered or self.other_refusals < _ENOUGH

    @property
    def seen_gone(self) -> set[str]:
        """The ids of workloads that were seen to be gone while room was waited for."""
        return self._deletions.seen_gone

    @property
    def _is_lowered(self) -> bool:
        return bool(self._given_up)

    async def lower(self, since: int) -> None:
        """Learns that the target refuses creates, as where no more workloads may be alive than there are now.

        Args:
            since: the limit under which the create was sent that was refused; what was sent before the limit was
                lowered says nothing about the lower one.
        """
        async with self._lowering:
            if since != self.most or not self._client.transport.is_live:
                return
            self._holders |= self._fading
            self._fading.clear()
            self._note_deletions()
            await asyncio.gather(*(self._look_for(identifier, wholly=True) for identifier in self._deletions.all()))
            there = len(self._holders) + self._coming
            self._limit_to(max(_LEAST, min(self.most, there // 2)), whole=max(_LEAST, min(self._whole, there - 1)))
            self._given_up |= {holder.trial for holder in self._holders.values()}
            self._on_less()
            self._change()

    def _limit_to(self, most: int, *, whole: int) -> None:
        self.most, self._whole, self._kept = most, whole, min(_KEPT, most)

    def holds(self, asker: Asker, identifier: str) -> None:
        """Notes that a trial has made a workload."""
        self._holders[identifier.lower()] = asker

    def ended(self, asker: Asker) -> None:
        """Notes that a trial has ended, and has asked for the deletion of what it made.

        What the target does not delete counts no more: nothing can be done about it until the end of the run.
        """
        claims = self._inventory.claims
        self._drop(
            identifier
            for identifier, holder in self._holders.items()
            if holder == asker and not ((claim := claims.get(identifier)) and claim.deleting)
        )
        first = self._first
        if first == asker or (first and first.is_control and not asker.is_control and first.scope == asker.scope):
            self._first = None  # a control goes on as long as its scope: its turn is over with the first trial's
        self._change()

    # -- waiting ----------------------------------------------------------------------------------------------------

    async def _admit(self, asker: Asker) -> None:
        if not self._queue and self._has_room(asker, 0):
            return
        ticket, until = next(self._tickets), self._now() + self._patience.settle
        waiter = self._queue[ticket] = _Waiter(asker, asyncio.Event())
        try:
            with self._patience.waits(ROOM, self._patience.settle):
                await self._wait_for_room(ticket, waiter, until)
        finally:
            del self._queue[ticket]
            self._change()

    async def _wait_for_room(self, ticket: int, waiter: _Waiter, until: float) -> None:
        asker = waiter.asker
        while self._now() < until and not self._client.transport.gone:
            self._first = self._first or next(iter(self._queue.values())).asker
            self._note_deletions()
            before = list(self._queue).index(ticket)
            if self._has_room(asker, before):
                return
            if asker.trial in self._given_up:
                raise NoRoomError("others need room, too", is_final=False)
            if self._is_alone(asker):
                raise NoRoomError(f"it needs more than {self._whole} live workloads at a time", is_final=True)
            waiter.woken.clear()
            if before == 0:
                waiter.is_looking = True
                await self._look(waiter)
            else:
                await _until(waiter.woken, _MOMENT)

    def _has_room(self, asker: Asker, before: int) -> bool:
        """True if one more fits in, beside what the so many that have waited longer will make."""
        taken = len(self._holders) + self._coming
        if self._first is not None and asker.is_with(self._first):
            return taken < self._whole
        return taken + self._kept + before < self.most

    def _is_alone(self, asker: Asker) -> bool:
        """True if nothing can become free: it has its turn, and all that there is is its own."""
        is_waited_for = self._coming or self._deletions or self._first is None or not asker.is_with(self._first)
        return not is_waited_for and all(holder.is_held_for(asker) for holder in self._holders.values())

    def _change(self) -> None:
        """Wakes up whom there is room for now, and who has to look for what was deleted from now on."""
        for before, waiter in enumerate(self._queue.values()):
            if (before == 0 and not waiter.is_looking) or self._has_room(waiter.asker, before):
                waiter.woken.set()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    # -- looking ----------------------------------------------------------------------------------------------------

    async def _look(self, waiter: _Waiter) -> None:
        """Looks for what should be gone by now; if there is nothing to look for yet, waits until there may be."""
        due = self._deletions.due()
        if due:
            await asyncio.gather(*map(self._look_for, due))
        else:
            await _until(waiter.woken, min(_GLANCE, self._deletions.pause))

    def _note_deletions(self) -> None:
        """Takes note of the deletions that were accepted, and of what tests have seen to be gone."""
        claims = self._inventory.claims
        over = [
            identifier
            for identifier in self._holders
            if (claim := claims.get(identifier)) is None or (claim.gone and not self._is_lowered)
        ]
        if not self._is_lowered:
            self._fading |= {name: self._holders[name] for name in over if name in claims and claims[name].fading}
        self._drop(over)
        for identifier in self._holders:
            if claims[identifier].deleting or claims[identifier].gone:
                self._deletions.begin(identifier)

    async def _look_for(self, identifier: str, *, wholly: bool | None = None) -> None:
        wholly = self._is_lowered if wholly is None else wholly
        if await self._deletions.is_over(identifier, twice=self._is_lowered, wholly=wholly):
            self._drop([identifier])

    def _drop(self, identifiers: Iterable[str]) -> None:
        dropped = list(identifiers)
        for identifier in dropped:
            self._holders.pop(identifier, None)
            self._deletions.forget(identifier)
        if dropped:
            self._change()


async def _until(woken: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(woken.wait(), seconds)
