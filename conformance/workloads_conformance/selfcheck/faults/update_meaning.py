"""Updates that reach further than they should, are not recorded, or are read otherwise than creates are."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable
from typing import Any

import yaml

from workloads_conformance.reference import app, validation, workload_types
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.validation import UpdateRequest, update_request
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply, error_reply
from workloads_conformance.selfcheck.patching import (
    after_update,
    edit_body,
    on_call,
    put,
    read_as,
    updating,
    wrap,
)


@fault("WV2-UPDATE-015")
def preemptibility_follows_the_new_priority() -> None:
    """A new priority changes the preemptibility that was set explicitly, against the contract's words."""

    def follow(_self: Store, found: Any, request: UpdateRequest) -> None:
        if "priority" in request.changes:
            found.preemptibility = workload_types.derived_preemptibility(found.priority)

    after_update(follow)


@fault("WV2-LIFE-007", also=("WV2-*",))
def update_hits_the_neighbours() -> None:
    """An update of one workload's priority is written to every workload of the project: a WHERE is missing."""

    def spread(self: Store, found: Any, request: UpdateRequest) -> None:
        for other in self.listed(deleted=False):
            if "priority" in request.changes and other.project is found.project:
                other.priority = found.priority

    after_update(spread)


@fault("WV2-LIFE-007", also=("WV2-*",))
def update_hits_the_newest() -> None:
    """A manifest that is updated lands in the workload that was created last, too."""

    def spread(self: Store, found: Any, request: UpdateRequest) -> None:
        if request.manifest is not None:
            self.listed(deleted=False)[-1].manifest = copy.deepcopy(found.manifest)

    after_update(spread)


@fault("WV2-UPDATE-017")
def update_answers_with_the_newest() -> None:
    """PUT answers with the workload that was created last, whichever was updated."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            update(self, identifier, request, principal)
            return self.listed(deleted=False)[-1]

        return wrong

    wrap(Store, "update", around)


@fault("WV2-UPDATE-018")
def deleted_workload_takes_updates() -> None:
    """PUT to a workload that is gone returns 202."""

    async def eager(api: app.Api, identifier: str, body: Any, name: str) -> object:
        wanted = update_request(body)
        found = api.store._workloads.get(identifier)  # noqa: SLF001
        return found if found and api.store.is_deleted(found) else api.store.update(identifier, wanted, name)

    updating(eager, looks=False)


@fault("WV2-UPDATE-018", "WV2-DELETE-010")
def update_brings_the_deleted_back() -> None:
    """PUT to a workload that is gone writes it anew: what was deleted runs again."""

    async def reviving(api: app.Api, identifier: str, body: Any, name: str) -> object:
        wanted = update_request(body)
        found = api.store._workloads.get(identifier)  # noqa: SLF001
        if found and api.store.is_deleted(found):
            found.deletion = found.deleted_at = found.deleted_by = None
        return api.store.update(identifier, wanted, name)

    updating(reviving, looks=False)


@fault("WV2-UPDATE-019")
def same_priority_resets_the_preemptibility() -> None:
    """An update to the priority that is there already sets the preemptibility to its default."""
    flipped = {"preemptible": "non-preemptible", "non-preemptible": "preemptible"}

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def resetting(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            same = self.get(identifier).priority == request.changes.get("priority")
            found = update(self, identifier, request, principal)
            if same:
                found.preemptibility = flipped[found.preemptibility]
            return found

        return resetting

    wrap(Store, "update", around)


@fault("WV2-UPDATE-020")
def list_in_base64_is_ignored() -> None:
    """PUT takes base64 of a list for no manifest and answers 202."""

    def edit(body: dict[str, Any]) -> None:
        text = body.get("manifestBase64Encoded")
        try:
            found = yaml.safe_load(base64.b64decode(text, validate=True)) if isinstance(text, str) else {}
        except (ValueError, yaml.YAMLError):
            return
        if isinstance(found, list):
            body.pop("manifestBase64Encoded")

    edit_body(edit, "update")


@fault("WV2-UPDATE-020")
def broken_yaml_is_ignored() -> None:
    """PUT takes base64 of broken YAML, keeps the old manifest and answers 202."""

    def edit(body: dict[str, Any]) -> None:
        text = body.get("manifestBase64Encoded")
        try:
            yaml.safe_load(base64.b64decode(text, validate=True)) if isinstance(text, str) else None
        except yaml.YAMLError:
            body.pop("manifestBase64Encoded")
        except ValueError:
            return

    edit_body(edit, "update")


@fault("WV2-UPDATE-021")
def oversize_is_taken() -> None:
    """PUT does not check the length of manifestBase64Encoded."""

    def around(update_request: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def lenient(body: object) -> object:
            limit = validation.MAX_ENCODED
            put(validation, "MAX_ENCODED", 10**9)
            try:
                return update_request(body)
            finally:
                put(validation, "MAX_ENCODED", limit)

        return lenient

    wrap(app, "update_request", around)


@fault("WV2-UPDATE-022")
def null_priority_is_refused() -> None:
    """PUT refuses priority: null, though the contract calls it nullable."""
    read_as("priority", lambda value: [] if value is None else value, "update")


@fault("WV2-UPDATE-022")
def null_category_is_refused() -> None:
    """PUT refuses category: null."""
    read_as("category", lambda value: [] if value is None else value, "update")


@fault("WV2-UPDATE-022", also=("WV2-HTTP-004",))
def null_crashes() -> None:
    """PUT answers 500 where both members are null."""

    def before(call: Call) -> Call | Reply:
        body = call.json if call.operation == "update" else None
        metadata = body.get("metadata") if isinstance(body, dict) else None
        crashes = isinstance(metadata, dict) and bool(metadata) and all(value is None for value in metadata.values())
        return error_reply(500) if crashes else call

    on_call(before)


@fault("WV2-UPDATE-023")
def very_high_is_refused() -> None:
    """PUT knows six priorities; very-high is refused."""
    read_as("priority", lambda value: "?" if value == "very-high" else value, "update")


@fault("WV2-UPDATE-028")
def update_of_the_manifest_does_not_count() -> None:
    """updatedAt moves with metadata only: a new manifest leaves it where it was."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def partly(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            before = self.get(identifier).updated_at
            found = update(self, identifier, request, principal)
            if not request.changes:
                found.updated_at = before
            return found

        return partly

    wrap(Store, "update", around)


@fault("WV2-UPDATE-029")
def updater_is_the_system() -> None:
    """updatedBy names the controller that wrote the update, not the user who asked for it."""
    after_update(lambda _self, found, _request: setattr(found, "updated_by", "system"))
