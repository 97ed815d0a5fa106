"""Metadata: each example is what its strategy promises, and every boundary is reached."""

import re
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from workloads_conformance.api.checks.shapes import Shapes
from workloads_conformance.reference.validation import create_request
from workloads_specs import load_contract
from workloads_strategies import (
    BOUNDARIES,
    CATEGORIES,
    PREEMPTIBILITIES,
    PRIORITIES,
    metadata_members,
    metadata_updates,
    smallest_manifest,
)

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


UNIQUE = "wlc-0123456789ab-0001"
PLAIN = {"name": "x", "projectId": "p", "clusterId": str(UUID(int=1))}
_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1035, 2.3.1, in lower case; RFC 1123, 2.1 lets a digit come first, too."""


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
    assert min(prefixes) == 1
    for member, values in {
        "priority": (*PRIORITIES, None),
        "category": (*CATEGORIES, None),
        "preemptibility": PREEMPTIBILITIES,
        "configuration": ({}, {"mnnvl": "None"}),
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
