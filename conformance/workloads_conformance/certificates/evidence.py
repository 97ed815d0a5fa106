"""A run's directory as evidence: its record, read and judged again, beside the report that it holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workloads_conformance.engine import rejudge, versions
from workloads_conformance.errors import UsageError
from workloads_conformance.recording import RECORD_NAME, RunRecord, read_record
from workloads_reports import Report, to_json

from .comparison import report_differences
from .errors import CertificateError

REPORT_NAME = "report.json"
_LARGEST = 64 * 1024 * 1024
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record, the report that judging it again gives, and where the directory's report departs from that."""

    record: RunRecord
    report: Report
    problems: tuple[str, ...]


def read_report_value(directory: Path) -> dict[str, Any]:
    """Returns what report.json in a directory holds, as JSON.

    Raises:
        UsageError: there is none, or it is no JSON object.
    """
    path = directory / REPORT_NAME
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path} is larger than any report; give the directory of a run.")
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; give the directory of a run.") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is no JSON; give the directory of a run.") from None
    if not isinstance(value, dict) or not isinstance(value.get("requirements"), list):
        raise UsageError(f"{path} is no report; give the directory of a run.")
    return value


def judge_again(directory: Path) -> Evidence:
    """Reads the record in a directory, judges it again, and compares the report beside it.

    Raises:
        CertificateError: the run did not come to its end.
        UsageError: record or report is missing, damaged, or cannot be judged by this suite.
    """
    record = read_record(directory / RECORD_NAME)
    if record.stopped is not None:
        raise CertificateError(f"{directory} cannot be certified: {record.stopped}.")
    given = read_report_value(directory)
    report, departures = rejudge(record)
    problems: list[str] = []
    if departures:
        problems += _some("the record does not fit the suite", departures)
        problems += _other_versions(record)
    try:
        differences = report_differences(given, to_json(report))
    except (KeyError, TypeError, AttributeError):
        differences = ["it is not a report of this version's form"]
    if differences:
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
