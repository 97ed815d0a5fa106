"""Deletes that do nothing, too much, or come undone."""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from workloads_conformance.reference.errors import RefusalError
from workloads_conformance.reference.store import Store
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply, error_reply, json_reply
from workloads_conformance.selfcheck.patching import change_reply, edit_workload, on_call, on_reply, wrap

_BY_STATUS = ("WV2-DELETE-*", "WV2-LIFE-*", "WV2-RACE-*")


@fault("WV2-DELETE-003")
def nothing_is_deleted() -> None:
    """A delete is accepted and does nothing: the workload keeps its resources."""
    wrap(Store, "delete", lambda _: lambda self, identifier, _principal: self.get(identifier))


@fault("WV2-DELETE-003")
def deleting_never_ends() -> None:
    """The workload says Deleting forever."""
    wrap(Store, "is_deleted", lambda _: lambda _self, _workload: False)


@fault("WV2-DELETE-003")
def what_is_new_is_not_deleted() -> None:
    """A delete that comes soon after the create is accepted and forgotten."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def forgetful(self: Store, identifier: str, principal: str) -> object:
            found = self.get(identifier)
            new = datetime.now(UTC) - found.created_at < timedelta(seconds=1)
            return found if new else delete(self, identifier, principal)

        return forgetful

    wrap(Store, "delete", around)


@fault("WV2-DELETE-010", also=("WV2-RACE-002", "WV2-DELETE-003"))
def deleted_workload_comes_back() -> None:
    """A deleted workload is gone for a moment, and then is there again and runs."""
    until: dict[str, float] = {}

    def around(is_deleted: Callable[..., bool]) -> Callable[..., bool]:
        def resurrecting(self: Store, workload: Any) -> bool:
            if not is_deleted(self, workload):
                return False
            if time.monotonic() < until.setdefault(workload.id, time.monotonic() + 0.05):
                return True
            workload.deletion = workload.deleted_at = workload.deleted_by = None
            return False

        return resurrecting

    wrap(Store, "is_deleted", around)


@fault("WV2-DELETE-004")
def unknown_id_is_accepted() -> None:
    """DELETE of an id that no workload has returns 202: a typing error looks like a success."""
    last: dict[str, Any] = {}

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "create" and isinstance(reply.json, dict) and "metadata" in reply.json:
            last["body"] = reply.json
        unknown = call.operation == "delete" and reply.status == 404
        return json_reply(202, last["body"]) if unknown and last else reply

    on_reply(after)


@fault("WV2-DELETE-004")
def unknown_id_is_400() -> None:
    """DELETE of an id that no workload has returns 400."""
    change_reply(lambda reply: reply.with_status(400), "delete", status=(404,))


@fault("WV2-DELETE-004", also=("WV2-DELETE-001",))
def unknown_id_is_204() -> None:
    """DELETE of an id that no workload has returns 204."""
    change_reply(lambda _reply: Reply(204, {}, b""), "delete", status=(404,))


@fault("WV2-DELETE-005", also=("WV2-DELETE-*",))
def malformed_id_is_accepted() -> None:
    """DELETE of what is not an id at all returns 202."""
    change_reply(lambda reply: json_reply(202, {}) if b"WorkloadV2Id" in reply.body else reply, "delete", status=(400,))


@fault("WV2-DELETE-006")
def names_are_never_free_again() -> None:
    """The name of a deleted workload is taken forever: a pipeline that deletes and creates again fails."""
    wrap(
        Store,
        "_holder",
        lambda _: lambda self, project, name: self._workloads.get(self._names.get((project.id, name), "")),
    )


@fault("WV2-DELETE-001", also=_BY_STATUS)
def deleted_is_200() -> None:
    """DELETE answers 200."""
    change_reply(lambda reply: reply.with_status(200), "delete")


@fault("WV2-DELETE-001", also=_BY_STATUS)
def deleted_is_204() -> None:
    """DELETE answers 204 and no body."""
    change_reply(lambda _reply: Reply(204, {}, b""), "delete")


@fault("WV2-DELETE-001", provoked_by=("WV2-DELETE-007",))
def second_delete_is_409() -> None:
    """A second delete returns 409, which DELETE does not document."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def once(self: Store, identifier: str, principal: str) -> object:
            if self.get(identifier).deletion is not None:
                raise RefusalError(409, "The workload is being deleted")
            return delete(self, identifier, principal)

        return once

    wrap(Store, "delete", around)


@fault("WV2-HTTP-004", provoked_by=("WV2-DELETE-007",))
def second_delete_crashes() -> None:
    """A second delete returns 500."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def once(self: Store, identifier: str, principal: str) -> object:
            if self.get(identifier).deletion is not None:
                raise ZeroDivisionError
            return delete(self, identifier, principal)

        return once

    wrap(Store, "delete", around)


@fault("WV2-DELETE-002", also=("WV2-DELETE-009",))
def delete_answers_with_nothing() -> None:
    """The body of 202 to DELETE is empty."""
    change_reply(lambda reply: reply.with_body(b""), "delete")


@fault("WV2-DELETE-002", also=("WV2-DELETE-009",))
def delete_answers_with_an_empty_object() -> None:
    """The body of 202 to DELETE is {}."""
    change_reply(lambda reply: reply.with_json({}), "delete")


@fault("WV2-DELETE-002", also=("WV2-DELETE-009",))
def delete_answers_without_manifests() -> None:
    """The body of 202 to DELETE has no manifests any more, though they are required."""
    edit_workload(lambda workload: [workload.pop(key) for key in ("rawManifest", "workloadManifest")], "delete")


@fault("WV2-GET-001", also=("WV2-DELETE-003",), provoked_by=("WV2-DELETE-003",))
def deleted_is_gone_410() -> None:
    """GET of a deleted workload returns 410, which GET does not document."""

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "delete" and reply.status == 202:
            deleted.add(call.path)
        return error_reply(410) if call.operation == "get" and reply.status == 404 and call.path in deleted else reply

    deleted: set[str] = set()
    on_reply(after)


@fault("WV2-LIFE-007", "WV2-DELETE-003", also=("WV2-*",))
def newest_is_deleted_instead() -> None:
    """A delete hits the workload that was created last, whichever it names."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(self: Store, identifier: str, principal: str) -> object:
            asked = copy.copy(self.get(identifier))
            living = [found for found in self.listed(deleted=False) if found.deletion is None]
            delete(self, living[-1].id if living else identifier, principal)
            return asked

        return wrong

    wrap(Store, "delete", around)


@fault("WV2-LIFE-007", "WV2-LIFE-009", also=("WV2-*",))
def delete_takes_the_project_with_it() -> None:
    """A delete removes every workload of the project."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def greedy(self: Store, identifier: str, principal: str) -> object:
            found = delete(self, identifier, principal)
            for other in self.listed(deleted=False):
                if other.project is found.project:
                    delete(self, other.id, principal)
            return found

        return greedy

    wrap(Store, "delete", around)


@fault("WV2-LIFE-007", also=("WV2-LIFE-009", "WV2-RACE-004"))
def delete_by_prefix() -> None:
    """A delete removes the workloads whose names begin with the deleted one's, too."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def greedy(self: Store, identifier: str, principal: str) -> object:
            found = delete(self, identifier, principal)
            for other in self.listed(deleted=False):
                if other.name.startswith(found.name):
                    delete(self, other.id, principal)
            return found

        return greedy

    wrap(Store, "delete", around)


@fault("WV2-DELETE-003", "WV2-LIFE-008")
def what_was_updated_is_not_deleted() -> None:
    """A delete is accepted only in name for workloads that were updated before."""
    updated: set[str] = set()

    def before(call: Call) -> Call:
        if call.operation == "update":
            updated.add(call.path)
        if call.operation == "delete" and call.path in updated:
            return Call("GET", call.path, call.query, call.headers, b"")
        return call

    def unwrap(call: Call, reply: Reply) -> Reply:
        body = reply.json
        if call.operation == "delete" and isinstance(body, dict) and "workload" in body:
            return json_reply(202, body["workload"])
        return reply

    on_call(before)
    on_reply(unwrap)


@fault("WV2-DELETE-009", also=("WV2-LIFE-007",))
def delete_answers_with_the_newest() -> None:
    """DELETE answers with the workload that was created last, whichever was deleted."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def wrong(self: Store, identifier: str, principal: str) -> object:
            delete(self, identifier, principal)
            return self.listed(deleted=False)[-1]

        return wrong

    wrap(Store, "delete", around)


@fault("WV2-DELETE-009")
def delete_answers_under_another_name() -> None:
    """DELETE answers with the workload renamed for the bin."""
    edit_workload(lambda workload: workload["metadata"].update(name=workload["metadata"]["name"] + "-del"), "delete")


@fault("WV2-DELETE-012")
def new_workload_has_the_deleted_id() -> None:
    """A workload made under a freed name gets the deleted one's id, and its history with it."""
    ids: dict[str, str] = {}

    def around(make: Callable[..., Any]) -> Callable[..., Any]:
        def reusing(self: Store, *arguments: object) -> Any:
            made = make(self, *arguments)
            made.id = ids.setdefault(made.name, made.id)
            return made

        return reusing

    wrap(Store, "_new", around)


@fault("WV2-RACE-002")
def second_of_two_deletes_fails() -> None:
    """Of two deletes at once the second returns 400: the workload's version has moved."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def once(self: Store, identifier: str, principal: str) -> object:
            if self.get(identifier).deletion is not None:
                raise RefusalError(400, "The workload's version has moved")
            return delete(self, identifier, principal)

        return once

    wrap(Store, "delete", around)


@fault("WV2-RACE-002", also=("WV2-DELETE-*",))
def two_deletes_undo_each_other() -> None:
    """A second delete takes the mark of the first away: the workload lives on."""

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def toggling(self: Store, identifier: str, principal: str) -> object:
            found = self.get(identifier)
            if found.deletion is None:
                return delete(self, identifier, principal)
            found.deletion = found.deleted_by = None
            return found

        return toggling

    wrap(Store, "delete", around)


@fault("WV2-DELETE-003", also=("WV2-*",))
def some_deletions_are_forgotten() -> None:
    """Every twentieth deletion is accepted and forgotten, as by a queue that is restarted."""
    numbers = itertools.count(1)

    def around(delete: Callable[..., Any]) -> Callable[..., Any]:
        def forgetting(self: Store, identifier: str, principal: str) -> object:
            return self.get(identifier) if next(numbers) % 20 == 0 else delete(self, identifier, principal)

        return forgetting

    wrap(Store, "delete", around)
