"""A run's directory as evidence: its record, read and judged again, beside the report that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workloads_conformance.engine import rejudge, versions
from workloads_conformance.errors import UsageError
from workloads_conformance.recording import RECORD_NAME, RunRecord, read_record
from workloads_reports import Report, ReportError, read_report, to_json

from .comparison import report_differences
from .errors import CertificateError

REPORT_NAME = "report.json"
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record, the report that judging it again gives, and where the directory's report departs from that."""

    record: RunRecord
    report: Report
    problems: tuple[str, ...]


def judge_again(directory: Path) -> Evidence:
    """Reads the record in a directory, judges it again, and compares the report beside it.

    Raises:
        CertificateError: the run did not come to its end.
        UsageError: record or report is missing, damaged, or cannot be judged by this suite.
    """
    record = read_record(directory / RECORD_NAME)
    if record.stopped is not None:
        raise CertificateError(f"{directory} cannot be certified: {record.stopped}.")
    try:
        given = read_report(directory / REPORT_NAME)
    except ReportError as error:
        raise UsageError(str(error)) from None
    report, departures = rejudge(record)
    problems: list[str] = []
    if departures:
        problems += _some("the record does not fit the suite", departures)
        problems += _other_versions(record)
    if differences := report_differences(to_json(given), to_json(report)):
        problems += _some(f"{REPORT_NAME} does not say what the record shows", differences)
    return Evidence(record, report, tuple(problems))


def _some(what: str, found: list[str]) -> list[str]:
    more = [f"and {len(found) - _MOST_NAMED} more"] if len(found) > _MOST_NAMED else []
    return [f"{what}: {one}" for one in found[:_MOST_NAMED]] + more


def _other_versions(record: RunRecord) -> list[str]:
    """Says which other versions the record was made with, of the packages that cases are drawn by."""
    made, here = record.run["versions"], versions()
    told = [f"{name} {made.get(name)} (here {here[name]})" for name in here if made.get(name) != here[name]]
    if not told:
        return []
    return [f"the record was made with {', '.join(told)}; cases may only be drawn alike with the same versions."]
