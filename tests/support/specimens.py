"""Servers that lose or refuse one specimen, made by rule: wherever it stands in a manifest."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from support.servers import Call, Changed, Reply, json_reply

from workloads_conformance.reference.documents import decode_manifest
from workloads_conformance.reference.errors import RefusalError
from workloads_strategies import KINDS
from workloads_strategies.specimens import PLACES, Specimen

LOOSE = ("metadata", "managedFields", 0, "fieldsV1")


def where(manifest: dict[str, Any], specimen: Specimen) -> list[tuple[Any, Any]]:
    """The containers, with key or index, in which a specimen stands in a manifest: in the first of its places."""
    kind = KINDS[manifest["kind"]]
    for name in specimen.places:
        place = PLACES[name]
        if not place.stands_in(kind, specimen):
            continue
        parts = place.parts(specimen)
        found = [spot for path, value in parts for spot in _spots(manifest, _path(kind, path), value)]
        if len(found) == len(parts):
            return found
    return []


def _path(kind, path):
    if path[0] in KINDS:
        return path[1:]
    start = {"pod": kind.pod_specs[0] if kind.pod_specs else (), "loose": LOOSE}.get(path[0], path[:1])
    return (*start, *path[1:])


def _spots(here: Any, path: tuple[Any, ...], value: Any) -> list[tuple[Any, Any]]:
    *way, last = path
    try:
        for step in way:
            here = here[step]
        if last == "+":
            return [(here, here.index(value))]
        return [(here, last)] if here[last] == value else []
    except (LookupError, ValueError, TypeError):
        return []


def manifest_of(call: Call) -> dict[str, Any]:
    body = call.json if isinstance(call.json, dict) else {}
    found = body.get("manifest")
    if isinstance(body.get("manifestBase64Encoded"), str):
        with suppress(RefusalError):
            found = decode_manifest(body["manifestBase64Encoded"])
    return found if isinstance(found, dict) and found.get("kind") in KINDS else {}


def losing(specimen: Specimen) -> Changed:
    """A server whose answers do not have the specimen."""

    def after(_call: Call, reply: Reply) -> Reply:
        body = reply.json
        workload = body.get("workload", body) if isinstance(body, dict) else {}
        shown = [workload[member] for member in ("rawManifest", "workloadManifest") if member in workload]
        spots = [spot for manifest in shown for spot in where(manifest, specimen)]
        if not spots:
            return reply
        for container, key in reversed(spots):  # of a list the last first, for the others move up
            del container[key]
        return reply.with_json(body)

    return Changed(after=after)


def refusing(specimen: Specimen) -> Changed:
    """A server that answers 400 to manifests that have the specimen."""

    def before(call: Call) -> Call | Reply:
        manifest = manifest_of(call)
        return json_reply(400, {"code": 400, "message": "no"}) if manifest and where(manifest, specimen) else call

    return Changed(before=before)
