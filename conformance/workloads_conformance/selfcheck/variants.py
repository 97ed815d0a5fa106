"""Honest servers: the reference server in every way that the contract leaves open."""

from __future__ import annotations

import asyncio
import copy
import gzip
import itertools
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from starlette.responses import Response

from workloads_conformance.reference import app, rendering, serving, validation
from workloads_conformance.reference.errors import RefusalError, not_found
from workloads_conformance.reference.rendering import get_response
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.validation import path_id
from workloads_conformance.reference.workload_types import derived_preemptibility

from .declare import variant
from .exchanges import COLLECTION, Call, Reply, error_reply
from .patching import (
    change_reply,
    edit_answer,
    edit_body,
    edit_error,
    edit_metadata,
    edit_told,
    edit_workload,
    on_call,
    on_reply,
    put,
    wrap,
)
from .values import deep

_LATE = 0.3
"""Seconds by which what is late is late: within the settle time that the self-check allows."""
_ERRORS = range(400, 600)


def _timed(*, sync: float | None = None, deletion: float | None = None) -> None:
    """Gives the store other durations."""

    def around(init: Callable[..., None]) -> Callable[..., None]:
        def other(self: Store, sync_seconds: float, deletion_seconds: float, *others: Any) -> None:  # noqa: ANN401
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
        def noting(self: Store, identifier: str, request: Any, principal: str) -> object:  # noqa: ANN401
            seen = copy.copy(self.get(identifier))
            found = update(self, identifier, request, principal)
            since, old = before.get(identifier, (0.0, seen))
            now = time.monotonic()
            before[identifier] = (now, old if now - since < _LATE else seen)
            return found

        return noting

    def shown(workload: Any) -> Any:  # noqa: ANN401 - the server's workload
        since, old = before.get(workload.id, (0.0, workload))
        return old if time.monotonic() - since < _LATE and workload.deletion is None else workload

    wrap(Store, "update", around)
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
        def slow(store: Store, tokens: Any) -> Any:  # noqa: ANN401 - the framework's
            inner = make(store, tokens)

            async def delayed(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
                await asyncio.sleep(0.03)
                await inner(scope, receive, send)

            return delayed

        return slow

    wrap(serving, "make_app", around)


# -- deletes --------------------------------------------------------------------------------------------------------


def _tombstones() -> None:
    """Keeps deleted workloads readable, marked as deleted."""

    def around(_: object) -> Callable[..., Any]:
        async def get(self: app.Api, request: Any) -> Response:  # noqa: ANN401 - the framework's
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
        def lenient(self: Store, identifier: str, request: Any, principal: str) -> object:  # noqa: ANN401
            found = self.get(identifier)
            deletion, found.deletion = found.deletion, None
            try:
                return update(self, identifier, request, principal)
            finally:
                found.deletion = deletion

        return lenient

    wrap(Store, "update", around)


@variant()
def deleted_at_is_set_at_once() -> None:
    """deletedAt is when the deletion was asked for, in the answer to DELETE already."""
    edit_told(lambda told: told.update(deletedAt=told["updatedAt"]) if told["deletedBy"] else None)


@variant()
def phase_of_deleted_workloads_stays() -> None:
    """desiredPhase stays Running when a workload is deleted; syncInfo says Deleting."""
    edit_workload(lambda workload: workload.update(desiredPhase="Running"))


# -- refusals -------------------------------------------------------------------------------------------------------


@variant()
def malformed_ids_are_404() -> None:
    """A malformed id is not found."""
    change_reply(
        lambda reply: reply.with_status(404) if b"WorkloadV2Id" in reply.body else reply,
        "get",
        "update",
        "delete",
        status=(400,),
    )


@variant()
def oversize_is_413() -> None:
    """A manifest that is too long is Content Too Large."""
    on_reply(
        lambda _call, reply: (
            Reply(413, {b"content-type": b"text/html"}, b"<h1>413</h1>").with_body(b"<h1>413</h1>")
            if reply.status == 400 and b"more than 2097152" in reply.body  # noqa: PLR2004 - documented
            else reply
        )
    )


@variant(clashes=("media-type-is-not-looked-at",))
def media_type_is_400() -> None:
    """A body of another media type is a bad request."""
    on_reply(lambda _call, reply: reply.with_status(400) if reply.status == 415 else reply)  # noqa: PLR2004 - RFC 9110


@variant(clashes=("media-type-is-400",))
def media_type_is_not_looked_at() -> None:
    """A body is read as JSON whatever its media type."""
    on_call(lambda call: replace(call, headers=call.headers | {b"content-type": b"application/json"})
            if call.operation in ("create", "update") else call)  # fmt: skip


@variant(clashes=("unknown-members-are-refused",))
def null_is_absent() -> None:
    """null for a member that is not nullable counts as if it were not there."""

    def drop(body: dict[str, Any]) -> None:
        for place in (body, body.get("metadata")):
            if isinstance(place, dict):
                for key in [key for key, value in place.items() if value is None]:
                    place.pop(key)

    edit_body(drop)


_KNOWN = {"name", "useGivenNameAsPrefix", "projectId", "clusterId", "priority", "category", "preemptibility",
          "configuration"}  # fmt: skip


@variant()
def unknown_members_are_refused() -> None:
    """Members that the contract does not name are refused."""

    def before(call: Call) -> Call | Reply:
        body = call.json
        if call.operation not in ("create", "update") or not isinstance(body, dict):
            return call
        if b"authorization" not in call.headers:
            return call
        metadata = body.get("metadata")
        unknown = body.keys() - {"metadata", "manifest", "manifestBase64Encoded"}
        unknown |= metadata.keys() - _KNOWN if isinstance(metadata, dict) else set()
        return error_reply(400, "unknown member") if unknown else call

    on_call(before)


@variant(clashes=("nameless-creates-get-a-name",))
def name_is_required() -> None:
    """A create without a name is refused, whatever its manifest is called."""
    wrap(validation, "_name", lambda read: lambda metadata, _manifest: read(metadata, {}))


@variant(clashes=("name-is-required",))
def nameless_creates_get_a_name() -> None:
    """A create without a name gets one that is made up."""
    edit_metadata(lambda metadata: metadata.setdefault("name", f"workload-{secrets.token_hex(4)}"), "create")


@variant()
def project_is_defaulted() -> None:
    """A create without a project lands in the user's first one."""
    edit_metadata(lambda metadata: metadata.setdefault("projectId", "4500001"), "create")


@variant()
def names_are_free() -> None:
    """Names need not be DNS labels."""
    put(validation, "_DNS_LABEL", re.compile(r".+", re.DOTALL))


@variant()
def categories_are_known_ones() -> None:
    """A category that no administrator has set up is refused."""
    edit_metadata(
        lambda metadata: (
            metadata.update(category=[]) if metadata.get("category") not in (None, "Build", "Train", "Deploy") else None
        )
    )


@variant()
def kinds_are_free() -> None:
    """Kinds that nobody has registered are taken too."""

    def around(find: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(manifest: dict[str, Any]) -> object:
            try:
                return find(manifest)
            except RefusalError:
                kind, version = manifest.get("kind"), manifest.get("apiVersion")
                if not (isinstance(kind, str) and kind and isinstance(version, str) and "/" in version):
                    raise
                job = find({"apiVersion": "batch/v1", "kind": "Job"})
                return replace(job, group=version.rpartition("/")[0], kind=kind)

        return lenient

    wrap(validation, "workload_type", around)


@variant()
def kind_can_be_changed() -> None:
    """An update may change the kind of a workload."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: Store, identifier: str, request: Any, principal: str) -> object:  # noqa: ANN401
            if request.manifest is not None:
                self.get(identifier).type = validation.workload_type(request.manifest)
            return update(self, identifier, request, principal)

        return lenient

    wrap(Store, "update", around)


@variant()
def empty_updates_are_refused() -> None:
    """An update that says nothing is refused."""
    on_call(
        lambda call: (
            error_reply(400)
            if call.operation == "update" and call.json == {} and b"authorization" in call.headers
            else call
        )
    )


@variant()
def hidden_is_404() -> None:
    """Who lacks the rights is told that there is no such workload."""
    change_reply(lambda reply: reply.with_status(404), "get", "update", "delete", status=(403,))


@variant()
def unknown_projects_are_403() -> None:
    """A project that does not exist is one that nobody has rights in."""
    change_reply(
        lambda reply: reply.with_status(403) if b"there is no project" in reply.body else reply, "create", status=(400,)
    )


@variant()
def unknown_queries_are_refused() -> None:
    """An unknown query parameter is a bad request."""
    on_call(
        lambda call: (
            error_reply(400)
            if call.operation
            and call.query
            and not call.query.startswith(b"dryRun")
            and b"authorization" in call.headers
            else call
        )
    )


@variant()
def other_accepts_are_406() -> None:
    """An Accept that leaves JSON out is answered 406."""

    def before(call: Call) -> Call | Reply:
        accept = call.headers.get(b"accept", b"*/*").lower()
        fits = any(word in accept for word in (b"*/*", b"application/*", b"application/json"))
        return call if fits or not call.operation else error_reply(406)

    on_call(before)


# -- what is told ---------------------------------------------------------------------------------------------------


@variant()
def extra_members_in_responses() -> None:
    """Answers have members that the contract does not name, at every level."""
    edit_answer(lambda body: body.update(xExtra=[1, None]))
    edit_workload(lambda workload: (workload.update(xMore={}), workload["metadata"].update(labels={"a": "b"})))
    edit_error(lambda body: body.update(traceId="4bf92f3577b34da6"), status=_ERRORS)


@variant(clashes=("deleted-at-is-set-at-once",))
def optional_members_are_left_out() -> None:
    """Answers have no member that the schema does not require."""
    optional = ("priority", "category", "preemptibility", "configuration", "deletedAt", "deletedBy")
    edit_told(lambda told: [told.pop(key, None) for key in optional])
    edit_answer(lambda body: body.pop("syncInfo", None), "get")


@variant()
def priority_is_left_out() -> None:
    """Answers do not tell the priority."""
    edit_told(lambda told: told.pop("priority", None))


@variant()
def sync_info_is_left_out() -> None:
    """GET has no syncInfo."""
    edit_answer(lambda body: body.pop("syncInfo", None), "get")


@variant()
def sync_info_has_a_message() -> None:
    """syncInfo has a message of the longest length."""
    edit_answer(lambda body: body.get("syncInfo", {}).update(message="m" * 250), "get")


@variant()
def errors_have_no_details() -> None:
    """Errors have code and message only."""
    edit_error(lambda body: body.pop("details", None), status=_ERRORS)


@variant()
def errors_have_empty_details() -> None:
    """Errors have empty details."""
    edit_error(lambda body: body.update(details=""), status=_ERRORS)


@variant(clashes=("times-have-seconds-only", "times-have-nanoseconds"))
def times_have_an_offset() -> None:
    """Timestamps are in another zone, and say so."""
    zone = timezone(timedelta(hours=5, minutes=30))
    put(rendering, "_time", lambda moment: moment.astimezone(zone).isoformat(timespec="milliseconds"))


@variant(clashes=("times-have-an-offset", "times-have-nanoseconds"))
def times_have_seconds_only() -> None:
    """Timestamps have no fraction, and the clock moves by seconds."""
    put(rendering, "_time", lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


@variant(clashes=("times-have-an-offset", "times-have-seconds-only"))
def times_have_nanoseconds() -> None:
    """Timestamps have nine digits of a second."""
    put(rendering, "_time", lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z")


@variant(clashes=("applied-manifest-is-reduced",))
def applied_manifest_is_enriched() -> None:
    """workloadManifest has all that the platform adds: labels, a scheduler, environment variables."""

    def enrich(workload: dict[str, Any]) -> None:
        workload["workloadManifest"].setdefault("spec", {})["schedulerName"] = "runai-scheduler"
        workload["workloadManifest"]["status"] = {"conditions": []}

    edit_workload(enrich)


@variant(clashes=("applied-manifest-is-enriched",))
def applied_manifest_is_reduced() -> None:
    """workloadManifest is empty: nothing is applied yet."""
    edit_workload(lambda workload: workload.update(workloadManifest={}))


@variant()
def integers_have_a_point() -> None:
    """Integers in manifests are told as 1.0: JSON knows only numbers."""
    edit_workload(
        lambda workload: workload.update(
            rawManifest=deep(
                workload["rawManifest"],
                lambda value: float(value) if isinstance(value, int) and not isinstance(value, bool) else value,
            )
        )
    )


@variant()
def ids_are_in_capitals() -> None:
    """Ids are told in capitals, and read in any case."""
    edit_told(lambda told: told.update(id=told["id"].upper()))


@variant()
def default_mode_is_told_as_null() -> None:
    """The MNNVL mode of a workload that did not name one is told as null."""

    def around(make: Callable[..., Any]) -> Callable[..., Any]:
        def unset(self: Store, request: Any, *others: Any) -> Any:  # noqa: ANN401 - the server's
            made = make(self, request, *others)
            made.mnnvl = request.mnnvl
            return made

        return unset

    wrap(Store, "_new", around)


@variant()
def configuration_is_empty() -> None:
    """configuration is told without its member."""
    edit_told(lambda told: told.update(configuration={}))


@variant()
def suffix_has_no_hyphen() -> None:
    """The random characters follow a prefix directly."""
    _suffixed(lambda name: name + secrets.token_hex(4))


@variant()
def long_prefixes_are_cut() -> None:
    """A prefix that leaves no room for random characters is cut."""
    _suffixed(lambda name: f"{name[:54]}-{secrets.token_hex(4)}")


def _suffixed(make: Callable[[str], str]) -> None:
    wrap(
        Store,
        "_name",
        lambda name: (
            lambda self, request, project: make(request.name) if request.as_prefix else name(self, request, project)
        ),
    )


@variant()
def dry_runs_have_the_nil_id() -> None:
    """A dry run answers with the nil UUID: there is no workload that could have another."""

    def after(call: Call, reply: Reply) -> Reply:
        body = reply.json
        if not call.dry_run or reply.status != 202:  # noqa: PLR2004 - documented
            return reply
        body["metadata"]["id"] = "00000000-0000-0000-0000-000000000000"
        return reply.with_json(body)

    on_reply(after)


# -- updates --------------------------------------------------------------------------------------------------------


@variant()
def absent_members_go_back_to_defaults() -> None:
    """An update sets what it does not name to the type's defaults."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def resetting(self: Store, identifier: str, request: Any, principal: str) -> object:  # noqa: ANN401
            changes = {"priority": None, "category": None, **request.changes}
            return update(self, identifier, replace(request, changes=changes), principal)

        return resetting

    wrap(Store, "update", around)


@variant()
def null_changes_nothing() -> None:
    """An update to null leaves a member as it is."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def keeping(self: Store, identifier: str, request: Any, principal: str) -> object:  # noqa: ANN401
            changes = {key: value for key, value in request.changes.items() if value is not None}
            return update(self, identifier, replace(request, changes=changes), principal)

        return keeping

    wrap(Store, "update", around)


@variant()
def derived_preemptibility_follows() -> None:
    """A preemptibility that was not set follows each new priority."""
    explicit: set[str] = set()

    def around_new(make: Callable[..., Any]) -> Callable[..., Any]:
        def noting(self: Store, request: Any, *others: Any) -> Any:  # noqa: ANN401 - the server's
            made = make(self, request, *others)
            if request.preemptibility:
                explicit.add(made.id)
            return made

        return noting

    def around_update(update: Callable[..., Any]) -> Callable[..., Any]:
        def following(self: Store, identifier: str, request: Any, principal: str) -> Any:  # noqa: ANN401
            found = update(self, identifier, request, principal)
            if request.changes.get("priority") and identifier not in explicit:
                found.preemptibility = derived_preemptibility(found.priority)
            return found

        return following

    wrap(Store, "_new", around_new)
    wrap(Store, "update", around_update)


# -- HTTP -----------------------------------------------------------------------------------------------------------


@variant(clashes=("service-is-unavailable-at-times",))
def rate_is_limited() -> None:
    """Every tenth request is answered 429, with a time to wait."""
    _busy(429, 10)


@variant(clashes=("rate-is-limited",))
def service_is_unavailable_at_times() -> None:
    """Every fortieth request is answered 503, with a time to wait."""
    _busy(503, 40)


def _busy(status: int, each: int) -> None:
    numbers = itertools.count(1)

    def before(call: Call) -> Call | Reply:
        if call.operation is None or next(numbers) % each:
            return call
        reply = error_reply(status, "try again")
        return replace(reply, headers=reply.headers | {b"retry-after": b"0"})

    on_call(before)


@variant()
def connections_are_closed() -> None:
    """Every connection is closed after one answer."""
    on_reply(lambda _call, reply: replace(reply, headers=reply.headers | {b"connection": b"close"}))


@variant()
def head_and_options_are_405() -> None:
    """HEAD and OPTIONS are methods that no path has."""

    def before(call: Call) -> Call | Reply:
        if call.method not in ("HEAD", "OPTIONS"):
            return call
        reply = error_reply(405)
        return replace(reply, headers=reply.headers | {b"allow": b"GET, POST, PUT, DELETE"})

    on_call(before)


@variant()
def unknown_methods_are_501() -> None:
    """PATCH is a method that the server knows nowhere."""
    on_call(lambda call: error_reply(501) if call.method == "PATCH" and call.path.startswith(COLLECTION) else call)


@variant()
def media_type_has_parameters() -> None:
    """Answers are Application/JSON with a charset."""
    on_reply(
        lambda _call, reply: (
            replace(reply, headers=reply.headers | {b"content-type": b"Application/JSON; charset=utf-8"})
            if reply.headers.get(b"content-type") == b"application/json"
            else reply
        )
    )


@variant()
def json_is_written_otherwise() -> None:
    """JSON is indented, its members are in another order, and letters outside ASCII are escaped."""
    on_reply(
        lambda _call, reply: (
            reply.with_body(json.dumps(reply.json, indent=4, sort_keys=True).encode())
            if reply.headers.get(b"content-type") == b"application/json" and reply.body
            else reply
        )
    )


@variant()
def bodies_are_compressed() -> None:
    """Answers are in gzip where the client takes it."""

    def after(call: Call, reply: Reply) -> Reply:
        if b"gzip" not in call.headers.get(b"accept-encoding", b"") or not reply.body:
            return reply
        coded = replace(reply, headers=reply.headers | {b"content-encoding": b"gzip", b"vary": b"Accept-Encoding"})
        return coded.with_body(gzip.compress(reply.body))

    on_reply(after)


@variant()
def bodies_are_chunked() -> None:
    """Answers do not tell their length beforehand."""
    on_reply(
        lambda _call, reply: replace(
            reply, headers={name: value for name, value in reply.headers.items() if name != b"content-length"}
        )
    )


@variant()
def several_schemes_are_offered() -> None:
    """401 offers Basic beside Bearer."""
    on_reply(
        lambda _call, reply: (
            replace(reply, headers=reply.headers | {b"www-authenticate": b'Basic realm="w", Bearer realm="w"'})
            if reply.status == 401  # noqa: PLR2004 - documented
            else reply
        )
    )


# -- encodings ------------------------------------------------------------------------------------------------------


@variant()
def base64_is_read_leniently() -> None:
    """Line breaks in base64, the alphabet for URLs and missing padding are taken."""

    def lenient(body: dict[str, Any]) -> None:
        text = body.get("manifestBase64Encoded")
        if isinstance(text, str):
            plain = re.sub(r"[\r\n\t ]", "", text).replace("-", "+").replace("_", "/")
            plain = plain.rstrip("=")
            body["manifestBase64Encoded"] = plain + "=" * (-len(plain) % 4) if len(plain) % 4 != 1 else text

    edit_body(lenient)


@variant()
def dry_run_is_read_leniently() -> None:
    """dryRun is read as true and false in any case, and as 1 and 0."""
    words = {"true": "true", "1": "true", "false": "false", "0": "false"}
    wrap(app, "dry_run", lambda read: lambda values: read([words.get(value.lower(), value) for value in values]))
