"""Each of these servers breaks one clause, and is found to break that clause and no other MUST."""

from __future__ import annotations

import dataclasses
import itertools
import json
import secrets

import pytest
from support.sampled import sampled
from support.servers import Call, Changed, Reply, Silence, json_reply

from workloads_conformance.suite import (
    test_authentication,
    test_authorization,
    test_create,
    test_create_refusals,
    test_delete,
    test_dry_run,
    test_generated,
    test_get,
    test_left_open,
    test_manifest,
    test_update,
)
from workloads_reports import Verdict

CREATE = "/api/v2/workloads"


def is_create(call: Call) -> bool:
    return call.method == "POST" and call.path == CREATE


def is_item(call: Call, method: str) -> bool:
    return call.method == method and call.path.startswith(CREATE + "/")


def edit(call: Call, change) -> Call:
    """The call with its JSON object changed in place."""
    body = call.json
    if not isinstance(body, dict):
        return call
    change(body)
    return call.with_json(body)


def drops_second_form(method: str):
    def before(call: Call) -> Call:
        both = isinstance(call.json, dict) and {"manifest", "manifestBase64Encoded"} <= call.json.keys()
        return edit(call, lambda body: body.pop("manifestBase64Encoded")) if both and call.method == method else call

    return before


def forgets_dry_run(call: Call) -> Call:
    return dataclasses.replace(call, query=b"") if is_create(call) and call.query == b"dryRun=true" else call


def shortens_names(call: Call) -> Call:
    def shorten(body):
        metadata = body.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("name"), str):
            metadata["name"] = metadata["name"][:63].rstrip("-")

    return edit(call, shorten) if is_create(call) else call


def drops_unknown_priorities(call: Call) -> Call:
    known = {"very-low", "low", "medium-low", "medium", "medium-high", "high", "very-high", None}

    def drop(body):
        metadata = body.get("metadata")
        priority = metadata.get("priority") if isinstance(metadata, dict) else None
        if isinstance(priority, str) and priority not in known:
            metadata.pop("priority")

    return edit(call, drop) if is_create(call) else call


def ignores_updates(call: Call) -> Call:
    return edit(call, lambda body: body.pop("metadata", None)) if is_item(call, "PUT") else call


def answers(predicate, status: int):
    def after(call: Call, reply: Reply) -> Reply:
        return dataclasses.replace(reply, status=status) if predicate(call) and reply.status == 202 else reply

    return after


def error_without_code(_call: Call, reply: Reply) -> Reply:
    return reply.with_json({"message": reply.json["message"]}) if reply.status >= 400 else reply


def code_is_one_more(_call: Call, reply: Reply) -> Reply:
    return reply.with_json(reply.json | {"code": reply.status + 1}) if reply.status >= 400 else reply


def text_plain(_call: Call, reply: Reply) -> Reply:
    return dataclasses.replace(reply, headers=reply.headers | {b"content-type": b"text/plain"})


def cut_short(call: Call, reply: Reply) -> Reply:
    return reply.with_body(reply.body[:-1]) if is_item(call, "GET") and reply.status == 200 else reply


def shows_trace(_call: Call, reply: Reply) -> Reply:
    if reply.status != 400:
        return reply
    return reply.with_json({"code": 400, "message": 'Traceback (most recent call last):\n  File "app.py", line 1'})


def wrong_group(call: Call, reply: Reply) -> Reply:
    if not (is_create(call) and reply.status == 202):
        return reply
    body = reply.json
    body["metadata"]["gvk"]["group"] = "example.com"
    return reply.with_json(body)


def ids_of_its_own(call: Call, reply: Reply) -> Reply:
    if not (is_create(call) and reply.status == 202):
        return reply
    body = reply.json
    body["metadata"]["id"] = f"wl_{secrets.token_hex(6)}"
    return reply.with_json(body)


def no_status(call: Call, reply: Reply) -> Reply:
    if not (is_item(call, "GET") and reply.status == 200):
        return reply
    body = reply.json
    del body["syncInfo"]["status"]
    return reply.with_json(body)


def lets_in(which: str):
    """Takes a call with the given flaw of credentials for one by the member."""

    def make() -> Changed:
        app = Changed()

        def before(call: Call) -> Call:
            given = call.headers.get(b"authorization", b"").decode()
            if (which == "nobody" and not given) or (which == "unsigned" and given.endswith(".")):
                token = f"Bearer {app.tokens.issue(app.tokens.member)}".encode()
                return dataclasses.replace(call, headers=call.headers | {b"authorization": token})
            return call

        app.before = before
        return app

    return make


WRONG = {
    "POST takes both forms": (
        lambda: Changed(before=drops_second_form("POST")),
        test_manifest.test_post_refuses_both_forms,
        "WV2-MANIFEST-001",
    ),
    "PUT takes both forms": (
        lambda: Changed(before=drops_second_form("PUT")),
        test_manifest.test_put_refuses_both_forms,
        "WV2-MANIFEST-002",
    ),
    "a dry run creates": (
        lambda: Changed(before=forgets_dry_run),
        test_dry_run.test_it_has_no_side_effects,
        "WV2-DRYRUN-002",
    ),
    "long names are cut": (
        lambda: Changed(before=shortens_names),
        test_create_refusals.test_a_long_name_is_refused,
        "WV2-CREATE-007",
    ),
    "unknown priorities are ignored": (
        lambda: Changed(before=drops_unknown_priorities),
        test_create_refusals.test_another_priority_is_refused,
        "WV2-CREATE-008",
    ),
    "updates are accepted and ignored": (
        lambda: Changed(before=ignores_updates),
        test_update.test_priority_and_category_are_updated,
        "WV2-UPDATE-003",
    ),
    "POST answers 201": (
        lambda: Changed(after=answers(is_create, 201)),
        test_create.test_a_valid_create_is_accepted_and_told_back,
        "WV2-CREATE-001",
    ),
    "errors have no code": (
        lambda: Changed(after=error_without_code),
        test_get.test_an_unknown_id_is_not_found,
        "WV2-ERROR-001",
    ),
    "bodies are text/plain": (
        lambda: Changed(after=text_plain),
        test_get.test_an_unknown_id_is_not_found,
        "WV2-HTTP-001",
    ),
    "GET sends half a body": (
        lambda: Changed(after=cut_short),
        test_create.test_a_repeated_create_conflicts,
        "WV2-HTTP-002",
    ),
    "gvk names another group": (
        lambda: Changed(after=wrong_group),
        test_create.test_a_valid_create_is_accepted_and_told_back,
        "WV2-CREATE-018",
    ),
    "ids are no UUIDs, and never the same": (
        lambda: Changed(after=ids_of_its_own),
        test_create.test_a_valid_create_is_accepted_and_told_back,
        "WV2-CREATE-002",
    ),
    "syncInfo has no status": (
        lambda: Changed(after=no_status),
        test_create.test_a_repeated_create_conflicts,
        "WV2-GET-002",
    ),
    "nobody may do anything": (lets_in("nobody"), test_authentication.test_without_a_token, "WV2-AUTH-001"),
    "unsigned tokens count": (lets_in("unsigned"), test_authentication.test_with_alg_none, "WV2-AUTH-007"),
}


@pytest.mark.parametrize("name", sampled(WRONG, 3))
def test_a_wrong_server_is_found_out(name, judge):
    make, test, requirement = WRONG[name]
    report = judge(make(), test)
    failed = {result.requirement.id: result for result in report.having(Verdict.FAIL)}
    assert requirement in failed, report.reason
    finding = failed[requirement].findings[0]
    assert finding.confirmed == "3/3"
    assert finding.reproduce.startswith(("curl ", "ID1=$(curl "))
    assert report.verdict == "nonconformant"


def test_a_should_is_a_warning_and_no_verdict(judge):
    report = judge(Changed(after=code_is_one_more), test_get.test_an_unknown_id_is_not_found)
    assert [result.requirement.id for result in report.having(Verdict.FAIL)] == ["WV2-ERROR-002"]
    assert report.verdict != "nonconformant"


def test_a_stack_trace_is_seen(judge):
    report = judge(Changed(after=shows_trace), test_create_refusals.test_another_priority_is_refused)
    assert [result.requirement.id for result in report.having(Verdict.FAIL)] == ["WV2-ERROR-003"]


@pytest.mark.parametrize(
    ("silence", "said"),
    [pytest.param(Silence.OPEN, "within 10 s", marks=pytest.mark.slow), (Silence.CLOSED, "broke off")],
)
def test_what_is_not_answered_is_told_with_its_request(silence, said, judge):
    """One rare request of many: its own case stays undecided, and it is told all the same."""
    rare = '"manifestBase64Encoded": ""'
    silent = Changed(before=lambda call: silence if rare.encode() in call.body else call)
    report = judge(silent, test_left_open.test_an_encoding_that_some_servers_take, deadline="10")
    [failed] = report.having(Verdict.FAIL)
    [finding] = failed.findings
    assert failed.requirement.id == "WV2-HTTP-014"
    assert (finding.message, finding.confirmed) == ("POST was not answered", "3/3")
    assert said in finding.observed
    assert rare in finding.reproduce
    assert finding.exchange
    assert said in (finding.exchange.failure or "")


def test_a_token_that_may_still_be_valid_is_no_expired_one(judge):
    """RFC 7519, 4.1.4: a leeway of a few minutes is allowed."""
    app = Changed()
    given = {"TEST_EXPIRED": app.tokens.issue(app.tokens.member)}
    report = judge(app, test_authentication.test_with_an_expired_token, environ=given)
    verdicts = {result.requirement.id: result for result in report.requirements}
    assert verdicts["WV2-AUTH-008"].verdict is Verdict.NOT_TESTED
    assert "has not been so for five minutes" in verdicts["WV2-AUTH-008"].reason


def test_a_large_body_may_be_cut_off(judge):
    """RFC 9110, 15.5.14: the connection may be closed on a content that is too large."""
    strict = Changed(before=lambda call: Silence.CLOSED if len(call.body) > 65_536 else call)
    report = judge(strict, test_manifest.test_post_refuses_an_oversize_manifest)
    assert not report.having(Verdict.FAIL)


def test_refusing_everything_passes_no_negative_test(judge):
    """A PUT that is always 400 must not look like one that validates."""
    refuses = Changed(
        before=lambda call: json_reply(400, {"code": 400, "message": "no"}) if is_item(call, "PUT") else call
    )
    report = judge(refuses, test_update.test_another_priority_is_refused, test_manifest.test_put_refuses_both_forms)
    verdicts = {result.requirement.id: result for result in report.requirements}
    for requirement in ("WV2-UPDATE-008", "WV2-MANIFEST-002"):
        assert verdicts[requirement].verdict is Verdict.INCONCLUSIVE
        assert "is not accepted either" in verdicts[requirement].reason


def test_what_does_not_repeat_is_inconclusive(judge):
    """A server that is wrong once in four times: not proven, and said so with the count."""
    counter = itertools.count()

    def sometimes(call: Call, reply: Reply) -> Reply:
        if is_item(call, "GET") and reply.status == 404 and next(counter) == 2:
            return json_reply(200, {"workload": {}, "syncInfo": {}})
        return reply

    report = judge(Changed(after=sometimes), test_get.test_an_unknown_id_is_not_found)
    assert not report.having(Verdict.FAIL)
    undecided = {result.requirement.id: result.reason for result in report.having(Verdict.INCONCLUSIVE)}
    assert "0/3" in undecided["WV2-GET-004"]


def test_drawn_cases_shrink_to_the_cause(judge):
    """A server that cannot take a label with an empty value is shown with little else in the manifest."""

    def before(call: Call) -> Call | Reply:
        if is_create(call) and b'"": ""' not in call.body and isinstance(call.json, dict):
            manifest = call.json.get("manifest")
            metadata = manifest.get("metadata") if isinstance(manifest, dict) else None
            labels = metadata.get("labels") if isinstance(metadata, dict) else None
            if isinstance(labels, dict) and "" in labels.values():
                return json_reply(400, {"code": 400, "message": "empty label"})
        return call

    rich = "8"  # a seed that draws such a label
    report = judge(Changed(before=before), test_create.test_a_valid_create_is_accepted_and_told_back, seed=rich)
    [failed] = report.having(Verdict.FAIL)
    assert failed.requirement.id == "WV2-CREATE-003"
    command = failed.findings[0].reproduce
    sent = json.loads(command.split("--data-binary '", 1)[1].rsplit("'", 1)[0])
    assert list(sent["manifest"]["metadata"]["labels"].values()) == [""]
    assert "annotations" not in sent["manifest"]["metadata"]
    assert set(sent["metadata"]) == {"name", "projectId", "clusterId"}


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(
            lambda _call, reply: dataclasses.replace(
                reply, headers=reply.headers | {b"content-type": b"Application/JSON; charset=utf-8"}
            ),
            id="media type in other words",
        ),
        pytest.param(
            lambda _call, reply: (
                reply.with_json(reply.json | {"xExtra": [1]}) if isinstance(reply.json, dict) else reply
            ),
            id="members of its own",
        ),
        pytest.param(
            lambda call, reply: (
                json_reply(404, {"code": 404, "message": "no"})
                if reply.status == 400 and call.path != CREATE
                else reply
            ),
            id="404 for a malformed id",
        ),
    ],
)
def test_what_the_contract_leaves_open_is_nobodys_fault(after, judge):
    report = judge(
        Changed(after=after),
        test_get.test_a_malformed_id_is_refused,
        test_create.test_a_valid_create_is_accepted_and_told_back,
        test_delete.test_an_unknown_id_is_not_found,
        test_generated.test_get_of_what_is_no_id,
        test_authorization.test_with_a_token_that_lacks_the_rights,
        profile="smoke",
    )
    assert not report.having(Verdict.FAIL)
    assert not report.having(Verdict.INCONCLUSIVE)
    assert report.leftovers.leaked == ()


@pytest.mark.slow
def test_a_workload_that_was_deleted_before_it_was_created_is_found(judge):
    """A server that shows what is deleted says when that was."""
    shown = {}

    def after(call: Call, reply: Reply) -> Reply:
        if not is_item(call, "GET"):
            return reply
        if reply.status == 200:
            shown[call.path] = reply
        if reply.status != 404 or call.path not in shown:
            return reply
        body = shown[call.path].json
        body["workload"]["metadata"] |= {"deletedAt": "1970-01-01T00:00:00Z", "deletedBy": "somebody"}
        return shown[call.path].with_json(body)

    report = judge(Changed(after=after), test_delete.test_a_deleted_workload_goes_away)
    found = {one.code: one.observed for found in report.having(Verdict.FAIL) for one in found.findings}
    assert found["deletedAt-before-createdAt/GET"] == "deletedAt: 1970-01-01T00:00:00Z"
    assert found["delete/deletedAt-before-it-was-asked-for"] == "1970-01-01T00:00:00Z"
