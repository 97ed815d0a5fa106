"""Dry runs that have effects, skip checks, or are not dry runs at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from workloads_conformance.reference import app, validation, workload_types
from workloads_conformance.reference.errors import RefusalError
from workloads_conformance.reference.store import Store
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.exchanges import Call, Reply, json_reply
from workloads_conformance.selfcheck.patching import on_call, on_reply, wrap


def _edit(edit: Callable[[dict[str, Any]], object]) -> None:
    """Alters the body of dry runs in place."""

    def before(call: Call) -> Call:
        body = call.json
        if call.operation != "create" or not call.dry_run or not isinstance(body, dict):
            return call
        edit(body)
        return call.with_json(body)

    on_call(before)


def _edit_metadata(edit: Callable[[dict[str, Any]], object]) -> None:
    _edit(lambda body: edit(body["metadata"]) if isinstance(body.get("metadata"), dict) else None)


def _answered(status: int) -> None:
    def after(call: Call, reply: Reply) -> Reply:
        return reply.with_status(status) if call.dry_run and reply.status == 202 else reply

    on_reply(after)


@fault("WV2-DRYRUN-001", also=("WV2-CREATE-001", "WV2-DRYRUN-*"))
def dry_run_is_200() -> None:
    """A dry run that passes returns 200, though POST documents 202."""
    _answered(200)


@fault("WV2-DRYRUN-001", also=("WV2-CREATE-001", "WV2-DRYRUN-*"))
def dry_run_is_204() -> None:
    """A dry run that passes returns 204 without a body."""
    on_reply(lambda call, reply: Reply(204, {}, b"") if call.dry_run and reply.status == 202 else reply)


@fault("WV2-DRYRUN-002", also=("WV2-DRYRUN-*",))
def dry_run_that_stands_twice_is_none() -> None:
    """dryRun=true&dryRun=true is a list, and no list is true: the workload is created."""
    on_call(lambda call: replace(call, query=b"") if call.query.count(b"dryRun=") > 1 else call)


@fault("WV2-DRYRUN-001", "WV2-DRYRUN-007")
def base64_is_refused() -> None:
    """A dry run of a manifest in base64 is refused."""
    _edit(lambda body: body.pop("manifestBase64Encoded", None) if "manifest" not in body else None)


@fault("WV2-CREATE-002", provoked_by=("WV2-DRYRUN-001",), also=("WV2-DRYRUN-*",))
def id_is_missing() -> None:
    """The answer to a dry run has no id, though the contract requires one."""

    def after(call: Call, reply: Reply) -> Reply:
        body = reply.json
        if not call.dry_run or reply.status != 202:
            return reply
        body["metadata"].pop("id")
        return reply.with_json(body)

    on_reply(after)


@fault("WV2-DRYRUN-003", also=("WV2-DRYRUN-007",))
def metadata_beside_base64_are_not_validated() -> None:
    """A dry run of a manifest in base64 does not look at priority and preemptibility."""

    def forget(body: dict[str, Any]) -> None:
        if "manifestBase64Encoded" in body and isinstance(body.get("metadata"), dict):
            for key in ("priority", "preemptibility"):
                body["metadata"].pop(key, None)

    _edit(forget)


@fault("WV2-DRYRUN-002", also=("WV2-DRYRUN-*",))
def dry_run_creates() -> None:
    """dryRun is ignored: the client that only asked finds a workload running."""
    wrap(
        Store,
        "create",
        lambda create: lambda self, request, principal, **_: create(self, request, principal, dry_run=False),
    )


@fault("WV2-DRYRUN-002", also=("WV2-DRYRUN-*",))
def base64_creates() -> None:
    """dryRun is ignored where the manifest comes in base64."""

    def before(call: Call) -> Call:
        encoded = call.operation == "create" and b"manifestBase64Encoded" in call.body
        return replace(call, query=re.sub(rb"dryRun=true", b"dryRun=false", call.query)) if encoded else call

    on_call(before)


@fault("WV2-DRYRUN-002", also=("WV2-DRYRUN-*",))
def prefix_creates() -> None:
    """dryRun is ignored where a name is a prefix."""

    def before(call: Call) -> Call:
        body = call.json
        metadata = body.get("metadata") if isinstance(body, dict) else None
        prefix = isinstance(metadata, dict) and metadata.get("useGivenNameAsPrefix") is True
        return replace(call, query=b"") if prefix and call.operation == "create" else call

    on_call(before)


@fault("WV2-DRYRUN-002", also=("WV2-DRYRUN-*",))
def dry_run_reserves_the_name() -> None:
    """A dry run takes the name: the create that follows is refused with 409."""
    reserved: set[str] = set()

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def reserving(self: Store, request: Any, principal: str, *, dry_run: bool) -> Any:
            if request.name in reserved:
                raise RefusalError(409, "Resource with this name already exists")
            if dry_run:
                reserved.add(request.name)
            return create(self, request, principal, dry_run=dry_run)

        return reserving

    wrap(Store, "create", around)


@fault("WV2-DRYRUN-002", also=("WV2-DRYRUN-*",))
def dry_run_can_be_read() -> None:
    """What a dry run made can be read by its id, though its name is free."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def keeping(self: Store, request: Any, principal: str, *, dry_run: bool) -> Any:
            made = create(self, request, principal, dry_run=dry_run)
            self._workloads[made.id] = made
            return made

        return keeping

    wrap(Store, "create", around)


@fault("WV2-DRYRUN-002", "WV2-LIFE-007", "WV2-LIFE-008")
def dry_run_overwrites() -> None:
    """A dry run under a name in use writes its manifest into the workload that has the name."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def overwriting(self: Store, request: Any, principal: str, *, dry_run: bool) -> Any:
            for found in self.listed(deleted=False):
                if dry_run and found.name == request.name:
                    found.manifest = request.manifest
            return create(self, request, principal, dry_run=dry_run)

        return overwriting

    wrap(Store, "create", around)


@fault("WV2-DRYRUN-003", "WV2-DRYRUN-007")
def both_forms_pass() -> None:
    """A dry run takes both forms, and the create that follows is refused."""
    _edit(lambda body: body.pop("manifestBase64Encoded") if {"manifest", "manifestBase64Encoded"} <= body.keys() else 0)


@fault("WV2-DRYRUN-003", "WV2-DRYRUN-007")
def long_names_pass() -> None:
    """A dry run does not look at the length of names."""
    _edit_metadata(
        lambda metadata: metadata.update(name=metadata["name"][:63]) if isinstance(metadata.get("name"), str) else None
    )


@fault("WV2-DRYRUN-003", "WV2-DRYRUN-007")
def unknown_priorities_pass() -> None:
    """A dry run does not look at priorities."""
    _edit_metadata(
        lambda metadata: (
            metadata.pop("priority")
            if isinstance(metadata.get("priority"), str) and metadata["priority"] not in workload_types.PRIORITIES
            else None
        )
    )


@fault("WV2-DRYRUN-003", "WV2-DRYRUN-007")
def unknown_preemptibilities_pass() -> None:
    """A dry run does not look at preemptibilities."""
    _edit_metadata(
        lambda metadata: (
            metadata.pop("preemptibility")
            if metadata.get("preemptibility", "preemptible") not in validation.PREEMPTIBILITIES
            else None
        )
    )


@fault("WV2-DRYRUN-003", "WV2-DRYRUN-007")
def malformed_clusters_pass() -> None:
    """A dry run does not look at the cluster."""
    _edit_metadata(lambda metadata: metadata.pop("clusterId", None))


@fault("WV2-DRYRUN-003", "WV2-DRYRUN-007")
def manifests_pass_undecoded() -> None:
    """A dry run does not decode a manifest in base64: what it says nothing about fails when it is created."""
    good = "YXBpVmVyc2lvbjogYmF0Y2gvdjEKa2luZDogSm9iCm1ldGFkYXRhOiB7bmFtZTogeH0K"
    _edit(
        lambda body: (
            body.update(manifestBase64Encoded=good) if isinstance(body.get("manifestBase64Encoded"), str) else None
        )
    )


@fault("WV2-DRYRUN-003", "WV2-DRYRUN-007")
def missing_metadata_pass() -> None:
    """A dry run without metadata passes."""
    _edit(lambda body: body.setdefault("metadata", {"name": "unnamed", "projectId": "4500001"}))


@fault("WV2-DRYRUN-006", "WV2-DRYRUN-007", also=("WV2-DRYRUN-*",))
def conflicts_pass() -> None:
    """A dry run under a name in use passes, and the create that follows is refused."""

    def around(create: Callable[..., Any]) -> Callable[..., Any]:
        def lenient(self: Store, request: Any, principal: str, *, dry_run: bool) -> Any:
            wanted = replace(request, name=request.name[:50], as_prefix=True) if dry_run else request
            return create(self, wanted, principal, dry_run=dry_run)

        return lenient

    wrap(Store, "create", around)


@fault("WV2-DRYRUN-007", "WV2-DRYRUN-001")
def prefix_is_refused() -> None:
    """A dry run refuses every name that is a prefix, though the create would be accepted."""
    _edit_metadata(lambda metadata: metadata.update(name="?") if metadata.get("useGivenNameAsPrefix") is True else None)


@fault("WV2-CREATE-016", "WV2-DRYRUN-007")
def dry_run_forgets_the_priority() -> None:
    """A dry run shows the default priority whatever was asked for; the create would not."""

    def after(call: Call, reply: Reply) -> Reply:
        if not call.dry_run or reply.status != 202:
            return reply
        body = reply.json
        body["metadata"]["priority"] = "low"
        return json_reply(202, body)

    on_reply(after)


@fault("WV2-DRYRUN-004", also=("WV2-DRYRUN-*",))
def false_is_read_as_true() -> None:
    """dryRun=false counts as a dry run because the parameter is there."""
    wrap(app, "dry_run", lambda read: lambda values: read(values) or bool(values))


@fault("WV2-GET-003", also=("WV2-*",))
def dry_run_is_the_default() -> None:
    """Without dryRun nothing is created."""
    wrap(app, "dry_run", lambda read: lambda values: read(values) or not values)


@fault("WV2-DRYRUN-005")
def other_words_are_false() -> None:
    """dryRun=maybe counts as false: a typing error creates a workload."""
    wrap(app, "dry_run", lambda _: lambda values: values[:1] == ["true"])


@fault("WV2-DRYRUN-005")
def other_words_are_true() -> None:
    """dryRun=maybe counts as true: the client believes that it created a workload."""
    wrap(app, "dry_run", lambda _: lambda values: bool(values) and values[0] != "false")
