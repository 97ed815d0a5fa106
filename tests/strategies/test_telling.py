"""The manifests that are made to tell are valid, harmless, and have in them what they are for."""

import json

import kubernetes_validate
import pytest

from workloads_strategies import (
    KINDS,
    Style,
    encode_manifest,
    sized_manifest,
    smallest_manifest,
    telling_manifest,
    to_yaml,
)

BUILT_IN = [kind.name for kind in KINDS.values() if kind.group in ("", "apps", "batch")]


def named(manifest):
    return {**manifest, "metadata": {**manifest.get("metadata", {}), "name": "name"}}


@pytest.mark.parametrize("kind", BUILT_IN)
def test_they_are_valid_kubernetes(kind):
    kubernetes_validate.validate(named(telling_manifest(kind)), "1.31", strict=True)
    kubernetes_validate.validate(named(sized_manifest(kind, 100_000)), "1.31", strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_a_kind_back_holds(kind):
    path, value = KINDS[kind].held
    for manifest in (telling_manifest(kind), sized_manifest(kind, 10_000)):
        place = manifest
        for step in path:
            place = place[step]
        assert place == value or value.items() <= place.items()


def test_telling_values_are_there():
    text = json.dumps(telling_manifest("Job"))
    for value in ('""', "[]", "{}", "false", '"012"', '"1e3"', str(2**31 + 8), "second", '["b", "a", "b"', "linux-2"):
        assert value in text


@pytest.mark.parametrize("size", [2**17, 2**20])
@pytest.mark.parametrize("kind", ["Job", "Deployment"])
def test_sizes_are_kept(kind, size):
    manifest = sized_manifest(kind, size)
    assert size <= len(json.dumps(manifest)) <= size * 1.01 + len(json.dumps(smallest_manifest(kind)))
    assert len(encode_manifest(manifest)) < 2_097_152


@pytest.mark.parametrize("style", list(Style))
def test_each_style_is_another_text(style):
    assert to_yaml(telling_manifest("Job"), style).count("example.com/text-") >= 40
