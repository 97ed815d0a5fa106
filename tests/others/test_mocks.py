"""Servers that are no implementation: mocks, which answer from a document. What they show stays true."""

from __future__ import annotations

import json
import uuid

import pytest
from support.servers import Changed, json_reply

from workloads_conformance.suite import test_create, test_delete

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("shows", ["nothing", "an example"])
def test_an_id_that_a_mock_makes_up_is_not_leaked(shows, judge):
    """A create is accepted under an id that GET does not know, or under which it shows an example of no create."""
    example = {"metadata": {"id": str(uuid.uuid4()), "name": "example", "projectId": "1"}}

    def before(call):
        if call.method == "POST" and call.path.endswith("/workloads"):
            asked = json.loads(call.body) if call.body.startswith(b"{") else {}
            metadata = {**(asked.get("metadata") or {}), "id": str(uuid.uuid4())}
            return json_reply(202, {"metadata": metadata})
        if call.method == "GET" and "/workloads/" in call.path:
            return json_reply(404, {"code": 404, "message": "x"}) if shows == "nothing" else json_reply(200, example)
        return json_reply(202, {}) if call.method == "DELETE" else call

    report = judge(
        Changed(before=before),
        test_create.test_each_priority_is_accepted,
        test_delete.test_a_deleted_workload_goes_away,
    )
    assert report.leftovers.created > 0
    assert report.leftovers.leaked == ()
