"""The smallest harmless `spec` of each kind. `kinds.py` says what holds each."""

from __future__ import annotations

from typing import Any, Final

IMAGE: Final = "registry.k8s.io/pause:3.10"
NO_NODE: Final = {"workloads-conformance.example.com/no-such-node": "true"}
"""A node selector that no node matches."""

_LABELS: Final = {"app.kubernetes.io/part-of": "workloads-conformance"}
_CONTAINER: Final = {"name": "main", "image": IMAGE}
_POD: Final = {"containers": [_CONTAINER]}
_WAITING_POD: Final = {"nodeSelector": NO_NODE, **_POD}


def _template(restart: str) -> dict[str, Any]:
    return {"metadata": {"labels": _LABELS}, "spec": {"restartPolicy": restart, **_POD}}


def _kubeflow(replicas: str, roles: dict[str, str]) -> dict[str, Any]:
    """A suspended job of the training operators; they look for a container of the name given for each role."""
    return {
        "runPolicy": {"suspend": True},
        replicas: {
            role: {
                "replicas": 1,
                "restartPolicy": "Never",
                "template": {"spec": {"containers": [{"name": container, "image": IMAGE}]}},
            }
            for role, container in roles.items()
        },
    }


def _head(pod: dict[str, Any]) -> dict[str, Any]:
    return {"headGroupSpec": {"rayStartParams": {}, "template": {"spec": pod}}}


_DEPLOYED: Final = {"replicas": 0, "selector": {"matchLabels": _LABELS}, "template": _template("Always")}
_JOB: Final = {"suspend": True, "template": _template("Never")}

SPECS: Final[dict[str, dict[str, Any]]] = {
    "Job": {"suspend": True, "backoffLimit": 0, "template": _template("Never")},
    "Deployment": _DEPLOYED,
    "StatefulSet": {"serviceName": "none", **_DEPLOYED},
    "CronJob": {"suspend": True, "schedule": "0 0 29 2 *", "jobTemplate": {"spec": _JOB}},
    "Pod": {"restartPolicy": "Never", **_WAITING_POD},
    "PyTorchJob": _kubeflow("pytorchReplicaSpecs", {"Master": "pytorch"}),
    "TFJob": _kubeflow("tfReplicaSpecs", {"Worker": "tensorflow"}),
    "XGBoostJob": _kubeflow("xgbReplicaSpecs", {"Master": "xgboost"}),
    "JAXJob": _kubeflow("jaxReplicaSpecs", {"Worker": "jax"}),
    "MPIJob": _kubeflow("mpiReplicaSpecs", {"Launcher": "launcher", "Worker": "worker"}),
    "JobSet": {
        "suspend": True,
        "replicatedJobs": [{"name": "workers", "replicas": 1, "template": {"spec": _JOB}}],
    },
    "LeaderWorkerSet": {
        "replicas": 0,
        "leaderWorkerTemplate": {"size": 1, "workerTemplate": {"spec": _POD}},
    },
    "RayCluster": {"suspend": True, **_head(_POD)},
    # Ray suspends only what is to be shut down when it is done.
    "RayJob": {
        "suspend": True,
        "shutdownAfterJobFinishes": True,
        "entrypoint": "true",
        "rayClusterSpec": _head(_POD),
    },
    "RayService": {"serveConfigV2": "applications: []\n", "rayClusterConfig": _head(_WAITING_POD)},
    # KServe looks for a container of this name.
    "InferenceService": {
        "predictor": {
            "minReplicas": 0,
            "nodeSelector": NO_NODE,
            "containers": [{"name": "kserve-container", "image": IMAGE}],
        }
    },
    "Service": {
        "template": {
            "metadata": {
                "annotations": {"autoscaling.knative.dev/initial-scale": "0", "autoscaling.knative.dev/min-scale": "0"}
            },
            "spec": {"containers": [{"image": IMAGE}]},
        }
    },
    "NIMService": {
        "image": {"repository": "registry.k8s.io/pause", "tag": "3.10"},
        "authSecret": "none",
        "replicas": 1,
        "nodeSelector": NO_NODE,
        "storage": {"pvc": {"name": "none"}},
        "expose": {"service": {"port": 8000}},
    },
    "NIMCache": {
        "source": {"ngc": {"modelPuller": IMAGE, "pullSecret": "none", "authSecret": "none"}},
        "nodeSelector": NO_NODE,
        "storage": {"pvc": {"name": "none"}},
    },
    "DynamoGraphDeployment": {
        "services": {
            "Frontend": {
                "componentType": "frontend",
                "replicas": 0,
                "extraPodSpec": {"mainContainer": {"image": IMAGE}},
            }
        }
    },
    "PodCliqueSet": {
        "replicas": 0,
        "template": {"cliques": [{"name": "workers", "spec": {"roleName": "workers", "replicas": 1, "podSpec": _POD}}]},
    },
    # What it depends on is called external, so that none of it is started either.
    "Milvus": {
        "mode": "standalone",
        "components": {"standalone": {"replicas": 0}},
        "dependencies": {
            "etcd": {"external": True, "endpoints": ["none.invalid:2379"]},
            "storage": {"external": True, "type": "S3", "endpoint": "none.invalid:9000"},
        },
    },
}
