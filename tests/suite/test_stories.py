"""A server that goes wrong when one step directly follows another is found out, whichever the two are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from support.servers import Changed
from support.stories import Following

from workloads_conformance.runner import InTurn
from workloads_conformance.selfcheck.exchanges import error_reply
from workloads_conformance.suite import test_stories
from workloads_reports import Verdict
from workloads_strategies.stories import Act, sequences, shorter, stories_of

EVERY = test_stories.test_every_short_story
PAIRS = sorted(sequences(2))
_ALL = (pytest.mark.slow, pytest.mark.exhaustive)
SOME = [
    pytest.param(*pair, marks=[] if place == 3 else pytest.mark.slow if place % 80 == 3 else _ALL)
    for place, pair in enumerate(PAIRS)
]


def those_with(*pair, most=None):
    """The test of every short story, on those that have two steps one after the other: others show nothing of them."""
    told = [story for story in stories_of(2) if pair in pairwise(story)][:most]
    cases = InTurn((), on=lambda settings: [(story, settings.kinds[0]) for story in told], shorter=shorter)
    judging = replace(EVERY.judging, cases=cases)
    return lambda session: session.run_test(judging)


def cases(report):
    return {finding.case for found in report.having(Verdict.FAIL) for finding in found.findings}


def failed(report):
    return {finding.message for found in report.having(Verdict.FAIL) for finding in found.findings}


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), SOME)
def test_a_fault_of_each_pair_of_steps_is_found(first, second, judge):
    server = Following(first, second)
    report = judge(server.app, those_with(first, second), profile="standard", settle="1", deadline="120")
    assert server.times
    assert any(f"{first}, {second}" in case for case in cases(report))


@pytest.mark.slow
def test_a_finding_tells_the_shortest_story_and_all_of_its_writes(judge):
    pair = (Act.DELETE_OTHER, Act.UPDATE_REFUSED)
    server = Following(*pair)
    report = judge(server.app, those_with(*pair), profile="standard", settle="1", deadline="120")
    [found] = [one for one in report.having(Verdict.FAIL) if one.requirement.id == "WV2-UPDATE-011"]
    [finding] = found.findings
    assert finding.message.startswith("update with a flaw after delete of the other: ")
    assert finding.case.count(",") <= 4, finding.case
    assert finding.reproduce.count("-X POST") == 3, "it, the other and the bystander"
    assert finding.reproduce.count("-X DELETE") == 1
    assert finding.confirmed == "3/3"


def test_four_live_workloads_are_room_for_a_long_story(judge):
    """What a step has deleted makes room for what the next one creates."""
    room = {"max-live": "4"}
    report = judge(Changed(), test_stories.test_a_long_story, profile="standard", **room)
    assert [found.reason for found in report.having(Verdict.INCONCLUSIVE)] == []


@pytest.mark.slow
def test_an_update_that_is_sent_over_and_over_is_told_by_its_ends(judge):
    """One of several replicas may be behind, so it is sent until it has had time; the commands do not repeat that."""
    latest: dict[str, bytes] = {}

    def before(call):
        if call.operation != "update":
            return call
        if latest.get(call.path) == call.body:
            return error_reply(404)
        latest[call.path] = call.body
        return call

    pair = (Act.UPDATE_PRIORITY, Act.UPDATE_AGAIN)
    report = judge(Changed(before=before), those_with(*pair, most=1), profile="standard", settle="1", deadline="120")
    findings = [finding for found in report.having(Verdict.FAIL) for finding in found.findings]
    [finding] = [one for one in findings if one.code == "story/the-same-update-again/not-found"]
    assert finding.reproduce.count("-X PUT") == 3
    assert finding.confirmed == "3/3"


def with_manifest(reply, change):
    """A reply in which the annotations of rawManifest are changed."""
    body = reply.json
    workload = body.get("workload", body)
    annotations = workload["rawManifest"]["metadata"]["annotations"]
    workload["rawManifest"]["metadata"]["annotations"] = {key: change(value) for key, value in annotations.items()}
    return reply.with_json(body)


@pytest.mark.slow
def test_a_manifest_that_is_another_after_a_namesake_is_found(judge):
    """The revision is there; of the specimens around it some are not."""
    freed, namesakes = set(), set()

    def after(call, reply):
        if reply.status >= 300 or call.operation not in ("create", "get", "delete"):
            return reply
        workload = reply.json.get("workload", reply.json)
        identifier, name = workload["metadata"]["id"], workload["metadata"]["name"]
        if call.operation == "delete":
            freed.add(name)
        elif call.operation == "create" and name in freed:
            namesakes.add(identifier)
        wrong = call.operation == "get" and identifier in namesakes
        return with_manifest(reply, lambda text: text.encode("ascii", "ignore").decode().strip()) if wrong else reply

    report = judge(Changed(after=after), those_with(Act.DELETE, Act.CREATE, most=2), profile="standard", deadline="120")
    assert {found.requirement.id for found in report.having(Verdict.FAIL)} == {"WV2-MANIFEST-009"}


@pytest.mark.slow
def test_an_answer_to_a_deletion_that_shows_what_never_was_is_found(judge):
    def after(call, reply):
        if call.operation != "delete" or reply.status != 202:
            return reply
        body = reply.json
        body["metadata"]["category"] = "Nobody's"
        return reply.with_json(body)

    report = judge(Changed(after=after), those_with(Act.CREATE, Act.DELETE, most=2), profile="standard", deadline="120")
    assert {found.requirement.id for found in report.having(Verdict.FAIL)} == {"WV2-CREATE-016"}
    assert any("a category that the workload never had" in message for message in failed(report))


@pytest.mark.parametrize(
    ("member", "clause"),
    [
        pytest.param("name", "WV2-UPDATE-013", marks=pytest.mark.slow),
        pytest.param("departmentName", "WV2-CREATE-034", marks=pytest.mark.slow),
    ],
)
def test_an_answer_to_an_update_that_is_about_another_workload_is_found(member, clause, judge):
    def after(call, reply):
        if call.operation != "update" or reply.status != 202:
            return reply
        body = reply.json
        body["metadata"][member] = "another"
        return reply.with_json(body)

    report = judge(
        Changed(after=after), those_with(Act.CREATE, Act.UPDATE_PRIORITY, most=2), profile="standard", deadline="120"
    )
    assert {found.requirement.id for found in report.having(Verdict.FAIL)} == {clause}


def test_a_story_goes_on_without_specimens_where_they_are_refused(judge):
    """Which one is refused, and whether it may be, is judged where all are shown."""

    def before(call):
        return error_reply(400) if call.operation == "create" and len(call.body) > 1500 else call

    report = judge(Changed(before=before), EVERY, profile="smoke", deadline="120")
    covered = {one.what: (one.covered, one.possible) for one in report.plan.coverage}
    assert covered["steps"] == (len(Act), len(Act))
    assert not failed(report)


@pytest.mark.slow
def test_what_ends_a_story_leaves_undecided_only_what_no_other_judged(judge):
    """A failure that is waived must not hold up the gate by what others have shown to be in order."""

    def without_category(call):
        metadata = (call.json or {}).get("metadata") if call.operation == "update" else None
        if not isinstance(metadata, dict) or "category" not in metadata:
            return call
        return call.with_json(call.json | {"metadata": {key: metadata[key] for key in metadata if key != "category"}})

    report = judge(Changed(before=without_category), EVERY, profile="standard", settle="1", deadline="120")
    assert {found.requirement.id for found in report.having(Verdict.FAIL)} == {"WV2-LIFE-008"}
    assert report.having(Verdict.INCONCLUSIVE) == ()
    [finding] = [one for found in report.having(Verdict.FAIL) for one in found.findings]
    assert finding.case in ("create, update of the category", "create of a longer name, update of the other")


@pytest.mark.slow
def test_a_token_that_is_refused_as_such_leaves_the_rest_of_the_story(judge):
    report = judge(Changed(), EVERY, profile="smoke", deadline="120", environ={"TEST_FORBIDDEN": "x.y.z"})
    covered = {one.what: one for one in report.plan.coverage}
    assert covered["steps"].covered == covered["steps"].possible
    assert failed(report) == set()
    assert "WV2-LIFE-008" not in {found.requirement.id for found in report.having(Verdict.INCONCLUSIVE)}


@pytest.mark.slow
def test_nothing_is_found_on_an_honest_server(judge):
    report = judge(Changed(), EVERY, test_stories.test_a_long_story, profile="standard", deadline="120")
    assert failed(report) == set()
    assert not report.having(Verdict.INCONCLUSIVE)
    covered = {one.what: (one.covered, one.possible) for one in report.plan.coverage}
    assert covered["steps"] == (len(Act), len(Act))
    assert covered["pairs of steps"] == (len(PAIRS), len(PAIRS))


def test_without_a_token_that_lacks_the_rights_its_steps_are_taken_without_a_token(judge):
    report = judge(Changed(), EVERY, profile="smoke", deadline="120", forbidden_token_env=None)
    covered = {one.what: one for one in report.plan.coverage}
    assert covered["steps"].covered == covered["steps"].possible
    assert failed(report) == set()


def test_where_nobody_is_asked_for_a_token_its_steps_are_left_out(judge):
    """That a token has to be asked for is judged elsewhere; a story would go on from what it did not make."""
    app = Changed()

    def before(call):
        if b"authorization" in call.headers:
            return call
        own = f"Bearer {app.tokens.issue(app.tokens.member)}".encode()
        return replace(call, headers=call.headers | {b"authorization": own})

    app.before = before
    report = judge(app, EVERY, profile="smoke", deadline="120", forbidden_token_env=None)
    covered = {one.what: one for one in report.plan.coverage}
    assert 0 < covered["steps"].covered < covered["steps"].possible
    assert failed(report) == set()
