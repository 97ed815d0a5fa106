"""What a workload looks like while nobody touches it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from workloads_conformance.reference.store import Store
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import edit_answer, edit_told, edit_workload, wrap

_TIMES = ("WV2-GET-*", "WV2-LIFE-*", "WV2-UPDATE-*")


def _new(change: Callable[[Any], object]) -> None:
    def around(make: Callable[..., Any]) -> Callable[..., Any]:
        def changed(self: Store, *arguments: object) -> Any:
            made = make(self, *arguments)
            change(made)
            return made

        return changed

    wrap(Store, "_new", around)


@fault("WV2-LIFE-002", also=("WV2-*",))
def deleted_at_is_set_on_the_living() -> None:
    """deletedAt holds the beginning of time on workloads that live: a zero value where null is meant."""
    edit_told(lambda told: told.update(deletedAt=told["deletedAt"] or "0001-01-01T00:00:00Z"), "get")


@fault("WV2-LIFE-002")
def deleted_by_is_set_on_the_living() -> None:
    """deletedBy names the creator on workloads that live."""
    edit_told(lambda told: told.update(deletedBy=told["createdBy"]), "get")


@fault("WV2-LIFE-002")
def phase_of_the_living_is_deleted() -> None:
    """desiredPhase is Deleted for workloads that live: a dashboard hides them."""
    edit_workload(lambda workload: workload.update(desiredPhase="Deleted"), "get")


@fault("WV2-LIFE-001")
def updated_at_is_the_beginning_of_time() -> None:
    """updatedAt of a workload that was never updated is year 1."""
    _new(lambda made: setattr(made, "updated_at", datetime(1, 1, 1, tzinfo=UTC)))


@fault("WV2-LIFE-001")
def updated_at_has_a_coarser_clock() -> None:
    """updatedAt is cut to seconds and createdAt is not: the workload was updated before it was created."""
    _new(lambda made: setattr(made, "updated_at", made.updated_at.replace(microsecond=0) - timedelta(seconds=1)))


@fault("WV2-LIFE-004", also=_TIMES)
def created_at_is_in_another_zone() -> None:
    """createdAt is local time and says that it is UTC: the workload was created five hours ago."""
    _new(lambda made: setattr(made, "created_at", made.created_at - timedelta(hours=5)))


@fault("WV2-LIFE-004", also=_TIMES)
def created_at_is_a_constant() -> None:
    """createdAt is the start of the server, an hour ago, for all workloads."""
    started = datetime.now(UTC) - timedelta(hours=1)
    _new(lambda made: setattr(made, "created_at", started))


@fault("WV2-LIFE-005", also=("WV2-UPDATE-029", "WV2-GET-006"))
def creator_is_a_new_one_each_time() -> None:
    """createdBy is the id of the session and not of the user: nobody finds their own workloads."""
    numbers = itertools.count(1)
    _new(lambda made: setattr(made, "created_by", f"session-{next(numbers)}"))


@fault("WV2-LIFE-005", also=("WV2-UPDATE-029",))
def creator_is_empty() -> None:
    """createdBy is empty."""
    edit_told(lambda told: told.update(createdBy=""))


def _status(change: Callable[[str, float], str]) -> None:
    """Changes syncInfo.status, given it and the seconds since it was first seen."""
    first: dict[str, float] = {}

    def edit(body: dict[str, Any]) -> None:
        identifier = body["workload"]["metadata"]["id"]
        if body["syncInfo"]["status"] == "Synced":
            passed = time.monotonic() - first.setdefault(identifier, time.monotonic())
            body["syncInfo"]["status"] = change("Synced", passed)

    edit_answer(edit, "get")


@fault("WV2-LIFE-006")
def synced_becomes_applying() -> None:
    """A synced workload goes back to Applying again and again though nobody wrote to it."""
    _status(lambda status, passed: "Applying" if int(passed / 0.06) % 2 else status)


@fault("WV2-LIFE-006")
def synced_and_queued_take_turns() -> None:
    """A synced workload says Queued at every other reading."""
    numbers = itertools.count()
    _status(lambda status, _passed: status if next(numbers) % 2 == 0 else "Queued")


@fault("WV2-LIFE-010", also=_TIMES)
def status_of_the_living_is_deleting() -> None:
    """syncInfo says Deleting of every workload: a dashboard shows a cluster that empties itself."""
    edit_answer(lambda body: body.update(syncInfo={"status": "Deleting"}), "get")


@fault("WV2-LIFE-009", also=("WV2-*",))
def workload_is_forgotten() -> None:
    """A workload that can be read is gone a moment later: it was only in the cache of one replica."""
    seen: dict[str, float] = {}

    def around(get: Callable[..., Any]) -> Callable[..., Any]:
        def forgetting(self: Store, identifier: str) -> object:
            found = get(self, identifier)
            if time.monotonic() - seen.setdefault(identifier, time.monotonic()) > 0.06:  # seconds
                self._workloads.pop(identifier)
                return get(self, identifier)
            return found

        return forgetting

    wrap(Store, "get", around)


@fault("WV2-LIFE-008", "WV2-UPDATE-003", "WV2-UPDATE-004", also=("WV2-*",))
def update_comes_undone() -> None:
    """An update shows for a moment, and then the old state is back: a controller reconciles to what it knows."""
    before: dict[str, tuple[Any, ...]] = {}
    since: dict[str, float] = {}

    def around_update(update: Callable[..., Any]) -> Callable[..., Any]:
        def noting(self: Store, identifier: str, request: Any, principal: str) -> object:
            found = self.get(identifier)
            before.setdefault(identifier, (found.priority, found.category, found.manifest))
            since[identifier] = time.monotonic()
            return update(self, identifier, request, principal)

        return noting

    def around_get(get: Callable[..., Any]) -> Callable[..., Any]:
        def undoing(self: Store, identifier: str) -> object:
            found = get(self, identifier)
            if identifier in since and time.monotonic() - since[identifier] > 0.04:  # seconds
                found.priority, found.category, found.manifest = before[identifier]
            return found

        return undoing

    wrap(Store, "update", around_update)
    wrap(Store, "get", around_get)


@fault("WV2-LIFE-008", "WV2-UPDATE-003", also=("WV2-*",))
def second_update_is_ignored() -> None:
    """A workload takes one update; those after it return 202 and lost."""
    updated: set[str] = set()

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def once(self: Store, identifier: str, request: Any, principal: str) -> object:
            if identifier in updated:
                return self.get(identifier)
            updated.add(identifier)
            return update(self, identifier, request, principal)

        return once

    wrap(Store, "update", around)
