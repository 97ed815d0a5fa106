"""Updates that are lost, half done, too lenient, or that change what they must leave alone."""

from __future__ import annotations

import copy
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from workloads_conformance.reference import app, workload_types
from workloads_conformance.reference.errors import RefusalError
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.validation import UpdateRequest, update_request
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply, json_reply
from workloads_conformance.selfcheck.patching import (
    after_update,
    change_reply,
    edit_body,
    edit_metadata,
    on_call,
    on_reply,
    read_as,
    updating,
    wrap,
)
from workloads_strategies import PRIORITIES


def _forgets(key: str) -> None:
    edit_metadata(lambda metadata: metadata.pop(key, None), "update")


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008",))
def priority_is_ignored() -> None:
    """An update of the priority is accepted and does nothing: the workload keeps its place in the queue."""
    _forgets("priority")


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008",))
def category_is_ignored() -> None:
    """An update of the category is accepted and does nothing."""
    _forgets("category")


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008",))
def second_member_is_ignored() -> None:
    """Of priority and category together only the priority is updated."""
    edit_metadata(lambda metadata: metadata.pop("category", None) if "priority" in metadata else None, "update")


@fault("WV2-UPDATE-008")
def any_priority_beside_base64() -> None:
    """A priority that is none is left out in silence where the manifest comes in base64."""

    def forget(body: dict[str, Any]) -> None:
        metadata = body.get("metadata")
        if (
            "manifestBase64Encoded" in body
            and isinstance(metadata, dict)
            and metadata.get("priority") not in PRIORITIES
        ):
            metadata.pop("priority", None)

    edit_body(forget, "update")


def _of_kind(kind: str, before: Callable[[Call], Call], method: str) -> None:
    """Alters requests with a method for workloads of one kind."""
    ids: set[str] = set()

    def after(call: Call, reply: Reply) -> Reply:
        body = reply.json
        if call.operation == "create" and isinstance(body, dict) and body.get("rawManifest", {}).get("kind") == kind:
            ids.add(body["metadata"]["id"])
        changed = call.method == method and call.path.rpartition("/")[2] in ids
        return reply.with_status(202) if changed and reply.status == 200 else reply

    on_call(lambda call: before(call) if call.method == method and call.path.rpartition("/")[2] in ids else call)
    on_reply(after)


@fault("WV2-UPDATE-003", "WV2-UPDATE-004", also=("WV2-*",))
def deployments_are_not_updated() -> None:
    """An update of a Deployment is accepted, and nothing of it is done."""
    _of_kind("Deployment", lambda call: replace(call, method="GET"), "PUT")


@fault("WV2-DELETE-003", also=("WV2-*",))
def deployments_are_not_deleted() -> None:
    """A deletion of a Deployment is accepted, and nothing of it is done."""
    _of_kind("Deployment", lambda call: replace(call, method="GET"), "DELETE")


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008",))
def only_the_answer_shows_the_update() -> None:
    """The answer to PUT shows the new priority, and every reading after it the old one."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def unsaved(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            before = copy.copy(self.get(identifier))
            after = copy.copy(update(self, identifier, request, principal))
            self.get(identifier).priority, self.get(identifier).category = before.priority, before.category
            return after

        return unsaved

    wrap(Store, "update", around)


@fault("WV2-UPDATE-023", "WV2-UPDATE-003", also=("WV2-UPDATE-004", "WV2-UPDATE-005"))
def medium_low_is_lost() -> None:
    """The priority medium-low is refused by PUT, though POST takes it."""
    edit_metadata(
        lambda metadata: metadata.update(priority="?") if metadata.get("priority") == "medium-low" else None, "update"
    )


@fault("WV2-UPDATE-004")
def json_manifest_is_ignored() -> None:
    """A manifest in JSON form is accepted by PUT and not stored."""
    edit_body(lambda body: body.pop("manifest", None) if len(body) == 1 else None, "update")


@fault("WV2-UPDATE-005")
def base64_manifest_is_ignored() -> None:
    """A manifest in base64 is accepted by PUT and not stored."""
    edit_body(lambda body: body.pop("manifestBase64Encoded", None) if len(body) == 1 else None, "update")


@fault("WV2-UPDATE-005")
def base64_manifest_is_refused() -> None:
    """PUT takes a manifest in JSON form only."""
    edit_body(
        lambda body: body.update(manifestBase64Encoded="?") if "manifestBase64Encoded" in body else None, "update"
    )


@fault("WV2-UPDATE-004", "WV2-LIFE-008", "WV2-RACE-003")
def manifest_is_ignored_beside_metadata() -> None:
    """Where metadata and manifest are updated at once, the manifest is forgotten."""
    edit_body(lambda body: body.pop("manifest", None) if body.get("metadata") else None, "update")


@fault("WV2-UPDATE-004", also=("WV2-UPDATE-005", "WV2-MANIFEST-009"))
def manifest_is_merged() -> None:
    """A new manifest is merged into the old one: what was taken out of it stays."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def merging(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            before = copy.deepcopy(self.get(identifier).manifest)
            found = update(self, identifier, request, principal)
            found.manifest = _merged(before, found.manifest)
            return found

        return merging

    wrap(Store, "update", around)


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {key: _merged(old.get(key), value) for key, value in new.items()}
    return new


@fault("WV2-UPDATE-006")
def unknown_id_is_accepted() -> None:
    """PUT to an id that no workload has returns 202; the client believes in an update of nothing."""
    seen: dict[str, Any] = {}

    def after(call: Call, reply: Reply) -> Reply:
        if reply.status == 202:
            seen["body"] = reply.json
        return json_reply(202, seen["body"]) if call.operation == "update" and reply.status == 404 and seen else reply

    on_reply(after)


@fault("WV2-UPDATE-006")
def unknown_id_is_400() -> None:
    """PUT to an id that no workload has returns 400."""
    change_reply(lambda reply: reply.with_status(400), "update", status=(404,))


@fault("WV2-UPDATE-007", also=("WV2-UPDATE-002",))
def malformed_id_is_accepted() -> None:
    """PUT to what is not an id at all returns 202."""
    on_reply(
        lambda call, reply: (
            json_reply(202, {}) if call.operation == "update" and b"WorkloadV2Id" in reply.body else reply
        )
    )


@fault("WV2-UPDATE-008")
def priority_in_any_case_is_taken() -> None:
    """PUT takes High for high, POST does not."""
    read_as("priority", lambda value: value.lower() if isinstance(value, str) else value, "update")


@fault("WV2-UPDATE-008")
def any_priority_is_taken() -> None:
    """PUT does not check priorities at all."""
    read_as(
        "priority",
        lambda value: value if value in workload_types.PRIORITIES or not isinstance(value, str) else "low",
        "update",
    )


@fault("WV2-UPDATE-009")
def category_may_be_a_number() -> None:
    """PUT turns a category that is a number into a text."""
    read_as("category", lambda value: str(value) if isinstance(value, int) else value, "update")


@fault("WV2-UPDATE-009")
def metadata_may_be_anything() -> None:
    """PUT drops metadata that are not an object in silence."""
    edit_body(lambda body: body.pop("metadata") if not isinstance(body.get("metadata", {}), dict) else None, "update")


@fault("WV2-UPDATE-009")
def body_may_be_a_list() -> None:
    """PUT takes a list for an empty update."""

    def before(call: Call) -> Call:
        return call.with_json({}) if call.operation == "update" and isinstance(call.json, list) else call

    on_call(before)


@fault("WV2-UPDATE-010")
def no_body_is_taken() -> None:
    """PUT without a body is an update of nothing, and answered 202."""

    def before(call: Call) -> Call:
        return call.with_json({}) if call.operation == "update" and not call.body else call

    on_call(before)


@fault("WV2-UPDATE-010")
def yaml_is_taken_for_json() -> None:
    """PUT reads its body as YAML, so that what is not JSON means something nobody wrote."""

    def before(call: Call) -> Call:
        if call.operation != "update" or call.json is not None:
            return call
        try:
            found = yaml.safe_load(call.body)
        except (yaml.YAMLError, ValueError):
            return call
        return call.with_json(found) if isinstance(found, dict) else call

    on_call(before)


@fault("WV2-UPDATE-011")
def half_of_a_refused_update_stays() -> None:
    """Category is stored before the priority is checked: a refused update is half done."""

    async def eager(api: app.Api, identifier: str, body: Any, name: str) -> object:
        metadata = body.get("metadata") if isinstance(body, dict) else None
        if isinstance(metadata, dict) and isinstance(metadata.get("category"), str):
            api.store.get(identifier).category = metadata["category"]
        return api.store.update(identifier, update_request(body), name)

    updating(eager)


@fault("WV2-UPDATE-011")
def refused_update_takes_the_manifest() -> None:
    """The manifest is stored before the priority is checked: a refused update runs."""

    async def eager(api: app.Api, identifier: str, body: Any, name: str) -> object:
        if isinstance(body, dict) and isinstance(body.get("manifest"), dict) and "manifestBase64Encoded" not in body:
            api.store.update(identifier, update_request({"manifest": body["manifest"]}), name)
        return api.store.update(identifier, update_request(body), name)

    updating(eager)


@fault("WV2-UPDATE-011")
def refused_update_touches_the_workload() -> None:
    """A refused update moves updatedAt all the same."""

    async def touching(api: app.Api, identifier: str, body: Any, name: str) -> object:
        try:
            return api.store.update(identifier, update_request(body), name)
        except RefusalError:
            api.store.get(identifier).updated_at = datetime.now(UTC)
            raise

    updating(touching)


@fault("WV2-UPDATE-012", also=("WV2-LIFE-001",))
def updated_at_goes_back() -> None:
    """updatedAt is an hour early after an update: a client that asks for what is new never sees it."""
    after_update(lambda _self, found, _request: setattr(found, "updated_at", found.created_at - timedelta(hours=1)))


@fault("WV2-UPDATE-028")
def updated_at_stands_still() -> None:
    """updatedAt stays at the creation: a client that asks for what is new never sees an update."""
    after_update(lambda _self, found, _request: setattr(found, "updated_at", found.created_at))


@fault("WV2-UPDATE-013")
def created_at_moves() -> None:
    """createdAt moves with each update."""
    after_update(lambda _self, found, _request: setattr(found, "created_at", found.updated_at))


@fault("WV2-UPDATE-017", "WV2-UPDATE-013")
def id_changes() -> None:
    """An update makes a new version under a new id, and the old id leads to it under another name."""

    def renew(_self: Store, found: Any, _request: UpdateRequest) -> None:
        found.id = str(uuid.uuid4())

    after_update(renew)


@fault("WV2-UPDATE-013", also=("WV2-LIFE-008",))
def name_changes() -> None:
    """An update adds a version to the name."""
    after_update(lambda _self, found, _request: setattr(found, "name", found.name[:60] + "-2"))


@fault("WV2-UPDATE-001", also=("WV2-UPDATE-*",))
def updated_is_200() -> None:
    """PUT answers 200, and a client that waits for 202 takes it for a failure."""
    change_reply(lambda reply: reply.with_status(200), "update")


@fault("WV2-UPDATE-001", also=("WV2-UPDATE-*",))
def update_of_what_is_not_synced_is_409() -> None:
    """An update soon after the create returns 409, which PUT does not document."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def hesitant(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            if time.monotonic() - made.setdefault(identifier, time.monotonic()) < 0.3:  # seconds
                raise RefusalError(409, "The workload is not synced yet")
            return update(self, identifier, request, principal)

        return hesitant

    made: dict[str, float] = {}
    wrap(Store, "update", around)


@fault("WV2-UPDATE-002")
def update_answers_with_an_id_only() -> None:
    """The body of 202 to PUT is the id alone."""
    change_reply(lambda reply: reply.with_json({"id": reply.json["metadata"]["id"]}), "update")


@fault("WV2-UPDATE-002")
def update_answers_as_get_does() -> None:
    """The body of 202 to PUT is wrapped as GET wraps it."""
    change_reply(lambda reply: reply.with_json({"workload": reply.json}), "update")


@fault("WV2-UPDATE-010")
def invalid_utf_8_is_mended() -> None:
    """Bytes that are not UTF-8 are replaced in silence, and stored as question marks."""

    def before(call: Call) -> Call:
        if call.operation != "update":
            return call
        text = call.body.decode("utf-8", "replace")
        try:
            return call.with_json(json.loads(text))
        except ValueError:
            return call

    on_call(before)
