"""Timestamps and UUIDs: a table of right and wrong forms."""

import json
from datetime import UTC, datetime

import pytest

from workloads_conformance.api import Shapes, instant
from workloads_conformance.api.checks import is_timestamp
from workloads_conformance.http import Response
from workloads_specs import load_contract

RIGHT = {
    "2024-01-31T10:00:00Z": datetime(2024, 1, 31, 10, tzinfo=UTC),
    "2024-01-31T10:00:00z": datetime(2024, 1, 31, 10, tzinfo=UTC),
    "2024-01-31t10:00:00z": datetime(2024, 1, 31, 10, tzinfo=UTC),
    "2024-01-31T10:00:00.5Z": datetime(2024, 1, 31, 10, 0, 0, 500_000, UTC),
    "2024-01-31T10:00:00.123456789Z": datetime(2024, 1, 31, 10, 0, 0, 123_456, UTC),
    "2024-01-31T10:00:00.1234567890123456789Z": datetime(2024, 1, 31, 10, 0, 0, 123_456, UTC),
    "2024-01-31T10:00:00+05:30": datetime(2024, 1, 31, 4, 30, tzinfo=UTC),
    "2024-01-31T10:00:00-00:00": datetime(2024, 1, 31, 10, tzinfo=UTC),
    "2024-01-31T10:00:00+23:59": datetime(2024, 1, 30, 10, 1, tzinfo=UTC),
    "2024-02-29T10:00:00Z": datetime(2024, 2, 29, 10, tzinfo=UTC),
    "2016-12-31T23:59:60Z": datetime(2017, 1, 1, tzinfo=UTC),
    "2016-12-31T23:59:60.25Z": datetime(2017, 1, 1, 0, 0, 0, 250_000, UTC),
    "2017-01-01T05:29:60+05:30": datetime(2017, 1, 1, tzinfo=UTC),
}
WRONG = (
    *("2024-01-31T07:60:51Z", "2024-01-31T10:00:00+05:60", "2024-01-31T10:00:00Z\n", "2024-01-31T10:00:61Z"),
    *("\n2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z ", "2024-01-31 10:00:00Z", "2024-01-31T10:00:00"),
    *("2024-01-31T24:00:00Z", "2024-01-31T60:00:00Z", "2024-01-31T10:00:60Z", "2023-02-29T10:00:00Z"),
    *("2024-13-01T10:00:00Z", "2024-00-01T10:00:00Z", "2024-01-00T10:00:00Z", "2024-01-31T10:00:00+24:00"),
    *("2024-01-31T10:00:00+0530", "2024-01-31T10:00:00+05", "2024-01-31T10:00Z", "2024-01-31T10:00:00.Z"),
    *(
        "2024-01-31T10:00:00,5Z",
        "24-01-31T10:00:00Z",
        "2024-1-31T10:00:00Z",
        "20240131T100000Z",
        "2024-W05-3T10:00:00Z",
    ),
    *("2024-01-31", "10:00:00Z", "", "now", "+2024-01-31T10:00:00Z", "2024-01-31T10:00:00ZZ"),
    "\uff12024-01-31T10:00:00Z",
)
ID = "12345678-1234-4234-8234-123456789abc"
WRONG_IDS = (
    *(f"{ID}\n", f" {ID}", f"{ID} ", f"{{{ID}}}", f"urn:uuid:{ID}", ID.replace("-", ""), ID[:-1]),
    *(f"{ID[:-1]} ", f"{ID[:-1]}\uff11", f"{ID[:10]}_{ID[11:]}", f"{ID[:-1]}g", ""),
)


@pytest.mark.parametrize("text", RIGHT)
def test_a_timestamp_is_read(text):
    assert is_timestamp(text)
    assert instant(text) == RIGHT[text]


@pytest.mark.parametrize("text", WRONG, ids=repr)
def test_what_is_no_timestamp_is_refused(text):
    assert not is_timestamp(text)
    assert instant(text) is None


@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}])
def test_what_is_no_text_is_no_time(value):
    assert instant(value) is None


def flaws(**metadata):
    body = {"metadata": WHOLE | metadata} | REST
    answer = Response(202, (), json.dumps(body).encode())
    return SHAPES.response_flaws(SHAPES.contract.operations["create"], answer)


WHOLE = {
    "name": "a", "projectId": "1", "id": ID, "gvk": {"group": "", "version": "v1", "kind": "Pod"}, "projectName": "p",
    "clusterId": ID, "tenantId": 1, "departmentId": "1", "departmentName": "d", "createdAt": "2024-01-31T10:00:00Z",
    "createdBy": "me", "updatedAt": "2024-01-31T10:00:00Z", "updatedBy": "me",
}  # fmt: skip
SHAPES = Shapes(load_contract())
REST = {"desiredPhase": "Running", "workloadManifest": {}, "rawManifest": {}}


def test_answers_are_held_to_it():
    assert flaws() == []
    for text in RIGHT:
        assert flaws(createdAt=text) == []
        assert flaws(deletedAt=text) == []
    for text in WRONG:
        assert [flaw.kind for flaw in flaws(createdAt=text)] == ["$.metadata.createdAt breaks format 'date-time'"]
    assert flaws(id=ID.upper()) == []
    for text in WRONG_IDS:
        assert [flaw.kind for flaw in flaws(id=text)] == ["$.metadata.id breaks format 'uuid'"]
