"""What a finding shows of a wrong server, and what it is known by."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path

import pytest
from support.servers import Changed, json_reply

from workloads_conformance.settings.waivers import load_waivers
from workloads_conformance.suite import test_get, test_manifest, test_update
from workloads_reports import Verdict, WaiverState, compare, json_text, read_report, sarif_text
from workloads_specs import load_catalogue

BIG = [f"{number:04} " + "x" * 60 for number in range(200)]


def big(manifest, last):
    """The manifest with much in it, and at its end what differs from one answer to another."""
    changed = copy.deepcopy(manifest)
    changed["spec"] = {"args": BIG, **changed.get("spec", {}), "zLast": "y" * 700 + last}
    return changed


def with_big_manifest(last_of):
    """Answers show a large rawManifest; `last_of` says, by call, how it ends."""

    def after(call, reply):
        body = reply.json
        if not isinstance(body, dict) or reply.status not in (200, 202):
            return reply
        workload = body["workload"] if call.method == "GET" else body
        workload["rawManifest"] = big(workload["rawManifest"], last_of(call))
        return reply.with_json(body)

    return after


def finding_of(report, requirement):
    [failed] = [one for one in report.requirements if one.requirement.id == requirement]
    assert failed.verdict is Verdict.FAIL, failed.reason
    return failed.findings[0]


@pytest.fixture
def disagrees(judge):
    """A run on a server whose GET shows the end of rawManifest as `last`, and whose POST does not."""

    def run(last, **flags):
        changed = Changed(after=with_big_manifest(lambda call: last if call.method == "GET" else "as created"))
        return judge(changed, test_get.test_what_was_created_can_be_read, **flags)

    return run


def test_a_difference_in_the_last_part_of_a_big_manifest_is_shown(disagrees):
    found = finding_of(disagrees("as read"), "WV2-GET-006")
    around = "y" * 37
    assert found.observed == (
        f'rawManifest.spec.zLast: "…{around}as created" → "…{around}as read" (first difference at character 703)'
    )
    assert found.expected == f'rawManifest.spec.zLast: "…{around}as created"'
    assert found.exchange is not None
    assert "rawManifest" in found.exchange.response.body


def test_a_finding_names_its_code_its_test_and_its_case(disagrees, tmp_path):
    report = disagrees("as read")
    found = finding_of(report, "WV2-GET-006")
    assert found.code == "get-after-create/changed:rawManifest"
    assert found.test == "test_get.test_what_was_created_can_be_read"
    assert found.case.startswith("json, kind ")
    path = tmp_path / "read.json"
    path.write_text(json_text(report), encoding="utf-8")
    assert finding_of(read_report(path), "WV2-GET-006") == found


def test_the_code_is_the_same_whatever_the_value(disagrees):
    one, other = disagrees("as read"), disagrees("something else", seed="9")
    first, second = (finding_of(report, "WV2-GET-006") for report in (one, other))
    assert first.observed != second.observed
    assert first.code == second.code
    [change] = [found for found in compare(one, other).requirements if found.requirement.id == "WV2-GET-006"]
    assert (change.new_findings, change.gone_findings) == ((), ())
    prints = [
        [found["partialFingerprints"] for found in json.loads(sarif_text(report))["runs"][0]["results"]]
        for report in (one, other)
    ]
    assert prints[0] == prints[1]


def test_a_code_waives_what_it_names_and_nothing_else(disagrees, tmp_path):
    def waived_by(code):
        (tmp_path / "waivers.toml").write_text(
            f'[[waiver]]\nrequirement = "WV2-GET-006"\ncode = "{code}"\nowner = "ops"\nreason = "soon"\n'
            'link = "https://issues.example.com/1"\nexpires = "2999-01-01"\n'
        )
        report = disagrees("as read", waivers=str(tmp_path / "waivers.toml"))
        return next(one.verdict for one in report.requirements if one.requirement.id == "WV2-GET-006")

    assert waived_by("get-after-create/changed:rawManifest") is Verdict.WAIVED
    assert waived_by("get-after-create/changed:category") is Verdict.FAIL


def test_the_waiver_that_the_documentation_shows_is_of_the_finding_that_it_tells_of(judge, tmp_path):
    def before(call):
        body = call.json
        if call.method == "POST" and isinstance(body, dict) and {"manifest", "manifestBase64Encoded"} <= body.keys():
            del body["manifestBase64Encoded"]
            return call.with_json(body)
        return call

    text = Path(__file__).parents[2].joinpath("docs/gating.md").read_text(encoding="utf-8")
    example = text.split("```toml\n", 1)[1].split("```", 1)[0]
    (tmp_path / "waivers.toml").write_text(example, encoding="utf-8")
    flags = {"waivers": str(tmp_path / "waivers.toml")}
    report = judge(Changed(before=before), test_manifest.test_post_refuses_both_forms, **flags)
    [waived] = load_waivers(tmp_path / "waivers.toml", load_catalogue())
    [failed] = [one for one in report.requirements if one.requirement.id == waived.requirement]
    assert waived.code in [found.code for found in failed.findings]
    assert [use.state for use in report.waivers] == [WaiverState.APPLIED]


def test_a_code_error_that_counts_up_is_one_finding(judge):
    """The wrong value is another each time, and stands in the message; the code is one."""
    numbers = itertools.count(405)

    def after(_call, reply):
        return json_reply(404, {"code": next(numbers), "message": "no"}) if reply.status == 404 else reply

    report = judge(Changed(after=after), test_get.test_an_unknown_id_is_not_found)
    [failed] = [one for one in report.requirements if one.requirement.id == "WV2-ERROR-002"]
    assert [found.code for found in failed.findings] == ["another-error-code/in:404"]


def test_a_refused_update_that_takes_effect_names_the_member(judge):
    def before(call):
        body = call.json
        if call.method == "PUT" and isinstance(body, dict) and "manifestBase64Encoded" in body and "manifest" in body:
            del body["manifestBase64Encoded"]
            return call.with_json(body)
        return call

    def after(call, reply):
        return json_reply(400, {"code": 400, "message": "no"}) if call.method == "PUT" else reply

    report = judge(Changed(before=before, after=after), test_update.test_a_refused_update_changes_nothing)
    found = finding_of(report, "WV2-UPDATE-011")
    assert found.code.startswith("refused-update/changed:category,")
    assert found.code.endswith("rawManifest")
    lines = found.observed.splitlines()
    assert any(line.startswith("metadata.category: ") for line in lines)
    assert any(line.startswith("rawManifest.metadata.annotations") for line in lines)


def test_a_manifest_that_comes_back_otherwise_shows_the_member(judge):
    def after(call, reply):
        body = reply.json
        if call.method == "POST" and reply.status == 202:
            body["metadata"]["gvk"]["kind"] = "Another"
            return reply.with_json(body)
        return reply

    report = judge(Changed(after=after), test_manifest.test_gvk_of_the_base64_form)
    found = finding_of(report, "WV2-CREATE-018")
    assert found.observed.startswith("metadata.gvk.kind: ")
    assert found.observed.endswith('→ "Another"')
    assert found.code == "metadata.gvk/different"


def test_a_token_that_an_answer_repeats_is_not_shown_in_part(judge):
    """It stands where the text is cut."""

    def after(call, reply):
        body = reply.json
        if not isinstance(body, dict) or reply.status not in (200, 202):
            return reply
        token = next(value for name, value in call.headers.items() if name.lower() == b"authorization").decode()
        workload = body["workload"] if call.method == "GET" else body
        workload["rawManifest"]["note"] = f"{'x' * 300}{token.split()[1]}{call.method}"
        return reply.with_json(body)

    found = finding_of(judge(Changed(after=after), test_get.test_what_was_created_can_be_read), "WV2-GET-006")
    assert "$TEST_TOKEN" in found.observed
    assert "eyJ" not in found.observed + found.expected
    assert '"POST"' in found.observed or 'POST" → ' in found.observed
