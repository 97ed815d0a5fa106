"""The two forms of the manifest: both at once, neither, wrongly decoded; and what is made of what they hold."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

import yaml

from workloads_conformance.reference import app, validation
from workloads_conformance.reference.documents import UNREADABLE
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import edit_body, put, wrap

_SMALLEST = {"apiVersion": "batch/v1", "kind": "Job"}


def _both(keep: str, drop: str, operation: str, when: Callable[[dict[str, Any]], bool] = lambda _body: True) -> None:
    edit_body(lambda body: body.pop(drop) if keep in body and drop in body and when(body) else None, operation)


# -- exclusivity ----------------------------------------------------------------------------------------------------


@fault("WV2-MANIFEST-001")
def post_prefers_json() -> None:
    """POST takes both forms and silently drops the one in base64: the client runs something it did not mean."""
    _both("manifest", "manifestBase64Encoded", "create")


@fault("WV2-MANIFEST-001")
def post_prefers_base64() -> None:
    """POST takes both forms and silently drops the one in JSON."""
    _both("manifestBase64Encoded", "manifest", "create")


def _equal(body: dict[str, Any]) -> bool:
    try:
        return bool(yaml.safe_load(base64.b64decode(body["manifestBase64Encoded"])) == body["manifest"])
    except UNREADABLE:
        return False


@fault("WV2-MANIFEST-001")
def post_takes_both_when_equal() -> None:
    """POST takes both forms where they say the same."""
    _both("manifest", "manifestBase64Encoded", "create", _equal)


@fault("WV2-MANIFEST-001")
def post_takes_both_when_different() -> None:
    """POST takes both forms where they contradict each other, and refuses them where they agree."""
    _both("manifest", "manifestBase64Encoded", "create", lambda body: not _equal(body))


@fault("WV2-MANIFEST-016")
def post_takes_an_empty_base64_beside_json() -> None:
    """An empty manifestBase64Encoded beside a manifest counts as none: a truth test stands where presence is meant."""
    _both("manifest", "manifestBase64Encoded", "create", lambda body: body["manifestBase64Encoded"] == "")


@fault("WV2-MANIFEST-016")
def post_takes_an_empty_manifest_beside_base64() -> None:
    """An empty manifest beside one in base64 counts as none."""
    _both("manifestBase64Encoded", "manifest", "create", lambda body: body["manifest"] == {})


@fault("WV2-MANIFEST-002")
def put_prefers_json() -> None:
    """PUT takes both forms, though POST refuses them."""
    _both("manifest", "manifestBase64Encoded", "update")


@fault("WV2-MANIFEST-002")
def put_prefers_base64() -> None:
    """PUT takes both forms and silently drops the one in JSON."""
    _both("manifestBase64Encoded", "manifest", "update")


@fault("WV2-MANIFEST-002")
def put_takes_both_when_equal() -> None:
    """PUT takes both forms where they say the same."""
    _both("manifest", "manifestBase64Encoded", "update", _equal)


@fault("WV2-MANIFEST-017")
def put_takes_an_empty_base64_beside_json() -> None:
    """An empty manifestBase64Encoded beside a manifest counts as none in PUT."""
    _both("manifest", "manifestBase64Encoded", "update", lambda body: body["manifestBase64Encoded"] == "")


@fault("WV2-MANIFEST-002")
def put_takes_both_beside_metadata() -> None:
    """PUT forgets that the forms exclude each other where metadata are updated too."""
    _both("manifest", "manifestBase64Encoded", "update", lambda body: bool(body.get("metadata")))


@fault("WV2-MANIFEST-003")
def post_takes_neither() -> None:
    """POST without a manifest is accepted, and makes a workload of nothing."""
    edit_body(
        lambda body: (
            body.update(manifest=_SMALLEST) if not {"manifest", "manifestBase64Encoded"} & body.keys() else None
        ),
        "create",
    )


# -- base64 ---------------------------------------------------------------------------------------------------------


def _decoded(change: Callable[[str], str], *operations: str) -> None:
    """Reads the base64 text of a request as another one."""

    def edit(body: dict[str, Any]) -> None:
        if isinstance(body.get("manifestBase64Encoded"), str):
            body["manifestBase64Encoded"] = change(body["manifestBase64Encoded"])

    edit_body(edit, *operations)


def _discarding(text: str) -> str:
    try:
        return base64.b64encode(base64.b64decode(text.encode("ascii", "ignore"))).decode()
    except binascii.Error:
        return text


def _plain(text: str) -> str:
    return base64.b64encode(text.encode()).decode() if "\n" in text else text


@fault("WV2-MANIFEST-004")
def post_skips_what_is_no_base64() -> None:
    """POST decodes leniently: characters outside the alphabet are skipped, and damage goes unnoticed."""
    _decoded(_discarding, "create")


@fault("WV2-MANIFEST-004")
def post_skips_what_is_not_ascii() -> None:
    """POST drops letters outside ASCII from the base64 text."""
    _decoded(lambda text: text.encode("ascii", "ignore").decode(), "create")


@fault("WV2-MANIFEST-004")
def post_takes_plain_yaml() -> None:
    """POST takes plain YAML where base64 is asked for."""
    _decoded(_plain, "create")


@fault("WV2-MANIFEST-004")
def post_takes_an_encoded_list() -> None:
    """POST takes a manifestBase64Encoded that is not a text, and makes a default manifest of it."""
    edit_body(
        lambda body: (
            body.update(manifestBase64Encoded=base64.b64encode(json.dumps(_SMALLEST).encode()).decode())
            if isinstance(body.get("manifestBase64Encoded", ""), list)
            else None
        ),
        "create",
    )


@fault("WV2-MANIFEST-005")
def put_skips_what_is_no_base64() -> None:
    """PUT decodes leniently, though POST does not."""
    _decoded(_discarding, "update")


@fault("WV2-MANIFEST-005")
def put_takes_plain_yaml() -> None:
    """PUT takes plain YAML where base64 is asked for."""
    _decoded(_plain, "update")


def _loading(load: Callable[[str], object]) -> None:
    """Puts another YAML reader in the place of the server's, with its refusals around it."""

    def around(decode: Callable[[str], Any]) -> Callable[[str], Any]:
        def lenient(text: str) -> object:
            try:
                found = load(base64.b64decode(text, validate=True).decode("utf-8", "replace"))
            except UNREADABLE:
                return decode(text)
            return found if isinstance(found, dict) else decode(text)

        return lenient

    wrap(validation, "decode_manifest", around)


@fault("WV2-MANIFEST-006", also=("WV2-UPDATE-020",))
def first_of_a_list_is_taken() -> None:
    """Of a YAML list the first item is taken for the manifest."""

    def load(text: str) -> object:
        found = yaml.safe_load(text)
        return {**_SMALLEST, **found[0]} if isinstance(found, list) and isinstance(found[0], dict) else found

    _loading(load)


@fault("WV2-MANIFEST-006", also=("WV2-UPDATE-020",))
def scalar_is_taken_for_a_manifest() -> None:
    """YAML that is a text makes an empty Job."""

    def load(text: str) -> object:
        found = yaml.safe_load(text)
        return {**_SMALLEST} if isinstance(found, str) else found

    _loading(load)


@fault("WV2-MANIFEST-006", also=("WV2-UPDATE-020",))
def bytes_that_are_no_utf_8_are_replaced() -> None:
    """A manifest that is not UTF-8 is taken with question marks in it."""
    _loading(yaml.safe_load)


@fault("WV2-MANIFEST-007", also=("WV2-UPDATE-021",))
def oversize_is_taken() -> None:
    """The length of manifestBase64Encoded is not checked."""
    put(validation, "MAX_ENCODED", 10**9)


@fault("WV2-MANIFEST-007", also=("WV2-UPDATE-021",))
def four_characters_too_many_are_taken() -> None:
    """The limit is off by one quantum of base64."""
    put(validation, "MAX_ENCODED", validation.MAX_ENCODED + 4)


@fault("WV2-MANIFEST-007", also=("WV2-UPDATE-021",))
def decoded_size_is_counted() -> None:
    """The limit counts decoded bytes, a third more than it should allow."""
    put(validation, "MAX_ENCODED", validation.MAX_ENCODED * 4 // 3)


@fault("WV2-MANIFEST-014")
def full_length_is_refused() -> None:
    """A manifest of exactly the longest encoded length is refused."""
    put(validation, "MAX_ENCODED", validation.MAX_ENCODED - 1)


@fault("WV2-MANIFEST-014", "WV2-CREATE-003", also=("WV2-MANIFEST-007", "WV2-UPDATE-021"))
def bodies_of_a_mebibyte_are_refused() -> None:
    """A gateway has a limit of 1 MiB, and the contract allows twice as much."""
    put(app, "MAX_BODY", 1024 * 1024)


@fault("WV2-MANIFEST-018")
def json_manifests_of_a_quarter_mebibyte_are_refused() -> None:
    """A manifest in JSON form is refused from 256 KiB on, though the contract sets it no limit."""
    edit_body(
        lambda body: body.update(manifest=[]) if len(json.dumps(body.get("manifest"))) > 2**18 else None, "create"
    )
