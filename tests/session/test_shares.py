"""The shards of a plan are all of it, none of it twice, about equal in cost, and the same in every process."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from workloads_conformance.runner import Fixed
from workloads_conformance.runner.cases import draw_round, most
from workloads_conformance.session import suite_tests
from workloads_conformance.session.shares import costs, digest, shares
from workloads_conformance.settings import Profile, Settings, Shard

TESTS = tuple(suite_tests().values())
SMOKE, STANDARD = Settings(profile=Profile.SMOKE), Settings(profile=Profile.STANDARD)


def cases(test, settings):
    return len(test.listed(settings)) if isinstance(test.cases, Fixed) else most(test.cases, settings)


@pytest.mark.parametrize("of", [1, 2, 5, 16, 300])
@pytest.mark.parametrize("settings", [SMOKE, STANDARD], ids=["smoke", "standard"])
def test_every_case_is_in_one_shard(settings, of):
    ran = Counter()
    for number in range(1, of + 1):
        for name, share in shares(TESTS, settings, Shard(number, of)).items():
            ran.update((name, index) for index in share.of_cases(cases(suite_tests()[name], settings)))
    assert set(ran.values()) == {1}
    assert set(ran) == {(test.name, index) for test in TESTS for index in range(cases(test, settings))}


def test_every_test_is_held_even_one_without_cases():
    held = [name for number in range(1, 6) for name in shares(TESTS, SMOKE, Shard(number, 5))]
    assert set(held) == set(suite_tests())


@pytest.mark.parametrize("of", [2, 5, 16])
def test_shards_cost_about_the_same(of):
    def cost(number):
        held = shares(TESTS, STANDARD, Shard(number, of))
        return sum(
            costs()[name] * len(share.of_cases(cases(suite_tests()[name], STANDARD))) for name, share in held.items()
        )

    found = [cost(number) for number in range(1, of + 1)]
    assert max(found) <= 1.1 * sum(found) / of


def test_most_tests_stay_whole_where_shards_are_few():
    held = [shares(TESTS, STANDARD, Shard(number, 2)) for number in (1, 2)]
    assert len([name for name in held[0] if name in held[1]]) < len(TESTS) / 10


def test_what_is_drawn_is_never_more_than_was_split():
    for test in TESTS:
        if not isinstance(test.cases, Fixed):
            assert len(draw_round(test.cases, SMOKE, 0)) <= most(test.cases, SMOKE)


def test_the_digest_tells_plans_apart():
    versions = {"python": "3.11.1"}
    same = digest(TESTS, SMOKE, versions)
    assert same == digest(TESTS, replace(SMOKE, concurrency=1, report_dir=SMOKE.report_dir / "x"), dict(versions))
    others = [
        digest(TESTS[1:], SMOKE, versions),
        digest(TESTS, STANDARD, versions),
        digest(TESTS, replace(SMOKE, kinds=("Job",)), versions),
        digest(TESTS, replace(SMOKE, literal=True), versions),
        digest(TESTS, SMOKE, {"python": "3.12.1"}),
    ]
    assert len({same, *others}) == 6


def test_the_cost_of_every_test_is_known():
    assert list(costs()) == sorted(suite_tests()), "run docs/make_costs.py on the record of a standard run"
    assert all(cost >= 1 for cost in costs().values())
