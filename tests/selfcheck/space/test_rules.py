"""What the rules say, on both sides: faults, what is legal, and what is left open."""

from __future__ import annotations

import pytest

from workloads_conformance.selfcheck.space.legality import rule_on
from workloads_conformance.selfcheck.space.operating import operators_at
from workloads_conformance.selfcheck.space.places import Part, all_places, members_of
from workloads_conformance.selfcheck.space.points import all_points, counts, drawn
from workloads_conformance.selfcheck.space.rulings import Ruling, binding
from workloads_conformance.selfcheck.space.running import allowed
from workloads_conformance.settings import Mode
from workloads_specs import elements, load_contract

PLACES = {str(place): place for place in all_places()}


def ruled(place: str, operator: str):
    return rule_on(PLACES[place], operator)


FAULTS = [
    ("GET 200 workload.metadata.id", "lost", "WV2-GET-002"),  # required
    ("GET 200 workload.metadata.tenantId", "retyped", "WV2-GET-002"),  # type
    ("GET 200 workload.metadata.createdAt", "truncated at 8", "WV2-GET-002"),  # format
    ("GET 200 workload.desiredPhase", "upper-cased", "WV2-GET-002"),  # enum
    ("GET 200 workload.metadata.projectName", "upper-cased", "WV2-GET-002"),  # pattern
    ("GET 200 workload.metadata.name", "emptied", "WV2-GET-002"),  # minLength
    ("GET 200 workload.metadata.createdBy", "null", "WV2-GET-002"),  # not nullable
    ("POST 202 metadata.name", "truncated at 32", "WV2-CREATE-015"),  # what was asked for
    ("POST 202 metadata.priority", "another valid value", "WV2-CREATE-016"),
    ("POST 202 metadata.gvk.kind", "upper-cased", "WV2-CREATE-018"),
    ("GET 200 workload.metadata.createdAt", "swapped with a neighbour's", "WV2-UPDATE-013"),  # stays the same
    ("GET 200 workload.metadata.tenantId", "rounded", "WV2-CREATE-034"),
    ("GET 200 workload.desiredPhase", "said to be deleted", "WV2-LIFE-002"),
    ("GET 404 code", "rounded", "WV2-ERROR-002"),
    ("GET 404 message", "lost", "WV2-ERROR-001"),
    ("PUT 202 rawManifest (inside)", "nulls emptied", "WV2-MANIFEST-009"),
    ("POST request metadata.priority", "null", "WV2-CREATE-016"),
    ("PUT request metadata.category", "lost", "WV2-UPDATE-003"),
    ("POST request metadata.configuration", "lost", "WV2-CREATE-030"),
    ("POST request manifest (inside)", "texts trimmed", "WV2-MANIFEST-009"),
    ("POST parameter dryRun", "lost", "WV2-DRYRUN-002"),
    ("GET 200 header Content-Type", "another type", "WV2-HTTP-001"),
    ("GET 401 header WWW-Authenticate", "lost", "WV2-AUTH-014"),
    ("POST 202 status", "becomes 200", "WV2-CREATE-001"),
    ("POST 409 status", "becomes 400", "WV2-CREATE-005"),
    ("GET 404 status", "accepted", "WV2-GET-004"),
    ("GET 404 status", "becomes 400", "WV2-GET-004"),  # not what a malformed id may be
    ("DELETE 202 status", "becomes 500", "WV2-HTTP-004"),
    ("PUT effect", "swallowed", "WV2-UPDATE-003"),
    ("PUT effect", "to a neighbour", "WV2-LIFE-007"),
    ("DELETE effect", "undone after a while", "WV2-DELETE-010"),
    ("GET effect", "from a cache that ignores the token", "WV2-AUTH-010"),
    ("POST effect", "applied twice", "WV2-CREATE-003"),
    ("DELETE check of token", "forgotten", "WV2-AUTH-004"),
    ("DELETE check of rights", "forgotten", "WV2-AUTH-012"),
    ("POST check of metadata.name.maxLength", "forgotten", "WV2-CREATE-007"),
    ("POST check of metadata.priority.valid values", "forgotten", "WV2-CREATE-008"),
    ("PUT check of manifest.exclusive", "forgotten", "WV2-MANIFEST-002"),
    ("POST check of dryRun.type", "forgotten", "WV2-DRYRUN-005"),
]

LEGAL = [
    ("GET 200 syncInfo", "lost"),  # not required
    ("GET 200 workload.metadata.priority", "null"),  # nullable
    ("GET 200 workload.metadata", "with an unnamed member beside"),
    ("GET 200 workload", "in another order"),
    ("GET 200 workload.metadata.createdAt", "in another time zone"),
    ("GET 200 workload.metadata.createdAt", "with t and z in lower case"),
    ("GET 200 workload.workloadManifest (inside)", "nulls lost"),  # nothing is said of it
    ("GET 200 workload.workloadManifest", "emptied"),
    ("GET 200 workload.rawManifest (inside)", "integers rounded as doubles"),  # RFC 8259, 6
    ("GET 404 message", "upper-cased"),
    ("GET 404 details", "lost"),
    ("POST request body", "in another order"),
    ("GET 200 header Content-Type", "with a charset"),
    ("GET 401 header WWW-Authenticate", "with a second challenge"),
    ("GET 400 status", "becomes 404"),  # of a malformed id
    ("GET effect", "a little behind"),
    ("PUT effect", "a little late"),
    ("PUT effect", "applied twice"),  # idempotent
    ("DELETE effect", "busy now and then"),
]

OPEN = [
    ("GET 200 workload.metadata.id", "upper-cased"),  # another notation, which not every server reads
    ("GET 200 workload.metadata.updatedBy", "doubled"),
    ("DELETE 202 desiredPhase", "said to be deleted"),
    ("POST request metadata", "with an unnamed member beside"),
    ("POST request metadata.projectId", "truncated at 8"),  # a workload would be made elsewhere
    ("POST request manifestBase64Encoded", "truncated at 8"),  # what is left of it might run
    ("POST 400 status", "becomes 413"),
    ("PUT 400 status", "becomes 404"),
    ("GET 403 status", "becomes 401"),
    ("DELETE effect", "applied twice"),
    ("POST 429 status", "becomes 400"),
]


@pytest.mark.parametrize(("place", "operator", "clause"), FAULTS)
def test_a_fault_violates_a_clause(place, operator, clause):
    found = ruled(place, operator)
    assert found.ruling is Ruling.FAULT, found
    assert clause in found.clauses


@pytest.mark.parametrize(("place", "operator"), LEGAL)
def test_what_the_contract_allows_is_legal(place, operator):
    assert ruled(place, operator).ruling is Ruling.LEGAL, ruled(place, operator)


@pytest.mark.parametrize(("place", "operator"), OPEN)
def test_what_the_contract_leaves_open_is_not_drawn(place, operator):
    assert ruled(place, operator).ruling is Ruling.OPEN, ruled(place, operator)


def test_an_operator_that_changes_nothing_is_no_point():
    assert ruled("GET 200 workload.metadata.tenantId", "upper-cased").ruling is Ruling.NONE
    assert ruled("GET 200 workload.desiredPhase", "truncated at 32").ruling is Ruling.NONE


def test_every_clause_of_a_fault_binds():
    assert {name for point in all_points().values() for name in point.ruled.clauses} <= set(binding())


def test_every_member_of_every_body_is_a_place():
    """Nothing is a place because somebody thought of it: the elements of the contract are counted by another walk."""
    contract = load_contract()
    members = {name for name in elements(contract) if name.rpartition(" ")[2].startswith("/") and ": " not in name}
    walked = {place.element for place in all_places() if place.part in (Part.REQUEST, Part.ANSWER)}
    provoked = {name for name in members if name.split()[1] not in ("500", "503")}
    assert walked == provoked


def test_members_of_all_of_are_found():
    assert {"name", "id"} <= set(members_of(members_of(load_contract().schema("WorkloadV2"))["metadata"]))


def test_names_are_unique_and_counted():
    rulings = [
        rule_on(place, operator).ruling for place in all_places() for operator in operators_at(place)
    ]  # without triggers
    assert len(all_points()) == counts()[Ruling.FAULT] + counts()[Ruling.LEGAL]
    assert counts()[Ruling.OPEN] > rulings.count(Ruling.OPEN) > 0


def test_a_draw_follows_from_its_seed():
    points = list(all_points().values())
    first = [point.id for point in drawn(60, 7, points)]
    assert first == [point.id for point in drawn(60, 7, points)]
    assert first != [point.id for point in drawn(60, 8, points)]
    assert len(set(first)) == 60


def test_a_draw_has_every_kind_of_place_and_a_quarter_of_legal_points():
    points = drawn(160, 1, list(all_points().values()))
    assert sum(not point.is_fault for point in points) == 40
    strata = {point.stratum for point in all_points().values() if point.is_fault}
    assert {point.stratum for point in points if point.is_fault} == strata


def test_no_more_is_drawn_than_there_is():
    few = [point for point in all_points().values() if point.place.part is Part.PARAMETER]
    assert sorted(point.id for point in drawn(1000, 1, few)) == sorted(point.id for point in few)


@pytest.mark.parametrize("mode", [Mode.DRY_RUN, Mode.READ_ONLY])
def test_what_makes_dry_runs_real_is_for_mode_full_alone(mode):
    points = list(all_points().values())
    assert any(point.place.part is Part.PARAMETER for point in allowed(points, Mode.FULL))
    assert not any(point.place.part is Part.PARAMETER for point in allowed(points, mode))
