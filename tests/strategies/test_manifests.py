"""Manifests as people write them: each is valid and harmless, and every kind of richness is found."""

import json
import re

import kubernetes_validate
import pytest
from hypothesis import find, given, settings
from support.drawing import BUILT_IN, drawn, named, pods_of, relaxed, values_in

from workloads_conformance.reference.validation import workload_type
from workloads_strategies import IMAGE, KINDS, dns_labels, large_manifests, manifests, smallest_manifest
from workloads_strategies.kinds import at
from workloads_strategies.manifests import LARGEST, json_size

ALL = tuple(KINDS)
EVERY_KIND = manifests(kinds=ALL)
JOBS = manifests(kinds=["Job"])


@relaxed
@given(manifests(kinds=BUILT_IN))
def test_manifests_are_valid_kubernetes(manifest):
    kubernetes_validate.validate(named(manifest), "1.31", strict=True)


@settings(relaxed, max_examples=100)
@given(manifests(kinds=ALL))
def test_manifests_run_nothing(manifest):
    place, value = KINDS[manifest["kind"]].held
    assert at(manifest, place) == value
    for found in values_in(manifest):
        if isinstance(found, dict):
            asked = {*found.get("limits", ()), *found.get("requests", ())}
            assert asked <= {"cpu", "memory", "ephemeral-storage"}, "no GPU"
            if "image" in found and isinstance(found["image"], str):
                assert found["image"] == IMAGE


@relaxed
@given(manifests(kinds=ALL))
def test_manifests_are_of_a_registered_type_and_have_no_name(manifest):
    assert workload_type(manifest).kind == manifest["kind"]
    assert "name" not in manifest.get("metadata", {})


@settings(relaxed, max_examples=200)
@given(manifests(kinds=ALL))
def test_what_is_referred_to_is_there_and_names_are_unique(manifest):
    for pod in pods_of(manifest, KINDS[manifest["kind"]]):
        volumes = [volume["name"] for volume in pod.get("volumes", [])]
        everyone = pod["containers"] + pod.get("initContainers", [])
        mounts = [mount["name"] for container in everyone for mount in container.get("volumeMounts", [])]
        assert set(mounts) <= set(volumes)
        assert len(set(volumes)) == len(volumes)
        names = [container.get("name") for container in everyone]
        assert len(set(names)) == len(names)


RFC_1035 = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def names_in(value):
    """The names of objects in a manifest; variables and headers have names by other rules."""
    for key, found in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        if key == "name" and isinstance(found, str):
            yield found
        if key not in ("env", "options", "httpHeaders"):
            yield from names_in(found)


@settings(relaxed, max_examples=200)
@given(manifests(kinds=ALL))
def test_names_begin_with_a_letter(manifest):
    """RFC 1035, 2.3.1: servers and clusters that go by it take no name that begins with a digit."""
    for found in names_in(manifest):
        assert RFC_1035.fullmatch(found)


@relaxed
@given(dns_labels(), dns_labels(max_size=1))
def test_labels_are_labels_by_both_rules(label, shortest):
    assert RFC_1035.fullmatch(label)
    assert RFC_1035.fullmatch(shortest)


@settings(relaxed, max_examples=200)
@given(manifests(kinds=ALL))
def test_numbers_keep_to_the_limits_of_their_types(manifest):
    for value in values_in(manifest):
        assert value is not None
        if isinstance(value, int):
            assert -(2**63) <= value < 2**63
        if isinstance(value, float):
            assert not value.is_integer(), "1.0 and 1 are one number to some readers"
    for value in values_in(manifest["spec"].get("config", {})):
        assert not isinstance(value, int) or abs(value) < 2**53, "a free-form number that only some readers keep"


@relaxed
@given(manifests(kinds=ALL))
def test_no_value_is_shared_with_another_place_or_example(manifest):
    before = json.dumps(smallest_manifest(manifest["kind"]))
    places = [id(value) for value in values_in(manifest) if isinstance(value, dict | list)]
    assert len(set(places)) == len(places)
    for value in [value for value in values_in(manifest) if isinstance(value, dict)]:
        value["changed"] = True
    assert json.dumps(smallest_manifest(manifest["kind"])) == before


@pytest.mark.parametrize("name", ALL)
def test_every_kind_is_found(name):
    assert any(manifest["kind"] == name for manifest in drawn(EVERY_KIND, 400))


@pytest.mark.parametrize(
    "name", ["Job", *(pytest.param(name, marks=pytest.mark.slow) for name in ("Pod", "MPIJob", "Milvus"))]
)
def test_they_shrink_to_the_smallest_manifest(name):
    assert find(manifests(kinds=[name]), lambda _: True, settings=relaxed) == smallest_manifest(name)


def first(manifest):
    return at(manifest, KINDS[manifest["kind"]].pod_specs[0])


def has(*members):
    """True for a manifest whose first container or pod has one of the members."""
    return lambda manifest: any(
        member in holder for holder in (first(manifest), *first(manifest)["containers"]) for member in members
    )


def depth(value):
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, children), default=0)


RICHNESS = {
    "labels": lambda manifest: manifest.get("metadata", {}).get("labels"),
    "annotations": lambda manifest: manifest.get("metadata", {}).get("annotations"),
    "empty annotations": lambda manifest: manifest.get("metadata", {}).get("annotations") == {},
    "three containers": lambda manifest: len(first(manifest)["containers"]) == 3,
    "init containers": has("initContainers"),
    "a variable with a value": lambda manifest: any(
        "value" in item for item in first(manifest)["containers"][0].get("env", [])
    ),
    "a variable from elsewhere": lambda manifest: any(
        "valueFrom" in item for item in first(manifest)["containers"][0].get("env", [])
    ),
    "resources": lambda manifest: first(manifest)["containers"][0].get("resources", {}).get("limits"),
    "affinity": lambda manifest: first(manifest).get("affinity"),
    "tolerations": lambda manifest: first(manifest).get("tolerations"),
    "an empty list": lambda manifest: first(manifest).get("tolerations") == [],
    "probes": has("livenessProbe", "readinessProbe", "startupProbe"),
    "ports": lambda manifest: first(manifest)["containers"][0].get("ports"),
    "mounts": lambda manifest: first(manifest)["containers"][0].get("volumeMounts"),
    "a script": lambda manifest: any("\n" in text for text in first(manifest)["containers"][0].get("args", [])),
    "unicode": lambda manifest: not json.dumps(manifest, ensure_ascii=False).isascii(),
    "a character beyond 16 bits": lambda manifest: any(
        ord(char) > 0xFFFF for char in json.dumps(manifest, ensure_ascii=False)
    ),
    "the largest int64": lambda manifest: any(
        value == 2**63 - 1 for value in values_in(manifest) if isinstance(value, int)
    ),
    "the largest int32": lambda manifest: any(
        value == 2**31 - 1 for value in values_in(manifest) if isinstance(value, int)
    ),
    "a negative number": lambda manifest: any(value < 0 for value in values_in(manifest) if isinstance(value, int)),
    "false": lambda manifest: any(value is False for value in values_in(manifest)),
    "deep nesting": lambda manifest: depth(manifest) >= 14,
    **{
        f"a volume: {source}": lambda manifest, source=source: any(
            source in volume for volume in first(manifest).get("volumes", [])
        )
        for source in ("emptyDir", "configMap", "secret", "projected")
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("what", RICHNESS)
def test_every_richness_is_found(what):
    assert any(RICHNESS[what](manifest) for manifest in drawn(JOBS, 600))


def test_free_form_values_are_found():
    found = drawn(manifests(kinds=["Milvus"]), 200)
    assert any(isinstance(value, float) for manifest in found for value in values_in(manifest["spec"].get("config")))
    assert any(depth(manifest["spec"].get("config")) > 4 for manifest in found)


@pytest.mark.parametrize("size", [32 * 1024, 200_001, LARGEST])
def test_large_manifests_have_the_size_asked_for(size):
    @settings(relaxed, max_examples=5)
    @given(large_manifests(size=size, kinds=["Job", "Deployment"]))
    def check(manifest):
        assert json_size(manifest) == size
        kubernetes_validate.validate(named(manifest), "1.31", strict=True)

    check()


@pytest.mark.parametrize("size", [1, LARGEST + 1])
def test_another_size_is_refused_in_words(size):
    with pytest.raises(ValueError, match=f"not {size}"):
        large_manifests(size=size, kinds=["Job"])


def test_a_kind_without_pods_cannot_be_large():
    with pytest.raises(ValueError, match="NIMCache"):
        large_manifests(kinds=["Job", "NIMCache"])
