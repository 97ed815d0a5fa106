"""Honest servers that refuse more, less, or in other words."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from workloads_conformance.reference import app, validation, workload_types
from workloads_conformance.reference.errors import RefusalError, bad_request
from workloads_conformance.reference.store import Store
from workloads_conformance.selfcheck.declare import variant
from workloads_conformance.selfcheck.exchanges import Call, Reply, error_reply
from workloads_conformance.selfcheck.patching import (
    change_reply,
    edit_body,
    edit_metadata,
    mode_read_as,
    on_call,
    on_reply,
    put,
    read_as,
    wrap,
)

# -- refusals -------------------------------------------------------------------------------------------------------


@variant()
def few_kinds_are_registered() -> None:
    """Only kinds of batch and apps are registered."""
    _registered(lambda found: found.group in ("batch", "apps"))


@variant(clashes=("few-kinds-are-registered", "kinds-are-free"))
def deployments_are_not_registered() -> None:
    """Of the kinds that the suite creates by itself one alone is registered."""
    _registered(lambda found: found.kind == "Job")


def _registered(is_known: Callable[[workload_types.WorkloadType], bool]) -> None:
    known = {key: found for key, found in workload_types.TYPES.items() if is_known(found)}
    for module in (validation, app):
        put(module, "TYPES", known)


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
def malformed_credentials_are_400() -> None:
    """An Authorization header with no credentials in it is a malformed request (RFC 6750, 3.1)."""

    def before(call: Call) -> Call | Reply:
        is_malformed = call.headers.get(b"authorization", b"-").strip().lower() in (b"", b"bearer")
        return error_reply(400, "malformed Authorization") if is_malformed else call

    on_call(before)


@variant()
def oversize_is_413() -> None:
    """A manifest that is too long is Content Too Large."""
    on_reply(
        lambda _call, reply: (
            Reply(413, {b"content-type": b"text/html"}, b"<h1>413</h1>").with_body(b"<h1>413</h1>")
            if reply.status == 400 and b"more than 2097152" in reply.body
            else reply
        )
    )


@variant(clashes=("media-type-is-not-looked-at",))
def media_type_is_400() -> None:
    """A body of another media type is a bad request."""
    on_reply(lambda _call, reply: reply.with_status(400) if reply.status == 415 else reply)


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


@variant()
def null_is_refused_where_an_enumeration_leaves_it_out() -> None:
    """null for preemptibility and mnnvl is refused: they are nullable, and null is none of their values."""
    read_as("preemptibility", lambda value: [] if value is None else value, "create")
    mode_read_as(lambda value: [] if value is None else value)


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
    """Names do not have to be DNS labels."""
    put(validation, "_DNS_LABEL", re.compile(r".+", re.DOTALL))


_RFC_1035 = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?\Z")


def _names(value: object) -> Iterator[str]:
    """Yields the names of a manifest and of what it holds, but for those of variables."""
    if isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, dict):
        yield from (found for key, found in value.items() if key == "name" and isinstance(found, str))
        for key, found in value.items():
            if key not in ("env", "annotations", "labels", "options", "httpHeaders"):
                yield from _names(found)


@variant(clashes=("names-are-free",))
def names_are_labels_of_rfc_1035() -> None:
    """A name begins with a letter, and so do those of containers, volumes and ports."""
    put(validation, "_DNS_LABEL", _RFC_1035)

    def around(find: Callable[..., Any]) -> Callable[..., Any]:
        def strict(manifest: dict[str, Any]) -> object:
            found = find(manifest)
            if not all(map(_RFC_1035.match, _names(manifest.get("spec")))):
                raise bad_request("manifest: a name is not a label by RFC 1035")
            return found

        return strict

    wrap(validation, "workload_type", around)


@variant(clashes=("long-prefixes-are-cut", "suffix-has-no-hyphen"))
def suffix_is_a_uuid() -> None:
    """A prefix is followed by a UUID, and may have as many characters as that leaves room for."""

    def around(name: Callable[..., Any]) -> Callable[..., Any]:
        def with_uuid(self: Store, request: Any, project: Any) -> str:
            if not request.as_prefix:
                return str(name(self, request, project))
            made = f"{request.name}-{uuid.uuid4()}"
            if len(made) > validation.MAX_NAME:
                raise bad_request("metadata.name: is too long for a prefix")
            return made

        return with_uuid

    wrap(Store, "_name", around)


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
                if not isinstance(manifest.get("metadata", {}), dict):
                    raise
                job = find({"apiVersion": "batch/v1", "kind": "Job"})
                return replace(job, group=version.rpartition("/")[0], kind=kind)

        return lenient

    wrap(validation, "workload_type", around)


@variant()
def kind_can_be_changed() -> None:
    """An update may change the kind of a workload."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: Store, identifier: str, request: Any, principal: str) -> object:
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
    """A user without permission is told that there is no such workload."""
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
    """An Accept that leaves JSON out returns 406."""

    def before(call: Call) -> Call | Reply:
        accept = call.headers.get(b"accept", b"*/*").lower()
        fits = any(word in accept for word in (b"*/*", b"application/*", b"application/json"))
        return call if fits or not call.operation else error_reply(406)

    on_call(before)


_QUOTA = 20


@variant()
def few_workloads_may_be_alive() -> None:
    """No more than twenty workloads may be there, those on their way out included; then creates get 403."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def limited(self: Store, *arguments: object, dry_run: bool) -> object:
            if not dry_run and len(self.listed(deleted=False)) >= _QUOTA:
                raise RefusalError(403, "Forbidden", "the project's quota of workloads is used up")
            return create(self, *arguments, dry_run=dry_run)

        return limited

    wrap(Store, "create", around)
