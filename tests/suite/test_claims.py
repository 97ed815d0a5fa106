"""A failure shows what it claims: it repeats, it was seen, and what could not be told is not claimed."""

from __future__ import annotations

import dataclasses
import itertools
import random
import re
from collections import Counter
from dataclasses import dataclass, field

import pytest
from support.servers import Call, Changed, Reply, json_reply, serving

from workloads_conformance.recording import read_record
from workloads_conformance.replay import rejudge
from workloads_conformance.suite import (
    test_authentication,
    test_create,
    test_delete,
    test_dry_run,
    test_generated,
    test_get,
    test_left_open,
    test_stories,
    test_update,
    test_update_meaning,
)
from workloads_reports import Verdict, read_report, to_json

ITEM = "/api/v2/workloads/"
LIST_PATH = "/api/v1/workloads"
GATEWAY = Reply(504, {b"content-type": b"text/html"}, b"").with_body(b"<h1>504</h1>")


def told(report, requirement: str):
    return next(found for found in report.requirements if found.requirement.id == requirement)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.04, 0.2])
def test_what_fails_at_random_is_no_failure(share, judge):
    """A gateway answers 504 to some requests; of cases of dozens each is disturbed, each time by another request."""
    chance = random.Random(4)

    def after(call: Call, reply: Reply) -> Reply:
        return GATEWAY if call.operation and chance.random() < share else reply

    tests = (
        test_stories.test_a_long_story,
        test_generated.test_post_of_what_the_schema_forbids,
        test_update.test_another_priority_is_refused,
    )
    report = judge(Changed(after=after), *tests)
    found = [one for failed in report.having(Verdict.FAIL) for one in failed.findings]
    assert [(one.code, one.confirmed, one.message, one.case) for one in found] == []
    assert report.verdict == "inconclusive"
    undecided = [found.reason for found in report.having(Verdict.INCONCLUSIVE)]
    told_of = [reason for reason in undecided if "504" in reason and "times when repeated" in reason]
    assert all(re.search(r"but only [0-2]/3 times when repeated", reason) for reason in told_of)
    assert told_of or share < 0.1, undecided


def test_what_one_request_shows_is_found_though_others_fail_at_random(judge):
    """What always fails is told from what fails by chance, and the commands are those that were repeated."""
    chance = random.Random(5)

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "update" and reply.status == 202:
            return json_reply(299, reply.json)
        return GATEWAY if call.operation == "get" and chance.random() < 0.2 else reply

    report = judge(Changed(after=after), test_update.test_the_manifest_is_updated)
    found = told(report, "WV2-UPDATE-001")
    assert found.verdict is Verdict.FAIL
    [finding] = [one for one in found.findings if "299" in one.message]
    assert finding.confirmed == "3/3"
    commands = finding.reproduce.splitlines()
    assert [command.split(" -X ")[1].split()[0] for command in commands] == ["POST", "PUT"]
    assert told(report, "WV2-GET-001").verdict is not Verdict.FAIL


def test_what_is_wrong_one_time_of_three_is_found(judge):
    """A server of three, one of which is older, is wrong; which one answers is not the client's to choose."""
    turn = itertools.count()

    def after(call: Call, reply: Reply) -> Reply:
        body = reply.json
        if call.operation != "get" or reply.status != 200 or next(turn) % 3:
            return reply
        del body["workload"]["metadata"]["tenantId"]
        return reply.with_json(body)

    report = judge(Changed(after=after), test_get.test_what_was_created_can_be_read)
    [found] = report.having(Verdict.FAIL)
    assert found.requirement.id == "WV2-GET-002"
    [finding] = found.findings
    # How many readings a case takes depends on the time, and so does which of them come to the older server.
    assert finding.confirmed in ("3/3", *(f"{times}/12" for times in range(3, 13)))


@pytest.mark.slow
def test_a_write_that_is_ignored_every_second_time_is_found(judge):
    """Deletions are answered 202, and every second is not done: it takes several answers, and time, to see that."""
    turn = itertools.count()

    def before(call: Call) -> Call | Reply:
        if call.operation != "delete" or next(turn) % 2:
            return call
        return json_reply(202, {"metadata": {"id": call.path.rpartition("/")[2]}})

    report = judge(Changed(before=before), test_delete.test_a_deleted_workload_goes_away)
    assert told(report, "WV2-DELETE-003").verdict is Verdict.FAIL


@dataclass
class TakingTurns(Changed):
    """Two servers behind one name that know the same tokens and nothing of each other's workloads."""

    other: Changed = field(default_factory=Changed)
    turn: int = 0

    async def __call__(self, scope, receive, send) -> None:
        self.other.tokens = self.tokens
        self.turn += 1
        await (super().__call__ if self.turn % 2 else self.other)(scope, receive, send)


@pytest.mark.slow
def test_of_two_servers_that_share_no_state_that_is_said_first_and_alone(command, tmp_path):
    app = TakingTurns()
    with serving(app) as target:
        done = command("run", *target.arguments, "--settle", "1", environ=target.environ)
    assert done.returncode == 1, done.stderr
    report = read_report(tmp_path / "conformance-report/report.json")
    assert "answers contradict each other" in report.reason
    [found] = report.having(Verdict.FAIL)
    assert [finding.code for finding in found.findings] == ["get/answers-contradict"]
    assert "6 of 12" in found.findings[0].observed
    there = {workload.id for server in (app, app.other) for workload in server.store.listed(deleted=False)}
    assert there <= set(report.leftovers.unknown)  # that an answer does not know it says nothing here
    again, departures = rejudge(read_record(tmp_path / "conformance-report/record.jsonl"))
    assert (departures, to_json(again)) == ([], to_json(report))


def test_what_a_server_takes_for_a_dry_run_is_not_left(judge):
    """Whether dryRun=1 is one is left open; where it is, and nothing is listed, the id that it gave was never there."""

    def before(call: Call) -> Call | Reply:
        if call.path == LIST_PATH:
            return json_reply(404, {"code": 404, "message": "no such path"})
        spelt = call.query.decode().lower() in ("dryrun=1", "dryrun=true")
        return dataclasses.replace(call, query=b"dryRun=true") if spelt else call

    report = judge(Changed(before=before), test_dry_run.test_another_spelling)
    assert report.leftovers.created > 0
    assert (report.leftovers.leaked, report.leftovers.unknown) == ((), ())


def test_what_is_nested_too_deeply_to_be_read_is_removed(judge):
    """A server that takes any depth, gives it back, and shows what was deleted as such: its ids and names are known."""
    manifests: dict[str, bytes] = {}
    deep = re.compile(rb'"xUnknown": (\[{200,}\]+|(\{"a":){200,}1\}+)')

    def before(call: Call) -> Call:
        found = deep.search(call.body)
        name = re.search(rb'"name": "([^"]+)"', call.body)
        if call.operation != "create" or found is None or name is None:
            return call
        manifests[name[1].decode()] = found[1]
        return dataclasses.replace(call, body=deep.sub(b'"xUnknown": "cut out"', call.body))

    def after(_call: Call, reply: Reply) -> Reply:
        name = re.search(rb'"name":"([^"]+)"', reply.body)
        held = manifests.get(name[1].decode()) if name else None
        return reply.with_body(reply.body.replace(b'"cut out"', held)) if held else reply

    server = Changed(before=before, after=after)
    report = judge(server, test_left_open.test_a_body_that_some_servers_take)
    assert len(manifests) > 3
    assert (report.leftovers.leaked, report.leftovers.unknown) == ((), ())
    assert server.store.listed(deleted=False) == []


@pytest.mark.slow
@pytest.mark.parametrize(("status", "verdict"), [(None, Verdict.INCONCLUSIVE), ("Synced", Verdict.FAIL)])
def test_desired_phase_alone_does_not_tell_whether_a_workload_is_gone(status, verdict, judge):
    """It is what is wanted; that it is not so yet is said by syncInfo, where there is one."""
    deleted = {}

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "delete" and reply.status == 202:
            deleted[call.path] = reply.json
        if call.operation != "get" or call.path not in deleted:
            return reply
        workload = deleted[call.path] | {"desiredPhase": "Deleted"}
        workload["metadata"] = {key: value for key, value in workload["metadata"].items() if key != "deletedAt"}
        return json_reply(200, {"workload": workload} | ({"syncInfo": {"status": status}} if status else {}))

    report = judge(Changed(after=after), test_delete.test_a_deleted_workload_goes_away, settle="1")
    assert told(report, "WV2-DELETE-003").verdict is verdict
    assert bool(report.leftovers.unknown) == (status is None)
    assert bool(report.leftovers.leaked) == (status is not None)


def test_what_fails_by_chance_sometimes_is_no_failure(judge):
    """5xx that a target answers now and then may be anybody's on the way, however often the request is repeated."""
    chance, turn = random.Random(2), itertools.count()
    failing = set(itertools.accumulate((chance.randint(10, 30) for _ in range(1000)), initial=3))

    def after(call: Call, reply: Reply) -> Reply:
        wrong = call.operation == "get" and reply.status == 200 and next(turn) in failing
        return json_reply(500, {"code": 500, "message": "no"}) if wrong else reply

    report = judge(Changed(after=after), test_get.test_what_was_created_can_be_read)
    assert not report.having(Verdict.FAIL)
    assert "times when repeated" in told(report, "WV2-HTTP-004").reason


@pytest.mark.parametrize("wrong", [None, 7, ""])
def test_a_202_without_an_id_is_a_finding_of_its_own(wrong, judge):
    """What would need the id is undecided: no request goes to a path without one."""
    paths = Counter()

    def before(call: Call) -> Call:
        paths[call.path] += 1
        return call

    def after(call: Call, reply: Reply) -> Reply:
        body = reply.json
        if call.operation not in ("create", "update", "delete") or reply.status != 202:
            return reply
        body["metadata"]["id"] = wrong
        if wrong is None:
            del body["metadata"]["id"]
        return reply.with_json(body)

    tests = (
        test_create.test_a_valid_create_is_accepted_and_told_back,
        test_create.test_a_prefix_is_followed_by_random_characters,
        test_get.test_what_was_created_can_be_read,
        test_dry_run.test_it_has_no_side_effects,
        test_dry_run.test_false_creates,
        test_dry_run.test_another_spelling,
        test_delete.test_a_deleted_workload_goes_away,
        test_update_meaning.test_each_priority_is_accepted,
        test_stories.test_every_short_story,
    )
    report = judge(Changed(before=before, after=after), *tests, profile="smoke")
    assert {found.requirement.id for found in report.having(Verdict.FAIL)} == {"WV2-CREATE-002"}
    assert ITEM not in paths
    assert not {f"{ITEM}None", f"{ITEM}7"} & paths.keys()
    for requirement in ("WV2-GET-003", "WV2-CREATE-017", "WV2-UPDATE-017", "WV2-DRYRUN-002", "WV2-DELETE-003"):
        assert told(report, requirement).verdict is Verdict.INCONCLUSIVE


EFFECTS = (
    test_update.test_a_refused_update_changes_nothing,
    test_authentication.test_a_write_without_a_token_changes_nothing,
)


def test_an_effect_is_claimed_only_where_the_state_before_was_seen(judge):
    """Once it could be read a workload is not found any more: that was no refused request, and no state is compared."""
    reads = Counter()

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation == "get" and reply.status == 200:
            reads[call.path] += 1
            if reads[call.path] > 1:
                return json_reply(404, {"code": 404, "message": "the replica does not know it"})
        return reply

    report = judge(Changed(after=after), *EFFECTS)
    assert not report.having(Verdict.FAIL)
    assert "cannot be read" in told(report, "WV2-UPDATE-011").reason
    assert told(report, "WV2-UPDATE-011").verdict is Verdict.INCONCLUSIVE


def test_a_replica_that_is_behind_is_no_effect_of_a_refused_request(judge):
    """After a write that was refused a replica answers that does not know the workload yet; then another, that does."""
    stale = Counter()

    def after(call: Call, reply: Reply) -> Reply:
        if call.operation in ("update", "delete") and reply.status >= 400:
            stale[call.path] = 3
        if call.operation == "get" and stale[call.path] > 0:
            stale[call.path] -= 1
            return json_reply(404, {"code": 404, "message": "the replica does not know it"})
        return reply

    report = judge(Changed(after=after), *EFFECTS, settle="10")
    assert not report.having(Verdict.FAIL)
    assert told(report, "WV2-UPDATE-011").verdict is Verdict.PASS
    assert told(report, "WV2-AUTH-013").verdict is Verdict.PASS


def test_what_a_case_did_not_come_to_says_what_was_before(judge):
    def after(call: Call, reply: Reply) -> Reply:
        return json_reply(200, reply.json) if call.method == "DELETE" and reply.status == 202 else reply

    report = judge(Changed(after=after), test_delete.test_a_deleted_workload_goes_away)
    assert told(report, "WV2-DELETE-003").verdict is Verdict.FAIL
    not_reached = told(report, "WV2-DELETE-006")
    assert not_reached.verdict is Verdict.NOT_TESTED
    assert not_reached.reason.startswith("test_delete.test_a_deleted_workload_goes_away did not reach it: WV2-")
    assert told(report, "WV2-UPDATE-003").reason == "none of its tests was run"


def test_what_no_answer_was_about_is_not_said_to_be_left_out(judge):
    """A target whose updates return 200 never gives the answer whose shape is to be judged."""

    def after(call: Call, reply: Reply) -> Reply:
        return json_reply(200, reply.json) if call.method == "PUT" and reply.status == 202 else reply

    report = judge(Changed(after=after), *EFFECTS)
    assert told(report, "WV2-UPDATE-002").reason == "no answer came that it is about"
