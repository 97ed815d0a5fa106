"""The plan of a run: every test of the suite, with the number of its cases, and which ones the seed draws.

It follows from the suite's version and the settings alone. So whoever has a record can tell whether all of it ran.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from workloads_conformance.runner import Fixed, JudgingTest
from workloads_conformance.runner.cases import draw_round, read, written
from workloads_conformance.settings import Settings

from .collected import suite_tests


@dataclass(frozen=True, slots=True)
class Planned:
    """A test in a plan.

    Attributes:
        test: its name, with its module.
        cases: how many cases it is run on; with a budget, further ones come on top.
        drawn: the digest (SHA-256) of its cases where they are drawn; empty where they are listed in the suite.
    """

    test: str
    cases: int
    drawn: str = ""


@dataclass(frozen=True)
class Plan:
    """The tests of a run, in their order."""

    tests: tuple[Planned, ...]

    @property
    def cases(self) -> int:
        """The number of cases of all tests."""
        return sum(planned.cases for planned in self.tests)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, over the tests as JSON."""
        text = json.dumps([asdict(planned) for planned in self.tests], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def missing(self, ran: Mapping[str, int]) -> list[str]:
        """Returns what of the plan did not run, a phrase for each test; `ran` counts the cases that ran, by test."""
        return [
            f"{planned.test} ({ran[planned.test]} of {planned.cases} cases ran)"
            if planned.test in ran
            else f"{planned.test} (none of its {planned.cases} cases ran)"
            for planned in self.tests
            if planned.test not in ran or ran[planned.test] < planned.cases
        ]

    def differing(self, other: Plan) -> list[str]:
        """Returns the names of the tests that the two plans have not, or not with the same cases."""
        one, two = ({planned.test: planned for planned in plan.tests} for plan in (self, other))
        return [name for name in {**one, **two} if one.get(name) != two.get(name)]


Cases = Callable[[JudgingTest], str]
"""Gives the text of a test's first round of drawn cases."""


def plan_of(settings: Settings, cases: Cases | None = None) -> Plan:
    """Returns the plan of the whole suite.

    Args:
        settings: profile, seed, kinds, budget and `literal` decide.
        cases: where drawn cases come from; they are drawn anew if None, which takes the time that a run takes for it.
    """
    return Plan(tuple(_planned(test, settings, cases or _drawn_anew(settings)) for test in suite_tests().values()))


def _drawn_anew(settings: Settings) -> Cases:
    def cases(test: JudgingTest) -> str:
        assert not isinstance(test.cases, Fixed)
        return written(test.cases, draw_round(test.cases, settings, 0))

    return cases


def _planned(test: JudgingTest, settings: Settings, cases: Cases) -> Planned:
    if isinstance(test.cases, Fixed):
        return Planned(test.name, len(test.listed(settings)))
    text = cases(test)
    return Planned(test.name, len(read(test.cases, text)), hashlib.sha256(text.encode()).hexdigest())
