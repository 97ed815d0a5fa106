"""Every member that Kubernetes 1.31 publishes for pods, and for the specs of its own workloads, with a value each.

A server that knows some members only, or turns a manifest into types of an older library, loses others. What the
structures have already is not repeated here; a test compares both to the published schemas.
"""

from __future__ import annotations

from typing import Any, Final

from workloads_strategies.kind_specs import IMAGE

from .model import Specimen

Parts = tuple[tuple[tuple[str | int, ...], Any], ...]

_NONE: Final = {"name": "none"}
_SELECTOR: Final = {
    "matchLabels": {"a": "b"},
    "matchExpressions": [{"key": "c", "operator": "NotIn", "values": ["d", "e"]}],
}
_TERM: Final = {
    "topologyKey": "kubernetes.io/hostname",
    "labelSelector": _SELECTOR,
    "namespaces": ["b", "a"],
    "namespaceSelector": {},
}
_PROBE: Final = {
    "initialDelaySeconds": 1,
    "periodSeconds": 2,
    "timeoutSeconds": 3,
    "successThreshold": 1,
    "failureThreshold": 4,
}
_SECCOMP: Final = {"type": "RuntimeDefault"}


def _container(name: str, **members: Any) -> Parts:
    return ((("pod", "containers", "+"), {"name": name, "image": IMAGE, **members}),)


def _pod(**members: Any) -> Parts:
    return tuple((("pod", name), value) for name, value in members.items())


def _spec(kind: str, **members: Any) -> Parts:
    return tuple(((kind, "spec", name), value) for name, value in members.items())


_MUST: Final[dict[str, Parts]] = {
    "probe": _container(
        "probe",
        livenessProbe={
            "httpGet": {"path": "/", "port": 1, "host": "127.0.0.1", "scheme": "HTTPS"},
            "terminationGracePeriodSeconds": 5,
            **_PROBE,
        },
        readinessProbe={"tcpSocket": {"port": 1, "host": "localhost"}, **_PROBE},
    ),
    "container": _container(
        "container",
        imagePullPolicy="IfNotPresent",
        stdin=True,
        stdinOnce=True,
        terminationMessagePath="/dev/termination-log",
        terminationMessagePolicy="FallbackToLogsOnError",
        workingDir="/a/b",
        env=[
            {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "none", "key": "k", "optional": True}}},
            {"name": "B", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}},
            {"name": "C", "valueFrom": {"resourceFieldRef": {"containerName": "main", "resource": "limits.cpu"}}},
        ],
        envFrom=[{"secretRef": {"name": "none", "optional": True}}],
        lifecycle={
            "postStart": {"httpGet": {"path": "/", "port": 1, "scheme": "HTTP"}},
            "preStop": {"tcpSocket": {"port": 1}},
        },
        securityContext={
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsGroup": 1000,
            "runAsNonRoot": True,
            "seccompProfile": _SECCOMP,
        },
    ),
    "pod": _pod(
        dnsPolicy="ClusterFirst",
        hostname="a",
        subdomain="b",
        setHostnameAsFQDN=False,
        shareProcessNamespace=False,
    ),
    "pod-security": tuple(
        (("pod", "securityContext", name), value)
        for name, value in {
            "fsGroupChangePolicy": "OnRootMismatch",
            "runAsUser": 1000,
            "runAsGroup": 1000,
            "seccompProfile": _SECCOMP,
        }.items()
    ),
    "accelerators": _container("accelerators", resources={"limits": {"nvidia.com/gpu": "0", "amd.com/gpu": "0"}}),
    "mounts": (
        (("pod", "volumes", "+"), {"name": "mounted-by-variable", "emptyDir": {"sizeLimit": "1Gi"}}),
        *_container(
            "mounts-of-variables",
            env=[{"name": "A", "value": "a"}],
            volumeMounts=[
                {
                    "name": "mounted-by-variable",
                    "mountPath": "/a",
                    "subPathExpr": "$(A)/b",
                    "mountPropagation": "HostToContainer",
                }
            ],
        ),
    ),
    "pod-affinity": (
        (
            ("pod", "affinity", "podAffinity"),
            {
                "requiredDuringSchedulingIgnoredDuringExecution": [_TERM],
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": _TERM}],
            },
        ),
        (
            ("pod", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution"),
            [
                {
                    "weight": 2,
                    "preference": {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a"]}]},
                }
            ],
        ),
    ),
    "pod-anti-affinity": (
        (("pod", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"), [_TERM]),
    ),
    "spread": (
        (
            ("pod", "topologySpreadConstraints", "+"),
            {
                "maxSkew": 1,
                "minDomains": 2,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "DoNotSchedule",
                "labelSelector": _SELECTOR,
            },
        ),
    ),
    "names": (
        (("pod", "dnsConfig", "nameservers"), ["192.0.2.1"]),
        (("pod", "dnsConfig", "searches"), ["b.example.com", "a.example.com"]),
        (("pod", "imagePullSecrets", "+"), {"name": "none"}),
        (("pod", "readinessGates", "+"), {"conditionType": "example.com/ready"}),
    ),
    "marks-of-tools": (
        (("metadata", "annotations", "helm.sh/hook"), "pre-install,pre-upgrade"),
        (("metadata", "annotations", "kubectl.kubernetes.io/restartedAt"), "2024-01-31T00:00:00+01:00"),
        (("metadata", "annotations", "argocd.argoproj.io/sync-wave"), "-1"),
        (("metadata", "annotations", "run.ai/note"), "a"),
        (("metadata", "labels", "app.kubernetes.io/managed-by"), "Helm"),
        (("metadata", "labels", "helm.sh/chart"), "a-1.0.0_b"),
    ),
    "job": _spec(
        "Job",
        activeDeadlineSeconds=3600,
        completionMode="Indexed",
        completions=3,
        parallelism=2,
        ttlSecondsAfterFinished=0,
        podFailurePolicy={
            "rules": [
                {"action": "FailJob", "onExitCodes": {"containerName": "main", "operator": "In", "values": [1, 42]}},
                {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            ]
        },
    ),
    "deployment": _spec(
        "Deployment",
        minReadySeconds=1,
        progressDeadlineSeconds=600,
        revisionHistoryLimit=0,
        paused=False,
        strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}},
    ),
    "stateful-set": _spec(
        "StatefulSet",
        minReadySeconds=1,
        podManagementPolicy="Parallel",
        revisionHistoryLimit=1,
        updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 1}},
        volumeClaimTemplates=[
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "data"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": "",
                    "volumeMode": "Filesystem",
                    "resources": {"requests": {"storage": "1Gi"}, "limits": {"storage": "2Gi"}},
                    "selector": _SELECTOR,
                },
            }
        ],
    ),
    "cron-job": (
        (("CronJob", "spec", "jobTemplate", "metadata"), {"labels": {"a": "b"}}),
        *_spec(
            "CronJob",
            concurrencyPolicy="Forbid",
            failedJobsHistoryLimit=1,
            successfulJobsHistoryLimit=0,
            startingDeadlineSeconds=60,
            timeZone="Etc/UTC",
        ),
    ),
}
"""What everybody's charts have, and asks for nothing that a cluster may not have."""

_SECRET: Final = {"secretRef": _NONE}
_VOLUMES: Final[dict[str, dict[str, Any]]] = {
    "awsElasticBlockStore": {"volumeID": "a", "fsType": "ext4", "partition": 1, "readOnly": True},
    "azureDisk": {
        "diskName": "a", "diskURI": "b", "cachingMode": "None", "fsType": "ext4", "kind": "Managed", "readOnly": True,
    },
    "azureFile": {"secretName": "a", "shareName": "b", "readOnly": True},
    "cephfs": {"monitors": ["a:1"], "path": "/", "readOnly": True, "secretFile": "/b", "user": "c", **_SECRET},
    "cinder": {"volumeID": "a", "fsType": "ext4", "readOnly": True, **_SECRET},
    "csi": {"driver": "a.example.com", "fsType": "xfs", "readOnly": True, "nodePublishSecretRef": _NONE},
    "fc": {"targetWWNs": ["50060e801049cfd1"], "lun": 0, "fsType": "ext4", "readOnly": True},
    "flexVolume": {"driver": "a/b", "fsType": "ext4", "options": {"a": "b"}, "readOnly": True, **_SECRET},
    "gcePersistentDisk": {"pdName": "a", "fsType": "ext4", "partition": 1, "readOnly": True},
    "glusterfs": {"endpoints": "a", "path": "b", "readOnly": True},
    "hostPath": {"path": "/a", "type": "DirectoryOrCreate"},
    "iscsi": {
        "targetPortal": "192.0.2.1:3260", "iqn": "iqn.2001-04.com.example:a", "lun": 0, "iscsiInterface": "default",
        "portals": ["192.0.2.2"], "fsType": "ext4", "readOnly": True, "chapAuthDiscovery": True,
        "chapAuthSession": True, "initiatorName": "iqn.2001-04.com.example:b", **_SECRET,
    },
    "photonPersistentDisk": {"pdID": "a", "fsType": "ext4"},
    "portworxVolume": {"volumeID": "a", "fsType": "ext4", "readOnly": True},
    "rbd": {
        "monitors": ["a:1"], "image": "b", "pool": "rbd", "user": "c", "keyring": "/d", "fsType": "ext4",
        "readOnly": True, **_SECRET,
    },
    "vsphereVolume": {"volumePath": "a", "fsType": "ext4", "storagePolicyName": "b", "storagePolicyID": "c"},
}  # fmt: skip
"""Sources of volumes: those that Kubernetes has, or had and still reads."""

_WINDOWS: Final = {"gmsaCredentialSpecName": "a", "gmsaCredentialSpec": "b", "runAsUserName": "c", "hostProcess": False}

_MAY: Final[dict[str, Parts]] = {
    "volume-sources": tuple(
        (("pod", "volumes", "+"), {"name": f"source-{name.lower()}", name: source}) for name, source in _VOLUMES.items()
    ),
    "volume-items": (
        (
            ("pod", "volumes", "+"),
            {
                "name": "items",
                "projected": {
                    "defaultMode": 288,
                    "sources": [
                        {
                            "secret": {
                                "name": "none",
                                "optional": True,
                                "items": [{"key": "a", "path": "b", "mode": 256}],
                            }
                        },
                        {"configMap": {"name": "none", "optional": True, "items": [{"key": "a", "path": "c"}]}},
                        {
                            "clusterTrustBundle": {
                                "signerName": "a.b/c",
                                "labelSelector": {},
                                "path": "d",
                                "optional": True,
                            }
                        },
                        {"clusterTrustBundle": {"name": "a", "path": "e", "optional": True}},
                    ],
                },
            },
        ),
        (
            ("pod", "volumes", "+"),
            {
                "name": "items-of-the-pod",
                "downwardAPI": {
                    "defaultMode": 256,
                    "items": [
                        {
                            "path": "cpu",
                            "mode": 256,
                            "resourceFieldRef": {"containerName": "main", "resource": "limits.cpu", "divisor": "1m"},
                        }
                    ],
                },
            },
        ),
        (
            ("pod", "volumes", "+"),
            {"name": "modes", "secret": {"secretName": "none", "optional": True, "defaultMode": 256}},
        ),
    ),
    "access-to-the-host": (
        *_pod(hostNetwork=False, hostPID=False, hostIPC=False, hostUsers=True),
        *_container("ports-of-the-host", ports=[{"containerPort": 1, "hostPort": 2, "hostIP": "127.0.0.1"}]),
    ),
    "scheduling": _pod(
        activeDeadlineSeconds=3600,
        runtimeClassName="none",
        serviceAccountName="default",
        serviceAccount="default",
        preemptionPolicy="PreemptLowerPriority",
        overhead={"cpu": "0"},
        os={"name": "linux"},
        priority=0,
    ),
    "devices": _container(
        "devices",
        resizePolicy=[{"resourceName": "cpu", "restartPolicy": "NotRequired"}],
        volumeDevices=[{"name": "claim", "devicePath": "/dev/a"}],
        lifecycle={"preStop": {"sleep": {"seconds": 1}}},
    ),
    "stateful-set-of-late": _spec(
        "StatefulSet",
        ordinals={"start": 0},
        persistentVolumeClaimRetentionPolicy={"whenDeleted": "Retain", "whenScaled": "Delete"},
    ),
    "pod-of-late": (
        (
            ("pod", "affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution", "+"),
            {"weight": 1, "podAffinityTerm": {**_TERM, "matchLabelKeys": ["a"], "mismatchLabelKeys": ["b"]}},
        ),
        (
            ("pod", "topologySpreadConstraints", "+"),
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "matchLabelKeys": ["pod-template-hash"],
                "nodeAffinityPolicy": "Honor",
                "nodeTaintsPolicy": "Ignore",
            },
        ),
        (("pod", "volumes", "+"), {"name": "of-late", "emptyDir": {}}),
        *_container(
            "of-late",
            volumeMounts=[{"name": "of-late", "mountPath": "/a", "readOnly": True, "recursiveReadOnly": "IfPossible"}],
        ),
    ),
    "job-of-late": _spec(
        "Job",
        podReplacementPolicy="Failed",
        backoffLimitPerIndex=1,
        maxFailedIndexes=2,
        successPolicy={"rules": [{"succeededIndexes": "0,2-3", "succeededCount": 1}]},
    ),
    "security": (
        (("pod", "securityContext", "sysctls"), [{"name": "kernel.shm_rmid_forced", "value": "0"}]),
        (("pod", "securityContext", "seLinuxOptions"), {"level": "s0:c1"}),
        (("pod", "securityContext", "windowsOptions"), _WINDOWS),
        (("pod", "securityContext", "appArmorProfile"), {"type": "RuntimeDefault"}),
        (("pod", "securityContext", "supplementalGroupsPolicy"), "Merge"),
        *_container(
            "security",
            securityContext={
                "appArmorProfile": {"type": "Localhost", "localhostProfile": "a"},
                "seccompProfile": {"type": "Localhost", "localhostProfile": "b"},
                "seLinuxOptions": {"level": "s0:c1", "role": "a", "type": "b", "user": "c"},
                "procMount": "Default",
                "windowsOptions": _WINDOWS,
            },
        ),
    ),
}
"""What a cluster may not have, or not yet, or not let everybody use."""


MEMBERS: Final[tuple[Specimen, ...]] = (
    *(Specimen(f"members/{name}", parts, "charts", ("its own",)) for name, parts in _MUST.items()),
    *(
        Specimen(f"members/{name}", parts, "charts of operators", ("its own",), must_be_taken=False)
        for name, parts in _MAY.items()
    ),
)
