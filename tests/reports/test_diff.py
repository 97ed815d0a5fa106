"""What changed between two reports, and what of it is a regression."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support.reports import FEW, MUST, OBSERVE, SHOULD, finding, report, reports, result, waiver

from workloads_reports import (
    DIFF_FORMS,
    ReportError,
    Timing,
    Transition,
    Verdict,
    compare,
    diff_json,
    diff_markdown,
    diff_schema,
    diff_text,
)
from workloads_specs import Level

PATIENT = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
ON_ONE_CONTRACT = {"spec": report().spec}


def same_contract(made):
    return replace(made, **ON_ONE_CONTRACT)


any_report = reports(FEW).map(same_contract)


def changed(before, after, requirement=MUST, waivers=()):
    """The change of a requirement from one verdict to another, or None if there is nothing to say."""
    difference = compare(report(result(requirement, before)), report(result(requirement, after), waivers=waivers))
    return next(iter(difference.requirements), None)


P, F, U, N, E = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.NOT_TESTED, Verdict.ERROR


@pytest.mark.parametrize(
    ("before", "after", "change", "regression"),
    [
        (P, F, Transition.NEWLY_FAILING, True),
        (N, F, Transition.NEWLY_FAILING, True),
        (U, F, Transition.NEWLY_FAILING, True),
        (F, F, Transition.STILL_FAILING, False),
        (F, P, Transition.FIXED, False),
        (P, N, Transition.NO_LONGER_JUDGED, True),
        (P, U, Transition.NO_LONGER_JUDGED, True),
        (F, E, Transition.NO_LONGER_JUDGED, True),
        (F, N, Transition.NO_LONGER_JUDGED, True),
        (N, P, Transition.NEWLY_JUDGED, False),
        (U, P, Transition.NEWLY_JUDGED, False),
    ],
)
def test_what_happened_to_a_must(before, after, change, regression):
    found = changed(before, after)
    assert (found.change, found.regression) == (change, regression)
    assert (found.before, found.after) == (before, after)
    for milder in (SHOULD, OBSERVE):
        assert not changed(before, after, milder).regression


@pytest.mark.parametrize(("before", "after"), [(P, P), (N, N), (U, N), (N, E)])
def test_what_is_not_worth_a_word(before, after):
    assert changed(before, after) is None


def test_a_new_failure_that_is_waived_is_told_and_no_regression():
    found = changed(P, F, waivers=[waiver(MUST)])
    assert (found.change, found.after, found.regression) == (Transition.NEWLY_FAILING, Verdict.WAIVED, False)


def test_a_failure_that_is_waived_no_more_is_a_regression():
    waived = report(result(MUST, F), waivers=[waiver(MUST)])
    [found] = compare(waived, report(result(MUST, F))).requirements
    assert (found.change, found.before, found.regression) == (Transition.NEWLY_FAILING, Verdict.WAIVED, True)
    [found] = compare(waived, waived).requirements
    assert (found.change, found.regression) == (Transition.STILL_FAILING, False)
    [found] = compare(report(result(MUST, F)), waived).requirements
    assert (found.change, found.regression) == (Transition.STILL_FAILING, False)
    [found] = compare(waived, report()).requirements
    assert (found.change, found.regression) == (Transition.FIXED, False)


def test_a_warning_that_became_binding_and_fails_is_a_regression():
    binding = replace(SHOULD, level=Level.MUST)
    [found] = compare(report(result(SHOULD, F)), report(result(SHOULD, F), requirements=(result(binding, F),))).having(
        Transition.NEWLY_FAILING
    )
    assert found.regression
    assert found.reworded


def test_requirements_that_came_and_went():
    fewer = report(requirements=tuple(map(result, FEW[1:])))
    [gone] = compare(report(), fewer).requirements
    assert (gone.change, gone.after, gone.regression) == (Transition.GONE, None, True)
    [added] = compare(fewer, report()).requirements
    assert (added.change, added.before, added.regression) == (Transition.ADDED, None, False)
    [added] = compare(fewer, report(result(MUST, F))).requirements
    assert (added.change, added.regression) == (Transition.ADDED, True)
    [gone] = compare(report(result(MUST, N)), fewer).requirements
    assert not gone.regression


def test_findings_that_came_and_went_while_a_requirement_still_fails():
    [found] = compare(report(result(MUST, F, "a", "b")), report(result(MUST, F, "b", "c"))).requirements
    assert [one.message for one in found.new_findings] == ["c"]
    assert [one.message for one in found.gone_findings] == ["a"]
    assert not found.regression


def test_findings_are_compared_by_their_codes_and_never_by_their_wording():
    def failing(*findings):
        return report(replace(result(MUST, F), findings=findings))

    known, other = "refused-update/changed:rawManifest", "refused-update/changed:category"
    old = failing(finding("a wording", code=known))
    [same] = compare(old, failing(finding("another wording", code=known))).requirements
    assert (same.new_findings, same.gone_findings) == ((), ())
    difference = compare(old, failing(finding("a wording", code=other)))
    [changed] = difference.requirements
    assert [str(one) for one in changed.new_findings] == [f"{other}: a wording"]
    assert [str(one) for one in changed.gone_findings] == [f"{known}: a wording"]
    for form in DIFF_FORMS.values():
        assert known in form(difference)
        assert other in form(difference)


def test_observations_change_with_their_answers_not_with_their_counts():
    def observed(**answers):
        return report(observations={OBSERVE.id: {key.strip("_"): count for key, count in answers.items()}})

    assert compare(observed(_404=3), observed(_404=9)).observations == ()
    [found] = compare(observed(_404=3, _400=1), observed(_404=3, _410=1)).observations
    assert (found.requirement, found.appeared, found.vanished) == (OBSERVE.id, ("410",), ("400",))
    assert compare(observed(_404=3), report(observations={})).observations == ()


SLOW = Timing(count=20, minimum=0.05, median=0.1, p95=0.2, maximum=0.9)


@pytest.mark.parametrize(
    ("fast", "told"),
    [
        (Timing(count=20, minimum=0.01, median=0.05, p95=0.099, maximum=0.9), True),
        (Timing(count=19, minimum=0.01, median=0.05, p95=0.099, maximum=0.9), False),  # too few
        (Timing(count=20, minimum=0.01, median=0.051, p95=0.099, maximum=0.9), False),  # less than twice
        (Timing(count=20, minimum=0.01, median=0.05, p95=0.1, maximum=0.9), False),  # such durations were seen before
    ],
)
def test_timings_change_well_beyond_noise(fast, told):
    one, other = report(timings={"GET": fast, "PUT": fast}), report(timings={"GET": SLOW, "POST": SLOW})
    assert [(found.name, found.slower) for found in compare(one, other).timings] == [("GET", True)] * told
    assert [(found.name, found.slower) for found in compare(other, one).timings] == [("GET", False)] * told


def test_a_change_of_less_than_ten_milliseconds_is_none():
    one = Timing(count=90, minimum=0.001, median=0.002, p95=0.003, maximum=0.004)
    other = Timing(count=90, minimum=0.001, median=0.0119, p95=0.02, maximum=0.03)
    assert compare(report(timings={"GET": one}), report(timings={"GET": other})).timings == ()


def test_runs_that_were_not_made_alike_are_told_up_front():
    other = report(target_url="https://other.example.com", suite_version="2", complete=False)
    difference = compare(report(), replace(other, run=replace(other.run, seed=8)))
    assert [what for what, _, _ in difference.circumstances] == ["target", "suite", "seed", "complete"]
    text = diff_text(difference)
    assert "target https://runai.example.com -> https://other.example.com" in text
    assert text.index("the runs differ") < text.index("result:")


def test_another_version_of_the_contract_is_refused_unless_asked_for():
    other = report(spec=replace(report().spec, version="2.25"))
    with pytest.raises(ReportError, match=r"'Workloads 2.24' and the new one on 'Workloads 2.25'.*--across-contracts"):
        compare(report(), other)
    assert [what for what, _, _ in compare(report(), other, across_contracts=True).circumstances] == ["contract"]


def test_other_errata_on_the_same_version_are_told():
    other = report(spec=replace(report().spec, sha256="b" * 64))
    assert [what for what, _, _ in compare(report(), other).circumstances] == ["contract's sha256"]


@PATIENT
@given(made=any_report)
def test_a_report_does_not_differ_from_itself(made):
    difference = compare(made, made)
    assert {found.change for found in difference.requirements} <= {Transition.STILL_FAILING}
    assert (difference.regressions, difference.circumstances) == ((), ())
    assert (difference.observations, difference.timings) == ((), ())


@PATIENT
@given(old=any_report, new=any_report, data=st.data(), form=st.sampled_from(sorted(DIFF_FORMS)))
def test_the_order_in_which_a_report_lists_things_does_not_matter(old, new, data, form):
    mixed = replace(
        new,
        requirements=tuple(data.draw(st.permutations(new.requirements))),
        timings=dict(data.draw(st.permutations(list(new.timings.items())))),
        observations=dict(data.draw(st.permutations(list(new.observations.items())))),
    )
    assert DIFF_FORMS[form](compare(old, mixed)) == DIFF_FORMS[form](compare(old, new))


@PATIENT
@given(old=any_report, new=any_report)
def test_json_is_valid_and_agrees_with_text_and_markdown(old, new):
    difference = compare(old, new)
    value = json.loads(diff_json(difference))
    Draft202012Validator(diff_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    regressed = [one["id"] for one in value["requirements"] if one["regression"]]
    assert value["regression"] == bool(regressed)
    assert diff_text(difference).count("[regression]") == len(regressed)
    assert diff_markdown(difference).count("**regression**") == len(regressed)
    for one in value["requirements"]:
        assert f"{one['id']} {one['level']}" in diff_text(difference)
        assert f"`{one['id']}`" in diff_markdown(difference)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(diff_schema())


NASTY = "`` [x](http://e) ```\n# <b>@someone</b> \x1b[31m \u202e \ud800 |"


def test_texts_of_a_report_cannot_act_as_markup():
    old = report(target_url=NASTY, observations={OBSERVE.id: {NASTY: 1}}, timings={})
    new = report(result(MUST, F, NASTY), observations={OBSERVE.id: {"404": 1}}, timings={})
    for form in DIFF_FORMS.values():
        text = form(compare(old, new))
        text.encode("utf-8")
        assert form is diff_json or all(one == "\n" or unicodedata.category(one)[0] != "C" for one in text)
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", diff_markdown(compare(old, new)))
    assert "someone" not in outside
    assert "<b>" not in outside
    assert "http" not in outside


def test_observations_are_compared_of_cases_that_both_runs_tried():
    """Another seed or profile tries others, which says nothing about the target."""
    old = report(observations={OBSERVE.id: {"text/xml: refused": 2, "no Content-Type: taken": 1, "a/b: taken": 1}})
    new = report(observations={OBSERVE.id: {"text/xml: taken": 2, "no Content-Type: taken": 1, "c/d: refused": 1}})
    [found] = compare(old, new).observations
    assert (found.appeared, found.vanished) == (("text/xml: taken",), ("text/xml: refused",))
