"""Strategies for Kubernetes manifests as people write them: valid for their kind, harmless, and without a name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from .kinds import KINDS, Kind, at, smallest_manifest
from .pods import annotation_maps, containers, label_maps, named_containers, plain_containers, pod_members, volumes
from .texts import INT64, json_values, texts, whole_numbers

LARGEST: Final = 1024 * 1024
"""How large manifests get, in bytes: above it, a cluster's store takes no object (etcd's limit is 1.5 MiB)."""


@cache
def _spec_members(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Members of the `spec` itself, of the kinds whose numbers and free-form parts are their own."""
    some: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "Job": {
            "backoffLimit": whole_numbers(),
            "ttlSecondsAfterFinished": whole_numbers(),
            "activeDeadlineSeconds": whole_numbers(smallest=1, largest=INT64),
            "completions": whole_numbers(smallest=1, largest=1000),
        },
        "Deployment": {
            "revisionHistoryLimit": whole_numbers(),
            "paused": st.booleans(),
            "strategy": st.sampled_from(
                [{}, {"type": "Recreate"}, {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}]
            ),
        },
        "StatefulSet": {"podManagementPolicy": st.just("Parallel"), "volumeClaimTemplates": st.just([])},
        "CronJob": {"timeZone": st.just("Etc/UTC"), "successfulJobsHistoryLimit": whole_numbers()},
        "Milvus": {"config": st.dictionaries(st.sampled_from(["common", "log", "x-1"]), json_values(), max_size=2)},
    }
    return st.fixed_dictionaries({}, optional=some.get(kind, {}))


@cache
def _pod_parts(
    *, whole: bool
) -> st.SearchStrategy[tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]]:
    """What is added to a pod spec: to its first container, more containers, volumes, and the rest."""
    if not whole:
        return st.tuples(plain_containers(), st.just([]), st.just([]), st.just({}))
    return st.tuples(
        containers(),
        st.just([]) | named_containers(names=("sidecar", "a", "z" * 63)),
        st.lists(volumes(), max_size=3, unique_by=lambda volume: volume["name"]),
        pod_members(),
    )


def _furnish(pod: dict[str, Any], parts: tuple[Any, ...]) -> None:
    """Adds to a pod spec what was drawn; a mount stays where its volume is there."""
    first, others, found, rest = parts
    pod["containers"][0] |= first
    pod["containers"] += others
    pod |= rest
    names = {volume["name"] for volume in found}
    for container in pod["containers"] + pod.get("initContainers", []):
        if "volumeMounts" in container:
            container["volumeMounts"] = [mount for mount in container["volumeMounts"] if mount["name"] in names]
    if found:
        pod["volumes"] = found


@cache
def _manifests_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    kind: Kind = KINDS[name]
    parts = st.none() | _pod_parts(whole=kind.whole_pods)
    metadata = st.fixed_dictionaries({}, optional={"labels": label_maps(), "annotations": annotation_maps()})

    def build(metadata: dict[str, Any], members: dict[str, Any], pods: tuple[Any, ...]) -> dict[str, Any]:
        manifest = smallest_manifest(name)
        if metadata:
            manifest["metadata"] = metadata
        manifest["spec"] |= members
        for path, drawn in zip(kind.pod_specs, pods, strict=True):
            if drawn is not None:
                _furnish(at(manifest, path), drawn)
        # What strategies choose from is shared between examples; what they give is not.
        unshared: dict[str, Any] = json.loads(json.dumps(manifest))
        return unshared

    return st.builds(build, metadata, _spec_members(name), st.tuples(*(parts for _ in kind.pod_specs)))


def manifests(*, kinds: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Manifests of the given kinds (names in `KINDS`), from the smallest to rich ones, without a name.

    Shrinks towards the smallest manifest of the first kind.
    """
    return st.one_of(*(_manifests_of(kind) for kind in kinds))


def large_manifests(*, size: int = LARGEST, kinds: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Manifests of exactly `size` bytes, as compact JSON in UTF-8: one of `manifests` and a long script beside it.

    Args:
        size: at least 32 KiB, so that any manifest fits, and at most `LARGEST`.
        kinds: kinds whose pods take a script (those with `pod_specs`).

    Raises:
        ValueError: a size or a kind that will not do.
    """
    if not 32 * 1024 <= size <= LARGEST:
        raise ValueError(f"a large manifest has 32768 to {LARGEST} bytes, not {size}.")
    if unfit := [kind for kind in kinds if not KINDS[kind].pod_specs]:
        raise ValueError(f"{', '.join(unfit)}: has no pod that a script could be written for.")
    return st.builds(lambda manifest, line: _enlarged(manifest, line, size), manifests(kinds=kinds), texts(max_size=60))


def _enlarged(manifest: dict[str, Any], line: str, size: int) -> dict[str, Any]:
    """Gives the first container a script so long that the manifest has `size` bytes."""
    container = at(manifest, KINDS[manifest["kind"]].pod_specs[0])["containers"][0]
    container["command"], container["args"] = ["/bin/sh", "-c"], [""]
    written = f"echo {line!r} # line\n"
    missing = size - json_size(manifest)
    count = missing // json_size(written)
    script = written * count
    rest = missing - (json_size(script) - 2)
    container["args"] = [script + "#" * rest]
    return manifest


def json_size(value: object) -> int:
    """Returns the number of bytes of a value as compact JSON in UTF-8."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
