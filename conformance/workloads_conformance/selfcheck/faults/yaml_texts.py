"""What is made of the YAML in a manifest, and of what an answer shows of it."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import yaml

from workloads_conformance.reference import validation
from workloads_conformance.reference.errors import bad_request
from workloads_conformance.selfcheck.declare import fault
from workloads_conformance.selfcheck.patching import edit_answer, edit_body, edit_workload, wrap
from workloads_conformance.selfcheck.values import deep, of_texts, without

_SMALLEST = {"apiVersion": "batch/v1", "kind": "Job"}


# -- YAML -----------------------------------------------------------------------------------------------------------


class _NoAliases(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError
        return super().compose_node(parent, index)


@fault("WV2-CREATE-004", "WV2-MANIFEST-008", also=("WV2-DRYRUN-001", "WV2-UPDATE-005"))
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


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008", "WV2-MANIFEST-019")
def quoted_words_become_booleans() -> None:
    """A quoted "no" or "true" in YAML becomes a boolean, and the container gets another value."""
    _read(of_texts(lambda text: _TYPED.get(text, text)))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008", "WV2-MANIFEST-019")
def quoted_numbers_become_numbers() -> None:
    """A quoted "1e3" or "012" in YAML becomes a number."""

    def number(text: str) -> object:
        try:
            value = float(text)
            return value if math.isfinite(value) else text
        except ValueError:
            return int(text, 8) if text.startswith("0") and text.isdigit() and not set(text) & {"8", "9"} else text

    _read(of_texts(number))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008", "WV2-MANIFEST-019")
def quoted_dates_become_timestamps() -> None:
    """A quoted date in YAML comes back as a timestamp."""

    def stamped(text: str) -> str:
        try:
            found = yaml.safe_load(text) if text[:4].isdigit() else None
        except (ValueError, yaml.YAMLError):
            return text
        return f"{found}T00:00:00Z" if isinstance(found, date) and not isinstance(found, datetime) else text

    _read(of_texts(stamped))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008", "WV2-MANIFEST-019")
def literal_blocks_lose_their_last_line_end() -> None:
    """A script in YAML loses the line end that it ends with."""
    _read(of_texts(lambda text: text.removesuffix("\n")))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008", "WV2-MANIFEST-019")
def lines_are_folded() -> None:
    """Line ends in YAML texts become spaces: a script of several lines becomes one."""
    _read(of_texts(lambda text: text.replace("\n", " ")))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008", "WV2-MANIFEST-019")
def line_ends_become_crlf() -> None:
    """Line ends in YAML texts come back as CRLF, and no shell runs the script."""
    _read(of_texts(lambda text: text.replace("\n", "\r\n")))


@fault("WV2-MANIFEST-009", "WV2-MANIFEST-008", "WV2-MANIFEST-019")
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


@fault("WV2-UPDATE-030")
def kind_may_be_missing_in_an_update() -> None:
    """A manifest without kind is a Job, in an update."""
    edit_body(lambda body: _default_in_manifest(body, "kind", "Job"), "update")


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
