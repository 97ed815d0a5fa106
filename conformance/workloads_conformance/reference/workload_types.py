"""The workload types that are registered, with their defaults, as `GET /api/v1/workload-types` shows them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

PRIORITIES = ("very-low", "low", "medium-low", "medium", "medium-high", "high", "very-high")
"""'Valid values are: very-low, low, medium-low, medium, medium-high, high, and very-high.'"""


@dataclass(frozen=True, slots=True)
class WorkloadType:
    """A Kubernetes kind that may be submitted, and what a workload of it gets unless it says otherwise."""

    group: str
    kind: str
    versions: tuple[str, ...]
    category: str = "Train"
    priority: str = "low"
    preemptibility: str = "preemptible"
    mnnvl: bool = False

    def described(self) -> dict[str, object]:
        """Returns the type as the platform's API shows it."""
        return {
            "id": str(uuid5(NAMESPACE_URL, f"{self.group}/{self.kind}")),
            "name": self.kind,
            "group": self.group,
            "versions": list(self.versions),
            "categoryId": self.category,
            "priorityId": self.priority,
            "preemptibility": self.preemptibility,
        }


def _serving(group: str, kind: str, version: str) -> WorkloadType:
    return WorkloadType(group, kind, (version,), "Deploy", "very-high", "non-preemptible")


def _training(group: str, kind: str, version: str, *, mnnvl: bool = False) -> WorkloadType:
    return WorkloadType(group, kind, (version,), mnnvl=mnnvl)


TYPES: dict[tuple[str, str], WorkloadType] = {
    (found.group, found.kind): found
    for found in (
        WorkloadType("", "Pod", ("v1",), "Build", "high", "non-preemptible"),
        WorkloadType("apps", "Deployment", ("v1",), "Deploy", "very-high", "non-preemptible"),
        WorkloadType("apps", "StatefulSet", ("v1",), "Deploy", "very-high", "non-preemptible"),
        _training("batch", "Job", "v1"),
        _training("batch", "CronJob", "v1"),
        _training("kubeflow.org", "PyTorchJob", "v1", mnnvl=True),
        _training("kubeflow.org", "TFJob", "v1"),
        _training("kubeflow.org", "XGBoostJob", "v1"),
        _training("kubeflow.org", "JAXJob", "v1"),
        _training("kubeflow.org", "MPIJob", "v2beta1", mnnvl=True),
        _training("jobset.x-k8s.io", "JobSet", "v1alpha2"),
        _serving("leaderworkerset.x-k8s.io", "LeaderWorkerSet", "v1"),
        _training("ray.io", "RayCluster", "v1"),
        _training("ray.io", "RayJob", "v1"),
        _serving("ray.io", "RayService", "v1"),
        _serving("serving.kserve.io", "InferenceService", "v1beta1"),
        _serving("serving.knative.dev", "Service", "v1"),
        _serving("apps.nvidia.com", "NIMService", "v1alpha1"),
        _serving("apps.nvidia.com", "NIMCache", "v1alpha1"),
        _serving("nvidia.com", "DynamoGraphDeployment", "v1alpha1"),
        _serving("grove.io", "PodCliqueSet", "v1alpha1"),
        _serving("milvus.io", "Milvus", "v1beta1"),
    )
}


def derived_preemptibility(priority: str) -> str:
    """Returns the preemptibility that follows from a priority.

    'If not set, the system derives the preemptibility from the priorityClassName field, ensuring backward
    compatibility': where the line lies is not said. Here, as was the platform's rule before preemptibility had a field
    of its own, the priorities from high upwards are not preempted.
    """
    return "non-preemptible" if PRIORITIES.index(priority) >= PRIORITIES.index("high") else "preemptible"
