"""The manifest's two forms side by side, and manifests in JSON form that are not what they should be."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final

from workloads_strategies.encodings import encode_manifest

from .changes import REMOVED, Change, Rewrite, shown

Body = Mapping[str, Any]
BodyRewrite = Rewrite[Body, dict[str, Any]]
_EXCLUSIVE: Final = "/components/schemas/Manifest/description: Mutually exclusive with manifestEncodedBase64."
_GVK: Final = (
    "/components/schemas/GVK/description: "
    "Specifies the Group, Version, and Kind (GVK) of the Kubernetes resource that defines the workload."
)
_FULL: Final = "/components/schemas/Manifest/description: The full Kubernetes manifest for the workload in JSON form."


def _beside(encode: Callable[[dict[str, Any]], str]) -> Callable[[Body], dict[str, Any]]:
    """Puts the encoded form beside the manifest in JSON form."""
    return lambda body: {**copy.deepcopy(dict(body)), "manifestBase64Encoded": encode(body["manifest"])}


def _other(manifest: Mapping[str, Any]) -> str:
    metadata = manifest.get("metadata", {})
    annotations = {**metadata.get("annotations", {}), "example.com/other": "true"}
    return encode_manifest({**manifest, "metadata": {**metadata, "annotations": annotations}})


def _empty_beside(body: Body) -> dict[str, Any]:
    return {**copy.deepcopy(dict(body)), "manifest": {}, "manifestBase64Encoded": encode_manifest(body["manifest"])}


BOTH_FORMS: Final[tuple[BodyRewrite, ...]] = (
    Rewrite("both forms, of the same manifest", _beside(encode_manifest), _EXCLUSIVE),
    Rewrite("both forms, of different manifests", _beside(_other), _EXCLUSIVE),
)
"""A body with its manifest in JSON form gets the other form beside it."""

OPEN_BOTH_FORMS: Final[tuple[BodyRewrite, ...]] = (
    Rewrite("a manifest beside an empty manifestBase64Encoded", _beside(lambda _: ""), _EXCLUSIVE),
    Rewrite("an empty manifest beside manifestBase64Encoded", _empty_beside, _EXCLUSIVE),
)
"""Both members, one without contents: whether that is a manifest at all, or as good as absent, is not said."""

NO_TYPE: Final = (
    Change("manifest without apiVersion", ("manifest", "apiVersion"), REMOVED, _GVK),
    Change("manifest without kind", ("manifest", "kind"), REMOVED, _GVK),
    Change("empty manifest", ("manifest",), {}, _GVK),
)

OPEN_MANIFESTS: Final = tuple(
    Change("manifest without metadata" if value is REMOVED else shown(path, value), path, value, _FULL)
    for path, value in (
        (("manifest", "metadata"), REMOVED),
        (("manifest", "kind"), "NoSuchKind"),
        (("manifest", "kind"), ""),
        (("manifest", "kind"), 1),
        (("manifest", "kind"), ["Job"]),
        (("manifest", "apiVersion"), {"group": "batch"}),
        (("manifest", "apiVersion"), 1),
        (("manifest", "apiVersion"), "a/b/c"),
        (("manifest", "metadata"), []),
        (("manifest", "metadata", "name"), "Another_Name"),
        (("manifest", "spec"), None),
        (("manifest", "status"), {"phase": "Running"}),
        (("manifest", "xUnknown"), [None, True, {"": ""}]),
    )
)
"""Manifests that a cluster may refuse, now or later, or take: the schema lets everything pass."""
