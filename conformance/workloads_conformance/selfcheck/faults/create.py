"""Creates that check too little or too much, or echo something else than what was asked for."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from typing import Any

from workloads_conformance.reference import app, validation
from workloads_conformance.reference.documents import decode_manifest
from workloads_conformance.reference.store import PROJECTS, Store
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import edit_body, edit_metadata, put, read_as, wrap


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


# -- names ----------------------------------------------------------------------------------------------------------


@fault("WV2-CREATE-007")
def name_of_64_is_taken() -> None:
    """A name of 64 characters is taken, and breaks the first tool that makes a DNS label of it."""
    put(validation, "MAX_NAME", 64)


@fault("WV2-CREATE-022")
def name_of_63_is_refused() -> None:
    """A name of 63 characters is refused, though the limit includes it."""
    put(validation, "MAX_NAME", 62)


@fault("WV2-CREATE-007")
def long_name_is_cut() -> None:
    """A name that is too long is cut to 63 characters: the client never finds its workload under the name it gave."""
    read_as("name", lambda name: name[:63] if isinstance(name, str) else name, "create")


@fault("WV2-CREATE-007")
def long_name_is_taken_with_base64() -> None:
    """The limit of a name is forgotten where the manifest comes in base64."""

    def around(create_request: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def lenient(body: object) -> object:
            put(validation, "MAX_NAME", 253 if isinstance(body, dict) and "manifestBase64Encoded" in body else 63)
            return create_request(body)

        return lenient

    wrap(app, "create_request", around)


@fault("WV2-CREATE-007")
def long_prefix_is_cut() -> None:
    """A prefix of more than 63 characters is cut to make room for the suffix, and not refused."""

    def cut(metadata: dict[str, Any]) -> None:
        if metadata.get("useGivenNameAsPrefix") is True and isinstance(metadata.get("name"), str):
            metadata["name"] = metadata["name"][:50]

    edit_metadata(cut, "create")


@fault("WV2-CREATE-015", also=("WV2-CREATE-014",))
def name_of_the_manifest_wins() -> None:
    """The workload is named as its manifest is, whatever name the metadata give."""
    wrap(
        validation,
        "_name",
        lambda name: lambda metadata, manifest: manifest.get("metadata", {}).get("name") or name(metadata, manifest),
    )


@fault("WV2-CREATE-033", "WV2-CREATE-015", also=("WV2-*",))
def name_gets_a_suffix_unasked() -> None:
    """Every name gets a random suffix, so that no client finds its workload by the name it gave."""
    edit_metadata(lambda metadata: metadata.update(useGivenNameAsPrefix=True), "create")


@fault("WV2-CREATE-033")
def false_is_read_as_true() -> None:
    """useGivenNameAsPrefix: false, which generated clients always send, counts as true: the name gets a suffix."""
    read_as("useGivenNameAsPrefix", lambda value: value if not isinstance(value, bool) else True, "create")


@fault("WV2-CREATE-014")
def prefix_gets_no_suffix() -> None:
    """A prefix is taken as the whole name: the second workload of the same prefix is refused."""
    edit_metadata(lambda metadata: metadata.pop("useGivenNameAsPrefix", None), "create")


@fault("WV2-CREATE-014")
def suffix_is_always_the_same() -> None:
    """The random characters are the same each time, so that two workloads have one name."""
    wrap(
        Store,
        "_name",
        lambda name: (
            lambda self, request, project: (
                f"{request.name}-x7k2p" if request.as_prefix else name(self, request, project)
            )
        ),
    )


@fault("WV2-CREATE-014")
def suffix_comes_first() -> None:
    """The random characters precede the name, so that nothing finds the workloads of a prefix."""
    wrap(
        Store,
        "_name",
        lambda name: (
            lambda self, request, project: (
                f"{uuid.uuid4().hex[:5]}-{request.name}" if request.as_prefix else name(self, request, project)
            )
        ),
    )


@fault("WV2-CREATE-014")
def prefix_is_cut() -> None:
    """Only the first ten characters of a prefix are kept."""
    wrap(
        Store,
        "_name",
        lambda name: (
            lambda self, request, project: (
                f"{request.name[:10]}-{uuid.uuid4().hex[:5]}" if request.as_prefix else name(self, request, project)
            )
        ),
    )


@fault("WV2-CREATE-014")
def suffix_is_counted() -> None:
    """The random characters are a number that counts up: who knows one name knows all others."""
    numbers = itertools.count(1)
    wrap(
        Store,
        "_name",
        lambda name: (
            lambda self, request, project: (
                f"{request.name}-{next(numbers)}" if request.as_prefix else name(self, request, project)
            )
        ),
    )


@fault("WV2-CREATE-014")
def prefix_is_ignored_with_base64() -> None:
    """useGivenNameAsPrefix counts for nothing where the manifest comes in base64."""

    def forget(body: dict[str, Any]) -> None:
        if "manifestBase64Encoded" in body and isinstance(body.get("metadata"), dict):
            body["metadata"].pop("useGivenNameAsPrefix", None)

    edit_body(forget, "create")


# -- ids and types --------------------------------------------------------------------------------------------------


@fault("WV2-CREATE-011")
def malformed_cluster_is_ignored() -> None:
    """A clusterId that is not a valid UUID is dropped in silence, and the workload lands on the default cluster."""
    wrap(
        validation,
        "_uuid",
        lambda _: (
            lambda metadata, key: (
                found if validation._UUID.match(found := validation._text(metadata.get(key, ""), key)) else None  # noqa: SLF001
            )
        ),
    )


@fault("WV2-CREATE-006")
def metadata_may_be_missing() -> None:
    """A create without metadata is accepted under defaults, in a project that nobody named."""

    def default(body: dict[str, Any]) -> None:
        body.setdefault("metadata", {"projectId": next(iter(PROJECTS)), "name": f"unnamed-{uuid.uuid4().hex[:8]}"})

    edit_body(default, "create")


@fault("WV2-CREATE-012")
def name_may_be_a_number() -> None:
    """A number is taken for a name, and turned into a text."""
    read_as(
        "name", lambda value: f"n{value}" if isinstance(value, int) and not isinstance(value, bool) else value, "create"
    )


@fault("WV2-CREATE-012")
def project_may_be_a_number() -> None:
    """A projectId that is a number is turned into a text."""
    read_as("projectId", lambda value: next(iter(PROJECTS)) if isinstance(value, int) else value, "create")


@fault("WV2-CREATE-012")
def category_may_be_a_number() -> None:
    """A category that is a number is turned into a text."""
    read_as("category", _text, "create")


@fault("WV2-CREATE-012")
def boolean_may_be_a_text() -> None:
    """useGivenNameAsPrefix as the text "true" counts as true."""
    read_as("useGivenNameAsPrefix", lambda value: {"true": True, "false": False}.get(str(value), value), "create")


@fault("WV2-CREATE-012")
def boolean_may_be_a_number() -> None:
    """useGivenNameAsPrefix: 1 counts as true."""
    read_as("useGivenNameAsPrefix", lambda value: bool(value) if isinstance(value, int) else value, "create")


@fault("WV2-CREATE-012")
def configuration_may_be_anything() -> None:
    """A configuration that is not an object is dropped in silence, and with it what it asked for."""
    read_as("configuration", lambda value: value if isinstance(value, dict) else {}, "create")


@fault("WV2-CREATE-012")
def preemptibility_may_be_a_boolean() -> None:
    """preemptibility: true counts as preemptible."""
    read_as("preemptibility", lambda value: "preemptible" if isinstance(value, bool) else value, "create")


@fault("WV2-CREATE-012")
def metadata_may_be_a_list() -> None:
    """Metadata as a list of one object is taken for the object."""

    def first(body: dict[str, Any]) -> None:
        if isinstance(body.get("metadata"), list):
            body["metadata"] = {"projectId": next(iter(PROJECTS)), "name": f"unnamed-{uuid.uuid4().hex[:8]}"}

    edit_body(first, "create")


@fault("WV2-CREATE-006")
def null_metadata_is_made_up() -> None:
    """metadata: null is taken for metadata without anything in it, and a name and a project are made up."""

    def make_up(body: dict[str, Any]) -> None:
        if "metadata" in body and body["metadata"] is None:
            body["metadata"] = {"name": f"made-up-{uuid.uuid4().hex[:5]}", "projectId": next(iter(PROJECTS))}

    edit_body(make_up, "create")


# -- null -----------------------------------------------------------------------------------------------------------


def _refuses_null(key: str) -> None:
    read_as(key, lambda value: [] if value is None else value, "create")


@fault("WV2-CREATE-023")
def null_priority_is_refused() -> None:
    """priority: null, which generated clients send for what is not set, is refused."""
    _refuses_null("priority")


@fault("WV2-CREATE-023")
def null_category_is_refused() -> None:
    """category: null is refused."""
    _refuses_null("category")


# -- forms of the body ----------------------------------------------------------------------------------------------


@fault("WV2-CREATE-003", also=("WV2-DRYRUN-001",))
def json_form_is_refused() -> None:
    """Only base64 is accepted; a manifest in JSON form never gets in."""

    def hide(body: dict[str, Any]) -> None:
        if "manifestBase64Encoded" not in body:
            body.pop("manifest", None)

    edit_body(hide, "create")


@fault("WV2-CREATE-004", also=("WV2-DRYRUN-001",))
def base64_form_is_refused() -> None:
    """Only JSON is accepted; a manifest in base64 never gets in."""

    def hide(body: dict[str, Any]) -> None:
        if "manifest" not in body:
            body.pop("manifestBase64Encoded", None)

    edit_body(hide, "create")


@fault("WV2-CREATE-004", also=("WV2-DRYRUN-001", "WV2-UPDATE-005"))
def padded_base64_is_refused() -> None:
    """Base64 is taken without padding only: two manifests of three are refused."""

    def around(_: object) -> Callable[[str], dict[str, Any]]:
        return lambda text: decode_manifest("?" if text.endswith("=") else text)

    wrap(validation, "decode_manifest", around)


@fault("WV2-CREATE-014")
def prefix_of_58_is_cut() -> None:
    """A prefix of more than 57 characters is cut without a word, so that what it makes begins otherwise."""

    def edit(metadata: dict[str, Any]) -> None:
        if metadata.get("useGivenNameAsPrefix") and isinstance(metadata.get("name"), str):
            metadata["name"] = metadata["name"][:57]

    edit_metadata(edit, "create")
