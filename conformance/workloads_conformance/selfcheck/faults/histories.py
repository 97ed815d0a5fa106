"""Faults that no single operation shows: what is wrong depends on what came before it."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from workloads_conformance.reference import app, workload_types
from workloads_conformance.reference.errors import RefusalError, conflict, not_found
from workloads_conformance.reference.store import PROJECTS, Store
from workloads_conformance.reference.validation import CreateRequest, UpdateRequest, path_id
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply
from workloads_conformance.selfcheck.patching import MEMBER, after_update, edit_body, on_call, on_reply, wrap

_OK, _ACCEPTED = 200, 202


@fault("WV2-LIFE-008")
def category_beside_base64_is_lost() -> None:
    """PUT with a manifest in base64 writes the priority that stands beside it, and not the category."""

    def edit(body: dict[str, Any]) -> None:
        if "manifestBase64Encoded" in body and isinstance(body.get("metadata"), dict):
            body["metadata"].pop("category", None)

    edit_body(edit, "update")


@fault("WV2-LIFE-008")
def first_manifest_does_not_come_back() -> None:
    """PUT compares the manifest with the one of the create, and takes the same for no change."""
    first: dict[str, Any] = {}

    def creating(create: Callable[..., Any]) -> Callable[..., Any]:
        def remembering(self: Store, request: CreateRequest, principal: str, *, dry_run: bool) -> object:
            found = create(self, request, principal, dry_run=dry_run)
            first[found.id] = copy.deepcopy(found.manifest)
            return found

        return remembering

    def updating(update: Callable[..., Any]) -> Callable[..., Any]:
        def comparing(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            before = copy.deepcopy(self.get(identifier).manifest)
            found = update(self, identifier, request, principal)
            if found.manifest == first[identifier]:
                found.manifest = before
            return found

        return comparing

    wrap(Store, "create", creating)
    wrap(Store, "update", updating)


@fault("WV2-UPDATE-013", also=("WV2-DELETE-009",))
def second_update_creates_anew() -> None:
    """The second update of a workload moves createdAt: it is deleted and inserted again."""
    counts: dict[str, int] = {}

    def change(_self: Store, found: Any, _request: UpdateRequest) -> None:
        counts[found.id] = counts.get(found.id, 0) + 1
        if counts[found.id] == 2:
            found.created_at = datetime.now(UTC)

    after_update(change)


@fault("WV2-UPDATE-028")
def only_the_first_update_moves_updated_at() -> None:
    """updatedAt is set when it equals createdAt, and stays after that: who asks for what is new misses an update."""
    first: dict[str, datetime] = {}

    def change(_self: Store, found: Any, _request: UpdateRequest) -> None:
        found.updated_at = first.setdefault(found.id, found.updated_at)

    after_update(change)


@fault("WV2-UPDATE-015")
def preemptibility_follows_a_priority_beside_a_manifest() -> None:
    """A priority that is named beside a manifest sets the preemptibility to its default; alone it does not."""

    def change(_self: Store, found: Any, request: UpdateRequest) -> None:
        if request.manifest is not None and "priority" in request.changes:
            found.preemptibility = workload_types.derived_preemptibility(found.priority)

    after_update(change)


@fault("WV2-LIFE-008")
def conflict_overwrites_the_category() -> None:
    """A create that gets 409 has written its category to the workload that has the name: an upsert, half undone."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def upserting(self: Store, request: CreateRequest, principal: str, *, dry_run: bool) -> object:
            project = PROJECTS.get(request.project_id)
            holder = None if request.as_prefix or project is None else self._holder(project, request.name)
            if holder is not None and request.category:
                holder.category = request.category
            return create(self, request, principal, dry_run=dry_run)

        return upserting

    wrap(Store, "create", around)


@fault("WV2-AUTH-013")
def forbidden_delete_leaves_its_mark() -> None:
    """DELETE without permission returns 403, and has written who asked for it to deletedBy."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        async def marking(self: app.Api, request: Any) -> Any:
            principal = self.tokens.verify(request.headers.get("authorization"))
            if not principal.may_act:
                self.store.get(path_id(request.path_params["workload_id"])).deleted_by = principal.name
            return await delete(self, request)

        return marking

    wrap(app.Api, "delete", around)


def _asks_for_no_token(method: str, where: Callable[[Store, str], bool]) -> None:
    """Lets anybody in with a method, where a function of the store and of the id in the path says so."""

    def around(authorize: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: app.Api, request: Any) -> Any:
            identifier = request.path_params.get("workload_id", "")
            is_open = request.method == method and where(self.store, identifier)
            return MEMBER if is_open else authorize(self, request)

        return lenient

    wrap(app.Api, "authorize", around)


@fault("WV2-AUTH-004")
def second_delete_asks_for_no_token() -> None:
    """DELETE of a workload that is being deleted is answered before the token is looked at."""

    def is_going(store: Store, identifier: str) -> bool:
        return any(found.id == identifier and found.deletion is not None for found in store.listed(deleted=False))

    _asks_for_no_token("DELETE", is_going)


@fault("WV2-AUTH-002")
def upper_case_ids_ask_for_no_token() -> None:
    """GET with the id in upper case, which is the same UUID, goes past the check of the token."""
    _asks_for_no_token("GET", lambda _store, identifier: identifier != identifier.lower())


@fault("WV2-LIFE-007")
def values_come_undone() -> None:
    """Eight seconds after an update the category is again what it was before: a controller restores what it knows."""
    undone: dict[str, tuple[float, str]] = {}

    def updating(update: Callable[..., Any]) -> Callable[..., Any]:
        def remembering(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            before = self.get(identifier).category
            found = update(self, identifier, request, principal)
            if "category" in request.changes:
                undone[found.id] = time.monotonic() + 8, before
            return found

        return remembering

    def getting(get: Callable[..., Any]) -> Callable[..., Any]:
        def restoring(self: Store, identifier: str) -> object:
            found = get(self, identifier)
            due, before = undone.get(identifier, (float("inf"), ""))
            if time.monotonic() > due:
                found.category = before
            return found

        return restoring

    wrap(Store, "update", updating)
    wrap(Store, "get", getting)


@fault("WV2-LIFE-007", also=("WV2-AUTH-013", "WV2-LIFE-008"))
def a_delete_clears_the_categories_of_the_project() -> None:
    """A delete resets the category of the other workloads of its project: a foreign key with ON DELETE SET DEFAULT."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def clearing(self: Store, identifier: str, principal: str) -> object:
            found = delete(self, identifier, principal)
            for other in self.listed(deleted=False):
                if other.project is found.project and other is not found:
                    other.category = other.type.category
            return found

        return clearing

    wrap(Store, "delete", around)


@fault("WV2-UPDATE-003", also=("WV2-UPDATE-004",))
def same_update_again_finds_nothing() -> None:
    """An update that is sent again changes no row, and none that changed is taken for none that was found."""
    latest: dict[str, UpdateRequest] = {}

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def counting(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            if latest.get(identifier) == request:
                raise not_found()
            found = update(self, identifier, request, principal)
            latest[identifier] = request
            return found

        return counting

    wrap(Store, "update", around)


@fault("WV2-DRYRUN-001")
def dry_run_conflicts_with_what_is_deleted() -> None:
    """A dry run looks for its name among the deleted workloads, too; the create does not."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def looking(self: Store, request: CreateRequest, principal: str, *, dry_run: bool) -> object:
            if dry_run and any(found.name == request.name for found in self.listed(deleted=True)):
                raise conflict(request.name)
            return create(self, request, principal, dry_run=dry_run)

        return looking

    wrap(Store, "create", around)


@fault("WV2-UPDATE-003")
def update_by_upper_case_is_lost() -> None:
    """An update of an id in upper case is accepted and changes nothing: the cache has it under another key."""

    def before(call: Call) -> Call:
        identifier = call.path.rpartition("/")[2]
        return call.with_json({}) if call.operation == "update" and identifier != identifier.lower() else call

    on_call(before)


@fault("WV2-LIFE-007", also=("WV2-*",))
def one_reading_in_five_is_of_before_the_update() -> None:
    """One of five replicas misses updates, and never learns of them: who reads goes back and forth."""
    shown: dict[str, bytes] = {}
    earlier: dict[str, bytes] = {}
    numbers: Counter[str] = Counter()

    def after(call: Call, reply: Reply) -> Reply:
        identifier = call.path.rpartition("/")[2]
        if call.operation == "update" and reply.status == _ACCEPTED and identifier in shown:
            earlier[identifier] = shown[identifier]
        if call.operation != "get" or reply.status != _OK:
            return reply
        shown[identifier] = reply.body
        numbers[identifier] += 1
        is_behind = identifier in earlier and numbers[identifier] % 5 == 0
        return reply.with_body(earlier[identifier]) if is_behind else reply

    on_reply(after)


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008",))
def thirteenth_update_is_ignored() -> None:
    """A workload keeps twelve revisions; updates beyond them are accepted, and nothing is written."""
    updates: Counter[str] = Counter()

    def updating(update: Callable[..., Any]) -> Callable[..., Any]:
        def counting(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            updates[identifier] += 1
            return update(self, identifier, request, principal) if updates[identifier] <= 12 else self.get(identifier)

        return counting

    wrap(Store, "update", updating)


@fault("WV2-LIFE-001", provoked_by=("WV2-LIFE-008",), also=("WV2-CREATE-*", "WV2-LIFE-*"))
def recreated_keeps_when_it_was_updated() -> None:
    """What is created under the name of a deleted workload has its updatedAt, from before it was created."""
    before: dict[str, Any] = {}

    def creating(create: Callable[..., Any]) -> Callable[..., Any]:
        def remembering(self: Store, request: CreateRequest, principal: str, *, dry_run: bool) -> object:
            found = create(self, request, principal, dry_run=dry_run)
            if not dry_run:
                found.updated_at = before.setdefault(found.name, found.updated_at)
            return found

        return remembering

    wrap(Store, "create", creating)


@fault("WV2-CREATE-032", also=("WV2-GET-*", "WV2-LIFE-*", "WV2-CREATE-*", "WV2-DRYRUN-*"))
def conflict_in_base64_takes_the_holder_away() -> None:
    """A create in base64 that is refused with 409 is rolled back by its name, with the workload that has it."""
    encoded = False

    def before(call: Call) -> Call:
        nonlocal encoded
        encoded = isinstance(call.json, dict) and "manifestBase64Encoded" in call.json
        return call

    def creating(create: Callable[..., Any]) -> Callable[..., Any]:
        def rolling_back(self: Store, request: CreateRequest, principal: str, *, dry_run: bool) -> object:
            try:
                return create(self, request, principal, dry_run=dry_run)
            except RefusalError:
                project = PROJECTS.get(request.project_id)
                holder = self._holder(project, request.name) if project else None
                if holder is not None and encoded and not dry_run:
                    self.delete(holder.id, principal)
                raise

        return rolling_back

    on_call(before)
    wrap(Store, "create", creating)
