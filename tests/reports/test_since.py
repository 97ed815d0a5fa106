"""What a report says of the run before it, and of the elements of the contract."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from support.reports import MUST, OBSERVE, OTHER_MUST, SHOULD, THIRD_MUST, report, result, waiver

from workloads_reports import (
    Circumstance,
    ElementCoverage,
    ReportError,
    Spec,
    Transition,
    Verdict,
    compare,
    html_text,
    json_text,
    markdown_text,
    merge_reports,
    read_report,
    summary,
    with_since,
)

BEFORE = report(result(MUST, Verdict.FAIL), result(SHOULD, Verdict.FAIL), run_id="before")
NOW = report(result(OTHER_MUST, Verdict.FAIL), result(SHOULD, Verdict.FAIL), run_id="now", exchanges=11)

SATISFIED, VIOLATED, UNDECIDED, NON_NORMATIVE = ElementCoverage


def test_what_changed_is_what_diff_says():
    since = with_since(NOW, BEFORE).since
    assert since is not None
    assert {one.requirement: one.change for one in since.changes} == {
        one.requirement.id: one.change for one in compare(BEFORE, NOW).requirements
    }
    assert {one.requirement: (one.change, one.before, one.after, one.regression) for one in since.changes} == {
        MUST.id: (Transition.FIXED, Verdict.FAIL, Verdict.PASS, False),
        OTHER_MUST.id: (Transition.NEWLY_FAILING, Verdict.PASS, Verdict.FAIL, True),
        SHOULD.id: (Transition.STILL_FAILING, Verdict.FAIL, Verdict.FAIL, False),
    }
    assert (since.run, since.finished, since.verdict) == ("before", BEFORE.run.finished, BEFORE.verdict)
    assert str(since) == "1 newly-failing, 1 still-failing, 1 fixed"
    assert since.regressions == 1


def test_every_rendering_for_people_says_it():
    made = with_since(replace(NOW, run=replace(NOW.run, seed=8)), BEFORE)
    assert made.since.circumstances == (Circumstance("seed", "7", "8"),)
    for text in (html_text(made), markdown_text(made), summary(made, width=200, colour=False)):
        assert "1 newly-failing, 1 still-failing, 1 fixed" in text
        assert "before" in text
    assert "seed was 7 and is 8" in re.sub(r"<[^>]*>", "", html_text(made))
    assert "Since the earlier run" not in html_text(NOW) + markdown_text(NOW)


def test_nothing_changed_is_said_too():
    assert str(with_since(NOW, NOW).since) == "2 still-failing"
    assert "nothing changed" in summary(with_since(report(), report()), width=100, colour=False)


def test_it_is_read_back_and_an_edited_one_is_refused(tmp_path):
    made, path = with_since(NOW, BEFORE), tmp_path / "report.json"
    path.write_text(json_text(made), encoding="utf-8")
    assert read_report(path) == made
    value = json.loads(json_text(made))
    value["since"]["changes"][0]["after"] = "fail"
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(ReportError, match=f"contradicts itself: {MUST.id} is said to have become fail"):
        read_report(path)


def test_a_report_on_another_contract_is_refused():
    other = replace(BEFORE, spec=Spec(title="Workloads", version="2.25", sha256="b" * 64))
    with pytest.raises(ReportError, match=r"2\.25.*2\.24.*--since"):
        with_since(NOW, other)


def test_a_merged_report_does_not_take_it_from_a_part():
    parts = [("a", with_since(report(run_id="a"), BEFORE)), ("b", with_since(report(run_id="b"), NOW))]
    assert merge_reports(parts).since is None


@pytest.mark.parametrize(
    ("results", "coverages"),
    [
        ((), [SATISFIED, SATISFIED, SATISFIED, NON_NORMATIVE]),
        ((result(MUST, Verdict.FAIL),), [VIOLATED, VIOLATED, SATISFIED, NON_NORMATIVE]),
        ((result(SHOULD, Verdict.FAIL),), [VIOLATED, SATISFIED, SATISFIED, NON_NORMATIVE]),
        ((result(OBSERVE, Verdict.NOT_TESTED),), [SATISFIED, SATISFIED, UNDECIDED, NON_NORMATIVE]),
        ((result(THIRD_MUST, Verdict.FAIL),), [SATISFIED, SATISFIED, SATISFIED, NON_NORMATIVE]),
    ],
)
def test_what_a_run_showed_of_an_element_follows_from_its_requirements(results, coverages):
    made = report(*results)
    assert [coverage for _, coverage in made.covered_elements] == coverages
    assert sum(sum(row.values()) for row in made.element_coverage.values()) == len(made.elements)
    assert list(made.element_coverage) == ["operation", "type", "sentence"]


def test_a_waived_failure_violates_its_elements_all_the_same():
    made = report(result(MUST, Verdict.FAIL), waivers=[waiver(MUST)])
    assert made.covered_elements[0][1] is ElementCoverage.VIOLATED


def test_the_page_names_every_element():
    text = html_text(report())
    for element in report().elements:
        assert element.name in text
    assert "it tells a purpose" in text
