"""Cheap and decisive tests come first, however the suite is run."""

from __future__ import annotations

import subprocess
import sys

from workloads_conformance.runner import Drawn, InTurn, Turn
from workloads_conformance.session.collected import suite_tests
from workloads_specs import Level, load_catalogue


def test_pytest_collects_in_the_order_in_which_faults_are_judged(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--pyargs", "workloads_conformance.suite", "--collect-only", "-q",
         "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if "::" in line]
    collected = [f"{line.partition('::')[0].rpartition('/')[2][:-3]}.{line.partition('::')[2]}" for line in lines]
    assert collected == list(suite_tests())


def test_what_only_observes_comes_late_what_has_long_cases_before_it_and_what_waits_for_all_last():
    catalogue = load_catalogue()
    kinds = [
        3 if test.turn is not Turn.USUAL
        else 2 if all(catalogue[name].level is Level.OBSERVE for name in test.requirements)
        else 1 if isinstance(test.cases, Drawn | InTurn)
        else 0
        for test in suite_tests().values()
    ]  # fmt: skip
    assert kinds == sorted(kinds)
    assert set(kinds) == {0, 1, 2, 3}


def test_of_two_tests_with_as_many_cases_the_one_that_judges_more_comes_first():
    names = list(suite_tests())
    assert names.index("test_delete.test_a_deleted_workload_goes_away") < names.index(
        "test_get.test_an_unknown_id_is_not_found"
    )
