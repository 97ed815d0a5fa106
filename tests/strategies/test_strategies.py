"""What the suite sends: each example is what its strategy promises, and every kind of example is found."""

import base64
import json

import kubernetes_validate
import pytest
import yaml
from hypothesis import HealthCheck, find, given, settings

from workloads_strategies import (
    KINDS,
    PRIORITIES,
    Style,
    encode_manifest,
    manifests,
    metadata_members,
    metadata_updates,
    mutations,
    smallest_manifest,
    styles,
    to_yaml,
)
from workloads_strategies.generated import generated_requests

relaxed = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
ALL = tuple(KINDS)


@pytest.mark.parametrize("kind", ALL)
def test_the_smallest_manifest_is_valid_kubernetes(kind):
    kubernetes_validate.validate(named(smallest_manifest(kind)), "1.31", strict=True)


@relaxed
@given(manifests(kinds=ALL))
def test_manifests_are_valid_kubernetes(manifest):
    kubernetes_validate.validate(named(manifest), "1.31", strict=True)


@relaxed
@given(manifests(kinds=ALL))
def test_manifests_run_nothing(manifest):
    spec = manifest["spec"]
    assert spec.get("suspend") is True or spec.get("replicas") == 0
    assert "gpu" not in json.dumps(manifest).lower()


@pytest.mark.parametrize("kind", ALL)
def test_every_kind_is_found(kind):
    assert find(manifests(kinds=ALL), lambda manifest: manifest["kind"] == kind)


def test_rich_manifests_are_found():
    found = find(manifests(kinds=["Job"]), lambda manifest: len(pod_of(manifest)["containers"]) == 3)
    assert found["kind"] == "Job"
    assert find(manifests(kinds=["Job"]), lambda manifest: "annotations" in manifest.get("metadata", {}))


@relaxed
@given(manifests(kinds=ALL), styles())
def test_yaml_of_every_style_reads_back_as_the_manifest(manifest, style):
    assert yaml.safe_load(to_yaml(manifest, style)) == manifest
    assert yaml.safe_load(base64.b64decode(encode_manifest(manifest, style), validate=True)) == manifest


@pytest.mark.parametrize("style", list(Style))
def test_no_string_is_left_plain_that_some_yaml_version_reads_otherwise(style):
    traps = [
        "null",
        "Null",
        "~",
        "true",
        "no",
        "Y",
        "1e3",
        "0o17",
        "012",
        "1:30",
        ".inf",
        "0x1F",
        "=",
        "<<",
        "2024-01-01",
    ]
    text = to_yaml({"kind": "Job", "traps": traps}, style)
    for trap in traps:
        assert f'"{trap}"' in text or f"'{trap}'" in text


def test_styles_differ():
    manifest = named(smallest_manifest("Job"))
    assert len({to_yaml(manifest, style) for style in Style}) == len(Style)
    assert "\r\n" in to_yaml(manifest, Style.CRLF)
    assert to_yaml(manifest, Style.MARKED).startswith("---\n#")


@relaxed
@given(metadata_members())
def test_metadata_holds_valid_values_only(members):
    assert members.keys() <= {"priority", "category", "preemptibility", "configuration"}
    assert members.get("priority") in (None, *PRIORITIES)


@relaxed
@given(metadata_updates())
def test_an_update_changes_something(update):
    assert update
    assert update.keys() <= {"priority", "category"}


def test_a_change_touches_one_place_and_no_original():
    body = {"metadata": {"name": "a", "priority": "low"}, "manifest": {}}
    changed = mutations.PRIORITIES[0].apply(body)
    assert changed == {"metadata": {"name": "a", "priority": "urgent"}, "manifest": {}}
    assert body["metadata"]["priority"] == "low"
    assert mutations.NO_METADATA[0].apply(body) == {"manifest": {}}


@pytest.mark.parametrize("size", range(20, 24))
def test_damaged_base64_is_base64_in_no_reading(size):
    encoded = base64.b64encode(b"x" * size).decode()
    for damaged in mutations.not_base64(encoded):
        assert damaged.text != encoded
        with pytest.raises(ValueError):  # noqa: PT011 - binascii.Error, and ValueError for non-ASCII
            base64.b64decode(damaged.text, validate=True)


@pytest.mark.parametrize("operation", ["create", "update"])
@pytest.mark.parametrize("valid", [True, False])
def test_schemathesis_generates_bodies(operation, valid):
    seen = []

    @settings(max_examples=10, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(generated_requests(operation, valid=valid))
    def draw(request):
        seen.append(request)

    draw()
    assert any(request.has_body for request in seen)
    both = [
        request
        for request in seen
        if valid and isinstance(request.body, dict) and {"manifest", "manifestBase64Encoded"} <= request.body.keys()
    ]
    assert not both, "a valid body never has both manifest forms"


@relaxed
@given(generated_requests("get", valid=False))
def test_generated_path_ids_stay_in_their_place(request):
    assert "/" not in request.path_id
    assert "%2F" not in request.path_id.upper()
    assert request.path_id not in (".", "..")


def named(manifest):
    return {**manifest, "metadata": {**manifest.get("metadata", {}), "name": "a"}}


def pod_of(manifest):
    return manifest["spec"]["template"]["spec"]
