"""The reports of one run's parts join into that of the whole; what is not a part of the same run is refused."""

from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.reports import FEW, MUST, OBSERVE, OTHER_MUST, finding, report, reports, result, timing, waiver

from workloads_conformance.runner.tally import Tally
from workloads_reports import (
    Extent,
    Implementation,
    Leftovers,
    Report,
    ReportError,
    RunVerdict,
    Verdict,
    json_text,
    merge_reports,
    read_report,
)

PATIENT = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def merged(*parts: Report) -> Report:
    return merge_reports([(f"part-{number}.json", part) for number, part in enumerate(parts)])


@st.composite
def parts(draw: st.DrawFn) -> list[Report]:
    """Two to four parts of one run, each with results of its own on the same requirements."""
    first, *rest = draw(st.lists(reports(FEW), min_size=2, max_size=4, unique_by=lambda one: one.run.id))
    # The waivers are the run's; each part has applied them already, and merging applies them again.
    alike = {
        "suite_version": "1",
        "spec": first.spec,
        "target_url": "t",
        "implementation": Implementation(),
    }
    fixed = {"seed": 7, "profile": "smoke", "mode": "full"}
    return [replace(part, **alike, waivers=(), run=replace(part.run, **fixed)) for part in (first, *rest)]


@PATIENT
@given(drawn=parts(), data=st.data())
def test_the_order_of_the_parts_does_not_matter(drawn, data):
    shuffled = data.draw(st.permutations(drawn))
    assert json_text(merged(*drawn)) == json_text(merged(*shuffled))


@PATIENT
@given(drawn=parts())
def test_what_can_be_added_is(drawn, tmp_path):
    whole = merged(*drawn)
    assert whole.judgements == sum(part.judgements for part in drawn)
    assert whole.exchanges == sum(part.exchanges for part in drawn)
    assert whole.leftovers.created == sum(part.leftovers.created for part in drawn)
    assert sorted(whole.leftovers.leaked) == sorted(one for part in drawn for one in part.leftovers.leaked)
    assert whole.run.started == min(part.run.started for part in drawn)
    assert whole.run.finished == max(part.run.finished for part in drawn)
    answers = sum(sum(seen.values()) for part in drawn for seen in part.observations.values())
    assert sum(sum(seen.values()) for seen in whole.observations.values()) == answers
    (tmp_path / "report.json").write_text(json_text(whole), encoding="utf-8")
    assert read_report(tmp_path / "report.json") == whole


@PATIENT
@given(drawn=parts())
def test_a_requirement_broken_in_one_part_is_broken(drawn):
    whole = merged(*drawn)
    for index, found in enumerate(whole.requirements):
        verdicts = {part.requirements[index].verdict for part in drawn}
        assert (found.verdict is Verdict.FAIL) == bool(verdicts & {Verdict.FAIL, Verdict.WAIVED})
        assert (found.verdict is Verdict.NOT_TESTED) == (verdicts == {Verdict.NOT_TESTED})


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Verdict.FAIL, Verdict.ERROR, Verdict.FAIL),
        (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.ERROR),
        (Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.INCONCLUSIVE),
        (Verdict.PASS, Verdict.NOT_TESTED, Verdict.PASS),
    ],
)
def test_verdicts_fold_as_within_a_run(one, other, both):
    whole = merged(report(result(MUST, one)), report(result(MUST, other), run_id="bbbbbb"))
    assert whole.requirements[0].verdict is both
    tally = Tally({MUST.id: MUST})
    note = {
        Verdict.FAIL: lambda: (tally.violated(MUST.id, 1), tally.find(MUST.id, finding())),
        Verdict.ERROR: lambda: tally.error(MUST.id, "broke"),
        Verdict.INCONCLUSIVE: lambda: tally.inconclusive(MUST.id, "unclear"),
        Verdict.PASS: lambda: tally.satisfied(MUST.id),
        Verdict.NOT_TESTED: lambda: tally.untestable(MUST.id, "no token"),
    }
    note[one]()
    note[other]()
    assert tally.results(lambda _: "nothing")[0].verdict is both


def test_parts_that_tested_different_requirements_become_a_whole():
    left_out = [result(one, Verdict.NOT_TESTED) for one in FEW]
    first = report(*left_out[2:])
    second = report(*left_out[:2], run_id="bbbbbb")
    assert first.verdict is RunVerdict.CONFORMANT
    whole = merged(second, first)
    assert {one.verdict for one in whole.requirements} == {Verdict.PASS}
    assert whole.run.id == "aaaaaa+bbbbbb"
    assert whole.verdict is RunVerdict.CONFORMANT


def test_cases_add_up_and_the_reason_says_so():
    whole = merged(report(result(MUST, Verdict.FAIL, cases=4)), report(result(MUST, cases=6), run_id="bbbbbb"))
    assert whole.requirements[0].reason == "violated in 1 of 10 cases"
    assert whole.requirements[1].reason == "satisfied in 8 cases"
    assert whole.verdict is RunVerdict.NONCONFORMANT


def test_the_same_finding_is_told_once():
    one = report(result(MUST, Verdict.FAIL, "a", "b"))
    other = report(result(MUST, Verdict.FAIL, "b", "c"), run_id="bbbbbb")
    assert [(found.message, found.occurrences) for found in merged(one, other).requirements[0].findings] == [
        ("a", 1), ("b", 2), ("c", 1),
    ]  # fmt: skip


def test_findings_of_one_code_are_one_whatever_their_wording_but_a_waived_one_stands_for_no_other():
    def part(message, run_id, **given):
        return report(
            replace(result(MUST, Verdict.FAIL), findings=(finding(message, code="a/b"),)), run_id=run_id, **given
        )

    whole = merged(part("one", "aaaaaa"), part("two", "bbbbbb"))
    assert [(found.message, found.occurrences) for found in whole.requirements[0].findings] == [("one", 2)]
    given = [waiver(MUST, finding="one")]
    whole = merged(part("one", "aaaaaa", waivers=given), part("two", "bbbbbb", waivers=given))
    assert [found.message for found in whole.requirements[0].findings] == ["one", "two"]
    assert whole.requirements[0].verdict is Verdict.FAIL


def test_observations_add_up():
    whole = merged(report(), report(run_id="bbbbbb", observations={OBSERVE.id: {"410": 1, "404": 2}}))
    assert whole.observations == {OBSERVE.id: {"404": 5, "410": 1}}
    assert whole.requirements[-1].reason == "observed: 404 (5), 410 (1)"


durations = st.lists(st.floats(0, 100), min_size=1, max_size=30)


@PATIENT
@given(samples=st.lists(durations, min_size=2, max_size=4))
def test_a_merged_timing_is_that_of_all_durations(samples):
    made = [report(run_id=f"run{number}", timings={"GET": timing(*one)}) for number, one in enumerate(samples)]
    together = [value for one in samples for value in one]
    found = merged(*made).timings["GET"]
    assert found == timing(*together)
    assert found.median == pytest.approx(statistics.median_low(together), rel=0.0101, abs=1e-4)
    assert (found.count, found.minimum) == (len(together), pytest.approx(min(together), abs=1e-4))


def test_what_a_sketch_holds_is_counted(tmp_path):
    told = json_text(report()).replace("-310:36", "-310:37")
    (tmp_path / "report.json").write_text(told, encoding="utf-8")
    with pytest.raises(ReportError, match="the sketch of the timing 'GET' does not hold 40 durations"):
        read_report(tmp_path / "report.json")


def test_waivers_are_applied_to_the_whole():
    """One part needs the waiver, the other did not test its requirement."""
    one = report(result(MUST, Verdict.FAIL), waivers=[waiver(MUST)])
    other = report(result(MUST, Verdict.NOT_TESTED), waivers=[waiver(MUST)], run_id="bbbbbb")
    whole = merged(one, other)
    assert whole.requirements[0].verdict is Verdict.WAIVED
    assert whole.requirements[0].reason.count("waived by") == 1
    assert whole.objections == ()


def test_a_part_that_did_not_end_leaves_the_whole_unfinished():
    whole = merged(report(complete=False), report(run_id="bbbbbb"))
    assert not whole.run.complete
    assert whole.verdict is RunVerdict.INCONCLUSIVE


def run(**changes):
    made = report(run_id="bbbbbb")
    return replace(made, run=replace(made.run, **changes))


OTHERS = {
    "target": (report(run_id="bbbbbb", target_url="https://other.example.com"), "the target is .*other.example.com"),
    "suite": (report(run_id="bbbbbb", suite_version="9"), "the suite's version is '1.2.3' in the one and '9' in"),
    "contract": (
        report(run_id="bbbbbb", spec=replace(report().spec, sha256="b" * 64)),
        "sha256 is 'aaa.*bbb",
    ),
    "implementation": (report(run_id="bbbbbb", implementation=Implementation(project="y")), "the implementation is"),
    "seed": (run(seed=8), "the seed is '7' in the one and '8' in the other"),
    "profile": (run(profile="standard"), "the profile is 'smoke' in the one and 'standard' in"),
    "mode": (run(mode="dry-run"), "the mode is 'full' in the one and 'dry-run' in"),
    "requirements": (
        report(run_id="bbbbbb", requirements=(result(OTHER_MUST),)),
        "their requirements differ",
    ),
    "waivers": (report(run_id="bbbbbb", waivers=[waiver(MUST)]), f"only one of them was given the waiver of {MUST.id}"),
    "the same run": (report(), "both hold run 'aaaaaa'; give each once"),
    "a merged run with its part": (run(id="zzzzzz+aaaaaa"), "both hold run 'aaaaaa'"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_part_of_the_run_is_refused(name):
    other, told = OTHERS[name]
    with pytest.raises(ReportError, match=told) as caught:
        merged(report(), other)
    assert "part-0.json" in str(caught.value)
    assert "part-1.json" in str(caught.value)


def test_one_report_is_nothing_to_merge():
    with pytest.raises(ReportError, match="two parts or more"):
        merged(report())


def test_leaks_and_times_of_the_whole():
    late = run(finished=report().run.finished + timedelta(hours=1))
    whole = merged(report(leftovers=Leftovers(created=1, removed=0, leaked=("x",))), late)
    assert whole.leftovers == Leftovers(created=3, removed=2, leaked=("x",))
    assert whole.run.seconds == 3603


def test_parts_that_leave_tests_out_are_not_merged_unless_that_is_said():
    def part(run_id, *missing):
        return report(run_id=run_id, plan=Extent(tests=3, cases=2, missing=missing))

    one, other = part("aaaaaa", "test_a.b", "test_c.d"), part("bbbbbb", "test_c.d", "test_e.f")
    with pytest.raises(ReportError, match=r"leave out 1 of the suite's tests, such as test_c.d; .*--partial"):
        merge_reports([("a", one), ("b", other)])
    whole = merge_reports([("a", one), ("b", other)], partial=True)
    assert whole.verdict is RunVerdict.INCONCLUSIVE
    assert whole.plan == Extent(tests=3, cases=4, missing=("test_c.d",))
    assert merge_reports([("a", one), ("b", part("cccccc", "test_e.f"))]).plan.missing == ()
