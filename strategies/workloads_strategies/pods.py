"""Strategies for the parts of a pod spec, as people write them: each valid for Kubernetes, none asking for a GPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from .kind_specs import IMAGE
from .texts import INT32, INT64, dns_labels, scripts, texts, whole_numbers

Object = dict[str, Any]
Objects = st.SearchStrategy[Object]
VOLUMES: Final = ("cache", "config", "credentials", "shared", "podinfo")
"""The volumes that manifests have: mounts name them, so that each mount has its volume."""


def label_maps() -> st.SearchStrategy[dict[str, str]]:
    """Labels: prefixed or plain keys, values of at most 63 characters, some empty, some that look like other types."""
    keys = st.sampled_from(["app", "app.kubernetes.io/name", "team_A", "example.com/1"]) | dns_labels(max_size=20)
    values = st.sampled_from(["", "a", "A.b_c-D", "true", "1e3", "0123", "x" * 63]) | dns_labels(max_size=30)
    return st.dictionaries(keys, values, max_size=4)


def annotation_maps() -> st.SearchStrategy[dict[str, str]]:
    """Annotations: keys as labels have them, any text as value."""
    keys = st.sampled_from(["example.com/note", "description"]) | dns_labels(max_size=20)
    return st.dictionaries(keys, texts(), max_size=3)


def _some(required: Mapping[str, Any] | None = None, /, **optional: st.SearchStrategy[Any]) -> Objects:
    """Objects with the members `required`, as they are, and any of `optional`."""
    fixed = {
        key: value if isinstance(value, st.SearchStrategy) else st.just(value)
        for key, value in (required or {}).items()
    }
    return st.fixed_dictionaries(fixed, optional=optional)


def _any_of(*choices: Object) -> Objects:
    return st.sampled_from(choices)


def variables() -> Objects:
    """Environment variables: a value, an empty one, or where it comes from."""
    names = st.sampled_from(["PATH_PREFIX", "A", "_x1", "OMP_NUM_THREADS", "my.name-2"])
    sources = _any_of(
        {"fieldRef": {"fieldPath": "metadata.name"}},
        {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.labels['app']"}},
        {"resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}},
        {"configMapKeyRef": {"name": "none", "key": "lr", "optional": True}},
        {"secretKeyRef": {"name": "none", "key": "token", "optional": True}},
    )
    return st.one_of(
        st.builds(lambda name, value: {"name": name, "value": value}, names, texts()),
        st.builds(lambda name, source: {"name": name, "valueFrom": source}, names, sources),
    )


def resources() -> Objects:
    """Resources, tiny, in the notations of quantities; never a GPU."""
    return _any_of(
        {},
        {"requests": {"cpu": "1m", "memory": "1Mi"}},
        {"requests": {}, "limits": {"memory": "16Mi"}},
        {
            "requests": {"cpu": "0.001", "memory": "1e6"},
            "limits": {"cpu": "1", "memory": "16M", "ephemeral-storage": "1Ki"},
        },
    )


def probes() -> Objects:
    """Probes of every kind, with numbers up to the limits of int32."""
    numbers = {
        "initialDelaySeconds": whole_numbers(),
        "periodSeconds": whole_numbers(smallest=1),
        "failureThreshold": whole_numbers(smallest=1),
    }
    actions = (
        {"exec": {"command": ["cat", "/tmp/healthy"]}},  # noqa: S108 - a command in a container that never runs
        {"httpGet": {"path": "/healthz?x=1&y=%20", "port": 8080, "httpHeaders": [{"name": "X-A", "value": ""}]}},
        {"tcpSocket": {"port": "http"}},
        {"grpc": {"port": 65535, "service": ""}},
    )
    return st.one_of(*(_some(action, **numbers) for action in actions))


def volumes() -> Objects:
    """Volumes: emptyDir, configMap, secret, projected and downwardAPI; each name with one kind of source."""
    return _any_of(
        {"name": "cache", "emptyDir": {}},
        {"name": "shared", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
        {"name": "config", "configMap": {"name": "none", "optional": True, "defaultMode": 0o644, "items": []}},
        {
            "name": "credentials",
            "secret": {"secretName": "none", "optional": True, "items": [{"key": "a", "path": "b/c", "mode": 256}]},
        },
        {
            "name": "podinfo",
            "projected": {
                "sources": [
                    {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
                    {"configMap": {"name": "none", "optional": True}},
                    {"serviceAccountToken": {"path": "token", "expirationSeconds": 600, "audience": "example.com"}},
                ]
            },
        },
    )


def mounts(names: Sequence[str] = VOLUMES) -> st.SearchStrategy[list[Object]]:
    """Mounts of the named volumes, each at its own path."""
    one = st.builds(
        lambda name, more: {"name": name, "mountPath": f"/mnt/{name}", **more},
        st.sampled_from(list(names)),
        _any_of({}, {"readOnly": True}, {"readOnly": False, "subPath": "a/b c"}),
    )
    return st.lists(one, max_size=2, unique_by=lambda mount: mount["name"])


@cache
def containers(*, probed: bool = True) -> Objects:
    """Containers with everything that one may have, but a name and an image; init containers are not `probed`."""
    optional: dict[str, st.SearchStrategy[Any]] = {
        "command": st.sampled_from([["/bin/sh", "-c"], ["/pause"]]) | st.lists(texts(), min_size=1, max_size=2),
        "args": st.lists(scripts() | texts(), max_size=2),
        "env": st.lists(variables(), max_size=3, unique_by=lambda item: item["name"]),
        "envFrom": st.sampled_from([[], [{"prefix": "P_", "configMapRef": {"name": "none", "optional": True}}]]),
        "resources": resources(),
        "ports": st.sampled_from(
            [
                [],
                [{"containerPort": 8080, "name": "http"}],
                [{"containerPort": 65535, "protocol": "UDP"}, {"containerPort": 1}],
            ]
        ),
        "securityContext": _any_of(
            {}, {"runAsUser": INT32, "capabilities": {"drop": ["ALL"], "add": []}, "privileged": False}
        ),
        "imagePullPolicy": st.sampled_from(["IfNotPresent", "Always"]),
        "workingDir": st.sampled_from(["/", "/with space/é"]),
        "terminationMessagePath": st.just("/dev/termination-log"),
        "volumeMounts": mounts(),
    }
    if probed:
        optional |= {"livenessProbe": probes(), "readinessProbe": probes(), "startupProbe": probes()}
        optional["lifecycle"] = _any_of({}, {"preStop": {"exec": {"command": ["sleep", "1"]}}})
        optional["stdin"] = optional["tty"] = st.booleans()
    return st.fixed_dictionaries({}, optional=optional)


@cache
def plain_containers() -> Objects:
    """Containers with what every kind takes: Knative refuses most of the rest unless it is told otherwise."""
    values = st.builds(lambda name, value: {"name": name, "value": value}, st.sampled_from(["A", "_x1"]), texts())
    return st.fixed_dictionaries(
        {},
        optional={
            "command": st.lists(texts(), min_size=1, max_size=2),
            "args": st.lists(scripts() | texts(), max_size=2),
            "env": st.lists(values, max_size=2, unique_by=lambda item: item["name"]),
            "resources": resources(),
        },
    )


def named_containers(*, names: Sequence[str], initial: bool = False) -> st.SearchStrategy[list[Object]]:
    """One or two containers beside the first, each with one of `names`; `initial` ones have no probes."""
    one = st.builds(
        lambda name, rest: {"name": name, "image": IMAGE, **rest},
        st.sampled_from(list(names)),
        containers(probed=not initial),
    )
    return st.lists(one, min_size=1, max_size=2, unique_by=lambda container: container["name"])


def affinities() -> Objects:
    """Node and pod affinities, nested as deep as Kubernetes nests."""
    term = {
        "matchExpressions": [
            {"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]},
            {"key": "x", "operator": "Exists"},
        ]
    }
    pods = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {}, **term}, "namespaces": []}
    return _any_of(
        {},
        {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}},
        {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": term}]}},
        {
            "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [pods]},
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": pods}]
            },
        },
    )


def tolerations() -> st.SearchStrategy[list[Object]]:
    """Tolerations, one with seconds of any int64."""
    seconds = st.builds(
        lambda value: {
            "key": "node.kubernetes.io/unreachable",
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": value,
        },
        whole_numbers(smallest=-INT64 - 1, largest=INT64),
    )
    return st.lists(
        _any_of({"operator": "Exists"}, {"key": "a", "value": "", "effect": "NoSchedule"}) | seconds, max_size=2
    )


@cache
def pod_members() -> Objects:
    """Members of a pod spec, but for its volumes, its first container and its node selector; each may be absent."""
    return st.fixed_dictionaries(
        {},
        optional={
            "initContainers": named_containers(names=("init-0", "wait"), initial=True),
            "affinity": affinities(),
            "tolerations": tolerations(),
            "terminationGracePeriodSeconds": whole_numbers(largest=INT64),
            "securityContext": _any_of(
                {}, {"fsGroup": INT32, "runAsNonRoot": True, "supplementalGroups": [0, 1], "sysctls": []}
            ),
            "automountServiceAccountToken": st.booleans(),
            "shareProcessNamespace": st.booleans(),
            "enableServiceLinks": st.booleans(),
            "hostAliases": st.sampled_from([[], [{"ip": "127.0.0.1", "hostnames": ["a.invalid", "b.invalid"]}]]),
            "dnsConfig": _any_of({}, {"options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]}),
            "imagePullSecrets": st.sampled_from([[], [{"name": "none"}]]),
            "topologySpreadConstraints": st.just([]),
        },
    )
