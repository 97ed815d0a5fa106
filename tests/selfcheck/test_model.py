"""What counts as found, and what does not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from workloads_conformance.selfcheck.catalogue import HonestServer, load_variants
from workloads_conformance.selfcheck.declare import Fault
from workloads_conformance.selfcheck.judging import ServerOutcome
from workloads_conformance.selfcheck.model import FaultResult, FaultVerdict, SelfCheck, VariantResult, VariantVerdict
from workloads_conformance.selfcheck.rendering import html_text, markdown_text, self_check_schema, text, to_json

NASTY = "<script>alert(1)</script> \x1b[31m"
FAULT = Fault(
    name="create/wrong",
    sentence="A name is lost.",
    requirements=("WV2-CREATE-007", "WV2-CREATE-015"),
    also=("WV2-GET-*",),
    provoked_by=(),
    patch=lambda: None,
)
HONEST_SERVER = HonestServer((next(iter(load_variants().values())),))


def fault_result(*failed: str, **outcome) -> FaultResult:
    return FaultResult(FAULT, ServerOutcome(failed=dict.fromkeys(failed, NASTY), **outcome))


def check(*faults: FaultResult, variants: tuple[VariantResult, ...] = (), bar: float = 100) -> SelfCheck:
    return SelfCheck(faults=faults, variants=variants, seed=3, jobs=2, bar=bar, seconds=1.5)


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (fault_result("WV2-CREATE-007"), FaultVerdict.KILLED),
        (fault_result("WV2-CREATE-015", "WV2-GET-006"), FaultVerdict.KILLED),
        (fault_result("WV2-CREATE-007", "WV2-GET-003"), FaultVerdict.KILLED),
        (fault_result("WV2-CREATE-007", "WV2-ERROR-002"), FaultVerdict.KILLED),  # an unrelated SHOULD is shown only
        (fault_result("WV2-CREATE-007", "WV2-DELETE-003"), FaultVerdict.UNCLEAN),
        (fault_result("WV2-DELETE-003"), FaultVerdict.SURVIVED),
        (fault_result(), FaultVerdict.SURVIVED),
        (fault_result("WV2-CREATE-007", problem="it did not start"), FaultVerdict.NOT_JUDGED),
    ],
)
def test_only_the_right_reason_kills(result, verdict):
    assert result.verdict is verdict
    assert check(result).passed is (verdict is FaultVerdict.KILLED)


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (ServerOutcome(), VariantVerdict.ACCEPTED),
        (ServerOutcome(failed={"WV2-ERROR-002": "a SHOULD"}), VariantVerdict.BLAMED),
        (ServerOutcome(undecided={"WV2-GET-003": "2/3"}), VariantVerdict.UNDECIDED),
        (ServerOutcome(problem="it did not start"), VariantVerdict.NOT_JUDGED),
    ],
)
def test_an_honest_server_must_be_accepted_plainly(outcome, verdict):
    result = VariantResult(HONEST_SERVER, outcome)
    assert result.verdict is verdict
    assert check(variants=(result,)).passed is (verdict is VariantVerdict.ACCEPTED)


def test_the_bar_is_a_share_of_the_faults():
    results = (fault_result("WV2-CREATE-007"), fault_result("WV2-CREATE-007"), fault_result())
    assert not check(*results).passed
    assert check(*results, bar=66).passed
    assert not check(*results, bar=67).passed


def test_clauses_count_once():
    assert check(fault_result("WV2-CREATE-007"), fault_result("WV2-CREATE-007")).clauses == (1, 2)


FULL = check(
    fault_result("WV2-CREATE-007"),
    replace(fault_result("WV2-CREATE-007", "WV2-DELETE-003"), fault=replace(FAULT, name="delete/wrong")),
    fault_result(undecided={"WV2-GET-003": NASTY}),
    fault_result(problem=NASTY),
    variants=(VariantResult(HONEST_SERVER, ServerOutcome(failed={"WV2-GET-003": NASTY})),),
)


def test_json_keeps_its_schema():
    Draft202012Validator.check_schema(self_check_schema())
    Draft202012Validator(self_check_schema()).validate(json.loads(json.dumps(to_json(FULL))))
    assert [fault["verdict"] for fault in to_json(FULL)["faults"]] == ["killed", "unclean", "survived", "not judged"]


def test_html_escapes_and_loads_nothing():
    shown = html_text(FULL)
    assert "<script" not in shown
    assert "\x1b" not in shown
    assert "&lt;script&gt;" in shown
    assert "http" not in shown.replace("http-equiv", "")


def test_markdown_has_a_row_for_each_area():
    rows = [line.split("|")[1].strip() for line in markdown_text(FULL).splitlines() if line.startswith("|")]
    assert rows == ["area", "---", "create", "delete", "all"]


def test_the_text_says_what_escaped_and_ends_with_the_verdict():
    shown = text(FULL)
    assert "\x1b" not in shown
    assert "survived: create/wrong" in shown
    assert f"blamed: {HONEST_SERVER.name}" in shown
    assert shown.endswith("self-check: failed\n")
    assert text(check(fault_result("WV2-CREATE-007"))).endswith("self-check: passed\n")
