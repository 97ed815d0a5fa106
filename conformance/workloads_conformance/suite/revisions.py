"""Manifests that can be distinguished: an annotation that says which of several was submitted last.

Whether rawManifest is what was submitted to the last value is a requirement of its own (WV2-MANIFEST-009, SHOULD); that
a write took effect has to show on a server that keeps the manifest in another shape, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workloads_conformance.api import Answer, WorkloadTrial, is_gone
from workloads_conformance.runner import Contrast, is_success

_ANNOTATION = "example.com/revision"


def revised(manifest: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Returns the manifest as the revision `text`."""
    metadata = manifest.get("metadata", {})
    annotations = {**metadata.get("annotations", {}), _ANNOTATION: text}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def revision_of(manifest: object) -> str | None:
    """Returns which revision a manifest is; None for one that is none."""
    value = manifest
    for step in ("metadata", "annotations", _ANNOTATION):
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def revision(answer: Answer) -> str | None:
    """Returns which revision a workload shows, in rawManifest or else in workloadManifest."""
    found = revision_of(answer.workload.get("rawManifest"))
    return found if found is not None else revision_of(answer.workload.get("workloadManifest"))


def against_revision(trial: WorkloadTrial, asked: Mapping[str, Any], text: str, seen: Answer) -> Contrast:
    """Returns what differs between named members with the revision `text` of the manifest, and what an answer shows.

    The revision alone stands for the manifest: the platform may show more in it, which is not what is judged.
    """
    difference = trial.against(asked, seen)
    found = revision(seen)
    if not is_success(seen) or is_gone(seen) or found == text:
        return difference
    other = trial.contrast(text, found, ("rawManifest", "metadata", "annotations", _ANNOTATION))
    return Contrast(
        "\n".join(filter(None, (difference.expected if asked else "", f"revision {text!r} of the manifest"))),
        "\n".join(filter(None, (difference.observed, other.observed))),
    )
