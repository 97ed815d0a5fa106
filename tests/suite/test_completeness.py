"""The catalogue and the tests of the suite fit: each requirement has a test, each test judges requirements."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

from workloads_conformance import suite
from workloads_conformance.checks import JUDGED_ON_EVERY_EXCHANGE
from workloads_conformance.engine.judges import JudgingTest
from workloads_specs import load_catalogue


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
