"""Faults of what is old: a table or a cache that holds so many, and has forgotten what came before them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from workloads_conformance.reference.errors import not_found
from workloads_conformance.reference.store import Store, Workload
from workloads_conformance.reference.validation import UpdateRequest
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import wrap

_HELD = 24
"""How many workloads are remembered."""


def _is_old(self: Store, identifier: str) -> bool:
    """True if so many were created after a workload."""
    return identifier not in itertools.islice(reversed(self._workloads), _HELD)


@fault("WV2-CREATE-005")
def old_names_are_free() -> None:
    """Names are looked up in a cache of the last: a second workload gets the name of one that has lived for long."""

    def keeping(keep: Callable[..., Any]) -> Callable[..., Any]:
        def forgetting(self: Store, workload: Workload) -> None:
            keep(self, workload)
            while len(self._names) > _HELD:
                del self._names[next(iter(self._names))]

        return forgetting

    wrap(Store, "keep", keeping)


def _updating_old(take: Callable[[Store, str], object]) -> None:
    """Takes updates of what is old in another way."""

    def updating(update: Callable[..., Any]) -> Callable[..., Any]:
        def by_age(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            return take(self, identifier) if _is_old(self, identifier) else update(self, identifier, request, principal)

        return by_age

    wrap(Store, "update", updating)


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008", "WV2-UPDATE-*"))
def old_workloads_are_not_found_by_updates() -> None:
    """PUT looks into the first page of a list, the newest first: what is older returns 404."""

    def refuse(_store: Store, _identifier: str) -> object:
        raise not_found()

    _updating_old(refuse)


@fault("WV2-LIFE-008", also=("WV2-UPDATE-*", "WV2-MANIFEST-*"))
def updates_of_old_workloads_are_dropped() -> None:
    """The worker that applies updates holds the last workloads only; an update of an older one is accepted and lost."""
    _updating_old(Store.get)


@fault("WV2-DELETE-010", also=("WV2-DELETE-*", "WV2-LIFE-*"))
def old_deletions_are_forgotten() -> None:
    """What is deleted is in a set of its own, which holds the last: what was deleted long ago is there again."""

    def remembering(is_deleted: Callable[..., Any]) -> Callable[..., Any]:
        def of_the_newest(self: Store, workload: Workload) -> bool:
            if is_deleted(self, workload) and _is_old(self, workload.id):
                workload.deletion = workload.deleted_at = workload.deleted_by = None
            return bool(is_deleted(self, workload))

        return of_the_newest

    wrap(Store, "is_deleted", remembering)
