"""The Kubernetes kinds the suite can submit, each as the smallest harmless object of its kind.

Harmless: nothing runs even where a cluster acts on it. A kind that can be suspended is, one with replicas has none;
what can be neither waits for a node that does not exist. The image is tiny, and nothing asks for a GPU.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Final

from .kind_specs import IMAGE, NO_NODE, SPECS

Path = tuple[str | int, ...]
"""A place in a manifest: names of members and indices of lists, from the top."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A Kubernetes kind and its smallest harmless object.

    Attributes:
        api_version: the apiVersion.
        name: the kind.
        held: what keeps it from running: a place in the manifest, and the value there that no cluster acts on.
        pod_specs: where pod specs are in it; empty where the kind has none.
        whole_pods: False where a cluster by default takes only a part of what a pod spec may hold.
    """

    api_version: str
    name: str
    held: tuple[Path, Any]
    pod_specs: tuple[Path, ...] = ()
    whole_pods: bool = True

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """The API version within the group."""
        return self.api_version.rpartition("/")[2]

    @property
    def gvk(self) -> dict[str, str]:
        """What answers call it: its group, version and kind."""
        return {"group": self.group, "version": self.version, "kind": self.name}

    @property
    def spec(self) -> dict[str, Any]:
        """A copy of the smallest `spec`."""
        return copy.deepcopy(SPECS[self.name])


_TEMPLATE: Final = ("spec", "template", "spec")
_SUSPENDED: Final = (("spec", "suspend"), True)
_SUSPENDED_RUN: Final = (("spec", "runPolicy", "suspend"), True)
_NO_REPLICAS: Final = (("spec", "replicas"), 0)
_CONFIG: Final = ("spec", "rayClusterSpec", "headGroupSpec", "template", "spec")
_SERVED: Final = ("spec", "rayClusterConfig", "headGroupSpec", "template", "spec")


def _kubeflow(name: str, version: str, replicas: str, roles: tuple[str, ...]) -> Kind:
    pods = tuple(("spec", replicas, role, "template", "spec") for role in roles)
    return Kind(f"kubeflow.org/{version}", name, _SUSPENDED_RUN, pods)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("batch/v1", "Job", _SUSPENDED, (_TEMPLATE,)),
        Kind("apps/v1", "Deployment", _NO_REPLICAS, (_TEMPLATE,)),
        Kind("apps/v1", "StatefulSet", _NO_REPLICAS, (_TEMPLATE,)),
        Kind("batch/v1", "CronJob", _SUSPENDED, (("spec", "jobTemplate", *_TEMPLATE),)),
        # A pod cannot be suspended, nor can a RayService, a NIMService or a NIMCache: no node has their selector.
        Kind("v1", "Pod", (("spec", "nodeSelector"), NO_NODE), (("spec",),)),
        _kubeflow("PyTorchJob", "v1", "pytorchReplicaSpecs", ("Master",)),
        _kubeflow("TFJob", "v1", "tfReplicaSpecs", ("Worker",)),
        _kubeflow("XGBoostJob", "v1", "xgbReplicaSpecs", ("Master",)),
        _kubeflow("JAXJob", "v1", "jaxReplicaSpecs", ("Worker",)),
        _kubeflow("MPIJob", "v2beta1", "mpiReplicaSpecs", ("Launcher", "Worker")),
        Kind(
            "jobset.x-k8s.io/v1alpha2", "JobSet", _SUSPENDED, (("spec", "replicatedJobs", 0, "template", *_TEMPLATE),)
        ),
        Kind(
            "leaderworkerset.x-k8s.io/v1",
            "LeaderWorkerSet",
            _NO_REPLICAS,
            (("spec", "leaderWorkerTemplate", "workerTemplate", "spec"),),
        ),
        Kind("ray.io/v1", "RayCluster", _SUSPENDED, (("spec", "headGroupSpec", "template", "spec"),)),
        Kind("ray.io/v1", "RayJob", _SUSPENDED, (_CONFIG,)),
        Kind("ray.io/v1", "RayService", ((*_SERVED, "nodeSelector"), NO_NODE), (_SERVED,)),
        # Its minReplicas 0 only allows scaling to zero; no node has its selector either.
        Kind(
            "serving.kserve.io/v1beta1",
            "InferenceService",
            (("spec", "predictor", "nodeSelector"), NO_NODE),
            (("spec", "predictor"),),
        ),
        # Knative refuses node selectors, init containers and most volumes unless told otherwise, and by default starts
        # a revision once; the annotations ask it for no pod at the start and none later. Where a cluster forbids to
        # start at zero, it refuses the whole object.
        Kind(
            "serving.knative.dev/v1",
            "Service",
            (("spec", "template", "metadata", "annotations", "autoscaling.knative.dev/initial-scale"), "0"),
            (_TEMPLATE,),
            whole_pods=False,
        ),
        Kind("apps.nvidia.com/v1alpha1", "NIMService", (("spec", "nodeSelector"), NO_NODE)),
        Kind("apps.nvidia.com/v1alpha1", "NIMCache", (("spec", "nodeSelector"), NO_NODE)),
        Kind("nvidia.com/v1alpha1", "DynamoGraphDeployment", (("spec", "services", "Frontend", "replicas"), 0)),
        Kind(
            "grove.io/v1alpha1", "PodCliqueSet", _NO_REPLICAS, (("spec", "template", "cliques", 0, "spec", "podSpec"),)
        ),
        Kind("milvus.io/v1beta1", "Milvus", (("spec", "components", "standalone", "replicas"), 0)),
    )
}
"""The kinds by name. `Service` is Knative's."""


def smallest_manifest(kind: str) -> dict[str, Any]:
    """Returns the smallest manifest of `kind`, without a name; KeyError for a kind that is not in `KINDS`."""
    found = KINDS[kind]
    return {"apiVersion": found.api_version, "kind": found.name, "spec": found.spec}


def at(manifest: Any, path: Path) -> Any:
    """Returns the value at `path` of a manifest; KeyError or IndexError where there is none."""
    for step in path:
        manifest = manifest[step]
    return manifest


__all__ = ["IMAGE", "KINDS", "Kind", "Path", "at", "smallest_manifest"]
