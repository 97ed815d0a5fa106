"""Every configured kind lives a whole life: what is wrong with one of them alone is found."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from support.servers import Changed, json_reply

from workloads_conformance.suite import test_delete, test_get, test_specimens, test_update
from workloads_reports import Verdict

pytestmark = pytest.mark.slow
KINDS = ("Job", "Deployment", "Pod")


class OneKind:
    """The reference server, wrong about the workloads of one kind."""

    def __init__(self, kind, method, before=None, after=None):
        self._kind, self._method = kind, method
        self._before, self._after = before, after
        self._of_kind = set()
        self.app = Changed(before=self._change, after=self._changed)

    def _change(self, call):
        known = call.path.rpartition("/")[2].lower() in self._of_kind
        return self._before(call) if self._before and known and call.method == self._method else call

    def _changed(self, call, reply):
        if call.operation == "create" and reply.status == 202 and workload(reply)["rawManifest"]["kind"] == self._kind:
            self._of_kind.add(workload(reply)["metadata"]["id"].lower())
        known = call.path.rpartition("/")[2].lower() in self._of_kind
        return self._after(reply) if self._after and known and call.method == self._method else reply


def workload(reply):
    return reply.json.get("workload", reply.json)


def as_a_read(call):
    return replace(call, method="GET")


def accepted(reply):
    return replace(reply, status=202)


def without_the_manifest(reply):
    body = reply.json
    body.get("workload", body).pop("rawManifest", None)
    return reply.with_json(body)


FAULTS = {
    "deletions are ignored": ("DELETE", as_a_read, accepted),
    "updates are ignored": ("PUT", as_a_read, accepted),
    "the manifest is lost in reads": ("GET", None, without_the_manifest),
    "reads are lost": ("GET", None, lambda reply: replace(reply, status=404)),
}
"""A method, and what is done to requests with it and to the answers."""

FINDING = {
    "deletions are ignored": (test_delete.test_a_deleted_workload_goes_away, {"WV2-DELETE-003"}),
    "updates are ignored": (test_update.test_the_manifest_is_updated, {"WV2-UPDATE-004", "WV2-UPDATE-005"}),
    "the manifest is lost in reads": (test_specimens.test_what_people_send_comes_back, {"WV2-MANIFEST-009"}),
    "reads are lost": (test_get.test_what_was_created_can_be_read, {"WV2-GET-003"}),
}


@pytest.mark.parametrize("profile", ["smoke", pytest.param("standard", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_one_kind_is_found(judge, fault, kind, profile):
    server = OneKind(kind, *FAULTS[fault])
    test, clauses = FINDING[fault]
    report = judge(server.app, test, kinds=",".join(KINDS), profile=profile, deadline="60")
    found = {one.requirement.id for one in report.requirements if one.verdict == "fail"}
    assert found & clauses, found


@pytest.mark.parametrize("kind", KINDS)
def test_a_deletion_that_only_the_clean_up_asks_for_is_judged(judge, kind):
    """The test of reading deletes nothing itself."""
    server = OneKind(kind, "DELETE", as_a_read, accepted)
    report = judge(server.app, test_get.test_reading_changes_nothing, kinds=",".join(KINDS))
    [found] = [one for one in report.requirements if one.requirement.id == "WV2-DELETE-003"]
    assert found.verdict == "fail"
    assert "DELETE" in found.findings[0].reproduce
    assert report.leftovers.leaked


def test_deletions_that_have_an_effect_the_second_time_alone_are_judged(judge):
    """Each of them goes when it is asked for again, so that only how many there were tells."""
    lost: set[str] = set()

    def before(call):
        if call.method != "DELETE" or call.path in lost:
            return call
        lost.add(call.path)
        return replace(call, method="GET", headers=call.headers | {b"x-lost": b"1"})

    def after(call, reply):
        return accepted(reply) if b"x-lost" in call.headers else reply

    server = Changed(before=before, after=after)
    report = judge(server, test_get.test_what_was_created_can_be_read, kinds=",".join(KINDS), profile="standard")
    [found] = [one for one in report.requirements if one.requirement.id == "WV2-DELETE-003"]
    assert found.verdict == "fail"
    assert found.findings[0].confirmed == "3/3"


def test_an_honest_server_leaves_nothing_to_judge(judge):
    report = judge(Changed(), test_get.test_reading_changes_nothing, kinds=",".join(KINDS))
    [found] = [one for one in report.requirements if one.requirement.id == "WV2-DELETE-003"]
    assert found.verdict != "fail"
    assert report.leftovers.leaked == report.leftovers.unknown == ()


def test_a_deletion_that_the_clean_up_has_to_ask_for_twice_satisfies_no_clause(judge):
    """That a workload went late is no case of a test of deletions, and a slow machine makes no clause pass."""
    asked = Counter()

    def before(call):
        asked[call.path] += call.method == "DELETE"
        return as_a_read(call) if call.method == "DELETE" and asked[call.path] == 1 else call

    def after(call, reply):
        return accepted(reply) if call.method == "DELETE" and asked[call.path] == 1 else reply

    report = judge(Changed(before=before, after=after), test_get.test_reading_changes_nothing)
    assert 2 in asked.values()
    assert "WV2-DELETE-003" not in {found.requirement.id for found in report.having(Verdict.PASS)}


def test_a_kind_whose_creates_are_said_to_conflict_is_not_set_aside(judge):
    """The names are fresh, so that 409, "the specified resource already exists", does not say that it is unknown."""

    def after(call, reply):
        made = call.operation == "create" and reply.status == 202
        if not made or workload(reply)["rawManifest"]["kind"] != "Deployment":
            return reply
        return json_reply(409, {"code": 409, "message": "it exists"})

    report = judge(Changed(after=after), test_specimens.test_what_people_send_comes_back, profile="smoke")
    assert "WV2-CREATE-039" not in report.observations
    assert {found.requirement.id for found in report.having(Verdict.FAIL)} & {"WV2-CREATE-003", "WV2-CREATE-004"}
