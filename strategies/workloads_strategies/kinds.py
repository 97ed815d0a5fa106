"""The Kubernetes kinds the suite can submit, each as the smallest harmless object of its kind.

Harmless: suspended or of zero replicas, so that nothing runs even where a cluster acts on it; a tiny image; no GPUs.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

IMAGE = "registry.k8s.io/pause:3.10"


@dataclass(frozen=True, slots=True)
class Kind:
    """A Kubernetes kind: its apiVersion and kind, the smallest `spec`, and where its pod template stands in it."""

    api_version: str
    name: str
    spec: dict[str, Any]
    pod_template: tuple[str, ...]

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The API version within the group."""
        return self.api_version.rpartition("/")[2]


_LABELS = {"app.kubernetes.io/part-of": "workloads-conformance"}
_CONTAINER = {"name": "main", "image": IMAGE}


def _template(restart: str) -> dict[str, Any]:
    return {"metadata": {"labels": _LABELS}, "spec": {"restartPolicy": restart, "containers": [_CONTAINER]}}


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("batch/v1", "Job", {"suspend": True, "backoffLimit": 0, "template": _template("Never")}, ("template",)),
        Kind(
            "apps/v1",
            "Deployment",
            {"replicas": 0, "selector": {"matchLabels": _LABELS}, "template": _template("Always")},
            ("template",),
        ),
        Kind(
            "apps/v1",
            "StatefulSet",
            {
                "replicas": 0,
                "serviceName": "none",
                "selector": {"matchLabels": _LABELS},
                "template": _template("Always"),
            },
            ("template",),
        ),
        Kind(
            "batch/v1",
            "CronJob",
            {
                "suspend": True,
                "schedule": "0 0 29 2 *",
                "jobTemplate": {"spec": {"suspend": True, "template": _template("Never")}},
            },
            ("jobTemplate", "spec", "template"),
        ),
    )
}


def smallest_manifest(kind: str) -> dict[str, Any]:
    """Returns the smallest manifest of `kind`, without a name; KeyError for a kind that is not in `KINDS`."""
    found = KINDS[kind]
    return copy.deepcopy({"apiVersion": found.api_version, "kind": found.name, "spec": found.spec})
