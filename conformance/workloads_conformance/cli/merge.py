"""`merge`: the reports of one run's parts become the report of the whole, which is judged as a run is."""

from __future__ import annotations

import argparse
from pathlib import Path

from workloads_conformance.errors import UsageError
from workloads_conformance.plugin import exit_status
from workloads_reports import merge_reports, read_report, with_since, write_all

from .results import show, told_to_the_user


def execute(options: argparse.Namespace) -> int:
    """Writes the merged report's files and shows it; returns the exit status that its verdict stands for."""
    with told_to_the_user():
        paths = [path for given in options.reports for path in _reports(Path(given))]
        report = merge_reports([(str(path), read_report(path)) for path in paths], partial=options.partial)
        if options.since is not None:
            report = with_since(report, read_report(Path(options.since)))
        written = write_all(report, Path(options.out))
    show(report, written)
    return exit_status(report)


def _reports(given: Path) -> list[Path]:
    """Returns the path itself, or for a report directory the reports of the shards in it."""
    if not given.is_dir():
        return [given]
    found = sorted(given.glob("shard-*/report.json"))
    if not found:
        raise UsageError(
            f"{str(given)!r} holds no shard-*/report.json; give the report directory of a run with --shard."
        )
    return found
