"""A waived failure is never a pass; a waiver that expired, or that nothing needs, keeps the gate closed."""

from __future__ import annotations

import json
import tomllib
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from support.reports import MUST, OTHER_MUST, SHOULD, THIRD_MUST, finding, report, result, waiver

from workloads_reports import (
    RunVerdict,
    Verdict,
    WaiverState,
    draft_waivers,
    html_text,
    json_text,
    junit_text,
    summary,
)

FAILING = result(MUST, Verdict.FAIL)
TWO_WAYS = result(MUST, Verdict.FAIL, "the status is wrong", "the body is wrong")


def verdict_and_states(made):
    return made.requirements[0].verdict, [use.state for use in made.waivers]


def test_a_waived_failure_is_waived_and_does_not_decide():
    made = report(FAILING, waivers=[waiver(MUST)])
    assert verdict_and_states(made) == (Verdict.WAIVED, [WaiverState.APPLIED])
    assert made.verdict is RunVerdict.CONFORMANT
    assert "2 of 3 MUST requirements passed, 1 waived" in made.reason
    assert made.objections == ()
    assert "waived by ops until 2026-01-02: the fix is on its way" in made.requirements[0].reason


def test_the_last_day_is_a_day_on_which_it_holds():
    assert report(FAILING, waivers=[waiver(MUST, expires="2026-01-02")]).objections == ()


def test_an_expired_waiver_waives_nothing():
    made = report(FAILING, waivers=[waiver(MUST, expires="2026-01-01")])
    assert verdict_and_states(made) == (Verdict.FAIL, [WaiverState.EXPIRED])
    assert made.verdict is RunVerdict.NONCONFORMANT
    assert "the waiver of ops expired on 2026-01-01" in made.requirements[0].reason
    assert any("expired on 2026-01-01" in text for text in made.objections)


def test_an_expired_waiver_closes_the_gate_even_where_nothing_failed():
    made = report(waivers=[waiver(MUST, expires="2026-01-01")])
    assert made.verdict is RunVerdict.CONFORMANT
    assert ["expired on 2026-01-01" in text for text in made.objections] == [True]


def test_a_waiver_that_nothing_needs_closes_the_gate_and_leaves_the_verdict():
    made = report(waivers=[waiver(MUST)])
    assert verdict_and_states(made) == (Verdict.PASS, [WaiverState.UNNEEDED])
    assert made.verdict is RunVerdict.CONFORMANT
    assert made.objections == (
        f"the waiver of {MUST.id} by ops is no longer needed: the requirement passed; remove it.",
    )


@pytest.mark.parametrize("verdict", [Verdict.NOT_TESTED, Verdict.INCONCLUSIVE, Verdict.ERROR])
def test_a_waiver_of_what_was_not_judged_is_undecided(verdict):
    """A run in read-only mode must not ask for waivers to be removed."""
    made = report(result(MUST, verdict), waivers=[waiver(MUST)])
    assert verdict_and_states(made) == (verdict, [WaiverState.UNDECIDED])
    assert not any("waiver" in text for text in made.objections)


def test_a_waiver_of_a_finding_leaves_other_findings():
    made = report(TWO_WAYS, waivers=[waiver(MUST, finding="the status")])
    assert verdict_and_states(made) == (Verdict.FAIL, [WaiverState.APPLIED])
    assert "of 2 findings, 1 waived" in made.requirements[0].reason


def test_waivers_of_each_finding_together_waive_the_failure():
    made = report(
        TWO_WAYS, waivers=[waiver(MUST, finding="the status"), waiver(MUST, finding="body is wrong", owner="b")]
    )
    assert verdict_and_states(made) == (Verdict.WAIVED, [WaiverState.APPLIED] * 2)
    assert "waived by ops" in made.requirements[0].reason
    assert "waived by b" in made.requirements[0].reason


def test_a_waiver_of_a_finding_that_did_not_come_is_not_needed():
    made = report(FAILING, waivers=[waiver(MUST, finding="the status")])
    assert verdict_and_states(made) == (Verdict.FAIL, [WaiverState.UNNEEDED])
    assert any("no finding says 'the status'" in text for text in made.objections)


def test_a_waiver_by_code_goes_by_the_whole_code_and_by_no_wording():
    code = "refused-update/changed:rawManifest"
    failing = replace(FAILING, findings=(finding("a wording", code=code),))
    reworded = replace(FAILING, findings=(finding("another wording", code=code),))
    for one in (failing, reworded):
        assert verdict_and_states(report(one, waivers=[waiver(MUST, code=code)]))[0] is Verdict.WAIVED
    made = report(failing, waivers=[waiver(MUST, code="refused-update/changed:raw")])
    assert verdict_and_states(made) == (Verdict.FAIL, [WaiverState.UNNEEDED])
    assert any("no finding has the code 'refused-update/changed:raw'" in text for text in made.objections)


def test_a_warning_can_be_waived_too():
    made = report(result(SHOULD, Verdict.FAIL), waivers=[waiver(SHOULD)])
    assert made.counts[Verdict.WAIVED] == 1
    assert made.objections == ()


def test_every_rendering_shows_a_waived_failure_as_waived():
    made = report(FAILING, waivers=[waiver(MUST)])
    said = json.loads(json_text(made))
    assert said["requirements"][0]["verdict"] == "waived"
    assert said["counts"]["requirements"] | {"waived": 1, "fail": 0} == said["counts"]["requirements"]
    assert said["gate"] == {"passed": True, "objections": []}
    [case] = [case for case in ET.fromstring(junit_text(made)).iter("testcase") if MUST.id in case.get("name", "")]
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.get("message", "").startswith("waived: ")
    assert "ops" in skipped.get("message", "")
    told = summary(made, width=100, colour=False)
    assert told.index("waived\n") < told.index(MUST.id)
    assert "gate:       passed" in told
    page = html_text(made)
    assert "1 waived" in page
    assert "waived by ops until 2026-01-02" in page


@pytest.mark.parametrize("expires", ["2026-01-01", "2026-01-02"])
def test_a_waiver_out_of_order_is_told_and_breaks_the_build(expires):
    made = report(waivers=[waiver(MUST, expires=expires)])
    [objection] = made.objections
    told = " ".join(summary(made, width=100, colour=False).split())
    assert objection in told
    assert "gate: closed" in told
    suite = ET.fromstring(junit_text(made)).find("testsuite")
    assert suite is not None
    assert suite.get("failures") == "1"
    [case] = [case for case in suite.iter("testcase") if case.get("name") == "waivers"]
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == objection


def test_drafts_name_each_finding_and_leave_the_rest_to_be_filled_in():
    hostile = 'quote " and \\ and \x1b[31m \x7f \u202e \ud800 é'
    made = report(
        result(MUST, Verdict.FAIL, hostile, "b"), result(OTHER_MUST, Verdict.FAIL), result(SHOULD, Verdict.FAIL)
    )
    text = draft_waivers(made.requirements)
    entries = tomllib.loads(text)["waiver"]
    assert [entry["requirement"] for entry in entries] == [MUST.id, MUST.id, OTHER_MUST.id]
    assert {entry[key] for entry in entries for key in ("owner", "reason", "link", "expires")} == {""}
    assert text.isascii() or all(character.isprintable() or character == "\n" for character in text)
    waivers = [waiver(MUST, code=entries[0]["code"]), waiver(MUST, code=entries[1]["code"]), waiver(OTHER_MUST)]
    waived = report(*made.requirements[:2], waivers=waivers)
    assert [found.verdict for found in waived.requirements[:2]] == [Verdict.WAIVED, Verdict.WAIVED]


def test_nothing_is_drafted_for_what_is_waived_or_passed():
    assert draft_waivers(report(FAILING, waivers=[waiver(MUST)]).requirements) == ""
    assert draft_waivers(report(result(THIRD_MUST, Verdict.INCONCLUSIVE)).requirements) == ""
