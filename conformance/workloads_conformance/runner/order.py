"""The order of the tests: what is cheap and decisive first, so that a wrong server is found out soon."""

from __future__ import annotations

from workloads_conformance.settings import Profile, Settings
from workloads_specs import Catalogue, Level

from .judges import Drawn, InTurn, JudgingTest, Turn


def place(test: JudgingTest, catalogue: Catalogue) -> tuple[bool, bool, bool, float]:
    """Returns the key to sort tests by.

    Tests whose cases are listed come first, by cases for each requirement that can fail: those that tell the most for
    the fewest requests. Then come those that are drawn or follow from the run's kinds, whose cases are longer, in the
    same way; then those that only observe, and at the end those whose turn comes after all others.
    """
    judging = sum(catalogue[name].level is not Level.OBSERVE for name in test.requirements)
    standard = Settings(profile=Profile.STANDARD)
    cases = test.cases.count(Profile.STANDARD) if isinstance(test.cases, Drawn) else len(test.listed(standard))
    return test.turn is not Turn.USUAL, not judging, isinstance(test.cases, Drawn | InTurn), cases / max(1, judging)
