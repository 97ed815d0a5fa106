"""What the suite sends: each example is what its strategy promises, and every kind of example is found."""

import base64
import re
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from workloads_conformance.checks.shapes import Shapes
from workloads_conformance.reference.validation import create_request
from workloads_specs import load_contract
from workloads_strategies import (
    BOUNDARIES,
    CATEGORIES,
    PREEMPTIBILITIES,
    PRIORITIES,
    metadata_members,
    metadata_updates,
    mutations,
    smallest_manifest,
)
from workloads_strategies.generated import generated_requests

relaxed = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


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


UNIQUE = "wlc-0123456789ab-0001"
PLAIN = {"name": "x", "projectId": "p", "clusterId": str(UUID(int=1))}
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@pytest.mark.parametrize("case", BOUNDARIES, ids=repr)
def test_a_boundary_is_valid_and_accepted(case):
    varied = case.apply(PLAIN, UNIQUE)
    body = {"metadata": varied, "manifest": smallest_manifest("Job")}
    assert not Shapes(load_contract()).request_flaws("create", body)
    assert create_request(body).name == varied["name"]
    assert _LABEL.fullmatch(varied["name"])
    assert varied["name"].startswith(UNIQUE) is not case.dry_run_only
    assert {key: varied[key] for key in ("projectId", "clusterId")} == {
        key: PLAIN[key] for key in ("projectId", "clusterId")
    }
    assert PLAIN["name"] == "x"


def test_boundaries_reach_each_limit():
    assert len({case.label for case in BOUNDARIES}) == len(BOUNDARIES)
    varied = [case.apply(PLAIN, UNIQUE) for case in BOUNDARIES]
    whole = {len(found["name"]) for found in varied if not found.get("useGivenNameAsPrefix")}
    prefixes = {len(found["name"]) for found in varied if found.get("useGivenNameAsPrefix")}
    assert {1, 2, 62, 63} <= whole
    assert {1, 57} <= prefixes
    for member, values in {
        "priority": (*PRIORITIES, None),
        "category": (*CATEGORIES, None),
        "preemptibility": (*PREEMPTIBILITIES, None),
        "configuration": ({}, {"mnnvl": "None"}, {"mnnvl": None}),
    }.items():
        assert [found[member] for found in varied if member in found and len(found) == 4] == list(values)


def test_boundaries_leave_each_optional_member_out():
    full = next(case for case in BOUNDARIES if case.label == "every optional member").apply(PLAIN, UNIQUE)
    assert full.keys() == {"name", "projectId", "clusterId", *(name for name in _optional())}
    left_out = {frozenset(full.keys() - case.apply(PLAIN, UNIQUE).keys()) for case in BOUNDARIES}
    assert {frozenset({name}) for name in _optional()} <= left_out


def _optional():
    members = load_contract().schema("WorkloadV2MetadataCreateParams")["properties"]
    return members.keys() - {"name", "projectId", "clusterId"}
