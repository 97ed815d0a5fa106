"""Each of these servers keeps the contract in its own way, and is blamed for nothing."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import json
from contextlib import suppress

import pytest
import yaml
from support.sampled import sampled
from support.servers import Call, Changed, Reply, json_reply

from workloads_conformance.errors import UsageError
from workloads_conformance.suite import (
    test_authentication,
    test_create,
    test_get,
    test_left_open,
    test_specimens,
    test_update,
)
from workloads_reports import Verdict, to_json
from workloads_strategies import PRIORITIES


def told(report, requirement: str):
    return next(found for found in report.requirements if found.requirement.id == requirement)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def manifest_of(call: Call) -> dict[str, object]:
    """The manifest of a create or an update, in whichever form; empty where there is none that can be read."""
    body = call.json if isinstance(call.json, dict) else {}
    found = body.get("manifest")
    if isinstance(body.get("manifestBase64Encoded"), str):
        with suppress(ValueError, yaml.YAMLError):
            found = yaml.safe_load(base64.b64decode(body["manifestBase64Encoded"]))
    return found if isinstance(found, dict) else {}


def taking(token: str) -> Changed:
    """A server whose one user has this token."""
    app = Changed()

    def before(call: Call) -> Call:
        if call.headers.get(b"authorization") != f"Bearer {token}".encode():
            return call
        own = f"Bearer {app.tokens.issue(app.tokens.member)}".encode()
        return dataclasses.replace(call, headers=call.headers | {b"authorization": own})

    app.before = before
    return app


@pytest.mark.parametrize(
    "claims",
    [{"exp": 4_102_444_800}, {"exp": 4_102_444_800, "workloads-conformance": 1}, {"sub": "somebody"}],
    ids=["exp in 2100", "the mark of the suite", "no exp"],
)
def test_a_forgery_is_another_token_whatever_the_token(claims, judge):
    """The token is written as the suite writes forgeries: what it says is all that can tell them apart."""
    token = f"{part({'alg': 'HS256'})}.{part(claims)}.{part('signature')}"
    tests = (test_authentication.test_with_an_altered_token, test_authentication.test_with_alg_none)
    report = judge(taking(token), *tests, environ={"TEST_TOKEN": token})
    assert not report.having(Verdict.FAIL)
    assert told(report, "WV2-AUTH-006").cases == 35
    assert told(report, "WV2-AUTH-007").cases == 20


def test_a_token_that_is_a_word_the_suite_makes_up_is_no_forgery(judge):
    report = judge(
        taking("undefined"), test_authentication.test_with_what_is_no_token, environ={"TEST_TOKEN": "undefined"}
    )
    assert not report.having(Verdict.FAIL)
    assert told(report, "WV2-AUTH-005").cases == 35


@pytest.mark.parametrize(("name", "what"), [("TEST_EXPIRED", "has run out"), ("TEST_FORBIDDEN", "lacks the rights")])
def test_one_token_given_for_two_users_is_refused(name, what, judge):
    """Whoever gives the run's own token as the expired one, or the one without rights, would find nothing out by it."""
    given = {"TEST_TOKEN": "some-opaque-token", name: "some-opaque-token"}
    with pytest.raises(UsageError, match=f"names {name}, which holds the access token itself; .* {what}"):
        judge(taking("some-opaque-token"), environ=given)


@pytest.mark.parametrize("registered", ["Job", "Deployment"])
@pytest.mark.slow
def test_a_default_kind_that_is_not_registered_is_set_aside(registered, judge):
    """Which kinds are registered is left open: Job and Deployment are what the suite tries by itself."""

    def before(call: Call) -> Call | Reply:
        manifest = manifest_of(call)
        if manifest and manifest.get("kind") != registered:
            return json_reply(400, {"code": 400, "message": f"{manifest.get('kind')} is not registered"})
        return call

    tests = (test_create.test_a_valid_create_is_accepted_and_told_back, test_specimens.test_what_people_send_comes_back)
    # This server reads every manifest once more, those of a MiB too, which a busy machine takes its time for.
    report = judge(Changed(before=before), *tests, deadline="120")
    assert not report.having(Verdict.FAIL)
    assert told(report, "WV2-CREATE-003").verdict is Verdict.PASS
    assert told(report, "WV2-CREATE-004").verdict is Verdict.PASS
    [observed] = report.observations["WV2-CREATE-039"]
    other = "Deployment" if registered == "Job" else "Job"
    assert observed == f"{other}: set aside, for the plainest create is refused (400)"


def test_a_kind_that_is_refused_in_one_form_alone_is_not_set_aside(judge):
    def before(call: Call) -> Call | Reply:
        encoded = isinstance(call.json, dict) and "manifestBase64Encoded" in call.json
        deployed = encoded and manifest_of(call).get("kind") == "Deployment"
        return json_reply(400, {"code": 400, "message": "no"}) if deployed else call

    report = judge(Changed(before=before), test_create.test_a_valid_create_is_accepted_and_told_back)
    assert [found.requirement.id for found in report.having(Verdict.FAIL)] == ["WV2-CREATE-004"]


def takes_any_priority(call: Call) -> Call:
    """Reads a priority of PUT that is none of the seven as low."""
    metadata = call.json.get("metadata") if isinstance(call.json, dict) else None
    if call.operation != "update" or not isinstance(metadata, dict) or metadata.get("priority") in (None, *PRIORITIES):
        return call
    return call.with_json({"metadata": {**metadata, "priority": "low"}})


def test_what_rests_on_an_erratum_is_told_as_such(judge):
    report = judge(Changed(before=takes_any_priority), test_update.test_another_priority_is_refused)
    [failed] = report.having(Verdict.FAIL)
    assert failed.requirement.id == "WV2-UPDATE-008"
    for finding in failed.findings:
        assert finding.expected == "400 (by an erratum: PUT may answer 400. The fragments document no such status.)"
    assert "erratum" in failed.requirement.rationale


def test_what_rests_on_an_erratum_is_not_judged_by_the_letter(judge):
    report = judge(Changed(before=takes_any_priority), test_update.test_another_priority_is_refused, literal="true")
    assert not report.having(Verdict.FAIL)
    assert told(report, "WV2-UPDATE-008").verdict is Verdict.NOT_TESTED


def refuses_null(call: Call) -> Call | Reply:
    """Refuses null for preemptibility and mnnvl, which the enumerations leave out."""
    metadata = call.json.get("metadata") if isinstance(call.json, dict) else None
    if call.operation == "create" and isinstance(metadata, dict):
        configuration = metadata.get("configuration")
        null = isinstance(configuration, dict) and configuration.get("mnnvl", "") is None
        if null or metadata.get("preemptibility", "") is None:
            return json_reply(400, {"code": 400, "message": "null is none of the values"})
    return call


@pytest.mark.parametrize("literal", sampled(["false", "true"], 2))
@pytest.mark.parametrize(("before", "answer"), [(refuses_null, "refused with 400"), (lambda call: call, "accepted")])
def test_null_that_an_enumeration_leaves_out_is_answered_either_way(before, answer, literal, judge):
    tests = (
        test_create.test_a_valid_create_is_accepted_and_told_back,
        test_create.test_metadata_at_each_limit_are_accepted,
        test_create.test_null_is_accepted_where_the_schema_has_nullable,
        test_left_open.test_null_that_an_enumeration_leaves_out,
    )
    report = judge(Changed(before=before), *tests, literal=literal)
    assert not report.having(Verdict.FAIL)
    assert report.observations["WV2-CREATE-040"] == {
        f"{name}: null: {answer}": 1 for name in ("preemptibility", "mnnvl")
    }


@pytest.mark.parametrize(
    "word",
    sampled(["research", "vision", "application", "Running", "metadata", "Bearer", "workloads", "4500001"], 3),
)
def test_no_verdict_depends_on_redaction(word, judge):
    """A token that is a word of the answers: it is hidden in what is shown, and answers are judged as they came."""
    tests = (
        test_create.test_a_valid_create_is_accepted_and_told_back,
        test_get.test_what_was_created_can_be_read,
        test_authentication.test_without_a_token,
    )
    report = judge(taking(word), *tests, environ={"TEST_TOKEN": word}, profile="smoke")
    assert not report.having(Verdict.FAIL)
    assert not report.having(Verdict.INCONCLUSIVE)
    for requirement in ("WV2-CREATE-002", "WV2-GET-006", "WV2-AUTH-014", "WV2-HTTP-001"):
        assert told(report, requirement).verdict is Verdict.PASS


def test_a_finding_shows_no_secret_of_the_answer_that_was_judged(judge):
    """Where an answer is cut, too: half of a token is one."""
    token = "a-secret-token-of-many-characters"

    def after(_call: Call, reply: Reply) -> Reply:
        filler = "x" * (600 - len('409 {"code": 0, "message": "') - len(token) // 2)
        return json_reply(409, {"code": 0, "message": f"{filler}{token}"}) if reply.status == 409 else reply

    app = taking(token)
    app.after = after
    report = judge(app, test_create.test_a_repeated_create_conflicts, environ={"TEST_TOKEN": token})
    [failed] = report.having(Verdict.FAIL)
    assert failed.requirement.id in ("WV2-ERROR-001", "WV2-ERROR-002")
    shown = json.dumps(to_json(report))
    assert "$TEST_TOKEN" in shown
    assert token[: len(token) // 2] not in shown


def test_a_connection_that_idled_may_be_closed_with_408(judge):
    """RFC 9110, 15.5.9: no request was read, and the client may repeat it on a new connection."""
    sent = itertools.count(1)

    def before(call: Call) -> Call | Reply:
        idled = next(sent) % 5 == 0
        return Reply(408, {b"connection": b"close", b"content-type": b"text/plain"}, b"idle") if idled else call

    report = judge(
        Changed(before=before),
        test_create.test_metadata_at_each_limit_are_accepted,
        test_get.test_an_unknown_id_is_not_found,
    )
    assert not report.having(Verdict.FAIL)
    assert not report.having(Verdict.INCONCLUSIVE)
    assert report.leftovers.leaked == ()
