"""Two answers differ only where the contract says that they tell the same thing, and they do not."""

import json

import pytest

from workloads_conformance.api import METADATA, Answer, differing, shows, value_of
from workloads_conformance.http import Exchange, Request, Response


def answer(metadata=None, **workload) -> Answer:
    body = json.dumps({"metadata": metadata or {}, **workload}).encode()
    return Answer(Exchange(Request(method="POST", path="/"), Response(202, (), body), None, 0.1))


ID = "12345678-1234-4234-8234-123456789abc"
GVK = {"group": "batch", "version": "v1", "kind": "Job"}
ALIKE = [
    ({"ageSeconds": 1}, {"ageSeconds": 2}),
    ({"priority": None}, {"priority": "high"}),
    ({"priority": "high"}, {"priority": None}),
    ({"priority": "high"}, {}),
    ({"deletedAt": None}, {}),
    ({"configuration": {"mnnvl": None}}, {"configuration": {"mnnvl": "None"}}),
    ({"configuration": {"mnnvl": "None", "x": 1}}, {"configuration": {"x": 2}}),
    ({"gvk": GVK}, {"gvk": {**GVK, "resource": "jobs"}}),
    ({"id": ID}, {"id": ID.upper()}),
    ({"createdAt": "2024-01-31T10:00:00.123456789Z"}, {"createdAt": "2024-01-31T10:00:00.123Z"}),
    ({"createdAt": "2024-01-31T10:00:00.9996Z"}, {"createdAt": "2024-01-31T15:30:01.000+05:30"}),
    ({"createdAt": "2024-01-31T10:00:00Z"}, {"createdAt": "2024-01-31T10:00:00.900z"}),
    ({"tenantId": 1}, {"tenantId": 1.0}),
    ({"name": "a"}, {"name": None}),
    ({"name": "a"}, {}),
]
DIFFERENT = [
    ("priority", {"priority": "high"}, {"priority": "low"}),
    ("gvk", {"gvk": GVK}, {"gvk": {**GVK, "kind": "job"}}),
    ("configuration", {"configuration": {"mnnvl": "None"}}, {"configuration": {"mnnvl": "Required"}}),
    ("id", {"id": ID}, {"id": ID.replace("c", "d")}),
    ("name", {"name": "a"}, {"name": "A"}),
    ("createdAt", {"createdAt": "2024-01-31T10:00:00.123Z"}, {"createdAt": "2024-01-31T10:00:00.124Z"}),
    ("createdAt", {"createdAt": "2024-01-31T10:00:00Z"}, {"createdAt": "2024-01-31T10:00:01.5Z"}),
    ("createdAt", {"createdAt": "2024-01-31T10:00:00Z"}, {"createdAt": "2024-01-31T10:00:00+01:00"}),
    ("createdAt", {"createdAt": "yesterday"}, {"createdAt": "today"}),
    ("tenantId", {"tenantId": 1}, {"tenantId": True}),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_these_tell_the_same(one, other):
    assert differing(METADATA, answer(one), answer(other)) == []
    assert differing(METADATA, answer(other), answer(one)) == []


@pytest.mark.parametrize(("member", "one", "other"), DIFFERENT)
def test_these_do_not(member, one, other):
    assert differing(METADATA, answer(one), answer(other)) == [member]
    assert differing(METADATA, answer(other), answer(one)) == [member]


def test_manifests_are_compared_whole():
    one, other = answer(rawManifest={"a": {"b": [1]}}), answer(rawManifest={"a": {"b": [1], "c": None}})
    assert differing(("rawManifest",), one, other) == ["rawManifest"]
    assert differing(("rawManifest", "desiredPhase"), one, answer(rawManifest={"a": {"b": [1]}})) == []


def test_an_answer_shows_what_it_does_not_contradict():
    assert shows(answer({"priority": None}), {"priority": "high", "category": "Build"})
    assert not shows(answer({"priority": "low"}), {"priority": "high"})
    assert value_of(answer({"gvk": {**GVK, "x": 1}}), "gvk") == GVK
