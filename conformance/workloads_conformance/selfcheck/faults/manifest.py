"""The two forms of the manifest: both at once, neither, wrongly decoded; and what is made of what they hold."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import yaml

from workloads_conformance.reference import app, validation
from workloads_conformance.reference.errors import bad_request
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import edit_answer, edit_body, edit_workload, put, wrap
from workloads_conformance.selfcheck.values import deep, of_texts, without

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
    except (ValueError, TypeError, yaml.YAMLError):
        return False


@fault("WV2-MANIFEST-001")
def post_takes_both_when_equal() -> None:
    """POST takes both forms where they say the same."""
    _both("manifest", "manifestBase64Encoded", "create", _equal)


@fault("WV2-MANIFEST-001")
def post_takes_both_when_different() -> None:
    """POST takes both forms where they contradict each other, and refuses them where they agree."""
    _both("manifest", "manifestBase64Encoded", "create", lambda body: not _equal(body))


@fault("WV2-MANIFEST-001")
def post_takes_an_empty_base64_beside_json() -> None:
    """An empty manifestBase64Encoded beside a manifest counts as none: a truth test stands where presence is meant."""
    _both("manifest", "manifestBase64Encoded", "create", lambda body: body["manifestBase64Encoded"] == "")


@fault("WV2-MANIFEST-001")
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


@fault("WV2-MANIFEST-002")
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
    _decoded(lambda text: text.encode("ascii", "ignore").decode() + "=" * (not text.isascii()), "create")


@fault("WV2-MANIFEST-004")
def post_takes_plain_yaml() -> None:
    """POST takes plain YAML where base64 is asked for."""
    _decoded(_plain, "create")


@fault("WV2-MANIFEST-004")
def post_takes_an_encoded_list() -> None:
    """POST takes a manifestBase64Encoded that is no text, and makes a default manifest of it."""
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
            except (ValueError, yaml.YAMLError):
                return decode(text)
            return found if isinstance(found, dict) else decode(text)

        return lenient

    wrap(validation, "decode_manifest", around)


@fault("WV2-MANIFEST-006", also=("WV2-UPDATE-020",))
def first_of_several_documents_is_taken() -> None:
    """Of several YAML documents the first is taken, and the others are dropped in silence."""
    _loading(lambda text: next(iter(yaml.safe_load_all(text)), None))


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
    """A manifest that is no UTF-8 is taken with question marks in it."""
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
    """A gateway's limit of 1 MiB stands before a contract that allows twice as much."""
    put(app, "MAX_BODY", 1024 * 1024)


@fault("WV2-CREATE-003")
def json_manifests_of_a_quarter_mebibyte_are_refused() -> None:
    """A manifest in JSON form is refused from 256 KiB on, though the contract sets it no limit."""
    edit_body(
        lambda body: body.update(manifest=[]) if len(json.dumps(body.get("manifest"))) > 2**18 else None, "create"
    )


# -- YAML -----------------------------------------------------------------------------------------------------------


class _NoAliases(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - PyYAML's
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError
        return super().compose_node(parent, index)


@fault("WV2-CREATE-004", "WV2-MANIFEST-008")
def aliases_are_refused() -> None:
    """YAML with an anchor and an alias, which people write to repeat labels, is refused."""

    def around(decode: Callable[[str], Any]) -> Callable[[str], Any]:
        def strict(text: str) -> object:
            decode(text)
            try:
                yaml.load(base64.b64decode(text), Loader=_NoAliases)  # noqa: S506 - a safe loader
            except yaml.YAMLError:
                raise bad_request("manifestBase64Encoded: has an alias") from None
            return decode(text)

        return strict

    wrap(validation, "decode_manifest", around)


def _read(change: Callable[[Any], Any]) -> None:
    """Changes what a manifest in base64 is read as, at every depth."""
    wrap(validation, "decode_manifest", lambda decode: lambda text: deep(decode(text), change))


_TYPED = {"yes": True, "no": False, "on": True, "off": False, "true": True, "false": False, "null": None, "~": None}


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008")
def quoted_words_become_booleans() -> None:
    """A quoted "no" or "true" in YAML becomes a boolean, and the container gets another value."""
    _read(of_texts(lambda text: _TYPED.get(text, text)))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008")
def quoted_numbers_become_numbers() -> None:
    """A quoted "1e3" or "012" in YAML becomes a number."""

    def number(text: str) -> object:
        try:
            return float(text)
        except ValueError:
            return int(text, 8) if text.startswith("0") and text.isdigit() and not set(text) & {"8", "9"} else text

    _read(of_texts(number))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008")
def quoted_dates_become_timestamps() -> None:
    """A quoted date in YAML comes back as a timestamp."""

    def stamped(text: str) -> str:
        try:
            found = yaml.safe_load(text) if text[:4].isdigit() else None
        except (ValueError, yaml.YAMLError):
            return text
        return f"{found}T00:00:00Z" if isinstance(found, date) and not isinstance(found, datetime) else text

    _read(of_texts(stamped))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008")
def literal_blocks_lose_their_last_line_end() -> None:
    """A script in YAML loses the line end that it ends with."""
    _read(of_texts(lambda text: text.removesuffix("\n")))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008")
def lines_are_folded() -> None:
    """Line ends in YAML texts become spaces: a script of several lines becomes one."""
    _read(of_texts(lambda text: text.replace("\n", " ")))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008")
def line_ends_become_crlf() -> None:
    """Line ends in YAML texts come back as CRLF, and no shell runs the script."""
    _read(of_texts(lambda text: text.replace("\n", "\r\n")))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008")
def comment_signs_end_texts() -> None:
    """A quoted text in YAML ends at ' #', as if a comment began there."""
    _read(of_texts(lambda text: text.split(" #")[0]))


@fault("WV2-MANIFEST-008")
def base64_form_has_other_defaults() -> None:
    """Workloads made from base64 get the priority very-low unless they ask for one."""

    def default(body: dict[str, Any]) -> None:
        if "manifestBase64Encoded" in body and isinstance(body.get("metadata"), dict):
            body["metadata"].setdefault("priority", "very-low")

    edit_body(default, "create")


@fault("WV2-MANIFEST-008")
def base64_form_forgets_the_category() -> None:
    """Workloads made from base64 are shown under the category Build."""

    def default(body: dict[str, Any]) -> None:
        if "manifestBase64Encoded" in body and isinstance(body.get("metadata"), dict):
            body["metadata"].setdefault("category", "Build")

    edit_body(default, "create")


# -- rawManifest in the answer --------------------------------------------------------------------------------------


def _raw(change: Callable[[Any], Any]) -> None:
    edit_workload(lambda workload: workload.update(rawManifest=change(workload["rawManifest"])))


@fault("WV2-MANIFEST-009")
def raw_manifest_is_the_applied_one() -> None:
    """rawManifest is the manifest after the platform's changes, so that nobody can see what was submitted."""
    edit_workload(lambda workload: workload.update(rawManifest=workload["workloadManifest"]))


@fault("WV2-MANIFEST-009")
def raw_manifest_has_no_labels() -> None:
    """rawManifest comes back without labels."""

    def strip(manifest: dict[str, Any]) -> dict[str, Any]:
        manifest.get("metadata", {}).pop("labels", None)
        return manifest

    _raw(strip)


@fault("WV2-MANIFEST-009")
def raw_manifest_has_a_namespace() -> None:
    """rawManifest carries the namespace that the platform added."""

    def add(manifest: dict[str, Any]) -> dict[str, Any]:
        manifest.setdefault("metadata", {})["namespace"] = "runai-vision"
        return manifest

    _raw(add)


@fault("WV2-MANIFEST-009")
def empty_values_are_dropped() -> None:
    """Empty texts, lists and maps are dropped from rawManifest: a label that only has to be there is gone."""
    _raw(lambda manifest: deep(manifest, without(lambda value: value in ("", [], {}))))


@fault("WV2-MANIFEST-010")
def text_is_taken_for_a_manifest() -> None:
    """POST reads a manifest that is a text as YAML."""
    _text_manifest("create")


@fault("WV2-MANIFEST-011")
def put_takes_a_text_for_a_manifest() -> None:
    """PUT reads a manifest that is a text as YAML."""
    _text_manifest("update")


def _text_manifest(operation: str) -> None:
    edit_body(
        lambda body: (
            body.update(manifest={**_SMALLEST, **yaml.safe_load(body["manifest"]), "apiVersion": "batch/v1"})
            if isinstance(body.get("manifest"), str) and ":" in body["manifest"]
            else None
        ),
        operation,
    )


@fault("WV2-MANIFEST-010")
def list_is_taken_for_a_manifest() -> None:
    """POST takes the first of a list of manifests and drops the rest."""
    edit_body(
        lambda body: (
            body.update(manifest={**_SMALLEST, **body["manifest"][0], "apiVersion": "batch/v1"})
            if isinstance(body.get("manifest"), list) and body["manifest"]
            else None
        ),
        "create",
    )


@fault("WV2-MANIFEST-011")
def put_ignores_a_manifest_that_is_no_object() -> None:
    """PUT drops a manifest of another type in silence and answers 202."""
    edit_body(
        lambda body: body.pop("manifest") if not isinstance(body.get("manifest", {}), dict | str) else None, "update"
    )


@fault("WV2-MANIFEST-012")
def kind_may_be_missing() -> None:
    """A manifest without kind is a Job."""
    edit_body(lambda body: _default_in_manifest(body, "kind", "Job"), "create")


@fault("WV2-MANIFEST-012")
def api_version_may_be_missing() -> None:
    """A manifest without apiVersion is one of batch/v1."""
    edit_body(lambda body: _default_in_manifest(body, "apiVersion", "batch/v1"), "create")


def _default_in_manifest(body: dict[str, Any], key: str, value: str) -> None:
    if isinstance(body.get("manifest"), dict) and body["manifest"]:
        body["manifest"].setdefault(key, value)


@fault("WV2-MANIFEST-012")
def empty_manifest_is_taken() -> None:
    """An empty manifest makes an empty Job."""
    edit_body(lambda body: body.update(manifest=dict(_SMALLEST)) if body.get("manifest") == {} else None, "create")


@fault("WV2-CREATE-002", also=("WV2-GET-006", "WV2-MANIFEST-*"))
def raw_manifest_is_a_text() -> None:
    """rawManifest is YAML in a text and no object."""
    edit_answer(lambda body: body.update(rawManifest=yaml.safe_dump(body["rawManifest"])), "create")
