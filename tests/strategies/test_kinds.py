"""The kinds that can be submitted: known to the platform, valid, and held so that nothing runs."""

import json

import kubernetes_validate
import pytest
from support.drawing import BUILT_IN, named, pods_of

from workloads_conformance.reference.validation import workload_type
from workloads_conformance.reference.workload_types import TYPES
from workloads_strategies import IMAGE, KINDS, smallest_manifest
from workloads_strategies.kinds import at

ALL = tuple(KINDS)


def test_every_kind_that_the_platform_is_known_for_is_there():
    assert {(kind.group, kind.name) for kind in KINDS.values()} == set(TYPES)
    assert all(name == kind.name for name, kind in KINDS.items())


@pytest.mark.parametrize("name", ALL)
def test_the_reference_server_takes_it(name):
    found = workload_type(smallest_manifest(name))
    assert (found.group, found.kind) == (KINDS[name].group, name)
    assert KINDS[name].version in found.versions


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_smallest_manifest_is_valid_kubernetes(name):
    kubernetes_validate.validate(named(smallest_manifest(name)), "1.31", strict=True)


@pytest.mark.parametrize("name", ALL)
def test_something_holds_it(name):
    place, value = KINDS[name].held
    assert at(smallest_manifest(name), place) == value
    assert value in (True, 0, "0") or all("no-such-node" in key for key in value)


@pytest.mark.parametrize("name", ALL)
def test_its_pods_have_the_tiny_image_and_ask_for_nothing(name):
    manifest = smallest_manifest(name)
    for pod in pods_of(manifest, KINDS[name]):
        assert [container["image"] for container in pod["containers"]] == [IMAGE]
    assert "gpu" not in json.dumps(manifest).lower()


@pytest.mark.parametrize("name", ALL)
def test_each_call_returns_a_manifest_of_its_own(name):
    changed = smallest_manifest(name)
    changed["spec"].clear()
    assert smallest_manifest(name)["spec"]


def test_an_unknown_kind_is_a_key_error():
    with pytest.raises(KeyError):
        smallest_manifest("Nonsense")
