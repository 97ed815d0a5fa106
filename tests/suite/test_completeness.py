"""The catalogue and the tests of the suite fit: each requirement has a test, each test judges requirements."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

from workloads_conformance import suite
from workloads_conformance.api import JUDGED_ON_EVERY_EXCHANGE
from workloads_conformance.runner.judges import Fixed, JudgingTest, Kinds
from workloads_specs import load_catalogue
from workloads_strategies.mutations import Refusal, table


def collected() -> list[JudgingTest]:
    modules = [
        import_module(f"{suite.__name__}.{found.name}")
        for found in pkgutil.iter_modules(suite.__path__)
        if found.name.startswith("test_")
    ]
    return [
        value.judging
        for module in modules
        for value in vars(module).values()
        if hasattr(value, "judging") and value.__module__ == module.__name__
    ]


def test_each_requirement_has_a_test_or_is_judged_on_every_exchange():
    judged = {identifier for test in collected() for identifier in test.requirements}
    assert judged | set(JUDGED_ON_EVERY_EXCHANGE) | {"WV2-HTTP-013"} == set(load_catalogue())


def test_names_are_unique():
    """Names of workloads follow from the names of tests."""
    names = [test.name for test in collected()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("test", collected(), ids=lambda test: test.name)
def test_each_test_states_its_rule(test):
    module, _, name = test.name.partition(".")
    assert (getattr(import_module(f"{suite.__name__}.{module}"), name).__doc__ or "").strip().endswith((".", '"'))


def test_every_cell_of_the_table_of_refusals_is_tried():
    """Mutation by operation by form by dry run: none is left out."""
    lists = [test.cases.cases for test in collected() if isinstance(test.cases, Fixed)]
    tried = [repr(case) for cases in lists for case in cases if isinstance(case, Refusal)]
    assert sorted(tried) == sorted(map(repr, table()))
    assert len(set(tried)) == len(tried)


def test_every_test_that_writes_to_a_workload_or_reads_one_goes_over_each_kind():
    """Those that need one to exist; what is asked of ids that no workload has is the same for all kinds."""
    rooms = ("test_delete", "test_get", "test_life", "test_update", "test_update_meaning")
    others = {
        "test_delete.test_an_unknown_id_is_not_found",
        "test_delete.test_a_malformed_id_is_refused",
        "test_get.test_an_unknown_id_is_not_found",
        "test_get.test_a_malformed_id_is_refused",
        "test_update.test_an_unknown_id_is_not_found",
        "test_update.test_a_malformed_id_is_refused",
        "test_update_meaning.test_an_update_to_another_kind",
    }
    tests = {test.name: test for test in collected() if test.name.partition(".")[0] in rooms}
    assert {name for name, test in tests.items() if test.kinds is Kinds.FIRST} == others
