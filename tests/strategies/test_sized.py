"""Manifests of a given size are valid, harmless, and have it."""

import json

import kubernetes_validate
import pytest

from workloads_strategies import (
    KINDS,
    encode_manifest,
    sized_manifest,
    smallest_manifest,
)

BUILT_IN = [kind.name for kind in KINDS.values() if kind.group in ("", "apps", "batch")]


def named(manifest):
    return {**manifest, "metadata": {**manifest.get("metadata", {}), "name": "name"}}


@pytest.mark.parametrize("kind", BUILT_IN)
def test_they_are_valid_kubernetes(kind):
    kubernetes_validate.validate(named(sized_manifest(kind, 100_000)), "1.31", strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_a_kind_back_holds(kind):
    path, value = KINDS[kind].held
    place = sized_manifest(kind, 10_000)
    for step in path:
        place = place[step]
    assert place == value or value.items() <= place.items()


@pytest.mark.parametrize("size", [2**17, 2**20])
@pytest.mark.parametrize("kind", ["Job", "Deployment"])
def test_sizes_are_kept(kind, size):
    manifest = sized_manifest(kind, size)
    assert size <= len(json.dumps(manifest)) <= size * 1.01 + len(json.dumps(smallest_manifest(kind)))
    assert len(encode_manifest(manifest)) < 2_097_152
