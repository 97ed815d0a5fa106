"""Which tests of the suite a run was asked for, and which cases of theirs come first."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from workloads_conformance.api import JUDGED_ON_EVERY_EXCHANGE
from workloads_conformance.errors import UsageError
from workloads_conformance.runner import JudgingTest
from workloads_conformance.settings import Settings
from workloads_reports import ReportError, Selected, check_comparable, read_report
from workloads_specs import Catalogue, Contract, Requirement, load_catalogue

from .collected import suite_tests
from .failed import Failed, failed_in

_MOST_NEAR = 3
_FEW = 3
"""Tests that show what is judged on every exchange of an operation: enough to meet each of its answers."""

_HINT = (
    "give ids of requirements, levels, operations, areas or names of tests; `workloads-conformance requirements` lists "
    "the ids."
)

_KINDS: Mapping[str, Callable[[Requirement], str]] = {
    "id": lambda requirement: requirement.id,
    "level": lambda requirement: requirement.level,
    "operation": lambda requirement: requirement.operation,
    "area": lambda requirement: requirement.area,
}
"""The sorts of words that select requirements."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What of the suite is run.

    Attributes:
        tests: the tests, in the order in which they run.
        selected: how they were chosen; None if nothing was left out by choice.
        first: the cases that come first, by test, as findings name them.
    """

    tests: tuple[JudgingTest, ...] = ()
    selected: Selected | None = None
    first: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def among(self, tests: Sequence[JudgingTest], asked: str) -> Selection:
        """Returns what is left of the selection if pytest runs these tests alone; `asked` says how it came to that."""
        if len(tests) == len(self.tests):
            return replace(self, tests=tuple(tests))
        how = " and ".join(filter(None, (self.selected.how if self.selected else "", asked)))
        judged = {identifier for test in tests for identifier in test.requirements}
        chosen = self.selected.requirements if self.selected else tuple(load_catalogue())
        return replace(self, tests=tuple(tests), selected=Selected(how, tuple(one for one in chosen if one in judged)))

    def only(self, tests: Sequence[JudgingTest]) -> Selection:
        """Returns the part of the selection that has these tests."""
        return replace(self, tests=tuple(tests))


def select(settings: Settings, contract: Contract) -> Selection:
    """Returns what `only` and `rerun` select; all of the suite, if neither is given.

    Words of one sort (ids, levels, operations, areas, tests) add up; of several sorts, what fits each is selected. A
    requirement is selected by the tests that judge it; one that every exchange is judged by, by a few of its operation.

    Raises:
        UsageError: a word selects nothing, or all together do, or the report of an earlier run cannot be used.
    """
    tests = tuple(suite_tests().values())
    if not settings.only and settings.rerun is None:
        return Selection(tests)
    catalogue = load_catalogue()
    words = tuple(dict.fromkeys(settings.only))
    asked = _Asked(catalogue, words)
    failed = _failed(settings, contract, catalogue)
    chosen = [
        requirement
        for requirement in catalogue.values()
        if asked.fits(requirement) and (failed is None or requirement.id in failed.requirements)
    ]
    found = {} if failed is None else failed.tests
    left = tuple(test for test in _judging(chosen, tests, found, catalogue) if asked.fits_test(test))
    how = " and ".join(filter(None, (f"--only {','.join(words)}" if words else "", failed.words if failed else "")))
    if not left:
        raise UsageError(f"{how} selects no test: words of several sorts select what fits each of them; give fewer.")
    first = {} if failed is None else failed.cases
    return Selection(left, Selected(how, tuple(requirement.id for requirement in chosen)), first)


def _failed(settings: Settings, contract: Contract, catalogue: Catalogue) -> Failed | None:
    if settings.rerun is None:
        return None
    try:
        report = read_report(settings.rerun)
        check_comparable(report, contract.title, contract.version, embedded=settings.target is None, flag="--rerun")
    except ReportError as error:
        raise UsageError(str(error)) from None
    failed = failed_in(report, catalogue)
    if not failed.requirements:
        raise UsageError(f"rerun is {str(settings.rerun)!r}, in which nothing failed and nothing is undecided.")
    return failed


def _judging(
    chosen: Sequence[Requirement],
    tests: Sequence[JudgingTest],
    found: Mapping[str, Iterable[str]],
    catalogue: Catalogue,
) -> list[JudgingTest]:
    """Returns the tests that judge one of the chosen requirements; `found` names, for some, those that found it."""

    def judge(requirement: Requirement) -> set[str]:
        own = {test.name for test in tests if requirement.id in test.requirements}
        return own | set(found.get(requirement.id, ()))

    names = set().union(*map(judge, chosen))
    for requirement in chosen:
        if requirement.id in JUDGED_ON_EVERY_EXCHANGE or not judge(requirement):
            names |= {test.name for test in _showing(requirement, tests, catalogue)[:_FEW]}
    return [test for test in tests if test.name in names]


def _showing(requirement: Requirement, tests: Iterable[JudgingTest], catalogue: Catalogue) -> list[JudgingTest]:
    """Returns the tests of a requirement's operation: those of its area first, and the cheap ones before the others."""

    def judges_its(test: JudgingTest, value: Callable[[Requirement], str]) -> bool:
        return any(value(catalogue[one]) == value(requirement) for one in test.requirements)

    anything = requirement.operation == "any"
    of_it = [test for test in tests if anything or judges_its(test, _KINDS["operation"])]
    return sorted(of_it, key=lambda test: not judges_its(test, _KINDS["area"]))


class _Asked:
    """The words of `only`, by their sort."""

    def __init__(self, catalogue: Catalogue, words: Iterable[str]) -> None:
        self._words: dict[str, list[str]] = {}
        self._names = {
            **{
                kind: dict.fromkeys(value(requirement) for requirement in catalogue.values())
                for kind, value in _KINDS.items()
            },
            "test": dict.fromkeys(name for test in suite_tests().values() for name in _names(test)),
        }
        for word in words:
            self._words.setdefault(self._kind_of(word), []).append(word)

    def fits(self, requirement: Requirement) -> bool:
        """True if the words select a requirement, as far as they are about requirements."""
        return all(
            any(_fits(value(requirement), word) for word in self._words.get(kind, ["*"]))
            for kind, value in _KINDS.items()
        )

    def fits_test(self, test: JudgingTest) -> bool:
        """True if the words select a test, as far as they are about tests."""
        return any(_fits(name, word) for word in self._words.get("test", ["*"]) for name in _names(test))

    def _kind_of(self, word: str) -> str:
        for kind, names in self._names.items():
            if any(_fits(name, word) for name in names):
                return kind
        known = [name for names in self._names.values() for name in names]
        folded = {name.lower(): name for name in known}
        near = difflib.get_close_matches(_plain(word)[:200], folded, n=_MOST_NEAR)
        hint = f"near are {', '.join(folded[name] for name in near)}." if near else _HINT
        raise UsageError(f"only is {word!r:.100}, which is nothing that can be selected; {hint}")


def _fits(name: str, word: str) -> bool:
    return fnmatchcase(name.lower(), _plain(word))


def _plain(word: str) -> str:
    """Returns a word in small letters; of a node id that pytest printed, the name of the test."""
    file, _, name = word.lower().rpartition("::")
    return f"{file.rpartition('/')[2].removesuffix('.py').rpartition('.')[2]}.{name}" if file else word.lower()


def _names(test: JudgingTest) -> tuple[str, str, str]:
    """Returns what a test may be called: with its module, without, and its module for all in it."""
    module, _, name = test.name.partition(".")
    return test.name, name, module
