"""Servers that mix up what they were told: the kind that a workload has now, and who asked for what."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from support.servers import Call, Changed, Reply

from workloads_conformance.suite import test_concurrency, test_update_meaning
from workloads_reports import Verdict
from workloads_strategies import KINDS


@pytest.mark.parametrize("follows", [False, True])
def test_gvk_that_stays_when_the_kind_is_changed_is_found(follows, judge):
    """The server of the test lets an update change the kind; with `follows` it is right."""
    changed: dict[str, dict] = {}

    def before(call: Call) -> Call:
        manifest = (call.json or {}).get("manifest") if call.operation == "update" else None
        if manifest is None or manifest["kind"] == "Job":
            return call
        changed[call.path] = manifest
        return call.with_json({})

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation != "get" or call.path not in changed or reply.status != 200:
            return reply
        body = reply.json
        body["workload"]["rawManifest"] = changed[call.path]
        if follows:
            body["workload"]["metadata"]["gvk"] |= KINDS[changed[call.path]["kind"]].gvk
        return reply.with_json(body)

    report = judge(
        Changed(before=before, after=after), test_update_meaning.test_an_update_to_another_kind, settle="1", kinds="Job"
    )
    assert {one.requirement.id for one in report.having(Verdict.FAIL)} == (set() if follows else {"WV2-CREATE-018"})


@dataclass
class Shared(Changed):
    """Keeps who asks where the next request changes it: creates wait until somebody else has asked, or for a second."""

    asked: list[bytes] = field(default_factory=list)

    async def __call__(self, scope, receive, send):
        given = dict(scope["headers"]).get(b"authorization", b"")
        self.asked.append(given)
        if scope["method"] == "POST":
            for _ in range(100):
                await asyncio.sleep(0.01)
                if self.asked[-1] != given:
                    break
        await super().__call__(scope, receive, send)


@pytest.mark.slow
def test_authors_that_are_mixed_up_among_requests_are_found(judge):
    """What is made while somebody else asks for something is told as made by that one."""
    made_by_others: set[str] = set()

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "create" and reply.status == 202 and server.asked[-1] != call.headers[b"authorization"]:
            made_by_others.add(reply.json["metadata"]["id"])
        if call.operation != "get" or reply.status != 200:
            return reply
        body = reply.json
        if body["workload"]["metadata"]["id"] in made_by_others:
            body["workload"]["metadata"]["createdBy"] = "somebody else"
        return reply.with_json(body)

    server = Shared(after=after)
    report = judge(server, test_concurrency.test_who_wrote_beside_the_requests_of_another_user)
    assert made_by_others
    assert {one.requirement.id for one in report.having(Verdict.FAIL)} >= {"WV2-LIFE-005"}
