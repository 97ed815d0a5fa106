"""Structures: nulls and empty values as tools print them, metadata, and what pods consist of."""

from __future__ import annotations

import json
from typing import Any, Final

from workloads_strategies.kind_specs import IMAGE

from .model import Specimen

Parts = tuple[tuple[tuple[str | int, ...], Any], ...]
"""Paths and values, as `places` puts them into a manifest."""

_KUBECTL: Final = "kubectl create --dry-run=client -o yaml"
_NONE: Final = "none"


def _container(name: str, **members: Any) -> Parts:
    return ((("pod", "containers", "+"), {"name": name, "image": IMAGE, **members}),)


def _volume(name: str, **source: Any) -> Parts:
    return ((("pod", "volumes", "+"), {"name": name, **source}),)


def _variable(name: str, source: dict[str, Any]) -> Parts:
    return _container(f"env-{name}", env=[{"name": "A", "valueFrom": source}])


def _nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"end": []}
    for _ in range(depth - 2):
        value = {"a": value}
    return value


_MUST: Final[dict[str, tuple[str, Parts]]] = {
    "creation-timestamp-null": (_KUBECTL, ((("metadata", "creationTimestamp"), None),)),
    "status-empty": (_KUBECTL, ((("status",), {}),)),
    "resources-empty": (_KUBECTL, _container("resources-empty", resources={})),
    "resources-in-other-notations": (
        "people, charts",
        _container(
            "resources-in-other-notations",
            resources={
                "requests": {"cpu": "1000m", "memory": "1024Ki", "ephemeral-storage": "0.5Gi"},
                "limits": {"cpu": "2.0", "memory": "1024Mi", "ephemeral-storage": "1000M"},
            },
        ),
    ),
    "ports-by-name-and-number": (
        "charts",
        _container(
            "ports-by-name-and-number",
            ports=[{"name": "http", "containerPort": 8080}],
            livenessProbe={"httpGet": {"path": "//healthz//", "port": "http"}},
            readinessProbe={"tcpSocket": {"port": 8080}},
        ),
    ),
    "last-applied": (
        "kubectl apply",
        (
            (
                ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
                json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {}}}) + "\n",
            ),
        ),
    ),
    "empty-lists": (
        "charts whose value is not set",
        _container("empty-lists", args=[], command=[], env=[], envFrom=[], ports=[], volumeMounts=[]),
    ),
    "empty-maps": ("charts whose value is not set", _container("empty-maps", securityContext={}, lifecycle={})),
    "pod-empty-lists": (
        "charts whose value is not set",
        ((("pod", "schedulingGates"), []), (("pod", "resourceClaims"), [])),
    ),
    "empty-variable": ("charts whose value is not set", _container("empty-variable", env=[{"name": "A", "value": ""}])),
    "variable-without-a-value": ("people", _container("bare-variable", env=[{"name": "A"}])),
    "false-and-zero": (
        "clients that write defaults out",
        _container("false-and-zero", stdin=False, tty=False, securityContext={"privileged": False, "runAsUser": 0}),
    ),
    "pod-false": (
        "hardened charts",
        ((("pod", "automountServiceAccountToken"), False), (("pod", "enableServiceLinks"), False)),
    ),
    "repeated-items": ("people", _container("repeated-items", args=["b", "a", "b", "", "a"])),
    "repeated-variable": (
        "charts that override",
        _container("repeated-variable", env=[{"name": "A", "value": "1"}, {"name": "A", "value": "$(A)2"}]),
    ),
    "order-of-containers": (
        "people",
        (
            (("pod", "containers", "+"), {"name": "z-container", "image": IMAGE}),
            (("pod", "containers", "+"), {"name": "a-container", "image": IMAGE}),
        ),
    ),
    "init-container": (
        "everybody",
        ((("pod", "initContainers", "+"), {"name": "init", "image": IMAGE, "args": ["a"]}),),
    ),
    "sidecar": (
        "service meshes",
        ((("pod", "initContainers", "+"), {"name": "sidecar", "image": IMAGE, "restartPolicy": "Always"}),),
    ),
    "extended-resource": (
        "accelerators",
        _container(
            "extended-resource",
            resources={
                "limits": {"example.com/accelerator-1.a": "1"},
                "requests": {"example.com/accelerator-1.a": "1"},
            },
        ),
    ),
    "requests-in-fractions": (
        "people",
        _container("requests-in-fractions", resources={"requests": {"cpu": "0.001", "memory": "1e6"}}),
    ),
    "limits-in-parts": (
        "people",
        _container(
            "limits-in-parts",
            resources={"limits": {"cpu": "1500m", "memory": "1536Mi", "ephemeral-storage": "2.50Gi"}},
        ),
    ),
    "variables-named-like-secrets": (
        "people who have no secrets yet",
        _container(
            "named-like-secrets",
            env=[
                {"name": name, "value": f"plain text {number}"}
                for number, name in enumerate(("DB_PASSWORD", "API_TOKEN", "AWS_SECRET_ACCESS_KEY", "API_KEY"))
            ],
        ),
    ),
    "no-grace-period": (
        "people who want it to end at once",
        ((("pod", "terminationGracePeriodSeconds"), 0),),
    ),
    "toleration-with-a-value": (
        "people with several node pools",
        ((("pod", "tolerations", "+"), {"key": "a.b/c", "operator": "Equal", "value": "1", "effect": "NoSchedule"}),),
    ),
    "host-aliases": (
        "people without a name server",
        ((("pod", "hostAliases", "+"), {"ip": "192.0.2.1", "hostnames": ["b.example.com", "a.example.com"]}),),
    ),
    "probe-exec": ("everybody", _container("probe-exec", livenessProbe={"exec": {"command": ["cat", "/tmp/a b"]}})),  # noqa: S108 - never run
    "probe-http-by-number": (
        "everybody",
        _container(
            "probe-http",
            readinessProbe={
                "httpGet": {"path": "/a?b=c&d=%20", "port": 8080, "httpHeaders": [{"name": "A", "value": ""}]}
            },
        ),
    ),
    "probe-http-by-name": (
        "everybody",
        _container(
            "probe-named", ports=[{"containerPort": 1, "name": "http"}], startupProbe={"httpGet": {"port": "http"}}
        ),
    ),
    "probe-tcp": ("databases", _container("probe-tcp", livenessProbe={"tcpSocket": {"port": 65535}})),
    "probe-grpc": ("gRPC servers", _container("probe-grpc", livenessProbe={"grpc": {"port": 1, "service": ""}})),
    "lifecycle": (
        "web servers",
        _container("lifecycle", lifecycle={"preStop": {"exec": {"command": ["sleep", "1"]}}}),
    ),
    "ports": (
        "everybody",
        _container("ports", ports=[{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53, "protocol": "TCP"}]),
    ),
    "capabilities": (
        "hardened charts",
        _container("capabilities", securityContext={"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}),
    ),
    "env-from": (
        "everybody",
        _container("env-from", envFrom=[{"prefix": "P_", "configMapRef": {"name": _NONE, "optional": True}}]),
    ),
    "env-field": ("everybody", _variable("field", {"fieldRef": {"fieldPath": "metadata.labels['a.b/c']"}})),
    "env-resource": (
        "Java's charts",
        _variable("resource", {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}}),
    ),
    "env-secret": (
        "everybody",
        _variable("secret", {"secretKeyRef": {"name": _NONE, "key": "a.b", "optional": True}}),
    ),
    "volume-empty-dir": ("everybody", _volume("empty-dir", emptyDir={})),
    "volume-memory": ("trainers of models", _volume("memory", emptyDir={"medium": "Memory"})),
    "volume-config-map": (
        "everybody",
        _volume("config-map", configMap={"name": _NONE, "optional": True, "defaultMode": 420, "items": []}),
    ),
    "volume-secret": (
        "everybody",
        _volume(
            "secret",
            secret={"secretName": _NONE, "optional": True, "items": [{"key": "a", "path": "b/c", "mode": 256}]},
        ),
    ),
    "volume-claim": ("everybody", _volume("claim", persistentVolumeClaim={"claimName": _NONE, "readOnly": True})),
    "volume-projected": (
        "service meshes",
        _volume(
            "projected",
            projected={
                "sources": [
                    {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
                    {"configMap": {"name": _NONE, "optional": True}},
                    {"serviceAccountToken": {"path": "token", "expirationSeconds": 600, "audience": "a"}},
                ]
            },
        ),
    ),
    "volume-downward-api": (
        "agents",
        _volume("downward", downwardAPI={"items": [{"path": "a", "fieldRef": {"fieldPath": "metadata.name"}}]}),
    ),
    "volume-of-a-template": (
        "trainers of models",
        _volume(
            "template",
            ephemeral={
                "volumeClaimTemplate": {
                    "metadata": {"labels": {"a": ""}},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
                }
            },
        ),
    ),
    "volume-mounts": (
        "everybody",
        (
            (("pod", "volumes", "+"), {"name": "mounted", "emptyDir": {}}),
            (
                ("pod", "containers", "+"),
                {
                    "name": "mounts",
                    "image": IMAGE,
                    "volumeMounts": [
                        {"name": "mounted", "mountPath": "/a", "readOnly": False},
                        {"name": "mounted", "mountPath": "/b c", "subPath": "d/é"},
                    ],
                },
            ),
        ),
    ),
    "node-affinity": (
        "people with several node pools",
        (
            (
                ("pod", "affinity", "nodeAffinity"),
                {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [
                            {"matchExpressions": [{"key": "a", "operator": "In", "values": ["z", "a"]}]},
                            {"matchExpressions": [{"key": "b", "operator": "Exists"}]},
                        ]
                    }
                },
            ),
        ),
    ),
    "pod-anti-affinity": (
        "people who spread",
        (
            (
                ("pod", "affinity", "podAntiAffinity"),
                {
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        {
                            "weight": 100,
                            "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {}},
                        }
                    ]
                },
            ),
        ),
    ),
    "toleration-of-everything": ("daemons", ((("pod", "tolerations", "+"), {"operator": "Exists"}),)),
    "dns-options": (
        "people with slow lookups",
        ((("pod", "dnsConfig", "options"), [{"name": "ndots", "value": "2"}, {"name": "edns0"}]),),
    ),
    "security-context": (
        "hardened charts",
        ((("pod", "securityContext"), {"fsGroup": 2**31 - 1, "runAsNonRoot": False, "supplementalGroups": [1, 0]}),),
    ),
}

_MAY: Final[dict[str, tuple[str, Parts]]] = {
    "null-members": (
        "clients that write out what is not set",
        _container("null-members", resources=None, env=None, workingDir=None),
    ),
    "null-in-a-pod": ("charts whose value is not set", ((("pod", "priorityClassName"), None),)),
    "null-in-a-list": ("templates", ((("loose", "structures/null-in-a-list"), [1, None, "a"]),)),
    "namespace": ("people who have one", ((("metadata", "namespace"), "default"),)),
    "generate-name": ("people who use kubectl create", ((("metadata", "generateName"), "a-"),)),
    "uid-and-version": (
        "kubectl get -o yaml",
        ((("metadata", "resourceVersion"), "1"), (("metadata", "generation"), 1)),
    ),
    "ephemeral-container": (
        "kubectl debug",
        ((("pod", "ephemeralContainers", "+"), {"name": "debugger", "image": IMAGE, "tty": True}),),
    ),
    "image-of-a-registry-with-a-port": (
        "people with a registry of their own",
        _container("image-with-a-port", image="registry.example.com:5000/team/image:1.2.3-rc.1_a"),
    ),
    "image-by-digest": (
        "release pipelines",
        _container("image-by-digest", image=f"registry.example.com/team/image@sha256:{'0123456789abcdef' * 4}"),
    ),
    "image-by-tag-and-digest": (
        "renovate",
        _container("image-by-both", image=f"registry.example.com:443/image:v1@sha256:{'fedcba9876543210' * 4}"),
    ),
    "image-of-one-word": ("people", _container("image-of-one-word", image="busybox")),
    "volume-nfs": ("data centres", _volume("nfs", nfs={"server": "192.0.2.1", "path": "/a b", "readOnly": True})),
    "volume-csi": (
        "cloud providers",
        _volume("csi", csi={"driver": "csi.example.com", "volumeAttributes": {"a.b/c": "true", "size": "10"}}),
    ),
    "volume-ephemeral": (
        "trainers of models",
        _volume(
            "ephemeral",
            ephemeral={
                "volumeClaimTemplate": {
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
                }
            },
        ),
    ),
    "scheduler-of-another-name": ("people with batch schedulers", ((("pod", "schedulerName"), "kai-scheduler"),)),
    "unknown-member": ("newer clients", _container("unknown-member", notYetKnown={"a": [1, {}]})),
    "mixed-list": ("free-form parts", ((("loose", "structures/mixed-list"), [1, "1", True, [], {}, [[]], 0.5]),)),
    "empty-values": ("free-form parts", ((("loose", "structures/empty-values"), {"a": "", "b": [], "c": {}}),)),
    "nested-lists": ("matrices", ((("loose", "structures/nested-lists"), [[1, 2], [], [[3]]]),)),
    "depth-60": ("schemas of custom resources", ((("loose", "structures/depth-60"), _nested(60)),)),
    "order-of-numbers": ("free-form parts", ((("loose", "structures/order"), [3, 1, 2, 10, 1]),)),
}

_HARMFUL: Final[dict[str, tuple[str, Parts]]] = {
    "finalizers": ("operators", ((("metadata", "finalizers"), ["example.com/b", "example.com/a"]),)),
    "owner-references": (
        "operators",
        (
            (
                ("metadata", "ownerReferences"),
                [
                    {
                        "apiVersion": "v1",
                        "kind": "ConfigMap",
                        "name": _NONE,
                        "uid": "00000000-0000-4000-8000-000000000000",
                        "controller": False,
                    }
                ],
            ),
        ),
    ),
}

STRUCTURES: Final[tuple[Specimen, ...]] = (
    *(Specimen(f"structures/{name}", parts, sender, ("its own",)) for name, (sender, parts) in _MUST.items()),
    *(
        Specimen(f"structures/{name}", parts, sender, ("its own",), must_be_taken=False)
        for name, (sender, parts) in _MAY.items()
    ),
    *(
        Specimen(f"structures/{name}", parts, sender, ("its own",), must_be_taken=False, dry_run_only=True)
        for name, (sender, parts) in _HARMFUL.items()
    ),
    Specimen(
        "structures/list-of-1000",
        _container("list-of-1000", args=[f"--item={number}" for number in range(1000)]),
        "lists of files",
        ("its own",),
        large=True,
    ),
    Specimen(
        "structures/1000-variables",
        _container("variables-1000", env=[{"name": f"V_{number}", "value": ""} for number in range(1000)]),
        "generated configuration",
        ("its own",),
        large=True,
    ),
)
