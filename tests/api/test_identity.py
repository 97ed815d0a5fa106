"""By what a create's workload is known again, whatever its body is."""

from __future__ import annotations

import json

import pytest

from workloads_conformance.api.identity import ShownWorkload, asked_by
from workloads_conformance.api.routes import CREATE_PATH
from workloads_conformance.http import Request
from workloads_strategies import mutations

NAME = "wlc-abc123-x-0"
GOOD = {"metadata": {"name": NAME, "projectId": "1"}, "manifest": {"kind": "Job", "metadata": {"name": NAME}}}
BODIES = [case for case in mutations.OPEN_BODIES if case.label != "UTF-16"]


@pytest.mark.parametrize("case", BODIES, ids=repr)
def test_a_workload_made_of_a_body_that_some_readers_take_is_known(case):
    """JSON that goes too deep, and what is not JSON, among it."""
    asked = asked_by(Request(method="POST", path=CREATE_PATH, body=case.apply(GOOD)), "wlc-abc123-")
    assert asked.fits(ShownWorkload(name=NAME))
    assert not asked.fits(ShownWorkload(name="wlc-abc123-y-0"))


def test_what_names_nothing_is_not_known():
    body = json.dumps({"metadata": {}}).encode()
    for sent in (body, body[:-1], b""):
        asked = asked_by(Request(method="POST", path=CREATE_PATH, body=sent), "wlc-abc123-")
        assert not asked.fits(ShownWorkload(name=NAME))
