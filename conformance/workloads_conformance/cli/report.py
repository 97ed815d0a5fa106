"""`report`: renders the files of a report again, from its report.json."""

from __future__ import annotations

import argparse
from pathlib import Path

from workloads_conformance.errors import ExitStatus, UsageError
from workloads_conformance.settings.validation import refuse_unknown
from workloads_reports import RENDERINGS, read_report, write_all

from .results import told_to_the_user

_READ = "report.json"


def execute(options: argparse.Namespace) -> int:
    """Writes the files that are asked for; the exit status does not depend on the verdict."""
    refuse_unknown("--format", options.format or (), RENDERINGS, kind="file of a report")
    source = Path(options.report)
    with told_to_the_user():
        report = read_report(source)
        names = options.format or [name for name in RENDERINGS if name != _READ]
        for path in write_all(report, _directory(options.out, source), names):
            print(path)  # noqa: T201 - the command line talks to its user
    return ExitStatus.CONFORMANT


def _directory(out: str | None, source: Path) -> Path:
    if out is not None:
        return Path(out)
    if source.name != _READ:
        # Beside it may lie the files of another report, under the names that would be written.
        raise UsageError(f"{source} is not named {_READ}; say with --out DIR where its files are to be written.")
    return source.parent
