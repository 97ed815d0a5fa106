"""What failed or was undecided in an earlier run, to be run again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workloads_reports import Report, Verdict
from workloads_specs import Catalogue

from .collected import suite_tests

_AGAIN = (Verdict.FAIL, Verdict.WAIVED, Verdict.ERROR, Verdict.INCONCLUSIVE)


@dataclass(frozen=True, slots=True)
class Failed:
    """What an earlier run leaves to be run again.

    Attributes:
        words: which run that was.
        requirements: the ids of what failed or was undecided.
        tests: the names of the tests that found a requirement violated.
        cases: by test, the cases that did, as findings name them.
    """

    words: str
    requirements: Sequence[str]
    tests: Mapping[str, Sequence[str]]
    cases: Mapping[str, Sequence[str]]


def failed_in(report: Report, catalogue: Catalogue) -> Failed:
    """Returns what failed or was undecided in a run, as far as this version of the suite has it.

    A waived failure is a failure. What was not tested, for want of a token or by choice, is not run again.
    """
    results = [one for one in report.requirements if one.verdict in _AGAIN and one.requirement.id in catalogue]
    tests, cases = defaultdict(list), defaultdict(list)
    for result in results:
        for finding in result.findings:
            if finding.test in suite_tests():
                tests[result.requirement.id].append(finding.test)
                cases[finding.test].append(finding.drawn or finding.case)
    again = [result.requirement.id for result in results]
    return Failed(f"--rerun of run {report.run.id}", again, dict(tests), dict(cases))
