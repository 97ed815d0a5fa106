"""Faults that show beside something else: a request of somebody else, or a value that stays as it is."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from workloads_conformance.reference.store import Store
from workloads_conformance.reference.validation import UpdateRequest
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply
from workloads_conformance.selfcheck.patching import on_reply, read_as, wrap

_OK, _ACCEPTED, _FORBIDDEN = 200, 202, 403


@fault("WV2-GET-003", also=("WV2-LIFE-*", "WV2-GET-*", "WV2-AUTH-*"))
def refusals_of_reads_are_kept_for_everybody() -> None:
    """A cache keeps 403 for three seconds by the URL alone: the owner is refused after somebody who may not read."""
    refused: dict[str, tuple[float, Reply]] = {}

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation != "get":
            return reply
        if reply.status == _FORBIDDEN:
            refused[call.path] = time.monotonic(), reply
        since, kept = refused.get(call.path, (float("-inf"), reply))
        return kept if time.monotonic() - since < 3 else reply

    on_reply(after)


@fault("WV2-GET-007", also=("WV2-LIFE-*", "WV2-AUTH-013"))
def refused_reads_are_updates() -> None:
    """Whoever asks for a workload is noted in it, who is refused, too: updatedAt moves, and updatedBy is another."""
    asked: dict[str, str] = {}

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "update" and reply.status == _ACCEPTED:
            asked.pop(call.path, None)
        if call.operation == "get" and reply.status == _FORBIDDEN:
            asked[call.path] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if call.operation != "get" or reply.status != _OK or call.path not in asked:
            return reply
        body = reply.json
        body["workload"]["metadata"] |= {"updatedAt": asked[call.path], "updatedBy": "outsider"}
        return reply.with_json(body)

    on_reply(after)


def _reading_updates(changed: Callable[[Any, UpdateRequest], UpdateRequest]) -> None:
    """Takes an update as another one, by the workload as it is stored."""

    def updating(update: Callable[..., Any]) -> Callable[..., Any]:
        def taking(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            return update(self, identifier, changed(self.get(identifier), request), principal)

        return taking

    wrap(Store, "update", updating)


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008",))
def the_same_category_means_that_nothing_changed() -> None:
    """PUT compares the category first, and writes no priority where that is as it was."""

    def changed(workload: Any, request: UpdateRequest) -> UpdateRequest:
        if request.changes.get("category") != workload.category:
            return request
        return replace(request, changes={key: value for key, value in request.changes.items() if key != "priority"})

    _reading_updates(changed)


@fault("WV2-UPDATE-003", also=("WV2-LIFE-008",))
def the_same_manifest_means_that_nothing_changed() -> None:
    """PUT compares the manifest first, and writes no metadata where that is as it was."""

    def changed(workload: Any, request: UpdateRequest) -> UpdateRequest:
        return request if request.manifest != workload.manifest else replace(request, changes={})

    _reading_updates(changed)


@fault("WV2-LIFE-002", also=("WV2-UPDATE-019", "WV2-LIFE-*"))
def updated_workloads_are_wanted_deleted() -> None:
    """An update makes what runs anew, and a second later the phase of what was replaced is shown as that of the new."""
    updated: dict[str, float] = {}

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "update" and reply.status == _ACCEPTED:
            updated[call.path] = time.monotonic()
        if call.operation != "get" or reply.status != _OK or call.path not in updated:
            return reply
        if time.monotonic() - updated[call.path] < 1:
            return reply
        body = reply.json
        body["workload"]["desiredPhase"] = "Deleted"
        return reply.with_json(body)

    on_reply(after)


@fault("WV2-LIFE-005", also=("WV2-GET-006", "WV2-LIFE-*", "WV2-UPDATE-013", "WV2-DELETE-009"))
def who_was_refused_is_the_creator() -> None:
    """A create without the rights leaves its author under the name, and who creates it then is not told as creator."""
    refused: set[str] = set()

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "create" and reply.status == _FORBIDDEN and isinstance(call.json, dict):
            refused.add(str(call.json.get("metadata", {}).get("name")))
        if call.operation not in ("create", "get") or reply.status not in (_OK, _ACCEPTED):
            return reply
        body = reply.json
        metadata = body.get("workload", body)["metadata"]
        if metadata.get("name") not in refused:
            return reply
        metadata["createdBy"] = "outsider"
        return reply.with_json(body)

    on_reply(after)


@fault("WV2-CREATE-016")
def a_category_that_looks_like_none_is_none() -> None:
    """The template that writes the row takes `null` and `None` for no value: such a category is not there."""
    read_as("category", lambda text: None if str(text).lower() in ("null", "none") else text, "create")


@fault("WV2-DELETE-003", also=("WV2-DELETE-*", "WV2-LIFE-*"))
def deletions_beside_a_pending_update_are_lost() -> None:
    """An update is written a fifth of a second after its answer, and a deletion before that is undone with it."""
    pending: dict[str, float] = {}

    def updating(update: Callable[..., Any]) -> Callable[..., Any]:
        def noting(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            pending[identifier] = time.monotonic()
            return update(self, identifier, request, principal)

        return noting

    def deleting(delete: Callable[..., Any]) -> Callable[..., Any]:
        def losing(self: Store, identifier: str, principal: str) -> object:
            found = delete(self, identifier, principal)
            if time.monotonic() - pending.get(identifier, float("-inf")) < 0.2:
                answered = copy.deepcopy(found)
                found.deletion = found.deleted_by = None
                return answered
            return found

        return losing

    wrap(Store, "update", updating)
    wrap(Store, "delete", deleting)
