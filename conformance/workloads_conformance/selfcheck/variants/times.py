"""Honest servers that take their time, or keep what is deleted in sight."""

from __future__ import annotations

import asyncio
import copy
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from workloads_conformance.reference import app, serving
from workloads_conformance.reference.errors import RefusalError, not_found
from workloads_conformance.reference.rendering import get_response
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.validation import path_id
from workloads_conformance.selfcheck.declare import variant
from workloads_conformance.selfcheck.patching import (
    edit_told,
    edit_workload,
    wrap,
)

_LATE = 0.3
"""Seconds by which what is late is late: within the settle time that the self-check allows."""


def _timed(*, sync: float | None = None, deletion: float | None = None) -> None:
    """Gives the store other durations."""

    def around(init: Callable[..., None]) -> Callable[..., None]:
        def other(self: Store, sync_seconds: float, deletion_seconds: float, *others: Any) -> None:
            given = (sync_seconds if sync is None else sync, deletion_seconds if deletion is None else deletion)
            init(self, *given, *others)

        return other

    wrap(Store, "__init__", around)


# -- time -----------------------------------------------------------------------------------------------------------


@variant()
def creates_are_late() -> None:
    """A new workload is not found for a while, by no operation."""

    def around(get: Callable[..., Any]) -> Callable[..., Any]:
        def late(self: Store, identifier: str) -> object:
            found = get(self, identifier)
            if datetime.now(UTC) - found.created_at < timedelta(seconds=_LATE):
                raise not_found()
            return found

        return late

    wrap(Store, "get", around)


@variant()
def updates_are_late() -> None:
    """GET shows the state before an update for a while."""
    before: dict[str, tuple[float, Any]] = {}

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def noting(self: Store, identifier: str, request: Any, principal: str) -> object:
            seen = copy.copy(self.get(identifier))
            found = update(self, identifier, request, principal)
            since, old = before.get(identifier, (0.0, seen))
            now = time.monotonic()
            before[identifier] = (now, old if now - since < _LATE else seen)
            return found

        return noting

    def shown(workload: Any) -> Any:
        since, old = before.get(workload.id, (0.0, workload))
        return old if time.monotonic() - since < _LATE and workload.deletion is None else workload

    wrap(Store, "update", around)
    wrap(app, "get_response", lambda show: lambda workload, store: show(shown(workload), store))


@variant()
def one_replica_of_three_is_behind() -> None:
    """Every third GET shows how things were a while ago: a new workload is not found, an updated one is as it was."""
    earlier: dict[str, list[tuple[float, Any]]] = {}
    turn = itertools.count()

    def around(write: Callable[..., Any]) -> Callable[..., Any]:
        def noting(self: Store, identifier: str, *others: Any) -> object:
            seen = copy.copy(self.get(identifier))
            found = write(self, identifier, *others)
            earlier.setdefault(seen.id, []).append((time.monotonic(), seen))
            return found

        return noting

    def behind(workload: Any) -> Any:
        if datetime.now(UTC) - workload.created_at < timedelta(seconds=_LATE):
            raise not_found()
        then = time.monotonic() - _LATE
        return next((old for until, old in earlier.get(workload.id, ()) if until > then), workload)

    def shown(workload: Any) -> Any:
        return workload if next(turn) % 3 else behind(workload)

    wrap(Store, "update", around)
    wrap(Store, "delete", around)
    wrap(app, "get_response", lambda show: lambda workload, store: show(shown(workload), store))


@variant()
def syncing_is_slow() -> None:
    """A workload takes a while until it is Synced."""
    _timed(sync=_LATE * 2)


@variant()
def syncing_takes_longer_than_anybody_waits() -> None:
    """A workload stays Queued: there is no capacity for it."""
    _timed(sync=10_000)


@variant(clashes=("deletes-are-immediate",))
def deletes_are_slow() -> None:
    """A workload says Deleting for a while."""
    _timed(deletion=_LATE)


@variant(clashes=("deletes-are-slow",))
def deletes_are_immediate() -> None:
    """A deleted workload is gone when DELETE answers."""
    _timed(deletion=0.0)


@variant()
def answers_are_slow() -> None:
    """Every answer takes 30 ms more."""

    def around(make: Callable[..., Any]) -> Callable[..., Any]:
        def slow(store: Store, tokens: Any) -> Any:
            inner = make(store, tokens)

            async def delayed(scope: Any, receive: Any, send: Any) -> None:
                await asyncio.sleep(0.03)
                await inner(scope, receive, send)

            return delayed

        return slow

    wrap(serving, "make_app", around)


@variant()
def controllers_touch_workloads_later() -> None:
    """A while after each write, when the workload is long Synced, the platform updates it once more by itself."""
    touched: dict[str, float] = {}

    def around(get: Callable[..., Any]) -> Callable[..., Any]:
        def touching(self: Store, identifier: str) -> object:
            found = get(self, identifier)
            if touched.get(found.id) != found.written and time.monotonic() - found.written >= _LATE:
                touched[found.id] = found.written
                found.updated_at += timedelta(seconds=_LATE)
            return found

        return touching

    wrap(Store, "get", around)


# -- deletes --------------------------------------------------------------------------------------------------------


def _tombstones() -> None:
    """Keeps deleted workloads readable, marked as deleted."""

    def around(_: object) -> Callable[..., Any]:
        async def get(self: app.Api, request: Any) -> Response:
            self.authorize(request)
            found = self.store._workloads.get(path_id(request.path_params["workload_id"]))  # noqa: SLF001
            if found is None:
                raise not_found()
            self.store.is_deleted(found)
            return app.json_response(200, get_response(found, self.store))

        return get

    wrap(app.Api, "get", around)


@variant(clashes=("creates-are-late", "tombstones-take-deletes"))
def tombstones_stay() -> None:
    """A deleted workload can still be read, marked as deleted; DELETE and PUT do not find it."""
    _tombstones()


@variant(clashes=("creates-are-late", "tombstones-stay", "second-delete-is-404"))
def tombstones_take_deletes() -> None:
    """A deleted workload can still be read, marked as deleted, and deleted again."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def eager(self: Store, identifier: str, principal: str) -> object:
            found = self._workloads.get(identifier)
            return found if found and self.is_deleted(found) else delete(self, identifier, principal)

        return eager

    _tombstones()
    wrap(Store, "delete", around)


@variant(clashes=("tombstones-take-deletes",))
def second_delete_is_404() -> None:
    """A workload that is being deleted is not found by DELETE any more."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def once(self: Store, identifier: str, principal: str) -> object:
            if self.get(identifier).deletion is not None:
                raise not_found()
            return delete(self, identifier, principal)

        return once

    wrap(Store, "delete", around)


@variant()
def what_is_being_deleted_takes_updates() -> None:
    """A workload that is being deleted can be updated until it is gone."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: Store, identifier: str, request: Any, principal: str) -> object:
            found = self.get(identifier)
            deletion, found.deletion = found.deletion, None
            try:
                return update(self, identifier, request, principal)
            finally:
                found.deletion = deletion

        return lenient

    wrap(Store, "update", around)


@variant(
    clashes=("creates-are-late", "tombstones-stay", "tombstones-take-deletes", "what-is-being-deleted-takes-updates")
)
def updates_of_what_is_deleted_conflict() -> None:
    """A workload that is being deleted, or is, can still be read; an update conflicts with that state: 409."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def strict(self: Store, identifier: str, request: Any, principal: str) -> object:
            if self.get(identifier).deletion is not None:
                raise RefusalError(409, "The workload is being deleted")
            return update(self, identifier, request, principal)

        return strict

    def around_get(get: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, identifier: self._workloads.get(identifier) or get(self, identifier)

    _tombstones()
    wrap(Store, "update", around)
    wrap(Store, "get", around_get)


@variant()
def deleted_at_is_set_at_once() -> None:
    """deletedAt is when the deletion was asked for, in the answer to DELETE already."""
    edit_told(lambda told: told.update(deletedAt=told["updatedAt"]) if told["deletedBy"] else None)


@variant()
def phase_of_deleted_workloads_stays() -> None:
    """desiredPhase stays Running when a workload is deleted; syncInfo says Deleting."""
    edit_workload(lambda workload: workload.update(desiredPhase="Running"))
