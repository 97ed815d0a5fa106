"""`merge`: the reports of one run's parts become the report of the whole, which is judged as a run is."""

from __future__ import annotations

import argparse
from pathlib import Path

from workloads_conformance.plugin import exit_status
from workloads_reports import merge_reports, read_report, with_since, write_all

from .results import show, told_to_the_user


def execute(options: argparse.Namespace) -> int:
    """Writes the merged report's files and shows it; returns the exit status that its verdict stands for."""
    with told_to_the_user():
        report = merge_reports([(path, read_report(Path(path))) for path in options.reports],
                               partial=options.partial)  # fmt: skip
        if options.since is not None:
            report = with_since(report, read_report(Path(options.since)))
        paths = write_all(report, Path(options.out))
    show(report, paths)
    return exit_status(report)
