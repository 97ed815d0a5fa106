"""The tests of the suite, as they are installed: what pytest collects, without pytest."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from workloads_conformance.runner import JudgingTest
from workloads_conformance.runner.order import place
from workloads_specs import load_catalogue

_SUITE = "workloads_conformance.suite"


@cache
def suite_tests() -> Mapping[str, JudgingTest]:
    """Returns the suite's tests by name, in the order in which pytest runs them."""
    found: dict[str, JudgingTest] = {}
    folder = importlib.import_module(_SUITE).__path__
    for module in sorted(pkgutil.iter_modules(folder), key=lambda module: module.name):
        if module.name.startswith("test_"):
            loaded = importlib.import_module(f"{_SUITE}.{module.name}")
            tests = (getattr(value, "judging", None) for value in vars(loaded).values())
            found |= {test.name: test for test in tests if isinstance(test, JudgingTest)}
    catalogue = load_catalogue()
    return MappingProxyType(dict(sorted(found.items(), key=lambda named: place(named[1], catalogue))))
