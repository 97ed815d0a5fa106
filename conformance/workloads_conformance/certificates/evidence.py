"""A run's directory as evidence: its record, read and judged again, beside the report that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workloads_conformance.errors import UsageError
from workloads_conformance.recording import RECORD_NAME, RunRecord, read_record
from workloads_conformance.replay import examine
from workloads_conformance.runner import Drawn, JudgingTest
from workloads_conformance.session import Plan, plan_of, settings_of, suite_tests
from workloads_conformance.settings import Profile, Settings
from workloads_reports import Report, ReportError, read_report, to_json

from .comparison import report_differences
from .eligibility import left_out, shortcomings, unfit
from .errors import CertificateError
from .libraries import other_libraries

REPORT_NAME = "report.json"
_MOST_NAMED = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What a directory shows.

    Attributes:
        record: of the run.
        report: that judging it again gives.
        plan: of the whole suite, with the settings of the run.
        libraries: those that are others here than the run's. If there are any, the drawn cases of `plan` are those of
            the record; if there are none, they have been drawn anew.
        problems: where record and report depart from what judging again gives.
        shortcomings: what else keeps the run from being certified.
    """

    record: RunRecord
    report: Report
    plan: Plan
    libraries: tuple[str, ...]
    problems: tuple[str, ...]
    shortcomings: tuple[str, ...]


def read_run(directory: Path) -> RunRecord:
    """Returns the record in a directory.

    Raises:
        CertificateError: the run did not come to its end.
        UsageError: the record is missing, or damaged.
    """
    record = read_record(directory / RECORD_NAME)
    if record.stopped is not None:
        raise CertificateError(f"{directory} cannot be certified: {record.stopped}.")
    return record


def judge_again(directory: Path, record: RunRecord) -> Evidence:
    """Judges a record again, and compares the report beside it.

    Raises:
        UsageError: record or report is missing, damaged, or cannot be judged by this suite.
    """
    try:
        given = read_report(directory / REPORT_NAME)
    except ReportError as error:
        raise UsageError(str(error)) from None
    settings, libraries = settings_of(record.run), other_libraries(record.run["versions"])
    report, departures, ran = examine(record)
    problems: list[str] = []
    if departures:
        problems += _some("the record does not fit the suite", departures)
    if differences := report_differences(to_json(given), to_json(report)):
        problems += _some(f"{REPORT_NAME} does not say what the record shows", differences)
    held = plan_of(settings, lambda test: record.recorded_values.get(f"{test.name}/0: cases", "[]"))
    plan = held if libraries else plan_of(settings)
    lacks = [*_embedded(record), *unfit(settings), *left_out(plan, ran), *shortcomings(report)]
    if others := plan.differing(held):
        problems += _some("the record does not hold the cases that its seed draws", others)
    elif few := _few(held, settings):
        lacks.append(f"the record holds fewer cases than any seed draws: {', '.join(few)}.")
    return Evidence(
        record=record,
        report=report,
        plan=plan,
        libraries=tuple(libraries),
        problems=tuple(problems),
        shortcomings=tuple(lacks),
    )


def _embedded(record: RunRecord) -> list[str]:
    return ["its target is the embedded server, which is not a product."] if record.run["embedded"] else []


def _few(held: Plan, settings: Settings) -> list[str]:
    """Returns the drawn tests with fewer cases than a standard run has: no library draws so few."""
    tests: Mapping[str, JudgingTest] = suite_tests()
    found = []
    for planned in held.tests:
        drawn = tests[planned.test].cases
        if isinstance(drawn, Drawn) and planned.cases < min(map(drawn.count, (Profile.STANDARD, settings.profile))):
            found.append(planned.test)
    return found


def _some(what: str, found: list[str]) -> list[str]:
    more = [f"and {len(found) - _MOST_NAMED} more"] if len(found) > _MOST_NAMED else []
    return [f"{what}: {one}" for one in found[:_MOST_NAMED]] + more
