"""Whether a request body satisfies the contract; the same rules on POST and PUT, for either form, under dryRun too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .documents import decode_manifest
from .errors import bad_request
from .workload_types import PRIORITIES, TYPES, WorkloadType

MAX_NAME = 63
MAX_ENCODED = 2_097_152
PREEMPTIBILITIES = ("preemptible", "non-preemptible")
MNNVL_MODES = ("Required", "None")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_DNS_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z")
_API_VERSION = re.compile(r"([a-z0-9.-]+/)?[a-z0-9]+\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateRequest:
    """A valid body of POST. What was absent or null is None."""

    name: str
    as_prefix: bool
    project_id: str
    cluster_id: str | None
    priority: str | None
    category: str | None
    preemptibility: str | None
    mnnvl: str | None
    manifest: dict[str, Any]
    type: WorkloadType


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateRequest:
    """A valid body of PUT. `changes` holds the metadata members that were given, null included."""

    changes: dict[str, str | None]
    manifest: dict[str, Any] | None


def create_request(body: object) -> CreateRequest:
    """Returns the valid body of POST; raises RefusalError (400) naming the member that is wrong."""
    members = _object(body, "body")
    if "metadata" not in members:
        raise bad_request("metadata: is required")
    metadata = _object(members["metadata"], "metadata")
    manifest = manifest_of(members)
    if manifest is None:
        # 'Submit a workload with metadata and a Kubernetes manifest.'
        raise bad_request("manifest: one of manifest and manifestBase64Encoded is required")
    found = workload_type(manifest)
    as_prefix = _boolean(metadata, "useGivenNameAsPrefix")
    return CreateRequest(
        name=_name(metadata, manifest),
        as_prefix=as_prefix,
        project_id=_required_text(metadata, "projectId"),
        cluster_id=_uuid(metadata, "clusterId"),
        priority=priority(metadata),
        category=nullable_text(metadata, "category"),
        preemptibility=_one_of(metadata, "preemptibility", PREEMPTIBILITIES),
        mnnvl=_mnnvl(metadata),
        manifest=manifest,
        type=found,
    )


def update_request(body: object) -> UpdateRequest:
    """Returns the valid body of PUT; raises RefusalError (400) naming the member that is wrong."""
    members = _object(body, "body")
    metadata = _object(members.get("metadata", {}), "metadata")
    values = {"priority": priority(metadata), "category": nullable_text(metadata, "category")}
    manifest = manifest_of(members)
    if manifest is not None:
        workload_type(manifest)
    return UpdateRequest(changes={key: values[key] for key in values if key in metadata}, manifest=manifest)


def manifest_of(members: dict[str, Any]) -> dict[str, Any] | None:
    """Returns the manifest, from whichever form is there; None if neither is.

    'Mutually exclusive': both together are refused whatever they hold.
    """
    if "manifest" in members and "manifestBase64Encoded" in members:
        raise bad_request("manifest: is mutually exclusive with manifestBase64Encoded")
    if "manifest" in members:
        return _object(members["manifest"], "manifest")
    if "manifestBase64Encoded" in members:
        text = _text(members["manifestBase64Encoded"], "manifestBase64Encoded")
        if len(text) > MAX_ENCODED:
            raise bad_request(f"manifestBase64Encoded: has more than {MAX_ENCODED} characters")
        return decode_manifest(text)
    return None


def workload_type(manifest: dict[str, Any]) -> WorkloadType:
    """Returns the registered type of a manifest."""
    version, kind = manifest.get("apiVersion"), manifest.get("kind")
    if not isinstance(version, str) or not _API_VERSION.match(version):
        raise bad_request("manifest.apiVersion: is required, as group/version or version")
    if not isinstance(kind, str) or not kind:
        raise bad_request("manifest.kind: is required")
    if not isinstance(manifest.get("metadata", {}), dict):
        raise bad_request("manifest.metadata: must be an object")
    found = TYPES.get((version.rpartition("/")[0], kind))
    if found is None or version.rpartition("/")[2] not in found.versions:
        raise bad_request(f"manifest: {version} {kind} is not a registered workload type")
    return found


def priority(metadata: dict[str, Any]) -> str | None:
    """Returns the priority: one of the seven, or None where absent or null."""
    return _one_of(metadata, "priority", PRIORITIES)


def nullable_text(metadata: dict[str, Any], key: str) -> str | None:
    """Returns a nullable string member; None where absent or null."""
    value = metadata.get(key)
    return None if value is None else _text(value, f"metadata.{key}")


def path_id(text: str) -> str:
    """Returns a workload's id from the path, in lower case; raises RefusalError (400) if it is not a valid UUID."""
    if not _UUID.match(text):
        raise bad_request("WorkloadV2Id: must be a UUID")
    return text.lower()


def dry_run(values: list[str]) -> bool:
    """Returns the value of the query parameter dryRun, given all its occurrences."""
    if any(value not in ("true", "false") for value in values) or len(set(values)) > 1:
        raise bad_request("dryRun: must be true or false")
    return values[:1] == ["true"]


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_request(f"{where}: must be an object")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise bad_request(f"{where}: must be a string")
    return value


def _required_text(metadata: dict[str, Any], key: str) -> str:
    if key not in metadata:
        raise bad_request(f"metadata.{key}: is required")
    return _text(metadata[key], f"metadata.{key}")


def _boolean(metadata: dict[str, Any], key: str) -> bool:
    value = metadata.get(key, False)
    if not isinstance(value, bool):
        raise bad_request(f"metadata.{key}: must be true or false")
    return value


def _one_of(members: dict[str, Any], key: str, allowed: tuple[str, ...], where: str = "metadata") -> str | None:
    value = members.get(key)
    if value is None:
        return None
    if _text(value, f"{where}.{key}") not in allowed:
        raise bad_request(f"{where}.{key}: must be one of {', '.join(allowed)}")
    return str(value)


def _uuid(metadata: dict[str, Any], key: str) -> str | None:
    if key not in metadata:
        return None
    if not _UUID.match(_text(metadata[key], f"metadata.{key}")):
        raise bad_request(f"metadata.{key}: must be a UUID")
    return str(metadata[key]).lower()


def _mnnvl(metadata: dict[str, Any]) -> str | None:
    where = "metadata.configuration"
    return _one_of(_object(metadata.get("configuration", {}), where), "mnnvl", MNNVL_MODES, where)


def _name(metadata: dict[str, Any], manifest: dict[str, Any]) -> str:
    """The name, or where the contract lets a client leave it out, the manifest's."""
    own = manifest.get("metadata", {}).get("name")
    value = _text(metadata.get("name", own), "metadata.name")
    if not 1 <= len(value) <= MAX_NAME:
        raise bad_request(f"metadata.name: must have 1 to {MAX_NAME} characters")
    ending = "0" if metadata.get("useGivenNameAsPrefix") is True else ""
    if not _DNS_LABEL.match(value + ending):
        raise bad_request("metadata.name: must be a DNS label (RFC 1123)")
    return value
