"""Answers to writes that were not done: what the target would say if they had been."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import yaml

from workloads_conformance.selfcheck.exchanges import Call, Reply, json_reply
from workloads_specs import load_contract

from .acting import Wrong
from .places import Json, values_of
from .samples import value_at

_OK, _ACCEPTED = 200, 202


def update_to(before: Reply) -> dict[str, Any]:
    """Returns the update to what a reading shows."""
    metadata = value_at(before.json, ("workload", "metadata"))
    kept = {name: metadata[name] for name in ("priority", "category") if metadata.get(name) is not None}
    return {"metadata": kept, "manifest": value_at(before.json, ("workload", "rawManifest"))}


async def as_if_done(wrong: Wrong, call: Call) -> Reply | None:
    """Returns what the target would answer to a write; None if it would refuse it, as far as can be told."""
    known = wrong.memory.known(call)
    if known is None or known.deleted or (call.operation == "update" and not _is_valid(call.json)):
        return None
    seen = await wrong.target.send(Call("GET", call.path, b"", {**call.headers, b"content-length": b"0"}, b""))
    workload = value_at(seen.json, ("workload",))
    if seen.status != _OK or not isinstance(workload, dict):
        return None
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    metadata = {**workload["metadata"], "updatedAt": now}
    workload = {**workload, "metadata": metadata}
    if call.operation == "delete":
        return json_reply(_ACCEPTED, {**workload, "desiredPhase": "Deleted"})
    asked = call.json
    metadata |= {name: value for name, value in (asked.get("metadata") or {}).items() if value is not None}
    manifest = _manifest(asked)
    return json_reply(_ACCEPTED, workload if manifest is None else {**workload, "rawManifest": manifest})


def _is_valid(body: Json) -> bool:
    """True for an update that a server has to accept, but for a manifest of another kind."""
    if not isinstance(body, dict) or {"manifest", "manifestBase64Encoded"} <= body.keys():
        return False
    metadata = body.get("metadata", {})
    manifest = _manifest(body)
    given = isinstance(manifest, dict) and {"apiVersion", "kind"} <= manifest.keys()
    if not isinstance(metadata, dict) or not (given or not {"manifest", "manifestBase64Encoded"} & body.keys()):
        return False
    return all(value is None or isinstance(value, str) for value in metadata.values()) and (
        metadata.get("priority") in (None, *values_of(load_contract().schema("PriorityClass")))
    )


def _manifest(body: dict[str, Any]) -> Json:
    """Returns the manifest of an update, None if it has none, or one that cannot be read."""
    encoded = body.get("manifestBase64Encoded")
    if encoded is None:
        return body.get("manifest")
    try:
        return yaml.safe_load(base64.b64decode(encoded, validate=True))
    except (TypeError, ValueError, yaml.YAMLError, RecursionError):
        return None
