"""`report`: renders the files of a report again, from its report.json or from the record of its run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.output import tell
from workloads_conformance.recording import HAR_NAME, RECORD_NAME, RunRecord, read_record, write_har
from workloads_conformance.replay import rejudge
from workloads_conformance.settings.validation import refuse_unknown
from workloads_reports import RENDERINGS, read_report, write_all

from .results import told_to_the_user

_READ = "report.json"


def execute(options: argparse.Namespace) -> int:
    """Writes the files that are asked for; the exit status does not depend on the verdict."""
    source = Path(options.report)
    if source.suffix == ".jsonl":
        paths = _of_record(source, options.format, options.out)
    else:
        refuse_unknown("--format", options.format or (), RENDERINGS, kind="file of a report")
        with told_to_the_user():
            report = read_report(source)
            names = options.format or [name for name in RENDERINGS if name != _READ]
            paths = write_all(report, _directory(options.out, source, _READ), names)
    for path in paths:
        tell(str(path))
    return ExitStatus.CONFORMANT


def _of_record(source: Path, formats: Sequence[str] | None, out: str | None) -> Iterable[Path]:
    """Judges a run again and writes its report; one that was killed gives a report marked incomplete."""
    refuse_unknown("--format", formats or (), [*RENDERINGS, HAR_NAME], kind="file of a report")
    record = read_record(source)
    directory = _directory(out, source, RECORD_NAME)
    names = [name for name in formats or RENDERINGS if name != HAR_NAME]
    paths: tuple[Path, ...] = ()
    if names:
        paths = _judged(record, source, directory, names)
    if HAR_NAME in (formats or ()):
        paths += (write_har(record, directory / HAR_NAME),)
    return paths


def _judged(record: RunRecord, source: Path, directory: Path, names: Iterable[str]) -> tuple[Path, ...]:
    report, departures = rejudge(record)
    if departures:
        raise UsageError(
            f"{source} does not fit this suite: {departures[0]}; it was made by another version, or altered."
        )
    with told_to_the_user():
        return write_all(report, directory, names)


def _directory(out: str | None, source: Path, expected: str) -> Path:
    if out is not None:
        return Path(out)
    if source.name != expected:
        # Beside it may lie the files of another report, under the names that would be written.
        raise UsageError(f"{source} is not named {expected}; say with --out DIR where its files are to be written.")
    return source.parent
