"""Honest servers that read updates and encodings in another way."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml

from workloads_conformance.reference import app, validation
from workloads_conformance.reference.documents import UNREADABLE
from workloads_conformance.reference.errors import bad_request
from workloads_conformance.reference.store import Store
from workloads_conformance.reference.validation import CreateRequest, UpdateRequest
from workloads_conformance.reference.workload_types import derived_preemptibility
from workloads_conformance.selfcheck.declare import variant
from workloads_conformance.selfcheck.patching import (
    edit_body,
    edit_stored,
    read_as,
    wrap,
)
from workloads_conformance.selfcheck.values import without

# -- updates --------------------------------------------------------------------------------------------------------


@variant()
def absent_members_go_back_to_defaults() -> None:
    """An update sets what it does not name to the type's defaults."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def resetting(self: Store, identifier: str, request: Any, principal: str) -> object:
            changes = {"priority": None, "category": None, **request.changes}
            return update(self, identifier, replace(request, changes=changes), principal)

        return resetting

    wrap(Store, "update", around)


@variant()
def null_changes_nothing() -> None:
    """An update to null leaves a member as it is."""

    def around(update: Callable[..., Any]) -> Callable[..., Any]:
        def keeping(self: Store, identifier: str, request: Any, principal: str) -> object:
            changes = {key: value for key, value in request.changes.items() if value is not None}
            return update(self, identifier, replace(request, changes=changes), principal)

        return keeping

    wrap(Store, "update", around)


@variant()
def derived_preemptibility_follows() -> None:
    """A preemptibility that was not set follows each new priority."""
    explicit: set[str] = set()

    def around_new(make: Callable[..., Any]) -> Callable[..., Any]:
        def noting(self: Store, request: Any, *others: Any) -> Any:
            made = make(self, request, *others)
            if request.preemptibility:
                explicit.add(made.id)
            return made

        return noting

    def around_update(update: Callable[..., Any]) -> Callable[..., Any]:
        def following(self: Store, identifier: str, request: Any, principal: str) -> Any:
            found = update(self, identifier, request, principal)
            if request.changes.get("priority") and identifier not in explicit:
                found.preemptibility = derived_preemptibility(found.priority)
            return found

        return following

    wrap(Store, "_new", around_new)
    wrap(Store, "update", around_update)


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


# -- what readers and stores may make of values -----------------------------------------------------------------------


@variant()
def an_empty_priority_is_none() -> None:
    """An empty text counts as no priority, as where absent and empty cannot be distinguished."""
    read_as("priority", lambda value: value or None if isinstance(value, str) else value, "create")


@variant()
def the_first_of_several_documents_is_taken() -> None:
    """Of several YAML documents the first is taken."""

    def around(decode: Callable[[str], Any]) -> Callable[[str], Any]:
        def lenient(text: str) -> object:
            try:
                documents = list(yaml.safe_load_all(base64.b64decode(text, validate=True).decode()))
            except UNREADABLE:
                return decode(text)
            if len(documents) < 2 or not isinstance(documents[0], dict):
                return decode(text)
            return decode(base64.b64encode(yaml.safe_dump(documents[0]).encode()).decode())

        return lenient

    wrap(validation, "decode_manifest", around)


@variant()
def integers_beyond_53_bits_are_rounded() -> None:
    """Integers beyond 53 bits are rounded: RFC 8259, 6 warns of readers that keep numbers as doubles."""

    def rounded(value: object) -> object:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return int(float(value)) if whole and abs(value) < sys.float_info.max else value  # type: ignore[arg-type]

    edit_stored(rounded)


@variant()
def nulls_are_dropped() -> None:
    """Members that are null are not stored, as Kubernetes does."""
    edit_stored(without(lambda value: value is None))


@variant()
def manifests_have_the_name_of_the_workload() -> None:
    """A manifest has the name of its workload: a create with two names is refused, and no update renames it."""

    def named(manifest: dict[str, Any] | None) -> object:
        metadata = (manifest or {}).get("metadata")
        return metadata.get("name") if isinstance(metadata, dict) else None

    def create(make: Callable[..., Any]) -> Callable[..., Any]:
        def strict(self: Store, request: CreateRequest, principal: str, *, dry_run: bool) -> object:
            if not request.as_prefix and named(request.manifest) not in (None, request.name):
                raise bad_request("manifest.metadata.name: differs from metadata.name")
            return make(self, request, principal, dry_run=dry_run)

        return strict

    def update(write: Callable[..., Any]) -> Callable[..., Any]:
        def strict(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            present = named(self.get(identifier).manifest)
            if request.manifest is not None and named(request.manifest) not in (None, present):
                raise bad_request("manifest.metadata.name: is immutable")
            return write(self, identifier, request, principal)

        return strict

    wrap(Store, "create", create)
    wrap(Store, "update", update)


@variant()
def templates_of_jobs_are_fixed() -> None:
    """An update changes no template of a Job, as in Kubernetes (Job, spec.template: immutable)."""

    def update(write: Callable[..., Any]) -> Callable[..., Any]:
        def strict(self: Store, identifier: str, request: UpdateRequest, principal: str) -> object:
            present = self.get(identifier).manifest
            other = request.manifest is not None and _template(request.manifest) != _template(present)
            if other and present.get("kind") == "Job":
                raise bad_request("manifest.spec.template: is immutable")
            return write(self, identifier, request, principal)

        return strict

    wrap(Store, "update", update)


def _template(manifest: dict[str, Any]) -> object:
    spec = manifest.get("spec")
    return spec.get("template") if isinstance(spec, dict) else None
