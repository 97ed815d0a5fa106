"""What schemathesis generates, as the suite takes it: at random, and over the schema's every keyword."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, given, settings
from support.drawing import relaxed

from workloads_conformance.api.checks.shapes import Shapes
from workloads_specs import load_contract
from workloads_strategies.generated import coverage_requests, generated_requests


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


OPERATIONS = ["create", "get", "update", "delete"]


@pytest.mark.parametrize("literal", [False, True])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_coverage_is_the_same_each_time_and_repeats_nothing(operation, literal):
    for valid in (True, False):
        requests = coverage_requests(operation, valid=valid, literal=literal)
        again = coverage_requests.__wrapped__(operation, valid=valid, literal=literal)
        assert requests
        assert requests == again
        assert len({json.dumps(asdict(request)) for request in requests}) == len(requests)


@pytest.mark.parametrize("operation", ["create", "update"])
def test_valid_coverage_keeps_the_schema(operation):
    shapes = Shapes(load_contract())
    for request in coverage_requests(operation, valid=True):
        assert request.has_body
        assert not shapes.request_flaws(operation, request.body)
        assert not {"manifest", "manifestBase64Encoded"} <= request.body.keys()


def test_valid_coverage_reaches_every_member():
    found = {
        name
        for request in coverage_requests("create", valid=True)
        for name in (*request.body, *request.body["metadata"])
    }
    schema = load_contract().schema("WorkloadV2CreateRequest")
    assert found >= {*schema["properties"], *schema["properties"]["metadata"]["properties"]}


def test_invalid_coverage_breaks_bodies_and_ids():
    shapes = Shapes(load_contract())
    flawed = {
        flaw.kind.split()[0]
        for request in coverage_requests("create", valid=False)
        if request.has_body
        for flaw in shapes.request_flaws("create", request.body)
    }
    assert {"$", "$.metadata.name", "$.metadata.clusterId", "$.metadata.preemptibility"} <= flawed
    assert any(not request.has_body for request in coverage_requests("create", valid=False))
    for request in coverage_requests("get", valid=False):
        assert request.path_id
        assert "/" not in request.path_id


BESIDE_ANOTHER_THREAD = """
import random, threading
from workloads_strategies.generated import coverage_requests
threading.Thread(target=lambda: [random.random() for _ in iter(int, 1)], daemon=True).start()
coverage_requests("create", valid=True)
"""


def test_nothing_is_said_of_other_threads_that_draw_numbers():
    """In a process of its own, which has drawn none of these requests yet."""
    ended = subprocess.run([sys.executable, "-c", BESIDE_ANOTHER_THREAD], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
