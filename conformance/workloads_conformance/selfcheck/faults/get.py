"""Reads that find nothing, too much, or the wrong thing, or that change what they read."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from workloads_conformance.reference import app, rendering
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.workload_types import PRIORITIES
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply, error_reply, json_reply
from workloads_conformance.selfcheck.patching import (
    change_reply,
    edit_answer,
    edit_told,
    edit_workload,
    on_call,
    on_reply,
    wrap,
)

Shown = dict[str, Any]


@fault("WV2-GET-003", also=("WV2-*",))
def nothing_is_ever_found() -> None:
    """Workloads that were made from base64 are never found again."""
    hidden: set[str] = set()

    def after(call: Call, reply: Reply) -> Reply:
        body = reply.json
        if call.operation == "create" and b"manifestBase64Encoded" in call.body and reply.status == 202:
            hidden.add(body["metadata"]["id"])
        return error_reply(404) if call.operation == "get" and call.path.rpartition("/")[2] in hidden else reply

    on_reply(after)


@fault("WV2-GET-003", "WV2-GET-006", also=("WV2-*",))
def newest_is_read() -> None:
    """GET shows the workload that was created last, whichever id it is asked for."""

    def around(get_response: Callable[..., Any]) -> Callable[..., Any]:
        return lambda _workload, store: get_response(store.listed(deleted=False)[-1], store)

    wrap(rendering, "get_response", around)
    wrap(app, "get_response", around)


@fault("WV2-GET-004", also=("WV2-DRYRUN-002", "WV2-DELETE-003"))
def unknown_id_is_200() -> None:
    """GET of an id that no workload has returns 200 with some other workload."""
    last: Shown = {}

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "create" and reply.status == 202:
            last["body"] = {"workload": reply.json, "syncInfo": {"status": "Synced"}}
        unknown = call.operation == "get" and reply.status == 404
        return json_reply(200, last["body"]) if unknown and last else reply

    on_reply(after)


@fault("WV2-GET-004")
def unknown_id_is_403() -> None:
    """GET of an id that no workload has returns 403: the client looks for rights that it has."""
    change_reply(lambda reply: reply.with_status(403), "get", status=(404,))


@fault("WV2-GET-004")
def unknown_id_is_400() -> None:
    """GET of an id that no workload has returns 400."""
    change_reply(lambda reply: reply.with_status(400), "get", status=(404,))


@fault("WV2-GET-004", also=("WV2-GET-001",))
def unknown_id_is_204() -> None:
    """GET of an id that no workload has returns 204."""
    change_reply(lambda _reply: Reply(204, {}, b""), "get", status=(404,))


@fault("WV2-GET-005", also=("WV2-HTTP-004",))
def malformed_id_crashes() -> None:
    """GET of what is not an id returns 500: the database is asked with it."""
    change_reply(lambda reply: error_reply(500) if b"WorkloadV2Id" in reply.body else reply, "get", status=(400,))


@fault("WV2-GET-005")
def malformed_id_is_401() -> None:
    """GET of what is not an id returns 401: the client asks for a new token, again and again."""
    change_reply(
        lambda reply: (
            Reply(401, reply.headers | {b"www-authenticate": b"Bearer"}, b"").with_json({"code": 401, "message": "no"})
            if b"WorkloadV2Id" in reply.body
            else reply
        ),
        "get",
        status=(400,),
    )


@fault("WV2-GET-007")
def reading_touches_the_workload() -> None:
    """Each reading moves updatedAt."""

    def touch(workload: Any) -> Any:
        workload.updated_at = max(datetime.now(UTC), workload.updated_at + timedelta(microseconds=1))
        return workload

    wrap(app, "get_response", lambda show: lambda workload, store: show(touch(workload), store))


@fault("WV2-GET-007")
def reading_counts_in_the_manifest() -> None:
    """Each reading leaves an annotation in the manifest."""
    numbers = itertools.count()

    def count(workload: Shown) -> None:
        metadata = workload["rawManifest"].setdefault("metadata", {})
        metadata["annotations"] = {**(metadata.get("annotations") or {}), "reads": str(next(numbers))}

    edit_workload(count, "get")


@fault("WV2-GET-007", also=("WV2-*",))
def priority_is_read_at_random() -> None:
    """Several replicas answer, and each has another priority."""
    numbers = itertools.count()
    edit_told(lambda told: told.update(priority=PRIORITIES[next(numbers) % 7]), "get")


@fault("WV2-GET-001", also=("WV2-*",))
def read_is_206() -> None:
    """GET answers 206."""
    change_reply(lambda reply: reply.with_status(206), "get")


@fault("WV2-GET-001", "WV2-GET-003", also=("WV2-*",))
def read_redirects() -> None:
    """GET answers 302 to the same path with a slash."""
    change_reply(lambda reply: Reply(302, {b"location": b"./"}, b"") if reply.status == 200 else reply, "get")


@fault("WV2-GET-002", also=("WV2-*",))
def workload_is_not_wrapped() -> None:
    """GET answers with the bare workload, as POST does."""
    change_reply(lambda reply: reply.with_json(reply.json["workload"]), "get")


@fault("WV2-GET-002")
def sync_info_is_null() -> None:
    """syncInfo is null."""
    edit_answer(lambda body: body.update(syncInfo=None), "get")


@fault("WV2-GET-002")
def sync_status_is_pending() -> None:
    """syncInfo.status is Pending, which the contract does not know, until the workload is synced."""
    edit_answer(
        lambda body: body["syncInfo"].update(status="Pending") if body["syncInfo"]["status"] != "Synced" else None,
        "get",
    )


@fault("WV2-GET-002")
def sync_status_is_in_lower_case() -> None:
    """syncInfo.status is in lower case."""
    edit_answer(lambda body: body["syncInfo"].update(status=body["syncInfo"]["status"].lower()), "get")


@fault("WV2-GET-002")
def sync_message_is_too_long() -> None:
    """syncInfo.message has more than 250 characters."""
    edit_answer(lambda body: body["syncInfo"].update(message="waiting " * 40), "get")


@fault("WV2-GET-002")
def sync_message_is_null() -> None:
    """syncInfo.message is null where there is nothing to say, and no generated client parses it."""
    edit_answer(lambda body: body["syncInfo"].update(message=None), "get")


@fault("WV2-GET-002")
def sync_status_is_missing() -> None:
    """syncInfo has no status once the workload is synced."""
    edit_answer(lambda body: body["syncInfo"].pop("status") if body["syncInfo"]["status"] == "Synced" else None, "get")


@fault("WV2-GET-002")
def raw_manifest_is_missing() -> None:
    """GET leaves the required rawManifest out."""
    edit_workload(lambda workload: workload.pop("rawManifest"), "get")


@fault("WV2-LIFE-009", "WV2-GET-003", also=("WV2-*",))
def every_fifth_read_fails() -> None:
    """Every fifth reading of a workload returns 404: one replica does not know it."""
    numbers = itertools.count()

    def after(call: Call, reply: Reply) -> Reply:
        found = call.operation == "get" and reply.status == 200
        return error_reply(404) if found and next(numbers) % 5 == 4 else reply  # every fifth

    on_reply(after)


@fault("WV2-LIFE-009", also=("WV2-*",))
def workload_vanishes_while_it_is_updated() -> None:
    """For a moment after an update a workload cannot be found: it is deleted and made again."""
    gone: dict[str, int] = {}

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def vanishing(self: Store, identifier: str, request: Any, principal: str) -> object:
            found = update(self, identifier, request, principal)
            gone[identifier] = 3
            return found

        return vanishing

    def after(call: Call, reply: Reply) -> Reply:
        identifier = call.path.rpartition("/")[2]
        if call.operation == "get" and gone.get(identifier, 0) > 0:
            gone[identifier] -= 1
            return error_reply(404)
        return reply

    wrap(Store, "update", around)
    on_reply(after)


@fault("WV2-GET-005")
def beginning_of_an_id_is_enough() -> None:
    """GET finds a workload by the first characters of its id: LIKE, where = was meant."""
    known: set[str] = set()

    def before(call: Call) -> Call:
        start, _, identifier = call.path.rpartition("/")
        if call.operation != "get" or not 8 <= len(identifier) < 36:  # shorter than a UUID
            return call
        found = next((whole for whole in known if whole.startswith(identifier)), identifier)
        return replace(call, path=f"{start}/{found}")

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "create" and reply.status == 202:
            known.add(reply.json["metadata"]["id"])
        return reply

    on_call(before)
    on_reply(after)
