"""The suite's tests among what pytest collects: which they are, by what they are selected, in which order they run."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from workloads_conformance import suite
from workloads_conformance.runner import JudgingTest
from workloads_conformance.runner.order import place
from workloads_specs import Catalogue, load_catalogue

_SUITE = Path(suite.__file__).parent

_KINDS = {
    "level": "judges a {} of the contract",
    "operation": "judges a clause on the operation {}",
    "area": "judges a clause of the area {}",
}
"""What of a requirement is a marker of its tests, and what the marker means."""


def judging(item: pytest.Item) -> JudgingTest | None:
    """Returns the suite's test that an item is; None for any other item of the same pytest session."""
    found = getattr(getattr(item, "function", None), "judging", None)
    return found if isinstance(found, JudgingTest) else None


def tests_of(items: Iterable[pytest.Item]) -> list[JudgingTest]:
    """Returns the suite's tests among items, in their order."""
    return [test for item in items if (test := judging(item)) is not None]


def register_markers(config: pytest.Config) -> None:
    """Makes the markers known, so that `--strict-markers` holds."""
    catalogue = load_catalogue()
    for kind, meaning in _KINDS.items():
        for value in dict.fromkeys(str(getattr(requirement, kind)) for requirement in catalogue.values()):
            config.addinivalue_line("markers", f"{value.lower()}: {meaning.format(value)}")


def module_of(path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Returns a file of the suite with a node id that can be pasted back: its path from the root directory on.

    For a package outside of that directory pytest leaves the path out, and what it prints is found nowhere.
    """
    if path.parent != _SUITE:
        return None
    named = Path(os.path.relpath(path, parent.config.rootpath)).as_posix()
    module: pytest.Module = pytest.Module.from_parent(parent, path=path, nodeid=named)
    return module


def mark(item: pytest.Item, catalogue: Catalogue) -> None:
    """Gives a test of the suite what `-m` and `-k` look at: levels, operations and areas; the ids that it judges."""
    test = judging(item)
    if test is None:
        return
    for identifier, kind in itertools.product(test.requirements, _KINDS):
        marker = str(getattr(catalogue[identifier], kind)).lower()
        if item.get_closest_marker(marker) is None:
            item.add_marker(marker)
    item.extra_keyword_matches.update(test.requirements)


def put_in_order(items: list[pytest.Item], catalogue: Catalogue) -> None:
    """Puts what is cheap and decisive first; a test relies on no order. Items of others stay where they are."""
    places = [index for index, item in enumerate(items) if judging(item) is not None]
    ours = sorted((items[index] for index in places), key=lambda item: place(_test(item), catalogue))
    for index, item in zip(places, ours, strict=True):
        items[index] = item


def keep_only(items: list[pytest.Item], tests: Iterable[JudgingTest], config: pytest.Config) -> None:
    """Deselects the tests of the suite that are none of these."""
    names = {test.name for test in tests}
    gone = [item for item in items if (test := judging(item)) is not None and test.name not in names]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


def _test(item: pytest.Item) -> JudgingTest:
    test = judging(item)
    assert test is not None
    return test
