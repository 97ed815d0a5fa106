"""The plan of a run follows from its settings alone, and tells what of it did not run; cases come back as written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.servers import Changed, serving

from workloads_conformance.errors import UsageError
from workloads_conformance.runner import Drawn
from workloads_conformance.runner.cases import draw_round, read, written
from workloads_conformance.session import (
    Plan,
    Planned,
    RequirementViolatedError,
    Selection,
    Session,
    plan_of,
    suite_tests,
)
from workloads_conformance.settings import Profile, Settings, load_settings

SMOKE = Settings(profile=Profile.SMOKE)
STANDARD = Settings(profile=Profile.STANDARD)
DRAWN = {name: test.cases for name, test in suite_tests().items() if isinstance(test.cases, Drawn)}


def test_it_is_the_same_each_time_and_names_every_test_in_order():
    plan = plan_of(SMOKE)
    assert plan == plan_of(SMOKE)
    assert plan.digest == plan_of(SMOKE).digest
    assert [planned.test for planned in plan.tests] == list(suite_tests())
    assert plan.cases == sum(planned.cases for planned in plan.tests) > 200


def test_the_seed_chooses_the_cases_and_the_profile_their_number():
    plan = plan_of(SMOKE)
    other = plan_of(replace(SMOKE, seed=1))
    assert other.digest != plan.digest
    drawn = {planned.test for planned in plan.tests if planned.drawn and planned.cases}
    assert set() < set(plan.differing(other)) <= drawn
    assert [planned.cases for planned in plan.tests] == [planned.cases for planned in other.tests]
    assert plan_of(replace(SMOKE, kinds=("CronJob",))).digest != plan.digest
    assert plan_of(STANDARD).cases > plan.cases
    assert plan_of(replace(SMOKE, report_dir=SMOKE.report_dir / "x", concurrency=1)) == plan


def test_a_budget_s_first_round_is_the_standard_profile_s():
    name = "test_stories.test_a_long_story"
    budget = Settings(profile=Profile.THOROUGH, budget=5)
    assert draw_round(DRAWN[name], budget, 0) == draw_round(DRAWN[name], STANDARD, 0)


def test_what_did_not_run_is_told():
    plan = Plan((Planned("a.x", 3), Planned("a.y", 2), Planned("b.z", 0, "5d")))
    assert plan.missing({"a.x": 3, "a.y": 2, "b.z": 0}) == []
    assert plan.missing({"a.x": 4, "a.y": 1}) == ["a.y (1 of 2 cases ran)", "b.z (none of its 0 cases ran)"]


@pytest.mark.parametrize("name", DRAWN)
def test_cases_come_back_as_they_were_written(name):
    """To the last type: what a trial does, and what is known of a case by how it looks, follow from it."""
    drawn = DRAWN[name]
    found = draw_round(drawn, STANDARD, 0)
    again = read(drawn, written(drawn, found))
    assert found
    assert again == found
    assert list(map(repr, again)) == list(map(repr, found))
    assert written(drawn, again) == written(drawn, found)


@pytest.mark.parametrize("text", ["", "{", "[1]", '[["no such act"]]', "[" * 10**5, "{}x"])
def test_what_holds_no_cases_is_refused(text):
    with pytest.raises(UsageError, match="holds drawn cases that are not valid"):
        read(DRAWN["test_stories.test_a_long_story"], text)


def test_a_session_counts_the_cases_of_the_plan(tmp_path):
    """A round that a budget adds is none of the plan's."""
    names = ["test_get.test_an_unknown_id_is_not_found", "test_stories.test_a_long_story"]
    tests = [suite_tests()[name] for name in names]
    with serving(Changed()) as target:
        given = {**target.flags, "report-dir": str(tmp_path), "profile": "thorough", "budget": "0.5"}
        session = Session(load_settings(given, target.environ), target.environ)
        session.plan(Selection(tuple(tests)))
        try:
            session.open()
            for test in tests:
                try:
                    session.run_test(test)
                except RequirementViolatedError as error:
                    pytest.fail(str(error))
            session.clean_up()
        finally:
            session.report()
            session.close()
        planned = {one.test: one.cases for one in plan_of(session.settings).tests}
    assert session.ran == {name: planned[name] for name in names}
    assert len(plan_of(session.settings).missing(session.ran)) == len(planned) - 2
